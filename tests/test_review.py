"""A review: every decision is kept as it is made, and the terminal is left as it was."""

import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from unleak.cli import main
from unleak.plan import Plan, read_plan

COPY = """\
const fs = require('node:fs');

exports.copy{n} = async (from, to) => {{
  await new Promise((resolve, reject) => {{
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  }});
}};

exports.move{n} = async (from, to) => {{
  await new Promise((resolve, reject) => {{
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('close', resolve).on('error', reject);
  }});
}};
"""
DRAIN = """\
const { once } = require('node:events');
const fs = require('node:fs');

exports.copy = async (rows, to) => {
  const out = fs.createWriteStream(to);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
};
"""
TWO_IN_ONE = """\
const fs = require('node:fs');
const http = require('node:http');

http.createServer((req, res) => {
  setTimeout(() => res.end(), 1000);
  fs.createReadStream('a.csv').pipe(res);
});
"""
PATCH = "../a.patch"
KEY = re.compile(rb"accept \[[^]]*\]\? ")
SECONDS = 60
"""Longer than anything here takes: a test that waits in vain shall fail, and not hang."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)
    subprocess.run(["git", "init", "-q"], check=True)
    for name in ("COLUMNS", "VISUAL", "EDITOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tree


def put(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def patch(*flags: str) -> Plan:
    assert main(["diff", "-q", "--unsafe-fixes", "-o", PATCH, *flags]) == 1
    return plan()


def plan() -> Plan:
    return read_plan(Path(PATCH).read_bytes())


def decisions() -> dict[str, list[str]]:
    """By path, `yes`, `no` or `open` for each finding."""
    found: dict[str, list[str]] = {}
    for file, entry in plan().findings():
        word = "yes" if entry.accepted else "no"
        found.setdefault(file.path, []).append(word if entry.reviewed else "open")
    return found


def words() -> list[str]:
    return [word for of_file in decisions().values() for word in of_file]


def cured(*names: str) -> list[int]:
    return [Path(name).read_text().count("await pipeline(") for name in names]


Answer = Callable[..., int]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Run a command whose stdin holds these lines."""

    def run(lines: str, *words: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{one}\n" for one in lines.split())))
        return main(list(words or ("review", PATCH)))

    return run


# On a terminal.


class Terminal:
    """A command that runs on a terminal of its own."""

    def __init__(self, *words: str, columns: int = 100, code: str = "", **variables: str) -> None:
        self._screen, self.line = pty.openpty()
        termios.tcsetwinsize(self.line, (24, columns))
        self.before = termios.tcgetattr(self.line)
        python = ["-c", code] if code else ["-m", "unleak"]
        self._child = subprocess.Popen(
            [sys.executable, *python, *words],
            env=os.environ | {"TERM": "xterm"} | variables,
            stdin=self.line,
            stdout=self.line,
            stderr=self.line,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.seen = b""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        os.close(self.line)
        os.close(self._screen)

    def until(self, pattern: re.Pattern[bytes]) -> str:
        """What is shown from now on until `pattern` is."""
        start = len(self.seen)
        while not pattern.search(self.seen, start):
            assert select.select([self._screen], [], [], SECONDS)[0], self.seen.decode()
            self.seen += os.read(self._screen, 65536)
        return self.seen[start:].decode().replace("\r\n", "\n")

    def press(self, keys: str) -> str:
        """Press the keys one by one, each when it is asked for; what is shown after the last."""
        shown = ""
        for key in keys:
            os.write(self._screen, key.encode())
            shown = self.until(KEY)
        return shown

    def send(self, keys: str) -> None:
        os.write(self._screen, keys.encode())

    def signal(self, number: int) -> None:
        os.kill(self._child.pid, number)

    def end(self) -> int:
        """Its exit code, when it has ended."""
        code = self._child.wait(SECONDS)
        while select.select([self._screen], [], [], 0)[0]:
            self.seen += os.read(self._screen, 65536)
        return code

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self.line) == self.before


def test_a_review_of_forty_is_stopped_twice_and_finished(here: Path) -> None:
    put({f"src/{n:02}.js": COPY.format(n=n) for n in range(20)})
    assert len(list(patch().findings())) == 40

    with Terminal("review", PATCH) as terminal:
        assert "\n1/40" in plain(terminal.until(KEY))
        assert "\n12/40, 3 rejected\n" in plain(terminal.press("yyynyyynyyn"))
        terminal.send("q")
        assert terminal.end() == 1
        assert "40 findings: 8 accepted, 3 rejected, 29 open" in plain(terminal.seen.decode())
        assert terminal.is_as_before
    assert Counter(words()) == {"yes": 8, "no": 3, "open": 29}

    with Terminal("review", PATCH) as terminal:
        assert "\n12/40, 3 rejected\n" in plain(terminal.until(KEY))
        assert "\n20/40, 6 rejected\n" in plain(terminal.press("ayydydy"))
        terminal.send("\x03")
        assert terminal.end() == 130
        assert terminal.is_as_before
    before = decisions()
    assert Counter(words()) == {"yes": 13, "no": 6, "open": 21}

    with Terminal("review", PATCH) as terminal:
        terminal.until(KEY)
        terminal.send("A")
        assert terminal.end() == 0
        assert "40 findings: 34 accepted, 6 rejected\n" in plain(terminal.seen.decode())
    after = decisions()
    assert {path: after[path] for path in list(after)[:9]} == dict(list(before.items())[:9])
    subprocess.run(["git", "apply", PATCH], check=True)
    by_git = [Path(path).read_bytes() for path in after]
    subprocess.run(["git", "apply", "-R", PATCH], check=True)
    assert main(["apply", "-q", PATCH]) == 0
    assert [Path(path).read_bytes() for path in after] == by_git
    assert cured(*after) == [of_file.count("yes") for of_file in after.values()]


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text.replace("\r\n", "\n"))


