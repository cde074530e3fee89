"""What a reviewed patch would write, checked file by file before anything is."""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from unleak.journal import Change
from unleak.plan import FilePlan, Plan, PlanError
from unleak.workspace.places import within
from unleak.workspace.problem import Problem, told
from unleak.workspace.read import read_file, sha256
from unleak_engine.edit import apply_edits
from unleak_engine.patch import PatchError, take_back_diff


class Planned(NamedTuple):
    """The changes that can be made, the files that are as the patch would leave them, and the
    others with the reason. Codes are those of `read_file`, and "outside-root" (the name leads out
    of the tree), "link" (a link stands in the way), "changed" (not what was reviewed) and
    "damaged"."""

    changes: tuple[Change, ...]
    already: tuple[str, ...]
    problems: tuple[Problem, ...]


def plan_changes(plan: Plan, root: str) -> Planned:
    """What of `plan` can be written below `root`. Reads files, writes none."""
    changes: list[Change] = []
    already: list[str] = []
    problems: list[Problem] = []
    judged = [(file, _judged(file, root)) for file in plan.files if file.accepted]
    lacking = {
        name: found
        for file, found in judged
        if isinstance(found, Problem)
        for entry in file.entries
        for name in entry.needed_by
    }
    for file, found in judged:
        lack = next(
            (lacking[e.fingerprint] for e in file.accepted if e.fingerprint in lacking), None
        )
        if isinstance(found, Change) and lack is not None:
            why = f"the module that it would import, {lack.path}, cannot be made"
            found = Problem(Path(file.path), lack.code, why)
        if isinstance(found, Problem):
            problems.append(found)
        elif found is None:
            already.append(file.path)
        else:
            changes.append(found)
    return Planned(tuple(changes), tuple(already), tuple(problems))


def reviewed_text(file: FilePlan, root: str) -> bytes | Problem:
    """The text that `file` was made for, b"" for one that is to be created; a Problem where that is
    not what is there, or where the patch does not fit it."""
    found = b"" if file.created else _found(file.path, root)
    if isinstance(found, Problem):
        return found
    try:
        file.after(found)
        for entry in file.entries:
            apply_edits(found, entry.edits)
    except ValueError as error:
        code = "changed" if sha256(found) != file.sha256 else "damaged"
        return Problem(Path(file.path), code, str(error))
    return found


def _judged(file: FilePlan, root: str) -> Change | Problem | None:
    path = Path(file.path)
    if file.created:
        wrong = _misplaced(file.path, root)
        return wrong or _created(file, Path(root, *file.path.split("/")))
    found = _found(file.path, root)
    if isinstance(found, Problem):
        return found
    try:
        if sha256(found) != file.sha256:
            if _is_done(file, found):
                return None
            return Problem(path, "changed", "it has changed since the patch was made")
        return Change(file.path, found, file.after(found))
    except PlanError as error:
        return Problem(path, "damaged", str(error))


def _found(name: str, root: str) -> bytes | Problem:
    """What stands below `root` under a name of a patch."""
    wrong = _misplaced(name, root)
    if wrong is not None:
        return wrong
    found = read_file(Path(root, *name.split("/")))
    if isinstance(found, Problem):
        return Problem(Path(name), found.code, found.message)
    return found.data


def _misplaced(name: str, root: str) -> Problem | None:
    wrong = unsafe_name(name) or _on_the_way(name, root)
    return None if wrong is None else Problem(Path(name), *wrong)


def _created(file: FilePlan, full: Path) -> Change | Problem | None:
    try:
        new = file.after(b"")
    except PlanError as error:
        return Problem(Path(file.path), "damaged", str(error))
    if not os.path.lexists(full):
        return Change(file.path, b"", new, created=True)
    found = read_file(full)
    if not isinstance(found, Problem) and found.data == new:
        return None
    return Problem(Path(file.path), "changed", "there is another file of that name by now")


def _is_done(file: FilePlan, data: bytes) -> bool:
    """Whether `data` is what the patch makes of the text that was reviewed."""
    try:
        old = take_back_diff(data, file.body)
        return sha256(old) == file.sha256 and file.after(old) == data
    except (PatchError, PlanError):
        return False


def unsafe_name(name: str) -> tuple[str, str] | None:
    """(code, message) for a name that no patch of ours has: one that leads anywhere else."""
    parts = name.split("/")
    if name.startswith("/") or os.path.isabs(name) or ".." in parts:
        return "outside-root", "the name leads out of the tree"
    if "" in parts or "." in parts or "\0" in name or (os.sep != "/" and os.sep in name):
        return "damaged", "that is no name of a file in a patch"
    if any(part.lower() == ".git" for part in parts):
        return "outside-root", "it lies in git's own folder"
    return None


def _on_the_way(name: str, root: str) -> tuple[str, str] | None:
    """(code, message) when a link stands between `root` and the file, or in its place."""
    place = os.path.realpath(root)
    for part in name.split("/"):
        place = os.path.join(place, part)
        try:
            status = os.lstat(place)
        except FileNotFoundError:
            return None
        except OSError as error:
            return "unreadable", told(error)
        if stat.S_ISLNK(status.st_mode):
            return "link", f"{place} is a link; what it leads to has a name of its own"
    if not within(place, os.path.realpath(root)):
        return "outside-root", "the name leads out of the tree"
    return None
