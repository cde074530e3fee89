"""The proofs of a pack, run on the Nodes that are at hand and by the Python that runs unleak."""

import platform
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from unleak.packs.cases import Failure
from unleak.packs.checking import UNWRITTEN
from unleak.packs.testing import Subject
from unleak.proofs.cases import (
    PROOF_SUFFIX,
    PYTHON_PROOF_SUFFIX,
    ProofCase,
    ProofError,
    read_case,
)
from unleak.proofs.nodes import installed_nodes, node_version
from unleak.proofs.python import run_python_proofs
from unleak.proofs.run import ScenarioResult, run_proofs

SHOWN = 8
"""Lines of what a process said, at most."""

_PLACE = re.compile(r"\S*unleak-proof-\S*")
"""The temporary folder of one run, which differs from one to the next."""


def nodes() -> dict[str, Path]:
    """The Nodes at hand, by line; that of PATH if there is no other. Raises ProofError."""
    found = installed_nodes()
    if not found and (named := shutil.which("node")):
        found = {node_version(Path(named)).partition(".")[0]: Path(named)}
    return found


def cases(found: Sequence[Subject]) -> Iterator[ProofCase | Failure]:
    """The proofs of codemods, and what keeps one from being run."""
    for one in found:
        for suffix in (PROOF_SUFFIX, PYTHON_PROOF_SUFFIX):
            for proof in sorted(one.golden.glob(f"*{suffix}")):
                if UNWRITTEN in proof.read_text("utf-8", "replace"):
                    why = f"{UNWRITTEN}: this proof is still to be written"
                    yield Failure(str(proof), why)
                    continue
                try:
                    yield read_case(proof)
                except ProofError as error:
                    yield Failure(str(proof), str(error))


def of_python(case: ProofCase) -> bool:
    return case.suffix == ".py"


def prove(case: ProofCase, on: Sequence[Path]) -> tuple[int, list[Failure]]:
    """How many scenarios of `case` were run on the Nodes `on`, and those whose claim fails. What
    fails in the same way on several Nodes is told once."""
    failing: dict[tuple[str, str], list[ScenarioResult]] = {}
    count = 0
    try:
        for result in run_proofs([case], on):
            count += 1
            if not result.holds:
                unmet = "; ".join(_PLACE.sub("…", each) for each in result.unmet)
                failing.setdefault((result.scenario, unmet), []).append(result)
    except ProofError as error:
        return count, [Failure(str(case.proof), str(error))]
    failures = [_failure(unmet, results) for (_, unmet), results in failing.items()]
    if not count:
        why = f"no scenario is meant for Node {', '.join(map(node_version, on))}"
        failures.append(Failure(str(case.proof), why))
    return count, failures


def prove_python(found: Sequence[ProofCase]) -> list[Failure]:
    """Run the proofs of Python; those whose claim fails."""
    failures = []
    for result in run_python_proofs(found):
        if not result.holds:
            lines = dict.fromkeys(line for line in result.said.splitlines() if line.strip())
            unmet = "; ".join(result.unmet)
            where = f"Python {platform.python_version()}"
            # A traceback says last what went wrong.
            shown = tuple(_PLACE.sub("…", line) for line in lines)[-SHOWN:]
            failures.append(Failure(str(result.case.proof), f"{where}: {unmet}", shown))
    return failures


def _failure(unmet: str, results: Sequence[ScenarioResult]) -> Failure:
    first = results[0]
    said = [each.said for each in (first.before, first.after) if each.metrics.get("error")]
    lines = dict.fromkeys(line for text in said for line in text.splitlines() if line.strip())
    where = f"{first.scenario}, Node {', '.join(result.node for result in results)}"
    return Failure(str(first.case.proof), f"{where}: {unmet}", tuple(lines)[:SHOWN])
