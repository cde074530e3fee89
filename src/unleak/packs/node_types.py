"""What a module says of libcst that libcst does not have, told without running the module."""

import dataclasses
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NamedTuple

import libcst as cst
import libcst.matchers as m

_HOMES = ("libcst", "libcst.matchers")


class Misnamed(NamedTuple):
    """A name that is not there: the node that says it, a sentence, and the name that was surely
    meant, "" when there is none."""

    node: cst.CSTNode
    message: str
    meant: str = ""


def misnamed(module: cst.Module, imported: Callable[[cst.CSTNode], str]) -> Iterator[Misnamed]:
    """The node types and fields of node types in `module` that do not exist. `imported` gives the
    dotted name under which a node was imported, aliases followed."""
    for found in m.findall(module, m.ImportFrom(module=m.DoesNotMatch(None), relative=[])):
        statement = cst.ensure_type(found, cst.ImportFrom)
        home = dotted(statement.module)
        if home in _HOMES and not isinstance(statement.names, cst.ImportStar):
            for alias in statement.names:
                yield from _unknown(alias.name, home, dotted(alias.name))
    for found in m.findall(module, m.Attribute()):
        attribute = cst.ensure_type(found, cst.Attribute)
        home, _, name = imported(attribute).rpartition(".")
        if home in _HOMES:
            yield from _unknown(attribute.attr, home, name)
    for found in m.findall(module, m.Call()):
        call = cst.ensure_type(found, cst.Call)
        home, _, name = imported(call.func).rpartition(".")
        if home in _HOMES:
            yield from _fields(call, name, getattr(import_module(home), name, None))


def _unknown(node: cst.CSTNode, home: str, name: str) -> Iterator[Misnamed]:
    library = import_module(home)
    if hasattr(library, name):
        return
    known = [each for each in dir(library) if each[0].isupper()]
    close = get_close_matches(name, known, n=1, cutoff=0.8)
    meant = f"; `{close[0]}`?" if close else ""
    yield Misnamed(node, f"{home} has no node type `{name}`{meant}", close[0] if close else "")


def _fields(call: cst.Call, name: str, made: Any) -> Iterator[Misnamed]:
    if not isinstance(made, type) or not dataclasses.is_dataclass(made):
        return
    known = [field.name for field in dataclasses.fields(made)]
    for argument in call.args:
        keyword = argument.keyword
        if keyword is None or keyword.value in known:
            continue
        close = get_close_matches(keyword.value, known, n=1, cutoff=0.8)
        has = [each for each in known if each not in ("metadata", "lpar", "rpar")]
        meant = f"`{close[0]}`?" if close else f"it has {', '.join(has)}"
        why = f"the node type `{name}` has no field `{keyword.value}`; {meant}"
        yield Misnamed(keyword, why, close[0] if close else "")


def dotted(node: cst.CSTNode | None) -> str:
    """The names of `a.b.c`; "" for what is not made of names."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""
