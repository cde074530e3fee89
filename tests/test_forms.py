"""Reports for other tools: valid by their schemas, the same in all of them, whatever files are
called."""

import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pysarif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from unleak import registry
from unleak import run as run_module
from unleak.baseline import Old, Stale
from unleak.batch import state as batch_state
from unleak.batch.analysing import Options
from unleak.batch.wanted import Wanted as BatchWanted
from unleak.cache import memory
from unleak.cli import main
from unleak.report.forms import FORMATS, View, render
from unleak.report.github import _command
from unleak.report.html.burn_down import Point, drawing
from unleak.report.junit import _attribute, _text
from unleak.report.marked import code, fenced
from unleak.report.told import Places, uri
from unleak.run import FileResult, Outcome, Wanted, run
from unleak_engine.edit import Edit, apply_edits
from unleak_engine.finding import Finding

SCHEMAS = Path(__file__).parent / "schemas"
MACHINES = ("json", "jsonl", "github", "gitlab", "junit", "sarif", "rdjson", "markdown", "html")
FROM_TOP = {"github", "gitlab", "sarif"}

CURED = """\
const fs = require('node:fs');
// Ünïcode 𐐀 before it
exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => { /* 𐐀 */
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""
DECLINED = """\
import fs from 'node:fs';
export const show = (name) => fs.createReadStream(name).pipe(process.stdout);
"""
HOSTILE = (
    "a\nb.js",
    "100%,x::error::y.js",
    '"q" <img src=x onerror=alert(1)>&\']]>.js',
    os.fsdecode(b"caf\xe9.js"),
    "`tick` | [x](y) @you.js",
    "esc\x1b[31m\u202e.js",
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work tree with hostile names, in the folder `pkg` of which everything lies."""
    top = tmp_path_factory.mktemp("top")
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    folder = top / "pkg"
    folder.mkdir()
    manifest = {"name": "@x/</script><b>", "engines": {"node": ">=20"}}
    (folder / "package.json").write_text(json.dumps(manifest))
    (top / "CODEOWNERS").write_text("*.mjs @ann\n")
    for name in HOSTILE:
        (folder / name).write_text(CURED)
    (folder / "bom.js").write_bytes(b"\xef\xbb\xbf" + CURED.replace("\n", "\r\n").encode())
    (folder / "declined.mjs").write_text(
        DECLINED.replace("const fs = require", "const q = require")
    )
    (folder / "declined.mjs").write_text(
        "import fs from 'node:fs';\n"
        + DECLINED.split("\n")[1].replace("exports.show", "export const s")
    )
    (folder / "bytes.js").write_bytes(b"require('fs').createReadStream(x).pipe(\xff)")
    (folder / "made.js").write_text("// @generated\n" + CURED)
    return folder


@pytest.fixture(scope="module")
def outcome(tree: Path) -> Outcome:
    return looked(tree)


def looked(*paths: Path) -> Outcome:
    codemods = registry.select((), ())
    return run(Wanted(tuple(map(str, paths)), codemods, jobs=1))


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return looked(tmp_path_factory.mktemp("empty"))


def told(name: str, outcome: Outcome, cwd: Path | str) -> str:
    pieces = "".join(render(name, outcome, View(str(cwd))))
    return pieces.encode("utf-8", "strict").decode()


def findings(outcome: Outcome) -> list[tuple[FileResult, Finding]]:
    return list(outcome.left)


# All of them.


def test_the_tree_has_what_the_tests_are_about(outcome: Outcome) -> None:
    found = findings(outcome)

    assert len(found) == len(HOSTILE) + 2
    assert sum(finding.fixable for _, finding in found) == len(HOSTILE) + 1
    assert sorted(one.code for one in outcome.skipped) == ["generated", "not-utf-8"]
    assert all(finding.evidence for _, finding in found)


def test_every_format_is_tested() -> None:
    assert {*FORMATS} == {*MACHINES, "full", "concise"}


@pytest.mark.parametrize("name", MACHINES)
def test_fingerprints_are_those_of_the_findings(name: str, outcome: Outcome, tree: Path) -> None:
    text = told(name, outcome, tree)
    left = Counter(finding.fingerprint for _, finding in outcome.left)
    known = r'"unleak/v1": "|"fingerprint": "|[Ff]ingerprint: |fingerprint (?:<code>)?'

    seen = Counter(re.findall(rf"(?:{known})([0-9a-f]{{64}})", text))

    assert {name: count for name, count in seen.items() if name in left} == left


