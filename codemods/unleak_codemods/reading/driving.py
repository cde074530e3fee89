"""Iterators over files that are driven by hand, with `next()`, and left before the end."""

from tree_sitter import Node

from unleak_codemods.reading import reasons
from unleak_codemods.reading.iterating import declined, rewrite, subject_of
from unleak_codemods.reading.wrapping import beside
from unleak_codemods.streams.syntax import called_method, inside, unwrap, wrapped
from unleak_codemods.streams.uses import Use, every_use
from unleak_engine.codemod import Answer, File

_PLAIN = frozenset({"expression_statement", "lexical_declaration", "variable_declaration"})


def driven(file: File, node: Node) -> Answer | None:
    """The answer for `stream[Symbol.asyncIterator]()` or `stream.iterator()`, the value `node`
    of a constant whose `next()` is called by hand, None when it leaves nothing open."""
    stream = _iterated(file, node)
    holder = wrapped(node).parent
    name = holder.child_by_field_name("name") if holder is not None else None
    if stream is None or holder is None or holder.type != "variable_declarator" or name is None:
        return None
    iterator = file.bindings.resolve(name) if name.type == "identifier" else None
    subject = subject_of(file, stream, node)
    if iterator is None or subject is None or not file.bindings.is_constant(iterator):
        return None
    uses = every_use(file, iterator)
    if not uses or any(use.what != "method" or use.name != "next" for use in uses):
        return None
    functions = file.functions
    if any(functions.enclosing(use.node) != functions.enclosing(node) for use in uses):
        return None  # others call for more
    if any(functions.enclosing_loop(use.node) != functions.enclosing_loop(node) for use in uses):
        return None  # a loop most likely goes on to the end
    others = [use for use in subject.uses if not inside(use.node, node)]
    if any(use.what not in ("listener", "property", "tested") for use in others):
        return None
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return declined(file, subject, "node-too-old", reasons.DRIVEN)
    last = functions.statement_of(uses[-1].node)
    beside_it = last.parent == functions.statement_of(subject.binding.node).parent
    named_later = any(use.node.start_byte > last.end_byte for use in others)
    edits = beside(file.source, last, f"{subject.binding.name}.destroy()")
    plain = last.type in _PLAIN and beside_it and not named_later
    if not plain or not _is_awaited(uses[-1]) or not edits:
        return declined(file, subject, "last-read-unclear", reasons.DRIVEN)
    return rewrite(file, subject, reasons.DRIVEN, edits, (reasons.NO_MORE_IS_WANTED,))


def _is_awaited(use: Use) -> bool:
    """Whether a call of a method is waited for where it stands."""
    holder = wrapped(use.call).parent if use.call is not None else None
    return holder is not None and holder.type == "await_expression"


def _iterated(file: File, node: Node) -> Node | None:
    """The stream of which `node` makes an iterator."""
    function = node.child_by_field_name("function")
    if function is None or node.type != "call_expression":
        return None
    if function.type == "subscript_expression":
        owner, index = (function.child_by_field_name(n) for n in ("object", "index"))
        if owner is None or index is None or file.source.text(index) != "Symbol.asyncIterator":
            return None
        return unwrap(owner)
    method = called_method(node)
    if method is None or file.source.text(method[1]) != "iterator":
        return None
    return method[0]
