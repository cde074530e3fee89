"""From paths to results: find, read, judge file by file, and write if asked.

`judge` is the whole work on one file. It depends on its `Job` alone and never raises, and both
`Job` and `FileResult` can be pickled, so that it may as well run in another process.
"""

import functools
import hashlib
import itertools
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from unleak import helpers, registry
from unleak.config import Config, ConfigError
from unleak.config_homes import Homes
from unleak.workspace.folders import Folders
from unleak.workspace.neighbours import Neighbours, Seen, Tree
from unleak.workspace.places import top_of, within
from unleak.workspace.problem import Problem
from unleak.workspace.read import Contents, read_file
from unleak_engine.codemod import Options, holds
from unleak_engine.edit import Edit, Safety
from unleak_engine.exemptions import ACCEPTED, NEEDLE, Exemptions
from unleak_engine.finding import Finding
from unleak_engine.grammars import PYTHON, language_of
from unleak_engine.rewrite import ALONE, Context, Rewritten, analyse_bytes, rewrite_bytes
from unleak_engine.source import MAX_BYTES, UnreadableError
from unleak_engine.target import UNKNOWN, Target
from unleak_engine.units import Unit, units

if TYPE_CHECKING:
    from unleak.baseline import Old, Stale
    from unleak.cache.memory import Memory
    from unleak.journal import Journal
    from unleak.packs.pack import Pack
    from unleak_codemods.table import Entry

NOTE = "note"
"""The code of what is told about a file that was dealt with."""

HARMLESS = frozenset({"generated", NOTE})
"""What is told and is no failure: nobody asked for what is in a generated file."""

PACK = "codemods"
"""The code of what is wrong with a codemod of somebody else's."""

FATAL = frozenset({"internal", "missing", "doubted", PACK})
"""Reasons that are a mistake of the caller's or ours."""


MANY = 100 if sys.platform == "linux" else 300
HEAVY = 1 << 20
"""From so many files, or so many bytes, on it pays to start worker processes."""

LARGE = 64 << 10
"""Bytes from which on a file is never judged in this process: reading it may take seconds, or
never end."""

SECONDS = 60.0
"""What one file may take, of those."""

BYTES_A_BYTE = 200
"""The memory that a byte of source can take, at worst, while it is read."""


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Skipped(NamedTuple):
    """A file, or a part of one, that was not judged: a stable code and a sentence.

    `path` is where it lies on disk; `detail` is for whoever hunts our bug.
    """

    path: str
    code: str
    message: str
    detail: str = ""


class Job(NamedTuple):
    """One file to judge. `path` is what findings call it: relative to the root, with slashes.

    `rewrite` is the safety up to which findings are cured; None only looks. `data` is the text
    of a file that is not on disk. `packs` are where codemods come from that are not our own.
    """

    file: str
    path: str
    codemods: tuple[str, ...]
    context: Context = ALONE
    rewrite: Safety | None = None
    data: bytes | None = None
    packs: "tuple[Pack, ...]" = ()


class FileResult(NamedTuple):
    """What became of one file. `before` is empty when nothing was found in it.

    `applied` are the findings that `edits` cure, `left` all others but those that a user has
    accepted, which are `kept`; `edits` turn `before` into `after`. `units` are what of them can be
    decided on apart. `new` is a file that is not there yet, and its one unit names the findings
    that need it. `target` is what the file runs on.
    """

    file: str
    path: str
    before: bytes = b""
    after: bytes = b""
    edits: tuple[Edit, ...] = ()
    applied: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    new: bool = False
    target: Target = UNKNOWN
    units: tuple[Unit, ...] = ()
    kept: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after


