"""Monorepos that are made for tests and measurements: what they are said to be, they are."""

import subprocess
from pathlib import Path

import pytest
from benchmarks.monorepo import MANAGERS, Sample, Shape, build, samples_of

from unleak.workspace.monorepo import monorepo_of

ROOT = Path(__file__).resolve().parent.parent
SMALL = Shape(files=200, packages=12, ignored=20, dirty=10, untracked=6, commits=3)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    """The goldens of each codemod as a package."""
    return samples_of(ROOT / "golden")


def git(root: Path, *words: str) -> list[str]:
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_what_a_monorepo_holds(tmp_path: Path, samples: list[Sample]) -> None:
    root = tmp_path / "mono"
    members = build(root, samples, SMALL)

    tracked = git(root, "ls-files")
    assert len(tracked) == SMALL.files
    assert len(git(root, "log", "--format=%s")) == SMALL.commits
    assert len(git(root, "diff", "--name-only", "HEAD~2", "HEAD~1")) == 1
    changed = [line[:2] for line in git(root, "status", "--porcelain", "-uall")]
    assert changed.count(" D") == 1
    assert changed.count(" M") == 9
    assert changed.count("??") == SMALL.untracked
    ignored = git(root, "ls-files", "-o", "-i", "--exclude-standard")
    assert len(ignored) == SMALL.ignored
    assert any("/dist/" in path for path in ignored)
    assert any(path.startswith("node_modules/") for path in ignored)
    sources = [path for path in tracked if path.endswith((".js", ".mjs", ".ts"))]
    blobs = git(root, "ls-files", "-s", "--", *sources)
    alike = {line.split()[1] for line in blobs if "siblings.js" not in line}
    assert len(alike) == len([path for path in sources if not path.endswith("siblings.js")])
    assert len({member.folder for member in members}) == SMALL.packages


@pytest.mark.parametrize("manager", MANAGERS)
def test_its_map_is_the_one_it_was_made_from(
    tmp_path: Path, samples: list[Sample], manager: str
) -> None:
    root = tmp_path / "mono"
    members = build(root, samples, SMALL._replace(manager=manager))

    monorepo = monorepo_of(str(root))
    found = {one.name: one for one in monorepo.packages if one.name.startswith("@mono/")}
    assert found.pop("@mono/untracked").folder == "tools/untracked"
    assert {one.name: (one.folder, one.depends) for one in found.values()} == {
        member.name: (member.folder, member.depends) for member in members
    }
    assert all(found[member.name].owners == (member.team,) for member in members)
    assert not monorepo.cycles
    assert not monorepo.problems
    says_nothing = {"plain": "npm", "nx": "npm"}
    assert {one.manager for one in found.values()} == {says_nothing.get(manager, manager)}
    for member in members:
        siblings = f"{member.folder}/siblings.js"
        assert monorepo.package_of(siblings).name == member.name
        owned = monorepo.owners.of(siblings)
        assert owned == (() if member in members[::11] else (member.team,))


def test_the_same_seed_makes_the_same(tmp_path: Path, samples: list[Sample]) -> None:
    shapes = {"one": SMALL, "two": SMALL, "three": SMALL._replace(seed=2)}
    for name, shape in shapes.items():
        build(tmp_path / name, samples, shape)
    heads = {name: git(tmp_path / name, "rev-parse", "HEAD") for name in shapes}
    assert heads["one"] == heads["two"] != heads["three"]
    states = {name: git(tmp_path / name, "status", "--porcelain", "-uall") for name in shapes}
    assert states["one"] == states["two"]


def test_files_are_dealt_out_to_the_last_one(tmp_path: Path, samples: list[Sample]) -> None:
    few = samples[:2]
    files = sum(len(sample.files) for sample in few) + 500
    root = tmp_path / "mono"
    build(root, few, Shape(files=files, packages=2, ignored=0, dirty=0, untracked=0, commits=1))
    tracked = git(root, "ls-files")
    assert len(tracked) == files
    assert any("/copy-1/" in path for path in tracked)
    assert not git(root, "status", "--porcelain")


def test_the_user_s_own_files_stay_as_they_are(tmp_path: Path) -> None:
    package = tmp_path / "from" / "one"
    (package / "node_modules" / "two").mkdir(parents=True)
    (package / "node_modules" / "two" / "package.json").write_text("{}")
    (package / "package.json").write_text('{"name": "one", "main": "a.js"}')
    (package / "a.js").write_text("a()\n")
    (package / "a.d.ts").write_text("")

    (sample,) = samples_of(tmp_path / "from")
    assert sample.name == "one"
    assert [path for path, _ in sample.files] == ["a.js"]
    build(tmp_path / "mono", [sample], Shape(files=40, packages=3, ignored=4, dirty=10))
    assert (package / "a.js").read_text() == "a()\n"
