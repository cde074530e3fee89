"""What a file runs on is read off the manifests around it, and nothing is read into them."""

import json
import pickle
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unleak.workspace.dockerfile import Image, is_dockerfile, node_images
from unleak.workspace.folders import Folders
from unleak.workspace.frameworks import FRAMEWORKS
from unleak.workspace.lockfiles import LOCKS, Asked, lock_of
from unleak.workspace.manifests import Targets, targets
from unleak.workspace.semver import node_range
from unleak.workspace.tsconfig import parse_jsonc
from unleak.workspace.yaml import documents
from unleak_engine.ranges import Majors, majors, pinned_major
from unleak_engine.target import UNKNOWN, Target

Files = Mapping[str, str]


def written(root: Path, files: Files) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="")
    return root


def found(root: Path, files: Files, *names: str, node: str | None = None) -> Targets:
    written(root, files)
    return targets([root / name for name in names or ("x.js",)], root=root, node=node)


def target(root: Path, files: Files, name: str = "x.js", node: str | None = None) -> Target:
    told = found(root, files, name, node=node)
    assert told.problems == []
    return told.by_path[root / name]


def package(**fields: object) -> str:
    return json.dumps(fields)


# Ranges.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latest", None),
        ("^16 | ^18", None),
        ("14+", None),
        (">=18 nonsense", None),
        (">=18 || nonsense", None),
        (">20 <18", None),
        ("<0", None),
        ("\u0661\u0668", None),
        ("", Majors()),
        ("*", Majors()),
        (">=16 || *", Majors()),
        ("<=18 || >=20", Majors()),
        ("20", Majors(20, 20)),
        ("v20.1.0", Majors(20, 20)),
        ("~20.1", Majors(20, 20)),
        ("^0.12.3", Majors(0, 0)),
        (">=18", Majors(18)),
        (">18", Majors(19)),
        (">18.2", Majors(18)),
        ("<19", Majors(None, 18)),
        ("<19.0.0-0", Majors(None, 18)),
        ("<19.x", Majors(None, 18)),
        ("<19.1", Majors(None, 19)),
        ("<=19", Majors(None, 19)),
        (">=18 <21", Majors(18, 20)),
        (">= 18.12.0, < 21.0.0", Majors(18, 20)),
        ("14 - 18.2", Majors(14, 18)),
        ("^16 || ^18 || >=20", Majors(16)),
        ("^18.18.0 || ^20.9.0 || ^22", Majors(18, 22)),
        ("^22 || >20 <18", Majors(22, 22)),
    ],
)
def test_the_majors_of_a_range(text: str, expected: Majors | None) -> None:
    assert majors(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lts/*", None),
        ("lts/-1", None),
        ("lts/nonesuch", None),
        ("node", None),
        ("lts/hydrogen", Majors(18, 18)),
        ("lts-iron", Majors(20, 20)),
        ("lts/gallium || 20", Majors(16, 20)),
    ],
)
def test_the_names_of_node_lines(text: str, expected: Majors | None) -> None:
    assert node_range(text) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("*", None),
        ("latest", None),
        (">=4", None),
        ("^4 || ^5", None),
        ("workspace:*", None),
        ("workspace:^", None),
        ("catalog:", None),
        ("file:../express", None),
        ("expressjs/express#5.x", None),
        ("git+https://git.example/express.git#v4.1.0", None),
        ("npm:other@^4", None),
        ("npm:@scope/express@4.1.0", None),
        ("npm:other", None),
        ("^4.18.2", 4),
        ("4", 4),
        ("~4.18 || ^4.20", 4),
        (">=4 <5", 4),
        ("workspace:^5.0.0", 5),
        ("npm:express@^5", 5),
        ("npm:^5", 5),
    ],
)
def test_the_one_major_of_a_declaration(declared: str, expected: int | None) -> None:
    assert pinned_major(declared, "express") == expected
    assert Target(dependencies={"express": declared}).major("express") == expected


def test_a_resolved_major_counts_where_the_range_is_open_and_there_is_one() -> None:
    resolved = {"express": 5, "koa": 3}
    assert Target(dependencies={"express": ">=4"}, resolved=resolved).major("express") == 5
    assert Target(dependencies={"express": "^4"}, resolved=resolved).major("express") == 4
    assert Target(dependencies={"express": "^4"}, resolved=resolved).major("koa") is None
    assert UNKNOWN.major("express") is None


# What says nothing of Node.


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"package.json": package(engines={"npm": ">=8"})},
        {"package.json": package(engines={"node": "*"})},
        {"package.json": package(engines={"node": 18})},
        {"package.json": package(engines=["node >= 0.6"], volta="x", devEngines=[])},
        {"package.json": package(devEngines={"runtime": {"name": "bun", "version": "1"}})},
        {"package.json": package(devEngines={"runtime": {"name": "node"}})},
        {"package.json": package(devEngines={"packageManager": {"name": "node", "version": "1"}})},
        {"package.json": package(packageManager="pnpm@9.1.0")},
        {".nvmrc": "lts/*\n"},
        {".nvmrc": "# 18\n"},
        {".node-version": "\n"},
        {".tool-versions": "python 3.12\nnodejs latest\n"},
        {".tool-versions": "nodejs 18.1.0 system\n"},
        {".tool-versions": "nodejs\n"},
        {"mise.toml": "[tools]\npython = '3.12'\n[env]\nnode = '18'\n"},
        {"mise.toml": "[tools]\nnode = 'lts'\n"},
        {"mise.toml": "[tools]\nnode = 18\n"},
        {"tsconfig.json": '{"compilerOptions": {"target": "es5"}}'},
        {"tsconfig.json": '{"compilerOptions": {"target": "ES2022"}}'},
        {"tsconfig.json": '{"compilerOptions": {"target": "ESNext"}}'},
        {"tsconfig.json": '{"compilerOptions": {"target": "ES2024", "noEmit": true}}'},
        {"tsconfig.json": '{"compilerOptions": {"target": "ES2024", "lib": ["es2024", "DOM"]}}'},
        {"tsconfig.json": '{"extends": "@tsconfig/node-lts"}'},
        {"tsconfig.json": '{"extends": "@tsconfig/strictest", "compilerOptions": []}'},
        {"tsconfig.json": '{"extends": "../outside"}'},
        {"tsconfig.json": '{"extends": "./tsconfig.json"}'},
        {"tsconfig.json": '["@tsconfig/node20"]'},
        {"tsconfig.base.json": '{"extends": "@tsconfig/node20"}'},
        {"Dockerfile": "FROM node:lts-alpine\n"},
        {"Dockerfile": "FROM node\n"},
        {"Dockerfile": "ARG V\nFROM node:$V\n"},
        {"Dockerfile": "FROM alpine:3.20 AS node\nRUN echo FROM node:18\n"},
        {"Dockerfile.dockerignore": "FROM node:18\n"},
        {".github/workflows/ci.yml": "with:\n  node-version: 18\n"},
    ],
    ids=str,
)
def test_nothing_is_said_of_node(tmp_path: Path, files: Files) -> None:
    written(tmp_path, {"outside.json": '{"extends": "@tsconfig/node16"}'})
    got = target(tmp_path / "root", {"x.js": "", **files})
    assert (got.node_floor, got.node_ceiling, got.said) == (None, None, "")


# Who says something.


@pytest.mark.parametrize(
    ("files", "floor", "ceiling", "said"),
    [
        (
            {"package.json": package(engines={"node": ">=18 <23"})},
            18,
            22,
            'engines of package.json: ">=18 <23"',
        ),
        (
            {"package.json": package(engines={"node": "<=22"})},
            0,
            22,
            'engines of package.json: "<=22"',
        ),
        (
            {"package.json": package(engines={"runtime": {"name": "node", "version": "^22.4"}})},
            22,
            22,
            'engines of package.json: "^22.4"',
        ),
        (
            {
                "package.json": package(
                    devEngines={
                        "runtime": [
                            {"name": "bun", "version": "^1"},
                            {"name": "node", "version": ">=20", "onFail": "error"},
                        ]
                    }
                )
            },
            20,
            None,
            'devEngines of package.json: ">=20"',
        ),
        (
            {"package.json": package(volta={"node": "20.11.1"})},
            20,
            20,
            'volta of package.json: "20.11.1"',
        ),
        ({".node-version": "22.1.0\n"}, 22, 22, '.node-version: "22.1.0"'),
        ({".nvmrc": "\ufeff\r\n# why\r\nlts/iron\r\n"}, 20, 20, '.nvmrc: "lts/iron"'),
        (
            {".tool-versions": "# tools\nruby 3.3.0\nnodejs 20.11.0 18.20.0 # both\n"},
            18,
            20,
            'nodejs of .tool-versions: "20.11.0 || 18.20.0"',
        ),
        ({"mise.toml": '[tools]\nnode = "22"\n'}, 22, 22, 'node of mise.toml: "22"'),
        (
            {".mise.toml": "[tools]\nnodejs = ['22', '20']\n"},
            20,
            22,
            'node of .mise.toml: "22 || 20"',
        ),
        (
            {"mise.toml": "[tools]\n'core:node' = {version = '24.1', postinstall = 'x'}\n"},
            24,
            24,
            'node of mise.toml: "24.1"',
        ),
        (
            {"tsconfig.json": '{\n  // base\n  "extends": "@tsconfig/node20/tsconfig.json",\n}'},
            20,
            None,
            'extends of tsconfig.json: "@tsconfig/node20/tsconfig.json"',
        ),
        (
            {
                "tsconfig.json": '{"extends": ["./a", "./b.json"]}',
                "a.json": '{"compilerOptions": {"target": "ES2023"}}',
                "b.json": '{"compilerOptions": {"target": "es2024"}, "extends": "./a.json"}',
            },
            22,
            None,
            'target of b.json: "es2024"',
        ),
        (
            {
                "tsconfig.json": '{"extends": "./a", "compilerOptions": {"target": "ES2024"}}',
                "a.json": '{"extends": "@tsconfig/node18"}',
            },
            18,
            None,
            'extends of a.json: "@tsconfig/node18"',
        ),
        (
            {"Dockerfile": "FROM node:20-alpine AS build\nFROM nginx\n"},
            20,
            20,
            'FROM of Dockerfile: "node:20-alpine"',
        ),
        (
            {
                "Dockerfile": "FROM node:22\n",
                "Dockerfile.worker": "FROM node:18.20-slim\nFROM node:20\n",
            },
            18,
            22,
            'FROM of Dockerfile.worker: "node:18.20-slim"',
        ),
        (
            {"Dockerfile": "FROM node:lts AS a\nFROM node:16\n"},
            16,
            None,
            'FROM of Dockerfile: "node:16"',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_says_what(
    tmp_path: Path, files: Files, floor: int, ceiling: int | None, said: str
) -> None:
    got = target(tmp_path, files)
    assert (got.node_floor, got.node_ceiling, got.said) == (floor, ceiling, said)


def test_in_a_folder_the_promise_comes_before_what_people_run(tmp_path: Path) -> None:
    manifest = {
        "engines": {"node": ">=18"},
        "devEngines": {"runtime": {"name": "node", "version": ">=19"}},
        "volta": {"node": "20.1.0"},
    }
    files = {
        ".node-version": "21",
        ".nvmrc": "22",
        ".tool-versions": "nodejs 23.0.0",
        "mise.toml": "[tools]\nnode = '24'",
        ".mise.toml": "[tools]\nnode = '25'",
        "tsconfig.json": '{"extends": "@tsconfig/node26"}',
        "Dockerfile": "FROM node:27",
    }
    floors = []
    for key in (*manifest, "nothing"):
        floors.append(target(tmp_path, {"package.json": json.dumps(manifest), **files}).node_floor)
        manifest.pop(key, None)
    for name in list(files):
        (tmp_path / name).unlink()
        floors.append(target(tmp_path, {}).node_floor)
    assert floors == [18, 19, 20, 21, 22, 23, 24, 25, 26, 27, None]


def test_the_nearest_folder_that_states_a_version_counts(tmp_path: Path) -> None:
    files = {
        "package.json": package(engines={"node": ">=18"}),
        "a/.nvmrc": "22",
        "a/b/package.json": package(type="module"),
        "c/package.json": package(engines={"node": "*"}),
    }
    told = found(tmp_path, files, "x.js", "a/b/x.js", "c/d/x.js").by_path
    assert [one.node_floor for one in told.values()] == [18, 22, 18]
    assert [one.node_ceiling for one in told.values()] == [None, 22, None]
    assert told[tmp_path / "a/b/x.js"].said == 'a/.nvmrc: "22"'
    assert told[tmp_path / "a/b/x.js"].esm


def test_a_guess_counts_only_where_nobody_states_a_version(tmp_path: Path) -> None:
    guesses = {
        "Dockerfile": "FROM node:16",
        "a/tsconfig.json": '{"extends": "@tsconfig/node20"}',
        "a/b/Dockerfile": "FROM node:22",
        "a/b/c/package.json": package(engines={"node": ">=24"}),
    }
    names = ["x.js", "a/x.js", "a/b/x.js", "a/b/c/d/x.js"]
    told = found(tmp_path, guesses, *names).by_path
    assert [one.node_floor for one in told.values()] == [16, 20, 22, 24]
    told = found(tmp_path, {".nvmrc": "18"}, *names).by_path
    assert [one.node_floor for one in told.values()] == [18, 18, 18, 24]


def test_whoever_runs_unleak_has_the_last_word(tmp_path: Path) -> None:
    files = {
        "package.json": package(engines={"node": ">=14"}, dependencies={"koa": "2"}),
        "a/.nvmrc": "22",
        "a/Dockerfile": "FROM node:16",
    }
    for name in ("x.js", "a/x.js"):
        got = target(tmp_path, files, name, node=">=20 <25")
        assert (got.node_floor, got.node_ceiling) == (20, 24)
        assert got.said == '--node: ">=20 <25"'
        assert got.major("koa") == 2
        anything = target(tmp_path, files, name, node="*")
        assert (anything.node_floor, anything.node_ceiling, anything.said) == (None, None, "")


def test_a_long_range_is_shown_in_part_and_without_control_characters(tmp_path: Path) -> None:
    text = " || ".join(f"^{major}.1.0" for major in range(10, 30))
    said = target(tmp_path, {"package.json": package(engines={"node": text})}).said
    assert len(said) < 100
    assert said.endswith('…"')
    said = target(tmp_path, {"package.json": package(engines={"node": ">=18\n\t<20"})}).said
    assert said == 'engines of package.json: ">=18\\n\\t<20"'


# Bad manifests.


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", "{"),
        ("package.json", "[]"),
        ("mise.toml", "[tools\n"),
        ("tsconfig.json", "{'extends': 1}"),
        ("tsconfig.json", "[" * 100_000),
        ("package-lock.json", '{"lockfileVersion": 1, '),
        ("package-lock.json", '{"lockfileVersion": 1, "a": ' + "[" * 100_000),
    ],
    ids=lambda value: value[:30],
)
def test_a_bad_manifest_is_told_once(tmp_path: Path, name: str, text: str) -> None:
    files = {name: text}
    if name != "package.json":
        files["package.json"] = package(dependencies={"express": ">=4"})
    told = found(tmp_path, files, "x.js", "a/x.js", "a/b/x.js")
    assert [(one.path, one.code) for one in told.problems] == [(tmp_path / name, "bad-manifest")]
    assert {(one.node_floor, one.major("express")) for one in told.by_path.values()} == {
        (None, None)
    }


def test_a_manifest_that_is_a_folder_or_no_text_says_nothing(tmp_path: Path) -> None:
    for name in ("package.json", ".nvmrc", "mise.toml", "tsconfig.json", "Dockerfile", "yarn.lock"):
        (tmp_path / "a" / name).mkdir(parents=True)
    (tmp_path / "Dockerfile").write_bytes(b"\xff\xfe\nFROM node:18\n")
    told = found(tmp_path, {}, "x.js", "a/x.js")
    assert told.problems == []
    assert [one.node_floor for one in told.by_path.values()] == [18, 18]


# Dockerfiles.


@pytest.mark.parametrize(
    ("text", "images"),
    [
        ("", []),
        ("# FROM node:18\n", []),
        ("FROM acme/node:18\n", []),
        ("FROM node-red:18\n", []),
        ("FROM acme/nodejs:3\n", []),
        ("ARG V=18\nFROM alpine\nARG V=20\nFROM node:$W\n", []),
        ("COPY --from=node:18 /a /b\n", []),
        ("FROM node@sha256:0123abcd\n", [("node@sha256:0123abcd", None)]),
        ("FROM node:current-slim\n", [("node:current-slim", None)]),
        ("from node:18\r\n", [("node:18", 18)]),
        ("FROM --platform=$BUILDPLATFORM node:20.1-alpine AS a", [("node:20.1-alpine", 20)]),
        ("FROM \\\n  # why\n  node:18 \\\n  AS a\n", [("node:18", 18)]),
        ("ARG V=22\nFROM node:${V}-slim\n", [("node:22-slim", 22)]),
        ("ARG V=22\nFROM alpine\nARG V=18\nFROM node:$V\n", [("node:22", 22)]),
        ("FROM node:${V:-20}\n", [("node:20", 20)]),
        ('ARG A="node:18"\nARG B=$A-slim\nFROM ${B}\n', [("node:18-slim", 18)]),
        ("FROM node:iron-slim", [("node:iron-slim", 20)]),
        ("FROM node:lts-jod", [("node:lts-jod", 22)]),
    ],
)
def test_the_node_images_of_a_dockerfile(text: str, images: list[tuple[str, int | None]]) -> None:
    assert node_images(text) == [Image(*image) for image in images]


@pytest.mark.parametrize(
    ("name", "major"),
    [
        ("docker.io/node:18", 18),
        ("docker.io/library/node:18", 18),
        ("hub.example:5000/proxy/library/node:18", 18),
        ("node:18-slim@sha256:00ff", 18),
        ("bitnami/node:22-debian-12", 22),
        ("cimg/node:20.9-browsers", 20),
        ("gcr.io/distroless/nodejs22-debian12:nonroot", 22),
        ("gcr.io/distroless/nodejs:18", 18),
        ("public.ecr.aws/lambda/nodejs:20", 20),
        ("images.example/ubi9/nodejs-18-minimal:1", 18),
        ("images.example/ubi9/nodejs-20", 20),
    ],
)
def test_images_that_are_known_to_be_nodes(name: str, major: int) -> None:
    assert node_images(f"FROM {name}\n") == [Image(name, major)]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Dockerfile.dockerignore", False),
        ("dockerfile.js", True),
        ("Dockerfiles", False),
        ("my-Dockerfile", False),
        ("Dockerfile", True),
        ("Containerfile", True),
        ("Dockerfile.prod", True),
        ("api.Dockerfile", True),
    ],
)
def test_the_names_of_dockerfiles(name: str, is_one: bool) -> None:
    assert is_dockerfile(name) is is_one


# Majors of dependencies. The same workspace, locked by each package manager: `api` has Express 5
# of its own, `web` calls Koa 2 by Express's name, the rest is at the root.

NPM_1 = """{
  "name": "shop",
  "lockfileVersion": 1,
  "dependencies": {
    "api": {
      "version": "file:packages/api",
      "dependencies": {"express": {"version": "5.1.0", "requires": {"express": "9.0.0"}}}
    },
    "express": {"version": "4.19.2", "requires": {"koa": "^1"}},
    "koa": {"version": "3.0.1"},
    "web": {
      "version": "file:packages/web",
      "dependencies": {"express": {"version": "npm:koa@2.16.0"}}
    }
  }
}"""
NPM_3 = """{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": {"dependencies": {"express": ">=4"}},
    "node_modules/api": {"resolved": "packages/api", "link": true},
    "node_modules/express": {
      "version": "4.19.2",
      "dependencies": {"koa": "^1"}
    },
    "node_modules/koa": {"version": "3.0.1"},
    "node_modules/other/node_modules/koa": {"version": "1.0.0"},
    "packages/api": {"version": "1.0.0"},
    "packages/api/node_modules/express": {
      "version": "5.1.0"
    },
    "packages/web": {"version": "1.0.0"},
    "packages/web/node_modules/express": {"name": "koa", "version": "2.16.0"}
  }
}"""
PNPM_5 = """lockfileVersion: 5.4

importers:

  .:
    specifiers:
      express: '>=4'
      koa: latest
    dependencies:
      express: 4.19.2_supports-color@8.1.1
      koa: 3.0.1

  packages/api:
    specifiers:
      express: '>=4'
      koa: '>=2'
    dependencies:
      express: 5.1.0
    devDependencies:
      koa: 3.0.1

  packages/web:
    specifiers:
      express: npm:koa@2
    dependencies:
      express: /koa/2.16.0

packages:

  /express/4.19.2:
    resolution: {integrity: sha512-xx}
    dependencies:
      koa: 1.0.0
"""
PNPM_9 = """---
lockfileVersion: '9.0'

importers:

  .:
    configDependencies: {}
    packageManagerDependencies:
      koa:
        specifier: 1.0.0
        version: 1.0.0

---
lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      express:
        specifier: '>=4'
        version: 4.19.2(supports-color@8.1.1)
      koa:
        specifier: latest
        version: 3.0.1

  packages/api:
    dependencies:
      express:
        specifier: '>=4'
        version: 5.1.0
      koa:
        specifier: '>=2'
        version: 3.0.1
      web:
        specifier: workspace:*
        version: link:../web

  packages/web:
    dependencies:
      express:
        specifier: npm:koa@2
        version: koa@2.16.0

packages:

  express@4.19.2:
    resolution: {integrity: sha512-xx}

snapshots:

  express@4.19.2:
    dependencies:
      koa: 1.0.0
"""
YARN_1 = """# yarn lockfile v1


"@scope/express@>=4":
  version "9.0.0"

"express@>=4 <5", express@^4.17.0:
  version "4.19.2"
  integrity sha512-xx
  dependencies:
    koa "^1"

express@>=4:
  version "5.1.0"

"express@npm:koa@2":
  version "2.16.0"

koa@>=2, koa@latest:
  version "3.0.1"
"""
YARN_4 = """# This file is generated

__metadata:
  version: 8
  cacheKey: 10c0

"@scope/express@npm:>=4":
  version: 9.0.0
  resolution: "@scope/express@npm:9.0.0"

"express@npm:>=4":
  version: 5.1.0
  resolution: "express@npm:5.1.0"
  dependencies:
    koa: "npm:^1"

"express@npm:>=4 <5, express@npm:^4.17.0":
  version: 4.19.2
  resolution: "express@npm:4.19.2"

"express@npm:koa@2":
  version: 2.16.0
  resolution: "koa@npm:2.16.0"

"koa@npm:>=2, koa@npm:latest":
  version: 3.0.1
  resolution: "koa@npm:3.0.1"

"web@workspace:packages/web":
  version: 0.0.0-use.local
  resolution: "web@workspace:packages/web"
  dependencies:
    express: "npm:koa@2"
"""
BUN = """{
  "lockfileVersion": 1,
  "workspaces": {
    "": {"name": "shop", "dependencies": {"express": ">=4 <5", "koa": "latest"}},
    "packages/api": {"name": "api", "dependencies": {"express": ">=4"}},
  },
  "packages": {
    "api": ["api@workspace:packages/api"],

    "express": ["express@4.19.2", "", {"dependencies": {"koa": "^1"}}, "sha512-xx"],

    "koa": ["koa@3.0.1", "", {}, "sha512-xx"],

    "api/express": ["express@5.1.0", "", {}, "sha512-xx"],

    "web/express": ["koa@2.16.0", "", {}, "sha512-xx"],
  }
}
"""
ALL = {
    "npm 1": ("package-lock.json", NPM_1),
    "npm 3": ("package-lock.json", NPM_3),
    "npm 2": ("npm-shrinkwrap.json", NPM_3.replace(": 3,", ": 2,")),
    "pnpm 5": ("pnpm-lock.yaml", PNPM_5),
    "pnpm 9": ("pnpm-lock.yaml", PNPM_9),
    "yarn 1": ("yarn.lock", YARN_1),
    "yarn 4": ("yarn.lock", YARN_4),
    "bun": ("bun.lock", BUN),
}
WORKSPACE = {
    "package.json": package(
        name="shop", dependencies={"express": ">=4 <6", "koa": "latest", "polka": "*"}
    ),
    "packages/api/package.json": package(
        name="api", dependencies={"express": ">=4", "koa": ">=2", "web": "workspace:*"}
    ),
    "packages/web/package.json": package(name="web", dependencies={"express": "npm:koa@2"}),
}


@pytest.mark.parametrize("lock", ALL)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_open_majors_are_those_of_the_lock_file(tmp_path: Path, lock: str, newline: str) -> None:
    name, text = ALL[lock]
    files = {**WORKSPACE, name: text.replace("\n", newline)}
    if name == "yarn.lock":
        files["yarn.lock"] = files["yarn.lock"].replace(">=4 <5", ">=4 <6")
    places = ["x.js", "packages/api/x.js", "packages/web/src/x.js"]
    told = found(tmp_path, files, *places)
    assert told.problems == []
    at_root, in_api, in_web = told.by_path.values()
    asked = ("express", "koa", "polka", "web")
    assert [at_root.major(name) for name in asked] == [4, 3, None, None]
    assert [in_api.major(name) for name in asked] == [5, 3, None, None]
    # What stands above is still there, but Express is another package now.
    assert [in_web.major(name) for name in asked] == [None, 3, None, None]


@pytest.mark.parametrize("lock", ALL)
def test_a_lock_file_that_does_not_know_the_package_says_nothing(lock: str) -> None:
    name, text = ALL[lock]
    for missing in ("fastify", "expres", "xpress", "express-session", "@x/express"):
        assert lock_of(name, text).major(Asked(missing, "*")) is None


@pytest.mark.parametrize("lock", [lock for lock in ALL if not lock.startswith("yarn")])
def test_the_version_of_an_alias_is_another_packages(lock: str) -> None:
    """Yarn alone knows packages by what is asked for, not by who asks."""
    name, text = ALL[lock]
    assert lock_of(name, text).major(Asked("express", ">=4", "packages/web", "web")) is None


@pytest.mark.parametrize("name", LOCKS)
@given(text=st.text(alphabet="express@^4:{}[]\"',.0 \n-#v/", max_size=200))
def test_no_lock_file_is_too_odd(name: str, text: str) -> None:
    for whole in (text, f'{{"lockfileVersion": 1, "dependencies": {text}'):
        try:
            lock = lock_of(name, whole)
        except ValueError:
            continue
        major = lock.major(Asked("express", "^4", "a/b", "b"))
        assert major is None or str(major) in whole


@pytest.mark.parametrize(
    "text",
    [
        "express@^4:\n" + "  a b\n" * 20_000,
        '"express@' * 20_000,
        "express@a, " * 20_000,
        '{"node_modules/express": {' + '"a": "b",' * 20_000,
    ],
    ids=["entry without an end", "quotes", "ranges", "object without an end"],
)
@pytest.mark.parametrize("name", LOCKS)
def test_an_endless_entry_ends(name: str, text: str) -> None:
    assert lock_of(name, text).major(Asked("express", "^4")) is None


def test_a_peer_must_get_on_with_every_major_it_lets_in(tmp_path: Path) -> None:
    files = {
        "package.json": package(
            peerDependencies={"express": "4 || 5", "koa": "^2", "hono": "catalog:"},
            devDependencies={"express": "^5"},
        ),
        "package-lock.json": NPM_3,
        "pnpm-workspace.yaml": "catalog:\n  hono: ^4.1.0\n",
    }
    got = target(tmp_path, files)
    assert got.dependencies["express"] == "4 || 5"
    assert [got.major(name) for name in ("express", "koa", "hono")] == [None, 2, 4]


def test_lock_files_that_disagree_say_nothing(tmp_path: Path) -> None:
    files = {"package.json": package(dependencies={"express": ">=3", "koa": ">=2"})}
    locks = {"package-lock.json": NPM_3, "yarn.lock": YARN_1.replace('"4.19.2"', '"5.0.0"')}
    got = target(tmp_path, {**files, **locks})
    assert (got.major("express"), got.major("koa")) == (None, 3)


def test_the_nearest_lock_file_counts(tmp_path: Path) -> None:
    files = {
        **WORKSPACE,
        "package-lock.json": NPM_3,
        "packages/api/yarn.lock": 'express@>=4:\n  version "4.0.0"\n',
    }
    got = target(tmp_path, files, "packages/api/x.js")
    assert (got.major("express"), got.major("koa")) == (4, None)


def test_a_package_outside_of_the_workspace_finds_what_is_above_it(tmp_path: Path) -> None:
    files = {"package-lock.json": NPM_3, "tools/a/package.json": WORKSPACE["package.json"]}
    assert target(tmp_path, files, "tools/a/x.js").major("express") == 4
    (tmp_path / "package-lock.json").unlink()
    files = {"pnpm-lock.yaml": PNPM_9}
    assert target(tmp_path, files, "tools/a/x.js").major("express") is None


def test_pnpm_without_a_workspace(tmp_path: Path) -> None:
    lock = (
        "lockfileVersion: '6.0'\n\ndependencies:\n  koa:\n    specifier: '*'\n    version: 2.1.0\n"
    )
    files = {"package.json": package(dependencies={"koa": "*"}), "pnpm-lock.yaml": lock}
    assert target(tmp_path, files).major("koa") == 2


PNPM_CATALOG = """packages:
  - packages/*
catalog:
  'express': ^4.18.2 # all
  "koa": '>=2'
catalogs:
  next:
    express: ^5.0.0
"""


@pytest.mark.parametrize(
    ("files", "express", "koa"),
    [
        ({}, None, None),
        ({"pnpm-workspace.yaml": "catalog: {express: ^4}\n"}, None, None),
        ({"pnpm-workspace.yaml": PNPM_CATALOG}, 4, None),
        ({"pnpm-workspace.yaml": PNPM_CATALOG, "pnpm-lock.yaml": PNPM_9}, 4, 3),
        ({"pnpm-workspace.yaml": "catalogs:\n  default:\n    express: '5'\n"}, 5, None),
        ({".yarnrc.yml": "nodeLinker: node-modules\ncatalog:\n  express: npm:^4.1.0\n"}, 4, None),
        ({"package.json": package(workspaces={"catalog": {"express": "^5"}})}, 5, None),
        ({"package.json": package(catalog={"express": "^5", "koa": 3})}, 5, None),
    ],
    ids=["none", "flow", "pnpm", "locked", "default", "yarn", "bun", "bun at the top"],
)
def test_catalogs(tmp_path: Path, files: Files, express: int | None, koa: int | None) -> None:
    own = package(name="api", dependencies={"express": "catalog:", "koa": "catalog:default"})
    got = target(tmp_path, {**files, "packages/api/package.json": own}, "packages/api/src/x.js")
    assert (got.major("express"), got.major("koa")) == (express, koa)
    assert got.dependencies["express"] == "catalog:"


def test_a_named_catalog(tmp_path: Path) -> None:
    files = {
        "pnpm-workspace.yaml": PNPM_CATALOG,
        "a/package.json": package(dependencies={"express": "catalog:next", "koa": "catalog:next"}),
    }
    got = target(tmp_path, files, "a/x.js")
    assert (got.major("express"), got.major("koa")) == (5, None)


# The cost.


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file is read."""
    counts: Counter[str] = Counter()
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        counts[path.name] += 1
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    return counts


def test_no_lock_file_is_read_without_need(tmp_path: Path, reads: Counter[str]) -> None:
    files = {
        "package.json": package(dependencies={"express": "^4", "lodash": "*", "koa": "npm:x@1"}),
        "package-lock.json": NPM_3,
        "pnpm-workspace.yaml": PNPM_CATALOG,
    }
    assert "lodash" not in FRAMEWORKS
    assert target(tmp_path, files).major("express") == 4
    assert reads == {"package.json": 1}


def test_each_manifest_is_read_once(tmp_path: Path, reads: Counter[str]) -> None:
    own = package(dependencies={"express": "catalog:", "koa": "*"})
    files = {
        "package-lock.json": NPM_3,
        "pnpm-workspace.yaml": "catalog:\n  express: '*'\n",
        **{f"packages/p{number}/package.json": own for number in range(20)},
    }
    names = [f"packages/p{number}/src/{file}.js" for number in range(20) for file in "ab"]
    told = found(tmp_path, files, *names)
    assert {one.major("express") for one in told.by_path.values()} == {4}
    assert reads == {"package.json": 20, "package-lock.json": 1, "pnpm-workspace.yaml": 1}


def test_targets_are_shared_and_can_be_sent(tmp_path: Path) -> None:
    files = {
        "package.json": package(engines={"node": ">=18"}, dependencies={"express": "^4"}),
        "a/Dockerfile": "FROM node:20",
    }
    for node in (None, ">=20"):
        told = found(tmp_path, files, "x.js", "a/x.js", "a/b/c/x.js", node=node)
        assert len({id(one) for one in told.by_path.values()}) == 1
        first = told.by_path[tmp_path / "x.js"]
        again = pickle.loads(pickle.dumps(first))
        assert again == first
        assert again.major("express") == 4


# The little parsers.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "b // c /* d */ ,}"}', {"a": "b // c /* d */ ,}"}),
        ('{"a": "\\"//", // x "y"\n "b": [1, 2, ], /* , */ }', {"a": '"//', "b": [1, 2]}),
        ('/* a */ {"u": "https://x"} // end', {"u": "https://x"}),
    ],
)
def test_json_with_comments(text: str, value: object) -> None:
    assert parse_jsonc(text) == value