class Outcome(NamedTuple):
    """A whole run. `root` is the folder that the results' paths count from; `stale` is what
    baselines hold and was found no more."""

    root: str
    files: int
    results: tuple[FileResult, ...]
    skipped: tuple[Skipped, ...]
    stale: "tuple[Stale, ...]" = ()

    @property
    def left(self) -> Iterator[tuple[FileResult, Finding]]:
        return ((result, finding) for result in self.results for finding in result.left)

    @property
    def kept(self) -> Iterator[tuple[FileResult, Finding]]:
        return ((result, finding) for result in self.results for finding in result.kept)

    @property
    def applied(self) -> Iterator[tuple[FileResult, Finding]]:
        return ((result, finding) for result in self.results for finding in result.applied)

    def exit_code(self, *, pending: bool = False, exit_zero: bool = False) -> int:
        """2 for a mistake, else 3 for files not done, else 1 for findings, else 0.

        `pending` changes were not written, so what they would cure is still there.
        """
        codes = {skipped.code for skipped in self.skipped}
        if codes & FATAL:
            return 2
        if codes - HARMLESS:
            return 3
        found = any(result.left or (pending and result.changed) for result in self.results)
        return 1 if (found or self.stale) and not exit_zero else 0


class Wanted(NamedTuple):
    """What a run is asked for. What is None or empty here, a configuration may settle.

    `codemods` are all there are but those to be ignored; `selected` when they were named one by
    one, so that no configuration has a say. `stdin` is a name and a text to judge instead of
    files. `jobs` is the number of processes to work in, by default as many as there are
    processors; the result does not depend on it. A file of more than `max_bytes` is not read.
    `helpers` says where helper functions go, see `helpers`. With `among` no other files than those
    are judged, whose paths are absolute and free of links; with `staged`, those with these texts.
    With `force_exclude` what is left out stays out even if it is named.
    `unwanted` are codemods that no configuration brings back. `baseline` goes before the
    configurations' ones, and `no_baseline` sets all aside. `today`, as 2027-01-31, is the day for
    comments that expire. With `apart` every file is judged in a process that may die of it.
    """

    paths: tuple[str, ...]
    codemods: "tuple[Entry, ...]"
    rewrite: Safety | None = None
    no_exclude: bool = False
    node: str | None = None
    stdin: tuple[str, bytes] | None = None
    jobs: int | None = None
    max_bytes: int = MAX_BYTES
    helpers: str | None = None
    selected: bool = False
    unwanted: tuple[str, ...] = ()
    baseline: str | None = None
    no_baseline: bool = False
    today: str = ""
    among: frozenset[str] | None = None
    staged: Mapping[str, bytes] | None = None
    force_exclude: bool = False
    apart: bool = False

    @property
    def chosen(self) -> Collection[str] | None:
        """The files to keep to, by path; None for no such limit."""
        return self.among if self.staged is None else self.staged


Tick = Callable[[int, int], None]


def run(
    wanted: Wanted,
    tick: Tick = lambda done, total: None,
    memory: "Memory | None" = None,
    root: str | None = None,
) -> Outcome:
    """Judge all that `wanted` names, but for what `memory` knows. Nothing is written; see `write`.
    `root` is `root_of` them all unless it is given. Raises ConfigError."""
    name = None if wanted.stdin is None else wanted.stdin[0]
    root = root or root_of(wanted.paths if name is None else [name])
    folders = Folders()
    homes = Homes(folders, root)
    for path in wanted.paths if name is None else [name]:
        homes.of(_folder(path))  # what is wrong there is told even if nothing is found
    wanted = _with_packs(wanted)
    if registry.packs_in_use():
        memory = None  # what their code finds may be otherwise the next time
    if name is not None:
        files, skipped = [os.path.abspath(name)], list[Skipped]()
    else:
        among = wanted.chosen if memory is None else memory.doubtful()
        files, skipped = _found(wanted, homes, among)
    configs = [homes.of(os.path.dirname(file)) for file in files]
    old = _baselines(wanted, homes, configs, [_folder(path) for path in wanted.paths])
    jobs = _jobs(files, configs, wanted, root, folders, old)
    on = {job.file: job.context.target for job in jobs}
    results: list[FileResult] = []
    judgements: list[Judgement] = []
    work: Callable[[Job], FileResult | Judgement] = judge if memory is None else judge_and_tell
    for answer in _judged(jobs, wanted.jobs, work, apart=wanted.apart):
        tick(len(results), len(jobs))
        result = answer.result if isinstance(answer, Judgement) else answer
        results.append(result._replace(target=on[result.file]))
        if isinstance(answer, Judgement):
            judgements.append(answer._replace(result=results[-1]))
    tick(len(jobs), len(jobs))
    places = {job.file: job.context.options.helpers for job in jobs}
    # A manifest counts for files only, so where there are none it does not matter.
    unread = [_skipped(problem) for problem in folders.problems] if files else []
    if memory is not None:
        if old:
            memory.trouble = "a baseline says what is told"
        else:
            memory.learn(judgements, places, skipped, unread, folders)
        results += memory.known
        places |= memory.places
        skipped, unread = [*skipped, *memory.skipped], [*unread, *memory.unread]
    results += helpers.missing_modules(results, places, root)
    done = outcome(root, results, [*skipped, *dict.fromkeys(unread)])
    if not old or wanted.chosen is not None:
        return done
    return done._replace(stale=_stale(done, wanted, homes, old))


