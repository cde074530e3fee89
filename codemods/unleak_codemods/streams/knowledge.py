"""What is known about modules: which calls, classes, members and callbacks give a stream.

The facts stand in `knowledge.toml`, one table a module; `known.py` is written from it by
`python scripts/generate.py`. `knowledge_table` reads such tables, a user's own among them; every
question below takes the knowledge it is asked of, which is unleak's own unless another is given.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from unleak_codemods.streams import known
from unleak_codemods.streams.knowledge_table import (
    LIFETIMES,
    MODELS,
    ROLES,
    Knowledge,
    KnowledgeError,
    merged,
    parse,
)

if TYPE_CHECKING:
    from unleak_engine.codemod import File, Options


class Kind(NamedTuple):
    """One known thing; `role` is "" for a thing that is no stream but leads to some.

    `finite`: a readable that ends by itself soon, so waiting for it cannot hang. `fed`: code
    writes to it, or says that it is complete, by hand after it is piped. `opaque`: it is made with
    options that are not visible. `model`: what it is built on. `lifetime`: "here" is made by the
    call, "long" outlives it by nature (a log, a serial port, a listening socket), "process" is the
    process's own. `shape` is the key of what its members are, "" when nothing is known of them.
    `promised`: it comes out of an `await`. `passes`: it is no new thing but the call's argument of
    that number; -1 is the last that is no callback. `needs`: an option, as "name=value", that the
    call must show for any of this to hold; an argument's number for the name means its last name.
    `collects`: given a callback, it gathers all it is written, and nobody reads it.
    """

    role: str
    finite: bool = False
    fed: bool = False
    opaque: bool = False
    model: str = "core"
    lifetime: str = "here"
    shape: str = ""
    promised: bool = False
    passes: int | None = None
    needs: str = ""
    collects: bool = False

    @property
    def core(self) -> bool:
        """Whether its errors and its end behave as Node's own streams do."""
        return self.model == "core"

    @property
    def follows_core(self) -> bool:
        """Whether it is destroyed as Node's own streams are: `destroy(err)` is there, closes it,
        and is heard as its 'error'."""
        return self.model in ("core", "readable-stream-3", "readable-stream-4")

    @property
    def at_hand(self) -> bool:
        """Whether this is a Node stream, or a child with some, for certain and as it stands, that
        whoever made it may tear down."""
        if self.promised or self.passes is not None or self.needs or self.lifetime != "here":
            return False
        return self.role not in ("", "own-pipe") and not self.role.startswith("web-")


BUILT_IN = Knowledge(
    known.EXPORTS,
    known.SHAPES,
    known.HINTS,
    known.NOT_OURS,
    known.NOT_OURS_SCOPES,
    known.TOOLKITS,
)

NOTHING = Kind("")
FOREIGN_IN = Kind("readable", model="other")
FOREIGN_OUT = Kind("writable", model="other")


def extended(table: Mapping[str, object], base: Knowledge = BUILT_IN) -> Knowledge:
    """`base` with a user's `table` laid over it. Raises `KnowledgeError`."""
    return merged(parse(table, base), base)


def added(table: Mapping[str, object]) -> Knowledge:
    """A user's `table` by itself, as `Options.streams` carries it: small, and easily sent to
    another process. Raises `KnowledgeError`."""
    return parse(table, BUILT_IN)


def knowledge_in(options: "Options") -> Knowledge:
    """All that is known where `options` hold: unleak's own, with what the user added over it."""
    own = options.streams
    return merged(own, BUILT_IN) if isinstance(own, Knowledge) else BUILT_IN


def knowledge_of(file: "File") -> Knowledge:
    """All that is known for `file`, to be given to the questions below."""
    known = file.memo.get("knowledge")
    if not isinstance(known, Knowledge):
        known = file.memo["knowledge"] = knowledge_in(file.options)
    return known


def added_globals(options: "Options") -> Iterator[bytes]:
    """The names, imported from nowhere, that the user added: the last word of each."""
    own = options.streams
    exports = own.exports.get("globals", {}) if isinstance(own, Knowledge) else {}
    for key in exports:
        name = key.rpartition(" ")[2].partition("#")[0]
        yield name.removesuffix("()").rpartition(".")[2].encode()


def bare(module: str) -> str:
    """`module` without `node:`."""
    return module.removeprefix("node:")


