"""Bend patches by what they make the reader do, and see that nothing unreviewed comes of them.

    python -m tests.soak.patches --runs 100000 --seed 1 --keep FOLDER

libFuzzer flips, cuts and joins patches, led by the lines of ours that each of them reaches. The
reader refuses them with a PlanError, or gives a plan that can be written and read again; what of it
could be written lies in the tree, is for the bytes that are there, and is both what the findings
and what the hunks say. One that breaks a law is kept.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["unleak", "unleak_engine"]):
    from unleak.applying import plan_changes
    from unleak.plan import PlanError, read_plan
    from unleak.workspace.read import sha256
    from unleak_engine.edit import apply_edits
    from unleak_engine.patch import apply_diff

FILES = {
    "copy.js": b"""\
const fs = require('node:fs');

exports.one = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
""",
    "sub dir/drän.js": b"""\
const { once } = require('node:events');
const fs = require('node:fs');

exports.copy = async (rows, to) => {
  const out = fs.createWriteStream(to);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
};
""",
    "x.js": b"require('x').pipe(require('y'))",
}
WORDS = [
    *('# unleak: {"', '"path": "', '"sha256": "', '"decision": "accept"', '"decision": "reject"'),
    *('"edits": [{"start": 0, "end": 0, "text": "', '"creates": true', '"for": [', '"with": "'),
    *(
        "diff --git a/x.js b/x.js\n",
        "--- a/x.js\n",
        "+++ b/x.js\n",
        "--- /dev/null\n",
        "../",
        "/etc/",
    ),
    *(
        "@@ -0,0 +1 @@\n",
        "@@ -1,3 +1,3 @@",
        "\\ No newline at end of file\n",
        "new file mode 100644\n",
    ),
    *("deleted file mode 100644\n", "rename from x\n", "index 0000000..1111111 100644\n", '"\\056'),
    *(".git/config", "link.js", "linked/x.js", "\r\n", "\ud83d", "-- \n", "\u2028"),
]


def minimal(path: str, old: bytes, edit: str, body: str, more: str = "") -> bytes:
    """A short patch, which is bent faster."""
    head = f'# unleak: {{"path": "{path}", "sha256": "{sha256(old)}", "decision": "accept", '
    return f'{head}"edits": [{edit}]{more}}}\ndiff --git a/{path} b/{path}\n{body}'.encode()


def seeds() -> list[bytes]:
    """Sound patches, whole ones and short ones."""
    with tempfile.TemporaryDirectory() as folder:
        tree = planted(Path(folder) / "tree")
        patches = []
        for words in ([], ["--helpers", "lib/drained.js"], ["--select", "drain-wait-hangs"]):
            command = [sys.executable, "-m", "unleak", "diff", "-q", *words]
            done = subprocess.run(command, cwd=tree, capture_output=True, check=False)
            assert done.returncode == 1, done.stderr
            patches.append(done.stdout)
    old = FILES["x.js"]
    text = "@@ -1 +1 @@\n-%s\n\\ No newline at end of file\n+a%s\n\\ No newline at end of file\n"
    heads = "--- a/x.js\n+++ b/x.js\n"
    edit = '{"start": 0, "end": 0, "text": "%s"}'
    return [
        *patches,
        minimal("x.js", old, edit % "a", heads + text % ((old.decode(),) * 2)),
        minimal(
            "new.js",
            b"",
            edit % "a\\n",
            "new file mode 100644\n--- /dev/null\n+++ b/new.js\n@@ -0,0 +1 @@\n+a\n",
            ', "creates": true, "for": ["f"]',
        ),
    ]


def planted(tree: Path) -> Path:
    """The files that the patches are for, and links that lead out."""
    for name, text in FILES.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(text)
    (tree.parent / "outside").mkdir()
    (tree.parent / "outside" / "x.js").write_bytes(FILES["x.js"])
    (tree / "linked").symlink_to("../outside", target_is_directory=True)
    (tree / "link.js").symlink_to("x.js")
    return tree


def judge(patch: bytes, tree: str) -> str:
    """What became of a patch. Raises for one that breaks a law."""
    try:
        plan = read_plan(patch)
    except PlanError:
        return "refused"
    again = read_plan(plan.render())
    assert again == plan, "it is not the same when it is written and read again"
    planned = plan_changes(plan, tree)
    files = {file.path: file for file in plan.files}
    for change in planned.changes:
        file = files[change.path]
        full = os.path.join(tree, *change.path.split("/"))
        assert os.path.realpath(full) == full, "it leads elsewhere"
        assert full.startswith(tree + os.sep), "it leads out"
        if change.created:
            assert not os.path.lexists(full)
        else:
            with open(full, "rb") as there:
                assert there.read() == change.old
        assert sha256(change.old) == file.sha256
        edits = {edit for entry in file.accepted for edit in entry.edits}
        assert change.new == apply_edits(change.old, sorted(edits)), "it is not what is said"
        assert change.new == (apply_diff(change.old, file.body) if file.body else change.old)
    return "could be written" if planned.changes else "has nothing that could be written"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path.cwd(), help="where finds are kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="unleak-patches-") as folder:
        top = Path(folder).resolve()
        tree = str(planted(top / "tree"))
        corpus = top / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(seeds()):
            assert judge(seed, tree) == "could be written", number
            (corpus / str(number)).write_bytes(seed)
        words = (word.encode("utf-8", "surrogatepass") for word in WORDS)
        lines = ("".join(f"\\x{byte:02x}" for byte in word) for word in words)
        (top / "words").write_text("".join(f'"{line}"\n' for line in lines))
        settings = [f"-runs={options.runs}", f"-seed={options.seed}", "-max_len=16000"]
        places = [f"-dict={top / 'words'}", f"-artifact_prefix={options.keep}{os.sep}", str(corpus)]
        counts: Counter[str] = Counter()

        def one(patch: bytes) -> None:
            counts[judge(patch, tree)] += 1
            if counts.total() == options.runs:  # libFuzzer ends the process
                for what, count in counts.most_common():
                    print(f"{count:>9}  {what}", flush=True)

        atheris.Setup([sys.argv[0], *settings, *places], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