def candidates(wanted: Wanted, *, comments: bool = True) -> tuple[list[str], list[Skipped]]:
    """The files that `run` would judge, absolute and in order, and what is to be told of others.
    Without `comments`, none that has nothing but a comment for us. Raises ConfigError.
    """
    homes = Homes(Folders(), root_of(wanted.paths))
    return _found(wanted, homes, wanted.chosen, comments=comments)


def outcome(root: str, results: Iterable[FileResult], skipped: Iterable[Skipped]) -> Outcome:
    """Results in the order of their paths' bytes, with all that was skipped in one list."""
    ordered = sorted(results, key=lambda result: os.fsencode(result.path))
    everything = [*skipped, *(one for result in ordered for one in result.skipped)]
    everything.sort(key=lambda one: (os.fsencode(one.path), one.code))
    return Outcome(root, len(ordered), tuple(ordered), tuple(everything))


def _judged(
    jobs: Sequence[Job],
    processes: int | None,
    work: "Callable[[Job], FileResult | Judgement]",
    *,
    apart: bool = False,
) -> "Iterator[FileResult | Judgement]":
    """What comes of every job, in no order: here what is quickly done, the rest in workers."""
    sizes = [_size(job) for job in jobs]
    shared = apart or (processes != 1 and (len(jobs) >= MANY or sum(sizes) >= HEAVY))
    away = [i for i, size in enumerate(sizes) if shared or size >= LARGE]
    if len(away) < len(jobs):
        yield from (work(job) for job, size in zip(jobs, sizes, strict=True) if size < LARGE)
    if not away:
        return
    from unleak import workers

    for codemod in {name for job in jobs for name in job.codemods}:
        registry.load(codemod)  # once, before the workers are made of this process
    given = [jobs[i] for i in away]
    weights = [sizes[i] for i in away]
    count = processes or workers.cores()
    memory = max(workers.MEMORY, BYTES_A_BYTE * max(weights))
    answers = workers.each(work, given, weights, workers=count, seconds=SECONDS, memory=memory)
    for index, answer in answers:
        if isinstance(answer, workers.Failure):
            job = given[index]
            yield _gone(job, Skipped(job.file, answer.code, answer.message))
        else:
            yield answer


def _size(job: Job) -> int:
    if job.data is not None:
        return len(job.data)
    try:
        return os.stat(job.file).st_size
    except OSError:  # `judge` will tell
        return 0


def judge(job: Job) -> FileResult:
    """Find, and if asked cure, all there is in one file. What goes wrong is told in the result."""
    try:
        return _judge(job)
    except UnreadableError as error:
        return _gone(job, Skipped(job.file, error.code, str(error)))
    except (Exception, SystemExit) as error:  # one file must not cost the run
        import traceback

        message = f"unleak failed on this file: {error!r}"
        return _gone(job, Skipped(job.file, "internal", message, traceback.format_exc()))


class Judgement(NamedTuple):
    """The result of a file, the blob it held, and if its judge has asked about other files, its
    package and what was looked at for that. Whether it is `spoken` to by a comment, and whether
    such a comment may be `dated`, so that the result depends on the day."""

    result: FileResult
    blob: str
    asked: "tuple[str, Seen] | None"
    spoken: bool = False
    dated: bool = False


def judge_and_tell(job: Job) -> Judgement:
    """`judge`, with what the result depends on."""
    from unleak.workspace.state import blob

    data = job.data if job.data is not None else _read(job)
    if isinstance(data, Skipped):
        return Judgement(_gone(job, data), "", None)
    result = judge(job._replace(data=data))
    facts = job.context.facts
    asked = facts.asked() if isinstance(facts, Neighbours) else None
    spoken = holds(data, (NEEDLE,), ())
    return Judgement(result, blob(data), asked, spoken, spoken and b"until" in data)


