"""Write what is told in more than one place from the one place that knows it.

The codemod modules and their golden cases are the source; the table by which unleak finds them,
the catalogue in `codemods/README.md` and the list in `README.md` are written from them. What is
known of modules is written from `knowledge.toml`, so that a run need not read TOML. What two
articles claim, and what became of it, is written from `docs/claims.toml`, and the schema of a
configuration from the table of its keys.

    python scripts/generate.py            write what is stale
    python scripts/generate.py --check    write nothing; exit with 1 when something is stale
"""

import argparse
import importlib
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":  # also before anything is installed
    sys.path[:0] = [str(ROOT / folder) for folder in ("src", "transforms", "codemods", ".")]

if TYPE_CHECKING:
    from unleak_engine.codemod import Codemod

CODEMODS = ROOT / "codemods" / "unleak_codemods"
GOLDEN = ROOT / "golden"
TABLE = CODEMODS / "table.py"
CATALOGUE = ROOT / "codemods" / "README.md"
README = ROOT / "README.md"
KNOWLEDGE = CODEMODS / "streams" / "knowledge.toml"
KNOWN = CODEMODS / "streams" / "known.py"
CLAIMS = ROOT / "docs" / "claims.toml"
ARTICLES = ROOT / "docs" / "articles.md"
SCHEMA = ROOT / "docs" / "unleak.schema.json"
FAMILIES = ("node", "python")
ENOUGH = 80
"""Characters of "Why it leaks" from which on a report need not quote another sentence."""

MARKED = re.compile(r"(<!-- codemods -->).*?(<!-- /?codemods -->)", re.DOTALL)
"""What stands between these marks in README.md is ours."""

TABLE_HEAD = '''\
"""Which codemods there are. Written by `python scripts/generate.py`: do not edit by hand."""

from typing import NamedTuple


class Entry(NamedTuple):
    """What must be known of a codemod before its module is worth importing.

    `needles` are the literal bytes one of which a file must hold, and one of each group of `also`;
    `why` is how "Why it leaks" begins; `node` is the range of Node versions it was proven on.
    `opt_in` ones must be selected. `language` is that of the files it reads, and for "python" the
    range is one of Python versions.
    """

    name: str
    module: str
    safety: str
    node: str
    needles: tuple[bytes, ...]
    summary: str
    why: str
    also: tuple[tuple[bytes, ...], ...] = ()
    opt_in: bool = False
    language: str = "node"


'''

KNOWN_HEAD = '''\
"""What is known of modules, ready to load. Written from knowledge.toml by
`python scripts/generate.py`: do not edit by hand."""

'''

CATALOGUE_HEAD = """\
# What unleak knows to leak

Each codemod is one file in [`unleak_codemods`](unleak_codemods), named after the fault it cures.
This page is written from those files and their golden cases by `python scripts/generate.py`.

**safe** fixes are made by default, **unsafe** ones change something a reader should look at and
wait for `--unsafe-fixes`, **display** means that the cure is shown and never written. The word at a
codemod is the best that a site can get; a site that is less clear gets less. An **opt-in** codemod
runs only for those who name it with `--select`.

"""


ARTICLES_HEAD = """\
# What the articles say, and what Node does

Two articles are where most advice on stream leaks in Node comes from: a production playbook for
pipelines, and one about a missing drain handler. Every claim was run on Node 18, 20, 22, 24 and 26.
A row's case is that code, written anew: unleak repairs it, or leaves it alone where it is right.
This page is written from [`claims.toml`](claims.toml) by `python scripts/generate.py`.

"""
SAID_BY = {"playbook": "The playbook", "drain": "The missing drain handler", "both": "Both"}


def codemods() -> "list[Codemod]":
    """Every declared codemod, by name. Raises whatever a broken module raises."""
    from unleak_engine.codemod import Codemod

    found: list[Codemod] = []
    for family in FAMILIES:
        for path in sorted((CODEMODS / family).glob("[!_]*.py")):
            module = importlib.import_module(f"unleak_codemods.{family}.{path.stem}")
            declared = getattr(module, "find", None)
            if not isinstance(declared, Codemod):
                raise TypeError(f"{path.relative_to(ROOT)} declares no codemod called `find`")
            found.append(declared)
    return sorted(found, key=lambda codemod: codemod.name)


