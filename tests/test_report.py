"""Reports show what is there: the right place, in any terminal, and nothing it would obey."""

import json as stdlib_json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unleak import registry
from unleak.report import concise, full, json, patch
from unleak.report.forms import View
from unleak.report.frame import frame
from unleak.report.paths import relative, shown
from unleak.report.summary import Summary, plural, sentences, summary
from unleak.report.terminal import PLAIN, Style, folded, spread, visible, window
from unleak.run import FileResult, Outcome, Skipped, outcome
from unleak_engine.codemod import Grounds, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.finding import Finding, fingerprint
from unleak_engine.source import Position, too_large
from unleak_engine.target import UNKNOWN, Target


def finding(
    data: bytes,
    site: bytes,
    *,
    safety: Safety = Safety.SAFE,
    status: str = "fixable",
    edits: Sequence[Edit] = (),
    codemod: str = "some-fault",
    message: str = "it leaks",
) -> Finding:
    """A finding at the first `site` of `data`."""
    start = data.index(site)
    end = start + len(site)

    def position(offset: int) -> Position:
        line = data.rfind(b"\n", 0, offset) + 1
        return Position(data.count(b"\n", 0, offset) + 1, len(data[line:offset].decode()) + 1)

    return Finding(
        codemod=codemod,
        path="a.js",
        span=Span(start, end),
        anchor=start,
        start=position(start),
        end=position(end),
        message=message,
        status=status,
        safety=safety,
        reason=status.partition(":")[2] or None,
        why="because",
        recipe="",
        evidence=(),
        notes=(),
        edits=tuple(edits),
        fingerprint=fingerprint(codemod, "a.js", site.decode(), 0),
    )


def framed(text: str, site: str, anchor: str = "", width: int = 60) -> list[str]:
    data = text.encode()
    start = data.index(site.encode())
    at = data.index((anchor or site).encode(), start)
    line = data.count(b"\n", 0, at) + 1
    return frame(data, Span(start, start + len(site.encode())), at, line, Style(width=width))


# Why, and on which Node.


def told_at_length(form: Any, width: int, *grounds: Grounds, on: Target = UNKNOWN) -> list[str]:
    found = finding(b"a.pipe(b)", b"a.pipe(b)")._replace(evidence=grounds)
    done = FileResult("/x/a.js", "a.js", b"a.pipe(b)", left=(found, found), target=on)
    view = View("/x", Style(width=width), verbose=True)
    text = "".join(form.render(outcome("/x", [done], []), view))
    first, second = re.split(r"(?m)^a\.js:1:1", text)[1:]
    assert "target:" not in second
    assert first.count("evidence:") == second.count("evidence:") == bool(grounds)
    return [line for line in first.splitlines() if line.startswith((" " * 12, "  ev", "  ta"))]


@pytest.mark.parametrize("form", [full, concise])
def test_every_stage_is_told_with_how_sure_we_are(form: Any) -> None:
    body = (
        "`body` is the 1st parameter of `save`, called at line 40 with `fs.createReadStream(…)`",
        "`fs.createReadStream(…)` is a readable of node:fs",
    )
    lines = told_at_length(
        form,
        80,
        Grounds("body", "proven", body),
        Grounds("gzip", "likely", ("`zlib.createGzip()` is a duplex of node:zlib",)),
        Grounds("this.\x1b[2Jout", "unknown"),
        on=Target(node_floor=18, said='engines of packages/a-longer-name/package.json: ">=18"'),
    )

    assert lines == [
        "  evidence: proven  `body` is the 1st parameter of `save`, called at line 40",
        "                    with `fs.createReadStream(…)`",
        "                    `fs.createReadStream(…)` is a readable of node:fs",
        "            likely  `gzip`: `zlib.createGzip()` is a duplex of node:zlib",
        "            unknown `this.\\x1b[2Jout`: nothing here says what it is",
        "  target:   Node 18 and up (engines of packages/a-longer-name/package.json:",
        '            ">=18")',
    ]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("form", [full, concise])
