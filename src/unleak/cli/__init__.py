"""The command line. `main` is what the console script calls."""

from unleak.cli.entry import main

__all__ = ["main"]
