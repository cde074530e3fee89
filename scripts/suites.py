"""Run other packages' own tests before and after their leaks are fixed, and name every difference.

A package is unpacked from the registry, or copied from a checkout of yours; what its tests need is
installed (no install script runs); its suite runs as found, then with the safe fixes, with the
unsafe ones in its own source, and with the unsafe ones everywhere. When something comes out
otherwise, both sides run twice more: a test that came out so before as well is no difference, it is
named as unsteady. A suite has no network but loopback where the system lets us take it away.

A plan (`scripts/suites.toml`, or yours) has a table per package:

    [name]
    package = "name@1.2.3"        from the registry, or
    folder = "../checkout"        a folder, beside the plan
    commit = "0abc123"            what HEAD of the folder must be
    run = "mocha -R tap test"     the suite, for a shell; node_modules/.bin is on the PATH
    results = "tap"               what it prints: tap, jest (writes JSON to $RESULTS), or counts
    build = "tsc"                 before each run of the suite
    source = ["lib", "index.js"]  what is not test, example or bench
    need = ["mocha@10"]           packages to install; by default its devDependencies
    without = ["eslint*"]         devDependencies that no test needs
    node = "20"                   the Node line
    target = ">=18"               what `--node` says to unleak; by default its package.json speaks
    seconds = 300                 how long one run of the suite may take

Prints a table and the differences. Exit status: 0 no suite differs with the safe fixes, 1 one does,
2 a plan cannot be read or a suite cannot be run.
"""

import argparse
import contextlib
import dataclasses
import difflib
import fnmatch
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __package__:
    from . import nodes
else:
    import nodes  # run as a file, its folder is where imports begin

PLAN = Path(__file__).with_suffix(".toml")
MORE_RUNS = 2
INSTALL_SECONDS = 600
# They neither run a test nor are required by one.
NO_TESTS = ("*eslint*", "*prettier*", "standard", "xo", "husky", "*commitlint*", "nyc", "c8")
MARK = "unleak-reached "
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NEVER_COPIED = shutil.ignore_patterns("node_modules", ".git")

Outcomes = dict[str, str]
"""What became of each test: `{"adds two numbers": "ok", …}`, other words being `failed` and
`skipped`; of a runner that names no test, `{"passed": "12", "failed": "0"}`."""


class SuiteError(Exception):
    """A suite that cannot be run; the text says why."""


@dataclass(frozen=True, slots=True)
class Suite:
    """One table of a plan; the module's docstring says what each word means."""

    name: str
    run: str
    package: str = ""
    folder: str = ""
    commit: str = ""
    results: str = "tap"
    build: str = ""
    source: tuple[str, ...] = ()
    need: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    node: str = "20"
    target: str = ""
    seconds: int = 300


@dataclass(frozen=True, slots=True)
class Variant:
    """One state of a package's tree: what `unleak fix` is told before the suite runs."""

    name: str
    options: tuple[str, ...] = ()
    source_only: bool = False

    @property
    def stem(self) -> str:
        """The name, fit for a file's."""
        return self.name.replace(", ", "-")


BEFORE = Variant("before")
VARIANTS = (
    Variant("safe"),
    Variant("unsafe, source", ("--unsafe-fixes",), source_only=True),
    Variant("unsafe, all", ("--unsafe-fixes",)),
)


@dataclass(slots=True)
class Ran:
    """What the runs of one variant's suite gave, one entry a run, and what unleak had changed."""

    outcomes: list[Outcomes] = field(default_factory=list)
    exits: list[int] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)
    """How many calls of `pipeline` each file gained."""
    reached: set[str] = field(default_factory=set)
    """Those of them, as `file:line`, that the suite was seen to run."""

    @property
    def calls(self) -> int:
        return sum(self.changed.values())


# -- plans ----------------------------------------------------------------------------------------


