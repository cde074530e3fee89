"""The server of the page: it listens on the loopback, and answers one page alone.

Whoever asks must know the token in the address, come from this page, and speak to this host: a
page of somebody else that is open in the same browser gets nothing, by whatever name it asks.
"""

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Any

from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    HTTPException,
    MethodNotAllowed,
    NotFound,
)
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from unleak.plan import ACCEPT, REJECT, PlanError
from unleak.review_page.shown import Shown
from unleak.reviewing import Key, Review

HOST = "127.0.0.1"
MOST_BYTES = 1 << 20
"""Of what the page may send."""

_FILES = {
    "": ("page.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_DECISIONS = {"accept": ACCEPT, "reject": REJECT}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

StartResponse = Callable[..., Any]


class _Quiet(WSGIRequestHandler):
    """Tells nobody what was asked for: the address holds the token."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass

    def version_string(self) -> str:
        return "unleak"


class PageServer:
    """Serves `review` as a page named `title` until somebody says that they are done.

    `url` is where it is. `port` 0 takes a free one. Raises OSError when it cannot listen.
    """

    def __init__(self, review: Review, title: str, *, port: int = 0) -> None:
        self._review, self._title = review, title
        self._shown = Shown(review)
        self._token = secrets.token_urlsafe(32)
        # The browser opens several connections; the review is one.
        self._lock = threading.Lock()
        self._ending = False
        self._server: BaseWSGIServer = make_server(
            HOST, port, self._application, threaded=True, request_handler=_Quiet
        )
        self._origin = f"http://{HOST}:{self._server.server_port}"
        self.url = f"{self._origin}/{self._token}/"

    def run(self) -> None:
        """Answer until `done` is asked for. Whoever interrupts it interrupts no decision."""
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            with self._lock:
                self._server.server_close()

    def _application(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = MOST_BYTES
        try:
            response = self._answer(request)
        except HTTPException as error:
            told = {"error": error.description}
            response = Response(json.dumps(told), status=error.code, mimetype="application/json")
        response.headers.extend(_HEADERS)
        response.headers["Connection"] = "close"
        if self._ending:
            response.call_on_close(threading.Thread(target=self._server.shutdown).start)
        return response(environ, start)

    def _answer(self, request: Request) -> Response:
        name = self._admitted(request)
        if name in _FILES:
            if request.method not in ("GET", "HEAD"):
                raise MethodNotAllowed
            file, kind = _FILES[name]
            return Response((files(__package__) / file).read_bytes(), content_type=kind)
        action = {
            "review": self._tell,
            "change": self._tell_change,
            "decide": self._decide,
            "comment": self._comment,
            "done": self._end,
        }.get(name)
        if action is None:
            raise NotFound
        if request.method != "POST":
            raise MethodNotAllowed
        with self._lock:
            try:
                return Response(json.dumps(action(_body(request))), mimetype="application/json")
            except PlanError as error:
                where = f"{error.path}: " if error.path else ""
                raise Conflict(f"{where}{error}") from None

    def _admitted(self, request: Request) -> str:
        """What is asked for, below the token. Raises Forbidden."""
        token, _, name = request.path.lstrip("/").partition("/")
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Forbidden("this address is not known here")
        if request.headers.get("Host") != self._origin.removeprefix("http://"):
            raise Forbidden("this host is not known here")
        origin = request.headers.get("Origin")
        if origin != self._origin and (origin is not None or request.method == "POST"):
            raise Forbidden("only the page itself may ask")
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Forbidden("only the page itself may ask")
        return name

    # What the page asks for, each with a JSON object and answered with one.

    def _tell(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"title": self._title, "findings": self._shown.findings()} | self._state()

    def _tell_change(self, body: dict[str, Any]) -> dict[str, Any]:
        key = self._keys([body.get("finding")])[0]
        return {"blocks": self._shown.change(key)}

    def _decide(self, body: dict[str, Any]) -> dict[str, Any]:
        decision = _DECISIONS.get(str(body.get("decision")))
        numbers = body.get("findings")
        if decision is None or not isinstance(numbers, list):
            raise BadRequest("say which findings, and accept or reject")
        self._review.decide(set(self._keys(numbers)), decision)
        return self._state()

    def _comment(self, body: dict[str, Any]) -> dict[str, Any]:
        text = body.get("text")
        if not isinstance(text, str):
            raise BadRequest("say what the comment is")
        self._review.annotate(self._keys([body.get("finding")])[0], " ".join(text.split()))
        return self._state()

    def _end(self, _: dict[str, Any]) -> dict[str, Any]:
        self._ending = True
        return self._state()

    def _keys(self, numbers: Iterable[Any]) -> list[Key]:
        """The findings of those numbers. Raises Conflict when a file has changed."""
        found = []
        for number in numbers:
            if type(number) is not int or not 0 <= number < len(self._review.keys):
                raise BadRequest("there is no such finding")
            found.append(self._review.keys[number])
        for path in dict.fromkeys(path for path, _ in found):
            if self._review.is_changed(path):
                raise Conflict(f"{path}: {self._review.problems[path].message}")
        return found

    def _state(self) -> dict[str, Any]:
        counts = self._review.counts()._asdict()
        return {
            "states": self._shown.states(),
            "counts": counts,
            "problems": self._shown.problems(),
        }


def _body(request: Request) -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise BadRequest("only JSON is read")
    try:
        found = json.loads(request.get_data())
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequest("only a JSON object is read")
    return found
