"""The answer for a listener for 'close' that stops the work for a response."""

from unleak_codemods.aborts.closing import Closing, feeds
from unleak_codemods.aborts.controllers import Controller, controller_of
from unleak_codemods.aborts.places import Served, ends_in, is_generator, served_at, spelled
from unleak_codemods.aborts.reasons import CLOSING, EVERY_CLOSE, REQUEST_CLOSE
from unleak_codemods.streams.evidence import evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.registrations import registration_of
from unleak_codemods.streams.syntax import in_block, wrapped
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_BODILESS = frozenset({"get", "head"})


def on_response(file: File, found: Closing) -> Answer | None:
    """The answer for a listener on the response. Only a generator among the stages makes an abort
    after success a failure; a pipeline of streams alone has settled by then."""
    controller = _controller(file, found)
    if controller is None:
        return None
    here = [call for call in controller.pipelines if ends_in(file, call, found.receiver)]
    failing = [
        call for call in here if any(is_generator(file, stage) for stage in call.stages[:-1])
    ]
    if not failing:
        return None
    response = spelled(file, found.receiver)
    if _is_old(file):
        return _declined(file, found, "node-too-old", response)
    if controller.others or len(here) < len(controller.pipelines):
        return _declined(file, found, "other-work", response)
    return _rewrite(file, found, EVERY_CLOSE, guard(file, found, response))


def on_request(file: File, found: Closing) -> Answer | None:
    """The answer for a listener on the request, whose 'close' says nothing of the client once the
    body was read."""
    served = served_at(file, found.call)
    if served is None or spelled(file, found.receiver) != served.request:
        return None
    controller = _controller(file, found)
    if controller is None:
        if not feeds(file, found.stop.what, served.handler.function, served.response):
            return None
        code, guarded = None, True
    else:
        code, guarded = _aborting(file, controller, served), found.stop.asked
        if code == "":
            return None
    if _is_old(file):
        code = "node-too-old"
    elif code is None and not found.stop.alone:
        code = "listener-does-more"
    elif code is None and not _stands_alone(found):
        code = "more-is-chained"
    if code is not None:
        return _declined(file, found, code, served.response)
    moved = Edit.replace(found.receiver.start_byte, found.receiver.end_byte, served.response)
    guards = () if guarded else guard(file, found, served.response)
    return _rewrite(file, found, REQUEST_CLOSE, (moved, *guards))


def _controller(file: File, found: Closing) -> Controller | None:
    return controller_of(file, found.stop.what) if found.stop.method == "abort" else None


def _aborting(file: File, controller: Controller, served: Served) -> str | None:
    """The obstacle for moving an abort to the response; "" where nothing says it is a fault."""
    here = [
        call
        for call in controller.pipelines
        if call.destination is not None and spelled(file, call.destination) == served.response
    ]
    if here and not controller.others and len(here) == len(controller.pipelines):
        return None
    if here:
        return "other-work"
    registered = registration_of(file, served.handler.function)
    reads = registered is not None and registered.method not in (*_BODILESS, "")
    return "other-work" if controller.others and reads else ""


def _stands_alone(found: Closing) -> bool:
    """Whether nothing is made of what the call returns: `.on('error', …)` behind it would move."""
    parent = wrapped(found.call).parent
    return parent is not None and parent.type in ("expression_statement", "arrow_function")


def _is_old(file: File) -> bool:
    return file.target.node_floor is not None and file.target.node_floor < 18


def guard(file: File, found: Closing, response: str) -> tuple[Edit, ...]:
    """The edits that put the stop behind a test whether the response was finished."""
    test = f"if (!{response}.writableFinished) "
    stop = wrapped(found.stop.whole)
    statement = stop.parent
    if statement is not None and statement.type == "expression_statement" and in_block(statement):
        return (Edit.insert(statement.start_byte, test),)
    end = "; }" if file.source.uses_semicolons else " }"
    return (Edit.insert(stop.start_byte, f"{{ {test}"), Edit.insert(stop.end_byte, end))


def _rewrite(file: File, found: Closing, message: str, edits: tuple[Edit, ...]) -> Rewrite:
    return Rewrite(
        span=Span.of(found.call),
        anchor=found.on.start_byte,
        message=message,
        edits=edits,
        safety=Safety.SAFE,
        evidence=(grounds(file, found.receiver, evidence_of(file, found.receiver)),),
    )


def _declined(file: File, found: Closing, code: str, response: str) -> Declined:
    reason = CLOSING[code]
    stop = file.source.text(found.stop.whole)
    return Declined(
        span=Span.of(found.call),
        anchor=found.on.start_byte,
        message=EVERY_CLOSE if found.side == "response" else REQUEST_CLOSE,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("RESPONSE", response).replace("STOP", stop),
        evidence=(grounds(file, found.receiver, evidence_of(file, found.receiver)),),
        shown=reason.shown,
    )
