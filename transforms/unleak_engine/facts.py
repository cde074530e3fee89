"""What one file tells about itself to the files that depend on it.

Facts are plain data (str, numbers, lists, maps), so that they can be cached and sent between
processes. The engine does not read them: codemods collect them and ask for them. The workspace
hands them in through the port, keyed by the import specifier as the asking file writes it.
"""

from collections.abc import Callable, Mapping
from typing import Any

Facts = Mapping[str, Any]
FactsPort = Callable[[str], Facts | None]


def no_facts(specifier: str) -> Facts | None:
    """The port of a file that is analysed alone."""
    return None
