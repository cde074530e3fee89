"""What a reviewer is told of a shard: the message of its commit, and the text of its request."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from unleak import golden, registry
from unleak.batch.shards import NOBODY, TOP, Shard
from unleak.plan import Entry, FilePlan, Plan
from unleak.report.marked import code, plain
from unleak.report.summary import plural


class Told(NamedTuple):
    """What there is to say of a shard beside its plan. `base` is the commit it was made from,
    `verify` the command that passes with it, `left` counts what stays by codemod and state, and
    `undo` are the commands that take it back."""

    shard: Shard
    plan: Plan
    base: str
    verify: str | None = None
    left: Mapping[tuple[str, str], int] = {}
    undo: Sequence[str] = ()


def title(told: Told) -> str:
    """One line, such as "Fix 3 stream leaks in @acme/api"."""
    found = len(list(_accepted(told.plan)))
    leaks = plural(found, "stream leak")
    if told.shard.codemod:
        part = re.search(r" \(\d+ of \d+\)$", told.shard.title)
        return f"Fix {leaks} of one kind: {told.shard.codemod}{part[0] if part else ''}"
    titles = {TOP: "at the top", NOBODY: "in what nobody owns"}
    return f"Fix {leaks} {titles.get(told.shard.title, f'in {told.shard.title}')}"


def message(told: Told) -> str:
    """The message of the shard's commit."""
    return "\n".join(line for text in _message(told) for line in _wrapped(text)) + "\n"


def request(told: Told) -> str:
    """The text of a pull request, in Markdown."""
    return "\n".join(_request(told)) + "\n"


def _message(told: Told) -> Iterator[str]:
    yield title(told)
    for codemod, number in _codemods(told.plan):
        yield ""
        yield f"{codemod} ({number}): {registry.entry(codemod).summary}"
        for file, entry in _accepted(told.plan):
            if entry.codemod == codemod:
                yield f"- {_at(file, entry)}, {_trust(entry)}"
                yield from (f"  note: {note}" for note in _notes(entry))
                yield from (f"  evidence: {ground}" for ground in _evidence(entry))
    yield ""
    yield from _checked(told, _codemods(told.plan))
    yield ""
    yield f"Made by unleak from {told.base[:12]}. To take it back, revert this commit."


