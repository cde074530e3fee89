"""What a folder of a git work tree holds, as one value: two equal ones hold the same text.

git has in its index what every tracked file held when it last looked, and tells quickly which have
changed since; only these, and the untracked ones, are read here. What git ignores is not part of a
state, nor is the text of files no answer of ours depends on.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from unleak.workspace import git
from unleak.workspace.dockerfile import is_dockerfile
from unleak.workspace.places import NODE_MODULES, top_of
from unleak_engine.grammars import language_of

_MANIFEST = re.compile(r"\.(?:jsonc?|json5|ya?ml|toml|lock)$", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"[\w-]+", re.ASCII)
_UNUSUAL = re.compile(rb"\0(?!H 1[02]0)[^\0]")
_WATCHED = (b"H", b"M", b"R", b"C", b"K")
"""How `git ls-files -v` marks the files whose changes git tells."""

_FEW = 200
"""Paths that are found faster one by one than by reading a whole listing."""

GONE = "gone"
"""What a file that is not there holds."""


class State(NamedTuple):
    """What lies in `folder`, absolute and free of links, of the work tree at `top`.

    `listing` is what `git ls-files -v -s -z` prints there. `overlay` tells what those files hold
    that git cannot vouch for, by path from `folder`: a blob's name in hex for a text, or a word.
    git may store a text with other line ends than it has on disk if it `converts`.
    """

    top: str
    folder: str
    listing: bytes
    overlay: Mapping[str, str]
    converts: bool = True

    @property
    def fingerprint(self) -> str:
        """64 hex digits, the same for the same state."""
        digest = hashlib.sha256(self.listing)
        digest.update(b"converts" if self.converts else b"does not")
        for path in sorted(self.overlay):
            digest.update(b"\0" + os.fsencode(path) + b"\0" + self.overlay[path].encode())
        return digest.hexdigest()


class UnsettledError(Exception):
    """What a folder holds cannot be told for certain; the text says why."""


class Asking:
    """A state that git is asked for, from the moment `began` on, in nanoseconds. The answers are
    waited for when it is taken."""

    def __init__(self, folder: str) -> None:
        """Ask about `folder`, absolute and free of links. Raises UnsettledError."""
        self.began = time.time_ns()
        top = top_of(folder)
        if top is None:
            raise UnsettledError("it is no git repository")
        self.top, self.folder = top, folder
        # To see whether a file has changed git might run a filter, so there are none.
        filters = git.filters_of(top)
        off = git.switched_off(filters)
        self._converts = _converts(top, folder)
        others = ["ls-files", "-o", "--exclude-standard", "-z"]
        if NODE_MODULES not in folder.split(os.sep):
            others += ["-x", f"{NODE_MODULES}/"]
        questions = {
            "others": others,
            "changed": [*off, "diff-files", "--name-only", "--relative", "-z"],
            "index": ["ls-files", "-v", "-s", "-z"],
        }
        if filters:
            names = {one.split(".", 1)[1].rpartition(".")[0] for one in filters}
            if not all(map(_ATTRIBUTE.fullmatch, names)):
                raise UnsettledError("git has a filter of an odd name")
            specs = [f":(attr:filter={name})" for name in sorted(names)]
            questions["filtered"] = ["ls-files", "-z", "--", *specs]
        running = {name: git.start(folder, *words) for name, words in questions.items()}
        self._running = {name: one for name, one in running.items() if one is not None}
        if len(self._running) < len(questions):
            raise UnsettledError("there is no git")

    def taken(self) -> State:
        """Raises UnsettledError."""
        answers = {name: running.answer() for name, running in self._running.items()}
        for answer in answers.values():
            if answer.code or answer.complaints:
                said = " ".join(answer.complaints) or "it failed"
                raise UnsettledError(f"git cannot say what has changed: {said}")
        if "filtered" in answers and any(map(language_of, answers["filtered"].names)):
            raise UnsettledError("git filters source files, so their text is not what it stores")
        if self.folder != self.top and _is_ignored(self.top, self.folder):
            raise UnsettledError("git ignores it")
        index = answers["index"].out
        changed = answers["changed"].names
        unsure = {*_unwatched(self.folder, index), *changed, *answers["others"].names}
        overlay = {
            path: _content(self.folder, path)
            for path in unsure
            if counts(path) or path.endswith("/") or os.path.islink(f"{self.folder}/{path}")
        }
        converts = (
            self._converts
            or b".gitattributes\0" in index
            or any(path.endswith(".gitattributes") for path in overlay)
        )
        return State(self.top, self.folder, index, overlay, converts)


def _converts(top: str, folder: str) -> bool:
    """Whether git may be told, outside of `folder`, to store texts otherwise than they are."""
    answer = git.ask(top, "config", "--get-regexp", r"^core\.(autocrlf|eol|attributesfile)$")
    if answer is None or answer.out or not os.path.isdir(os.path.join(top, ".git", "info")):
        return True
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    places = [
        os.path.join(top, ".git", "info", "attributes"),
        os.path.join(home, "git", "attributes"),
        "/etc/gitattributes",
    ]
    while folder != top:
        folder = os.path.dirname(folder)
        places.append(os.path.join(folder, ".gitattributes"))
    return any(map(os.path.lexists, places))


def counts(path: str) -> bool:
    """Whether what is in the file at `path` could matter: it may be a source or a manifest."""
    name = path.rpartition("/")[2]
    return is_source(name) or is_manifest(name)


def is_source(path: str) -> bool:
    """Whether a file may be source."""
    return language_of(path) is not None


def is_manifest(path: str) -> bool:
    """Whether a file may tell of others."""
    name = path.rpartition("/")[2]
    plain = "." not in name[1:]  # as in Dockerfile, .nvmrc, or a folder's name
    return plain or _MANIFEST.search(name) is not None or is_dockerfile(name)


def entries(listing: bytes) -> Iterator[tuple[str, str]]:
    """The paths of a listing, with what the index says they hold."""
    for line in listing.split(b"\0"):
        about, tab, name = line.partition(b"\t")
        if tab:
            yield os.fsdecode(name), _held(about)


def contents(state: State) -> dict[str, str]:
    """What every file of a state holds, by path from its folder."""
    return {**dict(entries(state.listing)), **state.overlay}


def changes(old: State, new: State) -> dict[str, tuple[str, str]]:
    """The files that hold another thing in `new` than in `old`, by path: what it was, what it is.
    Both are of one folder. What is no plain file has a blank in it."""
    was: dict[str, str] = {}
    has: dict[str, str] = {}
    if old.listing != new.listing:
        before, after = set(old.listing.split(b"\0")), set(new.listing.split(b"\0"))
        was = dict(entries(b"\0".join(before - after)))
        has = dict(entries(b"\0".join(after - before)))
    # A file whose line is the same was told by an overlay, or is told by one now.
    touched = {*was, *has, *_differing(old.overlay, new.overlay)}
    lines = _lines_of(new, touched - was.keys() - has.keys())
    found: dict[str, tuple[str, str]] = {}
    for path in touched:
        line = lines.get(path, GONE)
        one = _told(old.overlay.get(path), was.get(path, line))
        other = _told(new.overlay.get(path), has.get(path, line))
        if one != other and (counts(path) or " " in one or " " in other):
            found[path] = one, other
    return found


def _told(overlay: str | None, line: str) -> str:
    """What a file holds. One that is no plain file in the index is treated as git treats those,
    whatever lies in its place."""
    if overlay is None:
        return line
    return f"{line} {overlay}" if " " in line else overlay


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> Iterator[str]:
    return (path for path in {*one, *other} if one.get(path) != other.get(path))


def _lines_of(state: State, paths: set[str]) -> dict[str, str]:
    """What the index says of `paths`."""
    if len(paths) > _FEW:
        return {path: held for path, held in entries(state.listing) if path in paths}
    found: dict[str, str] = {}
    for path in paths:
        end = state.listing.find(b"\t" + os.fsencode(path) + b"\0")
        if end >= 0:
            found[path] = _held(state.listing[state.listing.rfind(b"\0", 0, end) + 1 : end])
    return found


def _held(about: bytes) -> str:
    """What a line of the listing, such as `H 100644 <blob> 0`, says the file holds."""
    _, mode, blob, stage = about.split(b" ")
    if stage != b"0" or not mode.startswith(b"100"):
        return f"{mode.decode()} {blob.decode()} {stage.decode()}"
    return blob.decode()


def _unwatched(folder: str, listing: bytes) -> Iterator[str]:
    """Files whose changes git does not tell; raises UnsettledError for a submodule."""
    if listing.startswith((b"H 100", b"H 120")) and _UNUSUAL.search(listing) is None:
        return  # as is usual, and found out fast
    for line in listing.split(b"\0"):
        if line.startswith((b"H 100", b"H 120")) or not line:
            continue
        about, _, name = line.partition(b"\t")
        path = os.fsdecode(name)
        if b" 160000 " in about:
            if os.path.lexists(os.path.join(folder, path, ".git")):
                raise UnsettledError(f"{path} is a repository of its own")
        elif not line.startswith(_WATCHED):
            yield path


def _content(folder: str, path: str) -> str:
    """What a file of the work tree holds. Raises UnsettledError."""
    if path.endswith("/"):
        raise UnsettledError(f"{path} is a repository of its own")
    return held_on_disk(os.path.join(folder, path))


def held_on_disk(file: str) -> str:
    """What a file holds, in the words of a State. Raises UnsettledError."""
    try:
        if os.path.islink(file):
            return f"link {hashlib.sha256(os.fsencode(os.readlink(file))).hexdigest()}"
        if os.path.isdir(file):
            return "folder"
        with open(file, "rb") as stream:
            return blob(stream.read())
    except (FileNotFoundError, NotADirectoryError):
        return GONE
    except OSError as error:
        raise UnsettledError(f"{file} cannot be read: {error.strerror}") from None


def blob(data: bytes) -> str:
    """The name git gives a text."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _is_ignored(top: str, folder: str) -> bool:
    answer = git.ask(top, "check-ignore", "-z", "--stdin", stdin=os.fsencode(folder) + b"\0")
    return answer is None or bool(answer.names)


def below(folder: str, path: str) -> str | None:
    """The path from `folder` to `path`; None when it lies elsewhere."""
    start = folder.rstrip(os.sep) + os.sep
    return path[len(start) :] if path.startswith(start) else None


def ancestors(paths: Iterable[str]) -> set[str]:
    """Every folder above any of `paths`, which count from somewhere; "" for that place."""
    found: set[str] = set()
    for path in paths:
        folder = os.path.dirname(path)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found
