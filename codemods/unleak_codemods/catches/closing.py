"""The edits that let what hears of a pipeline's failure close the stages it was given."""

from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.catches import reasons
from unleak_codemods.catches.sources import Site, Source, may_be_empty
from unleak_codemods.streams.detaching import destroying
from unleak_codemods.streams.evidence import Level
from unleak_codemods.streams.syntax import in_block, member, named, wrapped
from unleak_engine.codemod import Answer, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety


class Style(NamedTuple):
    """How the file writes a line: its end, the indent of the site's statement, one step more, and
    what ends a statement."""

    newline: str
    indent: str
    unit: str
    stop: str

    @classmethod
    def at(cls, file: File, offset: int) -> "Style":
        source = file.source
        stop = ";" if source.uses_semicolons else ""
        return cls(source.newline, source.indent(offset), source.indent_unit, stop)


def rewritten(site: Site) -> Answer:
    """The answer for a site that may be edited."""
    edits: tuple[Edit, ...] | None
    if site.visible(site.source):
        edits, notes = _in_handler(site, site.source), _told_of_handler(site)
    elif site.told.how != "awaited":
        edits, notes = _named_for_handler(site), (reasons.NAMED,)
    else:
        edits, notes = _before_the_catch(site), (reasons.NAMED,) if not site.source.named else ()
    if edits is None:
        return site.declined("no-block")
    if not site.source.found.proven:
        notes = (*notes, reasons.LIKELY)
    if site.source.binding is not None and site.source.binding.kind == "param":
        notes = (*notes, reasons.HANDED_OVER)
    return Rewrite(
        span=Span.of(site.pipe.call),
        anchor=site.pipe.call.start_byte,
        message=reasons.LEFT_OPEN,
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=site.printed,
        notes=notes,
    )


def _told_of_handler(site: Site) -> tuple[str, ...]:
    return (reasons.ANYTHING_CAUGHT,) if site.told.how == "awaited" else ()


def _calls(site: Site, name: str) -> list[str]:
    """What closes the source, called `name`, and the stages between, without a semicolon."""
    others = [stage for stage in site.middle if site.visible(stage)]
    text = site.file.source.text
    return [
        name + _destroying(site.source),
        *(text(stage.node) + destroying(stage.found) for stage in others),
    ]


def _destroying(source: Source) -> str:
    return destroying(source.found) if source.found.level is Level.PROVEN else ".destroy?.()"


def _in_handler(site: Site, source: Source) -> tuple[Edit, ...]:
    name = site.file.source.text(source.node) + ("?" if may_be_empty(source) else "")
    calls = _calls(site, name)
    return (_first_in(site, calls),)


def _first_in(site: Site, calls: list[str]) -> Edit:
    """The edit that puts `calls` first in what hears of the failure."""
    file, handler = site.file, site.told.handler
    assert handler is not None
    body = site.told.body
    if body is not None and body.type == "statement_block":
        return _first_in_block(file, body, calls)
    unused = file.functions.is_statement(site.told.whole)
    before = "; ".join(calls) + "; " + ("" if unused else "return ")
    if body is not None:
        outer = wrapped(body)
        text = file.source.text(body if body.type != "object" else outer)
        return Edit.replace(outer.start_byte, outer.end_byte, f"{{ {before}{text}; }}")
    text = f"(err) => {{ {before}{file.source.text(handler)}(err); }}"
    return Edit.replace(handler.start_byte, handler.end_byte, text)


def _first_in_block(file: File, body: Node, calls: list[str]) -> Edit:
    source = file.source
    if b"\n" not in source.bytes(body):
        stop = ";" if source.uses_semicolons or named(body) else ""
        closing = "" if source.bytes(body)[1:-1] else " "
        return Edit.insert(body.start_byte + 1, f" {'; '.join(calls)}{stop}{closing}")
    style = Style.at(file, body.start_byte)
    statements = named(body)
    at, end = body.start_byte + 1, source.data.find(b"\n", body.start_byte)
    if statements and statements[0].start_byte < end:
        return Edit.insert(at, "".join(f" {call};" for call in calls))
    first = source.indent(statements[0].start_byte) if statements else style.indent + style.unit
    comments = [child for child in body.named_children if child.type == "comment"]
    if comments and comments[0].start_byte < end:
        at = comments[0].end_byte if comments[0].end_byte <= end else at
    lines = [f"{style.newline}{first}{call}{style.stop}" for call in calls]
    if statements and not style.stop:
        lines[-1] += _needed(file, statements[0])
    return Edit.insert(at, "".join(lines))


def _name_edits(site: Site, name: str) -> tuple[Edit, ...] | None:
    """The edits that give the source a name in a statement before its pipeline's own; None where
    other things would then run in another order, or no statement fits."""
    file, node = site.file, site.source.node
    statement = file.functions.statement_of(site.pipe.call)
    if not in_block(statement) or not _is_all_of(statement, site.told.whole):
        return None
    style = Style.at(file, statement.start_byte)
    stop = style.stop or _needed(file, statement)
    text = f"const {name} = {file.source.text(node)}{stop}{style.newline}{style.indent}"
    return (
        Edit.insert(statement.start_byte, text),
        Edit.replace(node.start_byte, node.end_byte, name),
    )


def _needed(file: File, statement: Node) -> str:
    """The semicolon without which `statement` would go on with the line before it."""
    return ";" if file.source.text(statement)[:1] in "([`/+-" else ""


def _is_all_of(statement: Node, whole: Node) -> bool:
    """Whether `statement` does nothing but evaluate `whole`, or return it."""
    if statement.type not in ("expression_statement", "return_statement"):
        return False
    inner = named(statement)
    while len(inner) == 1 and inner[0] != whole:
        if inner[0].type not in (
            "await_expression",
            "unary_expression",
            "parenthesized_expression",
        ):
            return False
        inner = named(inner[0])
    return len(inner) == 1


def _named_for_handler(site: Site) -> tuple[Edit, ...] | None:
    """An inline source is named before the pipeline's statement, and closed by what is given to
    `.catch`."""
    if site.source.named:
        return None
    name = site.file.bindings.fresh_name("source", site.pipe.call)
    edits = _name_edits(site, name)
    return None if edits is None else (*edits, _first_in(site, _calls(site, name)))


def _before_the_catch(site: Site) -> tuple[Edit, ...] | None:
    """A source that the catch clause cannot see is closed where the pipeline stands: made before
    the `try`, it could throw past the clause."""
    call, file = site.pipe.call, site.file
    awaited = wrapped(call).parent
    if awaited is None or awaited.type != "await_expression" or member(call.parent) is not None:
        return None
    edits: tuple[Edit, ...] | None = ()
    if site.source.named:
        name = file.source.text(site.source.node)
    else:
        name = file.bindings.fresh_name("source", call)
        edits = _name_edits(site, name)
    if edits is None:
        return None
    style = Style.at(file, file.functions.statement_of(call).start_byte)
    line = style.newline + style.indent
    inner = line + style.unit
    calls = [name + _destroying(site.source)]
    calls += [
        file.source.text(stage.node) + destroying(stage.found)
        for stage in site.middle
        if stage.binding is not None
        and file.bindings.lookup(stage.binding.name, call) == stage.binding
    ]
    body = "".join(f"{inner}{each}{style.stop}" for each in (*calls, "throw err"))
    return (*edits, Edit.insert(call.end_byte, f".catch((err) => {{{body}{line}}})"))
