"""Run one pipeline of commands and tell what it cost. A process of its own for every run.

Only then are the children's times and sizes those of this run alone. As little as possible is
imported, because a child's peak memory is never told as less than that of whoever started it.

usage: python -I -S stopwatch.py JSON   with {"stages": [[word, ...], ...], "cwd": folder}

Prints `{"wall": s, "cpu": s, "peak": MiB, "codes": [exit code, ...]}`: the wall until the last
command has ended, user and system time of all processes, peak memory of the largest one.
"""

import json
import os
import resource
import sys
import time


def main() -> None:
    order = json.loads(sys.argv[1])
    os.chdir(order["cwd"])
    began = time.perf_counter()
    children = start(order["stages"])
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": used.ru_maxrss / unit, "codes": codes}))


def start(stages: list[list[str]]) -> list[int]:
    """The processes of the pipeline, each reading what the one before it writes."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    children = []
    source = nowhere
    for number, words in enumerate(stages, 1):
        reader, writer = (nowhere, nowhere) if number == len(stages) else os.pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, source, 0),
            (os.POSIX_SPAWN_DUP2, writer, 1),
            (os.POSIX_SPAWN_DUP2, nowhere, 2),
        ]
        children.append(os.posix_spawnp(words[0], words, os.environ, file_actions=actions))
        for done in (source, writer):
            if done != nowhere:
                os.close(done)
        source = reader
    return children


if __name__ == "__main__":
    main()
