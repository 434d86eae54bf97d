"""The golden configurations are imported by their bare name: an installed package may own the name `tests`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
