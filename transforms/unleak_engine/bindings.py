"""What the names of a file mean: where they are declared, used, changed and imported from."""

import functools
from collections.abc import Collection
from typing import TYPE_CHECKING

from tree_sitter import Node

from unleak_engine import grammars
from unleak_engine.declarations import Binding
from unleak_engine.origins import Origin, Origins
from unleak_engine.scopes import Scopes
from unleak_engine.source import Source
from unleak_engine.target import Target

if TYPE_CHECKING:
    from unleak_engine.imports import ImportPlan, Imports

__all__ = ["Binding", "Bindings", "Origin", "module_system"]


class Bindings:
    """Answers about names, each worked out when it is first asked for.

    `module_system` is "esm" or "cjs".
    """

    def __init__(self, source: Source, target: Target) -> None:
        self.source = source
        self.target = target
        self.module_system = module_system(source, target)
        esm = self.module_system == "esm"
        self._scopes = Scopes(source, strict=esm)
        self._origins = Origins(self._scopes)

    @functools.cached_property
    def _imports(self) -> "Imports":
        from unleak_engine.imports import Imports  # only what writes an import needs it

        statements = self.module_system == "esm" or _writes_imports(self.source)
        return Imports(self.source, self._scopes, self._origins, self.target, statements)

    def resolve(self, identifier: Node) -> Binding | None:
        """The binding an identifier refers to where it stands. None for globals and undeclared
        names, for type names, and for nodes that are no identifiers."""
        return self._scopes.resolve(identifier)

    def lookup(self, name: str, at: Node) -> Binding | None:
        """The binding `name` would refer to if it were written at `at`."""
        return self._scopes.lookup(name, at)

    def references(self, binding: Binding) -> list[Node]:
        """Every identifier that resolves to `binding`, declarations and shorthand properties
        included, in text order. Uses as a type are not among them."""
        return self._scopes.references(binding)

    def writes(self, binding: Binding) -> list[Node]:
        """The references that assign after the declaration: `=`, `+=`, `++`, heads of for-in and
        for-of, destructuring, and a second declaration that brings a value."""
        return self._scopes.writes(binding)

    def is_constant(self, binding: Binding) -> bool:
        return not self._scopes.writes(binding)

    def declares(self, identifier: Node) -> bool:
        """Whether `identifier` itself declares the binding it resolves to."""
        return self._scopes.declared(identifier) is not None

    def is_overloaded(self, binding: Binding) -> bool:
        """Whether TypeScript signatures stand beside a function's declaration."""
        found = self._scopes.declared_in(binding.scope, binding.name)
        return any(other.declaration.type == "function_signature" for other in found)

    def path_to(self, node: Node) -> list[Node]:
        """The nodes from the root down to `node`, which is the last."""
        return self._scopes.path_to(node)

    def scope_of(self, node: Node) -> Node:
        """The innermost scope around `node`; `node` itself when it is one."""
        return self._scopes.scope_of(node)

    def origin(self, expression: Node) -> Origin | None:
        """Which export of which module `expression` is. None when that is not certain: the name
        is shadowed, re-assigned, a parameter, imported for types only, or computed."""
        return self._origins.origin(expression)

    def is_import(self, expression: Node, modules: Collection[str], name: str) -> bool:
        """Whether `expression` is export `name` of one of `modules`, spelled with `node:` or
        without. `stream` "promises.pipeline" and `stream/promises` "pipeline" are the same."""
        return self._origins.matches(expression, modules, name)

    def name_is_free(self, name: str, at: Node) -> bool:
        """Whether a declaration of `name` in the scope around `at` would change nothing else."""
        from unleak_engine.imports import RESERVED

        if name in RESERVED or self._scopes.lookup(name, at) is not None:
            return False
        scope = self._scopes.scope_of(at)
        for node in self._scopes.occurrences(name, scope):
            found = self._scopes.resolve(node)
            if found is None or found.scope == scope or not _contains(scope, found.scope):
                return False
        return True

    def fresh_name(self, wanted: str, at: Node | None = None) -> str:
        """`wanted`, or `wanted2`, `wanted3`, …: the first that is free at `at`. Without `at`, the
        first that nothing in the file is called."""
        if at is None:
            return self._imports.free_name(wanted)
        number = 1
        name = wanted
        while not self.name_is_free(name, at):
            number += 1
            name = f"{wanted}{number}"
        return name

    def import_name(
        self, module: str, name: str, at: Node, *, prefer: str | None = None
    ) -> "ImportPlan | None":
        """How to write export `name` of `module` at `at`, and the edits that import it if need
        be. `name` "" is the module itself, `prefer` the local name to take for a new import.
        None when the file has no place for an import that would have run by then."""
        return self._imports.plan(module, name, at, prefer)


def module_system(source: Source, target: Target) -> str:
    """ "esm" or "cjs": by the suffix, then by what the text does, then by the manifest."""
    suffix = grammars.suffix_of(source.path)
    if suffix in (".mjs", ".mts"):
        return "esm"
    if suffix in (".cjs", ".cts"):
        return "cjs"
    for child in source.root.named_children:
        if child.type == "import_statement" or (
            child.type == "export_statement" and not any(c.type == "=" for c in child.children)
        ):
            return "esm"
    if b"import.meta" in source.data:
        return "esm"
    if any(word in source.data for word in (b"require(", b"module.exports", b"exports.")):
        return "cjs"
    return "esm" if target.esm else "cjs"


def _writes_imports(source: Source) -> bool:
    """Whether a TypeScript file that is compiled to CommonJS is written with `import`."""
    if grammars.suffix_of(source.path) not in (".ts", ".tsx", ".cts"):
        return False
    if any(child.type == "import_statement" for child in source.root.named_children):
        return True
    return b"require(" not in source.data


def _contains(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte
