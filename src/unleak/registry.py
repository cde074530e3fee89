"""Which codemods there are, by name. Their modules are imported one by one, when first needed.

Codemods of one's own are known as well, from when their pack is loaded: see `packs`.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from unleak.workspace.places import users_file
from unleak_codemods import table
from unleak_codemods.table import Entry

if TYPE_CHECKING:
    from unleak_engine.codemod import Codemod


class UnknownNameError(ValueError):
    """A name no codemod has. The message suggests the one that was meant."""


_added: dict[str, Entry] = {}
"""Those of packs."""

_looked_into: list[str] = []


def looked_into() -> tuple[str, ...]:
    """The paths of this run."""
    return tuple(_looked_into)


def begin(texts: Sequence[str] | None, paths: Sequence[str]) -> None:
    """Know the codemods of the packs that the command line, in `texts`, and the user's own file
    name, and of no others. `paths` are what is looked into."""
    _added.clear()
    _looked_into[:] = paths
    if texts or os.path.lexists(users_file()) or "unleak.packs.loading" in sys.modules:
        from unleak.packs import loading

        loading.begin(texts or (), paths)


def packs_in_use() -> bool:
    """Whether anybody named a pack, and be it one that could not be had."""
    if "unleak.packs.loading" not in sys.modules:
        return False
    from unleak.packs import loading

    return bool(_added or loading.packs() or loading.problems())


def add(found: Entry) -> None:
    """Know one more codemod."""
    _added[found.name] = found


def added() -> list[Entry]:
    """Those that packs brought."""
    return list(_added.values())


def stamp() -> str:
    """What tells whether the packs are the ones they were; "" where there are none."""
    if not _added:
        return ""
    from unleak.packs import loading

    return loading.stamp()


def entries() -> list[Entry]:
    """All codemods, by name."""
    known = {**table.TABLE, **_added}
    return [known[name] for name in sorted(known)]


def entry(name: str) -> Entry:
    """The entry of `name`, in kebab-case or snake_case. Raises UnknownNameError."""
    name_of = name.strip().replace("_", "-")
    found = table.TABLE.get(name_of) or _added.get(name_of)
    if found is None:
        raise UnknownNameError(f"no codemod is named {name!r}{_meant(name)}")
    return found


def select(wanted: Iterable[str], unwanted: Iterable[str]) -> tuple[Entry, ...]:
    """The codemods of `wanted` that are not in `unwanted`, by name. If `wanted` is empty, all
    but those that only run when they are named.

    Either may hold several names in one text, separated by commas. Raises UnknownNameError.
    """
    chosen = {entry(name).name for name in _names(wanted)}
    chosen = chosen or {found.name for found in entries() if not found.opt_in}
    dropped = {entry(name).name for name in _names(unwanted)}
    return tuple(found for found in entries() if found.name in chosen - dropped)


def named(texts: Iterable[str]) -> tuple[str, ...]:
    """The names of codemods in `texts`, as `select` takes them. Raises UnknownNameError."""
    return tuple(entry(name).name for name in _names(texts))


def load(name: str) -> "Codemod":
    """The codemod itself."""
    loaded: Codemod = import_module(entry(name).module).find
    return loaded


def needles(chosen: Sequence[Entry]) -> list[bytes]:
    """The bytes one of which a file must hold to be of interest to any of `chosen`."""
    return sorted({needle for found in chosen for needle in found.needles})


def _names(texts: Iterable[str]) -> list[str]:
    return [name for text in texts for name in text.split(",") if name.strip()]


def _meant(name: str) -> str:
    """What was meant by a name: those that begin with it, or have it inside, else one like it."""
    from difflib import get_close_matches

    name = name.strip().replace("_", "-").lower()
    known = sorted({**table.TABLE, **_added})
    close = [found for found in known if name and found.startswith(name)]
    close = close or [found for found in known if len(name) > 2 and name in found]
    close = close or get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    return "; `unleak rules` lists them"
