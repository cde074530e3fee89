"""A hundred thousand texts that nobody wrote, and what must hold for each of them.

    python -m tests.soak.fuzz --count 100000 --seed 1 [--tree FOLDER] [--only NUMBER]

Each input is a number: the dice that pick and bend a text are thrown from it and the seed, so any
of them can be made again by itself. One that breaks a law is cut down to the lines that matter
and saved, with what it was judged as, in the folder that `--save` names.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.soak.mutations import mutated

from unleak import registry, workers
from unleak_engine.codemod import Codemod
from unleak_engine.edit import Safety, apply_edits
from unleak_engine.grammars import grammar_of
from unleak_engine.patch import apply_diff, file_diff
from unleak_engine.rewrite import Analysis, Context, Rewritten, analyse_bytes, rewrite_bytes
from unleak_engine.source import UnreadableError, parse, parse_as
from unleak_engine.target import Target

ROOT = Path(__file__).resolve().parent.parent.parent
BATCH = 50
"""Inputs that a worker judges before it answers; their patches go to git in one."""

SECONDS = 120.0
WINDOW = 160
"""Lines that are taken of a long text, around a needle."""

SHORT = 12_000
"""Bytes up to which a text is taken whole."""

_PARSES = Path(__file__).with_name("parses.mjs")
_LONGEST = 1_000_000
_SHRINK_TRIES = 300


class Input(NamedTuple):
    """A text, and as what it is judged."""

    number: int
    path: str
    text: bytes
    context: Context


class Broken(NamedTuple):
    """An input that breaks `law`, with the details."""

    input: Input
    law: str
    detail: str


class Tally(NamedTuple):
    """What became of some inputs: how many had findings, edits, could not be read; and failures."""

    inputs: int
    found: int
    edited: int
    unreadable: int
    broken: list[Broken]

    def plus(self, other: "Tally") -> "Tally":
        return Tally(
            self.inputs + other.inputs,
            self.found + other.found,
            self.edited + other.edited,
            self.unreadable + other.unreadable,
            self.broken + other.broken,
        )


class LawError(Exception):
    """A law is broken; the arguments are its name and the details."""


# Inputs.


Text = tuple[str, bytes]
"""The suffix and the text of a source."""


def texts(tree: Path | None) -> list[list[Text]]:
    """All that is worth bending, since it has a needle: the goldens that are cured, what else is
    in this repository, and what is under `tree`. Each in the order of the paths."""
    golden = ROOT / "golden"
    cured = list(_texts(golden, lambda path: path.with_suffix(".diff").exists()))
    own = [*_texts(golden), *_texts(ROOT / "examples")]
    return [cured, own, list(_texts(tree))] if tree else [cured, own]


def _texts(folder: Path, wanted: Callable[[Path], bool] = lambda path: True) -> Iterator[Text]:
    needles = registry.needles(registry.entries())
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {"node_modules"})
        for path in (Path(parent, name) for name in sorted(names)):
            if grammar_of(path.name) is None or path.is_symlink() or not wanted(path):
                continue
            text = path.read_bytes()
            if len(text) < _LONGEST and any(needle in text for needle in needles):
                yield path.suffix, text


def made(number: int, seed: int, sources: Sequence[Sequence[Text]]) -> Input:
    """The input of that number."""
    dice = Random(f"{seed}:{number}")
    suffix, text = dice.choice(dice.choice(sources))
    if len(text) > SHORT:
        text = _window(text, dice)
    others = [_window(dice.choice(dice.choice(sources))[1], dice)]
    bent = mutated(text, dice, others)
    if dice.random() < 0.15:
        suffix = dice.choice([".js", ".mjs", ".cjs", ".ts", ".tsx"])
    target = Target(node_floor=dice.choice((None, None, 16, 18, 22)), esm=dice.random() < 0.3)
    return Input(number, f"in{number}{suffix}", bent, Context(target=target))


def _window(text: bytes, dice: Random) -> bytes:
    """Some lines around a needle."""
    lines = text.splitlines(keepends=True)
    hits = [at for at, line in enumerate(lines) if b".pipe" in line or b"drain" in line]
    middle = dice.choice(hits or [0])
    start = max(0, middle - dice.randrange(1, WINDOW))
    return b"".join(line[:4000] for line in lines[start : start + WINDOW])


# Laws.


def judged(given: Input, codemods: Sequence[Codemod]) -> Rewritten | None:
    """The rewrite of an input, every law but git's checked; None when it cannot be read.

    Raises LawError.
    """
    path, text, context = given.path, given.text, given.context
    try:
        look = analyse_bytes(path, text, codemods, context)
    except UnreadableError:
        return None
    _sound(look, text)
    done = _rewritten(given, codemods)
    _held(done, look)
    _doubted(done, path, text)
    backwards = rewrite_bytes(path, text, codemods[::-1], context)
    _law(backwards == done, "the order of codemods matters", "another result the other way round")
    again = rewrite_bytes(path, done.after, codemods, context)
    told = ", ".join(f"{f.codemod} at {f.start.line}" for f in again.applied)
    _law(again.after == done.after, "a second run changes something", told)
    safe = rewrite_bytes(path, text, codemods, context, lambda f: f.safety is Safety.SAFE)
    _law(not safe.dropped, "an edit is doubted", f"safe ones only: {safe.dropped}")
    _law(apply_edits(text, safe.edits) == safe.after, "edits give another text", "safe ones only")
    return done


def _law(holds: bool, law: str, detail: str) -> None:
    if not holds:
        raise LawError(law, detail)


def _sound(look: Analysis, text: bytes) -> None:
    for problem in look.problems:
        _law(problem.code != "internal", "a codemod fails", problem.message)
    prints = Counter(finding.fingerprint for finding in look.findings)
    _law(not prints or max(prints.values()) == 1, "a fingerprint is used twice", "")
    for finding in look.findings:
        span = finding.span
        inside = 0 <= span.start <= finding.anchor < span.end <= len(text)
        _law(inside, "a finding lies outside", f"{span}, {finding.anchor}")
        _law(bool(finding.edits) == finding.fixable, "edits without a fix", finding.status)


def _rewritten(given: Input, codemods: Sequence[Codemod]) -> Rewritten:
    return rewrite_bytes(given.path, given.text, codemods, given.context)


def _held(done: Rewritten, look: Analysis) -> None:
    """Nothing that was found is lost on the way, and nothing is told twice."""
    for problem in done.problems:
        _law(problem.code != "internal", "a codemod fails", problem.message)
    for finding, why in done.dropped:
        _law(False, "an edit is doubted", f"{finding.codemod} at line {finding.start.line}: {why}")

    told = [(f.codemod, f.anchor, f.fingerprint) for f in (*done.applied, *done.left)]
    found = [(f.codemod, f.anchor, f.fingerprint) for f in look.findings]
    lost = [one for one in found if told.count(one) != 1]
    _law(not lost, "a finding is lost", f"{len(lost)} of {len(found)}")


def _doubted(done: Rewritten, path: str, text: bytes) -> None:
    _law(apply_edits(text, done.edits) == done.after, "edits give another text", "")
    patch = file_diff(text, done.edits, path=path)
    _law(apply_diff(text, patch) == done.after, "the diff gives another text", "")
    if done.after == text:
        return
    before = parse(path, text)
    after = parse_as(path, done.after, before.grammar)
    errors = f"{before.error_count} before, {after.error_count} after"
    _law(after.error_count <= before.error_count, "a new syntax error", errors)
    done.after.decode()


def git_differs(batch: Sequence[tuple[Input, Rewritten]]) -> Iterator[Broken]:
    """The inputs for which `git apply` does not give what we say; one call for all of them."""
    changed = [(given, done) for given, done in batch if done.after != given.text]
    if not changed:
        return
    with tempfile.TemporaryDirectory() as folder:
        for given, _ in changed:
            Path(folder, given.path).write_bytes(given.text)
        sections = [file_diff(g.text, done.edits, path=g.path) for g, done in changed]
        told = _git_apply(folder, b"".join(sections))
        for (given, done), section in zip(changed, sections, strict=True):
            if Path(folder, given.path).read_bytes() != done.after:
                # One bad section keeps git from applying any: ask for this one alone.
                Path(folder, given.path).write_bytes(given.text)
                told = _git_apply(folder, section)
                if Path(folder, given.path).read_bytes() != done.after:
                    yield Broken(given, "git gives another text", told)


def _git_apply(folder: str, patch: bytes) -> str:
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": "/", "LC_ALL": "C"}
    env |= dict.fromkeys(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"), os.devnull)
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn"],
        cwd=folder,
        input=patch,
        capture_output=True,
        env=env,
    )
    return done.stderr.decode(errors="replace")[:400]


def node_refuses(batch: Sequence[tuple[Input, Rewritten]]) -> Iterator[Broken]:
    """The inputs that Node itself can parse, and whose new text it cannot: it knows what our
    grammars do not mind, such as two declarations of one name."""
    changed = [
        (given, done)
        for given, done in batch
        if done.after != given.text and Path(given.path).suffix in (".js", ".mjs", ".cjs")
    ]
    if not changed:
        return
    pairs = [
        {"before": g.text.decode(), "after": done.after.decode(), "modules": _modules(g)}
        for g, done in changed
    ]
    told = subprocess.run(
        [_node(), "--no-warnings", "--experimental-vm-modules", str(_PARSES)],
        input=json.dumps(pairs).encode(),
        capture_output=True,
        check=True,
    )
    for refused in json.loads(told.stdout):
        yield Broken(changed[refused["index"]][0], "Node cannot parse it", refused["message"])


def _modules(given: Input) -> list[bool]:
    """What kinds of file an input may be, the likelier first: whether it is an ES module."""
    fixed = {".mjs": [True], ".cjs": [False]}.get(Path(given.path).suffix)
    return fixed or ([True] if given.context.target.esm else [False, True])


def _node() -> str:
    path = os.pathsep.join((str(ROOT / ".tools" / "bin"), os.environ.get("PATH", "")))
    found = shutil.which("node", path=path)
    if found is None:
        raise FileNotFoundError("no node: `make setup` brings one in")
    return found


# Runs.


def all_codemods() -> list[Codemod]:
    return [registry.load(entry.name) for entry in registry.entries()]


def tallied(inputs: Sequence[Input], codemods: Sequence[Codemod]) -> Tally:
    """Judge some inputs; never raises."""
    found = edited = unreadable = 0
    done: list[tuple[Input, Rewritten]] = []
    broken: list[Broken] = []
    for given in inputs:
        law = broken_law(given, codemods, done)
        if law is not None:
            broken.append(law)
            continue
        if not done or done[-1][0] is not given:
            unreadable += 1
            continue
        found += bool(done[-1][1].applied or done[-1][1].left)
        edited += bool(done[-1][1].edits)
    broken += git_differs(done)
    broken += node_refuses(done)
    return Tally(len(inputs), found, edited, unreadable, broken)


def broken_law(
    given: Input, codemods: Sequence[Codemod], done: list[tuple[Input, Rewritten]] | None = None
) -> Broken | None:
    """The law an input breaks, if any; what came of it is added to `done`."""
    try:
        result = judged(given, codemods)
    except LawError as error:
        return Broken(given, *error.args)
    except Exception as error:
        import traceback

        last = traceback.extract_tb(error.__traceback__)[-1]
        at = f"{Path(last.filename).name}:{last.lineno}"
        return Broken(given, f"an exception: {type(error).__name__} at {at}", repr(error))
    if result is not None and done is not None:
        done.append((given, result))
    return None


def broken_at_all(given: Input, codemods: Sequence[Codemod]) -> Broken | None:
    """The same, with the laws that take a process of its own."""
    done: list[tuple[Input, Rewritten]] = []
    broken = broken_law(given, codemods, done)
    return broken or next(git_differs(done), None) or next(node_refuses(done), None)


def shrunk(broken: Broken, codemods: Sequence[Codemod]) -> Broken:
    """The same failure with as few lines as a while of trying leaves."""
    tries = _SHRINK_TRIES
    best = broken
    for split in (lambda text: text.splitlines(keepends=True), _tokens):
        parts = split(best.input.text)
        size = len(parts) // 2
        while size and tries > 0:
            at = 0
            while at < len(parts) and tries > 0:
                fewer = parts[:at] + parts[at + size :]
                tries -= 1
                given = best.input._replace(text=b"".join(fewer))
                law = broken_at_all(given, codemods)
                if law is not None and law.law == best.law:
                    best, parts = law, fewer
                else:
                    at += size
            size //= 2
    return best


def _tokens(text: bytes) -> list[bytes]:
    from tests.soak.mutations import tokens

    return tokens(text)


def run(
    count: int,
    seed: int,
    tree: Path | None,
    *,
    processes: int = 2,
    tell: Callable[[str], None] = lambda line: None,
) -> Tally:
    """Judge the inputs 0 … `count` - 1. Of each law's failures the first three are shrunk."""
    sources = texts(tree)
    codemods = all_codemods()
    parts = [range(at, min(at + BATCH, count)) for at in range(0, count, BATCH)]

    def work(numbers: range) -> Tally:
        return tallied([made(number, seed, sources) for number in numbers], codemods)

    total = Tally(0, 0, 0, 0, [])
    started = time.monotonic()
    singly: list[range] = []

    def add(tally: Tally) -> None:
        nonlocal total
        for broken in tally.broken:
            tell(f"BROKEN {broken.input.number}: {broken.law}: {broken.detail[:200]}")
        total = total.plus(tally)

    ones = [1] * len(parts)
    for index, answer in workers.each(work, parts, ones, workers=processes, seconds=SECONDS):
        if isinstance(answer, workers.Failure):
            singly += [range(number, number + 1) for number in parts[index]]
            continue
        add(answer)
        if total.inputs % 2000 < BATCH:
            took = time.monotonic() - started
            tell(f"{total.inputs} inputs, {total.edited} edited, {took:.0f} s")
    for index, answer in workers.each(
        work, singly, [1] * len(singly), workers=processes, seconds=SECONDS / 4
    ):
        if isinstance(answer, workers.Failure):
            given = made(singly[index][0], seed, sources)
            add(Tally(1, 0, 0, 0, [Broken(given, answer.code, answer.message)]))
        else:
            add(answer)
    seen: Counter[str] = Counter()
    for at, broken in enumerate(total.broken):
        seen[broken.law] += 1
        if seen[broken.law] <= 3 and broken.law not in ("timeout", "crashed"):
            total.broken[at] = shrunk(broken, codemods)
    return total


