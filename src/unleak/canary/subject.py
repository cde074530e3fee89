"""The producer that a canary is written for: which export it is, and how it is called."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tree_sitter import Node

from unleak.errors import RefusedError
from unleak.workspace.folders import Folders
from unleak.workspace.problem import Problem
from unleak.workspace.read import read_file
from unleak_codemods.streams.exporting import definition, resolved, stars_of, table_of
from unleak_codemods.streams.facts import returned
from unleak_codemods.streams.syntax import FUNCTIONS, arguments, called_method, callee, named
from unleak_engine.bindings import module_system
from unleak_engine.codemod import File
from unleak_engine.source import UnreadableError, parse
from unleak_engine.target import Target

SINK = "sink"
ITEMS = "items"
"""What a call may name: the sink that the canary holds, and the source that it counts."""

RUNS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
"""The files that Node runs as they are, the last three from 22.18 on."""

_NAMES = {
    SINK: frozenset(
        {"sink", "out", "output", "dest", "destination", "target", "to", "w", "ws", "writer"}
        | {"writable", "writestream", "res", "response", "reply", "socket", "stdout"}
    ),
    ITEMS: frozenset(
        {"source", "src", "input", "from", "r", "rs", "reader", "readable", "readstream"}
        | {"items", "rows", "lines", "records", "iterable", "chunks"}
    ),
}
_STEP = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*")


class Subject(NamedTuple):
    """A producer. `name` is its export, "default" or dotted; `call` the expression that runs it,
    in which it is called `producer`; `esm` whether its module is imported by name; `whole`
    whether `module.exports` itself is it."""

    name: str
    call: str
    esm: bool
    whole: bool = False

    @property
    def writes(self) -> bool:
        """Whether it writes to a sink; else it returns something to read."""
        return names(SINK, self.call)

    @property
    def reads(self) -> bool:
        """Whether it reads the items that the canary gives it."""
        return names(ITEMS, self.call)


def names(name: str, call: str) -> bool:
    """Whether the call speaks of the variable `name`."""
    return re.search(rf"(?<![\w$.]){name}(?![\w$])", call) is not None


def subject_of(path: Path, name: str, call: str | None) -> Subject:
    """The export `name` of the file at `path`, called as `call` says or as its code asks for.

    Raises `RefusedError` when there is no such file or export, when Node does not run the file,
    and when neither `call` nor the code says how it is called.
    """
    file = _file(path)
    esm = module_system(file.source, file.target) == "esm"
    if not _STEP.fullmatch(name):
        raise RefusedError(f"{path}#{name}: an export is a name, as `rows` or `api.rows`")
    table = table_of(file)
    things = resolved(file, name)
    if not things and table.sure and not stars_of(file, name):
        raise RefusedError(_no_such_export(path, name, sorted(key for key in table.names if key)))
    if call is None:
        call = _call(file, [thing.node for thing in things], f"{path}#{name}")
    whole = not esm and name == "default" and "default" not in table.names
    return Subject(name, call, esm, whole)


def _file(path: Path) -> File:
    if not path.name.endswith(RUNS):
        what = ", ".join(RUNS[:-1]) + f" or {RUNS[-1]}"
        raise RefusedError(f"{path}: Node runs {what} files; name the file that it is built to")
    contents = read_file(path)
    if isinstance(contents, Problem):
        what = "no such file" if contents.code == "vanished" else contents.message
        raise RefusedError(f"{path}: {what}")
    try:
        source = parse(path.name, contents.data)
    except UnreadableError as error:
        raise RefusedError(f"{path}: {error}") from None
    return File(source, target=Target(esm=_is_module(path.resolve())))


def _is_module(path: Path) -> bool:
    folders = Folders()
    for folder in path.parents:
        manifest = folders.package(str(folder))
        if manifest is not None:
            return manifest.get("type") == "module"
    return False


def _no_such_export(path: Path, name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"{path}: it exports no {name!r}; did you mean {close[0]!r}?"
    if not names:
        return f"{path}: it exports nothing by name"
    return f"{path}: it exports no {name!r}, only {', '.join(names[:12])}"


def _call(file: File, nodes: list[Node | None], where: str) -> str:
    """How the function behind an export is called, by its parameters and what it does to them."""
    how = "say how it is called: --call 'producer(sink)', or 'producer(items)' when it returns"
    functions = [definition(file, node) for node in nodes if node is not None]
    if len(functions) != 1 or functions[0].type not in FUNCTIONS:
        raise RefusedError(f"{where}: its code is not in this file; {how} a readable")
    function = functions[0]
    given: list[str] = []
    for parameter in _parameters(function):
        role = _role(file, function, parameter)
        if role is None:
            text = file.source.text(parameter)
            raise RefusedError(f"{where}: what is its `{text}`? Please {how} a readable")
        given.append(role)
    call = f"producer({', '.join(given)})"
    if SINK in given:
        return call
    generator = "generator" in file.functions.kind(function)
    if generator and ITEMS not in given:
        raise RefusedError(
            f"{where}: what a generator holds cannot be seen from outside; give it a source that "
            "is counted: --call 'producer(items)'"
        )
    found = None if generator else returned(file, function)
    if generator or ITEMS in given or (found is not None and found.role in ("readable", "duplex")):
        return call
    raise RefusedError(f"{where}: it takes no sink, and what it returns is not known; {how} one")


def _parameters(function: Node) -> Iterator[Node]:
    """Those that have no default, up to the first that has one."""
    alone = function.child_by_field_name("parameter")
    listed = function.child_by_field_name("parameters")
    for parameter in [alone] if alone is not None else named(listed) if listed is not None else []:
        if parameter.type == "required_parameter":
            pattern = parameter.child_by_field_name("pattern")
            if pattern is None or parameter.child_by_field_name("value") is not None:
                return
            parameter = pattern
        if parameter.type in ("assignment_pattern", "optional_parameter", "rest_pattern"):
            return
        if parameter.type != "this":
            yield parameter


def _role(file: File, function: Node, parameter: Node) -> str | None:
    """What to give for a parameter: by what the function does to it, else by its name."""
    binding = file.bindings.resolve(parameter) if parameter.type == "identifier" else None
    if binding is None:
        return None
    roles = {role for use in file.bindings.references(binding) if (role := _use(file, use))}
    if len(roles) == 1:
        return roles.pop()
    name = file.source.text(parameter).lower().replace("_", "")
    return next((role for role, names in _NAMES.items() if name in names), None)


def _use(file: File, use: Node) -> str | None:
    parent = use.parent
    if parent is None:
        return None
    if parent.type == "member_expression" and parent.child_by_field_name("object") == use:
        member = parent.child_by_field_name("property")
        word = file.source.text(member) if member is not None else ""
        if word in ("write", "end", "writableNeedDrain", "writableLength", "cork"):
            return SINK
        return ITEMS if word in ("pipe", "resume", "read", "setEncoding") else None
    if parent.type == "for_in_statement" and parent.child_by_field_name("right") == use:
        return ITEMS
    call = parent.parent
    if parent.type != "arguments" or call is None:
        return None
    method = called_method(call)
    if method is not None and file.source.text(method[1]) == "pipe":
        return SINK
    function = callee(call)
    word = file.source.text(function).rpartition(".")[2] if function is not None else ""
    if word in ("pipeline", "compose"):
        return ITEMS if arguments(call)[0] == use else SINK
    return None
