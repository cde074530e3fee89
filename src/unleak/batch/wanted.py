"""What a batch is asked for, as it is kept with its state."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from unleak.batch.analysing import Options


class Wanted(NamedTuple):
    """What the user typed. `root` is the folder to migrate, from the top of the work tree, "" for
    all of it; `folder` is where patches and texts go, absolute. `timeout` is in seconds."""

    root: str
    options: Options
    by: str = "package"
    most: int | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    folder: str = ""
    prefix: str | None = None
    write: bool = False
    verify: str | None = None
    setup: str | None = None
    allow_red: bool = False
    timeout: float | None = None
    allow_dirty: bool = False

    def as_json(self) -> dict[str, Any]:
        return self._asdict() | {"options": self.options._asdict()}

    @property
    def scope(self) -> str:
        """What says which findings a batch meets at all."""
        options = self.options
        where = (self.root, self.only, self.skip, options.no_exclude, options.max_bytes)
        return json.dumps((*where, options.no_baseline, sorted(options.codemods)))


def from_json(said: Mapping[str, Any]) -> Wanted:
    """What `as_json` gave."""
    values = _with_tuples(said)
    values["options"] = Options(**_with_tuples(said["options"]))
    return Wanted(**values)


def _with_tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in said.items()}
