"""What is known about modules: which calls and classes give a stream, and which never do.

Keys are module names without `node:`. A role says what the thing is: readable, writable, duplex,
request (an incoming message), response, upload (a client request), child (a process with stdio).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One known thing. `finite`: a readable that ends by itself soon, so waiting for it cannot
    hang. `core`: its errors and its end behave as Node's own streams do. `fed`: code writes to it
    by hand after it is piped. `opaque`: it is made with options that are not visible."""

    role: str
    finite: bool = False
    core: bool = True
    fed: bool = False
    opaque: bool = False


NOTHING = Kind("")
FILE_IN = Kind("readable", finite=True)
IN = Kind("readable")
OUT = Kind("writable")
THROUGH = Kind("duplex")
SOCKET = Kind("socket")
UPLOAD = Kind("upload")
CHILD = Kind("child")
FOREIGN_IN = Kind("readable", core=False)
FOREIGN_OUT = Kind("writable", core=False)
FOREIGN = Kind("duplex", core=False)
LEGACY = Kind("legacy", core=False)
FED = Kind("readable", core=False, fed=True)

_ZLIB = [
    "Gzip",
    "Gunzip",
    "Deflate",
    "Inflate",
    "DeflateRaw",
    "InflateRaw",
    "Unzip",
    "BrotliCompress",
    "BrotliDecompress",
    "ZstdCompress",
    "ZstdDecompress",
]

CALLS: dict[str, dict[str, Kind]] = {
    "fs": {"createReadStream": FILE_IN, "createWriteStream": OUT},
    "zlib": {f"create{name}": THROUGH for name in _ZLIB},
    "crypto": dict.fromkeys(
        [
            "createCipheriv",
            "createDecipheriv",
            "createCipher",
            "createDecipher",
            "createHash",
            "createHmac",
            "createSign",
            "createVerify",
        ],
        THROUGH,
    ),
    "http": {"request": UPLOAD, "get": UPLOAD},
    "https": {"request": UPLOAD, "get": UPLOAD},
    "net": {"connect": SOCKET, "createConnection": SOCKET},
    "tls": {"connect": SOCKET},
    "child_process": dict.fromkeys(["spawn", "exec", "execFile", "fork"], CHILD),
    "stream": {"Readable.from": Kind("readable", finite=True), "compose": THROUGH},
    "fs-extra": {"createReadStream": FILE_IN, "createWriteStream": OUT},
    "graceful-fs": {"createReadStream": FILE_IN, "createWriteStream": OUT},
    "archiver": {"": FED, "default": FED, "create": FED},
    "tar-stream": {"pack": FED, "extract": FOREIGN},
    "tar-fs": {"pack": FOREIGN_IN, "extract": FOREIGN_OUT},
    "through2": {"": FOREIGN, "default": FOREIGN, "obj": FOREIGN},
    "split2": {"": FOREIGN, "default": FOREIGN},
    "csv-parse": {"parse": FOREIGN},
    "csv-stringify": {"stringify": FOREIGN},
    "csv-parser": {"": FOREIGN, "default": FOREIGN},
    "through": {"": LEGACY, "default": LEGACY},
    "event-stream": dict.fromkeys(
        ["through", "map", "mapSync", "split", "join", "merge", "readArray"], LEGACY
    ),
    "JSONStream": {"parse": LEGACY, "stringify": LEGACY},
    "gulp": {"src": LEGACY, "dest": LEGACY, "default.src": LEGACY},
    "vinyl-fs": {"src": LEGACY, "dest": LEGACY},
    "tar": dict.fromkeys(["c", "create", "x", "extract", "t", "list", "Parse", "Pack"], LEGACY),
    "cross-spawn": {"": CHILD, "default": CHILD, "spawn": CHILD},
    "execa": {"": CHILD, "default": CHILD, "execa": CHILD},
}

