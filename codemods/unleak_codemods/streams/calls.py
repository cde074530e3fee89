"""What a call, a `new` or an `await` gives: a stream, a promise, or a thing that leads to one."""

from collections.abc import Sequence

from tree_sitter import Node

from unleak_codemods.streams import classes, declared_types, evidence, fields, knowledge
from unleak_codemods.streams.choices import chosen
from unleak_codemods.streams.knowledge import Kind, knowledge_of
from unleak_codemods.streams.levels import (
    FOREIGN,
    FOREVER,
    UNKNOWN,
    Evidence,
    Level,
    Owner,
    a,
    joined,
    said,
)
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    inside,
    named,
    unwrap,
)
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File

_NAMED_METHODS = {
    "createReadableStream": knowledge.FOREIGN_IN,
    "createWritableStream": knowledge.FOREIGN_OUT,
    "getReadStream": knowledge.FOREIGN_IN,
    "getReadableStream": knowledge.FOREIGN_IN,
    "openDownloadStream": knowledge.FOREIGN_IN,
    "openDownloadStreamByName": knowledge.FOREIGN_IN,
    "openUploadStream": knowledge.FOREIGN_OUT,
    "openUploadStreamWithId": knowledge.FOREIGN_OUT,
    "generateNodeStream": knowledge.FOREIGN_IN,
    "getFilesStream": knowledge.FOREIGN_IN,
}
# Named after those of fs by everybody who writes a store: what they give can be piped, though
# nobody knows how it fails.
_NAMED_AS_IN_FS = {
    "createReadStream": knowledge.FOREIGN_IN,
    "createWriteStream": knowledge.FOREIGN_OUT,
}
_CALLABLE_CLASSES = frozenset({"stream", "readable-stream"})
_ALWAYS_CALLED_BACK = frozenset({"stream", "readable-stream"})
_CORE_PLAIN = frozenset({"Promise", "bluebird"})


def made(file: File, node: Node, kind: Kind, why: str) -> Evidence:
    """What the expression `node` makes, proven. A thing that outlives the call by nature is of
    the module, whoever makes it."""
    return Evidence(Level.PROVEN, kind, _owner_of(kind), (f"{said(file, node)} {why}",))


def _owner_of(kind: Kind) -> Owner:
    if kind.lifetime == "process":
        return Owner.PROCESS
    return Owner.MODULE if kind.lifetime == "long" else Owner.HERE


def words(kind: Kind, module: str) -> str:
    """What a kind of `module` is called in a reason."""
    shape = kind.shape.rpartition("#")[2]
    what = f"is {a(kind.role)} of {module}" if kind.role else f"is {a(shape)} of {module}"
    return f"{what}, promised" if kind.promised else what


def of_call(file: File, node: Node, depth: int) -> Evidence:
    function = callee(node)
    if function is None:
        return UNKNOWN
    origin = file.bindings.origin(function)
    if origin is not None:
        if knowledge.is_foreign_pipe(origin.module, knowledge_of(file)):
            return FOREIGN
        kind = _called(file, origin)
        if kind is not None:
            return given(file, node, kind, words(kind, origin.module), depth)
        if (told := _told(file, node, origin)) is not None:
            return told
    elif function.type == "identifier" and file.bindings.resolve(function) is None:
        kind = knowledge.called("globals", file.source.text(function), knowledge_of(file))
        if kind is not None:
            return given(file, node, kind, words(kind, "Node"), depth)
    elif (either := _of_chosen(file, node, function, depth)) is not None:
        return either
    method = called_method(node)
    if method is not None:
        return _of_method(file, node, method, depth)
    target = local_function(file, function)
    return result_of(file, target, node, depth) if target is not None else UNKNOWN


def _of_chosen(file: File, node: Node, function: Node, depth: int) -> Evidence | None:
    """What a call of one of two functions gives that both give."""
    origins = chosen(file, function)
    kinds = [_called(file, origin) for origin in origins]
    if not kinds or kinds[0] is None or any(kind != kinds[0] for kind in kinds):
        return None
    which = " or ".join(knowledge.bare(origin.module) for origin in origins)
    return given(file, node, kinds[0], words(kinds[0], which), depth)


