"""What the parameters of a function stand for, if it answers requests: read off its types, off the
call that it is handed to (`registrations`), off its names."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams import frameworks
from unleak_codemods.streams.frameworks import BY_NAME, Framework
from unleak_codemods.streams.handler_types import Type, imported_types, jsdoc_of, type_of
from unleak_codemods.streams.registrations import (
    Registration,
    may_register,
    modules_named,
    registration_of,
)
from unleak_codemods.streams.syntax import member, wrapped
from unleak_engine.codemod import File

_REQUESTS = frozenset({"req", "request", "_req", "_request"})
RESPONSES = frozenset({"res", "response", "resp", "_res", "_response", "rsp", "reply"})
AFTER = frozenset({"next", "_next", "done", "cb", "callback"})
_CONTEXTS = frozenset({"ctx", "context"})


class Part(NamedTuple):
    """What one parameter stands for, a word of `frameworks.parts`, and why."""

    word: str
    sure: bool
    reason: str


class Parts(NamedTuple):
    """The parts of a function by the index of the parameter, `names` of all its parameters ("" for
    a pattern), how it is handed over, and the framework it is seen to be written for."""

    by_index: dict[int, Part]
    names: list[str]
    registered: Registration | None = None
    framework: Framework | None = None


_NOTHING = Parts({}, [])


def parts_of(file: File, function: Node) -> Parts:
    """What the parameters of `function` stand for; none for a function that answers nothing."""
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
    return Parts(parts, names, registered, framework)


def _is_named_so(names: list[str]) -> bool:
    return any(name in _REQUESTS | _CONTEXTS or name in RESPONSES for name in names)


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
    plain = "a function whose parameters are named like a handler's"
    said = registered.said if registered is not None else plain
    sure = registered is not None and registered.sure and not registered.wrapper
    fastify = names[pair + 1] == "reply" or (
        registered is not None and registered.framework is BY_NAME["fastify"]
    )
    words = ("fastify-request", "fastify-reply") if fastify else ("request", "response")
    parts = {pair: Part(words[0], sure, said), pair + 1: Part(words[1], sure, said)}
    after = pair + 2
    named = after < len(names) and names[after] in AFTER
    if named and (registered is not None or _is_told_errors(file, function, names[after])):
        parts[after] = Part("next", sure, said)
    return parts


def _is_told_errors(file: File, function: Node, name: str) -> bool:
    """Whether the function hands something to its last parameter, or does what only Express and
    its like let it do: a `next` of which no more is seen than its name may only go on."""
    body = function.child_by_field_name("body")
    spelled = re.escape(name.encode())
    told = rb"(?<![\w$.])" + spelled + rb"\(\s*[^)\s]|[(,]\s*" + spelled + rb"\s*[,)]"
    return body is not None and any(
        re.search(sign, file.source.bytes(body)) for sign in (told, _EXPRESS)
    )


_EXPRESS = re.compile(
    rb"\breq(?:uest)?\.(?:params|query|body|app)\b"
    rb"|\bres(?:ponse)?\.(?:status|sendStatus|send|json|sendFile|redirect|render|locals)\b"
)


def _is_pair(one: str, other: str) -> bool:
    return one in _REQUESTS and other in RESPONSES


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
    said = "a function whose parameter is named like that of a handler of Koa"
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
        if typed is None and names[index] in _REQUESTS | RESPONSES | _CONTEXTS:
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