@pytest.mark.parametrize("text", ["", "[1,,]", "{'a': 1}", "// only", "{} x"])
def test_json_with_comments_is_still_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"line \d"):
        parse_jsonc(text)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["a: {b: c}"], {}),
        (["a: [b]"], {}),
        (["a: &x", "  b: c"], {}),
        (["a: *x"], {}),
        (["a: |", "  b: c", "d: e"], {"d": "e"}),
        (["a: >-", "  b: c"], {}),
        (["- a: b", "  c: d"], {}),
        (["a:", "- b: c", "  d: e", "f: g"], {"a": {}, "f": "g"}),
        (["a: 'it''s'"], {}),
        (['a: "\\x41"'], {}),
        (["a: 'b' c"], {}),
        (["a:b"], {}),
        (["? a", ": b"], {}),
        (["# a: b", "", "  # c: d"], {}),
        (["a: b"], {"a": "b"}),
        (["a : b  # c"], {"a": "b"}),
        (["a: b#c"], {"a": "b#c"}),
        (["a: '>=1 # 2' # 3"], {"a": ">=1 # 2"}),
        (["'@a/b': \"^1\"", '"c:d": e'], {"@a/b": "^1", "c:d": "e"}),
        (["a: link:../b"], {"a": "link:../b"}),
        (["a: # why", "    b:", "      c: d", "    e: f"], {"a": {"b": {"c": "d"}, "e": "f"}}),
        (["a:", "", "  # b", "  c: d", "  c: e"], {"a": {"c": "e"}}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_yaml_that_is_understood(lines: list[str], value: object) -> None:
    nested = "top:\n" + "".join(f"  {line}\n" for line in lines)
    assert list(documents(nested, ["top"])) == [{"top": value}]


def test_only_what_is_asked_for_of_each_document_is_read() -> None:
    text = "a: 1\nb:\n  c: 2\n--- # next\n'a': 3\nd: 4\n"
    assert list(documents(text, ("a", "b"))) == [{"a": "1", "b": {"c": "2"}}, {"a": "3"}]
    assert list(documents("", ("a",))) == [{}]


@given(st.text(alphabet="ab:-'\"#{}[] \n|&@\\", max_size=80))
def test_no_yaml_is_too_odd(text: str) -> None:
    assert all(isinstance(one, dict) for one in documents(text, ("a", "b")))


@given(st.text(alphabet="FROM node:ARG=18$V{}-@/.\\\n\"'", max_size=80))
def test_no_dockerfile_is_too_odd(text: str) -> None:
    assert all("node" in image.name for image in node_images(text))


def test_folders_that_cannot_be_listed_hold_nothing(tmp_path: Path) -> None:
    folders = Folders()
    assert folders.names(str(tmp_path / "gone")) == frozenset()
    assert folders.package(str(tmp_path / "gone")) is None
    assert folders.read(str(tmp_path / "gone"), ".nvmrc") is None
    assert folders.problems == []


def test_engine_is_read_as_engines(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"engine": {"node": ">=0.4"}}')
    (tmp_path / "a.js").write_text("")
    told = targets([tmp_path / "a.js"], root=tmp_path).by_path[tmp_path / "a.js"]
    assert told.node_floor == 0
