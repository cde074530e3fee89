"""Comments that suppress findings in Python: which bytes are comments, and how they go."""

import subprocess
import sys
from pathlib import Path

import pytest

from unleak import registry
from unleak_engine.codemod import Span
from unleak_engine.edit import apply_edits
from unleak_engine.exemptions import Exemptions
from unleak_engine.python.text import comments_of, read
from unleak_engine.rewrite import Context, Rewritten, analyse_bytes, rewrite_bytes
from unleak_engine.source import UnreadableError

CLOSE, DRAIN, OPENED = "close-not-awaited", "writer-without-drain", "streamed-response-unclosed"
RAN = (CLOSE, DRAIN, OPENED)
KNOWN = frozenset(entry.name for entry in registry.entries())
LEAK = """\
import asyncio


async def send(data):
    _, writer = await asyncio.open_connection("127.0.0.1", 80)
    writer.write(data)
    writer.close()
"""
CURED = LEAK + "    await writer.wait_closed()\n"


def exempt(today: str = "2026-11-23", ran: tuple[str, ...] = RAN) -> Exemptions:
    return Exemptions(today, frozenset(ran), KNOWN)


def above(comment: str, text: str = LEAK) -> str:
    return text.replace("    writer.close", f"    {comment}\n    writer.close")


def beside(comment: str) -> str:
    return LEAK.replace("close()", f"close()  {comment}")


