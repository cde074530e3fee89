"""What a listener does with the answer it is given: what it reads of it, and what gives it up."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from unleak_codemods.owning.answers import Answered, gives_away
from unleak_codemods.owning.heads import HEAD, takes_head
from unleak_codemods.owning.unread import Gap
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    callee,
    inside,
    member,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.codemod import File

_QUIET = frozenset({"end", "close", "error", "aborted", "timeout"})
"""Events of an answer whose listeners do not make it flow."""

_ENDING = frozenset({"end", "close"})
"""Those of them that come once the body was dropped."""

_DECLARED = frozenset({"function_declaration", "generator_function_declaration"})
_COMPARING = frozenset({"===", "!==", "==", "!=", "instanceof"})
_ENDS = re.compile(rb"\b(?:destroy|abort|resume|_?dump|cancel|teardown|tearDown)\w*\b")
"""Words that say, somewhere in a path, that the answer or its request is given up."""


class Uses:
    """What a function does with the answer it is given."""

    def __init__(self, file: File, answered: Answered) -> None:
        self._file = file
        self._answered = answered
        self._takes: list[Node] = []
        self._listeners: list[Node] = []
        self._events: set[str] = set()
        for use in self._references():
            if self._takes_body(use):
                self._takes.append(use)
        self._add_readers()

    def _add_readers(self) -> None:
        """Count the names of declared functions that take the body as taking it themselves: such a
        function stands anywhere in the listener, and runs wherever it is named."""
        bindings, seen = self._file.bindings, set[int]()
        for use in self._takes:  # grows: a function that names a reader is a reader
            for outer in ancestors(use):
                if outer.id == self._answered.function.id:
                    break
                name = outer.child_by_field_name("name")
                if outer.type not in _DECLARED or name is None or outer.id in seen:
                    continue
                seen.add(outer.id)
                binding = bindings.resolve(name)
                if binding is not None:
                    self._takes += [n for n in bindings.references(binding) if n.id != name.id]

    def _references(self) -> Iterator[Node]:
        answer = self._answered.answer
        if answer is not None:
            for use in self._file.bindings.references(answer):
                if use.id != answer.node.id:
                    yield use

    def _takes_body(self, use: Node) -> bool:
        """Whether the body may be read, or given up, by this use of the answer."""
        text, node = self._file.source.text, wrapped(use)
        parent = node.parent
        if parent is None:
            return True
        found = member(parent)
        if found is not None and found[0] == unwrap(node):
            name = text(found[1])
            if name in ("on", "once", "addListener", "prependListener"):
                call = parent.parent
                parts = arguments(call) if call is not None else []
                event = string_value(parts[0], text(parts[0])) if parts else None
                if event is not None and event in _ENDING:
                    self._listeners.append(use)
                    self._events.add(event)
                chained = call is not None and member(wrapped(call).parent) is not None
                return event not in _QUIET or chained
            return name not in HEAD
        if parent.type == "variable_declarator":
            pattern = parent.child_by_field_name("name")
            return pattern is None or not takes_head(self._file, pattern)
        if parent.type == "unary_expression":
            return False
        if parent.type == "binary_expression":
            operator = parent.child_by_field_name("operator")
            left = parent.child_by_field_name("left")
            tested = operator is not None and operator.type == "&&" and left == node
            return not tested and (operator is None or operator.type not in _COMPARING)
        if parent.type == "arguments" and parent.parent is not None:
            target = callee(parent.parent)
            return target is None or not text(target).startswith("console.")
        return True

    @property
    def listens(self) -> bool:
        """Whether a listener waits for the end of the answer."""
        return bool(self._listeners)

    @property
    def hears_twice(self) -> bool:
        """Whether listeners wait for 'end' and for 'close', of which only one may have come."""
        return self._events == _ENDING

    def hears_end(self, gap: Gap) -> bool:
        """Whether a listener for the end of the answer is in place on the path of `gap`."""
        at = gap.node.end_byte if gap.place == "after" else gap.node.start_byte
        return any(
            use.start_byte < at and not self._in_other_branch(use, gap.node)
            for use in self._listeners
        )

    def _in_other_branch(self, use: Node, place: Node) -> bool:
        """Whether `use` stands in a branch that reads the body, beside the path of `place`."""
        for outer in ancestors(use):
            if inside(place, outer):
                return False
            holder = outer.parent
            if holder is not None and holder.type in ("if_statement", "else_clause"):
                return self.takes(outer)
        return False

    def takes(self, node: Node) -> bool:
        """Whether the answer may be read, or its request given up, by what `node` does."""
        if any(inside(use, node) for use in self._takes):
            return True
        if re.search(rb"\barguments\b", self._file.source.bytes(node)):
            return True
        if self._gives_up(node, 0):
            return True
        request = self._answered.request
        if request is None:
            return False
        uses = (use for use in self._file.bindings.references(request) if inside(use, node))
        return any(gives_away(self._file, use) for use in uses)

    def _gives_up(self, node: Node, depth: int) -> bool:
        """Whether `node`, or a function of this file that it calls, says a word of giving up."""
        if _ENDS.search(self._file.source.bytes(node)):
            return True
        if depth > 2:
            return False
        for call in walk(node):
            if call.type != "call_expression":
                continue
            target = callee(call)
            if target is not None and target.type == "member_expression":
                owner = member(target)
                # A method of the object that keeps the request may tear it down.
                if owner is not None and owner[0].type == "this" and self._answered.handed_on:
                    return True
            binding = (
                self._file.bindings.resolve(target)
                if target is not None and target.type == "identifier"
                else None
            )
            if binding is None or binding.kind == "param":
                continue
            value = binding.declaration if binding.kind == "function" else binding.value
            if (
                value is not None
                and not inside(node, value)
                and unwrap(value).type in FUNCTIONS
                and self._gives_up(unwrap(value), depth + 1)
            ):
                return True
        return False
