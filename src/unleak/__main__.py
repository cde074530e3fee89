"""`python -m unleak`."""

import sys

from unleak.cli import main

if __name__ == "__main__":
    sys.exit(main())