def states(text: str | bytes, given: Exemptions | None = None) -> list[tuple[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    codemods = [registry.load(name) for name in RAN]
    found = analyse_bytes("a.py", data, codemods, Context(exempt=given or exempt()))
    assert not found.problems
    return [(one.codemod, one.status) for one in found.findings]


def fixed(text: str | bytes, given: Exemptions | None = None) -> Rewritten:
    data = text.encode() if isinstance(text, str) else text
    codemods = [registry.load(name) for name in RAN]
    context = Context(exempt=given or exempt())
    done = rewrite_bytes("a.py", data, codemods, context)
    again = rewrite_bytes("a.py", done.after, codemods, context)
    assert again.after == done.after
    assert not done.dropped
    return done


# What they hide.


@pytest.mark.parametrize(
    "text",
    [
        above(f"# unleak-disable-next-line {CLOSE} -- the loop goes on"),
        above(f"# unleak-disable-next-line {CLOSE}"),
        above(f"#unleak-disable-next-line: {CLOSE.replace('-', '_')} -- why"),
        above(f"## unleak-disable-next-line {CLOSE}\n    # pylint: disable=x"),
        above(f"# noqa  # unleak-disable-next-line {CLOSE} -- why"),
        above(f"# unleak-disable-next-line {CLOSE}").replace("    # unl", "# unl"),
        above(f"# unleak-disable-next-line {CLOSE} until=2026-11-23 -- why"),
        above(f"# unleak-disable-next-line {CLOSE} -- why until=2026-12-31"),
        beside(f"# unleak-disable-line {CLOSE} -- why"),
        beside(f"# type: ignore  # unleak-disable-line {CLOSE} -- why"),
        beside(f"# unleak-disable-line {CLOSE}  # noqa: E501"),
        beside(f"# unleak-disable-line {CLOSE} -- ä → b, see #12"),
        LEAK.replace("close()", f"close(  # unleak-disable-line {CLOSE}\n    )"),
        f"# unleak-disable {CLOSE} -- why\n{LEAK}# unleak-enable {CLOSE}\n",
        f"# unleak-disable {CLOSE}\n{LEAK}",
        f"{LEAK}# unleak-disable-file {CLOSE} -- why",
    ],
)
@pytest.mark.parametrize("shape", ["plain", "crlf", "bom", "tabs", "form feed", "cookie"])
def test_a_comment_hides_what_it_names(text: str, shape: str) -> None:
    match shape:
        case "crlf":
            text = text.replace("\n", "\r\n")
        case "bom":
            text = "\ufeff" + text
        case "tabs":
            text = text.replace("    ", "\t")
        case "form feed":
            text = "\x0c\n" + text.replace("\n\n\n", "\n\n\x0c\n")
        case "cookie":
            text = "# -*- coding: utf-8 -*-\nx = 'ä\x85\u2028'; y = f'{x}'  # €\n" + text
    assert states(text) == [(CLOSE, "suppressed")]
    assert fixed(text).after == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        above(f"# unleak-disable-next-line {CLOSE} -- another line\n"),
        f"# unleak-disable {CLOSE}\n# unleak-enable {CLOSE}\n{LEAK}",
        f"{LEAK}# unleak-disable {CLOSE} -- too late\n",
        LEAK.replace("80)", f"80)  # unleak-disable-line {CLOSE} -- why"),
        above(f"# unleak-disable-next-line {CLOSE} until=2026-11-22 -- is over"),
        beside(f"# unleak-disable-line {DRAIN}"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_comment_elsewhere_hides_nothing_and_is_taken_out(text: str, ending: str) -> None:
    found = states(text.replace("\n", ending))
    assert (CLOSE, "fixable") in found
    assert len(found) == 2

    after = fixed(text.replace("\n", ending)).after.decode()
    assert "".join(after.split()) == "".join(CURED.split())
    assert after.count(ending) == after.count("\n")


@pytest.mark.parametrize(
    "line",
    [
        "s = '# unleak-disable-file {}'",
        '"""\n# unleak-disable-file {}\n"""',
        "s = f'''{{1}}\n# unleak-disable-file {}\n{{2}}'''",
        "s = 'a\\\n# unleak-disable-file {}'",
        "s = rb'\\' # unleak-disable-file {}'",
        "# how unleak-disable-file {} works",
        "# write '# unleak-disable-file {}'",
        "# a#unleak-disable-file {}",
        "unleak - disable - file",
        "#: unleak-disable-file {}",
    ],
)
def test_only_comments_count(line: str) -> None:
    text = line.format(CLOSE) + "\n" + LEAK
    assert states(text) == [(CLOSE, "fixable")]


@pytest.mark.parametrize(
    "data",
    [
        "ä = '#'  # unleak-disable-line é -- ü\r\n\x0cx\t= '''#\r\n'''\r\n",
        "\ufeffs = '€'; t = '\\\n#'  # unleak-disable-line a\n",
        "if 1:\n\tx = (  # unleak-disable-line a\n\t\t'€',  # unleak-disable-line b -- €\n\t)\n",
        "x = 1\ry = '€'  # unleak-disable-line a\rz = '\r# unleak-'\r".replace(
            "'\r# unleak-'", "2"
        ),
        "x = '\x85\u2028\x1c'  # unleak-disable-line a\x85\u2028 -- b  ",
        "# unleak-disable-file a",
    ],
)
def test_places_are_bytes(data: str) -> None:
    text = data.encode()
    read(text)
    spans = list(comments_of(text))
    starts = [at for at in range(len(text)) if text.startswith(b"# unleak-disable", at)]
    assert [span.start for span in spans] == starts
    for span in spans:
        rest = text[span.start :].split(b"\n")[0].split(b"\r")[0]
        assert text[span.start : span.end] == rest.decode().rstrip().encode()


def test_one_comment_may_hold_several() -> None:
    data = b"x = 1  # noqa  # unleak-disable-line a -- see #12  # unleak-enable b  #pylint: c\n"
    spans = list(comments_of(data))
    texts = [data[span.start : span.end] for span in spans]
    assert texts == [b"# unleak-disable-line a -- see #12", b"# unleak-enable b"]
    assert spans[0] == Span(15, 49)


# What is told of them, and how they go.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a()\n# {0}\nb()\n", "a()\nb()\n"),
        ("if a:\n    # {0}\n    b()\n", "if a:\n    b()\n"),
        ("if a:\r\n\t# {0}\r\n\tb()\r\n", "if a:\r\n\tb()\r\n"),
        ("a()  # {0}\nb()\n", "a()\nb()\n"),
        ("a()  # {0}\r\nb()\r\n", "a()\r\nb()\r\n"),
        ("a()  # {0}", "a()"),
        ("a()\n# {0}", "a()"),
        ("a()\r\n# {0}", "a()"),
        ("a()\r# {0}\rb()\r", "a()\r\rb()\r"),
        ("\ufeff# {0}\nb()\n", "\ufeffb()\n"),
        ("a()  # noqa  # {0}\n", "a()  # noqa\n"),
        ("a()  # {0}  # noqa\n", "a()  # noqa\n"),
        ("a()  # type: ignore # {0} -- why # noqa\n", "a()  # type: ignore # noqa\n"),
        ("# {0} -- why  # noqa\nb()\n", "# noqa\nb()\n"),
        ("a(  # {0}\n    1,  # {0}\n)\n", "a(\n    1,\n)\n"),
        ("\x0c\n# {0}\nb()\n", "\x0c\nb()\n"),
        ("a()\n\x0c# {0}\nb()\n", "a()\nb()\n"),
        ("# {0}\n", ""),
    ],
)
def test_taking_a_comment_out_leaves_the_rest(before: str, after: str) -> None:
    done = fixed(before.replace("{0}", f"unleak-disable-file {DRAIN}"))
    assert done.after.decode() == after
    assert apply_edits(done.before, done.edits) == done.after


def test_a_name_that_hides_nothing_goes_alone() -> None:
    done = fixed(above(f"# unleak-disable-next-line {DRAIN}, {CLOSE} -- why  # noqa"))
    assert done.after.decode() == above(f"# unleak-disable-next-line {CLOSE} -- why  # noqa")

    pair = f"# unleak-disable {DRAIN} -- why\na()\n# unleak-enable {DRAIN}\nb()\n"
    assert fixed(pair).after == b"a()\nb()\n"


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# unleak-disable-next-line", "it names no codemod"),
        ("# unleak-disable-nextline x", "there is no `unleak-disable-nextline`"),
        ("# unleak-disable-line  # noqa", "it names no codemod"),
        (f"# unleak-disable-next-line {CLOSE[:-1]}", f"did you mean {CLOSE!r}?"),
        (f"# unleak-disable-next-line {CLOSE} until=soon", "until=soon is no day"),
    ],
)
def test_a_comment_that_cannot_be_followed_is_a_finding(comment: str, why: str) -> None:
    codemods = [registry.load(name) for name in RAN]
    context = Context(exempt=exempt())
    found = analyse_bytes("a.py", above(comment).encode(), codemods, context).findings

    (bad,) = [one for one in found if one.codemod == "bad-suppression"]
    assert why in bad.why
    assert "`# unleak-disable-next-line NAME -- reason`" in bad.recipe


