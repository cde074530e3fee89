"""A batch that workers of a cluster look into: the same as at home, whoever dies on the way.

Scheduler and workers are processes on this machine, and talk over its loopback.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from unleak.batch import status
from unleak.batch.state import State
from unleak.batch.trees import pristine
from unleak.cli import main
from unleak.cluster.places import Meant, Source, found
from unleak.cluster.versions import Versions, difference, versions
from unleak.errors import RefusedError

COPY = """\
const fs = require('node:fs');

exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""
PACKAGES = ("api", "calm", "deadly", "web", "zip")
FILES = {
    "package.json": '{"workspaces": ["packages/*"]}',
    ".gitignore": "ignored\n",
    "CODEOWNERS": "/packages/api/ @ann\n",
    **{f"packages/{name}/package.json": f'{{"name": "@acme/{name}"}}' for name in PACKAGES},
    **{
        f"packages/{name}/{number}.js": f"// {number}\n{COPY}"
        for name in ("api", "web", "zip")
        for number in range(6)
    },
    "packages/calm/calm.js": "exports.pipe = (a, b) => a.pipe(b);\n",
    "packages/deadly/deadly.js": COPY,
    "packages/deadly/other.js": COPY,
}

POISON = """\
# Imported by every Python that has this folder on its path; it acts in those that look into files.
import os, signal, sys

if "unleak.cluster.child" in sys.orig_argv:
    from unleak import run

    judge, worker, folder = run.judge, os.getppid(), os.path.dirname(__file__)

    def first(name):
        try:
            return not os.close(os.open(os.path.join(folder, name), os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False

    def poisoned(job):
        said = os.path.join(folder, os.path.basename(job.path))
        if os.path.exists(said):
            with open(said) as file:
                what = file.read()
            if what == "self":
                os.kill(os.getpid(), signal.SIGKILL)
            elif what == "worker":
                os.kill(worker, signal.SIGKILL)
            elif what == "machine" and first("machine"):
                os.killpg(os.getpgid(worker), signal.SIGKILL)
            elif what.isdigit():
                os.kill(int(what), signal.SIGKILL)
        return judge(job)

    run.judge = poisoned
"""

SMALL = """\
import sys
from unleak.cluster import client
from unleak.cli import main

client.FILES, client.AHEAD, client.CHUNK = map(int, sys.argv.pop().split(","))
sys.exit(main())
"""
"""Errands of few files."""


def git(*words: str, cwd: Path) -> str:
    return subprocess.run(
        ["git", *words], cwd=cwd, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(autouse=True)
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "3s")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    top = tmp_path / "tree"
    for name, text in FILES.items():
        place = top / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git("init", "-q", "-b", "trunk", cwd=top)
    git("config", "user.name", "Ann", cwd=top)
    git("config", "user.email", "ann@localhost", cwd=top)
    commit(top)
    return top


def commit(top: Path) -> None:
    git("add", "-A", cwd=top)
    git("commit", "-qm", "x", cwd=top)


class Cluster:
    """A scheduler and workers, each of those in a process group of its own. What `poison` says
    becomes of whoever reads a file of that name."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._poison = folder / "poison"
        self._poison.mkdir(parents=True)
        (self._poison / "sitecustomize.py").write_text(POISON)
        self._folder, self._words = folder, words
        paths = (str(self._poison), os.environ.get("PYTHONPATH", ""))
        self._environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self._processes: list[subprocess.Popen[str]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._heard(self.scheduler, r"Scheduler at:\s+(\S+)")

    def worker(self) -> None:
        """Start another one, and wait until the scheduler knows it."""
        number = len(self._processes)
        place = self._folder / f"worker-{number}"
        started = self._start(
            "worker", self.address, "--nthreads", "1", "--local-directory", str(place), *self._words
        )
        self._heard(started, r"(Registered to)")

    def poison(self, file: str, what: str) -> None:
        (self._poison / file).write_text(what)

    def close(self) -> None:
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stderr is not None:
                process.stderr.close()

    def _start(self, what: str, *words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", what, *words, "--no-dashboard"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def _heard(self, process: "subprocess.Popen[str]", pattern: str) -> str:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            found = re.search(pattern, line)
            if found:
                return found[1]
        pytest.fail("".join(lines))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One that no test does any harm to."""
    made = Cluster(tmp_path_factory.mktemp("cluster"), "--no-nanny")
    try:
        made.worker()
        made.worker()
        yield made
    finally:
        made.close()


