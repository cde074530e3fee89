"""On which paths through a function something is called: never, once, or more than once.

The paths are those of the text: branches, loops, `switch`, `try`, labels, and whatever may throw.
A condition that the function asks twice is taken to have the same answer, until something in it is
assigned. Who asks says what each expression does (`Ask`); nothing here knows what is looked for.
"""

import enum
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tree_sitter import Node

from unleak_engine.flow import LOOPS, is_endless
from unleak_engine.syntax import CLASSES, FUNCTION_DECLARATIONS, FUNCTIONS, TYPES, unwrapped

MANY = 2
_MOST_STATES = 256
_CASES = frozenset({"switch_case", "switch_default"})
_NO_EFFECT = (
    TYPES
    | FUNCTION_DECLARATIONS
    | {
        "class_declaration",
        "abstract_class_declaration",
        "comment",
        "import_statement",
        "empty_statement",
        "debugger_statement",
    }
)
_THROWING = frozenset({"call_expression", "new_expression", "await_expression", "yield_expression"})


class Effect(enum.Enum):
    """What an expression does to the thing that is counted."""

    CALLS = enum.auto()
    """Calls it. Its own throwing is not followed: whoever is called may answer for that."""
    HANDS_ON = enum.auto()
    """Gives it to code that may call it at any time, or never."""
    STOPS = enum.auto()
    """Nothing runs behind it: `process.exit()`."""
    HOLDS = enum.auto()
    """It is always true where it is a condition: that the thing is there at all."""


Ask = Callable[[Node], Effect | None]
"""Asked of every call, `new`, `await`, identifier, and of every function and class as it is made,
once their own parts have run, and of every condition. None for what is not the asker's."""


class Turn(NamedTuple):
    """A choice on a path: at `node`, `way` is then, else, again, skipped, case, no-case, caught."""

    node: Node
    way: str


class End(NamedTuple):
    """One way in which a function ends, and how often the thing was called until then.

    `kind` is return, throw or end; `node` is the statement, the expression that may throw, or the
    whole body where its end is reached. `calls` is 0, 1, or `MANY`. `handed`: some code was given
    it. `doubted`: the path skips a loop, or all cases of a switch, which may never happen.
    `turns` lead there.
    """

    kind: str
    node: Node
    calls: int
    handed: bool
    doubted: bool
    turns: tuple[Turn, ...]

    @property
    def is_unmatched(self) -> bool:
        """The thing was neither called nor given to anybody."""
        return self.calls == 0 and not self.handed


class _State(NamedTuple):
    calls: int = 0
    handed: bool = False
    doubted: bool = False
    assumed: frozenset[tuple[str, bool]] = frozenset()
    turns: tuple[Turn, ...] = ()

    @property
    def key(self) -> tuple[int, bool, bool, frozenset[tuple[str, bool]]]:
        return self[:4]

    def turned(self, node: Node, way: str) -> "_State":
        return self._replace(turns=(*self.turns, Turn(node, way)))


_States = list[_State]


class _Exit(NamedTuple):
    """A jump out of a statement: return, throw, break or continue."""

    kind: str
    label: bytes | None
    node: Node
    states: _States


class _TooManyError(Exception):
    pass


def ends_of(body: Node, ask: Ask) -> tuple[End, ...] | None:
    """Every way in which a function's `body` (a block, or an arrow's expression) ends, one for
    each place and count, in the order they are met. None when there are too many paths to tell."""
    walk = _Walk(ask, _tracked(body))
    try:
        if body.type == "statement_block":
            states = walk.statements(body.named_children, [_State()])
            walk.leave("end", body, states)
        else:
            walk.leave("return", body, walk.value(body, [_State()]))
    except (_TooManyError, RecursionError):
        return None
    found: dict[tuple[int, int, bool, bool, str], End] = {}
    for left in walk.exits:
        for state in left.states:
            key = (left.node.id, state.calls, state.handed, state.doubted, left.kind)
            end = End(left.kind, left.node, *state[:3], state.turns)
            found.setdefault(key, end)
    return tuple(found.values())