def test_a_comment_for_a_codemod_that_did_not_run_is_not_unused() -> None:
    assert states(f"# unleak-disable-file {DRAIN}\n", exempt(ran=(CLOSE,))) == []


def test_where_a_codemod_fails_no_comment_is_unused() -> None:
    from dataclasses import replace

    def fails(match: object) -> list[object]:
        raise RuntimeError("no")

    codemod = replace(registry.load(CLOSE), find=fails)
    text = beside(f"# unleak-disable-line {CLOSE} -- why").encode()
    found = analyse_bytes("a.py", text, [codemod], Context(exempt=exempt()))

    assert [one.message for one in found.problems] == [
        "close-not-awaited failed at line 7: RuntimeError('no')"
    ]
    assert not found.findings


def test_a_baseline_hides_what_it_holds() -> None:
    codemods = [registry.load(name) for name in RAN]
    (first,) = analyse_bytes("a.py", LEAK.encode(), codemods).findings
    given = exempt()._replace(baseline=frozenset({first.fingerprint}))

    assert states(LEAK, given) == [(CLOSE, "baselined")]
    assert fixed(LEAK, given).after == LEAK.encode()


@pytest.mark.parametrize("blanks", ["", "  ", "        ", "            "])
@pytest.mark.parametrize("comment", ["# {}", "# noqa  # {}"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_no_new_line_comes_between_a_comment_and_its_line(
    blanks: str, comment: str, ending: str
) -> None:
    """A comment of Python has any indent it likes; what goes before it keeps the code's."""
    said = blanks + comment.format(f"unleak-disable-next-line {DRAIN} -- why") + "\n"
    text = (
        "import aiohttp\n\n\n"
        "async def read(session: aiohttp.ClientSession, url):\n"
        "    response = await session.get(url)\n"
        "    if response.status != 200:\n"
        "{}        return None\n"
        "    return await response.json()\n"
    )
    before, after = (
        text.format(new).replace("\n", ending)
        for new in (said, "        response.release()\n" + said)
    )
    done = fixed(before, exempt(ran=(OPENED,)))
    assert done.after.decode() == after


# What it costs.


def test_a_file_with_nothing_but_a_comment_needs_no_libcst(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from unleak_engine.exemptions import Exemptions\n"
        "from unleak_engine.rewrite import Context, analyse_bytes\n"
        "context = Context(exempt=Exemptions('', {'close-not-awaited'}, {'close-not-awaited'}))\n"
        "data = b'# unleak-disable-file close-not-awaited\\n'\n"
        "print(analyse_bytes('a.py', data, [], context).findings[0].codemod)\n"
        "print('tokenize' in sys.modules, 'libcst' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "unused-suppression\nTrue False\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"# coding: latin-1\n# unleak-disable-file x\n", "not-utf-8"),
        (b"\xef\xbb\xbf# coding: latin-1\n# unleak-disable-file x\n", "not-utf-8"),
        (b"# unleak-disable-file x \xe9\n", "not-utf-8"),
        (b"# unleak-disable-file x\nprint 'two'\n", "syntax-error"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        analyse_bytes("a.py", data, [], Context(exempt=exempt()))
    assert raised.value.code == code