CLASSES: dict[str, dict[str, Kind]] = {
    "stream": {
        "Readable": IN,
        "Writable": OUT,
        "Duplex": THROUGH,
        "Transform": THROUGH,
        "PassThrough": Kind("duplex", fed=True),
        "Stream": LEGACY,
        "": LEGACY,
    },
    "readable-stream": {
        "Readable": FOREIGN_IN,
        "Writable": FOREIGN_OUT,
        "Duplex": FOREIGN,
        "Transform": FOREIGN,
        "PassThrough": Kind("duplex", core=False, fed=True),
    },
    "fs": {"ReadStream": FILE_IN, "WriteStream": OUT},
    "zlib": dict.fromkeys(_ZLIB, THROUGH),
    "net": {"Socket": SOCKET},
    "tls": {"TLSSocket": SOCKET},
    "http": {"IncomingMessage": IN, "ServerResponse": Kind("response"), "ClientRequest": UPLOAD},
    "minipass": {"Minipass": LEGACY, "default": LEGACY, "": LEGACY},
    "streamx": {
        "Readable": LEGACY,
        "Writable": LEGACY,
        "Duplex": LEGACY,
        "Transform": LEGACY,
        "PassThrough": LEGACY,
    },
    "tar": dict.fromkeys(["Parse", "Parser", "Pack", "Unpack", "Extract", "ReadEntry"], LEGACY),
    "vinyl": {"": LEGACY, "default": LEGACY},
    "pdfkit": {"": FED, "default": FED},
    "form-data": {"": FED, "default": FED},
    "busboy": {"": FOREIGN_OUT, "default": FOREIGN_OUT},
}

TYPES: dict[str, Kind] = {
    "ReadStream": Kind("readable"),
    "WriteStream": OUT,
    "Readable": IN,
    "Writable": OUT,
    "Duplex": THROUGH,
    "Transform": THROUGH,
    "PassThrough": THROUGH,
    "ReadableStream": IN,
    "WritableStream": OUT,
    "ReadWriteStream": THROUGH,
    "IncomingMessage": Kind("request"),
    "ServerResponse": Kind("response"),
    "Response": Kind("response"),
    "Request": Kind("request"),
    "Socket": SOCKET,
    "ClientRequest": UPLOAD,
    "FileHandle": Kind(""),
}
"""Type names as annotations write them; what they are imported from decides (see evidence)."""

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

STREAM_MODULES = frozenset(
    [
        "fs",
        "fs-extra",
        "graceful-fs",
        "stream",
        "stream/promises",
        "zlib",
        "http",
        "https",
        "http2",
        "net",
        "tls",
        "child_process",
        "crypto",
        "readable-stream",
        "through2",
        "split2",
        "tar",
        "tar-fs",
        "tar-stream",
        "archiver",
        "busboy",
        "csv-parse",
        "csv-parser",
        "fast-csv",
        "csv-stringify",
        "request",
        "needle",
        "got",
        "node-fetch",
        "axios",
        "unzipper",
        "yauzl",
        "yazl",
        "multer",
        "formidable",
        "JSONStream",
        "duplexify",
        "pump",
        "pumpify",
        "concat-stream",
        "bl",
        "@aws-sdk/client-s3",
        "mongodb",
        "pg-query-stream",
        "sharp",
        "pdfkit",
        "form-data",
    ]
)
"""Modules whose import makes it likely that a `.pipe` in the file is a Node stream's."""

NOT_OURS = frozenset(
    [
        "rxjs",
        "effect",
        "zod",
        "valibot",
        "arktype",
        "fp-ts",
        "lodash/fp",
        "ramda",
        "remeda",
        "highland",
        "jszip",
        "send",
        "callbag-basics",
        "ix",
        "most",
        "xstream",
        "kefir",
        "baconjs",
        "cheerio",
        "joi",
        "yup",
        "io-ts",
        "runtypes",
        "@sinclair/typebox",
        "purify-ts",
        "neverthrow",
        "immer",
        "pareto",
        "ts-pattern",
        "iter-tools",
        "it-pipe",
    ]
)
"""Packages whose `.pipe` is no stream's, or is not to be rewritten."""

NOT_OURS_SCOPES = (
    "rxjs/",
    "@angular/",
    "@ngrx/",
    "@nestjs/",
    "@effect/",
    "@langchain/",
    "langchain/",
    "effect/",
    "fp-ts/",
    "zod/",
    "@fp-ts/",
    "@angular-devkit/",
    "@schematics/",
    "@reactivex/",
)


def bare(module: str) -> str:
    """`module` without `node:`."""
    return module.removeprefix("node:")


def is_foreign_pipe(module: str) -> bool:
    """Whether `module` is known for a `.pipe` that is not a Node stream's."""
    return module in NOT_OURS or module.startswith(NOT_OURS_SCOPES)


def call_kind(module: str, name: str) -> Kind | None:
    return CALLS.get(bare(module), {}).get(name)


def class_kind(module: str, name: str) -> Kind | None:
    known = CLASSES.get(bare(module), {})
    return known.get(name) or known.get(name.rpartition(".")[2])
