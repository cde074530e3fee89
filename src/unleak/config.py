"""What users settle for a tree: the table of `unleak.toml` and its like, checked.

Every key that is not understood is an error, and so is a key that is planned and not built yet:
what is written down and has no effect is worse than an error.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from unleak import helpers, registry
from unleak.workspace.globs import matcher
from unleak.workspace.semver import node_floor

if TYPE_CHECKING:
    from unleak_codemods.streams.knowledge import Knowledge

KEYS = ("select", "ignore", "exclude", "node", "helpers", "codemods", "streams")
SWITCHES = {"close-does-not-abort": ("always",)}
"""What there is to switch on, by codemod."""
PLANNED = ("extend", "per-file-ignores", "safety")
"""Keys that are spoken for and have no meaning yet."""


class ConfigError(ValueError):
    """A configuration that cannot be followed. `file` is the one it stands in; the text names
    the key, what is wrong with it, and what may have been meant."""

    def __init__(self, file: str, message: str) -> None:
        super().__init__(message)
        self.file = file


class Config(NamedTuple):
    """What one home settles for the files below it. `folder` is the home, absolute; `said` how a
    reader knows where the keys stand.

    `select` are the codemods to use, all of them when None; `ignore` those to leave out. Patterns
    of `exclude`, and the path that `helpers` may be, count from `folder`. `switches` are those of
    codemods that are on, as "codemod.switch"; `streams` is what the user adds to the knowledge of
    streams.
    """

    folder: str = ""
    said: str = ""
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    node: str | None = None
    helpers: str | None = None
    switches: tuple[str, ...] = ()
    streams: "Knowledge | None" = None

    def chosen(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of `names` that the home lets in."""
        return tuple(
            name
            for name in names
            if (self.select is None or name in self.select) and name not in self.ignore
        )

    def excludes(self, path: str) -> bool:
        """Whether `path`, which counts from `folder`, is one to leave out."""
        return _matcher(self.exclude)(path)


_matcher = functools.cache(matcher)

DEFAULTS = Config()
"""Where nobody settles anything."""


class Place(NamedTuple):
    """Where a table stands: the file, what comes before its keys there ("tool.unleak." in a
    pyproject.toml), the file's folder, and how a reader knows the file."""

    file: str
    prefix: str
    folder: str
    said: str

    def fail(self, key: str, message: str, word: str = "", known: Iterable[str] = ()) -> NoReturn:
        """Raise what is wrong with `key`, with that of `known` which `word` may have meant."""
        raise ConfigError(self.file, f"{self.named(key)} {message}{_meant(word, known)}")

    def unknown(self, key: str) -> NoReturn:
        meant = _meant(key, KEYS) or f"; there are {', '.join(KEYS)}"
        raise ConfigError(self.file, f"unknown key {self.named(key)}{meant}")

    def named(self, key: str) -> str:
        return f"`{self.prefix}{key}`".replace(".`", "`")


def config_of(table: Mapping[str, Any], place: Place, root: str) -> Config:
    """The configuration that `table` holds. Helper modules must lie in `root`. Raises
    ConfigError."""
    for key in table:
        if key in PLANNED:
            place.fail(key, "is not supported yet; take it out")
        if key not in KEYS:
            place.unknown(key)
    if texts := pack_texts(table, place):
        from unleak.packs.loading import by_tree

        by_tree(texts, place)  # before their names are asked for
    return Config(
        folder=place.folder,
        said=place.said,
        select=_codemods(table, "select", place) if "select" in table else None,
        ignore=_codemods(table, "ignore", place),
        exclude=_patterns(table, place),
        node=_node(table, place),
        helpers=_helpers(table, place, root),
        switches=_switches(table, place),
        streams=_streams(table, place),
    )


def _texts(table: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        place.fail(key, f"must be a list of strings, not {_type(value)}")
    return tuple(value)


def _codemods(table: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    names: list[str] = []
    for text in _texts(table, key, place):
        try:
            names.append(registry.entry(text).name)
        except registry.UnknownNameError as error:
            raise ConfigError(place.file, f"{place.named(key)}: {error}") from None
    return tuple(names)


def _patterns(table: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    patterns = _texts(table, "exclude", place)
    for pattern in patterns:
        if not pattern.strip("/. ") or pattern.startswith(("!", "../")):
            place.fail("exclude", f"has the pattern {pattern!r}, which names nothing below")
    return patterns


def _text(table: Mapping[str, Any], key: str, place: Place) -> str | None:
    value = table.get(key)
    if key in table and not isinstance(value, str):
        place.fail(key, f"must be a string, not {_type(value)}")
    return value


def _node(table: Mapping[str, Any], place: Place) -> str | None:
    text = _text(table, "node", place)
    if text is not None and text != "*" and node_floor(text) is None:
        place.fail("node", f"is {text!r}, which names no Node.js version; say it as '>=20'")
    return text


def _helpers(table: Mapping[str, Any], place: Place, root: str) -> str | None:
    choice = _text(table, "helpers", place)
    if choice is None:
        return None
    try:
        return helpers.spelled(choice, root, place.folder)
    except ValueError as error:
        place.fail("helpers", f"is {choice!r}; {error}", choice, helpers.PLACES)


def pack_texts(table: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    """The packs that a table names: `codemods` is a list of them, or has one called `packs` when
    it is a table. Raises ConfigError."""
    value = table.get("codemods")
    if isinstance(value, list):
        return _texts(table, "codemods", place)
    if isinstance(value, dict) and "packs" in value:
        return _texts({"codemods.packs": value["packs"]}, "codemods.packs", place)
    return ()


def _switches(table: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    value = table.get("codemods", {})
    if isinstance(value, list):
        return ()  # packs
    if not isinstance(value, dict):
        place.fail("codemods", f"must be a list of packs or a table, not {_type(value)}")
    found: list[str] = []
    for codemod, switches in value.items():
        key = f"codemods.{codemod}"
        if codemod == "packs":
            continue
        if codemod not in SWITCHES:
            place.fail(key, "has nothing to switch on", codemod, SWITCHES)
        if not isinstance(switches, dict):
            place.fail(key, f"must be a table, not {_type(switches)}")
        for switch, on in switches.items():
            if switch not in SWITCHES[codemod]:
                place.fail(f"{key}.{switch}", "is unknown", switch, SWITCHES[codemod])
            if not isinstance(on, bool):
                place.fail(f"{key}.{switch}", f"must be true or false, not {_type(on)}")
            found += [f"{codemod}.{switch}"] if on else []
    return tuple(sorted(found))


def _streams(table: Mapping[str, Any], place: Place) -> "Knowledge | None":
    if "streams" not in table:
        return None
    value = table["streams"]
    if not isinstance(value, dict):
        place.fail("streams", f"must be a table of modules, not {_type(value)}")
    from unleak_codemods.streams.knowledge import KnowledgeError, added

    try:
        return added(value)
    except KnowledgeError as error:
        raise ConfigError(place.file, f"{place.prefix}streams.{error}") from None


_TYPES = {
    bool: "true or false",
    dict: "a table",
    float: "a number",
    int: "a number",
    str: "a string",
    type(None): "null",
}


def _type(value: object) -> str:
    if isinstance(value, list):
        odd = next((one for one in value if not isinstance(one, str)), None)
        return "a list" if odd is None else f"a list with {_type(odd)} in it"
    return _TYPES.get(type(value), "a date")


def _meant(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=0.6) if word else []
    return f" (did you mean `{close[0]}`?)" if close else ""
