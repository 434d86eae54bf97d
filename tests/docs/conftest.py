"""The writer of the page is imported by its bare name: an installed package may own the name `tests`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