@pytest.mark.parametrize("name", MACHINES)
def test_nothing_steers_a_terminal_or_hides(name: str, outcome: Outcome, tree: Path) -> None:
    text = told(name, outcome, tree)

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)


@pytest.mark.parametrize("name", MACHINES)
def test_skipped_files_are_told(name: str, outcome: Outcome, tree: Path) -> None:
    text = told(name, outcome, tree)

    assert "not-utf-8" in text
    assert "bytes.js" in text


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_line_writes_it(
    name: str, tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tree)
    out = tmp_path / "out"

    assert main(["check", "-q", "--output-format", name, "--output-file", str(out)]) == 3

    text = out.read_text()
    assert "declined.mjs" in text
    assert ("pkg/declined.mjs" in text) == (name in FROM_TOP)


@pytest.mark.parametrize("name", MACHINES)
def test_stdin_has_its_name(
    name: str,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tree)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CURED.encode())))

    words = ["--output-format", name, "--stdin-filename", "from stdin.js", "-"]
    assert main(["check", "-q", *words]) == 1

    assert re.search(rb"from(?: |%20)stdin\.js", capsysbinary.readouterr().out)


def test_a_form_is_loaded_when_it_is_asked_for(tree: Path) -> None:
    script = (
        "import sys; from unleak.cli import main; main(sys.argv[1:]);"
        "print([name for name in sys.modules if name.startswith('unleak.report.')"
        " or name in ('watchfiles', 'html', 'sqlite3')])"
    )
    words = ["check", "-q", "--output-format", "concise", "declined.mjs"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=tree, capture_output=True, check=True
    )
    loaded = set(re.findall(r"'([\w.]+)'", done.stdout.decode().splitlines()[-1]))

    forms = {f"unleak.report.{name}" for name in (*FORMATS, "statistics", "told", "marked")}
    assert loaded & {*forms, "watchfiles", "html", "sqlite3"} == {"unleak.report.concise"}


# Each of them.


def json_schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / name).read_bytes())
    return schema


def sarif(outcome: Outcome) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(told("sarif", outcome, "/"))
    jsonschema.Draft4Validator(json_schema("sarif-2.1.0-rtm.5.json")).validate(log)
    return log


def test_sarif_is_valid_and_read_back(outcome: Outcome) -> None:
    log = pysarif.load_from_json(json.dumps(sarif(outcome)))

    (run,) = log.runs
    assert run.column_kind == "unicodeCodePoints"
    for result, (file, finding) in zip(run.results, findings(outcome), strict=True):
        assert run.tool.driver.rules[result.rule_index].id == result.rule_id == finding.codemod
        place = result.locations[0].physical_location
        assert unquote_to_bytes(place.artifact_location.uri) == os.fsencode(file.path)
        assert (place.region.start_line, place.region.start_column) == finding.start
        assert (place.region.end_line, place.region.end_column) == finding.end
        assert result.message.text.startswith(finding.message)


def test_the_schema_refuses_what_is_wrong(outcome: Outcome) -> None:
    log = sarif(outcome)
    log["runs"][0]["results"][0]["fixes"] = [{"artifactChanges": []}]

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(json_schema("sarif-2.1.0-rtm.5.json")).validate(log)


def test_a_sarif_fix_is_the_fix(outcome: Outcome) -> None:
    for result, (file, finding) in zip(
        sarif(outcome)["runs"][0]["results"], findings(outcome), strict=True
    ):
        assert ("fixes" in result) == finding.fixable
        for fix in result.get("fixes", ()):
            (change,) = fix["artifactChanges"]
            edits = [sarif_edit(one, file.before) for one in change["replacements"]]
            assert tuple(edits) == finding.edits
            assert b"pipeline(" in apply_edits(file.before, edits)


def sarif_edit(replacement: dict[str, Any], data: bytes) -> Edit:
    """The edit that a reader of bytes makes of it, which one of lines must, too."""
    region = replacement["deletedRegion"]
    edit = Edit(
        region["byteOffset"],
        region["byteOffset"] + region["byteLength"],
        replacement.get("insertedContent", {"text": ""})["text"].encode(),
    )
    text = data.decode("utf-8-sig")
    lines = text.split("\n")
    for name, offset in (("start", edit.start), ("end", edit.end)):
        line, column = region[f"{name}Line"], region[f"{name}Column"]
        before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
        assert data[:offset].decode("utf-8-sig") == before
    return edit


