"""How to spell an export of a module at some place of a file, and what to import for it.

What the file imports already is used again; else an import it has is widened; else a statement is
added where and how the file writes its own.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from unleak_engine.declarations import Binding
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
from unleak_engine.placement import Placement
from unleak_engine.scopes import Scopes
from unleak_engine.source import Source
from unleak_engine.syntax import FUNCTIONS, unwrapped
from unleak_engine.target import Target

_LOADS = re.compile(
    rb"""\b(?:from|import|require|getBuiltinModule)\s*\(?\s*["'`]([^"'`\r\n]+)["'`]"""
)
_WORD = re.compile(r"[^A-Za-z0-9_$]+")
_PROMISES_SINCE = {"stream": 15, "timers": 15, "readline": 17, "fs": 10, "dns": 10}
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
        edit = self._placement.statement(module, head, local, at)
        return None if edit is None else ImportPlan(expression, (edit,))

    @functools.cached_property
    def _placement(self) -> Placement:
        return Placement(
            self.source, self.scopes, self.origins, self.target, self.esm, self.loads()
        )

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
        return binding.kind == "import" or self.scopes.runs_first(binding.declaration, at)

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
        if self.origins.required(value) is None or not self.scopes.runs_first(path[2], at):
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
