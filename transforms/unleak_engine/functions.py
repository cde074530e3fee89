"""Functions and statements around a node: where it is, what runs after it, what may be awaited."""

import re

from tree_sitter import Node

from unleak_engine import calls, flow
from unleak_engine.asyncness import Asyncness
from unleak_engine.bindings import Binding, Bindings
from unleak_engine.edit import Edit
from unleak_engine.flow import LOOPS, Completions
from unleak_engine.source import Source
from unleak_engine.syntax import FUNCTIONS, NAMESPACES, is_before_function, is_field, unwrapped

__all__ = ["Completions", "Functions"]

_FIELDS = frozenset({"field_definition", "public_field_definition"})
_FUNCTION_LIKE = FUNCTIONS | _FIELDS | NAMESPACES | {"class_static_block"}
_STATEMENTS = (
    frozenset(
        {
            "expression_statement",
            "lexical_declaration",
            "variable_declaration",
            "using_declaration",
            "return_statement",
            "throw_statement",
            "if_statement",
            "switch_statement",
            "try_statement",
            "labeled_statement",
            "break_statement",
            "continue_statement",
            "debugger_statement",
            "empty_statement",
            "with_statement",
            "import_statement",
            "export_statement",
            "function_declaration",
            "generator_function_declaration",
            "class_declaration",
            "abstract_class_declaration",
            "enum_declaration",
            "interface_declaration",
            "type_alias_declaration",
            "ambient_declaration",
            "function_signature",
            "import_alias",
        }
    )
    | LOOPS
)
_BRANCHES = LOOPS | {"if_statement", "else_clause", "labeled_statement", "with_statement"}
_LISTS = frozenset({"program", "statement_block", "switch_case", "switch_default"})
_RETURN = re.compile(rb"(?<![\w$.])return(?![\w$])")
_AWAIT = re.compile(rb"(?<![\w$.])await(?![\w$])")
_AWAITERS = frozenset({"__awaiter", "_asyncToGenerator", "asyncToGenerator", "__asyncToGenerator"})


