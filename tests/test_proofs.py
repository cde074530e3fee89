"""The proof harness is itself proved: it counts leaks, and it does not count what is none."""

import json
import re
from pathlib import Path

import pytest

from unleak.proofs import (
    Measurement,
    ProofCase,
    ProofError,
    find_cases,
    installed_nodes,
    run_proof,
)
from unleak.proofs.__main__ import main
from unleak.proofs.cases import shipped
from unleak.proofs.claims import in_range, unmet_after, unmet_before

CASES = list(find_cases(shipped("golden")))

LEAKS = """
import fs from 'node:fs';
export const work = (from, to) => {
  fs.createReadStream(from).pipe(fs.createWriteStream(to)).on('ready', function () {
    this.destroy();
  });
};
"""
CLEAN = """
import fs from 'node:fs';
import { pipeline } from 'node:stream';
export const work = (from, to) => {
  const target = fs.createWriteStream(to).on('ready', () => target.destroy());
  pipeline(fs.createReadStream(from), target, () => {});
};
"""
COPY = "await subject.work(kit.file('from', 1 << 20), kit.path('to'));"


@pytest.fixture(scope="session")
def node() -> Path:
    """The newest Node at hand. A proof without Node proves nothing, so this fails, not skips."""
    nodes = installed_nodes()
    assert nodes, "no Node: `make setup` installs one, or UNLEAK_NODE names one"
    return list(nodes.values())[-1]


def a_proof(run: str, claims: str = "") -> str:
    return (
        "export default { claim: 'a test', scenarios: [{ name: 'it', fault: 'one', "
        f"async run(subject, kit) {{ {run} }}, {claims} }}] }};"
    )


def measured(
    tmp_path: Path, node: Path, text: str, run: str, *, suffix: str = ".mjs", timeout: float = 20
) -> Measurement:
    """What the harness says of `text` when `run` works with it."""
    proof = tmp_path / "it.proof.mjs"
    proof.write_text(a_proof(run))
    case = ProofCase("a-codemod", "it", suffix, b"", text.encode(), proof)
    [result] = run_proof(case, node, timeout=timeout)
    return result.after


def measured_within(tmp_path: Path, node: Path, run: str, *, limit: int) -> Measurement:
    """The same with a `limit` in ms for a run in which nothing moves."""
    proof = tmp_path / "it.proof.mjs"
    proof.write_text(a_proof(run, f"limit: {limit}"))
    [result] = run_proof(ProofCase("a-codemod", "it", ".mjs", b"", CLEAN.encode(), proof), node)
    return result.after


def picked(measurement: Measurement, *names: str) -> dict[str, object]:
    return {name: measurement.metrics[name] for name in names}


def test_counts_what_is_left(tmp_path: Path, node: Path) -> None:
    got = measured(tmp_path, node, LEAKS, COPY)

    assert picked(got, "settled", "exit", "undestroyed", "left") == {
        "settled": "ok",
        "exit": 0,
        "undestroyed": 1,
        "left": "ReadStream from",
    }
    assert got.metrics["openFds"] in (1, None)


def test_counts_nothing_where_nothing_is_left(tmp_path: Path, node: Path) -> None:
    got = measured(tmp_path, node, CLEAN, COPY)

    assert picked(got, "settled", "exit", "undestroyed", "left") == {
        "settled": "ok",
        "exit": 0,
        "undestroyed": 0,
        "left": "",
    }
    assert got.metrics["openFds"] in (0, None)


def test_waits_for_closes_in_flight(tmp_path: Path, node: Path) -> None:
    text = """
    import fs from 'node:fs';
    export const work = (from) => {
      const all = Array.from({ length: 40 }, () => fs.createReadStream(from));
      setTimeout(() => all.forEach((each) => each.destroy()), 400);
    };
    """

    got = measured(tmp_path, node, text, "subject.work(kit.file('from', 10));")

    assert got.metrics["undestroyed"] == 0
    assert got.metrics["openFds"] in (0, None)


def test_many_may_wait_for_quiet_at_once(tmp_path: Path, node: Path) -> None:
    """What one who waits asks of the disk is no movement for the others."""
    run = (
        f"{COPY} const all = [];"
        "for (let i = 0; i < 64; i += 1) { all.push(kit.quiet(500)); await kit.pause(1); }"
        "kit.metric('became', (await Promise.all(all)).filter(Boolean).length);"
    )

    got = measured(tmp_path, node, LEAKS, run)

    assert picked(got, "settled", "became") == {"settled": "ok", "became": 64}


