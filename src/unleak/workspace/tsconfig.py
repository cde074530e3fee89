"""What a tsconfig.json says of the Node its output runs on."""

import json
import re
from collections.abc import Mapping
from typing import Any

_NOISE = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])')
_BASE = re.compile(r"@tsconfig/node(\d+)(?:-strictest)?(?:-esm)?(?:/tsconfig(?:\.json)?)?")

_ECMASCRIPT = {"es2023": 20, "es2024": 22, "es2025": 24}
"""The first Node line that has all of a level. Older levels are left out: people compile for them
out of habit, and every Node we edit for has them."""


def parse_jsonc(text: str) -> Any:
    """JSON that may hold comments and a comma after the last item. Raises ValueError."""
    try:
        return json.loads(text)
    except ValueError:
        bare = _NOISE.sub(lambda found: found[1] or " ", text)
        return json.loads(_LAST_COMMA.sub(lambda found: found[1] or "", bare))


def extended(config: Mapping[str, Any]) -> list[str]:
    """What the configuration builds upon, the one that counts most first."""
    bases = config.get("extends")
    words = bases if isinstance(bases, list) else [bases]
    return [word for word in reversed(words) if isinstance(word, str)]


def base_major(extended: str) -> int | None:
    """The Node major that one of TypeScript's shared bases is made for: `@tsconfig/node20`."""
    found = _BASE.fullmatch(extended)
    return int(found[1]) if found else None


def target_of(config: Mapping[str, Any]) -> str | None:
    """The ECMAScript level to compile to; None when the configuration has no word on it."""
    target = _options(config).get("target")
    return target if isinstance(target, str) else None


def target_major(target: str) -> int | None:
    """The first Node major that runs all of a level; None when every Node we edit for does."""
    return _ECMASCRIPT.get(target.lower())


def is_elsewhere(config: Mapping[str, Any]) -> bool:
    """Whether the output is not Node's to run: none is made, or it is meant for a browser."""
    options = _options(config)
    libraries = options.get("lib")
    names = libraries if isinstance(libraries, list) else []
    return options.get("noEmit") is True or any(
        isinstance(name, str) and name.lower() == "dom" for name in names
    )


def _options(config: Mapping[str, Any]) -> Mapping[str, Any]:
    options = config.get("compilerOptions")
    return options if isinstance(options, dict) else {}
