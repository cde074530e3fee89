"""Web frameworks as data: what makes their apps, what they hand to a handler, and what becomes of
a promise that a handler rejects.

Each word on rejections was read off a run on Node 18, 20, 22, 24 and 26 (restify only where it
starts, up to 22): a handler that rejects, one request, and whether the process was left.
"""

from typing import NamedTuple

VERBS = frozenset(
    "get post put delete patch head options all del opts link unlink search query trace".split()  # noqa: SIM905
)


class Framework(NamedTuple):
    """`name` is the package whose major counts. `style` says what its handlers are given, see
    `parts`. Below major `crashes` nobody takes a handler's rejection, from major `routes` on an
    error handler gets it; None where no run told. `made_by` are the exports that give an app, a
    router or a server, "" for the module itself."""

    name: str
    style: str
    crashes: int | None = None
    routes: int | None = None
    made_by: frozenset[str] = frozenset()
    modules: tuple[str, ...] = ()


EVER = 1_000_000
"""Above any major: what holds for all of them."""
_SELF = ("", "default")


def _node(*modules: str, made_by: tuple[str, ...]) -> Framework:
    return Framework(modules[0], "node", EVER, None, frozenset(made_by), modules)


def _web(
    style: str,
    *modules: str,
    made_by: tuple[str, ...] = _SELF,
    crashes: int | None = None,
    routes: int | None = None,
) -> Framework:
    return Framework(modules[0], style, crashes, routes, frozenset(made_by), modules)


FRAMEWORKS = (
    _node("http", "https", made_by=("createServer", "Server")),
    _node("http2", made_by=("createServer", "createSecureServer")),
    _node("spdy", made_by=("createServer",)),
    _node("find-my-way", made_by=_SELF),
    _web("connect", "express", made_by=(*_SELF, "Router", "express"), crashes=5, routes=5),
    _web("connect", "express-promise-router", routes=0),
    _web("connect", "router", made_by=(*_SELF, "Router"), crashes=2, routes=2),
    _web("connect", "connect", made_by=(*_SELF, "createServer"), crashes=EVER),
    _web("connect", "restify", made_by=("createServer",), routes=9),
    _web("connect", "polka", crashes=1),
    _web("connect", "next-connect", made_by=(*_SELF, "createRouter"), routes=1),
    _web("koa", "koa", "@koa/router", "koa-router", made_by=(*_SELF, "Router"), routes=0),
    _web("fastify", "fastify", made_by=(*_SELF, "fastify"), routes=0),
    _web("hapi", "@hapi/hapi", made_by=("server", "Server"), routes=0),
    _web("hapi", "hapi", made_by=("server", "Server")),
    _web("hono", "hono", "hono/tiny", "hono/quick", made_by=("Hono",), routes=0),
)
BY_NAME = {found.name: found for found in FRAMEWORKS}
BY_MODULE = {module: found for found in FRAMEWORKS for module in found.modules}

MICRO = Framework("micro", "node", routes=9)
FUNCTIONS = Framework("@google-cloud/functions-framework", "node", routes=3)
FIREBASE = Framework("firebase-functions", "node")
METEOR = Framework("meteor", "connect")  # Connect, Express 4 or 5, as its own release has it
NEXT = Framework("next", "node", routes=0)
NEST = Framework("@nestjs/core", "connect", routes=0)
ROUTING_CONTROLLERS = Framework("routing-controllers", "connect")

GIVEN_TO = {
    ("http", "createServer"): BY_NAME["http"],
    ("http", "Server"): BY_NAME["http"],
    ("https", "createServer"): BY_NAME["http"],
    ("https", "Server"): BY_NAME["http"],
    ("http2", "createServer"): BY_NAME["http2"],
    ("http2", "createSecureServer"): BY_NAME["http2"],
    ("spdy", "createServer"): BY_NAME["spdy"],
    ("micro", ""): MICRO,
    ("micro", "serve"): MICRO,
    ("@google-cloud/functions-framework", "http"): FUNCTIONS,
    ("firebase-functions", "https.onRequest"): FIREBASE,
    ("firebase-functions/https", "onRequest"): FIREBASE,
    ("firebase-functions/v1", "https.onRequest"): FIREBASE,
    ("firebase-functions/v2", "https.onRequest"): FIREBASE,
    ("firebase-functions/v2/https", "onRequest"): FIREBASE,
}
"""Exports that take a handler themselves."""

