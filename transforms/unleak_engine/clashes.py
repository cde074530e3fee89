"""Whether a new text declares a name twice where the language allows it once.

The grammar does not mind, Node does. Two rewrites that are each right can do that together: both
import, or both declare, what they each found to be a free name.
"""

import re
from collections import Counter
from collections.abc import Iterable

from unleak_engine.edit import Edit
from unleak_engine.scopes import Scopes
from unleak_engine.source import parse_as

_NAME = re.compile(rb"[A-Za-z_$][\w$]*")
_AGAIN = frozenset({"var", "function", "param"})
"""What may be declared again, by another of these."""


def clashing(path: str, text: bytes, grammar: str, edits: Iterable[Edit]) -> frozenset[str]:
    """The names among the words of `edits` that `text`, which holds them, declares twice."""
    words = {hit.group().decode() for edit in edits for hit in _NAME.finditer(edit.text)}
    scopes = Scopes(parse_as(path, text, grammar), strict=False)
    return frozenset(name for name in words if _declared_twice(scopes, name))


def _declared_twice(scopes: Scopes, name: str) -> bool:
    found: Counter[int] = Counter()
    once: set[int] = set()
    for node in scopes.occurrences(name):
        binding = scopes.declared(node)
        if binding is None:
            continue
        found[binding.scope.id] += 1
        if binding.kind not in _AGAIN:
            once.add(binding.scope.id)
    return any(found[scope] > 1 for scope in once)
