"""Work on many items in processes that may die.

A parse can neither be stopped nor be trusted never to crash, so what is long or dangerous is done
in worker processes. Each has a pipe of its own and answers item by item: when one dies, it is
known what it was at, and nothing else is lost. No thread is ever started, so it is safe to fork.
"""

import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Item = TypeVar("Item")
Answer = TypeVar("Answer")

CHUNKS = 64
"""Parts to cut the work into: so many that nobody waits long for the last one."""

CHUNK_ITEMS = 64
"""Items in a part, at most; what is on its way at any time is a part for each worker."""

MEMORY = 4 << 30
"""Bytes of address space a worker may have by default."""

FORKS = sys.platform == "linux"
"""Elsewhere a worker is a Python of its own, which takes a while to start."""


class Failure(NamedTuple):
    """Why an item has no answer: "timeout" or "crashed", and a sentence."""

    code: str
    message: str


def cores() -> int:
    """The processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def each(
    work: Callable[[Item], Answer],
    items: Sequence[Item],
    sizes: Sequence[int],
    *,
    workers: int,
    seconds: float,
    memory: int = MEMORY,
) -> Generator[tuple[int, Answer | Failure], None, None]:
    """The index of every item with what `work` makes of it, as they get done.

    Items of large `sizes` come first. `work` must not raise. An item fails when it takes longer
    than `seconds`, or ends the process that is at it twice, as one does that needs more than
    `memory` bytes. No process outlives the iteration.
    """
    pool = _Pool(work, items, seconds, memory)
    try:
        yield from pool.run(chunks(sizes), workers)
    finally:
        pool.close()


def chunks(sizes: Sequence[int]) -> list[list[int]]:
    """The indexes of `sizes`, largest first, in parts of about the same weight."""
    share = sum(sizes) / CHUNKS
    parts: list[list[int]] = []
    weight = 0
    for index in sorted(range(len(sizes)), key=lambda index: -sizes[index]):
        if not parts or weight >= share or len(parts[-1]) >= CHUNK_ITEMS:
            parts.append([])
            weight = 0
        parts[-1].append(index)
        weight += sizes[index]
    return parts


class _Worker(NamedTuple):
    """A process, our end of its pipe, and what it has been given and not yet answered."""

    process: "BaseProcess"
    pipe: "Connection[Any, Any]"
    given: deque[int]


class _Pool(Generic[Item, Answer]):
    def __init__(
        self, work: Callable[[Item], Answer], items: Sequence[Item], seconds: float, memory: int
    ) -> None:
        self._work = work
        self._items = items
        self._seconds = seconds
        self._memory = memory
        self._workers: list[_Worker] = []
        self._pending: deque[list[int]] = deque()
        self._suspects: set[int] = set()

    def run(
        self, parts: Sequence[list[int]], workers: int
    ) -> Iterator[tuple[int, Answer | Failure]]:
        from multiprocessing.connection import wait

        self._pending.extend(parts)
        while self._pending or self._busy:
            self._hand_out(workers)
            if not self._workers:  # the system gives us no process
                yield from self._alone()
                return
            ready = set(wait([worker.pipe for worker in self._busy]))
            for worker in [worker for worker in self._busy if worker.pipe in ready]:
                try:
                    answer = worker.pipe.recv()
                except (EOFError, OSError):
                    yield from self._bury(worker)
                else:
                    yield worker.given.popleft(), answer

    def close(self) -> None:
        """End every process, whatever it is at."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()
        self._workers.clear()

    @property
    def _busy(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.given]

    def _hand_out(self, workers: int) -> None:
        """Give each idle worker a part of the work, and start those there may be."""
        for worker in [worker for worker in self._workers if not worker.given]:
            if self._pending:
                self._give(worker)
        while self._pending and len(self._workers) < workers:
            try:
                worker = self._start()
            except OSError:
                return
            self._workers.append(worker)
            self._give(worker)

    def _give(self, worker: _Worker) -> None:
        part = self._pending.popleft()
        worker.given.extend(part)
        # One that has died meanwhile is found out when its answer is read.
        with contextlib.suppress(OSError):
            worker.pipe.send([self._items[index] for index in part])

    def _start(self) -> _Worker:
        from multiprocessing import get_context

        context = get_context("fork") if FORKS else get_context("spawn")
        ours, theirs = context.Pipe()
        # A worker that holds another one's pipe would keep it from seeing that we are gone.
        foreign = [ours, *(worker.pipe for worker in self._workers)] if FORKS else []
        process = context.Process(
            target=_serve,
            args=(theirs, foreign, self._work, self._seconds, self._memory),
            daemon=True,
        )
        # Until it has learnt not to listen, Ctrl-C would make it talk.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        return _Worker(process, ours, deque())

    def _bury(self, worker: _Worker) -> Iterator[tuple[int, Failure]]:
        """Tell what a dead worker died of, and put back what it did not come to.

        A file that takes its time does so again. One that was there at a crash gets a second
        chance by itself: what ended the worker may have come from outside.
        """
        self._workers.remove(worker)
        worker.process.join()
        worker.pipe.close()
        code = worker.process.exitcode or 0
        suspect, *others = worker.given
        if others:
            self._pending.appendleft(others)
        if code == -signal.SIGALRM:
            yield suspect, Failure("timeout", f"not done within {self._seconds:g} seconds")
        elif suspect in self._suspects:
            yield suspect, Failure("crashed", f"it ended the process that read it ({cause(code)})")
        else:
            self._suspects.add(suspect)
            self._pending.appendleft([suspect])

    def _alone(self) -> Iterator[tuple[int, Answer]]:
        for part in self._pending:
            for index in part:
                yield index, self._work(self._items[index])


def cause(exit_code: int) -> str:
    """What ended a process, in a word or two."""
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"exit code {exit_code}"


def _serve(
    pipe: "Connection[Any, Any]",
    foreign: "Sequence[Connection[Any, Any]]",
    work: Callable[[Any], Any],
    seconds: float,
    memory: int,
) -> None:
    """The life of a worker: parts in, answers out, until nobody is at the other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The alarm ends the process even where Python cannot: in the middle of a parse.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGALRM})
    _bound_memory(memory)
    for other in foreign:
        other.close()
    try:
        while True:
            for item in pipe.recv():
                signal.setitimer(signal.ITIMER_REAL, seconds)
                answer = work(item)
                signal.setitimer(signal.ITIMER_REAL, 0)
                pipe.send(answer)
    except (EOFError, OSError):
        os._exit(0)
    except BaseException:
        os._exit(1)  # it is told by the one who waits; two voices would be one too many


def _bound_memory(memory: int) -> None:
    import resource

    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        # A crash that was foreseen needs no core file.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
