"""The one place that asks what day it is."""

import time


def today() -> str:
    """The day here, as 2027-01-31."""
    return time.strftime("%Y-%m-%d")
