"""How far a batch is, as tables: its shards, and what is left of what was found, run by run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from unleak.batch.state import CLEAN, DONE, FAILED, Found, Row, Run, State
from unleak.batch.wanted import from_json
from unleak.report.summary import plural
from unleak.report.terminal import Style, visible
from unleak_engine.edit import Safety

MOST_RUNS = 6
"""Columns of a burn-down: the runs that were last."""

GROUPS = ("codemod", "package", "owner")


def columns(rows: Sequence[Row], style: Style) -> Iterator[str]:
    """A line for each shard in which something is to be changed, and one that sums up."""
    shown = [row for row in rows if row.state != CLEAN]
    table: list[tuple[str, ...]] = [("shard", "state", "files", "findings", "unsafe", "owners")]
    for row in shown:
        numbers = (str(row.told.get(name, "")) for name in ("files", "findings", "unsafe"))
        owners = " ".join(map(visible, row.shard.owners))
        table.append((visible(row.shard.title), row.state, *numbers, owners))
    yield from _aligned(table, style, right={2, 3, 4})
    for row in shown:
        if row.reason:
            look = "red" if row.state == FAILED else "dim"
            yield f"{style(look, row.state)} {visible(row.shard.title)}: {visible(row.reason)}"
    yield shares(rows, style)


def shares(rows: Sequence[Row], style: Style) -> str:
    """One line: how many shards are in which state, and what they hold."""
    shown = [row for row in rows if row.state != CLEAN]
    if not shown:
        return style("green", "nothing is to be changed")
    states = Counter(row.state for row in shown)
    told = ", ".join(f"{number} {state}" for state, number in states.items())
    done = [row for row in shown if row.state == DONE]
    whole = sum(int(row.told.get("findings", 0)) for row in shown)
    ready = sum(int(row.told.get("findings", 0)) for row in done)
    return f"{plural(len(shown), 'shard')}: {told}; {ready} of {plural(whole, 'finding')} done"


def left_out(rows: Sequence[Row]) -> int:
    """How many findings could be fixed, and are not because nobody has asked for unsafe fixes."""
    return sum(
        number
        for row in rows
        for *_, state, number in row.told.get("found", ())
        if state == Safety.UNSAFE.value
    )


def burn_down(state: State, style: Style) -> Iterator[str]:
    """What each run has found that looked at all, by codemod, package and owner."""
    runs = looked(state)[-MOST_RUNS:]
    if not runs:
        return
    found = [state.found(run) for run in runs]
    for group in GROUPS:
        table = [(f"findings by {group}", *(run.started[:16].replace("T", " ") for run in runs))]
        counts = [_by(group, one) for one in found]
        for name in sorted({name for one in counts for name in one}):
            table.append((visible(name) or "–", *(str(one[name]) for one in counts)))
        table.append(("all", *(str(one.total()) for one in counts)))
        yield ""
        yield from _aligned(table, style, right=set(range(1, len(runs) + 1)))


def as_json(state: State, run: Run | None) -> dict[str, Any]:
    """The same for programs."""
    shards = [] if run is None else [row for row in state.rows(run) if row.state != CLEAN]
    return {
        "version": 1,
        "run": None
        if run is None
        else {"started": run.started, "state": run.state, "base": run.base},
        "shards": [_shard(row) for row in shards],
        "burn_down": [
            {
                "started": one.started,
                "state": one.state,
                "findings": [
                    dict(zip(("codemod", "package", "owner", "state", "count"), found, strict=True))
                    for found in state.found(one)
                ],
            }
            for one in looked(state)
        ],
    }


def _shard(row: Row) -> dict[str, Any]:
    shard, told = row.shard, row.told
    return {
        "name": shard.name,
        "title": shard.title,
        "state": row.state,
        "reason": row.reason or None,
        "packages": list(shard.packages),
        "owners": list(shard.owners),
        "files": told.get("files", 0),
        "findings": told.get("findings", 0),
        "unsafe": told.get("unsafe", 0),
        "taken": told.get("taken", 0),
        "patch": told.get("patch"),
        "branch": told.get("branch"),
        "commit": told.get("commit"),
        "run": told.get("run"),
    }


def looked(state: State) -> list[Run]:
    """The runs that have looked at all that the last one looked at, and at nothing else."""
    runs = [run for run in state.runs() if state.counted(run)]
    scopes = [from_json(run.wanted).scope for run in runs]
    return [run for run, scope in zip(runs, scopes, strict=True) if scope == scopes[-1]]


def _by(group: str, found: Sequence[Found]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in found:
        counts[str(getattr(one, group))] += one.number
    return counts


def _aligned(table: Sequence[Sequence[str]], style: Style, right: set[int]) -> Iterator[str]:
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for number, row in enumerate(table):
        cells = (
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        line = "  ".join(cells).rstrip()
        yield style("bold", line) if number == 0 else line