def read_plan(text: str) -> list[Suite]:
    """The suites of a plan, in its order. Raises `SuiteError` for what a plan must not say."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SuiteError(f"not TOML: {error}") from error
    return [_suite(name, table) for name, table in tables.items()]


def _suite(name: str, table: Any) -> Suite:
    if not isinstance(table, dict):
        raise SuiteError(f"{name}: a table was expected, [{name}]")
    shapes = {f.name: f.type for f in dataclasses.fields(Suite) if f.name != "name"}
    for key, value in table.items():
        if key not in shapes:
            near = difflib.get_close_matches(key, shapes, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SuiteError(f"{name}: no such word: {key}{hint}")
        wanted = {str: str, int: int}.get(shapes[key], list)  # type: ignore[call-overload]
        if type(value) is not wanted:
            raise SuiteError(f"{name}: {key} must be a {wanted.__name__}")
    if "run" not in table or ("package" in table) == ("folder" in table):
        raise SuiteError(f"{name}: needs `run`, and one of `package` and `folder`")
    if table.get("results", "tap") not in READERS:
        raise SuiteError(f"{name}: results must be one of {', '.join(READERS)}")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
    return Suite(name, **values)


# -- what a runner said ---------------------------------------------------------------------------

TAP_LINE = re.compile(r"^( *)(not )?ok\b(?: +\d+)?(?: +-)? *(.*?)(?: +# *(.*))?(?: *\{)?$")
COUNT = re.compile(
    r"(?P<n>\d+) (?P<word>passing|failing|pending|specs?|failures?|honored|broken|errored)\b"
    r"|^\s*(?P<word2>Total|Passed|Skipped|# pass|# fail|# tests):? +(?P<n2>\d+)",
    re.MULTILINE,
)


def read_tap(text: str) -> Outcomes:
    """Every `ok` and `not ok`, whatever is printed between; a repeated name gets a number.

    Times and temporary names differ from run to run, so what a directive or an indented block
    says is left out.
    """
    seen: Outcomes = {}
    for line in text.splitlines():
        if match := TAP_LINE.match(line):
            indent, failed, name, directive = match.groups()
            skipped = (directive or "").lower().startswith(("skip", "todo"))
            word = "skipped" if skipped else "failed" if failed else "ok"
            name = re.sub(r"\d+(\.\d+)? ?ms\b|time=\S+", "", name).strip()
            _put(seen, "  " * bool(indent) + name, word)
    return seen


def read_jest(text: str) -> Outcomes:
    """Jest's `--json`: its full names, each below its file."""
    words = {"passed": "ok", "failed": "failed"}
    seen: Outcomes = {}
    for file in json.loads(text or "{}").get("testResults", []):
        name = Path(file["name"]).name
        for test in file["assertionResults"]:
            _put(seen, f"{name}: {test['fullName']}", words.get(test["status"], "skipped"))
        if not file["assertionResults"]:
            _put(seen, name, words.get(file["status"], "skipped"))
    return seen


def read_counts(text: str) -> Outcomes:
    """The totals that runners close with: `12 passing`, `Passed: 12`, `12 specs, 0 failures`."""
    seen: Outcomes = {}
    for match in COUNT.finditer(text):
        _put(seen, match["word"] or match["word2"], match["n"] or match["n2"])
    return seen


def _put(seen: Outcomes, name: str, word: str) -> None:
    again, number = name, 1
    while again in seen:
        number += 1
        again = f"{name} ({number})"
    seen[again] = word


READERS = {"tap": read_tap, "jest": read_jest, "counts": read_counts}


# -- what to make of it ---------------------------------------------------------------------------


def compare(before: Sequence[Outcomes], after: Sequence[Outcomes]) -> tuple[list[str], list[str]]:
    """Sentences on tests that came out otherwise: surely, and maybe (they are unsteady).

    A test differs when no run before gave what a run after gave.
    """
    differs, unsteady = [], []
    names = dict.fromkeys(name for run in (*before, *after) for name in run)
    for name in names:
        old = {run.get(name, "not run") for run in before}
        new = {run.get(name, "not run") for run in after}
        if old != new or len(old) > 1:
            sentence = f"{name}: {' or '.join(sorted(old))}, then {' or '.join(sorted(new))}"
            (differs if old.isdisjoint(new) else unsteady).append(sentence)
    return differs, unsteady


def exits(before: Ran, after: Ran) -> list[str]:
    """The sentence on exit codes that never occurred before; none when there is no such code."""
    if set(before.exits) & set(after.exits):
        return []
    old, new = sorted(set(before.exits)), sorted(set(after.exits))
    return [f"exit {' or '.join(map(str, old))}, then {' or '.join(map(str, new))}"]


def summary(outcomes: Outcomes) -> str:
    """`12 ok, 1 failed` or, of a runner that names no test, its totals as they were."""
    if outcomes and not set(outcomes.values()) <= {"ok", "failed", "skipped"}:
        return ", ".join(f"{number} {word}" for word, number in outcomes.items())
    words = ("ok", "failed", "skipped")
    counts = [(word, list(outcomes.values()).count(word)) for word in words]
    return ", ".join(f"{n} {word}" for word, n in counts if n) or "no test seen"