def test_sarif_leads_from_the_proof_to_the_use(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "made.mjs").write_text(
        "import fs from 'node:fs';\nexport const open = (name) => fs.createReadStream(name);\n"
    )
    (tmp_path / "used.mjs").write_text(
        "import fs from 'node:fs';\nimport { open } from './made.mjs';\n"
        "export const f = (b) => open('a').pipe(fs.createWriteStream(b));\n"
    )
    (result,) = sarif(looked(tmp_path))["runs"][0]["results"]
    first, second = result["codeFlows"]

    steps = first["threadFlows"][0]["locations"]
    places = [step["location"]["physicalLocation"] for step in steps]
    assert [place["artifactLocation"]["uri"] for place in places] == ["made.mjs", "made.mjs"]
    assert [place["region"]["startLine"] for place in places] == [2, 2]
    assert steps[0]["location"]["message"]["text"].endswith("is a readable of node:fs")
    (step,) = second["threadFlows"][0]["locations"]
    region = step["location"]["physicalLocation"]["region"]
    assert region["startLine"] == 3
    assert step["location"]["message"]["text"].endswith("is a writable of node:fs")


def test_sarif_notes_what_was_not_judged(outcome: Outcome) -> None:
    (invocation,) = sarif(outcome)["runs"][0]["invocations"]

    noted = {
        one["descriptor"]["id"]: one["level"] for one in invocation["toolExecutionNotifications"]
    }
    assert noted == {"generated": "note", "not-utf-8": "warning"}
    assert invocation["executionSuccessful"]


@pytest.mark.parametrize(
    ("status", "kind"), [("suppressed", "inSource"), ("baselined", "external")]
)
def test_what_a_user_has_accepted(status: str, kind: str, outcome: Outcome, tree: Path) -> None:
    def accepted(finding: Finding) -> Finding:
        return finding._replace(status=status, why="measured, never leaks", reason=None, edits=())

    results = [
        result._replace(left=(), kept=tuple(map(accepted, result.left)))
        for result in outcome.results
    ]
    quiet = outcome._replace(results=tuple(results), skipped=())

    for result in sarif(quiet)["runs"][0]["results"]:
        assert result["suppressions"] == [{"kind": kind, "justification": "measured, never leaks"}]
    assert told("github", quiet, tree) == ""
    assert json.loads(told("gitlab", quiet, tree)) == []
    assert json.loads(told("rdjson", quiet, tree))["diagnostics"] == []
    cases = etree.fromstring(told("junit", quiet, tree).encode()).findall(".//testcase")
    assert len(cases) == len(findings(outcome))
    assert all(case.find("skipped") is not None for case in cases)
    page = told("html", quiet, tree)
    assert page.count("Accepted: measured, never leaks") == len(cases)
    assert "By codemod" not in page


@pytest.mark.parametrize("name", MACHINES)
def test_what_is_stale_in_a_baseline_is_told(name: str, outcome: Outcome, tree: Path) -> None:
    old = Old(str(tree / "gone.js"), "pipe-without-pipeline", "0123456789abcdef" * 4)
    stale = outcome._replace(stale=(Stale(old, str(tree.parent / "unleak-baseline.json")),))

    text = told(name, stale, tree)

    assert "gone.js" in text
    assert "unleak-baseline.json" in text
    assert "gone.js" not in told(name, outcome, tree)
    if name == "sarif":
        sarif(stale)
    if name == "gitlab":
        assert json.loads(text)[-1]["fingerprint"] == old.fingerprint


