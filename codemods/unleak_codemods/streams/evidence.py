"""What an expression is: a Node stream by proof, likely, unknown, or not ours. And why.

Evidence is a chain of reasons that can be printed. Nothing here guesses from a name alone: a
name makes a stream likely at best, and only a likely stream is ever reported.
"""

import enum
import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import handlers, knowledge
from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    member,
    named,
    unwrap,
    walk,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File


class Level(enum.IntEnum):
    """How sure we are that this is a Node stream."""

    NOT_OURS = 0
    UNKNOWN = 1
    LIKELY = 2
    PROVEN = 3


class Owner(enum.StrEnum):
    """Whose the stream is, seen from the function that uses it."""

    HERE = "made here"
    PARAMETER = "a parameter"
    OUTER = "from an enclosing function"
    MODULE = "of the module"
    FIELD = "a field"
    PROCESS = "process-wide"
    HANDLER = "of the request"
    OTHER = "from elsewhere"


class Evidence(NamedTuple):
    """One expression judged. `binding` is the variable it is read from, None for an inline
    expression; `reasons` go from the place of use to the proof."""

    level: Level
    kind: Kind = knowledge.NOTHING
    owner: Owner = Owner.OTHER
    reasons: tuple[str, ...] = ()
    binding: Binding | None = None

    @property
    def role(self) -> str:
        return self.kind.role

    @property
    def proven(self) -> bool:
        return self.level is Level.PROVEN

    @property
    def made_here(self) -> bool:
        return self.owner is Owner.HERE


UNKNOWN = Evidence(Level.UNKNOWN)
NOT_OURS = Evidence(Level.NOT_OURS)
_DEEPEST = 12


def evidence_of(file: File, node: Node, depth: int = 0) -> Evidence:
    """What `node` is. Never raises; an endless alias chain is unknown."""
    node, _ = strip_listeners(file.source, node)
    node = unwrap(node)
    key = ("evidence", node.id)
    known = file.memo.get(key)
    if isinstance(known, Evidence):
        return known
    if depth > _DEEPEST:
        return UNKNOWN
    found = _judge(file, node, depth)
    file.memo[key] = found
    return found


def _judge(file: File, node: Node, depth: int) -> Evidence:
    match node.type:
        case "identifier":
            return _of_name(file, node, depth)
        case "call_expression":
            return _of_call(file, node, depth)
        case "new_expression":
            return _of_new(file, node, depth)
        case "member_expression":
            return _of_member(file, node, depth)
        case "this":
            return _of_this(file, node, depth)
        case "assignment_expression":
            right = node.child_by_field_name("right")
            return evidence_of(file, right, depth + 1) if right is not None else UNKNOWN
        case "arrow_function" | "function_expression" | "string" | "number" | "template_string":
            return NOT_OURS
    return UNKNOWN


def _said(file: File, node: Node) -> str:
    text = " ".join(file.source.text(node).split())
    return f"`{text if len(text) <= 50 else text[:47] + '…'}`"


def _made(file: File, node: Node, kind: Kind, why: str) -> Evidence:
    return Evidence(Level.PROVEN, kind, Owner.HERE, (f"{_said(file, node)} {why}",))


def _of_call(file: File, node: Node, depth: int) -> Evidence:
    function = callee(node)
    if function is None:
        return UNKNOWN
    origin = file.bindings.origin(function)
    if origin is not None:
        kind = knowledge.call_kind(origin.module, origin.name, knowledge_of(file))
        if kind is not None:
            return _with_options(
                file, node, _made(file, node, kind, f"is a {kind.role} of {origin.module}")
            )
        if knowledge.is_foreign_pipe(origin.module, knowledge_of(file)):
            return NOT_OURS
        made = knowledge.class_kind(origin.module, origin.name, knowledge_of(file))
        if made is not None and origin.module in ("busboy", "form-data", "pdfkit"):
            return _made(file, node, made, f"is a {made.role} of {origin.module}")
    method = called_method(node)
    if method is not None:
        return _of_method(file, node, method, depth)
    if function.type == "identifier":
        return _of_local_function(file, node, function, depth)
    return UNKNOWN


def _with_options(file: File, node: Node, found: Evidence) -> Evidence:
    """`found`, given what the call's options say: a descriptor of somebody else's is not ours."""
    for argument in arguments(node)[1:]:
        options = unwrap(argument)
        text = "".join(file.source.text(options).split())
        if options.type == "object" and (
            "autoClose:false" in text or "{fd" in text or ",fd" in text
        ):
            return found._replace(owner=Owner.FIELD)
        if options.type in ("identifier", "member_expression", "call_expression"):
            return found._replace(kind=found.kind._replace(opaque=True))
        if "..." in text:
            return found._replace(kind=found.kind._replace(opaque=True))
    return found


