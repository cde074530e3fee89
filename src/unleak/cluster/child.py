"""`python -m unleak.cluster.child`: an errand comes in on stdin, its answer goes out on stdout."""

import pickle
import sys

from unleak.cluster.errands import do

if __name__ == "__main__":
    pickle.dump(do(pickle.load(sys.stdin.buffer)), sys.stdout.buffer)
