"""Kill `fix`, `apply` and `undo` at random instants, and look at what is left.

    python -m tests.soak.kills --count 500 --seed 1

After every kill each file must hold its old text or its new one, whole, and the run must let itself
be finished or taken back, with nothing left beside the files.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

FILES = 300
LEAK = """\
const fs = require('node:fs');

exports.copy%d = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""


class LostError(Exception):
    """Something is not as it must be."""


class Tree:
    """The files, with the two texts that each may have."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.patch = top.parent / "all.patch"
        for number in range(FILES):
            path = top / f"d{number % 17}" / f"f{number}.js"
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

    def unleak(self, *words: str, accept: tuple[int, ...] = (0,)) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "unleak", *words], cwd=self.top, capture_output=True, check=False
        )
        if done.returncode not in accept:
            raise LostError(f"{' '.join(words)}: {done.returncode}\n{done.stderr.decode()}")

    def killed(self, words: list[str], after: float) -> bool:
        """Start a command and kill it; whether it was still there."""
        with subprocess.Popen(
            [sys.executable, "-m", "unleak", *words],
            cwd=self.top,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            return process.wait() == -signal.SIGKILL

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


def run(count: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="unleak-kills-") as folder:
        top = Path(folder).resolve() / "tree"
        tree = Tree(top)
        for _ in range(count):
            what = chance.choice(["fix", "apply", "undo"])
            if what == "undo":
                tree.unleak("fix", "-q")
            took = tree.seconds[what]
            killed = tree.killed(tree.words[what], chance.uniform(took / 4, took))
            counted = tree.whole()
            inside = 0 < counted["new"] < FILES
            told[f"{what}{', killed' if killed else ''}{', in the middle' if inside else ''}"] += 1
            finishes = chance.random() < 0.5 and what != "undo"
            if finishes:
                tree.unleak("apply", "--resume", "-q")
                if tree.texts() not in (tree.new, tree.old):
                    raise LostError("a run that was finished has left a file as it was")
            if tree.texts() != tree.old:
                tree.unleak("undo", "-q")
            left = tree.texts()
            if {name for name in left if name.endswith(".tmp")} and not inside:
                # Killed before the journal knew of any change: the next run sweeps nothing, and
                # there must be nothing.
                raise LostError(f"left beside the files: {sorted(left.keys() - tree.old.keys())}")
            if left != tree.old:
                raise LostError("a run that was taken back has left its traces")
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for what, times in sorted(run(options.count, options.seed).items()):
        print(f"{times:>5}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
