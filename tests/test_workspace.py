"""Files are found as the rules say, read as they are, and written whole or not at all."""

import errno
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from unleak.workspace import listing
from unleak.workspace.find import find_files, is_generated
from unleak.workspace.globs import matcher
from unleak.workspace.manifests import targets
from unleak.workspace.problem import Problem
from unleak.workspace.read import Contents, read_file
from unleak.workspace.semver import node_floor
from unleak.workspace.write import Written, write_file

HIT = b"a.pipe(b)\n"
NEEDLES = [b".pipe(", b".once("]
SUFFIXES = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx")


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_git_settings(monkeypatch)


def forget_git_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees this machine's git configuration."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    settings = {
        "user.name": "x",
        "user.email": "x@example.org",
        "protocol.file.allow": "always",
        "init.defaultBranch": "main",
        "core.excludesFile": os.devnull,
    }
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for index, (name, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{index}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{index}", value)


def git(folder: Path, *args: str, stdin: bytes | None = None, check: bool = True) -> bytes:
    return subprocess.run(
        ["git", *args], cwd=folder, input=stdin, check=check, capture_output=True
    ).stdout


def put(root: Path, *names: str, data: bytes = HIT) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def commit(folder: Path, *forced: str) -> None:
    git(folder, "add", "-A")
    if forced:
        git(folder, "add", "-f", *forced)
    git(folder, "commit", "-qm", "all")


# The slow way to say which files are wanted: walk, and ask git about each of them.


def reference(root: Path, *, rules: bool = True) -> set[Path]:
    if not rules:
        return {path for path in sources(root) if wanted(path, rules=False)}
    return {path for path in listed(root) if wanted(path, rules=True, below=root)}


def sources(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or entry.name == ".git":
            continue
        if entry.is_dir():
            yield from sources(entry)
        elif entry.is_file() and entry.suffix.lower() in SUFFIXES:
            yield entry


def listed(root: Path) -> Iterator[Path]:
    """Files under `root` that are tracked or not ignored, and those of repositories within."""
    inner = [path.parent for path in root.rglob(".git") if path.parent != root]
    inner = [
        path for path in inner if not any(other in path.parents for other in inner) and path != root
    ]
    own = [path for path in sources(root) if not any(other in path.parents for other in inner)]
    loose = not (root / ".git").exists()
    if loose:
        shadow = root.parent / f"{root.name}-shadow.git"
        git(root.parent, "init", "-q", "--bare", str(shadow))
        ask = ["--git-dir", str(shadow), "--work-tree", str(root)]
    else:
        ask = []
    tracked = set(git(root, *ask, "ls-files", "-z").split(b"\0"))
    asked = b"".join(os.fsencode(path.relative_to(root)) + b"\0" for path in (*own, *inner))
    verdicts = git(
        root, *ask, "check-ignore", "--no-index", "-z", "--stdin", stdin=asked, check=False
    )
    ignored = set(verdicts.split(b"\0")) - tracked
    for path in own:
        if os.fsencode(path.relative_to(root)) not in ignored:
            yield path
    for path in inner:
        if loose or os.fsencode(path.relative_to(root)) not in ignored:
            yield from listed(path)


def wanted(path: Path, *, rules: bool, below: Path = Path()) -> bool:
    data = path.read_bytes()
    if not any(needle in data for needle in NEEDLES):
        return False
    if not rules:
        return True
    name = path.name.lower()
    declared = name.endswith((".min.js", ".min.mjs", ".min.cjs", ".d.ts", ".d.mts", ".d.cts"))
    vendored = "node_modules" in path.relative_to(below).parts
    return not declared and not vendored and b"@generated" not in data


def find(*paths: Path, no_exclude: bool = False) -> set[Path]:
    found = find_files(paths, needles=NEEDLES, no_exclude=no_exclude).files
    assert len(found) == len(set(found))
    assert found == sorted(found, key=os.fsencode)
    return set(found)


NEW_LINE = "new\nline.ts"
LATIN_1 = os.fsdecode(b"latin-\xfc.js")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A work tree with all that is known to be odd. No test changes it."""
    patcher = pytest.MonkeyPatch()
    forget_git_settings(patcher)
    base = tmp_path_factory.mktemp("trees")
    other = base / "other"
    put(other, "lib.js", "deep/inner.ts", "ignored.js")
    put(other, ".gitignore", data=b"ignored.js\n")
    git(base, "init", "-q", "other")
    commit(other)

    top = base / "top"
    put(top, "a.js", "b.mjs", "c.cjs", "d.jsx", "e.ts", "f.mts", "g.cts", "h.tsx", "UPPER.JS")
    put(top, "none.js", data=b"nothing here\n")
    put(top, "readme.md", "script", ".js", "sub/.js")
    put(top, "sub/one.js", "sub/deeper/two.ts", "sub/three.js", "folder.js/in.js")
    put(top, "with blank.js", "\u00fcml\u00e4ut.js", "\u65e5\u672c/\u8a9e.js", NEW_LINE, LATIN_1)
    put(top, "-dash.js", ":colon.js", "'quote\"s.js", "[glob]*.js")
    put(top, "lib.min.js", "lib.min.mjs", "types.d.ts", "types.d.mts", "sub/x.d.cts", "min.js")
    put(top, "made.js", data=b"// @generated by x\n" + HIT)
    put(top, "talk.js", data=HIT + b"\n" * 2000 + b"// see @notgenerated\n")
    put(top, ".gitignore", data=b"dist/\n*.log.js\n!keep.log.js\nforced.js\nignored-repo/\n")
    put(top, "sub/.gitignore", data=b"*.gen.js\n!very.gen.js\n/three.js\n")
    put(top, "dist/x.js", "sub/dist/y.js", "z.log.js", "keep.log.js", "forced.js")
    put(top, "sub/no.gen.js", "sub/very.gen.js", "sub/deeper/no.gen.js", "sub/deeper/three.js")
    put(top, "node_modules/p/tracked.js", "sub/node_modules/p/i.js")
    put(top, "deleted.js", "replaced.js", "moved/m.js", "assumed.js", "skipped.js", "gone-skip.js")
    put(top, "assumed-hit.js", data=b"nothing here\n")
    git(base, "init", "-q", "top")
    git(top, "submodule", "--quiet", "add", str(other), "module")
    git(top, "submodule", "--quiet", "add", str(other), "sub/empty")
    commit(top, "forced.js", "node_modules/p/tracked.js")
    git(top, "submodule", "--quiet", "deinit", "-f", "sub/empty")

    put(top, "assumed.js", data=b"no longer\n")
    put(top, "assumed-hit.js")
    git(top, "update-index", "--assume-unchanged", "assumed.js", "assumed-hit.js")
    git(top, "update-index", "--skip-worktree", "skipped.js", "gone-skip.js")
    (top / "gone-skip.js").unlink()
    (top / "deleted.js").unlink()
    (top / "replaced.js").unlink()
    (top / "replaced.js").symlink_to("a.js")
    shutil.move(top / "moved", base / "elsewhere")
    (top / "moved").symlink_to("../elsewhere")
    (top / "link.js").symlink_to("a.js")
    (top / "dangling.js").symlink_to("nowhere.js")
    (top / "loop").symlink_to(".")
    (top / "sub" / "up").symlink_to("..")
    os.mkfifo(top / "pipe.js")

    put(top, "new.js", "sub/new.ts", "fresh/folder/new.js", "fresh/node_modules/q/i.js")
    put(top, "fresh/UP.TS", "fresh/" + LATIN_1, "fresh/" + NEW_LINE, "fresh/x.log.js")
    put(top, "fresh/nothing.js", data=b"nothing\n")
    (top / "fresh" / "link.js").symlink_to("folder/new.js")
    for nested in ("nested", "fresh/nested", "ignored-repo"):
        put(top, f"{nested}/n.js", f"{nested}/own.js", f"{nested}/kept.js", f"{nested}/u/v.ts")
        put(top, f"{nested}/.gitignore", data=b"own.js\nkept.js\n")
        git(top / nested, "init", "-q")
        commit(top / nested, "kept.js")
        put(top, f"{nested}/later.js")
    put(top, "nested/within/w.js")
    git(top / "nested" / "within", "init", "-q")
    commit(top / "nested" / "within")
    yield top
    patcher.undo()


def test_a_work_tree(tree: Path) -> None:
    found = find(tree)
    assert found == reference(tree)
    names = {str(path.relative_to(tree)) for path in found}
    assert {"UPPER.JS", NEW_LINE, LATIN_1, "forced.js", "keep.log.js", "nested/kept.js"} <= names
    assert {"module/lib.js", "nested/within/w.js", "skipped.js", "assumed-hit.js"} <= names
    refused = {"dist/x.js", "moved/m.js", "assumed.js", "replaced.js", "made.js", "lib.min.js"}
    assert not names & {*refused, "ignored-repo/n.js", "node_modules/p/tracked.js"}


def test_everything_on_disk(tree: Path) -> None:
    found = find(tree, no_exclude=True)
    assert found == reference(tree, rules=False)
    assert found > find(tree)


def test_many_untracked_files_are_found_as_few_are(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MANY_UNTRACKED", 2)
    assert find(tree) == reference(tree)


def test_a_folder_of_a_work_tree(tree: Path) -> None:
    assert find(tree / "sub") == {path for path in reference(tree) if tree / "sub" in path.parents}


def test_several_folders(tree: Path) -> None:
    folders = [tree / "sub" / "deeper", tree / "fresh", tree / "nested"]
    expected = {path for path in reference(tree) if set(folders) & set(path.parents)}
    assert find(*folders) == expected
    assert find(tree, *folders) == reference(tree)


def test_a_named_folder_is_searched_where_it_is_ignored(tree: Path) -> None:
    assert find(tree / "dist") == {tree / "dist" / "x.js"}
    assert find(tree / "sub" / "node_modules") == {tree / "sub/node_modules/p/i.js"}
    assert find(tree / "fresh" / "node_modules") == {tree / "fresh/node_modules/q/i.js"}
    assert find(tree / "node_modules" / "p") == {tree / "node_modules/p/tracked.js"}
    assert find(tree, tree / "dist") == reference(tree) | {tree / "dist" / "x.js"}


def test_a_named_file_is_taken_whatever_it_is(tree: Path) -> None:
    names = ["dist/x.js", "made.js", "lib.min.js", "types.d.ts", "none.js", "link.js"]
    assert find(*(tree / name for name in names)) == {tree / name for name in names}
    # One text, one file, also where it is named by two names.
    assert tree / "a.js" not in find(tree / "link.js", tree)
    assert find(tree, tree / "sub" / "one.js") == reference(tree)


def test_what_is_named_may_be_left_out_all_the_same(tree: Path) -> None:
    every = [path for path in tree.rglob("*.[jt]s") if path.is_file() and not path.is_symlink()]
    expected = reference(tree)
    taken = find_files([*every, tree / "sub"], needles=NEEDLES, force_exclude=True).files
    assert set(taken) == {path for path in every if path in expected} | find(tree / "sub")
    assert len(taken) < len(every)
    assert find_files([tree / "a.js"], needles=NEEDLES, force_exclude=True).files == [tree / "a.js"]


def test_paths_are_spelled_as_they_were_given(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "sub")
    assert find(Path("deeper")) == {Path("deeper/two.ts"), Path("deeper/three.js")}
    assert find(Path()) == {path.relative_to(tree / "sub") for path in find(tree / "sub")}
    assert Path("../nested/n.js") in find(Path(".."))
    assert find(tree / "loop" / "sub") == {
        tree / "loop" / path.relative_to(tree) for path in find(tree / "sub")
    }


def test_what_cannot_be_looked_at_is_told(tree: Path) -> None:
    names = ["nowhere.js", "a.js/b.js", "dangling.js", "readme.md", "script", "pipe.js"]
    found = find_files([tree / name for name in names], needles=NEEDLES)
    assert found.files == []
    assert {str(one.path.relative_to(tree)): one.code for one in found.problems} == {
        "nowhere.js": "missing",
        "a.js/b.js": "missing",
        "dangling.js": "missing",
        "readme.md": "unknown-suffix",
        "script": "unknown-suffix",
        "pipe.js": "not-a-file",
    }


def test_generated_files_are_told(tree: Path) -> None:
    found = find_files([tree], needles=NEEDLES)
    assert [(one.path, one.code) for one in found.problems] == [(tree / "made.js", "generated")]


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A folder outside of any work tree, with ignore files and two repositories in it."""
    top = tmp_path / "plain"
    put(top, "a.js", "dist/x.js", "sub/dist/y.js", "z.log.js", "keep.log.js", "UP.TS", LATIN_1)
    put(top, ".gitignore", data=b"dist/\n*.log.js\n!keep.log.js\n")
    put(top, "sub/b.ts", "sub/no.gen.js", "sub/yes.gen.js", "node_modules/p/i.js", NEW_LINE)
    put(top, "sub/.gitignore", data=b"*.gen.js\n!yes.gen.js\n")
    put(top, "types.d.ts", "sub/lib.min.js")
    put(top, "made.js", data=b"/* @generated */" + HIT)
    (top / "loop").symlink_to(".")
    (top / "link.js").symlink_to("a.js")
    for nested in ("repo", "sub/repo"):
        put(top, f"{nested}/n.js", f"{nested}/own.js", f"{nested}/kept.js")
        put(top, f"{nested}/.gitignore", data=b"own.js\nkept.js\n")
        git(top / nested, "init", "-q")
        commit(top / nested, "kept.js")
        put(top, f"{nested}/later.js", f"{nested}/private.js")
        put(top, f"{nested}/.git/info/exclude", data=b"private.js\n")
    return top


def test_outside_of_git(plain: Path) -> None:
    assert find(plain) == reference(plain)
    assert find(plain, no_exclude=True) == reference(plain, rules=False)
    assert plain / "sub/repo/kept.js" in find(plain)


def test_without_any_git_all_but_the_defaults_is_taken(
    plain: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for top in (plain, tree):
        expected = {path for path in sources(top) if wanted(path, rules=True, below=top)}
        assert find(top) == expected
        assert find(top, no_exclude=True) == reference(top, rules=False)


def test_settings_and_hook_variables_do_not_matter(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = tmp_path / "witness"
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ntouch '{witness}'\n")
    hook.chmod(0o755)
    settings = {
        "grep.fullName": "true",
        "color.grep": "always",
        "grep.patternType": "perl",
        "submodule.recurse": "true",
        "core.fsmonitor": str(hook),
        "core.pager": str(hook),
    }
    already = int(os.environ["GIT_CONFIG_COUNT"])
    for index, (name, value) in enumerate(settings.items(), already):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{index}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{index}", value)
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(already + len(settings)))
    expected = {path for path in reference(tree) if tree / "sub" in path.parents}
    witness.unlink(missing_ok=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    assert find(tree / "sub") == expected
    assert not witness.exists()


def test_a_work_tree_of_another_user_is_told_and_searched(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    found = find_files([tree / "sub"], needles=NEEDLES)
    names = ["deeper/three.js", "deeper/two.ts", "new.ts", "one.js", "very.gen.js"]
    assert found.files == [tree / "sub" / name for name in names]
    assert [(one.path, one.code) for one in found.problems] == [(tree / "sub", "git-failed")]
    assert "dubious ownership" in found.problems[0].message


def test_what_git_cannot_read_is_told(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("git")
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(
        f"""#!/bin/sh
case "$*" in
*"ls-files -o"*) echo "warning: could not open directory 'locked/': Permission denied" >&2 ;;
*grep*) echo "error: failed to stat 'it''s.js': Permission denied" >&2 ;;
esac
exec '{real}' "$@"
"""
    )
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    found = find_files([tree], needles=NEEDLES)
    assert set(found.files) == reference(tree)
    assert {
        Problem(tree / "it''s.js", "unreadable", "permission denied"),
        Problem(tree / "locked", "unreadable", "permission denied"),
        Problem(tree / "nested" / "locked", "unreadable", "permission denied"),
    } < set(found.problems)


def test_a_folder_that_cannot_be_listed_is_told(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def guarded(path: str) -> "os._ScandirIterator[str]":
        if str(path).endswith("/sub"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_files([plain], needles=NEEDLES)
    told = [one for one in found.problems if one.code == "unreadable"]
    assert told == [Problem(plain / "sub", "unreadable", "permission denied")]
    assert plain / "a.js" in found.files


def test_an_index_that_is_damaged_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.js", "b/c.js")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    (tmp_path / ".git" / "index").write_bytes(b"damaged")
    found = find_files([tmp_path], needles=NEEDLES)
    assert found.files == [tmp_path / "a.js", tmp_path / "b/c.js"]
    assert [one.code for one in found.problems] == ["git-failed"]


def test_excluded_by_pattern(tree: Path) -> None:
    def left(*patterns: str) -> set[str]:
        found = find_files(
            [tree / "sub", tree / "sub/one.js"], needles=NEEDLES, exclude=patterns, anchor=tree
        )
        return {str(path.relative_to(tree)) for path in found.files}

    assert left("deeper") == {"sub/one.js", "sub/new.ts", "sub/very.gen.js"}
    assert left("sub/*.ts", "*.gen.js") == {
        "sub/one.js",
        "sub/deeper/two.ts",
        "sub/deeper/three.js",
    }
    assert left("*") == {"sub/one.js"}


def test_needles_are_bytes_of_one_line() -> None:
    for needles in ([], [b""], [b"a\nb"], [b"a\0b"]):
        with pytest.raises(ValueError, match="needles"):
            find_files([Path()], needles=needles)


@pytest.mark.parametrize(
    ("text", "generated"),
    [
        (b"// @generated SignedSource<<x>>", True),
        (b"/** <auto-generated> */", True),
        (b"// Code generated by protoc-gen-ts. DO NOT EDIT.", True),
        (b"// Code generated by hand\n// DO NOT EDIT", False),
        (b"// not-@generated, @generated-files, x@generated", False),
        (b"//# sourceMappingURL=x.js.map", False),
        (b"\n" * 1024 + b"// @generated", False),
    ],
)
def test_generated_markers(text: bytes, generated: bool) -> None:
    assert is_generated(text) is generated


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("gen", "gen a/gen gen/b.js a/gen/b.js", "gen.js agen/b.js a/gens"),
        ("*.gen.ts", "a.gen.ts x/a.gen.ts", "a.gen.tsx gen.ts"),
        ("src/gen", "src/gen src/gen/a/b.js", "a/src/gen src/gene"),
        ("/src", "src src/a.js", "a/src"),
        ("./src/", "src src/a.js a/src", "srcs"),
        ("packages/*/dist", "packages/a/dist/x.js", "packages/dist packages/a/b/dist"),
        ("packages/**/dist", "packages/dist packages/a/b/dist/x.js", "packages/adist"),
        ("**/x.js", "x.js a/b/x.js", "ax.js x.jsx"),
        ("a/**", "a/b a/b/c.js", "a b/a/c"),
        ("a?.[jt]s", "ab.js x/ab.ts", "a.js abc.js a/.js"),
        ("a[!b].js", "ac.js", "ab.js a/.js"),
        ("a+(b).js", "a+(b).js", "aab.js"),
        ("[glob", "[glob", "g"),
    ],
)
def test_patterns(pattern: str, yes: str, no: str) -> None:
    fits = matcher([pattern])
    assert [path for path in yes.split() if not fits(path)] == []
    assert [path for path in no.split() if fits(path)] == []
    assert not matcher([])(yes)


# Manifests.


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        (">=18", 18),
        (">= 14.17 <19", 14),
        ("^16 || ^18", 16),
        ("^18.12.0 || >=16.14", 16),
        ("18.x", 18),
        ("18.*", 18),
        ("v20.1", 20),
        ("20", 20),
        ("=20.1.0", 20),
        ("~14.17.0", 14),
        ("14 - 18", 14),
        ("14.1.0 - 18.2", 14),
        (">18", 19),
        (">18.x", 19),
        (">18.2", 18),
        (">=0.10", 0),
        (">=14, <19", 14),
        (">=18.0.0-0", 18),
        (">= v16.0.0 ", 16),
        (">=14 >=16", 16),
        ("lts/hydrogen", 18),
        ("lts/Iron", 20),
        ("lts/*", None),
        ("lts/-1", None),
        ("node", None),
        ("latest", None),
        ("*", None),
        ("x", None),
        ("", None),
        ("<19", None),
        ("<=18 || >=20", None),
        (">=16 || *", None),
        ("14+", None),
        ("^16 | ^18", None),
        ("018", None),
        ("iojs-3", None),
        ("\u0661\u0668", None),
    ],
)
def test_the_lowest_major_of_a_range(text: str, floor: int | None) -> None:
    assert node_floor(text) == floor


def test_the_nearest_word_counts(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(
        root,
        "package.json",
        data=b'{"type": "module", "engines": {"node": ">=16"}, '
        b'"dependencies": {"rxjs": "^6", "zod": "3"}, "devDependencies": {"gulp": "4"}}',
    )
    put(
        root,
        "packages/a/package.json",
        data=b'{"engines": {"npm": "8"}, '
        b'"peerDependencies": {"rxjs": ">=7", "zod": "4"}, '
        b'"devDependencies": {"rxjs": "7.8"}, "dependencies": {"zod": "4.1"}}',
    )
    put(
        root,
        "packages/b/package.json",
        data=b'\xef\xbb\xbf{"type": "module", "volta": {"node": "20.1.0"}}',
    )
    put(root, "packages/b/.nvmrc", data=b"22\n")
    put(root, "packages/c/.nvmrc", data=b"\n# why\n v22.1 # now\r\n")
    put(root, "packages/d/.node-version", data=b"lts/*\n")
    put(tmp_path, "package.json", data=b'{"dependencies": {"outside": "1"}}')
    files = {name: root / f"packages/{name}/src/x.js" for name in "abcd"}
    for file in files.values():
        put(file.parent, file.name)
    found = targets(files.values(), root=root)
    assert found.problems == []
    floors = {name: found.by_path[file].node_floor for name, file in files.items()}
    assert floors == {"a": 16, "b": 20, "c": 22, "d": 16}
    esm = {name: found.by_path[file].esm for name, file in files.items()}
    assert esm == {"a": False, "b": True, "c": True, "d": True}
    assert found.by_path[files["a"]].dependencies == {"rxjs": ">=7", "zod": "4.1", "gulp": "4"}
    assert found.by_path[files["b"]].dependencies == {"rxjs": "^6", "zod": "3", "gulp": "4"}
    forced = targets(files.values(), root=root, node=">=24").by_path
    assert {target.node_floor for target in forced.values()} == {24}
    assert forced[files["b"]].esm


@pytest.mark.parametrize(
    ("manifest", "problems"),
    [
        (b"{", ["bad-manifest"]),
        (b"[]", ["bad-manifest"]),
        (b"\xff", ["bad-manifest"]),
        (b"[" * 100_000, ["bad-manifest"]),
        (b'{"engines": ["node >= 0.6"], "dependencies": null, "type": 3, "volta": "x"}', []),
        (b'{"engines": {"node": 18}, "dependencies": {"a": {}}}', []),
    ],
    ids=["broken", "a list", "not text", "deep", "odd kinds", "odd values"],
)
def test_odd_manifests(tmp_path: Path, manifest: bytes, problems: list[str]) -> None:
    put(tmp_path, "package.json", data=manifest)
    put(tmp_path, "x.js", "sub/y.js")
    found = targets([tmp_path / "x.js", tmp_path / "sub" / "y.js"], root=tmp_path)
    assert [one.code for one in found.problems] == problems
    for target in found.by_path.values():
        assert (target.node_floor, target.esm, dict(target.dependencies)) == (None, False, {})


def test_manifests_count_from_the_work_tree_or_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, ".nvmrc", "in/.nvmrc", data=b"16")
    put(tmp_path, "in/work/x.js", "tree/deep/x.js", "here/x.js", "here/y/x.js")
    put(tmp_path, "in/work/.nvmrc", data=b"lts/*")
    put(tmp_path, "here/.nvmrc", data=b"18")
    git(tmp_path, "init", "-q", "tree")
    monkeypatch.chdir(tmp_path / "here")

    def floor(name: str) -> int | None:
        path = tmp_path / name
        return targets([path]).by_path[path].node_floor

    assert floor("tree/deep/x.js") is None
    assert floor("here/y/x.js") == 18
    assert floor("in/work/x.js") is None
    assert targets([Path("y/x.js")]).by_path[Path("y/x.js")].node_floor == 18


# Reading and writing.


def test_reading(tmp_path: Path) -> None:
    put(tmp_path, "a.js")
    (tmp_path / "link.js").symlink_to("a.js")
    os.mkfifo(tmp_path / "pipe.js")
    read = read_file(tmp_path / "link.js")
    assert isinstance(read, Contents)
    status = (tmp_path / "a.js").stat()
    assert (read.data, read.sha256) == (HIT, hashlib.sha256(HIT).hexdigest())
    assert (read.stamp.ino, read.stamp.size) == (status.st_ino, len(HIT))

    def code(name: str) -> str:
        problem = read_file(tmp_path / name)
        assert isinstance(problem, Problem)
        return problem.code

    assert code("nowhere.js") == "vanished"
    assert code("a.js/b.js") == "vanished"
    assert code(".") == "is-directory"
    assert code("pipe.js") == "not-a-file"


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.js")
    monkeypatch.setattr(os, "open", failing(errno.EACCES))
    assert read_file(tmp_path / "a.js") == Problem(
        tmp_path / "a.js", "unreadable", "permission denied"
    )


def failing(number: int) -> Callable[..., int]:
    def fail(*args: object, **kwargs: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


OLD, NEW = b"old\r\n", b"new text\r\n"
OLD_HASH = hashlib.sha256(OLD).hexdigest()


def write(path: Path, root: Path) -> Written | Problem:
    return write_file(path, NEW, expect_sha256=OLD_HASH, root=root)


def code_of(result: Written | Problem) -> str:
    assert isinstance(result, Problem)
    return result.code


def names(folder: Path) -> Iterable[str]:
    return sorted(os.listdir(folder))


def test_writing_keeps_mode_and_owner(tmp_path: Path) -> None:
    path = tmp_path / "a.js"
    path.write_bytes(OLD)
    path.chmod(0o6754)
    before = path.stat()
    assert write(path, tmp_path) == Written(path)
    after = path.stat()
    assert path.read_bytes() == NEW
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert names(tmp_path) == ["a.js"]


def test_writing_through_links(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "real.js", data=OLD)
    put(outside, "x.js", data=OLD)
    (root / "link.js").symlink_to("real.js")
    (root / "away.js").symlink_to("../outside/x.js")
    (root / "folder").symlink_to("../outside")
    assert write(root / "link.js", root) == Written(root / "link.js")
    assert (root / "link.js").is_symlink()
    assert (root / "real.js").read_bytes() == NEW
    for name in ("away.js", "folder/x.js", "../outside/x.js"):
        assert code_of(write(root / name, root)) == "outside-root"
    assert (outside / "x.js").read_bytes() == OLD


def test_hard_links_are_told(tmp_path: Path) -> None:
    put(tmp_path, "a.js", data=OLD)
    os.link(tmp_path / "a.js", tmp_path / "b.js")
    result = write(tmp_path / "a.js", tmp_path)
    assert result == Written(tmp_path / "a.js", ("1 other hard link keeps the old text",))
    assert (tmp_path / "b.js").read_bytes() == OLD


def test_writing_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "changed.js", data=b"other")
    put(tmp_path, "locked.js", data=OLD)
    (tmp_path / "locked.js").chmod(0o444)
    assert code_of(write(tmp_path / "changed.js", tmp_path)) == "changed"
    assert code_of(write(tmp_path / "locked.js", tmp_path)) == "read-only"
    assert code_of(write(tmp_path / "gone.js", tmp_path)) == "vanished"
    assert code_of(write(tmp_path, tmp_path)) == "is-directory"
    assert (tmp_path / "changed.js").read_bytes() == b"other"
    assert (tmp_path / "locked.js").read_bytes() == OLD


def untouched(path: Path) -> tuple[int, ...]:
    """What only a write changes: reading a file moves its access time, if the system keeps one."""
    stat = path.stat()
    return (
        stat.st_ino,
        stat.st_mode,
        stat.st_nlink,
        stat.st_size,
        stat.st_mtime_ns,
        stat.st_ctime_ns,
    )


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "fchmod", "close"])
@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk-full"), (errno.EROFS, "read-only"), (errno.EIO, "unwritable")],
)
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, code: str
) -> None:
    put(tmp_path, "a.js", data=OLD)
    before = untouched(tmp_path / "a.js")
    if call == "close":
        close = os.close

        def last(descriptor: int) -> None:
            written = os.fstat(descriptor).st_size == len(NEW)
            close(descriptor)
            if written:
                raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "close", last)
    else:
        monkeypatch.setattr(os, call, failing(number))
    result = write(tmp_path / "a.js", tmp_path)
    monkeypatch.undo()
    assert code_of(result) == code
    assert (tmp_path / "a.js").read_bytes() == OLD
    assert untouched(tmp_path / "a.js") == before
    assert names(tmp_path) == ["a.js"]