def marked(before: str, after: str, path: str) -> tuple[str, int]:
    """`after` with a mark in every call of `pipeline` that `before` has not got; and how many.

    The mark says on standard error that the call is reached, and changes nothing else.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lines, count = [], 0
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for tag, first, last, start, end in blocks:
        for number in range(start, end):
            line = new[number]
            had = sum(text.count("ipeline(") for text in old[first:last])
            if tag in {"insert", "replace"} and line.count("ipeline(") and not had:
                said = json.dumps(f"{MARK}{path}:{number + 1}")
                typed = path.endswith(("ts", "tsx"))
                process = "(process as any)" if typed else "process"
                empty = "[] as []" if typed else "[]"
                spread = f"ipeline(...({process}._rawDebug({said}), {empty}), "
                count += line.count("ipeline(")
                line = line.replace("ipeline(", spread)
            lines.append(line)
    return "".join(lines), count


# -- running --------------------------------------------------------------------------------------


class Place:
    """A package unpacked in a folder of its own, which goes back to what it was when told to."""

    def __init__(self, suite: Suite, home: Path, beside: Path, node: Path) -> None:
        self.suite = suite
        self.found = home / "found"
        self.tree = home / "tree"
        self._beside = beside
        self._env = environment(node, self.tree, home)
        self.home = home

    def unpack(self) -> None:
        """Fill `found`. Raises `SuiteError` when there is nothing to be had."""
        suite = self.suite
        if suite.folder:
            folder = (self._beside / suite.folder).resolve()
            if not (folder / "package.json").is_file():
                raise SuiteError(f"{folder} has no package.json")
            git = ["git", "-C", str(folder), "rev-parse", "HEAD"]
            head = subprocess.run(git, capture_output=True, text=True).stdout
            if suite.commit and not head.startswith(suite.commit):
                raise SuiteError(f"{folder} is not at {suite.commit}")
            shutil.copytree(folder, self.found, symlinks=True, ignore=NEVER_COPIED)
            return
        self.home.mkdir(parents=True, exist_ok=True)
        run = self._npm("pack", "--silent", suite.package, cwd=self.home)
        archive = self.home / run.stdout.strip().splitlines()[-1]
        shutil.unpack_archive(archive, self.home / "unpacked", filter="data")
        (inside,) = (self.home / "unpacked").iterdir()
        inside.rename(self.found)

    def install(self) -> None:
        """Fill `tree`, and bring in what the tests need."""
        shutil.copytree(self.found, self.tree, symlinks=True)
        path = self.tree / "package.json"
        path.write_text(json.dumps(lean(json.loads(path.read_text()), self.suite)))
        for name in ("package-lock.json", "npm-shrinkwrap.json"):
            (self.tree / name).unlink(missing_ok=True)
        install = ("install", "--ignore-scripts", "--no-package-lock", "--legacy-peer-deps")
        self._npm(
            *install, "--no-audit", "--no-fund", "--loglevel=error", *self.suite.need, cwd=self.tree
        )

    def reset(self) -> None:
        """The tree as found, but for what was installed."""
        for path in self.tree.iterdir():
            if path.name != "node_modules":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(self.found, self.tree, symlinks=True, dirs_exist_ok=True)

    def fix(self, variant: Variant) -> None:
        """Let unleak at the tree. Raises `SuiteError` when it fails."""
        paths = self.suite.source if variant.source_only else (".",)
        command = [sys.executable, "-m", "unleak", "fix", "--quiet", "--no-cache", "--no-exclude"]
        command += [*variant.options, *(["--node", self.suite.target] if self.suite.target else [])]
        done = subprocess.run([*command, *self._paths(paths)], cwd=self.tree, capture_output=True)
        if done.returncode not in (0, 1, 3):  # 3: some file of the package cannot be read
            raise SuiteError(f"unleak: {done.stderr.decode(errors='replace')}")

    def _paths(self, paths: Sequence[str]) -> list[str]:
        # `--no-exclude` makes it look where a package's own .gitignore would not let it, but what
        # was installed must stay as it is.
        here = [self.tree] if "." in paths else [self.tree / path for path in paths]
        tops = [sorted(p.iterdir()) if p == self.tree else [p] for p in here]
        return [
            str(path.relative_to(self.tree))
            for path in (path for top in tops for path in top)
            if path.name not in {"node_modules", "package.json"} and path.exists()
        ]

    def changes(self) -> dict[str, tuple[str, str]]:
        """The files that are not as found: `{"lib/a.js": (before, after)}`."""
        changed = {}
        for path in sorted(self.found.rglob("*")):
            new = self.tree / path.relative_to(self.found)
            if path.is_file() and new.is_file() and path.read_bytes() != new.read_bytes():
                texts = (p.read_text(errors="surrogateescape") for p in (path, new))
                changed[path.relative_to(self.found).as_posix()] = tuple(texts)
        return changed  # type: ignore[return-value]

    def test(self) -> tuple[int, Outcomes, str]:
        """Build, run the suite: exit status, what became of each test, all it printed."""
        suite, results = self.suite, self.home / "results.json"
        results.unlink(missing_ok=True)
        if suite.build:
            code, text = self._shell(suite.build)
            if code:
                raise SuiteError(f"`{suite.build}` fails:\n{text[-3000:]}")
        code, text = self._shell(suite.run)
        said = text
        if suite.results == "jest":
            said = results.read_text() if results.exists() else ""
        return code, READERS[suite.results](said), text

    def run(self, variant: Variant, ran: Ran, log: Path) -> None:
        """One run of the suite in this variant, added to `ran`; what it prints goes to `log`."""
        self.reset()
        if variant is not BEFORE:
            self.fix(variant)
        code, outcomes, text = self.test()
        ran.exits.append(code)
        ran.outcomes.append(outcomes)
        file = log / f"{self.suite.name}.{variant.stem}.{len(ran.exits)}.txt"
        file.write_text(text, errors="surrogateescape")

    def _shell(self, command: str) -> tuple[int, str]:
        with tempfile.TemporaryFile() as out:
            run = subprocess.Popen(
                [*offline(), "sh", "-c", command],
                cwd=self.tree,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = run.wait(self.suite.seconds)
            except subprocess.TimeoutExpired:
                code = 124
            finally:  # an interrupt ends the suite, too, with all that it started
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)
                run.wait()
            out.seek(0)
            return code, COLOUR.sub("", out.read().decode(errors="replace"))

    def _npm(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [str(nodes.BIN / "npm"), *arguments]
        try:
            return subprocess.run(
                command,
                cwd=cwd,
                capture_output=True,
                text=True,
                check=True,
                timeout=INSTALL_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise SuiteError(f"npm {arguments[0]} takes too long") from error
        except subprocess.CalledProcessError as error:
            raise SuiteError(f"npm {arguments[0]} fails: {error.stderr[-2000:]}") from error


def lean(manifest: Mapping[str, Any], suite: Suite) -> dict[str, Any]:
    """The package.json to install from: no scripts, and no development tool that tests nothing."""
    kept = {key: value for key, value in manifest.items() if key != "scripts"}
    if suite.need:
        kept.pop("devDependencies", None)
    unwanted = (*NO_TESTS, *suite.without)
    kept["devDependencies"] = {
        name: version
        for name, version in kept.get("devDependencies", {}).items()
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in unwanted)
    }
    return kept


def environment(node: Path, tree: Path, home: Path) -> dict[str, str]:
    """What a suite's processes see: this Node, the package's tools, and nobody's configuration."""
    path = [str(tree / "node_modules" / ".bin"), str(node.parent), str(nodes.BIN)]
    kept = {key: value for key, value in os.environ.items() if not key.lower().startswith("npm_")}
    drop = ("NODE_OPTIONS", "NODE_PATH", "PYTHONPATH", "VIRTUAL_ENV")
    return {
        **{key: value for key, value in kept.items() if key not in drop},
        "PATH": os.pathsep.join([*path, os.environ.get("PATH", os.defpath)]),
        "RESULTS": str(home / "results.json"),
        "CI": "true",
        "NO_COLOR": "1",
        "FORCE_COLOR": "0",
    }


