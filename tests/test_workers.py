"""Work in other processes: all of it gets done, whoever dies, and nobody is left behind."""

import faulthandler
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unleak import cli, run, workers
from unleak.run import FileResult, Job

with warnings.catch_warnings():  # typer asks click for names that click will drop some day
    warnings.simplefilter("ignore", DeprecationWarning)
    import unleak.cli.session as _  # noqa: F401

# The runner of the tests has a thread; the command that is tested has none.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

PIPES = b"""\
const fs = require('node:fs');

module.exports = (from, to) =>
  new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .on('error', reject)
      .pipe(fs.createWriteStream(to))
      .on('error', reject)
      .on('finish', resolve);
  });
"""


def answers(
    work: Callable[[int], Any], count: int, *, processes: int = 2, seconds: float = 60
) -> dict[int, Any]:
    """What `each` makes of 0 … `count` - 1; fails when an item is answered twice."""
    told = list(workers.each(work, range(count), [1] * count, workers=processes, seconds=seconds))
    assert len(told) == len(dict(told))
    assert multiprocessing.active_children() == []
    return dict(told)


def failed(told: dict[int, Any]) -> dict[int, str]:
    return {i: answer.code for i, answer in told.items() if isinstance(answer, workers.Failure)}


@pytest.mark.parametrize("processes", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 1000])
def test_every_item_is_answered_once(count: int, processes: int) -> None:
    squares = answers(lambda number: number * number, count, processes=processes)

    assert squares == {number: number * number for number in range(count)}


def test_the_work_is_done_elsewhere() -> None:
    pids = set(answers(lambda _: os.getpid(), 200).values())

    assert os.getpid() not in pids
    assert len(pids) == 2


def test_large_items_come_first_and_alone() -> None:
    parts = workers.chunks([1] * 500 + [1000, 3000])

    assert parts[:2] == [[501], [500]]
    assert sorted(index for part in parts for index in part) == list(range(502))
    assert max(map(len, parts)) <= workers.CHUNK_ITEMS


def test_a_crash_costs_the_item_that_crashes() -> None:
    def work(number: int) -> int:
        if number % 50 == 7:
            faulthandler.disable()
            os.kill(os.getpid(), signal.SIGSEGV)
        return -number

    told = answers(work, 200)

    assert failed(told) == dict.fromkeys([7, 57, 107, 157], "crashed")
    assert "SIGSEGV" in told[7].message
    assert [told[n] for n in range(200) if n % 50 != 7] == [-n for n in range(200) if n % 50 != 7]


def test_who_is_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    def work(number: int) -> int:
        if number == 30:
            try:
                (tmp_path / "killed").touch(exist_ok=False)
            except FileExistsError:
                return number
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert answers(work, 100) == {number: number for number in range(100)}
    assert (tmp_path / "killed").exists()


def test_an_item_that_never_ends_is_given_up() -> None:
    def work(number: int) -> int:
        while number == 5:
            pass
        return number

    told = answers(work, 20, seconds=2)

    assert failed(told) == {5: "timeout"}
    assert told[5].message == "not done within 2 seconds"
    assert len(told) == 20


def test_what_cannot_be_sent_back_is_a_crash(capfd: pytest.CaptureFixture[str]) -> None:
    told = answers(lambda number: number if number else (lambda: None), 3)

    assert failed(told) == {0: "crashed"}
    assert capfd.readouterr() == ("", "")


def test_memory_is_bounded() -> None:
    limits = answers(lambda _: resource.getrlimit(resource.RLIMIT_AS)[0], 2)
    before = resource.getrlimit(resource.RLIMIT_AS)

    assert 0 < limits[0] <= workers.MEMORY
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_nobody_is_left_when_the_caller_leaves() -> None:
    working = workers.each(lambda number: number, range(1000), [1] * 1000, workers=2, seconds=60)
    next(working)
    assert len(multiprocessing.active_children()) == 2

    working.close()

    assert multiprocessing.active_children() == []


def test_without_processes_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(workers._Pool, "_start", refused)

    assert set(answers(lambda _: os.getpid(), 100).values()) == {os.getpid()}


