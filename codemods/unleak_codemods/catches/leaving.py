"""A test of the error's code that shall tell a client that left from a failure, and what it is to
be instead."""

import re
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.catches import reasons
from unleak_codemods.catches.branches import (
    Branches,
    branches_of,
    is_asked_for,
    is_loud,
    is_quiet,
    throws,
)
from unleak_codemods.catches.hearing import Hearing, hearing_at, is_alone_in_try
from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.detaching import is_plain_name
from unleak_codemods.streams.evidence import Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.handlers import serving_at
from unleak_codemods.streams.pipeline_calls import PipelineCall
from unleak_codemods.streams.pipes import imported_modules
from unleak_codemods.streams.syntax import inside, member, named, string_value, unwrap, wrapped
from unleak_codemods.streams.uses import every_use
from unleak_engine.codemod import Declined, File, Grounds, Rewrite, Span
from unleak_engine.edit import Edit, Safety

CODE = "ERR_STREAM_PREMATURE_CLOSE"
_OF_THE_CLIENT = frozenset(
    [
        *(CODE, "ECONNRESET", "EPIPE", "ECONNABORTED"),
        *("ERR_STREAM_DESTROYED", "ERR_STREAM_UNABLE_TO_PIPE"),
    ]
)
"""Codes that a client's leaving can have, and that are tested together for it."""
_EQUAL = frozenset({"===", "=="})
_UNEQUAL = frozenset({"!==", "!="})
_KNOWS_BETTER = re.compile(
    r"abort|signal|destroyed|errored|writable|closed|complete|gone|left|cancel", re.IGNORECASE
)


class Site(NamedTuple):
    """`comparison` compares the code; `condition` is all that is tested, `gone` whether it holds
    when the client is taken to have left. `request` is "" for a download."""

    file: File
    comparison: Node
    condition: Node
    gone: bool
    pure: bool
    heard: Hearing
    pipe: PipelineCall
    response: str
    request: str
    branches: Branches | None

    @property
    def test(self) -> str:
        """What tells that the client left, measured on every line from 18 to 26."""
        if self.request:
            return f"{self.response}.destroyed && !{self.request}.complete"
        return f"{self.response}.destroyed && {self.response}.errored === null"

    @property
    def opposite(self) -> str:
        if self.request:
            return f"!{self.response}.destroyed || {self.request}.complete"
        return f"!{self.response}.destroyed || {self.response}.errored !== null"

    @property
    def printed(self) -> tuple[Grounds, ...]:
        stage = unwrap(self.pipe.stages[0 if self.request else -1])
        return (grounds(self.file, stage, evidence_of(self.file, stage)),)

    def declined(self, code: str) -> Declined:
        reason, target = reasons.REASONS[code], self.file.target
        return Declined(
            span=Span.of(self.condition),
            anchor=self.comparison.start_byte,
            message=reasons.MISREAD,
            code=code,
            why=target.blamed(reason.why) if code == "node-too-old" else reason.why,
            recipe=reason.recipe.replace("TEST", self.test).replace("RESPONSE", self.response),
            evidence=self.printed,
            shown=reason.shown,
        )


def site_of(file: File, code: Node) -> Site | None:
    """The site of the string `code`; None when it is not compared in a catch of a pipeline between
    a client and this server, or when more than codes decides."""
    comparison = wrapped(code).parent
    heard = hearing_at(file, code, callbacks=True)
    if comparison is None or heard is None or not _compares(file, comparison, heard):
        return None
    pipe = heard.pipelines[0]
    ends = _client_of(file, pipe)
    if ends is None:
        return None
    condition = _whole_of(comparison)
    if not inside(comparison, condition):  # torn apart by a syntax error
        return None
    if _KNOWS_BETTER.search(re.sub(r"(['\"])\w*\1", "", file.source.text(condition))):
        return None
    return Site(
        file,
        comparison,
        condition,
        _operator(comparison) in _EQUAL,
        _is_pure(file, condition, heard),
        heard,
        pipe,
        *ends,
        branches_of(file, condition, heard.body, _name_of(file, heard)),
    )