def _called(file: File, origin: Origin) -> Kind | None:
    kind = knowledge.called(origin.module, origin.name, knowledge_of(file))
    if kind is None and knowledge.bare(origin.module) in _CALLABLE_CLASSES:
        kind = knowledge.constructed(origin.module, origin.name, knowledge_of(file))
    return kind


def _told(file: File, node: Node, origin: Origin) -> Evidence | None:
    """What the file of the package that exports the callee says that the call gives."""
    from unleak_codemods.streams import elsewhere

    found = elsewhere.called(file, origin)
    return with_options(file, node, found) if found is not None and found.role else found


def given(file: File, node: Node, kind: Kind, why: str, depth: int) -> Evidence:
    """What a call gives that is known to give `kind`: its options and arguments may decide."""
    if kind.needs:
        if not shows(file, node, kind.needs):
            return UNKNOWN
        kind = kind._replace(needs="")
        why = f"{why}, as its options ask"
    if kind.passes is not None:
        return _passed(file, node, kind, depth)
    if kind.collects:
        if any(local_function(file, part) is not None for part in arguments(node)):
            why = f"{why.replace(kind.role, 'writable')} that gathers what it is given"
            kind = kind._replace(role="writable", fed=False)
        kind = kind._replace(collects=False)
    found = made(file, node, kind, why)
    return with_options(file, node, found) if kind.role and not kind.promised else found


def _passed(file: File, node: Node, kind: Kind, depth: int) -> Evidence:
    """The argument that a call gives back."""
    parts = arguments(node)
    if any(part.type == "spread_element" for part in parts) or not parts:
        return UNKNOWN
    assert kind.passes is not None
    if kind.passes >= 0:
        found = (
            evidence.thing_of(file, parts[kind.passes], depth + 1)
            if kind.passes < len(parts)
            else UNKNOWN
        )
    else:
        found = _last(file, node, parts, depth)
    if found.level < Level.LIKELY:
        return UNKNOWN
    if kind.promised:
        found = found._replace(kind=found.kind._replace(promised=True))
    return found._replace(binding=None).because(f"{said(file, node)} gives back what it is given")


def _last(file: File, node: Node, parts: list[Node], depth: int) -> Evidence:
    """The last argument that is no callback."""
    last = evidence.thing_of(file, parts[-1], depth + 1)
    if last.level >= Level.LIKELY or len(parts) < 2:
        return last
    function = callee(node)
    origin = file.bindings.origin(function) if function is not None else None
    always = origin is not None and knowledge.bare(origin.module) in _ALWAYS_CALLED_BACK
    if always or unwrap(parts[-1]).type in FUNCTIONS:
        return evidence.thing_of(file, parts[-2], depth + 1)
    return UNKNOWN


def shows(file: File, call: Node, needs: str) -> bool:
    """Whether an argument of `call` is seen to hold the option `name=value`."""
    name, _, value = needs.partition("=")
    if name.isdecimal():
        given_ = arguments(call)[int(name) : int(name) + 1]
        return any(file.source.text(part).rpartition(".")[2] == value for part in given_)
    for argument in arguments(call):
        options = _literal(file, unwrap(argument))
        for pair in named(options) if options is not None else []:
            key = pair.child_by_field_name("key") if pair.type == "pair" else None
            if key is None or file.source.text(key).strip("'\"") != name:
                continue
            held = pair.child_by_field_name("value")
            return held is not None and file.source.text(held).strip("'\"`") == value
    return False


def _literal(file: File, node: Node) -> Node | None:
    """The object literal that an argument is, itself or by its constant variable."""
    if node.type == "identifier":
        binding = file.bindings.resolve(node)
        if binding is None or binding.value is None or binding.path:
            return None
        node = unwrap(binding.value) if file.bindings.is_constant(binding) else node
    return node if node.type == "object" else None


def with_options(file: File, node: Node, found: Evidence) -> Evidence:
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


# Methods.