@pytest.fixture
def pair(here: Path) -> Plan:
    put({"a.js": COPY.format(n=1)})
    return patch()


def test_an_arrow_key_is_one_key(pair: Plan) -> None:
    with Terminal("review", PATCH) as terminal:
        terminal.until(KEY)
        terminal.send("\x1b[B")
        assert "\n2/2" in plain(terminal.until(KEY))
        terminal.send("\x1b[A")
        assert "\n1/2" in plain(terminal.until(KEY))
        terminal.send("\x04")
        assert terminal.end() == 1
    assert decisions() == {"a.js": ["open", "open"]}


def test_a_comment_is_typed_and_seen_again(pair: Plan) -> None:
    with Terminal("review", PATCH) as terminal:
        terminal.until(KEY)
        terminal.send("c")
        terminal.until(re.compile(rb"comment: "))
        assert terminal.is_as_before
        terminal.send("why – not?\n")
        terminal.until(KEY)
        assert re.search(r"yours: +why – not\?\n", plain(terminal.press("p")))
        terminal.send("nq")
        assert terminal.end() == 1
    first, second = (entry for _, entry in plan().findings())
    assert (first.note, first.accepted, second.note) == ("why – not?", False, "")


@pytest.mark.parametrize(
    ("columns", "variables", "colours"),
    [(60, {}, True), (60, {"NO_COLOR": "1"}, False), (200, {"TERM": "dumb"}, False)],
)
def test_what_is_shown_fits(
    pair: Plan, columns: int, variables: dict[str, str], colours: bool
) -> None:
    with Terminal("review", PATCH, columns=columns, **variables) as terminal:
        shown = terminal.until(KEY)
        terminal.send("q")
        terminal.end()
    assert ("\x1b[" in shown) == colours
    lines = [line for line in plain(shown).splitlines() if not line.startswith("a.js:")]
    assert len(lines) > 20
    assert max(map(len, lines)) <= columns
    for part in ("> 6 |", "why:", "fix (safe):", "note:", "evidence:"):
        assert part in plain(shown)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_is_as_before_after_a_signal(pair: Plan, number: int) -> None:
    with Terminal("review", PATCH) as terminal:
        terminal.until(KEY)
        terminal.send("n")
        terminal.until(KEY)
        assert not terminal.is_as_before
        terminal.signal(number)
        assert terminal.end() == 128 + number
        assert terminal.is_as_before
    assert decisions() == {"a.js": ["no", "open"]}