_NAMED_METHODS = {
    "createReadStream": knowledge.FOREIGN_IN,
    "createWriteStream": knowledge.FOREIGN_OUT,
}


def _of_method(file: File, node: Node, method: tuple[Node, Node], depth: int) -> Evidence:
    receiver, name = method
    text = file.source.text(name)
    if text == "pipe":
        parts = arguments(node)
        return evidence_of(file, parts[0], depth + 1) if parts else UNKNOWN
    if text in _NAMED_METHODS:
        kind = _NAMED_METHODS[text]
        return _made(file, node, kind, f"is taken for a {kind.role} by its method's name")
    owner = evidence_of(file, receiver, depth + 1)
    if owner.level is Level.NOT_OURS:
        return NOT_OURS
    if owner.role == "child" and text in ("on", "once"):
        return owner
    return UNKNOWN


def _of_local_function(file: File, node: Node, function: Node, depth: int) -> Evidence:
    """A call of a function of this file whose every return gives the same kind of stream."""
    binding = file.bindings.resolve(function)
    if binding is None:
        return UNKNOWN
    body = binding.declaration if binding.kind == "function" else binding.value
    if body is None or body.type not in (
        "function_declaration",
        "arrow_function",
        "function_expression",
    ):
        return UNKNOWN
    block = body.child_by_field_name("body")
    if block is None or file.functions.is_async(body):
        return UNKNOWN
    if block.type == "statement_block":
        returns = [n for n in walk(block, into_functions=False) if n.type == "return_statement"]
        values = [named(n)[0] for n in returns if named(n)]
        if len(values) != len(returns) or not values:
            return UNKNOWN
    else:
        values = [block]
    judged = [evidence_of(file, value, depth + 1) for value in values]
    if any(not e.proven for e in judged) or len({e.role for e in judged}) != 1:
        return UNKNOWN
    reason = f"{_said(file, node)} gives a {judged[0].role} on every return"
    kind = judged[0].kind._replace(finite=False)
    return Evidence(Level.PROVEN, kind, Owner.HERE, (reason, *judged[0].reasons))


def _of_new(file: File, node: Node, depth: int) -> Evidence:
    constructor = callee(node)
    if constructor is None:
        return UNKNOWN
    kind, why = class_of(file, constructor, depth)
    if kind is None:
        return UNKNOWN
    if kind.role == "":
        return NOT_OURS
    return _made(file, node, kind, why)


def class_of(file: File, constructor: Node, depth: int = 0) -> tuple[Kind | None, str]:
    """The kind of stream a class is, and why; a class of this file by what it extends."""
    origin = file.bindings.origin(constructor)
    if origin is not None:
        if knowledge.is_foreign_pipe(origin.module, knowledge_of(file)):
            return Kind(""), ""
        kind = knowledge.class_kind(origin.module, origin.name, knowledge_of(file))
        why = f"is a {kind.role} of {origin.module}" if kind is not None else ""
        return kind, why
    if constructor.type != "identifier" or depth > _DEEPEST:
        return None, ""
    binding = file.bindings.resolve(constructor)
    if binding is None:
        return None, ""
    body = binding.declaration if binding.kind == "class" else binding.value
    parent = parent_class(body) if body is not None else None
    if parent is None:
        return None, ""
    kind, why = class_of(file, parent, depth + 1)
    if kind is None or not kind.role:
        return kind, why
    # A class of its own may fail and end in its own ways.
    return kind._replace(finite=False), f"extends {_said(file, parent)}, which {why}"


def parent_class(body: Node) -> Node | None:
    """What a class extends, None when it extends nothing or `body` is no class."""
    if body.type not in ("class", "class_declaration", "abstract_class_declaration"):
        return None
    for child in body.children:
        if child.type == "class_heritage":
            for part in child.named_children:
                if part.type == "extends_clause":
                    value = part.child_by_field_name("value")
                    return unwrap(value) if value is not None else None
            inner = named(child)
            return unwrap(inner[0]) if inner else None
    return None


_STDIO = {"stdin": "readable", "stdout": "writable", "stderr": "writable"}
_CHILD = {"stdin": "writable", "stdout": "readable", "stderr": "readable"}


