"""What users settle for a tree: the table of `unleak.toml` and its like, checked.

Every key that is not understood is an error: what is written down and has no effect is worse.
"""

import functools
import os
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from unleak import helpers, registry
from unleak.workspace.globs import matcher
from unleak.workspace.places import within
from unleak.workspace.semver import node_floor
from unleak_engine.edit import Safety

if TYPE_CHECKING:
    from unleak_codemods.streams.knowledge import Knowledge
    from unleak_codemods.table import Entry


class Key(NamedTuple):
    """What there is to say of a key: the form of its value, one of FORMS, what it is, and an
    example of its value."""

    form: str
    told: str
    example: Any


FORMS = frozenset(
    {
        "baseline",
        "codemods",
        "extend",
        "helpers",
        "names",
        "names by pattern",
        "node",
        "patterns",
        "safety",
        "streams",
    }
)

KEYS: dict[str, Key] = {
    "extend": Key(
        "extend",
        "another configuration, counted from this folder, whose keys hold where this one has none",
        "../unleak.toml",
    ),
    "select": Key(
        "names",
        "a list of codemods: only these, opt-in ones too. `--select` sets this and `ignore` aside",
        ["pipe-without-pipeline"],
    ),
    "ignore": Key(
        "names", "a list of codemods: all but these. `--ignore` adds to it", ["drain-wait-hangs"]
    ),
    "per-file-ignores": Key(
        "names by pattern",
        "a table of patterns, each with a list of codemods to leave out in the files it fits",
        {"test/**": ["iterated-stream-not-destroyed"]},
    ),
    "exclude": Key(
        "patterns",
        'a list of patterns of files and folders to leave out, such as `"old/"` or `"*.gen.js"`',
        ["old/", "*.gen.js"],
    ),
    "safety": Key(
        "safety",
        "a table of codemods, each with how far its fixes may go unread: `safe`, `unsafe`,"
        " `display`",
        {"pipe-without-pipeline": "unsafe"},
    ),
    "node": Key(
        "node",
        'the Node versions the code runs on, as `">=20"`; goes before what manifests say',
        ">=20",
    ),
    "helpers": Key(
        "helpers",
        'where helper functions go: `"file"`, `"inline"`, or a module, counted from this folder',
        "lib/drained.mjs",
    ),
    "baseline": Key(
        "baseline",
        "the file of old findings, counted from this folder; `.unleak-baseline.json` if not said",
        "quality/unleak-baseline.json",
    ),
    "codemods": Key(
        "codemods",
        "a list of [packs](#codemods-of-your-own); or a table of switches by codemod, as"
        " `[codemods.close-does-not-abort]` with `always = true`, where `packs` is that list",
        {"close-does-not-abort": {"always": True}},
    ),
    "streams": Key(
        "streams",
        "modules that give streams, beside those that unleak knows",
        {"@acme/storage": {"openObject()": "readable finite"}},
    ),
}
"""Every key, in the order in which people are told of them."""

SWITCHES = {"close-does-not-abort": ("always",)}
"""What there is to switch on, by codemod."""

SAFETIES = ("safe", "unsafe", "display")

BASELINE = ".unleak-baseline.json"
"""What the baseline is called beside a configuration that does not say."""


class ConfigError(ValueError):
    """A configuration that cannot be followed. `file` is the one it stands in; the text names
    the key, what is wrong with it, and what may have been meant."""

    def __init__(self, file: str, message: str) -> None:
        super().__init__(message)
        self.file = file


Pattern = tuple[str, str]
"""The folder that a pattern counts from, and the pattern."""


