"""Facts of the files around one: what is refused first, then every form of export and call."""

import json
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from unleak import registry
from unleak.run import Wanted, run
from unleak.workspace import package_index
from unleak.workspace.neighbours import Neighbours, Tree
from unleak_codemods.streams import elsewhere, knowledge
from unleak_codemods.streams.evidence import Evidence, Level, Owner
from unleak_codemods.streams.facts import packed, words_of
from unleak_codemods.streams.knowledge import Kind
from unleak_codemods.streams.syntax import FUNCTIONS, walk
from unleak_engine.bindings import Origin
from unleak_engine.codemod import File
from unleak_engine.exports import exports_of
from unleak_engine.source import parse

FS = "const fs = require('fs');\n"
BODY = "{ return fs.createReadStream(p); }"
OPENED = Origin("./lib", "open")
OPEN = f"function (p) {BODY}"


def tree(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in {"package.json": '{"name": "here"}', **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def file_in(root: Path, name: str, run: int = 0) -> File:
    path = root / name
    port = Neighbours(str(path), Tree(str(root.resolve()), run))
    return File(parse(name, path.read_bytes()), facts=port)


def called(root: Path, name: str, *, by: str = "app.js", module: str = "./lib") -> Evidence | None:
    return elsewhere.called(file_in(root, by), Origin(module, name))


def exporting(tmp_path: Path, lib: str, name: str = "open", suffix: str = "js") -> Evidence | None:
    return called(tree(tmp_path, {"app.js": "", f"lib.{suffix}": lib}), name)


def given(
    root: Path, name: str, function: str, index: int = 0, run: int = 0
) -> list[Evidence] | None:
    file = file_in(root, name, run)
    found = [
        node
        for node in walk(file.source.root)
        if node.type in FUNCTIONS
        and (file.functions.name_of(node) or "").rpartition(".")[2] == function
    ]
    assert len(found) == 1
    return elsewhere.argument(file, found[0], index)


# What calling an import gives: refusals.


@pytest.mark.parametrize(
    "lib",
    [
        "exports.other = 1;",
        f"exports.open = {OPEN}; exports.open = function () {{ return 1; }};",
        f"exports.open = {OPEN}; exports.open = somethingElse;",
        f"if (x) exports.open = {OPEN}; else exports.open = other;",
        "exports.open = function* (p) { return fs.createReadStream(p); };",
        "exports.open = class { open() { return fs.createReadStream('x'); } };",
        f"exports[name] = other; exports.open = {OPEN};",
        f"exports.open = {OPEN}; exports[name] = other;",
        f"exports.open = {OPEN}; patch(exports);",
        f"module.exports = Object.assign({{}}, more); module.exports.open = {OPEN}; fill(exports);",
        f"let open = {OPEN}; open = other; exports.open = open;",
        f"(function (exports) {{ exports.open = {OPEN}; }})({{}});",
        f"// exports.open = {OPEN}",
        "exports.open = function () { return; };",
        "exports.open = function (s) { return s; };",
    ],
)
def test_what_an_export_gives_is_not_known(tmp_path: Path, lib: str) -> None:
    found = exporting(tmp_path, FS + lib)

    assert found is None or found.level < Level.LIKELY


@pytest.mark.parametrize(
    "lib",
    [
        "exports.open = function (p) { if (p) return fs.createReadStream(p); return other(); };",
        "exports.open = function (p) {"
        " return p ? fs.createReadStream(p) : fs.createWriteStream(p); };",
        "exports.open = function (p) {"
        " if (p) return fs.createReadStream(p); return fs.createWriteStream(p); };",
        "exports.open = function (p) { let s = fs.createReadStream(p); s = other(); return s; };",
    ],
)
def test_what_may_be_another_thing_is_never_proven(tmp_path: Path, lib: str) -> None:
    found = exporting(tmp_path, FS + lib)

    assert found is None or not found.proven


def test_a_local_that_shadows_the_module_is_no_evidence(tmp_path: Path) -> None:
    lib = "const fs = require('./other'); exports.open = function (p) {"

    assert exporting(tmp_path, lib + " return fs.createReadSteam(p); };") is None


@pytest.mark.parametrize(
    ("lib", "owner"),
    [
        ("const s = fs.createReadStream('x'); exports.open = () => s;", Owner.MODULE),
        (
            "exports.open = () => { const s = fs.createReadStream('x'); keep(s); return s; };",
            Owner.MODULE,
        ),
        ("exports.open = () => process.stdout;", Owner.PROCESS),
        ("exports.open = () => { const s = fs.createReadStream('x'); return s; };", Owner.HERE),
    ],
)
def test_what_somebody_keeps_is_not_made_for_the_caller(
    tmp_path: Path, lib: str, owner: Owner
) -> None:
    found = exporting(tmp_path, FS + lib)

    assert found is not None
    assert found.proven
    assert found.owner is owner


def test_a_parameter_that_is_given_back_is_the_callers(tmp_path: Path) -> None:
    lib = "import { Readable } from 'stream'; export function open(s: Readable) { return s; }"
    found = exporting(tmp_path, lib, suffix="ts")

    assert found is None or found.owner is Owner.MODULE


def test_what_was_listened_to_is_to_be_looked_at(tmp_path: Path) -> None:
    lib = "exports.open = () => { const s = fs.createReadStream('x'); s.on('end', f); return s; };"
    found = exporting(tmp_path, FS + lib)

    assert found is not None
    assert found.kind.opaque


# Every form of export.

FORMS = [
    f"exports.open = {OPEN};",
    f"module.exports.open = {OPEN};",
    f'exports["open"] = {OPEN};',
    f"module.exports = {{ open: {OPEN} }};",
    "module.exports = { open(p) { return fs.createReadStream(p); } };",
    f"const open = {OPEN}; module.exports = {{ open }};",
    f"const open = {OPEN}; module.exports = {{ open: open, other: 1 }};",
    "function open(p) { return fs.createReadStream(p); } exports.open = open;",
    f"exports = module.exports = {{}}; exports.open = {OPEN};",
    f"const api = module.exports = {{}}; api.open = {OPEN};",
    f"const api = exports; api.open = {OPEN};",
    f"const api = {{}}; api.open = {OPEN}; module.exports = api;",
    f"module.exports = main; function main() {{}} main.open = {OPEN};",
    "module.exports = class { static open(p) { return fs.createReadStream(p); } };",
    "module.exports = { open: fs.createReadStream };",
    "exports.open = fs.createReadStream;",
    f"exports.a = exports.open = {OPEN};",
    f"exports.open = void 0; exports.open = {OPEN};",
    f"Object.assign(exports, {{ open: {OPEN} }});",
    f"Object.assign(module.exports, {{ open: {OPEN} }});",
    f"const open = {OPEN};\n"
    'Object.defineProperty(exports, "__esModule", { value: true });\n'
    'Object.defineProperty(exports, "open", { enumerable: true, get: function () {'
    " return open; } });",
    f"const open = {OPEN}; _export(exports, {{ open: function () {{ return open; }} }});\n"
    "function _export(target, all) { for (var name in all) Object.defineProperty(target, name,"
    " { enumerable: true, get: all[name] }); }",
    f"const open = {OPEN}; _export(exports, {{ get open() {{ return open; }} }});",
    f"var out = {{}}; __export(out, {{ open: () => open }});\n"
    f"module.exports = __toCommonJS(out); const open = {OPEN};\n"
    "0 && (module.exports = { open });",
    "class Store { open(p) { return fs.createReadStream(p); } } module.exports = new Store();",
    "const open = (p) => fs.createReadStream(p); exports.open = open;",
    "exports.open = (p) => { if (!p) return null; return fs.createReadStream(p); };",
]
MODULE_FORMS = [
    "export function open(p) { return fs.createReadStream(p); }",
    "export const open = (p) => fs.createReadStream(p);",
    "const open = (p) => fs.createReadStream(p); export { open };",
    "const o = (p) => fs.createReadStream(p); export { o as open };",
    "export { createReadStream as open } from 'node:fs';",
]


@pytest.mark.parametrize("lib", FORMS)
def test_commonjs(tmp_path: Path, lib: str) -> None:
    assert_opens(exporting(tmp_path, FS + lib))


@pytest.mark.parametrize("lib", MODULE_FORMS)
@pytest.mark.parametrize("suffix", ["mjs", "ts"])
def test_modules(tmp_path: Path, lib: str, suffix: str) -> None:
    assert_opens(exporting(tmp_path, "import fs from 'fs';\n" + lib, suffix=suffix))


def assert_opens(found: Evidence | None) -> None:
    assert found is not None
    assert found.proven
    assert found.role == "readable"
    assert found.owner is Owner.HERE
    assert not found.kind.finite


@pytest.mark.parametrize(
    ("lib", "suffix", "name"),
    [
        (f"module.exports = {OPEN};", "js", ""),
        (f"module.exports = {OPEN};", "js", "default"),
        (f"exports.default = {OPEN};", "js", "default"),
        ("export default function (p) { return fs.createReadStream(p); }", "mjs", "default"),
        ("export default (p) => fs.createReadStream(p);", "mjs", "default"),
        ("const o = (p) => fs.createReadStream(p); export default o;", "mjs", "default"),
        ("const o = (p) => fs.createReadStream(p); export { o as default };", "mjs", "default"),
        ("const o = (p: string) => fs.createReadStream(p); export = o;", "ts", ""),
        (f"exports.api = {{ open: {OPEN} }};", "js", "api.open"),
        (f"class S {{ open = 1 }} S.open = {OPEN}; exports.S = S;", "js", "S.open"),
        (f"exports.S = class {{ open(p) {BODY} }};", "js", "S.prototype.open"),
        (
            f"function S() {{}} S.prototype.open = {OPEN}; module.exports = S;",
            "js",
            "prototype.open",
        ),
    ],
)
def test_other_names(tmp_path: Path, lib: str, suffix: str, name: str) -> None:
    assert_opens(exporting(tmp_path, FS.replace("const", "var") + lib, name, suffix))


@pytest.mark.parametrize(
    "index",
    [
        "module.exports = require('./lib/open');",
        "module.exports = { ...require('./lib/open') };",
        "exports.open = require('./lib/open').open;",
        "const { open } = require('./lib/open'); module.exports = { open };",
        "Object.assign(exports, require('./lib/open'));",
        '__exportStar(require("./lib/open"), exports);',
        'tslib_1.__exportStar(require("./lib/open"), exports); var tslib_1 = require("tslib");',
        "var _open = require('./lib/open');\n"
        "Object.keys(_open).forEach(function (key) {\n"
        '  if (key === "default" || key === "__esModule") return;\n'
        "  if (key in exports && exports[key] === _open[key]) return;\n"
        "  Object.defineProperty(exports, key, { enumerable: true, get: function () {"
        " return _open[key]; } });\n});",
        "var _open = require('./lib/open');\n"
        'Object.defineProperty(exports, "open", { enumerable: true, get: function () {'
        " return _open.open; } });",
        "export * from './lib/open'; export * from './lib/none';",
        "export { open } from './lib/open';",
        "import { open } from './lib/open'; export { open };",
    ],
)
def test_what_another_file_passes_on(tmp_path: Path, index: str) -> None:
    lib = f"{FS}exports.open = {OPEN};"
    root = tree(tmp_path, {"app.js": "", "index.js": index, "lib/open.js": lib})
    found = called(root, "open", module="./index")

    assert_opens(found)
    assert found is not None
    assert found.reasons[0] == "`open` of lib/open.js:2 gives a readable on every return"


def test_an_async_function_gives_a_promise(tmp_path: Path) -> None:
    found = exporting(tmp_path, f"{FS}exports.open = async {OPEN};")

    assert found is not None
    assert found.kind.promised


def test_a_class_that_extends_a_stream(tmp_path: Path) -> None:
    lib = "const { Transform } = require('stream'); exports.Up = class extends Transform {};"
    root = tree(tmp_path, {"app.js": "", "lib.js": lib})
    kind, why = elsewhere.class_kind(file_in(root, "app.js"), Origin("./lib", "Up")) or (None, "")

    assert kind is not None
    assert kind.role == "duplex"
    assert why == "is `Up` of lib.js:1, which extends `Transform`, which is a duplex of stream"
    assert elsewhere.class_kind(file_in(root, "app.js"), Origin("./lib", "Down")) is None


def test_a_class_whose_parent_is_changed_is_not_known(tmp_path: Path) -> None:
    lib = "let { Transform } = require('stream'); Transform = 1; exports.Up = class extends"
    root = tree(tmp_path, {"app.js": "", "lib.js": lib + " Transform {};"})

    assert elsewhere.class_kind(file_in(root, "app.js"), Origin("./lib", "Up")) is None


def test_a_value_belongs_to_its_module(tmp_path: Path) -> None:
    lib = FS + "exports.log = fs.createWriteStream('x'); exports.name = 'log';"
    root = tree(tmp_path, {"app.js": "", "lib.js": lib})
    found = elsewhere.value(file_in(root, "app.js"), Origin("./lib", "log"))

    assert found is not None
    assert found.proven
    assert found.owner is Owner.MODULE
    name = elsewhere.value(file_in(root, "app.js"), Origin("./lib", "name"))
    assert name is None or name.level is Level.NOT_OURS


# Where files are looked for.


def test_a_cycle_is_unknown(tmp_path: Path) -> None:
    files = {
        "app.js": "",
        "lib.js": "module.exports = require('./other');",
        "other.js": "module.exports = require('./lib');",
        "self.js": "exports.open = () => require('./self').open();",
    }
    root = tree(tmp_path, files)

    assert called(root, "open") is None
    assert called(root, "open", module="./self") is None


def test_too_far_away_is_unknown(tmp_path: Path) -> None:
    files = {f"a{i}.js": f"module.exports = require('./a{i + 1}');" for i in range(6)}
    root = tree(tmp_path, {**files, "app.js": "", "a6.js": f"{FS}exports.open = {OPEN};"})

    assert called(root, "open", module="./a0") is None
    assert called(root, "open", module="./a5") is not None


@pytest.mark.parametrize("module", ["./none", "../outside", "/lib", "", "fs2", "./", "./lib.css"])
def test_no_such_file(tmp_path: Path, module: str) -> None:
    (tmp_path / "outside.js").write_text(f"{FS}exports.open = {OPEN};")
    root = tree(tmp_path / "in", {"app.js": "", "lib.css": "x"})

    assert called(root, "open", module=module) is None


def test_a_link_out_of_the_root_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.js").write_text(f"{FS}exports.open = {OPEN};")
    root = tree(tmp_path / "in", {"app.js": ""})
    (root / "lib.js").symlink_to(tmp_path / "outside.js")

    assert called(root, "open") is None


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"exports.open = \xff", b""])
def test_unreadable_files_are_unknown(tmp_path: Path, data: bytes) -> None:
    root = tree(tmp_path, {"app.js": ""})
    (root / "lib.js").write_bytes(data)

    assert called(root, "open") is None