def _of_method(file: File, node: Node, method: tuple[Node, Node], depth: int) -> Evidence:
    receiver, name = method
    text = file.source.text(name)
    if (promise := _of_promise(file, node, receiver, text, depth)) is not None:
        return promise
    owner = evidence.thing_of(file, receiver, depth + 1)
    if owner == FOREIGN:
        return FOREIGN
    if text == "pipe" and owner.role != "own-pipe":
        parts = arguments(node)
        return evidence.thing_of(file, parts[0], depth + 1) if parts else UNKNOWN
    if owner.level >= Level.LIKELY:
        kind = knowledge.member_kind(owner.kind, text, called=True, knowledge=knowledge_of(file))
        if kind is not None:
            found = _given_by(file, node, owner, kind, depth)
            named_so = _NAMED_AS_IN_FS.get(text)
            agrees = named_so is not None and named_so.role == found.role
            return found._replace(level=Level.PROVEN) if agrees else found
    own = _of_own_method(file, node, receiver, text, depth)
    if own is not None:
        return own
    kind = _NAMED_AS_IN_FS.get(text) or _NAMED_METHODS.get(text)
    if kind is None:
        return UNKNOWN
    why = f"{said(file, node)} is taken for a {kind.role} by its method's name"
    found = Evidence(Level.LIKELY, kind, Owner.HERE, (why,), named=text in _NAMED_AS_IN_FS)
    return with_options(file, node, found)


def _given_by(file: File, node: Node, owner: Evidence, kind: Kind, depth: int) -> Evidence:
    """What a method of a known thing gives: the thing itself, or something made here."""
    if kind == owner.kind:
        return owner
    if kind.needs or kind.passes is not None:
        found = given(file, node, kind, f"is {a(kind.role or 'thing')} that it gives", depth)
        return found.at_most(owner.level)
    what = kind.role or kind.shape.rpartition("#")[2]
    promised = ", promised" if kind.promised else ""
    reason = f"{said(file, node)} gives a {what}{promised}"
    return Evidence(owner.level, kind, _owner_of(kind), (reason, *owner.reasons))


def _of_own_method(
    file: File, node: Node, receiver: Node, name: str, depth: int
) -> Evidence | None:
    """What a method of a class or an object of this file gives, by its code or declared type."""
    owner = classes.instance(file, receiver)
    if owner is not None:
        function = classes.function_named(file, owner, name)
        if function is not None and file.functions.kind(function) not in ("getter", "setter"):
            found = result_of(file, function, node, depth)
            open_ = classes.is_extended(file, owner) or _is_replaced(file, name, function)
            return found.at_most(Level.LIKELY) if open_ else found
    origin = classes.imported_instance(file, receiver)
    if origin is not None:
        path = f"{origin.name}.prototype.{name}".lstrip(".")
        if (told := _told(file, node, Origin(origin.module, path))) is not None:
            return told.at_most(Level.LIKELY) if receiver.type != "identifier" else told
    binding = file.bindings.resolve(receiver) if receiver.type == "identifier" else None
    declared = declared_types.declared_type(file, binding) if binding is not None else None
    if declared is None:
        return None
    typed = declared_types.of_method(file, declared, name)
    return typed._replace(owner=Owner.HERE) if typed is not None else None


def _is_replaced(file: File, name: str, function: Node) -> bool:
    """Whether the file puts another function in the place of a method."""
    return any(unwrap(right) != function for _, right in fields.assignments(file, name))


# Promises.


def of_await(file: File, node: Node, depth: int) -> Evidence:
    """`await x`, and the `yield x` that a compiler makes of it."""
    inner = named(node)
    if not inner:
        return UNKNOWN
    if node.type == "yield_expression":
        function = file.functions.enclosing(node)
        if function is None or not file.functions.is_downlevelled_async(function):
            return UNKNOWN
    return awaited(evidence.thing_of(file, inner[0], depth + 1))


def awaited(found: Evidence) -> Evidence:
    return found._replace(kind=knowledge.awaited(found.kind), binding=None)


def promised(found: Evidence) -> Evidence:
    """A promise of `found`; of a promise it is the same promise."""
    if found.level < Level.LIKELY:
        return UNKNOWN
    return found._replace(kind=found.kind._replace(promised=True))


def _of_promise(file: File, node: Node, receiver: Node, name: str, depth: int) -> Evidence | None:
    """`p.then(f)`, `p.catch(f)`, `Promise.resolve(x)`; None for what is none of these."""
    parts = arguments(node)
    if name == "resolve" and file.source.text(receiver) == "Promise" and parts:
        return promised(evidence.thing_of(file, parts[0], depth + 1))
    if name in ("catch", "finally"):
        found = evidence.thing_of(file, receiver, depth + 1)
        # What the handler gives takes the place of a promise that failed.
        return found.at_most(Level.LIKELY) if found.kind.promised else None
    if name != "then" or not parts:
        return None
    function = unwrap(parts[0])
    if function.type == "identifier":
        target = local_function(file, function)
        function = target if target is not None else function
    if function.type not in FUNCTIONS:
        return UNKNOWN
    return promised(result_of(file, function, None, depth + 1))


