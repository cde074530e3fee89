"""What a proof may claim about a measurement, and whether it holds.

A claim maps a metric to what it must be: a number, a string, true or false, null, a comparison
(`">0"`, `"<=16384"`) or a list, of which one must hold. A claim per Node range maps ranges
(`"<23"`, `">=20 <24.15"`) to such claims.
"""

import re
from collections.abc import Mapping
from typing import Any

Metrics = Mapping[str, Any]

NOTHING_LEFT: Metrics = {
    "settled": "ok",
    "exit": 0,
    "undestroyed": 0,
    "openFds": 0,
    "pending": 0,
    "unhandledRejections": 0,
    "uncaughtExceptions": 0,
}
"""What an after must be, unless its proof says otherwise metric by metric."""

_COMPARISON = re.compile(r"(<=|>=|<|>|!=)\s*(-?\d+(?:\.\d+)*)$")
_COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "!=": lambda a, b: a != b,
}


def leaked(metrics: Metrics) -> int:
    """How much is left: streams, descriptors and promises together."""
    return sum(metrics.get(name) or 0 for name in ("undestroyed", "openFds", "pending"))


def unmet_before(metrics: Metrics, claim: Metrics | None, version: str) -> list[str]:
    """What of the claim about the before does not hold. No claim: it shows *some* fault."""
    if claim is None:
        if metrics["settled"] == "broken":
            return [f"before could not run: {metrics.get('error')}"]
        faulty = leaked(metrics) > 0 or metrics["settled"] in ("hang", "crash")
        return [] if faulty else ["before shows no fault"]
    return _unmet("before", metrics, claim, version, {})


def unmet_after(metrics: Metrics, claim: Metrics | None, version: str) -> list[str]:
    """What of the claim about the after does not hold. It adds to, or overrides, NOTHING_LEFT."""
    return _unmet("after", metrics, claim or {}, version, NOTHING_LEFT)


def _unmet(
    side: str, metrics: Metrics, claim: Metrics, version: str, otherwise: Metrics
) -> list[str]:
    chosen = _for_version(claim, version)
    if chosen is None:
        return [f"{side} claims nothing for Node {version}"]
    if metrics["settled"] == "broken" and chosen.get("settled") != "broken":
        return [f"{side} could not run: {metrics.get('error')}"]
    return [
        f"{side} {name} is {metrics.get(name)!r}, not {wanted!r}"
        for name, wanted in {**otherwise, **chosen}.items()
        if not _holds(name, metrics, wanted)
    ]


def _for_version(claim: Metrics, version: str) -> Metrics | None:
    if not claim or not all(name[0] in "<>=0123456789" for name in claim):
        return claim
    return next((claim[ranged] for ranged in claim if in_range(version, ranged)), None)


def _holds(name: str, metrics: Metrics, wanted: Any) -> bool:
    if name == "openFds" and metrics.get(name) is None and name in metrics:
        return True  # this system does not tell
    if isinstance(wanted, list):
        return any(_holds(name, metrics, each) for each in wanted)
    value = metrics.get(name)
    if isinstance(wanted, str) and (comparison := _COMPARISON.match(wanted)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return bool(_COMPARE[comparison[1]](value, float(comparison[2])))
    return name in metrics and bool(value == wanted)


def in_range(version: str, wanted: str) -> bool:
    """Whether `22.3.0` is in a range such as `>=20 <24.15`, `18`, or `<20 || >=23`."""
    return any(
        all(_in_one(version, each) for each in re.findall(r"(?:[<>!=]+\s*)?\d[\d.]*", part))
        for part in wanted.split("||")
    )


def _in_one(version: str, wanted: str) -> bool:
    if comparison := _COMPARISON.match(wanted):
        # A range names as many places as it means: `>=23` and `<24.15`, but `>23` is not 23.4.
        limit = _numbers(comparison[2])
        return bool(_COMPARE[comparison[1]](_numbers(version)[: len(limit)], limit))
    limit = _numbers(wanted.lstrip("= "))
    return _numbers(version)[: len(limit)] == limit


def _numbers(version: str) -> list[int]:
    return [int(each) for each in version.split(".")]
