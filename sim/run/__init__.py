"""Replications: one, many, on the cores of this machine or a cluster, kept, and written with a manifest."""