def is_foreign_pipe(module: str, knowledge: Knowledge = BUILT_IN) -> bool:
    """Whether `module` is known for a `.pipe` that is not a Node stream's."""
    name = bare(module)
    return name in knowledge.foreign or name.startswith(knowledge.foreign_scopes)


def call_kind(module: str, name: str, knowledge: Knowledge = BUILT_IN) -> Kind | None:
    """The stream that calling an export gives, None when it gives none at once and for certain."""
    kind = called(module, name, knowledge)
    return kind if kind is not None and kind.at_hand else None


def class_kind(module: str, name: str, knowledge: Knowledge = BUILT_IN) -> Kind | None:
    """The stream that `new` gives, None when it gives none."""
    kind = constructed(module, name, knowledge)
    return kind if kind is not None and kind.at_hand else None


def called(module: str, name: str, knowledge: Knowledge = BUILT_IN) -> Kind | None:
    """What calling an export gives: a stream, a promise, or a thing that leads to streams."""
    return _exported(knowledge, module, _plain(name) + "()")


def constructed(module: str, name: str, knowledge: Knowledge = BUILT_IN) -> Kind | None:
    """What `new` gives: a stream, or a thing that leads to streams."""
    plain = _plain(name)
    found = _exported(knowledge, module, f"new {plain}".rstrip())
    if found is None and "." in plain:
        found = _exported(knowledge, module, f"new {plain.rpartition('.')[2]}")
    return found


def exported(module: str, name: str, knowledge: Knowledge = BUILT_IN) -> Kind | None:
    """What an export is that is used as it stands, such as `stdout` of `process`."""
    return _exported(knowledge, module, _plain(name))


def type_kind(module: str, name: str, knowledge: Knowledge = BUILT_IN) -> Kind | None:
    """What an annotation says; `module` "globals" for a name that is imported from nowhere.

    What is handed over need not end soon, nor be fed by the one who gets it.
    """
    plain = _plain(name)
    found = _exported(knowledge, module, f"type {plain}".rstrip())
    if found is not None:
        return found
    made = _exported(knowledge, module, f"new {plain}".rstrip())
    if made is None or not (made.finite or made.fed):
        return made
    return made._replace(finite=False, fed=False)


def member_kind(
    kind: Kind, name: str, called: bool, knowledge: Knowledge = BUILT_IN
) -> Kind | None:
    """What a member of `kind` is, or with `called` what a method of that name gives."""
    if kind.promised:
        return None
    members = _members(knowledge, kind)
    text = members.get(f"{name}()" if called else name) if members is not None else None
    if text is not None:
        return kind if text == "self" else kind_of(text)
    if not called:
        return None
    if name in _EMITTING or (name in _STREAMING and kind.at_hand and kind.role != "child"):
        return kind
    if name in _OPERATING and kind.core and kind.role in ("readable", "duplex"):
        return Kind("readable")
    return None


def listener_kind(
    kind: Kind, event: str, index: int, knowledge: Knowledge = BUILT_IN
) -> Kind | None:
    """What parameter `index` of a listener of `event` on `kind` is."""
    return _parameter(knowledge, kind, f"@{event}#{index}")


def callback_kind(
    kind: Kind, method: str, index: int, knowledge: Knowledge = BUILT_IN
) -> Kind | None:
    """What parameter `index` of a callback handed to a method of `kind` is."""
    return _parameter(knowledge, kind, f"{method}#{index}")


def parameter_kind(
    module: str, name: str, event: str | None, index: int, knowledge: Knowledge = BUILT_IN
) -> Kind | None:
    """What a parameter of a callback is: one handed to export `name` without an `event`, else a
    listener on what calling `name`, or `new`, gives."""
    if event is None:
        return _exported(knowledge, module, f"{_plain(name)}#{index}")
    for thing in (called(module, name, knowledge), constructed(module, name, knowledge)):
        found = listener_kind(thing, event, index, knowledge) if thing is not None else None
        if found is not None:
            return found
    return None


def awaited(kind: Kind) -> Kind:
    """What `await` makes of `kind`; what is no promise stays what it is."""
    return kind._replace(promised=False) if kind.promised else kind


def kind_of(text: str) -> Kind:
    """The kind that the words of a table describe. `text` has been through `parse`."""
    found = _KINDS.get(text)
    if found is None:
        found = _KINDS[text] = _kind(text)
    return found


