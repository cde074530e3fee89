"""Which of many changes make a check fail.

One that fails alone, one that fails only beside another, and several at once are found; each takes
about as many runs of the check as the number of changes has binary digits.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

Check = Callable[[frozenset[int]], bool]


class Culprit(NamedTuple):
    """A change to take back. `failing` are those with which the check was last seen to fail; it is
    one of them, and without it they pass."""

    number: int
    failing: frozenset[int]


def culprits(count: int, passes: Check) -> tuple[Culprit, ...]:
    """The fewest changes, of those numbered below `count`, without which all others pass together.

    With none the check is known to pass. A failure is asked about twice before a change is blamed
    for it. Where the check says different things of the same changes, "passes" counts.
    """
    known: dict[frozenset[int], bool] = {frozenset(): True}
    certain: set[frozenset[int]] = set()

    def holds(numbers: Sequence[int]) -> bool:
        asked = frozenset(numbers)
        if asked not in known:
            known[asked] = passes(asked)
        return known[asked]

    def fails_again(numbers: Sequence[int]) -> bool:
        asked = frozenset(numbers)
        if asked not in certain:
            known[asked] = passes(asked)
            certain.add(asked)
        return not known[asked]

    everything = range(count)
    if holds(everything) or not fails_again(everything):
        return ()
    found: list[Culprit] = []
    good: list[int] = []
    rest = list(everything)
    while not holds(good + rest):
        low, high = 0, len(rest)  # `good` passes with the first `low` of the rest, not with `high`
        while high - low > 1:
            middle = (low + high) // 2
            if holds(good + rest[:middle]):
                low = middle
            else:
                high = middle
        failing = good + rest[:high]
        if fails_again(failing):
            found.append(Culprit(rest[low], frozenset(failing)))
            good, rest = good + rest[:low], rest[high:]
    return _without_the_innocent(found, good + rest, holds)


def _without_the_innocent(
    found: list[Culprit], kept: list[int], holds: Callable[[Sequence[int]], bool]
) -> tuple[Culprit, ...]:
    """A change may have failed only because one that was blamed later stood, or stood not, beside
    it."""
    guilty: list[Culprit] = []
    for culprit in found:
        if holds([*kept, culprit.number]):
            kept = [*kept, culprit.number]
        else:
            guilty.append(culprit)
    return tuple(guilty)