def test_nothing_is_told_at_length_unless_asked(form: Any) -> None:
    found = finding(b"a()", b"a()")._replace(evidence=(Grounds("a", "proven", ("`a` is",)),))
    done = FileResult("/x/a.js", "a.js", b"a()", left=(found,))
    text = "".join(form.render(outcome("/x", [done], []), View("/x")))

    assert not re.search("evidence|target|proven", text)


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (UNKNOWN, "no manifest says which Node it is; 18 and up is taken for granted"),
        (Target(node_floor=18, said="x"), "Node 18 and up (x)"),
        (Target(node_floor=18, node_ceiling=22, said="x"), "Node 18 to 22 (x)"),
        (Target(node_floor=20, node_ceiling=20, said="x"), "Node 20 (x)"),
        (Target(node_floor=0, node_ceiling=22, said="x"), "Node up to 22 (x)"),
    ],
)
def test_the_node_is_told_with_who_says_so(on: Target, told: str) -> None:
    assert told_at_length(concise, 100, on=on) == [f"  target:   {told}"]


# The frame.


def test_the_site_is_underlined_and_its_anchor_pointed_at() -> None:
    assert framed("one\ntwo\n  a.pipe(b);\nfour\nfive\nsix\n", "a.pipe(b)", ".pipe") == [
        "  1 | one",
        "  2 | two",
        "> 3 |   a.pipe(b);",
        "    |   ~^^^^^~~~",
        "  4 | four",
        "  5 | five",
    ]


def test_a_site_of_many_lines_is_marked_in_the_margin() -> None:
    text = "x\nnew Promise((ok) => {\n  a\n    .pipe(b)\n    .on('x', ok);\n});\ny\n"
    assert framed(text, text[2:-3], ".pipe") == [
        "> 2 | new Promise((ok) => {",
        "> 3 |   a",
        "> 4 |     .pipe(b)",
        "    |     ^^^^^~~~",
        "> 5 |     .on('x', ok);",
        "> 6 | });",
    ]


@pytest.mark.parametrize(
    ("length", "anchor", "shown"),
    [
        (8, 1, ["1", "2", "3", "4", "5", "6", "7", "8"]),
        (9, 1, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]),
        (20, 1, ["1", "2", "3", "4", "5", "6", "7", "8", "… 12 more lines"]),
        (20, 20, ["… 12 more lines", "13", "14", "15", "16", "17", "18", "19", "20"]),
        (20, 9, ["… 6 more lines", *map(str, range(7, 15)), "… 6 more lines"]),
    ],
    ids=["all", "one more", "below", "above", "both"],
)
def test_a_site_of_many_lines_hides_none_in_silence(
    length: int, anchor: int, shown: list[str]
) -> None:
    site = "\n".join(f"a{number:02}" for number in range(1, length + 1))

    lines = framed(f"{site}\n", site, f"a{anchor:02}")

    assert all(line.startswith(">") for line in lines if "^" not in line)
    assert [
        bar.strip("> ") or code.strip()
        for bar, _, code in (line.partition("|") for line in lines)
        if "^" not in code
    ] == shown


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("\tx(\tbad()\t);", "    x(  bad()   );", "        ^^^~~"),
        ("日本 = bad();", "日本 = bad();", "       ^^^~~"),
        ("é́ = bad();", "é́ = bad();", "    ^^^~~"),
        ("/*\x1b[2J*/ bad();", "/*\\x1b[2J*/ bad();", "            ^^^~~"),
        ("\ufeffbad();", "bad();", "^^^~~"),
        ("a\rbad()", "a\\rbad()", "   ^^^~~"),
        ("bad()", "bad()", "^^^~~"),
    ],
    ids=["tabs", "wide", "combining", "escape", "bom", "lone-cr", "whole"],
)
def test_the_rule_stands_under_the_site(text: str, code: str, rule: str) -> None:
    lines = framed(text, "bad()")

    assert lines == [f"> 1 | {code}", f"    | {rule}"]


def test_crlf_is_no_part_of_a_line() -> None:
    assert framed("a\r\nbad()\r\nc\r\n", "bad()") == [
        "  1 | a",
        "> 2 | bad()",
        "    | ^^^~~",
        "  3 | c",
    ]


def test_a_site_at_the_very_end_is_still_pointed_at() -> None:
    lines = frame(b"abc", Span(3, 3), 3, 1, PLAIN)

    assert lines == ["> 1 | abc", "    |    ^"]


