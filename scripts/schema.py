"""The JSON schema of a configuration, made from the table of keys that the parser goes by."""

import json
from typing import Any

from unleak import helpers, registry
from unleak.config import KEYS, SAFETIES, SWITCHES

FOLDERS = r"^(?!!|\.\./)(?=.*[^/. ]).*$"
MODULE = r"\.(?:[jt]s|[mc][jt]s)$"
NODE = r"^\s*(?:\*|.*\d.*)\s*$"

_TEXTS = {"type": "array", "items": {"type": "string"}}


def _object(values: Any, names: Any = None) -> dict[str, Any]:
    made = {"type": "object", "additionalProperties": values}
    return made if names is None else made | {"propertyNames": names}


def _exactly(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def forms() -> dict[str, Any]:
    """What a value of each form is."""
    codemod = {"enum": [entry.name for entry in registry.entries()]}
    names = {"type": "array", "items": codemod}
    pattern = {"type": "string", "pattern": FOLDERS}
    switches = {
        name: _exactly({word: {"type": "boolean"} for word in words})
        for name, words in SWITCHES.items()
    }
    packs = {"type": "array", "items": {"type": "string", "pattern": r"\S"}}
    return {
        "baseline": {"type": "string", "pattern": r"\.json$"},
        "codemods": {
            "oneOf": [
                _exactly(switches | {"packs": packs}),
                packs,
            ]
        },
        "extend": {"type": "string", "pattern": r"\S"},
        "helpers": {
            "oneOf": [{"enum": list(helpers.PLACES)}, {"type": "string", "pattern": MODULE}]
        },
        "names": names,
        "names by pattern": _object(names, pattern),
        "node": {"type": "string", "pattern": NODE},
        "patterns": {"type": "array", "items": pattern},
        "safety": _object({"enum": list(SAFETIES)}, codemod),
        "streams": {
            "type": "object",
            "properties": {"not-ours": _exactly({"packages": _TEXTS, "scopes": _TEXTS})},
            "additionalProperties": {"type": "object"},
        },
    }


def schema() -> dict[str, Any]:
    """The schema of unleak.toml, and of the tables in other files."""
    known = forms()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "unleak",
        "description": "What unleak does in a folder and below it: unleak.toml, .unleak.toml,"
        " [tool.unleak] in pyproject.toml, or unleak in package.json.",
        "type": "object",
        "properties": {
            name: {"description": _plain(key.told), **known[key.form], "examples": [key.example]}
            for name, key in KEYS.items()
        },
        "additionalProperties": False,
    }


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _plain(told: str) -> str:
    return told.replace("`", "")
