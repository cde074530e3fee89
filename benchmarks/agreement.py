"""Whether the contestants see the same calls, and why not where they do not.

unleak reports chains it has judged, so what is compared with ast-grep's matches is what its engine
hands to the judge: every match of the codemod's query. A call is a file and the bytes it spans.
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from race import Arm
from tree_sitter import Node, QueryCursor

from unleak import registry
from unleak.workspace.find import find_files
from unleak_engine.codemod import Codemod
from unleak_engine.source import Source, UnreadableError, parse

Call = tuple[str, int, int]

PIPE = "pipe-without-pipeline"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many calls each sees, and those that one of them misses, counted by why.

    `unexplained` are those for which no reason is known: each would be a bug of somebody's.
    `beyond` are calls that the engine's quick look for places would not have led to.
    """

    ours: int
    theirs: int
    only_ours: Counter[str]
    only_theirs: Counter[str]
    unexplained: tuple[Call, ...]
    beyond: tuple[Call, ...]


def compare(tree: Path, theirs: set[Call]) -> Agreement:
    """Our calls in all of `tree` against those a peer has seen there."""
    tree = Path(os.path.realpath(tree))
    ours: dict[Call, str] = {}
    beyond: list[Call] = []
    unread: dict[str, str] = {}
    codemod = registry.load(PIPE)
    for file in find_files([tree], needles=codemod.needles, no_exclude=True).files:
        name = str(file.relative_to(tree))
        data = file.read_bytes()
        try:
            source = parse(name, data)
        except UnreadableError as error:
            unread[name] = f"unleak does not read the file ({error.code})"
            continue
        places = list(codemod.places(data))
        for call, pipe in _matches(source, codemod):
            at = name, call.start_byte, call.end_byte
            ours[at] = _why_missed(source, call)
            if not any(p.start < pipe.end_byte and pipe.start_byte < p.end for p in places):
                beyond.append(at)
    only_theirs = {call: unread.get(call[0], "") for call in theirs - ours.keys()}
    only_ours = {call: ours[call] for call in ours.keys() - theirs}
    silent = [call for call, why in (*only_theirs.items(), *only_ours.items()) if not why]
    return Agreement(
        len(ours),
        len(theirs),
        Counter(why or "unexplained" for why in only_ours.values()),
        Counter(why or "unexplained" for why in only_theirs.values()),
        tuple(sorted(silent)),
        tuple(sorted(beyond)),
    )


def seen_by(peer: Arm, tree: Path) -> set[Call]:
    """The calls that an arm with ast-grep in it prints."""
    return set(_printed(peer, Path(os.path.realpath(tree))))


def _printed(peer: Arm, tree: Path) -> Iterator[Call]:
    told = b""
    for words in peer.stages:
        told = subprocess.run(
            words, check=True, input=told, stdout=subprocess.PIPE, cwd=tree
        ).stdout
    for line in told.splitlines():
        match = json.loads(line)
        span = match["range"]["byteOffset"]
        yield os.path.relpath(os.path.realpath(match["file"]), tree), span["start"], span["end"]


def _matches(source: Source, codemod: Codemod) -> Iterator[tuple[Node, Node]]:
    cursor = QueryCursor(codemod.query_for(source.grammar))
    for _, captures in cursor.matches(source.root):
        yield captures["call"][0], captures["pipe"][0]


def _why_missed(source: Source, call: Node) -> str:
    """What would make ast-grep miss `call`; empty when there is nothing of the kind."""
    function = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    inner = [*call.children, *(function.children if function else ())]
    if any(node.type in ("optional_chain", "?.") for node in inner):
        return "called or reached by `?.`"
    if call.child_by_field_name("type_arguments") is not None:
        return "called with type arguments"
    if arguments is not None and arguments.type == "template_string":
        return "called with a template"
    if function is not None and any(node.type == "comment" for node in function.children):
        return "a comment stands before the name"
    if source.root.has_error or not source.path.endswith(_suffixes(source.grammar)):
        return "a syntax error in the file, or a dialect that only one of them tries"
    return ""


def _suffixes(grammar: str) -> tuple[str, ...]:
    return {
        "javascript": (".js", ".mjs", ".cjs", ".jsx"),
        "typescript": (".ts", ".mts", ".cts"),
        "tsx": (".tsx",),
    }[grammar]


def sentences(told: Agreement, peer: str) -> Sequence[str]:
    """The comparison for a reader."""
    lines = [
        f"Calls of `.pipe()`: {told.ours:,} seen by unleak's query, {told.theirs:,} by {peer}."
    ]
    for who, counts in (("unleak", told.only_ours), (peer, told.only_theirs)):
        for why, count in counts.most_common():
            lines.append(f"- only {who} sees {count:,}: {why}")
    if told.beyond:
        lines.append(f"- {len(told.beyond):,} of unleak's lie where it would not have looked")
    return lines