def offline() -> list[str]:
    """The words before a command that take the network from it, loopback excepted; none if the
    system does not let us."""
    words = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    try:
        able = subprocess.run([*words, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        able = False
    return words if able else []


def run_suite(suite: Suite, home: Path, beside: Path, node: Path, log: Path) -> dict[str, Ran]:
    """The suite in every variant that changes something, `before` first."""
    place = Place(suite, home, beside, node)
    place.unpack()
    place.install()
    before = Ran()
    done, diffs = {BEFORE.name: before}, {"": before}
    place.run(BEFORE, before, log)
    if not any(before.outcomes):
        raise SuiteError("no test ran before any change")
    for variant in VARIANTS:
        if variant.source_only and not suite.source:
            continue
        place.reset()
        place.fix(variant)
        changes = place.changes()
        diff = _diff(changes)
        if diff in diffs:  # nothing changed, or what an earlier variant changed
            done[variant.name] = diffs[diff]
            continue
        done[variant.name] = diffs[diff] = ran = Ran()
        (log / f"{suite.name}.{variant.stem}.diff").write_text(diff, errors="surrogateescape")
        texts = {path: marked(*both, path) for path, both in changes.items()}
        ran.changed = {path: count for path, (_, count) in texts.items()}
        place.run(variant, ran, log)
        if any(compare(before.outcomes, ran.outcomes)) or exits(before, ran):
            for _ in range(MORE_RUNS):
                place.run(variant, ran, log)
                if len(before.exits) <= MORE_RUNS:
                    place.run(BEFORE, before, log)
        place.reset()
        for path, (text, _) in texts.items():
            (place.tree / path).write_text(text, errors="surrogateescape")
        with contextlib.suppress(SuiteError):  # a build that takes no mark: not known, then
            said = place.test()[2]
            ran.reached = {line.partition(MARK)[2] for line in said.splitlines() if MARK in line}
    return done


def _diff(changes: Mapping[str, tuple[str, str]]) -> str:
    return "".join(
        line if line.endswith("\n") else f"{line}\n"
        for path, (old, new) in changes.items()
        for line in difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), path, path
        )
    )


