"""What a file will run on, as plain data read from manifests by the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """`node_floor` is the lowest Node major the code must run on, None when nothing says.

    `esm` tells what a `.js` file is when its text does not: True for `"type": "module"`.
    `dependencies` maps package names to the version ranges the manifest declares.
    """

    node_floor: int | None = None
    esm: bool = False
    dependencies: Mapping[str, str] = field(default_factory=dict)


UNKNOWN = Target()