def _of_member(file: File, node: Node, depth: int) -> Evidence:
    found = member(node)
    if found is None:
        return UNKNOWN
    owner, name = found
    text = file.source.text(name)
    origin = file.bindings.origin(node)
    if origin is not None and knowledge.bare(origin.module) == "process" and text in _STDIO:
        return _stdio(file, node, text)
    if owner.type == "identifier":
        is_global = file.bindings.resolve(owner) is None
        if file.source.text(owner) == "process" and text in _STDIO and is_global:
            return _stdio(file, node, text)
    handed = handlers.member_role(file, node)
    if handed is not None:
        return _handed(handed)
    if owner.type == "this":
        return _of_field(file, node, text, depth)
    base = evidence_of(file, owner, depth + 1)
    if base.level is Level.NOT_OURS:
        return NOT_OURS
    if text in _CHILD:
        kind = Kind("child-" + _CHILD[text])
        if base.role == "child":
            reason = f"{_said(file, node)} is the {text} of a child process"
            return Evidence(Level.PROVEN, kind, base.owner, (reason, *base.reasons))
        return Evidence(
            Level.LIKELY,
            kind,
            Owner.OTHER,
            (f"{_said(file, node)} is taken for a {kind.role} by its name",),
        )
    if text == "raw" and base.owner is Owner.HANDLER:
        return base._replace(reasons=(f"{_said(file, node)} is the bare message", *base.reasons))
    return UNKNOWN


def _stdio(file: File, node: Node, text: str) -> Evidence:
    reason = f"{_said(file, node)} belongs to the whole process"
    return Evidence(Level.PROVEN, Kind("stdio"), Owner.PROCESS, (reason,))


def _of_field(file: File, node: Node, name: str, depth: int) -> Evidence:
    """`this.name`, by what this file assigns to it."""
    value = _field_value(file, node, name)
    if value is None:
        return Evidence(Level.UNKNOWN, owner=Owner.FIELD)
    found = evidence_of(file, value, depth + 1)
    return found._replace(owner=Owner.FIELD, level=min(found.level, Level.LIKELY))


def _of_this(file: File, node: Node, depth: int) -> Evidence:
    here: Node | None = node
    while (here := here.parent if here is not None else None) is not None:
        parent = parent_class(here)
        if parent is not None:
            kind, why = class_of(file, parent, depth + 1)
            if kind is not None and kind.role:
                return Evidence(Level.PROVEN, kind, Owner.FIELD, (f"`this` {why}",))
            return Evidence(Level.UNKNOWN, owner=Owner.FIELD)
    return Evidence(Level.UNKNOWN, owner=Owner.FIELD)


def _of_name(file: File, node: Node, depth: int) -> Evidence:
    binding = file.bindings.resolve(node)
    if binding is None:
        return UNKNOWN
    if binding.kind == "param":
        return _of_parameter(file, binding)
    if binding.kind in ("import", "function", "class", "enum", "namespace"):
        origin = file.bindings.origin(node)
        foreign = origin is not None and knowledge.is_foreign_pipe(
            origin.module, knowledge_of(file)
        )
        return (
            NOT_OURS
            if foreign or binding.kind != "import"
            else UNKNOWN._replace(owner=Owner.MODULE, binding=binding)
        )
    owner = _owner(file, binding, node)
    typed = _of_type(file, binding)
    if binding.value is None or not file.bindings.is_constant(binding):
        found = _of_assigned(file, binding, depth)
        if typed is not None and found.level < Level.LIKELY:
            found = typed
        return found._replace(owner=owner, binding=binding)
    if not binding.path:
        found = evidence_of(file, binding.value, depth + 1)
    else:
        found = _of_destructured(file, binding, depth)
    if found.level is Level.UNKNOWN and typed is not None:
        found = typed
    if (
        found.owner in (Owner.HERE, Owner.OTHER)
        or found.level < Level.LIKELY
        or (found.owner is Owner.HANDLER and binding.value.type == "call_expression")
    ):
        found = found._replace(owner=owner)
    return found._replace(binding=binding)


def _of_destructured(file: File, binding: Binding, depth: int) -> Evidence:
    """`const { stdout } = spawn(…)`."""
    assert binding.value is not None
    if len(binding.path) != 1:
        return UNKNOWN
    handed = handlers.path_role(file, binding.value, (str(binding.path[0]),))
    if handed is not None:
        return _handed(handed)
    base = evidence_of(file, binding.value, depth + 1)
    name = binding.path[0]
    if base.role == "child" and name in _CHILD:
        kind = Kind("child-" + _CHILD[str(name)])
        return Evidence(Level.PROVEN, kind, base.owner, base.reasons)
    return UNKNOWN