def obstacle(site: Site) -> str | None:
    """The code of what makes any edit wrong, None when nothing does."""
    file, target = site.file, site.file.target
    if target.node_floor is not None and target.node_floor < 18:
        return "node-too-old"
    if "http2" in imported_modules(file) or "spdy" in imported_modules(file):
        return "http2"
    if site.pipe.options is not None:
        return "options-given"
    if not _is_seen(site, site.response) or (site.request and not _is_seen(site, site.request)):
        return "not-in-scope"
    if not site.pure and not site.gone and _may_be_none(site):
        return "test-is-mixed"
    if site.branches is None or not is_quiet(file, site.branches[0 if site.gone else 1]):
        return "handling-differs"
    return None


def _is_alone(site: Site) -> bool:
    """Whether the state of the response can take the code's place: nothing else is heard of, asked,
    or done, and nobody but the pipeline and the client closes the response."""
    file, heard, pipe = site.file, site.heard, site.pipe
    if not site.pure or site.branches is None or len(heard.pipelines) > 1:
        return False
    if not is_alone_in_try(file, heard, pipe, site.response):
        return False
    loud = site.branches[1 if site.gone else 0]
    if not is_loud(file, loud, serving_at(file, pipe.call), _name_of(file, heard)):
        return False
    return not _closed_by_hand(site) and not _listened_to(site)


def rewritten(site: Site) -> Rewrite:
    """Who is gone decides, in place of the code, or together with it: then nothing is taken for a
    client that left that was not taken for one before."""
    alone = _is_alone(site)
    edit = _replaced(site) if alone else _narrowed(site)
    said = reasons.UPLOAD_GONE if site.request else reasons.GONE
    notes = [said if alone else reasons.NARROWED]
    assert site.branches is not None
    if throws(site.branches[1 if site.gone else 0]):
        handler = serving_at(site.file, site.pipe.call)
        crash = handler is not None and handler.rejection == "crash"
        notes.append(reasons.THROWN_CRASHES if crash else reasons.THROWN)
    return Rewrite(
        span=Span.of(site.condition),
        anchor=site.comparison.start_byte,
        message=reasons.MISREAD,
        edits=(edit,),
        safety=Safety.UNSAFE,
        evidence=site.printed,
        notes=tuple(notes),
    )


def _replaced(site: Site) -> Edit:
    text = site.test if site.gone else site.opposite
    if _may_be_none(site):
        error = _name_of(site.file, site.heard)
        text = f"{error} && {text if site.gone else f'({text})'}"
    return Edit.replace(site.condition.start_byte, site.condition.end_byte, text)


def _narrowed(site: Site) -> Edit:
    own = site.file.source.text(site.comparison)
    text = f"{own} && {site.test}" if site.gone else f"{own} || {site.opposite}"
    outer = site.comparison.parent
    joined = "&&" if site.gone else "||"
    if outer is not None and outer.type == "binary_expression" and _operator(outer) != joined:
        text = f"({text})"
    return Edit.replace(site.comparison.start_byte, site.comparison.end_byte, text)


def _compares(file: File, comparison: Node, heard: Hearing) -> bool:
    """Whether `comparison` compares the code of the error that is heard of with a string."""
    return _compared(file, comparison, heard, "code") is not None


def _compared(file: File, node: Node, heard: Hearing, key: str) -> str | None:
    """The string that `key` of the heard error is compared with."""
    if node.type != "binary_expression" or _operator(node) not in _EQUAL | _UNEQUAL:
        return None
    sides = [unwrap(side) for side in named(node)]
    if len(sides) != 2:  # a syntax error
        return None
    for one, other in (sides, sides[::-1]):
        value = string_value(other, file.source.text(other))
        found = member(one)
        if value is not None and found is not None and file.source.text(found[1]) == key:
            return value if _is_error(file, found[0], heard) else None
    return None


def _is_error(file: File, node: Node, heard: Hearing) -> bool:
    if node.type != "identifier" or heard.error is None or heard.error.type != "identifier":
        return False
    caught = file.bindings.resolve(heard.error)
    return caught is not None and file.bindings.resolve(node) == caught


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _whole_of(comparison: Node) -> Node:
    """The largest expression of `&&` and `||` that the comparison is part of."""
    node = wrapped(comparison)
    while node.parent is not None and node.parent.type == "binary_expression":
        if _operator(node.parent) not in ("&&", "||", "??"):
            break
        node = wrapped(node.parent)
    return unwrap(node)


