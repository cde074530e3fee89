"""Request handlers: which functions answer requests, what their parameters are, and what becomes
of a promise they reject.

What a function is given is read, in this order, off its types, off the call that it is handed to
(`registrations`), and off its names; a name alone makes it likely at best.
"""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import frameworks
from unleak_codemods.streams.annotations import Type, imported_types, jsdoc_of, type_of
from unleak_codemods.streams.frameworks import BY_NAME, Framework
from unleak_codemods.streams.knowledge import bare
from unleak_codemods.streams.registrations import (
    Registration,
    may_register,
    modules_named,
    registration_of,
)
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

_REQUESTS = frozenset({"req", "request", "_req", "_request"})
_RESPONSES = frozenset({"res", "response", "resp", "_res", "_response", "rsp", "reply"})
_AFTER = frozenset({"next", "_next", "done", "cb", "callback"})
_CONTEXTS = frozenset({"ctx", "context"})
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


class Part(NamedTuple):
    """What one parameter stands for, a word of `frameworks.parts`, and why."""

    word: str
    sure: bool
    reason: str


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
    nodes = file.functions.parameters(function)
    if not nodes or file.functions.kind(function) in ("getter", "setter", "constructor"):
        return _NOTHING
    names = [file.source.text(node) if node.type == "identifier" else "" for node in nodes]
    if not _is_named_so(names) and not may_register(file):
        return _NOTHING
    registered = registration_of(file, function)
    if registered is not None and not registered.style:
        return _NOTHING
    framework = registered.framework if registered is not None else None
    parts: dict[int, Part] = {}
    if registered is not None or _is_named_so(names):
        parts = _registered(names, registered) if registered is not None else {}
        parts = parts or _by_names(file, function, names, registered)
    parts, typed = _with_types(file, function, nodes, names, parts)
    framework = typed or framework or _by_place(file, function)
    decorated, decorating = _by_decorators(file, nodes, names)
    if decorated:
        parts, framework = decorated, decorating
    for index in list(parts):
        part = parts[index]
        if _is_used_otherwise(file, nodes[index], part):
            return _NOTHING
        if _is_written(file, nodes[index]):
            if part.word in ("response", "fastify-reply"):
                return _NOTHING
            del parts[index]
    handler = _handler(file, function, names, parts, registered, framework)
    return _Found(parts, handler)


def _is_named_so(names: list[str]) -> bool:
    return any(name in _REQUESTS | _CONTEXTS or name in _RESPONSES for name in names)


def _registered(names: list[str], found: Registration) -> dict[int, Part]:
    """The parts by the call that a function is handed to, {} when that does not tell."""
    if found.style == "?" or (not found.sure and found.framework is None):
        return {}
    if found.wrapper == "unknown":
        return {}
    words = frameworks.parts(found.style, found.method, len(names))
    return {
        index: Part(word, found.sure, found.said)
        for index, word in enumerate(words[: len(names)])
        if word != "error"
    }


def _by_names(
    file: File, function: Node, names: list[str], registered: Registration | None
) -> dict[int, Part]:
    """The parts by the names of the parameters, of a function that nothing else is seen of."""
    pair = next((i for i in range(len(names) - 1) if _is_pair(names[i], names[i + 1])), None)
    if pair is None:
        return _context(file, function, names, registered)
    if _is_web_route(file, function):
        return {}
    said = registered.said if registered is not None else "a function that is named like a handler"
    sure = registered is not None and registered.sure and not registered.wrapper
    fastify = names[pair + 1] == "reply" or (
        registered is not None and registered.framework is BY_NAME["fastify"]
    )
    words = ("fastify-request", "fastify-reply") if fastify else ("request", "response")
    parts = {pair: Part(words[0], sure, said), pair + 1: Part(words[1], sure, said)}
    after = pair + 2
    if after < len(names) and names[after] in _AFTER:
        parts[after] = Part("next", sure, said)
    return parts


def _is_pair(one: str, other: str) -> bool:
    return one in _REQUESTS and other in _RESPONSES


def _context(
    file: File, function: Node, names: list[str], registered: Registration | None
) -> dict[int, Part]:
    """A parameter that is named as the context of Koa is."""
    index = next((i for i, name in enumerate(names) if name in _CONTEXTS), None)
    if index is None or set(names) & {"event", "req", "request"} or registered is not None:
        return {}
    modules = modules_named(file)
    if modules & {"hono", "telegraf", "@azure/functions", "@trpc/server", "msw"}:
        return {}
    if not _uses_context(file, function, names[index]):
        return {}
    sure = bool(modules & {"koa", "@koa/router", "koa-router"}) or "koa" in file.target.dependencies
    said = "a function that is named like a handler of Koa"
    return {index: Part("koa-context", sure, said)}