class Told(NamedTuple):
    code: int
    out: str
    err: str


def unleak(top: Path, *words: str, small: str = "") -> Told:
    how = ["-c", SMALL] if small else ["-m", "unleak"]
    done = subprocess.run(
        [sys.executable, *how, "batch", *words, *([small] if small else [])],
        cwd=top,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


ONE = ("--select", "pipe-without-pipeline")


def on(cluster: Cluster, *source: object) -> tuple[str, ...]:
    """The words for a batch there, of one codemod: it has to be loaded for each errand."""
    return (*ONE, "--engine", "dask", "--scheduler", cluster.address, *map(str, source))


def at_home(top: Path, *words: str) -> "Outcome":
    """What the same batch leaves without a cluster."""
    copy = top.with_name("home") / top.name
    shutil.copytree(top, copy, symlinks=True, ignore=shutil.ignore_patterns("unleak*"))
    here(copy, *ONE, *words)
    return outcome(copy)


def here(top: Path, *words: str) -> int:
    """The exit code of a batch that wants no cluster."""
    with contextlib.chdir(top):
        return main(["batch", *words])


class Outcome(NamedTuple):
    """All that a batch leaves: what it hands over, its state, and its branches."""

    files: dict[str, bytes]
    shards: dict[str, dict[str, Any]]
    branches: str


def states(top: Path) -> list[dict[str, Any]]:
    """What `--status` tells of each shard; none when no batch was begun."""
    with State(top) as state:
        told: list[dict[str, Any]] = status.as_json(state, state.last())["shards"]
    return told


def outcome(top: Path) -> Outcome:
    folder = top / "unleak-batch"
    shards = json.loads(json.dumps(states(top)).replace(str(top), "TOP"))
    refs = git("for-each-ref", "--format=%(refname) %(objectname)", cwd=top)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return Outcome(files, {one["name"]: one for one in shards}, refs)


# Who is asked, and about what.


def test_the_result_is_that_of_this_machine(cluster: Cluster, tree: Path) -> None:
    told = unleak(tree, *on(cluster, "--tree", tree), small="5,1,5")

    assert told.code == 0, told.err
    assert "tcp:// is not encrypted" in told.err
    left = outcome(tree)
    assert left == at_home(tree)
    assert {name: one["findings"] for name, one in left.shards.items()} == {
        "acme-api": 6,
        "acme-deadly": 2,
        "acme-web": 6,
        "acme-zip": 6,
    }


def test_branches_from_a_remote_are_those_of_this_machine(
    cluster: Cluster, tree: Path, tmp_path: Path
) -> None:
    remote = tmp_path / "remote.git"
    git("clone", "-q", "--bare", str(tree), str(remote), cwd=tmp_path)
    (tree / "packages/api/1.js").write_text("// not committed\n")
    words = ("--branches", "u/", "--helpers", "shared/streams.js")

    told = unleak(tree, *words, *on(cluster, "--remote", remote), small="8,1,8")

    assert told.code == 0, told.err
    left = outcome(tree)
    assert left == at_home(tree, *words)
    assert left.branches.count("refs/heads/u/") == 4


def test_a_commit_that_the_remote_does_not_have_is_named(
    cluster: Cluster, tree: Path, tmp_path: Path
) -> None:
    remote = tmp_path / "remote.git"
    git("clone", "-q", "--bare", str(tree), str(remote), cwd=tmp_path)
    (tree / "packages/api/1.js").write_text("// not pushed\n")
    commit(tree)

    told = unleak(tree, *on(cluster, "--remote", remote))

    assert told.code == 2
    head = git("rev-parse", "HEAD", cwd=tree)[:12]
    assert f"{remote} has no commit {head}; push it first" in told.err
    assert "worker tcp://127.0.0.1:" in told.err


def test_a_tree_with_changes_is_looked_at_as_it_is(cluster: Cluster, tree: Path) -> None:
    (tree / "packages/api/1.js").write_text("// not committed\n" + COPY)
    (tree / "packages/api/new.js").write_text(COPY)

    told = unleak(tree, *on(cluster, "--tree", tree))

    assert told.code == 3
    assert "packages/api/1.js: it has uncommitted changes" in told.err
    left = outcome(tree)
    assert left == at_home(tree)
    assert b"packages/api/new.js" in left.files["acme-api.patch"]


def test_a_remote_that_does_not_answer_is_named_without_its_password(
    cluster: Cluster, tree: Path
) -> None:
    told = unleak(tree, *on(cluster, "--remote", "http://ann:secret@127.0.0.1:1/x"))

    assert told.code == 3
    assert "a task failed 3 times: tcp://127.0.0.1:" in told.err
    assert "http://127.0.0.1:1/x" in told.err
    assert "secret" not in told.err
    assert {one["state"] for one in states(tree)} == {"pending"}


def test_changes_that_a_remote_cannot_have_are_refused(cluster: Cluster, tree: Path) -> None:
    (tree / "packages/api/new.js").write_text(COPY)

    told = unleak(tree, *on(cluster, "--remote", tree))

    assert told.code == 2
    assert "there are changes that are not committed" in told.err


def test_another_tree_is_refused_by_name(cluster: Cluster, tree: Path) -> None:
    other = tree.with_name("other")
    git("clone", "-q", str(tree), str(other), cwd=tree)
    (other / "packages/web/2.js").write_text("// another\n")

    told = unleak(tree, *on(cluster, "--tree", other))

    assert told.code == 2
    assert "worker tcp://127.0.0.1:" in told.err
    assert f"{other} does not hold what the batch is over" in told.err
    assert "changed there: packages/web/2.js" in told.err
    assert {one["state"] for one in states(tree)} == {"pending"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("nothing", ""),
        ("patches", ""),
        ("new", "changed there: new.js"),
        ("commit", "is at"),
        ("gone", "there is no such folder"),
        ("inside", "is not the top of a git work tree"),
    ],
)
def test_a_tree_must_be_the_one_that_is_meant(tree: Path, change: str, said: str) -> None:
    commit_ = git("rev-parse", "HEAD", cwd=tree).strip()
    meant = Meant(commit_, pristine(commit_), "mine")
    place = tree
    if change == "patches":
        (tree / "mine").mkdir()
        (tree / "mine/a.patch").touch()
    elif change == "new":
        (tree / "new.js").touch()
    elif change == "commit":
        (tree / "new.js").touch()
        commit(tree)
    elif change == "gone":
        place = tree / "gone"
    elif change == "inside":
        place = tree / "packages"

    if not said:
        assert found(Source(str(place)), meant) == str(place)
        return
    with pytest.raises(RefusedError, match=re.escape(str(place))) as caught:
        found(Source(str(place)), meant)
    assert said in str(caught.value)


