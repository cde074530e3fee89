"""Which declaration an identifier means, found name by name.

Nothing here walks the tree. The occurrences of a name are found in the text, and only they are
looked up in the tree; what was learnt about one of them is kept.
"""

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from unleak_engine.declarations import BLOCK_SCOPES, DECLARING, Binding, Declarations, is_body
from unleak_engine.source import Source
from unleak_engine.syntax import (
    FUNCTIONS,
    NAMES,
    has_directive,
    is_assigned,
    is_before_function,
    is_use,
)

_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")


class Scopes:
    """Declarations and uses of names in one source. `strict` says the whole file is a module."""

    def __init__(self, source: Source, strict: bool) -> None:
        self.source = source
        strict = strict or has_directive(source.root, b"use strict")
        self._declarations = Declarations(source, strict)
        # Only these two have names of their own that no declaration shows.
        self._may_hide = b"with" in source.data or b"enum" in source.data
        self._paths: dict[int, list[Node]] = {}
        self._offsets: dict[str, list[int]] = {}
        self._nodes: dict[tuple[int, str], Node | None] = {}
        self._declared: dict[int, Binding | None] = {}
        self._in_scope: dict[str, dict[int, tuple[Binding, ...]]] = {}
        self._references: dict[tuple[int, str], list[Node]] = {}
        self._resolved: dict[int, Binding | None] = {}
        self._writes: dict[tuple[int, str], list[Node]] = {}

    def path_to(self, node: Node) -> list[Node]:
        """The nodes from the root down to `node`, which is the last."""
        found = self._paths.get(node.id)
        if found is None:
            found = [self.source.root]
            while found[-1] != node:
                child = found[-1].child_with_descendant(node)
                if child is None:
                    break
                found.append(child)
            self._paths[node.id] = found
        return found

    def offsets(self, name: str) -> list[int]:
        """Where the text holds `name` as a word, in comments and strings too."""
        found = self._offsets.get(name)
        if found is None:
            found = self._offsets[name] = list(_words(self.source.data, name.encode()))
        return found

    def occurrences(self, name: str, within: Node | None = None) -> Iterator[Node]:
        """The identifiers spelled `name`, in text order: declarations, uses and type names, but
        no property names and no labels."""
        low = within.start_byte if within else 0
        high = within.end_byte if within else len(self.source.data)
        offsets = self.offsets(name)
        for index in range(bisect_left(offsets, low), bisect_left(offsets, high)):
            node = self._identifier_at(offsets[index], name)
            if node is not None:
                yield node

    def _identifier_at(self, offset: int, name: str) -> Node | None:
        key = (offset, name)
        if key not in self._nodes:
            end = offset + len(name.encode())
            node = self.source.root.descendant_for_byte_range(offset, end)
            fits = (
                node is not None
                and node.type in NAMES
                and (node.start_byte, node.end_byte) == (offset, end)
            )
            self._nodes[key] = node if fits else None
        return self._nodes[key]

    def declared(self, identifier: Node) -> Binding | None:
        """The binding that `identifier` itself declares, None when it only uses a name."""
        if identifier.type not in NAMES:
            return None
        offset = identifier.start_byte
        if offset not in self._declared:
            parent = identifier.parent
            self._declared[offset] = (
                self._declarations.read(self.path_to(identifier))
                if parent is not None and parent.type in DECLARING
                else None
            )
        return self._declared[offset]

    def resolve(self, identifier: Node) -> Binding | None:
        """What `identifier` means where it stands; None for a global and for what is no value."""
        if identifier.type not in NAMES:
            return None
        offset = identifier.start_byte
        if offset not in self._resolved:
            self._resolved[offset] = self._resolve(identifier)
        return self._resolved[offset]

    def _resolve(self, identifier: Node) -> Binding | None:
        name = self.source.text(identifier)
        declared = self.declared(identifier)
        if declared is not None:
            owners = self.declared_in(declared.scope, name)
            return owners[0] if owners else declared
        path = self.path_to(identifier)
        if not is_use(path):
            return None
        return self._find(name, path)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """What `name` would mean if it were written at `at`."""
        return self._find(name, self.path_to(at))

    def _find(self, name: str, path: Sequence[Node]) -> Binding | None:
        by_scope = self._declarations_of(name)
        if not by_scope:
            return None
        for depth in range(len(path) - 1, -1, -1):
            scope = path[depth]
            if not self._may_hide and scope.id not in by_scope:
                continue
            if scope.type == "with_statement" or (
                scope.type == "enum_body" and _enum_has(scope, name)
            ):
                return None
            if scope.type not in BLOCK_SCOPES or is_body(path, depth):
                continue
            below = path[depth + 1] if depth + 1 < len(path) else None
            if scope.type in FUNCTIONS and is_before_function(path[depth + 1 :]):
                continue
            for binding in by_scope.get(scope.id, ()):
                if below is None or _is_visible(binding, scope, below):
                    return binding
        return None

    def declared_in(self, scope: Node, name: str) -> tuple[Binding, ...]:
        """What `scope` declares as `name`, the declaration that counts first."""
        return self._declarations_of(name).get(scope.id, ())

    def _declarations_of(self, name: str) -> dict[int, tuple[Binding, ...]]:
        """All declarations of `name` in the file, by scope: one look at its occurrences."""
        found = self._in_scope.get(name)
        if found is None:
            by_scope: dict[int, list[Binding]] = {}
            for node in self.occurrences(name):
                binding = self.declared(node)
                if binding is not None:
                    by_scope.setdefault(binding.scope.id, []).append(binding)
            found = {scope: tuple(sorted(all_, key=_rank)) for scope, all_ in by_scope.items()}
            self._in_scope[name] = found
        return found

    def references(self, binding: Binding) -> list[Node]:
        """Every identifier that means `binding`, its declarations included, in text order."""
        key = (binding.scope.id, binding.name)
        main = self.declared_in(binding.scope, binding.name)[0]
        if key not in self._references:
            self._references[key] = [
                node
                for node in self.occurrences(binding.name, binding.scope)
                if self.resolve(node) == main
            ]
        return list(self._references[key])

    def writes(self, binding: Binding) -> list[Node]:
        """The references that give `binding` a value after its declaration, in text order."""
        key = (binding.scope.id, binding.name)
        if key not in self._writes:
            main = self.declared_in(binding.scope, binding.name)[0]
            self._writes[key] = [
                node
                for node in self.occurrences(binding.name, binding.scope)
                if (node.parent is None or node.parent.type not in _READING)
                and self.resolve(node) == main
                and self._is_write(node, binding)
            ]
        return list(self._writes[key])

    def _is_write(self, node: Node, binding: Binding) -> bool:
        again = self.declared(node)
        if again is None:
            return is_assigned(self.path_to(node))
        main = self.declared_in(binding.scope, binding.name)[0]
        if again.node == main.node or again.declaration.type == "function_signature":
            return False
        if again.kind == "var":
            return again.value is not None or again.declaration.type == "for_in_statement"
        return again.kind in ("function", "class", "param")

    def runs_first(self, node: Node, at: Node) -> bool:
        """Whether `node` has run when `at` does: it ends before it, or `at` is in a function that
        `node` is not in, which is taken to be called later."""
        if node.end_byte <= at.start_byte:
            return True
        inner = [step for step in self.path_to(at) if step.type in FUNCTIONS]
        outer = [step for step in self.path_to(node) if step.type in FUNCTIONS]
        return len(inner) > len(outer) and inner[: len(outer)] == outer

    def scope_of(self, at: Node) -> Node:
        """The innermost scope around `at`, or `at` itself when it is one."""
        path = self.path_to(at)
        for depth in range(len(path) - 1, -1, -1):
            if path[depth].type in BLOCK_SCOPES and not is_body(path, depth):
                return path[depth]
        return self.source.root