def test_large_files_and_packages_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(tmp_path, SAVING)

    assert given(root, "save.js", "save") is not None
    monkeypatch.setattr(package_index, "MOST_FILES", 1)
    assert given(root, "save.js", "save", run=1) is None
    monkeypatch.setattr(package_index, "LARGEST", 20)
    more = {"app.js": "", "lib.js": f"{FS}exports.open = {OPEN};"}
    assert elsewhere.called(file_in(tree(tmp_path, more), "app.js", 2), OPENED) is None


@pytest.mark.parametrize(
    ("place", "module"),
    [
        ("lib/index.js", "./lib"),
        ("lib/index.ts", "./lib"),
        ("lib.ts", "./lib.js"),
        ("lib.mts", "./lib.mjs"),
        ("lib.cjs", "./lib"),
        ("lib/main/a.js", "./lib"),
        ("main.js", "."),
        ("main.js", "here"),
        ("deep/x.js", "here/deep/x"),
        ("inside/y.js", "#y"),
        ("src/z.ts", "@/z"),
        ("packages/other/src/index.ts", "other"),
        ("packages/other/lib/part.js", "other/part"),
    ],
)
def test_resolving(tmp_path: Path, place: str, module: str) -> None:
    manifest = {
        "name": "here",
        "main": "main.js",
        "imports": {"#*": "./inside/*.js"},
        "workspaces": ["packages/*"],
    }
    other = {
        "name": "other",
        "exports": {
            ".": {"types": "./x.d.ts", "import": "./dist/index.js"},
            "./part": "./lib/part.js",
        },
    }
    files = {
        "package.json": json.dumps(manifest),
        "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"]}}, }',
        "packages/other/package.json": json.dumps(other),
        "app.js": "",
        place: f"{FS}exports.open = {OPEN};",
    }
    if place.startswith("lib/main"):
        files["lib/package.json"] = '{"main": "./main/a"}'

    assert called(tree(tmp_path, files), "open", module=module) is not None


