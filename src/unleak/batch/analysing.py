"""What a batch finds in some files. Nothing is written here, and the answer depends on the task
alone, so that another process, or another machine with the same commit, may as well give it."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from unleak import registry
from unleak.clock import today
from unleak.helpers import PLACES
from unleak.plan import FilePlan
from unleak.report.patch import planned, unfiltered
from unleak.run import HARMLESS, FileResult, Wanted, run
from unleak_codemods.table import Entry
from unleak_engine.edit import Safety
from unleak_engine.source import MAX_BYTES


class Options(NamedTuple):
    """What a batch looks for and how it rewrites, as `Wanted` says it, in words that JSON knows."""

    codemods: tuple[str, ...]
    unsafe: bool = False
    no_exclude: bool = False
    node: str | None = None
    helpers: str | None = None
    max_bytes: int = MAX_BYTES
    selected: bool = False
    unwanted: tuple[str, ...] = ()
    no_baseline: bool = False


class Task(NamedTuple):
    """Files to look into, by their paths from `tree`, the top of a work tree.

    `commit` is what the tree is checked out from, None for a tree as its user has it. `led_by` is
    the one codemod whose fixes are wanted, "" for those of all: what is decided on together
    belongs to the codemod of the finding that leads. `today`, as 2027-01-31, is the day for
    comments that expire, that of the machine unless one is named. With `apart` every file is
    judged in a process that may die of it.
    """

    tree: str
    commit: str | None
    paths: tuple[str, ...]
    options: Options
    led_by: str = ""
    jobs: int | None = None
    today: str = ""
    apart: bool = False


class Looked(NamedTuple):
    """What one file has. `plan` is what would be changed in it, None when nothing would.

    `found` counts all findings by codemod and state: "safe", "unsafe", "display" or
    "declined:<code>". `names` are their fingerprints. `failures` say what could not be judged.
    """

    path: str
    plan: FilePlan | None = None
    found: Mapping[tuple[str, str], int] = {}
    names: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def analyse(task: Task) -> tuple[Looked, ...]:
    """Look into all files of `task`. Raises ConfigError."""
    wanted = wanted_of(task.options, task.tree, task.paths)
    wanted = wanted._replace(jobs=task.jobs, apart=task.apart, today=task.today or wanted.today)
    outcome = run(wanted)
    changed = [result for result in outcome.results if result.changed]
    plain = unfiltered(outcome.root, changed)
    told: dict[str, list[str]] = {}
    for one in outcome.skipped:
        if one.code not in HARMLESS:
            told.setdefault(one.path, []).append(f"{one.message} [{one.code}]")
    looked = [
        _looked(result, task.led_by, told.pop(result.file, ()), index=result.path in plain)
        for result in outcome.results
    ]
    for file, messages in told.items():  # a manifest, say
        looked.append(Looked(os.path.relpath(file, task.tree), failures=tuple(messages)))
    return tuple(looked)


def wanted_of(options: Options, tree: str, paths: Sequence[str]) -> Wanted:
    """The run that looks into `paths`, which count from `tree`."""
    place = options.helpers
    chosen = tuple(registry.entry(name) for name in options.codemods)
    return Wanted(
        paths=tuple(os.path.join(tree, path) for path in paths),
        codemods=chosen,
        rewrite=Safety.UNSAFE if options.unsafe else Safety.SAFE,
        no_exclude=options.no_exclude,
        node=options.node,
        # A module is named from the top, and a run would count from the working directory.
        helpers=None if place is None else place if place in PLACES else os.path.join(tree, place),
        max_bytes=options.max_bytes,
        selected=options.selected,
        # Of packs, what is wanted is named.
        unwanted=(*options.unwanted, *_others(chosen)),
        no_baseline=options.no_baseline,
        today=today(),
    )


def _others(chosen: Sequence[Entry]) -> set[str]:
    """The codemods of packs that are not among `chosen`."""
    return {entry.name for entry in registry.added()} - {entry.name for entry in chosen}


def _looked(result: FileResult, led_by: str, told: Sequence[str], *, index: bool) -> Looked:
    plan = planned(result, index=index) if result.changed else None
    if plan is not None and led_by and not result.new:
        plan = _led(plan, led_by, result.before)
    every = [*result.applied, *result.left]
    found = Counter(
        (one.codemod, one.safety.value if one.fixable else one.status)
        for one in every
        if not led_by or one.codemod == led_by
    )
    names = tuple(one.fingerprint for one in every)
    return Looked(result.path, plan, dict(found), names, tuple(told))


def _led(plan: FilePlan, codemod: str, old: bytes) -> FilePlan | None:
    leaders = {e.fingerprint for e in plan.entries if not e.with_ and e.codemod == codemod}
    entries = tuple(e for e in plan.entries if (e.with_ or e.fingerprint) in leaders)
    return replace(plan, entries=entries).drawn(old) if entries else None


def with_one_module(looked: Sequence[Looked]) -> list[Looked]:
    """`looked`, the answers of several tasks, with each module of helpers there once."""
    modules: dict[str, Looked] = {}
    others: list[Looked] = []
    for one in looked:
        if one.plan is None or not one.plan.created:
            others.append(one)
            continue
        known = modules.setdefault(one.path, one)
        if known is not one and known.plan is not None:
            names = {name for plan in (known.plan, one.plan) for name in plan.entries[0].needed_by}
            modules[one.path] = known._replace(plan=_for(known.plan, names))
    return [*others, *modules.values()]


def _for(module: FilePlan, names: set[str]) -> FilePlan:
    said = {"for": sorted(names)}
    entries = tuple(replace(entry, said=dict(entry.said) | said) for entry in module.entries)
    return replace(module, entries=entries)


def shared_out(
    looked: Sequence[Looked], paths: Sequence[frozenset[str]]
) -> Iterator[tuple[Looked, ...]]:
    """What was found in the files of several shards, for each of them: a module of helpers goes to
    all that need it, with the findings there that it is for."""
    made = [one for one in looked if one.plan is not None and one.plan.created]
    for mine in paths:
        own = [one for one in looked if one.path in mine and one not in made]
        names = {entry.fingerprint for one in own if one.plan for entry in one.plan.entries}
        for module in made:
            plan = module.plan and needed(module.plan, names)
            if plan is not None:
                own.append(module._replace(plan=plan))
        yield tuple(own)


def needed(module: FilePlan, names: set[str]) -> FilePlan | None:
    """`module`, which is to be made, for those of `names` that need it; None if none does."""
    wanted = names.intersection(*(entry.needed_by for entry in module.entries))
    return _for(module, wanted) if wanted else None
