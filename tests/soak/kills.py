"""Kill `fix`, `apply` and `undo` at random instants, and look at what is left.

    python -m tests.soak.kills --count 500 --seed 1 [--place full-disk] [--no-mounts]

After every kill each file must hold its old text or its new one, whole, and the run must let itself
be finished or taken back, with nothing left beside the files. The same where the disk is full, from
the start or from some instant on, and where a folder in the middle of the tree is read-only: then
not every run is killed, and those that are not must say what they have left.

A full disk and a read-only folder are mounted, which takes root; `--no-mounts` does without.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

FILES = 300
FOLDERS = 17
LEAK = """\
const fs = require('node:fs');

exports.copy%d = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""
ROOM = 256 << 20
"""Bytes of a disk that has room; its files lie in memory."""


class LostError(Exception):
    """Something is not as it must be."""


class Sound:
    """A place where nothing is wrong."""

    name = "anywhere"
    mounts = False

    @contextmanager
    def there(self, folder: Path) -> Iterator[None]:
        """Make the place, while its files lie in `folder`."""
        yield

    def spoil(self, top: Path, chance: random.Random) -> bool:
        """Set up what is wrong for the next run; whether something more goes wrong on the way."""
        return False

    def strike(self) -> None:
        """Something goes wrong, now."""

    def mend(self) -> None:
        """All is as it should be again."""


class FullDisk(Sound):
    """A disk that has little room left, or suddenly none."""

    name = "full-disk"
    mounts = True

    @contextmanager
    def there(self, folder: Path) -> Iterator[None]:
        self.folder = folder
        mount("-t", "tmpfs", "-o", f"size={ROOM}", "unleak-soak", str(folder))
        try:
            yield
        finally:
            unmount(folder)

    def spoil(self, top: Path, chance: random.Random) -> bool:
        if chance.random() < 0.6:
            return True
        self._leave(int(2 ** chance.uniform(12, 21)))
        return False

    def strike(self) -> None:
        for _ in range(20):  # more may be in use before it is done
            if self._leave(0):
                return

    def mend(self) -> None:
        if not self._leave(ROOM):
            raise LostError("the disk cannot be made larger")

    def _leave(self, room: int) -> bool:
        told = os.statvfs(self.folder)
        size = (told.f_blocks - told.f_bfree) * told.f_frsize + room
        return mount("-o", f"remount,size={max(size, 4096)}", str(self.folder), check=False)


class ReadOnlyFolder(Sound):
    """A folder in the middle of the tree that cannot be written to, from the start or suddenly."""

    name = "read-only-folder"
    mounts = True
    folder: Path | None = None

    @contextmanager
    def there(self, folder: Path) -> Iterator[None]:
        try:
            yield
        finally:
            if self.folder is not None:
                unmount(self.folder)

    def spoil(self, top: Path, chance: random.Random) -> bool:
        self.folder = top / f"d{chance.randrange(FOLDERS)}"
        mount("--bind", str(self.folder), str(self.folder))
        if chance.random() < 0.3:
            return True
        self.strike()
        return False

    def strike(self) -> None:
        mount("-o", "remount,ro,bind", str(self.folder), check=False)  # busy for an instant

    def mend(self) -> None:
        if self.folder is not None:
            unmount(self.folder)
            self.folder = None


PLACES = {place.name: place for place in (Sound, FullDisk, ReadOnlyFolder)}


def mount(*words: str, check: bool = True) -> bool:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise LostError(
            f"mount {' '.join(words)}: {done.stderr.strip()}; it takes root, --no-mounts does"
            " without a full disk and a read-only folder"
        )
    return done.returncode == 0


def unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Event(NamedTuple):
    """What is to happen so many seconds after a run has begun, or after its first file has changed
    when it is `writing`."""

    writing: bool
    seconds: float
    what: Literal["kill", "strike"]