# What callers hand in.

SAVING = {
    "save.js": f"{FS}exports.save = function save(body, to) {{ body.pipe(to); }};",
    "up.js": FS + "const { save } = require('./save');\n\nsave(fs.createReadStream('a'), 1);",
}


def calling(tmp_path: Path, up: str, **more: str) -> list[Evidence] | None:
    files = {**SAVING, "up.js": FS + up, **{f"{name}.js": text for name, text in more.items()}}
    return given(tree(tmp_path, files), "save.js", "save")


@pytest.mark.parametrize(
    "up",
    [
        "require('./save');",
        "const { other } = require('./save'); other(fs.createReadStream('a'));",
        "const { save } = require('./elsewhere'); save(fs.createReadStream('a'));",
        "function f(save) { save(fs.createReadStream('a')); } require('./save');",
        "import type { save } from './save';",
    ],
)
def test_nobody_calls(tmp_path: Path, up: str) -> None:
    assert calling(tmp_path, up) is None


@pytest.mark.parametrize(
    "up",
    [
        "const { save } = require('./save'); save(fs.createReadStream('a')); run(save);",
        "const { save } = require('./save'); save(fs.createReadStream('a')); save(other);",
        "const { save } = require('./save'); save(fs.createReadStream('a')); save(...all);",
        "const { save } = require('./save'); save(fs.createReadStream('a')); save();",
        "let { save } = require('./save'); save(fs.createReadStream('a')); save = 1;",
        "const s = require('./save'); s.save(fs.createReadStream('a')); exports.s = s;",
        "const s = require('./save'); s.save(fs.createReadStream('a')); s[name](other);",
        "module.exports = require('./save'); require('./save').save(fs.createReadStream('a'));",
        "export * from './save'; import { save } from './save'; save(fs.createReadStream('a'));",
        "export { save } from './save'; import { save as s } from './save'; s(other);",
    ],
)
def test_not_every_caller_is_seen(tmp_path: Path, up: str) -> None:
    found = calling(tmp_path, up)

    assert found is not None
    assert not all(one.proven for one in found)


