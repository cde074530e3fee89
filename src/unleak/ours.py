"""Which uncommitted changes are those of our own runs, and nobody else's."""

import contextlib
from pathlib import Path

from unleak.journal import Journal, has_journal
from unleak.workspace.dirty import Stored
from unleak.workspace.problem import Problem
from unleak.workspace.read import read_file
from unleak_engine.patch import blob_id


class Ours(contextlib.ExitStack):
    """Answers from the journal of the tree at `root`, which is opened, and locked, when first
    asked, and not made if there is none. To be closed."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.root = root
        self._journal: Journal | None = None
        self._opened = False

    def are_all(self, path: str, stored: Stored) -> bool:
        """Whether the file is as a run has left it, and was as it is committed before that run and
        those before. Raises JournalError."""
        if not self._opened:
            self._opened = True
            if has_journal(self.root):
                self._journal = self.enter_context(Journal(self.root))
        found = read_file(Path(self.root, *path.split("/")))
        if self._journal is None or isinstance(found, Problem):
            return False
        known = {blob_id(found.data)}
        for text in self._journal.made_of(path, found.data):
            before = blob_id(text)
            known.add(before)
            if stored.committed == before:
                return stored.staged in known
        return False