def save(broken: Broken, folder: Path) -> Path:
    """Keep a failure: its text, and beside it what else is needed to see it again."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / broken.input.path
    path.write_bytes(broken.input.text)
    target = broken.input.context.target
    about = {
        "number": broken.input.number,
        "law": broken.law,
        "detail": broken.detail,
        "node_floor": target.node_floor,
        "esm": target.esm,
    }
    path.with_name(path.name + ".json").write_text(json.dumps(about, indent=2) + "\n")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", type=Path, help="more texts to bend")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--save", type=Path, default=Path("soak-failures"))
    parser.add_argument("--only", type=int, help="print the input of this number")
    asked = parser.parse_args()
    if asked.only is not None:
        given = made(asked.only, asked.seed, texts(asked.tree))
        sys.stdout.buffer.write(given.text)
        print(given.path, given.context.target, file=sys.stderr)
        print(broken_at_all(given, all_codemods()) or "no law is broken", file=sys.stderr)
        return 0
    started = time.monotonic()
    total = run(asked.count, asked.seed, asked.tree, processes=asked.processes, tell=print)
    for broken in total.broken:
        save(broken, asked.save)
    print(
        f"{total.inputs} inputs: {total.found} with findings, {total.edited} edited,"
        f" {total.unreadable} unreadable, {len(total.broken)} broken,"
        f" {time.monotonic() - started:.0f} s"
    )
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
