"""Make a large monorepo out of real packages: the tree that large trees are measured and tested on.

usage: python benchmarks/monorepo.py PACKAGES INTO [--files 100000] [--packages 1500] [--seed 1]

PACKAGES is any folder of packages, such as a large `node_modules`. What comes out is a git
repository with a few commits: packages in groups, each a copy of one of PACKAGES under a name of
its own and with files that are like no other's, that depend on one another as workspaces do;
owners; folders that git ignores; files that were changed, deleted, or never added. The same
arguments make the same tree and the same commits.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from unleak_engine.grammars import grammar_of

MANIFEST = "package.json"
T = TypeVar("T")

GROUPS = ("apps", "packages", "services", "tools")
COMMITTED = "1700000000 +0000"
"""When all commits were made, as git writes it."""

LEFT_OUT = (".map", ".d.ts", ".d.mts", ".d.cts")
"""What a build makes: packages are published with it, a repository has none of it."""

MOST_BYTES = 1 << 20
DEPENDS = 4
"""The most packages of the monorepo that one of them depends on."""

TEAMS = 40
BUILDING = 100


class Sample(NamedTuple):
    """A package to make others of: its name and its files, by their paths in it with slashes, the
    ones nearest to its top first. Its manifest is none of them."""

    name: str
    manifest: Mapping[str, Any]
    files: Sequence[tuple[str, Path]]


class Shape(NamedTuple):
    """What to make. `files` are those that git tracks, exactly; `ignored`, `dirty` (one in ten of
    these is deleted) and `untracked` are how many of these there are beside."""

    files: int = 100_000
    packages: int = 1_500
    manager: str = "npm"
    seed: int = 1
    ignored: int = 5_000
    dirty: int = 50
    untracked: int = 50
    commits: int = 4


class Member(NamedTuple):
    """A package of the monorepo: `folder` with slashes, `depends` are names of others."""

    name: str
    folder: str
    team: str
    sample: Sample
    depends: tuple[str, ...]


class File(NamedTuple):
    """A file to be: where, and what of: the bytes of `source`, if any, and `more` behind them."""

    path: str
    source: Path | None
    more: bytes

    def text(self) -> bytes:
        return self.more if self.source is None else self.source.read_bytes() + self.more


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path, help="a folder of packages")
    parser.add_argument("into", type=Path, help="the folder to make, which must not be there")
    for name, default in Shape()._asdict().items():
        choices = MANAGERS if name == "manager" else None
        parser.add_argument(f"--{name}", type=type(default), default=default, choices=choices)
    options = vars(parser.parse_args())
    source, into = options.pop("source"), options.pop("into")
    samples = samples_of(source)
    if not samples:
        sys.exit(f"{source} holds no packages")
    members = build(into, samples, Shape(**options))
    print(f"{into}: {options['files']} files, {len(members)} packages of {len(samples)}")
    return 0


def samples_of(source: Path) -> list[Sample]:
    """The packages in `source`; where there is no package.json, the folders in it."""
    found = [_sample(folder, source) for folder in _tops(source)]
    if not found:
        below = sorted(entry for entry in source.iterdir() if entry.is_dir())
        found = [_sample(folder, source) for folder in below]
    return [sample for sample in found if sample.files]


def _tops(folder: Path) -> Iterator[Path]:
    if (folder / MANIFEST).is_file():
        yield folder
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _tops(Path(entry.path))


def _sample(folder: Path, source: Path) -> Sample:
    files = [(path.relative_to(folder).as_posix(), path) for path in _files(folder)]
    files.sort(key=lambda one: (one[0].count("/"), one[0]))
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        manifest = {}
    said = manifest if isinstance(manifest, dict) else {}
    return Sample(folder.relative_to(source).as_posix(), said, files)


def _files(folder: Path) -> Iterator[Path]:
    for here, below, names in os.walk(folder):
        below[:] = [one for one in below if one not in ("node_modules", ".git")]
        for name in names:
            path = Path(here, name)
            if (
                (name != MANIFEST or Path(here) != folder)
                and not name.startswith(".git")
                and not name.endswith(LEFT_OUT)
                and str(path.relative_to(folder)).isprintable()
                and path.is_file()
                and not path.is_symlink()
                and path.stat().st_size <= MOST_BYTES
            ):
                yield path


def build(into: Path, samples: Sequence[Sample], shape: Shape) -> list[Member]:
    """Make the monorepo in the new folder `into`, and tell its packages."""
    chance = random.Random(shape.seed)
    members = _members(samples, shape, chance)
    files = list(_files_of(members, shape))
    sources = [file for file in files if grammar_of(file.path) is not None]
    chance.shuffle(sources)
    into.mkdir(parents=True)
    _git(into, "init", "-q", "-b", "main")
    with _Importing(into) as pipe:
        _commit(pipe, 1, "Everything")
        for file in files:
            _put(pipe, file.path, file.text())
        for number in range(2, shape.commits + 1):
            _commit(pipe, number, f"Change {number}")
            for file in _taken(sources, shape.files // 1_000 + 1):
                _put(pipe, file.path, file.text() + f"// change {number}\n".encode())
    _git(into, "reset", "-q", "--hard", "main")
    _litter(into, members, samples, shape, [file.path for file in sources], chance)
    return members


def _members(samples: Sequence[Sample], shape: Shape, chance: random.Random) -> list[Member]:
    turns = [samples[at % len(samples)] for at in range(shape.packages)]
    chance.shuffle(turns)
    members: list[Member] = []
    for number, sample in enumerate(turns, start=1):
        short = f"{sample.name.replace('@', '').replace('/', '-')}-{number}"
        # Of those before it, so that nothing goes round, and more often of the first ones: most
        # packages need the same few.
        count = min(chance.randrange(DEPENDS + 1), len(members))
        picks = {int(len(members) * chance.random() ** 2) for _ in range(count)}
        depends = tuple(sorted(members[at].name for at in picks))
        group, team = chance.choice(GROUPS), f"@mono/team-{chance.randrange(TEAMS)}"
        members.append(Member(f"@mono/{short}", f"{group}/{short}", team, sample, depends))
    return members


def _shares(members: Sequence[Member], files: int) -> list[int]:
    """How many files each gets, `files` in all, in proportion to what its sample has."""
    if files < len(members):
        raise ValueError("more packages than files")
    spare = files - len(members)
    weights = [len(member.sample.files) for member in members]
    total, given, seen = sum(weights), 0, 0
    shares: list[int] = []
    for weight in weights:
        seen += weight
        upto = spare * seen // total
        shares.append(1 + upto - given)
        given = upto
    return shares


def _files_of(members: Sequence[Member], shape: Shape) -> Iterator[File]:
    """What git tracks, `shape.files` files."""
    top = [File(name, None, text) for name, text in _top_files(members, shape)]
    yield from top
    shares = _shares(members, shape.files - len(top) - len(members))
    for member, share in zip(members, shares, strict=True):
        yield File(f"{member.folder}/{MANIFEST}", None, _manifest(member, shape))
        yield File(f"{member.folder}/siblings.js", None, _siblings(member))
        files = member.sample.files
        for at in range(share - 1):
            turn, index = divmod(at, len(files))
            path, source = files[index]
            path = f"{member.folder}/copy-{turn}/{path}" if turn else f"{member.folder}/{path}"
            # A line of its own makes each unlike the other copies.
            more = f"\n// {path}\n".encode() if grammar_of(path) is not None else b""
            yield File(path, source, more)


def _siblings(member: Member) -> bytes:
    lines = [f"exports.of{at} = require('{name}');\n" for at, name in enumerate(member.depends)]
    return "".join(["'use strict';\n", *lines]).encode()


def _manifest(member: Member, shape: Shape) -> bytes:
    said = {
        key: value
        for key, value in member.sample.manifest.items()
        if key not in ("workspaces", "scripts", "gitHead", "packageManager")
    }
    version = "workspace:*" if shape.manager in ("pnpm", "yarn", "rush") else "^1.0.0"
    needed = said.get("dependencies")
    said |= {
        "name": member.name,
        "version": "1.0.0",
        "dependencies": {
            **(needed if isinstance(needed, dict) else {}),
            **dict.fromkeys(member.depends, version),
        },
    }
    return _json(said)


def _json(said: object) -> bytes:
    return (json.dumps(said, indent=2) + "\n").encode()


# What stands at the top.

MANAGERS = ("npm", "yarn", "pnpm", "lerna", "rush", "nx", "plain")


def _top_files(members: Sequence[Member], shape: Shape) -> Iterator[tuple[str, bytes]]:
    yield ".gitignore", b"node_modules/\n*.log\n"
    for member in _building(members):
        # One list of them all would be read for every file that git looks at.
        yield f"{member.folder}/.gitignore", b"/dist/\n"
    yield ".github/CODEOWNERS", _owners(members)
    yield "README.md", b"# A monorepo\n"
    patterns = [f"{group}/*" for group in GROUPS]
    top: dict[str, Any] = {"name": "mono", "private": True}
    match shape.manager:
        case "npm" | "nx":
            top["workspaces"] = patterns
        case "yarn":
            top["workspaces"] = {"packages": patterns}
            yield "yarn.lock", b""
        case "pnpm":
            lines = "".join(f"  - '{pattern}'\n" for pattern in patterns)
            yield "pnpm-workspace.yaml", f"packages:\n{lines}".encode()
        case "lerna":
            yield "lerna.json", _json({"version": "1.0.0", "packages": patterns})
        case "rush":
            projects = [{"packageName": it.name, "projectFolder": it.folder} for it in members]
            yield "rush.json", b"// Rush\n" + _json({"projects": projects})
    if shape.manager == "nx":
        yield "nx.json", _json({"targetDefaults": {}})
    if shape.manager != "rush":
        yield MANIFEST, _json(top)


def _building(members: Sequence[Member]) -> list[Member]:
    """Those that have a folder of what is built, which git ignores: in the others it is tracked,
    as a part of what was published."""
    able = [
        member
        for member in members
        if not any(path.startswith("dist/") for path, _ in member.sample.files)
    ]
    return able[:: len(able) // BUILDING + 1]


def _owners(members: Sequence[Member]) -> bytes:
    lines = ["# Who is asked for a review.\n", "* @mono/everyone\n", "*.md docs@example.com\n"]
    lines += [f"/{one.folder}/ {one.team}\n" for one in members]
    # Some folders have owners of their own, and some have none.
    lines += [f"/{one.folder}/test/ {one.team} @mono/quality\n" for one in members[::7]]
    lines += [f"/{one.folder}/siblings.js\n" for one in members[::11]]
    return "".join(lines).encode()


# What git is told.


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, env=_environment())


def _environment() -> dict[str, str]:
    """One in which git has no settings, hooks or templates of whoever runs it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TEMPLATE_DIR": "",
    }


