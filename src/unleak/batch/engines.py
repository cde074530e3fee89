"""Who looks into the files of a batch: this machine, or others."""

from collections.abc import Callable, Sequence
from typing import Protocol

from unleak.batch.analysing import Looked, Task, analyse

CHUNK = 1000
"""Files that are looked into at once: enough for all processors, few enough for any memory."""


def nobody(_: int) -> None:
    """Listens to nothing."""


class Engine(Protocol):
    """`files` are how many it is given at once, at most."""

    files: int

    def look(self, task: Task, said: Callable[[int], None] = nobody) -> Sequence[Looked]:
        """What the files of `task` have; `said` is told how many are done. Raises ConfigError."""

    def close(self) -> None:
        """Nothing more will be asked."""


class Here:
    """This machine."""

    files = CHUNK

    def look(self, task: Task, said: Callable[[int], None] = nobody) -> Sequence[Looked]:
        return analyse(task)

    def close(self) -> None:
        pass
