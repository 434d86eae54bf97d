"""Questions over finished runs: compare, size, test sensitivity, plot and report."""
