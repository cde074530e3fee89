"""Kill a batch at random instants, go on with it, and compare with one that nobody has stopped.

    python -m tests.soak.batch_kills --count 50 --seed 1
    python -m tests.soak.batch_kills --count 50 --seed 1 --write

Branches, patches and texts must be the same byte for byte, the checkout must never change, and
nothing temporary may be left. With --write the files must be the same.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.soak.kills import LEAK, LostError

PACKAGES = 12
FILES = 4
VERIFY = ["batch", "-q", "--verify", "sh check.sh"]
CHECK = """\
# Fails as soon as bad.js no longer pipes.
echo garbage > left-behind
test ! -e bad.js || grep -q '[.]pipe(' bad.js
"""


class Monorepo:
    """A repository with changes of its user's, and what a batch makes of it."""

    def __init__(self, top: Path, *, write: bool) -> None:
        self.top, self.write = top, write
        self.batch = [*VERIFY, *(["--write"] if write else ["--branches", "unleak/"])]
        self.temporary = top.parent / "temporary"
        self.temporary.mkdir(parents=True)
        self.environment = os.environ | {"TMPDIR": str(self.temporary)}
        for number in range(PACKAGES):
            folder = top / "packages" / f"p{number}"
            folder.mkdir(parents=True)
            needs = f', "dependencies": {{"@x/p{number + 1}": "*"}}' if number % 3 else ""
            (folder / "package.json").write_text(f'{{"name": "@x/p{number}"{needs}}}')
            (folder / "check.sh").write_text(CHECK)
            for file in range(FILES):
                (folder / f"f{file}.js").write_text(LEAK % file)
        (top / "packages" / "p3" / "bad.js").write_text(LEAK % 0)
        (top / "packages" / "p7" / "check.sh").write_text("exit 1\n")
        self.git("init", "-q")
        self.git("config", "user.name", "soak")
        self.git("config", "user.email", "soak@localhost")
        self.git("add", "-A")
        self.git("commit", "-qm", "before")
        (top / "packages" / "p1" / "f1.js").write_text("// of the user's\n")
        (top / "packages" / "p2" / "f2.js").write_text("// staged\n")
        self.git("add", "packages/p2/f2.js")
        (top / "new.js").write_text(LEAK % 1)
        self.checkout = self.seen()
        self.texts = self.files()
        began = time.monotonic()
        self.unleak(*self.batch, accept=(3,))
        self.seconds = time.monotonic() - began
        self.made, self.all_done = self.outcome(), self.done()
        if len(self.made) < PACKAGES:
            raise LostError("the batch that nobody stops makes too little")
        self.clear()

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.top, capture_output=True, check=True)
        return done.stdout.decode()

    def seen(self) -> dict[str, object]:
        """All of the user's that a batch must leave as it is."""
        found: dict[str, object] = {} if self.write else {**self.files()}
        for name in ("HEAD", "index", "config"):
            found[f".git/{name}"] = (self.top / ".git" / name).read_bytes()
        return found | {"stash": self.git("stash", "list")}

    def files(self) -> dict[str, bytes]:
        """The texts of the checkout."""
        return {
            str(path.relative_to(self.top)): path.read_bytes()
            for path in self.top.rglob("*")
            if path.is_file() and not {".git", "unleak-batch"} & {*path.relative_to(self.top).parts}
        }

    def outcome(self) -> dict[str, bytes]:
        """Every branch with its commit, every patch and text."""
        refs = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        found = {line.partition(" ")[0]: line.partition(" ")[2].encode() for line in refs}
        folder = self.top / "unleak-batch"
        files = folder.iterdir() if folder.is_dir() else ()
        found |= {path.name: path.read_bytes() for path in files}
        if not self.write:
            return found
        # Which run of the journal it was depends on how often it was begun.
        texts = {name: text for name, text in found.items() if not name.endswith(".md")}
        return texts | {f"tree: {name}": text for name, text in self.files().items()}

    def done(self) -> list[Path]:
        return list((self.top / "unleak-batch").glob("*.patch"))

    def clear(self) -> None:
        for line in self.git("for-each-ref", "--format=%(refname)", "refs/heads/unleak/").split():
            self.git("update-ref", "-d", line)
        for folder in ("unleak-batch", ".git/unleak"):
            shutil.rmtree(self.top / folder, ignore_errors=True)
        for name, text in self.texts.items() if self.write else ():
            (self.top / name).write_bytes(text)

    def unleak(self, *words: str, accept: tuple[int, ...]) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "unleak", *words],
            cwd=self.top,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        if done.returncode not in accept:
            raise LostError(f"{' '.join(words)}: {done.returncode}\n{done.stderr.decode()}")
        return done.returncode

    def killed(self, words: list[str], after: float) -> bool:
        """Start a command and kill it; whether it was still there."""
        with subprocess.Popen(
            [sys.executable, "-m", "unleak", *words],
            cwd=self.top,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            return process.wait() == -signal.SIGKILL

    def compare(self) -> None:
        """Raises LostError for any difference."""
        if self.seen() != self.checkout:
            raise LostError("the checkout has changed")
        made = self.outcome()
        if made != self.made:
            keys = made.keys() | self.made.keys()
            differing = sorted(key for key in keys if made.get(key) != self.made.get(key))
            raise LostError(f"differs from the batch that nobody has stopped: {differing}")
        if self.git("worktree", "list").count("\n") != 1 or list(self.temporary.iterdir()):
            raise LostError("something temporary is left")


def run(count: int, seed: int, *, write: bool = False) -> Counter[str]:
    chance = random.Random(seed)
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="unleak-batch-kills-") as folder:
        tree = Monorepo(Path(folder).resolve() / "tree", write=write)
        for _ in range(count):
            hit = tree.killed(tree.batch, chance.uniform(0.1, tree.seconds))
            told["killed" if hit else "too late"] += 1
            if tree.seen() != tree.checkout:
                raise LostError("the checkout has changed")
            told["with some shards done"] += 0 < len(tree.done()) < len(tree.all_done)
            while chance.random() < 0.4:
                hit = tree.killed(["batch", "-q", "--resume"], chance.uniform(0.1, tree.seconds))
                told["killed while it went on"] += hit
            # 2: killed before anything was written down, so there is nothing to go on with.
            if tree.unleak("batch", "-q", "--resume", accept=(0, 2, 3)) == 2:
                told["begun anew"] += 1
                tree.unleak(*tree.batch, accept=(3,))
            tree.compare()
            told["ended the same"] += 1
            tree.clear()
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    told = run(options.count, options.seed, write=options.write)
    for what, times in sorted(told.items()):
        print(f"{times:>5}  {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
