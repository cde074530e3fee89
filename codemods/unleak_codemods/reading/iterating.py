"""Files that are walked over chunk by chunk, and the two ways in which a loop leaves one open: what
fails before it begins, and being told not to destroy."""

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.reading import reasons
from unleak_codemods.reading.exits import (
    awaits_between,
    early_exits,
    is_walked,
    released_at,
    released_finally,
)
from unleak_codemods.reading.files import is_own_file
from unleak_codemods.reading.readers import DESTROYING, is_alone
from unleak_codemods.reading.wrapping import in_try
from unleak_codemods.streams.evidence import Evidence, evidence_of
from unleak_codemods.streams.grounds import grounds
from unleak_codemods.streams.pipeline_calls import option
from unleak_codemods.streams.pipelines import moved_text
from unleak_codemods.streams.syntax import (
    arguments,
    called_method,
    callee,
    in_block,
    inside,
    unwrap,
    walk,
)
from unleak_codemods.streams.uses import Use, every_use
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety
from unleak_engine.syntax import NAMES

_JOINING = frozenset({"join", "resolve", "fileURLToPath"})
_CHANGING = frozenset(
    {"await_expression", "yield_expression", "assignment_expression", "update_expression", "this"}
)


class Subject(NamedTuple):
    """A file stream in a constant of the function that walks over it. `site` is the loop, or the
    call that makes an iterator, `name` the stream as it stands there."""

    site: Node
    name: Node
    binding: Binding
    found: Evidence
    uses: list[Use]


def walked(file: File, loop: Node) -> Answer | None:
    """The answer for a `for await` loop, None when it is none over a file made in its function,
    or leaves nothing open."""
    head = loop.child_by_field_name("right")
    if head is None:
        return None
    node = unwrap(head)
    if node.type == "identifier":
        subject = subject_of(file, node, loop)
        return _late(file, subject, loop) if subject is not None else None
    method = called_method(node) if node.type == "call_expression" else None
    if method is None or file.source.text(method[1]) != "iterator" or not arguments(node):
        return None
    kept = option(file, arguments(node)[0], "destroyOnReturn")
    if kept is None or file.source.text(kept) != "false":
        return None
    subject = subject_of(file, method[0], loop)
    return _kept_open(file, subject, loop) if subject is not None else None


def subject_of(file: File, name: Node, at: Node) -> Subject | None:
    """The file stream that `name` names at `at`, None when it is no constant of that function."""
    binding = file.bindings.resolve(name) if name.type == "identifier" else None
    if binding is None or binding.value is None or binding.path:
        return None
    if not file.bindings.is_constant(binding):
        return None
    if file.functions.enclosing(binding.node) != file.functions.enclosing(at):
        return None
    found = evidence_of(file, name)
    if not is_own_file(file, found, unwrap(binding.value)):
        return None
    return Subject(at, name, binding, found, every_use(file, binding))


def _closes(use: Use) -> bool:
    return use.what == "method" and use.name in DESTROYING


# What fails before the loop begins.


def _late(file: File, subject: Subject, loop: Node) -> Answer | None:
    start, end = subject.binding.declaration.end_byte, loop.start_byte
    waits = next(awaits_between(file, start, end, loop), None)
    if waits is None or any(_closes(use) for use in subject.uses):
        return None
    others = [use for use in subject.uses if not is_walked(use.node)]
    if any(use.what not in ("listener", "method", "property", "tested") for use in others):
        return None
    if any(is_walked(use.node) and use.node.start_byte < end for use in subject.uses):
        return None  # an earlier loop reads it, and ends it
    code = _late_obstacle(file, subject, loop, others)
    if code is not None:
        return declined(file, subject, code, reasons.LATE)
    return _moved(file, subject, loop)


def _late_obstacle(file: File, subject: Subject, loop: Node, others: list[Use]) -> str | None:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if file.functions.enclosing_loop(loop) != file.functions.enclosing_loop(subject.binding.node):
        return "walked-in-rounds"
    home = file.functions.enclosing(loop)
    if any(
        use.node.start_byte < loop.start_byte or file.functions.enclosing(use.node) != home
        for use in others
    ):
        return "named-before-the-loop"
    declaration = file.functions.statement_of(subject.binding.node)
    statement = _whole(file, loop)
    if not in_block(declaration) or declaration.parent != statement.parent:
        return "walked-in-a-branch"
    if not is_alone(subject.binding) or not in_block(statement):
        return "no-block"
    return _value_obstacle(file, subject, loop)