def _gone(job: Job, why: Skipped) -> FileResult:
    return FileResult(job.file, job.path, skipped=(why,))


def _judge(job: Job) -> FileResult:
    if job.packs and not registry.added():  # another process than the one that loaded them
        from unleak.packs import loading

        for pack in job.packs:
            loading.add(pack)
    data = job.data if job.data is not None else _read(job)
    if isinstance(data, Skipped):
        return _gone(job, data)
    wanted = [
        registry.load(codemod)
        for codemod in job.codemods
        if holds(data, (entry := registry.entry(codemod)).needles, entry.also)
    ]
    spoken = job.context.exempt is not None and holds(data, (NEEDLE,), ())
    if not wanted and not spoken:
        if data.startswith(_UTF_16):  # where no needle can be seen
            return _gone(job, Skipped(job.file, "not-utf-8", "UTF-16; convert it to UTF-8 first"))
        return FileResult(job.file, job.path)
    # A name that is not UTF-8 is spelled out, since what findings hold must be text.
    name = os.fsencode(job.path).decode("utf-8", "backslashreplace")
    outside = job.path.startswith("../")
    if job.rewrite is None or outside:
        look = analyse_bytes(name, data, wanted, job.context)
        told = [_said(job, p.code, p.message) for p in look.problems]
        if job.rewrite is not None and look.findings:
            told.append(Skipped(job.file, "outside-root", "a link that leads out of the tree"))
        text = data if look.findings else b""
        left, kept = _parted(look.findings)
        return FileResult(job.file, job.path, text, text, (), (), left, tuple(told), kept=kept)
    limit = job.rewrite.rank

    def rewritten(only: Collection[str] | None = None) -> Rewritten:
        def accept(finding: Finding) -> bool:
            chosen = only is None or finding.fingerprint in only or finding.fingerprint not in known
            return chosen and finding.fixable and finding.safety.rank <= limit

        return rewrite_bytes(name, data, wanted, job.context, accept)

    done = rewritten()
    known = {finding.fingerprint for finding in done.applied}
    told = [_said(job, p.code, p.message) for p in done.problems]
    told += [Skipped(job.file, "doubted", _doubt(f, why)) for f, why in done.dropped]
    left, kept = _parted((*done.left, *(finding for finding, _ in done.dropped)))
    return FileResult(
        job.file,
        job.path,
        data,
        done.after,
        done.edits,
        done.applied,
        left,
        tuple(told),
        units=units(done, rewritten) if done.applied else (),
        kept=kept,
    )


def _said(job: Job, code: str, message: str) -> Skipped:
    """A problem, told as one of the pack whose codemod failed, where it is no codemod of ours."""
    name = message.partition(" ")[0]
    if code != "internal" or name not in {entry.name for entry in registry.added()}:
        return Skipped(job.file, code, message)
    from unleak.packs import loading

    pack = loading.pack_of(name)
    return Skipped(job.file, PACK, f"the pack {pack.name if pack else '?'}: {message}")


