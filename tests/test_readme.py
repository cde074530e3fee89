"""What README.md, docs/ and transforms/README.md tell is what the tool does.

The sessions are run on a terminal, in a copy of the example. `pytest --update-golden` writes the
outputs, the reasons and the sums anew; what else a page says must be mended by hand.
"""

import ast
import contextlib
import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unleak_codemods
from unleak.golden import is_case
from unleak.report.forms import FORMATS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
JSON_PAGE = ROOT / "docs" / "json.md"
REPORTS_PAGE = ROOT / "docs" / "reports.md"
PROOFS_PAGE = ROOT / "docs" / "proofs.md"
PROOFS_TABLE = ROOT / "docs" / "proofs.txt"
ENGINE_PAGE = ROOT / "transforms" / "README.md"
CONFIGURATION_PAGE = ROOT / "docs" / "configuration.md"
PAGES = [
    *(README, JSON_PAGE, REPORTS_PAGE, PROOFS_PAGE, ENGINE_PAGE, CONFIGURATION_PAGE),
    ROOT / "CONTRIBUTING.md",
]
EXAMPLE = ROOT / "examples" / "leaky-service"
SOURCES = [ROOT / "src" / "unleak", ROOT / "codemods", ROOT / "transforms"]

ROTATE = "packages/report-worker/src/rotate.ts"
SHOWN = {
    "github": ("", ROTATE),
    "gitlab": ("json", ROTATE),
    "junit": ("xml", ROTATE),
    "sarif": ("json", ROTATE),
    "rdjson": ("json", ROTATE),
    "jsonl": ("json", ROTATE),
    "markdown": ("markdown", ROTATE),
}
"""The formats of which the page has an example: the language of the block, and what was checked."""
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CALM = {"no fault", "success"}
"""The scenarios in which nothing goes wrong."""
CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*")
ENVIRONMENT = {
    "COLUMNS": "100",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_PAGER": "cat",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "TERM": "dumb",
}


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """The example, copied and made a repository of its own, as the README has its reader do."""
    copy = tmp_path / "leaky-service"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("node_modules", "var"))
    identity = ["-c", "user.name=you", "-c", "user.email=you@localhost"]
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "Before"]):
        subprocess.run(["git", *words], cwd=copy, env=os.environ | ENVIRONMENT, check=True)
    return copy


