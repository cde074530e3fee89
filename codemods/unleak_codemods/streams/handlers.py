"""Request handlers: which functions answer requests, what their parameters are, and what becomes
of a promise they reject.

Who is who is told by `parts`; a name alone makes it likely at best.
"""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import frameworks
from unleak_codemods.streams.choices import chosen
from unleak_codemods.streams.frameworks import BY_NAME, Framework
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.parts import RESPONSES, Part, Parts, parts_of
from unleak_codemods.streams.registrations import Registration, modules_named
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    member,
    string_value,
    unwrap,
    walk,
    wrapped,
)
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

_HOLDERS = ("koa-context", "hapi-request", "hono-context")
_NTH = ("1st", "2nd", "3rd", "4th", "5th", "6th")


class Handler(NamedTuple):
    """A function that answers requests. `sure` when it is seen to be one, not only named like
    one; `next` is the name of the parameter that takes an error, if any.

    `request` and `response` are how the body spells Node's own streams or what stands for them
    ("ctx.res" in Koa, "" for what it is not given). `framework` is the package it is written for,
    None when that is not seen, and `major` its major, None when that is not certain. `rejection`
    is what becomes of a promise that the function rejects: "crash" when nobody takes it, and so
    the process ends, "routed" when an error handler gets it, else "unknown".
    """

    function: Node
    request: str
    response: str
    next: str | None
    sure: bool
    reason: str
    framework: str | None = None
    major: int | None = None
    rejection: str = "unknown"


class _Found(NamedTuple):
    """A function's parts by the index of the parameter, and the handler it is as a whole."""

    parts: dict[int, Part]
    handler: Handler | None = None

    @property
    def apart(self) -> bool:
        """Whether it is given one thing that holds the request and the response."""
        return any(part.word in _HOLDERS for part in self.parts.values())


_NOTHING: _Found = _Found({})


def handler_at(file: File, node: Node) -> Handler | None:
    """The nearest function around `node` that is given a request and a response, through any
    functions inside it. A handler of Koa, Hapi or Hono is found by `serving_at`."""
    return _nearest(file, node, apart=False)


def serving_at(file: File, node: Node) -> Handler | None:
    """The nearest request handler of any framework around `node`."""
    return _nearest(file, node, apart=True)


def _nearest(file: File, node: Node, *, apart: bool) -> Handler | None:
    function = file.functions.enclosing(node)
    while function is not None:
        found = _found(file, function)
        if found.handler is not None and (apart or not found.apart):
            return found.handler
        outer = function.parent
        function = file.functions.enclosing(outer) if outer is not None else None
    return None


def handler_of(file: File, function: Node) -> Handler | None:
    """`function` as a handler of a request and a response, None when it does not look like one."""
    found = _found(file, function)
    return None if found.apart else found.handler


def _found(file: File, function: Node) -> _Found:
    key = ("handler", function.id)
    known = file.memo.get(key)
    if not isinstance(known, _Found):
        file.memo[key] = _NOTHING  # a function handed to itself
        known = file.memo[key] = _judge(file, function)
    return known


def _judge(file: File, function: Node) -> _Found:
    parts = parts_of(file, function)
    if not parts.by_index:
        return _NOTHING
    return _Found(parts.by_index, _handler(file, function, parts))


def _handler(file: File, function: Node, found: Parts) -> Handler | None:
    """The handler that a function with these parts is, None without a way to answer."""
    at = {part.word: index for index, part in found.by_index.items()}
    registered, framework = found.registered, found.framework
    request, response = _spelled(file, function, found.names, at)
    if not (request or response) or "socket" in at:
        return None
    if not response and not (registered is not None and registered.framework is not None):
        return None
    telling = found.by_index[max(at[word] for word in at if word != "next")]
    after = found.names[at["next"]] if "next" in at else ""
    major = file.target.major(framework.name) if framework is not None else None
    said = telling.reason
    if framework is not None and said.startswith(("a handler", "a listener")):
        said = _of(said, framework, major)
    if registered is not None and registered.wrapper and said.startswith("a handler"):
        said += ", through a wrapper"
    called = None if telling.sure else _answers(file, function, at)
    if called is not None:
        said += f", and calls `{called}`"
    return Handler(
        function,
        request,
        response,
        next=after or None,
        sure=telling.sure or called is not None,
        reason=said,
        framework=framework.name if framework is not None else None,
        major=major,
        rejection=_rejection(file, registered, framework, major),
    )