def test_a_terminal_is_as_before_after_a_crash(pair: Plan) -> None:
    code = """
import sys
from unleak import reviewing
from unleak.cli import main
def fail(*_): raise RuntimeError("on purpose")
reviewing.Review.decide = fail
sys.exit(main(sys.argv[1:]))
"""
    with Terminal("review", PATCH, code=code) as terminal:
        terminal.until(KEY)
        terminal.send("y")
        assert terminal.end() == 2
        assert b"on purpose" in terminal.seen
        assert terminal.is_as_before


def test_a_terminal_that_hangs_up_ends_the_review(pair: Plan) -> None:
    terminal = Terminal("review", PATCH)
    terminal.until(KEY)
    os.close(terminal.line)
    os.close(terminal._screen)
    assert terminal._child.wait(SECONDS) in (-signal.SIGHUP, 128 + signal.SIGHUP, 1)
    assert decisions() == {"a.js": ["open", "open"]}


def test_keys_work_after_a_stop(pair: Plan) -> None:
    with Terminal("review", PATCH) as terminal:
        terminal.until(KEY)
        pid = terminal._child.pid
        terminal.signal(signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)
        termios.tcsetattr(terminal.line, termios.TCSANOW, terminal.before)  # as a shell does
        terminal.signal(signal.SIGCONT)
        terminal.send("n")
        assert "\n2/2, 1 rejected\n" in plain(terminal.until(KEY))
        terminal.send("q")
        assert terminal.end() == 1


# What the keys do.


@pytest.fixture
def three(here: Path) -> Plan:
    put({f"{name}.js": COPY.format(n=1) for name in "abc"})
    return patch()


KEYS = {
    "": "open open | open open | open open",
    "y n": "yes no | open open | open open",
    "a": "yes yes | open open | open open",
    "d y": "no no | yes open | open open",
    "n a": "no yes | open open | open open",
    "y d a": "yes no | yes yes | open open",
    "A": "yes yes | yes yes | yes yes",
    "n D": "no no | no no | no no",
    "n j D": "no no | no no | no no",
    "n y A": "no yes | yes yes | yes yes",
    "s n": "open no | open open | open open",
    "s a": "open yes | open open | open open",
    "s k a": "yes yes | open open | open open",
    "s A": "yes yes | yes yes | yes yes",
    "j n": "open no | open open | open open",
    "k n": "no open | open open | open open",
    "y k n": "no open | open open | open open",
    "j j j j j j j n": "open open | open open | open no",
    "j n y s s s s s y": "open no | yes open | open open",
    "? x p y": "yes open | open open | open open",
    "yes no": "yes no | open open | open open",
    "y q n": "yes open | open open | open open",
}


@pytest.mark.parametrize("keys", KEYS)
def test_keys(three: Plan, answer: Answer, keys: str) -> None:
    whole = KEYS[keys]
    code = answer(keys)
    assert " | ".join(" ".join(words) for words in decisions().values()) == whole
    assert code == (1 if "open" in whole else 0)


def test_all_is_asked_about_again(three: Plan, answer: Answer) -> None:
    assert answer("A") == 0
    assert answer("n") == 0, "nothing is asked"
    assert answer("n s n s s s", "review", "--again", PATCH) == 0
    assert decisions() == {"a.js": ["no", "yes"], "b.js": ["no", "yes"], "c.js": ["yes", "yes"]}