@pytest.mark.parametrize("name", MACHINES)
def test_a_cache_changes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that has judged nothing itself has the texts that it quotes all the same."""
    monkeypatch.setattr(memory, "TICK", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    top = tmp_path / "top"
    top.mkdir()
    monkeypatch.chdir(top)
    subprocess.run(["git", "init", "-q"], check=True)
    Path("a.js").write_text(CURED)

    def asked(*words: str) -> str:
        assert main(["check", "-q", *words]) == 1
        return re.sub("<header>.*", "", capsys.readouterr().out)

    cold = asked("--no-cache", "--output-format", name)
    asked("--output-format", "concise")
    monkeypatch.setattr(run_module, "judge_and_tell", None)  # would be called for a file
    assert asked("--output-format", name) == cold
    assert asked("--output-format", name) == cold


def test_gitlab_takes_it(outcome: Outcome) -> None:
    issues = json.loads(told("gitlab", outcome, "/"))
    jsonschema.Draft202012Validator(json_schema("gitlab.json")).validate(issues)

    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    places = [issue["location"] for issue in issues if "positions" in issue["location"]]
    for place, (_, finding) in zip(places, findings(outcome), strict=True):
        begin = place["positions"]["begin"]
        assert (begin["line"], begin["column"]) == finding.start


def test_a_suggestion_of_rdjson_is_the_whole_fix(outcome: Outcome, tree: Path) -> None:
    log = json.loads(told("rdjson", outcome, tree))
    jsonschema.Draft202012Validator(json_schema("rdjson.json")).validate(log)

    for diagnostic, (file, finding) in zip(log["diagnostics"], findings(outcome), strict=False):
        suggestions = diagnostic.get("suggestions", [])
        assert len(suggestions) == finding.fixable
        for suggestion in suggestions:
            start, end = (
                at_bytes(file.before, suggestion["range"][name]) for name in ("start", "end")
            )
            after = file.before[:start] + suggestion["text"].encode() + file.before[end:]
            assert after == apply_edits(file.before, finding.edits)


def at_bytes(data: bytes, position: dict[str, int]) -> int:
    lines = data.split(b"\n")
    return sum(len(line) + 1 for line in lines[: position["line"] - 1]) + position["column"] - 1


def test_junit_is_valid(outcome: Outcome, tree: Path) -> None:
    suites = etree.fromstring(told("junit", outcome, tree).encode())
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(suites)

    failures = suites.findall(".//failure")
    assert [failure.get("type") for failure in failures] == [f.codemod for _, f in outcome.left]
    assert suites.get("failures") == str(len(failures))
    assert (suites.get("errors"), suites.get("tests")) == ("1", str(len(failures) + 2))
    names = {suite.get("name") for suite in suites}
    assert '"q" <img src=x onerror=alert(1)>&\']]>.js' in names
    assert {"a\\nb.js", "caf\\xe9.js", "bytes.js", "made.js"} < names


def test_junit_of_nothing_has_a_test_that_passed(nothing: Outcome) -> None:
    suites = etree.fromstring(told("junit", nothing, "/").encode())
    etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd")).assertValid(suites)

    assert [case.get("name") for case in suites.iter("testcase")] == ["no findings"]


def test_nothing_is_a_report_too(nothing: Outcome) -> None:
    assert sarif(nothing)["runs"][0]["results"] == []
    assert json.loads(told("gitlab", nothing, "/")) == []
    assert json.loads(told("rdjson", nothing, "/"))["diagnostics"] == []
    assert told("github", nothing, "/") == ""
    assert told("markdown", nothing, "/") == "## unleak: no findings\n"
    assert "Nothing was found." in told("html", nothing, "/")
    assert [json.loads(line)["type"] for line in told("jsonl", nothing, "/").splitlines()] == [
        "summary"
    ]


def test_github_reads_one_command_a_finding(outcome: Outcome, tree: Path) -> None:
    commands = [runner_reads(line) for line in told("github", outcome, tree).splitlines()]

    assert [name for name, _, _ in commands] == ["error"] * len(findings(outcome)) + ["warning"]
    for (_, place, message), (file, finding) in zip(commands, findings(outcome), strict=False):
        assert int(place["line"]) == finding.start.line
        assert place["title"] == f"unleak {finding.codemod}"
        assert place["file"].isprintable()
        assert place["file"] == file.path or not file.path.isprintable()
        assert message.startswith(f"{place['file']}:{finding.start.line}:{finding.start.column}: ")
        assert ("col" in place) == (finding.start.line == finding.end.line)


def runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner of GitHub Actions parses it."""
    match = re.fullmatch(r"::([\w-]+) (.*?)::(.*)", line)
    assert match, line

    def unescaped(text: str, *more: str) -> str:
        for character in ("\r", "\n", *more, "%"):  # the runner has % last, too
            text = text.replace(f"%{ord(character):02X}", character)
        return text

    properties = dict(part.split("=", 1) for part in match[2].split(","))
    read = {name: unescaped(value, ":", ",") for name, value in properties.items()}
    return match[1], read, unescaped(match[3])


