"""A patch that was bent on its way is refused in a line, or does exactly what was reviewed."""

import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.test_plan import DRAIN, TWO

from unleak.applying import plan_changes
from unleak.cli import main
from unleak.plan import REJECT, Entry, PlanError, read_plan, settled
from unleak_engine.patch import PREAMBLE, split_lines

# The same patches in every run, so that a failure is seen by whoever has made it.
_SAME = settings(deadline=None, derandomize=True, database=None)

NAMES = [
    *("../two.js", "a/../../two.js", "/etc/hosts", ".git/config", "link.js", "linked/two.js"),
    *("out/two.js", "sub dir", "pipe.js", "gone.js", "", ".", "two.js/", "two.js\0", "two.js\n"),
    *("sub dir/drän.js", "lib/drained.js", "lib", "real/two.js", "TWO.JS", "out", "new/x.js"),
]
VALUES: list[Any] = [
    *(None, True, 0, -1, 1, 2**63, 1e308, "", "x", "accept", "reject", "f" * 64, "0" * 64),
    *([], {}, [None], [{}], ["f" * 64], [{"start": 0, "end": 0, "text": ""}], NAMES[0], [[]] * 3),
]
KEYS = ["path", "sha256", "decision", "edits", "fingerprint", "with", "for", "creates", "mode"]
LINES = [
    *(
        b"",
        b"\n",
        b"-- \n",
        b"\\ No newline at end of file\n",
        b"old mode 100644\n",
        b"@@ -1 +1 @@\n",
    ),
    *(
        b"new file mode 100644\n",
        b"deleted file mode 100644\n",
        b"rename to x\n",
        b"# unleak: {}\n",
    ),
    *(b"diff --git a/two.js b/two.js\n", b"--- /dev/null\n", b"+++ /dev/null\n", b"+x\n", b"-x\n"),
    *(b"GIT binary patch\n", b"diff --git a/../x b/../x\n", b"+++ b/../x\n", b'+++ "b/\\056./x"\n'),
]


class Reviewed(NamedTuple):
    """A tree with everything a name may lead to, the patch for it, and for every file the texts
    that some of its findings, or all, make of it."""

    top: Path
    tree: Path
    patch: bytes
    texts: dict[str, set[bytes]]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    top = tmp_path_factory.mktemp("bent")
    tree, outside = top / "tree", top / "outside"
    for folder in (tree, outside, tree / "real", tree / "sub dir"):
        folder.mkdir(exist_ok=True)
    for place in (outside, top, tree, tree / "real"):
        (place / "two.js").write_bytes(TWO)
    (tree / "sub dir" / "drän.js").write_bytes(DRAIN)
    (tree / "link.js").symlink_to("two.js")
    (tree / "linked").symlink_to("real", target_is_directory=True)
    (tree / "out").symlink_to(outside, target_is_directory=True)
    os.mkfifo(tree / "pipe.js")
    subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
    with chdir(tree):
        words = ["diff", "-q", "--helpers", "lib/drained.js", "-o", "../a.patch"]
        assert main([*words, "two.js", "sub dir"]) == 1
        patch = (top / "a.patch").read_bytes()
        assert main(["fix", "-q", "link.js"]) == 0  # so that there is a journal
        assert main(["undo", "-q"]) == 0
        yield Reviewed(top, tree, patch, _texts(tree, patch))


def _texts(tree: Path, patch: bytes) -> dict[str, set[bytes]]:
    plan = read_plan(patch)
    names = [entry.fingerprint for _, entry in plan.findings()]
    found: dict[str, set[bytes]] = {}
    for chosen in range(2 ** len(names)):
        rejected = {name for at, name in enumerate(names) if chosen >> at & 1}

        def decide(entry: Entry, rejected: set[str] = rejected) -> Entry:
            return entry.decided(REJECT) if entry.fingerprint in rejected else entry

        some = plan
        for file in plan.files:
            old = b"" if file.created else (tree / file.path).read_bytes()
            some = some.replaced(file.decided(old, decide))
        for change in plan_changes(settled(some), str(tree)).changes:
            found.setdefault(change.path, set()).add(change.new)
    assert {path: len(texts) for path, texts in found.items()} == {
        "lib/drained.js": 1,
        "sub dir/drän.js": 1,
        "two.js": 3,
    }
    return found


# Ways to bend it.


def _flip(patch: bytes, draw: Any) -> bytes:
    at = draw(st.integers(0, max(0, len(patch) - 1)))
    return patch[:at] + bytes([draw(st.integers(0, 255))]) + patch[at + 1 :]


def _lines(patch: bytes, draw: Any) -> bytes:
    """Some lines dropped, doubled, moved, or another one put in between."""
    lines = list(split_lines(patch))
    at = draw(st.integers(0, len(lines)))
    part = lines[at : at + draw(st.sampled_from([1, 1, 2, 5, 20, 100]))]
    how = draw(st.sampled_from(["drop", "double", "move", "insert"]))
    if how == "insert":
        lines.insert(at, draw(st.sampled_from(LINES)))
        return b"".join(lines)
    if how in ("drop", "move"):
        del lines[at : at + len(part)]
    if how in ("double", "move"):
        to = draw(st.integers(0, len(lines)))
        lines[to:to] = part
    return b"".join(lines)


def _by_mail(patch: bytes, draw: Any) -> bytes:
    bend = draw(
        st.sampled_from(
            [
                lambda text: text.replace(b"\n", b"\r\n"),
                lambda text: re.sub(rb"[ \t]+\n", b"\n", text),
                lambda text: text.replace(b"\t", b"    "),
                lambda text: text.replace(b"\n", b"\n> "),
                lambda text: re.sub(rb"(.{72})", rb"\1\n", text),
                lambda text: b"From: me\n\n---\n" + text + b"-- \nme\n",
                lambda text: text + text,
                lambda text: text.replace(b" ", b"\xc2\xa0"),
                lambda text: text.decode("latin-1").encode(),
            ]
        )
    )
    return bend(patch)


