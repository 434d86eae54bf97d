"""`python -m resilience_hub` is `hub`, for where a system starts no program but Python."""

import sys

from resilience_hub.command import main

if __name__ == "__main__":
    sys.exit(main())
