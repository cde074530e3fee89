"""Where code asks a request whether its client has left, and what it makes of the answer."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.clients.exchange import Exchange, spelled
from unleak_codemods.streams.pipes import exclusive
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    called_method,
    callee,
    inside,
    same,
    unwrap,
    walk,
)
from unleak_engine import flow
from unleak_engine.codemod import File

_SAYS_GONE = re.compile(r"gone|abort|clos|disconnect|cancel|left|dead|alive|connected", re.I)
_MORE_THAN_ASKED = re.compile(
    r"\.\s*(?:complete|closed|destroyed|finished|writable\w*|readable\w*|errored)(?![\w$])"
)
"""Words of a condition that looks at the state of the streams by itself."""


class Question(NamedTuple):
    """`how` is "leaves" (a branch that ends the work), "stays" (one that goes on only while the
    client is there) or "tells" (a function that gives the answer to others). `about` is the code
    that the answer decides on, `handed` whether that code hands the request on."""

    how: str
    about: tuple[int, int]
    handed: bool = False


def question_at(file: File, node: Node, found: Exchange) -> Question | None:
    """What `node`, a member of the request, is asked for; None when that may be something else
    than whether to go on answering."""
    if _listens_between(file, node, found):
        return None
    asked = _asked(file, node, found)
    if asked is None:
        return None
    text = file.source.text(found.handler.function)
    request = spelled(found.request)
    if re.search(_UPLOAD.replace("REQ", request), text):
        return None
    before = file.source.data[found.handler.function.start_byte : node.start_byte].decode()
    if re.search(_SERVED.replace("RES", spelled(found.response)), before):
        return None
    if _answered_before(file, node, found):
        return None
    if asked.how == "tells":
        return asked
    rest = file.source.data[slice(*asked.about)].decode()
    if not re.search(spelled(found.response), rest):
        return None
    if re.search(rf"\bof\s+{request}", rest):
        return None
    return asked._replace(handed=bool(re.search(rf"[(,]\s*{request}\s*[,)]", rest)))


_ANSWERS = re.compile(
    r"end|send|sendStatus|sendFile|sendfile|json|jsonp|redirect|render|download|pipe|destroy"
)


def _answered_before(file: File, node: Node, found: Exchange) -> bool:
    """Whether the response may be sent by the time `node` asks: then it is closed for a client
    that is there as well. Others who got the response, or `next`, may have sent it."""
    after = found.handler.next
    for call in walk(found.handler.function):
        if call.start_byte >= node.start_byte:
            break
        function = callee(call) if call.type == "call_expression" else None
        if function is None or inside(node, call):
            continue
        name, given = file.source.text(function), [file.source.text(p) for p in arguments(call)]
        owner, _, method = name.rpartition(".")
        ends = owner.startswith(found.response) and _ANSWERS.fullmatch(method) is not None
        if not (ends or name == after or found.response in given):
            continue
        if not exclusive(file, call, node):
            return True
    return False


_UPLOAD = (
    r"REQ\s*\.\s*(?:pipe|unpipe|resume|pause|read|destroy|setEncoding|iterator|compose)\s*\("
    r"|REQ\s*\.\s*(?:on|once|addListener)\s*\(\s*['\"`](?:data|readable|end)\b"
    r"|\b(?:pipeline|pump|finished|toWeb)\s*\(\s*(?:\[\s*)?REQ"
)
"""What a handler does that looks after the upload itself: it may mean the request's stream."""

_SERVED = r"\b(?:pipe|pipeline\w*|pump)\s*\([^;]*?RES|RES\s*\.\s*destroy\s*\("
"""What leaves the response destroyed in the end, with its client still there or not."""
_ENDS = re.compile(r"finish|clos|eos|done|end", re.I)


