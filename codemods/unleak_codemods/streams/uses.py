"""What else the code does with a stage: every use of it outside its chain, whether it stands in a
variable or in a member of one (`child.stdout`, `this.file`)."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.chains import (
    LISTENING,
    SELF_RETURNING,
    Chain,
    Listener,
    strip_listeners,
)
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    same,
    string_value,
    unwrap,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

FEEDING = frozenset(
    [
        "write",
        "end",
        "append",
        "finalize",
        "file",
        "directory",
        "glob",
        "entry",
        "add",
        "push",
        "text",
        "image",
        "addPage",
        "unshift",
        "bulk",
        "symlink",
        "abort",
        "close",
    ]
)
"""Methods that feed or end a stream, or stop it, by hand."""


class Use(NamedTuple):
    """One use. `what` is listener, pipe, method, property, argument, stage, returned, written,
    tested or other; `name` is the method, property or event."""

    node: Node
    what: str
    name: str
    call: Node | None = None
    handler: Node | None = None

    @property
    def name_of_call(self) -> str:
        """The method the call calls, "" for a use that is no method call."""
        method = called_method(self.call) if self.call is not None else None
        text = (
            method[1].text if method is not None and self.what in ("listener", "method") else None
        )
        return text.decode() if text is not None else ""

    @property
    def listener(self) -> Listener:
        assert self.call is not None
        return Listener(self.name, self.handler, self.call, self.node)


def uses_of(file: File, binding: Binding, chain: Chain) -> list[Use]:
    """The uses of `binding` other than its declaration and the stages of `chain`, in order."""
    own = _stages_of(chain)
    return [use for use in every_use(file, binding) if use.node.id not in own]


def _stages_of(chain: Chain) -> set[int]:
    return {unwrap(chain.root).id, *(stage.node.id for stage in chain.stages)}


def every_use(file: File, binding: Binding) -> list[Use]:
    """All uses but the declaration, and the assignment that stands in for one. Looked at once:
    hundreds of chains may go into one response."""
    key = ("uses of", binding.node.start_byte)
    known = file.memo.get(key)
    if isinstance(known, list):
        return known
    found: list[Use] = []
    empty = binding.value is None or _is_given_later(file, binding)
    for node in file.bindings.references(binding):
        if same(node, binding.node) or (empty and _is_first_write(node)):
            continue
        found += _chained_uses(file, node)
    if binding.value is not None and not binding.path:
        _, declared = strip_listeners(file.source, binding.value)
        found += [
            Use(binding.node, "listener", item.event or "", item.node, item.handler)
            for item in declared
        ]
    file.memo[key] = found
    return found


def _chained_uses(file: File, node: Node) -> list[Use]:
    """The use of `node`, and those of the calls chained to it that give the same stream again:
    `node.on('end', f).on('error', g)`."""
    found = [_use(file, node)]
    while (call := found[-1].call) is not None and found[-1].name_of_call in SELF_RETURNING:
        parent = wrapped(call).parent
        if parent is None or parent.type in _VALUE_UNUSED:
            break
        found.append(_use(file, call)._replace(node=node))
    return found


_VALUE_UNUSED = frozenset(
    {"expression_statement", "arrow_function", "await_expression", "unary_expression"}
)


def uses_of_member(file: File, stage: Node, chain: Chain) -> list[Use]:
    """The uses of what `stage` reads, a member such as `child.stdout`, outside of `chain`: the
    same path from the same variable, or from `this` of the same class."""
    own = _stages_of(chain)
    return [use for use in every_member_use(file, stage) if use.node.id not in own]


def every_member_use(file: File, member: Node) -> list[Use]:
    """What the file does wherever it reads the same member as `member`, itself among them."""
    root = _root(member)
    if root is None:
        return []
    path = [step for step in re.split(r"\s*\??!?\.\s*", file.source.text(member)) if step]
    key = ("members", _home(file, root), *path)
    known = file.memo.get(key)
    if isinstance(known, list):
        return known
    pattern = rb"(?<![\w$.])" + rb"\s*!?\??\.\s*".join(re.escape(step.encode()) for step in path)
    found: list[Node] = []
    for hit in re.finditer(pattern + rb"(?![\w$])", file.source.data):
        for node in reversed(file.source.path_to(hit.start(), hit.end())):
            if node.type == "member_expression" and node.start_byte == hit.start():
                other = _root(node)
                if other is not None and _home(file, other) == key[1]:
                    found.append(node)
                break
    uses = [use for node in found for use in _chained_uses(file, node)]
    file.memo[key] = uses
    return uses


def _root(member: Node) -> Node | None:
    """The variable or the `this` that a path of members begins with."""
    node: Node | None = member
    while node is not None and node.type == "member_expression":
        owner = node.child_by_field_name("object")
        node = unwrap(owner) if owner is not None else None
    return node if node is not None and node.type in ("identifier", "this") else None


def _home(file: File, root: Node) -> tuple[str, int]:
    """What makes two roots the same: their variable, or the class that `this` is of."""
    if root.type == "this":
        for node in reversed(file.functions.path_to(root)):
            if node.type == "class_body":
                return "this", node.id
        return "this", 0
    binding = file.bindings.resolve(root)
    if binding is None:
        return file.source.text(root), 0
    return binding.name, binding.node.start_byte


def _is_given_later(file: File, binding: Binding) -> bool:
    """Whether a variable holds nothing until its only assignment: `let source = null;`. Not in
    TypeScript: to a callback, such a variable may be null for ever."""
    if file.source.grammar != "javascript":
        return False
    value = unwrap(binding.value) if binding.value is not None and not binding.path else None
    nothing = value is not None and (
        value.type == "null" or file.source.bytes(value) == b"undefined"
    )
    return nothing and len(file.bindings.writes(binding)) == 1


def _is_first_write(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "assignment_expression"
        and same(parent.child_by_field_name("left") or parent, node)
    )


def _use(file: File, node: Node) -> Use:
    outer = wrapped(node)
    parent = outer.parent
    if parent is None:
        return Use(node, "other", "")
    if parent.type == "member_expression":
        owner = parent.child_by_field_name("object")
        name = parent.child_by_field_name("property")
        if owner is not None and name is not None and owner.id == outer.id:
            return _member_use(file, node, parent, file.source.text(name))
    if parent.type == "arguments":
        call = parent.parent
        function = call.child_by_field_name("function") if call is not None else None
        target = file.source.text(function) if function is not None else ""
        if target.endswith((".pipe", "?.pipe")):
            return Use(node, "stage", target, call)
        return Use(node, "argument", target, call)
    if parent.type == "return_statement":
        return Use(node, "returned", "")
    if parent.type == "assignment_expression":
        left = parent.child_by_field_name("left")
        if left is not None and left.id == outer.id:
            return Use(node, "written", "")
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        if name is not None and name.type == "object_pattern":
            return Use(node, "property", file.source.text(name))
    if parent.type in ("binary_expression", "unary_expression", "if_statement"):
        return Use(node, "tested", "")
    return Use(node, "other", "")


def _member_use(file: File, node: Node, expression: Node, name: str) -> Use:
    outer = wrapped(expression)
    call = outer.parent
    is_call = call is not None and call.type == "call_expression"
    if not is_call or call is None or call.child_by_field_name("function") != outer:
        return Use(node, "property", name)
    if name == "pipe":
        return Use(node, "pipe", name, call)
    if name in LISTENING:
        parts = arguments(call)
        event = string_value(parts[0], file.source.text(parts[0])) if parts else None
        handler = unwrap(parts[1]) if len(parts) > 1 else None
        return Use(node, "listener", event or "", call, handler)
    return Use(node, "method", name, call)