WRAPPERS = frozenset(["express-async-handler", "express-async-wrap", "async-middleware"])
"""Modules that are called with a handler, and give one that hands a rejection to `next`."""

PATCHES = frozenset(["express-async-errors"])
"""Modules whose import makes Express 4 route rejections as Express 5 does."""

NOT_HTTP = frozenset(
    [
        "@grpc/grpc-js",
        "coap",
        "dns2",
        "grpc",
        "jayson",
        "ldapjs",
        "mockttp",
        "msw",
        "multicast-dns",
        "named-server",
        "native-dns",
        "net",
        "nock",
        "node-ldap-server",
        "pretender",
        "miragejs",
        "sip",
        "smtp-server",
        "socket.io",
        "tls",
        "ws",
    ]
)
"""Modules whose servers call a function with things that only sound like an http request's."""

CLIENTS = frozenset(
    [
        "@playwright/test",
        "axios",
        "got",
        "ky",
        "msw",
        "needle",
        "node-fetch",
        "playwright",
        "playwright-core",
        "puppeteer",
        "puppeteer-core",
        "request",
        "superagent",
        "supertest",
        "undici",
    ]
)
"""Modules whose `Request` and `Response` are those of a client, or of the web."""

# What a parameter stands for: a role of a stream ("request", "response"), "next" for what takes
# an error, or something that leads to streams by the members below.
MEMBERS: dict[str, dict[tuple[str, ...], str]] = {
    "koa-context": {
        ("req",): "request",
        ("res",): "response",
        ("request", "req"): "request",
        ("request", "res"): "response",
        ("response", "req"): "request",
        ("response", "res"): "response",
    },
    "fastify-request": {("raw",): "request", ("req",): "request"},
    "fastify-reply": {("raw",): "response", ("res",): "response", ("request", "raw"): "request"},
    "hapi-request": {("raw", "req"): "request", ("raw", "res"): "response"},
    "hono-context": {("env", "incoming"): "request", ("env", "outgoing"): "response"},
}

_CONNECT = ("request", "response", "next")
_PARTS = {
    "node": ("request", "response"),
    "connect": _CONNECT,
    "koa": ("koa-context",),
    "fastify": ("fastify-request", "fastify-reply", "next"),
    "hapi": ("hapi-request",),
    "hono": ("hono-context",),
    "stream": ("response",),
    "upgrade": ("request", "socket"),
}
_PARTS_OF_METHOD: dict[tuple[str, str], tuple[str, ...]] = {
    ("fastify", "setErrorHandler"): ("error", "fastify-request", "fastify-reply"),
    ("fastify", "addContentTypeParser"): ("fastify-request", "request", "next"),
    ("fastify", "use"): _CONNECT,
    ("hono", "onError"): ("error", "hono-context"),
}
_METHODS = {
    "node": VERBS,
    "connect": VERBS | {"use", "param", "pre"},
    "koa": VERBS | {"use"},
    "fastify": VERBS
    | {
        "addHook",
        "setErrorHandler",
        "setNotFoundHandler",
        "addContentTypeParser",
        "route",
        "use",
    },
    "hapi": frozenset(["route"]),
    "hono": VERBS | {"use", "notFound", "onError"},
}
EVENTS = {
    "request": "node",
    "checkContinue": "node",
    "checkExpectation": "node",
    "stream": "stream",
    "upgrade": "upgrade",
    "connect": "upgrade",
}
"""What the events of a server hand over, as a style."""


