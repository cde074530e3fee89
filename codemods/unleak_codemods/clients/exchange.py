"""A request and its response as the code in a handler writes them, and the question whether the
client is still there."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.streams.handlers import Handler, serving_at
from unleak_codemods.streams.syntax import inside
from unleak_engine.codemod import File, Grounds

_HTTP_1 = frozenset(
    {"http", "express", "connect", "router", "polka", "next", "next-connect"}
    | {"express-promise-router"}
)
"""What hands out requests of HTTP/1 only. Koa, Fastify and restify may run on an HTTP/2 server."""


class Exchange(NamedTuple):
    """`request` and `response` are Node's own objects as the code spells them ("req", "ctx.res",
    "reply.raw"), `gone` the test whether the client has left, which is also true once the response
    was sent. `http_1` tells that no HTTP/2 server can hand these objects out."""

    handler: Handler
    request: str
    response: str
    gone: str
    http_1: bool

    @property
    def grounds(self) -> Grounds:
        level = "proven" if self.handler.sure else "likely"
        return Grounds(self.response, level, (f"`{self.response}` is of {self.handler.reason}",))


def exchange_at(file: File, node: Node) -> Exchange | None:
    """The exchange that the code at `node` serves; None outside of handlers, where the response
    has no name, or where its name means something else at `node`."""
    handler = serving_at(file, node)
    if handler is None or not handler.response or not handler.request:
        return None
    request, response = handler.request, handler.response
    if handler.framework == "fastify":
        request, response = f"{request}.raw", f"{response}.raw"
    elif handler.framework in ("hapi", "@hapi/hapi", "hono"):
        return None
    if not all(_means_the_parameter(file, name, handler.function, node) for name in handler[1:3]):
        return None
    over_2 = handler.framework == "http2"
    if over_2 and b"allowHTTP1" in file.source.data:
        return None
    return Exchange(
        handler,
        request,
        response,
        f"{response}.stream.destroyed" if over_2 else f"{response}.destroyed",
        http_1=handler.framework in _HTTP_1 and b"http2" not in file.source.data,
    )


def _means_the_parameter(file: File, path: str, function: Node, at: Node) -> bool:
    found = file.bindings.lookup(path.partition(".")[0], at)
    return (
        found is not None
        and found.kind == "param"
        and inside(found.node, function)
        and file.bindings.is_constant(found)
    )


def spelled(path: str) -> str:
    """A pattern for `path` ("ctx.res") wherever it is read, with whatever blanks are in it."""
    return r"(?<![\w$.])" + r"\s*[?!]?\.\s*".join(map(re.escape, path.split("."))) + r"(?![\w$])"
