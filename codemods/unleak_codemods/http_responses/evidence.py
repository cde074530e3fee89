"""Whether a call surely gives a response whose body is still on its way."""

from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import function_of, named, uses
from unleak_engine.codemod import Grounds
from unleak_engine.python.source import PythonSource

# fmt: off
VERBS = ("delete", "get", "options", "patch", "post", "put", "request", "send")


class Library(NamedTuple):
    """How a library opens responses, and what may be asked of one: `head` needs no body and can
    be asked once it is closed, `whole` reads the body to its end, `loops` does so in a loop."""

    name: str
    clients: frozenset[str]
    verbs: frozenset[str]
    head: frozenset[str]
    whole: frozenset[str]
    loops: frozenset[str]
    close: str


_REQUESTS = Library(
    "requests",
    frozenset({"requests.Session", "requests.session", "requests.sessions.Session"}),
    frozenset(VERBS) - {"send"},
    frozenset({
        "cookies", "headers", "history", "is_permanent_redirect", "is_redirect", "links", "ok",
        "raise_for_status", "reason", "status_code", "url",
    }),
    frozenset({"content", "json", "text"}),
    frozenset({"iter_content", "iter_lines"}),
    "{}.close()",
)
_HTTPX = Library(
    "httpx",
    frozenset({"httpx.Client"}),
    frozenset({"send"}),
    frozenset({
        "cookies", "headers", "history", "http_version", "is_client_error", "is_error",
        "is_redirect", "is_server_error", "is_success", "raise_for_status", "reason_phrase",
        "status_code", "url",
    }),
    frozenset({"aread", "content", "json", "read", "text"}),
    frozenset({
        "aiter_bytes", "aiter_lines", "aiter_raw", "aiter_text", "iter_bytes", "iter_lines",
        "iter_raw", "iter_text",
    }),
    "{}.close()",
)
_HTTPX_ASYNC = _HTTPX._replace(
    clients=frozenset({"httpx.AsyncClient"}), close="await {}.aclose()"
)
_AIOHTTP = Library(
    "aiohttp",
    frozenset({"aiohttp.ClientSession", "aiohttp.client.ClientSession"}),
    frozenset(VERBS) - {"send"},
    frozenset({
        "charset", "content_length", "content_type", "cookies", "headers", "history", "method",
        "ok", "raise_for_status", "raw_headers", "real_url", "reason", "request_info", "status",
        "url", "version",
    }),
    frozenset({"json", "read", "text"}),
    frozenset({"content"}),
    "{}.release()",
)
# fmt: on
_LIBRARIES = (_REQUESTS, _HTTPX, _HTTPX_ASYNC, _AIOHTTP)


class Client(NamedTuple):
    """A proven client: its library, why, and the statement that closes it at its end, if any."""

    library: Library
    reason: str
    around: cst.With | None = None


class Opened(NamedTuple):
    """A call that gives a streamed response; `value` is the expression that is the response."""

    library: Library
    value: cst.BaseExpression
    grounds: Grounds


def opened(source: PythonSource, call: cst.Call) -> Opened | None:
    """The response that `call` opens; None when that is not sure, or its client is closed soon."""
    func = cst.ensure_type(call.func, cst.Attribute)
    verb = func.attr.value
    client = _client(source, func.value)
    if client is None:
        if source.imported(func) not in {f"requests.{verb}", f"requests.api.{verb}"}:
            return None
        client = Client(_REQUESTS, f"{source.text(func)} of requests")
    library = client.library
    if verb not in library.verbs or not (library is _AIOHTTP or _streams(call)):
        return None
    value: cst.CSTNode = call
    if library in (_AIOHTTP, _HTTPX_ASYNC):
        value = next(source.parents(call))
        if not isinstance(value, cst.Await):
            return None
    if _closed_with_its_client(source, call, client):
        return None
    reasons = (client.reason,) if library is _AIOHTTP else (client.reason, "stream=True")
    grounds = Grounds(source.text(func), "proven", reasons)
    return Opened(library, value, grounds)  # type: ignore[arg-type]