class Config(NamedTuple):
    """What one home settles for the files below it, with all it extends. `folder` is the home,
    absolute; `said` how a reader knows where the keys stand.

    `select` are the codemods to use, all of them when None; `ignore` those to leave out, and
    `per_file_ignores` those to leave out of files that fit. `helpers` counts from the root of the
    run, `baseline` is absolute. `switches` are those of codemods that are on, as
    "codemod.switch"; `packs` are folders with codemods; `streams` is what the user adds to the
    knowledge of streams, and `table` that as it was written. `origins` tell for each key that is
    settled in which file.
    """

    folder: str = ""
    said: str = ""
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[Pattern, tuple[str, ...]], ...] = ()
    exclude: tuple[Pattern, ...] = ()
    safety: tuple[tuple[str, Safety], ...] = ()
    node: str | None = None
    helpers: str | None = None
    baseline: str | None = None
    switches: tuple[tuple[str, bool], ...] = ()
    packs: tuple[str, ...] = ()
    streams: "Knowledge | None" = None
    table: Mapping[str, Any] = {}
    origins: tuple[tuple[str, str], ...] = ()

    def origin(self, key: str) -> str:
        """The file that settles `key`, "" when none does."""
        return dict(self.origins).get(key, "")

    @property
    def on(self) -> tuple[str, ...]:
        """The switches that are on."""
        return tuple(name for name, on in self.switches if on)

    def chosen(self, entries: Iterable["Entry"], unwanted: Container[str] = ()) -> tuple[str, ...]:
        """The names of those of `entries` that the home lets in, with those that it names and that
        run only when they are named, but for `unwanted`."""
        names = {entry.name for entry in entries}
        if self.select is not None:
            named = (registry.entry(name) for name in self.select)
            opted = {one.name for one in named if one.opt_in and one.name not in unwanted}
            names = (names & set(self.select)) | opted
        return tuple(sorted(names.difference(self.ignore)))

    def excludes(self, file: str) -> bool:
        """Whether `file`, absolute, is one to leave out."""
        return any(_fits(pattern, file) for pattern in self.exclude)

    def ignored_in(self, file: str) -> frozenset[str]:
        """The codemods that are left out of `file`, absolute, in particular."""
        found = (names for pattern, names in self.per_file_ignores if _fits(pattern, file))
        return frozenset(name for names in found for name in names)


def _fits(pattern: Pattern, file: str) -> bool:
    path = os.path.relpath(os.path.realpath(file), pattern[0]).replace(os.sep, "/")
    return _matcher((pattern[1],))(path)


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
    """The configuration that `table` holds by itself; see `over`. What is written, helper modules
    and a baseline, must lie in `root`. Raises ConfigError."""
    for key in table:
        if key not in KEYS:
            place.unknown(key)
    if texts := pack_texts(table, place):
        from unleak.packs.loading import by_tree

        by_tree(texts, place)  # before their names are asked for
    extended(table, place)
    streams = table.get("streams", {})
    return Config(
        folder=place.folder,
        said=place.said,
        select=_codemods(table, "select", place) if "select" in table else None,
        ignore=_codemods(table, "ignore", place),
        per_file_ignores=_per_file_ignores(table, place),
        exclude=_patterns(_texts(table, "exclude", place), "exclude", place),
        safety=_safety(table, place),
        node=_node(table, place),
        helpers=_helpers(table, place, root),
        baseline=_baseline(table, place, root),
        switches=_switches(table, place),
        packs=pack_texts(table, place),
        streams=_streams(streams, place) if "streams" in table else None,
        table=streams,
        origins=tuple((key, place.said) for key in table if key != "extend"),
    )


def extended(table: Mapping[str, Any], place: Place) -> str | None:
    """The configuration that `table` extends, as it is written. Raises ConfigError."""
    text = _text(table, "extend", place)
    if text is not None and not text.strip():
        place.fail("extend", "is empty; it is the path of another configuration")
    return text


_TABLES = frozenset({"per-file-ignores", "safety", "codemods", "streams"})


def over(own: Config, base: Config, place: Place) -> Config:
    """`own` with what `base` settles beside it. Tables are laid over one another entry by entry,
    of all other keys the nearest value counts. Raises ConfigError."""
    here, there = dict(own.origins), dict(base.origins)
    origins = there | here
    for key in _TABLES & here.keys() & there.keys():
        origins[key] = f"{there[key]}, {here[key]}"
    table = _laid(own.table, base.table)
    laid: dict[str, Any] = {
        "per_file_ignores": (*base.per_file_ignores, *own.per_file_ignores),
        "safety": tuple(sorted((dict(base.safety) | dict(own.safety)).items())),
        "switches": tuple(sorted((dict(base.switches) | dict(own.switches)).items())),
        "packs": tuple(dict.fromkeys((*base.packs, *own.packs))),
        "streams": _streams(table, place) if "streams" in origins else None,
    }
    plain = {
        key: getattr(base, key)
        for key in ("select", "ignore", "exclude", "node", "helpers", "baseline")
        if key not in here
    }
    return own._replace(**plain, **laid, table=table, origins=tuple(origins.items()))