@pytest.mark.parametrize("before", [0, 30, 500, 100_000])
@pytest.mark.parametrize("after", [0, 30, 100_000])
def test_a_long_line_is_shown_around_its_site(before: int, after: int) -> None:
    text = "x" * before + " bad() " + "y" * after + "\nnext\n"

    code, rule, following = framed(text, "bad()", width=60)

    assert max(map(len, (code, rule))) <= 60
    assert code[rule.index("^") :][:5] == "bad()"
    assert rule.strip("| ") == "^^^~~"
    assert following.startswith("  2 |")


@given(st.text(max_size=200), st.integers(0, 50), st.integers(1, 60))
def test_a_window_is_never_wider_than_its_room(text: str, left: int, room: int) -> None:
    shown = window(text, left, room)

    assert spread(shown)[1][-1] <= room
    assert visible(shown) == shown


_CODE = st.text("ab  (),.;\t日\x1b", max_size=200)


@given(st.one_of(st.text(max_size=200), _CODE), st.integers(12, 60), st.integers(0, 4))
def test_folding_loses_nothing(text: str, room: int, hang: int) -> None:
    first, *rest = folded(text, room, hang)

    assert "".join([first, *rest]) == "".join(spread(text)[0])
    assert spread(first)[1][-1] <= room
    assert all(spread(row)[1][-1] <= room - hang for row in rest)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("one two three four", ["one two ", "three four"]),
        ("one, two12 three", ["one, two12", " three"]),
        ("a 23456789012345", ["a 23456789", "012345"]),
        ("source.pipe(target)", ["source", ".pipe(", "target)"]),
        ("first,(second,third", ["first,(", "second,", "third"]),
        ("1234567890", ["1234567890"]),
        ("", [""]),
    ],
)
def test_rows_end_where_words_do(text: str, rows: list[str]) -> None:
    assert folded(text, 10) == rows