def uploads(call: cst.Call) -> bool:
    """Whether a body may still be on its way to the server when the response is there."""
    spread = any(arg.star == "**" for arg in call.args)
    verb = cst.ensure_type(call.func, cst.Attribute).attr.value
    given = any(m.matches(arg, m.Arg(keyword=m.Name("data"))) for arg in call.args)
    return given or (spread and verb in {"patch", "post", "put", "request"})


def _streams(call: cst.Call) -> bool:
    given = m.Arg(keyword=m.Name("stream"), value=m.Name("True"))
    return any(m.matches(arg, given) for arg in call.args)


def _client(source: PythonSource, expression: cst.BaseExpression) -> Client | None:
    if isinstance(expression, cst.Call):
        return _made(source, expression)
    if isinstance(expression, cst.Name):
        return _bound(source, expression)
    if m.matches(expression, m.Attribute(value=m.Name("self"))):
        return _field(source, cst.ensure_type(expression, cst.Attribute))
    return None


def _made(source: PythonSource, value: cst.CSTNode | None) -> Client | None:
    if isinstance(value, cst.Call):
        return _typed(source, value.func, "made by {}()")
    return None


def _typed(source: PythonSource, node: cst.CSTNode, why: str) -> Client | None:
    name = source.imported(node)
    for library in _LIBRARIES:
        if name in library.clients:
            return Client(library, why.format(name))
    return None


def _bound(source: PythonSource, name: cst.Name) -> Client | None:
    nodes = source.bound(name)
    if len(nodes) != 1:
        return None
    [node] = nodes
    if isinstance(node, cst.Param):
        annotated = node.annotation
        return _typed(source, annotated.annotation, "annotated as {}") if annotated else None
    above = next(source.parents(node), None)
    if isinstance(above, cst.AnnAssign):
        return _made(source, above.value) or _typed(
            source, above.annotation.annotation, "annotated as {}"
        )
    if isinstance(above, cst.AssignTarget):
        assign = cst.ensure_type(next(source.parents(above)), cst.Assign)
        return _made(source, assign.value)
    if isinstance(above, cst.AsName):
        item = next(source.parents(above))
        around = next(source.parents(item), None)
        if isinstance(item, cst.WithItem) and isinstance(around, cst.With):
            made = _made(source, item.item)
            return made._replace(around=around) if made else None
    return None


def _field(source: PythonSource, field: cst.Attribute) -> Client | None:
    """A field of `self` that its class binds to nothing but clients of one library."""
    owner = next((p for p in source.parents(field) if isinstance(p, cst.ClassDef)), None)
    if owner is None:
        return None
    found: list[Client] = []
    text = f"self.{field.attr.value}"
    for mention in named(owner, text):
        above = next(source.parents(mention), None)
        value: cst.BaseExpression | None = None
        client: Client | None = None
        if isinstance(above, cst.AssignTarget):
            value = cst.ensure_type(next(source.parents(above)), cst.Assign).value
        elif isinstance(above, cst.AnnAssign) and above.target is mention:
            value = above.value
            client = _typed(source, above.annotation.annotation, "annotated as {}")
        elif isinstance(above, cst.AsName | cst.Element | cst.AugAssign | cst.Del | cst.For):
            return None  # bound to what cannot be told
        else:
            continue
        if value is not None and m.matches(value, m.Name("None")):
            continue
        if isinstance(value, cst.Name):
            client = client or _bound(source, value)
        client = client or _made(source, value)
        if client is None:
            return None
        found.append(client)
    if not found or len({client.library for client in found}) != 1:
        return None
    return found[0]._replace(around=None)


def _closed_with_its_client(source: PythonSource, call: cst.Call, client: Client) -> bool:
    """Whether the client is closed by the function that opened the response, and so soon that no
    second one can be left open beside it."""
    function = function_of(source, call)
    target = cst.ensure_type(call.func, cst.Attribute).value
    for above in source.parents(call):
        if above is client.around:
            return True
        if isinstance(above, cst.For | cst.While | cst.Lambda | cst.BaseComp):
            return False
        if above is function:
            break
    if function is None or not isinstance(target, cst.Name):
        return False
    asked = {attribute for _, attribute in uses(source, function, target.value)}
    return bool(asked & {"close", "aclose"})