@given(st.text(), st.text())
def test_a_command_of_github_is_read_as_it_was_meant(value: str, message: str) -> None:
    line = _command("error", {"file": value, "line": "1"}, message).removesuffix("\n")

    assert runner_reads_all(line) == ("error", {"file": value, "line": "1"}, message)


def runner_reads_all(line: str) -> tuple[str, dict[str, str], str]:
    assert "\n" not in line
    assert "\r" not in line
    match = re.fullmatch(r"(?s)::([\w-]+) (.*?)::(.*)", line)
    assert match

    def unescaped(text: str) -> str:
        return re.sub("%(25|0D|0A|3A|2C)", lambda one: chr(int(one[1], 16)), text)

    properties = dict(part.split("=", 1) for part in match[2].split(","))
    read = {name: unescaped(text) for name, text in properties.items()}
    return match[1], read, re.sub("%(25|0D|0A)", lambda one: chr(int(one[1], 16)), match[3])


@given(st.text())
def test_xml_gives_back_what_it_can_hold(text: str) -> None:
    element = etree.fromstring(f'<a b="{_attribute(text)}">{_text(text)}</a>'.encode())

    held = re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    assert element.get("b") == held
    assert (element.text or "") == held


@given(st.binary(min_size=1).filter(lambda name: b"\0" not in name))
def test_an_address_gives_back_the_name(name: bytes) -> None:
    reference = uri(os.fsdecode(name))

    assert re.fullmatch(r"[\w\-./~!$&'()*+,;=@%]+", reference, re.ASCII)
    assert not reference.startswith("//")
    assert os.path.normpath(unquote_to_bytes(reference)) == os.path.normpath(
        b"." + name if name.startswith(b"//") else name
    )


