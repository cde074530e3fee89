"""All that is known to be wrong with the codemods of a pack, or with those of unleak itself."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from unleak import registry
from unleak.packs import loading
from unleak.packs.cases import Failure, cases_in, check
from unleak.packs.checking import Flaw, flaws, mend
from unleak.packs.pack import Pack, module_file, stems


class Subject(NamedTuple):
    """A codemod to test: its module, and the folder of its golden cases. `name` is in kebab-case;
    `module` is None for one of unleak's own, whose text is not for users to mend."""

    name: str
    golden: Path
    module: Path | None = None


def subjects(packs: Sequence[Pack]) -> list[Subject]:
    """The codemods of `packs`, those that cannot be loaded among them. Raises OSError."""
    return [
        Subject(stem.replace("_", "-"), Path(pack.golden, stem), Path(module_file(pack, stem)))
        for pack in packs
        for stem in stems(pack)
    ]


def built_in(name: str) -> Subject | None:
    """A codemod of unleak's own, None when there is none of that name or its cases are not here."""
    from unleak.golden import folder
    from unleak_codemods.table import TABLE

    name = name.replace("_", "-")
    top = folder()
    if name not in TABLE or top is None:
        return None
    return Subject(name, top / name.replace("-", "_"))


def read(found: Sequence[Subject], *, fix: bool) -> tuple[list[Flaw], int]:
    """What is wrong with the text of modules, and how many flaws were mended if asked for."""
    every = _read(found)
    mended = mend(every) if fix else 0
    return (_read(found) if mended else every), mended


def _read(found: Sequence[Subject]) -> list[Flaw]:
    return [flaw for one in found if one.module for flaw in flaws(one.module, one.golden)]


def goldens(one: Subject, *, update: bool) -> Iterator[Failure]:
    """What is wrong with the cases of a codemod. Its code runs."""
    if one.module is not None and loading.pack_of(one.name) is None:
        return  # that it cannot be loaded is told elsewhere
    codemods = [registry.load(one.name)]
    for case in cases_in(one.golden):
        yield from check(case, codemods, update=update)
