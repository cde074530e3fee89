"""Who owns a file, by the CODEOWNERS of GitHub or GitLab.

The two read the same name differently, so the host is settled first: by where the file lies, by
its sections, by what else the tree holds for one of them.

GitHub: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
GitLab: https://docs.gitlab.com/user/project/codeowners/reference and
https://docs.gitlab.com/user/project/codeowners/advanced
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from unleak.workspace.problem import Problem
from unleak.workspace.read import Contents, read_file

MOST_BYTES = 3 << 20
"""GitHub does not load a file of 3 MB or more."""


class Host(Enum):
    """Whose rules hold; the value is where it looks for the file, the first found counts."""

    GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
    GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


_PARTED = re.compile(r"(?<!\\)\s+")
_HEADING = re.compile(r"\^?\[([^]]*)\](?:\[\d*\])?(?:\s+(.*))?")
_OWNERS = {
    Host.GITHUB: re.compile(r"@[\w.-]+(?:/[\w.-]+)?|[^\s@]+@[^\s@]+\.[^\s@]+"),
    Host.GITLAB: re.compile(r"@@?[\w.-]+(?:/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+"),
}
_WILD = re.compile(r"[]*?[\\]")
_TOKEN = re.compile(r"\*+|\\.|\[[!^]?\]?[^]]*\]|.", re.DOTALL)


class _Entry(NamedTuple):
    """A line that gives files to owners. `section` counts the sections, `segments` are those of
    its pattern: `**` stands for any number of folders, and is never the last. `below` lets it
    mean all that lies in a folder that it fits. `excludes` takes files out of the section."""

    section: int
    segments: tuple[str, ...]
    below: bool
    owners: tuple[str, ...]
    excludes: bool = False


class Owners:
    """The owners of the files of one tree. `source` is the file that tells them, None when there
    is none; `problems` are the lines that say nothing."""

    def __init__(
        self,
        entries: Iterable[_Entry] = (),
        problems: Iterable[Problem] = (),
        source: Path | None = None,
    ) -> None:
        self.source = source
        self.problems = tuple(problems)
        # An exclusion cannot be taken back by a later line: it ranks above all that are none.
        entries = sorted(entries, key=lambda entry: entry.excludes)
        self._rules = _Rules([_Rule(rank, entry) for rank, entry in enumerate(entries)])
        self._sections = len({entry.section for entry in entries})
        self._inside = ""

    def below(self, folder: str) -> "Owners":
        """The same for paths that are relative to `folder`, itself relative to the root."""
        view = copy(self)
        view._inside = f"{self._inside}{folder}/"
        return view

    def of(self, path: str) -> tuple[str, ...]:
        """The owners of the file at `path`, which is relative to the root, with slashes.

        As they are written, `@user`, `@org/team` or an address: those of the last line that fits,
        on GitLab of every section. None when no line fits, or the last names nobody.
        """
        path = self._inside + path
        name = path.rpartition("/")[2]
        found: dict[int, tuple[str, ...]] = {}
        for rule in self._rules.for_file(path):
            entry = rule.entry
            if entry.section not in found and rule.fits(path, name):
                found[entry.section] = () if entry.excludes else entry.owners
                if len(found) == self._sections:
                    break
        if len(found) == 1:
            return next(iter(found.values()))
        return tuple(dict.fromkeys(name for key in sorted(found) for name in found[key]))


def owners_of(root: str) -> Owners:
    """The owners that the CODEOWNERS of the tree at `root` names.

    Problems: "unreadable", "too-large", and "bad-owners" for each line that cannot be read.
    """
    host = _host_of(root)
    for name in host.value:
        path = Path(root, name)
        if not path.is_file():
            continue
        contents = read_file(path, max_bytes=MOST_BYTES)
        if not isinstance(contents, Contents):
            return Owners(problems=[contents], source=path)
        return owners_in(contents.data.decode("utf-8-sig", "replace"), host, path)
    return Owners()


def owners_in(text: str, host: Host, source: Path = Path("CODEOWNERS")) -> Owners:
    """The owners that the text of a CODEOWNERS names."""
    reader = _Reader(host, source)
    for number, line in enumerate(text.split("\n"), start=1):
        reader.read(number, line.strip())
    return Owners(reader.entries(), reader.problems, source)


def _host_of(root: str) -> Host:
    def there(name: str) -> bool:
        return os.path.lexists(os.path.join(root, name))

    if there(".github/CODEOWNERS"):
        return Host.GITHUB
    if there(".gitlab/CODEOWNERS") or (there(".gitlab-ci.yml") and not there(".github")):
        return Host.GITLAB
    for name in Host.GITLAB.value:
        contents = read_file(Path(root, name), max_bytes=MOST_BYTES)
        if isinstance(contents, Contents):
            lines = contents.data.decode("utf-8-sig", "replace").splitlines()
            sections = any(map(_HEADING.fullmatch, map(str.strip, lines)))
            return Host.GITLAB if sections else Host.GITHUB
    return Host.GITHUB


class _Reader:
    """Reads line by line."""

    def __init__(self, host: Host, source: Path) -> None:
        self.problems: list[Problem] = []
        self._host = host
        self._source = source
        self._section = 0
        self._sections = {"": 0}
        self._default: tuple[str, ...] = ()
        # GitLab keeps a pattern that comes again where it stood first, with its new owners.
        self._entries: dict[object, _Entry] = {}

    def entries(self) -> Iterable[_Entry]:
        return self._entries.values()

    def read(self, number: int, line: str) -> None:
        if not line or line.startswith("#"):
            return
        if self._host is Host.GITLAB and (heading := _HEADING.fullmatch(line)):
            name = heading[1].strip().casefold()
            if not name:
                self._complain(number, "a section without a name")
            self._section = self._sections.setdefault(name, len(self._sections))
            self._default = self._named(number, (heading[2] or "").split())
            return
        pattern, *words = _PARTED.split(line)
        if self._host is Host.GITHUB:
            self._github(number, pattern, words)
        else:
            self._gitlab(number, pattern, words)

    def _github(self, number: int, pattern: str, words: list[str]) -> None:
        comment = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
        owners = words[:comment]
        if wrong := _wrong_on_github(pattern) or self._wrong_among(owners):
            self._complain(number, wrong)
            return
        segments = _segments(pattern, anywhere="/" not in pattern.rstrip("/"))
        if segments[-1] == "**":
            segments.append("*")
            below = False
        else:
            # `docs/*` is for the files of that one folder, unlike in a .gitignore.
            below = segments[-1] != "*"
        self._entries[number] = _Entry(0, tuple(segments), below, tuple(owners))

    def _gitlab(self, number: int, pattern: str, words: list[str]) -> None:
        excludes = pattern.startswith("!")
        pattern = pattern.removeprefix("!")
        owners = self._named(number, words)
        if excludes and owners:
            self._complain(number, "an exclusion has no owners")
        elif not excludes and not (owners or self._default):
            self._complain(number, "no owner")
        segments = _segments(pattern, anywhere=not pattern.startswith("/"))
        if segments[-1] == "**":
            segments[-1] = "*"
        entry = _Entry(self._section, tuple(segments), False, owners or self._default, excludes)
        try:
            re.compile(_translated(entry))
        except re.error:
            self._complain(number, f"not a pattern: {pattern}")
            return
        self._entries[entry.section, entry.segments, excludes] = entry

    def _wrong_among(self, words: list[str]) -> str | None:
        is_owner = _OWNERS[self._host].fullmatch
        return next((f"not an owner: {word}" for word in words if not is_owner(word)), None)

    def _named(self, number: int, words: list[str]) -> tuple[str, ...]:
        """GitLab takes those owners of a line that it understands, even out of a comment."""
        is_owner = _OWNERS[Host.GITLAB].fullmatch
        said = words[: words.index("#")] if "#" in words else words
        for word in said:
            if not is_owner(word):
                self._complain(number, f"not an owner: {word}")
        return tuple(word for word in words if is_owner(word))

    def _complain(self, number: int, message: str) -> None:
        self.problems.append(Problem(self._source, "bad-owners", f"line {number}: {message}"))


def _wrong_on_github(pattern: str) -> str | None:
    if pattern.startswith("!"):
        return "GitHub knows no negation here"
    if pattern.startswith("\\#"):
        return "GitHub knows no escaped # here"
    if re.search(r"(?<!\\)[][]", pattern):
        return "GitHub knows no character ranges here"
    return None if pattern.strip("/") else f"names no file: {pattern}"


def _segments(pattern: str, *, anywhere: bool) -> list[str]:
    """The segments of a pattern, from the root on. A slash at the end takes all that is in a
    folder; `**` may still be the last segment, and means what the host says."""
    segments = pattern.removeprefix("/").split("/")
    if not segments[-1]:
        segments[-1:] = ["**", "*"]
    if anywhere:
        segments.insert(0, "**")
    return [
        segment
        for at, segment in enumerate(segments)
        if segment != "**" or at == 0 or segments[at - 1] != "**"
    ]


class _Rule:
    """An entry among others: of those that fit in a section, the one of the highest `rank`
    counts."""

    __slots__ = ("_by_name", "_folder", "_regex", "entry", "rank")

    def __init__(self, rank: int, entry: _Entry) -> None:
        self.rank = rank
        self.entry = entry
        *start, name = entry.segments
        self._by_name = start == ["**"] and not entry.below
        self._folder = ""
        if start and start.pop() == "**" and name == "*" and len(_names(start)) == len(start):
            self._folder = "/".join([*start, ""])
        self._regex: re.Pattern[str] | None = None

    def fits(self, path: str, name: str) -> bool:
        """Whether it is for the file at `path`, which ends with `name`."""
        if self._folder:
            # As most lines are: all that is in one folder. Thousands need no regular expression.
            return path.startswith(self._folder)
        if self._regex is None:
            regex = _segment(self.entry.segments[-1]) if self._by_name else _translated(self.entry)
            self._regex = re.compile(regex, re.DOTALL)
        return self._regex.fullmatch(name if self._by_name else path) is not None


def _translated(entry: _Entry) -> str:
    parts = ["(?:.*/)?" if one == "**" else f"{_segment(one)}/" for one in entry.segments]
    return "".join(parts)[:-1] + ("(?:/.*)?" if entry.below else "")


def _segment(glob: str) -> str:
    """The regular expression of one segment. What stands between two stars is looked for once,
    from the left, so that many stars cost no more than few."""
    pieces = [""]
    for token in _TOKEN.findall(glob):
        if token[0] == "*":
            pieces.append("")
        else:
            pieces[-1] += _character(token)
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + f"[^/]*{last}"


def _character(token: str) -> str:
    if token == "?":
        return "[^/]"
    if token[0] == "[" and len(token) > 2:
        inner = token[1:-1]
        negated = inner[0] in "!^"
        members = re.sub(r"[][\\&|~]", r"\\\g<0>", inner[negated:])
        return f"[{'^/' if negated else ''}{members}]"
    return re.escape(token[1:] if token[0] == "\\" and len(token) > 1 else token)


class _Rules:
    """Rules by what a path must have for them to fit: the folder that their pattern begins with,
    a name, the end of a name. A path is tried with few of thousands."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._common = Counter(name for rule in rules for name in _names(rule.entry.segments))
        self._at: dict[str, list[_Rule]] = {}
        self._named: dict[str, list[_Rule]] = {}
        self._ending: dict[str, list[_Rule]] = {}
        for rule in rules:
            index, key = self._place_of(rule.entry.segments)
            index.setdefault(key, []).append(rule)
        self._folders = {"": _by_rank(self._at.get("", []))}
        self._joined: dict[tuple[int, str], tuple[_Rule, ...]] = {}

    def for_file(self, path: str) -> tuple[_Rule, ...]:
        """Those that may fit `path`, the highest rank first."""
        folder, _, name = path.rpartition("/")
        return self._with(self._in(folder), path, name)

    def _in(self, folder: str) -> tuple[_Rule, ...]:
        """Those that may fit what is in `folder` for what is known of its path."""
        known = self._folders.get(folder)
        if known is None:
            above, _, name = folder.rpartition("/")
            known = self._folders[folder] = self._with(self._in(above), folder, name)
        return known

    def _with(self, above: tuple[_Rule, ...], path: str, name: str) -> tuple[_Rule, ...]:
        """`above` and those that may fit for the last name of `path`."""
        ending = name[dot:] if (dot := name.rfind(".")) >= 0 else ""
        if (more := self._ending.get(ending)) is not None:
            # Few rules name an ending, and few files anything else that a rule does.
            key = (id(above), ending)
            if key not in self._joined:
                self._joined[key] = _by_rank([*above, *more])
            above = self._joined[key]
        more = [*self._at.get(path, ()), *self._named.get(name, ())]
        return _by_rank([*above, *more]) if more else above

    def _place_of(self, segments: tuple[str, ...]) -> tuple[dict[str, list[_Rule]], str]:
        if segments[0] != "**":
            literal: list[str] = []
            for segment in segments:
                if _WILD.search(segment):
                    break
                literal.append(segment)
            return self._at, "/".join(literal)
        if names := _names(segments):
            return self._named, min(names, key=lambda name: self._common[name])
        _, dot, ending = segments[-1].rpartition(".")
        sure = dot and not _WILD.search(ending)
        return (self._ending, dot + ending) if sure else (self._at, "")


def _names(segments: Iterable[str]) -> list[str]:
    """Those of the segments that say a name, and no other."""
    return [segment for segment in segments if not _WILD.search(segment)]


def _by_rank(rules: Iterable[_Rule]) -> tuple[_Rule, ...]:
    distinct = {rule.rank: rule for rule in rules}
    return tuple(distinct[rank] for rank in sorted(distinct, reverse=True))
