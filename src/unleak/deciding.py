"""From what a run found to the plan of what it writes, and back when the plan was decided on."""

from collections.abc import Mapping

from unleak.plan import Plan
from unleak.report.patch import planned
from unleak.run import FileResult, Outcome, left_alone, replaced, text_order
from unleak.workspace.problem import Problem


def as_plan(outcome: Outcome) -> Plan:
    """All that `outcome` would change, accepted."""
    return Plan(tuple(planned(result, index=False) for result in outcome.results if result.changed))


def as_decided(outcome: Outcome, plan: Plan) -> Outcome:
    """`outcome` with only what `plan`, made of it by `as_plan`, accepts; the rest of its findings
    are left. Raises PlanError."""
    by_path = {file.path: file for file in plan.files}
    results: list[FileResult] = []
    for result in outcome.results:
        file = by_path.get(result.path)
        if file is None:
            results.append(result)
            continue
        names = {entry.fingerprint for entry in file.accepted}
        if result.new:
            results += [result] if names else []
            continue
        dropped = [one for one in result.applied if one.fingerprint not in names]
        found = [one for one in dropped if one.edits]  # others showed only in the new text
        results.append(
            result._replace(
                after=file.after(result.before),
                edits=file.edits,
                applied=tuple(one for one in result.applied if one.fingerprint in names),
                left=tuple(sorted([*result.left, *found], key=text_order)),
                units=tuple(unit for unit in result.units if names.issuperset(unit.findings)),
            )
        )
    return replaced(outcome, results)


def refusing(outcome: Outcome, problems: Mapping[str, Problem]) -> Outcome:
    """`outcome` with the files at these paths left as they are, and modules that only they would
    have needed not made."""
    results = [
        left_alone(result, problems[result.path]) if result.path in problems else result
        for result in outcome.results
    ]
    needed = {one.fingerprint for result in results for one in result.applied}
    return replaced(
        outcome,
        [
            result
            for result in results
            if not result.new or any(needed.intersection(unit.findings) for unit in result.units)
        ],
    )
