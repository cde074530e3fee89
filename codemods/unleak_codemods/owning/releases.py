"""Code that gives something back and does nothing else: a connection, a lock, a place."""

import re

from tree_sitter import Node

from unleak_codemods.streams import handlers
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    arguments,
    callee,
    inside,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import File

_RELEASES = re.compile(
    r"release(?:Connection|Client|Lock|Slot|Lease|Session|Handle|Resource|Worker|Token|Permit"
    r"|Semaphore|Mutex|Db|Sync)?|\w+Release|unlock(?:Sync)?|free|dispose|relinquish|giveBack"
    r"|putBack|returnToPool"
)
"""Methods that give back what was taken. `free` says so only as it stands: not `freeze`."""
_ENDS = re.compile(r"close|end|destroy|disconnect|leave")
_HELD = re.compile(
    r"(?:\w*(?:conn|connection|client|pool|session|lock|lease|slot|permit|mutex|semaphore|db"
    r"|database|transaction|tx|browser|page|fileHandle))|fh|handle",
    re.IGNORECASE,
)


def released_by(file: File, function: Node) -> str | None:
    """The name of what `function` calls when all it does is to give back; None when it does more,
    or something else. `function` is a function, or the name of one."""
    function = unwrap(function)
    if function.type in ("identifier", "member_expression"):
        return _names_release(file, function)
    body = file.functions.body(function) if function.type in FUNCTIONS else None
    if body is None or _uses_parameters(file, function):
        return None
    if body.type != "statement_block":
        return _call_releases(file, body)
    names = [_call_releases(file, node) for node in named(body)]
    return names[-1] if names and None not in names else None


_TAKES = re.compile(
    r"\w*(?:acquire|lock|connect|checkout|take|reserve|enter|obtain|borrow|lease)\w*|getConnection"
    r"|getClient|getSession",
    re.IGNORECASE,
)


def surely_given_back(file: File, function: Node) -> bool:
    """Whether what is released was seen to be taken, or is named like something that is taken and
    given back: `release()` alone may as well publish a release."""
    function = unwrap(function)
    roots: list[Node] = []
    nodes = walk(function) if function.type in FUNCTIONS else [function]
    for node in nodes:
        target = callee(node) if node.type == "call_expression" else None
        if function.type not in FUNCTIONS:
            target = node
        if target is None:
            continue
        owner = target.child_by_field_name("object")
        if owner is not None and _HELD.fullmatch(
            file.source.text(unwrap(owner)).rpartition(".")[2]
        ):
            continue
        roots.append(unwrap(owner) if owner is not None else target)
    return all(_was_taken(file, root) for root in roots)


def _was_taken(file: File, root: Node) -> bool:
    binding = file.bindings.resolve(root) if root.type == "identifier" else None
    value = binding.value if binding is not None else None
    while value is not None and value.type == "await_expression":
        inner = named(value)
        value = unwrap(inner[0]) if inner else None
    target = callee(value) if value is not None and value.type == "call_expression" else None
    if target is None:
        return False
    name = target.child_by_field_name("property") or target
    return _TAKES.fullmatch(file.source.text(name)) is not None


def _uses_parameters(file: File, function: Node) -> bool:
    """Whether a function looks at what it is given, which nothing gives it afterwards."""
    for parameter in file.functions.parameters(function):
        binding = file.bindings.resolve(parameter)
        if binding is None or len(file.bindings.references(binding)) > 1:
            return True
    return any(node.text == b"arguments" for node in walk(function))


def _call_releases(file: File, node: Node) -> str | None:
    """The name of the giving back that a statement, or an expression, is."""
    while node.type in ("expression_statement", "return_statement", "await_expression"):
        inner = named(node)
        if len(inner) != 1:
            return None
        node = unwrap(inner[0])
    if node.type == "unary_expression" and node.child_by_field_name("argument") is not None:
        node = unwrap(node.child_by_field_name("argument") or node)
    target = callee(node) if node.type == "call_expression" else None
    return _names_release(file, target) if target is not None else None


