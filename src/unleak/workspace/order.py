"""What comes after what it depends on."""

from collections.abc import Iterator, Mapping, Sequence


def in_order(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The keys of `needs`, each behind all that it needs; those that need one another together.

    A group of more than one is a cycle. The order is the same for the same `needs`, whatever
    order they come in. Only keys may be needed.
    """
    # Tarjan's strongly connected components, with a stack of our own: chains can be long.
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    left: set[str] = set()
    for start in sorted(needs):
        if start in numbers:
            continue
        path = [(start, iter(sorted(needs[start])))]
        numbers[start] = lowest[start] = len(numbers)
        open_.append(start)
        while path:
            node, rest = path[-1]
            for needed in rest:
                if needed not in numbers:
                    numbers[needed] = lowest[needed] = len(numbers)
                    open_.append(needed)
                    path.append((needed, iter(sorted(needs[needed]))))
                    break
                if needed not in left:
                    lowest[node] = min(lowest[node], numbers[needed])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == numbers[node]:
                    group = [open_.pop()]
                    while group[-1] != node:
                        group.append(open_.pop())
                    left.update(group)
                    yield tuple(sorted(group))