def test_a_slow_run_that_moves_does_not_hang(tmp_path: Path, node: Path) -> None:
    slow = "for (let i = 0; i < 5; i += 1) { await kit.pause(300); kit.metric('moved', i); }"
    still = "await kit.pause(1500);"

    assert measured_within(tmp_path, node, slow, limit=700).metrics["settled"] == "ok"
    assert measured_within(tmp_path, node, still, limit=700).metrics["settled"] == "hang"


def test_module_scope_and_server_plumbing_are_not_leaks(tmp_path: Path, node: Path) -> None:
    text = """
    import { PassThrough } from 'node:stream';
    export const log = new PassThrough();
    export const handler = (req, res) => res.write('for ever');
    """
    run = "console.error('said'); await kit.client(await kit.serve(subject.handler));"

    got = measured(tmp_path, node, text, run)

    assert picked(got, "undestroyed", "client", "logged") == {
        "undestroyed": 0,
        "client": "hang",
        "logged": 1,
    }


def test_streams_made_by_others_are_seen(tmp_path: Path, node: Path) -> None:
    text = """
    import { Duplex, PassThrough, Readable, Stream, Transform, Writable } from 'node:stream';
    import net from 'node:net';
    import zlib from 'node:zlib';
    class Old extends Stream { write() {} }
    export const work = () => {
      new Readable({ read() {} }); new Writable({ write() {} }); new Transform(); new PassThrough();
      new Duplex(); Readable.from([1]); zlib.createGzip(); new net.Socket();
      new Old().destroyed = false;
    };
    """

    got = measured(tmp_path, node, text, "subject.work();")

    assert got.metrics["left"] == (
        "Duplex, Gzip, Old, PassThrough, Readable, Readable, Socket, Transform, Writable"
    )


def test_a_promise_that_never_settles_is_a_hang(tmp_path: Path, node: Path) -> None:
    text = "export const work = () => new Promise(() => {});"

    got = measured(tmp_path, node, text, "kit.track(subject.work());")

    assert picked(got, "settled", "pending", "exit") == {"settled": "hang", "pending": 1, "exit": 0}


def test_an_endless_loop_is_killed_and_is_a_hang(tmp_path: Path, node: Path) -> None:
    text = "export const work = () => { for (;;); };"

    got = measured(tmp_path, node, text, "subject.work();", timeout=2)

    assert picked(got, "settled", "exit") == {"settled": "hang", "exit": "timeout"}


def test_a_crash_keeps_its_exit_code(tmp_path: Path, node: Path) -> None:
    thrown = measured(
        tmp_path, node, "exports.work = () => setImmediate(() => { throw new Error('boom'); });",
        "subject.work();", suffix=".cjs",
    )  # fmt: skip
    rejected = measured(
        tmp_path, node, "export const work = () => { Promise.reject(new Error('boom')); };",
        "subject.work();",
    )  # fmt: skip
    left = measured(
        tmp_path, node, "export const work = () => process.exit(7);", "subject.work();"
    )  # fmt: skip

    names = ("settled", "exit", "uncaughtExceptions", "unhandledRejections")
    assert list(picked(thrown, *names).values()) == ["crash", 1, 1, 0]
    assert list(picked(rejected, *names).values()) == ["crash", 1, 0, 1]
    assert list(picked(left, *names).values()) == ["crash", 7, 0, 0]
    assert "boom" in thrown.said


def test_a_subject_that_cannot_be_loaded_proves_nothing(tmp_path: Path, node: Path) -> None:
    got = measured(tmp_path, node, "export const = 1;", "subject.work();")

    assert got.metrics["settled"] == "broken"
    assert unmet_before(got.metrics, None, "24.0.0")
    assert unmet_after(got.metrics, None, "24.0.0")


def test_a_mistake_in_the_proof_is_no_result(tmp_path: Path, node: Path) -> None:
    got = measured(tmp_path, node, "export const work = 1;", "subject.nothing();")

    assert got.metrics["settled"] == "broken"
    assert "nothing is not a function" in str(got.metrics["error"])


def test_what_the_subject_prints_disturbs_nothing(tmp_path: Path, node: Path) -> None:
    text = """
    export const work = () => { process.stdout.write('{"settled":'); process.stdout.end(); };
    """

    assert measured(tmp_path, node, text, "subject.work();").metrics["settled"] == "ok"


