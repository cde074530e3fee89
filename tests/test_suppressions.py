"""Comments that suppress findings: what they hide, what is told of them, how they go."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from unleak import cli, registry
from unleak_engine.codemod import Span
from unleak_engine.edit import apply_edits
from unleak_engine.exemptions import CODES, Exemptions
from unleak_engine.rewrite import Context, Rewritten, analyse_bytes, rewrite_bytes
from unleak_engine.source import Source, parse
from unleak_engine.suppressions import HASH, settled

PIPE, DRAIN = "pipe-without-pipeline", "drain-wait-hangs"
HEAD = "import fs from 'node:fs';\n\n"
COPY = """\
export async function copy(from, to) {
  fs.createReadStream(from).pipe(fs.createWriteStream(to));
}
"""
TWIN = COPY.replace("copy", "twin")
RAN = (PIPE, DRAIN)
KNOWN = frozenset(entry.name for entry in registry.entries())


def exempt(today: str = "2026-11-23", ran: tuple[str, ...] = RAN) -> Exemptions:
    return Exemptions(today, frozenset(ran), KNOWN)


def above(comment: str, body: str = COPY) -> str:
    return HEAD + body.replace("  fs.", f"  {comment}\n  fs.")


def states(
    text: str, path: str = "a.mjs", given: Exemptions | None = None
) -> list[tuple[str, str]]:
    codemods = [registry.load(name) for name in RAN]
    context = Context(exempt=given or exempt())
    found = analyse_bytes(path, text.encode(), codemods, context).findings
    return [(one.codemod, one.status) for one in found]


def fixed(text: str, path: str = "a.mjs", given: Exemptions | None = None) -> Rewritten:
    codemods = [registry.load(name) for name in RAN]
    context = Context(exempt=given or exempt())
    done = rewrite_bytes(path, text.encode(), codemods, context)
    again = rewrite_bytes(path, done.after, codemods, context)
    assert again.after == done.after
    assert not done.dropped
    return done


# What they hide.


@pytest.mark.parametrize(
    "text",
    [
        above(f"// unleak-disable-next-line {PIPE} -- the copy may fail"),
        above(f"// unleak-disable-next-line {PIPE}"),
        above(f"// unleak-disable-next-line: {PIPE}"),
        above(f"//unleak-disable-next-line {PIPE.replace('-', '_')} -- why"),
        above(f"/* unleak-disable-next-line {PIPE} -- why */"),
        above(f"/*\n   * unleak-disable-next-line {PIPE}\n   * -- why\n   */"),
        above(f"// unleak-disable-next-line {PIPE}\n  // eslint-disable-next-line no-x"),
        above(f"// unleak-disable-next-line {PIPE} until=2026-11-23 -- why"),
        above(f"// unleak-disable-next-line {PIPE} -- why until=2026-12-31"),
        HEAD + COPY.replace(");\n", f"); // unleak-disable-line {PIPE} -- why\n"),
        HEAD + COPY.replace(".pipe", f"\n    // unleak-disable-next-line {PIPE}\n    .pipe"),
        HEAD + COPY.replace(".pipe", f" // unleak-disable-line {PIPE}\n    .pipe"),
        HEAD + f"/* unleak-disable {PIPE} -- why */\n{COPY}/* unleak-enable {PIPE} */\n",
        HEAD + f"/* unleak-disable {PIPE} -- why */\n{COPY}",
        HEAD + COPY + f"/* unleak-disable-file {PIPE} -- why */\n",
        above(f"// unleak-disable-next-line {PIPE}").replace("\n", "\r\n"),
        "\ufeff" + above(f"// unleak-disable-next-line {PIPE}"),
    ],
)
def test_a_comment_hides_what_it_names(text: str) -> None:
    assert states(text) == [(PIPE, "suppressed")]
    assert fixed(text).after == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        HEAD + f"// unleak-disable-next-line {PIPE} -- another line\n\n" + COPY,
        HEAD + f"/* unleak-disable {PIPE} */\n/* unleak-enable {PIPE} */\n" + COPY,
        HEAD + COPY + f"/* unleak-disable {PIPE} -- too late */\n",
        HEAD + f"foo(); // unleak-disable-line {PIPE}\n" + COPY,
    ],
)
def test_a_comment_elsewhere_hides_nothing_and_is_taken_out(text: str) -> None:
    found = states(text)
    assert (PIPE, "fixable") in found
    assert ("unused-suppression", "fixable") in found

    after = fixed(text).after.decode()
    assert "unleak-" not in after
    assert "pipeline(" in after


def test_only_comments_count() -> None:
    """Neither a text nor a comment that speaks of us is one that is meant for us."""
    for text in (
        f"const s = '// unleak-disable-file {PIPE}';\n",
        f"const s = `/* unleak-disable-file {PIPE} */`;\n",
        f"// how unleak-disable-file {PIPE} works\n",
        f"const s = /unleak-disable-file {PIPE}/;\n",
    ):
        assert states(HEAD + text + COPY) == [(PIPE, "fixable")]


def test_a_name_hides_no_other() -> None:
    text = above(f"// unleak-disable-next-line {DRAIN} -- why")

    assert states(text) == [("unused-suppression", "fixable"), (PIPE, "fixable")]


def test_the_closest_comment_is_the_one_in_use() -> None:
    text = above(f"// unleak-disable-next-line {PIPE}")
    text += f"/* unleak-disable-file {PIPE} */\n"

    assert states(text) == [(PIPE, "suppressed"), ("unused-suppression", "fixable")]


def test_jsx() -> None:
    text = HEAD + (
        "export const A = () => (\n  <b onClick={(from, to) => {\n"
        f"    // unleak-disable-next-line {PIPE} -- why\n"
        "    fs.createReadStream(from).pipe(fs.createWriteStream(to));\n  }}>\n"
        f"    {{/* unleak-disable-next-line {DRAIN} -- why */}}\n"
        f"    <i>{{/* unleak-disable-line {DRAIN} */}}x </i>\n"
        "  </b>\n);\n"
    )

    after = fixed(text, "a.jsx").after.decode()

    assert [state for name, state in states(text, "a.jsx") if name == PIPE] == ["suppressed"]
    assert "\n  }}>\n    <i>x </i>\n  </b>\n" in after


# What is told of them.


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("// unleak-disable-next-line", "it names no codemod"),
        ("// unleak-disable-next-line -- it is fine", "it names no codemod"),
        ("/* unleak-disable until=2027-01-01 */", "it names no codemod"),
        ("// unleak-enable", "it names no codemod"),
        ("// unleak-disable-nextline x", "there is no `unleak-disable-nextline`"),
        ("// unleak-disable-next-line pipe-without-pipelin", "did you mean 'pipe-without-pipe"),
        (f"// unleak-disable-next-line {PIPE} because", "no codemod is named 'because'"),
        (f"// unleak-disable-next-line {PIPE} (so)", "is no name of a codemod"),
        (f"// unleak-disable-next-line {PIPE} until=soon", "until=soon is no day"),
        (f"// unleak-disable-next-line {PIPE} until=2026-02-29", "until=2026-02-29 is no day"),
        (f"// unleak-disable-next-line {PIPE} until=", "until= is no day"),
    ],
)
def test_a_comment_that_cannot_be_followed_is_a_finding(comment: str, why: str) -> None:
    text = above(comment)
    if "-enable" in comment:
        text = text.replace(comment, f"// unleak-disable-next-line {PIPE}\n  {comment}")
    codemods = [registry.load(name) for name in RAN]
    found = analyse_bytes("a.mjs", text.encode(), codemods, Context(exempt=exempt())).findings

    (bad,) = [one for one in found if one.codemod == "bad-suppression"]
    assert (bad.status, bad.reason) == ("declined:bad-suppression", "bad-suppression")
    assert why in bad.why
    assert "// unleak-disable-next-line NAME -- reason" in bad.recipe


def test_an_expired_comment_hides_nothing_and_goes() -> None:
    text = above(f"// unleak-disable-next-line {PIPE} until=2026-11-22 -- until the rewrite")

    assert states(text) == [("expired-suppression", "fixable"), (PIPE, "fixable")]
    assert states(text, given=exempt("2026-11-22")) == [(PIPE, "suppressed")]
    assert states(text, given=exempt("")) == [(PIPE, "suppressed")]
    after = fixed(text).after.decode()
    assert "unleak-" not in after
    assert "  await pipeline(" in after


def test_a_comment_for_a_codemod_that_did_not_run_is_not_unused() -> None:
    text = above(f"// unleak-disable-next-line {PIPE}, readline-leaves-input-open -- why")

    assert states(text) == [(PIPE, "suppressed")]
    assert states(above(f"// unleak-disable-next-line {DRAIN}"), given=exempt(ran=(PIPE,))) == [
        (PIPE, "fixable")
    ]


def test_where_not_all_was_read_no_comment_is_unused() -> None:
    text = above(f"// unleak-disable-next-line {DRAIN}") + "function (\n"

    assert ("unused-suppression", "fixable") not in states(text)


def test_a_file_of_comments_only_is_read() -> None:
    assert states(f"// unleak-disable-file {PIPE}\n") == [("unused-suppression", "fixable")]
    assert fixed(f"// unleak-disable-file {PIPE}\n").after == b""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a();\n// {0}\nb();\n", "a();\nb();\n"),
        ("a();\n  // {0}\nb();\n", "a();\nb();\n"),
        ("a();\r\n// {0}\r\nb();\r\n", "a();\r\nb();\r\n"),
        ("a(); // {0}\nb();\n", "a();\nb();\n"),
        ("a(); // {0}", "a();"),
        ("a();\n// {0}", "a();"),
        ("\ufeff// {0}\nb();\n", "\ufeffb();\n"),
        ("a(); /* {0} */ b();\n", "a(); b();\n"),
        ("return/* {0} */a;\n", "return a;\n"),
        ("/* {0} */ b();\n", "b();\n"),
        ("/* {0}\n -- for two lines */\nb();\n", "b();\n"),
        ("f(/* {0} */a);\n", "f(a);\n"),
    ],
)
def test_taking_a_comment_out_leaves_the_rest(before: str, after: str) -> None:
    text = before.replace("{0}", f"unleak-disable-file {DRAIN}")

    assert fixed(text).after.decode() == after


def test_a_name_that_hides_nothing_goes_alone() -> None:
    text = above(f"// unleak-disable-next-line {DRAIN}, {PIPE} until=2027-01-01 -- why")
    block = HEAD + f"/* unleak-disable {PIPE}, {DRAIN} -- why */\n{COPY}"
    block += f"/* unleak-enable {PIPE}, {DRAIN} */\n"

    assert f"next-line {PIPE} until=2027-01-01 -- why\n" in fixed(text).after.decode()
    assert f"/* unleak-disable {PIPE} -- why */" in fixed(block).after.decode()
    assert f"/* unleak-enable {PIPE} */" in fixed(block).after.decode()


def test_a_pair_goes_together_and_an_end_alone_too() -> None:
    pair = f"/* unleak-disable {DRAIN} -- why */\na();\n/* unleak-enable {DRAIN} */\nb();\n"

    assert fixed(pair).after == b"a();\nb();\n"
    alone = f"// unleak-disable-file {PIPE}\n/* unleak-enable {DRAIN} */\n"
    assert fixed(alone).after == b""


def test_half_an_end_is_told() -> None:
    text = f"/* unleak-disable {PIPE}, {DRAIN} */\n{HEAD}{COPY}/* unleak-enable {PIPE} */\n"

    assert ("bad-suppression", "declined:bad-suppression") in states(text)


def test_equal_comments_have_fingerprints_of_their_own() -> None:
    text = f"// unleak-disable-file {DRAIN}\n" * 3
    found = analyse_bytes("a.js", text.encode(), [], Context(exempt=exempt())).findings

    assert len({one.fingerprint for one in found}) == len(found) == 3


# What a rewrite leaves of them.


def test_a_new_import_does_not_come_between_a_comment_and_its_line() -> None:
    text = (
        f"// unleak-disable-next-line {PIPE} -- first\n"
        "require('fs').createReadStream('a').pipe(require('fs').createWriteStream('c'));\n"
        "export async function copy(a) {\n"
        "  require('fs').createReadStream(a).pipe(require('fs').createWriteStream('b'));\n}\n"
    )

    done = fixed(text, "a.js")

    assert done.after.index(b"stream/promises") < done.after.index(b"unleak-disable")
    assert [one.status for one in done.left] == ["suppressed"]
    assert apply_edits(text.encode(), done.edits) == done.after


def test_a_baselined_twin_stays_when_the_other_is_cured() -> None:
    """The other's cure makes it the first of its kind, by which it would not be recognised."""
    text = HEAD + COPY + TWIN
    codemods = [registry.load(name) for name in RAN]
    first, second = analyse_bytes("a.mjs", text.encode(), codemods).findings
    given = exempt()._replace(baseline=frozenset({second.fingerprint}))

    done = rewrite_bytes("a.mjs", text.encode(), codemods, Context(exempt=given))

    assert done.after.count(b"await pipeline(") == 1
    assert [one.fingerprint for one in done.applied] == [first.fingerprint]
    assert [(one.fingerprint, one.status) for one in done.left] == [
        (second.fingerprint, "baselined")
    ]


