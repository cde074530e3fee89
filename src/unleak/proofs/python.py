"""Proofs of Python: the before and the after of a rewrite, run by the Python that runs this."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unleak.proofs.cases import ProofCase, shipped

Figures = Mapping[str, int]
"""What was measured, by its name with its unit: `{"bytes lost": 0}`."""


@dataclass(frozen=True, slots=True)
class PythonResult:
    """One proof, before and after. `unmet` says what of the claim does not hold, `said` what a
    side that could not be run wrote to stderr."""

    case: ProofCase
    before: Figures
    after: Figures
    unmet: tuple[str, ...]
    said: str = ""

    @property
    def holds(self) -> bool:
        return not self.unmet


@dataclass(frozen=True, slots=True)
class _Side:
    figures: Figures
    unmet: tuple[str, ...]
    said: str = ""


def run_python_proofs(
    cases: Iterable[ProofCase], *, timeout: float = 60, jobs: int = 2
) -> Iterator[PythonResult]:
    """All of `cases`, in that order, as they come in; `timeout` is seconds per process."""
    with ThreadPoolExecutor(jobs) as pool:
        started = [
            (
                case,
                pool.submit(_side, case, "before", timeout),
                pool.submit(_side, case, "after", timeout),
            )
            for case in cases
        ]
        try:
            for case, first, second in started:
                before, after = first.result(), second.result()
                yield PythonResult(
                    case,
                    before.figures,
                    after.figures,
                    before.unmet + after.unmet,
                    before.said or after.said,
                )
        finally:
            pool.shutdown(cancel_futures=True)


def _side(case: ProofCase, side: str, timeout: float) -> _Side:
    """Runs the subject of one side. Nothing it does stops the others: a hang is a result."""
    with tempfile.TemporaryDirectory(prefix="unleak-proof-") as temporary:
        subject = Path(temporary) / "subject.py"
        subject.write_bytes(case.before if side == "before" else case.after)
        harness = shipped("proofs") / "harness" / "child.py"
        # Isolated: what the caller's environment says of Python would change what is measured.
        command = [
            sys.executable,
            "-I",
            "-B",
            str(harness),
            str(subject),
            str(case.proof.resolve()),
        ]
        try:
            done = subprocess.run(
                command,
                cwd=temporary,
                env={k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired:
            return _Side({}, (f"{side} hangs: nothing was measured in {timeout:g} s",))
    if done.returncode != 0:
        return _Side({}, (f"{side} could not run: exit {done.returncode}",), done.stderr[-2000:])
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return _Side({}, (f"{side} ended before anything was measured",), done.stderr[-2000:])
    measured, claim = told["measured"], told[side]
    if (wrong := _misshapen(side, measured, claim)) is not None:
        return _Side({}, (wrong,))
    return _Side(measured, tuple(_unmet(side, measured, claim)))


def _misshapen(side: str, measured: Any, claim: Any) -> str | None:
    """Why what was told cannot be compared: a proof is code, and gives what its author wrote."""
    if not isinstance(measured, dict) or not all(map(_is_figure, measured.values())):
        return f"{side}: run() must return whole numbers by their names, not {measured!r}"
    pairs = claim.values() if isinstance(claim, dict) else [None]
    if not all(isinstance(p, list) and len(p) == 2 and all(map(_is_figure, p)) for p in pairs):
        return f"{side.upper()} must have a (least, most) by the name of a figure, not {claim!r}"
    return None


def _is_figure(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _unmet(side: str, measured: Figures, claim: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    if not claim:
        yield f"{side} claims nothing"
    for name, (least, most) in claim.items():
        if name not in measured:
            yield f"{side} does not measure {name}"
        elif not least <= measured[name] <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            yield f"{side} {name}: {measured[name]}, not {wanted}"