@pytest.mark.parametrize(
    ("handler", "client", "wanted"),
    [
        ("res.end('hello')", "{}", ["complete", 200, 5]),
        ("res.setHeader('Content-Length', 3), res.end('abc')", "{}", ["complete", 200, 3]),
        ("res.setHeader('Content-Length', 9), res.write('abc', () => res.destroy())", "{}",
         ["cut", 200, 3]),
        ("res.destroy()", "{}", ["none", None, 0]),
        ("0", "{}", ["hang", None, 0]),
        ("res.end(Buffer.alloc(1 << 24))", "{ leaveAfter: 1000 }", ["left", 200, None]),
        ("res.end(Buffer.alloc(1 << 24))", "{ leaveAfter: 1000, how: 'rst' }", ["left", 200, None]),
    ],
)  # fmt: skip
def test_says_what_the_client_got(
    tmp_path: Path, node: Path, handler: str, client: str, wanted: list[object]
) -> None:
    text = f"export const handler = (req, res) => {{ {handler} }};"
    run = f"await kit.client(await kit.serve(subject.handler), {client});"

    got = measured(tmp_path, node, text, run)

    # A chunked body is counted with its frame: 'hello' is five bytes and the frame around it.
    status, size = got.metrics["clientStatus"], got.metrics["clientBytes"]
    assert [got.metrics["client"], status] == wanted[:2]
    if wanted[2] is not None and handler != "res.end('hello')":
        assert size == wanted[2]


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ("kit.fails(source)", "E_PROOF"),
        ("kit.dies(source)", "ERR_STREAM_PREMATURE_CLOSE"),
        ("kit.stageFails(stage)", "E_PROOF"),
        ("kit.writeFails(sink)", "E_PROOF"),
        ("kit.dies(sink)", "ERR_STREAM_PREMATURE_CLOSE"),
        ("kit.ends(sink)", "ERR_STREAM_"),
        ("kit.whenFull(sink, () => sink.destroy())", "ERR_STREAM_PREMATURE_CLOSE"),
        ("await kit.dead(sink)", "ERR_STREAM_"),
        ("", "none"),
    ],
)
def test_faults_strike(tmp_path: Path, node: Path, fault: str, wanted: str) -> None:
    text = """
    export { pipeline } from 'node:stream/promises';
    export { PassThrough } from 'node:stream';
    """
    run = f"""
    const source = kit.source({{ count: 100 }}), stage = new subject.PassThrough();
    const sink = kit.sink({{ highWaterMark: 16384 }});
    {fault};
    let code = 'none';
    await subject.pipeline(source, stage, sink).catch((err) => {{ code = err.code; }});
    for (const each of [source, stage, sink]) each.destroy();
    kit.metric('code', code);
    """

    got = measured(tmp_path, node, text, run)

    assert str(got.metrics["code"]).startswith(wanted)
    assert picked(got, "settled", "undestroyed") == {"settled": "ok", "undestroyed": 0}


def test_meters(tmp_path: Path, node: Path) -> None:
    text = """
    export const work = (sink, release) => {
      for (let i = 0; i < 20; i += 1) { sink.write('x'.repeat(1000)); sink.on('drain', () => {}); }
      release(); release();
    };
    """
    run = "subject.work(kit.watch(kit.sink({ stuck: true })), kit.release);"

    got = measured(tmp_path, node, text, run)

    assert picked(got, "peakWritableLength", "listeners", "released", "warnings") == {
        "peakWritableLength": 20000,
        "listeners": 20,
        "released": 2,
        "warnings": 1,
    }


@pytest.mark.parametrize("suffix", [".ts", ".mts"])
def test_types_are_stripped(tmp_path: Path, node: Path, suffix: str) -> None:
    text = "export const work = (n: number): number => (n as number) + 1;"

    got = measured(tmp_path, node, text, "kit.metric('n', subject.work(1));", suffix=suffix)

    assert got.metrics["n"] == 2


def test_commonjs_in_plain_js(tmp_path: Path, node: Path) -> None:
    text = "const fs = require('fs');\nexports.n = typeof fs.createReadStream;\n"

    got = measured(tmp_path, node, text, "kit.metric('n', subject.n);", suffix=".js")

    assert got.metrics["n"] == "function"


def test_typescript_that_is_none(tmp_path: Path, node: Path) -> None:
    with pytest.raises(ProofError, match="no types to strip"):
        measured(tmp_path, node, "const a: = 1;", "", suffix=".ts")


