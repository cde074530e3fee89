"""The tree-sitter grammars, loaded one at a time and only when a file needs them.

The grammar packages import `importlib.resources` for queries that are not used here, which costs
more than parsing a file does; so their binary module is loaded by its spec.
"""

import functools
import importlib.machinery
import importlib.util
from types import ModuleType

from tree_sitter import Language, Parser

JAVASCRIPT = "javascript"
TYPESCRIPT = "typescript"
TSX = "tsx"

_BY_SUFFIX = {
    ".js": JAVASCRIPT,
    ".jsx": JAVASCRIPT,
    ".mjs": JAVASCRIPT,
    ".cjs": JAVASCRIPT,
    ".ts": TYPESCRIPT,
    ".mts": TYPESCRIPT,
    ".cts": TYPESCRIPT,
    ".tsx": TSX,
}
_PACKAGES = {
    JAVASCRIPT: ("tree_sitter_javascript", "language"),
    TYPESCRIPT: ("tree_sitter_typescript", "language_typescript"),
    TSX: ("tree_sitter_typescript", "language_tsx"),
}
NODE = "node"
PYTHON = "python"
PYTHON_SUFFIXES = (".py",)
"""Python has no tree-sitter grammar here: `unleak_engine.python` reads it with libcst."""

SUFFIXES = (*_BY_SUFFIX, *PYTHON_SUFFIXES)


def suffix_of(path: str) -> str:
    """The suffix of the last path component, with its dot, lower case; "" without one."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def grammar_of(path: str) -> str | None:
    """The grammar a path's suffix asks for, None when it is not JavaScript or TypeScript."""
    return _BY_SUFFIX.get(suffix_of(path))


def language_of(path: str) -> str | None:
    """What a path's suffix says a file is: "node", "python", or None when it is neither."""
    suffix = suffix_of(path)
    if suffix in PYTHON_SUFFIXES:
        return PYTHON
    return NODE if suffix in _BY_SUFFIX else None


@functools.cache
def _binding(package: str) -> ModuleType:
    spec = importlib.util.find_spec(package)
    locations = spec.submodule_search_locations if spec else None
    found = importlib.machinery.PathFinder.find_spec("_binding", locations)
    if found is None or found.loader is None:
        raise ImportError(f"{package} has no compiled grammar; reinstall it", name=package)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@functools.cache
def language(grammar: str) -> Language:
    package, attribute = _PACKAGES[grammar]
    return Language(getattr(_binding(package), attribute)())


@functools.cache
def parser(grammar: str) -> Parser:
    return Parser(language(grammar))