@given(st.text())
def test_what_is_visible_steers_nothing(text: str) -> None:
    seen = visible(text)

    assert not [c for c in seen if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066"]
    assert visible(seen) == seen
    if text.isprintable():
        assert seen == text


# The forms.


def test_a_fix_is_shown_as_what_it_changes() -> None:
    data = b"one();\n\tbad();\nthree();\nfour();\nfive();\nsix();\nseven();\n"
    edits = (Edit.insert(0, "zero();\n"), Edit.replace(8, 11, "good"), Edit.delete(45, 46))

    assert list(full.changes(data, edits, PLAIN)) == [
        "      + zero();",
        "    1   one();",
        "    2 -     bad();",
        "      +     good();",
        "    3   three();",
        "    …",
        "    5   five();",
        "    6 - six();",
        "      + six()",
        "    7   seven();",
    ]


def test_a_long_fix_is_folded_and_an_endless_one_cut() -> None:
    style = Style(width=40)
    long = b"f(" + b"arguments,".ljust(16) * 3 + b"x)\n"
    assert list(full.changes(long, (Edit.replace(0, 1, "g"),), style)) == [
        "    1 - f(arguments,      arguments,",
        "      -   … arguments,      x)",
        "      + g(arguments,      arguments,",
        "      +   … arguments,      x)",
    ]

    endless = b"x" * 50_000 + b"bad()" + b"y" * 50_000
    rows = list(full.changes(endless, (Edit.replace(50_000, 50_003, "good"),), style))
    assert [len(row) <= 40 for row in rows] == [True, True]
    assert ["bad()" in rows[0], "good()" in rows[1]] == [True, True]


def test_why_is_told_once_for_each_codemod() -> None:
    data = b"bad();\nbad();\n"
    found = finding(data, b"bad()", codemod="pipe-without-pipeline")
    text = "".join(
        full.render(told(FileResult("/w/a.js", "a.js", data, left=(found, found))), view())
    )

    assert text.count("why:") == 1
    assert text.count("fix (safe):\n") == 2


@pytest.mark.parametrize(
    ("recipe", "lines"),
    [
        (
            "Wait for the source before\nyou read whatever the other one may have.",
            ["Wait for the source before you read", "whatever the other one may have."],
        ),
        (
            "wait(source);\n  read(what, the, other, one, has, got);",
            ["wait(source);", "  read(what, the, other, one, has,", "  got);"],
        ),
        ("wait,\nthen read", ["wait,", "then read"]),
    ],
    ids=["prose", "code", "short"],
)
def test_a_recipe_is_wrapped_where_it_is_too_long(recipe: str, lines: list[str]) -> None:
    data = b"bad();\n"
    found = finding(data, b"bad()", status="declined:odd")._replace(recipe=recipe)
    result = FileResult("/w/a.js", "a.js", data, left=(found,))

    told = list(full.block(result, found, View("/w", Style(width=40))))

    assert told[told.index("  by hand:") + 1 :] == [f"    {line}" for line in lines]


@pytest.mark.parametrize(
    ("status", "safety", "state"),
    [
        ("fixable", Safety.SAFE, "safe"),
        ("fixable", Safety.UNSAFE, "unsafe"),
        ("fixable", Safety.DISPLAY, "display"),
        ("display", Safety.DISPLAY, "display"),
        ("declined:not-ours", Safety.DISPLAY, "declined:not-ours"),
    ],
)
def test_the_state_of_a_finding(status: str, safety: Safety, state: str) -> None:
    assert concise.state(finding(b"x", b"x", status=status, safety=safety)) == state


def test_json_keeps_names_that_are_not_utf_8() -> None:
    text = json.dumps({"path": "a\udcff\u202e\x9b\u2028é.js"})

    assert text.isprintable() or text.replace("\n", "").isprintable()
    assert "é" in text
    assert stdlib_json.loads(text) == {"path": "a\udcff\u202e\x9b\u2028é.js"}


@pytest.mark.parametrize(
    ("size", "limit", "told"),
    [
        (3_000_000, 2_097_152, "2.9 MB is over the limit of 2.0 MB"),
        (2_097_153, 2_097_152, "2,097,153 bytes is over the limit of 2,097,152"),
        (90, 64, "90 bytes is over the limit of 64"),
    ],
)
def test_a_size_and_its_limit_are_told_in_one_unit(size: int, limit: int, told: str) -> None:
    assert too_large(size, limit) == told


def test_paths_are_shown_from_the_working_directory() -> None:
    assert relative("/w/here/a/b.js", "/w/here") == "a/b.js"
    assert relative("/w/there/b.js", "/w/here") == "../there/b.js"
    assert shown("/w/here/\x1b[m\udcff.js", "/w/here") == "\\x1b[m\\xff.js"


def test_a_hunk_is_headed_by_the_findings_it_belongs_to() -> None:
    data = b"bad();\n" + b"\n" * 9 + b"worse();\n"
    bad = finding(data, b"bad()", edits=[Edit.replace(0, 3, "good")], codemod="bad")
    worse = finding(data, b"worse()", edits=[Edit.replace(16, 21, "fine")], codemod="worse")
    result = FileResult(
        "/w/a.js",
        "a.js",
        data,
        b"good();\n" + b"\n" * 9 + b"fine();\n",
        (*bad.edits, *worse.edits),
        (bad, worse),
    )

    lines = patch.section(result, index=False).decode().splitlines()

    assert [line for line in lines if line.startswith("@@")] == [
        f"@@ -1,4 +1,4 @@ bad {bad.fingerprint[:8]}",
        f"@@ -8,4 +8,4 @@ worse {worse.fingerprint[:8]}",
    ]
    assert lines[2] == "diff --git a/a.js b/a.js"


def test_a_hunk_that_only_imports_is_headed_too() -> None:
    data = b"import a from 'a';\n" + b"\n" * 9 + b"bad();\n"
    edits = [Edit.insert(18, "\nimport b from 'b';"), Edit.replace(28, 31, "good")]
    found = finding(data, b"bad()", edits=edits)
    result = FileResult("/w/a.js", "a.js", data, data + b"\n", tuple(edits), (found,))

    lines = patch.section(result, index=False).decode().splitlines()

    assert [line.partition("@@ ")[2].split("@@ ")[1] for line in lines if line[:2] == "@@"] == [
        f"some-fault {found.fingerprint[:8]}",
        f"some-fault {found.fingerprint[:8]}",
    ]


def test_a_terminal_is_spared_what_a_program_reads() -> None:
    data = b"bad();\n"
    edits = [Edit.replace(0, 3, "# unleak: good")]
    found = finding(data, b"bad()", edits=edits)
    result = FileResult("/w/a.js", "a.js", data, b"# unleak: good();\n", tuple(edits), (found,))
    section = patch.section(result, index=False)

    assert section.startswith(b"# unleak: {")
    assert "".join(patch.for_terminal([section], PLAIN)) == section.partition(b"\n")[2].decode()


def test_three_way_merges_find_the_blob(tmp_path: Path) -> None:
    def git(*words: str, stdin: bytes = b"") -> None:
        subprocess.run(["git", *words], cwd=tmp_path, input=stdin, check=True, capture_output=True)

    before = b"one\ntwo\n\nbad();\n\nthree\nfour\n"
    git("init", "-q")
    (tmp_path / "a.js").write_bytes(before)
    git("add", "a.js")
    edits = [Edit.replace(9, 12, "good")]
    found = finding(before, b"bad()", edits=edits)
    after = before.replace(b"bad", b"good")
    result = FileResult(str(tmp_path / "a.js"), "a.js", before, after, tuple(edits), (found,))
    section = patch.section(result, index=True)
    (tmp_path / "a.js").write_bytes(before.replace(b"two", b"zwei"))
    git("add", "a.js")  # the context is no longer that of the patch

    with pytest.raises(subprocess.CalledProcessError):
        git("apply", "-", stdin=section)
    git("apply", "--3way", "-", stdin=section)

    assert (tmp_path / "a.js").read_bytes() == after.replace(b"two", b"zwei")


# The summary.


def view() -> View:
    return View("/w", PLAIN)


def told(*results: FileResult, skipped: Sequence[Skipped] = ()) -> Outcome:
    return outcome("/w", results, skipped)


def test_the_summary_counts_what_is_there() -> None:
    data = b"bad()"
    safe, unsafe = finding(data, data), finding(data, data, safety=Safety.UNSAFE)
    display = finding(data, data, status="display", safety=Safety.DISPLAY)
    odd, even = (finding(data, data, status=f"declined:{code}") for code in ("odd", "even"))
    counted = summary(
        told(
            FileResult("/w/a.js", "a.js", data, left=(safe, unsafe, display, odd)),
            FileResult("/w/b.js", "b.js", data, applied=(safe, safe), left=(even, odd)),
            FileResult("/w/c.js", "c.js"),
            skipped=[Skipped("/w/d.js", "not-utf-8", ""), Skipped("/w/a.js", "note", "")],
        )
    )

    assert counted == Summary(
        files=3,
        files_with_findings=2,
        findings=6,
        safe=1,
        unsafe=1,
        display=1,
        declined=(("odd", 2), ("even", 1)),
        fixed=2,
        files_fixed=1,
        skipped=1,
    )
    assert sentences(counted, PLAIN, done="fixed", hint="run it").splitlines() == [
        "2 findings fixed in 1 file",
        "6 findings left in 2 files: 2 fixable (1 safe, 1 unsafe), "
        "1 with a recipe to place by hand, 3 declined (2 odd, 1 even)",
        "  run it; `--unsafe-fixes` takes 1 more that want a reader",
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("pipe", "did you mean 'pipe-without-pipeline'?"),
        ("Pipe_", "did you mean 'pipe-without-pipeline'?"),
        ("hangs", "did you mean 'drain-wait-hangs'?"),
        ("drian-wait-hang", "did you mean 'drain-wait-hangs'?"),
        ("wombat", "`unleak rules` lists them"),
        ("", "`unleak rules` lists them"),
    ],
)
def test_a_wrong_name_is_told_the_right_one(name: str, meant: str) -> None:
    with pytest.raises(registry.UnknownNameError, match=re.escape(meant)):
        registry.entry(name)


def test_one_is_not_many() -> None:
    assert [plural(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


def test_results_come_in_the_order_of_their_names_bytes() -> None:
    names = ["b.js", "a/z.js", "a.js", "é.js", "\udcff.js", "B.js"]

    ordered = told(*(FileResult(f"/w/{name}", name) for name in names)).results

    assert [result.path for result in ordered] == [
        "B.js",
        "a.js",
        "a/z.js",
        "b.js",
        "é.js",
        "\udcff.js",
    ]
