"""The side of a cluster that sends errands out and takes answers in.

The scheduler is dask's own, and so is what is done about workers that die: it gives their errands
to others. What it gives up on is looked into here part by part, until the file is known.
"""

import logging
import os
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from unleak import registry
from unleak.batch import trees
from unleak.batch.analysing import Looked, Task
from unleak.batch.engines import CHUNK, nobody
from unleak.clock import today
from unleak.cluster.errands import NO_PACKS, Answer, Errand, look
from unleak.cluster.places import Meant, Source, holds, identity
from unleak.cluster.versions import Versions, difference, versions
from unleak.config import ConfigError
from unleak.errors import ClusterError, RefusedError
from unleak.workspace.places import within
from unleak.workspace.read import Contents, read_file

FILES = 256
"""Files in an errand: so many that a process for each costs little, so few that all get some."""

PARTS = 8
"""Into how many an errand is cut that has ended its worker."""

AHEAD = 4
"""Errands for each thread that there is, so that nobody waits for us."""

RETRIES = 2
"""How often an errand is done again that has failed, though its worker lives."""

PATIENCE = 60.0
"""Seconds without any worker after which we give up."""

LOOKS = 1.0
"""Seconds after which we look whether scheduler and workers are still there."""


class Cluster(NamedTuple):
    """What the user said of a cluster: the scheduler's address, and where workers find the tree."""

    scheduler: str
    source: Source


def meant(cluster: Cluster, root: str, commit: str | None, but: str) -> Meant:
    """What workers are to look into for a batch over `root`: of that, `commit`, or all as it lies
    there but the folder `but`. Raises RefusedError where they could not."""
    inside = os.path.relpath(but, root) if within(but, root) and but != root else ""
    if commit is not None:
        return Meant(commit, trees.pristine(commit), inside)
    commit = trees.head(root)
    seen = Meant(commit, identity(root, inside), inside)
    if cluster.source.remote is not None:
        if seen.identity != trees.pristine(commit):
            raise RefusedError(
                "a remote has commits alone, and there are changes that are not committed: commit"
                " them, or use --branches, or --tree with a folder that has them"
            )
        if os.path.lexists(os.path.join(root, ".gitmodules")):
            raise RefusedError("--remote brings workers no submodules: use --branches or --tree")
    return seen


