"""Statements of Python, and edits that put another one behind them."""

import libcst as cst
import libcst.matchers as m

from unleak_engine.edit import Edit
from unleak_engine.python.source import PythonSource

Suite = cst.IndentedBlock | cst.SimpleStatementSuite | cst.Module


def line_of(source: PythonSource, call: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """The line that `call` alone makes up; None when it is part of anything else."""
    path = source.parents(call)
    if not isinstance(next(path, None), cst.Expr):
        return None
    line = next(path, None)
    return line if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None


def after(source: PythonSource, line: cst.SimpleStatementLine, text: str) -> Edit:
    """Put the statement `text` on a line of its own behind `line` and its comment."""
    span = source.span(line.body[0])
    return Edit.insert(source.line_end(span.end), source.newline + source.indent(span.start) + text)


def block_of(source: PythonSource, line: cst.CSTNode) -> list[cst.BaseStatement]:
    """The statements among which `line` stands."""
    above = next(source.parents(line))
    return list(above.body) if isinstance(above, cst.IndentedBlock) else []


def awaits(node: cst.CSTNode) -> bool:
    """Whether other tasks may run while `node` does."""
    if isinstance(node, cst.For) and node.asynchronous is not None:
        return True
    return bool(m.findall(node, m.Await() | m.Asynchronous() | m.Yield()))