def _parted(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """`findings` in text order: those that are left, and those that were accepted."""
    ordered = sorted(findings, key=text_order)
    left = tuple(finding for finding in ordered if finding.status not in ACCEPTED)
    return left, tuple(finding for finding in ordered if finding.status in ACCEPTED)


def _doubt(finding: Finding, why: str) -> str:
    at = f"line {finding.start.line}"
    return f"the rewrite of {finding.codemod} at {at} was dropped: {why}"


def write(
    done: Outcome,
    journal: "Journal",
    command: str,
    tick: Tick = lambda done, total: None,
) -> Outcome:
    """`done` with its changes on disk. What could not be written counts as left, and is told.

    Raises JournalError, and then nothing was written.
    """
    from unleak.changes import make
    from unleak.journal import Change

    changed = [result for result in done.results if result.changed]
    changes = [Change(r.path, r.before, r.after, created=r.new) for r in changed]
    made = make(journal, changes, command, tick)
    problems = {str(problem.path): problem for problem in made.problems}
    notes: dict[str, list[str]] = {}
    for path, note in made.notes:
        notes.setdefault(path, []).append(note)
    results = [
        _written(r, problems.get(r.path), notes.get(r.path, ())) if r.changed else r
        for r in done.results
    ]
    if made.stopped:
        stopped = Skipped(str(journal.file), "stopped", made.stopped)
        done = done._replace(skipped=(*done.skipped, stopped))
    return replaced(done, results)


def as_written(done: Outcome, wanted: Wanted) -> Outcome:
    """`done`, which was written, with what is left told as it stands in the files by now: places
    and edits are otherwise those of the texts before."""
    files = tuple(
        result.file for result in done.results if result.changed and (result.left or result.kept)
    )
    if not files:
        return done
    try:
        seen = run(wanted._replace(paths=files, rewrite=None), root=done.root)
    except ConfigError:  # spoilt meanwhile
        return done
    now = {result.path: result for result in seen.results}
    return done._replace(
        results=tuple(
            new._replace(applied=result.applied, skipped=result.skipped)
            if result.file in files and (new := now.get(result.path)) is not None
            else result
            for result in done.results
        )
    )


def replaced(done: Outcome, results: Iterable[FileResult]) -> Outcome:
    """`done` with other results, and with what was skipped in them."""
    known = {one for result in done.results for one in result.skipped}
    new = outcome(done.root, results, [one for one in done.skipped if one not in known])
    return new._replace(stale=done.stale)


def left_alone(result: FileResult, problem: Problem) -> FileResult:
    """`result` with its text as it was, and the reason told."""
    told = (*result.skipped, Skipped(result.file, problem.code, problem.message))
    found = (finding for finding in result.applied if finding.edits)
    left = tuple(sorted((*result.left, *found), key=text_order))
    return result._replace(
        after=result.before, edits=(), applied=(), left=left, skipped=told, units=()
    )


def root_of(paths: Sequence[str]) -> str:
    """The folder that patches and fingerprints count from.

    It is the top of the git work tree that holds all `paths`; outside git the working directory,
    or the folder that holds all `paths` when they lie elsewhere.
    """
    here = os.path.realpath(os.curdir)
    whole = [_placed(path) for path in paths] or [here]
    try:
        common = os.path.commonpath(whole)
    except ValueError:  # several drives
        return here
    if not os.path.isdir(common):
        common = os.path.dirname(common)
    return top_of(common) or (here if within(common, here) else common)


def _placed(path: str) -> str:
    """Where a path truly lies; of a link to a file, where the link lies."""
    if os.path.isfile(path):
        folder, name = os.path.split(os.path.abspath(path))
        return os.path.join(os.path.realpath(folder), name)
    return os.path.realpath(path)


def named(file: str, root: str) -> str:
    """What findings call a file: its true place relative to `root`, with slashes."""
    name = os.path.relpath(os.path.realpath(file), root)
    return name if os.sep == "/" else name.replace(os.sep, "/")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _folder(path: str) -> str:
    return path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))


def _found(
    wanted: Wanted, homes: Homes, among: Collection[str] | None, *, comments: bool = True
) -> tuple[list[str], list[Skipped]]:
    """The files to judge, those of `among` if it is there, and what is to be told of others, less
    what a home excludes."""
    from unleak.workspace.find import find_files

    paths = [Path(path) for path in wanted.paths]
    # What only runs when it is named has no needle that others do not have.
    needles = registry.needles(wanted.codemods) + [NEEDLE] * comments
    spoken = [one for one in wanted.codemods if one.language == PYTHON]
    found = find_files(
        paths,
        needles=needles,
        python=registry.needles(spoken) + [NEEDLE] * comments,
        no_exclude=wanted.no_exclude,
        force_exclude=wanted.force_exclude,
        among=among,
    )
    asked = {os.path.abspath(path) for path in wanted.paths if not wanted.force_exclude}

    def kept(file: str) -> bool:
        config = homes.of(os.path.dirname(file))
        if not config.exclude or file in asked:
            return True
        return not config.excludes(file)

    files = [file for path in found.files if kept(file := os.path.abspath(path))]
    return files, [told for one in found.problems if kept((told := _skipped(one)).path)]