@pytest.mark.parametrize(
    "up",
    [
        "const { save } = require('./save'); save(fs.createReadStream('a'));",
        "const { save: s } = require('./save'); s(fs.createReadStream('a'));",
        "const store = require('./save'); store.save(fs.createReadStream('a'));",
        "require('./save').save(fs.createReadStream('a'));",
        "const save = require('./save').save; if (save) save(fs.createReadStream('a'));",
        "var _save = require('./save'); (0, _save.save)(fs.createReadStream('a'));",
        "var _s = __importStar(require('./save')); _s.save(fs.createReadStream('a'));",
        "import { save } from './save.js'; save(fs.createReadStream('a'));",
        "import * as s from './save.js'; s.save(fs.createReadStream('a'));",
        "const s = await import('./save.js'); s.save(fs.createReadStream('a'));",
        "const { save } = require('here/save'); save(fs.createReadStream('a'));",
    ],
)
def test_every_caller_is_seen(tmp_path: Path, up: str) -> None:
    found = calling(tmp_path, up)

    assert found is not None
    assert [one.level for one in found] == [Level.PROVEN]
    assert found[0].owner is Owner.PARAMETER


def test_the_reason_names_place_and_argument(tmp_path: Path) -> None:
    found = given(tree(tmp_path, SAVING), "save.js", "save")

    assert found is not None
    assert found[0].reasons == (
        "`body` is the 1st parameter of `save`, called at up.js:4 with `fs.createReadStream('a')`",
        "`fs.createReadStream('a')` is a readable of fs",
    )


