"""What the soak once found stays mended, and the soak itself would find it again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.soak import fuzz

from unleak import registry
from unleak_engine.codemod import Answer, Codemod, Match, Rewrite, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.rewrite import ALONE, Rewritten

FOUND = sorted(Path(__file__).parent.joinpath("soak", "found").iterdir())


def given(path: str, text: bytes, number: int = 0) -> fuzz.Input:
    return fuzz.Input(number, path, text, ALONE)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    found = given(path.name, path.read_bytes())
    judged = fuzz.judged(found, fuzz.all_codemods())

    assert fuzz.broken_at_all(found, fuzz.all_codemods()) is None
    assert judged is not None
    assert judged.applied or judged.left


def test_inputs_can_be_made_again() -> None:
    sources = fuzz.texts(None)
    made = [fuzz.made(number, 5, sources) for number in range(60)]

    assert made == [fuzz.made(number, 5, sources) for number in range(60)]
    assert len({one.text for one in made}) > 50
    assert made != [fuzz.made(number, 6, sources) for number in range(60)]


def test_some_inputs_break_no_law() -> None:
    sources = fuzz.texts(None)
    tally = fuzz.tallied([fuzz.made(n, 5, sources) for n in range(60)], fuzz.all_codemods())

    assert tally.broken == []
    assert tally.inputs == 60
    assert tally.edited > 5


def bent_codemod(*texts: str) -> Codemod:
    """`.pipe` becomes one of `texts`, the next one every time it is asked."""
    sound = registry.load("pipe-without-pipeline")
    asked = iter(texts * 100)

    def find(match: Match) -> Iterator[Answer]:
        name = match["pipe"]
        edit = Edit.replace(name.start_byte, name.end_byte, next(asked))
        yield Rewrite(Span.of(match["call"]), name.start_byte, "bent", (edit,), Safety.SAFE)

    return replace(sound, find=find, worth=None)


@pytest.mark.parametrize(
    ("law", "texts"),
    [
        ("an edit is doubted", (")(",)),
        ("an edit is doubted", ("pipe.x.pipe",)),
        ("the order of codemods matters", ("a", "b", "c")),
        ("a codemod fails", ("\udc80",)),
    ],
)
def test_the_soak_sees_what_is_wrong(law: str, texts: tuple[str, ...]) -> None:
    broken = fuzz.broken_law(given("a.js", b"x;\na.pipe(b);\ny;\n"), [bent_codemod(*texts)])

    assert broken is not None
    assert broken.law.startswith(law)


def test_the_soak_asks_node() -> None:
    text = b"const fs = 1;\na.pipe(b);\n"
    broken = fuzz.broken_at_all(given("a.js", text), [bent_codemod("x; break; a.y")])

    assert broken is not None
    assert broken.law == "Node cannot parse it"
    assert "Illegal break" in broken.detail


def test_a_name_declared_twice_is_doubted() -> None:
    broken = fuzz.broken_law(
        given("a.js", b"const fs = 1;\na.pipe(b);\n"), [bent_codemod("x; const fs = 2; a.y")]
    )

    assert broken is not None
    assert broken.law == "an edit is doubted"
    assert "declares a name twice" in broken.detail


def test_a_failure_is_cut_down_and_kept(tmp_path: Path) -> None:
    codemods = [bent_codemod(")(")]
    text = b"// one\n" * 30 + b"a.pipe(b);\n" + b"f(x);\n" * 30
    broken = fuzz.broken_law(given("a.js", text, 42), codemods)
    assert broken is not None

    path = fuzz.save(fuzz.shrunk(broken, codemods), tmp_path)

    assert path.read_bytes() == b"a.pipe()"
    assert '"number": 42' in path.with_name("a.js.json").read_text()


def test_git_is_asked_for_all_and_then_for_each() -> None:
    codemods = fuzz.all_codemods()
    done: list[tuple[fuzz.Input, Rewritten]] = []
    for name in ("a.cjs", "b.cjs", "c.cjs"):
        text = b"fs.createReadStream('a').pipe(fs.createWriteStream('b'));\n"
        assert fuzz.broken_law(given(name, text), codemods, done) is None
    wrong = replace(done[1][1], after=done[1][1].after + b"\n")

    assert list(fuzz.git_differs(done)) == []
    (broken,) = fuzz.git_differs([done[0], (done[1][0], wrong), done[2]])
    assert broken.input.path == "b.cjs"