def test_packages_have_stand_ins(tmp_path: Path, node: Path) -> None:
    text = """
    const through = require('through');
    exports.work = (kit) => {
      const stage = through().on('data', (chunk) => kit.metric('chunk', chunk));
      stage.end(stage.write('x'));
    };
    """

    got = measured(tmp_path, node, text, "subject.work(kit);", suffix=".cjs")

    assert picked(got, "settled", "chunk") == {"settled": "ok", "chunk": "x"}


SPEAKS = "export const work = () => process.stdout.write('x'.repeat(1 << 20) + 'y');"


def test_a_process_of_its_own_has_a_pipe_for_stdout(tmp_path: Path, node: Path) -> None:
    run = """
    kit.metric('length', () => kit.stdout.length);
    kit.metric('last', () => kit.stdout.at(-1));
    await kit.process('subject.work();');
    """

    got = measured(tmp_path, node, SPEAKS, run)

    assert picked(got, "settled", "length", "last") == {
        "settled": "ok",
        "length": (1 << 20) + 1,
        "last": "y",
    }
    assert got.metrics["undestroyed"] == 0


def test_a_process_of_its_own_that_fails_takes_the_run_along(tmp_path: Path, node: Path) -> None:
    left = measured(tmp_path, node, SPEAKS, "await kit.process('process.exit(7);');")
    cut = measured(
        tmp_path, node, SPEAKS, "await kit.process('subject.work();', { leaveAfter: 1000 });"
    )

    assert picked(left, "settled", "exit") == {"settled": "crash", "exit": 7}
    assert picked(cut, "settled", "exit") == {"settled": "crash", "exit": 1}


# The claims


@pytest.mark.parametrize(
    ("version", "wanted", "holds"),
    [
        ("18.20.8", ">=18", True),
        ("18.20.8", "<23", True),
        ("23.0.0", "<23", False),
        ("23.0.0", ">22", True),
        ("22.3.0", ">22", False),
        ("24.15.1", ">=24.15", True),
        ("24.9.0", ">=24.15", False),
        ("20.1.0", "<20 || >=22", False),
        ("22.1.0", "<20 || >=22", True),
        ("22.1.0", ">=20 <24", True),
        ("24.1.0", ">=20 <24", False),
        ("18.1.0", "18", True),
        ("20.1.0", "18", False),
    ],
)
def test_node_ranges(version: str, wanted: str, holds: bool) -> None:
    assert in_range(version, wanted) is holds


GOOD = {
    "settled": "ok",
    "exit": 0,
    "undestroyed": 0,
    "openFds": 0,
    "pending": 0,
    "unhandledRejections": 0,
    "uncaughtExceptions": 0,
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_an_after_leaves_nothing_unless_it_says_so(name: str) -> None:
    assert unmet_after(GOOD, None, "24.0.0") == []
    assert unmet_after(GOOD | {name: 3}, None, "24.0.0") == [
        f"after {name} is 3, not {GOOD[name]!r}"
    ]
    assert unmet_after(GOOD | {name: 3}, {name: ">2"}, "24.0.0") == []


@pytest.mark.parametrize(
    ("metrics", "faulty"),
    [
        ({}, False),
        ({"undestroyed": 1}, True),
        ({"openFds": 1}, True),
        ({"openFds": None}, False),
        ({"pending": 1}, True),
        ({"settled": "crash"}, True),
        ({"settled": "hang"}, True),
        ({"settled": "broken"}, False),
    ],
)
def test_a_before_shows_a_fault_unless_it_says_which(
    metrics: dict[str, object], faulty: bool
) -> None:
    assert (unmet_before(GOOD | metrics, None, "24.0.0") == []) is faulty


def test_claims_by_node_range() -> None:
    claim = {"<23": {"openFds": 0}, ">=23": {"openFds": 1}}

    assert unmet_before(GOOD, claim, "22.1.0") == []
    assert unmet_before(GOOD, claim, "24.1.0") == ["before openFds is 0, not 1"]
    assert unmet_before(GOOD, {"<23": {}}, "24.1.0") == ["before claims nothing for Node 24.1.0"]


def test_claims_compare() -> None:
    assert unmet_after(GOOD | {"peak": 9}, {"peak": "<=9"}, "24.0.0") == []
    assert unmet_after(GOOD | {"client": "cut"}, {"client": ["cut", "none"]}, "24.0.0") == []
    assert unmet_after(GOOD, {"client": "cut"}, "24.0.0") == ["after client is None, not 'cut'"]
    assert unmet_after(GOOD | {"peak": None}, {"peak": ">0"}, "24.0.0")
    assert unmet_after(GOOD | {"openFds": None}, {"openFds": ">0"}, "24.0.0") == []


# The command


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """One case: a leak that its diff cures."""
    folder = tmp_path / "golden" / "a_codemod"
    folder.mkdir(parents=True)
    (folder / "it.mjs").write_text(LEAKS.lstrip())
    (folder / "it.proof.mjs").write_text(a_proof(COPY))
    before, after = LEAKS.lstrip().splitlines(), CLEAN.lstrip().splitlines()
    (folder / "it.diff").write_text(
        "diff --git a/it.mjs b/it.mjs\n--- a/it.mjs\n+++ b/it.mjs\n"
        f"@@ -1,{len(before)} +1,{len(after)} @@\n"
        + "".join(f"-{line}\n" for line in before)
        + "".join(f"+{line}\n" for line in after)
    )
    return folder.parent


def test_main_prints_leaks_before_and_after(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"--golden={golden}", f"--node=24={node}"]) == 0

    said = capsys.readouterr()
    assert re.search(r"a-codemod\n  it\.mjs\n    it +[12] → 0\n", said.out)
    assert "1 of 1 claims hold" in said.err


