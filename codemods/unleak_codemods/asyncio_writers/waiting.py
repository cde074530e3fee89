"""What a new wait could break: code that counts on nobody else running there, or on no error."""

from collections.abc import Iterable

import libcst as cst
import libcst.matchers as m

from unleak_codemods.asyncio_writers.evidence import Loop, Writer, named
from unleak_codemods.asyncio_writers.placing import awaits, block_of
from unleak_codemods.asyncio_writers.sharing import Shared, shared
from unleak_engine.python.source import PythonSource

Why = tuple[str, str]

_CATCHING = frozenset({
    "BaseException", "ConnectionError", "ConnectionResetError", "EnvironmentError", "Exception",
    "IOError", "OSError", "error",
})  # fmt: skip
_FLOW = m.Return() | m.Raise() | m.Break() | m.Continue()


def in_the_way(source: PythonSource, writer: Writer, loop: Loop, line: cst.CSTNode) -> Why | None:
    """Why a wait that may raise cannot stand where `line` does, in `loop`."""
    inside = True
    for above in source.parents(line):
        if above is writer.function:
            return None
        if isinstance(above, cst.Finally | cst.ExceptHandler | cst.ExceptStarHandler):
            if not awaits(loop):
                return "in-finally", "a cancelled task would wait here for a peer that never reads"
        elif isinstance(above, cst.With):
            why = _within_with(source, above, inside)
            if why is not None:
                return why
        elif inside and isinstance(above, cst.Try | cst.TryStar) and _takes(above):
            return "caught", "its error would go to a handler of this loop, which goes on"
        inside = inside and above is not loop
    return None


def _within_with(source: PythonSource, block: cst.With, inside: bool) -> Why | None:
    calls = [source.text(item.item) for item in block.items]
    if inside and any("suppress" in call for call in calls):
        return "caught", "its error would be suppressed, and what follows the write left out"
    if awaits(block.body) or all(call.startswith("open(") for call in calls):
        return None
    if block.asynchronous is None:
        return "within-with", "nothing waits within this `with`: a lock it holds would stay held"
    if inside:
        return "within-with", "others would wait for this peer until the `async with` is left"
    return None


def _takes(block: cst.Try | cst.TryStar) -> bool:
    return any(_goes_on(handler) for handler in block.handlers)


def _goes_on(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Whether a handler takes the error of a lost connection, and does not leave."""
    types = handler.type
    names = (
        {cst.ensure_type(name, cst.Name).value for name in m.findall(types, m.Name())}
        if types
        else {""}
    )
    if not any(name in _CATCHING or name.isupper() or not name for name in names):
        return False
    body = handler.body.body
    last = body[-1] if body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return not m.matches(last, m.Return() | m.Raise() | m.Break()) if last else True


def placed(
    source: PythonSource, writer: Writer, loop: Loop, line: cst.SimpleStatementLine
) -> cst.SimpleStatementLine | None:
    """The line behind which others may run, `line` or one soon after it; None when the code up to
    the next wait goes on with what others may change meanwhile."""
    if not awaits(loop):
        touched = [one for part in _parts(loop) for one in shared(source, writer, part)]
        return line if all(one.plain for one in touched) else None
    block = block_of(source, line)
    for candidate in block[block.index(line) :]:
        if not isinstance(candidate, cst.SimpleStatementLine):
            return None
        if candidate is not line and (awaits(candidate) or m.findall(candidate, _FLOW)):
            return None
        if not _split(source, writer, loop, candidate):
            return candidate
    return None


def _parts(loop: Loop) -> list[cst.CSTNode]:
    return [loop.body] if isinstance(loop, cst.For) else [loop.test, loop.body]


def _split(source: PythonSource, writer: Writer, loop: Loop, line: cst.SimpleStatementLine) -> bool:
    """Whether a wait behind `line` comes between two uses of what others may change."""
    rest = _following(source, loop, line)
    late = [one for each in rest for one in shared(source, writer, each)]
    places = {one.place for one in late}
    early = [
        one
        for part in _parts(loop)
        for one in shared(source, writer, part)
        if one.place not in places
    ]
    return any(_clash(one, other) for one in late for other in early)


def _clash(one: Shared, other: Shared) -> bool:
    if one.plain and other.plain:
        return False
    first, second = one.root, other.root
    return first == second or (
        "self" in (first, second) and first.partition(".")[0] == second.partition(".")[0]
    )


def _following(
    source: PythonSource, loop: Loop, line: cst.SimpleStatementLine
) -> list[cst.CSTNode]:
    """What of this round runs behind `line` until others may run anyway."""
    found: list[cst.CSTNode] = []
    inner: cst.CSTNode = line
    for above in source.parents(line):
        if above is loop:
            break
        if isinstance(above, cst.IndentedBlock):
            for statement in above.body[list(above.body).index(inner) + 1 :]:  # type: ignore[arg-type]
                simple = isinstance(statement, cst.SimpleStatementLine)
                if simple and awaits(statement):
                    return found
                found.append(statement)
                if simple and m.findall(statement, _FLOW):
                    return found
        elif isinstance(above, cst.Try | cst.TryStar):
            others = (above.orelse if inner is above.body else None, above.finalbody)
            found += [other for other in others if other is not None and other is not inner]
        inner = above
    return found


def replies_follow(source: PythonSource, writer: Writer, loop: Loop) -> bool:
    """Whether the function reads what the peer answers only behind the loop: a peer that waits
    until its answers are read, and reads no further until then, would be waited for in vain."""
    made = writer.made
    if not isinstance(made, cst.Assign):
        return False
    target = made.targets[0].target
    reader = target.elements[0].value if isinstance(target, cst.Tuple) else None
    if reader is None:
        return False
    around = [above for above in source.parents(loop) if isinstance(above, cst.For | cst.While)]
    end = source.span(loop).end
    late = False
    for mention in named(writer.function, source.text(reader)):
        path = list(source.parents(mention))
        if made in path:
            continue
        inner = next(above for above in path if isinstance(above, cst.FunctionDef | cst.Lambda))
        if loop in path or inner is not writer.function:
            return False
        if any(outer in path for outer in around) or source.span(mention).start > end:
            late = True
        elif not _on_the_spot(path):
            return False  # another task reads
    return late


def _on_the_spot(path: Iterable[cst.CSTNode]) -> bool:
    """Whether the innermost statement waits for what it does with the reader."""
    for above in path:
        if isinstance(above, cst.Arg):
            return False
        if isinstance(above, cst.Await | cst.BaseStatement):
            return True
    return True
