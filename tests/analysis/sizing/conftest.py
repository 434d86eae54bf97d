"""Lets the tests of this folder import the hand-made Hubs of tests/validation, and their own answer, by bare names."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "validation"), str(Path(__file__).parent)]