def test_a_checkout_that_was_left_half_made_is_made_anew(tree: Path) -> None:
    """Of two commits, one after the other."""
    first = git("rev-parse", "HEAD", cwd=tree).strip()
    place = Path(found(Source(remote=str(tree)), Meant(first, pristine(first))))
    (place / "packages/web/2.js").unlink()
    (place / "more.js").touch()
    (tree / "second.js").touch()
    commit(tree)
    second = git("rev-parse", "HEAD", cwd=tree).strip()

    other = Path(found(Source(remote=str(tree)), Meant(second, pristine(second))))
    again = Path(found(Source(remote=str(tree)), Meant(first, pristine(first))))

    assert (other / "second.js").exists()
    assert again == place
    assert (place / "packages/web/2.js").read_text() == FILES["packages/web/2.js"]
    assert not (place / "more.js").exists()


def test_another_text_than_git_tells_of_is_refused(cluster: Cluster, tree: Path) -> None:
    other = tree.with_name("other")
    git("clone", "-q", str(tree), str(other), cwd=tree)
    git("update-index", "--assume-unchanged", "packages/web/2.js", cwd=other)
    (other / "packages/web/2.js").write_text(f"// another\n{COPY}")

    told = unleak(tree, *on(cluster, "--tree", other))

    assert told.code == 2
    assert "it has another text in packages/web/2.js than this machine" in told.err


