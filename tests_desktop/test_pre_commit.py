"""pre-commit, the real client, installs this tree as it is committed, and guards a repository."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAK = """\
const fs = require('node:fs');
async function copy(from, to) {
  fs.createReadStream(from).pipe(fs.createWriteStream(to));
}
module.exports = copy;
"""
CURED = """\
const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');
async function copy(from, to) {
  await pipeline(fs.createReadStream(from), fs.createWriteStream(to));
}
module.exports = copy;
"""
CONFIG = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: unleak-fix
      - id: unleak-check
"""


def test_a_leak_is_blocked_then_fixed_and_the_commit_passes(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "PRE_COMMIT_COLOR": "never"}
    env.pop("PYTHONPATH", None)
    work = tmp_path / "work"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=work, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def commit() -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=A Reader", "-c", "user.email=reader@example.invalid")
        assert run("git", "add", "-A").returncode == 0
        return run("git", *who, "commit", "-m", "copy")

    work.mkdir()
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert run("git", "init", "-q").returncode == 0
    (work / ".pre-commit-config.yaml").write_text(CONFIG.format(repo=ROOT, rev=head))
    (work / "copy.js").write_text(LEAK)
    (work / "node_modules").mkdir()
    (work / "node_modules" / "theirs.js").write_text(LEAK)
    installed = run(sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout

    blocked = commit()
    assert blocked.returncode != 0, blocked.stdout
    assert "files were modified by this hook" in blocked.stdout
    assert (work / "copy.js").read_text() == CURED

    passed = commit()
    assert passed.returncode == 0, passed.stdout
    assert passed.stdout.count("Passed") == 2
    assert (work / "node_modules" / "theirs.js").read_text() == LEAK
    assert run("git", "status", "--porcelain").stdout == ""

    pipe = "const fs = require('node:fs');\nfs.createReadStream('a').pipe(process.stdout);\n"
    (work / "left.js").write_text(pipe)
    left = commit()
    assert left.returncode != 0, left.stdout
    assert "left.js:2:" in left.stdout
    assert (work / "left.js").read_text() == pipe
