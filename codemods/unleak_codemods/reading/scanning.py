"""'data' listeners in a promise that have found what they look for, and let the file read on."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.reading import reasons
from unleak_codemods.reading.files import is_own_file, maker
from unleak_codemods.reading.readers import DESTROYING
from unleak_codemods.reading.wrapping import before, beside, constant
from unleak_codemods.streams.chains import SELF_RETURNING, Listener, strip_listeners
from unleak_codemods.streams.evidence import Evidence, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.settling import settling
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    called_method,
    in_block,
    inside,
    unwrap,
    walk,
    wrapped,
)
from unleak_codemods.streams.uses import every_use
from unleak_codemods.streams.wrappers import Wrapper, made_around, wrapper_around
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_HARMLESS = frozenset({"setEncoding", "pause", "removeListener", "off", "removeAllListeners"})
_PURE = frozenset(
    {"String", "Number", "Boolean", "BigInt", "parseInt", "parseFloat", "isNaN", "clearTimeout"}
)
_COLLECTING = frozenset({"push", "unshift", "splice", "pop", "shift", "sort", "reverse"})
_LOOKING = frozenset(
    {
        *(
            "includes",
            "indexOf",
            "lastIndexOf",
            "startsWith",
            "endsWith",
            "match",
            "search",
            "test",
        ),
        *("exec", "equals", "compare", "slice", "subarray", "substring", "substr", "split", "trim"),
        *(
            "trimEnd",
            "trimStart",
            "toString",
            "toLowerCase",
            "toUpperCase",
            "replace",
            "replaceAll",
        ),
        *("charAt", "charCodeAt", "codePointAt", "at", "concat", "join", "map", "filter", "some"),
        *("every", "find", "findIndex", "forEach", "parse", "from", "isBuffer", "byteLength"),
        *("readUInt8", "readUInt16LE", "readUInt16BE", "readUInt32LE", "readUInt32BE"),
    }
)
_LATER = frozenset({"error", "close", "open", "ready"})
"""Events that a destroyed stream still tells, or that tell nothing when all is well."""
_BRANCHES = frozenset({"if_statement", "switch_case", "catch_clause"})
_ASSIGNING = frozenset({"assignment_expression", "augmented_assignment_expression"})


class _Scan(NamedTuple):
    """A 'data' listener in the executor of `wrapper`. `stream` is what it listens to, `variable`
    the constant that this names or that holds it, `hits` the calls that settle the promise."""

    call: Node
    handler: Node
    wrapper: Wrapper
    stream: Node
    variable: Binding | None
    found: Evidence
    listeners: Sequence[Listener]
    hits: Sequence[Node]


def scan_at(file: File, call: Node) -> Answer | None:
    """The answer for `stream.on('data', …)`, None unless it settles a promise early and lets a
    file that is made for it read on."""
    scan = _scan(file, call)
    if scan is None:
        return None
    code = _obstacle(file, scan)
    return _declined(file, scan, code) if code is not None else _rewritten(file, scan)


def _scan(file: File, call: Node) -> _Scan | None:
    wrapper = wrapper_around(file, call)
    if wrapper is None or wrapper.obstacle is not None:
        return None
    top = _whole(file, call)
    root, listeners = strip_listeners(file.source, top)
    mine = next((item for item in listeners if item.node == call), None)
    handler = mine.handler if mine is not None else None
    if mine is None or mine.event != "data" or handler is None or handler.type not in FUNCTIONS:
        return None
    holder = wrapped(top).parent
    hits = list(_hits(file, handler, wrapper))
    if holder is None or holder.type == "member_expression":
        return None  # piped on
    if not hits or _closes_by_itself(file, handler):
        return None
    if any(node.type == "this" for hit in hits for node in walk(hit)):
        return None  # in a function of its own that is the stream
    variable = _variable(file, root, top)
    found = evidence_of(file, root)
    mine_alone = found._replace(owner=Owner.HERE) if made_around(file, wrapper, found) else found
    if not is_own_file(file, mine_alone, maker(file, root, variable)):
        return None
    if variable is not None and not _one_round(file, wrapper, variable):
        return None  # the next round reads on
    if variable is None:
        return _Scan(call, handler, wrapper, root, None, mine_alone, listeners, hits)
    if not file.bindings.is_constant(variable) or variable.path:
        return None
    everywhere = every_use(file, variable)
    if any(use.what not in ("listener", "method", "property", "tested") for use in everywhere):
        return None  # somebody else reads it, or closes it: whoever gets the promise's value too
    uses = [use for use in everywhere if not inside(use.node, top)]
    inner = [use for use in everywhere if inside(use.node, handler)]
    if any(use.what == "method" and use.name not in _HARMLESS for use in [*uses, *inner]):
        return None
    heard = {item.node.id: item for item in listeners}
    for use in uses:
        if use.what == "listener":
            heard[use.listener.node.id] = use.listener
    return _Scan(call, handler, wrapper, root, variable, mine_alone, list(heard.values()), hits)


def _closes_by_itself(file: File, handler: Node) -> bool:
    """Whether a listener closes what it is called on, under any name: `this.destroy()`."""
    return any(
        file.source.text(method[1]) in DESTROYING
        for node in walk(handler)
        if node.type == "call_expression" and (method := called_method(node)) is not None
    )


def _one_round(file: File, wrapper: Wrapper, variable: Binding) -> bool:
    """Whether each promise has a stream of its own."""
    if inside(variable.node, wrapper.executor):
        return True
    loop = file.functions.enclosing_loop(wrapper.new)
    return loop == file.functions.enclosing_loop(variable.node)


def _whole(file: File, call: Node) -> Node:
    """`call` with the listeners that are chained to it."""
    node = call
    while True:
        outer = wrapped(node).parent
        whole = wrapped(outer).parent if outer is not None else None
        if outer is None or outer.type != "member_expression" or whole is None:
            return node
        method = called_method(whole) if whole.type == "call_expression" else None
        if method is None or file.source.text(method[1]) not in SELF_RETURNING:
            return node
        node = whole


def _variable(file: File, root: Node, top: Node) -> Binding | None:
    if root.type == "identifier":
        return file.bindings.resolve(root)
    holder = wrapped(top).parent
    name = holder.child_by_field_name("name") if holder is not None else None
    if holder is None or holder.type != "variable_declarator" or name is None:
        return None
    return file.bindings.resolve(name) if name.type == "identifier" else None


def _hits(file: File, handler: Node, wrapper: Wrapper) -> Iterator[Node]:
    """The calls that settle the promise on some chunks and not on others."""
    for node in walk(handler, into_functions=False):
        if _settles(file, wrapper, node) and _is_conditional(node, handler):
            yield node


def _settles(file: File, wrapper: Wrapper, call: Node) -> bool:
    """Whether `call` calls one of the executor's two functions."""
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    binding = file.bindings.resolve(function) if function is not None else None
    if binding is None or binding.kind != "param":
        return False
    mine = binding.name in (wrapper.resolve, wrapper.reject)
    return mine and file.functions.enclosing(binding.node) == wrapper.executor


