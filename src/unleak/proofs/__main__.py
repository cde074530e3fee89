"""`python -m unleak.proofs`: run every golden proof and print what leaked, before and after."""

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from unleak.proofs.cases import ProofCase, ProofError, find_cases, find_python_cases, shipped
from unleak.proofs.claims import Metrics, leaked
from unleak.proofs.nodes import LINES, installed_nodes
from unleak.proofs.python import PythonResult, run_python_proofs
from unleak.proofs.run import ScenarioResult, run_proofs


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every claim holds; 1: one does not; 2: nothing could be proved."""
    options = _parser().parse_args(arguments)
    try:
        chosen = _chosen(find_cases(options.golden), options)
        of_python = _chosen(find_python_cases(options.golden), options)
        if not chosen and not of_python:
            raise ProofError(f"no such proof in {options.golden}")
        nodes = _nodes(options) if chosen else {}
        results = _run(chosen, list(nodes.values()), options) if chosen else []
        figures = list(run_python_proofs(of_python, jobs=options.jobs))
    except ProofError as error:
        print(f"proofs: {error}", file=sys.stderr)
        return 2
    if not results and not figures:
        print("proofs: no scenario is meant for these Nodes", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([*map(_plain, results), *map(_plain_python, figures)], indent=1))
    else:
        if results:
            print(_table(results), end="\n\n")
        if figures:
            print(_figures(figures), end="\n\n")
    failed = [result for result in results if not result.holds]
    unproved = [result for result in figures if not result.holds]
    for result in failed:
        print(_failure(result), file=sys.stderr)
    for each in unproved:
        print(_failure_python(each), file=sys.stderr)
    count = len(results) + len(figures)
    said = f"{count - len(failed) - len(unproved)} of {count} claims hold"
    on = [f"{len(chosen)} cases on Node {', '.join(nodes)}"] * bool(chosen)
    on += [f"{len(figures)} on Python {platform.python_version()}"] * bool(figures)
    print(f"{said}: {', '.join(on)}", file=sys.stderr)
    return 1 if failed or unproved else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m unleak.proofs", description=__doc__)
    parser.add_argument(
        "--node", action="append", default=[], metavar="LINE[=PATH]", help="only these lines"
    )
    parser.add_argument(
        "--all-nodes", action="store_true", help=f"all of {', '.join(LINES)}, or fail"
    )
    parser.add_argument("--codemod", action="append", default=[], metavar="NAME")
    parser.add_argument("--case", action="append", default=[], metavar="NAME")
    parser.add_argument("--golden", type=Path, default=shipped("golden"), metavar="FOLDER")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="per process")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--json", action="store_true", help="print all that was measured")
    return parser


def _nodes(options: argparse.Namespace) -> dict[str, Path]:
    nodes = installed_nodes()
    given: dict[str, str] = dict(each.partition("=")[::2] for each in options.node)
    wanted = list(given) or (list(LINES) if options.all_nodes else list(nodes))
    chosen = {line: Path(given.get(line) or nodes.get(line) or line) for line in wanted}
    # A proof runs in a folder of its own, where a relative path means something else.
    chosen = {line: path.absolute() for line, path in chosen.items()}
    missing = [line for line, path in chosen.items() if not path.is_file()]
    if missing or not chosen:
        raise ProofError(f"no Node {', '.join(missing)}; `scripts/nodes.py` installs them")
    return chosen


def _chosen(found: Iterable[ProofCase], options: argparse.Namespace) -> list[ProofCase]:
    codemods = {name.replace("_", "-") for name in options.codemod}
    return [
        case
        for case in found
        if (not codemods or case.codemod in codemods)
        and (not options.case or case.name in options.case)
    ]


def _run(
    cases: Iterable[ProofCase], nodes: Sequence[Path], options: argparse.Namespace
) -> list[ScenarioResult]:
    results = []
    for result in run_proofs(cases, nodes, timeout=options.timeout, jobs=options.jobs):
        results.append(result)
        if sys.stderr.isatty():
            print(f"\r{len(results)} scenarios run", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    return results


def _table(results: Sequence[ScenarioResult]) -> str:
    """By codemod, case and scenario; a column a Node: what is left, before → after."""
    versions = sorted({result.node for result in results}, key=_order)
    width = max(len(result.scenario) for result in results) + 6
    cells = {(result.case.proof, result.scenario, result.node): _cell(result) for result in results}
    column = max(9, *(len(cell) for cell in cells.values())) + 2
    lines = ["leaks before → after".ljust(width) + "".join(v.ljust(column) for v in versions)]
    for codemod, of_codemod in groupby(results, key=lambda result: result.case.codemod):
        lines += ["", codemod]
        for _, of_case in groupby(of_codemod, key=lambda result: result.case.proof):
            group = list(of_case)
            lines.append(f"  {group[0].case.name}{group[0].case.suffix}")
            for result in {each.scenario: each for each in group}.values():
                row = [cells.get((result.case.proof, result.scenario, v), "–") for v in versions]
                text = "".join(cell.ljust(column) for cell in row)
                lines.append(f"    {result.scenario}".ljust(width) + text.rstrip())
    return "\n".join(line.rstrip() for line in lines)


def _figures(results: Sequence[PythonResult]) -> str:
    """By codemod and case: every figure of a proof of Python, before → after."""
    names = [name for result in results for name in {**result.before, **result.after}]
    width = max(map(len, names), default=0) + 10
    lines = ["measured before → after".ljust(width) + platform.python_version()]
    for codemod, group in groupby(results, key=lambda result: result.case.codemod):
        lines += ["", codemod]
        for result in group:
            lines.append(f"  {result.case.name}{result.case.suffix}")
            for name in {**result.before, **result.after}:
                sides = [side.get(name, "–") for side in (result.before, result.after)]
                cell = " → ".join(f"{x:,}" if isinstance(x, int) else str(x) for x in sides)
                lines.append(f"    {name}".ljust(width) + cell + " FAILS" * (not result.holds))
    return "\n".join(lines)


def _cell(result: ScenarioResult) -> str:
    cell = f"{_left(result.before.metrics)} → {_left(result.after.metrics)}"
    return cell if result.holds else f"{cell} FAILS"


def _left(metrics: Metrics) -> str:
    """A count of what is left, or the word for what is worse, or is all there is to tell."""
    count = leaked(metrics)
    if metrics["settled"] in ("crash", "broken") or (metrics["settled"] == "hang" and not count):
        return str(metrics["settled"])
    return "hang" if metrics.get("client") == "hang" and not count else str(count)


def _failure(result: ScenarioResult) -> str:
    case = result.case
    where = f"{case.codemod}/{case.name}: {result.scenario}, Node {result.node}"
    said = [each.said for each in (result.before, result.after) if each.metrics.get("error")]
    reasons = "".join(f"\n    {reason}" for reason in result.unmet)
    lines = [line for text in said for line in text.splitlines()]
    return f"{where}{reasons}" + "".join(f"\n    | {line}" for line in lines)


def _failure_python(result: PythonResult) -> str:
    where = f"{result.case.codemod}/{result.case.name}, Python {platform.python_version()}"
    reasons = "".join(f"\n    {reason}" for reason in result.unmet)
    return f"{where}{reasons}" + "".join(f"\n    | {line}" for line in result.said.splitlines())


def _plain_python(result: PythonResult) -> dict[str, object]:
    return {
        "codemod": result.case.codemod,
        "case": result.case.name,
        "python": platform.python_version(),
        "before": dict(result.before),
        "after": dict(result.after),
        "unmet": result.unmet,
    }


def _plain(result: ScenarioResult) -> dict[str, object]:
    return {
        "codemod": result.case.codemod,
        "case": result.case.name,
        "scenario": result.scenario,
        "fault": result.fault,
        "node": result.node,
        "before": asdict(result.before),
        "after": asdict(result.after),
        "unmet": result.unmet,
    }


def _order(version: str) -> list[int]:
    return [int(each) for each in version.split(".")]


if __name__ == "__main__":
    sys.exit(main())
