"""The figures of a comparison, one module each; every function returns a matplotlib figure."""
