"""Race unleak against the tools that could do its search, and tell what each costs.

usage: make bench ARGS="--tree TREE [--write]", see README.md

Nothing here passes or fails by time. It fails when a contestant does not do the job, or when two
of them see different calls and nobody knows why.
"""

import argparse
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import agreement
import peers
import race
import trees
from race import Cost, Race, Spread

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results -->", "<!-- end of results -->"


def main() -> int:
    options = arguments()
    peers.ensure()
    sections = [machine()]
    unexplained: list[agreement.Call] = []
    with tempfile.TemporaryDirectory(prefix="unleak-bench-", dir=options.scratch) as scratch:
        folder = Path(os.path.realpath(scratch))
        tree = options.tree.resolve()
        names = trees.sources(tree)
        if not names:
            sys.exit(f"{options.tree} holds no JavaScript or TypeScript")
        if options.warm:
            races = warm_races(options, tree, names, folder)
            sections.append("### Once more\n\n" + warm_table(races))
        else:
            unexplained = first_runs(options, tree, names, folder, sections)
    text = "\n\n".join(sections)
    print(text)
    if options.write:
        write(text)
    for name, start, end in unexplained[:20]:
        print(f"only one of them sees {name}, bytes {start} to {end}", file=sys.stderr)
    return 1 if unexplained else 0


def first_runs(
    options: argparse.Namespace,
    tree: Path,
    names: list[Path],
    folder: Path,
    sections: list[str],
) -> list[agreement.Call]:
    """All that is raced without any cache, told in `sections`; the calls nobody can explain."""
    if options.starts:
        sections.append(starts(options, tree, names, folder))
    if races := tree_races(options, tree, names, folder):
        sections.append("### Trees\n\n" + tree_table(races))
    if options.slow:
        sections.append("### The tools teams have\n\n" + slow_table(options, tree, names, folder))
    if not options.agree:
        return []
    lines, unexplained = agree(tree)
    sections.append("### What they see\n\n" + "\n".join(lines))
    return unexplained


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tree", type=Path, required=True, help="a folder of real code")
    parser.add_argument(
        "--sizes", type=sizes, default=(2_000, 10_000, 28_000), help="files a tree, by commas"
    )
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of every arm")
    parser.add_argument("--starts", type=int, default=21, help="the same for one file; 0 is none")
    parser.add_argument(
        "--slow", type=int, default=2_000, help="files for the slow peers; 0 leaves them out"
    )
    parser.add_argument("--slow-rounds", type=int, default=2, help="counted runs of those")
    parser.add_argument(
        "--also",
        type=contestant,
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="one more unleak, such as an older one or the same with an option of `env`",
    )
    parser.add_argument(
        "--warm", action="store_true", help="race second runs against `git status` instead"
    )
    parser.add_argument("--no-agree", dest="agree", action="store_false", help="do not compare")
    parser.add_argument("--scratch", type=Path, help="where the samples go for the time")
    parser.add_argument("--write", action="store_true", help="put the results into README.md")
    options = parser.parse_args()
    options.also = dict(options.also)
    return options


def sizes(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(",") if word)


def contestant(text: str) -> tuple[str, tuple[str, ...]]:
    name, _, command = text.partition("=")
    if not command:
        raise argparse.ArgumentTypeError("NAME=COMMAND")
    return name, tuple(shlex.split(command))