def _laid(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: {**base[key], **own[key]}
        for key in own
        if isinstance(own[key], dict) and isinstance(base.get(key), dict)
    }
    return {**base, **own, **both}


def _texts(table: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        place.fail(key, f"must be a list of strings, not {_type(value)}")
    return tuple(value)


def _codemods(table: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
    return tuple(_codemod(text, key, place) for text in _texts(table, key, place))


def _codemod(text: str, key: str, place: Place) -> str:
    try:
        return registry.entry(text).name
    except registry.UnknownNameError as error:
        raise ConfigError(place.file, f"{place.named(key)}: {error}") from None


def _entries(table: Mapping[str, Any], key: str, of: str, place: Place) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        place.fail(key, f"must be a table of {of}, not {_type(value)}")
    return value


def _per_file_ignores(
    table: Mapping[str, Any], place: Place
) -> tuple[tuple[Pattern, tuple[str, ...]], ...]:
    key = "per-file-ignores"
    given = _entries(table, key, "patterns", place)
    patterns = _patterns(tuple(given), key, place)
    return tuple(
        (pattern, _codemods({f"{key}.{text!r}": names}, f"{key}.{text!r}", place))
        for pattern, (text, names) in zip(patterns, given.items(), strict=True)
    )


def _patterns(texts: tuple[str, ...], key: str, place: Place) -> tuple[Pattern, ...]:
    for pattern in texts:
        if not pattern.strip("/. ") or pattern.startswith(("!", "../")):
            place.fail(key, f"has the pattern {pattern!r}, which names nothing below")
    return tuple((place.folder, pattern) for pattern in texts)


def _safety(table: Mapping[str, Any], place: Place) -> tuple[tuple[str, Safety], ...]:
    found: dict[str, Safety] = {}
    for name, word in _entries(table, "safety", "codemods", place).items():
        key = f"safety.{name}"
        if not isinstance(word, str):
            place.fail(key, f"must be a string, not {_type(word)}")
        if word not in SAFETIES:
            place.fail(key, f"is {word!r}; there are {', '.join(SAFETIES)}", word, SAFETIES)
        found[_codemod(name, "safety", place)] = Safety(word)
    return tuple(sorted(found.items()))


def _baseline(table: Mapping[str, Any], place: Place, root: str) -> str | None:
    text = _text(table, "baseline", place)
    if text is None:
        return None
    if not text.endswith(".json"):
        place.fail("baseline", f"is {text!r}; it must be a .json file")
    path = os.path.normpath(os.path.join(place.folder, text))
    if not within(os.path.realpath(path), root):
        place.fail("baseline", f"is {text!r}, which lies outside of {root}")
    return path


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
    value, key = table.get("codemods"), "codemods"
    if isinstance(value, dict):
        value, key = value.get("packs", []), "codemods.packs"
        table = {key: value}
    elif not isinstance(value, list):
        return ()
    packs = _texts(table, key, place)
    if not all(text.strip() for text in packs):
        place.fail(key, "has an empty path in it")
    return packs


def _switches(table: Mapping[str, Any], place: Place) -> tuple[tuple[str, bool], ...]:
    value = table.get("codemods", {})
    if isinstance(value, list):
        return ()
    if not isinstance(value, dict):
        place.fail("codemods", f"must be a table of codemods or a list, not {_type(value)}")
    found: dict[str, bool] = {}
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
            found[f"{codemod}.{switch}"] = on
    return tuple(sorted(found.items()))


def _streams(value: object, place: Place) -> "Knowledge":
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
