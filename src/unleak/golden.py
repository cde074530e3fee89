"""The golden cases that travel with unleak: every example in its pages is one of them."""

from pathlib import Path

_NO_CASE = (".proof", ".by_hand")

TOGETHER = ("combined", "articles")
"""Folders whose cases are asked of all codemods at once."""


def is_case(path: Path) -> bool:
    """Whether a source stands for a case: not what proves one, nor what a hand makes of one."""
    return not path.stem.endswith(_NO_CASE)


def by_hand(case: Path) -> Path:
    """Where the case lies as a careful hand writes it, following the recipe that is shown."""
    return case.with_name(f"{case.stem}.by_hand{case.suffix}")


def folder() -> Path | None:
    """Where they lie: beside this module in a wheel, at the top in a checkout."""
    here = Path(__file__).resolve().parent
    for place in (here / "_golden", here.parents[1] / "golden"):
        if place.is_dir():
            return place
    return None


def example(name: str, top: Path | None = None) -> str:
    """The diff that shows best what a codemod does: its `example`, else its first; "" if none.
    `top` is where its cases lie if it is not one of unleak's own."""
    top = top or folder()
    if top is None:
        return ""
    diffs = sorted((top / name.replace("-", "_")).glob("*.diff"))
    chosen = next((diff for diff in diffs if diff.name.startswith("example")), None)
    chosen = chosen or next(iter(diffs), None)
    return "" if chosen is None else chosen.read_bytes().decode("utf-8", "replace")