# The command line on top of it.


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """More files than are judged in one process, one of them large and one of them broken."""
    folder = tmp_path / "many"
    for number in range(run.MANY + 20):
        file = folder / f"d{number % 7}" / f"{number}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"// %d\n" % number + PIPES * (number % 3 + 1))
    (folder / "large.js").write_bytes(b"// large\n" * run.LARGE + PIPES)
    (folder / "broken.js").write_bytes(b"\xff" + PIPES)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("command", [["check", "--output-format", "json"], ["check"], ["diff"]])
def test_the_number_of_processes_changes_nothing(
    many: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    said = []
    for jobs in ("1", "2", "3"):
        code = cli.main([*command, "-j", jobs])
        said.append((code, capfd.readouterr()))

    assert said[0] == said[1] == said[2]
    assert said[0][0] == 3
    assert "broken.js" in said[0][1].err
    assert "large.js" in said[0][1].out


def test_fix_writes_the_same_with_any_number(many: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in many.rglob("*.js")}
    after = []
    for jobs in ("1", "4"):
        for path, data in before.items():
            path.write_bytes(data)
        cli.main(["fix", "-j", jobs])
        after.append((capfd.readouterr(), {path: path.read_bytes() for path in before}))

    assert after[0] == after[1]
    changed = [path for path, data in before.items() if after[0][1][path] != data]
    assert len(changed) == len(before) - 1


def test_a_poisonous_file_is_named(
    many: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = run.judge

    def poisoned(job: Job) -> FileResult:
        if job.path.endswith("/33.js"):
            faulthandler.disable()
            os.abort()
        return judge(job)

    monkeypatch.setattr(run, "judge", poisoned)
    code = cli.main(["check", "--output-format", "json", "-j", "2"])
    out, err = capfd.readouterr()

    assert code == 3
    assert {"path": "d5/33.js", "reason": "crashed"} in json.loads(out)["skipped"]
    assert json.loads(out)["summary"]["files"] == run.MANY + 22
    (line,) = [line for line in err.splitlines() if "33.js" in line]
    assert line.startswith("problem: d5/33.js: it ended the process that read it (SIGABRT)")


def test_a_large_file_is_judged_elsewhere_even_alone(
    many: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "judge", lambda job: os.kill(os.getpid(), signal.SIGKILL))

    assert cli.main(["check", "large.js", "-j", "1"]) == 3
    assert "large.js: it ended the process" in capfd.readouterr().err


def test_jobs_must_be_a_number_of_processes(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "-j", "0"]) == 2
    assert "at least 1" in capfd.readouterr().err


HANGING = """\
import os, sys
from unleak import run
from unleak.cli import main

told = int(sys.argv.pop())
run.SECONDS = float(sys.argv.pop())

def hang(job):
    os.write(told, b"%d\\n" % os.getpid())
    while True:
        pass

run.judge = hang
sys.exit(main())
"""


class Hanging:
    """A command whose workers are busy for ever, or until their `seconds` are over."""

    def __init__(self, folder: Path, seconds: int) -> None:
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-c", HANGING, "fix", "-j", "2", str(seconds), str(writing)],
            cwd=folder,
            pass_fds=[writing],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        os.close(writing)
        self._told = open(reading, "rb", buffering=0)  # noqa: SIM115
        self.workers = {int(self._told.readline()), int(self._told.readline())}

    def wait(self) -> tuple[int, bytes, bytes]:
        """How the command ended, when none of its processes is left."""
        out, err = self.process.communicate()
        with self._told:
            self._told.read()  # until nobody holds the other end
        return self.process.returncode, out, err


def test_ctrl_c_ends_all_of_it(many: Path) -> None:
    before = {path: path.read_bytes() for path in many.rglob("*") if path.is_file()}
    hanging = Hanging(many, 600)
    assert len(hanging.workers) == 2

    os.killpg(hanging.process.pid, signal.SIGINT)

    assert hanging.wait() == (130, b"", b"")
    assert {path: path.read_bytes() for path in many.rglob("*") if path.is_file()} == before


def test_workers_do_not_outlive_a_command_that_is_killed(many: Path) -> None:
    hanging = Hanging(many, 2)

    hanging.process.kill()

    assert hanging.wait() == (-signal.SIGKILL, b"", b"")