def test_other_languages_mark_comments_otherwise() -> None:
    """The engine that reads such a file hands the comments in."""
    text = b"# unleak-disable-next-line drain-wait-hangs -- why\n# other\nx = 1\n"
    js: Source = parse("a.js", b"")
    source = Source("a.py", text, js.grammar, js.tree)
    comments = [Span(0, text.index(b"\n")), Span(text.index(b"# other"), text.index(b"\nx"))]

    (found,) = settled(source, (), exempt(), comments, sure=True, marks=HASH)

    assert (found.codemod, found.start.line) == ("unused-suppression", 1)
    assert apply_edits(text, found.edits) == b"# other\nx = 1\n"


# On the command line.

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def unleak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cli:
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = cli.main(list(arguments))
        return code, *capfd.readouterr()

    return ran


def test_a_suppressed_finding_is_in_json_and_nowhere_else(unleak: Cli) -> None:
    text = above(f"// unleak-disable-next-line {PIPE} -- the copy may fail")
    Path("a.mjs").write_text(text)

    code, out, err = unleak("check", "--output-format", "json")
    told = json.loads(out)
    (found,) = told["findings"]

    assert (code, found["status"], found["edits"]) == (0, "suppressed", [])
    assert (found["reason"], found["suppression"]) == (None, "the copy may fail")
    assert (told["summary"]["findings"], told["summary"]["suppressed"]) == (0, 1)
    assert err == "No findings.\n  Beside them: 1 suppressed\n"
    for form in ("concise", "full"):
        assert unleak("check", "-q", "--output-format", form) == (0, "", "")
    assert unleak("diff", "-q") == (0, "", "")
    assert unleak("fix", "-q") == (0, "", "")
    assert Path("a.mjs").read_text() == text


