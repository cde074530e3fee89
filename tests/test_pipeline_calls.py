"""Which calls are calls of `pipeline`, and who hears that one failed."""

import pytest

from unleak_codemods.streams.pipeline_calls import PipelineCall, option, pipeline_call, told
from unleak_codemods.streams.syntax import walk
from unleak_engine.codemod import File
from unleak_engine.source import parse


def calls(text: str) -> tuple[File, list[PipelineCall]]:
    file = File(parse("a.js", text.encode()))
    found = (pipeline_call(file, n) for n in walk(file.source.root) if n.type == "call_expression")
    return file, [call for call in found if call is not None]


LOADED = {
    "const { pipeline } = require('stream/promises');": True,
    "import { pipeline } from 'node:stream/promises';": True,
    "const { promises: { pipeline } } = require('stream');": True,
    "const pipeline = require('util').promisify(require('stream').pipeline);": True,
    "import { pipeline } from 'node:stream';": False,
}


@pytest.mark.parametrize("load", LOADED)
def test_every_way_to_load_it(load: str) -> None:
    _, found = calls(f"{load}\npipeline(a, b);")
    assert [call.promised for call in found] == [LOADED[load]]


@pytest.mark.parametrize(
    "text",
    [
        "pipeline(a, b);",
        "const { pipeline } = require('bluebird-streams'); pipeline(a, b);",
        "const pipeline = promisify(other); pipeline(a, b);",
        "const { pipeline } = require('stream/promises'); (function (pipeline) { pipeline(a); });",
    ],
)
def test_another_function_of_that_name(text: str) -> None:
    assert calls(text)[1] == []


PROMISED = "const { pipeline } = require('stream/promises');\n"


def test_stages_and_options() -> None:
    file, (call,) = calls(PROMISED + "pipeline(a, b(), c, { signal, end: false });")
    assert [file.source.text(stage) for stage in call.stages] == ["a", "b()", "c"]
    assert call.source is not None
    assert file.source.text(call.source) == "a"
    assert call.destination is not None
    assert file.source.text(call.destination) == "c"
    end = option(file, call.options, "end")
    assert end is not None
    assert file.source.text(end) == "false"
    assert option(file, call.options, "signal") is not None
    assert option(file, call.options, "once") is None


def test_a_callback_is_no_stage() -> None:
    file, (call,) = calls("const { pipeline } = require('stream'); pipeline(a, b, (err) => {});")
    assert [file.source.text(stage) for stage in call.stages] == ["a", "b"]
    assert call.callback is not None


@pytest.mark.parametrize("stages", ["...all", "[a, b]", "a, ...rest"])
def test_stages_that_are_not_seen(stages: str) -> None:
    _, (call,) = calls(PROMISED + f"pipeline({stages});")
    assert (call.whole_seen, call.source, call.destination) == (False, None, None)


TOLD = {
    "async () => { try { await pipeline(a, b); } catch (e) { log(e); } }": ("awaited", "e"),
    "async () => { try { await pipeline(a, b); } catch { log(); } }": ("awaited", None),
    "async () => { try { x(); } catch (e) { await pipeline(a, b); } }": ("escapes", None),
    "async () => { try { y(() => { pipeline(a, b); }); } catch (e) { z(); } }": ("floating", None),
    "async () => { try { await pipeline(a, b).finally(c); } catch (e) { z(); } }": ("awaited", "e"),
    "async () => { await pipeline(a, b).catch((e) => log(e)); }": ("catch", "e"),
    "() => { pipeline(a, b).then(c, (e) => log(e)); }": ("catch", "e"),
    "() => { pipeline(a, b).then(c).catch(log); }": ("catch", None),
    "() => { pipeline(a, b).then(c); }": ("floating", None),
    "() => { return pipeline(a, b); }": ("returned", None),
    "() => pipeline(a, b)": ("returned", None),
}


@pytest.mark.parametrize("text", TOLD)
def test_who_hears_of_the_failure(text: str) -> None:
    file, (call,) = calls(PROMISED + f"const f = {text};")
    found = told(file, call.call)
    error = file.source.text(found.error) if found.error is not None else None
    assert (found.how, error) == TOLD[text]