def table(found: "list[Codemod]") -> str:
    lines = [TABLE_HEAD, "TABLE: dict[str, Entry] = {\n"]
    for codemod in found:
        lines += (
            f'    "{codemod.name}": Entry(\n',
            f'        name="{codemod.name}",\n',
            f'        module="{codemod.find.__module__}",\n',
            f'        safety="{codemod.safety.value}",\n',
            f'        node="{codemod.node}",\n',
            f"        needles={_bytes_tuple(codemod.needles)},\n",
            f"        summary={_wrapped(codemod.summary)},\n",
            f"        why={_wrapped(why(codemod.doc))},\n",
        )
        if codemod.also:
            lines.append(f"        also={_groups_tuple(codemod.also)},\n")
        if codemod.opt_in:
            lines.append("        opt_in=True,\n")
        if codemod.language != "node":
            lines.append(f'        language="{codemod.language}",\n')
        lines.append("    ),\n")
    lines.append("}\n")
    return "".join(lines)


def why(doc: str) -> str:
    """The first sentences of "Why it leaks", on one line: as few as say something."""
    section = re.search(r"^## Why it leaks\s+(.+?)(?=\n\s*\n|\Z)", doc, re.DOTALL | re.MULTILINE)
    if section is None:
        return ""
    told = ""
    for sentence in re.split(r"(?<=[.!?]) (?=[A-Z`])", " ".join(section[1].split())):
        told = f"{told} {sentence}".strip()
        if len(told) >= ENOUGH:
            break
    return told


def _bytes_tuple(values: tuple[bytes, ...]) -> str:
    quoted = [_quoted(value.decode("ascii"), "b") for value in sorted(values)]
    flat = "(" + ", ".join(quoted) + ("," if len(quoted) == 1 else "") + ")"
    if len(flat) <= 82:
        return flat
    return "(\n" + "".join(f"            {value},\n" for value in quoted) + "        )"


def _groups_tuple(groups: tuple[tuple[bytes, ...], ...]) -> str:
    flat = [_bytes_tuple(group) for group in groups]
    short = "(" + ", ".join(flat) + ("," if len(flat) == 1 else "") + ")"
    if "\n" not in short and len(short) <= 86:
        return short
    deeper = [group.replace("\n", "\n    ") for group in flat]
    lines = [f"            {group},\n" for group in deeper]
    return "(\n" + "".join(lines) + "        )"


def _quoted(text: str, prefix: str = "") -> str:
    escaped = text.replace("\\", "\\\\")
    if '"' in text and "'" not in text:
        return f"{prefix}'{escaped}'"
    escaped = escaped.replace('"', '\\"')
    return f'{prefix}"{escaped}"'


def _wrapped(text: str) -> str:
    """A string literal as ruff would leave it, in several pieces when it is long."""
    if len(_quoted(text)) <= 83:
        return _quoted(text)
    pieces: list[str] = []
    line = ""
    for word in re.findall(r"\S+\s*", text):
        if line and len(_quoted(line + word)) > 86:
            pieces.append(line)
            line = ""
        line += word
    pieces.append(line)
    return "(\n" + "".join(f"            {_quoted(piece)}\n" for piece in pieces) + "        )"


def catalogue(found: "list[Codemod]") -> str:
    pages = [CATALOGUE_HEAD, listed(found, ""), "\n"]
    pages += (page(codemod) for codemod in found)
    return "".join(pages)


def listed(found: "list[Codemod]", folder: str) -> str:
    """The codemods as a table that links to the catalogue in `folder`."""
    rows = ["| codemod | safety | what it does |\n", "| --- | --- | --- |\n"]
    for codemod in found:
        link = f"[`{codemod.name}`]({folder}#{codemod.name})"
        rows.append(f"| {link} | {_safety(codemod)} | {codemod.summary} |\n")
    return "".join(rows)


def _safety(codemod: "Codemod") -> str:
    return codemod.safety.value + (", opt-in" if codemod.opt_in else "")


def page(codemod: "Codemod") -> str:
    """One codemod: its docstring, its safety, and what it makes of its first golden case."""
    module = codemod.find.__module__.replace(".", "/")
    _, _, rest = codemod.doc.strip().partition("\n")
    lines = [
        f"## {codemod.name}\n\n",
        f"{codemod.summary}\n\n",
        f"Safety: **{_safety(codemod)}** · {codemod.language.capitalize()}: {codemod.node} · "
        f"[source]({module}.py)\n\n",
        re.sub(r"^## ", "### ", rest.strip(), flags=re.MULTILINE) + "\n\n",
    ]
    example = example_diff(codemod.name)
    if example:
        lines.append(f"### Example\n\n```diff\n{example}```\n\n")
    if codemod.references:
        lines.append("### References\n\n")
        lines += (f"- <{reference}>\n" for reference in codemod.references)
        lines.append("\n")
    return "".join(lines)


