"""Lets the tests of this folder use the hand-made Hubs of tests/validation by their bare names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "validation"))