def report(suite: Suite, done: Mapping[str, Ran]) -> tuple[list[str], bool]:
    """The lines on one suite, and whether it stays what it was with the safe fixes."""
    before = done[BEFORE.name]
    name = suite.package or suite.name
    lines = [f"{name} on Node {suite.node}: {summary(before.outcomes[0])}, exit {before.exits[0]}"]
    whole = True
    for variant in VARIANTS:
        ran = done.get(variant.name)
        if ran is None or not ran.changed:
            lines.append(f"  {variant.name:16} {'not asked' if ran is None else 'no fix'}")
            continue
        differs, unsteady = compare(before.outcomes, ran.outcomes)
        differs += exits(before, ran)
        files = "file" if len(ran.changed) == 1 else "files"
        verdict = f"{len(differs)} DIFFER" if differs else "same"
        lines.append(
            f"  {variant.name:16} {ran.calls} pipelines in {len(ran.changed)} {files}, "
            f"{len(ran.reached)} seen to run: {summary(ran.outcomes[0])}: {verdict}"
        )
        lines += [f"    {sentence}" for sentence in differs]
        lines += [f"    unsteady: {sentence}" for sentence in unsteady]
        whole = whole and not (differs and variant.name == "safe")
    return lines, whole


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only these of the plan")
    parser.add_argument("--plan", type=Path, default=PLAN)
    parser.add_argument("--log", type=Path, help="keep what the suites print, and the diffs, here")
    options = parser.parse_args(None if arguments is None else list(arguments))
    try:
        suites = read_plan(options.plan.read_text())
    except (OSError, SuiteError) as error:
        print(f"{options.plan}: {error}", file=sys.stderr)
        return 2
    if unknown := set(options.names) - {suite.name for suite in suites}:
        print(f"{options.plan} has no {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [suite for suite in suites if not options.names or suite.name in options.names]
    status = 0
    with tempfile.TemporaryDirectory(prefix="unleak-suites-") as folder:
        log = (options.log or Path(folder) / "log").resolve()
        log.mkdir(parents=True, exist_ok=True)
        for suite in chosen:
            home = Path(folder) / suite.name
            home.mkdir()
            try:
                binary = nodes.installed().get(suite.node) or nodes.ensure([suite.node])[suite.node]
                done = run_suite(suite, home, options.plan.parent, binary, log)
                lines, whole = report(suite, done)
                status = max(status, 0 if whole else 1)
            except (SuiteError, ValueError) as error:
                lines, status = [f"{suite.name}: cannot be run: {error}"], 2
            except KeyboardInterrupt:
                print(f"{suite.name}: interrupted", file=sys.stderr)
                return 130
            print("\n".join(lines), flush=True)
            shutil.rmtree(home, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