def _packs() -> "tuple[Pack, ...]":
    if not registry.added():
        return ()
    from unleak.packs import loading

    return loading.packs()


def _with_packs(wanted: Wanted) -> Wanted:
    """`wanted` with what the packs bring that the tree's configuration names."""
    if wanted.selected:
        return wanted
    known = {entry.name for entry in wanted.codemods}.union(wanted.unwanted)
    more = [e for e in registry.added() if e.name not in known and not e.opt_in]
    return wanted._replace(codemods=(*wanted.codemods, *more)) if more else wanted


def _chosen(
    files: Iterable[str], configs: Iterable[Config], wanted: Wanted
) -> list[tuple[str, ...]]:
    """The codemods for each file."""
    everywhere = tuple(entry.name for entry in wanted.codemods)
    by_home: dict[str, tuple[str, ...]] = {}
    found: list[tuple[str, ...]] = []
    for file, config in zip(files, configs, strict=True):
        names = everywhere if wanted.selected else by_home.get(config.folder)
        if names is None:
            names = by_home[config.folder] = config.chosen(wanted.codemods, wanted.unwanted)
        if config.per_file_ignores:
            ignored = config.ignored_in(file)
            names = tuple(name for name in names if name not in ignored)
        found.append(_spoken(language_of(file), names))
    return found


