"""What the page shows of a review, as plain data for JSON."""

from typing import Any

from unleak.report.asked import state
from unleak.report.terminal import visible
from unleak.review_page.coloured import Block, Line, change
from unleak.reviewing import Item, Key, Review
from unleak.workspace.folders import Folders, package_of
from unleak.workspace.owners import Owners, owners_of
from unleak_engine.edit import ordered


class Shown:
    """A review, and what is known of its files beside the patch."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._folders = Folders()
        self._owners: Owners = owners_of(review.root)

    def findings(self) -> list[dict[str, Any]]:
        """All that can be decided on, in the patch's order, without their changes."""
        return [self._finding(key) for key in self._review.keys]

    def states(self) -> list[dict[str, Any]]:
        """How each of them is decided: `state` is accepted, rejected, open or changed."""
        return [self._state(key) for key in self._review.keys]

    def problems(self) -> list[dict[str, str]]:
        return [
            {"path": visible(path), "why": visible(problem.message)}
            for path, problem in self._review.problems.items()
        ]

    def change(self, key: Key) -> list[dict[str, Any]]:
        """Two columns: what stands there and what would, of the finding and those with it."""
        item = self._review.item(key)
        edits = {edit for entry in (item.entry, *item.others) for edit in entry.edits}
        return [_block(block) for block in change(item.path, item.old, ordered(edits))]

    def _finding(self, key: Key) -> dict[str, Any]:
        path = key[0]
        found: dict[str, Any] = {
            "path": visible(path),
            "package": visible(package_of(self._folders, self._review.root, path)),
            "owners": list(self._owners.of(path)) or ["nobody"],
        }
        if path not in self._review.problems:
            found |= _told(self._review.item(key))
        return found

    def _state(self, key: Key) -> dict[str, Any]:
        if key[0] in self._review.problems:
            return {"state": "changed", "comment": ""}
        entry = self._review.item(key).entry
        return {"state": state(entry), "comment": entry.note}


def _told(item: Item) -> dict[str, Any]:
    entry = item.entry
    return {
        "codemod": visible(entry.codemod),
        "safety": visible(entry.safety),
        "line": entry.line,
        "message": visible(entry.message),
        "notes": [note for one in (entry, *item.others) for note in _texts(one.said.get("notes"))],
        "evidence": [told for one in _dicts(entry.said.get("evidence")) if (told := _grounds(one))],
        "others": [
            {
                "line": other.line,
                "codemod": visible(other.codemod),
                "message": visible(other.message),
            }
            for other in item.others
        ],
    }


def _texts(value: object) -> list[str]:
    return (
        [visible(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []
    )


def _dicts(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _grounds(one: dict[str, Any]) -> dict[str, Any]:
    text, level = one.get("text"), one.get("level")
    if not isinstance(text, str) or not isinstance(level, str):
        return {}
    return {"text": visible(text), "level": visible(level), "reasons": _texts(one.get("reasons"))}


def _block(block: Block) -> dict[str, Any]:
    return {
        "heading": visible(block.heading),
        "rows": [
            {"old": _line(row.old), "new": _line(row.new), "changed": row.changed}
            for row in block.rows
        ],
    }


def _line(line: Line | None) -> dict[str, Any] | None:
    return None if line is None else {"number": line.number, "parts": line.parts}
