"""Interfaces of node:readline: where one is made, what it reads, and who else has a part in it."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.reading.files import is_own_file, maker
from unleak_codemods.streams.evidence import Evidence, Owner, evidence_of
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.pipeline_calls import option
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    inside,
    member,
    named,
    unwrap,
)
from unleak_codemods.streams.uses import Use, every_use
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

CLOSING = frozenset({"close"})
DESTROYING = frozenset({"destroy", "close"})
_GIVEN = frozenset({Owner.PARAMETER, Owner.OUTER, Owner.FIELD, Owner.HANDLER, Owner.MODULE})
_PASSIVE = frozenset(
    {"setEncoding", "on", "once", "off", "removeListener", "removeAllListeners", "isPaused"}
)


class Reader(NamedTuple):
    """One call of `createInterface`. `binding` is the constant that holds it, None for an inline
    one; `input` is the expression it reads, `variable` the constant that this names. `kind` is
    what the input is: file (opened here), stdin, given, kept (in memory, or closed with what it
    comes from), piped or other."""

    call: Node
    binding: Binding | None
    input: Node
    found: Evidence
    variable: Binding | None
    kind: str


def _kind(file: File, found: Evidence, made: Node) -> str:
    if found.role == "stdio" and found.owner is Owner.PROCESS:
        return "stdin"
    if found.owner in _GIVEN:
        return "given"
    if is_own_file(file, found, made):
        return "file"
    if found.proven and found.kind.finite:
        return "kept"
    method = called_method(made)
    return "piped" if method is not None and method[1].text == b"pipe" else "other"


def reader_of(file: File, node: Node) -> Reader | None:
    """The interface that `node` names or makes, None when it is not surely one of readline's."""
    node = unwrap(node)
    if node.type == "call_expression":
        return _made(file, node, None)
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return None
    if not file.bindings.is_constant(binding):
        return None
    value = unwrap(binding.value)
    return _made(file, value, binding) if value.type == "call_expression" else None


def _made(file: File, call: Node, binding: Binding | None) -> Reader | None:
    function, given = callee(call), arguments(call)
    origin = file.bindings.origin(function) if function is not None else None
    if origin is None or not given or bare(origin.module) not in ("readline", "readline/promises"):
        return None
    if origin.name.rpartition(".")[2] != "createInterface":
        return None
    first = unwrap(given[0])
    taken = option(file, first, "input") if first.type == "object" else first
    if taken is None or taken.type == "spread_element":
        return None
    node = unwrap(taken)
    variable = None
    if node.type in ("identifier", "shorthand_property_identifier"):
        variable = file.bindings.resolve(node)
    found = evidence_of(file, node)
    kind = _kind(file, found, maker(file, node, variable))
    return Reader(call, binding, node, found, variable, kind)


def anchor(reader: Reader) -> int:
    """Where a reader of the finding looks: the name `createInterface`."""
    function = callee(reader.call)
    found = member(function)
    return (found[1] if found is not None else function or reader.call).start_byte


def input_obstacle(file: File, reader: Reader, end: int) -> str | None:
    """The code of what keeps the file a reader reads from being destroyed once the code up to
    offset `end` is done."""
    if reader.variable is None:
        return None
    if not file.bindings.is_constant(reader.variable) or reader.variable.path:
        return "input-not-a-file"
    declared = reader.variable.declaration.child_by_field_name("type")
    if declared is not None and "NodeJS." in file.source.text(declared):
        return "no-destroy"
    home = file.functions.enclosing(reader.variable.node)
    for use in input_uses(file, reader):
        code = _use_obstacle(use)
        if code is not None:
            return code
        closes = use.what == "method" and use.name in DESTROYING
        away = file.functions.enclosing(use.node) != home
        if (use.node.start_byte > end or away) and not closes and use.what != "listener":
            return "input-used-after"
    return None


def _use_obstacle(use: Use) -> str | None:
    if use.what == "pipe" or (use.what == "listener" and use.name in ("data", "readable")):
        return "input-read-elsewhere"
    if use.what == "listener" and use.name == "":
        return "input-read-elsewhere"
    if use.what == "method" and use.name not in DESTROYING | _PASSIVE:
        return "input-read-elsewhere"
    return "input-escapes" if use.what not in _SEEN else None


_SEEN = frozenset({"listener", "method", "property", "tested"})


def input_uses(file: File, reader: Reader) -> list[Use]:
    """The uses of the input's variable beside the interface."""
    if reader.variable is None:
        return []
    return [u for u in every_use(file, reader.variable) if not inside(u.node, reader.call)]


def reader_uses(file: File, reader: Reader, loop: Node) -> list[Use]:
    """The uses of the interface's variable beside the head of `loop`."""
    if reader.binding is None:
        return []
    head = loop.child_by_field_name("right")
    return [
        use for use in every_use(file, reader.binding) if head is None or not inside(use.node, head)
    ]


def is_alone(binding: Binding) -> bool:
    """Whether one declaration declares `binding` and nothing else."""
    holder = binding.declaration.parent
    declarators = [n for n in named(holder) if n.type == "variable_declarator"] if holder else []
    return len(declarators) == 1
