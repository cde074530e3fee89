"""What is missing or outdated in the text of a codemod module, told without running it.

The module is read with libcst, whose byte positions make the mechanical fixes exact edits.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from libcst.metadata import (
    ByteSpanPositionProvider,
    MetadataWrapper,
    PositionProvider,
    QualifiedNameProvider,
    QualifiedNameSource,
)

import unleak
from unleak.packs.cases import cases_in
from unleak.packs.node_types import dotted, misnamed
from unleak.packs.pack import GRAMMARS
from unleak.proofs.cases import PROOF_SUFFIX, PYTHON_PROOF_SUFFIX
from unleak_engine import grammars
from unleak_engine.edit import Edit
from unleak_engine.grammars import NODE, PYTHON, language_of

HEADINGS = ("Why it leaks", "What changes", "What is left alone")
KEYWORDS = {
    NODE: ("safety", "node", "needles", "hits", "query"),
    PYTHON: ("safety", "python", "needles", "hits", "matcher"),
}
PROOFS = {PYTHON: PYTHON_PROOF_SUFFIX, NODE: PROOF_SUFFIX}
UNWRITTEN = "TODO"
# What lets a codemod see or change anything beside its arguments.
# fmt: off
WORLD = frozenset({
    "asyncio", "builtins", "ctypes", "datetime", "fileinput", "getpass", "glob", "http", "io",
    "locale", "logging", "mmap", "multiprocessing", "os", "pathlib", "platform", "random",
    "requests", "secrets", "shutil", "signal", "socket", "sqlite3", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo",
})
# fmt: on
WORLDLY_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})
_MOVED = frozenset(
    {
        *("unleak_engine.codemod", "unleak_engine.edit", "unleak_engine.finding"),
        *("unleak_engine.rewrite", "unleak_codemods.streams.evidence"),
        *("unleak_engine.python.codemod", "unleak_engine.python.source"),
        *("unleak_codemods.streams.grounds", "unleak_codemods.streams.levels"),
    }
)
"""Where the names lie that `unleak` gives; they may move there, and not in `unleak`."""


class Flaw(NamedTuple):
    """One thing that is wrong: where, a stable code, a sentence, and the edits that mend it."""

    path: str
    line: int
    code: str
    message: str
    edits: tuple[Edit, ...] = ()


def flaws(module: Path, golden: Path) -> list[Flaw]:
    """What is wrong with a codemod's module and with the folder of its golden cases."""
    data = module.read_bytes()
    try:
        wrapper = MetadataWrapper(cst.parse_module(data))
    except (cst.ParserSyntaxError, UnicodeDecodeError) as error:
        line = getattr(error, "raw_line", 1)
        return [Flaw(str(module), line, "syntax", f"is no Python: {error}".splitlines()[0])]
    reader = _Reader(str(module), data, wrapper)
    wrapper.visit(reader)
    found = [*reader.flaws, *reader.headings(), *reader.declared(), *reader.unseen(golden)]
    found += [*reader.node_types(), *_goldens(golden, reader.language)]
    return sorted(found, key=lambda flaw: (flaw.path, flaw.line, flaw.code))