def _wrapped(text: str) -> list[str]:
    """`text` in lines as people like them in a commit, what follows the first further in."""
    hang = " " * (len(text) - len(text.lstrip(" -"))) or ""
    lines = textwrap.wrap(
        text, 72, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
    return lines or [""]


def _request(told: Told) -> Iterator[str]:
    found = list(_accepted(told.plan))
    unsafe = [one for one in found if one[1].safety == "unsafe"]
    files = len({file.path for file, _ in found})
    yield f"# {title(told)}"
    yield ""
    yield (
        f"{plural(len(found), 'finding')} in {plural(files, 'file')}: {len(found) - len(unsafe)}"
        f" safe, {len(unsafe)} to be read. Made by unleak from {told.base[:12]}."
    )
    if told.shard.owners:
        yield ""
        yield f"Owners: {' '.join(map(code, told.shard.owners))}"  # in code nobody is called
    yield ""
    yield "## What leaks, and what changes"
    for codemod, number in _codemods(told.plan):
        yield ""
        yield f"### `{codemod}` ({number})"
        for part in ("Why it leaks", "What changes"):
            yield ""
            yield _part(codemod, part)
    if unsafe:
        yield ""
        yield "## To be read"
        yield ""
        yield "Each of these cures the leak, and somebody may see a difference:"
        yield ""
        yield from _listed(unsafe)
    if len(unsafe) < len(found):
        yield ""
        yield "## Safe"
        yield ""
        yield "What works gives what it gave before; what fails is closed, and says so:"
        yield ""
        yield from _listed(one for one in found if one[1].safety != "unsafe")
    made = [file.path for file in told.plan.files if file.created and file.accepted]
    if made:
        yield ""
        yield f"New: {', '.join(map(code, made))}, helper functions that these import."
    yield from _left(told)
    yield ""
    yield "## How it was checked"
    yield ""
    yield from _checked(told, _codemods(told.plan))
    yield ""
    yield "## How to take it back"
    yield ""
    yield from (f"    {command}" for command in told.undo)


def _listed(found: Iterable[tuple[FilePlan, Entry]]) -> Iterator[str]:
    """The findings, those together of which the same is to be said."""
    alike: dict[tuple[str, ...], list[tuple[FilePlan, Entry]]] = {}
    for file, entry in found:
        key = (entry.codemod, entry.message, *_notes(entry))
        alike.setdefault(key, []).append((file, entry))
    for (codemod, said, *notes), places in alike.items():
        yield f"- {code(codemod)}: {plain(said)}"
        yield from (f"  - {plain(note)}" for note in notes)
        for file, entry in places:
            grounds = "; ".join(map(plain, _evidence(entry)))
            yield f"  - {code(_at(file, entry))}{grounds and f', {grounds}'}"


def _left(told: Told) -> Iterator[str]:
    rejected = [
        (file, entry)
        for file, entry in told.plan.findings()
        if not entry.accepted and not entry.with_ and not entry.said.get("creates")
    ]
    if rejected or told.left:
        yield ""
        yield "## Left as it is"
        yield ""
    for file, entry in rejected:
        why = f": {plain(entry.note)}" if entry.note else ": rejected in review"
        yield f"- {code(_at(file, entry))} {code(entry.codemod)}{why}"
    for (codemod, state), number in sorted(told.left.items()):
        yield f"- {number} × {code(codemod)}: {_STATES.get(state, _declined(state))}"


_STATES = {
    "safe": "not made here",
    "unsafe": "wants a reader (`--unsafe-fixes`)",
    "display": "a recipe to place by hand (`unleak check` shows it)",
}


def _declined(state: str) -> str:
    return f"declined, {code(state.removeprefix('declined:'))} (`unleak check` says why)"


def _checked(told: Told, codemods: Sequence[tuple[str, int]]) -> Iterator[str]:
    yield "- Every fix was parsed again in its place before it was offered."
    proven = [(name, count) for name, _ in codemods if (count := _proofs(name))]
    if proven:
        listed = ", ".join(f"{name} ({plural(count, 'case')})" for name, count in proven)
        yield (
            "- The kinds of rewrite were run on Node before and after, with faults injected, and"
            f" what was left was counted: {listed}. Not this code itself."
        )
    if told.verify is not None:
        where = told.shard.folder or "the top"
        yield f"- `{told.verify}` passes in {where}, with these changes as without them."


def _proofs(codemod: str) -> int:
    folder = golden.folder()
    return len(list((folder / codemod.replace("-", "_")).glob("*.proof.mjs"))) if folder else 0


def _accepted(plan: Plan) -> Iterator[tuple[FilePlan, Entry]]:
    for file, entry in plan.findings():
        if entry.accepted and not file.created:
            yield file, entry


def _codemods(plan: Plan) -> list[tuple[str, int]]:
    return sorted(Counter(entry.codemod for _, entry in _accepted(plan)).items())


def _notes(entry: Entry) -> list[str]:
    notes: Any = entry.said.get("notes")
    told = [str(note) for note in notes] if isinstance(notes, list) else []
    return told + ([f"the reviewer: {entry.note}"] if entry.note and entry.reviewed else [])


def _evidence(entry: Entry) -> Iterator[str]:
    grounds: Any = entry.said.get("evidence")
    for one in grounds if isinstance(grounds, list) else ():
        match one:
            case {"level": str(level), "reasons": [*reasons]}:
                yield f"{level}: {', '.join(map(str, reasons))}"


def _trust(entry: Entry) -> str:
    return "to be read" if entry.safety == "unsafe" else entry.safety


def _at(file: FilePlan, entry: Entry) -> str:
    return f"{file.path}:{entry.line}"


def _part(codemod: str, heading: str) -> str:
    """A section of what `unleak explain` tells."""
    _, _, rest = registry.load(codemod).doc.partition(f"## {heading}\n")
    return rest.partition("\n## ")[0].strip()
