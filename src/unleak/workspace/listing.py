"""The ways to list the files that hold a needle.

git is asked, since nothing else is as fast, or as right about what is ignored: `git grep` for the
tracked files, at the same time `git ls-files` for the untracked ones, whose bytes are searched
here. Outside a work tree `git grep --no-index` does both; without any git the folders are walked.

Each way may yield more than is wanted, such as files of other folders than those asked for. What
it yields is a regular file that holds a needle. It never yields less.
"""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import BinaryIO

from unleak.workspace import git
from unleak.workspace.places import NODE_MODULES, top_of
from unleak.workspace.problem import told
from unleak_engine.grammars import SUFFIXES, language_of

MANY_UNTRACKED = 4_000
"""From so many untracked files on, a second walk by git costs less than reading them here."""

_BLOCK = 4 << 20
_GREP = ("grep", "-lzaF", "--no-color", "--no-recurse-submodules")
_SOURCES = tuple(f":(icase)*{suffix}" for suffix in SUFFIXES)
_NO_NODE_MODULES = f":(exclude,glob)**/{NODE_MODULES}/**"
_UNREADABLE = re.compile(r"(?:error|warning): [^']*'(.*)': (.*)")

Complain = Callable[[str, str, str], None]
"""Takes a path, a code and a message."""