def _value_obstacle(file: File, subject: Subject, loop: Node) -> str | None:
    """The code of what makes the stream another one when it is made right before `loop`."""
    value = subject.binding.value
    assert value is not None
    names: set[str] = set()
    for node in walk(value):
        if node.type in _CHANGING:
            return "made-of-what-changes"
        if node.type == "call_expression" and node != unwrap(value):
            function = callee(node)
            if function is None or file.source.text(function).rpartition(".")[2] not in _JOINING:
                return "made-of-what-changes"
        if node.type == "identifier" and file.bindings.origin(node) is None:
            binding = file.bindings.resolve(node)
            if binding is not None and not file.bindings.is_constant(binding):
                return "made-of-what-changes"
            names.add(file.source.text(node))
    start, end = subject.binding.declaration.end_byte, loop.start_byte
    return None if names.isdisjoint(_names(file, start, end, loop)) else "file-used-before"


def _names(file: File, start: int, end: int, at: Node) -> Iterator[str]:
    """What is named between two offsets of the function around `at`."""
    for node in walk(file.functions.enclosing(at) or file.source.root):
        if node.type in NAMES and start <= node.start_byte < end:
            yield file.source.text(node)


def _whole(file: File, loop: Node) -> Node:
    statement = loop
    while statement.parent is not None and statement.parent.type == "labeled_statement":
        statement = statement.parent
    return statement


def _moved(file: File, subject: Subject, loop: Node) -> Rewrite:
    source = file.source
    declaration = file.functions.statement_of(subject.binding.node)
    statement = _whole(file, loop)
    indent = source.indent(statement.start_byte)
    start = source.line_start(declaration.start_byte)
    end = source.data.find(b"\n", declaration.end_byte) + 1 or len(source.data)
    tail = source.data[declaration.end_byte : end].strip().decode()
    if source.data[start : declaration.start_byte].strip() or (tail and not tail.startswith("//")):
        start, end, tail = declaration.start_byte, declaration.end_byte, ""
    text = f"{moved_text(source, declaration, indent)} {tail}".rstrip()
    put = Edit.insert(statement.start_byte, text + source.newline + indent)
    notes = [reasons.OPENED_LATER]
    if not subject.found.proven:
        notes.append(reasons.LIKELY)
    return rewrite(file, subject, reasons.LATE, (Edit.delete(start, end), put), tuple(notes))


# A loop that is told not to destroy what it reads.


def _kept_open(file: File, subject: Subject, loop: Node) -> Answer | None:
    exits = early_exits(file, loop)
    binding = subject.binding
    if not exits or released_finally(file, loop, binding, DESTROYING):
        return None
    if all(released_at(file, node, loop, binding, DESTROYING) for node in exits):
        return None
    inner = loop.child_by_field_name("right")
    others = [use for use in subject.uses if inner is None or not inside(use.node, inner)]
    if any(use.what not in ("listener", "property", "tested") for use in others):
        return None  # somebody goes on with it, as the option says
    if any(use.node.start_byte > loop.end_byte for use in others):
        return None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return declined(file, subject, "node-too-old", reasons.KEPT_OPEN)
    if file.functions.enclosing_loop(loop) != file.functions.enclosing_loop(binding.node):
        return None
    statement = _whole(file, loop)
    edits = in_try(file.source, statement, statement, (f"{binding.name}.destroy()",))
    return rewrite(file, subject, reasons.KEPT_OPEN, edits, (reasons.NOBODY_GOES_ON,))


# Answers.


def rewrite(
    file: File,
    subject: Subject,
    message: str,
    edits: tuple[Edit, ...],
    notes: tuple[str, ...],
) -> Rewrite:
    return Rewrite(
        span=Span(subject.site.start_byte, subject.name.end_byte),
        anchor=subject.site.start_byte,
        message=message,
        edits=edits,
        safety=Safety.UNSAFE,
        evidence=(grounds(file, subject.name, subject.found),),
        notes=notes,
    )


def declined(file: File, subject: Subject, code: str, message: str) -> Declined:
    reason = reasons.REASONS[code]
    return Declined(
        span=Span(subject.site.start_byte, subject.name.end_byte),
        anchor=subject.site.start_byte,
        message=message,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("STREAM", subject.binding.name),
        evidence=(grounds(file, subject.name, subject.found),),
        shown=reason.shown,
    )
