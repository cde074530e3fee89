"""The packs of this run: loaded from what the command line, the user's own file and the tree's
configuration name."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from unleak import registry
from unleak.config import ConfigError, Place
from unleak.packs.naming import PackError, at_path, called, is_path, place_of
from unleak.packs.pack import Pack, PackProblem, entries_of, forget
from unleak.workspace.places import top_of, users_file, within
from unleak_codemods.table import Entry

_packs: dict[str, Pack] = {}
_pack_of: dict[str, Pack] = {}
_problems: list[PackProblem] = []
_trees: list[str] = []


def begin(texts: Sequence[str], paths: Sequence[str], *, users: bool = True) -> None:
    """Forget the packs of an earlier run; load those that `texts`, from the command line, and, if
    `users`, the user's own file name. `paths` are what is looked into: nothing in their trees is
    loaded on its own word."""
    from unleak.run import root_of

    here = os.path.realpath(os.curdir)
    forget(_packs.values())
    _packs.clear()
    _pack_of.clear()
    _problems.clear()
    looked_into = {root_of([path]) for path in paths}
    _trees[:] = looked_into | ({top} if (top := top_of(here)) else set())
    for text in texts:
        _named(text, here, "--codemods", _trees)
    file = users_file()
    if not users or not os.path.lexists(file):
        return
    if any(within(os.path.realpath(file), tree) for tree in looked_into):
        why = "it lies in the tree that is looked into, so it names no code; use `--codemods PATH`"
        _problems.append(PackProblem(file, why))
        return
    try:
        for text in users_own(file):
            _named(text, os.path.dirname(file), file, _trees)
    except ConfigError as error:
        _problems.append(PackProblem(error.file, str(error)))


def users_own(file: str) -> tuple[str, ...]:
    """The packs that the user's own file names. Raises ConfigError."""
    from unleak.config import pack_texts
    from unleak.config_homes import toml

    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise ConfigError(file, f"cannot be read: {error.strerror}") from None
    place = Place(file, "", os.path.dirname(file), file)
    table = toml(file, data)
    for key in table:
        if key != "codemods":
            place.fail(key, "has no meaning here; this file names `codemods` and nothing else")
    return pack_texts(table, place)


def by_tree(texts: Iterable[str], place: Place) -> None:
    """What the configuration of a tree names: installed packs are loaded; a path is not, and that
    is a problem unless the user names it, too."""
    from unleak.run import root_of

    # Nothing else need have been said before: whoever reads a tree's configuration is safe.
    home, here = os.path.realpath(place.folder), os.path.realpath(os.curdir)
    trees = [*_trees, top_of(home) or home, top_of(here) or here]
    trees += (root_of([path]) for path in registry.looked_into())
    for text in texts:
        if not is_path(text):
            _named(text, place.folder, place.file, trees)
        elif place_of(text, place.folder) not in _packs:
            there = os.path.relpath(place_of(text, place.folder))
            path = there if is_path(there) else f"./{there}"
            why = (
                f"{place.named('codemods')} names code to run, {text!r}. Nothing of the tree that "
                f"is looked into is run on its own word: if you trust it, pass `--codemods {path}` "
                f"or name it in {users_file() or 'your own configuration'}"
            )
            _problems.append(PackProblem(place.file, why))


def load_installed() -> None:
    """Load every installed pack that does not lie in the tree, as `rules` and `doctor` do."""
    from unleak.packs.naming import installed

    for found in installed(_trees):
        if isinstance(found, PackError):
            _problems.append(PackProblem("", str(found)))
        else:
            add(found)


def _named(text: str, folder: str, said: str, trees: Sequence[str]) -> None:
    try:
        add(at_path(text, folder) if is_path(text) else called(text, trees, folder))
    except PackError as error:
        _problems.append(PackProblem(said, str(error)))


def add(pack: Pack) -> None:
    """Load a pack: its codemods are known from now on. What is wrong with it is a problem."""
    key = os.path.join(pack.folder, f"{pack.only}.py") if pack.only else pack.folder
    if key in _packs:
        return
    _packs[key] = pack
    for found in entries_of(pack):
        if isinstance(found, PackProblem):
            _problems.append(found)
        elif (other := _pack_of.get(found.name)) is not None:
            if other.folder != pack.folder:
                why = f"the pack {pack.name}: {found.name} is in the pack {other.name}, too"
                _problems.append(PackProblem(pack.folder, why))
        else:
            _pack_of[found.name] = pack
            registry.add(found)


def packs() -> tuple[Pack, ...]:
    """Those of this run; what another process needs to know them as well."""
    return tuple(_packs.values())


def problems() -> tuple[PackProblem, ...]:
    return tuple(dict.fromkeys(_problems))


def pack_of(codemod: str) -> Pack | None:
    return _pack_of.get(codemod)


def entries(pack: Pack) -> list[Entry]:
    """The codemods of a loaded pack."""
    return [registry.entry(name) for name, home in _pack_of.items() if home == pack]


def stamp() -> str:
    """A hash of the modules of all packs: what they find can change when it does."""
    import hashlib

    told = hashlib.sha256()
    for pack in _packs.values():
        for file in sorted(Path(pack.folder).rglob("*.py")):
            told.update(os.fsencode(file) + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return told.hexdigest()
