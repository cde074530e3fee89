"""What a stage is that the file writes itself: how it is made, its hooks, and its options.

class Lines extends Transform { _transform(chunk, encoding, callback) { … } }
new Transform({ transform(chunk, encoding, callback) { … } })
inherits(Lines, Transform); Lines.prototype._transform = function (chunk, encoding, callback) …
const lines = new Transform(); lines._transform = function (chunk, encoding, callback) …
through2(function (chunk, encoding, callback) { … }, function (callback) { … })
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.inside.choices import NOTHING, UNTOLD, Choices, chosen
from unleak_codemods.inside.hooks import (
    Hook,
    called_by,
    function_meant,
    hook_named,
    hooks_among,
)
from unleak_codemods.streams import classes
from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.classes import CLASSES, Self
from unleak_codemods.streams.syntax import FUNCTIONS, arguments, callee, member, named, unwrap
from unleak_engine.bindings import Binding, Origin
from unleak_engine.codemod import File
from unleak_engine.origins import canonical

_BASES = frozenset({"Transform", "PassThrough", "Duplex", "Writable", "Readable"})
_CORE = frozenset({"stream", "readable-stream"})
_SHORT = {
    "readable-stream/transform": "Transform",
    "readable-stream/passthrough": "PassThrough",
    "readable-stream/duplex": "Duplex",
    "readable-stream/writable": "Writable",
}
_THROUGH = {("through2", name) for name in ("", "default", "obj", "ctor", "ctor.obj")} | {
    ("mississippi", "through"),
    ("mississippi", "through.obj"),
}
_HINT = re.compile(
    rb"(?<![\w$.])(?:class|new)(?![\w$])|\.prototype\b|\._(?:transform|write|writev|flush|final)\b"
    rb"|\b(?:through\w*|obj|ctor|Transform|Writable|Duplex|PassThrough)\s*\("
    rb"|through2['\"]\s*\)(?:\.\w+)*\("
)
_MODELS = ("core", "readable-stream")
_DEEPEST = 8


class Stage(NamedTuple):
    """A stage that the file writes. `node` is where a reader looks for it: the class, the `new`,
    the call, or the function that constructs it.

    `form` is class, function (with a prototype), options, assigned or through2. `base` is the
    class of Node it begins with, "" for a class of another file that extends one. `hooks` are its
    own; `inherited` those of the classes of this file that it extends. `made` are the expressions
    that make one, None when code may do so that is not seen. `extended`: another class of the
    file extends it.
    """

    node: Node
    form: str
    base: str
    hooks: tuple[Hook, ...]
    inherited: tuple[Hook, ...]
    choices: Choices
    made: tuple[Node, ...] | None
    extended: bool

    def hook(self, name: str) -> Hook | None:
        """The hook that Node will call."""
        found = (hook for hook in (*self.hooks, *self.inherited) if hook.name == name)
        return next(found, None)


def stages_in(file: File) -> tuple[Stage, ...]:
    """Every stage that the file writes, in text order."""
    known = file.memo.get("stages")
    if isinstance(known, tuple):
        return known
    # Until they are known, what leads to itself is none.
    file.memo["stages"] = ()
    found = {stage.node.start_byte: stage for stage in _found(file)}
    stages = tuple(found[at] for at in sorted(found))
    file.memo["stages"] = stages
    return stages


def hook_of(file: File, function: Node) -> tuple[Stage, Hook] | None:
    """The stage that calls `function`, and as what; None for any other function."""
    table = file.memo.get("hooks")
    if not isinstance(table, dict):
        table = file.memo["hooks"] = {
            hook.function.id: (stage, hook) for stage in stages_in(file) for hook in stage.hooks
        }
    found: tuple[Stage, Hook] | None = table.get(function.id)
    return found


def hooks_at(file: File, name: Node) -> list[tuple[Stage, Hook]]:
    """The hook whose name is `name`; those of a call of through2 that `name` is the callee of."""
    table = file.memo.get("hook names")
    if not isinstance(table, dict):
        table = file.memo["hook names"] = {
            hook.at.start_byte: (stage, hook) for stage in stages_in(file) for hook in stage.hooks
        }
    if name.start_byte in table:
        return [table[name.start_byte]]
    call: Node | None = name
    while call is not None and call.type in _CALLEES:
        for stage in stages_in(file):
            if stage.form == "through2" and stage.node == call:
                return [(stage, hook) for hook in stage.hooks]
        call = call.parent
    return []


_CALLEES = frozenset(
    {
        "identifier",
        "string_fragment",
        "string",
        "arguments",
        "call_expression",
        "member_expression",
    }
)


def hook_around(file: File, node: Node) -> tuple[Stage, Hook] | None:
    """The innermost hook that `node` stands in, in a callback of it too."""
    function = file.functions.enclosing(node)
    while function is not None:
        found = hook_of(file, function)
        if found is not None:
            return found
        outer = function.parent
        function = file.functions.enclosing(outer) if outer is not None else None
    return None


def _found(file: File) -> Iterator[Stage]:
    seen: set[int] = set()
    for hit in _HINT.finditer(file.source.data):
        node = file.source.root.named_descendant_for_byte_range(hit.start(), hit.end())
        while node is not None and node.type not in _PLACES:
            node = node.parent
        if node is None or node.id in seen:
            continue
        seen.add(node.id)
        stage = _stage(file, node)
        if stage is not None:
            yield stage


_PLACES = CLASSES | {"new_expression", "call_expression", "assignment_expression"}


def _stage(file: File, node: Node) -> Stage | None:
    if node.type in CLASSES:
        return _class(file, node)
    if node.type == "assignment_expression":
        return _with_prototype(file, node)
    constructor = callee(node)
    if constructor is None:
        return None
    if node.type == "call_expression" and _is_through(file, constructor):
        return _through(file, node, constructor)
    base = _core(file, constructor)
    return _with_options(file, node, base) if base is not None else None


# What a class begins with.


def _core(file: File, constructor: Node) -> str | None:
    """The class of Node that an expression is, None for any other thing."""
    origin = file.bindings.origin(constructor)
    if origin is None:
        return _either_core(file, constructor)
    return _core_name(origin)


def _either_core(file: File, constructor: Node) -> str | None:
    """What `Transform` or `stream.Transform` is where the name may stand for the core's module or
    for readable-stream: `if (!Transform) Transform = require('readable-stream').Transform`."""
    owner = member(constructor)
    holder = owner[0] if owner is not None else constructor
    binding = file.bindings.resolve(holder) if holder.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return None
    values: list[Node | None] = [binding.value]
    for write in file.bindings.writes(binding):
        values.append(write.parent.child_by_field_name("right") if write.parent else None)
    found: set[str | None] = set()
    for value in values:
        origin = file.bindings.origin(value) if value is not None else None
        if origin is not None and owner is not None:
            name = ".".join(filter(None, (origin.name, file.source.text(owner[1]))))
            origin = origin._replace(name=name)
        found.add(_core_name(origin) if origin is not None else None)
    return found.pop() if len(found) == 1 and len(values) > 1 else None


def _core_name(origin: Origin) -> str | None:
    module, name = canonical(origin.module, origin.name)
    if module in _SHORT and name in ("", "default"):
        return _SHORT[module]
    name = name.removeprefix("default.")
    return name if module in _CORE and name in _BASES else None


def _base(file: File, constructor: Node, depth: int = 0) -> tuple[str, tuple[Node, ...]] | None:
    """The class of Node that `constructor` extends in the end, and the classes of this file on the
    way there, itself among them."""
    base = _core(file, constructor)
    if base is not None:
        return base, ()
    if file.bindings.origin(constructor) is not None:
        kind, _ = classes.class_of(file, constructor)
        streams = ("readable", "writable", "duplex")
        ours = kind is not None and kind.role in streams and kind.model.startswith(_MODELS)
        return ("", ()) if ours else None
    binding = file.bindings.resolve(constructor) if constructor.type == "identifier" else None
    if binding is None or depth > _DEEPEST:
        return None
    parent = classes.parent_of(file, binding)
    above = _base(file, parent, depth + 1) if parent is not None else None
    if above is None:
        return None
    body = binding.value if binding.value is not None else binding.declaration
    return above[0], (unwrap(body), *above[1])


# The five ways to write one.


def _class(file: File, node: Node) -> Stage | None:
    parent = classes.parent_class(node)
    above = _base(file, parent) if parent is not None else None
    if above is None:
        return None
    body = node.child_by_field_name("body")
    hooks = tuple(hooks_among(file, named(body) if body is not None else [], "_"))
    inherited = tuple(
        hook
        for outer in above[1]
        if (held := outer.child_by_field_name("body")) is not None and outer.type in CLASSES
        for hook in hooks_among(file, named(held), "_")
    )
    owner = Self(node, None)
    constructor = classes.function_named(file, owner, "constructor")
    given = _super_call(constructor) if constructor is not None and not inherited else None
    choices = Choices()
    if given is not None:
        choices = chosen(file, arguments(given)[:1])
    elif above[1] or (constructor is not None and constructor.parent != body):
        choices = UNTOLD
    made = _made(file, _name_of_class(file, node))
    if given is None and constructor is None and not above[1]:
        # Whoever makes it gives the options straight to the base.
        choices = UNTOLD
        if made is not None and len(made) == 1:
            choices = chosen(file, arguments(made[0])[:1])
    extended = classes.is_extended(file, owner)
    return Stage(
        node, "class", above[0], called_by(above[0], hooks), inherited, choices, made, extended
    )


def _with_prototype(file: File, assignment: Node) -> Stage | None:
    """`Lines.prototype._transform = …`, or `lines._transform = …` for one that is made here."""
    left = member(assignment.child_by_field_name("left"))
    if left is None or left[0].type not in ("identifier", "member_expression"):
        return None
    owner = member(left[0])
    holder = owner[0] if owner is not None else left[0]
    binding = file.bindings.resolve(holder) if holder.type == "identifier" else None
    if binding is None:
        return None
    if owner is None:
        return _assigned(file, binding)
    if file.source.bytes(owner[1]) != b"prototype":
        return None
    above = _base(file, holder) or _created(file, binding)
    if above is None or binding.declaration.type in CLASSES:
        return None
    function = classes.assigned(binding.value) if binding.value is not None else binding.declaration
    found = classes.put_on_prototype(file).get(binding.name, [])
    hooks = tuple(
        hook
        for target, value in found
        if _prototype_of(file, target) == binding
        and (name := target.child_by_field_name("property")) is not None
        and (hook := hook_named(file, name, value, "_")) is not None
    )
    given = _constructor_call(file, function) if function.type in FUNCTIONS else None
    choices = chosen(file, arguments(given)[1:2]) if given is not None else UNTOLD
    return Stage(
        function,
        "function",
        above[0],
        called_by(above[0], hooks),
        (),
        choices,
        _made(file, binding),
        extended=False,
    )


def _assigned(file: File, binding: Binding) -> Stage | None:
    """A stage made without options, whose hooks are put on it one by one."""
    if binding.value is None or binding.path:
        return None
    value, _ = strip_listeners(file.source, binding.value)
    constructor = callee(value) if value.type in ("new_expression", "call_expression") else None
    base = _core(file, constructor) if constructor is not None else None
    if base is None or not file.bindings.is_constant(binding):
        return None
    return _with_options(file, value, base)


def _with_options(file: File, node: Node, base: str) -> Stage | None:
    """`new Transform({ … })`, without `new` too. Hooks that are put on it later are among its."""
    given = arguments(node)[:1]
    choices = chosen(file, given)
    parts = named(choices.node) if choices.node is not None else []
    hooks = list(hooks_among(file, parts, ""))
    form = "options" if hooks or given else "assigned"
    holder = node.parent
    while holder is not None and holder.type in ("member_expression", "call_expression"):
        if holder.type == "call_expression" and holder.child_by_field_name("function") is None:
            break
        holder = holder.parent
    target = holder.child_by_field_name("name") if holder is not None else None
    if holder is not None and holder.type == "variable_declarator" and target is not None:
        binding = file.bindings.resolve(target) if target.type == "identifier" else None
        if binding is not None:
            later = list(_put_on(file, binding))
            hooks = [hook for hook in hooks if all(hook.name != one.name for one in later)] + later
    if node.type == "call_expression" and not hooks:
        return None
    return Stage(node, form, base, called_by(base, hooks), (), choices, (node,), extended=False)


def _put_on(file: File, binding: Binding) -> Iterator[Hook]:
    """The hooks that are assigned to a stage under its name."""
    for use in file.bindings.references(binding):
        target = use.parent
        statement = target.parent if target is not None else None
        if statement is None or statement.type != "assignment_expression":
            continue
        left, right = (statement.child_by_field_name(field) for field in ("left", "right"))
        found = member(left)
        if found is None or right is None or found[0] != use:
            continue
        hook = hook_named(file, found[1], right, "_")
        if hook is not None:
            yield hook


def _is_through(file: File, function: Node) -> bool:
    origin = file.bindings.origin(function)
    return origin is not None and canonical(origin.module, origin.name) in _THROUGH


def _through(file: File, node: Node, function: Node) -> Stage | None:
    parts = arguments(node)
    origin = file.bindings.origin(function)
    objects = origin is not None and "obj" in origin.name.split(".")
    options: list[Node] = []
    if parts and function_meant(file, parts[0]) is None and unwrap(parts[0]).type not in NOTHING:
        options, parts = parts[:1], parts[1:]
    choices = chosen(file, options)
    if objects:
        choices = choices._replace(writes_objects=True, reads_objects=True)
    hooks = [
        hook
        for name, part in zip(("transform", "flush"), parts, strict=False)
        if (hook := hook_named(file, part, part, "", name)) is not None
    ]
    return Stage(node, "through2", "Transform", tuple(hooks), (), choices, (node,), extended=False)


def _super_call(constructor: Node) -> Node | None:
    body = constructor.child_by_field_name("body")
    for statement in named(body) if body is not None else []:
        inner = named(statement)
        call = unwrap(inner[0]) if statement.type == "expression_statement" and inner else None
        if call is not None and call.type == "call_expression":
            function = call.child_by_field_name("function")
            if function is not None and function.type == "super":
                return call
    return None


def _constructor_call(file: File, function: Node) -> Node | None:
    """`Transform.call(this, options)` among the statements of a function that constructs one."""
    body = function.child_by_field_name("body")
    for statement in named(body) if body is not None else []:
        inner = named(statement)
        call = unwrap(inner[0]) if statement.type == "expression_statement" and inner else None
        method = (
            member(callee(call)) if call is not None and call.type == "call_expression" else None
        )
        if call is None or method is None or file.source.bytes(method[1]) != b"call":
            continue
        if _base(file, method[0]) is not None:
            return call
    return None


_CREATE = re.compile(rb"\.prototype\s*=\s*Object\.create\s*\(")
_IN_A_NAME = re.compile(rb"[\w$]")


def _created(file: File, binding: Binding) -> tuple[str, tuple[Node, ...]] | None:
    """The base of `Lines.prototype = Object.create(Transform.prototype)`."""
    data, name = file.source.data, binding.name.encode()
    for hit in _CREATE.finditer(data):
        begin = hit.start() - len(name)
        if not data.endswith(name, 0, hit.start()):
            continue
        if begin and _IN_A_NAME.match(data, begin - 1):
            continue
        call = file.source.root.descendant_for_byte_range(hit.end() - 1, hit.end())
        while call is not None and call.type != "call_expression":
            call = call.parent
        parts = arguments(call) if call is not None else []
        owner = member(unwrap(parts[0])) if parts else None
        if owner is not None and file.source.bytes(owner[1]) == b"prototype":
            return _base(file, owner[0])
    return None


def _prototype_of(file: File, target: Node) -> Binding | None:
    found = member(target)
    owner = member(found[0]) if found is not None else None
    return file.bindings.resolve(owner[0]) if owner is not None else None


def _name_of_class(file: File, node: Node) -> Binding | None:
    name = node.child_by_field_name("name")
    if name is None:
        holder = node.parent
        while holder is not None and unwrap(holder) == node:
            holder = holder.parent
        declares = holder is not None and holder.type == "variable_declarator"
        name = holder.child_by_field_name("name") if holder is not None and declares else None
    if name is None:
        return None
    if node.type == "class" and name.parent == node:
        return None
    return file.bindings.lookup(file.source.text(name), name)


def _made(file: File, binding: Binding | None) -> tuple[Node, ...] | None:
    """The expressions that make one of a class, None when others may."""
    if binding is None or not file.bindings.is_constant(binding):
        return None
    places: list[Node] = []
    for use in file.bindings.references(binding):
        parent = use.parent
        if parent is None:
            return None
        if parent.type == "new_expression" and parent.child_by_field_name("constructor") == use:
            places.append(parent)
        elif _is_exported(parent) or not (
            file.bindings.declares(use) or _is_harmless(file, parent)
        ):
            return None
    return tuple(places)


def _is_harmless(file: File, parent: Node) -> bool:
    """Whether a class that is named there gives itself to nobody."""
    if parent.type != "arguments" or parent.parent is None:
        return parent.type in _HARMLESS
    function = callee(parent.parent)
    return function is not None and file.source.text(function).endswith(("nherits", "PrototypeOf"))


_HARMLESS = frozenset(
    {"class_heritage", "extends_clause", "member_expression", "binary_expression"}
)


def _is_exported(declaration: Node) -> bool:
    holder = declaration.parent
    if declaration.type == "variable_declarator" and holder is not None:
        value = declaration.child_by_field_name("value")
        if value is not None and value.type == "assignment_expression":
            return True
        holder = holder.parent
    return holder is not None and holder.type == "export_statement"
