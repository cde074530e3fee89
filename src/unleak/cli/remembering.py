"""The cache of one command: what it may take from earlier runs, and leave for later ones."""

import os

from unleak.cache import replay, store
from unleak.cache.memory import Memory, folder_of
from unleak.cli.screen import Screen
from unleak.helpers import PLACES
from unleak.report.terminal import visible
from unleak.run import Outcome, Wanted
from unleak.workspace.state import Asking, UnsettledError


class Remembering:
    """`shown` are the choices that a report depends on beside what was found; None where it is not
    to be told again as it is. `texts` tells whether the report quotes the files."""

    def __init__(
        self, wanted: Wanted, shown: tuple[object, ...] | None, texts: bool, screen: Screen
    ) -> None:
        self._screen = screen
        self._name = ""
        self.memory: Memory | None = None
        self.trouble = ""
        try:
            self.memory = Memory(wanted, Asking(folder_of(wanted)), texts=texts)
        except UnsettledError as error:
            self.trouble = str(error)
            return
        if shown is not None:
            self._name = replay.name_of(self.memory, shown)

    def replayed(self) -> int | None:
        """Tell once more what the same call has told before, and return its exit code; None when
        something may have changed since. Raises OSError."""
        known = replay.recall(self._name) if self._name else None
        if known is None:
            if self._name:
                self._screen.heard = []
            return None
        for stream, piece in known.said:
            if isinstance(piece, bytes):
                self._screen.raw([piece])
            else:
                assert stream == "err"
                self._screen.warn(piece)
        return known.code

    def keep(self, outcome: Outcome, code: int) -> None:
        """Remember what was told of `outcome`."""
        heard, self._screen.heard = self._screen.heard, None
        if heard is None or self.memory is None:
            return
        helped = any(place not in PLACES for place in self.memory.places.values())
        if helped or any(result.new for result in outcome.results):
            return  # then it matters which modules are there
        said = replay.Replay(heard, code)
        self.memory.trouble = replay.keep(self._name, self.memory, said) or self.memory.trouble

    def tell(self) -> None:
        """Say where the cache is, or what is wrong with it."""
        trouble = self.trouble or (self.memory.trouble if self.memory is not None else "")
        told = f"not used: {trouble}" if trouble else store.place()
        self._screen.warn(f"{self._screen.talk('dim', 'cache')}: {visible(told)}")


def worthwhile(wanted: Wanted) -> bool:
    """Whether there is a cache for such a call: for a few named files there is none."""
    plain = wanted.stdin is None and wanted.among is None and not wanted.no_exclude
    return plain and all(os.path.isdir(path) for path in wanted.paths)
