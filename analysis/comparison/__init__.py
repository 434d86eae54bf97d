"""Plans against a baseline: paired differences, the best plan, who gains, why it changed, and the page for a board."""