def _of_assigned(file: File, binding: Binding, depth: int) -> Evidence:
    """A variable that is written more than once, or later: likely what every write says."""
    values: list[Node] = [] if binding.value is None or binding.path else [binding.value]
    for write in file.bindings.writes(binding):
        parent = write.parent
        if parent is None or parent.type != "assignment_expression":
            return UNKNOWN
        right = parent.child_by_field_name("right")
        if right is None:
            return UNKNOWN
        values.append(right)
    judged = [evidence_of(file, value, depth + 2) for value in values if value.type != "null"]
    if not judged or any(e.level < Level.LIKELY for e in judged):
        return UNKNOWN
    return judged[0]._replace(level=Level.LIKELY)


def _owner(file: File, binding: Binding, use: Node) -> Owner:
    home = file.functions.enclosing(binding.node)
    here = file.functions.enclosing(use)
    if home is None:
        return Owner.HERE if here is None else Owner.MODULE
    if here is not None and home.id == here.id:
        return Owner.HERE
    return Owner.OUTER


def _of_parameter(file: File, binding: Binding) -> Evidence:
    handed = handlers.parameter_role(file, binding)
    if handed is not None:
        return _handed(handed)._replace(binding=binding)
    typed = _of_type(file, binding)
    if typed is not None:
        return typed._replace(owner=Owner.PARAMETER, binding=binding)
    return Evidence(Level.UNKNOWN, owner=Owner.PARAMETER, binding=binding)


def _handed(found: tuple[str, bool, str]) -> Evidence:
    """A stream that a server, a client or a handler's caller hands over."""
    role, sure, reason = found
    level = Level.PROVEN if sure else Level.LIKELY
    return Evidence(level, Kind(role), Owner.HANDLER, (reason,))


def _of_type(file: File, binding: Binding) -> Evidence | None:
    """What a variable's or parameter's type annotation says."""
    holder = binding.node.parent
    if holder is None or binding.path:
        return None
    annotation = holder.child_by_field_name("type")
    if annotation is None:
        return None
    inner = named(annotation)
    if len(inner) != 1:
        return None
    found = type_evidence(file, inner[0])
    if found is None:
        return None
    return found._replace(reasons=tuple(f"`{binding.name}` is {said}" for said in found.reasons))


def type_evidence(file: File, node: Node) -> Evidence | None:
    text = file.source.text(node)
    name = text.partition("<")[0]
    base, _, last = name.rpartition(".")
    kind = knowledge.TYPES.get(last)
    if kind is None or not kind.role:
        return None
    if base == "NodeJS" and last in ("ReadableStream", "WritableStream", "ReadWriteStream"):
        return Evidence(Level.PROVEN, kind, reasons=(f"typed `{text}`",))
    if last in ("ReadableStream", "WritableStream"):
        return None
    first = (
        node
        if node.type in ("type_identifier", "identifier")
        else next((n for n in walk(node) if n.type in ("identifier", "type_identifier")), None)
    )
    module = _type_module(file, file.source.text(first)) if first is not None else None
    if module is None:
        return None
    if knowledge.bare(module) in knowledge.TYPE_MODULES:
        return Evidence(Level.PROVEN, kind, reasons=(f"typed `{text}` of {module}",))
    return None


def _type_module(file: File, name: str) -> str | None:
    """The module a type's first name is imported from, type-only imports included."""
    for statement in file.source.root.children:
        if statement.type != "import_statement":
            continue
        source = statement.child_by_field_name("source")
        if source is None:
            continue
        for node in walk(statement):
            if node.type == "identifier" and file.source.text(node) == name:
                return file.source.text(source)[1:-1]
    return None


def _field_value(file: File, node: Node, name: str) -> Node | None:
    """The one expression that is assigned to `this.name` in this file, None without just one."""
    pattern = re.compile(rb"\bthis\.(" + re.escape(name.encode()) + rb")\s*=[^=>]")
    found: list[Node] = []
    for hit in pattern.finditer(file.source.data):
        for ancestor in reversed(file.source.path_to(hit.start(1), hit.end(1))):
            if ancestor.type == "assignment_expression":
                right = ancestor.child_by_field_name("right")
                if right is not None and right.type not in ("null", "undefined"):
                    found.append(right)
                break
    return found[0] if len(found) == 1 else None