def _cut(patch: bytes, draw: Any) -> bytes:
    return patch[: draw(st.integers(0, len(patch)))]


def _numbers(patch: bytes, draw: Any) -> bytes:
    """Another number in the heading of a hunk."""
    found = list(re.finditer(rb"(?<=[-+ ,])\d+(?=[ ,].*@@)", patch))
    if not found:
        return patch
    hit = draw(st.sampled_from(found))
    number = draw(st.sampled_from([b"0", b"1", b"2", b"7", b"99999999999999999999", b"-1"]))
    return patch[: hit.start()] + number + patch[hit.end() :]


def _said(patch: bytes, draw: Any) -> bytes:
    """Another value in what is said of a finding."""
    lines = list(split_lines(patch))
    places = [at for at, line in enumerate(lines) if line.startswith(PREAMBLE)]
    if not places:
        return patch
    at = draw(st.sampled_from(places))
    try:
        said = json.loads(lines[at][len(PREAMBLE) :])
    except ValueError:
        return patch
    if not isinstance(said, dict):
        return patch
    key = draw(st.sampled_from([*KEYS, *said]))
    if draw(st.booleans()):
        said[key] = draw(st.sampled_from([*VALUES, *NAMES]))
    else:
        said.pop(key, None)
    lines[at] = PREAMBLE + json.dumps(said).encode() + b"\n"
    return b"".join(lines)


def _edits(patch: bytes, draw: Any) -> bytes:
    """Another beginning, end or text of an edit."""
    found = list(re.finditer(rb'"(start|end)": (\d+)', patch))
    if not found:
        return patch
    hit = draw(st.sampled_from(found))
    number = int(hit[2]) + draw(st.sampled_from([-(10**6), -1, 1, 10, 10**6, 10**30]))
    return patch[: hit.start(2)] + b"%d" % number + patch[hit.end(2) :]


def _names(patch: bytes, draw: Any) -> bytes:
    """Another name for a file, wherever it is named or in some of these places."""
    old = draw(st.sampled_from([b"two.js", b"two.js", b"lib/drained.js"]))
    new = os.fsencode(draw(st.sampled_from(NAMES)))
    places = rb"(\"path\": \"|^diff --git .*[ab]/|^--- a/|^\+\+\+ b/)" + re.escape(old)
    count = draw(st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3]))  # 0: all
    once = re.sub(places, lambda hit: hit[1] + new, patch, count=count, flags=re.M)
    return re.sub(places, lambda hit: hit[1] + new, once, flags=re.M) if not count else once


BENDS = [
    _flip,
    _lines,
    _lines,
    _by_mail,
    _cut,
    _numbers,
    _said,
    _said,
    _edits,
    _names,
    _names,
    _names,
]


@st.composite
def bends(draw: Any) -> Any:
    """How to bend a patch, so that it can be asked for before there is one."""
    chosen = draw(st.lists(st.sampled_from(BENDS), min_size=1, max_size=2))
    seed = draw(st.data())
    return chosen, seed


def bent(patch: bytes, how: Any) -> bytes:
    chosen, data = how
    for bend in chosen:
        patch = bend(patch, data.draw)
    return patch


def sound(reviewed: Reviewed, path: str, text: bytes) -> bool:
    """Whether that text of that file is one that was reviewed. A patch whose file was given the
    name of another that is the same is as good."""
    same = {"real/two.js": "two.js", "new/x.js": "lib/drained.js", "TWO.JS": "lib/drained.js"}
    kept = reviewed.texts.get(path) or reviewed.texts.get(same.get(path, "lib/drained.js"), set())
    return text in kept


@given(bends())
@settings(_SAME, max_examples=500)
def test_what_would_be_written_was_reviewed(reviewed: Reviewed, how: Any) -> None:
    patch = bent(reviewed.patch, how)
    try:
        plan = read_plan(patch)
    except PlanError:
        return
    planned = plan_changes(plan, str(reviewed.tree))
    for change in planned.changes:
        full = os.path.realpath(reviewed.tree / change.path)
        assert full == str(reviewed.tree / change.path)
        assert change.old == (b"" if change.created else Path(full).read_bytes())
        assert sound(reviewed, change.path, change.new), patch
    for problem in planned.problems:
        assert problem.message


@given(bends())
@settings(_SAME, max_examples=60)
def test_it_is_refused_in_a_line_or_done(reviewed: Reviewed, how: Any) -> None:
    top, tree = reviewed.top, reviewed.tree
    (top / "bent.patch").write_bytes(bent(reviewed.patch, how))
    before = _contents(top)

    said = io.StringIO()
    with redirect_stderr(said):
        code = main(["apply", "../bent.patch"])

    err = said.getvalue()
    assert "Traceback" not in err
    assert code in (0, 2, 3)
    assert bool(re.search(r"^(error|problem): .", err, re.M)) == (code != 0)
    after = _contents(top)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert code != 2 or not changed
    for path in changed:
        assert path.is_relative_to(tree), "nothing outside is written"
        assert sound(reviewed, path.relative_to(tree).as_posix(), after[path])
    if changed:
        assert main(["undo", "-q"]) == 0
        assert _contents(top) == before


def _contents(top: Path) -> dict[Path, bytes]:
    """All files but the journal's, git's own with them."""
    return {
        path: path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and not path.is_symlink() and "unleak" not in path.parts
    }
