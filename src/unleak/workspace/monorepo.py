"""The map of a monorepo: its packages, who owns them, and which comes before which.

A package is what a workspace says is one (`members`), what Nx calls a project, and beside these
every folder with a package.json that is more than a mark for Node. What lies in the tests or in
the fixtures of a package is part of it, whatever manifest it has.
"""

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from unleak.workspace import git
from unleak.workspace.folders import Folders, section
from unleak.workspace.members import NODE_MODULES, Workspace, manager_of, workspace_of
from unleak.workspace.order import in_order
from unleak.workspace.owners import Owners, owners_of
from unleak.workspace.places import top_of
from unleak.workspace.problem import Problem

_MANIFEST = "package.json"
_PROJECT = "project.json"
_OLD_NX = ("workspace.json", "angular.json")
_NX = ("nx.json", *_OLD_NX)
_ROOTS = frozenset({_MANIFEST, "pnpm-workspace.yaml", "lerna.json", "rush.json", *_NX})
_NAMES = (*sorted(_ROOTS), _PROJECT)

_TESTS = frozenset({"test", "tests", "__tests__", "fixtures", "__fixtures__", "testdata"})
_SAYS_MORE = ("name", "dependencies", "devDependencies", "scripts", "workspaces")
"""A package.json with none of these only says how Node reads the files beside it."""

_NEEDS = ("dependencies", "optionalDependencies")
_WANTS = ("devDependencies",)
"""Not the peers: a plug-in and its host name one another."""


class Package(NamedTuple):
    """A package of a monorepo.

    `name` is one that no other of its packages has: that of its manifest, or `folder` where that
    is none, or is taken. `folder` is relative to the root, with slashes, "" for the root itself.
    `manager` is who says that it is a package: "npm", "yarn", "pnpm", "bun", "lerna", "rush" or
    "nx". `depends` are the names of the packages of the monorepo that it depends on, sorted;
    `runs_with` those of them without which it does not run. `owners` are those of a file in it
    whose name nobody has said anything about.
    """

    name: str
    folder: str
    manager: str
    depends: tuple[str, ...]
    owners: tuple[str, ...]
    runs_with: tuple[str, ...] = ()