def takes_handlers(framework: Framework, method: str) -> bool:
    """Whether a method of an app of this framework is called with handlers."""
    if method == "on":
        return framework.name in ("find-my-way", "hono")
    return method in _METHODS.get(framework.style, ())


def parts(style: str, method: str, count: int) -> tuple[str, ...]:
    """What each of the `count` parameters of a handler stands for, in order, as far as known."""
    found = _PARTS_OF_METHOD.get((style, method), _PARTS.get(style, ()))
    if style == "connect" and count == 4 and method != "param":
        return ("error", *found)
    return found


def rejection(framework: Framework | None, major: int | None) -> str:
    """What becomes of a promise rejected by a handler: "crash" when nobody takes it, so that the
    process ends, "routed" when an error handler gets it, "unknown"."""
    if framework is None:
        return "unknown"
    if framework.crashes == EVER or (
        framework.crashes is not None and major is not None and major < framework.crashes
    ):
        return "crash"
    if framework.routes == 0 or (
        framework.routes is not None and major is not None and major >= framework.routes
    ):
        return "routed"
    return "unknown"


_SERVER_TYPES = {
    "IncomingMessage": "request",
    "ServerResponse": "response",
    "Http2ServerRequest": "request",
    "Http2ServerResponse": "response",
    "ServerHttp2Stream": "response",
    "RequestListener": "handler",
}
_EXPRESS_TYPES = {
    "Request": "request",
    "Response": "response",
    "NextFunction": "next",
    "RequestHandler": "handler",
    "Handler": "handler",
    "ErrorRequestHandler": "handler",
    "Express": "app",
    "Application": "app",
    "Router": "app",
    "IRouter": "app",
}
TYPES: dict[str, dict[str, str]] = {
    "http": {**_SERVER_TYPES, "Server": "app"},
    "https": {"Server": "app"},
    "http2": {**_SERVER_TYPES, "Http2Server": "app", "Http2SecureServer": "app"},
    "express": _EXPRESS_TYPES,
    "express-serve-static-core": _EXPRESS_TYPES,
    "@types/express": _EXPRESS_TYPES,
    "ultimate-express": _EXPRESS_TYPES,
    "restify": {
        "Request": "request",
        "Response": "response",
        "Next": "next",
        "RequestHandler": "handler",
        "Server": "app",
    },
    "polka": {"Request": "request", "Response": "response", "Polka": "app"},
    "connect": {"Server": "app", "NextFunction": "next", "IncomingMessage": "request"},
    "next": {
        "NextApiRequest": "request",
        "NextApiResponse": "response",
        "NextApiHandler": "handler",
    },
    "@vercel/node": {"VercelRequest": "request", "VercelResponse": "response"},
    "@google-cloud/functions-framework": {
        "Request": "request",
        "Response": "response",
        "HttpFunction": "handler",
    },
    "firebase-functions": {"Request": "request", "Response": "response"},
    "firebase-functions/v2/https": {"Request": "request"},
    "fastify": {
        "FastifyRequest": "fastify-request",
        "FastifyReply": "fastify-reply",
        "RouteHandlerMethod": "handler",
        "RouteHandler": "handler",
        "FastifyInstance": "app",
    },
    "koa": {
        "Context": "koa-context",
        "ParameterizedContext": "koa-context",
        "ExtendableContext": "koa-context",
        "Middleware": "handler",
        "": "app",
        "Application": "app",
    },
    "@koa/router": {"RouterContext": "koa-context", "": "app", "Router": "app"},
    "koa-router": {"RouterContext": "koa-context", "IRouterContext": "koa-context", "": "app"},
    "@hapi/hapi": {"Request": "hapi-request", "Server": "app"},
    "hono": {"Context": "hono-context", "Hono": "app", "Handler": "handler"},
}
"""What a type says of a parameter, by module and name: a part, "handler" for the type of a whole
handler, "app" for what takes handlers."""