class Functions:
    """Answers about the functions of one source."""

    def __init__(self, source: Source, bindings: Bindings) -> None:
        self.source = source
        self.bindings = bindings
        self._completions: dict[int, Completions] = {}

    def path_to(self, node: Node) -> list[Node]:
        """The nodes from the root down to `node`, which is the last."""
        return self.bindings.path_to(node)

    # Where a node is.

    def enclosing(self, node: Node) -> Node | None:
        """The function whose body or parameters `node` is in, None at the top level.

        Also answers with the other things that run by themselves and hold no `await` of the
        code around them: a class field (for its value), a static block, a TypeScript namespace.
        """
        return _enclosing(self.path_to(node))

    def kind(self, function: Node) -> str:
        """One of function, arrow, method, constructor, getter, setter, generator,
        async-generator, field, static-block, namespace."""
        if function.type in _FIELDS:
            return "field"
        if function.type in NAMESPACES:
            return "namespace"
        if function.type == "class_static_block":
            return "static-block"
        tokens = self._modifiers(function)
        if "*" in tokens or function.type.startswith("generator"):
            return "async-generator" if "async" in tokens else "generator"
        if function.type == "arrow_function":
            return "arrow"
        if function.type != "method_definition":
            return "function"
        if "get" in tokens:
            return "getter"
        if "set" in tokens:
            return "setter"
        name = function.child_by_field_name("name")
        in_class = function.parent is not None and function.parent.type == "class_body"
        if in_class and name is not None and self.source.text(name) == "constructor":
            return "method" if "static" in tokens else "constructor"
        return "method"

    def _modifiers(self, function: Node) -> set[str]:
        """The keywords before a function's name or parameters, as written."""
        result: set[str] = set()
        for index, child in enumerate(function.children):
            if function.field_name_for_child(index) in ("name", "parameters", "parameter", "body"):
                break
            result.add(child.type)
        return result

    def is_async(self, function: Node) -> bool:
        return "async" in self._modifiers(function)

    def names_await(self, node: Node) -> bool:
        """Whether `await` stands in `node` as a name. That is a variable of sloppy code, which can
        never become async, or in async code an `await` that the grammar has misread."""
        found = _AWAIT.finditer(self.source.data, node.start_byte, node.end_byte)
        return any(
            token is not None and token.type == "identifier"
            for hit in found
            for token in [self.source.root.descendant_for_byte_range(hit.start(), hit.end())]
        )

    def is_downlevelled_async(self, function: Node) -> bool:
        """Whether a compiler made this of an async function: it is the generator that an awaiter
        drives (its `yield` awaits), or the function that only returns such an awaiter's promise."""
        if function.type in ("generator_function", "generator_function_declaration"):
            parent = function.parent
            call = parent.parent if parent is not None and parent.type == "arguments" else None
            return call is not None and self._is_awaiter(call)
        body = function.child_by_field_name("body")
        if body is None:
            return False
        if body.type != "statement_block":
            return self._is_awaiter(unwrapped(body))
        statements = [child for child in body.named_children if child.type != "comment"]
        if len(statements) != 1 or statements[0].type != "return_statement":
            return False
        value = next(iter(statements[0].named_children), None)
        return value is not None and self._is_awaiter(unwrapped(value))

    def _is_awaiter(self, call: Node) -> bool:
        callee = call.child_by_field_name("function") if call.type == "call_expression" else None
        if callee is None:
            return False
        return self.source.text(callee).rpartition(".")[2].strip("() ") in _AWAITERS

    def is_expression_body(self, function: Node) -> bool:
        body = function.child_by_field_name("body")
        return (
            function.type == "arrow_function"
            and body is not None
            and body.type != "statement_block"
        )

    def name_of(self, function: Node) -> str | None:
        """Its own name, or what it is stored in: a variable, a property ("copy"), an assignment's
        target as written ("exports.copy")."""
        name = function.child_by_field_name("name") or function.child_by_field_name("property")
        if name is not None:
            return self._key(name)
        child, parent = function, function.parent
        while parent is not None and unwrapped(parent) == function:
            child, parent = parent, parent.parent
        if parent is None:
            return None
        if parent.type == "variable_declarator" and is_field(parent, "value", child):
            target = parent.child_by_field_name("name")
            return self._key(target) if target is not None and _is_name(target) else None
        if parent.type == "assignment_expression" and is_field(parent, "right", child):
            target = parent.child_by_field_name("left")
            named = target is not None and target.type in ("identifier", "member_expression")
            return self.source.text(target) if named and target is not None else None
        if parent.type == "pair":
            key = parent.child_by_field_name("key")
            return self._key(key) if key is not None else None
        if parent.type in _FIELDS:
            return self.name_of(parent)
        return None

    def _key(self, name: Node) -> str | None:
        if name.type == "computed_property_name":
            return None
        text = self.source.text(name)
        return text[1:-1] if name.type == "string" else text

    def parameters(self, function: Node) -> list[Node]:
        """The parameters' identifiers and patterns in order, without defaults, types and `this`;
        a rest parameter is its `rest_pattern`."""
        single = function.child_by_field_name("parameter")
        if single is not None:
            return [single]
        holder = function.child_by_field_name("parameters")
        if holder is None:
            return []
        found: list[Node] = []
        for child in holder.named_children:
            parameter: Node | None = child
            if child.type in ("required_parameter", "optional_parameter"):
                parameter = child.child_by_field_name("pattern")
            elif child.type == "assignment_pattern":
                parameter = child.child_by_field_name("left")
            if parameter is not None and parameter.type not in ("comment", "this", "decorator"):
                found.append(parameter)
        return found

    def parameter_name(self, function: Node, index: int) -> str | None:
        """The name of parameter `index`, None for a pattern or when there is none."""
        parameters = self.parameters(function)
        if not 0 <= index < len(parameters) or parameters[index].type != "identifier":
            return None
        return self.source.text(parameters[index])

    def body(self, function: Node) -> Node | None:
        """The block, or the expression of an arrow; of a class field, its value."""
        return function.child_by_field_name("body") or function.child_by_field_name("value")

    def statement_of(self, node: Node) -> Node:
        """The nearest statement around `node`, which may be `node` itself; the root when there is
        none. A loop's head belongs to the loop, and a block counts where it is a statement: by
        itself, or as the body of an `if` or a loop."""
        path = self.path_to(node)
        for depth in range(len(path) - 1, 0, -1):
            if _is_statement(path[depth], path[depth - 1]):
                return path[depth]
        return self.source.root

    def is_statement(self, expression: Node) -> bool:
        """Whether nothing uses the value: `expression;`, through parentheses, await and void."""
        path = self.path_to(expression)
        for parent in reversed(path[:-1]):
            if parent.type == "expression_statement":
                return True
            if parent.type == "unary_expression":
                operator = parent.child_by_field_name("operator")
                if operator is None or operator.type != "void":
                    return False
            elif parent.type not in (
                "parenthesized_expression",
                "await_expression",
                "non_null_expression",
            ):
                return False
        return False

    def is_last_effect(self, statement: Node) -> bool:
        """Whether nothing of its function runs after `statement` on any path through it. A bare
        `return` and a switch's `break` are followed; loops, `finally` and `using` say no."""
        return flow.is_last_effect(self.path_to(statement), _FUNCTION_LIKE)

    def enclosing_try(self, node: Node) -> list[Node]:
        """The try statements of the same function whose block covers `node`, innermost first."""
        path = self._path_in_function(node)
        return [
            path[depth]
            for depth in range(len(path) - 2, -1, -1)
            if path[depth].type == "try_statement"
            and is_field(path[depth], "body", path[depth + 1])
        ]

    def enclosing_loop(self, node: Node) -> Node | None:
        """The nearest loop of the same function that repeats `node`: what a for-in or for-of
        walks over, and a for's initialiser, run once."""
        path = self._path_in_function(node)
        for depth in range(len(path) - 2, -1, -1):
            if path[depth].type in LOOPS and not (
                is_field(path[depth], "right", path[depth + 1])
                or is_field(path[depth], "initializer", path[depth + 1])
            ):
                return path[depth]
        return None

    def breakable(self, node: Node) -> Node | None:
        """The loop or switch that a bare `break` at `node` would leave."""
        path = self._path_in_function(node)
        for depth in range(len(path) - 2, -1, -1):
            step = path[depth]
            if (step.type in LOOPS or step.type == "switch_statement") and is_field(
                step, "body", path[depth + 1]
            ):
                return step
        return None

    def _path_in_function(self, node: Node) -> list[Node]:
        path = self.path_to(node)
        function = _enclosing(path)
        return path if function is None else path[path.index(function) :]

    def label_of(self, statement: Node) -> str | None:
        parent = statement.parent
        if parent is None or parent.type != "labeled_statement":
            return None
        label = parent.child_by_field_name("label")
        return self.source.text(label) if label is not None else None

    def fresh_label(self, wanted: str, at: Node) -> str:
        """`wanted`, or `wanted2`, …: the first that is no label in the function around `at`."""
        within = self.enclosing(at) or self.source.root
        labels = {hit.group() for hit in re.finditer(rb"[\w$]+(?=\s*:)", self.source.bytes(within))}
        number, name = 1, wanted
        while name.encode() in labels:
            number += 1
            name = f"{wanted}{number}"
        return name

    def runs_before(self, one: Node, other: Node) -> bool:
        """Whether `one` runs before `other` in one and the same function, when both run: `other`
        stands behind it and not in another branch of an `if`."""
        first, second = self.path_to(one), self.path_to(other)
        if _enclosing(first) != _enclosing(second):
            return False
        return flow.runs_before(first, second)

    # How a function ends, who calls it.

    def completions(self, function: Node) -> Completions:
        """How it can end: with a value, by falling through to undefined, or neither."""
        if function.id not in self._completions:
            self._completions[function.id] = self._ends(function)
        return self._completions[function.id]

    def _ends(self, function: Node) -> Completions:
        body = self.body(function)
        if body is None:
            return Completions((), True)
        if body.type != "statement_block":
            return Completions((body,), False)
        returns: list[Node] = []
        falls = flow.completes(body)
        for hit in _RETURN.finditer(self.source.data, body.start_byte, body.end_byte):
            token = self.source.root.descendant_for_byte_range(hit.start(), hit.end())
            statement = token.parent if token is not None and token.type == "return" else None
            if statement is None or statement.type != "return_statement":
                continue
            if self.enclosing(statement) != function:
                continue
            if any(child.type != "comment" for child in statement.named_children):
                returns.append(statement)
            else:
                falls = True
        return Completions(tuple(returns), falls)

    def binding_of(self, function: Node) -> Binding | None:
        """The binding by which a function is called: its declared name, or the variable it is the
        initial value of."""
        return calls.binding_of(self.bindings, function)

    def call_sites(self, function: Node) -> list[Node] | None:
        """Every call of a function that only this file can call, in text order. None when it
        escapes: exported, passed, stored, re-assigned, a method, or constructed with `new`."""
        return calls.call_sites(self.bindings, function)

    def may_become_async(self, function: Node) -> str | None:
        """None when `async` may be put before `function` and every caller gets what it got:
        it is async already, it returns a promise on every path, or each of its callers is visible
        and awaits it. Else why not, as the end of a sentence about the function."""
        return Asyncness(self).refusal(function)

    def async_edits(self, function: Node) -> tuple[Edit, ...]:
        """The fewest bytes that make `function` async, none when it is. A declared return type
        becomes the type of a promise. Raises ValueError for what can never be async."""
        return Asyncness(self).edits(function)


def _enclosing(path: list[Node]) -> Node | None:
    for depth in range(len(path) - 2, -1, -1):
        node, below = path[depth], path[depth + 1]
        if node.type in FUNCTIONS or node.type == "class_static_block":
            if not is_before_function(path[depth + 1 :]):
                return node
        elif node.type in _FIELDS:
            if is_field(node, "value", below):
                return node
        elif node.type in NAMESPACES and is_field(node, "body", below):
            return node
    return None


def _is_statement(node: Node, parent: Node) -> bool:
    if node.type in _STATEMENTS:
        head = parent.type == "for_statement" and not is_field(parent, "body", node)
        return not head and parent.type != "export_statement"
    if node.type == "statement_block":
        return parent.type in _LISTS or parent.type in _BRANCHES
    return node.type == "internal_module" and parent.type == "expression_statement"


def _is_name(node: Node) -> bool:
    return node.type == "identifier"
