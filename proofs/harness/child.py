"""Runs one side of a proof of Python: `child.py SUBJECT PROOF` prints what was measured, and what
the proof claims."""

import importlib.util
import json
import sys
import warnings
from pathlib import Path


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # what a dropped socket says is not what is measured
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    proof = load("proof", sys.argv[2])
    measured = proof.run(load("subject", sys.argv[1]))
    print(json.dumps({"measured": measured, "before": proof.BEFORE, "after": proof.AFTER}))