@given(st.text(alphabet="aé𐐀\n\r\ufeff", max_size=30), st.data())
def test_places_are_those_of_the_text(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    before = text[:cut]
    places = Places(text.encode())
    offset = len(before.encode())

    line = before.rpartition("\n")[2]
    shown = line.removeprefix("\ufeff") if "\n" not in before else line
    assert places.position(offset) == (before.count("\n") + 1, len(shown) + 1)
    assert places.in_bytes(offset) == (before.count("\n") + 1, len(line.encode()) + 1)


def test_jsonl_is_json_line_by_line(outcome: Outcome, tree: Path) -> None:
    lines = [json.loads(line) for line in told("jsonl", outcome, tree).splitlines()]
    whole = json.loads(told("json", outcome, tree))

    kinds = [line.pop("type") for line in lines]
    assert kinds == ["finding"] * len(whole["findings"]) + ["skipped"] * 2 + ["summary"]
    assert lines == [*whole["findings"], *whole["skipped"], whole["summary"]]


def test_markdown_holds_names_as_code(outcome: Outcome, tree: Path) -> None:
    text = told("markdown", outcome, tree)

    outside = re.sub(r"(?s)^(`{3,})\w*\n.*?^\1$", "", text, flags=re.MULTILINE)
    heads = re.findall(r"^### (`+) ?(.*?) ?\1$", outside, re.MULTILINE)
    names = {"a\\nb.js", "`tick` | [x](y) @you.js", '"q" <img src=x onerror=alert(1)>&\']]>.js'}
    assert names < {name for _, name in heads}
    prose = re.sub(r"(`+).*?\1", "", outside)
    assert not re.search(r"<(?!/?sub>)|@you|\]\(", prose)
    assert "| `pipe-without-pipeline` | 8 | 7 | 0 |" in text


@given(st.text(min_size=1))
def test_a_fence_holds_any_code(text: str) -> None:
    ticks = re.match("`+", fenced(text, "js"))

    assert ticks
    assert not re.search(f"^`{{{len(ticks[0])},}}", text, re.MULTILINE)
    assert "\n" not in code(text)


# The page.


class Page(HTMLParser):
    """What a browser makes of it: elements with their attributes, and text by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.inside: dict[str, str] = {}
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open in ("style", "script"):
            self.inside[self._open] = self.inside.get(self._open, "") + data
            self._open = ""
        else:
            self.text.append(data)

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


def test_the_page_is_only_what_we_wrote(outcome: Outcome, tree: Path) -> None:
    page = Page(told("html", outcome, tree))

    tags = Counter(tag for tag, _ in page.elements)
    assert tags["script"] == tags["style"] == 1
    assert not tags.keys() & {"img", "link", "iframe", "object", "base", "a"}
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "href", "style")]
    (policy,) = (one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert policy is not None
    for tag, text in page.inside.items():
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_the_page_tells_every_finding(outcome: Outcome, tree: Path) -> None:
    page = Page(told("html", outcome, tree))
    text = "\n".join(page.text)

    folded = [one for one in page.all("details") if one.get("class") == "finding"]
    assert len(folded) == len(findings(outcome))
    assert '"q" <img src=x onerror=alert(1)>&\']]>.js:6:8' in text
    assert "@x/</script><b>" in text
    assert "@ann" in text
    found = [one["data-find"] for one in page.all("button") if "data-find" in one]
    assert {"@x/</script><b>", "pipe-without-pipeline", "@ann", "nobody"} == set(found)
    assert "Burn-down" not in text


def test_the_page_shows_what_batches_have_found(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "a.mjs").write_text(DECLINED)
    wanted = BatchWanted(
        root="", options=Options(codemods=("pipe-without-pipeline",)), by="package"
    )
    with batch_state.State(str(tmp_path)) as state:
        for number in (12, 7, 3):
            begun = state.begin(wanted.as_json(), "base", "tree", {}, [])
            found = batch_state.Found("pipe-without-pipeline", "p", "", "safe", number)
            state.count(begun, [found])

    text = told("html", looked(tmp_path), tmp_path)

    assert re.findall(r"</th><td>(\d+)</td></tr>", text.partition("</section>")[0]) == [
        *("12", "7", "3")
    ]
    assert text.count("<rect ") == 3


def test_a_drawing_of_one_run_and_of_none_left() -> None:
    for points in ([Point("2026-11-01 10:00", 0)], [Point("<&", 5), Point("2026-11-02 10:00", 0)]):
        root = etree.fromstring(drawing(points).encode())
        heights = [float(bar.get("height", "-1")) for bar in root.iter("rect")]
        assert len(heights) == len(points)
        assert all(0 < height <= 160 for height in heights)


# Statistics.


def test_statistics_count_by_codemod(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    assert main(["check", "-q", "--statistics"]) == 3
    assert capsys.readouterr().out == (
        "8  [*] pipe-without-pipeline  7 safe, 1 display\n[*] some of them can be fixed\n"
    )

    assert main(["check", "-q", "--statistics", "--output-format", "json"]) == 3
    report = json.loads(capsys.readouterr().out)
    (row,) = report["statistics"]
    assert (row["codemod"], row["findings"], row["fixable"]) == ("pipe-without-pipeline", 8, 7)
    assert report["summary"]["findings"] == 8
    assert "findings" not in report


@pytest.mark.parametrize(
    "words", [["--output-format", "sarif"], ["--diff"], ["--output-format", "html"]]
)
def test_statistics_go_with_few_forms(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistics", *words]) == 2
    assert "--statistics" in capsys.readouterr().err


# After a fix.


def test_what_is_left_is_told_as_it_stands_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fix takes lines away above it."""
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    show = "exports.show = (name) => fs.createReadStream(name).pipe(process.stdout);\n"
    Path("package.json").write_text('{"engines": {"node": ">=20"}}')
    Path("a.js").write_text(CURED + show)

    assert main(["fix", "-q", "--output-format", "json"]) == 1
    (after,) = json.loads(capsys.readouterr().out)["findings"]

    text = Path("a.js").read_bytes()
    assert show.encode() in text
    assert after["line"] == text.count(b"\n") != (CURED + show).count("\n")
    assert text[after["start"] : after["end"]] == show.encode().partition(b"=> ")[2][:-2]
    assert main(["check", "-q", "--output-format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"] == [after]


def test_statistics_of_a_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    Path("a.js").write_text(CURED)

    assert main(["check", "--fix", "-q", "--statistics"]) == 0

    assert capsys.readouterr().out == "0  [ ] pipe-without-pipeline  1 fixed\n"


# Python.


@pytest.mark.parametrize("name", FORMATS)
def test_of_python_nothing_is_said_of_node(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import asyncio\n\n\nasync def send(data):\n"
        "    _, writer = await asyncio.open_connection('localhost', 80)\n"
        "    writer.write(data)\n    writer.close()\n"
    )
    seen = looked(tmp_path)
    assert [finding.codemod for _, finding in seen.left] == ["close-not-awaited"]

    text = "".join(render(name, seen, View(str(tmp_path), verbose=True)))

    assert "a.py" in text
    assert not re.search(r"\bNode\b", text)