def tick(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def starts(options: argparse.Namespace, tree: Path, names: list[Path], scratch: Path) -> str:
    """One file of a usual length: what matters there is how fast a tool starts."""
    name = trees.one_file(tree, names)
    folder = trees.plant(tree, [name], scratch / "one")
    title = f"one file of {(tree / name).stat().st_size:,} bytes"
    arms = peers.over_file(folder / name, also=options.also)
    done = race.run(title, arms, options.starts, folder, tick)
    rows = ["| | wall ms | CPU ms | in starts of Python |", "| --- | --- | --- | --- |"]
    for arm in done.arms:
        wall = race.spread(done, arm, lambda cost: cost.wall * 1000)
        cpu = race.spread(done, arm, lambda cost: cost.cpu * 1000)
        times = race.ratio(done, arm, "python -c ''", wall_of)
        rows.append(f"| `{arm}` | {ranged(wall, 0)} | {ranged(cpu, 0)} | {ranged(times, 1)} |")
    return f"### {title.capitalize()}\n\n{len(done.rounds)} rounds.\n\n" + "\n".join(rows)


def tree_races(
    options: argparse.Namespace, tree: Path, names: list[Path], scratch: Path
) -> list[Race]:
    """Samples of every size as a folder and as a repository, and one with nothing to find."""
    done = []
    for size in options.sizes:
        sample = names[:size]
        planted = trees.plant(tree, sample, scratch / f"folder-{size}")
        done.append(over(options, planted, f"{about(planted, sample)}, a plain folder", True))
        planted = trees.track(trees.plant(tree, sample, scratch / f"git-{size}"))
        done.append(over(options, planted, f"{about(planted, sample)}, a git repository", False))
    if options.sizes:
        size = sorted(options.sizes)[(len(options.sizes) - 1) // 2]
        sample = [name for name in names if not trees.holds(tree, name, b"pipe")][:size]
        planted = trees.plant(tree, sample, scratch / "nothing")
        done.append(over(options, planted, f"{about(planted, sample)}, nothing to find", True))
    return done


def slow_table(options: argparse.Namespace, tree: Path, names: list[Path], scratch: Path) -> str:
    """One rule each, and one rewrite each, over a sample: a whole monorepo would take hours."""
    sample = names[: options.slow]
    planted = trees.plant(tree, sample, scratch / "slow")
    about_it = about(planted, sample)
    races = [
        race.run(f"{about_it}, one rule", peers.finders(), options.slow_rounds, planted, tick),
        race.run(
            f"{about_it}, what would be written",
            peers.rewriters(planted),
            options.slow_rounds,
            planted,
            tick,
        ),
    ]
    return tree_table(races)


def over(options: argparse.Namespace, tree: Path, title: str, everything: bool) -> Race:
    arms = peers.over_tree(tree, everything=everything, also=options.also)
    return race.run(title, arms, options.rounds, tree, tick)


STATUS = "git status --porcelain"


def warm_races(
    options: argparse.Namespace, tree: Path, names: list[Path], scratch: Path
) -> list[Race]:
    """Runs over a repository that was checked before, and in which one file or none has changed."""
    done = []
    for size in options.sizes:
        sample = names[:size]
        planted = trees.track(trees.plant(tree, sample, scratch / f"warm-{size}"))
        changing = trees.own(planted / sample[0])
        words = ("env", f"XDG_CACHE_HOME={scratch / 'cache'}", *peers.unleak(), "check")
        check = (*words, str(planted))
        change = ("sh", "-c", 'echo "// $$" >>"$0" && exec "$@"', str(changing))
        arms = [
            race.Arm(STATUS, (("git", "-C", str(planted), *STATUS.split()[1:]),), frozenset({0})),
            race.Arm("unleak, nothing changed", (check,), peers.UNLEAK_DONE),
            race.Arm("unleak, one file changed", ((*change, *check),), peers.UNLEAK_DONE),
        ]
        title = f"{about(planted, sample)}, a git repository"
        done.append(race.run(title, arms, options.rounds, planted, tick))
    return done


def warm_table(races: list[Race]) -> str:
    rows = [
        "| | wall s | CPU s | peak MiB | wall in those of `git status` |",
        "| --- | --- | --- | --- | --- |",
    ]
    for done in races:
        rows.append(f"| **{done.title}** | | | | |")
        for arm in done.arms:
            wall, cpu = race.spread(done, arm, wall_of), race.spread(done, arm, cpu_of)
            peak = race.spread(done, arm, lambda cost: cost.peak)
            times = ranged(race.ratio(done, arm, STATUS, wall_of), 2)
            rows.append(
                f"| {arm} | {ranged(wall, 2)} | {ranged(cpu, 2)} | {peak.high:.0f} | {times} |"
            )
    return f"{len(races[0].rounds)} rounds; median (smallest to largest).\n\n" + "\n".join(rows)


def about(tree: Path, names: list[Path]) -> str:
    size = sum((tree / name).stat().st_size for name in names)
    held = sum(trees.holds(tree, name, b".pipe") for name in names)
    return f"{len(names):,} files ({size / 1e6:.0f} MB, {held:,} with `.pipe`)"


def agree(tree: Path) -> tuple[list[str], list[agreement.Call]]:
    """What is to be said of the calls each sees in all of `tree`, and those nobody can explain."""
    tick("comparing what they see")
    arms = {arm.name: arm for arm in peers.over_tree(tree, everything=True)}
    whole, picked = arms[peers.SCAN], arms[peers.PICKED]
    theirs = agreement.seen_by(whole, tree)
    told = agreement.compare(tree, theirs)
    differ = theirs ^ agreement.seen_by(picked, tree)
    lines = [
        *agreement.sentences(told, peers.SCAN),
        f"- {peers.SCAN} and {peers.PICKED} differ in {len(differ):,}",
    ]
    return lines, [*told.unexplained, *sorted(differ)]


def tree_table(races: list[Race]) -> str:
    rows = [
        "| | wall s | CPU s | peak MiB | unleak's wall ÷ this | unleak's CPU ÷ this |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for done in races:
        rows.append(f"| **{done.title}** | | | | | |")
        for arm in done.arms:
            wall = race.spread(done, arm, wall_of)
            cpu = race.spread(done, arm, cpu_of)
            peak = race.spread(done, arm, lambda cost: cost.peak)
            cells = [ranged(wall, 2), ranged(cpu, 2), f"{peak.high:.0f}"]
            for what in (wall_of, cpu_of):
                cells.append(against(done, arm, what))
            rows.append(f"| {arm} | {' | '.join(cells)} |")
    count = len(races[0].rounds)
    return f"{count} rounds; median (smallest to largest).\n\n" + "\n".join(rows)


def against(done: Race, arm: str, what: Callable[[Cost], float]) -> str:
    ours = done.arms[0]
    return "" if arm == ours else ranged(race.ratio(done, ours, arm, what), 3)


def wall_of(cost: Cost) -> float:
    return cost.wall


def cpu_of(cost: Cost) -> float:
    return cost.cpu


def ranged(spread: Spread, digits: int) -> str:
    low, high = (f"{value:.{digits}f}" for value in (spread.low, spread.high))
    return f"{spread.median:.{digits}f} ({low} to {high})"


def machine() -> str:
    """What it ran on, as far as it bears on the numbers."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        f"{date.today()}",
        f"{usable} cores ({platform.system()} {platform.machine()})",
        f"Python {platform.python_version()}",
        said("git", "--version"),
        said(*peers.unleak(), "--version"),
        said(peers.tool("ast-grep"), "--version"),
        said(peers.tool("rg"), "--version").partition(" (")[0],
        f"load before the first run {os.getloadavg()[0]:.1f}",
    ]
    return ", ".join(parts) + "."


def said(*words: str) -> str:
    """The first line a command prints."""
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return told.splitlines()[0].replace("git version", "git")


def write(text: str) -> None:
    page = README.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
