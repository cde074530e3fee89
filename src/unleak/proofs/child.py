"""One scenario, one side, one process: what it left behind, as numbers.

Nothing a subject does may stop the others: a hang is killed and is a result, so is a crash.
"""

import contextlib
import functools
import json
import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unleak.proofs.cases import ProofError, shipped
from unleak.proofs.claims import Metrics

TYPESCRIPT = frozenset({".ts", ".mts", ".cts"})
_MODULE = re.compile(rb"^(import\b\s*[\w{*\"']|export\b\s*[\w{*])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The metrics of one run, and the last lines the process said on stderr."""

    metrics: Metrics
    said: str


@dataclass(frozen=True, slots=True)
class Script:
    """JavaScript as Node will load it: its text, and `.mjs` or `.cjs`."""

    text: bytes
    suffix: str


def script_of(text: bytes, suffix: str, stripper: Path | None) -> Script:
    """The text without types, with the suffix that says what kind of module it is.

    `stripper` is a Node of line 24 or newer; raises ProofError when types are to be stripped and
    there is none, or when the text is no TypeScript.
    """
    if suffix in TYPESCRIPT:
        text = _stripped(text, stripper)
    if suffix in (".mjs", ".mts"):
        return Script(text, ".mjs")
    if suffix in (".cjs", ".cts"):
        return Script(text, ".cjs")
    return Script(text, ".mjs" if _MODULE.search(text) else ".cjs")


@functools.lru_cache(maxsize=512)
def _stripped(text: bytes, stripper: Path | None) -> bytes:
    if stripper is None:
        raise ProofError("TypeScript needs a Node of line 24 or newer to strip its types")
    command = [str(stripper), "--no-warnings", _harness("strip.mjs")]
    done = subprocess.run(command, input=text, capture_output=True)
    if done.returncode != 0:
        raise ProofError(f"no types to strip:\n{_tail(done.stderr)}")
    return done.stdout


def list_scenarios(proof: Path, node: Path) -> list[Metrics]:
    """The scenarios of a proof: name, fault, node, before and after, as JSON says them."""
    done = subprocess.run([node, _harness("list.mjs"), proof], capture_output=True)
    if done.returncode != 0:
        raise ProofError(f"{proof} cannot be loaded:\n{_tail(done.stderr)}")
    scenarios: list[Metrics] = json.loads(done.stdout)["scenarios"]
    return scenarios


def measure(script: Script, proof: Path, index: int, node: Path, timeout: float) -> Measurement:
    """Runs scenario number `index` of `proof` on `script`; `timeout` in seconds."""
    with tempfile.TemporaryDirectory(prefix="unleak-proof-") as temporary:
        # /proc shows real paths, and the temporary folder can be a link.
        home = Path(temporary).resolve()
        # What is installed is found first, what only stands in for a package after it.
        subject = home / "subject" / f"subject{script.suffix}"
        subject.parent.mkdir()
        subject.write_bytes(script.text)
        subject.with_name("node_modules").symlink_to(shipped("proofs") / "node_modules")
        (home / "node_modules").symlink_to(shipped("proofs") / "stand-ins")
        directory = home / "work"
        directory.mkdir()
        result = home / "result.json"
        job = {
            "proof": str(proof.resolve()),
            "subject": str(subject),
            "index": index,
            "directory": str(directory),
            "result": str(result),
        }
        with (home / "stderr").open("w+b") as stderr:
            command = [str(node), _harness("child.mjs"), json.dumps(job)]
            end = _run(command, directory, stderr, timeout)
            stderr.seek(0)
            said = _tail(stderr.read())
        if not result.is_file():
            settled = "hang" if end == "timeout" else "broken"
            return Measurement({"settled": settled, "exit": end, "error": said}, said)
        return Measurement(json.loads(result.read_bytes()) | {"exit": end}, said)


def _run(command: list[str], directory: Path, stderr: IO[bytes], timeout: float) -> int | str:
    """The exit code, the name of the signal, or `timeout`."""
    # Options of the caller (`--unhandled-rejections`, a debugger) would change what is measured.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NODE_", "npm_")) and name not in ("UNLEAK_NODE", "FORCE_COLOR")
    }
    child = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        start_new_session=True,
    )
    try:
        code: int = child.wait(timeout)
    except subprocess.TimeoutExpired:
        return "timeout"
    finally:
        _end(child)
    return code if code >= 0 else signal.Signals(-code).name


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Ends the process and whatever it started: a subject can leave processes behind too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _harness(name: str) -> str:
    return str(shipped("proofs") / "harness" / name)


def _tail(stderr: bytes) -> str:
    return stderr.decode(errors="replace")[-2000:].strip()
