"""Streams made once, when a module is loaded, that are a stage for every request."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.chains import chain_at
from unleak_codemods.streams.evidence import Evidence, Level, evidence_of
from unleak_codemods.streams.exporting import definition, table_of
from unleak_codemods.streams.handlers import serving_at
from unleak_codemods.streams.pipeline_calls import option, pipeline_call
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    inside,
    same,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_SERVES = frozenset(["connection", "request", "secureConnection", "session", "stream", "upgrade"])
_KEYED = re.compile(r"create(?:C|Dec)ipheriv|createHmac|createSign|createVerify")
_SHARED_OPTIONS = frozenset(["fd", "signal"])
"""Options that are one thing for all: a file that is closed with the first, a signal."""
_STATIC = frozenset(["string", "number", "true", "false", "null", "undefined", "template_string"])


class Use(NamedTuple):
    """`node`, a mention of the stream, is stage number `place` of `stages`, all made or given in
    the function around it. `ends` tells whether the last of them is ended with the others,
    `joins` whether the stream itself is not, so that others may feed it, too."""

    node: Node
    stages: tuple[Node, ...]
    place: int
    ends: bool
    joins: bool = False

    @property
    def in_between(self) -> bool:
        return 0 < self.place < len(self.stages) - 1


class Shared(NamedTuple):
    """A variable of the module that holds one stream for all. `uses` are its mentions as a stage,
    `code` why no machine makes it a function, None when one can."""

    binding: Binding
    value: Node
    evidence: Evidence
    uses: tuple[Use, ...]
    code: str | None


def shared_at(file: File, declarator: Node) -> Shared | None:
    """The variable of `declarator` as such a stream; None when nothing says that it is used by
    more than one request, or when others join what it carries on purpose."""
    name, value = (declarator.child_by_field_name(field) for field in ("name", "value"))
    binding = file.bindings.resolve(name) if name is not None else None
    if binding is None or value is None or binding.path or binding.scope.type != "program":
        return None
    if not file.bindings.is_constant(binding):
        return None
    mentions = [use for use in file.bindings.references(binding) if not file.bindings.declares(use)]
    uses = [use for node in mentions if (use := _use(file, node)) is not None]
    if not any(_is_served(file, use) for use in uses):
        return None
    evidence = evidence_of(file, value)
    if not evidence.proven or not evidence.kind.core:
        return None
    if not _is_for_one(evidence, uses) or _is_hub(file, mentions):
        return None
    code = _obstacle(file, declarator, binding, mentions, uses)
    return Shared(binding, value, evidence, tuple(uses), code)


def _use(file: File, node: Node) -> Use | None:
    """`node` as a stage of a `.pipe` chain or a pipeline inside of a function."""
    if file.functions.enclosing(node) is None:
        return None
    place = wrapped(node)
    parent = place.parent
    if parent is not None and parent.type == "arguments" and parent.parent is not None:
        call = parent.parent
        found = pipeline_call(file, call)
        if found is not None and found.whole_seen:
            ends = option(file, found.options, "end") is None
            return _indexed(node, found.stages, ends=ends)
        method = called_method(call)
        if method is None or file.source.text(method[1]) != "pipe":
            return None
        return _in_chain(file, call, node)
    outer = parent.parent if parent is not None and parent.type == "member_expression" else None
    if outer is None or called_method(outer) is None:
        return None
    return _in_chain(file, outer, node)


def _in_chain(file: File, call: Node, node: Node) -> Use | None:
    """`node` as a stage of the chain that `call` is a link of."""
    first = call
    for each in walk(call, into_functions=False):
        # The first `.pipe` of a chain is the innermost of the calls it begins with.
        method = called_method(each) if each.type == "call_expression" else None
        if method is None or not same(_head(each), _head(call)):
            continue
        if file.source.text(method[1]) == "pipe":
            first = each
    chain = chain_at(file.source, first)
    if chain is None:
        return None
    stages = tuple(stage.node for stage in chain.stages)
    alone = [len(link.arguments) == 1 for link in chain.pipes]
    use = _indexed(node, stages, ends=all(alone))
    if use is None or use.place == 0:
        return use
    return use._replace(joins=not alone[use.place - 1])


def _head(call: Node) -> Node:
    """What the calls on the way down `call` begin with."""
    while (found := called_method(call)) is not None:
        call = found[0]
    return call


def _indexed(node: Node, stages: tuple[Node, ...], *, ends: bool) -> Use | None:
    index = next((at for at, stage in enumerate(stages) if same(unwrap(stage), node)), None)
    return Use(node, stages, index, ends) if index is not None else None


def _is_served(file: File, use: Use) -> bool:
    """Whether the code around a use runs again and again: it handles requests or connections, or
    it is what the module exports, and is given one of the other stages."""
    others = [stage for stage in use.stages if not same(unwrap(stage), use.node)]
    found = [evidence_of(file, stage) for stage in others]
    if not any(each.level >= Level.LIKELY for each in found):
        return False
    if serving_at(file, use.node) is not None:
        return True
    given = [each.binding for each in found if each.binding and each.binding.kind == "param"]
    functions = [file.functions.enclosing(binding.node) for binding in given]
    return any(
        f is not None and (_is_listener(file, f) or _is_exported(file, f)) for f in functions
    )


def _is_listener(file: File, function: Node) -> bool:
    holder = wrapped(function).parent
    call = holder.parent if holder is not None and holder.type == "arguments" else None
    if call is None:
        return False
    target = callee(call)
    method = called_method(call)
    name = file.source.text(method[1]) if method is not None else ""
    if name in ("on", "addListener") and arguments(call):
        event = arguments(call)[0]
        return string_value(event, file.source.text(event)) in _SERVES
    return target is not None and file.source.text(target).endswith("createServer")


def _is_exported(file: File, function: Node) -> bool:
    things = (thing for each in table_of(file).names.values() for thing in each)
    return any(
        thing.node is not None and same(definition(file, thing.node), function) for thing in things
    )


def _is_for_one(evidence: Evidence, uses: list[Use]) -> bool:
    """Whether every use takes the stream for itself: it stands between what comes and what goes,
    or is a file that is sent. At the end of a chain it may be where all of them come together."""
    if any(use.joins for use in uses):
        return False
    if evidence.role == "duplex":
        return any(use.in_between for use in uses) or _is_joined(uses)
    readable = evidence.role == "readable" and evidence.kind.finite
    return readable and all(use.place == 0 and use.ends for use in uses)


def _is_joined(uses: list[Use]) -> bool:
    """Whether one use feeds the stream and another, in the same function, takes from it."""
    last = [use for use in uses if use.place and use.place == len(use.stages) - 1 and use.ends]
    first = [use for use in uses if use.place == 0]
    return any(_function(one.node) == _function(other.node) for one in last for other in first)


def _function(node: Node) -> int:
    return next((outer.id for outer in ancestors(node) if outer.type in FUNCTIONS), 0)


def _is_hub(file: File, mentions: list[Node]) -> bool:
    """Whether the module itself connects the stream: then it is one on purpose."""
    for node in mentions:
        if file.functions.enclosing(node) is not None:
            continue
        parent = wrapped(node).parent
        if parent is not None and parent.type == "arguments":
            return True
        outer = parent.parent if parent is not None else None
        method = called_method(outer) if outer is not None else None
        if method is not None and file.source.text(method[1]) in ("pipe", "write", "end", "push"):
            return True
    return False


def _obstacle(
    file: File, declarator: Node, binding: Binding, mentions: list[Node], uses: list[Use]
) -> str | None:
    holder = declarator.parent.parent if declarator.parent is not None else None
    exports = (thing.node for each in table_of(file).names.values() for thing in each)
    if holder is not None and holder.type == "export_statement":
        return "stage-exported"
    if any(node is not None and file.bindings.resolve(node) == binding for node in exports):
        return "stage-exported"
    as_type = rb"\btypeof\s+" + re.escape(binding.name.encode()) + rb"(?![\w$])"
    if len(uses) < len(mentions) or re.search(as_type, file.source.data) is not None:
        return "stage-used-otherwise"
    functions = [_function(use.node) for use in uses]
    if len(set(functions)) < len(functions):
        return "stage-used-twice"
    # One that only feeds or only takes from it counts on what the others do with the same one.
    if any(use.in_between for use in uses) and not all(use.in_between for use in uses):
        return "stage-used-otherwise"
    if declarator.child_by_field_name("type") is not None:
        return "stage-typed"
    value = binding.value
    return _value_obstacle(file, value) if value is not None else None


def _value_obstacle(file: File, value: Node) -> str | None:
    """Why what makes the stream cannot be run again for each use."""
    value = unwrap(value)
    made = callee(value)
    if value.type not in ("call_expression", "new_expression") or made is None:
        return "stage-computed"
    if _KEYED.search(file.source.text(made)) is not None:
        return "stage-computed"
    behind = definition(file, made)
    if behind.type in ("class", "class_declaration") and any(_outer_writes(file, behind)):
        return "stage-state"
    for part in arguments(value):
        code = _part_obstacle(file, unwrap(part))
        if code is not None:
            return code
    # What `createGzip(options()).setEncoding('hex')` is made with stands further in.
    method = called_method(value)
    inner = unwrap(method[0]) if method is not None else None
    if inner is not None and inner.type in ("call_expression", "new_expression"):
        return _value_obstacle(file, inner)
    return None


def _part_obstacle(file: File, part: Node) -> str | None:
    if part.type in FUNCTIONS:
        return "stage-state" if any(_outer_writes(file, part)) else None
    if part.type in ("call_expression", "new_expression"):
        if not evidence_of(file, part).proven:
            return "stage-computed"
        return _value_obstacle(file, part)
    if part.type == "identifier":
        if evidence_of(file, part).level >= Level.LIKELY:
            return "stage-of-streams"
        behind = definition(file, part)
        if behind.type in FUNCTIONS:
            return "stage-state" if any(_outer_writes(file, behind)) else None
        return None if behind.type in _STATIC else "stage-computed"
    if part.type == "object":
        for each in part.named_children:
            inner = each.child_by_field_name("value") if each.type == "pair" else each
            key = each.child_by_field_name("key")
            if key is not None and file.source.text(key) in _SHARED_OPTIONS:
                return "stage-computed"
            if inner is None or inner.type in ("spread_element", "shorthand_property_identifier"):
                return "stage-computed"
            if inner.type != "comment" and (code := _part_obstacle(file, unwrap(inner))):
                return code
        return None
    return None if part.type in (*_STATIC, "member_expression", "regex") else "stage-computed"


def _outer_writes(file: File, function: Node, seen: frozenset[int] = frozenset()) -> Iterator[Node]:
    """Mentions in `function`, and in the functions of the file that it names, of variables outside
    of it that change, or whose value may."""
    seen |= {function.id}
    for node in walk(function):
        if node.type != "identifier" or file.bindings.declares(node):
            continue
        binding = file.bindings.resolve(node)
        if binding is None or inside(binding.node, function) or binding.kind == "import":
            continue
        behind = definition(file, node)
        if behind.type in FUNCTIONS and behind.id not in seen:
            yield from _outer_writes(file, behind, seen)
        if file.bindings.is_constant(binding) and behind.type in (*_STATIC, *FUNCTIONS, "regex"):
            continue
        if file.bindings.origin(node) is None and behind.type != "class_declaration":
            yield node
