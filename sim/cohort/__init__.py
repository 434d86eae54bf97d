"""Who comes: the cohort table, drawn before the service runs."""