class Monorepo:
    """The packages below `root`. There is always one for the root, for what is in no other.

    Paths are relative to `root`, with slashes; those that `owners` are asked for are, too.
    """

    def __init__(
        self, root: str, packages: Iterable[Package], owners: Owners, problems: Iterable[Problem]
    ) -> None:
        self.root = root
        self.packages = tuple(sorted(packages, key=lambda package: package.folder))
        self.owners = owners
        self.problems = (*problems, *owners.problems)
        self._by_folder = {package.folder: package for package in self.packages}
        self._by_name = {package.name: package for package in self.packages}
        self._groups = tuple(in_order({one.name: one.depends for one in self.packages}))

    @property
    def ordered(self) -> tuple[Package, ...]:
        """The packages, each behind those that it depends on. In a cycle, which is mostly one of
        tests, behind those that it runs with; and where these go round as well, by name."""
        return tuple(self._by_name[name] for group in self._groups for name in self._within(group))

    def _within(self, group: tuple[str, ...]) -> Iterator[str]:
        if len(group) == 1:
            return iter(group)
        within = set(group)
        needs = {
            name: [one for one in self._by_name[name].runs_with if one in within] for name in group
        }
        return (name for part in in_order(needs) for name in part)

    @property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The names of packages that depend on one another, sorted, cycle by cycle."""
        return tuple(group for group in self._groups if len(group) > 1)

    def named(self, name: str) -> Package | None:
        return self._by_name.get(name)

    def package_of(self, path: str) -> Package:
        """The nearest package of the file at `path`. What lies in node_modules belongs to the
        package that has installed it."""
        return self._at(posixpath.dirname(path))

    def _at(self, folder: str) -> Package:
        found = self._by_folder.get(folder)
        if found is None:
            # Every folder is asked for once for each file in it.
            found = self._by_folder[folder] = self._at(posixpath.dirname(folder))
        return found


def monorepo_of(root: str, folders: Folders | None = None) -> Monorepo:
    """The map of the tree at `root`. `folders` may have been read from before.

    Problems: "bad-manifest", "unreadable", and those of the CODEOWNERS.
    """
    root = os.path.realpath(root)
    top = top_of(root) or root
    folders = folders or Folders()
    known = len(folders.problems)
    owners = owners_of(top)
    if root != top:
        owners = owners.below(os.path.relpath(root, top).replace(os.sep, "/"))
    packages = [
        # A file without a name: no pattern for some names fits it, any for the folder does.
        package._replace(owners=owners.of(posixpath.join(package.folder, "")))
        for package in _Survey(root, folders, _manifests(root)).packages()
    ]
    return Monorepo(root, packages, owners, folders.problems[known:])


class _Found(NamedTuple):
    """What is known of a package before the others are. `is_member` when somebody lists it,
    `called` is what others may call it. `asks` are the names and the folders (as `./folder`) that
    it wants of them, `needs` those of these without which it does not run."""

    folder: str
    manager: str
    is_member: bool
    called: tuple[str, ...] = ()
    asks: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


class _Survey:
    """Finds the packages. `files` are the names of the manifests, by folder, relative to root."""

    def __init__(self, root: str, folders: Folders, files: Mapping[str, set[str]]) -> None:
        self._root = root
        self._folders = folders
        self._files = files
        self._packages: dict[str, _Found] = {}
        self._workspaces: dict[str, Workspace] = {}
        self._nx = {folder for folder, names in files.items() if names.intersection(_NX)}
        self._projects = set(self._old_projects())

    def packages(self) -> Iterator[Package]:
        """The packages, without their owners."""
        for folder in sorted(self._projects.union(self._files)):
            found = self._found(folder)
            if found is not None:
                self._packages[folder] = self._looked_at(found)
        if "" not in self._packages:
            self._packages[""] = _Found("", manager_of(self._folders, self._root), False)
        # Where two have the same name, it is that of the one that is listed.
        found_all = sorted(self._packages.values(), key=lambda it: (not it.is_member, it.folder))
        names = _names(found_all)
        by_call = _by_call(found_all)

        def named(one: _Found, asked: Iterable[str]) -> tuple[str, ...]:
            folders = {by_call[name] for name in asked if name in by_call} - {one.folder}
            return tuple(sorted(names[folder] for folder in folders))

        for one in found_all:
            depends, needs = named(one, one.asks), named(one, one.needs)
            yield Package(names[one.folder], one.folder, one.manager, depends, (), needs)

    def _found(self, folder: str) -> _Found | None:
        """The package in `folder`, all those above being known; and note it when it is the root
        of a workspace."""
        manager = self._lister(folder)
        if manager is None and not self._is_free(folder):
            return None
        here = self._files.get(folder, set())
        if here & _ROOTS and (workspace := workspace_of(self._folders, self._full(folder))):
            self._workspaces[folder] = workspace
            manager = workspace.manager if _MANIFEST in here else manager
            return None if manager is None else _Found(folder, manager, is_member=bool(folder))
        if manager is not None:
            return _Found(folder, manager, is_member=True)
        if _MANIFEST in here and (not folder or self._says_more(folder)):
            return _Found(folder, manager_of(self._folders, self._full(folder)), is_member=False)
        return None

    def _lister(self, folder: str) -> str | None:
        """Who lists `folder` as a package: the manager of a workspace, or Nx."""
        here = self._files.get(folder, set())
        if _MANIFEST in here:
            for above, workspace in self._around(folder):
                if above != folder and workspace.fits(_inside(folder, above)):
                    # Patterns with two stars reach the marks for Node in a package as well.
                    mark = self._is_part(folder) and not self._says_more(folder)
                    return None if mark else workspace.manager
        if (folder in self._projects or _PROJECT in here) and not self._is_tested(folder):
            return "nx" if any(above in self._nx for above in _up(folder)) else None
        return None

    def _is_free(self, folder: str) -> bool:
        """Whether `folder` may be a package though nobody lists it: it is not a part of a listed
        one, nor of anyone's tests, and no workspace has put it out."""
        return not (
            self._is_part(folder)
            or self._is_tested(folder)
            or any(it.fits(_inside(folder, above)) is False for above, it in self._around(folder))
        )

    def _says_more(self, folder: str) -> bool:
        manifest = self._folders.package(self._full(folder)) or {}
        return any(manifest.get(key) for key in _SAYS_MORE)

    def _is_part(self, folder: str) -> bool:
        """Whether `folder` lies in a package that somebody lists."""
        around = self._nearest(folder)
        return around is not None and around.is_member

    def _is_tested(self, folder: str) -> bool:
        around = self._nearest(folder)
        inside = _inside(folder, around.folder if around is not None else "")
        return bool(_TESTS.intersection(inside.split("/")))

    def _nearest(self, folder: str) -> _Found | None:
        return next((self._packages[it] for it in _up(folder) if it in self._packages), None)

    def _around(self, folder: str) -> Iterator[tuple[str, Workspace]]:
        """The workspaces that `folder` lies in, by their roots, the nearest first."""
        for above in _up(folder):
            if (workspace := self._workspaces.get(above)) is not None:
                yield above, workspace

    def _old_projects(self) -> Iterator[str]:
        """The folders that a workspace.json of Nx, or an angular.json, lists."""
        for folder in sorted(self._nx):
            for name in sorted(self._files[folder].intersection(_OLD_NX)):
                projects = section(self._json(folder, name).get("projects"))
                for project in projects.values():
                    place = project if isinstance(project, str) else section(project).get("root")
                    inside = _joined(folder, place) if isinstance(place, str) else ".."
                    if not inside.startswith(("..", "/")) and os.path.isdir(self._full(inside)):
                        yield inside

    def _looked_at(self, found: _Found) -> _Found:
        folder = found.folder
        manifest = self._folders.package(self._full(folder)) or {}
        called = [manifest.get("name")]
        needs = set(_asked(manifest, _NEEDS, folder))
        asks = needs.union(_asked(manifest, _WANTS, folder))
        for above, workspace in self._around(folder):
            asks -= workspace.apart.get(_inside(folder, above), frozenset())
        if _PROJECT in self._files.get(folder, ()) and self._nx:
            project = self._json(folder, _PROJECT)
            implicit = project.get("implicitDependencies")
            called.append(project.get("name"))
            names = implicit if isinstance(implicit, list) else ()
            asks |= {name for name in names if isinstance(name, str)}
        if found.manager == "nx":
            called.append(posixpath.basename(folder))
        words = [name for name in called if isinstance(name, str) and name]
        return found._replace(
            called=tuple(dict.fromkeys(words)), asks=frozenset(asks), needs=frozenset(needs & asks)
        )

    def _json(self, folder: str, name: str) -> Mapping[str, Any]:
        from unleak.workspace.tsconfig import parse_jsonc

        try:
            return section(parse_jsonc(self._folders.read(self._full(folder), name) or "{}"))
        except (ValueError, RecursionError) as error:
            self._folders.complain(self._full(folder), name, f"not JSON: {error}")
            return {}

    def _full(self, folder: str) -> str:
        return os.path.join(self._root, *folder.split("/")) if folder else self._root


