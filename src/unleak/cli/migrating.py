"""A batch as its user sees it: begun, gone on with, told of."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from unleak import registry
from unleak.applying import Planned, plan_changes
from unleak.batch import branches, handing, trees
from unleak.batch.engines import Engine, Here
from unleak.batch.planning import Planner, counted, stale, summed, survey
from unleak.batch.shards import Places, Shard
from unleak.batch.state import (
    ANALYSED,
    CLEAN,
    DONE,
    FAILED,
    FINISHED,
    OPEN,
    PENDING,
    VERIFIED,
    Row,
    Run,
    State,
    alone,
)
from unleak.batch.status import columns, left_out, shares
from unleak.batch.wanted import Wanted, from_json
from unleak.cli.guarding import Guard, set_up, tell_refusal, verified_in
from unleak.cli.screen import Screen
from unleak.cli.writing import counted as count
from unleak.config import ConfigError
from unleak.errors import ClusterError, JournalError, RefusedError
from unleak.plan import Plan, PlanError, read_plan
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak.verify.copy import copied, forget_copy
from unleak.verify.tree import Copy, CopyError
from unleak.verify.trial import pieces, put
from unleak.workspace.dirty import dirty
from unleak.workspace.monorepo import monorepo_of
from unleak.workspace.problem import Problem

if TYPE_CHECKING:
    from unleak.cluster.client import Cluster


class How(NamedTuple):
    """What of the call is not kept with the state. `cluster` looks into files instead of this
    machine; what is found does not depend on it."""

    resume: bool = False
    failed: bool = False
    fresh: bool = False
    dry: bool = False
    most_failures: int | None = None
    jobs: int | None = None
    cluster: "Cluster | None" = None


def migrate(top: str, wanted: Wanted | None, how: How, screen: Screen) -> int:
    """Begin a batch over the work tree at `top`, or go on with one, and return the exit code.

    `wanted` is None for one that is gone on with.
    """
    try:
        with alone(top), State(top) as kept:
            if not how.dry:
                return _Batch(top, kept, kept, how, screen).run(wanted)
            with State(top, ":memory:") as passing:
                return _Batch(top, passing, kept, how, screen).run(wanted)
    except KeyboardInterrupt:
        if not how.dry:
            screen.say("stopped: --resume goes on with it")
        raise
    except RefusedError as error:
        tell_refusal(error, screen)
    except ConfigError as error:
        _complain(f"{shown(error.file, os.getcwd())}: {error}", screen)
    except ClusterError as error:
        _complain(f"{error}{'' if how.dry else '; --resume goes on with the batch'}", screen)
        return 3
    except JournalError as error:
        _complain(str(error), screen)
        return 3
    except (CopyError, PlanError, branches.BranchError) as error:
        _complain(str(error), screen)
    return 2


def _all_known(codemods: Sequence[str], top: str) -> None:
    """Raise RefusedError when a batch needs a codemod that no pack of this call has."""
    missing = set(codemods) - {entry.name for entry in registry.entries()}
    if missing:
        from unleak.packs import configured

        configured.load([top])
        missing -= {entry.name for entry in registry.added()}
    if missing:
        names = ", ".join(sorted(missing))
        raise RefusedError(f"the batch looks for {names}: name the pack again, with --codemods")


def _complain(text: str, screen: Screen) -> None:
    screen.warn(f"{screen.talk('bold red', 'error')}: {visible(text)}")


@dataclass
class _Batch:
    """One call: a run that is begun or gone on with. `kept` is the state on disk, `state` where
    this run is written down, which for a dry one is elsewhere."""

    top: str
    state: State
    kept: State
    how: How
    screen: Screen
    failures: int = 0
    problems: list[str] = field(default_factory=list)

    def run(self, wanted: Wanted | None) -> int:
        """Do all of it; returns the exit code."""
        self._clean_up()
        try:
            return self._run(wanted)
        finally:
            self._clean_up()

    def _run(self, wanted: Wanted | None) -> int:
        self.state.decide(self.kept.decisions() | handing.decisions_in(self.kept))
        last = self.state.last()
        if wanted is None:
            return self._go_on(last)
        if last is not None and last.state == OPEN and not self.how.fresh:
            raise RefusedError(
                f"the batch of {last.started} is not finished: --resume goes on with it,"
                " --fresh begins anew"
            )
        base = trees.head(self.top)
        tree = self._tree(wanted, base)
        same = last is not None and last.wanted == _as_kept(wanted) and last.tree == tree
        if last is not None and last.state == FINISHED and same and not self.how.fresh:
            return self._nothing(last)
        return self._begin(wanted, base, tree)

    def _clean_up(self) -> None:
        """Remove what calls that were killed have left. What they had started may still be at
        work there, so it is looked for again the next time."""
        for place in self.kept.made(handing.COPY):
            there = os.path.lexists(place)
            forget_copy(self.top, place)
            if not there:
                self.kept.forget(handing.COPY, place)

    def _tree(self, wanted: Wanted, base: str) -> str:
        """What tells whether a batch has been done: texts, decisions, and who looks at them."""
        from importlib.metadata import version

        texts = base if wanted.prefix is not None else trees.identity(self.top, wanted.folder)
        decided = repr(sorted(self.state.decisions().items()))
        told = f"{version('unleak')}{registry.stamp()}\0{texts}\0{decided}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _nothing(self, last: Run) -> int:
        rows = self.state.rows(last)
        failed = sum(row.state == FAILED for row in rows)
        self.screen.say(
            f"nothing to do: the batch of {last.started} is finished, and nothing has changed since"
        )
        if failed:
            self.screen.warn(f"{count(failed, 'shard')} failed: --failed repeats them")
        return 3 if failed else 0

    def _go_on(self, last: Run | None) -> int:
        if last is None:
            raise RefusedError("there is no batch to go on with")
        wanted = from_json(last.wanted)
        _all_known(wanted.options.codemods, self.top)
        base = trees.head(self.top)
        if self.how.failed:
            if last.state == OPEN:
                raise RefusedError("the last batch is not finished: --resume goes on with it")
            number = self.state.retry(last)
            if not number:
                self.screen.say("no shard has failed: there is nothing to repeat")
                return 0
            last = self.state.rebase(last, base, self._tree(wanted, base))
            if not wanted.write:  # what was written before has changes that are not committed
                rows = [row for row in self.state.rows(last) if row.state == PENDING]
                last = last._replace(dirty=self._unsaved(wanted, [row.shard for row in rows]))
        elif last.state == FINISHED:
            self.screen.say("no batch was stopped: there is nothing to go on with")
            return 0
        elif wanted.prefix is None and not wanted.write:
            tree = self._tree(wanted, base)
            if tree != last.tree:
                self.screen.say("the tree has changed since: the batch begins anew")
                return self._begin(wanted, base, tree)
        with self._looking(wanted, last.base) as (tree, copy):
            places = Places(monorepo_of(tree), wanted.root, wanted.only, wanted.skip)
            pending = any(row.state == PENDING for row in self.state.rows(last))
            with self._engine(wanted, last.base, needed=pending) as engine:
                return self._work(last, wanted, tree, copy, places, engine)

    def _begin(self, wanted: Wanted, base: str, tree: str) -> int:
        if wanted.prefix is not None:
            branches.check_name(self.top, f"{wanted.prefix}x")
            branches.check_identity(self.top)
        with self._looking(wanted, base) as (place, copy), self._engine(wanted, base) as engine:
            plan = survey(wanted, place)
            self._tell(plan.problems)
            unsaved = self._unsaved(wanted, plan.shards)
            run = self.state.begin(_as_kept(wanted), base, tree, unsaved, plan.shards)
            return self._work(run, wanted, place, copy, plan.places, engine)

    @contextmanager
    def _engine(self, wanted: Wanted, base: str, *, needed: bool = True) -> Iterator[Engine]:
        """Who looks into the files."""
        if self.how.cluster is None or not needed:
            yield Here()
            return
        from unleak.cluster.client import Workers, meant

        commit = base if wanted.prefix is not None else None
        about = meant(self.how.cluster, self.top, commit, wanted.folder)
        engine = Workers(self.how.cluster, about)
        try:
            yield engine
        finally:
            engine.close()

    def _unsaved(self, wanted: Wanted, shards: Sequence[Shard]) -> dict[str, str]:
        """The files to leave out, with the reason: a branch has what was committed anyway."""
        if wanted.prefix is not None or wanted.allow_dirty:
            return {}
        return dirty(self.top, (path for shard in shards for path in shard.files))

    @contextmanager
    def _looking(self, wanted: Wanted, base: str) -> Iterator[tuple[str, "_Copies"]]:
        """The tree to look into, and where commands may be run: for branches that is one and the
        same, the commit they stand on."""
        with ExitStack() as stack:
            copies = _Copies(self.top, self.kept, wanted, self.screen, stack)
            if wanted.prefix is None:
                yield self.top, copies
                return
            folder = copies.at(base).folder
            try:
                yield folder, copies
            except ConfigError as error:  # where the user finds it
                file = error.file.replace(folder, self.top, 1)
                raise ConfigError(file, str(error)) from None

    def _work(
        self,
        run: Run,
        wanted: Wanted,
        tree: str,
        copies: "_Copies",
        places: Places,
        engine: Engine,
    ) -> int:
        planner = Planner(self.state, run, wanted, tree, places, self.how.jobs)
        planner.analyse(self.state.rows(run), self.screen.tick, engine)
        engine.close()  # nobody is to wait for the commands that follow
        rows = self.state.rows(run)
        self.state.count(run, summed(rows))
        self._tell_stale(rows, places)
        for row in rows:
            self._tell(list(row.told.get("problems", ())))
        if self.how.dry:
            self.screen.data(f"{line}\n" for line in columns(rows, self.screen.out))
            self._hint(rows, wanted)
            return 1 if any(row.state != CLEAN for row in rows) else 0
        base = branches.Base(self.top, tree, run.base)
        if wanted.verify is not None and any(row.state == ANALYSED for row in rows):
            copies.ready(run.base)
        for row in rows:
            if row.state in (ANALYSED, VERIFIED):
                _Finishing(self, run, wanted, base, copies, planner).finish(row)
            if self.how.most_failures and self.failures >= self.how.most_failures:
                self.screen.warn(
                    f"stopped after {count(self.failures, 'failure')}: --resume goes on"
                )
                return 3
        return self._end(run, wanted)

    def _end(self, run: Run, wanted: Wanted) -> int:
        rows = [row for row in self.state.rows(run) if row.state != CLEAN]
        gone = handing.remove_others(self.state, wanted, rows)
        for file in gone:
            self.screen.say(f"removed {visible(shown(file, os.getcwd()))}: of no shard any more")
        tree = self._tree(wanted, run.base) if wanted.write else None
        self.state.settle(run, FINISHED, tree)
        done = [row for row in rows if row.state == DONE]
        onto = trees.branch(self.top)
        if wanted.prefix is not None:
            lines = handing.commands(done, wanted, onto)
        else:
            lines = [shown(row.told["patch"], os.getcwd()) for row in done if "patch" in row.told]
        self.screen.data(f"{line}\n" for line in lines)
        failed = len(rows) - len(done)
        self.screen.say(shares(rows, self.screen.talk))
        self._hint(self.state.rows(run), wanted)
        for name in handing.other_branches(self.state, self.top, wanted, done):
            self.screen.say(
                f"note: the branch {visible(name)} is of an earlier batch, and of no shard any more"
            )
        if failed:
            self.screen.warn(f"{count(failed, 'shard')} failed: --failed repeats them")
        if failed or self.problems:
            return 3
        return 1 if any(row.told.get("taken") for row in done) else 0

    def _hint(self, rows: Sequence[Row], wanted: Wanted) -> None:
        more = 0 if wanted.options.unsafe else left_out(rows)
        if more:
            self.screen.say(f"  `--unsafe-fixes` takes {more} more that want a reader")

    def _tell(self, problems: Sequence[str]) -> None:
        for text in problems:
            self.problems.append(text)
            self.screen.warn(f"{self.screen.talk('yellow', 'problem')}: {visible(text)}")

    def _tell_stale(self, rows: Sequence[Row], places: Places) -> None:
        found = stale(rows, self.state.decisions(), places)
        for _, one in found:
            word = "accepted" if one.decision == "accept" else "rejected"
            self.screen.say(
                f"note: {visible(one.path)}: {one.codemod} was {word} in review, and is not"
                " found any more"
            )


class _Finishing:
    """What is done with a shard whose plan is known."""

    def __init__(
        self,
        batch: _Batch,
        run: Run,
        wanted: Wanted,
        base: branches.Base,
        copies: "_Copies",
        planner: Planner,
    ) -> None:
        self.batch, self.run, self.wanted, self.base = batch, run, wanted, base
        self.copies, self.planner = copies, planner
        self.state, self.screen = batch.state, batch.screen

    def finish(self, row: Row) -> None:
        """Bring a shard to done or failed."""
        try:
            row, plan, planned = self._current(row)
            if row.state == CLEAN:
                return
            if row.state == ANALYSED:
                row, plan = self._verified(row, plan, planned)
                planned = plan_changes(plan, self.base.tree)
            said = {}
            accepted = any(entry.accepted for _, entry in plan.findings())
            title = row.shard.title
            ready = handing.Ready(row, plan, planned, self.base, title)
            said = handing.hand_over(self.state, self.wanted, ready)
            reason = "" if accepted else "nothing in it is accepted"
            row = self.state.say(self.run, row, DONE, reason=reason, told=said)
        except RefusedError as error:
            self._fail(row, str(error), error.lines)
        except (handing.HandingError, CopyError, PlanError) as error:
            self._fail(row, str(error))
        else:
            self._tell(row)

    def _fail(self, row: Row, why: str, lines: Sequence[str] = ()) -> None:
        self.batch.failures += 1
        why = why.replace("; nothing was written", "")
        self.state.say(self.run, row, FAILED, reason=why, told={"lines": list(lines)})
        title = visible(row.shard.title)
        self.screen.warn(f"{self.screen.talk('bold red', 'failed')} {title}: {visible(why)}")
        for line in lines:
            self.screen.warn(f"  | {visible(line)}")

    def _current(self, row: Row) -> tuple[Row, Plan, Planned]:
        """The plan of a shard and what it changes, made anew if files have changed since."""
        plan = read_plan(self.state.patch(self.run, row))
        planned = plan_changes(plan, self.base.tree)
        if any(problem.code == "changed" for problem in planned.problems):
            self.planner.again(row)
            row = next(r for r in self.state.rows(self.run) if r.number == row.number)
            if row.state == CLEAN:
                return row, plan, planned
            plan = read_plan(self.state.patch(self.run, row))
            planned = plan_changes(plan, self.base.tree)
        if planned.problems:
            raise handing.HandingError("; ".join(map(_said, planned.problems)))
        return row, plan, planned

    def _verified(self, row: Row, plan: Plan, planned: Planned) -> tuple[Row, Plan]:
        wanted = self.wanted
        texts = {change.path: change.old for change in planned.changes}
        if wanted.verify is None or not pieces(plan, texts):
            return row, plan
        self.screen.say(f"{self.screen.talk('bold', visible(row.shard.title))}:")
        copy = self.copies.ready(self.run.base)
        folder = os.path.join(self.base.root, *row.shard.folder.split("/"))
        guard = guard_of(wanted)
        try:
            passing = verified_in(copy, plan, texts, guard, self.screen, folder)
        finally:
            self.copies.restore(plan, texts)
        taken = counted(plan)["findings"] - counted(passing)["findings"]
        if taken and not counted(passing)["findings"]:
            raise RefusedError(f"`{wanted.verify}` fails with each of its changes")
        if wanted.write:
            put(copy, passing, texts, ())  # as the tree will have it
        noted = handing.noted(plan, passing, wanted.verify)
        told = {**counted(noted), "taken": taken}
        return self.state.say(self.run, row, VERIFIED, plan=noted.render(), told=told), noted

    def _tell(self, row: Row) -> None:
        if row.state == CLEAN:
            return
        told = row.told
        where = told.get("branch") or shown(told["patch"], os.getcwd())
        if told.get("run"):
            where = f"`unleak undo {told['run']}` takes it back"
        what = f"{count(told['findings'], 'finding')} in {count(told['files'], 'file')}"
        if told.get("taken"):
            what += f", {told['taken']} taken back"
        said = f"{visible(row.shard.title)}: {row.reason or what}, {visible(where)}"
        self.screen.say(f"{self.screen.talk('green', 'done')} {said}")


class _Copies:
    """The copy of the tree that commands run in, made when it is first needed."""

    def __init__(
        self, top: str, state: State, wanted: Wanted, screen: Screen, stack: ExitStack
    ) -> None:
        self._top, self._state, self._wanted = top, state, wanted
        self._screen, self._stack = screen, stack
        self._copy: Copy | None = None
        self._is_set_up = False

    def at(self, commit: str | None) -> Copy:
        """The copy, of `commit` if branches are wanted. Raises CopyError."""
        if self._copy is None:
            wanted = self._wanted
            place = os.path.join(
                os.path.realpath(tempfile.gettempdir()), f"unleak-batch-{os.urandom(6).hex()}"
            )
            self._state.remember(handing.COPY, place, "")  # before it is there
            self._stack.callback(self._state.forget, handing.COPY, place)
            modules = wanted.verify is not None and wanted.setup is None
            at = commit if wanted.prefix is not None else None
            made = copied(self._top, modules=modules, commit=at, above=place)
            self._copy = self._stack.enter_context(made)
        return self._copy

    def ready(self, commit: str) -> Copy:
        """The copy, set up. Raises CopyError, RefusedError."""
        copy = self.at(commit)
        if not self._is_set_up:
            set_up(copy, guard_of(self._wanted), self._screen, self._top)
            self._is_set_up = True
        return copy

    def restore(self, plan: Plan, texts: "dict[str, bytes]") -> None:
        """Give the copy its old texts again; of a commit all that is not ignored."""
        copy = self._copy
        if copy is None:
            return
        if self._wanted.prefix is None:
            put(copy, plan, texts, pieces(plan, texts))
        else:
            trees.reset(copy.folder)


def guard_of(wanted: Wanted) -> Guard:
    return Guard(None, True, wanted.verify, wanted.setup, wanted.allow_red, wanted.timeout)


def _as_kept(wanted: Wanted) -> dict[str, object]:
    kept: dict[str, object] = json.loads(json.dumps(wanted.as_json()))
    return kept


def _said(problem: Problem) -> str:
    return f"{problem.path}: {problem.message} [{problem.code}]"
