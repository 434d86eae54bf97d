"""Sizing a scale-up: the cheapest staffing plan found that keeps a waiting-time target with a stated assurance."""