def _is_conditional(node: Node, handler: Node) -> bool:
    """Whether a listener gets to `node` on some chunks only."""
    for outer in ancestors(node):
        if outer == handler:
            break
        if outer.type in _BRANCHES:
            return True
    before_it = walk(handler, into_functions=False)
    return any(
        other.type == "return_statement" and other.end_byte <= node.start_byte
        for other in before_it
    )


def _obstacle(file: File, scan: _Scan) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if file.functions.is_async(scan.handler):
        return "listener-waits"
    for item in scan.listeners:
        others = item.event in ("data", "readable") and item.node != scan.call
        apart = item.event not in _LATER and not inside(item.node, scan.wrapper.executor)
        if others or apart or item.event is None:
            return "heard-by-others"
        if item.event == "end":
            names = (scan.wrapper.resolve, scan.wrapper.reject)
            if settling(file, item.handler, *names).how == "more":
                return "end-does-more"
    if _does_more(file, scan):
        return "listener-does-more"
    if any(not _is_plain(file, scan, hit) for hit in scan.hits):
        return "no-block"
    return None


def _does_more(file: File, scan: _Scan) -> bool:
    """Whether the listener has an effect on each chunk that may reach out of the promise."""
    for node in walk(scan.handler):
        if node.type in ("await_expression", "yield_expression"):
            return True
        if node.type == "new_expression" and not _is_error(file, node):
            return True
        if node.type in _ASSIGNING or node.type == "update_expression":
            field = "argument" if node.type == "update_expression" else "left"
            if not _is_local(file, scan, node.child_by_field_name(field)):
                return True
        if node.type == "call_expression" and _acts(file, scan, node):
            return True
    return any(_hands_out(file, scan, hit) for hit in scan.hits)


def _is_error(file: File, new: Node) -> bool:
    made = new.child_by_field_name("constructor")
    return made is not None and file.source.text(made).endswith(("Error", "RegExp"))


def _is_local(file: File, scan: _Scan, target: Node | None) -> bool:
    """Whether what is assigned is a variable of the executor, or of the function around it."""
    binding = file.bindings.resolve(target) if target is not None else None
    return binding is not None and _is_near(file, scan, binding)


def _is_near(file: File, scan: _Scan, binding: Binding) -> bool:
    if inside(binding.node, scan.wrapper.executor):
        return True
    home = file.functions.enclosing(binding.node)
    return home is not None and home == file.functions.enclosing(scan.wrapper.new)


def _reaches_out(file: File, scan: _Scan) -> bool:
    """Whether the listener names a variable of the function around the promise that it changes."""
    for node in walk(scan.handler):
        binding = file.bindings.resolve(node) if node.type == "identifier" else None
        if binding is None or inside(binding.node, scan.wrapper.executor):
            continue
        if binding == scan.variable or not _is_near(file, scan, binding):
            continue
        if not file.bindings.is_constant(binding):
            return True
    return False