def elements_of_all(file: File, node: Node) -> list[Node] | None:
    """What `Promise.all([…])` waits for, None for any other expression."""
    method = called_method(node)
    if method is None or file.source.text(method[0]) not in _CORE_PLAIN:
        return None
    parts = arguments(node)
    if file.source.text(method[1]) not in ("all",) or len(parts) != 1:
        return None
    return named(parts[0]) if parts[0].type == "array" else None


# Functions of the file.


def local_function(file: File, function: Node) -> Node | None:
    """The function of this file that an expression is: itself, or its constant name."""
    function = unwrap(function)
    if function.type in FUNCTIONS:
        return function
    if function.type != "identifier":
        return None
    binding = file.bindings.resolve(function)
    if binding is None or binding.path or not file.bindings.is_constant(binding):
        return None
    body = binding.declaration if binding.kind == "function" else binding.value
    body = unwrap(body) if body is not None else None
    return body if body is not None and body.type in FUNCTIONS else None


def result_of(file: File, function: Node, call: Node | None, depth: int) -> Evidence:
    """What a call of a function of this file gives, by every `return`, or by its declared type.

    A `return` of nothing does not count: its caller would throw at the `.pipe`.
    """
    key = ("result", function.id)
    known = file.memo.get(key)
    if call is None and isinstance(known, Evidence):
        return known
    found = _by_returns(file, function, call, depth)
    if found.level < Level.PROVEN:
        typed = declared_types.of_returned(file, function)
        if typed is not None and typed.level > found.level:
            found = typed._replace(owner=Owner.HERE)
    if call is None:
        file.memo[key] = found
    return found


def _by_returns(file: File, function: Node, call: Node | None, depth: int) -> Evidence:
    kind = file.functions.kind(function)
    waits = file.functions.is_async(function)
    if kind == "generator" and file.functions.is_downlevelled_async(function):
        waits = True
    elif kind in ("generator", "async-generator"):
        return UNKNOWN
    returns = file.functions.completions(function).returns
    values = [named(node)[0] if node.type == "return_statement" else node for node in returns]
    if not values:
        return UNKNOWN
    found = _returned(file, function, values, call, depth)
    if found.level < Level.LIKELY:
        return FOREIGN if found == FOREIGN and not waits else UNKNOWN
    if waits:
        found = promised(found)
    name = file.functions.name_of(function)
    where = f"line {file.source.position(function.start_byte).line}"
    text = said(file, call) if call is not None else f"`{name or 'a function'}()`"
    what = found.role or found.kind.shape.rpartition("#")[2]
    promise = " promises" if found.kind.promised else " gives"
    reason = f"{text}{promise} a {what} on every return ({where})"
    owner = found.owner if _outlives(found, function) else Owner.HERE
    return found._replace(
        kind=found.kind._replace(finite=False), owner=owner, binding=None
    ).because(reason)


def _outlives(found: Evidence, function: Node) -> bool:
    """Whether what a function returns was there before the call, and is after it."""
    if found.owner is Owner.OUTER:
        return found.binding is None or not inside(found.binding.node, function)
    return found.owner in FOREVER


def _returned(
    file: File, function: Node, values: Sequence[Node], call: Node | None, depth: int
) -> Evidence:
    parts: list[Evidence] = []
    for value in values:
        value = unwrap(value)
        passed = _handed_back(file, function, value, call)
        if passed is not None:
            parts.append(evidence.thing_of(file, passed, depth + 1))
            continue
        handed = _class_handed_in(file, function, value, call)
        if handed is not None:
            parts.append(_instance_of(file, value, handed, depth + 1))
            continue
        awaiter = _awaiter_body(file, function, value)
        if awaiter is not None:
            parts.append(result_of(file, awaiter, None, depth + 1))
            continue
        leaf = evidence.either(file, [value], depth + 1)
        if leaf.level > Level.UNKNOWN or not _is_empty(file, value):
            parts.append(leaf)
    return joined(parts) if parts else UNKNOWN


