"""From a tree to shards with plans: which files, cut how, and what is to be changed in each."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from unleak.batch.analysing import Looked, Task, shared_out, wanted_of, with_one_module
from unleak.batch.engines import Engine, Here, nobody
from unleak.batch.shards import Places, Shard, called, codemod_shards, cut, shards
from unleak.batch.state import ANALYSED, CLEAN, PENDING, Decision, Found, Row, Run, State
from unleak.batch.wanted import Wanted
from unleak.plan import Entry, FilePlan, Plan, settled
from unleak.run import HARMLESS, Skipped, candidates
from unleak.workspace.monorepo import monorepo_of
from unleak.workspace.places import top_of
from unleak.workspace.problem import Problem
from unleak.workspace.read import Contents, read_file


class Survey(NamedTuple):
    """All that is to be done, and what is to be said of files that cannot be."""

    places: Places
    shards: list[Shard]
    problems: tuple[str, ...]


def survey(wanted: Wanted, tree: str) -> Survey:
    """Which shards there are below `tree`, a top or what was checked out. Raises ConfigError."""
    monorepo = monorepo_of(tree)
    places = Places(monorepo, wanted.root, wanted.only, wanted.skip)
    problems = [_told(one, tree) for one in monorepo.problems]
    if wanted.by != "codemod":
        files, more = _files(wanted, tree, places, wanted.options.codemods)
        return Survey(places, shards(wanted.by, files, places), (*problems, *more))
    by_codemod: dict[str, Sequence[str]] = {}
    for name in wanted.options.codemods:
        by_codemod[name], more = _files(wanted, tree, places, (name,))
        problems += more
    return Survey(places, codemod_shards(by_codemod, places), tuple(dict.fromkeys(problems)))


def _files(
    wanted: Wanted, tree: str, places: Places, codemods: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """The files that may have findings of `codemods`, from `tree`, and what others have."""
    asked = wanted_of(wanted.options._replace(codemods=codemods), tree, [wanted.root])
    found, skipped = candidates(asked, comments=wanted.by != "codemod")
    tops: dict[str, bool] = {}
    files: list[str] = []
    inside: set[str] = set()
    for file in found:
        folder = os.path.realpath(os.path.dirname(file))
        if folder not in tops:
            tops[folder] = top_of(folder) == tree
        path = os.path.relpath(os.path.join(folder, os.path.basename(file)), tree)
        path = path.replace(os.sep, "/")
        if not tops[folder]:
            inside.add(f"{os.path.dirname(path)}: a repository of its own; run a batch in there")
        elif places.wanted(path):
            files.append(path)
    told = [_told(one, tree) for one in skipped if one.code not in HARMLESS]
    return files, [*told, *sorted(inside)]


def _told(one: Problem | Skipped, tree: str) -> str:
    path = os.path.relpath(one.path, tree)
    return f"{path}: {one.message} [{one.code}]"


Tick = Callable[[int, int], None]


class Planner:
    """Looks into the pending shards of a run and keeps what would be changed in them."""

    def __init__(
        self,
        state: State,
        run: Run,
        wanted: Wanted,
        tree: str,
        places: Places,
        jobs: int | None = None,
    ) -> None:
        self._state, self._run, self._wanted = state, run, wanted
        self._tree, self._places, self._jobs = tree, places, jobs
        self._decisions = state.decisions()

    def analyse(self, rows: Iterable[Row], tick: Tick, engine: Engine) -> None:
        """Bring the pending of `rows` to analysed, or clean, as `engine` looks into them. Raises
        ConfigError, and whatever the engine does."""
        pending = [row for row in rows if row.state == PENDING]
        total = sum(len(row.shard.files) for row in pending)
        done = 0
        for group in _groups(pending, engine.files):
            tick(done, total)
            before = done

            def said(files: int, before: int = before) -> None:
                tick(before + files, total)

            for row, looked in zip(group, self._looked(group, engine, said), strict=True):
                self.keep(row, looked)
                done += len(row.shard.files)
        tick(total, total)

    def again(self, row: Row) -> None:
        """Look into one shard anew, whatever is kept of it. Raises ConfigError."""
        ((looked),) = self._looked([row], Here())
        self.keep(row, looked, whole=True)

    def _looked(
        self, group: Sequence[Row], engine: Engine, said: Callable[[int], None] = nobody
    ) -> list[tuple[Looked, ...]]:
        """What the files of each shard of `group` have, which are about the same codemods."""
        paths = [path for row in group for path in row.shard.files]
        # A batch may be gone on with long after it was begun.
        paths = [path for path in paths if os.path.isfile(os.path.join(self._tree, path))]
        found: list[Looked] = []
        for at in range(0, len(paths), engine.files):
            task = Task(
                self._tree,
                self._run.base if self._wanted.prefix is not None else None,
                tuple(paths[at : at + engine.files]),
                self._wanted.options,
                group[0].shard.codemod,
                self._jobs,
            )
            found += engine.look(task, said)
        found = with_one_module(found)
        return list(shared_out(found, [frozenset(row.shard.files) for row in group]))

    def keep(self, row: Row, looked: Sequence[Looked], *, whole: bool = False) -> None:
        """Keep what was found in a shard, in parts if it is too large and not to stay `whole`."""
        plan, refused = self._decided(looked)
        changed = [file.path for file in plan.files if not file.created]
        most = None if whole else self._wanted.most
        parts = cut(row.shard, changed, most)
        if len(parts) == 1:
            self._keep(row, plan, looked, refused)
            return
        rows = self._state.part(self._run, row, parts)
        shares = shared_out(looked, [frozenset(one.shard.files) for one in rows])
        for one, own in zip(rows, shares, strict=True):
            self._keep(one, _only(plan, own), own, refused if one is rows[0] else [])

    def _keep(self, row: Row, plan: Plan, looked: Sequence[Looked], refused: Sequence[str]) -> None:
        found: Counter[tuple[str, str, str, str]] = Counter()
        for one in looked:
            package = called(self._places.package(one.path))
            owner = " ".join(self._places.owners(one.path))
            for (codemod, state), number in one.found.items():
                found[codemod, package, owner, state] += number
        told = {
            "found": [[*key, number] for key, number in sorted(found.items())],
            "seen": sorted({n for one in looked for n in one.names if n in self._decisions}),
            "problems": [*refused, *(f"{o.path}: {text}" for o in looked for text in o.failures)],
        }
        told |= counted(plan)
        state = ANALYSED if plan.files else CLEAN
        self._state.say(
            self._run, row, state, plan=plan.render() if plan.files else None, told=told
        )

    def _decided(self, looked: Iterable[Looked]) -> tuple[Plan, list[str]]:
        """The plan of a shard with what a reviewer has decided before, and the files that are left
        out because they have changes that are not committed."""
        refused: list[str] = []
        files: list[FilePlan] = []
        for one in looked:
            if one.plan is None:
                continue
            if one.path in self._run.dirty:
                refused.append(f"{one.path}: {self._run.dirty[one.path]}")
            else:
                files.append(self._as_before(one.plan))
        names = {entry.fingerprint for file in files for entry in file.entries}
        kept = [one for one in files if not one.created or _is_for(one, names)]
        return settled(Plan(tuple(sorted(kept, key=lambda one: os.fsencode(one.path))))), refused

    def _as_before(self, plan: FilePlan) -> FilePlan:
        known = {
            entry.with_ or entry.fingerprint for entry in plan.entries
        } & self._decisions.keys()
        if not known or plan.created:
            return plan
        contents = read_file(Path(self._tree, *plan.path.split("/")))
        if not isinstance(contents, Contents):
            return plan

        def decide(entry: Entry) -> Entry:
            said = self._decisions.get(entry.with_ or entry.fingerprint)
            return entry if said is None else entry.decided(said.decision, note=said.note or None)

        return plan.decided(contents.data, decide)


def _groups(rows: Sequence[Row], most: int) -> Iterable[list[Row]]:
    """`rows` so that those of a group can be looked into at once, `most` files in all."""
    group: list[Row] = []
    size = 0
    for row in rows:
        many = len(row.shard.files)
        if group and (size + many > most or row.shard.codemod or group[0].shard.codemod):
            yield group
            group, size = [], 0
        group.append(row)
        size += many
    if group:
        yield group


def _only(plan: Plan, looked: Sequence[Looked]) -> Plan:
    """What of `plan` is in `looked`, as it is decided there."""
    known = {file.path: file for file in plan.files}
    modules = [one.plan for one in looked if one.plan is not None and one.plan.created]
    own = [known[o.path] for o in looked if o.path in known and not known[o.path].created]
    files = sorted([*own, *modules], key=lambda one: os.fsencode(one.path))
    return settled(replace(plan, files=tuple(files)))


def _is_for(module: FilePlan, names: set[str]) -> bool:
    return any(names.intersection(entry.needed_by) for entry in module.entries)


def counted(plan: Plan) -> dict[str, int]:
    """How much a plan accepts: findings, those of them that are unsafe, and files."""
    accepted = [(f, e) for f, e in plan.findings() if e.accepted and not f.created]
    return {
        "findings": len(accepted),
        "unsafe": sum(entry.safety == "unsafe" for _, entry in accepted),
        "files": len({file.path for file, _ in accepted}),
    }


def summed(rows: Iterable[Row]) -> list[Found]:
    """All that the shards have found."""
    total: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        for codemod, package, owner, state, number in row.told.get("found", ()):
            total[codemod, package, owner, state] += number
    return [Found(*key, number) for key, number in sorted(total.items())]


def stale(
    rows: Iterable[Row], decisions: Mapping[str, Decision], places: Places
) -> list[tuple[str, Decision]]:
    """The decisions that are about nothing any more, of those that this run would have met."""
    seen = {name for row in rows for name in row.told.get("seen", ())}
    return [
        (name, one)
        for name, one in decisions.items()
        if name not in seen and places.wanted(one.path)
    ]