def _spelled(file: File, function: Node, names: list[str], at: dict[str, int]) -> tuple[str, str]:
    """How the request and the response are written in the body."""
    for word in _HOLDERS:
        if word not in at:
            continue
        name, members = names[at[word]], frameworks.MEMBERS[word]
        paths = {role: path for path, role in reversed(members.items())}
        if name:
            return ".".join((name, *paths["request"])), ".".join((name, *paths["response"]))
        taken = _taken_out(file, file.functions.parameters(function)[at[word]])
        return taken.get(paths["request"], ""), taken.get(paths["response"], "")
    request = next((names[at[w]] for w in ("request", "fastify-request") if w in at), "")
    response = next((names[at[w]] for w in ("response", "fastify-reply") if w in at), "")
    return request, response


def _taken_out(file: File, pattern: Node) -> dict[tuple[str | int, ...], str]:
    """The names that a destructured parameter declares, by their paths."""
    found: dict[tuple[str | int, ...], str] = {}
    for node in walk(pattern):
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            binding = file.bindings.resolve(node)
            if binding is not None and binding.node == node:
                found[binding.path] = binding.name
    return found


def _of(said: str, framework: Framework, major: int | None) -> str:
    if major is not None:
        return f"{said} of {framework.name}@{major}"
    told = said.endswith(f" of {framework.name}") or framework.name in ("http", "http2", "spdy")
    return said if told else f"{said} of {framework.name}"


def _rejection(
    file: File, registered: Registration | None, framework: Framework | None, major: int | None
) -> str:
    if registered is not None and registered.wrapper:
        return registered.wrapper
    if registered is None and framework not in (frameworks.NEXT, frameworks.NEST):
        return "unknown"  # whoever calls it may catch
    found = frameworks.rejection(framework, major)
    patched = frameworks.PATCHES & file.target.dependencies.keys()
    if found == "crash" and framework is BY_NAME["express"]:
        if frameworks.PATCHES & modules_named(file):
            return "routed"
        return "unknown" if patched else found
    return found


def _answers(file: File, function: Node, at: dict[str, int]) -> str | None:
    """What the code calls on the response that only a response has: `res.setHeader`."""
    index = at.get("response")
    if index is None:
        return None
    node = file.functions.parameters(function)[index]
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    said = _answers_with(file, binding) if binding is not None else None
    return f"{file.source.text(node)}.{said}" if said is not None else None


# What a stage is.


def member_role(file: File, node: Node) -> tuple[str, bool, str] | None:
    """(role, sure, reason) of `ctx.res`, `reply.raw`, `request.raw.res`, `c.env.outgoing`."""
    path: list[str] = []
    root = node
    while (found := member(root)) is not None:
        path.insert(0, file.source.text(found[1]))
        root = found[0]
    if root.type != "identifier" or not path:
        return None
    binding = file.bindings.resolve(root)
    if binding is None or binding.kind != "param":
        return None
    return _role_at(file, binding, tuple(path))


def path_role(file: File, base: Node, path: tuple[str, ...]) -> tuple[str, bool, str] | None:
    """The same of `const { res } = ctx`: what lies at `path` below the expression `base`."""
    steps: list[str] = []
    while (found := member(unwrap(base))) is not None:
        steps.insert(0, file.source.text(found[1]))
        base = found[0]
    binding = file.bindings.resolve(base) if base.type == "identifier" else None
    if binding is None or binding.kind != "param":
        return None
    return _role_at(file, binding, (*steps, *path))


def _part_of(file: File, binding: Binding) -> tuple[int, Part] | None:
    """The part that the parameter which declares `binding` plays, and its index."""
    function = file.functions.enclosing(binding.node)
    if function is None:
        return None
    for index, node in enumerate(file.functions.parameters(function)):
        if node.start_byte <= binding.node.start_byte and binding.node.end_byte <= node.end_byte:
            part = _found(file, function).parts.get(index)
            return (index, part) if part is not None else None
    return None