class _Walk:
    """Runs the states of all paths through statements. `exits` are the jumps that nothing has
    caught so far."""

    def __init__(self, ask: Ask, tracked: frozenset[str]) -> None:
        self.ask = ask
        self.tracked = tracked
        self.exits: list[_Exit] = []

    def leave(self, kind: str, node: Node, states: _States, label: bytes | None = None) -> None:
        if states:
            self.exits.append(_Exit(kind, label, node, states))

    def caught(self, run: Callable[[], _States]) -> tuple[_States, list[_Exit]]:
        """What `run` gives, and the jumps out of it, which are not among `exits` then."""
        outer, self.exits = self.exits, []
        states = run()
        inner, self.exits = self.exits, outer
        return states, inner

    # Statements.

    def statements(self, nodes: Iterable[Node], states: _States) -> _States:
        for node in nodes:
            if not states:
                break
            states = self.statement(node, states)
        return states

    def statement(self, node: Node, states: _States) -> _States:
        kind = node.type
        if kind in _NO_EFFECT or not states:
            return states
        if kind in ("statement_block", "else_clause", "class_static_block"):
            return self.statements(node.named_children, states)
        if kind in ("return_statement", "throw_statement"):
            states = self.parts(node, states)
            self.leave(kind.partition("_")[0], node, states)
            return []
        if kind in ("break_statement", "continue_statement"):
            label = node.child_by_field_name("label")
            text = label.text if label is not None else None
            self.leave(kind.partition("_")[0], node, states, text)
            return []
        if kind == "if_statement":
            return self._if(node, states)
        if kind in LOOPS:
            return self._loop(node, states, None)
        if kind == "labeled_statement":
            return self._labelled(node, states)
        if kind == "switch_statement":
            return self._switch(node, states)
        if kind == "try_statement":
            return self._try(node, states)
        return self.parts(node, states)

    def _if(self, node: Node, states: _States) -> _States:
        condition = node.child_by_field_name("condition")
        then = node.child_by_field_name("consequence")
        other = node.child_by_field_name("alternative")
        assert condition is not None
        assert then is not None
        yes, no = self.condition(condition, states)
        after = self.statement(then, [state.turned(node, "then") for state in yes])
        no = [state.turned(node, "else") for state in no]
        return _merged(after, no if other is None else self.statement(other, no))

    def _labelled(self, node: Node, states: _States) -> _States:
        label = node.child_by_field_name("label")
        body = node.child_by_field_name("body")
        if label is None or body is None:
            return states
        name = label.text

        def run() -> _States:
            if body.type in LOOPS:
                return self._loop(body, states, name)
            return self.statement(body, states)

        after, inner = self.caught(run)
        for left in inner:
            if left.kind == "break" and left.label == name:
                after = _merged(after, left.states)
            else:
                self.exits.append(left)
        return after

    def _loop(self, node: Node, states: _States, label: bytes | None) -> _States:
        field = node.child_by_field_name
        if node.type == "for_in_statement":
            states = self.value(field("right"), states)
            if any(child.type == "await" for child in node.children):
                self.leave("throw", node, states)
        elif node.type == "for_statement":
            states = self.statement(field("initializer") or node.children[0], states)
        outer = self.exits
        again: _States = []
        while True:
            # Each round sees what all rounds before it left, so the last one has met everything.
            self.exits = []
            found, after = self._round(node, states, again, label)
            grown = _merged(again, [state.turned(node, "again") for state in found])
            if len(grown) == len(again):
                break
            again = grown
        self.exits = outer + self.exits
        return after

    def _round(
        self, node: Node, entry: _States, again: _States, label: bytes | None
    ) -> tuple[_States, _States]:
        """What reaches the head of a loop again, and what is behind it; `entry` has not been
        through its body, `again` has."""
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
        assert body is not None
        no: _States = []
        if node.type == "do_statement":
            yes = _merged(entry, again)
        else:
            first, passed = self._asked(node, condition, entry)
            more, no = self._asked(node, condition, again)
            skipped = [s._replace(doubted=True).turned(node, "skipped") for s in passed]
            yes, no = _merged(first, more), _merged(no, skipped)
        after, inner = self.caught(lambda: self.statement(body, yes))
        for left in inner:
            if left.kind == "break" and left.label is None:
                no = _merged(no, left.states)
            elif left.kind == "continue" and left.label in (None, label):
                after = _merged(after, left.states)
            else:
                self.exits.append(left)
        if node.type == "do_statement":
            after, out = self._asked(node, condition, after)
            return after, _merged(no, out)
        return self.value(node.child_by_field_name("increment"), after), no

    def _asked(
        self, node: Node, condition: Node | None, states: _States
    ) -> tuple[_States, _States]:
        """The states in which a loop goes on, and those in which it does not."""
        if is_endless(node):
            return states, []
        if node.type == "for_in_statement" or condition is None:
            return states, states
        if condition.type == "expression_statement":
            condition = condition.named_children[0]
        return self.condition(condition, states)

    def _switch(self, node: Node, states: _States) -> _States:
        value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
        states = self.value(value, states)
        cases = [c for c in body.named_children if c.type in _CASES] if body is not None else []
        through: _States = []

        def run() -> _States:
            nonlocal through
            for case in cases:
                entered = [state.turned(case, "case") for state in states]
                children = case.children_by_field_name("body")
                through = self.statements(children, _merged(through, entered))
            return through

        after, inner = self.caught(run)
        for left in inner:
            if left.kind == "break" and left.label is None:
                after = _merged(after, left.states)
            else:
                self.exits.append(left)
        if not any(case.type == "switch_default" for case in cases):
            none = [state._replace(doubted=True).turned(node, "no-case") for state in states]
            after = _merged(after, none)
        return after

    def _try(self, node: Node, states: _States) -> _States:
        body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
        finalizer = node.child_by_field_name("finalizer")
        assert body is not None
        after, inner = self.caught(lambda: self.statement(body, states))
        left = inner
        caught = handler.child_by_field_name("body") if handler is not None else None
        if handler is not None and caught is not None:
            thrown = [
                s.turned(handler, "caught") for e in inner if e.kind == "throw" for s in e.states
            ]
            more, left = self.caught(lambda: self.statement(caught, _merged(thrown)))
            after = _merged(after, more)
            left = [e for e in inner if e.kind != "throw"] + left
        if finalizer is None:
            self.exits += left
            return after
        last = finalizer.named_children
        for jump in left:
            states = self.statements(last, jump.states)
            self.leave(jump.kind, jump.node, states, jump.label)
        return self.statements(last, after)

    # Expressions.

    def parts(self, node: Node, states: _States) -> _States:
        for child in node.named_children:
            states = self.value(child, states)
        return states

    def value(self, node: Node | None, states: _States) -> _States:
        """The states behind an expression, or anything that holds some."""
        if node is None or not states or node.type in _NO_EFFECT:
            return states
        kind = node.type
        if kind in FUNCTIONS or kind in CLASSES or kind in ("identifier", "this"):
            return self._done(node, states)
        if kind == "shorthand_property_identifier":
            return self._done(node, states)
        if kind in _THROWING:
            return self._done(node, self.parts(node, states))
        if kind == "ternary_expression":
            field = node.child_by_field_name
            yes, no = self.condition(field("condition") or node, states)
            yes = self.value(field("consequence"), [s.turned(node, "then") for s in yes])
            no = self.value(field("alternative"), [s.turned(node, "else") for s in no])
            return _merged(yes, no)
        if kind == "binary_expression" and _operator(node) in ("&&", "||"):
            yes, no = self.condition(node, states)
            return _merged(yes, no)
        if kind == "binary_expression" and _operator(node) == "??":
            states = self.value(node.child_by_field_name("left"), states)
            return _merged(states, self.value(node.child_by_field_name("right"), states))
        if kind in ("assignment_expression", "augmented_assignment_expression"):
            return self._assigned(node, self.parts(node, states))
        if kind in ("variable_declarator", "update_expression"):
            return self._assigned(node, self.parts(node, states))
        return self.parts(node, states)

    def _done(self, node: Node, states: _States) -> _States:
        """The states behind what `node` does when its parts have run."""
        effect = self.ask(node)
        if effect is Effect.CALLS:
            return _merged([s._replace(calls=min(s.calls + 1, MANY)) for s in states])
        if effect is Effect.HANDS_ON:
            states = _merged([state._replace(handed=True) for state in states])
        if node.type in _THROWING:
            self.leave("throw", node, states)
        return [] if effect is Effect.STOPS else states

    def condition(self, node: Node, states: _States) -> tuple[_States, _States]:
        """The states in which a condition holds, and those in which it does not."""
        node = unwrapped(node)
        operator = _operator(node)
        if node.type == "unary_expression" and operator == "!":
            no, yes = self.condition(node.named_children[-1], states)
            return yes, no
        if node.type == "binary_expression" and operator in ("&&", "||"):
            left, right = (node.child_by_field_name(side) for side in ("left", "right"))
            assert left is not None
            assert right is not None
            yes, no = self.condition(left, states)
            if operator == "&&":
                yes, more = self.condition(right, yes)
                return yes, _merged(no, more)
            more, no = self.condition(right, no)
            return _merged(yes, more), no
        if node.type in ("true", "false"):
            return (states, []) if node.type == "true" else ([], states)
        text, positive = _atom(node)
        states = self.value(node, states)
        if self.ask(node) is Effect.HOLDS:
            return (states, []) if positive else ([], states)
        if text not in self.tracked:
            return states, states
        yes = [_assume(s, text, positive) for s in states if (text, not positive) not in s.assumed]
        no = [_assume(s, text, not positive) for s in states if (text, positive) not in s.assumed]
        return _merged(yes), _merged(no)

    def _assigned(self, node: Node, states: _States) -> _States:
        fields = ("left", "name", "argument")
        target = next((n for f in fields if (n := node.child_by_field_name(f)) is not None), None)
        value = node.child_by_field_name("right") or node.child_by_field_name("value")
        name = _text(target) if target is not None else ""
        if not self.tracked or not name:
            return states
        word = re.compile(rf"(?<![\w$.]){re.escape(name)}(?![\w$])")
        kept = [
            state._replace(assumed=frozenset(a for a in state.assumed if not word.search(a[0])))
            for state in states
        ]
        if value is not None and value.type in ("true", "false") and name in self.tracked:
            kept = [_assume(state, name, value.type == "true") for state in kept]
        return _merged(kept)


