"""The dialogue of a review: it shows a finding, takes a key, and goes on to the next."""

import os
import shlex
import subprocess
from collections.abc import Collection

from unleak.cli.keys import END, Keys
from unleak.cli.screen import Screen
from unleak.plan import ACCEPT, REJECT
from unleak.report.asked import LOOKS, WORDS, question, state, whereabouts
from unleak.report.forms import View
from unleak.report.paths import shown
from unleak.report.terminal import visible
from unleak.reviewing import Item, Key, Review, of_codemods
from unleak.workspace.problem import told

HELP = """\
y  accept this finding
n  reject it
a  accept it, and all later ones of this file that nobody has decided on
d  reject it, and all later ones of this file that nobody has decided on
A  accept it, and all others of this codemod that nobody has decided on
D  reject it, and all others of this codemod that nobody has decided on
s  skip it: leave it for another time
j  go to the next one, decided on or not (also: arrow down)
k  go to the one before (also: arrow up)
e  open the file in $EDITOR, at this line
{ends}p  print it again
?  print this
"""
REVIEWING = HELP.format(
    ends="c  write a comment, which is kept in the patch\nq  stop here, and go on another time\n"
)
FIXING = HELP.format(ends="q  stop here, and write what was accepted\n")

_GOTO = frozenset({"code", "code-insiders", "codium", "cursor", "windsurf"})
_COLON = frozenset({"hx", "subl", "zed"})
_PLUS = frozenset({"emacs", "emacsclient", "joe", "kak", "micro", "nano", "nvim", "vi", "vim"})
"""Editors by how they are told a line."""


class Dialogue:
    """Asks about the items of a review, in their order."""

    def __init__(
        self, review: Review, screen: Screen, keys: Keys, help: str, *, again: bool = False
    ) -> None:
        """`help` is REVIEWING or FIXING; `again` asks about those that were decided on, too."""
        self._review, self._screen, self._keys = review, screen, keys
        self._help = help
        self._letters = [line[0] for line in self._help.splitlines()]
        self._style = screen.talk
        self._view = View(os.getcwd(), screen.talk)
        self._open = {item.key for item in review.items() if again or not item.entry.reviewed}
        self._skipped: set[Key] = set()
        self._explained: set[str] = set()

    def run(self) -> bool:
        """Ask until nothing is left to ask about, or the user stops. False for the latter."""
        at, last = self._next(-1), -1
        while at is not None:
            key = self._review.keys[at]
            if not self._is_there(key[0]):
                at = self._next(at)
                continue
            if at != last:
                self._print(at)
            last = at
            letter = self._keys.key(self._prompt())
            if letter in ("q", END):
                return False
            at = self._answer(letter, at)
            if letter in ("e", "p"):
                last = -1
        return True

    def _next(self, at: int) -> int | None:
        """The number of the first open item behind `at`, else of the first there is."""
        keys = self._review.keys
        order = (*range(at + 1, len(keys)), *range(at + 1))
        return next((number for number in order if keys[number] in self._open), None)

    def _is_there(self, path: str) -> bool:
        if not self._review.is_changed(path):
            return True
        lost = {key for key in self._review.keys if key[0] == path}
        self._open -= lost
        self._skipped -= lost
        problem = self._review.problems[path]
        self._screen.warn(
            f"{self._style('yellow', 'problem')}: {self._name(path)}: {visible(problem.message)};"
            f" its findings cannot be decided on [{problem.code}]"
        )
        return False

    def _print(self, at: int) -> None:
        keys = self._review.keys
        item = self._review.item(keys[at])
        place = whereabouts(at + 1, len(keys), self._review.counts(), len(self._skipped))
        if item.entry.reviewed:
            word = state(item.entry)
            place += f", this one {self._style(LOOKS[word], word)}"
        bar = self._style("dim", "─" * min(self._style.width, 100))
        new = item.entry.codemod not in self._explained
        self._explained.add(item.entry.codemod)
        lines = question(item, self._review.root, self._view, explain=new)
        self._screen.warn("\n".join([bar, self._style("bold", place), *lines]))

    def _prompt(self) -> str:
        return self._style("bold blue", f"accept [{','.join(self._letters)}]? ")

    def _answer(self, letter: str, at: int) -> int | None:
        """Do what was asked for; the number of the item to go to."""
        item = self._review.item(self._review.keys[at])
        match letter if letter in self._letters else "?":
            case "y" | "n":
                return self._decide({item.key}, letter == "y", at)
            case "a" | "d":
                later = {key for key in self._review.keys[at:] if key[0] == item.path}
                return self._decide_all(later, item, letter == "a", at)
            case "A" | "D":
                decision = ACCEPT if letter == "A" else REJECT
                same = of_codemods(self._review, {item.entry.codemod}, decision)
                return self._decide_all(same, item, letter == "A", at)
            case "s":
                self._open.discard(item.key)
                if not item.entry.reviewed:
                    self._skipped.add(item.key)
                return self._next(at)
            case "j" | "k":
                return self._step(at, 1 if letter == "j" else -1)
            case "e":
                self._edit(item)
            case "c":
                self._comment(item)
            case "p":
                pass
            case _:
                self._screen.warn(self._help)
        return at

    def _step(self, at: int, way: int) -> int:
        keys, to = self._review.keys, at + way
        while 0 <= to < len(keys):
            if keys[to][0] not in self._review.problems:
                return to
            to += way
        self._screen.warn(f"this is the {'last' if way > 0 else 'first'} one")
        return at

    def _decide_all(self, keys: Collection[Key], item: Item, accept: bool, at: int) -> int | None:
        undecided = self._open | self._skipped
        return self._decide(undecided.intersection(keys) | {item.key}, accept, at)

    def _decide(self, keys: set[Key], accept: bool, at: int) -> int | None:
        # None may be decided on unless its file still is what was shown, or would be.
        gone = {path for path in {path for path, _ in keys} if not self._is_there(path)}
        keys = {key for key in keys if key[0] not in gone}
        self._review.decide(keys, ACCEPT if accept else REJECT)
        self._open -= keys
        self._skipped -= keys
        if len(keys) > 1:
            word = WORDS[accept]
            self._screen.warn(f"{self._style(LOOKS[word], word)} {len(keys)} findings")
        return self._next(at)

    def _edit(self, item: Item) -> None:
        file = os.path.join(self._review.root, item.path)
        chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            words = shlex.split(chosen)
            name = os.path.basename(words[0]) if words else ""
            done = subprocess.run([*words, *_place(name, file, item.entry.line)], check=False)
        except (OSError, ValueError, IndexError) as error:
            why = told(error) if isinstance(error, OSError) else str(error)
            self._screen.warn(f"cannot run {visible(chosen)!r}: {visible(why)}")
            return
        if done.returncode:
            self._screen.warn(f"{visible(chosen)!r} has ended with exit code {done.returncode}")

    def _comment(self, item: Item) -> None:
        if item.entry.note:
            self._screen.warn(f"it is: {visible(item.entry.note)}; Enter keeps it, - takes it out")
        text = self._keys.line("comment: ")
        if text:
            self._review.annotate(item.key, "" if text == "-" else text)

    def _name(self, path: str) -> str:
        return shown(os.path.join(self._review.root, path), self._view.cwd)


def _place(editor: str, file: str, line: int) -> list[str]:
    if editor in _GOTO:
        return ["--goto", f"{file}:{line}"]
    if editor in _COLON:
        return [f"{file}:{line}"]
    return [f"+{line}", file] if editor in _PLUS else [file]
