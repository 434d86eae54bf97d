"""Who works: the roster table, drawn before the service runs."""
