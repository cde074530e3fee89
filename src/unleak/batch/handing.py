"""Where a shard goes once it is ready: a patch and a text to read with it, a branch, the files.

To do the same again gives the same, so that whoever was stopped in between may just begin anew.
"""

import os
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from unleak.applying import Planned
from unleak.batch import branches, texts
from unleak.batch.state import Decision, Row, State
from unleak.batch.wanted import Wanted
from unleak.changes import finish, make
from unleak.errors import RefusedError
from unleak.journal import DONE, OPEN, Change, Journal
from unleak.plan import REJECT, Entry, Plan, PlanError, read_plan
from unleak.workspace.problem import told
from unleak.workspace.read import Contents, read_file, sha256
from unleak.workspace.write import create_file, sweep, write_file

PATCH, TEXT, BRANCH, COPY = "patch", "text", "branch", "copy"
FOLDER_MADE = "folder"
"""What a batch makes, by the words it remembers it under."""

MARK = "batch"
"""In the names of temporary files."""

FOLDER = "unleak-batch"
"""Where patches go unless somebody says otherwise, at the top of the tree."""


class HandingError(Exception):
    """An outcome that cannot be put where it belongs; the message says why."""


class Ready(NamedTuple):
    """A shard that is ready: what is to be changed, and what is to be told of it."""

    row: Row
    plan: Plan
    planned: Planned
    base: branches.Base
    title: str


def hand_over(state: State, wanted: Wanted, ready: Ready) -> dict[str, Any]:
    """Put the outcome of a shard in its place; says where. Raises HandingError, JournalError."""
    shard = ready.row.shard
    patch = os.path.join(wanted.folder, f"{shard.name}.patch")
    said: dict[str, Any] = {"patch": patch}
    changes = ready.planned.changes
    about = texts.Told(
        shard, ready.plan, ready.base.commit, wanted.verify, _left(ready.row, ready.plan)
    )
    said["title"] = texts.title(about)
    undo = [f"git apply -R {shlex.quote(os.path.relpath(patch, ready.base.root))}"]
    if wanted.prefix is not None and changes:
        branch = f"{wanted.prefix}{shard.name}"
        try:
            commit = branches.make_commit(ready.base, changes, texts.message(about))
            ours = state.made(BRANCH).get(branch)
            branches.put_branch(ready.base.root, branch, commit, ours)
        except branches.BranchError as error:
            raise HandingError(str(error)) from None
        state.remember(BRANCH, branch, commit)
        said |= {"branch": branch, "commit": commit}
        undo = [
            f"git branch -D {shlex.quote(branch)}  # before it is merged",
            f"git revert {commit[:12]}  # or what it was merged as",
        ]
    if wanted.write:
        number = _write(ready, changes)
        undo = [f"unleak undo {number}"] if number else undo
        said |= {"run": number}
    make_folder(state, wanted.folder)
    text = texts.request(about._replace(undo=undo)).encode("utf-8", "surrogateescape")
    _put(state, PATCH, patch, ready.plan.render(), _scope(wanted))
    about_it = os.path.join(wanted.folder, f"{shard.name}.md")
    _put(state, TEXT, about_it, text, _scope(wanted))
    return said


def _left(row: Row, plan: Plan) -> dict[tuple[str, str], int]:
    """What was found and is not in the plan, by codemod and state."""
    left: dict[tuple[str, str], int] = {}
    for codemod, _, _, state, number in row.told.get("found", ()):
        left[codemod, state] = left.get((codemod, state), 0) + number
    for file, entry in plan.findings():
        key = entry.codemod, entry.safety
        if not file.created and key in left:
            left[key] -= 1
    return {key: number for key, number in left.items() if number > 0}


def _write(ready: Ready, changes: Sequence[Change]) -> int:
    """Write the files as a run that can be taken back; says which, 0 for none."""
    command = f"unleak batch, {ready.row.shard.title}"
    with Journal(ready.base.root) as journal:
        # The same run may have been stopped while it wrote.
        stopped = next((r for r in journal.runs() if (r.state, r.command) == (OPEN, command)), None)
        if stopped is not None:
            made = finish(journal, stopped)
        elif changes:
            made = make(journal, changes, command)
        else:
            runs = ((r.state, r.command, r) for r in journal.runs())
            found = next((r for state, name, r in runs if (state, name) == (DONE, command)), None)
            return found.id if found else 0
    if made.stopped:
        raise HandingError(made.stopped)
    if made.problems:
        first = made.problems[0]
        raise HandingError(f"{first.path}: {first.message} [{first.code}]")
    return made.run.id if made.run else 0