_KINDS: dict[str, Kind] = {}

_EMITTING = frozenset(
    [
        "on",
        "once",
        "off",
        "addListener",
        "prependListener",
        "prependOnceListener",
        "removeListener",
        "removeAllListeners",
        "setMaxListeners",
    ]
)
_STREAMING = frozenset(
    [
        "setEncoding",
        "setDefaultEncoding",
        "pause",
        "resume",
        "unpipe",
        "destroy",
        "end",
        "setTimeout",
        "setNoDelay",
        "setKeepAlive",
    ]
)
_OPERATING = frozenset(["map", "filter", "flatMap", "take", "drop", "compose"])
_SHAPE_OF_ROLE = {
    "request": "http#IncomingMessage",
    "message": "http#IncomingMessage",
    "response": "http#ServerResponse",
    "upload": "http#ClientRequest",
    "child": "child_process#ChildProcess",
}


def _plain(name: str) -> str:
    """An export's name without the `default` of modules that were once CommonJS."""
    return "" if name == "default" else name.removeprefix("default.")


def _exported(knowledge: Knowledge, module: str, key: str) -> Kind | None:
    exports = knowledge.exports.get(bare(module))
    if exports is None and module.endswith(".js"):
        exports = knowledge.exports.get(module[:-3])
    text = exports.get(key) if exports is not None else None
    return kind_of(text) if text is not None else None


def _members(knowledge: Knowledge, kind: Kind) -> Mapping[str, str] | None:
    return knowledge.shapes.get(kind.shape or _SHAPE_OF_ROLE.get(kind.role, ""))


def _parameter(knowledge: Knowledge, kind: Kind, key: str) -> Kind | None:
    members = _members(knowledge, kind)
    text = members.get(key) if members is not None and not kind.promised else None
    return kind_of(text) if text is not None else None


def _kind(text: str) -> Kind:
    role, model, lifetime, shape, needs = "", "core", "here", "", ""
    passes: int | None = None
    words = text.split()
    for word in words:
        if word in ROLES:
            role = word
        elif word in MODELS:
            model = word
        elif word in LIFETIMES:
            lifetime = word
        elif word.startswith("argument:"):
            passes = int(word[9:])
        elif "#" in word:
            shape = word
        elif "=" in word:
            needs = word
    return Kind(
        role,
        finite="finite" in words,
        fed="fed" in words,
        model="web" if role.startswith("web-") else model,
        lifetime=lifetime,
        shape=shape,
        promised="await" in words,
        passes=passes,
        needs=needs,
        collects="collects" in words,
    )


TYPE_MODULES = frozenset(
    [
        "stream",
        "fs",
        "http",
        "https",
        "http2",
        "net",
        "tls",
        "zlib",
        "express",
        "express-serve-static-core",
        "@types/express",
        "readable-stream",
    ]
)
"""Modules whose types are what `TYPES` says, whichever of them a name is imported from."""

STREAM_MODULES = BUILT_IN.hints
"""Modules whose import makes it likely that a `.pipe` in the file is a Node stream's."""


def _types() -> dict[str, Kind]:
    """Type names as annotations write them, without what they are qualified by."""
    found: dict[str, Kind] = {}
    for module in ("stream", "fs", "http", "net", "tls", "express", "globals"):
        for key in known.EXPORTS[module]:
            word, _, name = key.partition(" ")
            last = name.rpartition(".")[2]
            if word in ("new", "type") and last and last not in found:
                kind = type_kind(module, name)
                if kind is not None and (kind.at_hand or last == "FileHandle"):
                    found[last] = kind
    return found


TYPES = _types()

__all__ = [
    "BUILT_IN",
    "FOREIGN_IN",
    "FOREIGN_OUT",
    "NOTHING",
    "STREAM_MODULES",
    "TYPES",
    "TYPE_MODULES",
    "Kind",
    "Knowledge",
    "KnowledgeError",
    "added",
    "added_globals",
    "awaited",
    "bare",
    "call_kind",
    "callback_kind",
    "called",
    "class_kind",
    "constructed",
    "exported",
    "extended",
    "is_foreign_pipe",
    "kind_of",
    "knowledge_in",
    "knowledge_of",
    "listener_kind",
    "member_kind",
    "merged",
    "parameter_kind",
    "parse",
    "type_kind",
]