def test_a_comment_is_changed_and_taken_out(
    pair: Plan, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def notes(text: str) -> list[str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        assert main(["review", PATCH]) == 1
        return [str(entry.said.get("note", "none")) for _, entry in plan().findings()]

    assert notes('c\none \\ "two"\n') == ['one \\ "two"', "none"]
    assert notes("c another one\nc\n\nj\nc\n") == ["another one", "none"]
    assert notes("c -\n") == ["none", "none"]
    assert decisions() == {"a.js": ["open", "open"]}


def test_findings_of_one_unit_move_together(
    here: Path, answer: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    put({"a.js": TWO_IN_ONE})
    (file,) = patch().files
    assert [bool(entry.with_) for entry in file.entries] == [False, True]
    assert answer("n") == 0
    assert decisions() == {"a.js": ["no", "no"]}
    assert re.search(r"with it:\s+a.js:6:\d+ pipe-without-pipeline", capfd.readouterr().err)
    assert answer("y", "review", "--again", PATCH) == 0
    assert plan().files[0].body == file.body
    # Whoever rejects one of them rejects both, but to accept one is not to accept both.
    assert main(["review", "-q", "--accept", "pipe-without-pipeline", PATCH]) == 0
    assert decisions() == {"a.js": ["yes", "yes"]}
    assert main(["review", "-q", "--reject", "pipe-without-pipeline", PATCH]) == 0
    assert decisions() == {"a.js": ["no", "no"]}
    assert main(["review", "-q", "--accept", "timeout-ends-response", PATCH]) == 0
    assert decisions() == {"a.js": ["no", "no"]}


def test_a_module_of_helpers_follows_its_findings(here: Path, answer: Answer) -> None:
    put({"a.js": DRAIN, "b.js": DRAIN})
    patch("--helpers", "lib/drained.js")

    def module() -> bool:
        return any(file.created and bool(file.body) for file in plan().files)

    assert answer("n") == 1
    assert module()
    assert answer("n") == 0
    assert not module()
    assert answer("s y", "review", "--again", PATCH) == 0
    assert module()
    assert main(["apply", "-q", PATCH]) == 0
    assert Path("lib/drained.js").exists()
    assert Path("a.js").read_text() == DRAIN


def test_a_patch_of_which_all_was_rejected_comes_back(three: Plan, answer: Answer) -> None:
    whole = Path(PATCH).read_bytes()
    assert answer("D") == 0
    assert b"diff --git" not in Path(PATCH).read_bytes()
    assert answer("A", "review", "--again", PATCH) == 0
    assert Path(PATCH).read_bytes().replace(b', "reviewed": true', b"") == whole


# What cannot be decided on.


def test_a_file_that_has_changed_is_not_asked_about(
    three: Plan, answer: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    put({"b.js": COPY.format(n=2)})
    Path("c.js").unlink()
    assert answer("A") == 3
    told = capfd.readouterr().err
    assert "problem: b.js: it has changed since the patch was made; its findings cannot" in told
    assert re.search(r"problem: c.js: .* \[vanished\]", told)
    assert "2 findings: 2 accepted, 0 rejected" in told
    assert decisions() == {"a.js": ["yes", "yes"], "b.js": ["open"] * 2, "c.js": ["open"] * 2}


def test_a_file_that_changes_meanwhile_is_not_asked_about(
    three: Plan, answer: Answer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "vim"
    editor.write_text('#!/bin/sh\necho "$@" > ../told\necho \'// mine\' >> "$2"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"'{editor}'")
    assert answer("n e n A") == 3
    assert Path("../told").read_text() == f"+13 {Path('a.js').resolve()}\n"
    assert decisions() == {"a.js": ["no", "open"], "b.js": ["no", "yes"], "c.js": ["yes", "yes"]}


def test_an_editor_that_is_not_there_is_told(
    pair: Plan, answer: Answer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for editor in ("no-such-editor", "'", "  ", "false"):
        monkeypatch.setenv("VISUAL", editor)
        assert answer("e") == 1
    told = capfd.readouterr().err
    assert "cannot run 'no-such-editor': no such file or directory" in told
    assert "'false' has ended with exit code 1" in told


def test_two_reviews_do_not_undo_each_other(
    three: Plan, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Lines(io.StringIO):
        """The second answer comes after somebody else has decided."""

        def readline(self, *_: object) -> str:
            if self.tell():
                assert main(["review", "-q", "--reject", "c.js", PATCH]) == 0
            return super().readline()

    monkeypatch.setattr(sys, "stdin", Lines("n\nn\n"))
    assert main(["review", PATCH]) == 2
    assert "somebody else has changed the patch meanwhile" in capfd.readouterr().err
    assert decisions() == {"a.js": ["no", "open"], "b.js": ["open"] * 2, "c.js": ["no", "no"]}


def test_hunks_that_somebody_has_edited_are_not_made_anew(pair: Plan, answer: Answer) -> None:
    text = Path(PATCH).read_bytes()
    mine = text.replace(b"+  await pipeline(fs", b"+  await  pipeline(fs", 1)
    assert mine != text
    Path(PATCH).write_bytes(mine)
    assert answer("n n") == 3
    assert Path(PATCH).read_bytes() == mine


@pytest.mark.parametrize("path", ["../secret.js", "linked.js", ".git/config"])
def test_nothing_outside_of_the_tree_is_shown(
    pair: Plan, answer: Answer, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("../secret.js").write_bytes(Path("a.js").read_bytes())
    Path(".git/config").write_bytes(Path("a.js").read_bytes())
    Path("linked.js").symlink_to("../secret.js")
    text = Path(PATCH).read_text().replace("a/a.js", f"a/{path}").replace("b/a.js", f"b/{path}")
    Path(PATCH).write_text(text.replace('"path": "a.js"', f'"path": "{path}"'))
    assert answer("y y") == 3
    assert "createReadStream" not in capfd.readouterr().err


def test_a_damaged_patch_is_an_error(pair: Plan, capfd: pytest.CaptureFixture[str]) -> None:
    text = Path(PATCH).read_text()
    Path(PATCH).write_text(text.replace('"accept"', '"maybe"'))
    assert main(["review", PATCH]) == 2
    assert main(["review", "gone.patch"]) == 2
    assert main(["review", "."]) == 2
    told = capfd.readouterr().err
    assert "a finding is neither accepted nor rejected" in told
    assert "gone.patch: no such file or directory" in told


def odd(entry: dict[str, object]) -> dict[str, object]:
    """The line of a finding with everything in it that only a reader looks at made odd."""
    strange: dict[str, object] = {
        "line": 10**9,
        "column": -5,
        "start": "x",
        "end": 10**9,
        "safety": "\x1b[31m",
        "codemod": "no such\ncodemod",
        "message": "\x1b]0;title\x07",
        "notes": ["\x1b[2J", 7],
        "evidence": [7, {"text": "\x1b[2J", "level": "\x1b[2J", "reasons": ["\x1b[2J", 7]}],
        "note": "\x1b[2J",
    }
    return entry | strange


def test_what_a_patch_says_does_not_steer_the_terminal(
    pair: Plan, answer: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = Path(PATCH).read_text().splitlines(keepends=True)
    head = "# unleak: "
    Path(PATCH).write_text(
        "".join(
            f"{head}{json.dumps(odd(json.loads(line[len(head) :])))}\n"
            if line.startswith(head)
            else line
            for line in lines
        )
    )
    assert answer("y y") == 0
    assert main(["review", "--status", PATCH]) == 0
    told = capfd.readouterr()
    assert "\\x1b[2J" in told.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", told.err + told.out)


# For scripts.


SCRIPTS: dict[str, tuple[Sequence[str], str]] = {
    "a codemod": (["--accept", "pipe-without-pipeline"], "yes yes | yes yes | open"),
    "two": (["--reject", "pipe_without_pipeline,drain-wait-hangs"], "no no | no no | no"),
    "a path": (["--reject", "src/b.js"], "open open | no no | open"),
    "a folder": (["--reject", "src/"], "open open | no no | no"),
    "a pattern": (["--accept", "*.js"], "yes yes | yes yes | yes"),
    "both": (["--accept", "*", "--reject", "src/*.js"], "yes yes | no no | no"),
    "both, turned": (["--reject", "src/*.js", "--accept", "*"], "yes yes | no no | no"),
    "codemod and path": (
        ["--reject", "drain-wait-hangs", "--accept", "src/"],
        "open open | yes yes | no",
    ),
}


@pytest.fixture
def mixed(here: Path) -> Plan:
    put({"a.js": COPY.format(n=1), "src/b.js": COPY.format(n=1), "src/c.js": DRAIN})
    return patch()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_decides(mixed: Plan, name: str) -> None:
    words, whole = SCRIPTS[name]
    assert main(["review", "-q", *words, PATCH]) == 0
    assert " | ".join(" ".join(words) for words in decisions().values()) == whole


def test_paths_count_from_the_working_directory(
    mixed: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("src")
    assert main(["review", "-q", "--reject", "./b.js", "../../a.patch"]) == 0
    monkeypatch.chdir("..")
    assert decisions()["src/b.js"] == ["no", "no"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--reject", "pipe-without-pipelin"], "did you mean 'pipe-without-pipeline'"),
        (["--reject", "scr/"], "no finding that can be decided on is in 'scr/'"),
        (["--accept", "*", "--reject", "scr/"], "'scr/'"),
        (["--again", "--status"], "goes with the questions only"),
    ],
)
def test_a_slip_of_a_script_decides_nothing(
    mixed: Plan, words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = Path(PATCH).read_bytes()
    assert main(["review", *words, PATCH]) == 2
    assert said in " ".join(capfd.readouterr().err.split())
    assert Path(PATCH).read_bytes() == before


def test_the_table_of_decisions(
    mixed: Plan, answer: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    assert answer("y n") == 1
    before = Path(PATCH).read_bytes()
    capfd.readouterr()
    assert main(["review", "--status", PATCH]) == 1
    out, err = capfd.readouterr()
    assert [line.split()[:3] for line in out.splitlines()] == [
        ["accepted", "a.js:6:8", "pipe-without-pipeline"],
        ["rejected", "a.js:13:8", "pipe-without-pipeline"],
        ["open", "src/b.js:6:8", "pipe-without-pipeline"],
        ["open", "src/b.js:13:8", "pipe-without-pipeline"],
        ["open", "src/c.js:7:32", "drain-wait-hangs"],
    ]
    assert "5 findings: 1 accepted, 1 rejected, 3 open" in err
    assert Path(PATCH).read_bytes() == before
    put({"a.js": "1;\n"})
    assert main(["review", "--status", PATCH]) == 3
    out, err = capfd.readouterr()
    assert out.splitlines()[1].split()[0] == "rejected"
    assert out.splitlines()[1].endswith(" (changed)")
    assert "3 findings: 0 accepted, 0 rejected, 3 open" in err


def test_a_patch_keeps_its_mode_and_its_link(mixed: Plan) -> None:
    os.chmod(PATCH, 0o640)
    Path("../link.patch").symlink_to("a.patch")
    assert main(["review", "-q", "--reject", "*", "../link.patch"]) == 0
    assert Path("../link.patch").is_symlink()
    assert os.stat(PATCH).st_mode & 0o777 == 0o640
    assert set(words()) == {"no"}


def test_a_decision_is_kept_whole_or_not_at_all(
    mixed: Plan, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = Path(PATCH).read_bytes()

    def full(old: str, new: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert main(["review", "--reject", "*", PATCH]) == 2
    assert "cannot be written: no space left on device" in capfd.readouterr().err
    assert Path(PATCH).read_bytes() == before
    assert [path.name for path in Path("..").iterdir() if path.name.startswith(".unleak")] == []


# fix -i


def test_fix_writes_what_was_accepted(three: Plan, answer: Answer) -> None:
    assert answer("n y a d", "fix", "-q", "-i") == 1
    assert cured("a.js", "b.js", "c.js") == [1, 2, 0]
    assert main(["undo", "-q"]) == 0
    assert cured("a.js", "b.js", "c.js") == [0, 0, 0]


@pytest.mark.parametrize("keys", ["y y n q", "y y n", "y y n s s s", "y y j n q"])
def test_what_was_not_accepted_is_not_written(three: Plan, answer: Answer, keys: str) -> None:
    assert answer(keys, "fix", "-q", "-i") == 1
    assert cured("a.js", "b.js", "c.js") == [2, 0, 0]


def test_all_accepted_is_all_that_fix_does(three: Plan, answer: Answer) -> None:
    assert answer("A", "fix", "-q", "-i") == 0
    asked = [Path(f"{name}.js").read_bytes() for name in "abc"]
    assert main(["undo", "-q"]) == 0
    assert main(["fix", "-q"]) == 0
    assert [Path(f"{name}.js").read_bytes() for name in "abc"] == asked


def test_fix_makes_a_module_only_for_what_was_accepted(here: Path, answer: Answer) -> None:
    put({"a.js": DRAIN, "b.js": DRAIN})
    words = ["fix", "-q", "-i", "--helpers", "lib/drained.js"]
    assert answer("D", *words) == 1
    assert not Path("lib").exists()
    assert answer("n y", *words) == 1
    assert Path("lib/drained.js").exists()
    assert Path("a.js").read_text() == DRAIN


def test_ctrl_c_writes_nothing(three: Plan) -> None:
    with Terminal("fix", "-i") as terminal:
        terminal.until(KEY)
        terminal.press("yyy")
        terminal.send("\x03")
        assert terminal.end() == 130
        assert terminal.is_as_before
    assert cured("a.js", "b.js", "c.js") == [0, 0, 0]


def test_fix_does_not_ask_about_what_it_may_not_write(
    three: Plan, answer: Answer, capfd: pytest.CaptureFixture[str]
) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", *who, "commit", "-qm", "x"], check=True)
    put({"a.js": COPY.format(n=1) + "\n"})
    assert answer("y", "fix", "-q", "-i") == 3
    assert cured("a.js", "b.js", "c.js") == [0, 1, 0]
    assert "\n1/4\n" in capfd.readouterr().err


def test_fix_leaves_what_changes_meanwhile(
    three: Plan, answer: Answer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "edit"
    editor.write_text("#!/bin/sh\necho '// mine' >> \"$1\"\n")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    assert answer("y e y y", "fix", "-q", "-i") == 3
    assert cured("a.js", "b.js", "c.js") == [0, 2, 0]
    assert Path("a.js").read_text() == COPY.format(n=1) + "// mine\n"


def test_only_what_was_accepted_is_counted(three: Plan, answer: Answer) -> None:
    assert answer("A", "fix", "-q", "-i", "--max-changes", "1") == 2
    assert cured("a.js", "b.js", "c.js") == [0, 0, 0]
    assert answer("a q", "fix", "-q", "-i", "--max-changes", "1") == 1
    assert cured("a.js", "b.js", "c.js") == [2, 0, 0]


def test_what_was_accepted_is_verified(three: Plan, answer: Answer) -> None:
    words = ["fix", "-q", "-i", "--verify", "! grep -q 'await pipeline' b.js"]
    assert answer("y n y q", *words) == 1
    assert cured("a.js", "b.js", "c.js") == [1, 0, 0]


def test_nobody_can_answer_when_stdin_is_the_text() -> None:
    assert main(["fix", "-i", "--stdin-filename", "a.js", "-"]) == 2


# diff --mail


@pytest.fixture
def mail(here: Path) -> None:
    put({"a b/ä.js": COPY.format(n=1), "src/b.js": COPY.format(n=1), "src/c.js": DRAIN})
    subprocess.run(["git", "config", "user.name", "Zoë Q. Test"], check=True)
    subprocess.run(["git", "config", "user.email", "z@example.org"], check=True)
    subprocess.run(["git", "add", "-A"], check=True)
    subprocess.run(["git", "commit", "-qm", "x"], check=True)
    patch("--mail", "--helpers", "lib/drained.js")


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True)
    return done.stdout.decode()


def test_git_takes_a_mail(mail: None) -> None:
    assert main(["fix", "-q", "--helpers", "lib/drained.js"]) == 0
    git("add", "-A")
    fixed = git("write-tree")
    git("reset", "-q", "--hard")
    git("am", "-q", PATCH)
    assert git("rev-parse", "HEAD^{tree}") == fixed
    name, message = git("log", "-1", "--format=%an <%ae>%x00%B").split("\0")
    assert name == "Zoë Q. Test <z@example.org>"
    assert message.startswith("Cure 5 stream leaks in 3 files\n\nFound by unleak")
    assert "pipe-without-pipeline (4): " in message
    assert "  a b/ä.js:6\n  a b/ä.js:13\n  src/b.js:6\n" in message
    assert "---" not in message
    told = Path(PATCH).read_text().partition("\n---\n")[2].partition("\n\n")[0]
    assert stat(told) == stat(git("show", "--stat", "--summary", "--format="))


def stat(text: str) -> list[list[str]]:
    return [re.sub(r"[+-]+$", "", line).split() for line in text.splitlines()]


def test_a_mail_is_applied_and_taken_back(mail: None) -> None:
    assert main(["apply", "-q", PATCH]) == 0
    assert cured("a b/ä.js", "src/b.js") == [2, 2]
    assert main(["undo", "-q"]) == 0
    assert git("status", "--porcelain") == ""


def test_a_reviewed_mail_tells_what_is_left_of_it(mail: None) -> None:
    whole = Path(PATCH).read_bytes()
    assert main(["review", "-q", "--reject", "src/b.js", PATCH]) == 0
    assert main(["review", "-q", "--reject", "drain-wait-hangs", PATCH]) == 0
    text = Path(PATCH).read_text()
    assert "Subject: [PATCH] Cure 2 stream leaks in 1 file\n" in text
    assert " 1 file changed, " in text
    git("am", "-q", PATCH)
    assert git("show", "--name-only", "--format=", "-z") == "a b/ä.js\0"
    git("reset", "-q", "--hard", "HEAD~")
    assert main(["review", "-q", "--reject", "*", PATCH]) == 0
    assert main(["review", "-q", "--accept", "*", PATCH]) == 0
    assert Path(PATCH).read_bytes().replace(b', "reviewed": true', b"") == whole


def test_what_somebody_has_written_into_a_mail_stays(mail: None) -> None:
    text = Path(PATCH).read_text()
    mine = text.replace("Found by unleak, ", "See our policy. Found by unleak, ")
    mine = mine.replace("Subject: [PATCH] Cure", "Subject: [PATCH] fix: cure")
    Path(PATCH).write_text(mine)
    assert main(["review", "-q", "--reject", "src/", PATCH]) == 0
    git("am", "-q", PATCH)
    assert git("log", "-1", "--format=%s%n%b").startswith(
        "fix: cure 5 stream leaks in 3 files\nSee"
    )


def test_a_mail_with_crlf_needs_a_word_to_git(
    mail: None, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("a b/ä.js").write_bytes(COPY.format(n=1).replace("\n", "\r\n").encode())
    git("commit", "-qam", "y")
    assert main(["diff", "--mail", "-o", PATCH, "a b"]) == 1
    assert "`git am --keep-cr`" in capfd.readouterr().err
    git("am", "-q", "--keep-cr", PATCH)
    assert cured("a b/ä.js") == [2]


def test_without_a_change_there_is_no_mail(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    put({"a.js": "1;\n"})
    assert main(["diff", "-q", "--mail"]) == 0
    assert capfd.readouterr().out == ""