class Listing:
    """A way to every file with a needle, by paths that are absolute and free of links.

    `everything` asks for ignored files and node_modules too. `reaches` tells whether a folder
    is asked for.
    """

    def __init__(
        self,
        needles: Sequence[bytes],
        everything: bool,
        reaches: Callable[[str], bool],
        complain: Complain,
    ) -> None:
        self._needles = needles
        self._patterns = [word for needle in needles for word in ("-e", os.fsdecode(needle))]
        self._everything = everything
        self._reaches = reaches
        self._complain = complain
        self._searched: set[str] = set()

    def under(self, roots: Sequence[str]) -> Iterator[str]:
        """The files under `roots`. One may come twice."""
        if self._everything:
            for root in roots:
                if not self._reaches(os.path.dirname(root)):
                    yield from self._loose(root)
            return
        by_top: dict[str | None, list[str]] = {}
        for root in roots:
            by_top.setdefault(top_of(root), []).append(root)
        for top, folders in by_top.items():
            loose = folders if top is None else ignored(top, folders)
            tracked = [folder for folder in folders if folder not in loose]
            if tracked:
                # One question for all of them: a monorepo's packages can be hundreds.
                yield from self._repository(os.path.commonpath(tracked))
            for folder in loose:
                yield from self._loose(folder)

    def those(self, files: Collection[str] | Mapping[str, bytes]) -> Iterator[str]:
        """Those of `files` that are asked for and hold a needle, on disk or in the texts given."""
        texts = files if isinstance(files, Mapping) else {}
        for path in files:
            if language_of(path) is None or not self._reaches(os.path.dirname(path)):
                continue
            if self._found_in(BytesIO(texts[path])) if path in texts else self._holds(path):
                yield path

    def _repository(self, folder: str) -> Iterator[str]:
        """A folder in a work tree, and the repositories within it."""
        if folder in self._searched:
            return
        self._searched.add(folder)
        untracked = ["ls-files", "-o", "--exclude-standard", "-z"]
        if NODE_MODULES not in folder.split(os.sep):
            untracked += ["-x", f"{NODE_MODULES}/"]
        running = (
            git.start(folder, "ls-files", "-v", "-s", "-z"),
            git.start(folder, *untracked),
            git.start(folder, *_GREP, *self._patterns, "--", *_SOURCES),
        )
        answers = [command.answer() for command in running if command is not None]
        if len(answers) < len(running):
            yield from self._walk(folder)
            return
        for answer in answers:
            if answer.code > 1:
                yield from self._refused(folder, answer)
                return
        index, others, hits = answers
        self._listen(folder, others)
        self._listen(folder, hits)
        hidden, inner = _irregular(index.out)
        for name in hits.names:
            if name not in hidden:
                yield os.path.join(folder, name)
        unread = [name for name in others.names if language_of(name) is not None]
        if len(unread) > MANY_UNTRACKED:
            grep = git.ask(folder, *_GREP, "--untracked", *self._patterns, "--", *_SOURCES)
            unread = unread if grep is None or grep.code > 1 else grep.names
        for name in (*hidden, *unread):
            path = os.path.join(folder, name)
            if self._reaches(os.path.dirname(path)) and self._holds(path):
                yield path
        inner += [name.rstrip("/") for name in others.names if name.endswith("/")]
        for name in inner:
            nested = os.path.join(folder, name)
            if self._reaches(nested) and os.path.lexists(os.path.join(nested, ".git")):
                yield from self._repository(nested)

    def _refused(self, folder: str, answer: git.Answer) -> Iterator[str]:
        """git does not answer in this work tree: say so, and take it for a folder like others."""
        complaint = next(iter(answer.complaints), "git failed").removeprefix("fatal: ")
        if "not a git repository" not in complaint:
            self._complain(folder, "git-failed", complaint)
        # From the top, since the ignore files above the folder hold for it as well.
        yield from self._loose(top_of(folder) or folder)

    def _loose(self, folder: str) -> Iterator[str]:
        """A folder outside of any work tree, and the repositories within it."""
        if self._everything:
            options, specs = ["--no-index", "--no-exclude-standard"], _SOURCES
        else:
            options, specs = ["--no-index", "--exclude-standard"], (*_SOURCES, _NO_NODE_MODULES)
        arguments = (*_GREP, *options, *self._patterns, "--", *specs)
        grep = git.start(folder, *arguments, ceiling=os.path.dirname(folder))
        if grep is None:
            yield from self._walk(folder)
            return
        inner = [] if self._everything else list(self._repositories(folder))
        hits = grep.answer()
        if hits.code > 1:
            yield from self._walk(folder)
            return
        self._listen(folder, hits)
        within = tuple(nested + os.sep for nested in inner)
        for name in hits.names:
            path = os.path.join(folder, name)
            if not path.startswith(within):
                yield path
        for nested in filter(self._reaches, inner):
            yield from self._repository(nested)

    def _walk(self, folder: str) -> Iterator[str]:
        """A folder with all that is in it, ignored or not: what can be done without git."""
        for _, entries in self._folders(folder):
            for entry in entries:
                if language_of(entry.name) is not None and self._holds(entry.path):
                    yield entry.path

    def _repositories(self, top: str) -> Iterator[str]:
        """The outermost repositories under `top`, which is none itself."""
        last = top + os.sep + os.sep
        for folder, entries in self._folders(top):
            if folder == top or folder.startswith(last):
                continue
            if any(entry.name == ".git" for entry in entries):
                last = folder + os.sep
                yield folder

    def _folders(self, top: str) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
        """Every folder from `top` down, each before those within it; links are not followed."""
        pending = [top]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = list(listing)
            except FileNotFoundError:
                continue
            except OSError as error:
                self._complain(folder, "unreadable", told(error))
                continue
            yield folder, entries
            pending += [
                entry.path
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and entry.name != ".git"
                and (self._everything or entry.name != NODE_MODULES)
            ]

    def _holds(self, path: str) -> bool:
        """Whether a regular file on disk holds a needle."""
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                return False
            with open(path, "rb") as file:
                return self._found_in(file)
        except FileNotFoundError:
            return False
        except OSError as error:
            self._complain(path, "unreadable", told(error))
            return False

    def _found_in(self, file: BinaryIO) -> bool:
        """Whether a file holds a needle, without holding all of a large one."""
        longest = max(map(len, self._needles))
        end = b""
        while block := file.read(_BLOCK):
            text = end + block
            if any(needle in text for needle in self._needles):
                return True
            end = text[1 - longest :] if longest > 1 else b""
        return False

    def _listen(self, folder: str, answer: git.Answer) -> None:
        """Pass on what git could not read."""
        for line in answer.complaints:
            if unreadable := _UNREADABLE.fullmatch(line):
                name, message = unreadable.groups()
                path = os.path.join(folder, name.rstrip("/"))
                self._complain(path, "unreadable", message[:1].lower() + message[1:])
            elif line.startswith("error: "):
                self._complain(folder, "git-failed", line.removeprefix("error: "))


def ignored(top: str, paths: Iterable[str]) -> list[str]:
    """Which of `paths` the work tree at `top` ignores, folders as a whole."""
    asked = b"".join(os.fsencode(path) + b"\0" for path in paths if path != top)
    answer = git.ask(top, "check-ignore", "-z", "--stdin", stdin=asked) if asked else None
    return [] if answer is None else answer.names


def _irregular(index: bytes) -> tuple[set[str], list[str]]:
    """What `git grep` passes over, from `git ls-files -v -s -z`.

    First the files it reads from the index or not at all (assume-unchanged, skip-worktree), then
    the submodules.
    """
    hidden: set[str] = set()
    inner: list[str] = []
    for entry in index.split(b"\0"):
        if entry.startswith((b"H 100", b"H 120")) or not entry:
            continue
        about, _, name = entry.partition(b"\t")
        if b" 160000 " in about:
            inner.append(os.fsdecode(name))
        elif language_of(os.fsdecode(name)) is not None:
            hidden.add(os.fsdecode(name))
    return hidden, inner