def make_folder(state: State, folder: str) -> None:
    """Make the folder for patches, which git is to overlook if it is ours. Raises HandingError."""
    try:
        if not os.path.isdir(folder):
            state.remember(FOLDER_MADE, folder, "")
            os.makedirs(folder, exist_ok=True)
        sweep(Path(folder), ["any"], MARK)
    except OSError as error:
        raise HandingError(f"{folder}: {told(error)}") from None
    if folder in state.made(FOLDER_MADE):
        _put(state, FOLDER_MADE, os.path.join(folder, ".gitignore"), b"*\n")


def _scope(wanted: Wanted) -> str:
    return f"{wanted.by} {wanted.scope}"


def _put(state: State, what: str, file: str, data: bytes, scope: str = "") -> None:
    """Put a file there, in the place of one of ours."""
    path = Path(file)
    found = read_file(path) if os.path.lexists(file) else None
    same = isinstance(found, Contents) and found.data == data
    if found is not None and not same and file not in state.made(what):
        raise HandingError(f"{file}: there is a file of that name, and it is none of a batch")
    state.remember(what, file, scope)
    if same:
        return
    if isinstance(found, Contents):
        expected = sha256(found.data)
        done = write_file(path, data, expect_sha256=expected, root=path.parent, mark=MARK)
    elif found is None:
        done = create_file(path, data, root=path.parent, mark=MARK)
    else:
        done = found
    code = getattr(done, "code", "")
    if code:
        raise HandingError(f"{file}: {getattr(done, 'message', code)}")


def decisions_in(state: State) -> dict[str, Decision]:
    """What reviewers have decided in the patches that batches have made. Raises RefusedError."""
    found: dict[str, Decision] = {}
    for file in sorted(state.made(PATCH)):
        contents = read_file(Path(file), max_bytes=1 << 30)
        if not isinstance(contents, Contents):
            continue
        try:
            plan = read_plan(contents.data)
        except PlanError as error:
            raise RefusedError(
                f"{file}: what was decided there cannot be read ({error}); mend it or move it away"
            ) from None
        for part, entry in plan.findings():
            if entry.reviewed and not part.created:
                found[entry.fingerprint] = Decision(
                    str(entry.said["decision"]), entry.note, part.path, entry.codemod
                )
    return found


def remove_others(state: State, wanted: Wanted, kept: Sequence[Row]) -> list[str]:
    """Remove the patches and texts that batches with the same scope have made in the folder and
    that are of no shard of this one; says which. What was decided in them is known already."""
    names = {row.shard.name for row in kept}
    gone: list[str] = []
    for what, suffix in ((PATCH, ".patch"), (TEXT, ".md")):
        for file, scope in sorted(state.made(what).items()):
            folder, name = os.path.split(file)
            mine = (folder, scope) == (wanted.folder, _scope(wanted))
            if mine and name.removesuffix(suffix) not in names:
                Path(file).unlink(missing_ok=True)
                state.forget(what, file)
                gone.append(file)
    return gone


def other_branches(state: State, root: str, wanted: Wanted, rows: Sequence[Row]) -> list[str]:
    """Branches of the prefix that an earlier batch has made, and that are of none of `rows`."""
    if wanted.prefix is None:
        return []
    mine = {row.told.get("branch") for row in rows}
    return [
        name
        for name, commit in sorted(state.made(BRANCH).items())
        if name.startswith(wanted.prefix) and name not in mine
        if branches.commit_of(root, name) == commit
    ]


def commands(rows: Sequence[Row], wanted: Wanted, onto: str) -> list[str]:
    """What the user may run to ask for the merges, a line for each branch."""
    found: list[str] = []
    for row in rows:
        if "branch" not in row.told:
            continue
        text = os.path.join(wanted.folder, f"{row.shard.name}.md")
        create = ["gh", "pr", "create", "--head", row.told["branch"], "--title", row.told["title"]]
        create += ["--body-file", text, *(["--base", onto] if onto else [])]
        push = ["git", "push", "origin", row.told["branch"]]
        found.append(f"{shlex.join(push)} && {shlex.join(create)}")
    return found


def noted(before: Plan, after: Plan, command: str) -> Plan:
    """`after` with a note at each finding that it rejects and `before` did not."""
    accepted = {entry.fingerprint for _, entry in before.findings() if entry.accepted}
    note = f"taken back: `{command}` fails with it"

    def said(entry: Entry) -> Entry:
        taken = entry.fingerprint in accepted and not entry.accepted
        # It was the command that has decided, and it is asked again the next time.
        return entry.decided(REJECT, note=note, reviewed=False) if taken else entry

    files = (
        file if file.created else replace(file, entries=tuple(map(said, file.entries)))
        for file in after.files
    )
    return replace(after, files=tuple(files))
