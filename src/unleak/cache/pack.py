"""Results as plain tuples, which can be written down, and back.

The texts are left out: a result is only ever unpacked where the file still holds what it held.
"""

from typing import Any

from unleak.run import FileResult, Skipped
from unleak_engine.codemod import Grounds, Span
from unleak_engine.edit import Edit, Safety, apply_edits
from unleak_engine.finding import Finding
from unleak_engine.source import Position
from unleak_engine.target import Target
from unleak_engine.units import Unit

Packed = tuple[Any, ...]


class Packer:
    """Packs results; what many share is packed once, and nothing for those without any news."""

    def __init__(self) -> None:
        self._targets: dict[int, tuple[Target, Packed]] = {}

    def pack(self, result: FileResult) -> Packed:
        if not (result.edits or result.applied or result.left or result.skipped):
            return ()
        target = result.target
        if id(target) not in self._targets:
            self._targets[id(target)] = target, _packed_target(target)
        return _packed(result, self._targets[id(target)][1])


def _packed(result: FileResult, target: Packed) -> Packed:
    return (
        _packed_edits(result.edits),
        [_packed_finding(finding) for finding in result.applied],
        [_packed_finding(finding) for finding in result.left],
        [tuple(map(str, one)) for one in result.skipped],
        target,
        [([*unit.findings], _packed_edits(unit.edits)) for unit in result.units],
    )


def unpack(packed: Packed, file: str, path: str, before: bytes) -> FileResult:
    """The result of the file at `path`, which holds `before`; that may be empty when nobody will
    look at it."""
    if not packed:
        return FileResult(file, path)
    edits, applied, left, skipped, target, units = packed
    made = _edits(edits)
    return FileResult(
        file,
        path,
        before,
        apply_edits(before, made) if made else before,
        made,
        tuple(map(_finding, applied)),
        tuple(map(_finding, left)),
        tuple(Skipped(*one) for one in skipped),
        target=_target(target),
        units=tuple(Unit(tuple(names), _edits(edits)) for names, edits in units),
    )


def has_sites(packed: Packed) -> bool:
    """Whether anything was found, so that a reader may want to see the text."""
    return bool(packed and (packed[0] or packed[1] or packed[2]))


def _packed_edits(edits: tuple[Edit, ...]) -> list[tuple[int, int, bytes]]:
    return [(edit.start, edit.end, edit.text) for edit in edits]


def _edits(packed: list[tuple[int, int, bytes]]) -> tuple[Edit, ...]:
    return tuple(Edit(*one) for one in packed)


def _packed_finding(finding: Finding) -> Packed:
    return (
        str(finding.codemod),
        finding.path,
        tuple(finding.span),
        finding.anchor,
        tuple(finding.start),
        tuple(finding.end),
        str(finding.message),
        str(finding.status),
        finding.safety.value,
        None if finding.reason is None else str(finding.reason),
        str(finding.why),
        str(finding.recipe),
        [(str(one.text), str(one.level), [*map(str, one.reasons)]) for one in finding.evidence],
        [*map(str, finding.notes)],
        _packed_edits(finding.edits),
        finding.fingerprint,
    )


def _finding(packed: Packed) -> Finding:
    codemod, path, span, anchor, start, end, message, status, safety, *rest = packed
    reason, why, recipe, evidence, notes, edits, fingerprint = rest
    return Finding(
        codemod=codemod,
        path=path,
        span=Span(*span),
        anchor=anchor,
        start=Position(*start),
        end=Position(*end),
        message=message,
        status=status,
        safety=Safety(safety),
        reason=reason,
        why=why,
        recipe=recipe,
        evidence=tuple(Grounds(text, level, tuple(said)) for text, level, said in evidence),
        notes=tuple(notes),
        edits=_edits(edits),
        fingerprint=fingerprint,
    )


def _packed_target(target: Target) -> Packed:
    return (
        target.node_floor,
        target.esm,
        dict(target.dependencies),
        target.node_ceiling,
        target.said,
        dict(target.resolved),
        target.package,
    )


def _target(packed: Packed) -> Target:
    return Target(*packed)
