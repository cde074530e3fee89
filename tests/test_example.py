"""The leaky service is what the demo says it is: it works, and it leaks until it is cured."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_readme import README, put_section, section

from unleak.proofs import installed_nodes

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "leaky-service"
INSTALLED = ROOT / "proofs" / "node_modules"

WRAPPER = """\
  await new Promise((resolve, reject) => {
    fs.createReadStream(file)
      .pipe(zlib.createGzip())
      .pipe(fs.createWriteStream(target))
      .on('finish', resolve)
      .on('error', reject);
  });
"""
PIPELINE = """\
  await require('node:stream/promises').pipeline(
    fs.createReadStream(file),
    zlib.createGzip(),
    fs.createWriteStream(target),
  );
"""
DOWNLOAD = "fs.createReadStream(req.file).pipe(res);"
WATCHED_DOWNLOAD = "require('node:stream').pipeline(fs.createReadStream(req.file), res, () => {});"


def node(cwd: Path, *words: str, program: str | None = None) -> str:
    """Stdout of a Node that strips types: the project's own, else the one on PATH."""
    places = os.pathsep.join([str(ROOT / ".tools" / "bin"), os.environ.get("PATH", os.defpath)])
    program = program or shutil.which("node", path=places)
    assert program is not None, "there is no node; `make test` brings one"
    env = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    done = subprocess.run(
        [program, *words],
        cwd=cwd,
        env=env | {"PATH": places},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A copy of the example that finds express where `make test` has installed it."""
    assert (INSTALLED / "express").is_dir(), "express is not there; `make test` brings it"
    copy = tmp_path / "leaky-service"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("node_modules", "var"))
    (copy / "node_modules").symlink_to(INSTALLED, target_is_directory=True)
    return copy


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, file
    file.write_text(text.replace(old, new), encoding="utf-8")


def drills(service: Path, *names: str) -> dict[str, dict[str, Any]]:
    rows = json.loads(node(service, "scripts/faults.mjs", "--json", *names))
    return {row["name"]: row for row in rows}


def load(service: Path) -> dict[str, dict[str, int]]:
    answer = json.loads(node(service, "scripts/load.mjs", "--json", "--clients", "3"))
    return {phase["name"]: phase for phase in answer["phases"]}


@pytest.mark.parametrize(
    ("package", "tests"),
    [
        ("export-api", "test/app.test.js"),
        ("report-worker", "test/worker.test.ts"),
        ("upload-proxy", "test/server.test.mjs"),
    ],
)
def test_its_own_tests_pass(service: Path, package: str, tests: str) -> None:
    reported = node(service / "packages" / package, "--test", "--test-reporter=tap", tests)
    assert "# fail 0" in reported
    assert "# pass 4" in reported


def test_clients_who_hang_up_leave_files_requests_and_timers(service: Path) -> None:
    phases = load(service)
    counts = {
        name: (phase["openFiles"], phase["liveRequests"], phase["timers"])
        for name, phase in phases.items()
    }
    assert counts == {
        "leave during an export": (3, 0, 3),
        "leave during a download": (3, 0, 0),
        "leave during a proxied download": (3, 3, 0),
        "leave during an upload": (3, 0, 0),
        "leave the event stream": (0, 0, 3),
        "archive to a disk that is gone": (3, 0, 0),
    }


def test_every_fault_leaves_something(service: Path) -> None:
    for name, row in drills(service).items():
        assert row["openFiles"] + row["pending"] + row["crashed"] > 0, name


def test_cured_code_leaves_nothing(service: Path) -> None:
    """The counters can say 0: the same runs over two functions cured by hand."""
    source = service / "packages" / "export-api" / "src"
    replace(source / "archive.js", WRAPPER, PIPELINE)
    replace(source / "app.js", DOWNLOAD, WATCHED_DOWNLOAD)

    phases = load(service)
    assert phases["archive to a disk that is gone"]["openFiles"] == 0
    assert phases["leave during a download"]["openFiles"] == 0
    assert phases["leave during a proxied download"]["openFiles"] == 3

    names = [f"archive: {fault}" for fault in ("the disk is gone", "the target closes")]
    for name, row in drills(service, *names, "archive: the source fails").items():
        left = (row["openFiles"], row["pending"], row["crashed"], row["rejected"])
        assert left == (0, 0, 0, row["calls"]), name


# What unleak makes of it.


def cured(service: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=service, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "unleak", "fix", "-q", "--unsafe-fixes"],
        cwd=service,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return service


def test_one_run_repairs_every_leak(service: Path) -> None:
    for name, row in drills(cured(service)).items():
        assert row["openFiles"] + row["pending"] + row["crashed"] == 0, name


@pytest.mark.parametrize(
    ("package", "tests"),
    [
        ("export-api", "test/app.test.js"),
        ("report-worker", "test/worker.test.ts"),
        ("upload-proxy", "test/server.test.mjs"),
    ],
)
def test_its_own_tests_still_pass(service: Path, package: str, tests: str) -> None:
    reported = node(cured(service) / "packages" / package, "--test", "--test-reporter=tap", tests)
    assert "# fail 0" in reported
    assert "# pass 4" in reported


COUNTED = {
    "openFiles": "open files",
    "liveRequests": "requests",
    "listeners": "listeners",
    "pendingPromises": "promises",
    "timers": "timers",
}


def test_the_table_of_the_readme_is_that_of_a_run(service: Path, update_golden: bool) -> None:
    lines = ["20", "24"]
    left = {(line, "as it is"): counted(service, line) for line in lines}
    cured(service)
    left |= {(line, "after"): counted(service, line) for line in lines}
    head = [f"{what}, Node {line}" for what in ("as it is", "after") for line in lines]
    columns = [(line, what) for what in ("as it is", "after") for line in lines]
    table = f"| {' | '.join(['', *head])} |\n|{' --- |' * (len(head) + 1)}\n"
    for phase in left[columns[0]]:
        table += f"| {' | '.join([phase, *(left[column][phase] for column in columns)])} |\n"
    if update_golden:
        put_section(README, "load", table)

    assert section(README, "load") == table
    for line in lines:
        assert set(left[line, "after"].values()) == {"nothing"}


def counted(service: Path, line: str) -> dict[str, str]:
    """What clients of every kind leave behind on a Node line, in words."""
    program = installed_nodes()[line]
    rows = json.loads(node(service, "scripts/load.mjs", "--json", program=str(program)))["phases"]
    return {
        row["name"]: ", ".join(f"{row[key]} {word}" for key, word in COUNTED.items() if row[key])
        or "nothing"
        for row in rows
    }


def test_drills_name_the_file_they_run(service: Path) -> None:
    for row in drills(service, "publish: the disk is gone").values():
        assert (service / row["file"]).is_file()


def test_the_lock_file_pins_by_content_and_names_no_host() -> None:
    lock = json.loads((EXAMPLE / "package-lock.json").read_text(encoding="utf-8"))
    fetched = [
        (path, entry)
        for path, entry in lock["packages"].items()
        if path.startswith("node_modules/") and not entry.get("link")
    ]
    assert fetched
    for path, entry in fetched:
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path