class Workers:
    """An engine of a batch: the workers of a cluster. Raises ClusterError, RefusedError."""

    def __init__(self, cluster: Cluster, meant: Meant) -> None:
        self._cluster, self._meant = cluster, meant
        self._versions = versions()
        self._answered: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._alone_since: float | None = None
        self._client = _connected(cluster.scheduler)
        try:
            threads = self._greet()
        except BaseException:
            self.close()
            raise
        self.files = max(CHUNK, FILES * AHEAD * threads)

    def close(self) -> None:
        self._client.close(timeout=5)

    def _greet(self) -> int:
        """Make sure that the workers are like us; says how many threads they have."""
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
            told = self._client.run(versions, on_error="return")
        except (OSError, TimeoutError):
            raise RefusedError(f"{self._cluster.scheduler} has no worker") from None
        alike = 0
        for worker, theirs in sorted(told.items()):
            if isinstance(theirs, Versions):
                other = difference(theirs, self._versions)
            elif isinstance(theirs, OSError):  # it has gone while it was asked
                continue
            else:
                other = f"it has no unleak like this one ({theirs})"
            if other:
                raise RefusedError(f"worker {worker}: {other}; nothing was sent")
            alike += 1
        if not alike:
            raise RefusedError(f"{self._cluster.scheduler} has no worker")
        threads: int = sum(self._client.nthreads().values())
        return max(1, threads)

    def look(self, task: Task, said: Callable[[int], None] = nobody) -> Sequence[Looked]:
        """What `analyse` finds; `said` is told how many files are done. Raises ConfigError too."""
        if registry.packs_in_use():  # by now every configuration was read
            raise RefusedError(NO_PACKS)
        paths = task.paths
        day = today()
        errands = [
            Errand(
                task._replace(paths=paths[at : at + FILES], today=day),
                self._meant,
                self._cluster.source,
                self._versions,
            )
            for at in range(0, len(paths), FILES)
        ]
        found: dict[str, list[Looked]] = {}
        done = 0
        for errand, answer in self._each(errands):
            found[errand.task.paths[0]] = self._taken(errand, answer)
            done += len(errand.task.paths)
            said(done)
        order = {path: at for at, path in enumerate(paths)}
        return [one for first in sorted(found, key=order.__getitem__) for one in found[first]]

    def _each(self, errands: Sequence[Errand]) -> Iterator[tuple[Errand, Answer]]:
        """The answer to each. What has ended its worker comes after all others, in parts and one
        by one, since whatever else that worker was at is under suspicion as well."""
        suspects: deque[Errand] = deque()
        for errand, answer in self._sent(errands):
            if answer.died:
                suspects.append(errand)
            else:
                yield errand, answer
        while suspects:
            for part in _parts(suspects.popleft()):
                for _, answer in self._sent([part]):
                    if not answer.died:
                        yield part, answer
                    elif len(part.task.paths) > 1:
                        suspects.append(part)
                    else:
                        why = f"it ended the process that read it ({answer.died}) [crashed]"
                        yield part, Answer((Looked(part.task.paths[0], failures=(why,)),))

    def _sent(self, errands: Sequence[Errand]) -> Iterator[tuple[Errand, Answer]]:
        """The answers as they come."""
        pending: dict[Any, Errand] = {}
        for errand in errands:
            future = self._client.submit(look, errand, pure=False, retries=RETRIES)
            pending[future] = errand
            future.add_done_callback(self._answered.put)
        while pending:
            future = self._next()
            if future in pending:
                yield pending.pop(future), self._answer(future)

    def _next(self) -> Any:
        """The next that is done, in whatever way. Raises ClusterError when none will be."""
        while True:
            try:
                return self._answered.get(timeout=LOOKS)
            except queue.Empty:
                self._look_around()

    def _look_around(self) -> None:
        if self._client.status != "running":
            raise self._lost()
        try:
            workers = self._client.nthreads()
        except (OSError, TimeoutError):
            raise self._lost() from None
        if workers:
            self._alone_since = None
            return
        now = time.monotonic()
        self._alone_since = self._alone_since or now
        if now - self._alone_since > PATIENCE:
            raise ClusterError(f"{self._cluster.scheduler} has no worker any more")

    def _answer(self, future: Any) -> Answer:
        from distributed import KilledWorker

        if future.cancelled():
            raise self._lost()
        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            return Answer(died="and the worker with it")
        if error is not None:
            raise ClusterError(f"a task failed {RETRIES + 1} times: {error}")
        try:
            answer: Answer = future.result()
        except (OSError, TimeoutError):
            raise self._lost() from None
        return answer

    def _lost(self) -> ClusterError:
        return ClusterError(f"the scheduler {self._cluster.scheduler} is gone")

    def _taken(self, errand: Errand, answer: Answer) -> list[Looked]:
        """What was found, if it is about what lies here."""
        if answer.refused:
            raise RefusedError(f"worker {answer.worker}: {answer.refused}")
        tree = errand.task.tree
        if answer.wrong[0]:
            raise ConfigError(os.path.join(tree, answer.wrong[0]), answer.wrong[1])
        for one in answer.looked:
            if one.plan is None or one.plan.created:
                continue
            contents = read_file(Path(tree, *one.path.split("/")))
            if isinstance(contents, Contents) and contents.sha256 == one.plan.sha256:
                continue
            if holds(tree, self._meant):  # else it has changed here, and is looked at again later
                raise RefusedError(
                    f"worker {answer.worker}: it has another text in {one.path} than this machine"
                )
        return list(answer.looked)


def _parts(errand: Errand) -> Iterator[Errand]:
    """`errand` cut into parts; one that is about a single file, as it is."""
    paths = errand.task.paths
    size = -(-len(paths) // PARTS)
    for at in range(0, len(paths), size):
        yield errand._replace(task=errand.task._replace(paths=paths[at : at + size]))


def _connected(scheduler: str) -> Any:
    """A client of the scheduler, which has no types. Raises RefusedError."""
    from distributed import Client

    client: Any = Client
    # It is told once, by us.
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return client(scheduler, set_as_default=False, name="unleak")
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError) as error:
        why = str(error).splitlines()
        raise RefusedError(f"{scheduler}: {why[0] if why else 'no answer'}") from None
