"""What a file will run on, as plain data read from manifests by the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """`node_floor` is the lowest Node major the code must run on, None when nothing says.

    `esm` tells what a `.js` file is when its text does not: True for `"type": "module"`.
    `dependencies` maps package names to the version ranges the manifest declares.
    `node_ceiling` is the highest Node major it is meant for, None when nothing says or none is.
    `said` is who says so of Node, for a reader: `engines of package.json: ">=18"`; empty when
    nobody does. `resolved` maps the few packages somebody may ask about, and whose range lets in
    several majors, to the one that is installed. `package` is the name of the package the code is
    part of, empty when it is of none.
    """

    node_floor: int | None = None
    esm: bool = False
    dependencies: Mapping[str, str] = field(default_factory=dict)
    node_ceiling: int | None = None
    said: str = ""
    resolved: Mapping[str, int] = field(default_factory=dict)
    package: str = ""

    def blamed(self, why: str) -> str:
        """`why`, with who says which Node it is that stands in the way."""
        return f"{why} ({self.said})" if self.said else why

    def major(self, name: str) -> int | None:
        """The major of the package `name` the code runs with; None when that is not certain."""
        from unleak_engine.ranges import pinned_major  # seldom asked, and slow to load

        declared = self.dependencies.get(name)
        if declared is None:
            return None
        pinned = pinned_major(declared, name)
        return self.resolved.get(name) if pinned is None else pinned


UNKNOWN = Target()
