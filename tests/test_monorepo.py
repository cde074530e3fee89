"""The map of a monorepo, by all who say what its packages are."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unleak.workspace.globs import exactly
from unleak.workspace.members import Workspace
from unleak.workspace.monorepo import Monorepo, monorepo_of
from unleak.workspace.order import in_order
from unleak.workspace.yaml import listed


def plant(root: Path, files: Mapping[str, Any]) -> Path:
    """Write `files`, what is no text as JSON."""
    for name, said in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return root


def mapped(root: Path, files: Mapping[str, Any]) -> Monorepo:
    return monorepo_of(str(plant(root, files)))


def shape(monorepo: Monorepo) -> dict[str, tuple[str, str]]:
    """Name and manager, by folder."""
    return {one.folder: (one.name, one.manager) for one in monorepo.packages}


def named(name: str, *needs: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "dependencies": dict.fromkeys(needs, "^1.0.0"), **more}


PACKAGES = {
    "packages/a/package.json": named("@x/a", "@x/b", "express"),
    "packages/b/package.json": named("@x/b"),
    "packages/b/dist/package.json": {"type": "module"},
    "packages/b/examples/deep/package.json": named("deep"),
    "packages/old/package.json": named("old"),
    "packages/node_modules/c/package.json": named("c"),
    "packages/.hidden/package.json": {},
    "tools/gen/package.json": named("gen", "@x/a"),
    "tools/gen/test/app/package.json": named("app"),
    "test/fixtures/one/package.json": named("one"),
}
GROUPED = {
    "packages/a": ("@x/a", "MANAGER"),
    "packages/b": ("@x/b", "MANAGER"),
    "tools/gen": ("gen", "npm"),
}
SPACES = ["packages/*", "!packages/old"]


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({"package.json": {"name": "top", "workspaces": SPACES}}, "npm"),
        ({"package.json": {"name": "top", "workspaces": {"packages": SPACES}}}, "npm"),
        ({"package.json": {"name": "top", "workspaces": SPACES}, "yarn.lock": ""}, "yarn"),
        (
            {"package.json": {"name": "top", "workspaces": SPACES, "packageManager": "yarn@4.1.0"}},
            "yarn",
        ),
        ({"package.json": {"name": "top", "workspaces": SPACES}, "bun.lock": ""}, "bun"),
        (
            {
                "package.json": {"name": "top"},
                "pnpm-workspace.yaml": "packages:\n  - 'packages/*'  # all\n  - '!**/old'\n",
            },
            "pnpm",
        ),
        ({"package.json": {"name": "top"}, "lerna.json": {"packages": SPACES}}, "lerna"),
        (
            {"package.json": {"name": "top", "workspaces": SPACES}, "lerna.json": {"version": "1"}},
            "npm",
        ),
    ],
)
def test_the_members_of_a_workspace(tmp_path: Path, files: Mapping[str, Any], manager: str) -> None:
    found = shape(mapped(tmp_path, {**PACKAGES, **files}))

    grouped = {at: (name, by.replace("MANAGER", manager)) for at, (name, by) in GROUPED.items()}
    assert found == {"": ("top", manager), **grouped}


def test_lerna_has_packages_where_it_does_not_say_so(tmp_path: Path) -> None:
    files = {"package.json": named("top"), "lerna.json": "{}", "packages/a/package.json": {}}
    assert shape(mapped(tmp_path, files))["packages/a"] == ("packages/a", "lerna")


def test_rush_lists_its_projects_and_whom_they_do_not_take_from_it(tmp_path: Path) -> None:
    files = {
        "rush.json": """
        /* Rush */
        {
          "projects": [
            { "packageName": "a", "projectFolder": "apps/a" }, // an app
            { "packageName": "b", "projectFolder": "libs/b", "decoupledLocalDependencies": ["c"] },
            { "packageName": "c", "projectFolder": "libs/(c)", },
          ]
        }
        """,
        "apps/a/package.json": named("a", "b", "c"),
        "libs/b/package.json": named("b", "c"),
        "libs/(c)/package.json": named("c", "b"),
        "libs/d/test/package.json": {"type": "module"},
    }
    monorepo = mapped(tmp_path, files)
    assert shape(monorepo) == {
        "": (".", "npm"),
        "apps/a": ("a", "rush"),
        "libs/(c)": ("c", "rush"),
        "libs/b": ("b", "rush"),
    }
    assert [one.name for one in monorepo.ordered] == [".", "b", "c", "a"]
    assert not monorepo.cycles


def test_the_projects_of_nx(tmp_path: Path) -> None:
    files = {
        "nx.json": {},
        "package.json": named("top", workspaces=["packages/*"]),
        "workspace.json": {
            "projects": {
                "old": "apps/old",
                "older": {"root": "apps/older/"},
                "gone": "apps/gone",
                "out": {"root": "../out"},
                "far": "/",
            }
        },
        "apps/web/project.json": {"name": "web", "implicitDependencies": ["lib", "based", "gone"]},
        "apps/old/src/main.js": "",
        "apps/older/main.js": "",
        "libs/lib/project.json": {},
        "packages/based/package.json": named("@x/based"),
        "packages/based/project.json": {"name": "based", "implicitDependencies": ["lib"]},
        "elsewhere/package.json": named("elsewhere"),
    }
    monorepo = mapped(tmp_path, files)
    assert shape(monorepo) == {
        "": ("top", "npm"),
        "apps/old": ("old", "nx"),
        "apps/older": ("older", "nx"),
        "apps/web": ("web", "nx"),
        "elsewhere": ("elsewhere", "npm"),
        "libs/lib": ("lib", "nx"),
        "packages/based": ("@x/based", "npm"),
    }
    web = monorepo.named("web")
    assert web is not None
    assert web.depends == ("@x/based", "lib")


def test_a_project_file_without_nx_is_anything(tmp_path: Path) -> None:
    assert shape(mapped(tmp_path, {"a/project.json": {"name": "a"}})) == {"": (".", "npm")}


def test_packages_that_nobody_lists(tmp_path: Path) -> None:
    files = {
        "package.json": {"private": True},
        "server/package.json": {"scripts": {"test": "node --test"}},
        "server/pnpm-lock.yaml": "",
        "server/esm/package.json": {"type": "module", "main": "x.js"},
        "server/plugins/one/package.json": named("one"),
        "server/__tests__/two/package.json": named("two"),
        "web/package.json": "{ not JSON",
        "twin/package.json": named("one"),
    }
    monorepo = mapped(tmp_path, files)
    assert shape(monorepo) == {
        "": (".", "npm"),
        "server": ("server", "pnpm"),
        "server/plugins/one": ("one", "npm"),
        "twin": ("twin", "npm"),
    }
    assert [(told.path, told.code) for told in monorepo.problems] == [
        (tmp_path / "web" / "package.json", "bad-manifest")
    ]


def test_a_workspace_within_another(tmp_path: Path) -> None:
    files = {
        "package.json": named("top", workspaces=["apps/*"]),
        "apps/site/package.json": named("site", workspaces=["parts/*"]),
        "apps/site/yarn.lock": "",
        "apps/site/parts/head/package.json": named("head"),
    }
    assert shape(mapped(tmp_path, files)) == {
        "": ("top", "npm"),
        "apps/site": ("site", "yarn"),
        "apps/site/parts/head": ("head", "yarn"),
    }


def test_what_lies_in_a_member_is_not_looked_at(tmp_path: Path) -> None:
    files = {
        "package.json": named("top", workspaces=["packages/**"]),
        "packages/a/package.json": {},
        "packages/a/esm/package.json": {"type": "module"},
        "packages/a/inner/package.json": named("inner"),
        "tool/package.json": named("tool"),
        "tool/test/sandbox/rush.json": {"projects": [{"projectFolder": "one"}]},
        "tool/test/sandbox/one/package.json": named("one"),
        "tool/test/broken/package.json": "{ not JSON",
    }
    monorepo = mapped(tmp_path, files)
    assert shape(monorepo) == {
        "": ("top", "npm"),
        "packages/a": ("packages/a", "npm"),
        "packages/a/inner": ("inner", "npm"),
        "tool": ("tool", "npm"),
    }
    assert not monorepo.problems


def test_a_file_belongs_to_the_nearest_package(tmp_path: Path) -> None:
    files = {**PACKAGES, "package.json": {"name": "top", "workspaces": SPACES}}
    monorepo = mapped(tmp_path, files)
    belongs = {
        "packages/a/package.json": "@x/a",
        "packages/a/src/deep/x.js": "@x/a",
        "packages/b/examples/deep/x.js": "@x/b",
        "packages/old/x.js": "top",
        "tools/gen/test/app/x.js": "gen",
        "tools/x.js": "top",
        "x.js": "top",
    }
    assert {path: monorepo.package_of(path).name for path in belongs} == belongs


@pytest.mark.parametrize(
    ("key", "name", "version", "depends"),
    [
        ("dependencies", "b", "workspace:*", ["b"]),
        ("devDependencies", "b", "workspace:^1.2.0", ["b"]),
        ("optionalDependencies", "b", "1.2.3", ["b"]),
        ("dependencies", "b", "", ["b"]),
        ("dependencies", "other", "workspace:b@*", ["b"]),
        ("dependencies", "other", "workspace:@x/c@^1", ["@x/c"]),
        ("dependencies", "other", "workspace:../b", ["b"]),
        ("dependencies", "other", "file:../b", ["b"]),
        ("dependencies", "other", "link:./../c", ["@x/c"]),
        ("dependencies", "other", "portal:../b/", ["b"]),
        ("dependencies", "b", "catalog:", ["b"]),
        ("dependencies", "b", "npm:b@1", []),
        ("dependencies", "b", "git+ssh://git@example.com/b.git", []),
        ("dependencies", "b", "https://example.com/b.tgz", []),
        ("dependencies", "b", "someone/b", []),
        ("dependencies", "b", "file:../b.tgz", []),
        ("dependencies", "a", "workspace:*", []),
        ("peerDependencies", "b", "*", []),
        ("dependencies", "b", {"version": "1"}, []),
    ],
)
def test_what_a_package_depends_on(
    tmp_path: Path, key: str, name: str, version: object, depends: list[str]
) -> None:
    files = {
        "package.json": {"workspaces": ["packages/*"]},
        "packages/a/package.json": {"name": "a", key: {name: version}},
        "packages/b/package.json": named("b"),
        "packages/c/package.json": named("@x/c"),
    }
    found = mapped(tmp_path, files).named("a")
    assert found is not None
    assert list(found.depends) == depends


def test_cycles_are_told_and_stay_together(tmp_path: Path) -> None:
    needs = {"a": ["c"], "b": ["a"], "c": ["b", "d"], "d": [], "e": ["c"]}
    files = {f"{name}/package.json": named(name, *needed) for name, needed in needs.items()}
    monorepo = mapped(tmp_path, files)
    assert monorepo.cycles == (("a", "b", "c"),)
    assert [one.name for one in monorepo.ordered] == [".", "d", "a", "b", "c", "e"]


def test_in_a_cycle_of_tests_what_runs_with_others_comes_behind_them(tmp_path: Path) -> None:
    files = {
        "core/package.json": named("core", "types", devDependencies={"runner": "*"}),
        "runner/package.json": named("runner", "core"),
        "types/package.json": named("types", devDependencies={"runner": "*"}),
    }
    monorepo = mapped(tmp_path, files)
    assert monorepo.cycles == (("core", "runner", "types"),)
    assert [one.name for one in monorepo.ordered] == [".", "types", "core", "runner"]


def test_a_chain_of_packages_may_be_long() -> None:
    needs = {f"{at:05}": [f"{at + 1:05}"] for at in range(5_000)}
    needs["05000"] = []
    assert [group[0] for group in in_order(needs)] == sorted(needs, reverse=True)


NEEDS = st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"))).map(
    lambda needs: {key: [one for one in needed if one in needs] for key, needed in needs.items()}
)


@settings(deadline=None)
@given(NEEDS, st.randoms(use_true_random=False))
def test_nothing_comes_before_what_it_needs(needs: dict[str, list[str]], random: Any) -> None:
    groups = list(in_order(needs))
    places = {key: at for at, group in enumerate(groups) for key in group}
    assert places.keys() == needs.keys()
    assert all(places[one] <= places[key] for key, needed in needs.items() for one in needed)

    def reach(key: str) -> set[str]:
        seen: set[str] = set()
        pending = list(needs[key])
        while pending:
            if (one := pending.pop()) not in seen:
                seen.add(one)
                pending += needs[one]
        return seen

    for group in groups:
        assert len(group) == 1 or all(set(group) <= reach(key) for key in group)
    shuffled = list(needs.items())
    random.shuffle(shuffled)
    assert list(in_order({key: needed[::-1] for key, needed in shuffled})) == groups


def test_owners_of_packages(tmp_path: Path) -> None:
    files = {
        "CODEOWNERS": "* @all\n/apps/a/ @a\n*.json @json\n/apps/b @b\n",
        **{f"apps/{name}/package.json": named(name) for name in "abc"},
    }
    owners = {one.name: one.owners for one in mapped(tmp_path, files).packages}
    assert owners == {".": ("@all",), "a": ("@a",), "b": ("@b",), "c": ("@all",)}


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


def test_what_git_ignores_is_not_on_the_map(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            ".gitignore": "build/\nnode_modules\n",
            ".github/CODEOWNERS": "/sub/b/ @b\n",
            "sub/a/package.json": named("a"),
            "sub/gone/package.json": named("gone"),
            "sub/b/node_modules/c/package.json": named("c"),
            "build/d/package.json": named("d"),
        },
    )
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    plant(tmp_path, {"sub/b/package.json": named("b")})  # not tracked yet
    (tmp_path / "sub/gone/package.json").unlink()

    assert set(shape(monorepo_of(str(tmp_path)))) == {"", "sub/a", "sub/b"}
    below = monorepo_of(str(tmp_path / "sub"))
    assert {one.folder: one.owners for one in below.packages} == {"": (), "a": (), "b": ("@b",)}
    assert below.owners.of("b/x.js") == ("@b",)
    assert set(shape(monorepo_of(str(tmp_path / "build")))) == {"", "d"}


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("packages/*", "packages/a packages/a.b", "packages packages/a/b packages/.x"),
        ("packages/**", "packages packages/a packages/a/b/c", "packager packages/.x/y"),
        ("**", "a a/b", ".a a/.b"),
        ("libs/{a,b}/*", "libs/a/x libs/b/y", "libs/c/x"),
        ("libs/!(old)", "libs/new libs/older", "libs/old libs/a/b"),
        ("libs/@(a|b*)", "libs/a libs/bc", "libs/ac"),
        ("a?/[xy]z", "ab/xz", "a/xz ab/zz"),
        ("a/**/b", "a/b a/x/y/b", "ab"),
        ("{a", "{a", "a"),
        ("a,b", "a,b", "a"),
    ],
)
def test_patterns_of_folders(pattern: str, fitting: str, others: str) -> None:
    fits = exactly(pattern)
    assert all(map(fits, fitting.split()))
    assert not any(map(fits, others.split()))


@pytest.mark.parametrize(
    ("manager", "patterns", "folder", "fits"),
    [
        ("npm", ["a/**", "!a/b/**", "a/b/c"], "a/b/c", True),
        ("pnpm", ["a/**", "!a/b/**", "a/b/c"], "a/b/c", False),
        ("npm", ["!a/x", "a/x"], "a/x", True),
        ("npm", ["./a/x/"], "a/x", True),
        ("npm", ["!!a/x"], "a/x", True),
        ("npm", ["a/*"], "b/x", None),
        ("npm", ["**"], "a/node_modules/b", None),
    ],
)
def test_patterns_of_a_workspace(
    manager: str, patterns: list[str], folder: str, fits: bool | None
) -> None:
    workspace = Workspace(manager, patterns)
    assert workspace.fits(folder) is fits
    if fits:
        parts = folder.split("/")
        assert all(workspace.reaches("/".join(parts[: at + 1])) for at in range(len(parts)))


@pytest.mark.parametrize(
    ("folder", "reached"),
    [("packages", True), ("packages/a", True), ("packages/a/src", False), ("src", False)],
)
def test_a_walk_need_not_go_where_no_member_is(folder: str, reached: bool) -> None:
    assert Workspace("npm", ["packages/*", "apps/one"]).reaches(folder) is reached


@pytest.mark.parametrize(
    "text",
    [
        "packages:\n  - 'a/*'\n  - \"b\" # two\n  - c\nother:\n  - d\n",
        "other: 1\npackages:\n- a/*\n- b\n# between\n- c\nlast:\n- d\n",
        "packages: ['a/*', b, \"c\"]\n",
        "packages: [\n  'a/*', # one\n  b,\n  c\n]\nother: [d]\n",
        "'packages':\r\n  - a/*\r\n  - b\r\n  - c\r\n",
    ],
)
def test_lists_in_yaml(text: str) -> None:
    assert listed(text, "packages") == ["a/*", "b", "c"]
