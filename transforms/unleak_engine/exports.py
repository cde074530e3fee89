"""What a file exports, in whichever way it says so: ES modules, CommonJS, what compilers write."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_engine.bindings import Binding, Bindings, Origin
from unleak_engine.origins import string_value
from unleak_engine.source import Source
from unleak_engine.syntax import is_field, unwrapped

MOST = 4_000
"""Places that speak of exports; a file with more is taken to export anything."""

_HIT = re.compile(rb"(?<![\w$])exports?(?![\w$])")
_STARS = frozenset({"__exportStar", "_exportStar", "_export_star", "__reExport"})
_GETTERS = frozenset({"_export", "__export"})
_COPIES = frozenset({"assign", "__assign", "_extends", "extend", "__reExport"})
_HARMLESS = frozenset(
    {"freeze", "seal", "preventExtensions", "keys", "call", "__toCommonJS", "log", "inspect"}
)
_FUNCTIONS = frozenset({"function_expression", "arrow_function", "method_definition"})


class Exported(NamedTuple):
    """One thing an export is given: an expression or declaration of this file, or what another
    module exports."""

    node: Node | None
    origin: Origin | None = None


class Exports(NamedTuple):
    """`names` has all that each export may be, by its dotted path: "open", "default", "api.open",
    and "" for `module.exports` as a whole. `stars` are the modules all of whose exports are
    passed on. Not `sure`: code that was not understood may export, or replace, anything."""

    names: dict[str, list[Exported]]
    stars: tuple[str, ...]
    sure: bool


def exports_of(source: Source, bindings: Bindings) -> Exports:
    """What the file exports. Never raises."""
    reader = _Reader(source, bindings)
    reader.read()
    return Exports(reader.names, tuple(dict.fromkeys(reader.stars)), reader.sure)


class _Reader:
    def __init__(self, source: Source, bindings: Bindings) -> None:
        self.source = source
        self.bindings = bindings
        self.names: dict[str, list[Exported]] = {}
        self.stars: list[str] = []
        self.sure = True
        self._aliases: set[tuple[int, str]] = set()

    def read(self) -> None:
        seen: set[int] = set()
        for count, hit in enumerate(_HIT.finditer(self.source.data)):
            if count == MOST:
                self.sure = False
                return
            node = self.source.root.descendant_for_byte_range(hit.start(), hit.end())
            if node is None or node.end_byte - node.start_byte != hit.end() - hit.start():
                continue  # in a comment or a string
            parent = node.parent
            if node.type == "export" and parent is not None and parent.id not in seen:
                seen.add(parent.id)
                if parent.type == "export_statement":
                    self._statement(parent)
            elif node.type in ("identifier", "property_identifier") and self._is_exports(node):
                whole = node if node.type == "identifier" else parent
                assert whole is not None
                self._mention(whole, "")

    def _add(self, name: str, node: Node | None, origin: Origin | None = None) -> None:
        self.names.setdefault(name, []).append(Exported(node, origin))

    # ES modules.

    def _statement(self, statement: Node) -> None:
        tokens = {child.type for child in statement.children}
        if "type" in tokens:
            return
        module = string_value(statement.child_by_field_name("source"))
        declaration = statement.child_by_field_name("declaration")
        clause = next((c for c in statement.children if c.type == "export_clause"), None)
        space = next((c for c in statement.children if c.type == "namespace_export"), None)
        if "default" in tokens:
            self._add("default", declaration or statement.child_by_field_name("value"))
        elif "=" in tokens:
            self._whole(next(c for c in reversed(statement.named_children) if c.type != "comment"))
        elif space is not None and module is not None:
            for name in space.named_children[:1]:
                self._add(self._key(name), None, Origin(module, ""))
        elif clause is not None:
            self._clause(clause, module)
        elif declaration is not None:
            for declared, node in self._declared(declaration):
                self._add(declared, node)
        elif module is not None and "*" in tokens:
            self.stars.append(module)

    def _clause(self, clause: Node, module: str | None) -> None:
        for specifier in clause.named_children:
            local = specifier.child_by_field_name("name")
            if local is None or any(child.type == "type" for child in specifier.children[:1]):
                continue
            name = self._key(specifier.child_by_field_name("alias") or local)
            if module is None:
                self._add(name, local)
            else:
                self._add(name, None, Origin(module, self._key(local)))

    def _declared(self, declaration: Node) -> Iterator[tuple[str, Node]]:
        """The names that an exported declaration declares."""
        name = declaration.child_by_field_name("name")
        if name is not None:
            if declaration.type in _DECLARATIONS:
                yield self.source.text(name), declaration
            return
        for declarator in declaration.named_children:
            target = declarator.child_by_field_name("name")
            for node in _names_in(target) if target is not None else ():
                yield self.source.text(node), node

    # CommonJS.

    def _is_exports(self, node: Node) -> bool:
        """Whether `node` is the global `exports`, or the property of `module.exports`."""
        if node.type == "identifier":
            return self.bindings.resolve(node) is None
        owner = node.parent
        holder = owner.child_by_field_name("object") if owner is not None else None
        return (
            owner is not None
            and owner.type == "member_expression"
            and holder is not None
            and is_field(owner, "property", node)
            and holder.type == "identifier"
            and self.source.text(holder) == "module"
            and self.bindings.resolve(holder) is None
        )

    def _mention(self, node: Node, path: str) -> None:
        """What is done with `node`, which is the exports or, with a `path`, a part of them."""
        parent = node.parent
        while parent is not None and unwrapped(parent) == node:
            node, parent = parent, parent.parent
        if parent is None:
            return
        match parent.type:
            case "assignment_expression" if is_field(parent, "left", node):
                self._assigned(parent, node, path)
            case "assignment_expression":
                self._aliased_by(parent, path)
            case "variable_declarator" if is_field(parent, "value", node):
                self._alias(parent.child_by_field_name("name"), path)
            case "member_expression" if is_field(parent, "object", node):
                name = parent.child_by_field_name("property")
                if name is not None:
                    self._member(parent, path, self.source.text(name))
            case "subscript_expression" if is_field(parent, "object", node):
                self._computed(parent, path)
            case "arguments":
                self._argument(parent, node, path)
            case "augmented_assignment_expression" | "update_expression" | "pair" | "array":
                self.sure = self.sure and bool(path)
            case "return_statement" | "spread_element" | "yield_expression" | "arrow_function":
                self.sure = self.sure and bool(path)

    def _member(self, node: Node, path: str, name: str) -> None:
        inner = f"{path}.{name}" if path else name
        if inner.count(".") > 2:
            return
        if name == "prototype":
            return
        # Only what is stored matters; what is read, or called, is as it was.
        parent = node.parent
        while parent is not None and unwrapped(parent) == node:
            node, parent = parent, parent.parent
        if parent is not None and parent.type in ("assignment_expression", "member_expression"):
            field = "left" if parent.type == "assignment_expression" else "object"
            if is_field(parent, field, node):
                self._mention(node, inner)
        elif parent is not None and parent.type == "augmented_assignment_expression":
            self._add(inner, None)

    def _computed(self, node: Node, path: str) -> None:
        key = string_value(node.child_by_field_name("index"))
        parent = node.parent
        stored = parent is not None and parent.type == "assignment_expression"
        if parent is None or not stored or not is_field(parent, "left", node):
            return
        if key is not None:
            self._assigned(parent, node, f"{path}.{key}" if path else key)
            return
        # Babel: `Object.keys(_x).forEach(function (key) { … exports[key] = _x[key] … })`
        right = parent.child_by_field_name("right")
        copied = right.child_by_field_name("object") if right is not None else None
        origin = self.bindings.origin(copied) if copied is not None else None
        if not path and origin is not None and not origin.name:
            self.stars.append(origin.module)
        else:
            self._add(path, None) if path else self._unsure()

    def _unsure(self) -> None:
        self.sure = False

    def _assigned(self, assignment: Node, target: Node, path: str) -> None:
        outer = assignment.parent
        while outer is not None and outer.type == "parenthesized_expression":
            outer = outer.parent
        if outer is not None and outer.type == "binary_expression":
            left = outer.child_by_field_name("left")
            if left is not None and self.source.text(left) == "0":
                return  # `0 && (module.exports = { … })` only tells Node the names
        right = assignment.child_by_field_name("right")
        while right is not None and right.type == "assignment_expression":
            right = right.child_by_field_name("right")
        if right is None or self._is_void(right):
            return
        if path:
            self._add(path, right)
            self._aliased_by_chain(assignment, path)
        elif self.source.text(target) != "exports":
            self._whole(right)
            self._aliased_by_chain(assignment, path)

    def _aliased_by_chain(self, assignment: Node, path: str) -> None:
        """`const api = module.exports = {}`, `api = exports.api = {}`."""
        outer = assignment.parent
        while outer is not None and outer.type == "assignment_expression":
            self._aliased_by(outer, path)
            assignment, outer = outer, outer.parent
        if outer is not None and outer.type == "variable_declarator":
            self._alias(outer.child_by_field_name("name"), path)

    def _aliased_by(self, assignment: Node, path: str) -> None:
        left = assignment.child_by_field_name("left")
        if left is not None and not self._is_exports(left):
            self._alias(left, path)

    def _alias(self, name: Node | None, path: str) -> None:
        """All that is done with the exports under another name."""
        if name is None or name.type != "identifier":
            return
        binding = self.bindings.resolve(name)
        if binding is None:
            return
        key = (binding.scope.id, binding.name)
        if key in self._aliases:
            return
        self._aliases.add(key)
        for node in self.bindings.references(binding):
            parent = node.parent
            if parent is None or self.bindings.declares(node):
                continue
            if parent.type in ("member_expression", "subscript_expression"):
                self._mention(node, path)
            elif parent.type == "arguments" and _called(parent) in _COPIES:
                self._argument(parent, node, path)

    def _argument(self, holder: Node, node: Node, path: str) -> None:
        given = [child for child in holder.named_children if child.type != "comment"]
        name = _called(holder)
        first = bool(given) and given[0].id == node.id
        if name in _STARS and (path == "" or name == "__reExport"):
            source = given[1] if name == "__reExport" and len(given) > 1 else given[0]
            self._star(source)
        elif name in ("defineProperty", "_defineProperty", "__defineProperty") and first:
            self._property(given, path)
        elif name in ("defineProperties", "__defProp") or (name in _GETTERS and len(given) < 2):
            self._unsure()
        elif name in _GETTERS and first:
            self._getters(given[1], path)
        elif name in _COPIES and first:
            for part in given[1:]:
                self._copied(part, path)
        elif name not in _HARMLESS and not path:
            self._unsure()

    def _star(self, node: Node) -> None:
        origin = self.bindings.origin(node)
        if origin is not None and not origin.name:
            self.stars.append(origin.module)
        else:
            self._unsure()

    def _property(self, given: list[Node], path: str) -> None:
        """`Object.defineProperty(exports, "x", { get: function () { return y } })`"""
        key = string_value(given[1]) if len(given) > 2 else None
        if key == "__esModule":
            return
        if key is None:
            # Babel again: the copy of every name of another module.
            if not any(b in self.source.data for b in (b"__esModule", b"Object.keys(")):
                self._unsure()
            else:
                self._copied_names(given)
            return
        value = self._described(given[2])
        self._add(f"{path}.{key}" if path else key, value)

    def _copied_names(self, given: list[Node]) -> None:
        """`Object.defineProperty(exports, key, { get: function () { return _x[key] } })`"""
        value = self._described(given[2]) if len(given) > 2 else None
        holder = value.child_by_field_name("object") if value is not None else None
        origin = self.bindings.origin(holder) if holder is not None else None
        if value is not None and value.type == "subscript_expression" and origin is not None:
            self.stars.append(origin.module)
        else:
            self._unsure()

    def _described(self, descriptor: Node) -> Node | None:
        """The value that a property descriptor stands for."""
        if descriptor.type != "object":
            return None
        for part in descriptor.named_children:
            key = part.child_by_field_name("key") or part.child_by_field_name("name")
            name = self._key(key) if key is not None else ""
            value = part.child_by_field_name("value")
            if name == "value" and value is not None:
                return value
            if name == "get":
                return returned(value if value is not None else part)
        return None

    def _getters(self, node: Node, path: str) -> None:
        """`_export(exports, { x: function () { return y }, get z() { return w } })`"""
        if node.type != "object":
            self._unsure()
            return
        for part in node.named_children:
            key = part.child_by_field_name("key") or part.child_by_field_name("name")
            if part.type == "comment" or key is None:
                continue
            value = part.child_by_field_name("value")
            name = self._key(key)
            self._add(
                f"{path}.{name}" if path else name, returned(part if value is None else value)
            )

    def _copied(self, node: Node, path: str) -> None:
        """All properties of `node` become exports."""
        node = unwrapped(node)
        if node.type == "object":
            self._object(node, path)
            return
        origin = self.bindings.origin(node)
        if origin is not None and not origin.name and not path:
            self.stars.append(origin.module)
        else:
            self._add(path, None) if path else self._unsure()

    def _whole(self, node: Node) -> None:
        """`module.exports = node`"""
        node = unwrapped(node)
        if node.type == "call_expression" and self._compiled(node):
            return
        self._add("", node)
        if node.type == "object":
            self._object(node, "")

    def _object(self, node: Node, path: str) -> None:
        for part in node.named_children:
            if part.type == "comment":
                continue
            if part.type == "spread_element":
                self._copied(next(iter(part.named_children), part), path)
                continue
            if part.type == "shorthand_property_identifier":
                key, value = part, part
            else:
                found = part.child_by_field_name("key") or part.child_by_field_name("name")
                if found is None:
                    continue
                key = found
                value = part.child_by_field_name("value") or part
            if key.type == "computed_property_name":
                self._unsure()
                continue
            if value.type == "method_definition" and is_getter(value):
                got = returned(value)
                self._add(self._joined(path, key), got)
            else:
                self._add(self._joined(path, key), value)

    def _joined(self, path: str, key: Node) -> str:
        return f"{path}.{self._key(key)}" if path else self._key(key)

    def _compiled(self, call: Node) -> bool:
        """`module.exports = __toCommonJS(names)`, with `__export(names, { x: () => y })`."""
        callee = call.child_by_field_name("function")
        holder = call.child_by_field_name("arguments")
        if callee is None or holder is None or not holder.named_children:
            return False
        names = holder.named_children[0]
        if self.source.text(callee) != "__toCommonJS" or names.type != "identifier":
            return False
        binding = self.bindings.resolve(names)
        if binding is not None:
            self._exported_through(binding)
        return True

    def _exported_through(self, binding: Binding) -> None:
        for node in self.bindings.references(binding):
            parent = node.parent
            if parent is not None and parent.type == "arguments":
                self._argument(parent, node, "")

    def _is_void(self, node: Node) -> bool:
        text = self.source.text(node) if node.end_byte - node.start_byte < 12 else ""
        return text in ("undefined", "null", "void 0")

    def _key(self, node: Node) -> str:
        text = self.source.text(node)
        return text[1:-1] if node.type == "string" else text


_DECLARATIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "class_declaration",
        "abstract_class_declaration",
    }
)


def _called(arguments: Node) -> str:
    """The last name of what is called with `arguments`, "" when it has none."""
    call = arguments.parent
    callee = call.child_by_field_name("function") if call is not None else None
    text = unwrapped(callee).text if callee is not None else None
    return (text or b"").decode(errors="replace").rpartition(".")[2].strip("() ")


def is_getter(method: Node) -> bool:
    return any(child.type == "get" for child in method.children[:3])


def returned(function: Node) -> Node | None:
    """What a function of one statement returns, None for any other."""
    function = unwrapped(function)
    if function.type not in _FUNCTIONS:
        return None
    body = function.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return body
    statements = [child for child in body.named_children if child.type != "comment"]
    if len(statements) != 1 or statements[0].type != "return_statement":
        return None
    return next((c for c in statements[0].named_children if c.type != "comment"), None)


def _names_in(target: Node) -> Iterator[Node]:
    """The identifiers that a variable's name or pattern declares."""
    if target.type in ("identifier", "shorthand_property_identifier_pattern"):
        yield target
        return
    for child in target.named_children:
        if child.type == "pair_pattern":
            value = child.child_by_field_name("value")
            if value is not None:
                yield from _names_in(value)
        elif child.type in ("assignment_pattern", "object_assignment_pattern"):
            left = child.child_by_field_name("left")
            if left is not None:
                yield from _names_in(left)
        elif child.type in ("object_pattern", "array_pattern", "rest_pattern") or (
            child.type in ("identifier", "shorthand_property_identifier_pattern")
        ):
            yield from _names_in(child)
