"""What hears of a pipeline's failure, and what three codemods make of it together."""

import pytest
from test_golden import CASES, codemods_of, context_of

from unleak.registry import load
from unleak_codemods.catches.hearing import hearing_at, is_alone_in_try
from unleak_codemods.streams.syntax import walk
from unleak_engine.codemod import File
from unleak_engine.rewrite import analyse_bytes, rewrite_bytes
from unleak_engine.source import parse

NAMES = ["catch-without-destroy", "destroy-with-error-crashes", "premature-close-misread"]
LOADED = "const { pipeline } = require('stream/promises'), old = require('stream').pipeline;\n"


def heard(text: str, *, callbacks: bool = False) -> tuple[list[str], bool]:
    """The sources of the pipelines that `HERE` hears of, and whether it hears of nothing else."""
    file = File(parse("a.js", (LOADED + text).encode()))
    here = next(n for n in walk(file.source.root) if file.source.bytes(n) == b"HERE")
    found = hearing_at(file, here, callbacks=callbacks)
    if found is None:
        return [], False
    sources = [file.source.text(pipe.stages[0]) for pipe in found.pipelines]
    return sources, is_alone_in_try(file, found, found.pipelines[0], "res")


@pytest.mark.parametrize(
    ("text", "sources", "alone"),
    [
        ("async () => { try { await pipeline(a, b); } catch (e) { HERE; } }", ["a"], True),
        ("async () => { try { await pipeline(a, b); f(); } catch { HERE; } }", ["a"], False),
        ("async () => { try { await pipeline(a, res); res.end(); } catch { HERE; } }", ["a"], True),
        (
            "async () => { try { const a = f(); await pipeline(a, b); } catch { HERE; } }",
            ["a"],
            True,
        ),
        (
            "async () => { try { const a = await f(); await pipeline(a, b); } catch { HERE; } }",
            ["a"],
            False,
        ),
        (
            "async () => { try { await pipeline(a, b); await pipeline(c, d); } catch { HERE; } }",
            ["a", "c"],
            False,
        ),
        ("async () => { try { pipeline(a, b); } catch { HERE; } }", [], False),
        ("async () => { try { HERE; await pipeline(a, b); } catch { } }", [], False),
        (
            "async () => { try { await pipeline(a, b); } catch (e) { f(() => HERE); } }",
            [],
            False,
        ),
        (
            "async () => { try { await pipeline(a, b).catch((e) => { f(); throw e; }); }"
            " catch { HERE; } }",
            ["a"],
            True,
        ),
        (
            "async () => { try { await pipeline(a, b).catch((e) => { throw f(e); }); }"
            " catch { HERE; } }",
            [],
            False,
        ),
        ("pipeline(a, b).catch((e) => HERE);", ["a"], True),
        ("pipeline(a, b).then(f).catch((e) => { HERE; });", ["a"], False),
        ("pipeline(a, b).then((e) => HERE);", [], False),
        ("other(a, b).catch((e) => HERE);", [], False),
    ],
)
def test_who_hears_of_a_failure(text: str, sources: list[str], alone: bool) -> None:
    assert heard(text) == (sources, alone)


def test_a_callback_is_asked_for() -> None:
    assert heard("old(a, b, (e) => { HERE; });") == ([], False)
    assert heard("old(a, b, (e) => { HERE; });", callbacks=True) == (["a"], True)


ARTICLE = b"""\
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export async function download(req, res) {
  await req.allowed();
  const source = fs.createReadStream(req.file);
  try {
    await pipeline(source, createGzip(), res);
  } catch (err) {
    source.destroy(err);
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      console.log('client left');
      return;
    }
    throw err;
  }
}
"""


@pytest.mark.parametrize("names", [NAMES, NAMES[::-1]], ids=["forth", "back"])
def test_they_agree_whoever_comes_first(names: list[str]) -> None:
    done = rewrite_bytes("a.mjs", ARTICLE, [load(name) for name in names])

    assert not done.dropped
    assert done.after == ARTICLE.replace(b"destroy(err)", b"destroy()").replace(
        b"err.code === 'ERR_STREAM_PREMATURE_CLOSE'", b"res.destroyed && res.errored === null"
    )


def test_what_other_codemods_write_needs_no_second_cure() -> None:
    mine = [load(name) for name in NAMES]
    told = []
    for case in CASES:
        if case.parent.name.replace("_", "-") in NAMES:
            continue
        context, data = context_of(case), case.read_bytes()
        if b"pipe" not in data:
            continue
        after = rewrite_bytes(case.name, data, codemods_of(case), context).after
        before = [f.codemod for f in analyse_bytes(case.name, data, mine, context).findings]
        found = [f.codemod for f in analyse_bytes(case.name, after, mine, context).findings]
        if any(found.count(name) > before.count(name) for name in found):
            told.append(f"{case.name}: {found}")

    assert not told
