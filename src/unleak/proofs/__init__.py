"""Proofs: the before and the after of a rewrite, run on real Node with one fault injected."""

from unleak.proofs.cases import ProofCase, ProofError, find_cases, find_python_cases
from unleak.proofs.child import Measurement
from unleak.proofs.nodes import installed_nodes, node_version
from unleak.proofs.python import PythonResult, run_python_proofs
from unleak.proofs.run import ScenarioResult, run_proof, run_proofs

__all__ = [
    "Measurement",
    "ProofCase",
    "ProofError",
    "PythonResult",
    "ScenarioResult",
    "find_cases",
    "find_python_cases",
    "installed_nodes",
    "node_version",
    "run_proof",
    "run_proofs",
    "run_python_proofs",
]
