"""Where a new import goes in a file, and how the file would have written it itself."""

import functools
import re
from collections import Counter
from collections.abc import Sequence

from tree_sitter import Node

from unleak_engine.edit import Edit
from unleak_engine.origins import Origins, interop_argument, is_builtin, without_scheme
from unleak_engine.scopes import Scopes
from unleak_engine.source import Source
from unleak_engine.syntax import unwrapped
from unleak_engine.target import Target

_ENDS_COMMENT = re.compile(rb"\r|\xe2\x80[\xa8\xa9]")
"""What ends a line for JavaScript, though not for whoever splits a text at newlines."""

_HEADER = re.compile(
    rb"^/\*!|@license|@licence|@file|@fileoverview|@preserve|@jsx|@flow|@format|@jest-environment"
    rb"|copyright|SPDX-|^//\s*@ts-|^/[/*]\s*(?:eslint|global|jshint|jslint|istanbul|prettier)\b"
    rb"|^///\s*<",
    re.IGNORECASE,
)
_PREAMBLES = (b"Object.defineProperty(exports", b"__exportStar(")
_REQUIRES_NODE_SCHEME = 16
# What can go on with a statement that no semicolon ended, behind blanks and comments.
_GOES_ON = re.compile(rb"(?:\s|//[^\n]*|/\*.*?\*/)*+[(\[`+\-*/,.]", re.DOTALL)


class Placement:
    """One source's place and style for imports. `esm` is whether it writes `import` statements,
    `loads` are the strings that name the modules it loads, each with its module."""

    def __init__(
        self,
        source: Source,
        scopes: Scopes,
        origins: Origins,
        target: Target,
        esm: bool,
        loads: Sequence[tuple[Node, str]],
    ) -> None:
        self.source = source
        self.scopes = scopes
        self.origins = origins
        self.target = target
        self.esm = esm
        self.loads = loads

    def statement(self, module: str, head: str, local: str, at: Node) -> Edit | None:
        """The edit that adds an import of export `head` of `module` as `local`, None when there
        is no place for one that would have run when `at` does."""
        if not self.esm and not self._may_require(at):
            return None
        quote = self._quote()
        spelled = f"{quote}{self._spelled(module)}{quote}"
        after = self._after_imports(at)
        if self.esm:
            text = f"import {_clause(module, head, local)} from {spelled}"
        elif head in ("", "default"):
            text = f"{_keyword(after)} {local} = require({spelled})"
        else:
            names = head if head == local else f"{head}: {local}"
            text = f"{_keyword(after)} {{ {names} }} = require({spelled})"
        return self._placed(text, after)

    def _placed(self, text: str, after: Node | None) -> Edit:
        newline = self.source.newline
        if after is None:
            return self._at_top(text)
        end = self._line_end(after)
        semicolon = self._semicolon(end)
        if not self.source.data[end : self._end_of_line(end)].strip():
            return Edit.insert(end, newline + text + semicolon)
        # More code stands on the line, and it may have been kept apart by nothing but its end.
        before = "" if self.source.text(after).endswith(";") else ";"
        return Edit.insert(end, before + newline + text + ";")

    def _at_top(self, text: str) -> Edit:
        newline = self.source.newline
        start = self._top()
        return Edit.insert(start, text + self._semicolon(start) + newline + newline)

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
        return last if self.scopes.runs_first(last, at) else None

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
            values = [child.child_by_field_name("value") for child in statement.named_children]
            return not any(self._calls_own(value) for value in values)
        if statement.type != "expression_statement" or not statement.named_children:
            return False
        expression = statement.named_children[0]
        if expression.type == "assignment_expression":
            return not self._calls_own(expression.child_by_field_name("right"))
        text = self.source.bytes(expression)
        return expression.type == "string" or text.startswith(_PREAMBLES)

    def _calls_own(self, value: Node | None) -> bool:
        """Whether `value` starts with a call of, or a `new`, something this file declares."""
        called = False
        while value is not None:
            value = unwrapped(value)
            if value.type == "identifier":
                return called and self.scopes.resolve(value) is not None
            called = called or value.type in ("call_expression", "new_expression")
            value = (
                value.child_by_field_name("function")
                or value.child_by_field_name("constructor")
                or value.child_by_field_name("object")
            )
        return False

    def _may_require(self, at: Node) -> bool:
        """Whether `require` means Node's at the top of the file, and the file is a plain module."""
        binding = self.scopes.lookup("require", self.source.root)
        if binding is not None and not self.origins.is_created_require(binding):
            return False
        if b"define" not in self.source.data:
            return True
        for child in self.source.root.named_children:
            if child.type == "expression_statement" and _is_amd(child, self.source):
                return False
        return True

    def _top(self) -> int:
        """Where a first import goes: before the first code and the comments that are about it,
        behind a hashbang, the comments that are about the file, and directives."""
        children = self.source.root.named_children
        index = 0
        while index < len(children):
            child = children[index]
            if child.type == "comment":
                end = self._comment_block(children, index)
                if not self._is_header(children[index:end], children, end):
                    break
                index = end
            elif child.type == "hash_bang_line" or _is_directive(child):
                index += 1
            else:
                break
        return children[index].start_byte if index < len(children) else len(self.source.data)

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
        if end == len(children) or _is_directive(children[end]):
            return True  # a directive counts only in front of all code
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
        if not rest or (rest.startswith(b"//") and not _ENDS_COMMENT.search(rest)):
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
        with_scheme = [found.startswith("node:") for _, found in self.loads if is_builtin(found)]
        uses = 2 * sum(with_scheme) >= len(with_scheme)
        return f"node:{plain}" if uses else plain

    def _quote(self) -> str:
        quotes = Counter(
            self.source.data[node.start_byte : node.start_byte + 1] for node, _ in self.loads
        )
        if not quotes[b"'"] and not quotes[b'"']:
            quotes = Counter({quote: self.source.data.count(quote) for quote in (b"'", b'"')})
        return '"' if quotes[b'"'] > quotes[b"'"] else "'"

    def _semicolon(self, offset: int) -> str:
        """What ends a statement at `offset`: the file's habit, but never nothing where the code
        behind would go on with the statement."""
        if self._has_semicolons:
            return ";"
        return ";" if not self.esm and _GOES_ON.match(self.source.data, offset) else ""

    @functools.cached_property
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


def _keyword(after: Node | None) -> str:
    return "var" if after is not None and after.type == "variable_declaration" else "const"


def _clause(module: str, head: str, local: str) -> str:
    if head == "default" or (head == "" and is_builtin(module)):
        return local
    if head == "":
        return f"* as {local}"
    return f"{{ {head} }}" if head == local else f"{{ {head} as {local} }}"


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