def test_what_a_package_offers_may_be_called_by_anybody(tmp_path: Path) -> None:
    files = {**SAVING, "package.json": '{"name": "here", "exports": {"./save": "./save.js"}}'}
    found = given(tree(tmp_path, files), "save.js", "save")

    assert found is not None
    assert [one.level for one in found] == [Level.LIKELY]


def test_calls_in_the_file_itself_count(tmp_path: Path) -> None:
    own = SAVING["save.js"].replace("exports.save = ", "exports.save = save;") + " save(other);"
    found = given(tree(tmp_path, {**SAVING, "save.js": own}), "save.js", "save")

    assert found is not None
    assert [one.level for one in found] == [Level.PROVEN, Level.UNKNOWN]


def test_methods_of_an_exported_class_are_never_proven(tmp_path: Path) -> None:
    files = {
        "save.js": "exports.Store = class { save(body, to) { body.pipe(to); } };",
        "up.js": FS + "const { Store } = require('./save'); const store = new Store();\n"
        "store.save(fs.createReadStream('a'));",
    }
    found = given(tree(tmp_path, files), "save.js", "save")

    assert found is not None
    assert [one.level for one in found] == [Level.LIKELY]


def test_packages_inside_of_a_package_are_others(tmp_path: Path) -> None:
    files = {
        "save.js": SAVING["save.js"],
        "inner/package.json": '{"name": "inner"}',
        "inner/up.js": SAVING["up.js"].replace("./save", "../save"),
        "node_modules/x/up.js": SAVING["up.js"].replace("./save", "../../save"),
    }

    assert given(tree(tmp_path, files), "save.js", "save") is None