def test_main_says_which_claim_does_not_hold(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = golden / "a_codemod" / "it.proof.mjs"
    proof.write_text(a_proof(COPY, "before: { undestroyed: 7 }"))

    assert main([f"--golden={golden}", f"--node=24={node}"]) == 1

    said = capsys.readouterr()
    assert "FAILS" in said.out
    assert "a-codemod/it: it, Node" in said.err
    assert "before undestroyed is 1, not 7" in said.err


def test_main_fails_when_the_after_leaks(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diff = golden / "a_codemod" / "it.diff"
    diff.write_text(
        "diff --git a/it.mjs b/it.mjs\n--- a/it.mjs\n+++ b/it.mjs\n"
        "@@ -1 +1,2 @@\n import fs from 'node:fs';\n+\n"
    )

    assert main([f"--golden={golden}", f"--node=24={node}", "--json"]) == 1

    said = capsys.readouterr()
    [result] = json.loads(said.out)
    assert result["before"]["metrics"]["undestroyed"] == 1
    assert "after undestroyed is 1, not 0" in result["unmet"]


@pytest.mark.parametrize(
    "broken",
    ["it.diff", "it.mjs"],
)
def test_main_refuses_a_case_that_is_not_whole(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    (golden / "a_codemod" / broken).write_text("something else\n")

    assert main([f"--golden={golden}", f"--node=24={node}"]) == 2
    assert "it.diff" in capsys.readouterr().err


def test_main_proves_what_is_written_by_hand(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (golden / "a_codemod" / "it.diff").unlink()
    (golden / "a_codemod" / "it.by_hand.mjs").write_text(CLEAN)

    assert [case.by_hand for case in find_cases(golden)] == [True]
    assert main([f"--golden={golden}", f"--node=24={node}"]) == 0
    assert re.search(r"it\.mjs\n    it +[12] → 0\n", capsys.readouterr().out)


def test_main_fails_when_what_is_written_by_hand_leaks(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (golden / "a_codemod" / "it.diff").unlink()
    (golden / "a_codemod" / "it.by_hand.mjs").write_text(LEAKS)

    assert main([f"--golden={golden}", f"--node=24={node}"]) == 1
    assert "after undestroyed is 1, not 0" in capsys.readouterr().err


def test_main_refuses_two_afters(
    golden: Path, node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (golden / "a_codemod" / "it.by_hand.mjs").write_text(CLEAN)

    assert main([f"--golden={golden}", f"--node=24={node}"]) == 2
    assert "so what is proved?" in capsys.readouterr().err


def test_main_refuses_an_empty_choice(golden: Path, node: Path) -> None:
    assert main([f"--golden={golden}", f"--node=24={node}", "--case=none"]) == 2
    assert main([f"--golden={golden}", "--node=24=/no/such/node"]) == 2


# The proofs of the house


def test_there_are_proofs() -> None:
    assert CASES


@pytest.mark.parametrize("case", CASES, ids=[f"{case.codemod}/{case.name}" for case in CASES])
def test_golden_proof(case: ProofCase, node: Path) -> None:
    results = run_proof(case, node)

    assert results
    assert {result.scenario: result.unmet for result in results if not result.holds} == {}
