"""What the command `hub` starts: the verbs, from their own place whatever lies where it is called."""

from __future__ import annotations

from analysis.commands import main

__all__ = ["main"]
