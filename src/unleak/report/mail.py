"""A plan as a mail that `git am` takes: who, when, what for, a diffstat, and the patch."""

import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, formataddr
from typing import NamedTuple

from unleak import registry
from unleak.plan import Entry, FilePlan, Plan
from unleak.report.terminal import visible
from unleak.workspace.git import ask
from unleak_engine.patch import hunks, quote_path

NOBODY = "unleak", "unleak@localhost"
"""Who sends it where git knows no name."""

MOST = 100
"""Places that a message names; the patch names them all."""

WIDTH = 72

_GRAPH = 30
"""Columns of the longest bar of a diffstat."""


class Sender(NamedTuple):
    """Who has made the patch, and when, by a clock that knows its zone."""

    name: str
    address: str
    date: datetime


def sender(root: str) -> Sender:
    """Whom git takes for the author of a commit in `root`."""
    now = datetime.now().astimezone()
    told = ask(root, "var", "GIT_AUTHOR_IDENT")
    if told is None or told.code:
        return Sender(*NOBODY, now)
    name, _, rest = told.out.decode(errors="replace").rpartition(" <")
    return Sender(name, rest.partition(">")[0], now)


def mailed(plan: Plan, by: Sender, version: str) -> Plan:
    """`plan` with a mail around it."""
    try:
        author = formataddr((by.name, by.address))
    except UnicodeEncodeError:  # an address that is not ASCII
        author = f"{by.name} <{by.address}>"
    head = [
        b"From %s Mon Sep 17 00:00:00 2001\n" % (b"0" * 40),
        f"From: {author}\nDate: {format_datetime(by.date)}\n".encode(),
        *_told(plan),
    ]
    return replace(plan, head=b"".join(head), tail=f"-- \nunleak {version}\n".encode())


def refreshed(before: Plan, after: Plan) -> Plan:
    """`after`, which has other decisions than `before`, with what a mail around it tells of them
    told anew. What somebody has written there is left as it is."""
    head = after.head
    if head.startswith(b"From "):
        for old, new in zip(_told(before), _told(after), strict=True):
            head = head.replace(old, new, 1)
    return replace(after, head=head)


def _told(plan: Plan) -> tuple[bytes, bytes, bytes]:
    """What a mail says of a plan: its subject and what is behind it, message, and diffstat."""
    cured = [(file, entry) for file, entry in plan.findings() if entry.accepted and entry.codemod]
    files = len({file.path for file, _ in cured})
    subject = f"Subject: [PATCH] Cure {_counted(len(cured), 'stream leak')}"
    subject += f" in {_counted(files, 'file')}\nMIME-Version: 1.0\n"
    subject += "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n"
    return (
        subject.encode(),
        "".join(f"{line}\n" for line in _message(cured)).encode("utf-8", "replace"),
        b"---\n" + b"".join(_stat(file for file in plan.files if file.body)) + b"\n",
    )


def _message(cured: list[tuple[FilePlan, Entry]]) -> Iterable[str]:
    yield "Found by unleak, and cured by exact edits."
    counts = Counter(entry.codemod for _, entry in cured)
    room = MOST
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield ""
        yield from textwrap.wrap(
            f"{visible(name)} ({count}){_summary(name)}", WIDTH, break_on_hyphens=False
        )
        places = [
            f"  {visible(file.path)}:{entry.line}" for file, entry in cured if entry.codemod == name
        ]
        yield from places[:room]
        if len(places) > room:
            yield f"  and {len(places) - room} more"
        room = max(0, room - len(places))


def _summary(name: str) -> str:
    try:
        return f": {registry.entry(name).summary}"
    except registry.UnknownNameError:
        return ""


def _stat(files: Iterable[FilePlan]) -> Iterable[bytes]:
    """What `git diff --stat --summary` says."""
    counts = [(file, *_changed(file)) for file in files]
    names = [quote_path(file.path) for file, _, _ in counts]
    wide = max(map(len, names), default=0)
    digits = max((len(str(added + removed)) for _, added, removed in counts), default=0)
    most = max((added + removed for _, added, removed in counts), default=0)
    scale = min(1.0, _GRAPH / most) if most else 1.0
    for name, (_, added, removed) in zip(names, counts, strict=True):
        bar = b"+" * _scaled(added, scale) + b"-" * _scaled(removed, scale)
        yield b" %s | %*d %s\n" % (name.ljust(wide), digits, added + removed, bar)
    total = f" {_counted(len(counts), 'file')} changed"
    for number, word in (
        (sum(added for _, added, _ in counts), "insertion"),
        (sum(removed for _, _, removed in counts), "deletion"),
    ):
        sign = "+" if word == "insertion" else "-"
        total += f", {_counted(number, word)}({sign})" if number else ""
    yield f"{total}\n".encode()
    for name, (file, _, _) in zip(names, counts, strict=True):
        if file.created:
            yield f" create mode {file.mode} ".encode() + name + b"\n"


def _changed(file: FilePlan) -> tuple[int, int]:
    """How many lines are added, and how many removed."""
    signs = Counter(line[:1] for hunk in hunks(file.body) for line in hunk.lines)
    return signs[b"+"], signs[b"-"]


def _scaled(number: int, scale: float) -> int:
    return max(1, round(number * scale)) if number else 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
