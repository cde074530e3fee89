"""Which codemods there are, by name. Their modules are imported one by one, when first needed."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from unleak_codemods import table
from unleak_codemods.table import Entry

if TYPE_CHECKING:
    from unleak_engine.codemod import Codemod


class UnknownNameError(ValueError):
    """A name no codemod has. The message suggests the one that was meant."""


def entries() -> list[Entry]:
    """All codemods, by name."""
    return [table.TABLE[name] for name in sorted(table.TABLE)]


def entry(name: str) -> Entry:
    """The entry of `name`, in kebab-case or snake_case. Raises UnknownNameError."""
    found = table.TABLE.get(name.strip().replace("_", "-"))
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
    known = sorted(table.TABLE)
    close = [found for found in known if name and found.startswith(name)]
    close = close or [found for found in known if len(name) > 2 and name in found]
    close = close or get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {' or '.join(map(repr, close))}?"
    return "; `unleak rules` lists them"
