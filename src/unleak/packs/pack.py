"""A pack: a folder of codemod modules, and what its modules declare once they are loaded."""

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import NamedTuple

from unleak_codemods.table import TABLE, Entry
from unleak_engine.codemod import Codemod
from unleak_engine.grammars import NODE

GRAMMARS = ("javascript", "typescript", "tsx")
"""Those that a codemod's query is asked in."""

_NO_CODEMODS = ("conftest", "setup")


class Pack(NamedTuple):
    """Codemods that lie in `folder`, absolute and without links. `name` is how people know them;
    `only` is the one module that counts, "" when all do."""

    name: str
    folder: str
    only: str = ""

    @property
    def package(self) -> str:
        """What its modules are imported from: two packs may well have modules of one name."""
        return f"unleak_pack_{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]}"

    @property
    def golden(self) -> str:
        """Where its golden cases lie."""
        return os.path.join(self.folder, "golden")


class PackProblem(NamedTuple):
    """What is wrong with a pack: `path` is its folder, its module or what names it."""

    path: str
    message: str


def stems(pack: Pack) -> list[str]:
    """The modules that should be codemods: those that do not begin with `_`, and are no tests."""
    if pack.only:
        return [pack.only]
    found = (name.removesuffix(".py") for name in os.listdir(pack.folder) if name.endswith(".py"))
    return sorted(
        stem
        for stem in found
        if not stem.startswith(("_", "test_", ".")) and stem not in _NO_CODEMODS
    )


def module_file(pack: Pack, stem: str) -> str:
    return os.path.join(pack.folder, f"{stem}.py")


def entries_of(pack: Pack) -> Iterator[Entry | PackProblem]:
    """Import every codemod of `pack`, which runs its code, and say what each one declares. One
    that cannot be had is a problem, and the others are had all the same."""
    try:
        names = stems(pack)
    except OSError as error:
        yield PackProblem(pack.folder, f"the pack {pack.name} cannot be read: {error.strerror}")
        return
    if not names:
        yield PackProblem(pack.folder, f"the pack {pack.name} has no codemods")
    for stem in names:
        declared = _declared(pack, stem)
        if isinstance(declared, str):
            yield PackProblem(module_file(pack, stem), f"the pack {pack.name}: {declared}")
        else:
            yield _entry(declared, f"{pack.package}.{stem}")


def _declared(pack: Pack, stem: str) -> Codemod | str:
    """The codemod that a module declares, or what is wrong with it."""
    name = stem.replace("_", "-")
    if name in TABLE:
        return f"{name} is the name of a codemod of unleak's own; choose another"
    try:
        module = load_module(pack, stem)
    except (Exception, SystemExit) as error:  # one codemod must not cost the others
        return f"{name} cannot be loaded: {type(error).__name__}: {error}"
    declared = getattr(module, "find", None)
    if not isinstance(declared, Codemod):
        return f"{name} declares no codemod called `find`; what is none begins with `_`"
    try:
        for grammar in GRAMMARS if declared.language == NODE else ():
            declared.query_for(grammar)
    except ValueError as error:
        return f"{name} has a query that cannot be asked: {error}"
    return declared


def load_module(pack: Pack, stem: str) -> ModuleType:
    """The module `stem` of `pack`. Raises whatever its code raises."""
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        # Nothing is left beside its text, and nothing old is taken for it.
        ready(pack)
        return importlib.import_module(f"{pack.package}.{stem}")
    finally:
        sys.dont_write_bytecode = writes


def ready(pack: Pack) -> None:
    """Let the modules of `pack` be imported under its package's name, in this process."""
    if pack.package in sys.modules:
        return
    importlib.invalidate_caches()
    init = os.path.join(pack.folder, "__init__.py")
    if not os.path.isfile(init) or pack.only:
        module = ModuleType(pack.package)
        module.__path__ = [pack.folder]
        sys.modules[pack.package] = module
        return
    spec = importlib.util.spec_from_file_location(
        pack.package, init, submodule_search_locations=[pack.folder]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[pack.package] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[pack.package]
        raise


def forget(packs: Iterable[Pack]) -> None:
    """Let what is loaded next be what the files hold then."""
    packages = tuple(pack.package for pack in packs)
    for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
        del sys.modules[name]


def _entry(codemod: Codemod, module: str) -> Entry:
    return Entry(
        name=codemod.name,
        module=module,
        safety=codemod.safety.value,
        node=codemod.node,
        needles=codemod.needles,
        summary=codemod.summary,
        why="",
        also=codemod.also,
        opt_in=codemod.opt_in,
        language=codemod.language,
    )
