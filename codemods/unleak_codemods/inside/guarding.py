"""`try { … } catch (err) { return callback(err); }` around statements, with the fewest bytes."""

import re
from collections.abc import Sequence

from tree_sitter import Node

from unleak_codemods.streams.pipelines import indented
from unleak_engine import grammars
from unleak_engine.codemod import File
from unleak_engine.edit import Edit, Kept, Part, weave

_TYPED = frozenset({".ts", ".tsx", ".mts", ".cts"})
_GOES_ON = re.compile(rb"(?:\s|//[^\n]*|/\*.*?\*/)*+[(\[`+/-]", re.DOTALL)


def would_go_on(file: File, at: int) -> bool:
    """Whether what stands behind `at` would be taken for more of an expression that ends there
    without a semicolon."""
    return _GOES_ON.match(file.source.data, at) is not None


def may_stop(expression: Node | None) -> bool:
    """Whether a chain of members and calls ends early where something is missing: `a?.b(c)`."""
    while expression is not None:
        if any(child.type in ("optional_chain", "?.") for child in expression.children):
            return True
        field = expression.child_by_field_name
        expression = field("object") or field("function")
    return False


class Guard:
    """The text around statements of one file, at the indentation of `at`."""

    def __init__(self, file: File, at: Node, callback: str) -> None:
        source = file.source
        self.source = source
        self.outer = source.indent(at.start_byte)
        self.inner = self.outer + ("\t" if self.outer.endswith("\t") else source.indent_unit)
        self.stop = ";" if source.uses_semicolons else ""
        self.line = source.newline
        name = "error" if callback == "err" else "err"
        self.is_typed = grammars.suffix_of(source.path) in _TYPED
        given = f"{name} as Error" if self.is_typed else name
        self.opens = f"try {{{self.line}{self.inner}"
        self.closes = (
            f"{self.line}{self.outer}}} catch ({name}) {{"
            f"{self.line}{self.inner}return {callback}({given}){self.stop}"
            f"{self.line}{self.outer}}}"
        )

    def may_declare(self, file: File, name: Node, typed: Node | None) -> bool:
        """Whether a variable may be declared before it gets its value. In a function that uses it,
        TypeScript does not tell the type of one without a declared type, nor what has been found
        out about one of several types, as it does for a constant."""
        binding = file.bindings.resolve(name)
        single = typed is not None and b"|" not in file.source.bytes(typed)
        if binding is None or single or not self.is_typed:
            return binding is not None
        here = file.functions.enclosing(name)
        uses = file.bindings.references(binding)
        return all(file.functions.enclosing(use) == here for use in uses)

    def declared(self, name: str, type_text: str = "") -> str:
        """The declaration of `name` on a line before the `try`."""
        return f"let {name}{type_text}{self.stop}{self.line}{self.outer}"

    def moved(self, start: int, end: int) -> list[Part]:
        """Bytes `start:end` one step further in."""
        return [*indented(self.source, Kept(start, end), self.outer, self.inner)]

    def around(
        self, first: Node, last: Node, before: str = "", cuts: Sequence[Edit] = (), added: str = ""
    ) -> tuple[Edit, ...]:
        """The edits that put statements `first` to `last` into the `try`, behind `before`; `cuts`
        are replaced in them on the way, and `added` is their last statement."""
        parts: list[Part] = [before + self.opens]
        at = first.start_byte
        for cut in sorted(cuts):
            parts += [*self.moved(at, cut.start), cut.text.decode()]
            at = cut.end
        parts += self.moved(at, last.end_byte)
        if added:
            parts.append(f"{self.line}{self.inner}{added}{self.stop}")
        parts.append(self.closes)
        return weave(self.source.data, first.start_byte, last.end_byte, parts)

    def hoisted(self, statement: Node, name: str, value: Node) -> tuple[Edit, ...]:
        """The edits that work out `value`, a part of `statement`, in the `try` before it, under
        `name`, which takes its place."""
        head = f"{self.declared(name)}{self.opens}{name} = "
        text = [*indented(self.source, Kept(value.start_byte, value.end_byte), "", "")]
        kept = self.source.data[statement.start_byte : value.start_byte].decode()
        tail = f"{self.stop}{self.closes}{self.line}{self.outer}{kept}{name}"
        return weave(self.source.data, statement.start_byte, value.end_byte, [head, *text, tail])