def _is_pure(file: File, condition: Node, heard: Hearing) -> bool:
    """Whether nothing is tested but codes of a client's leaving, any of them for equality or all of
    them for inequality, and that there is an error."""
    operators = {_operator(node) for node in _joints(condition)}
    leaves = _leaves(condition)
    tests = [leaf for leaf in leaves if not _is_error(file, leaf, heard)]
    if any(_compared(file, leaf, heard, "code") not in _OF_THE_CLIENT for leaf in tests):
        return False
    compared = {_operator(leaf) for leaf in tests}
    if compared <= _UNEQUAL:
        asked = len(tests) < len(leaves) or is_asked_for(file, condition, _name_of(file, heard))
        return operators <= {"&&"} and (asked or heard.pipelines[0].promised)
    if len(tests) < len(leaves):
        return operators <= {"&&"} and len(tests) == 1
    return compared <= _EQUAL and operators <= {"||"}


def _may_be_none(site: Site) -> bool:
    """Whether the code also runs without an error: a callback does."""
    name = _name_of(site.file, site.heard)
    return not site.pipe.promised and not is_asked_for(site.file, site.condition, name)


def _name_of(file: File, heard: Hearing) -> str:
    return file.source.text(heard.error) if heard.error is not None else ""


def _joints(node: Node) -> list[Node]:
    node = unwrap(node)
    if node.type != "binary_expression" or _operator(node) not in ("&&", "||", "??"):
        return []
    return [node, *(joint for side in named(node) for joint in _joints(side))]


def _leaves(node: Node) -> list[Node]:
    node = unwrap(node)
    if node.type != "binary_expression" or _operator(node) not in ("&&", "||", "??"):
        return [node]
    return [leaf for side in named(node) for leaf in _leaves(side)]


def _client_of(file: File, pipe: PipelineCall) -> tuple[str, str] | None:
    """(response, request) as the code spells them, where the pipeline runs to a client, or from
    one; the request is "" for the first."""
    if pipe.source is None or pipe.destination is None:
        return None
    last, first = unwrap(pipe.destination), unwrap(pipe.source)
    found = evidence_of(file, last)
    if found.level >= Level.LIKELY and found.role == "response" and is_plain_name(last):
        return (file.source.text(last), "") if found.owner is not Owner.HERE else None
    handler = serving_at(file, pipe.call)
    found = evidence_of(file, first)
    if handler is None or not handler.response or found.role != "request":
        return None
    text = file.source.text(first)
    return (handler.response, text) if found.proven and text == handler.request else None


def _closed_by_hand(site: Site) -> bool:
    """Whether code before the test, or outside of what hears of the failure, may close the
    response, or its connection, without an error: then it does not tell who closed it."""
    file, body = site.file, site.heard.body
    function = file.functions.enclosing(site.pipe.call)
    while function is not None and function.parent is not None:
        outer = file.functions.enclosing(function.parent)
        if outer is None:
            break
        function = outer
    whole = function or file.source.root
    names = "|".join(re.escape(name) for name in (site.response, site.request) if name)
    closing = re.compile(
        rf"(?<![\w$.])(?:{names})\s*\??\.\s*(?:\w+\s*\??\.\s*)?destroy\b|"
        r"\.\s*(?:socket|connection)\s*\??\.\s*(?:destroy|end)\b".encode()
    )
    return any(
        body is None or not site.condition.start_byte <= hit.start() < body.end_byte
        for hit in closing.finditer(file.source.data, whole.start_byte, whole.end_byte)
    )


def _listened_to(site: Site) -> bool:
    """Whether a stage has a listener that hears of its end before the pipeline does, and may close
    the response then."""
    for stage in map(unwrap, site.pipe.stages[:-1]):
        _, attached = strip_listeners(site.file.source, stage)
        binding = evidence_of(site.file, stage).binding
        if stage.type == "identifier":
            binding = binding or site.file.bindings.resolve(stage)
        uses = every_use(site.file, binding) if binding is not None else []
        events = [use.name for use in uses if use.what == "listener"]
        if {*events, *(item.event for item in attached)} & _ENDS:
            return True
    return False


_ENDS = frozenset({"error", "close", "aborted", "end", "", None})


def _is_seen(site: Site, path: str) -> bool:
    """Whether `path` means the same in what hears of the failure as it does at the pipeline."""
    body, bindings = site.heard.body, site.file.bindings
    root = re.split(r"\W", path, maxsplit=1)[0]
    if body is None or root == "this":
        return body is not None
    there = bindings.lookup(root, site.pipe.call)
    return there is not None and bindings.lookup(root, site.condition) == there
