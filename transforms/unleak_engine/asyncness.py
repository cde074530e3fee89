"""Which functions may become async, and what makes them so."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from unleak_engine.edit import Edit
from unleak_engine.origins import canonical
from unleak_engine.syntax import FUNCTIONS, is_field, unwrapped

if TYPE_CHECKING:
    from unleak_engine.functions import Functions

_PROMISE_METHODS = frozenset({"all", "allSettled", "any", "race", "reject", "resolve", "try"})
_NO_PROMISES = frozenset({"glob", "watch", "constants"})


class Asyncness:
    """Answers for the functions of one source."""

    def __init__(self, functions: "Functions") -> None:
        self.functions = functions
        self.source = functions.source
        self.bindings = functions.bindings

    def refusal(self, function: Node) -> str | None:
        """None when `async` may be put before `function` and every caller gets what it got:
        it is async already, it returns a promise on every path, or each of its callers is visible
        and awaits it. Else why not, as the end of a sentence about the function."""
        kind = self.functions.kind(function)
        if kind in ("function", "arrow", "method"):
            if self.functions.is_async(function):
                return None
        elif kind == "async-generator":
            return None
        else:
            return f"is a {kind}, which cannot be async"
        if self.functions.names_await(function):
            return "has a variable named await"
        if self.functions.is_downlevelled_async(function):
            return "was compiled from an async function"
        refusal = self._type_refusal(function)
        if refusal is not None:
            return refusal
        ends = self.functions.completions(function)
        if ends.returns and not ends.falls_through and all(map(self._is_promise, ends.returns)):
            if self._declares_promise(function):
                return None
            return "declares that it returns something but a Promise"
        calls = self.functions.call_sites(function)
        if calls is None:
            return "can be called from where its callers are not seen"
        if not calls:
            return "is called nowhere in this file"
        for call in calls:
            if not self._is_awaited(call):
                line = self.source.position(call.start_byte).line
                return f"is called without await on line {line}"
        return None

    def _type_refusal(self, function: Node) -> str | None:
        declared = function.child_by_field_name("return_type")
        if declared is not None and declared.type != "type_annotation":
            return "narrows a type by what it returns"
        binding = self.functions.binding_of(function)
        if binding is not None and self.bindings.is_overloaded(binding):
            return "has overloads"
        return None

    def _declares_promise(self, function: Node) -> bool:
        """Whether the declared return type, if there is one, is what an async function has."""
        declared = function.child_by_field_name("return_type")
        return declared is None or _is_promise_type(self.source.text(declared.named_children[0]))

    def _is_promise(self, statement: Node) -> bool:
        """Whether what a return statement returns is a promise whoever looks at it."""
        value = statement
        if statement.type == "return_statement":
            value = next(c for c in statement.named_children if c.type != "comment")
        value = unwrapped(value)
        if value.type == "ternary_expression":
            arms = (
                value.child_by_field_name("consequence"),
                value.child_by_field_name("alternative"),
            )
            return all(arm is not None and self._is_promise(arm) for arm in arms)
        if value.type == "new_expression":
            made = value.child_by_field_name("constructor")
            return made is not None and self._is_global(made, "Promise")
        if value.type != "call_expression":
            return False
        callee = value.child_by_field_name("function")
        if callee is None:
            return False
        if callee.type == "import":
            return True
        if self._gives_promise(callee):
            return True
        if callee.type != "member_expression":
            return False
        holder = callee.child_by_field_name("object")
        method = callee.child_by_field_name("property")
        if holder is None or method is None:
            return False
        name = self.source.text(method)
        if self._is_global(holder, "Promise"):
            return name in _PROMISE_METHODS
        return name in ("then", "catch", "finally") and self._is_promise(holder)

    def _gives_promise(self, callee: Node) -> bool:
        """Whether a call of `callee` gives a promise, since it is an async function of this file
        or one of Node's own."""
        origin = self.bindings.origin(callee)
        if origin is not None:
            module, name = canonical(origin.module, origin.name)
            return module in ("fs/promises", "stream/promises") and name not in _NO_PROMISES
        binding = self.bindings.resolve(callee)
        if binding is None or binding.path or not self.bindings.is_constant(binding):
            return False
        function = unwrapped(binding.value) if binding.value is not None else binding.declaration
        kind = self.functions.kind(function) if function.type in FUNCTIONS else ""
        return kind in ("function", "arrow") and self.functions.is_async(function)

    def _is_global(self, node: Node, name: str) -> bool:
        return (
            node.type == "identifier"
            and self.source.text(node) == name
            and self.bindings.resolve(node) is None
        )

    def _is_awaited(self, call: Node) -> bool:
        """Whether the caller waits for a promise that `call` gives, or hands it on as async."""
        child, parent = call, call.parent
        while parent is not None and unwrapped(parent) == call:
            child, parent = parent, parent.parent
        if parent is None:
            return False
        if parent.type == "await_expression":
            return True
        if parent.type == "arrow_function" and is_field(parent, "body", child):
            return self.functions.is_async(parent)
        if parent.type == "return_statement":
            function = self.functions.enclosing(parent)
            # Inside of try, `return f()` of an async function would no longer be caught here.
            return (
                function is not None
                and self.functions.kind(function) in ("function", "arrow", "method")
                and self.functions.is_async(function)
                and not self.functions.enclosing_try(parent)
            )
        return False

    def edits(self, function: Node) -> tuple[Edit, ...]:
        """The fewest bytes that make `function` async, none when it is. A declared return type
        becomes the type of a promise. Raises ValueError for what can never be async."""
        kind = self.functions.kind(function)
        if kind not in ("function", "arrow", "method"):
            raise ValueError(f"a {kind} cannot be async")
        if self.functions.is_async(function):
            return ()
        start = function.start_byte
        if function.type == "method_definition":
            name = function.child_by_field_name("name")
            start = name.start_byte if name is not None else start
        edits = [Edit.insert(start, "async ")]
        declared = function.child_by_field_name("return_type")
        if declared is not None and declared.named_children:
            inner = declared.named_children[0]
            if not _is_promise_type(self.source.text(inner)):
                edits.append(Edit.insert(inner.start_byte, "Promise<"))
                edits.append(Edit.insert(inner.end_byte, ">"))
        return tuple(edits)


def _is_promise_type(text: str) -> bool:
    return text.replace(" ", "").startswith("Promise<")
