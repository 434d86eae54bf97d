"""From what a user asks for to checked configurations: the only room that knows Hydra."""
