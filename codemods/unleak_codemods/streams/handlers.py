"""Request handlers: which functions answer requests, and what their parameters are."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.syntax import arguments, called_method, callee, string_value, wrapped
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_REQUESTS = frozenset({"req", "request", "_req", "_request"})
_RESPONSES = frozenset({"res", "response", "resp", "_res", "_response", "rsp", "reply"})
_AFTER = frozenset({"next", "_next", "done", "cb", "callback"})
_VERBS = frozenset(
    [
        "get",
        "post",
        "put",
        "delete",
        "patch",
        "head",
        "options",
        "all",
        "use",
        "param",
        "route",
        "del",
        "link",
        "search",
    ]
)
_SERVERS = frozenset({"http", "https", "http2"})
_APPS = frozenset({"express", "restify", "connect", "polka", "router", "@koa/router"})


class Handler(NamedTuple):
    """A function that answers requests. `sure` when it is seen to be registered as one, not only
    named like one; `next` is the name of its third parameter, if that takes an error."""

    function: Node
    request: str
    response: str
    next: str | None
    sure: bool
    reason: str


def handler_at(file: File, node: Node) -> Handler | None:
    """The nearest request handler around `node`, through any functions inside it."""
    function = file.functions.enclosing(node)
    while function is not None:
        handler = handler_of(file, function)
        if handler is not None:
            return handler
        outer = function.parent
        function = file.functions.enclosing(outer) if outer is not None else None
    return None


def handler_of(file: File, function: Node) -> Handler | None:
    """`function` as a request handler, None when it does not look like one."""
    key = ("handler", function.id)
    if key not in file.memo:
        file.memo[key] = _handler_of(file, function)
    found = file.memo[key]
    return found if isinstance(found, Handler) else None


def _handler_of(file: File, function: Node) -> Handler | None:
    names = [
        file.source.text(node) if node.type == "identifier" else ""
        for node in file.functions.parameters(function)
    ]
    if len(names) == 4 and names[1] in _REQUESTS:
        names = names[1:]
    registered = _registration(file, function)
    if len(names) < 2 or len(names) > 4:
        return None
    request, response = names[0], names[1]
    named = request in _REQUESTS and response in _RESPONSES
    if not named and registered is None:
        return None
    if not named and not (request and response):
        return None
    after = names[2] if len(names) > 2 and names[2] in _AFTER else None
    reason = registered or f"a function of ({request}, {response})"
    return Handler(function, request, response, after, registered is not None, reason)


def _registration(file: File, function: Node) -> str | None:
    """How `function` is handed to a server or an app, None when that is not seen."""
    node = wrapped(function)
    holder = node.parent
    if holder is None or holder.type != "arguments" or holder.parent is None:
        return None
    call = holder.parent
    target = callee(call)
    if target is None:
        return None
    origin = file.bindings.origin(target)
    if origin is not None and bare(origin.module) in _SERVERS and "reateS" in origin.name:
        return f"the handler of {origin.module}.{origin.name}"
    method = called_method(call)
    if method is None:
        return None
    receiver, name = method
    text = file.source.text(name)
    app = _app(file, receiver)
    if text in _VERBS and app is not None:
        return f"a handler given to `{file.source.text(receiver)}.{text}` of {app}"
    if text == "on" and arguments(call):
        event = arguments(call)[0]
        if string_value(event, file.source.text(event)) == "request":
            return "a listener of 'request'"
    return None


def _app(file: File, receiver: Node) -> str | None:
    """The web framework whose app or router `receiver` is, by how it was made."""
    if receiver.type == "call_expression" and (method := called_method(receiver)) is not None:
        return _app(file, method[0])
    if receiver.type != "identifier":
        return None
    binding = file.bindings.resolve(receiver)
    if binding is None or binding.value is None or binding.path:
        return None
    made = binding.value
    if made.type not in ("call_expression", "new_expression"):
        return None
    target = callee(made)
    origin = file.bindings.origin(target) if target is not None else None
    return origin.module if origin is not None and origin.module in _APPS else None


def is_context(file: File, identifier: Node) -> bool:
    """Whether `identifier` is the `ctx` of a Koa-like handler."""
    if file.source.text(identifier) not in ("ctx", "context"):
        return False
    binding = file.bindings.resolve(identifier)
    return binding is not None and binding.kind == "param"


_GIVES_MESSAGE = {("http", "get"), ("http", "request"), ("https", "get"), ("https", "request")}


def parameter_role(file: File, binding: Binding) -> tuple[str, bool, str] | None:
    """(role, sure, reason) of a parameter that a server or client hands over."""
    function = file.functions.enclosing(binding.node)
    if function is None:
        return None
    handler = handler_of(file, function)
    if handler is not None:
        if binding.name == handler.response:
            return "response", True, f"`{binding.name}` is the response of {handler.reason}"
        if binding.name == handler.request:
            return "request", True, f"`{binding.name}` is the request of {handler.reason}"
        return None
    if binding.name in _RESPONSES and (said := _answers_with(file, binding)) is not None:
        return "response", True, f"`{binding.name}.{said}()` is what one calls on a response"
    return _handed_over(file, function, binding)


_ANSWERING = frozenset(
    {"setHeader", "writeHead", "sendStatus", "status", "type", "attachment", "sendFile"}
)


def _answers_with(file: File, binding: Binding) -> str | None:
    """A method of a response that the code calls on this parameter."""
    for node in file.bindings.references(binding):
        parent = node.parent
        if parent is None or parent.type != "member_expression" or parent.parent is None:
            continue
        name = parent.child_by_field_name("property")
        called = parent.parent.type == "call_expression"
        if called and name is not None and file.source.text(name) in _ANSWERING:
            return file.source.text(name)
    return None


def _handed_over(file: File, function: Node, binding: Binding) -> tuple[str, bool, str] | None:
    node = wrapped(function)
    if node.parent is None or node.parent.type != "arguments" or node.parent.parent is None:
        return None
    call = node.parent.parent
    parameters = file.functions.parameters(function)
    index = next((i for i, p in enumerate(parameters) if p.id == binding.node.id), None)
    target = callee(call)
    if index is None or target is None:
        return None
    origin = file.bindings.origin(target)
    if origin is not None and index == 0:
        where = (bare(origin.module), origin.name)
        if where in _GIVES_MESSAGE:
            return "message", True, f"`{binding.name}` is what {where[0]}.{where[1]} answers with"
        if where[0] in ("net", "tls") and where[1] == "createServer":
            return "socket", True, f"`{binding.name}` is a connection of {where[0]}.createServer"
    method = called_method(call)
    parts = arguments(call)
    if method is not None and file.source.text(method[1]) in ("on", "once") and parts:
        event = string_value(parts[0], file.source.text(parts[0]))
        if event == "response" and index == 0:
            return "message", False, f"`{binding.name}` is given to a 'response' listener"
        if event == "file" and index in (0, 1) and binding.name in ("file", "stream"):
            return "readable", False, f"`{binding.name}` is given to a 'file' listener"
    return None
