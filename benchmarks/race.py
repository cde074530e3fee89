"""Races: several commands that do one job, run in turn, and what each cost.

The commands of a race are interleaved (A B C A B C ...), so that a busy minute of the machine
hits all of them, and ratios are taken within a round before their median is.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

STOPWATCH = Path(__file__).with_name("stopwatch.py")


@dataclass(frozen=True, slots=True)
class Arm:
    """One contestant: a pipeline of commands, and the exit codes that mean it did the job."""

    name: str
    stages: tuple[tuple[str, ...], ...]
    fine: frozenset[int]


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: seconds of wall, seconds of CPU of all its processes, MiB of the largest."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Race:
    """What every arm cost, round by round; `arms` keeps the order they ran in."""

    title: str
    arms: tuple[str, ...]
    rounds: tuple[dict[str, Cost], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the smallest and the largest of the rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        every = sorted(values)
        return cls(statistics.median(every), every[0], every[-1])


class FailedError(RuntimeError):
    """An arm ended as none should that does the job: its time would mean nothing."""


def run(
    title: str,
    arms: Sequence[Arm],
    rounds: int,
    tree: Path,
    tick: Callable[[str], None] = lambda text: None,
) -> Race:
    """One round to warm up, which is not counted, and `rounds` more. Raises FailedError."""
    kept: list[dict[str, Cost]] = []
    for number in range(rounds + 1):
        tick(f"{title}: {f'round {number} of {rounds}' if number else 'warm-up'}")
        costs = {arm.name: _once(arm, tree) for arm in arms}
        if number:
            kept.append(costs)
    return Race(title, tuple(arm.name for arm in arms), tuple(kept))


def spread(race: Race, arm: str, of: Callable[[Cost], float]) -> Spread:
    return Spread.of(of(costs[arm]) for costs in race.rounds)


def ratio(race: Race, arm: str, other: str, of: Callable[[Cost], float]) -> Spread:
    """What `arm` costs in terms of `other`: below 1 it is cheaper."""
    return Spread.of(of(costs[arm]) / of(costs[other]) for costs in race.rounds)


def _once(arm: Arm, tree: Path) -> Cost:
    _into_memory(tree)
    order = json.dumps({"stages": arm.stages, "cwd": str(tree)})
    command = [sys.executable, "-I", "-S", str(STOPWATCH), order]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    # The codes of all but the last say no more than that nothing was found, or nobody listened.
    code = told["codes"][-1]
    if code not in arm.fine:
        words = " | ".join(" ".join(stage) for stage in arm.stages)
        raise FailedError(f"{arm.name} ended with exit code {code}: {words}")
    return Cost(told["wall"], told["cpu"], told["peak"])


def _into_memory(tree: Path) -> None:
    """Read the whole tree, so that nobody waits for a disk: a machine that is used for other
    things forgets files between two rounds."""
    for folder, _, names in os.walk(tree):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                while file.read(1 << 20):
                    pass
