"""Measure how the cost of a cold run grows with the tree, and draw it.

usage: python benchmarks/growth.py --tree TREE [--sizes 1000,10000,100000] [--write]

The same contestants as in the race, and unleak with all its codemods, over samples of TREE that are
git repositories. `--write` puts growth.svg and growth.md beside this file.
"""

import argparse
import math
import os
import sys
import tempfile
from pathlib import Path

import peers
import race
import trees
from race import Cost, Race
from run import about, machine, ranged, sizes, tick

HERE = Path(__file__).parent
ALL = "unleak, all codemods"
COLOURS = {"unleak": "#0a7d33", ALL: "#7cc48f", peers.SCAN: "#c0392b", peers.PICKED: "#2c5fa8"}
WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 20, 48


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tree", type=Path, required=True, help="a folder of real code")
    parser.add_argument("--sizes", type=sizes, default=(1_000, 10_000, 100_000))
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of every arm")
    parser.add_argument("--scratch", type=Path, help="where the samples go for the time")
    parser.add_argument("--write", action="store_true", help="write growth.svg and growth.md")
    options = parser.parse_args()
    peers.ensure()
    first = machine()
    tree = options.tree.resolve()
    names = trees.sources(tree)
    with tempfile.TemporaryDirectory(prefix="unleak-bench-", dir=options.scratch) as scratch:
        folder = Path(os.path.realpath(scratch))
        races = [measured(options.rounds, tree, names[:size], folder) for size in options.sizes]
    counts = [min(size, len(names)) for size in options.sizes]
    page = f"# How it grows\n\n{first}\n\n![the table as a plot](growth.svg)\n\n{table(races)}\n"
    print(page)
    if options.write:
        (HERE / "growth.md").write_text(page, encoding="utf-8")
        (HERE / "growth.svg").write_text(drawn(counts, races), encoding="utf-8")
    return 0


def measured(rounds: int, tree: Path, sample: list[Path], scratch: Path) -> Race:
    planted = trees.track(trees.plant(tree, sample, scratch / f"git-{len(sample)}"))
    words = (*peers.unleak(), "check", str(planted), "--output-format", "json", "--no-cache")
    ours, *others = peers.over_tree(planted, everything=False)
    arms = [ours, race.Arm(ALL, (words,), peers.UNLEAK_DONE), *others]
    return race.run(about(planted, sample), arms, rounds, planted, tick)


def table(races: list[Race]) -> str:
    rows = [
        f"| | wall s | CPU s | peak MiB | wall ÷ {peers.SCAN} | wall ÷ {peers.PICKED} |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for done in races:
        rows.append(f"| **{done.title}** | | | | | |")
        for arm in done.arms:
            wall, cpu = race.spread(done, arm, wall_of), race.spread(done, arm, cpu_of)
            peak = race.spread(done, arm, lambda cost: cost.peak).high
            cells = [ranged(wall, 2), ranged(cpu, 2), f"{peak:.0f}"]
            for other in (peers.SCAN, peers.PICKED):
                same = arm == other
                cells.append("" if same else ranged(race.ratio(done, arm, other, wall_of), 2))
            rows.append(f"| {arm} | {' | '.join(cells)} |")
    count = len(races[0].rounds)
    return f"{count} rounds; median (smallest to largest).\n\n" + "\n".join(rows)


def wall_of(cost: Cost) -> float:
    return cost.wall


def cpu_of(cost: Cost) -> float:
    return cost.cpu


def drawn(counts: list[int], races: list[Race]) -> str:
    """Wall seconds over files, both on logarithmic scales: a straight line at 45 degrees is a cost
    for each file that stays the same."""
    lines = {
        arm: [race.spread(done, arm, wall_of).median for done in races] for arm in races[0].arms
    }
    seconds = [value for values in lines.values() for value in values]
    low, high = (math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds))))
    first, last = math.log10(counts[0]), math.log10(counts[-1])

    def x(count: float) -> float:
        along = (math.log10(count) - first) / ((last - first) or 1)
        return LEFT + along * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        up = (math.log10(value) - low) / ((high - low) or 1)
        return HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Wall seconds of a cold run over files in the tree</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(
            f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        )
    for count in counts:
        at = x(count)
        parts.append(
            f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>'
            f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{count:,}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">files</text>')
    taken: list[float] = []
    for arm, values in sorted(lines.items(), key=lambda line: -line[1][-1]):
        points = " ".join(
            f"{x(count):.1f},{y(value):.1f}" for count, value in zip(counts, values, strict=True)
        )
        label = y(values[-1])
        if taken:
            label = max(label, taken[-1] + 15)  # two that end near each other stay readable
        taken.append(label)
        colour = COLOURS[arm]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{WIDTH - RIGHT + 8}" y="{label + 4:.1f}" fill="{colour}">'
            f"{arm}: {values[-1]:.1f} s</text>"
        )
        parts += [
            f'<circle cx="{x(count):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>'
            for count, value in zip(counts, values, strict=True)
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
