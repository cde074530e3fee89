"""How a function is handed to a server or an app, and whose app that is."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import frameworks
from unleak_codemods.streams.frameworks import BY_MODULE, BY_NAME, Framework
from unleak_codemods.streams.handler_types import type_of
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    inside,
    member,
    named,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File


class Registration(NamedTuple):
    """One way a function is handed over. `style` says what it is given (`frameworks.parts`), ""
    when it is something else than a request: a test double, or a server that only sounds alike.
    `said` ends the sentence "… is a parameter of"; `sure` when the receiver is known, `wrapper`
    what a function around it does with a rejection: "" for none, "routed" or "unknown"."""

    style: str
    method: str
    said: str
    framework: Framework | None = None
    sure: bool = False
    wrapper: str = ""


class App(NamedTuple):
    """What takes handlers: an app, a router, a server. None of a `framework` for what is known
    to be none."""

    framework: Framework | None
    sure: bool = True


NONE = Registration("", "", "")
_NO_APP = App(None)
_DEEPEST = 6
_ON = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})
_DOUBLES = frozenset({"fn", "spy", "stub", "callsFake", "mockImplementation", "replace"})
_CALLED_BACK = frozenset(
    (
        *("map", "forEach", "filter", "reduce", "some", "every", "find", "flatMap", "sort"),
        *("then", "catch", "finally", "reply", "setTimeout", "setImmediate", "nextTick"),
        "subscribe",
    )
)
_CHAINED = (
    frameworks.VERBS
    | _ON
    | {"route", "use", "register", "decorate", "withTypeProvider", "listen", "basePath", "prefix"}
)
_SELVES = frozenset({"self", "that", "_this"})
_REQUEST = re.compile(r"(?:\.\.\.\w+|_?req(?:uest)?|(?:ctx|context)\.req)$")
_METEOR = frozenset(
    ["handlers", "rawHandlers", "connectHandlers", "rawConnectHandlers", "expressHandlers"]
)
_HOLDING_KEYS = frozenset({"handler", "handlers", "options", "config", "preHandler", "onRequest"})


_MODULE = re.compile(rb"""(?:\brequire\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1""")
_KNOWN = frozenset(
    (
        *BY_MODULE,
        *(module for module, _ in frameworks.GIVEN_TO),
        *frameworks.TYPES,
        *("@nestjs/common", "routing-controllers"),
    )
)
_WORDS = (b"WebApp", b"Picker", b"JsonRoutes", b"fastify", b"import(")


def modules_named(file: File) -> frozenset[str]:
    """The modules that the file's imports name, without `node:`."""
    known = file.memo.get("modules named")
    if not isinstance(known, frozenset):
        known = frozenset(
            bare(hit.group(2).decode(errors="replace"))
            for hit in _MODULE.finditer(file.source.data)
        )
        file.memo["modules named"] = known
    return known


def may_register(file: File) -> bool:
    """Whether a framework is in sight, so that a function can be a handler whatever its names."""
    known = file.memo.get("may register")
    if not isinstance(known, bool):
        known = any(word in file.source.data for word in _WORDS)
        known = known or not _KNOWN.isdisjoint(modules_named(file))
        file.memo["may register"] = known
    return known


def registration_of(file: File, function: Node) -> Registration | None:
    """How `function` is handed to something that calls it with a request, None when the file does
    not show it."""
    found = _handed(file, function, 0)
    if found is None and function.type == "method_definition":
        found = _of_method(file, function)
    return found


def _handed(file: File, value: Node, depth: int) -> Registration | None:
    """How the value of an expression, or a declared function, is handed over."""
    if depth > _DEEPEST:
        return None
    if value.type in ("function_declaration", "generator_function_declaration"):
        name = value.child_by_field_name("name")
        return _by_name(file, name, depth) if name is not None else None
    node = wrapped(value)
    parent = node.parent
    if parent is None:
        return None
    if parent.type == "array":
        return _handed(file, parent, depth + 1)
    if parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        given = parent.child_by_field_name("value")
        stored = name is not None and name.type == "identifier" and given == node
        return _by_name(file, name, depth) if stored and name is not None else None
    if parent.type == "member_expression":
        return _bound(file, node, parent, depth)
    if parent.type in ("pair", "object") or value.type == "method_definition":
        return _in_options(file, value)
    if parent.type != "arguments" or parent.parent is None:
        return None
    call = parent.parent
    found = _by_call(file, call, node)
    if found is not None:
        return found
    return _wrapping(file, call, node, depth)


def _by_name(file: File, name: Node, depth: int) -> Registration | None:
    """How the function that a name stands for is handed over, by the first use that shows it."""
    if file.source.bytes(name) not in _handed_names(file):
        return None
    binding = file.bindings.resolve(name)
    if binding is None or not file.bindings.is_constant(binding):
        return None
    uses = file.bindings.references(binding)
    for use in uses:
        parent = use.parent
        if parent is None or parent.type not in ("arguments", "array", "member_expression", "pair"):
            continue
        found = _handed(file, use, depth + 1)
        if found is not None:
            return found._replace(sure=found.sure and not _called_otherwise(file, uses))
    return None


_NAME_VALUE = re.compile(rb"(?<=[(,\[\s])([A-Za-z_$][\w$]*)\s*(?:\.\s*bind\s*\(|[,)\]])")


def _handed_names(file: File) -> frozenset[bytes]:
    """The names that stand where an argument or an element of a list may: most functions of a
    large file are never handed over, and need not be looked for."""
    known = file.memo.get("handed names")
    if not isinstance(known, frozenset):
        known = frozenset(hit.group(1) for hit in _NAME_VALUE.finditer(file.source.data))
        file.memo["handed names"] = known
    return known


def _called_otherwise(file: File, uses: list[Node]) -> bool:
    """Whether the file itself calls the function with something not named like a request."""
    for use in uses:
        call = use.parent
        if call is None or call.type != "call_expression" or callee(call) != use:
            continue
        if not any(_REQUEST.match(file.source.text(part)) for part in arguments(call)):
            return True
    return False


def _bound(file: File, node: Node, outer: Node, depth: int) -> Registration | None:
    """`download.bind(this)`, which is handed over in the place of `download`."""
    found = member(outer)
    if found is None or found[0].id != unwrap(node).id or file.source.text(found[1]) != "bind":
        return None
    call = outer.parent
    if call is None or call.type != "call_expression":
        return None
    return _handed(file, call, depth + 1)


def _of_method(file: File, method: Node) -> Registration | None:
    """How a method is handed over: `app.get('/', this.download)`, `controller.download`."""
    name = method.child_by_field_name("name")
    if name is None or method.parent is None or method.parent.type != "class_body":
        return None
    for use in _members_used(file).get(file.source.text(name), ()):
        found = _handed(file, use, 1)
        if found is not None:
            if _is_of_class(file, use, method.parent) or not found.style:
                return found
            return found._replace(style="?", sure=False)
    return None


def _is_of_class(file: File, use: Node, body: Node) -> bool:
    """Whether `x.method` is a method of the class with this body, by what `x` is."""
    found = member(use)
    if found is None:
        return False
    if found[0].type == "this" or file.source.text(found[0]) in _SELVES:
        return inside(use, body)
    if found[0].type != "identifier" or body.parent is None:
        return False
    own = body.parent.child_by_field_name("name")
    name = file.source.text(own) if own is not None else None
    if file.source.text(found[0]) == name:
        return True
    binding = file.bindings.resolve(found[0])
    made = binding.value if binding is not None and not binding.path else None
    target = callee(made) if made is not None and made.type == "new_expression" else None
    return target is not None and file.source.text(target) == name


_MEMBER_VALUE = re.compile(rb"\.([A-Za-z_$#][\w$]*)\s*(?:\.\s*bind\s*\(|[,)\]])")


def _members_used(file: File) -> dict[str, list[Node]]:
    """The members that are used as values, bound or not, by name."""
    known = file.memo.get("members used")
    if isinstance(known, dict):
        return known
    found: dict[str, list[Node]] = {}
    for hit in _MEMBER_VALUE.finditer(file.source.data):
        token = file.source.root.descendant_for_byte_range(hit.start(1), hit.end(1))
        holder = token.parent if token is not None else None
        if holder is not None and holder.type == "member_expression":
            found.setdefault(hit.group(1).decode(errors="replace"), []).append(holder)
    file.memo["members used"] = found
    return found


def _in_options(file: File, value: Node) -> Registration | None:
    """`app.route({ method: 'GET', handler(request, h) { … } })`, one object or a list of them."""
    node = value if value.type == "method_definition" else wrapped(value)
    for outer in ancestors(node):
        if outer.type == "pair":
            key = outer.child_by_field_name("key")
            if key is None or file.source.text(key) not in _HOLDING_KEYS:
                return None
        elif outer.type == "arguments":
            call = outer.parent
            method = called_method(call) if call is not None else None
            if method is None or file.source.text(method[1]) != "route":
                return None
            app = app_of(file, method[0])
            if app is None or app.framework is None:
                return None
            said = f"a handler given to `{_short(file, method[0])}.route`"
            return Registration(app.framework.style, "route", said, app.framework, app.sure)
        elif outer.type not in ("object", "array", "parenthesized_expression"):
            return None
        if node.type == "method_definition":
            name = node.child_by_field_name("name")
            if name is None or file.source.text(name) not in _HOLDING_KEYS:
                return None
    return None


def _by_call(file: File, call: Node, argument: Node) -> Registration | None:
    """What a call that is given a handler makes of it; None when it is no such call."""
    target = callee(call)
    if target is None:
        return None
    origin = file.bindings.origin(target)
    taking = frameworks.GIVEN_TO.get(_plain(origin)) if origin is not None else None
    if origin is not None and taking is not None:
        module, name = _plain(origin)
        said = f"a handler given to `{'.'.join(part for part in (module, name) if part)}`"
        return Registration("node", "", said, taking, True)
    if origin is not None and bare(origin.module) in frameworks.NOT_HTTP:
        return NONE
    method = called_method(call)
    if method is None:
        return None
    receiver, text = method[0], file.source.text(method[1])
    if text in _DOUBLES:
        return NONE
    said = f"a handler given to `{_short(file, receiver)}.{text}`"
    if (framework := _meteor(file, receiver, text)) is not None:
        return Registration("connect", text, said, framework, True)
    parts = arguments(call)
    first = string_value(parts[0], file.source.text(parts[0])) if parts else None
    app = app_of(file, receiver)
    if app is not None and app.framework is None:
        return NONE
    style = frameworks.EVENTS.get(first) if text in _ON and first is not None else None
    if style is not None and _is_server(app):
        said = f"a listener of '{first}'"
        if app is None or app.framework is None:
            return Registration(style, text, said)
        return Registration(style, text, f"{said} of {app.framework.name}", app.framework, app.sure)
    if app is not None and app.framework is not None:
        if not frameworks.takes_handlers(app.framework, text):
            return None
        style = app.framework.style
        if style == "fastify" and text == "use":
            style = "connect"
        return Registration(style, text, said, app.framework, app.sure)
    if text in frameworks.VERBS | {"use"} and call.type == "call_expression":
        routed = len(parts) > 1 and _is_route(file, parts[0]) and not inside(argument, parts[0])
        return Registration("?", text, said, None, routed)
    return None


def _is_server(app: App | None) -> bool:
    return app is None or (app.framework is not None and app.framework.style in ("node", "connect"))


def _is_route(file: File, node: Node) -> bool:
    """Whether a first argument is a path: `'/x'`, `` `/${x}` ``, `/^\\/x/`, a list of them."""
    if node.type == "array":
        parts = named(node)
        return bool(parts) and all(_is_route(file, part) for part in parts)
    text = file.source.text(node)
    return node.type == "regex" or text[:2] in ("'/", '"/', "`/", "'*", '"*')


def _wrapping(file: File, call: Node, argument: Node, depth: int) -> Registration | None:
    """A function that is given a handler and whose result is handed over: `wrap(async (req, res)
    => …)`."""
    target = callee(call)
    if target is None or call.type != "call_expression":
        return None
    last = file.source.text(target).rpartition(".")[2]
    if last in _CALLED_BACK or last in _DOUBLES:
        return None
    found = _handed(file, call, depth + 1)
    if found is None or not found.style:
        return found
    catches = _hands_on(file, target)
    wrapper = "unknown" if not catches or found.wrapper == "unknown" else "routed"
    return found._replace(wrapper=wrapper, sure=found.sure and catches)


def _hands_on(file: File, target: Node) -> bool:
    """Whether a wrapper is known to call what it is given with the request and the response, and
    to hand a rejection on to `next`."""
    origin = file.bindings.origin(target)
    if origin is not None:
        return bare(origin.module) in frameworks.WRAPPERS
    binding = file.bindings.resolve(target) if target.type == "identifier" else None
    if binding is None or not file.bindings.is_constant(binding):
        return False
    body = binding.declaration if binding.kind == "function" else binding.value
    if body is None or body.type not in FUNCTIONS:
        return False
    given = file.functions.parameter_name(body, 0)
    if given is None or len(file.functions.parameters(body)) != 1:
        return False
    return any(
        _calls_and_catches(file, inner, given)
        for inner in walk(body)
        if inner.type in FUNCTIONS and inner.id != body.id
    )


def _calls_and_catches(file: File, inner: Node, given: str) -> bool:
    """Whether a function of (req, res, next) calls `given` with these, and hands what it rejects
    with to `next`: by `.catch(next)`, or by `await` in a `try`."""
    names = [file.source.text(node) for node in file.functions.parameters(inner)]
    if len(names) == 1 and names[0].startswith("..."):
        passed, after = names[0], rf"{re.escape(names[0][3:])}\[[^\]]+\]"
    elif len(names) == 3:
        passed, after = ", ".join(names), re.escape(names[2])
    else:
        return False
    text = " ".join(file.source.text(inner).split())
    called = rf"\b{re.escape(given)}\({re.escape(passed)}\)"
    if re.search(called, text) is None:
        return False
    caught = rf"\.catch\((?:{after}|\(?(\w+)\)? => {after}\(\1\))\)"
    tried = rf"try \{{ (?:return )?await {called};? \}} catch \((\w+)\) \{{ (?:return )?{after}\("
    return re.search(caught, text) is not None or re.search(tried, text) is not None


def _meteor(file: File, receiver: Node, method: str) -> Framework | None:
    """`WebApp.handlers.use(…)` and what else Meteor and its packages bring."""
    text = file.source.text(receiver)
    head, _, rest = text.partition(".")
    named_so = head in ("WebApp", "Picker", "JsonRoutes") and (
        rest in _METEOR or (head != "WebApp" and not rest)
    )
    if not named_so:
        return None
    root = next((n for n in walk(receiver) if n.type == "identifier"), None)
    binding = file.bindings.resolve(root) if root is not None else None
    if binding is not None:
        origin = file.bindings.origin(root) if root is not None else None
        if origin is None or not origin.module.startswith("meteor/"):
            return None
    takes = frameworks.VERBS | {"use", "route", "middleware", "add"}
    return frameworks.METEOR if method in takes else None


def app_of(file: File, receiver: Node, depth: int = 0) -> App | None:
    """Whose app, router or server `receiver` is, by how it is made or typed; None when that is
    not seen."""
    key = ("app", receiver.id)
    if key not in file.memo:
        file.memo[key] = None  # a variable made from itself
        file.memo[key] = _app(file, unwrap(receiver), depth) if depth <= _DEEPEST else None
    found = file.memo[key]
    return found if isinstance(found, App) else None


def _app(file: File, node: Node, depth: int) -> App | None:
    if node.type == "await_expression":
        awaited = named(node)
        return app_of(file, awaited[0], depth + 1) if awaited else None
    if node.type in ("call_expression", "new_expression"):
        target = callee(node)
        origin = file.bindings.origin(target) if target is not None else None
        if origin is not None:
            return _made_by(origin)
        method = called_method(node)
        if method is not None and file.source.text(method[1]) in _CHAINED:
            return app_of(file, method[0], depth + 1)
        return None
    if node.type == "identifier":
        found = _of_variable(file, node, depth)
        if found is None and file.source.text(node) == "fastify":
            return App(BY_NAME["fastify"], sure=False)
        return found
    parts = member(node)
    if parts is None:
        return None
    if parts[0].type == "this" or file.source.text(parts[0]) in _SELVES:
        return _of_field(file, node, file.source.text(parts[1]), depth)
    origin = file.bindings.origin(node)
    known = origin is not None and bare(origin.module) in frameworks.NOT_HTTP
    return _NO_APP if known else None


def _made_by(origin: Origin) -> App | None:
    module, name = _plain(origin)
    framework = BY_MODULE.get(module)
    if framework is not None:
        return App(framework) if name in framework.made_by else None
    return _NO_APP if module in frameworks.NOT_HTTP else None


def _plain(origin: Origin) -> tuple[str, str]:
    name = origin.name.removeprefix("default").lstrip(".")
    return bare(origin.module), name


def _of_variable(file: File, node: Node, depth: int) -> App | None:
    binding = file.bindings.resolve(node)
    if binding is None or binding.path:
        return None
    typed = type_of(file, binding.node)
    if typed is not None:
        said = frameworks.TYPES.get(typed.module, {}).get(typed.name)
        framework = _framework_of_module(typed.module)
        if said == "app" and framework is not None:
            return App(framework)
    if binding.kind == "import":
        origin = file.bindings.origin(node)
        return _NO_APP if origin is not None and origin.module in frameworks.NOT_HTTP else None
    if binding.kind == "param":
        return _of_parameter(file, binding.node)
    return _agreed(file, [*_written(file, node)], depth)


def _framework_of_module(module: str) -> Framework | None:
    return BY_MODULE.get("express" if "express" in module else module)


def _of_parameter(file: File, parameter: Node) -> App | None:
    """The instance that a plugin is given: `fastify.register(async (instance) => …)`."""
    function = file.functions.enclosing(parameter)
    parameters = file.functions.parameters(function) if function is not None else []
    if function is None or not parameters or parameters[0].id != parameter.id:
        return None
    holder = wrapped(function).parent
    call = holder.parent if holder is not None and holder.type == "arguments" else None
    method = called_method(call) if call is not None else None
    if method is not None and file.source.text(method[1]) == "register":
        app = app_of(file, method[0], 1)
        if app is not None and app.framework is BY_NAME["fastify"]:
            return app
    return None


def _written(file: File, node: Node) -> Iterator[Node | None]:
    """All values that a variable is given, None for one that cannot be told."""
    binding = file.bindings.resolve(node)
    if binding is None or binding.kind not in ("const", "let", "var"):
        yield None
        return
    if binding.value is not None:
        yield binding.value
    for write in file.bindings.writes(binding):
        parent = write.parent
        plain = parent is not None and parent.type == "assignment_expression"
        yield parent.child_by_field_name("right") if plain and parent is not None else None


def _agreed(file: File, values: list[Node | None], depth: int) -> App | None:
    """The app that all values are, whose framework they agree on."""
    found: App | None = None
    for value in values:
        if value is not None and value.type in ("null", "undefined"):
            continue
        app = app_of(file, value, depth + 1) if value is not None else None
        if app is None or (found is not None and found.framework != app.framework):
            return None
        found = app if found is None else App(found.framework, found.sure and app.sure)
    return found


_FIELD_WRITE = re.compile(rb"\b(?:this|self|that|_this)\s*\.\s*([A-Za-z_$][\w$]*)\s*=(?![=>])")


def _of_field(file: File, node: Node, name: str, depth: int) -> App | None:
    """`this.app`, by all that the file assigns to a field of that name, or by its type."""
    values: list[Node | None] = []
    for start, end in _field_writes(file).get(name, ()):
        token = file.source.root.descendant_for_byte_range(start, end)
        target = token.parent if token is not None else None
        assignment = target.parent if target is not None else None
        if assignment is not None and assignment.type == "assignment_expression":
            values.append(assignment.child_by_field_name("right"))
    declared = _declared_field(file, node, name)
    if declared is not None:
        initial = declared.child_by_field_name("value")
        if initial is not None:
            values.append(initial)
        elif not values:
            own = declared.child_by_field_name("name") or declared
            typed = type_of(file, own)
            if typed is not None and frameworks.TYPES.get(typed.module, {}).get(typed.name):
                framework = _framework_of_module(typed.module)
                return App(framework) if framework is not None else None
    return _agreed(file, values, depth)


def _field_writes(file: File) -> dict[str, list[tuple[int, int]]]:
    """Where fields of `this` are assigned, by name."""
    known = file.memo.get("field writes")
    if isinstance(known, dict):
        return known
    found: dict[str, list[tuple[int, int]]] = {}
    for hit in _FIELD_WRITE.finditer(file.source.data):
        found.setdefault(hit.group(1).decode(), []).append((hit.start(1), hit.end(1)))
    file.memo["field writes"] = found
    return found


def _declared_field(file: File, node: Node, name: str) -> Node | None:
    body = next((n for n in ancestors(node) if n.type == "class_body"), None)
    for child in named(body) if body is not None else ():
        if child.type in ("public_field_definition", "field_definition"):
            own = child.child_by_field_name("name") or child.child_by_field_name("property")
            if own is not None and file.source.text(own) == name:
                return child
    return None


def _short(file: File, node: Node) -> str:
    text = " ".join(file.source.text(node).split())
    return text if len(text) <= 40 else text[:37] + "…"
