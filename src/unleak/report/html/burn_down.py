"""How the findings became fewer: what each batch run found, as a drawing and as a table."""

import os
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from unleak.errors import JournalError

MOST = 24
"""Runs that are shown: the last ones."""

_WIDTH, _HEIGHT, _FOOT = 360, 160, 20
FEW = 8
"""Runs up to which each bar has its number and its day; of more, the first and the last."""


class Point(NamedTuple):
    """A run, and how many findings it left."""

    when: str
    number: int


def burn_down(root: str) -> Iterator[str]:
    """Nothing where no batch has run."""
    points = _points(root)[-MOST:]
    if points:
        yield '<section aria-label="Burn-down">\n<h2>Burn-down</h2>\n'
        yield drawing(points)
        rows = "".join(
            f"<tr><th>{escape(point.when)}</th><td>{point.number}</td></tr>" for point in points
        )
        yield (
            "<details><summary>What each batch run found</summary>\n"
            f"<table><thead><tr><th>run</th><th>findings</th></tr></thead><tbody>{rows}</tbody>"
            "</table></details>\n</section>\n"
        )


def _points(root: str) -> list[Point]:
    from unleak.journal import folder_of

    try:
        if not os.path.isfile(folder_of(root) / "batch.sqlite"):
            return []
        from unleak.batch.state import State
        from unleak.batch.status import looked

        with State(root) as state:
            return [
                Point(
                    run.started[:16].replace("T", " "), sum(one.number for one in state.found(run))
                )
                for run in looked(state)
            ]
    except JournalError:  # a report is worth more than its history
        return []


def drawing(points: list[Point]) -> str:
    """A bar for each run. Its numbers are in the table as well."""
    top = max(point.number for point in points) or 1
    step = _WIDTH / max(len(points), FEW)
    bars: list[str] = []
    for index, point in enumerate(points):
        tall = point.number / top * (_HEIGHT - 2 * _FOOT)
        x, y = index * step, _HEIGHT - _FOOT - tall
        middle = x + step / 2
        bars.append(
            f'<rect x="{x + step * 0.15:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}"'
            f' height="{max(tall, 1):.1f}" rx="2"/>'
        )
        if index in (0, len(points) - 1) or len(points) <= FEW:
            day = escape(point.when[5:10])
            bars.append(
                f'<text x="{middle:.1f}" y="{y - 4:.1f}">{point.number}</text>'
                f'<text class="day" x="{middle:.1f}" y="{_HEIGHT - 5}">{day}</text>'
            )
    first, last = points[0], points[-1]
    told = f"{first.number} findings on {first.when}, {last.number} on {last.when}"
    return (
        f'<svg class="burn" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{escape(told)}">{"".join(bars)}</svg>\n'
    )