class Tree:
    """The files, with the two texts that each may have."""

    def __init__(self, top: Path, patch: Path) -> None:
        self.top = top
        self.patch = patch
        for number in range(FILES):
            path = top / f"d{number % FOLDERS}" / f"f{number}.js"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(LEAK % number)
        subprocess.run(["git", "init", "-q"], cwd=top, check=True)
        self.old = self.texts()
        self.unleak("diff", "-q", "-o", str(self.patch), accept=(1,))
        self.words = {
            "fix": ["fix", "-q"],
            "undo": ["undo", "-q"],
            "apply": ["apply", "-q", str(self.patch)],
        }
        self.seconds: dict[str, float] = {}
        for what, words in self.words.items():
            began = time.monotonic()
            self.unleak(*words)
            self.seconds[what] = time.monotonic() - began
        self.new = self.texts()
        self.unleak("undo", "-q")
        if self.texts() != self.old or self.new == self.old:
            raise LostError("a run that nobody stops does not come back")

    def texts(self) -> dict[str, bytes]:
        found = (path for path in self.top.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.top)): path.read_bytes()
            for path in found
            if ".git" not in path.parts
        }

    def unleak(self, *words: str, accept: tuple[int, ...] = (0,)) -> str:
        """What a run says on stderr. Raises LostError when it ends in another way."""
        done = subprocess.run(
            [sys.executable, "-m", "unleak", *words], cwd=self.top, capture_output=True, check=False
        )
        said = done.stderr.decode()
        if done.returncode not in accept or "Traceback" in said:
            raise LostError(f"{' '.join(words)}: {done.returncode}\n{said}")
        return said

    def started(self, words: list[str], events: list["Event"], place: Sound) -> tuple[int, str]:
        """Start a command, and let the events come; how it ended and what it said."""
        first = self.top / "d0" / "f0.js"  # files are written in the order of their names
        before = first.stat().st_ino
        with tempfile.TemporaryFile() as said:
            with subprocess.Popen(
                [sys.executable, "-m", "unleak", *words],
                cwd=self.top,
                stdout=subprocess.DEVNULL,
                stderr=said,
            ) as process:
                began = time.monotonic()
                for event in sorted(events):
                    since = began
                    if event.writing:
                        while process.poll() is None and first.stat().st_ino == before:
                            time.sleep(0.0005)
                        since = time.monotonic()
                    try:
                        process.wait(max(0, event.seconds - (time.monotonic() - since)))
                    except subprocess.TimeoutExpired:
                        if event.what == "kill":
                            process.send_signal(signal.SIGKILL)
                        else:
                            place.strike()
                code = process.wait()
            said.seek(0)
            return code, said.read().decode(errors="replace")

    def whole(self) -> Counter[str]:
        """How many files are old and new. Raises LostError for any other."""
        now = {name: text for name, text in self.texts().items() if not name.endswith(".tmp")}
        if now.keys() != self.old.keys():
            raise LostError(f"files: {sorted(now.keys() ^ self.old.keys())}")
        counted: Counter[str] = Counter()
        for name, text in now.items():
            if text not in (self.old[name], self.new[name]):
                raise LostError(f"{name} is neither old nor new")
            counted["old" if text == self.old[name] else "new"] += 1
        return counted


def run(count: int, seed: int, place: Sound | None = None) -> Counter[str]:
    """How often what happened. Raises LostError for what must not."""
    chance = random.Random(seed)
    told: Counter[str] = Counter()
    place = place or Sound()
    with tempfile.TemporaryDirectory(prefix="unleak-kills-") as folder:
        disk = Path(folder).resolve() / "disk"
        disk.mkdir()
        with place.there(disk):
            tree = Tree(disk / "tree", Path(folder) / "all.patch")
            for _ in range(count):
                told[_once(tree, place, chance)] += 1
    return told


def _once(tree: Tree, place: Sound, chance: random.Random) -> str:
    """One run, from an old tree to an old tree; says what happened."""
    what = chance.choice(["fix", "apply", "undo"])
    if what == "undo":
        tree.unleak("fix", "-q")
    took = tree.seconds[what]
    events: list[Event] = []

    def event(kind: Literal["kill", "strike"]) -> Event:
        writing = chance.random() < 0.5
        seconds = chance.uniform(0, took / 10) if writing else chance.uniform(took / 4, took * 1.1)
        return Event(writing, seconds, kind)

    if place.spoil(tree.top, chance):
        events.append(event("strike"))
    if not place.mounts or chance.random() < 0.5:
        events.append(event("kill"))
    code, said = tree.started(tree.words[what], events, place)
    counted = tree.whole()
    if code != -signal.SIGKILL:
        _told_truly(tree, what, code, said, counted)
    if place.mounts and chance.random() < 0.5:  # to end it now may fail, and loses nothing
        words = chance.choice([["undo", "-q"], ["apply", "--resume", "-q"]])
        tree.unleak(*words, accept=(0, 2, 3))
        tree.whole()
    place.mend()
    if chance.random() < 0.5 and what != "undo":
        tree.unleak("apply", "--resume", "-q")
        if not place.mounts:
            counted = tree.whole()
            if len(counted) > 1:
                raise LostError("a run that was finished has left a file as it was")
    for _ in range(4):
        if tree.texts() != tree.old:
            tree.unleak("undo", "-q")
    if tree.texts() != tree.old:
        left = sorted(tree.texts().keys() - tree.old.keys())
        raise LostError(f"a run that was taken back has left its traces: {left}")
    inside = 0 < counted["new"] < FILES
    killed = ", killed" if code == -signal.SIGKILL else f", exit code {code}"
    return f"{what}{killed}{', in the middle' if inside else ''}"


def _told_truly(tree: Tree, what: str, code: int, said: str, counted: Counter[str]) -> None:
    """Raises LostError when a run that was not killed does not say what it has left."""
    aim = "old" if what == "undo" else "new"
    if code not in (0, 3) or "Traceback" in said:
        raise LostError(f"{what}: exit code {code}\n{said}")
    if code == 0 and counted[aim] < FILES:
        raise LostError(f"{what} says that all is done, and it is not\n{said}")
    named = len(set(re.findall(r"^problem: (d\d+/f\d+\.js): ", said, re.M)))
    nothing = "; nothing was written" in said
    if nothing and counted[aim]:
        raise LostError(f"{what} says that nothing was written, and it was\n{said}")
    if not nothing and named != FILES - counted[aim]:
        raise LostError(f"{what} names {named} files, and has left {FILES - counted[aim]}\n{said}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=500, help="runs, in every place")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--place", choices=PLACES, help="only there")
    parser.add_argument("--no-mounts", action="store_true", help="only where nothing is mounted")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing stays mounted
    for name, place in PLACES.items():
        if options.place not in (None, name) or (options.no_mounts and place.mounts):
            continue
        print(f"{name}, seed {options.seed}", flush=True)
        for what, times in sorted(run(options.count, options.seed, place()).items()):
            print(f"{times:>5}  {what}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
