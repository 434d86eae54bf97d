"""What the page shows, a module a door; nothing here computes."""
