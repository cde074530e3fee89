"""Runs one side of a proof of Python: `child.py SUBJECT PROOF` prints what was measured, and what
the proof claims."""

import importlib.util
import json
import os
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
    told = os.dup(1)
    os.dup2(2, 1)  # what a subject prints is no measurement
    proof = load("proof", sys.argv[2])
    measured = proof.run(load("subject", sys.argv[1]))
    figures = {"measured": measured, "before": proof.BEFORE, "after": proof.AFTER}
    with os.fdopen(told, "w") as out:
        json.dump(figures, out)
