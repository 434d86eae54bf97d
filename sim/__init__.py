"""The Resilience Hub model: draw who comes, run the service, count what happened."""

__version__ = "0.1.0"
