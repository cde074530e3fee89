"""The test of what `write()` said, by which the code comes to a wait."""

from dataclasses import dataclass, replace

from tree_sitter import Node

from unleak_codemods.drains.waits import Wait, same_stream, waits_between
from unleak_codemods.streams.syntax import ancestors, called_method, member, named, unwrap
from unleak_engine.codemod import File

_NO_MERGE = frozenset(
    {
        "arrow_function",
        "assignment_expression",
        "sequence_expression",
        "ternary_expression",
        "yield_expression",
    }
)


@dataclass(frozen=True, slots=True)
class Gate:
    """The test that leads to a wait. `holder` is the `if` or `while` whose whole body the wait
    is, `test` the condition's last operand: it means "full" when `means_full`, and `value` is
    what says true or false there.

    `kind` is write (the call of `write` itself), flag (a variable that keeps its result), negated
    (a call that the grammar cannot tell from its `!`), need (`writableNeedDrain`) or other.
    `missed`: something else is awaited between the write and the wait.
    """

    holder: Node | None = None
    test: Node | None = None
    kind: str = "other"
    value: Node | None = None
    means_full: bool = True
    missed: bool = False

    @property
    def tested(self) -> bool:
        return self.kind != "other"


def gate_of(file: File, wait: Wait) -> Gate:
    """What is known to be true when the wait begins."""
    if not wait.nodes:
        return Gate()
    if wait.guard is not None:
        gate = _read_test(
            file, wait, last_operand(wait.guard, "&&" if not wait.guard_means else "")
        )
        full = gate.means_full != wait.guard_means
        return replace(gate, means_full=full, test=wait.guard, kind=gate.kind if full else "other")
    first, last = wait.nodes[0], wait.nodes[-1]
    block = first.parent
    if block is None:
        return Gate()
    alone = block.type == "statement_block" and len(named(block)) == len(wait.nodes)
    body = block if alone else first
    holder = body.parent
    if holder is None or (not alone and len(wait.nodes) > 1):
        holder = None
    if holder is not None and holder.type in ("if_statement", "while_statement"):
        condition = holder.child_by_field_name("condition")
        field = "consequence" if holder.type == "if_statement" else "body"
        if condition is not None and holder.child_by_field_name(field) == body:
            gate = _read_test(file, wait, last_operand(unwrap(condition), "&&"))
            if gate.means_full or gate.kind == "other":
                return replace(gate, holder=holder)
    return _gate_above(file, wait, last)


def _gate_above(file: File, wait: Wait, last: Node) -> Gate:
    """The gate of a wait that is not all its `if` does: the nearest test of the same stream."""
    child = last
    for parent in ancestors(last):
        if parent.type == "if_statement":
            condition = parent.child_by_field_name("condition")
            taken = parent.child_by_field_name("consequence") == child
            if condition is not None:
                operator = "&&" if taken else "||"
                gate = _read_test(file, wait, last_operand(unwrap(condition), operator))
                if gate.tested and gate.means_full == taken:
                    start = gate.value.end_byte if gate.value is not None else condition.end_byte
                    missed = gate.missed or waits_between(
                        file, start, wait.nodes[0].start_byte, wait.whole
                    )
                    return Gate(kind=gate.kind, missed=missed)
        elif parent.type not in ("statement_block", "else_clause", "try_statement"):
            break
        child = parent
    return Gate()


def last_operand(node: Node, operator: str) -> Node:
    """The operand of a `&&` chain that is evaluated last."""
    node = unwrap(node)
    while node.type == "binary_expression":
        found = node.child_by_field_name("operator")
        right = node.child_by_field_name("right")
        if found is None or right is None or found.type != operator:
            break
        node = unwrap(right)
    return node


def _read_test(file: File, wait: Wait, test: Node) -> Gate:
    """What one operand says about the stream."""
    means_full = False
    value = test
    if test.type == "unary_expression" and file.source.text(test).startswith("!"):
        means_full, value = True, unwrap(named(test)[0])
    elif test.type == "binary_expression":
        compared = _compared_to_false(file, test)
        if compared is not None:
            value, means_full = compared
    gate = Gate(test=test, value=value, means_full=means_full)
    if test.type == "call_expression" and _is_misread(file, wait, test):
        return replace(gate, kind="negated", means_full=True)
    if _is_write(file, wait, value):
        return replace(gate, kind="write")
    found = member(value)
    ours = found is not None and same_stream(file, found[0], wait.receiver)
    if found is not None and ours and file.source.text(found[1]) == "writableNeedDrain":
        return replace(gate, kind="need", means_full=not means_full)
    if value.type == "identifier":
        return _read_flag(file, wait, gate, value)
    return gate


def _compared_to_false(file: File, test: Node) -> tuple[Node, bool] | None:
    """(value, True) of `value === false`, (value, False) of `value !== false`."""
    operator = test.child_by_field_name("operator")
    left, right = test.child_by_field_name("left"), test.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return None
    if operator.type not in ("===", "==", "!==", "!="):
        return None
    for value, other in ((left, right), (right, left)):
        if other.type == "false":
            return unwrap(value), operator.type.startswith("=")
    return None


def _is_write(file: File, wait: Wait, node: Node) -> bool:
    method = called_method(node)
    if method is None or file.source.text(method[1]) != "write":
        return False
    return same_stream(file, method[0], wait.receiver)


def _is_misread(file: File, wait: Wait, call: Node) -> bool:
    """Whether this is `!this.out!.write(…)`, which the grammar reads as `(!this.out)!.write(…)`."""
    method = called_method(call)
    if method is None or method[0].type != "unary_expression":
        return False
    written = file.source.text(method[1]) == "write"
    return written and same_stream(file, named(method[0])[0], wait.receiver)


def _read_flag(file: File, wait: Wait, gate: Gate, name: Node) -> Gate:
    """A variable whose last value before the wait is what `write()` said."""
    binding = file.bindings.resolve(name)
    if binding is None or binding.kind not in ("const", "let", "var") or binding.path:
        return gate
    values = [binding.value] if binding.value is not None else []
    for write in file.bindings.writes(binding):
        parent = write.parent
        if parent is None or parent.type != "assignment_expression":
            return gate
        right = parent.child_by_field_name("right")
        if right is None:
            return gate
        values.append(right)
    before = [value for value in values if value.end_byte <= name.start_byte]
    if not before or not _is_write(file, wait, unwrap(before[-1])):
        return gate
    if any(value.start_byte > name.start_byte for value in values):
        return gate
    start = before[-1].end_byte
    missed = waits_between(file, start, wait.nodes[0].start_byte, wait.whole)
    return replace(gate, kind="flag", missed=missed)


def merges(gate: Gate) -> bool:
    """Whether the question may join the condition: nothing runs when it is not met."""
    holder = gate.holder
    if holder is None or holder.type == "while_statement":
        return holder is not None and gate.kind == "write"
    return holder.child_by_field_name("alternative") is None


def needs_parentheses(node: Node) -> bool:
    """Whether `node && …` would be read as something else."""
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        return operator is not None and operator.type in ("||", "??")
    return node.type in _NO_MERGE