def _uses_context(file: File, function: Node, name: str) -> bool:
    members = rb"\??\.\s*(?:body|req|res|request|response|respond|status|throw|set)\b"
    used = re.compile(rb"\b" + re.escape(name.encode()) + members)
    return used.search(file.source.data, function.start_byte, function.end_byte) is not None


def _is_web_route(file: File, function: Node) -> bool:
    """Whether this is a route of Next's app folder, which is given a request of the web."""
    path = "/" + file.source.path.replace("\\", "/")
    name = file.functions.name_of(function) or ""
    return re.search(r"/app/(?:.*/)?route\.[cm]?[jt]sx?$", path) is not None and name.isupper()


def _by_place(file: File, function: Node) -> Framework | None:
    """Next, for what a file under `pages/api` exports as its default."""
    path = "/" + file.source.path.replace("\\", "/")
    if "/pages/api/" not in path:
        return None
    parent = wrapped(function).parent
    if parent is not None and parent.type == "export_statement":
        return frameworks.NEXT if any(c.type == "default" for c in parent.children) else None
    name = file.functions.name_of(function)
    exported = rf"\bexport\s+default\s+{re.escape(name or '-')}\s*;?\s*(?:\n|$)"
    return frameworks.NEXT if re.search(exported.encode(), file.source.data) else None


# Types.


def _with_types(
    file: File, function: Node, nodes: list[Node], names: list[str], parts: dict[int, Part]
) -> tuple[dict[int, Part], Framework | None]:
    """`parts` corrected by what types say; {} when they say that this is no such function."""
    parts = dict(parts)
    framework: Framework | None = None
    whole = _type_of_handler(file, function)
    if whole is not None:
        framework = _framework_of(whole)
        if framework is not None:
            words = frameworks.parts(framework.style, "", len(names))
            said = f"a function typed `{whole.text}` of {whole.module}"
            parts = {i: Part(w, True, said) for i, w in enumerate(words[: len(names)])}
    for index, node in enumerate(nodes):
        typed = type_of(file, node)
        if typed is None and names[index] in _REQUESTS | _RESPONSES | _CONTEXTS:
            typed = jsdoc_of(file, function, names[index])
        if typed is None:
            continue
        word = frameworks.TYPES.get(typed.module, {}).get(typed.name)
        if word in ("request", "response", "next") or word in frameworks.MEMBERS:
            if word == "request" and typed.name == "IncomingMessage" and index not in parts:
                continue  # of a client, as well as of a server
            said = f"typed `{typed.text}` of {typed.module}"
            parts[index] = Part(word, True, said)
            framework = _framework_of(typed) or framework
        elif _is_no_request(typed) and index in parts:
            return {}, None
    return parts, framework


def _type_of_handler(file: File, function: Node) -> Type | None:
    """The type of the variable that a function is the value of, if it is one of handlers."""
    holder = wrapped(function).parent
    if holder is None or holder.type not in ("variable_declarator", "public_field_definition"):
        return None
    name = holder.child_by_field_name("name")
    found = type_of(file, name) if name is not None else None
    if found is None:
        return None
    return found if frameworks.TYPES.get(found.module, {}).get(found.name) == "handler" else None


def _is_no_request(found: Type) -> bool:
    """Whether a type is surely neither a request nor a response of a server."""
    if found.module == "":
        # Not imported: those of the web, or a plain type such as `string`.
        return found.name in ("Request", "Response") or found.name.islower()
    return found.module in frameworks.CLIENTS | frameworks.NOT_HTTP


def _framework_of(found: Type) -> Framework | None:
    if found.module in ("http", "https", "http2", "connect"):
        return None  # every framework's are
    if "express" in found.module:
        return BY_NAME["express"]
    if found.module == "next":
        return frameworks.NEXT
    if found.module == "@google-cloud/functions-framework":
        return frameworks.FUNCTIONS
    return frameworks.BY_MODULE.get(found.module)


_DECORATED = {
    "Req": "request",
    "Request": "request",
    "Res": "response",
    "Response": "response",
    "Next": "next",
}