def _names(found: Sequence[_Found]) -> dict[str, str]:
    """A name for each package, by its folder."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for one in found:
        wanted = (*one.called[:1], one.folder or ".", f"./{one.folder}")
        names[one.folder] = next((name for name in wanted if name not in taken), wanted[-1])
        taken.add(names[one.folder])
    return names


def _by_call(found: Sequence[_Found]) -> dict[str, str]:
    """The folder of each package, by all that others may call it."""
    folders: dict[str, str] = {}
    for one in found:
        folders[f"./{one.folder}"] = one.folder
        for name in one.called:
            folders.setdefault(name, one.folder)
    return folders


def _asked(manifest: Mapping[str, Any], keys: Sequence[str], folder: str) -> Iterator[str]:
    """What a manifest asks for that may be in the monorepo: a name, or `./folder`."""
    for key in keys:
        for name, version in section(manifest.get(key)).items():
            if not isinstance(version, str):
                continue
            protocol, colon, rest = version.partition(":")
            if not colon:
                # `^1.2.0`, `latest`; `user/repository` is one of GitHub.
                if "/" not in version:
                    yield name
            elif protocol == "workspace":
                if rest.startswith("."):
                    yield "./" + _joined(folder, rest)
                else:
                    yield rest.rpartition("@")[0] or name
            elif protocol in ("file", "link", "portal"):
                yield "./" + _joined(folder, rest)
            elif protocol == "catalog":
                yield name


def _joined(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))
    return "" if joined == "." else joined


def _up(folder: str) -> Iterator[str]:
    """`folder` and those above it, up to the root."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _inside(folder: str, above: str) -> str:
    """The path of `folder` from `above`, which it lies in; "." when it is the same."""
    return (folder[len(above) :].lstrip("/") if above else folder) or "."


def _manifests(root: str) -> dict[str, set[str]]:
    """The files in and below `root` that say something of packages: their names, by folder. Those
    that git ignores are left out, and what is in node_modules."""
    found: dict[str, set[str]] = {}
    for path in _listed(root):
        folder, _, name = path.rpartition("/")
        if NODE_MODULES not in folder.split("/"):
            found.setdefault(folder, set()).add(name)
    return found


def _listed(root: str) -> Iterable[str]:
    specs = [f":(glob)**/{name}" for name in _NAMES]
    running = [
        git.start(root, "ls-files", "-z", "--recurse-submodules", "--", *specs),
        git.start(root, "ls-files", "-z", "-o", "--exclude-standard", "--", *specs),
    ]
    answers = [command.answer() for command in running if command is not None]
    if len(answers) == len(running) and not any(answer.code for answer in answers):
        names = [name for answer in answers for name in answer.names]
        if names:
            return names
    return _walked(root)


def _walked(root: str) -> Iterator[str]:
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if name not in (NODE_MODULES, ".git"))
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        for name in sorted(set(names).intersection(_NAMES)):
            yield name if inside == "." else f"{inside}/{name}"