def _is_empty(file: File, value: Node) -> bool:
    return value.type in ("null", "undefined") or file.source.bytes(value) == b"undefined"


def _awaiter_body(file: File, function: Node, value: Node) -> Node | None:
    """The generator of `return __awaiter(this, void 0, void 0, function* () { … })`."""
    if value.type != "call_expression" or not file.functions.is_downlevelled_async(function):
        return None
    parts = [unwrap(part) for part in arguments(value)]
    return next((part for part in parts if part.type == "generator_function"), None)


def _handed_back(file: File, function: Node, value: Node, call: Node | None) -> Node | None:
    """The argument of `call` for the parameter that `value` is, None for any other value."""
    if call is None or value.type != "identifier":
        return None
    binding = file.bindings.resolve(value)
    if binding is None or binding.kind != "param" or binding.path:
        return None
    if not file.bindings.is_constant(binding):
        return None
    given_ = arguments(call)
    for index, parameter in enumerate(file.functions.parameters(function)):
        if parameter == binding.node:
            before = given_[: index + 1]
            spread = any(part.type == "spread_element" for part in before)
            return given_[index] if index < len(given_) and not spread else None
    return None


def _class_handed_in(file: File, function: Node, value: Node, call: Node | None) -> Node | None:
    """The class that `call` hands in, where `value` is, or holds, `new` of that parameter."""
    if value.type == "identifier":
        binding = file.bindings.resolve(value)
        if binding is None or binding.path or not file.bindings.is_constant(binding):
            return None
        value = unwrap(binding.value) if binding.value is not None else value
    constructor = callee(value) if value.type == "new_expression" else None
    return _handed_back(file, function, constructor, call) if constructor is not None else None


# `new`.


def of_new(file: File, node: Node, depth: int) -> Evidence:
    constructor = callee(node)
    if constructor is None:
        return UNKNOWN
    if file.source.bytes(constructor) == b"Promise" and file.bindings.resolve(constructor) is None:
        return _of_executor(file, node, depth)
    return _instance_of(file, node, constructor, depth)


def _instance_of(file: File, node: Node, constructor: Node, depth: int) -> Evidence:
    """What an instance of a class is; `node` is what makes it."""
    kind, why = classes.class_of(file, constructor, depth)
    if kind is not None:
        return made(file, node, kind, why) if kind.role else FOREIGN
    origin = file.bindings.origin(constructor)
    if origin is not None:
        kind = knowledge.constructed(origin.module, origin.name, knowledge_of(file))
        return given(file, node, kind, words(kind, origin.module), depth) if kind else UNKNOWN
    if constructor.type == "identifier" and file.bindings.resolve(constructor) is None:
        kind = knowledge.constructed("globals", file.source.text(constructor), knowledge_of(file))
        return made(file, node, kind, words(kind, "Node")) if kind is not None else UNKNOWN
    return UNKNOWN


def _of_executor(file: File, node: Node, depth: int) -> Evidence:
    """`new Promise((resolve) => …)`: what every `resolve(…)` is given."""
    parts = arguments(node)
    executor = unwrap(parts[0]) if parts else None
    if executor is None or executor.type not in FUNCTIONS:
        return UNKNOWN
    parameters = file.functions.parameters(executor)
    binding = file.bindings.resolve(parameters[0]) if parameters else None
    if binding is None:
        return UNKNOWN
    values: list[Node] = []
    for use in file.bindings.references(binding):
        if use == binding.node:
            continue
        call = use.parent
        if call is None or call.type != "call_expression" or callee(call) != use:
            return UNKNOWN
        if len(arguments(call)) != 1 or arguments(call)[0].type == "spread_element":
            return UNKNOWN
        values.append(arguments(call)[0])
    found = evidence.either(file, values, depth + 1)
    if found.owner is Owner.OUTER and all(
        _made_in(node, evidence.thing_of(file, value, depth + 1)) for value in values
    ):
        found = found._replace(owner=Owner.HERE)
    return promised(found)


def _made_in(executor: Node, found: Evidence) -> bool:
    """Whether a stream was made in the executor of the promise that resolves to it."""
    if found.owner is Owner.OUTER:
        return found.binding is not None and inside(found.binding.node, executor)
    return found.owner is Owner.HERE