def test_fix_takes_out_what_is_of_no_use(unleak: Cli) -> None:
    Path("a.mjs").write_text(HEAD + COPY + f"// unleak-disable-file {DRAIN} -- old\n")
    Path("b.js").write_text(f"// unleak-disable-file {PIPE} -- old\nmodule.exports = 1;\n")

    code, out, _ = unleak("check")
    assert code == 1
    assert "b.js:1:1: unused-suppression Nothing is left for this comment to suppress: " in out
    code, out, _ = unleak("diff")
    assert "-// unleak-disable-file drain-wait-hangs -- old\n" in out
    code, _, err = unleak("fix")

    assert code == 0
    assert "fixed b.js:1:1 unused-suppression" in err
    assert Path("b.js").read_text() == "module.exports = 1;\n"
    assert "unleak-" not in Path("a.mjs").read_text()


def test_the_day_is_that_of_the_clock(unleak: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.mjs").write_text(above(f"// unleak-disable-next-line {PIPE} until=2031-05-31"))

    monkeypatch.setattr("unleak.cli.session.today", lambda: "2031-05-31")
    assert unleak("check")[0] == 0
    monkeypatch.setattr("unleak.cli.session.today", lambda: "2031-06-01")
    code, out, _ = unleak("check")
    assert code == 1
    assert "expired-suppression This suppression has expired on 2031-05-31." in out


def test_comments_for_what_nobody_asked_for_stay(unleak: Cli) -> None:
    Path("a.mjs").write_text(above(f"// unleak-disable-next-line {DRAIN} -- why"))
    Path("unleak.toml").write_text(f'[per-file-ignores]\n"a.*" = ["{DRAIN}"]\n')
    assert "unused" not in unleak("check")[1]
    Path("unleak.toml").unlink()

    assert "unused" not in unleak("check", "--select", PIPE)[1]
    assert "unused" not in unleak("check", "--ignore", DRAIN)[1]
    assert "unused" in unleak("check", "--select", DRAIN)[1]


def test_what_a_finding_of_a_comment_is_called_can_be_explained(unleak: Cli) -> None:
    for code in CODES:
        exit_code, out, _ = unleak("explain", code)
        assert exit_code == 0
        assert "unleak-disable-next-line NAME" in out
