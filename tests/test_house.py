"""The house inspects itself: its storeys, its tables of contents, its files and its wheel."""

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "src" / "unleak"
CODEMODS = ROOT / "codemods" / "unleak_codemods"
ENGINE = ROOT / "transforms" / "unleak_engine"

# What lets code see or change anything beside its arguments.
# fmt: off
WORLD = frozenset({
    "asyncio", "builtins", "ctypes", "datetime", "fileinput", "getpass", "glob", "io", "locale",
    "logging", "mmap", "multiprocessing", "os", "pathlib", "platform", "random", "secrets",
    "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time",
    "urllib", "uuid", "zoneinfo",
})
# fmt: on
WORLDLY_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})


def modules(package: Path) -> list[Path]:
    found = sorted(package.rglob("*.py"))
    assert found, f"{package.name} has no modules"
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    """The top-level names of the packages a module imports, anywhere in it; `.` for its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else (node.module or "").partition(".")[0]


def worldly(tree: ast.Module) -> Iterator[str]:
    """What in a module reaches for files, the clock, the environment, a terminal, …"""
    yield from (f"import {name}" for name in imported(tree) if name in WORLD)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in WORLDLY_CALLS:
                yield f"{name}()"
            case ast.Attribute(value=ast.Name(id="sys"), attr=name):
                if name in {"argv", "stdin", "stdout", "stderr", "exit", "path"}:
                    yield f"sys.{name}"


def test_the_inspector_sees_what_it_looks_for() -> None:
    source = "import os.path\ndef f():\n    from io import x\n    open('y')\n    sys.exit()\n"

    assert set(worldly(ast.parse(source))) == {"import os", "import io", "open()", "sys.exit"}
    assert set(imported(ast.parse("from . import a\nimport b.c"))) == {".", "b"}


@pytest.mark.parametrize("package", [ENGINE, CODEMODS], ids=lambda path: path.name)
def test_engine_and_codemods_are_pure(package: Path) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {thing}"
        for path in modules(package)
        for thing in worldly(ast.parse(path.read_bytes()))
    }

    assert not found


@pytest.mark.parametrize(
    ("package", "above"),
    [
        (ENGINE, {"unleak_codemods", "unleak", "typer", "click", "unidiff"}),
        (CODEMODS, {"unleak", "typer", "click", "unidiff"}),
    ],
    ids=["engine", "codemods"],
)
def test_imports_never_run_upstairs(package: Path, above: set[str]) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(package)
        for name in imported(ast.parse(path.read_bytes()))
        if name in above
    }

    assert not found


@pytest.mark.parametrize(
    "init",
    [init for root in (TOOL, CODEMODS, ENGINE) for init in sorted(root.rglob("__init__.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_init_is_a_table_of_contents(init: Path) -> None:
    """A docstring, re-exports and a sorted `__all__` that lists each of them; nothing else.

    A package that is loaded lazily may say so with a `__getattr__` and one private table; then its
    re-exports stand under `if TYPE_CHECKING`.
    """
    exported: list[str] = []
    listed: list[str] = []
    statements = list(ast.parse(init.read_bytes()).body)
    for statement in statements:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=[]):
                statements += body
            case ast.ImportFrom(module="importlib" | "typing", level=0):
                pass
            case ast.ImportFrom(names=names):
                exported += [alias.asname or alias.name for alias in names]
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                listed = ast.literal_eval(value)
            case ast.Assign(targets=[ast.Name(id="__version__")], value=ast.Constant()):
                exported.append("__version__")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict()) if name[0] == "_":
                pass
            case ast.FunctionDef(name="__getattr__"):
                pass
            case _:
                pytest.fail(f"line {statement.lineno}: {ast.unparse(statement)}")

    assert list(listed) == sorted(exported)
    package = importlib.import_module(".".join(init.parent.relative_to(root_of(init)).parts))
    assert [name for name in listed if not hasattr(package, name)] == []


def root_of(module: Path) -> Path:
    """The source root a module stands under: `src`, `codemods` or `transforms`."""
    return ROOT / module.relative_to(ROOT).parts[0]


def committed() -> list[Path]:
    """Every file that is, or is about to be, part of the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def forbidden() -> re.Pattern[bytes]:
    """Registry hosts and the paths of a machine, spelt so that this file is not a find itself."""
    hosts = [
        "registry." + "npmjs",
        "pypi." + "org",
        "files." + "pythonhosted",
        "registry." + "yarn",
    ]
    folders = ["root", "work", "home", "tmp/bash", "Users"]
    return re.compile(
        "|".join(
            [*map(re.escape, hosts), *(rf"(?<![\w.}}*\]-])/{folder}/" for folder in folders)]
        ).encode()
    )