def example_diff(name: str) -> str:
    """The hunks of the golden case that shows best what a codemod does, "" when it has none."""
    diffs = sorted((GOLDEN / name.replace("-", "_")).glob("*.diff"))
    chosen = next((diff for diff in diffs if diff.stem == "example"), next(iter(diffs), None))
    if chosen is None:
        return ""
    text = chosen.read_text(encoding="utf-8")
    return re.sub(r"^@@ .* @@.*$", "@@", text[text.index("@@") :], flags=re.MULTILINE)


def known(text: str) -> str:
    """`knowledge.toml` as a module of plain literals. Raises `KnowledgeError`."""
    from unleak_codemods.streams.knowledge_table import parse

    facts = parse(tomllib.loads(text))
    lines = [KNOWN_HEAD]
    for name, tables in (("EXPORTS", facts.exports), ("SHAPES", facts.shapes)):
        lines.append(f"{name}: dict[str, dict[str, str]] = {{\n")
        for key, entries in sorted(tables.items()):
            if not entries:
                lines.append(f"    {_quoted(key)}: {{}},\n")
                continue
            lines.append(f"    {_quoted(key)}: {{\n")
            lines += (f"        {_quoted(n)}: {_quoted(e)},\n" for n, e in entries.items())
            lines.append("    },\n")
        lines.append("}\n\n")
    named = (("HINTS", facts.hints), ("NOT_OURS", facts.foreign), ("TOOLKITS", facts.toolkits))
    for name, values in named:
        lines.append(f"{name} = frozenset(\n    [\n")
        lines += (f"        {_quoted(value)},\n" for value in sorted(values))
        lines.append("    ]\n)\n\n")
    lines.append("NOT_OURS_SCOPES = (\n")
    lines += (f"    {_quoted(scope)},\n" for scope in facts.foreign_scopes)
    lines.append(")\n")
    return "".join(lines)


def articles(text: str) -> str:
    """The table of claims. Raises KeyError for a claim that does not say all it must."""
    claims = tomllib.loads(text)["claim"]
    lines = [ARTICLES_HEAD.rstrip("\n"), "\n"]
    for article, title in SAID_BY.items():
        lines.append(
            f"\n## {title}\n\n| says | | what Node does | unleak |\n| --- | --- | --- | --- |\n"
        )
        lines += (_claim(claim) for claim in claims if claim["article"] == article)
    return "".join(lines)


def _claim(claim: dict[str, str]) -> str:
    name, case = claim["codemod"], claim.get("case", "")
    told = (
        f"[`{name}`](../codemods/README.md#{name})" if name else "leaves it alone" if case else "–"
    )
    source = next(iter((GOLDEN / "articles").glob(f"{case}.*s")), None) if case else None
    if source is not None:
        told += f" ([case](../golden/articles/{source.name}))"
    return f"| {claim['says']} | {claim['verdict']} | {claim['node']} | {told} |\n"


def pages() -> dict[Path, str]:
    """What every generated file should hold."""
    found = codemods()
    wanted = {
        TABLE: table(found),
        KNOWN: known(KNOWLEDGE.read_text(encoding="utf-8")),
        CATALOGUE: catalogue(found).rstrip("\n") + "\n",
        ARTICLES: articles(CLAIMS.read_text(encoding="utf-8")),
        SCHEMA: schema_text(),
    }
    if README.exists():
        text = README.read_text(encoding="utf-8")
        block = listed(found, "codemods/README.md")
        wanted[README] = MARKED.sub(lambda marks: f"{marks[1]}\n{block}{marks[2]}", text)
    return wanted


def schema_text() -> str:
    """The schema of a configuration."""
    from scripts.schema import text

    return text()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    check = parser.parse_args().check
    stale = [
        (path, text)
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        print(f"{'stale' if check else 'wrote'}: {path.relative_to(ROOT)}")
        if not check:
            path.write_text(text, encoding="utf-8")
    if stale and check:
        print("Refresh with `python scripts/generate.py`.", file=sys.stderr)
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())