def test_a_package_with_a_pipe_of_its_own_is_not_asked(tmp_path: Path) -> None:
    files = {**SAVING, "package.json": '{"name": "rxjs"}', "lib.js": f"{FS}exports.open = {OPEN};"}
    root = tree(tmp_path, files)

    assert given(root, "save.js", "save") is None
    assert called(root, "open", by="up.js") is None


def test_calls_through_the_exports_of_the_file_itself_count(tmp_path: Path) -> None:
    own = SAVING["save.js"] + " exports.save(other); exports.save2(1); // exports.save(x)"
    found = given(tree(tmp_path, {**SAVING, "save.js": own}), "save.js", "save")

    assert found is not None
    assert [one.level for one in found] == [Level.PROVEN, Level.UNKNOWN]


# The parts.


@pytest.mark.parametrize(
    "kind",
    [
        Kind("readable", finite=True, fed=True, promised=True),
        Kind("duplex", model="streamx", lifetime="long", shape="x#Y"),
        Kind("", shape="x#Y", needs="as=stream"),
        Kind("web-readable", model="web"),
        Kind("writable", passes=-1),
        knowledge.FOREIGN_OUT,
    ],
)
def test_kinds_cross_as_words(kind: Kind) -> None:
    assert knowledge.kind_of(words_of(kind)) == kind


