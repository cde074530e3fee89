"""Proofs on Nodes: every scenario, before and after, two processes at a time."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from unleak.proofs.cases import ProofCase
from unleak.proofs.child import Measurement, list_scenarios, measure, script_of
from unleak.proofs.claims import Metrics, in_range, unmet_after, unmet_before
from unleak.proofs.nodes import installed_nodes, node_version

STRIPPERS = (">=24 <26", ">=26")
"""Nodes that strip types, the better first: 26 no longer knows enums and `import =`."""


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario on one Node. `unmet` says what of the claim does not hold; empty: all holds."""

    case: ProofCase
    scenario: str
    fault: str
    node: str
    before: Measurement
    after: Measurement
    unmet: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.unmet


def run_proof(case: ProofCase, node: Path, *, timeout: float = 60) -> list[ScenarioResult]:
    """All scenarios of one case on one Node; `timeout` is seconds per process.

    A scenario meant for other Nodes has no result. Raises ProofError when the proof or the
    subject cannot be prepared.
    """
    return list(run_proofs([case], [node], timeout=timeout))


def run_proofs(
    cases: Iterable[ProofCase], nodes: Sequence[Path], *, timeout: float = 60, jobs: int = 2
) -> Iterator[ScenarioResult]:
    """All scenarios of the cases on the nodes, in that order, as they come in."""
    stripper = _stripper(nodes)
    with ThreadPoolExecutor(jobs) as pool:
        started = [
            _Started.on(pool, case, index, scenario, node, stripper, timeout)
            for case in cases
            for index, scenario in enumerate(list_scenarios(case.proof, nodes[0]))
            for node in nodes
            if in_range(node_version(node), scenario["node"] or ">=0")
        ]
        try:
            for each in started:
                yield each.result()
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Started:
    case: ProofCase
    scenario: Metrics
    version: str
    before: Future[Measurement]
    after: Future[Measurement]

    @classmethod
    def on(
        cls,
        pool: ThreadPoolExecutor,
        case: ProofCase,
        index: int,
        scenario: Metrics,
        node: Path,
        stripper: Path | None,
        timeout: float,
    ) -> "_Started":
        before, after = (
            pool.submit(
                measure,
                script_of(text, case.suffix, stripper),
                case.proof,
                index,
                node,
                timeout,
            )
            for text in (case.before, case.after)
        )
        return cls(case, scenario, node_version(node), before, after)

    def result(self) -> ScenarioResult:
        before, after = self.before.result(), self.after.result()
        unmet = (
            *unmet_before(before.metrics, self.scenario["before"], self.version),
            *unmet_after(after.metrics, self.scenario["after"], self.version),
        )
        name, fault = self.scenario["name"], self.scenario["fault"]
        return ScenarioResult(self.case, name, fault, self.version, before, after, unmet)


def _stripper(nodes: Sequence[Path]) -> Path | None:
    """A Node that strips types, of those given or of those at hand."""
    candidates = [*nodes, *installed_nodes().values()]
    for wanted in STRIPPERS:
        for node in candidates:
            if in_range(node_version(node), wanted):
                return node
    return None