class _Reader(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, PositionProvider, QualifiedNameProvider)

    def __init__(self, path: str, data: bytes, wrapper: MetadataWrapper) -> None:
        super().__init__()
        self.path = path
        self.data = data
        self.module = wrapper.module
        self.flaws: list[Flaw] = []
        self.keywords: dict[str, cst.BaseExpression] | None = None
        self.language = ""  # what the codemod is for, "" when that cannot be seen
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        self._places = wrapper.resolve(PositionProvider)
        self._names = wrapper.resolve(QualifiedNameProvider)

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        found = self._spans[node]
        return found.start, found.start + found.length

    def told(self, node: cst.CSTNode, code: str, message: str, *edits: Edit) -> Flaw:
        return Flaw(self.path, self._places[node].start.line, code, message, edits)

    def imported(self, node: cst.CSTNode) -> str:
        """The dotted name under which `node` was imported; "" for others."""
        names = self._names.get(node, ())
        found = list(names() if callable(names) else names)
        if len(found) == 1 and found[0].source is QualifiedNameSource.IMPORT:
            return str(found[0].name)
        return ""

    # What it reaches for.

    def visit_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            self._worldly(node, dotted(alias.name))

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if node.module is None or node.relative:
            return
        module = dotted(node.module)
        self._worldly(node, module)
        if module not in _MOVED or isinstance(node.names, cst.ImportStar):
            return
        names = [dotted(alias.name) for alias in node.names]
        if all(name in unleak.__all__ for name in names):
            edits = [Edit.replace(*self.span(node.module), "unleak")]
            if module == "unleak_engine.python.codemod":
                edits += map(self._python_codemod, (a for a in node.names if _is_codemod(a)))
            why = f"{', '.join(names)}: take it from `unleak`, which stays; {module} may change"
            self.flaws.append(self.told(node, "import", why, *edits))

    def _python_codemod(self, alias: cst.ImportAlias) -> Edit:
        """`codemod` of `unleak` is that for Node; the other has a name of its own there."""
        name = "python_codemod" if alias.asname else "python_codemod as codemod"
        return Edit.replace(*self.span(alias.name), name)

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Name) and node.func.value in WORLDLY_CALLS:
            why = f"{node.func.value}() reaches beyond the file: a codemod depends on it alone"
            self.flaws.append(self.told(node, "world", why))

    def _worldly(self, node: cst.CSTNode, module: str) -> None:
        if module.partition(".")[0] in WORLD:
            why = f"`{module}` reaches beyond the file: a codemod depends on it alone"
            self.flaws.append(self.told(node, "world", why))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        if node.name.value != "find":
            return
        for decorator in node.decorators:
            call = decorator.decorator
            if isinstance(call, cst.Call) and dotted(call.func).endswith("codemod"):
                self.keywords = {arg.keyword.value: arg.value for arg in call.args if arg.keyword}
                of_python = dotted(call.func).endswith("python_codemod")
                of_python = of_python or bool({"python", "matcher"} & self.keywords.keys())
                self.language = PYTHON if of_python else NODE

    # What it says.

    def headings(self) -> Iterator[Flaw]:
        literal = _docstring(self.module)
        if literal is None:
            yield Flaw(
                self.path,
                1,
                "docstring",
                "the docstring is missing: a sentence, then "
                + ", ".join(f"## {heading}" for heading in HEADINGS),
            )
            return
        start, end = self.span(literal)
        text = self.data[start:end].decode()
        there = {match[1].strip(): match for match in re.finditer(r"(?m)^#+ *(.+?) *$", text)}
        for heading in HEADINGS:
            match = there.get(heading)
            wrong = next((m for said, m in there.items() if said.lower() == heading.lower()), None)
            right = f"## {heading}"
            if match is not None and match[0] == right:
                continue
            if wrong is not None:
                at = start + len(text[: wrong.start()].encode())
                edit = Edit.replace(at, at + len(wrong[0].encode()), right)
                yield self.told(literal, "docstring", f"`{wrong[0]}` should be `{right}`", edit)
            else:
                quote = 3 if text.endswith(('"""', "'''")) else 1
                new = f"\n{right}\n\n{UNWRITTEN}\n" if text[-quote - 1] == "\n" else ""
                edits = (Edit.insert(end - quote, new),) if new else ()
                yield self.told(literal, "docstring", f"`{right}` is missing", *edits)
        for match in re.finditer(UNWRITTEN, text):
            line = self._places[literal].start.line + text.count("\n", 0, match.start())
            yield Flaw(self.path, line, "unwritten", f"{UNWRITTEN}: this is still to be written")

    def declared(self) -> Iterator[Flaw]:
        if self.keywords is None:
            why = "`find` is not declared with `@codemod(…)`, or for Python `@python_codemod(…)`"
            yield Flaw(self.path, 1, "declaration", why)
            return
        missing = [name for name in KEYWORDS[self.language] if name not in self.keywords]
        if missing:
            declared = "@python_codemod" if self.language == PYTHON else "@codemod"
            why = f"`{declared}` does not say {', '.join(missing)}"
            yield Flaw(self.path, 1, "declaration", why)
        query = self.keywords.get("query")
        if isinstance(query, cst.SimpleString):
            yield from self._query(query)

    def node_types(self) -> Iterator[Flaw]:
        """What is said of libcst, in a codemod for Python."""
        for wrong in misnamed(self.module, self.imported):
            edits = (Edit.replace(*self.span(wrong.node), wrong.meant),) if wrong.meant else ()
            yield self.told(wrong.node, "node-type", wrong.message, *edits)
        matcher = (self.keywords or {}).get("matcher")
        if isinstance(matcher, cst.Call):
            home, _, name = self.imported(matcher.func).rpartition(".")
            if home == "libcst.matchers" and name != "Call" and hasattr(cst, name):
                why = f"`find` is asked about calls alone: the matcher is `m.Call(…)`, not {name}"
                yield self.told(matcher, "node-type", why)

    def _query(self, literal: cst.SimpleString) -> Iterator[Flaw]:
        start, end = self.span(literal)
        text = self.data[start:end].decode()
        known = _kinds()
        plain = re.sub(r'"(?:[^"\\]|\\.)*"|;[^\n]*', lambda m: " " * len(m[0]), text[3:-3])
        plain = text[:3] + plain + text[-3:] if text.startswith(('"""', "'''")) else text
        for match in re.finditer(r"\(\s*([a-z_][\w]*)", plain):
            kind = match[1]
            if kind in known or kind == "_" or kind in ("ERROR", "MISSING"):
                continue
            close = get_close_matches(kind, known, n=1, cutoff=0.8)
            line = self._places[literal].start.line + plain.count("\n", 0, match.start(1))
            why = f"the grammars have no node type `{kind}`"
            at = start + len(text[: match.start(1)].encode())
            edits = (Edit.replace(at, at + len(kind), close[0]),) if close else ()
            meant = f"; `{close[0]}`?" if close else ""
            yield Flaw(self.path, line, "node-type", why + meant, edits)

    def unseen(self, golden: Path) -> Iterator[Flaw]:
        """Needles that no golden case holds: nobody has seen them match."""
        needles = (self.keywords or {}).get("needles")
        if not isinstance(needles, cst.List | cst.Tuple):
            return
        texts = [case.read_bytes() for case in cases_in(golden)]
        for element in needles.elements:
            if not texts or not isinstance(element.value, cst.SimpleString):
                continue
            value = element.value.evaluated_value
            word = value.encode() if isinstance(value, str) else value
            if not any(word in text for text in texts):
                why = f"no golden case has the needle {element.value.value}"
                yield self.told(element, "needle", why)