_READING = frozenset(
    {
        "member_expression",
        "subscript_expression",
        "arguments",
        "call_expression",
        "new_expression",
        "return_statement",
        "binary_expression",
        "template_substitution",
        "expression_statement",
    }
)
"""What an identifier right inside is only read by."""


_SHORT = 3
"""Shorter names stand in nearly every word: a pattern that looks ahead steps over those faster."""


def _words(data: bytes, word: bytes) -> Iterator[int]:
    """Where `word` stands as a word in `data`."""
    if len(word) < _SHORT:
        for hit in _short(word).finditer(data):
            at = hit.start()
            if not at or data[at - 1] not in _WORD_BYTES:
                yield at
        return
    length = len(word)
    at = data.find(word)
    while at != -1:
        after = data[at + length : at + length + 1]
        if (not at or data[at - 1] not in _WORD_BYTES) and (
            not after or after[0] not in _WORD_BYTES
        ):
            yield at
        at = data.find(word, at + length)


@functools.cache
def _short(word: bytes) -> re.Pattern[bytes]:
    return re.compile(re.escape(word) + rb"(?![\w$])")


def _rank(binding: Binding) -> tuple[int, int]:
    """Which of several declarations of one name in one scope counts: what gives it its value."""
    owner = binding.declaration
    if binding.kind == "function":
        # The own name of a function expression gives way to whatever its inside declares.
        weak = owner == binding.scope
        return (5 if weak else 4 if owner.type == "function_signature" else 1), owner.start_byte
    if binding.kind == "param":
        return 0, owner.start_byte
    empty = binding.kind == "var" and binding.value is None and owner.type == "variable_declarator"
    return (3 if empty else 2), owner.start_byte


def _is_visible(binding: Binding, scope: Node, below: Node) -> bool:
    """Parameter defaults see the parameters and the function's own name, not the body."""
    if scope.type in FUNCTIONS and below.type == "formal_parameters":
        return binding.kind == "param" or binding.declaration == scope
    return True


def _enum_has(body: Node, name: str) -> bool:
    wanted = name.encode()
    for member in body.named_children:
        key = member.child_by_field_name("name") if member.type == "enum_assignment" else member
        if key is not None and key.text == wanted:
            return True
    return False