def _names_release(file: File, target: Node) -> str | None:
    text = file.source.text
    if target.type == "identifier":
        return text(target) if _RELEASES.fullmatch(text(target)) else None
    owner = target.child_by_field_name("object")
    name = target.child_by_field_name("property")
    if owner is None or name is None or target.type != "member_expression":
        return None
    if _RELEASES.fullmatch(text(name)):
        return text(name)
    held = text(unwrap(owner)).rpartition(".")[2]
    return text(name) if _ENDS.fullmatch(text(name)) and _HELD.fullmatch(held) else None


def released_elsewhere(file: File, name: str, own: Node) -> bool:
    """Whether the code around `own` calls or hands on `name` in another place too, so that giving
    back on failure could be one time too many."""
    outer = _whole_around(file, own)
    word = re.compile(rb"(?<![\w$])" + re.escape(name.encode()) + rb"(?![\w$])")
    for hit in word.finditer(file.source.data, outer.start_byte, outer.end_byte):
        at = hit.start()
        if not own.start_byte <= at < own.end_byte and not _only_says(file, outer, at, own):
            return True
    return False


def _whole_around(file: File, node: Node) -> Node:
    """The request handler around `node`, else the outermost function, else the file."""
    handler = handlers.serving_at(file, node)
    if handler is not None:
        return handler.function
    outer = file.source.root
    function = file.functions.enclosing(node)
    while function is not None:
        outer, parent = function, function.parent
        function = file.functions.enclosing(parent) if parent is not None else None
    return outer


def _only_says(file: File, outer: Node, at: int, own: Node) -> bool:
    """Whether the word at byte `at` declares the name, stands in the function that `own` calls by
    it, or in a comment or a text."""
    node = outer.descendant_for_byte_range(at, at + 1)
    if node is None or node.type in ("comment", "string_fragment"):
        return True
    if node.type == "identifier" and file.bindings.declares(node):
        return True
    function = file.functions.enclosing(node)
    return (
        function is not None
        and not inside(own, function)
        and file.functions.name_of(function) == file.source.text(node)
    )


def kept_for_failure(file: File, function: Node, own: Node, end: int) -> bool:
    """Whether code that runs when the promise of `own` rejects still takes what `function` gives
    back: what is chained up to `end`, what stands in or behind a `try` that catches, or the next
    round of a loop. A rollback on a connection that is back in its pool is somebody else's."""
    calls = [node for node in walk(function) if node.type == "call_expression"]
    taken = [unwrap(given) for call in calls for given in arguments(call)]
    roots = [_root_of(target) for target in _given_back(function)]
    roots += [given for given in taken if given.type in ("identifier", "member_expression")]
    words = {file.source.text(root).rpartition(".")[2] for root in roots}
    regions = [(own.end_byte, end)]
    home = _whole_around(file, own)
    for statement in file.functions.enclosing_try(own):
        clauses = [statement.child_by_field_name(name) for name in ("handler", "finalizer")]
        regions += [(node.start_byte, node.end_byte) for node in clauses if node is not None]
        if any(_is_of_this(file, root) for root in roots):
            words.add("this")
        if clauses[0] is not None:
            regions.append((statement.end_byte, home.end_byte))
            loop = file.functions.enclosing_loop(statement)
            if loop is not None and not all(_is_made_in(file, root, loop) for root in roots):
                return True
    return any(
        re.search(rb"(?<![\w$])" + re.escape(word.encode()) + rb"(?![\w$])", file.source.data[a:b])
        for word in words
        for a, b in regions
    )


def _given_back(function: Node) -> list[Node]:
    """What is called, or is itself the call, to give back."""
    function = unwrap(function)
    if function.type not in FUNCTIONS:
        return [function]
    calls = [callee(node) for node in walk(function) if node.type == "call_expression"]
    return [target for target in calls if target is not None]


def _root_of(target: Node) -> Node:
    """The `client` of `client.release`, and a function that stands alone."""
    owner = target.child_by_field_name("object")
    return unwrap(owner) if owner is not None else target


def _is_of_this(file: File, root: Node) -> bool:
    return re.match(r"this\b", file.source.text(root)) is not None


def _is_made_in(file: File, root: Node, loop: Node) -> bool:
    binding = file.bindings.resolve(root) if root.type == "identifier" else None
    return binding is not None and inside(binding.node, loop)
