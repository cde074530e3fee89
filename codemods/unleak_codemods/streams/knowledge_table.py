"""Read tables of stream knowledge: unleak's own, and what a user adds to it.

A table maps names to what they give, in words:

    ["some-package"]
    model = "readable-stream-3"         what its streams are built on; "core" when not said
    hint = false                        that a file imports it says nothing about its `.pipe`s
    like = "fs"                         starts from all that is told of another module
    "createThing()" = "readable finite" what a call gives
    "new Sink" = "writable"             what `new` gives, and a class that extends it
    "type Body" = "readable"            what an annotation says; a class need not say it again
    "gather()" = "duplex collects"      with a callback it is a writable, and nobody reads it
    "get#0" = "message"                 parameter 0 of a callback handed to `get`
    "output" = "writable long"          an export that is a stream
    "connect()" = "await Client"        a promise of a `Client`, described below
    "add()" = "argument:1"              gives back what it was given; -1 is the last
    "ask()" = "Answer as=stream"        only if the call shows this option
    ["some-package".Client]
    "body" = "readable"                 its members, named in the same way
    "use()" = "self"                    a method that gives its own object back
    "@file#1" = "readable"              parameter 1 of a listener of its event 'file'

The module itself has no name: `"()"`, `"new"`, `"#1"`. Beside the modules stand `globals`, for
names that nobody imports, and `not-ours`, with the `packages` and `scopes` (how a package's name
begins) whose `.pipe` is another thing, and the `toolkits`: packages about streams as such, whose
own tests try what a `.pipe` does.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, NoReturn

ROLES = frozenset(
    [
        "readable",
        "writable",
        "duplex",
        "socket",  # both ways, and somebody's connection
        "request",  # an incoming message that a server answers
        "message",  # an incoming message that answers a request of ours
        "response",  # what a server writes its answer to
        "upload",  # a request of ours
        "child",  # a process with stdio, no stream itself
        "child-readable",
        "child-writable",
        "stdio",
        "legacy",  # has a .pipe(), but tears down in a way of its own
        "own-pipe",  # no stream, though it has a .pipe() of its own
        "web-readable",  # WHATWG streams: no .pipe(), though pipeline() takes them
        "web-writable",
        "web-duplex",
    ]
)
MODELS = frozenset(
    [
        "core",
        "readable-stream-1",
        "readable-stream-2",
        "readable-stream-3",
        "readable-stream-4",
        "streamx",
        "minipass",
        "vinyl",
        "through",
        "stream-1",  # the old `Stream` class, with nothing but events
        "web",
        "other",
    ]
)
LIFETIMES = frozenset(["here", "long", "process"])


class Knowledge(NamedTuple):
    """Facts about modules, each told in the words of a table.

    `exports` are by module and name, `shapes` by "module#Shape" and name. `hints` are the modules
    whose import makes it likely that a `.pipe` in the file is a stream's; `foreign` the packages,
    and `foreign_scopes` the beginnings of package names, whose `.pipe` is another thing;
    `toolkits` the packages whose own tests are about `.pipe` itself.
    """

    exports: Mapping[str, Mapping[str, str]]
    shapes: Mapping[str, Mapping[str, str]]
    hints: frozenset[str]
    foreign: frozenset[str]
    foreign_scopes: tuple[str, ...]
    toolkits: frozenset[str] = frozenset()


class KnowledgeError(ValueError):
    """A table that says something nobody understands. The text names the place and a cure."""


_NOT_OURS = ("packages", "scopes", "toolkits")
_OPTIONS = ("model", "hint", "like")
_FLAGS = ("finite", "fed", "await", "collects", "self", "unknown")


def parse(table: Mapping[str, object], base: Knowledge | None = None) -> Knowledge:
    """A table of modules, as TOML gives it, as knowledge of its own.

    What it names but does not describe is looked for in `base`. Raises `KnowledgeError`.
    """
    reader = _Reader(table, base)
    for module, entries in table.items():
        if module == "not-ours":
            reader.read_foreign(_mapping(entries, module))
        else:
            reader.read_module(module, _mapping(entries, module))
    return reader.done()


def merged(over: Knowledge, base: Knowledge) -> Knowledge:
    """`base` with everything that `over` says put in its place.

    What `over` calls unknown is forgotten, and so is all of a package that it calls not ours; a
    package it describes is ours after all.
    """
    described = set(over.exports)
    exports, hints = base.exports, base.hints
    if over.foreign or over.foreign_scopes:
        gone = {m for m in exports if m in over.foreign or m.startswith(over.foreign_scopes)}
        exports = {module: names for module, names in exports.items() if module not in gone}
        hints -= gone
    return Knowledge(
        exports=_laid(over.exports, exports),
        shapes=_laid(over.shapes, base.shapes),
        hints=(hints - (described - over.hints)) | over.hints,
        foreign=(base.foreign - described) | over.foreign,
        foreign_scopes=tuple(dict.fromkeys((*base.foreign_scopes, *over.foreign_scopes))),
        toolkits=base.toolkits | over.toolkits,
    )


def _laid(
    over: Mapping[str, Mapping[str, str]], base: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = dict(base)
    for key, entries in over.items():
        both = {**found.get(key, {}), **entries}
        found[key] = {name: text for name, text in both.items() if text != "unknown"}
    return found


class _Reader:
    """One table being read; `exports` and `shapes` grow as it goes."""

    def __init__(self, table: Mapping[str, object], base: Knowledge | None) -> None:
        self.table = table
        self.base = base
        self.exports: dict[str, dict[str, str]] = {}
        self.shapes: dict[str, dict[str, str]] = {}
        self.hints: set[str] = set()
        self.foreign: set[str] = set()
        self.scopes: list[str] = []
        self.toolkits: set[str] = set()
        self.used: list[tuple[str, str]] = []

    def read_foreign(self, entries: Mapping[str, object]) -> None:
        for key, value in entries.items():
            if key not in _NOT_OURS:
                _fail("not-ours", f"unknown key `{key}`", key, _NOT_OURS)
            if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
                _fail(f"not-ours.{key}", "must be a list of names")
            if key == "packages":
                self.foreign.update(value)
            elif key == "toolkits":
                self.toolkits.update(value)
            else:
                self.scopes.extend(value)

    def read_module(self, module: str, entries: Mapping[str, object]) -> None:
        model = self._option(module, entries, "model", "core")
        if model not in MODELS:
            _fail(f"{module}.model", f"unknown model `{model}`", model, MODELS)
        hint = entries.get("hint", True)
        if not isinstance(hint, bool):
            _fail(f"{module}.hint", "must be true or false")
        if hint:
            self.hints.add(module)
        names = self.exports[module] = dict(self._like(module, entries, shape=False))
        for key, value in entries.items():
            if isinstance(value, Mapping):
                self._read_shape(module, key, value, model)
            elif key not in _OPTIONS:
                where = f'{module}."{key}"'
                _check_name(where, key, classes=True)
                names[key] = self._value(where, module, value, model, in_shape=False)

    def _read_shape(
        self, module: str, shape: str, entries: Mapping[str, object], model: str
    ) -> None:
        if not _is_shape(shape):
            _fail(f"{module}.{shape}", "a shape is named like a class, with a capital")
        names = self.shapes[f"{module}#{shape}"] = dict(self._like(module, entries, shape=True))
        for key, value in entries.items():
            if key == "like":
                continue
            where = f'{module}.{shape}."{key}"'
            _check_name(where, key, classes=False)
            names[key] = self._value(where, module, value, model, in_shape=True)

    def _like(
        self, module: str, entries: Mapping[str, object], *, shape: bool
    ) -> Mapping[str, str]:
        """The entries of what this one is `like`, which must have been told before."""
        like = self._option(module, entries, "like", "")
        if not like:
            return {}
        if shape and "#" not in like:
            like = f"{module}#{like}"
        told: Mapping[str, Mapping[str, str]] = self.shapes if shape else self.exports
        before: Mapping[str, Mapping[str, str]] = {}
        if self.base is not None:
            before = self.base.shapes if shape else self.base.exports
        found = told.get(like, before.get(like))
        if found is None:
            _fail(f"{module}.like", f"`{like}` is not known here", like, [*told, *before])
        return found

    def _option(self, module: str, entries: Mapping[str, object], key: str, default: str) -> str:
        value = entries.get(key, default)
        if not isinstance(value, str):
            _fail(f"{module}.{key}", "must be a string")
        return value

    def _value(self, where: str, module: str, value: object, model: str, *, in_shape: bool) -> str:
        """The words of a value in one order and one spelling, with what the module lends."""
        if not isinstance(value, str) or not value.split():
            _fail(where, "must be a string of words, such as `readable finite`")
        words = value.split()
        if "unknown" in words or "self" in words:
            if len(words) > 1:
                _fail(where, f"`{value}`: `self` and `unknown` stand alone")
            if words[0] == "self" and not in_shape:
                _fail(where, "`self` is for the methods of a shape")
            return words[0]
        role, flags, built_on, rest = "", [], model, []
        for word in words:
            if word in ROLES:
                role = _once(where, role, word)
            elif word in _FLAGS or word in LIFETIMES:
                flags.append(word)
            elif word in MODELS:
                built_on = word
            elif _is_shape(word.rpartition("#")[2]) and "=" not in word:
                rest.append(word if "#" in word else f"{module}#{word}")
                self.used.append((where, rest[-1]))
            elif "=" in word or _is_argument(word):
                rest.append(word)
            else:
                spoken = [*ROLES, *_FLAGS, *LIFETIMES, *MODELS, *self._shapes_of(module)]
                _fail(where, f"unknown word `{word}`", word, spoken)
        if not role and not any("#" in word or _is_argument(word) for word in rest):
            _fail(where, f"`{value}` says no role", value, ROLES)
        if role == "legacy" and built_on == "core":
            built_on = "other"
        told = [built_on] if role and built_on != "core" and not role.startswith("web-") else []
        return " ".join(([role] if role else []) + sorted(set(flags)) + told + rest)

    def _shapes_of(self, module: str) -> list[str]:
        entries = _mapping(self.table[module], module)
        return [key for key, value in entries.items() if isinstance(value, Mapping)]

    def done(self) -> Knowledge:
        shapes = {**(self.base.shapes if self.base is not None else {}), **self.shapes}
        for where, shape in self.used:
            if shape not in shapes:
                _fail(where, f"nothing describes `{shape}`", shape, shapes)
        return Knowledge(
            exports=self.exports,
            shapes=self.shapes,
            hints=frozenset(self.hints),
            foreign=frozenset(self.foreign),
            foreign_scopes=tuple(self.scopes),
            toolkits=frozenset(self.toolkits),
        )


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        _fail(where, "must be a table of names")
    return value


def _check_name(where: str, key: str, *, classes: bool) -> None:
    """Whether a key is one of the forms that the head of this file shows."""
    word, space, path = key.partition(" ")
    if word in ("new", "type"):
        if not classes:
            _fail(where, f"`{word}` is for exports: a shape has members")
        if not space:
            path = ""
        if path and not _is_path(path):
            _fail(where, f"`{path}` is no name")
        return
    head, mark, index = key.partition("#")
    if mark and not index.isdecimal():
        _fail(where, "after `#` stands the number of a parameter, the first being 0")
    if head.startswith("@"):
        if not mark or len(head) < 2:
            _fail(where, f"an event is written `{head}#0`, with the number of the parameter")
        if classes:
            _fail(where, "an event belongs to a shape")
        return
    if mark and head.endswith("()"):
        _fail(where, f"a callback's parameter is written `{head[:-2]}#{index}`")
    name = head.removesuffix("()")
    if not (name == "" and (mark or head)) and not _is_path(name):
        _fail(where, f"`{key}` is no name; known keys are {', '.join(_OPTIONS)}", key, _OPTIONS)
    if not mark and head == name and key not in _OPTIONS:
        near = _nearest(key, _OPTIONS)
        if near and classes:
            _fail(where, f"unknown key `{key}`", key, _OPTIONS)


def _is_path(text: str) -> bool:
    parts = text.split(".")
    return all(part.replace("$", "_").isidentifier() or part.isdecimal() for part in parts)


def _is_shape(word: str) -> bool:
    return word[:1].isupper() and word.isidentifier()


def _is_argument(word: str) -> bool:
    return word.startswith("argument:") and word[9:].removeprefix("-").isdecimal()


def _once(where: str, before: str, word: str) -> str:
    if before:
        _fail(where, f"`{before}` and `{word}` are two roles")
    return word


def _fail(where: str, what: str, word: str = "", spoken: Iterable[str] = ()) -> NoReturn:
    near = _nearest(word, spoken) if word else ""
    hint = f" (did you mean `{near}`?)" if near else ""
    raise KnowledgeError(f"{where}: {what}{hint}")


def _nearest(word: str, spoken: Iterable[str]) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(word, sorted(set(spoken)), n=1, cutoff=0.7)), "")