def test_evidence_crosses_as_plain_data() -> None:
    kind = Kind("readable", opaque=True, model="minipass")
    found = Evidence(Level.LIKELY, kind, Owner.MODULE, ("because", "so"))

    assert elsewhere.unpacked(json.loads(json.dumps(packed(found)))) == found


def test_every_known_kind_crosses_as_words() -> None:
    words = {text for table in knowledge.BUILT_IN.exports.values() for text in table.values()}

    assert len(words) > 50
    assert [
        text
        for text in words
        if knowledge.kind_of(words_of(knowledge.kind_of(text))) != knowledge.kind_of(text)
    ] == []


def test_a_port_can_be_pickled(tmp_path: Path) -> None:
    root = tree(tmp_path, {"lib.js": f"{FS}exports.open = {OPEN};"})
    port = pickle.loads(pickle.dumps(Neighbours(str(root / "app.js"), Tree(str(root), 3))))

    assert port.exported("./lib", "open") is not None


def test_what_is_not_understood_makes_all_exports_unsure() -> None:
    for text in ("exports[x] = y", "factory(exports)", "module.exports = exports = f, g(exports)"):
        file = File(parse("a.js", text.encode()))
        assert not exports_of(file.source, file.bindings).sure, text


# Through the tool.


def findings(root: Path, **wanted: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    chosen = (registry.entry("pipe-without-pipeline"),)
    done = run(Wanted((str(root),), chosen, **wanted))
    return [
        (one.path, found.status, tuple(why for part in found.evidence for why in part.reasons))
        for one, found in done.left
    ]


APP = (
    "const fs = require('fs');\nconst { open } = require('./lib');\n\n"
    "function copy(from, to) {\n  const target = fs.createWriteStream(to);\n"
    "  open(from).pipe(target);\n}\ncopy('a', 'b');\n"
)


def test_a_finding_changes_when_the_other_file_does(tmp_path: Path) -> None:
    root = tree(tmp_path, {"app.js": APP, "lib.js": f"{FS}exports.open = {OPEN};"})
    said = "`open` of lib.js:2 gives a readable on every return"

    ((_, _, known),) = findings(root)
    (root / "lib.js").write_text("exports.open = () => other();")
    ((_, _, unknown),) = findings(root)

    assert said in known
    assert said not in unknown


def test_the_result_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    files = {f"app{i}.js": APP.replace("./lib", f"./lib{i % 7}") for i in range(320)}
    libs = {f"lib{i}.js": f"{FS}exports.open = {OPEN};" for i in range(0, 7, 2)}
    links = {f"lib{i}.js": f"module.exports = require('./lib{i - 1}');" for i in range(1, 7, 2)}
    root = tree(tmp_path, {**files, **libs, **links})
    alone = findings(root, jobs=1)

    assert len(alone) == 320
    assert findings(root, jobs=3) == alone


def test_a_text_from_stdin_is_judged_where_it_would_lie(tmp_path: Path) -> None:
    root = tree(tmp_path, {"lib.js": f"{FS}exports.open = {OPEN};"})
    chosen = (registry.entry("pipe-without-pipeline"),)
    done = run(Wanted((), chosen, stdin=(str(root / "app.js"), APP.encode())))

    ((_, found),) = done.left
    reasons = [reason for part in found.evidence for reason in part.reasons]
    assert "`open` of lib.js:2 gives a readable on every return" in reasons


def test_a_file_without_a_question_looks_at_no_other(tmp_path: Path) -> None:
    text = "const fs = require('fs');\nfs.createReadStream('a').pipe(fs.createWriteStream('b'));\n"
    root = tree(tmp_path, {"app.js": text})
    code = (
        "import sys\nfrom unleak import registry\nfrom unleak.run import Wanted, run\n"
        f"run(Wanted(({str(root)!r},), (registry.entry('pipe-without-pipeline'),)))\n"
        "assert 'unleak_codemods.streams.pipes' in sys.modules\n"
        "assert 'unleak.workspace.package_index' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stderr == ""