def _asked(file: File, node: Node, found: Exchange) -> Question | None:
    """The place of a condition, by climbing to it."""
    child, negated = node, False
    while (parent := child.parent) is not None:
        match parent.type:
            case "parenthesized_expression":
                pass
            case "unary_expression":
                operator = parent.child_by_field_name("operator")
                if operator is None or operator.type != "!":
                    return None
                negated = not negated
            case "binary_expression":
                operator = parent.child_by_field_name("operator")
                if operator is None or operator.type not in ("&&", "||"):
                    return None
                others = [one for one in parent.named_children if not same(one, child)]
                texts = [file.source.text(one) for one in others]
                if any(_MORE_THAN_ASKED.search(text) for text in texts):
                    return None
            case "if_statement" if parent.child_by_field_name("condition") == child:
                return _branch(file, parent, negated, found)
            case "while_statement" if parent.child_by_field_name("condition") == child:
                body = parent.child_by_field_name("body")
                stays = negated and body is not None
                return Question("stays", _span(body)) if stays and body is not None else None
            case "return_statement" | "arrow_function":
                return _telling(file, parent, found)
            case _:
                return None
        child = parent
    return None


def _branch(file: File, statement: Node, negated: bool, found: Exchange) -> Question | None:
    then = statement.child_by_field_name("consequence")
    if then is None or _does_what_close_does(file, then, found):
        return None
    if negated:
        return Question("stays", _span(then))
    if statement.child_by_field_name("alternative") is not None or flow.completes(then):
        return None
    # What is not reached any more is all that follows in the handler.
    return Question("leaves", (then.start_byte, found.handler.function.end_byte))


def _does_what_close_does(file: File, branch: Node, found: Exchange) -> bool:
    """Whether the branch does for a request that is closed already what a listener for its 'close'
    does: then it is the request's own state that matters."""
    done = _calls(file, branch)
    for node in walk(found.handler.function):
        method = called_method(node) if node.type == "call_expression" else None
        if method is None or file.source.text(method[0]) != found.request:
            continue
        given = arguments(node)
        if len(given) < 2 or file.source.text(given[0]).strip("'\"`") != "close":
            continue
        listener = unwrap(given[1])
        does = _calls(file, listener) | {file.source.text(listener)}
        if done & does:
            return True
    return False


def _calls(file: File, node: Node) -> set[str]:
    calls = [one for one in walk(node) if one.type == "call_expression"]
    return {file.source.text(function) for one in calls if (function := callee(one)) is not None}


def _telling(file: File, parent: Node, found: Exchange) -> Question | None:
    """A function that does nothing but answer the question, and is called so."""
    function = parent if parent.type in FUNCTIONS else file.functions.enclosing(parent)
    if function is None or same(function, found.handler.function):
        return None
    body = function.child_by_field_name("body")
    if body is None or (body.type == "statement_block" and body.named_child_count != 1):
        return None
    name = file.functions.name_of(function) or ""
    return Question("tells", _span(function)) if _SAYS_GONE.search(name) else None


def _span(node: Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte


def _listens_between(file: File, node: Node, found: Exchange) -> bool:
    """Whether `node` runs in a listener of the request, the response or their socket, or when
    somebody is done with them: what it asks there is about the event."""
    function = file.functions.enclosing(node)
    while function is not None and not same(function, found.handler.function):
        if not inside(function, found.handler.function):
            return True
        holder = function.parent
        call = holder.parent if holder is not None and holder.type == "arguments" else None
        if call is not None and _tells_the_end(file, call, found):
            return True
        method = called_method(call) if call is not None and arguments(call) else None
        if method is not None and file.source.text(method[1]) in ("on", "once", "addListener"):
            receiver = file.source.text(unwrap(method[0]))
            about = (found.request, found.response)
            if receiver in about or receiver.startswith(tuple(f"{one}." for one in about)):
                return True
        function = file.functions.enclosing(function.parent) if function.parent else None
    return function is None


def _tells_the_end(file: File, call: Node, found: Exchange) -> bool:
    """Whether `call` is given the request or the response to tell when it is over."""
    given = [file.source.text(one) for one in arguments(call)]
    if found.response in given:
        return True
    function = callee(call)
    name = file.source.text(function).rpartition(".")[2] if function is not None else ""
    return found.request in given and bool(_ENDS.search(name))
