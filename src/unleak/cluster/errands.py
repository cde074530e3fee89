"""What a worker is sent for: some files of one tree. It looks, in a process of its own, and writes
nothing but its cache.

A worker has threads, so that nothing may be forked there, and what a file does to whoever reads
it must not cost the worker. So each errand gets a Python of its own, which does as a batch does at
home.
"""

import os
import pickle
import subprocess
import sys
from typing import NamedTuple

from unleak import registry
from unleak.batch.analysing import Looked, Task, analyse
from unleak.cluster.places import FetchError, Meant, Source, found
from unleak.cluster.versions import Versions, difference, versions
from unleak.config import ConfigError
from unleak.errors import RefusedError
from unleak.workers import cause

NO_PACKS = "packs of codemods are not taken to a cluster; what they find, --engine local finds"


class Errand(NamedTuple):
    """`task` is to be done in the tree that is `meant`, by an unleak of these `versions`. Its
    `tree` is what the sender calls it."""

    task: Task
    meant: Meant
    source: Source
    versions: Versions


class Answer(NamedTuple):
    """What was found; or why nothing was: `refused`, because of tree or versions; `wrong`, a
    configuration by its path from the top, and what is wrong with it; `failed`, which another
    time may not; `died`, how the process ended that looked. `worker` is where it was done."""

    looked: tuple[Looked, ...] = ()
    refused: str = ""
    wrong: tuple[str, str] = ("", "")
    failed: str = ""
    died: str = ""
    worker: str = ""


class ErrandError(Exception):
    """Something that may not happen again."""


def look(errand: Errand) -> Answer:
    """Do an errand. Runs on a worker; raises ErrandError."""
    done = subprocess.run(
        # Whatever lies in the working directory is not to be imported.
        [sys.executable, "-P", "-m", "unleak.cluster.child"],
        input=pickle.dumps(errand),
        capture_output=True,
        check=False,
    )
    if done.returncode < 0:
        answer = Answer(died=cause(done.returncode))
    elif done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ErrandError(f"{_here()}: {said[-1] if said else f'exit code {done.returncode}'}")
    else:
        answer = pickle.loads(done.stdout)
        if answer.failed:
            raise ErrandError(f"{_here()}: {answer.failed}")
    return answer._replace(worker=_here())


def do(errand: Errand) -> Answer:
    """What `look` has done elsewhere."""
    # Now, and not when the worker was started: an unleak may be replaced while it runs.
    other = difference(versions(), errand.versions)
    if other:
        return Answer(refused=other)
    try:
        tree = found(errand.source, errand.meant)
    except RefusedError as error:
        return Answer(refused=str(error))
    except FetchError as error:
        return Answer(failed=str(error))
    try:
        looked = analyse(errand.task._replace(tree=tree, jobs=1, apart=True))
    except ConfigError as error:
        return Answer(wrong=(os.path.relpath(error.file, tree), str(error)))
    # Which codemods a pack has is another thing on each machine.
    return Answer(refused=NO_PACKS) if registry.packs_in_use() else Answer(looked)


def _here() -> str:
    """What this worker is called."""
    from distributed import get_worker

    return f"{get_worker().address} ({os.uname().nodename})"
