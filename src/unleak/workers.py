"""Work on many items in processes that may die.

A parse can neither be stopped nor be trusted never to crash, so what is long or dangerous is done
in worker processes. Each worker has a pipe of its own and answers item by item: when it dies, the
item it was at is known, and nothing else is lost. No thread is ever started, so forking is safe.
"""

import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

CHUNKS = 64
"""Parts that the work is cut into: enough for the last worker not to be waited for long."""

CHUNK_ITEMS = 64
"""Items in one part, at most."""

SECONDS = 60
"""The time one item may take."""

MEMORY = 4 << 30
"""Bytes one worker may use: twenty times what the largest file that is read by default takes."""

FORKS = sys.platform == "linux"
"""Elsewhere a worker is a new Python, which takes a while to start."""


class Failure(NamedTuple):
    """Why there is no answer: the code "timeout" or "crashed", and a sentence."""

    code: str
    message: str


def cores() -> int:
    """The processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each[Item, Answer](
    work: Callable[[Item], Answer],
    items: Sequence[Item],
    sizes: Sequence[int],
    *,
    workers: int,
    seconds: float = SECONDS,
) -> Iterator[tuple[int, Answer | Failure]]:
    """The index and the answer of each item, as they come. `work` must not raise.

    Large items, by `sizes`, come first. An item that takes longer than `seconds` fails; so does
    one that ends its worker twice. No process is left behind, however the iteration ends.
    """
    pool = _Pool(work, items, _chunks(sizes), seconds)
    try:
        yield from pool.run(workers)
    finally:
        pool.close()