@functools.cache
def _spoken(language: str | None, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the codemods that read a language; all, when that is not known."""
    known = ((name, registry.entry(name).language) for name in names)
    return tuple(name for name, spoken in known if language in (None, spoken))


def chosen_for(file: str, config: Config, wanted: Wanted) -> tuple[str, ...]:
    """The codemods for one file, for which `config` counts."""
    return _chosen([file], [config], wanted)[0]


_Baselines = Mapping[str, "tuple[Old, ...]"]
"""The entries of each baseline, by its path."""


def _baselines(
    wanted: Wanted, homes: Homes, configs: Iterable[Config], folders: Iterable[str]
) -> _Baselines:
    """The baselines of a run. Raises ConfigError."""
    if wanted.no_baseline:
        return {}
    if wanted.baseline is not None:
        paths = [os.path.abspath(wanted.baseline)]
    else:
        all_ = (*configs, *map(homes.of, folders))
        paths = sorted({config.baseline for config in all_ if config.baseline is not None})
    if not paths:
        return {}
    from unleak.baseline import read

    return {path: read(path) for path in paths}


def _exempting(
    files: Sequence[str],
    configs: Sequence[Config],
    chosen: Sequence[tuple[str, ...]],
    contexts: Sequence[Context],
    wanted: Wanted,
    baselines: _Baselines,
) -> list[Context]:
    """`contexts` with what users have accepted, and how safe they take a codemod to be."""
    known = frozenset(entry.name for entry in registry.entries())
    old: dict[tuple[str, str], set[str]] = {}
    for path, entries in baselines.items():
        for one in entries:
            old.setdefault((path, one.file), set()).add(one.fingerprint)
    plain: dict[tuple[str, ...], Exemptions] = {}  # one for many, since workers are sent them
    found: list[Context] = []
    for file, config, ran, context in zip(files, configs, chosen, contexts, strict=True):
        if ran not in plain:
            plain[ran] = Exemptions(wanted.today, frozenset(ran), known)
        exempt = plain[ran]
        if old:
            place = next(iter(baselines)) if wanted.baseline is not None else config.baseline
            mine = old.get((place or "", os.path.realpath(file)))
            exempt = exempt._replace(baseline=frozenset(mine)) if mine else exempt
        found.append(replace(context, exempt=exempt, safety=config.safety))
    return found


def _stale(
    done: Outcome, wanted: Wanted, homes: Homes, baselines: _Baselines
) -> "tuple[Stale, ...]":
    from unleak.baseline import Scope, Stale, stale

    paths = wanted.paths if wanted.stdin is None else (wanted.stdin[0],)
    scope = Scope(
        tuple(map(os.path.realpath, paths)),
        {os.path.realpath(result.file) for result in done.results},
        {os.path.realpath(one.path) for one in done.skipped if one.code != NOTE},
    )
    found = {
        one.fingerprint
        for result in done.results
        for one in (*result.kept, *result.applied, *result.left)
    }

    def asked(old: "Old") -> bool:
        config = homes.of(_existing(os.path.dirname(old.file)))
        known = _is_known(old.codemod)
        return not known or old.codemod in chosen_for(old.file, config, wanted)

    return tuple(
        Stale(old, path)
        for path, entries in baselines.items()
        for old in stale(filter(asked, entries), found, scope)
    )


def _existing(folder: str) -> str:
    """`folder`, or the nearest one above it that is there."""
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return folder


def beside(done: Outcome, wanted: Wanted, found: Mapping[str, "Sequence[Old]"]) -> "_Baselines":
    """What the baselines hold after a run that saw none: `found` is what it found, by baseline;
    what is there and was not looked for stays. Raises ConfigError."""
    from unleak.baseline import read

    homes = Homes(Folders(), done.root)
    before = {path: read(path) for path in found if os.path.lexists(path)}
    gone = {(old, of) for old, of in _stale(done, wanted, homes, before)}
    return {
        path: (*(old for old in before.get(path, ()) if (old, path) not in gone), *entries)
        for path, entries in found.items()
    }


def _is_known(codemod: str) -> bool:
    return any(entry.name == codemod for entry in registry.entries())


_runs = itertools.count()


def _jobs(
    files: Sequence[str],
    configs: Sequence[Config],
    wanted: Wanted,
    root: str,
    folders: Folders,
    baselines: _Baselines,
) -> list[Job]:
    data = None if wanted.stdin is None else wanted.stdin[1]
    packs = _packs()
    texts = wanted.staged or {}
    contexts = _contexts(files, configs, wanted, root, folders)
    chosen = _chosen(files, configs, wanted)
    contexts = _exempting(files, configs, chosen, contexts, wanted, baselines)
    return [
        Job(
            file,
            named(file, root),
            codemods,
            context,
            wanted.rewrite,
            texts.get(os.path.realpath(file)) if texts else data,
            packs,
        )
        for file, codemods, context in zip(files, chosen, contexts, strict=True)
    ]


def _contexts(
    files: Sequence[str],
    configs: Sequence[Config],
    wanted: Wanted,
    root: str,
    folders: Folders,
) -> list[Context]:
    """What each file runs on, what is around it, and how its rewrites are to be spelled: as the
    caller says, else as its home does. `folders` collects the manifests that could not be read."""
    from unleak.workspace.manifests import targets

    by_node: dict[tuple[str | None, str], list[Path]] = {}
    for file, config in zip(files, configs, strict=True):
        said = (
            (wanted.node, "--node")
            if wanted.node
            else (config.node, f"node of {config.origin('node')}")
        )
        by_node.setdefault(said if said[0] else (None, ""), []).append(Path(file))
    on: dict[Path, Target] = {}
    for (node, where), paths in by_node.items():
        on |= targets(paths, node=node, where=where, folders=folders).by_path
    place = None if wanted.helpers is None else helpers.spelled(wanted.helpers, root)
    options = {
        config.folder: Options(place or config.helpers or "file", config.streams, config.on)
        for config in configs
    }
    count = next(_runs)
    trees = {
        folder: Tree(root, count, str(folder), chosen, wanted.max_bytes)
        for folder, chosen in options.items()
    }
    return [
        Context(
            target=on[Path(file)],
            facts=Neighbours(file, trees[config.folder]),
            options=options[config.folder],
            max_bytes=wanted.max_bytes,
        )
        for file, config in zip(files, configs, strict=True)
    ]


def _read(job: Job) -> bytes | Skipped:
    contents = read_file(Path(job.file), max_bytes=job.context.max_bytes)
    return contents.data if isinstance(contents, Contents) else _skipped(contents)


def _written(result: FileResult, problem: Problem | None, notes: Sequence[str]) -> FileResult:
    """`result` after its text was put on disk; all as it was when that could not be."""
    if problem is not None:
        return left_alone(result, problem)
    said = tuple(Skipped(result.file, NOTE, note) for note in notes)
    return result._replace(skipped=(*result.skipped, *said))


def text_order(finding: Finding) -> tuple[int, int, str]:
    return finding.anchor, finding.span.start, finding.codemod


def _skipped(problem: Problem) -> Skipped:
    return Skipped(os.path.abspath(problem.path), problem.code, problem.message)