def _goldens(golden: Path, language: str) -> Iterator[Flaw]:
    cases = cases_in(golden)
    where = str(golden)
    if not cases:
        yield Flaw(where, 0, "golden", "there are no golden cases: nothing shows what it does")
        return
    for case in cases:
        if language and language_of(case.name) != language:
            reads = "Python" if language == PYTHON else "JavaScript and TypeScript"
            yield Flaw(
                str(case), 0, "golden", f"the codemod reads {reads} alone: it never sees this"
            )
    suffix = ".py" if language == PYTHON else ".js"
    refusals = [case for case in cases if case.name.startswith("skip_")]
    if not refusals:
        yield Flaw(
            where, 0, "refusal", f"no case is refused: add a skip_…{suffix} of what looks like it"
        )
    elif 2 * len(refusals) < len(cases):
        yield Flaw(
            where,
            0,
            "refusal",
            f"{len(refusals)} of {len(cases)} cases are refused: at least half should be",
        )
    changed = list(golden.glob("*.diff"))
    proofs = [suffix for of, suffix in PROOFS.items() if language in ("", of)]
    if changed and not any(list(golden.glob(f"*{suffix}")) for suffix in proofs):
        why = f"no rewrite has a proof: add one, as example{proofs[-1]}"
        yield Flaw(where, 0, "proof", why)


def mend(found: Sequence[Flaw]) -> int:
    """Make the edits of `found` on disk; how many flaws were mended."""
    from unleak_engine.edit import apply_edits, joined

    mended = 0
    for path in {flaw.path for flaw in found if flaw.edits}:
        mine = [flaw for flaw in found if flaw.path == path and flaw.edits]
        edits = tuple(joined(dict.fromkeys(edit for flaw in mine for edit in flaw.edits)))
        file = Path(path)
        file.write_bytes(apply_edits(file.read_bytes(), edits))
        mended += len(mine)
    return mended


def _kinds() -> frozenset[str]:
    found: set[str] = set()
    for grammar in GRAMMARS:
        language = grammars.language(grammar)
        kinds = range(language.node_kind_count)
        found |= {
            language.node_kind_for_id(i) or "" for i in kinds if language.node_kind_is_named(i)
        }
        # Supertypes are hidden in trees and still may be asked for.
        found |= {language.node_kind_for_id(i) or "" for i in language.supertypes}
    return frozenset(found)


def _is_codemod(alias: cst.ImportAlias) -> bool:
    return dotted(alias.name) == "codemod"


def _docstring(module: cst.Module) -> cst.SimpleString | None:
    for statement in module.body[:1]:
        if isinstance(statement, cst.SimpleStatementLine):
            first = statement.body[0]
            if isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString):
                return first.value
    return None
