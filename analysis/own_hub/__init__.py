"""A Hub of one's own: the workbook that a planner fills in, what is read from it, and the options that it becomes."""
