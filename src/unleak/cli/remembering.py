"""The cache of one command: what it may take from earlier runs, and leave for later ones."""

import os

from unleak.cache import replay
from unleak.cache.early import Begun
from unleak.cache.memory import Memory, folder_of
from unleak.cli.screen import Screen
from unleak.helpers import PLACES
from unleak.report.terminal import visible
from unleak.run import Outcome, Wanted, root_of
from unleak.workspace.places import top_of
from unleak.workspace.state import Asking, UnsettledError


class Remembering:
    """`begun` is what is known from before the command was parsed; `retellable` whether all it
    says goes to the screen; `texts` whether it quotes the files."""

    def __init__(
        self,
        wanted: Wanted,
        begun: Begun | None,
        screen: Screen,
        *,
        retellable: bool,
        texts: bool,
    ) -> None:
        self._screen = screen
        self._report = ""
        self.memory: Memory | None = None
        self.trouble = ""
        try:
            folder = folder_of(wanted)
            if begun is not None and begun.state.folder == folder:
                state, began = begun.state, begun.began
                if retellable:
                    self._report = begun.report
                    screen.heard = []
            else:
                asking = Asking(folder)
                state, began = asking.taken(), asking.began
            self.memory = Memory(wanted, state, began, texts=texts)
        except UnsettledError as error:
            self.trouble = str(error)

    def keep(self, outcome: Outcome, code: int) -> None:
        """Remember what was told of `outcome`."""
        heard, self._screen.heard = self._screen.heard, None
        if not self._report or heard is None or self.memory is None or self.memory.settled is None:
            return
        helped = any(place not in PLACES for place in self.memory.places.values())
        if helped or any(result.new for result in outcome.results):
            return  # then it matters which modules are there
        if self.memory.dated:
            return  # and here, which day it is
        said = replay.Replay(heard, code)
        converts = self.memory.state.converts
        trouble = replay.keep(self._report, self.memory.settled, converts, said)
        self.memory.trouble = trouble or self.memory.trouble

    def tell(self) -> None:
        """Say why nothing is remembered, if so."""
        trouble = self.trouble or (self.memory.trouble if self.memory is not None else "")
        if trouble:
            said = f"{self._screen.talk('dim', 'cache')}: not used: {visible(trouble)}"
            self._screen.warn(said)


def worthwhile(wanted: Wanted) -> bool:
    """Whether there is a cache for such a call: there is none for a few named files, nor outside
    of git."""
    chosen = (wanted.stdin, wanted.among, wanted.staged)
    plain = chosen == (None, None, None) and not wanted.no_exclude and wanted.baseline is None
    folders = plain and all(os.path.isdir(path) for path in wanted.paths)
    return folders and top_of(root_of(wanted.paths)) is not None