def test_an_interrupt_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.js", data=OLD)

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a.js", tmp_path)
    assert (tmp_path / "a.js").read_bytes() == OLD
    assert names(tmp_path) == ["a.js"]


def test_a_folder_that_takes_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.js", data=OLD)
    open_ = os.open

    def guarded(path: str, flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "Permission denied")
        return open_(path, flags, *rest)

    monkeypatch.setattr(os, "open", guarded)
    assert code_of(write(tmp_path / "a.js", tmp_path)) == "read-only"
    assert (tmp_path / "a.js").read_bytes() == OLD


def test_a_file_of_another_owner_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.js", data=OLD)
    fstat = os.fstat

    def foreign(descriptor: int) -> os.stat_result:
        status = list(fstat(descriptor))
        status[4] += 1
        return os.stat_result(status)

    monkeypatch.setattr(os, "fstat", foreign)
    monkeypatch.setattr(os, "fchown", failing(errno.EPERM))
    result = write(tmp_path / "a.js", tmp_path)
    monkeypatch.undo()
    assert code_of(result) == "owner"
    assert names(tmp_path) == ["a.js"]


def test_an_editor_that_is_faster_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.js"
    put(tmp_path, "a.js", data=OLD)
    fsync = os.fsync

    def edit(descriptor: int) -> None:
        path.write_bytes(b"edited meanwhile")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", edit)
    assert code_of(write(path, tmp_path)) == "changed"
    assert path.read_bytes() == b"edited meanwhile"
    assert names(tmp_path) == ["a.js"]


def test_a_folder_that_cannot_be_synced_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.js", data=OLD)
    fsync, synced = os.fsync, []

    def only_files(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > 1:
            raise OSError(errno.EIO, "I/O error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    result = write(tmp_path / "a.js", tmp_path)
    assert isinstance(result, Written)
    assert "could not be synced" in result.notes[0]
    assert (tmp_path / "a.js").read_bytes() == NEW
