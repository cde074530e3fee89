"""Which streams are files that the code at hand has opened itself, and so may close."""

import re

from tree_sitter import Node

from unleak_codemods.streams.chains import strip_listeners
from unleak_codemods.streams.evidence import Evidence, Owner
from unleak_codemods.streams.syntax import callee, unwrap
from unleak_engine.bindings import Binding
from unleak_engine.codemod import File

OPENING = frozenset({"createReadStream", "ReadStream", "FileReadStream"})
_HANDLE = re.compile(r"(?i:handle|(?<![a-z])f[hd])$")
"""What somebody else's FileHandle is called."""


def maker(file: File, node: Node, variable: Binding | None) -> Node:
    """The expression that makes the stream `node`, as far as its variable shows it."""
    value = variable.value if variable is not None else None
    root, _ = strip_listeners(file.source, value if value is not None else node)
    return unwrap(root)


def is_own_file(file: File, found: Evidence, made: Node) -> bool:
    """Whether a stream is a file's, opened here by `made` and by its path. What a FileHandle gives
    is closed with the handle, and what a store gives under the same name is likely a file's."""
    if found.owner is not Owner.HERE or found.role != "readable" or not found.taken:
        return False
    function = callee(made) if made.type in ("call_expression", "new_expression") else None
    if function is None:
        return False
    if found.named:
        owner = function.child_by_field_name("object")
        return owner is None or _HANDLE.search(file.source.text(owner)) is None
    origin = file.bindings.origin(function)
    opens = origin is not None and origin.name.rpartition(".")[2] in OPENING
    return opens and found.proven and found.kind.finite and found.kind.core