def _role_at(file: File, binding: Binding, below: tuple[str, ...]) -> tuple[str, bool, str] | None:
    found = _part_of(file, binding)
    if found is None:
        return None
    index, part = found
    path = (*(str(step) for step in binding.path), *below)
    function = file.functions.enclosing(binding.node)
    handler = _found(file, function).handler if function is not None else None
    said = binding.name + "".join(f".{step}" for step in below)
    role = frameworks.MEMBERS.get(part.word, {}).get(path) if path else part.word
    if role is None or role not in ("request", "response", "socket"):
        return None
    sure = part.sure or (handler is not None and handler.sure)
    reason = part.reason
    if reason.startswith(("typed", "the `@")):
        whole = f"`{said}` is {reason}"
        return role, sure, whole if not path else f"`{said}` is the {role} of what is {reason}"
    reason = handler.reason if handler is not None else reason
    if not (sure or path) and function is not None and _always_given(file, function, index):
        sure, reason = True, f"{reason}, and handlers call it with theirs"
    nth = _NTH[min(index, 5)]
    if not path:
        return role, sure, f"`{said}` is the {nth} parameter of {reason}"
    return role, sure, f"`{said}` is the {role} that the {nth} parameter of {reason} holds"


def _always_given(file: File, function: Node, index: int) -> bool:
    """Whether the file shows all calls of a function, and each hands over what is surely a
    request or a response."""
    key = ("always given", function.id, index)
    known = file.memo.get(key)
    if isinstance(known, bool):
        return known
    file.memo[key] = False  # a function that calls itself
    name = file.functions.name_of(function) or ""
    if not re.fullmatch(r"[\w$]+", name) or file.source.data.count(name.encode()) < 2:
        return False  # to look for its calls costs more
    calls = file.functions.call_sites(function)
    given = [_given_role(file, arguments(call), index) for call in calls or ()]
    file.memo[key] = answer = bool(given) and all(given) and len(set(given)) == 1
    return answer


def _given_role(file: File, parts: list[Node], index: int) -> str:
    """The role of an argument that is surely a parameter of a handler, else ""."""
    if index >= len(parts) or any(p.type == "spread_element" for p in parts[: index + 1]):
        return ""
    node = unwrap(parts[index])
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    if binding is None or binding.kind != "param":
        return ""
    found = _role_at(file, binding, ())
    return found[0] if found is not None and found[1] else ""


def parameter_role(file: File, binding: Binding) -> tuple[str, bool, str] | None:
    """(role, sure, reason) of a parameter that a server or client hands over."""
    function = file.functions.enclosing(binding.node)
    if function is None:
        return None
    found = _role_at(file, binding, ())
    if found is not None:
        return found
    if _found(file, function).parts:
        return None
    if binding.name in RESPONSES and not binding.path:
        said = _answers_with(file, binding)
        if said is not None and file.bindings.is_constant(binding):
            return "response", True, f"`{binding.name}.{said}()` is what one calls on a response"
    return _handed_over(file, function, binding)


# The fewest arguments with which a response's method is called; a client's response has some of
# the same name, that take none.
_ANSWERING = {
    "setHeader": 2,
    "writeHead": 1,
    "sendStatus": 1,
    "status": 1,
    "type": 1,
    "attachment": 0,
    "sendFile": 1,
    "flushHeaders": 0,
}


def _answers_with(file: File, binding: Binding) -> str | None:
    """A method of a response that the code calls on this parameter."""
    for node in file.bindings.references(binding):
        parent = node.parent
        if parent is None or parent.type != "member_expression" or parent.parent is None:
            continue
        name = parent.child_by_field_name("property")
        call = parent.parent
        if name is None or call.type != "call_expression":
            continue
        fewest = _ANSWERING.get(file.source.text(name))
        if fewest is not None and len(arguments(call)) >= fewest:
            return file.source.text(name)
    return None


_GIVES_MESSAGE = {("http", "get"), ("http", "request"), ("https", "get"), ("https", "request")}


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
    origins = [origin] if origin is not None else chosen(file, target)
    places = [(bare(origin.module), origin.name) for origin in origins] if index == 0 else []
    if places and all(where in _GIVES_MESSAGE for where in places):
        which = " or ".join(f"{module}.{name}" for module, name in places)
        return "message", True, f"`{binding.name}` is what {which} answers with"
    if len(places) == 1 and places[0] in (("net", "createServer"), ("tls", "createServer")):
        return "socket", True, f"`{binding.name}` is a connection of {places[0][0]}.createServer"
    method = called_method(call)
    parts = arguments(call)
    if method is not None and file.source.text(method[1]) in ("on", "once") and parts:
        event = string_value(parts[0], file.source.text(parts[0]))
        if event == "response" and index == 0:
            return "message", False, f"`{binding.name}` is given to a 'response' listener"
        if event == "file" and index in (0, 1) and binding.name in ("file", "stream"):
            return "readable", False, f"`{binding.name}` is given to a 'file' listener"
    return None