def test_a_file_that_ends_its_reader_is_named_and_the_worker_lives(
    cluster: Cluster, tree: Path
) -> None:
    (tree / "packages/zip/3.js").rename(tree / "packages/zip/fatal.js")
    commit(tree)
    cluster.poison("fatal.js", "self")

    told = unleak(tree, *on(cluster, "--tree", tree))

    assert told.code == 3
    why = "it ended the process that read it (SIGKILL) [crashed]"
    assert f"packages/zip/fatal.js: {why}" in told.err
    assert outcome(tree).shards["acme-zip"]["findings"] == 5


# Who dies on the way.


def test_who_dies_costs_nothing_but_the_file_that_kills(tree: Path, tmp_path: Path) -> None:
    """One machine goes for good with all that it was at, and one file ends whichever worker reads
    it, as often as it is read."""
    made = Cluster(tmp_path / "cluster")
    try:
        made.worker()
        made.worker()
        made.poison("2.js", "machine")
        made.poison("deadly.js", "worker")
        told = unleak(tree, *on(made, "--tree", tree), small="4,4,1000")
    finally:
        made.close()

    assert (tmp_path / "cluster/poison/machine").exists()
    assert told.code == 3, told.err
    (line,) = [line for line in told.err.splitlines() if "problem" in line]
    assert line.startswith("problem: packages/deadly/deadly.js: it ended the process that read it")
    assert line.endswith("[crashed]")
    left, home = outcome(tree), at_home(tree)
    assert b"other.js" in left.files["acme-deadly.patch"]
    assert left.shards["acme-deadly"]["findings"] == 1
    for suffix in (".patch", ".md"):
        del left.files[f"acme-deadly{suffix}"], home.files[f"acme-deadly{suffix}"]
    del left.shards["acme-deadly"], home.shards["acme-deadly"]
    assert left == home


def test_a_scheduler_that_goes_is_told_of_and_the_batch_goes_on(tree: Path, tmp_path: Path) -> None:
    made = Cluster(tmp_path / "cluster", "--no-nanny")
    try:
        made.worker()
        (tree / "packages/zip/5.js").rename(tree / "packages/zip/last.js")
        commit(tree)
        made.poison("last.js", str(made.scheduler.pid))
        told = unleak(tree, *on(made, "--tree", tree), small="6,1,6")
    finally:
        made.close()

    assert told.code == 3
    (line,) = [line for line in told.err.splitlines() if line.startswith("error")]
    assert line == (f"error: the scheduler {made.address} is gone; --resume goes on with the batch")
    assert "Traceback" not in told.err
    assert {one["state"] for one in states(tree)} == {"analysed", "pending"}
    assert here(tree, "--resume") == 0
    assert outcome(tree) == at_home(tree)


