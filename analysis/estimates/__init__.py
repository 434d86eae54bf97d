"""Estimates with intervals, from the tables of a run; the replication is the unit."""
