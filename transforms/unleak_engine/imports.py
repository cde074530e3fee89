"""How to spell an export of a module at some place of a file, and what to import for it.

What the file imports already is used again; else an import it has is widened; else a statement is
added, in the file's own module system, place, quotes, semicolons and spelling of built-ins.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from unleak_engine.edit import Edit
from unleak_engine.origins import (
    HIDING_WRAPPERS,
    Origins,
    canonical,
    interop_argument,
    is_builtin,
    string_value,
    without_scheme,
)
from unleak_engine.scopes import FUNCTIONS, Binding, Scopes, unwrapped
from unleak_engine.source import BOM, Source
from unleak_engine.target import Target

_LOADS = re.compile(
    rb"""\b(?:from|import|require|getBuiltinModule)\s*\(?\s*["'`]([^"'`\r\n]+)["'`]"""
)
_WORD = re.compile(r"[^A-Za-z0-9_$]+")
_HEADER = re.compile(
    rb"^/\*!|@license|@licence|@file|@fileoverview|@preserve|@jsx|@flow|@format|@jest-environment"
    rb"|copyright|SPDX-|^//\s*@ts-|^/[/*]\s*(?:eslint|global|jshint|jslint|istanbul|prettier)\b"
    rb"|^///\s*<",
    re.IGNORECASE,
)
_PROMISES_SINCE = {"stream": 15, "timers": 15, "readline": 17, "fs": 10, "dns": 10}
_REQUIRES_NODE_SCHEME = 16
RESERVED = frozenset(
    """await break case catch class const continue debugger default delete do else enum export
    extends false finally for function if implements import in instanceof interface let new null
    package private protected public return static super switch this throw true try typeof
    undefined var void while with yield arguments eval async of""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """`expression` is what to write where the import was asked for; `edits` make it mean that,
    none when the file imports it already."""

    expression: str
    edits: tuple[Edit, ...] = ()


class Imports:
    """The imports of one source, and how to add to them. `esm` is what module system it is in."""

    def __init__(
        self, source: Source, scopes: Scopes, origins: Origins, target: Target, esm: bool
    ) -> None:
        self.source = source
        self.scopes = scopes
        self.origins = origins
        self.target = target
        self.esm = esm
        self._loads: list[tuple[Node, str]] | None = None

    def plan(self, module: str, name: str, at: Node, prefer: str | None) -> ImportPlan | None:
        reused = self._reuse(module, name, at)
        if reused is not None:
            return ImportPlan(reused)
        head, dot, rest = name.partition(".")
        wanted = prefer or (_camel(module) if head in ("", "default") else head)
        local = self._local_name(wanted, module, at)
        expression = local + dot + rest
        if head not in ("", "default"):
            edits = self._widened(module, head, local, at)
            if edits is not None:
                return ImportPlan(expression, edits)
        edit = self._statement(module, head, local, at)
        return None if edit is None else ImportPlan(expression, (edit,))

    # What is there already.

    def loads(self) -> list[tuple[Node, str]]:
        """The string nodes that name an imported or required module, in text order."""
        if self._loads is None:
            self._loads = []
            for hit in _LOADS.finditer(self.source.data):
                node = self.source.root.descendant_for_byte_range(hit.start(1) - 1, hit.end(1) + 1)
                module = string_value(node)
                if node is not None and module is not None:
                    self._loads.append((node, module))
        return self._loads

    def _bindings(self, modules: frozenset[str]) -> Iterator[Binding]:
        """What the statements that load one of `modules` bind, built-ins by their plain name."""
        for node, module in self.loads():
            if without_scheme(module) in modules:
                yield from self._bound_by(self.scopes.path_to(node))

    def _bound_by(self, path: Sequence[Node]) -> Iterator[Binding]:
        for step in reversed(path):
            if step.type in ("variable_declarator", "import_statement"):
                pattern = step.child_by_field_name("name") or step
                for identifier in _identifiers(pattern):
                    binding = self.scopes.declared(identifier)
                    if binding is not None:
                        yield binding
                return
            if step.type in FUNCTIONS or step.type == "statement_block":
                return

    def _reuse(self, module: str, name: str, at: Node) -> str | None:
        wanted = canonical(module, name)
        base, _, tail = wanted[0].partition("/")
        modules = {wanted[0], base} if tail == "promises" else {wanted[0]}
        members: list[tuple[int, str]] = []
        for binding in self._bindings(frozenset(modules)):
            found = self.origins.of_binding(binding)
            if found is None or not self._is_usable(binding, at):
                continue
            here = canonical(found.module, found.name)
            suffix = self._interop_suffix(binding)
            if here == wanted and not suffix:
                return binding.name
            if here == (wanted[0], "") and self._has_exports(binding):
                members.append((0, f"{binding.name}{suffix}.{wanted[1]}"))
            elif here == (base, "") != wanted and self._has_promises(base):
                members.append((1, f"{binding.name}{suffix}.promises.{wanted[1]}"))
        return min(members)[1].rstrip(".") if members else None

    def _is_usable(self, binding: Binding, at: Node) -> bool:
        if self.scopes.lookup(binding.name, at) != self.scopes.resolve(binding.node):
            return False
        return binding.kind == "import" or self._runs_first(binding.node, at)

    def _runs_first(self, declared: Node, at: Node) -> bool:
        """Whether a declaration has run when `at` does: it stands before it, or `at` is in a
        function that the declaration's own code is not in."""
        if declared.start_byte < at.start_byte:
            return True
        inner = [step for step in self.scopes.path_to(at) if step.type in FUNCTIONS]
        outer = [step for step in self.scopes.path_to(declared) if step.type in FUNCTIONS]
        return len(inner) > len(outer)

    def _interop_suffix(self, binding: Binding) -> str:
        """What leads from a compiled file's name for a module to the module."""
        if binding.value is None or binding.path:
            return ""
        value = unwrapped(binding.value)
        wrapped = interop_argument(value) if value.type == "call_expression" else None
        return ".default" if wrapped is not None and wrapped[0] in HIDING_WRAPPERS else ""

    def _has_exports(self, binding: Binding) -> bool:
        """Whether a binding that stands for a module offers its exports as properties."""
        parent = binding.node.parent
        if binding.kind != "import" or parent is None or parent.type != "import_clause":
            return True
        found = self.origins.of_binding(binding)
        return found is not None and is_builtin(found.module)

    def _has_promises(self, base: str) -> bool:
        since = _PROMISES_SINCE.get(base)
        floor = self.target.node_floor
        return since is not None and (since <= 10 or (floor is not None and floor >= since))

    # Names.

    def is_taken(self, name: str) -> bool:
        """Whether anything in the file is called `name`."""
        if name in RESERVED:
            return True
        return next(self.scopes.occurrences(name), None) is not None

    def free_name(self, wanted: str) -> str:
        number = 1
        name = wanted
        while self.is_taken(name):
            number += 1
            name = f"{wanted}{number}"
        return name

    def _local_name(self, wanted: str, module: str, at: Node) -> str:
        if not self.is_taken(wanted):
            return wanted
        prefix = _camel(without_scheme(module).partition("/")[0])
        alias = prefix + wanted[:1].upper() + wanted[1:]
        if module.startswith(".") or prefix.lower() == wanted.lower():
            alias = wanted
        return self.free_name(alias)

    # An import that can take one more name.

    def _widened(self, module: str, name: str, local: str, at: Node) -> tuple[Edit, ...] | None:
        for node, found in self.loads():
            if without_scheme(found) != without_scheme(module):
                continue
            path = self.scopes.path_to(node)
            names = self._named_imports(path) if self.esm else self._destructured(path, at)
            if names is not None:
                separator = " as " if self.esm else ": "
                return self._one_more(names, name if name == local else name + separator + local)
        return None

    def _named_imports(self, path: Sequence[Node]) -> Node | None:
        if len(path) < 3 or path[1].type != "import_statement" or path[2] != path[-1]:
            return None
        statement = path[1]
        if any(child.type in ("type", "typeof") for child in statement.children[:2]):
            return None
        clause = next((c for c in statement.named_children if c.type == "import_clause"), None)
        children = clause.named_children if clause is not None else []
        return next((child for child in children if child.type == "named_imports"), None)

    def _destructured(self, path: Sequence[Node], at: Node) -> Node | None:
        """The pattern of a `const { … } = require('x')` at the top level."""
        if len(path) < 3 or path[2].type != "variable_declarator":
            return None
        pattern = path[2].child_by_field_name("name")
        value = path[2].child_by_field_name("value")
        if pattern is None or value is None or pattern.type != "object_pattern":
            return None
        if self.origins.required(value) is None or not self._runs_first(path[2], at):
            return None
        if any(child.type == "rest_pattern" for child in pattern.named_children):
            return None
        return pattern

    def _one_more(self, names: Node, text: str) -> tuple[Edit, ...]:
        """One more element in braces, laid out as the others are."""
        items = [child for child in names.named_children if child.type != "comment"]
        if not items:
            return (Edit.replace(names.start_byte, names.end_byte, f"{{ {text} }}"),)
        last = items[-1]
        comma = next(
            (c for c in names.children if c.type == "," and c.start_byte >= last.end_byte), None
        )
        opening = names.start_point[0]
        if last.start_point[0] == opening or last.start_point[0] == names.end_point[0]:
            return (Edit.insert(last.end_byte, f", {text}"),)
        # One a line: a comment behind the last one stays with it.
        end = comma.end_byte if comma is not None else last.end_byte
        row = last.end_point[0]
        behind = end
        for child in names.named_children:
            if child.type == "comment" and child.start_byte >= end and child.start_point[0] == row:
                behind = child.end_byte
        line = f"{self.source.newline}{self.source.indent(last.start_byte)}{text}"
        if comma is not None:
            return (Edit.insert(behind, line + ","),)
        if behind == end:
            return (Edit.insert(end, "," + line),)
        return Edit.insert(end, ","), Edit.insert(behind, line)

    # A statement of its own.

    def _statement(self, module: str, head: str, local: str, at: Node) -> Edit | None:
        if not self.esm and not self._may_require(at):
            return None
        spelled = self._spelled(module)
        quote = self._quote()
        semicolon = ";" if self._has_semicolons() else ""
        source = f"{quote}{spelled}{quote}"
        if self.esm:
            text = f"import {_clause(module, head, local)} from {source}{semicolon}"
        else:
            after = self._after_imports(at)
            keyword = self._keyword(after)
            load = f"require({source})"
            if head in ("", "default"):
                text = f"{keyword} {local} = {load}{semicolon}"
            else:
                pattern = head if head == local else f"{head}: {local}"
                text = f"{keyword} {{ {pattern} }} = {load}{semicolon}"
        return self._placed(text, at)

    def _placed(self, text: str, at: Node) -> Edit:
        newline = self.source.newline
        after = self._after_imports(at)
        if after is not None:
            end = self._line_end(after)
            if end == after.end_byte and not self.source.text(after).endswith(";"):
                rest = self.source.data[end : self._end_of_line(end)].strip()
                if rest:
                    # Something follows on the line and only the line's end kept them apart.
                    return Edit.insert(end, f";{newline}{text.rstrip(';')};")
            return Edit.insert(end, newline + text)
        start, blank = self._top()
        if start == len(self.source.data) and self.source.line_start(start) != start:
            return Edit.insert(start, newline + text)
        return Edit.insert(start, text + newline + (newline if blank else ""))

    def _after_imports(self, at: Node) -> Node | None:
        """The last statement of the first run of imports, None when there is none to follow."""
        last: Node | None = None
        for child in self.source.root.named_children:
            if child.type in ("comment", "hash_bang_line") or child.is_extra:
                continue
            if self._is_import(child):
                last = child
            elif last is not None:
                break
            elif not self.esm and not self._is_harmless(child):
                return None
        if last is None or self.esm:
            return last
        return last if self._runs_first(last, at) else None

    def _is_import(self, statement: Node) -> bool:
        if self.esm:
            return statement.type in ("import_statement", "import_alias")
        if statement.type in ("lexical_declaration", "variable_declaration"):
            declarators = [c for c in statement.named_children if c.type == "variable_declarator"]
            return any(self._is_load(c.child_by_field_name("value")) for c in declarators)
        if statement.type == "expression_statement":
            return self._is_load(statement.named_children[0])
        return statement.type == "import_statement"

    def _is_load(self, value: Node | None) -> bool:
        """Whether `value` is `require('x')`, or starts with it: `require('x').y(…)`."""
        while value is not None:
            value = unwrapped(value)
            if value.type == "call_expression":
                if self.origins.required(value) is not None:
                    return True
                wrapped = interop_argument(value)
                value = wrapped[1] if wrapped else value.child_by_field_name("function")
            elif value.type == "member_expression":
                value = value.child_by_field_name("object")
            else:
                return False
        return False

    def _is_harmless(self, statement: Node) -> bool:
        """Whether a statement before the requires can run none of the file's functions."""
        if statement.type in ("function_declaration", "class_declaration", "empty_statement"):
            return True
        if statement.type in ("lexical_declaration", "variable_declaration"):
            return True
        if statement.type != "expression_statement" or not statement.named_children:
            return False
        expression = statement.named_children[0]
        if expression.type in ("string", "assignment_expression"):
            return True
        text = self.source.bytes(expression)
        return text.startswith((b"Object.defineProperty(exports", b"__exportStar("))

    def _may_require(self, at: Node) -> bool:
        """Whether `require` means Node's at the top of the file, and the file is a plain module."""
        binding = self.scopes.lookup("require", self.source.root)
        if binding is not None and not self.origins._is_created_require(binding):
            return False
        if b"define" not in self.source.data:
            return True
        for child in self.source.root.named_children:
            if child.type == "expression_statement" and _is_amd(child, self.source):
                return False
        return True

    def _top(self) -> tuple[int, bool]:
        """Where a first import goes, and whether a blank line belongs behind it."""
        data = self.source.data
        children = self.source.root.named_children
        index = 0
        previous_end = len(BOM) if data.startswith(BOM) else 0
        while index < len(children):
            child = children[index]
            if child.type == "hash_bang_line":
                previous_end = child.end_byte
            elif child.type == "comment":
                block_end = self._comment_block(children, index)
                if not self._is_header(children[index:block_end], children, block_end):
                    break
                index = block_end - 1
                previous_end = children[index].end_byte
            elif _is_directive(child):
                previous_end = self._line_end(child)
            else:
                break
            index += 1
        if index == len(children):
            at = min(self._end_of_line(previous_end), len(data))
            if at < len(data):
                at = data.index(b"\n", at) + 1
            return at, False
        return children[index].start_byte, True

    def _comment_block(self, children: Sequence[Node], index: int) -> int:
        """The end index of the comments from `index` on that no blank line parts."""
        end = index + 1
        while (
            end < len(children)
            and children[end].type == "comment"
            and children[end].start_point[0] - children[end - 1].end_point[0] <= 1
        ):
            end += 1
        return end

    def _is_header(self, block: Sequence[Node], children: Sequence[Node], end: int) -> bool:
        """Whether comments are about the file and not about what follows them."""
        if any(_HEADER.search(self.source.bytes(comment)) for comment in block):
            return True
        if end == len(children):
            return True
        return children[end].start_point[0] - block[-1].end_point[0] > 1

    def _end_of_line(self, offset: int) -> int:
        data = self.source.data
        end = data.find(b"\n", offset)
        end = len(data) if end == -1 else end
        return end - 1 if data[end - 1 : end] == b"\r" and end > offset else end

    def _line_end(self, statement: Node) -> int:
        """Behind `statement` and a comment on its last line; `statement.end_byte` when more
        code stands there."""
        end = self._end_of_line(statement.end_byte)
        rest = self.source.data[statement.end_byte : end].strip()
        if not rest or rest.startswith(b"//"):
            return end
        comment = rest.startswith(b"/*") and rest.find(b"*/") == len(rest) - 2
        return end if comment else statement.end_byte

    # The file's habits.

    def _spelled(self, module: str) -> str:
        if not is_builtin(module):
            return module
        plain = without_scheme(module)
        floor = self.target.node_floor
        if not self.esm and floor is not None and floor < _REQUIRES_NODE_SCHEME:
            return plain
        with_scheme = [found.startswith("node:") for _, found in self.loads() if is_builtin(found)]
        uses = 2 * sum(with_scheme) >= len(with_scheme)
        return f"node:{plain}" if uses else plain

    def _quote(self) -> str:
        quotes = Counter(
            self.source.data[node.start_byte : node.start_byte + 1] for node, _ in self.loads()
        )
        if not quotes[b"'"] and not quotes[b'"']:
            quotes = Counter({quote: self.source.data.count(quote) for quote in (b"'", b'"')})
        return '"' if quotes[b'"'] > quotes[b"'"] else "'"

    def _has_semicolons(self) -> bool:
        endings = [
            self.source.data[child.end_byte - 1 : child.end_byte] == b";"
            for child in self.source.root.named_children
            if self._is_import(child)
        ]
        if not endings:
            lines = [line.rstrip() for line in self.source.data.splitlines()]
            with_one = sum(line.endswith(b";") for line in lines)
            without = sum(line.endswith((b")", b"'", b'"')) for line in lines)
            return with_one >= without
        return 2 * sum(endings) >= len(endings)

    def _keyword(self, after: Node | None) -> str:
        if after is not None and after.type == "variable_declaration":
            return "var"
        return "const"


def _clause(module: str, head: str, local: str) -> str:
    if head == "default" or (head == "" and is_builtin(module)):
        return local
    if head == "":
        return f"* as {local}"
    return f"{{ {head} }}" if head == local else f"{{ {head} as {local} }}"


def _camel(module: str) -> str:
    """An identifier made of a module's name: `node:stream/promises` gives streamPromises."""
    plain = without_scheme(module)
    words = [word for word in _WORD.split(plain) if word and word != "js"]
    if plain.startswith("@") and len(words) > 1:
        words = words[1:]
    if not words:
        return "imported"
    name = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return f"_{name}" if name[0].isdigit() else name


def _identifiers(node: Node) -> Iterator[Node]:
    """The identifiers in a pattern or an import statement."""
    if node.type in ("identifier", "shorthand_property_identifier_pattern"):
        yield node
    for child in node.named_children:
        yield from _identifiers(child)


def _is_directive(statement: Node) -> bool:
    return (
        statement.type == "expression_statement"
        and statement.named_child_count > 0
        and statement.named_children[0].type == "string"
    )


def _is_amd(statement: Node, source: Source) -> bool:
    """Whether a statement hands the file's code to an AMD loader, alone or as UMD does."""
    call = unwrapped(statement.named_children[0]) if statement.named_children else statement
    while call.type == "unary_expression":
        call = unwrapped(call.named_children[-1])
    if call.type != "call_expression":
        return False
    callee = call.child_by_field_name("function")
    if callee is None:
        return False
    return source.text(callee) == "define" or b"define.amd" in source.bytes(callee)
