"""What a file does with an export of another one: its calls, and where it hands the export on."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tree_sitter import Node

from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.facts import packed
from unleak_codemods.streams.levels import UNKNOWN
from unleak_codemods.streams.syntax import arguments, named, string_value, unwrap, wrapped
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File
from unleak_engine.declarations import REST, UNKNOWN_KEY
from unleak_engine.facts import Facts
from unleak_engine.origins import interop_argument

_HARMLESS = frozenset(
    {"unary_expression", "binary_expression", "if_statement", "expression_statement"}
)
Steps = tuple[str, ...]


def calls_of(file: File, specifiers: Sequence[str], name: str, index: int) -> Facts | None:
    """The calls of export `name` of the module that `specifiers`, as `file` writes them, lead to.

    "calls" tells for each its line, and the text and evidence of argument `index`; "escapes" the
    lines from where the export gets to code that nobody sees. None when there is neither.
    """
    steps = tuple(name.split(".")) if name else ()
    reader = _Reader(file, steps[1:] if steps[:1] == ("default",) else steps, index)
    for specifier in specifiers:
        for node in _mentions(file, specifier):
            reader.follow_import(node)
    if not reader.calls and not reader.escapes:
        return None
    calls = [reader.calls[at] for at in sorted(reader.calls)]
    return {"calls": calls, "escapes": sorted(reader.escapes)}


def _mentions(file: File, specifier: str) -> Iterator[Node]:
    """The string literals that say `specifier`."""
    for hit in re.finditer(re.escape(specifier.encode()), file.source.data):
        node = file.source.root.descendant_for_byte_range(hit.start() - 1, hit.end() + 1)
        if node is not None and string_value(node, file.source.text(node)) == specifier:
            yield node


class _Reader:
    """Follows an import through names and members to every call of what lies at `steps`."""

    def __init__(self, file: File, steps: Steps, index: int) -> None:
        self.file = file
        self.steps = steps
        self.index = index
        self.calls: dict[int, dict[str, Any]] = {}
        self.escapes: set[int] = set()
        self._seen: set[tuple[int, Steps]] = set()

    def follow_import(self, module: Node) -> None:
        """From the string of an import, a require or an export-from."""
        parent = module.parent
        if parent is None:
            return
        if parent.type == "import_statement":
            self._import(parent)
        elif parent.type == "import_require_clause":
            name = next(iter(named(parent)), None)
            self._name(name, ())
        elif parent.type == "export_statement":
            self._passed_on(parent)
        elif parent.type == "arguments" and parent.parent is not None:
            call = parent.parent
            target = call.child_by_field_name("function")
            if target is not None and target.type == "import":
                awaited = wrapped(call).parent
                if awaited is not None and awaited.type == "await_expression":
                    self._value(awaited, ())
                else:
                    self._escape(call, ())
            elif self.file.bindings.origin(call) is not None:
                self._value(call, ())

    def _import(self, statement: Node) -> None:
        if any(child.type == "type" for child in statement.children[:2]):
            return
        clause = next((c for c in statement.children if c.type == "import_clause"), None)
        for part in named(clause) if clause is not None else ():
            if part.type == "identifier":
                self._name(part, ())
            elif part.type == "namespace_import":
                self._name(next(iter(named(part)), None), ())
            else:
                for specifier in named(part):
                    self._specifier(specifier)

    def _specifier(self, specifier: Node) -> None:
        name = specifier.child_by_field_name("name")
        if name is None or any(child.type == "type" for child in specifier.children[:1]):
            return
        local = specifier.child_by_field_name("alias") or name
        self._name(local, self._plain((self.file.source.text(name).strip("'\""),)))

    def _passed_on(self, statement: Node) -> None:
        clause = next((c for c in statement.children if c.type == "export_clause"), None)
        if clause is None:
            self._escape(statement, ())
            return
        for specifier in named(clause):
            name = specifier.child_by_field_name("name")
            if name is not None:
                text = self.file.source.text(name).strip("'\"")
                self._escape(specifier, self._plain((text,)))

    @staticmethod
    def _plain(steps: Steps) -> Steps:
        """`steps` without the `default` that stands for a module as a whole."""
        return steps[1:] if steps[:1] == ("default",) else steps

    def _leads(self, steps: Steps) -> bool:
        return self.steps[: len(steps)] == steps

    def _escape(self, node: Node, steps: Steps) -> None:
        if self._leads(steps):
            self.escapes.add(self.file.source.position(node.start_byte).line)

    def _name(self, name: Node | None, steps: Steps) -> None:
        binding = self.file.bindings.resolve(name) if name is not None else None
        if binding is not None and self._leads(steps):
            self._binding(binding, steps)

    def _binding(self, binding: Binding, steps: Steps) -> None:
        key = (binding.node.start_byte, steps)
        if key in self._seen:
            return
        self._seen.add(key)
        if not self.file.bindings.is_constant(binding):
            self._escape(binding.node, steps)
            return
        for node in self.file.bindings.references(binding):
            if not self.file.bindings.declares(node):
                self._value(node, steps)

    def _value(self, node: Node, steps: Steps) -> None:
        """What is done with `node`, which is what lies at `steps` of the module."""
        if not self._leads(steps):
            return
        node = wrapped(node)
        parent = node.parent
        if parent is None:
            return
        match parent.type:
            case "member_expression" if parent.child_by_field_name("object") == node:
                key = parent.child_by_field_name("property")
                if key is not None:
                    self._value(parent, self._plain((*steps, self.file.source.text(key))))
            case "variable_declarator" if parent.child_by_field_name("value") == node:
                self._declared(parent.child_by_field_name("name"), steps)
            case "call_expression" if parent.child_by_field_name("function") == node:
                if steps == self.steps:
                    self._called(parent)
            case "sequence_expression" if named(parent)[-1] == node:
                self._value(parent, steps)  # `(0, module.save)(…)`
            case "new_expression" if parent.child_by_field_name("constructor") == node:
                self._instance(parent, steps)
            case "arguments":
                call = parent.parent
                if call is not None and interop_argument(call) is not None:
                    self._value(call, steps)
                else:
                    self._escape(node, steps)
            case "assignment_expression" if parent.child_by_field_name("left") == node:
                pass
            case kind if kind in _HARMLESS:
                pass
            case _:
                self._escape(node, steps)

    def _declared(self, target: Node | None, steps: Steps) -> None:
        if target is None:
            return
        if target.type == "identifier":
            self._name(target, steps)
            return
        for node in _names_in(target):
            binding = self.file.bindings.resolve(node)
            if binding is None or REST in binding.path or UNKNOWN_KEY in binding.path:
                self._escape(node, steps)
            else:
                inner = self._plain((*steps, *(str(step) for step in binding.path)))
                if self._leads(inner):
                    self._binding(binding, inner)

    def _instance(self, made: Node, steps: Steps) -> None:
        """What is done with an object of a class: only a variable of its own is followed, which
        is why what is told of methods is never complete."""
        if self.steps[len(steps) : len(steps) + 1] == ("prototype",):
            self._value(made, (*steps, "prototype"))

    def _called(self, call: Node) -> None:
        given = arguments(call)
        line = self.file.source.position(call.start_byte).line
        if any(part.type == "spread_element" for part in given[: self.index + 1]):
            found, text = UNKNOWN, "..."
        elif len(given) <= self.index:
            found, text = UNKNOWN, "nothing"
        else:
            found = evidence_of(self.file, given[self.index])
            text = " ".join(self.file.source.text(unwrap(given[self.index])).split())
        text = text if len(text) <= 50 else text[:47] + "…"
        self.calls[call.start_byte] = {"line": line, "text": text, "argument": packed(found)}


def _names_in(target: Node) -> Iterator[Node]:
    if target.type in ("identifier", "shorthand_property_identifier_pattern"):
        yield target
        return
    for child in named(target):
        value = child.child_by_field_name("value") if child.type == "pair_pattern" else child
        if child.type in ("assignment_pattern", "object_assignment_pattern"):
            value = child.child_by_field_name("left")
        if value is not None:
            yield from _names_in(value)
