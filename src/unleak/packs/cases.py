"""The golden cases of a codemod, run: the findings, the diff, and that a second run has nothing
to do. Cases lie as unleak's own do, see `unleak.golden`."""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from unleak.golden import is_case
from unleak_engine.codemod import Codemod, Options
from unleak_engine.grammars import language_of
from unleak_engine.patch import file_diff
from unleak_engine.rewrite import Context, analyse_bytes, rewrite_bytes
from unleak_engine.source import UnreadableError
from unleak_engine.target import Target


class Failure(NamedTuple):
    """What is wrong with a case: a sentence, and lines that show it."""

    path: str
    message: str
    shown: tuple[str, ...] = ()


def cases_in(folder: Path) -> list[Path]:
    """The sources in the golden folder of one codemod, by name."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if language_of(path.name) is not None)
    return sorted(path for path in found if is_case(path))


def check(case: Path, codemods: Sequence[Codemod], *, update: bool) -> list[Failure]:
    """What is wrong with `case`. With `update` what is expected is written anew, so that only
    what can never be right is left."""
    try:
        context = Context(
            target=Target(**_beside(case, "target.json")),
            options=Options(**_beside(case, "options.json")),
        )
    except (ValueError, TypeError) as error:
        return [Failure(str(case), f"what stands beside it cannot be read: {error}")]
    data = case.read_bytes()
    try:
        done = rewrite_bytes(case.name, data, codemods, context)
        found = analyse_bytes(case.name, data, codemods, context)
    except UnreadableError as error:
        return [Failure(str(case), str(error))]
    failures = [Failure(str(case), p.message) for p in found.problems if p.code == "internal"]
    failures += (
        Failure(str(case), f"the rewrite in line {f.start.line} is not made: {why}")
        for f, why in done.dropped
    )
    told = "".join(
        f"{f.start.line}:{f.start.column} {f.status}{f' {f.safety}' if f.fixable else ''}\n"
        for f in found.findings
    )
    patch = file_diff(data, done.edits, path=case.name) if done.after != data else b""
    if update:
        _write(case.with_name(f"{case.stem}.findings"), told.encode())
        _write(case.with_name(f"{case.stem}.diff"), patch)
    failures += _compared(case, "findings", told)
    failures += _compared(case, "diff", patch.decode("utf-8", "replace"))
    if rewrite_bytes(case.name, done.after, codemods, context).after != done.after:
        failures.append(Failure(str(case), "a second run changes the text again"))
    if case.name.startswith("skip_") and patch:
        failures.append(Failure(str(case), "is named skip_ and is rewritten"))
    return failures


def _compared(case: Path, suffix: str, actual: str) -> list[Failure]:
    path = case.with_name(f"{case.stem}.{suffix}")
    wanted = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    if wanted == actual:
        return []
    lines = difflib.unified_diff(
        wanted.splitlines(), actual.splitlines(), "expected", "found", lineterm="", n=2
    )
    what = "nothing is expected" if not wanted else "nothing is found" if not actual else "differ"
    return [Failure(str(path), f"{suffix}: {what}; --update takes what is found", tuple(lines))]


def _beside(case: Path, suffix: str) -> dict[str, Any]:
    path = case.with_name(f"{case.stem}.{suffix}")
    found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return found


def _write(path: Path, data: bytes) -> None:
    if data:
        path.write_bytes(data)
    else:
        path.unlink(missing_ok=True)