def _merged(*groups: _States) -> _States:
    """All states, one of each kind: the first, since that has the shortest way behind it."""
    found: dict[object, _State] = {}
    for states in groups:
        for state in states:
            found.setdefault(state.key, state)
    if len(found) > _MOST_STATES:
        raise _TooManyError
    return list(found.values())


def _assume(state: _State, text: str, holds: bool) -> _State:
    return state._replace(assumed=state.assumed | {(text, holds)})


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _text(node: Node) -> str:
    return "".join((node.text or b"").decode().split())


def _atom(node: Node) -> tuple[str, bool]:
    """A condition without `!` and `!==`, as text, and whether it is meant as it stands."""
    if node.type == "binary_expression" and _operator(node) in ("!==", "!="):
        left, right = (node.child_by_field_name(side) for side in ("left", "right"))
        if left is not None and right is not None:
            return f"{_text(left)}{_operator(node).replace('!', '=')}{_text(right)}", False
    return _text(node), True


def _tracked(body: Node) -> frozenset[str]:
    """The conditions worth remembering: asked twice, or set to true or false by hand."""
    asked: Counter[str] = Counter()
    set_by_hand: set[str] = set()
    stack = [body]
    while stack:
        node = stack.pop()
        if node.type in FUNCTIONS and node != body:
            continue
        if node.type in ("if_statement", "ternary_expression", "while_statement"):
            condition = node.child_by_field_name("condition")
            asked.update(_atoms(condition) if condition is not None else ())
        elif node.type in ("assignment_expression", "variable_declarator"):
            target = node.child_by_field_name("left") or node.child_by_field_name("name")
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            if target is not None and value is not None and value.type in ("true", "false"):
                set_by_hand.add(_text(target))
        elif node.type == "expression_statement":
            asked.update(_atoms(node.named_children[0]) if node.named_children else ())
        stack.extend(node.named_children)
    return frozenset({text for text, count in asked.items() if count > 1} | set_by_hand)


def _atoms(condition: Node) -> Iterable[str]:
    stack = [condition]
    while stack:
        node = unwrapped(stack.pop())
        if node.type == "binary_expression" and _operator(node) in ("&&", "||"):
            stack += [part for part in node.named_children if part.type != "comment"]
        elif node.type == "unary_expression" and _operator(node) == "!":
            stack.append(node.named_children[-1])
        else:
            yield _atom(node)[0]
