"""Run unleak over a tree of real code and check every promise it makes there.

usage: python scripts/corpus.py TREE

For every file: no crash, no internal error; what is offered (unsafe ones included) is applied in
memory, parses, is stable under a second run, and comes out of `git apply` byte for byte. `node
--check` accepts every rewritten JavaScript file it accepted before. No file of the tree changes.
The tree is only read. Exit status 1 when a promise is broken.
"""

import argparse
import collections
import hashlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from unleak import registry
from unleak.workspace import find, manifests
from unleak_engine.patch import file_diff
from unleak_engine.rewrite import Context, Rewritten, rewrite_bytes
from unleak_engine.source import UnreadableError, parse

CHECKED = (".js", ".mjs", ".cjs")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tree", type=Path)
    tree = parser.parse_args().tree.resolve()
    entries = registry.select([], [])
    codemods = [registry.load(entry.name) for entry in entries]
    found = find.find_files([tree], needles=registry.needles(entries), no_exclude=True)
    targets = manifests.targets(found.files, root=tree)
    before = digest(found.files)

    broken: list[str] = []
    counts: collections.Counter[str] = collections.Counter()
    changed: list[Rewritten] = []
    for path in found.files:
        name = path.relative_to(tree).as_posix()
        context = Context(target=targets.by_path[path])
        try:
            done = rewrite_bytes(name, path.read_bytes(), codemods, context)
        except UnreadableError as error:
            counts[f"skipped: {error.code}"] += 1
            continue
        except Exception as error:
            broken.append(f"{name}: crashed: {error!r}")
            continue
        counts.update(problem.code for problem in done.problems)
        counts.update(f"{f.codemod} {f.status} {f.safety}" for f in (*done.applied, *done.left))
        broken += [f"{name}: {p.message}" for p in done.problems if p.code == "internal"]
        broken += [f"{name}: dropped {f.codemod}: {why}" for f, why in done.dropped]
        if done.after != done.before:
            changed.append(done)
            broken += doubts(done, codemods, context)
    broken += refused_by_git(changed)
    broken += refused_by_node(changed)
    if digest(found.files) != before:
        broken.append("a file of the tree was changed")

    for key, count in sorted(counts.items()):
        print(f"{count:6}  {key}")
    print(f"{len(found.files)} candidates, {len(changed)} files rewritten, {len(broken)} broken")
    print("\n".join(broken))
    return 1 if broken else 0


def digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(path.read_bytes())
    return total.hexdigest()


def doubts(done: Rewritten, codemods: list, context: Context) -> list[str]:
    """What is wrong with one new text: errors it did not have, work left for a second run."""
    wrong = []
    if parse(done.path, done.after).error_count > parse(done.path, done.before).error_count:
        wrong.append(f"{done.path}: the new text has new syntax errors")
    if rewrite_bytes(done.path, done.after, codemods, context).after != done.after:
        wrong.append(f"{done.path}: a second run changes it again")
    return wrong


def refused_by_git(changed: list[Rewritten]) -> list[str]:
    """The files whose bytes `git apply` does not turn into ours."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        patch = b""
        for done in changed:
            path = root / done.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(done.before)
            patch += file_diff(done.before, done.edits, path=done.path)
        if patch:
            command = ["git", "apply", "--whitespace=nowarn", "-"]
            run = subprocess.run(command, cwd=root, input=patch, capture_output=True)
            if run.returncode:
                return [f"git apply: {run.stderr.decode()}"]
        return [
            f"{done.path}: git apply gives other bytes"
            for done in changed
            if (root / done.path).read_bytes() != done.after
        ]


def refused_by_node(changed: list[Rewritten]) -> list[str]:
    """The JavaScript files Node could read before and cannot now."""
    files = [done for done in changed if done.path.endswith(CHECKED)]
    with ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda d: (readable(d, d.before), readable(d, d.after)), files))
    return [
        f"{done.path}: node cannot read it any more"
        for done, (old, new) in zip(files, verdicts, strict=True)
        if old and not new
    ]


def readable(done: Rewritten, text: bytes) -> bool:
    suffix = Path(done.path).suffix
    with tempfile.TemporaryDirectory() as folder:
        for name in {f"a{suffix}", "a.mjs", "a.cjs"} if suffix == ".js" else {f"a{suffix}"}:
            path = Path(folder) / name
            path.write_bytes(text)
            if subprocess.run(["node", "--check", path], capture_output=True).returncode == 0:
                return True
    return False


if __name__ == "__main__":
    sys.exit(main())