def test_no_scheduler_is_told_of_before_anything_is_begun(tree: Path) -> None:
    told = unleak(tree, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1", "--tree", str(tree))

    assert told.code == 2
    assert "tcp://127.0.0.1:1" in told.err
    assert states(tree) == []


def test_tls_without_certificates_is_told_of(tree: Path) -> None:
    told = unleak(tree, "--engine", "dask", "--scheduler", "tls://127.0.0.1:1", "--tree", str(tree))

    assert told.code == 2
    assert "perhaps check your TLS configuration" in told.err
    assert "not encrypted" not in told.err


# Who may take part.


def test_versions_must_agree_before_anything_is_sent(cluster: Cluster, tree: Path) -> None:
    other = (
        "import sys\n"
        "from unleak.cluster import versions\n"
        "from unleak.cli import main\n"
        "versions._version = lambda name: '9.9'\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", other, "batch", *on(cluster, "--tree", tree)],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert f"it has unleak {versions().unleak}, and this is 9.9; nothing was sent" in done.stderr
    assert states(tree) == []


def test_packs_stay_at_home(cluster: Cluster, tree: Path) -> None:
    """One that the tree names, and one that only a worker could see, since nothing is read here."""
    (tree / "packages/api/unleak.toml").write_text('codemods = ["no-such-pack"]\n')
    commit(tree)

    for words in (ONE, ("--resume",)):
        told = unleak(tree, *words, *on(cluster, "--tree", tree)[len(ONE) :])
        assert told.code == 2
        assert "packs of codemods are not taken to a cluster" in told.err
        assert {one["state"] for one in states(tree)} == {"pending"}


def test_what_differs_is_named() -> None:
    mine = Versions("1.0", "3.11", ("1", "2", "3", "4"), "a")

    assert difference(mine, mine) == ""
    assert "unleak 2.0, and this is 1.0" in difference(mine._replace(unleak="2.0"), mine)
    assert "Python 3.14, and this is 3.11" in difference(mine._replace(python="3.14"), mine)
    other = mine._replace(parsers=("1", "9", "3", "4"))
    assert difference(other, mine) == "it has tree-sitter 9, and this is 2"
    assert "other code or knowledge" in difference(mine._replace(code="b"), mine)


def test_one_letter_of_the_knowledge_is_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import unleak_codemods

    (place,) = unleak_codemods.__path__
    copy = tmp_path / "copy"
    shutil.copytree(place, copy)
    before = versions()
    monkeypatch.setattr("unleak.cluster.versions.find_spec", lambda name: spec(copy))
    one = versions()
    table = copy / "table.py"
    table.write_bytes(table.read_bytes() + b"\n")
    (copy / "__pycache__" / "more.pyc").parent.mkdir(exist_ok=True)
    two = versions()
    shutil.rmtree(copy / "__pycache__")

    assert before.code != one.code != two.code
    assert versions() == two


def spec(folder: Path) -> object:
    class Spec:
        submodule_search_locations = (str(folder),)

    return Spec()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--engine", "ray"], "must be one of local, dask"),
        (["--scheduler", "tcp://h:1"], "goes with --engine dask"),
        (["--engine", "local", "--tree", "/t"], "goes with --engine dask"),
        (["--engine", "dask", "--tree", "/t"], "must be tls://HOST:PORT"),
        (["--engine", "dask", "--scheduler", "h:1", "--tree", "/t"], "must be tls://HOST:PORT"),
        (["--engine", "dask", "--scheduler", "tls://h:1"], "one of them must say"),
        (["--engine", "dask", "--scheduler", "tls://h:1", "--tree", "t"], "must be absolute"),
        (["--engine", "dask", "--scheduler", "tls://h:1", "--remote", "-x"], "must be an address"),
        (["--status", "--engine", "dask"], "does not go with --status"),
    ],
)
def test_a_call_that_makes_no_sense(
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tree)

    assert main(["batch", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_the_extra_it_is_said_what_to_install(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    words = ["--engine", "dask", "--scheduler", "tls://h:1", "--tree", str(tree)]

    assert main(["batch", *words]) == 2
    assert "pip install 'unleak[dask]'" in capsys.readouterr().err