def on_terminal(command: str, cwd: Path) -> str:
    """What a person sees after typing `command`: both streams as they come, on a terminal."""
    scripts = Path(sys.executable).parent
    assert (scripts / "unleak").exists(), "unleak is not installed; `make setup` does it"
    path = os.pathsep.join([str(scripts), os.environ.get("PATH", os.defpath)])
    screen, terminal = os.openpty()
    child = subprocess.Popen(
        ["sh", "-c", command],
        cwd=cwd,
        env=os.environ | ENVIRONMENT | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    seen = bytearray()
    with contextlib.suppress(OSError):  # the terminal hangs up when the last writer is gone
        while piece := os.read(screen, 65536):
            seen += piece
    os.close(screen)
    child.wait()
    return tidy(seen.decode().replace("\r\n", "\n"))


def tidy(text: str) -> str:
    """Without the blanks at the ends of lines, which a page does not keep."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def commands(block: str) -> Iterator[str]:
    yield from (line[2:] for line in block.splitlines() if line.startswith("$ "))


def section(page: Path, name: str) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", page.read_text(), re.DOTALL)
    assert found, f"{page.name} has no part marked {name}"
    return found[1]


def put_section(page: Path, name: str, text: str) -> None:
    marked = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
    told = re.sub(marked, lambda m: m[1] + text + m[2], page.read_text(), flags=re.DOTALL)
    page.write_text(told)


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


# The README.


def test_the_session_is_real(service: Path, update_golden: bool) -> None:
    text = README.read_text()
    blocks = CONSOLE.findall(text)
    assert sum(len(list(commands(block))) for block in blocks) >= 5

    real = [
        "".join(f"$ {command}\n{on_terminal(command, service)}" for command in commands(block))
        for block in blocks
    ]
    assert "Traceback" not in "".join(real)
    if update_golden:
        ran = iter(real)
        README.write_text(CONSOLE.sub(lambda _: f"```console\n{next(ran)}```", text))

    assert [tidy(block) for block in CONSOLE.findall(README.read_text())] == real


def test_the_first_diff_is_the_one_it_makes(service: Path) -> None:
    (shown,) = re.findall(r"^```diff\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    patch = on_terminal("unleak diff -q", service)

    assert "+" in shown
    assert shown in patch


def test_every_reason_to_decline_is_in_the_readme(update_golden: bool) -> None:
    reasons = reasons_to_decline()
    table = ["| code | why |", "| --- | --- |"]
    table += (f"| `{code}` | {why} |" for code, why in sorted(reasons.items()))
    if update_golden:
        put_section(README, "reasons", "\n".join(table) + "\n")

    assert len(reasons) > 20
    assert section(README, "reasons").splitlines() == table


def reasons_to_decline() -> dict[str, str]:
    """Every code a finding can be declined or shown with, and its sentence; or its sentences."""
    reasons: dict[str, list[str]] = {}
    for module in pkgutil.walk_packages(unleak_codemods.__path__, "unleak_codemods."):
        for value in vars(importlib.import_module(module.name)).values():
            for code, reason in value.items() if isinstance(value, dict) else ():
                if hasattr(reason, "why") and hasattr(reason, "recipe"):
                    shown = " (its recipe is right as it stands)" if reason.shown else ""
                    reasons.setdefault(code, []).append(reason.why + shown)
    for call in calls_of("Declined"):
        words = {word.arg: word.value for word in call.keywords}
        code, why = words.get("code"), words.get("why")
        if isinstance(code, ast.Constant) and isinstance(why, ast.Constant):
            reasons.setdefault(code.value, []).append(why.value)
    return {code: "; or: ".join(dict.fromkeys(whys)) for code, whys in reasons.items()}


def calls_of(*names: str) -> Iterator[ast.Call]:
    for path in (path for folder in SOURCES for path in sorted(folder.rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                if name in names:
                    yield node


def test_every_verb_and_no_other_is_in_the_readme() -> None:
    told = {row[0].strip("`").split()[1] for row in rows(section(README, "verbs"))}

    assert told == verbs()


def verbs() -> set[str]:
    listed = helped("unleak").partition("Commands:\n")[2].partition("\n\n")[0]
    return set(re.findall(r"^  (\w+)", listed, re.MULTILINE))


def helped(*module: str) -> str:
    command = [sys.executable, "-m", *module, "--help"]
    environment = os.environ | ENVIRONMENT
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return done.stdout.decode()


def test_options_on_the_pages_exist() -> None:
    pages = [*(helped("unleak", verb) for verb in sorted(verbs())), helped("unleak.proofs")]
    known = set(re.findall(r"--[a-z][a-z-]*", "".join(pages)))
    told = {
        option
        for page in PAGES[:-1]
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", page.read_text())
    }

    assert len(told) > 5
    assert told - known <= {"--stat"}  # git's


def test_what_is_told_to_be_overlooked_is_overlooked(service: Path) -> None:
    overlooked = {
        '["pipe"]': 'a["pipe"](b);',
        "comment": "a./* to */pipe(b);",
        ".pipe.call": "a.pipe.call(a, b);",
    }
    readme = README.read_text()
    head = "import fs from 'node:fs';\nconst a = fs.createReadStream('a');\n"
    head += "const b = fs.createWriteStream('b');\n"
    for number, (words, text) in enumerate(overlooked.items()):
        assert words in readme[readme.index("## Limits") :]
        (service / f"overlooked{number}.mjs").write_text(head + text)
    (service / "seen.mjs").write_text(head + "a.pipe(b);")

    found = on_terminal("unleak check -q --output-format concise *.mjs", service)

    assert re.findall(r"^(\S+?):\d", found, re.MULTILINE) == ["seen.mjs"]


# The proofs.


def proof_table() -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    """(codemod, case, scenario) → (before, after) on each Node, as last measured."""
    cells: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    codemod = case = ""
    for line in PROOFS_TABLE.read_text().splitlines():
        if not line or line.startswith("leaks before"):
            continue
        indent = len(line) - len(line.lstrip())
        if indent == 0:
            codemod = line
        elif indent == 2:
            case = line.strip()
        else:
            scenario, *columns = re.split(r"\s{2,}", line.strip())
            pairs = [column.split(" → ") for column in columns if column != "–"]
            cells[codemod, case, scenario] = [(before, after) for before, after in pairs]
    return cells


def test_the_proof_table_is_that_of_the_proofs() -> None:
    told = {f"{codemod}/{case}" for codemod, case, _ in proof_table()}
    proofs = (ROOT / "golden").glob("*/*.proof.mjs")
    there = {
        f"{proof.parent.name.replace('_', '-')}/{source.name}"
        for proof in proofs
        for source in proof.parent.glob(proof.name.removesuffix(".proof.mjs") + ".*")
        if source.suffix[1:] in {"js", "mjs", "cjs", "ts", "mts", "cts"} and is_case(source)
    }

    assert there
    assert told == there, f"python -m unleak.proofs --all-nodes > {PROOFS_TABLE.name}"
    assert "FAILS" not in PROOFS_TABLE.read_text()


def test_the_sums_are_those_of_the_proof_table(update_golden: bool) -> None:
    if update_golden:
        put_section(README, "proofs", sums())

    assert section(README, "proofs") == sums()


def sums() -> str:
    """The Node versions and, a row a case, how many runs with a fault there were and went wrong."""
    cells = proof_table()
    head = re.match(r"leaks before → after +(.*)", PROOFS_TABLE.read_text())
    assert head
    *versions, newest = head[1].split()
    lines = [f"Node {', '.join(versions)} and {newest}:", ""]
    lines.append("| rewrite | runs with a fault | not clean before | not clean after |")
    lines.append("| --- | --- | --- | --- |")
    for codemod, case in dict.fromkeys((codemod, case) for codemod, case, _ in cells):
        runs = [
            pair
            for key, pairs in cells.items()
            if key[:2] == (codemod, case) and key[2] not in CALM
            for pair in pairs
        ]
        before, after = (sum(pair[side] != "0" for pair in runs) for side in (0, 1))
        link = f"[`{case}`](golden/{codemod.replace('-', '_')}/{case})"
        lines.append(f"| {codemod}: {link} | {len(runs)} | {before} | {after} |")
    return "\n".join(lines) + "\n"


def test_what_is_not_clean_after_is_explained() -> None:
    told = README.read_text().partition("<!-- /proofs -->")[2]
    dirty = {
        case
        for (_, case, _), pairs in proof_table().items()
        if any(after != "0" for _, after in pairs)
    }

    assert set(re.findall(r"^- `([\w.]+)`", told.partition("## Limits")[0], re.M)) == dirty


def test_without_a_fault_nothing_is_left() -> None:
    calm = [pairs for (_, _, scenario), pairs in proof_table().items() if scenario in CALM]

    assert calm
    assert all(pair == ("0", "0") for pairs in calm for pair in pairs)


# The JSON form.


def documented(name: str) -> dict[str, str]:
    """Field → type, as the table called `name` says."""
    return {row[0].strip("`"): row[1] for row in rows(section(JSON_PAGE, name))}


def shape(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
    return "null"


def agrees(records: Iterable[dict[str, Any]], name: str) -> None:
    """All fields and no others, each of the type told; each told type must occur."""
    types = documented(name)
    seen: dict[str, set[str]] = {field: set() for field in types}
    count = 0
    for record in records:
        count += 1
        assert list(record) == list(types), name
        for field, value in record.items():
            seen[field].add(shape(value))
    assert count, f"the run gave no {name}"
    assert {field: " or ".join(sorted(kinds, reverse=True)) for field, kinds in seen.items()} == {
        field: " or ".join(sorted(kind.split(" or "), reverse=True))
        for field, kind in types.items()
    }


def test_the_json_form_is_as_documented(service: Path) -> None:
    (service / "not-utf-8.js").write_bytes(b"require('fs');a.pipe(\xff)")
    (service / "tail.js").write_text("require('fs').createReadStream('a').pipe(process.stdout)")
    head = "// unleak-disable-file pipe-without-pipeline -- to the terminal\n"
    (service / "kept.js").write_text(head + (service / "tail.js").read_text())
    old = {"path": "gone.js", "codemod": "pipe-without-pipeline", "fingerprint": "0"}
    (service / ".unleak-baseline.json").write_text(json.dumps([{"unleak-baseline": 1}, old]))
    told = json.loads(on_terminal("unleak check -q --output-format json 2>/dev/null", service))
    rules = json.loads(on_terminal("unleak rules --output-format json", service))

    agrees([told], "report")
    agrees(told["findings"], "finding")
    agrees([edit for finding in told["findings"] for edit in finding["edits"]], "edit")
    agrees([stage for finding in told["findings"] for stage in finding["stages"]], "stage")
    agrees(told["skipped"], "skipped")
    agrees(told["stale"], "stale")
    agrees([told["summary"]], "summary")
    agrees([rules], "rules")
    agrees(rules["codemods"], "rule")
    for finding in told["findings"]:
        status = finding["status"].partition(":")[0]
        assert status in {"fixable", "display", "declined", "suppressed"}
        assert (status == "fixable") == bool(finding["edits"])
        assert (finding["reason"] is None) == (status in {"fixable", "suppressed"})
    statuses = Counter(finding["status"].partition(":")[0] for finding in told["findings"])
    assert statuses["fixable"] == told["summary"]["fixable"]


def test_the_example_of_a_finding_is_real(service: Path, update_golden: bool) -> None:
    words = "unleak check -q --output-format json packages/report-worker/src/rotate.ts"
    (finding,) = json.loads(on_terminal(words, service))["findings"]
    if update_golden:
        told = json.dumps(finding, indent=2, ensure_ascii=False)
        put_section(JSON_PAGE, "example", f"```json\n{told}\n```\n")

    assert json.loads(section(JSON_PAGE, "example")[len("```json") : -len("```\n")]) == finding


def test_every_reason_to_skip_is_documented() -> None:
    """The codes stand in the sources as constants; a table of the page lists them."""
    told = {row[0].strip("`") for row in rows(section(JSON_PAGE, "skips"))}
    words = {
        constant.value
        for call in calls_of("Problem", "Skipped", "UnreadableError", "_complain", "Failure")
        for constant in call.args
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
        if CODE.fullmatch(constant.value)
    }
    everywhere = "".join(
        path.read_text() for folder in SOURCES for path in sorted(folder.rglob("*.py"))
    )

    assert len(words) > 10
    assert not words - told
    assert not {code for code in told if f'"{code}"' not in everywhere}


# The reports.


def test_every_format_is_on_the_page() -> None:
    told = [row[0].strip("`") for row in rows(section(REPORTS_PAGE, "formats"))]

    assert told == list(FORMATS)
    assert all(f"`{name}`" in section(README, "reports") for name in FORMATS)


@pytest.mark.parametrize("name", [*SHOWN, "statistics"])
def test_the_example_of_a_report_is_real(name: str, service: Path, update_golden: bool) -> None:
    language, where = SHOWN.get(name, ("console", ""))
    words = f"--output-format {name} {where}" if where else "--statistics"
    command = f"unleak check -q {words}".strip()
    told = on_terminal(command, service)
    assert "Traceback" not in told
    if name == "sarif":
        told = re.sub(r'("help": \{\n).*?(\n *\})', r"\1                …\2", told, flags=re.DOTALL)
    if language == "console":
        told = f"$ {command}\n{told}"
    fence = "````" if "```" in told else "```"
    block = f"{fence}{language}\n{told}{fence}\n"
    if update_golden:
        put_section(REPORTS_PAGE, name, block)

    assert section(REPORTS_PAGE, name) == block


def test_the_statistics_are_as_documented(service: Path) -> None:
    told = json.loads(
        on_terminal("unleak check -q --statistics --output-format json 2>/dev/null", service)
    )

    agrees(told["statistics"], "statistics")
    assert list(told) == ["version", "statistics", "skipped", "summary"]


# The way of a file, and all pages.


def test_the_way_of_a_file_names_every_module() -> None:
    text = ENGINE_PAGE.read_text()
    named = set(re.findall(r"`(\w+)\.py`", text))
    modules = {path.stem for path in (ROOT / "transforms" / "unleak_engine").glob("[!_]*.py")}

    assert named == modules


def prose(page: Path) -> str:
    """A page without its code, in which brackets are no links."""
    return re.sub(r"(?s)^```.*?^```$|(?<!\[)`[^`\n]*`", "", page.read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", prose(page))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_headings_that_are_linked_to_exist() -> None:
    for page in PAGES:
        for file, anchor in re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", prose(page)):
            target = page.parent / file if file else page
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in headings}
            assert anchor in anchors, f"{page.name}: {file}#{anchor}"
