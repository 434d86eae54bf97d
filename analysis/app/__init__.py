"""The page in a browser (`hub app`): the same questions, functions and answers as the commands, for those who point."""
