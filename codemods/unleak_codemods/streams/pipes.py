"""One `.pipe` site with everything that decides about it, and the reasons to leave it alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from unleak_codemods.streams import handlers, knowledge, wrappers
from unleak_codemods.streams.chains import LISTENING, Chain, chain_at
from unleak_codemods.streams.evidence import Evidence, Level, Owner, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.reasons import REASONS
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    in_block,
    inside,
    named,
    unwrap,
)
from unleak_codemods.streams.uses import FEEDING as FEEDING
from unleak_codemods.streams.uses import Use, uses_of, uses_of_member
from unleak_codemods.streams.wrappers import Wrapper
from unleak_engine.codemod import DEFAULTS, Declined, File, Grounds, Options, Span

MESSAGE = "`.pipe()` keeps the source open when a later stage closes or fails"
_IMPORTS = re.compile(rb"""(?:\brequire\s*\(\s*|\bfrom\s*|\bimport\s*\(?\s*)(['"`])([^'"`\n]+)\1""")
HANDED_OVER = "the source is not made here: check that nobody else reads it or needs it open"
ANSWERED_TWICE = (
    "the source is not made here: check that nobody else reads it, needs it open, or answers too "
    "when it fails"
)
FOREIGN = "a stage is not one of Node's own: check that it emits 'close' when it is done"
OPAQUE = "the options of a stage are not visible here: check for `fd`, `autoClose` and `emitClose`"
CHAINED = LISTENING | {"pipe"}
_OTHER_PIPES = frozenset({"subscribe", "toPromise", "then", "safeParse", "parse", "optional"})


@dataclass(slots=True)
class Site:
    """A chain that is likely ours. `evidence` and `uses` run along the stages."""

    file: File
    chain: Chain
    evidence: list[Evidence]
    uses: list[list[Use]]
    wrapper: Wrapper | None
    handler: handlers.Handler | None

    @property
    def source(self) -> Evidence:
        return self.evidence[0]

    @property
    def destination(self) -> Evidence:
        return self.evidence[-1]

    @property
    def served(self) -> bool:
        """Whether a client is waited on here. One that leaves is no error of the server's: nobody
        hears of it, and a rejection that nobody takes would end the process."""
        return self.handler is not None or self.source.role == "request"

    @property
    def all_uses(self) -> list[Use]:
        return [use for uses in self.uses for use in uses]

    @property
    def printed(self) -> tuple[Grounds, ...]:
        return tuple(
            grounds(self.file, stage.node, found)
            for stage, found in zip(self.chain.stages, self.evidence, strict=True)
        )

    def declined(self, code: str, *, note: str = "") -> Declined:
        reason = REASONS[code]
        why = note or reason.why
        return Declined(
            span=Span.of(self.chain.node),
            anchor=self.chain.anchor.start_byte,
            message=MESSAGE,
            code=code,
            why=self.file.target.blamed(why) if code == "node-too-old" else why,
            recipe=reason.recipe,
            evidence=self.printed,
            shown=reason.shown,
        )


_WORDS = (
    *(b"createReadStream", b"createWriteStream", b"NodeJS", b"stdin", b"stdout", b"stderr"),
    *(b"setHeader", b"writeHead", b"sendStatus", b"sendFile", b".status(", b".type("),
    b".attachment(",
)
_LISTENS = re.compile(rb"\.\s*(?:on|once|\w*Listener)\s*\(\s*['\"`]")
_HANDLES = re.compile(rb"req(?:uest)?\b[^,(){}]{0,80},\s*(?:_?res(?:ponse)?|resp|rsp|reply)\b")
_CONTEXT = re.compile(rb"(?:ctx|context)\s*\??\.\s*re[qs]\b")


def may_be_streams(data: bytes, options: Options = DEFAULTS) -> bool:
    """Whether a chain in a file could be found to be a Node stream's: the file loads a module
    that gives streams, or says one of the words a stream is known by."""
    if any(word in data for word in _WORDS):
        return True
    if b"req" in data and (_HANDLES.search(data) or _CONTEXT.search(data)):
        return True
    if (b".on" in data or b"Listener" in data) and _LISTENS.search(data):
        return True
    modules = {hit.group(2).decode(errors="replace") for hit in _IMPORTS.finditer(data)}
    known = knowledge.knowledge_in(options)
    return any(
        (name := knowledge.bare(module)) in known.exports
        or name in known.hints
        or name in knowledge.TYPE_MODULES
        for module in modules
    ) or any(name in data for name in knowledge.added_globals(options))


def site_at(file: File, call: Node) -> Site | None:
    """The site whose first `.pipe` is `call`, None when it is not, or hardly, a Node stream's."""
    chain = chain_at(file.source, call)
    if chain is None or not _shaped_like_a_pipe(file, chain) or _implements_pipe(file, chain):
        return None
    evidence = [evidence_of(file, stage.node) for stage in chain.stages]
    evidence = _likely(file, chain, evidence)
    if not evidence:
        return None
    uses = [
        _uses(file, chain, found, stage.node)
        for found, stage in zip(evidence, chain.stages, strict=True)
    ]
    wrapper = wrappers.wrapper_above(file, chain.node)
    return Site(file, chain, evidence, uses, wrapper, handlers.serving_at(file, chain.node))


def _uses(file: File, chain: Chain, found: Evidence, stage: Node) -> list[Use]:
    if found.binding is not None:
        return uses_of(file, found.binding, chain)
    return uses_of_member(file, stage, chain) if stage.type == "member_expression" else []


def _shaped_like_a_pipe(file: File, chain: Chain) -> bool:
    """One stream and at most an options object in every `.pipe(…)`, nothing rx-like after it."""
    for link in chain.pipes:
        if not 1 <= len(link.arguments) <= 2:
            return False
        if len(link.arguments) == 2 and not _is_options(file, unwrap(link.arguments[1])):
            return False
        if link.arguments[0].type == "spread_element":
            return False
    return not any(link.name in _OTHER_PIPES for link in chain.links)


def _is_options(file: File, node: Node) -> bool:
    """Whether a second argument is options: a literal, or a name that says so."""
    if node.type == "object":
        return True
    return "opt" in file.source.text(node).lower() and node.type != "call_expression"


def _implements_pipe(file: File, chain: Chain) -> bool:
    """Whether this is somebody's own `pipe`: an override, a delegation, a patch."""
    if chain.root.type == "super":
        return True
    function = file.functions.enclosing(chain.node)
    for _ in range(3):
        if function is None or function.parent is None:
            return False
        if (file.functions.name_of(function) or "").rpartition(".")[2] == "pipe":
            return True
        function = file.functions.enclosing(function.parent)
    return False


def _likely(file: File, chain: Chain, evidence: list[Evidence]) -> list[Evidence]:
    """`evidence` when the chain is likely a Node stream's, else nothing.

    A proven stage lends likelihood to the unknown ones beside it; so do the modules a file
    imports: among 5,035 chains of 348 packages, 86 % of the real ones and 3 % of the others
    stand in a file that imports a stream module.
    """
    if any(found.level is Level.NOT_OURS for found in evidence):
        return []
    known = knowledge.knowledge_of(file)
    if file.target.package in known.toolkits and _TEST.search(file.source.path):
        # There a `.pipe` is what is tried.
        return []
    if file.target.package in known.foreign and not evidence[0].proven:
        # What such a package pipes is its own, whatever it hands it to.
        return []
    best = max(found.level for found in evidence)
    if best < Level.LIKELY:
        modules = imported_modules(file)
        if any(knowledge.is_foreign_pipe(module, known) for module in modules):
            return []
        heard = any(listener.event in _EVENTS for listener in chain.listeners)
        if not heard and not any(m in known.hints for m in modules):
            return []
        calls = [unwrap(link.arguments[0]).type == "call_expression" for link in chain.pipes]
        return [] if any(calls) and not heard else evidence
    if best < Level.PROVEN and not _takes_streams(evidence[1]):
        return evidence
    return [
        found._replace(level=Level.LIKELY, reasons=(*found.reasons, _lent(file, chain, index)))
        if found.level < Level.LIKELY
        and index == 0
        and _takes_streams(evidence[1])
        and not _made_of_a_request(file, chain, found)
        else found
        for index, found in enumerate(evidence)
    ]


_FOR_US = re.compile(rb"/[/*]+[\s*]*unleak-(?:disable|enable)")
_TEST = re.compile(r"(?:^|[/._-])(?:tests?|__tests__|specs?|bench(?:mark)?s?|examples?)(?=[/._-])")
_EVENTS = frozenset({"error", "finish", "end", "close", "data", "readable", "drain"})


def _takes_streams(found: Evidence) -> bool:
    if found.role == "response":
        return found.level >= Level.LIKELY
    return found.taken and found.role in ("writable", "duplex", "upload")


def _made_of_a_request(file: File, chain: Chain, found: Evidence) -> bool:
    """Whether the source comes from a call that is given the request or the response: it answers
    by itself (`send(req, path).pipe(res)`), and is seldom a stream."""
    made = unwrap(chain.stages[0].node)
    if found.binding is not None and found.binding.value is not None and not found.binding.path:
        made = unwrap(found.binding.value)
    if made.type not in ("call_expression", "new_expression"):
        return False
    return any(
        (
            (evidence := evidence_of(file, part)).role in ("request", "response")
            and evidence.owner is Owner.HANDLER
        )
        or file.source.text(part) in ("req", "request", "res", "response")
        for part in arguments(made)
    )


def _lent(file: File, chain: Chain, index: int) -> str:
    name = " ".join(file.source.text(chain.stages[index].node).split())[:50]
    return f"`{name}` is likely a readable, since it is piped into a Node writable"


def imported_modules(file: File) -> frozenset[str]:
    """Every module the file names in an import or a require, without `node:`."""
    known = file.memo.get("imports")
    if not isinstance(known, frozenset):
        known = frozenset(
            knowledge.bare(hit.group(2).decode(errors="replace"))
            for hit in _IMPORTS.finditer(file.source.data)
        )
        file.memo["imports"] = known
    return known


def obstacle(site: Site) -> str | None:
    """The code of the first thing that makes any local rewrite wrong, None when nothing does."""
    chain, file = site.chain, site.file
    if any(_keeps_open(file, link.arguments) for link in chain.pipes):
        return "end-false"
    if any(found.owner is Owner.PROCESS for found in site.evidence):
        return "process-stdio"
    if _author_says_no(site):
        return "author-says-no"
    if _unpiped(site):
        return "unpiped"
    if _grown(file, chain):
        return "stages-grown"
    if _two_way(site):
        return "two-way"
    if any(
        use.what in ("pipe", "stage") and not exclusive(file, use.node, chain.node)
        for use in site.all_uses
    ):
        return "piped-more-than-once"
    if _looped(site):
        return "piped-more-than-once"
    if any(found.role == "legacy" for found in site.evidence):
        return "legacy-stream"
    return None


def _author_says_no(site: Site) -> bool:
    """Whether a comment right above the statement speaks of pipeline. One that suppresses a
    finding names a codemod, and says nothing beside it."""
    statement = site.file.functions.statement_of(site.chain.node)
    above = statement.prev_named_sibling
    while above is not None and above.type == "comment":
        text = site.file.source.bytes(above)
        if re.search(rb"\bpipeline\b", text) and not _FOR_US.match(text):
            return True
        above = above.prev_named_sibling
    return False


def _keeps_open(file: File, arguments: tuple[Node, ...]) -> bool:
    """Whether a second argument is anything but a plain `{ end: true }`."""
    return len(arguments) == 2 and "".join(file.source.text(arguments[1]).split()) not in (
        "{}",
        "{end:true}",
    )


def _grown(file: File, chain: Chain) -> bool:
    """`s = s.pipe(x)`, and stages picked by a condition or an index."""
    kinds = {unwrap(stage.node).type for stage in chain.stages}
    if kinds & {"ternary_expression", "binary_expression", "subscript_expression"}:
        return True
    parent = chain.node.parent
    if chain.place != "assigned" or parent is None:
        return False
    left = parent.child_by_field_name("left")
    return left is not None and file.source.text(left) == file.source.text(chain.root)


def _unpiped(site: Site) -> bool:
    """Whether a stage is taken out of a pipe again, or asks to be told when it is."""
    if site.file.source.data.find(b"unpipe") < 0:
        return False
    if any(stage.node.type == "this" for stage in site.chain.stages):
        return True
    heard = [listener.event for listener in site.chain.listeners]
    return "unpipe" in heard or any(
        use.name == "unpipe" or (use.what == "argument" and use.name.endswith("unpipe"))
        for use in site.all_uses
    )


def _two_way(site: Site) -> bool:
    """`a.pipe(b); b.pipe(a)`, in one chain or two."""
    source = site.file.source
    texts = [" ".join(source.text(stage.node).split()) for stage in site.chain.stages]
    if len(set(texts)) != len(texts):
        return True
    back = [
        chain_at(source, use.call)
        for use in site.uses[-1]
        if use.call and use.what == "pipe" and not exclusive(site.file, use.node, site.chain.node)
    ]
    return any(
        " ".join(source.text(stage.node).split()) == texts[0]
        for chain in back
        if chain is not None
        for stage in chain.stages
    )


def _looped(site: Site) -> bool:
    """Whether the chain runs again and again over a stage that was made before the loop."""
    loop = site.file.functions.enclosing_loop(site.chain.node)
    return loop is not None and any(
        found.binding is not None and not inside(found.binding.node, loop)
        for found in site.evidence
    )


def exclusive(file: File, one: Node, other: Node) -> bool:
    """Whether no run of their function passes through both nodes: branches of one `if`, cases
    of one `switch`, or the earlier in a block that is always left."""
    first, second = (one, other) if one.start_byte <= other.start_byte else (other, one)
    path = file.source.path_to(first.start_byte, first.end_byte)
    beside = file.source.path_to(second.start_byte, second.end_byte)
    shared = sum(1 for a, b in zip(path, beside, strict=False) if a.id == b.id)
    if shared and path[shared - 1].type == "if_statement":
        return True
    below = path[shared:]
    if shared and path[shared - 1].type == "switch_body" and below and _ends_its_case(below[0]):
        return True
    if any(node.type in FUNCTIONS for node in below):
        return False
    return any(_always_left(node) for node in below)


_LEAVING = frozenset({"return_statement", "throw_statement"})
_CASES = frozenset({"switch_case", "switch_default"})


def _ends_its_case(case: Node) -> bool:
    """Whether nothing falls out of a case of a switch into the next one."""
    statements = named(case)
    while statements and statements[-1].type == "statement_block":
        statements = named(statements[-1])
    last = statements[-1].type if statements else ""
    return case.type in _CASES and (last in _LEAVING or last in _JUMPS)


_JUMPS = frozenset({"break_statement", "continue_statement"})


def _always_left(block: Node) -> bool:
    """Whether what stands behind `block` in the text never runs after it; a case that ends with
    a `break` is left to behind its switch only, which `exclusive` must have seen to."""
    if block.type in _LEAVING:
        return True
    statements = named(block) if block.type == "statement_block" or block.type in _CASES else []
    return bool(statements) and statements[-1].type in _LEAVING


def hears_of_closing(site: Site) -> bool:
    """Whether the last stage has a listener for 'close'."""
    return any(item.event == "close" for item in site.chain.stages[-1].listeners) or any(
        use.what == "listener" and use.name == "close" for use in site.uses[-1]
    )


def takes_listeners_off(site: Site) -> bool:
    """Whether other code takes listeners off a stage again."""
    return any(use.what == "method" and use.name in _UNHEARING for use in site.all_uses)


_UNHEARING = frozenset({"off", "removeListener", "removeAllListeners"})


def at_top_of_a_module(site: Site) -> bool:
    """Whether the chain runs while an ES module is loaded: nobody there can hear of a failure,
    and an `await` would hold up whoever imports the module."""
    file = site.file
    return file.functions.enclosing(site.chain.node) is None and (
        file.bindings.module_system == "esm"
    )


def ownership(site: Site) -> str | None:
    """The code for a stage that is not this function's to destroy, None when all are.

    A source that somebody hands over is taken for handed over when what it goes into is made
    here; so is a destination that answers this very request.
    """
    for found in site.evidence:
        if found.owner in (Owner.FIELD, Owner.MODULE):
            return "not-owned"
    for found, stage in zip(site.evidence[1:], site.chain.stages[1:], strict=True):
        if found.level < Level.LIKELY:
            return "not-owned" if found.owner is Owner.PARAMETER else "unknown-stage"
        if found.role in ("upload", "socket", "child-writable"):
            return "upload"
        if found.owner is Owner.PARAMETER and found.role != "response":
            return "not-owned"
        if found.owner is Owner.OUTER and site.source.role != "message":
            return "not-owned"
        if found.owner is Owner.OTHER and stage.node.type != "identifier":
            return "unknown-stage"
    if site.source.level < Level.LIKELY:
        return "unknown-stage"
    if site.source.owner is Owner.OUTER:
        return "not-owned"
    if site.source.role in ("socket", "child"):
        return "not-owned"
    return None


def continues_on_close(site: Site, settles: Callable[[Node | None], bool]) -> bool:
    """Whether code goes on when a stage has closed, as if that were success: behind a pipeline
    'close' follows failure too. `settles` tells handlers that only resolve a promise; they may
    stay on a stage whose own 'error' is heard. The 'close' of a handler's response has always
    followed a client that leaves as well; that it comes when the source fails too is new.
    """
    for index, stage in enumerate(site.chain.stages):
        found = site.evidence[index]
        if found.role == "response" and found.proven and found.owner is Owner.HANDLER:
            continue
        heard = [(item.event, item.handler) for item in stage.listeners]
        heard += [(use.name, use.handler) for use in site.uses[index] if use.what == "listener"]
        failing = any(event == "error" for event, _ in heard)
        for event, handler in heard:
            harmless = logs_only(site.file, handler) or (failing and settles(handler))
            if event == "close" and not harmless:
                return True
    return False


def ended_by_hand(site: Site) -> bool:
    """Whether the destination is ended by other code, a timer say, while the chain runs."""
    return any(_feeds(site, use) and use.name in ("end", "close") for use in site.uses[-1])


def fed_after(site: Site) -> bool:
    """Whether a stage is written to, ended or fed by hand, or is of a kind that always is."""
    return site.source.kind.fed or any(_feeds(site, use) for use in site.all_uses)


def handed_elsewhere(site: Site) -> bool:
    """Whether a stage is given to other code, which may do anything with it. A request and its
    response are, everywhere, and whoever has them expects that they may be gone."""
    return any(
        use.what in ("written", "argument", "other", "returned")
        for found, uses in zip(site.evidence, site.uses, strict=True)
        for use in uses
        if found.owner is not Owner.HANDLER or use.what == "written"
        if not exclusive(site.file, use.node, site.chain.node)
    )


def only_source_is_fed(site: Site) -> bool:
    """Whether what is fed by hand is the source alone, and nobody waits until it is done: then
    the chain may be started where it stands, but not awaited."""
    if any(_feeds(site, use) for uses in site.uses[1:] for use in uses):
        return False
    return not any(
        use.call is not None
        and use.call.parent is not None
        and use.call.parent.type == "await_expression"
        for use in site.uses[0]
    )


def is_deadline(site: Site, use: Use) -> bool:
    """Whether a use is the whole of `setTimeout(() => res.end(), …)`: when it fires the response is
    over, and a pipeline closes its stages as `.pipe()` does not."""
    function = site.file.functions.enclosing(use.node)
    call = use.call
    if use.name != "end" or site.destination.role != "response" or function is None or call is None:
        return False
    if arguments(call) or site.file.functions.parameters(function):
        return False
    inner = function.child_by_field_name("body")
    if inner is not None and inner.type == "statement_block":
        statements = named(inner)
        inner = named(statements[0])[0] if len(statements) == 1 and named(statements[0]) else None
    timer = function.parent.parent if function.parent is not None else None
    if inner is None or inner.id != call.id or timer is None:
        return False
    named_so = timer.child_by_field_name("function")
    if timer.type != "call_expression" or named_so is None or not arguments(timer):
        return False
    is_global = named_so.type == "identifier" and site.file.bindings.resolve(named_so) is None
    return is_global and named_so.text == b"setTimeout" and arguments(timer)[0].id == function.id


def _feeds(site: Site, use: Use) -> bool:
    """Whether a use writes to a stage or ends it, outside of the listeners on the stages."""
    if use.what != "method" or use.name not in FEEDING:
        return False
    functions = site.file.functions
    before = use.node.end_byte <= site.chain.call.start_byte
    if before and functions.enclosing(use.node) == functions.enclosing(site.chain.call):
        return False
    if exclusive(site.file, use.node, site.chain.node) or _after_a_throw(site, use.node):
        return False
    if is_deadline(site, use):
        return False
    handlers = [other.handler for other in site.all_uses if other.handler is not None]
    handlers += [item.handler for item in site.chain.listeners if item.handler is not None]
    return not any(inside(use.node, handler) for handler in handlers)


def _after_a_throw(site: Site, node: Node) -> bool:
    """Whether `node` stands in the catch of a `try` in which only listeners follow the chain: what
    was thrown came before the chain was started."""
    for outer in ancestors(site.chain.node):
        if outer.type in FUNCTIONS:
            return False
        handler = outer.child_by_field_name("handler") if outer.type == "try_statement" else None
        if handler is not None and inside(node, handler):
            return _only_listeners_follow(site, outer)
    return False


def _only_listeners_follow(site: Site, outer: Node) -> bool:
    listeners = [use.call for use in site.all_uses if use.what == "listener"]
    node = site.file.functions.statement_of(site.chain.node)
    while node.parent is not None and node.id != outer.id:
        beside = node.next_named_sibling if in_block(node) else None
        while beside is not None:
            alone = beside.type == "expression_statement" and any(
                call is not None and named(beside) and named(beside)[0].id == call.id
                for call in listeners
            )
            if beside.type != "comment" and not alone:
                return False
            beside = beside.next_named_sibling
        node = node.parent
    return True


def logs_only(file: File, handler: Node | None) -> bool:
    """Whether a listener does nothing but log."""
    if handler is None:
        return False
    text = file.source.text(handler)
    if handler.type == "member_expression":
        return text.startswith("console.")
    body = handler.child_by_field_name("body")
    if body is None:
        return False
    statements = named(body) if body.type == "statement_block" else [body]
    for statement in statements:
        inner = named(statement) if statement.type == "expression_statement" else [statement]
        call = unwrap(inner[0]) if inner else None
        if call is None or call.type != "call_expression":
            return False
        function = call.child_by_field_name("function")
        name = file.source.text(function) if function is not None else ""
        if not re.fullmatch(r"(this\.)?(console|log|logger|debug|winston)(\.\w+)*", name):
            return False
        if any(part.type in ("arrow_function", "function_expression") for part in arguments(call)):
            return False
    return True