def test_no_file_names_a_registry_or_a_machine() -> None:
    pattern = forbidden()
    files = committed()
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in files
        if not path.is_symlink()
        for match in pattern.finditer(path.read_bytes())
    ]

    assert pattern.search(b"see /" + b"home/me")
    assert not pattern.search(b"src/" + b"home/me")
    assert len(files) > 20
    assert not found


def test_locks_have_a_hash_for_every_package() -> None:
    for name, least in (("runtime.txt", 10), ("dev.txt", 10), ("soak.txt", 1)):
        text = (ROOT / "requirements" / name).read_text()
        entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.DOTALL | re.MULTILINE)

        assert len(entries) > least
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
        assert not re.search(r"^\s*-(-index-url|-find-links|-extra-index-url|i|f)\b", text, re.M)


def test_npm_locks_have_integrity_and_no_address() -> None:
    locks = [path for path in committed() if path.name == "package-lock.json"]

    assert len(locks) >= 5
    for path in locks:
        for name, package in json.loads(path.read_bytes())["packages"].items():
            where = f"{path.relative_to(ROOT)}: {name}"
            # Only what is fetched has an integrity: the root, workspaces and links are here.
            assert "integrity" in package or "node_modules/" not in name or "link" in package, where
            assert "://" not in package.get("resolved", ""), where


def test_runtime_lock_is_part_of_the_dev_lock() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return set(re.findall(r"^([a-z0-9-]+==\S+)", text, re.MULTILINE))

    assert pins("runtime.txt") < pins("dev.txt")


def test_version_is_said_once() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_wheel_holds_the_three_packages_and_their_examples(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.partition("/")[0] for name in names}

    assert {f for f in folders if not f.endswith(".dist-info")} == {
        "unleak",
        "unleak_codemods",
        "unleak_engine",
    }
    for package in (TOOL, CODEMODS, ENGINE):
        for module in modules(package):
            assert f"{package.name}/{module.relative_to(package).as_posix()}" in names
    for folder, place in ((ROOT / "golden", "_golden"), (ROOT / "proofs", "_proofs")):
        assert any(name.startswith(f"unleak/{place}/") for name in names), folder
    assert "unleak/_proofs/package.json" in names
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_sdist_builds_the_same_wheel(tmp_path: Path) -> None:
    """What strangers build from the sdist is what is built here, file for file."""
    build = [sys.executable, "-m", "hatchling", "build", "-d"]
    subprocess.run([*build, tmp_path, "-t", "wheel"], cwd=ROOT, check=True, capture_output=True)
    subprocess.run([*build, tmp_path, "-t", "sdist"], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    subprocess.run(["tar", "-xzf", sdist], cwd=tmp_path, check=True)
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    again = tmp_path / "again"
    subprocess.run([*build, again, "-t", "wheel"], cwd=source, check=True, capture_output=True)

    (first,) = tmp_path.glob("*.whl")
    (second,) = again.glob("*.whl")
    assert zipfile.ZipFile(first).namelist() == zipfile.ZipFile(second).namelist()