def _acts(file: File, scan: _Scan, call: Node) -> bool:
    """Whether `call` may do something besides giving a value."""
    method = called_method(call)
    if method is None:
        function = call.child_by_field_name("function")
        name = file.source.text(function) if function is not None else ""
        return not _settles(file, scan.wrapper, call) and name not in _PURE
    name, owner = file.source.text(method[1]), method[0]
    binding = file.bindings.resolve(owner) if owner.type == "identifier" else None
    if binding is not None and binding == scan.variable:
        return name not in _HARMLESS
    if name in _COLLECTING:
        return not _is_own_list(file, scan, binding)
    return name not in _LOOKING


def _is_own_list(file: File, scan: _Scan, binding: Binding | None) -> bool:
    """Whether a variable near the promise holds a list that only its listeners see."""
    if binding is None or binding.value is None or binding.path:
        return False
    if unwrap(binding.value).type != "array" or not _is_near(file, scan, binding):
        return False
    handlers = [item.handler for item in scan.listeners if item.handler is not None]
    return all(
        node == binding.node or any(inside(node, handler) for handler in handlers)
        for node in file.bindings.references(binding)
    )


def _hands_out(file: File, scan: _Scan, hit: Node) -> bool:
    """Whether the promise is settled with a list that the listener goes on filling."""
    for node in walk(hit):
        if node.type not in ("identifier", "shorthand_property_identifier"):
            continue
        binding = file.bindings.resolve(node)
        if _is_own_list(file, scan, binding) and not any(
            outer != hit and outer.type == "call_expression" and inside(outer, hit)
            for outer in ancestors(node)
        ):
            return True
    return False


def _is_plain(file: File, scan: _Scan, hit: Node) -> bool:
    """Whether a statement can stand beside the call that settles the promise."""
    holder = wrapped(hit).parent
    if holder is None:
        return False
    if holder.type == "expression_statement":
        return bool(beside(file.source, holder, ""))
    if holder.type != "return_statement":
        return False
    bound = scan.variable.name.encode() if scan.variable is not None else None
    names = {n.text for n in walk(hit) if n.type == "identifier"}
    return bound not in names and (in_block(holder) or _is_on_its_line(file, holder))


def _is_on_its_line(file: File, statement: Node) -> bool:
    start = file.source.line_start(statement.start_byte)
    return bool(file.source.data[start : statement.start_byte].strip())


def _rewritten(file: File, scan: _Scan) -> Answer:
    source, ahead = file.source, []
    if scan.variable is not None:
        name = scan.variable.name
        if any(file.bindings.lookup(name, hit) != scan.variable for hit in scan.hits):
            return _declined(file, scan, "no-block")
    else:
        statement = file.functions.statement_of(scan.call)
        whole = wrapped(_whole(file, scan.call)).parent
        if whole is None or whole != statement or not in_block(statement):
            return _declined(file, scan, "no-block")
        if statement.start_byte != scan.stream.start_byte:
            return _declined(file, scan, "no-block")
        name = file.bindings.fresh_name("stream", scan.hits[0])
        if name != file.bindings.fresh_name("stream", statement):
            name = file.bindings.fresh_name("stream")
        value = constant(source, name, scan.stream, source.indent(statement.start_byte))
        ahead = [
            before(source, statement, value),
            Edit.replace(scan.stream.start_byte, scan.stream.end_byte, name),
        ]
    edits = [edit for hit in scan.hits for edit in _destroyed(file, hit, f"{name}.destroy()")]
    notes = []
    if scan.wrapper.form not in ("returned", "arrow") and _reaches_out(file, scan):
        notes.append(reasons.COUNTED)
    if any(item.event == "close" for item in scan.listeners):
        notes.append(reasons.INPUT_CLOSE_IS_HEARD)
    if scan.found.kind.opaque:
        notes.append(reasons.OPTIONS)
    if not scan.found.proven:
        notes.append(reasons.LIKELY)
    return Rewrite(
        span=Span.of(scan.call),
        anchor=_anchor(scan),
        message=reasons.SCAN,
        edits=(*ahead, *edits),
        safety=Safety.UNSAFE if notes else Safety.SAFE,
        evidence=(grounds(file, scan.stream, scan.found),),
        notes=tuple(notes),
    )


def _destroyed(file: File, hit: Node, text: str) -> tuple[Edit, ...]:
    source, holder = file.source, wrapped(hit).parent
    assert holder is not None
    if holder.type == "expression_statement":
        return beside(source, holder, text)
    if in_block(holder):
        return (before(source, holder, text),)
    return (
        Edit.insert(holder.start_byte, f"{{ {text}; "),
        Edit.insert(holder.end_byte, " }"),
    )


def _anchor(scan: _Scan) -> int:
    method = called_method(scan.call)
    return method[1].start_byte if method is not None else scan.call.start_byte


def _declined(file: File, scan: _Scan, code: str) -> Declined:
    reason = reasons.REASONS[code]
    name = scan.variable.name if scan.variable is not None else "stream"
    return Declined(
        span=Span.of(scan.call),
        anchor=_anchor(scan),
        message=reasons.SCAN,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("STREAM", name),
        evidence=(grounds(file, scan.stream, scan.found),),
        shown=reason.shown,
    )
