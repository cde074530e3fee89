"""The files that a change has touched: since a commit, or staged for the next one."""

import os
from collections.abc import Sequence

from unleak.workspace import git
from unleak_engine.grammars import language_of

_DIFF = (
    "--no-relative",
    "--no-renames",
    "--diff-filter=d",
    "--ignore-submodules=all",
    "--no-ext-diff",
    "-z",
)


class ChosenError(Exception):
    """git cannot say which files those are; the text says why."""


def since(top: str, ref: str) -> frozenset[str]:
    """The files of the work tree at `top` that differ from the commit where this branch and `ref`
    parted, committed or not, with those git does not know; not those that are gone. Absolute paths.
    Raises ChosenError."""
    commit = _said(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise ChosenError(f"{ref!r} names no commit")
    parted = _said(top, "merge-base", commit, "HEAD")
    if parted is None:
        raise ChosenError(f"{ref!r} and HEAD have no commit in common")
    off = git.filters_off(top)
    # A stale index would show what was only touched; its text is not compared here.
    changed = _names(top, [*off, "diff", "--name-only", *_DIFF, parted, "--"])
    unknown = _names(top, ["ls-files", "-o", "--exclude-standard", "--full-name", "-z"])
    return frozenset(os.path.join(top, name) for name in (*changed, *unknown))


def staged(top: str) -> dict[str, bytes]:
    """The source files that differ from the last commit in the index, by absolute path, with the
    text they have there; not those that are gone. Raises ChosenError."""
    answer = git.ask(top, "diff", "--cached", "--raw", "--no-abbrev", *_DIFF, index=True)
    if answer is None or answer.code:
        raise ChosenError(_complaint(answer))
    words = answer.names
    blobs: dict[str, str] = {}
    for about, name in zip(words[::2], words[1::2], strict=True):
        _, mode, _, blob, _ = about.split(" ")
        if mode.startswith("100") and language_of(name) is not None:
            blobs[os.path.join(top, name)] = blob
    return dict(zip(blobs, _texts(top, [*blobs.values()]), strict=True))


def _texts(top: str, blobs: Sequence[str]) -> list[bytes]:
    if not blobs:
        return []
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    answer = git.ask(top, "cat-file", "--batch", stdin=asked, index=True)
    if answer is None or answer.code:
        raise ChosenError(_complaint(answer))
    texts: list[bytes] = []
    at = 0
    for blob in blobs:
        end = answer.out.index(b"\n", at)
        _, kind, *size = answer.out[at:end].split(b" ")
        if kind != b"blob":
            raise ChosenError(f"the staged text {blob} is missing")
        at = end + 1 + int(size[0])
        texts.append(answer.out[end + 1 : at])
        at += 1  # a line end behind each
    return texts


def _names(top: str, words: Sequence[str]) -> list[str]:
    answer = git.ask(top, *words)
    if answer is None or answer.code:
        raise ChosenError(_complaint(answer))
    return answer.names


def _said(top: str, *words: str) -> str | None:
    """The one word git answers, None when it has none."""
    answer = git.ask(top, *words)
    if answer is None:
        raise ChosenError(_complaint(None))
    return os.fsdecode(answer.out).strip() if answer.code == 0 else None


def _complaint(answer: git.Answer | None) -> str:
    return "there is no git" if answer is None else " ".join(answer.complaints) or "git failed"
