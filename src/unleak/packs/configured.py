"""The packs that the configuration of a tree names, when they are needed before a run."""

import os
from collections.abc import Sequence

from unleak.config import ConfigError
from unleak.config_homes import Homes
from unleak.run import root_of
from unleak.workspace.folders import Folders


def load(paths: Sequence[str]) -> None:
    """Load them. What is wrong with a configuration is for the run to tell."""
    homes = Homes(Folders(), root_of(paths))
    for path in paths:
        folder = path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))
        try:
            homes.of(folder)
        except ConfigError:
            continue