class _Importing:
    """`git fast-import`: one pack for all files. git then writes them to the disk itself, and its
    index knows them; each is written once, and read by nobody."""

    def __init__(self, folder: Path) -> None:
        words = ["git", "-C", str(folder), "-c", "core.compression=1", "-c", "pack.compression=1"]
        self._process = subprocess.Popen(
            [*words, "fast-import", "--quiet", "--done", "--depth=0"],
            stdin=subprocess.PIPE,
            env=_environment(),
        )

    def __enter__(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def __exit__(self, kind: object, *_: object) -> None:
        assert self._process.stdin is not None
        if kind is not None:
            self._process.kill()
        else:
            self._process.stdin.write(b"done\n")
        self._process.stdin.close()
        if self._process.wait() and kind is None:
            raise subprocess.CalledProcessError(self._process.returncode, "git fast-import")


def _commit(pipe: IO[bytes], mark: int, message: str) -> None:
    pipe.write(f"commit refs/heads/main\nmark :{mark}\n".encode())
    pipe.write(f"committer Mono <mono@example.com> {COMMITTED}\n".encode())
    pipe.write(f"data {len(message)}\n{message}\n".encode())
    if mark > 1:
        pipe.write(f"from :{mark - 1}\n".encode())


def _put(pipe: IO[bytes], path: str, text: bytes) -> None:
    pipe.write(f"M 100644 inline {path}\ndata {len(text)}\n".encode())
    pipe.write(text)
    pipe.write(b"\n")


# What git does not have.


def _taken(items: list[T], count: int) -> list[T]:
    """The last `count` of `items`, which are taken out."""
    taken = items[max(0, len(items) - count) :]
    del items[len(items) - len(taken) :]
    return taken


def _litter(
    into: Path,
    members: Sequence[Member],
    samples: Sequence[Sample],
    shape: Shape,
    sources: list[str],
    chance: random.Random,
) -> None:
    """Change and delete files, and make some that git ignores, or has not been told of."""
    for at, name in enumerate(_taken(sources, shape.dirty)):
        if at % 10 == 9:
            (into / name).unlink()
        else:
            with open(into / name, "ab") as file:
                file.write(b"// not committed\n")
    places = [f"{member.folder}/dist" for member in _building(members)]
    places += [f"node_modules/{sample.name}" for sample in samples]
    _fill(into, places, samples, shape.ignored, chance)
    new = [f"{one.folder}/new" for one in chance.sample(members, min(len(members), 10))]
    if shape.untracked:
        _write(into / "tools" / "untracked" / MANIFEST, _json({"name": "@mono/untracked"}))
        _fill(into, [*new, "tools/untracked"], samples, shape.untracked - 1, chance)


def _fill(
    into: Path, places: Sequence[str], samples: Sequence[Sample], count: int, chance: random.Random
) -> None:
    """Make `count` files in the folders `places`."""
    left = count
    turn = 0
    while left > 0:
        for place in places:
            sample = chance.choice(samples)
            for path, source in sample.files[: -(-count // len(places))][:left]:
                _write(into / place / str(turn) / path, source.read_bytes())
                left -= 1
        turn += 1


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


if __name__ == "__main__":
    sys.exit(main())
