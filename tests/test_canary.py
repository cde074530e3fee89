"""Canaries judge producers, right and wrong ones, on every Node at hand."""

import subprocess
from pathlib import Path

import pytest

from unleak import cli
from unleak.proofs.nodes import installed_nodes

PRODUCERS = Path(__file__).with_name("producers")
NODES = installed_nodes()
RIGHT = ("waits", "streams", "pauses", "reads", "parses")
WRONG = {
    "ignores": "write() said false, and it went on",
    "hangs": "its sink is gone, and it still waits",
    "races": "its sink is gone, and it still waits",
    "collects": "write() said false, and it went on",
    "stuffs": "push() said false, and it went on",
    "pushes": "push() said false, and it went on",
    "gathers": "it keeps the others",
    "leaves": "its reader is gone, and its source is still open",
    "forgets": "its sink is gone, and its source is still open",
}
"""What the canary says of each wrong one."""


@pytest.mark.parametrize("line", NODES)
def test_each_producer_is_judged_as_it_should_be(line: str, tmp_path: Path) -> None:
    running = {}
    for kind, names in (("right", RIGHT), ("wrong", tuple(WRONG))):
        module = tmp_path / f"{kind}.mjs"
        module.write_bytes((PRODUCERS / module.name).read_bytes())
        for name in names:
            assert cli.main(["canary", f"{module}#{name}"]) == 0
            written = tmp_path / f"{kind}-{name}.canary.test.mjs"
            running[name] = subprocess.Popen(
                [NODES[line], "--test-reporter=tap", written],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
    said = {
        name: (run.communicate(timeout=120)[0], run.returncode) for name, run in running.items()
    }

    assert {name for name, (_, code) in said.items() if code == 0} == {*RIGHT}, said
    for name, complaint in WRONG.items():
        assert complaint in said[name][0], (name, said[name][0])
    for name in RIGHT:
        assert "# pass 4" in said[name][0], said[name][0]


SINKS = {
    "plain.mjs": "export async function rows(sink) { BODY }",
    "named.cjs": "exports.rows = async (sink) => { BODY };",
    "whole.cjs": "module.exports = { rows: async (sink) => { BODY } };",
    "typed.mts": "export async function rows(sink: NodeJS.WritableStream) { BODY }",
    "na#me d'.mjs": "export async function rows(sink) { BODY }",
}
BODY = """
  for (let id = 0; id < 20; id += 1) {
    if (sink.write(`${id}`)) continue;
    const gone = await new Promise((resolve) => {
      const settle = () => resolve(sink.destroyed);
      sink.once('drain', settle).once('close', settle);
    });
    if (gone) return;
  }
"""


@pytest.mark.parametrize("name", SINKS)
def test_every_kind_of_module_is_found_from_any_folder(name: str, tmp_path: Path) -> None:
    module = tmp_path / "a b" / name
    module.parent.mkdir()
    module.write_text(SINKS[name].replace("BODY", BODY))
    written = tmp_path / "tests" / "rows.test.mjs"

    assert cli.main(["canary", f"{module}#rows", "-o", str(written)]) == 0

    newest = NODES[max(NODES, key=int)]  # the one that strips types
    done = subprocess.run(
        [newest, written], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_default_export_and_a_call_of_ones_own(tmp_path: Path) -> None:
    module = tmp_path / "make.cjs"
    module.write_text(
        "module.exports = ({ count }, sink) => {\n"
        "  for (let id = 0; id < count; id += 1) sink.write(`${id}`);\n"
        "  sink.end();\n};\n"
    )
    call = "producer({ count: 50 }, sink)"

    assert cli.main(["canary", f"{module}#default", "--call", call]) == 0

    written = tmp_path / "make-default.canary.test.mjs"
    node = NODES[min(NODES, key=int)]
    done = subprocess.run([node, written], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "at least 50 items lay in a sink that took none" in done.stdout


def test_a_stage_is_judged_between_a_source_and_a_reader(tmp_path: Path) -> None:
    module = tmp_path / "stage.cjs"
    module.write_text(
        "const { Transform } = require('node:stream');\n"
        "exports.Good = class extends Transform {\n"
        "  _transform(chunk, encoding, callback) { callback(null, chunk); }\n};\n"
        "exports.Early = class extends Transform {\n"
        "  _transform(chunk, encoding, callback) {\n"
        "    callback();\n    setImmediate(() => this.push(chunk));\n  }\n};\n"
    )
    node = NODES[min(NODES, key=int)]
    said = {}
    for name in ("Good", "Early"):
        call = "pipeline(items, new producer(), () => {})"
        assert cli.main(["canary", f"{module}#{name}", "--call", call]) == 0
        written = tmp_path / f"stage-{name}.canary.test.mjs"
        done = subprocess.run(
            [node, written], capture_output=True, text=True, timeout=60, check=False
        )
        said[name] = (done.returncode, done.stdout)

    assert said["Good"][0] == 0, said
    assert said["Early"][0] == 1
    assert "it keeps the others" in said["Early"][1]


def test_a_producer_that_writes_too_little_is_not_said_to_be_right(tmp_path: Path) -> None:
    module = tmp_path / "few.mjs"
    module.write_text("export async function few(sink) { sink.write('a'); sink.write('b'); }\n")

    assert cli.main(["canary", f"{module}#few"]) == 0

    written = tmp_path / "few-few.canary.test.mjs"
    node = NODES[min(NODES, key=int)]
    done = subprocess.run([node, written], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "it wrote 2 items; to be judged it must write more than 5" in done.stdout


@pytest.mark.parametrize(
    ("code", "export", "said"),
    [
        ("export function rows(sink) { sink.write(1); }", "row", "did you mean 'rows'?"),
        ("export const count = 3;", "count", "its code is not in this file"),
        ("export { rows } from './rows.mjs';", "rows", "its code is not in this file"),
        ("export function rows(options) { }", "rows", "what is its `options`?"),
        ("export function rows({ limit }) { }", "rows", "what is its `{ limit }`?"),
        ("export function rows() { return other(); }", "rows", "what it returns is not known"),
        ("export function* rows() { yield 1; }", "rows", "cannot be seen from outside"),
        ("export function rows(sink) {}", "rows()", "an export is a name"),
        ("function rows(sink) {}", "rows", "it exports nothing by name"),
    ],
)
def test_what_cannot_be_told_is_asked_for(
    code: str, export: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "rows.mjs"
    module.write_text(code + "\n")

    assert cli.main(["canary", f"{module}#{export}"]) == 2

    captured = capsys.readouterr()
    assert said in captured.err
    assert str(module) in captured.err
    assert [path.name for path in tmp_path.iterdir()] == ["rows.mjs"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.mjs#rows"], "no such file"),
        (["rows.mjs"], "name the export too, as rows.mjs#default"),
        (["rows.tsx#rows"], "name the file that it is built to"),
        (["rows.mjs#rows", "--call", "producer(sink"], "not an expression of JavaScript"),
        (["rows.mjs#rows", "--slack", "0"], "at least 1"),
    ],
)
def test_a_mistake_in_the_call_is_told(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.mjs").write_text("export function rows(sink) { sink.write(1); }\n")

    assert cli.main(["canary", *arguments]) == 2

    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["rows.mjs"]


def test_a_file_that_is_there_stays_unless_it_may_be_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = tmp_path / "rows.mjs"
    module.write_text("export function rows(sink) { sink.write(1); }\n")
    written = tmp_path / "mine.mjs"
    written.write_text("mine\n")

    assert cli.main(["canary", f"{module}#rows", "-o", str(written)]) == 2
    assert written.read_text() == "mine\n"
    assert "--force replaces it" in capsys.readouterr().err

    assert cli.main(["canary", f"{module}#rows", "-o", str(written), "--force"]) == 0
    assert "rows as producer" in written.read_text()


def test_stdout_gets_the_text_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = tmp_path / "rows.mjs"
    module.write_text("export function rows(sink) { sink.write(1); }\n")

    assert cli.main(["canary", f"{module}#rows", "-o", "-"]) == 0

    captured = capsys.readouterr()
    assert captured.out.startswith("// Does rows.mjs#rows heed backpressure?")
    assert captured.err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["rows.mjs"]