def _by_decorators(
    file: File, nodes: list[Node], names: list[str]
) -> tuple[dict[int, Part], Framework | None]:
    """The parts of a controller's method: `download(@Res() res)`."""
    parts: dict[int, Part] = {}
    framework: Framework | None = None
    for index, node in enumerate(nodes):
        holder = node.parent
        decorators = [c for c in holder.children if c.type == "decorator"] if holder else []
        for decorator in decorators:
            found = re.match(r"@(\w+)\s*\(", file.source.text(decorator))
            module, name = imported_types(file).get(found.group(1) if found else "", ("", ""))
            if module not in ("@nestjs/common", "routing-controllers") or name not in _DECORATED:
                continue
            nest = module == "@nestjs/common"
            framework = frameworks.NEST if nest else frameworks.ROUTING_CONTROLLERS
            word, sure = _DECORATED[name], not nest
            said = f"the `@{name}()` of a method of {framework.name}"
            typed = type_of(file, node)
            stands = frameworks.TYPES.get(typed.module, {}).get(typed.name) if typed else None
            if stands is not None:
                word, sure = stands, True
            elif "@nestjs/platform-fastify" in file.target.dependencies:
                word = {"request": "fastify-request", "response": "fastify-reply"}.get(word, word)
            elif "@nestjs/platform-express" in file.target.dependencies:
                sure = True
            parts[index] = Part(word, sure, said)
    return parts, framework


# What the code does with a parameter.


def _is_written(file: File, node: Node) -> bool:
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    return binding is not None and not file.bindings.is_constant(binding)


def _is_used_otherwise(file: File, node: Node, part: Part) -> bool:
    """Whether a parameter is called, or used as what has its name on the side of a client."""
    if node.type != "identifier" or part.word == "next":
        return False
    binding = file.bindings.resolve(node)
    uses = file.bindings.references(binding) if binding is not None else []
    clients = _CLIENT_S.get(part.word, frozenset()) if not part.sure else frozenset()
    return any(_is_called(use) or _member_of(file, use) in clients for use in uses)


# A response cannot be read, and a request not be written; what may be is a client's.
_CLIENT_S = {
    "request": frozenset({"write", "end", "setHeader", "abort", "flushHeaders"}),
    "response": frozenset({"pipe", "resume", "setEncoding", "read", "unpipe"}),
}


def _member_of(file: File, use: Node) -> str:
    """The member of a variable that the code takes, "" for any other use."""
    found = member(use.parent)
    return file.source.text(found[1]) if found is not None and found[0] == use else ""


def _is_called(use: Node) -> bool:
    parent = use.parent
    return (
        parent is not None
        and parent.type == "call_expression"
        and parent.child_by_field_name("function") == use
    )


def _handler(
    file: File,
    function: Node,
    names: list[str],
    parts: dict[int, Part],
    registered: Registration | None,
    framework: Framework | None,
) -> Handler | None:
    """The handler that a function with these parts is, None without a way to answer."""
    at = {part.word: index for index, part in parts.items()}
    request, response = _spelled(file, function, names, at)
    if not (request or response) or "socket" in at:
        return None
    if not response and not (registered is not None and registered.framework is not None):
        return None
    telling = parts[max(at[word] for word in at if word != "next")]
    after = names[at["next"]] if "next" in at else None
    if after is not None and after not in _AFTER and registered is None:
        after = None
    major = file.target.major(framework.name) if framework is not None else None
    said = telling.reason
    if framework is not None and said.startswith(("a handler", "a listener")):
        said = _of(said, framework, major)
    if registered is not None and registered.wrapper and said.startswith("a handler"):
        said += ", through a wrapper"
    sure = telling.sure or _answers(file, function, at)
    rejected = _rejection(file, registered, framework, major)
    name = framework.name if framework is not None else None
    return Handler(
        function, request, response, after or None, sure, said, name, major, rejected
    )  # fmt: skip


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


def _answers(file: File, function: Node, at: dict[str, int]) -> bool:
    """Whether the code calls on the response what only a response has."""
    index = at.get("response")
    if index is None:
        return False
    node = file.functions.parameters(function)[index]
    binding = file.bindings.resolve(node) if node.type == "identifier" else None
    return binding is not None and _answers_with(file, binding) is not None


# What a stage is.


def is_context(file: File, identifier: Node) -> bool:
    """Whether `identifier` is the `ctx` of a Koa-like handler."""
    binding = file.bindings.resolve(identifier)
    if binding is None or binding.kind != "param" or binding.path:
        return False
    part = _part_of(file, binding)
    return part is not None and part[1].word == "koa-context"


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
    sure = sure or (not path and function is not None and _always_given(file, function, index))
    reason = part.reason
    if reason.startswith(("typed", "the `@")):
        whole = f"`{said}` is {reason}"
        return role, sure, whole if not path else f"`{said}` is the {role} of what is {reason}"
    reason = handler.reason if handler is not None else reason
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
    if binding.name in _RESPONSES and not binding.path:
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
