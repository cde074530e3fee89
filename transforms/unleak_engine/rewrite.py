"""Bytes in, findings and a doubted new text out.

`analyse_bytes` tells what is there. `rewrite_bytes` also does it: pass by pass, whole rewrites
only, until nothing is left to change. Neither knows any codemod by name, and the result depends
on no order but that of the text.
"""

from bisect import bisect, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node, QueryCursor

from unleak_engine.account import account, old_offset, placed
from unleak_engine.codemod import (
    DEFAULTS,
    FAILURES,
    Answer,
    Codemod,
    Declined,
    File,
    Match,
    Options,
    Rewrite,
    Span,
)
from unleak_engine.edit import (
    Edit,
    OverlapError,
    Safety,
    apply_edits,
    collide,
    compose,
    joined,
    ordered,
)
from unleak_engine.exemptions import ACCEPTED, NEEDLE, Exemptions
from unleak_engine.facts import FactsPort, no_facts
from unleak_engine.finding import Finding, fingerprint
from unleak_engine.grammars import PYTHON, language_of
from unleak_engine.source import MAX_BYTES, MAX_DEPTH, Position, Source, Text, parse, parse_as
from unleak_engine.target import UNKNOWN, Target

MAX_PASSES = 24
"""Passes until a text must have settled; two or three are usual."""

DEPTH_BUDGET = 2_000_000
"""Steps spent on asking how deep sites lie, before a file counts as unreadable."""


_DAMAGED = "syntax-error"
_MEND = "Mend the syntax error, then run unleak again."


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a file from outside of it.

    `safety` are codemods, each with the safety that their user gives them; `exempt` is what was
    accepted, and without it no comment has a say.
    """

    target: Target = UNKNOWN
    facts: FactsPort = no_facts
    options: Options = DEFAULTS
    max_bytes: int = MAX_BYTES
    safety: tuple[tuple[str, Safety], ...] = ()
    exempt: Exemptions | None = None


ALONE = Context()


@dataclass(frozen=True, slots=True)
class Problem:
    """What kept a file or a site from being judged: a stable code and a sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """All findings of one file in text order, and what could not be judged."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """`edits` are made for `before` and give `after`; `applied` are the findings they cure,
    `left` those that stay (see `account`), `dropped` those our own doubt refused, each with
    what failed (always a bug of ours)."""

    path: str
    before: bytes
    after: bytes
    edits: tuple[Edit, ...]
    applied: tuple[Finding, ...]
    left: tuple[Finding, ...]
    dropped: tuple[tuple[Finding, str], ...]
    problems: tuple[Problem, ...]


def fixable(finding: Finding) -> bool:
    return finding.fixable


def analyse_bytes(
    path: str, data: bytes, codemods: Sequence[Codemod], context: Context = ALONE
) -> Analysis:
    """The findings of `codemods` in one file. Raises UnreadableError for what cannot be parsed.

    `path` names the file in the findings and picks the grammar; nothing is opened.
    """
    language = language_of(path)
    wanted = [
        codemod
        for codemod in codemods
        if codemod.may_match(data) and (language is None or codemod.language == language)
    ]
    problems: list[Problem] = []
    places: dict[str, list[Span]] = {}
    for codemod in wanted:
        try:
            places[codemod.name] = list(codemod.places(data, context.options))
        except FAILURES as error:  # one codemod must not cost the file
            problems.append(_failed(codemod.name, error))
    wanted = sorted((c for c in wanted if places.get(c.name)), key=lambda codemod: codemod.name)
    spoken = context.exempt is not None and NEEDLE in data
    if not wanted and not spoken:
        return Analysis((), tuple(problems))
    if language == PYTHON:
        return _analyse_python(path, data, wanted, context, problems)
    source = parse(path, data, context.max_bytes)
    return _analyse(source, wanted, places, context, problems)


def _failed(name: str, error: BaseException, at: Position | None = None) -> Problem:
    """What a codemod raised, at a line or for a whole file; always under its name."""
    where = f" at line {at.line}" if at is not None else ""
    return Problem("internal", f"{name} failed{where}: {error!r}")


def _analyse(
    source: Source,
    codemods: Sequence[Codemod],
    places: dict[str, list[Span]],
    context: Context,
    problems: list[Problem],
) -> Analysis:
    file = File(source, target=context.target, facts=context.facts, options=context.options)
    answers: list[tuple[Codemod, Answer]] = []
    for codemod in codemods:
        shallow = list(_shallow(source, places[codemod.name], problems))
        try:
            matches = list(_matches(file, codemod, shallow))
        except FAILURES as error:  # such as a query that is none
            problems.append(_failed(codemod.name, error))
            continue
        for match in matches:
            try:
                found = [_local(file, _joined(file, answer)) for answer in codemod.find(match)]
            except FAILURES as error:  # one site must not cost the run
                at = source.position(next(iter(match.captures.values())).start_byte)
                problems.append(_failed(codemod.name, error, at))
                continue
            answers += ((codemod, answer) for answer in found)
    if answers and source.root.has_error:
        problems += _told_errors(source)
    findings = _chosen(_findings(source, answers), context)
    if context.exempt is not None and (NEEDLE in source.data or context.exempt.baseline):
        from unleak_engine.suppressions import comments_of, settled  # seldom needed

        sure = not (problems or source.root.has_error)
        findings = settled(source, findings, context.exempt, comments_of(source), sure=sure)
    return Analysis(findings, tuple(problems))


def _chosen(findings: tuple[Finding, ...], context: Context) -> tuple[Finding, ...]:
    """`findings` with the safety that users give to codemods."""
    if not context.safety:
        return findings
    safety = dict(context.safety)
    return tuple(_as_chosen(finding, safety) for finding in findings)


def _as_chosen(finding: Finding, safety: Mapping[str, Safety]) -> Finding:
    """`finding` with the safety its user gives to its codemod. What is only shown stays so."""
    chosen = safety.get(finding.codemod)
    if chosen is None or not finding.fixable or finding.safety is Safety.DISPLAY:
        return finding
    return finding._replace(safety=chosen)


def _analyse_python(
    path: str,
    data: bytes,
    codemods: Sequence[Codemod],
    context: Context,
    problems: list[Problem],
) -> Analysis:
    source = Text(path, data)
    found: list[tuple[Codemod, Answer]] = []
    if codemods:
        from unleak_engine.python.codemod import answers  # libcst takes a quarter of a second
        from unleak_engine.python.source import parse

        def failed(name: str, at: int, error: BaseException) -> None:
            problems.append(_failed(name, error, source.position(at)))

        source = tree = parse(path, data, context.max_bytes)
        found += answers(tree, codemods, failed)
    else:  # nothing but comments for us
        from unleak_engine.python.text import read

        read(data, context.max_bytes)
    findings = _chosen(_findings(source, found), context)
    if context.exempt is not None and (NEEDLE in data or context.exempt.baseline):
        from unleak_engine.python.text import comments_of
        from unleak_engine.suppressions import HASH, settled

        comments = comments_of(data) if NEEDLE in data else ()
        sure = not problems
        findings = settled(source, findings, context.exempt, comments, sure=sure, marks=HASH)
    return Analysis(findings, tuple(problems))


def _joined(file: File, answer: Answer) -> Answer:
    """`answer` with its edits in order. Raises OverlapError for edits that contradict, unless a
    syntax error explains it."""
    if isinstance(answer, Declined):
        return answer
    try:
        return answer._replace(edits=ordered(joined(answer.edits)))
    except OverlapError:
        if file.source.root.has_error:
            return _mistrusted(answer)
        raise


def _shallow(source: Source, places: Iterable[Span], problems: list[Problem]) -> Iterator[Span]:
    """`places` that are not nested absurdly deep; the others are told once."""
    budget = DEPTH_BUDGET
    for place in places:
        depth = source.depth_at(place.start, MAX_DEPTH) if budget > 0 else MAX_DEPTH
        budget -= depth
        if depth < MAX_DEPTH:
            yield place
        else:
            line = source.position(place.start).line
            problems.append(Problem("too-deep", f"nested too deep to be read at line {line}"))
            return


def _matches(file: File, codemod: Codemod, places: Iterable[Span]) -> Iterator[Match]:
    query = codemod.query_for(file.source.grammar)
    seen: set[tuple[tuple[str, int, int], ...]] = set()
    for place in places:
        cursor = QueryCursor(query)
        cursor.set_byte_range(place.start, place.end)
        # A root can have so many children that a look at each of them takes its time squared.
        top = file.source.top_at(place.start, place.end)
        for _, captures in cursor.matches(top):
            nodes = {name: found[0] for name, found in captures.items()}
            if not any(_meets(node, place) for node in nodes.values()):
                continue
            key = tuple(sorted((name, n.start_byte, n.end_byte) for name, n in nodes.items()))
            if key not in seen:
                seen.add(key)
                yield Match(file, nodes)


def _meets(node: Node, place: Span) -> bool:
    return node.start_byte < place.end and place.start < node.end_byte


def _told_errors(source: Source) -> Iterator[Problem]:
    first = next(source.errors(), None)
    if first is not None:
        line = source.position(first.start_byte).line
        yield Problem("syntax-error", f"syntax error at line {line}: no edits near it")


def _local(file: File, answer: Answer) -> Answer:
    """`answer`, declined when a syntax error stands in its own statement or function."""
    if isinstance(answer, Declined):
        return answer
    if _misread(file, answer.span):
        return _mistrusted(answer)
    if not file.source.root.has_error:
        return answer
    spans = [answer.span, *(Span(edit.start, edit.end) for edit in answer.edits)]
    damage = [_damaged(file, span, whole=index == 0) for index, span in enumerate(spans)]
    return _mistrusted(answer) if any(damage) else answer


def _mistrusted(answer: Rewrite) -> Declined:
    return Declined(
        span=answer.span,
        anchor=answer.anchor,
        message=answer.message,
        code=_DAMAGED,
        why="a syntax error stands in the same function, so the tree cannot be trusted here",
        recipe=_MEND,
        evidence=answer.evidence,
    )


def _misread(file: File, span: Span) -> bool:
    """Whether the async function around `span` has an `await` that was read as a name: before a
    comment and a line's end the grammar takes it for a statement of its own."""
    path = file.source.path_to(span.start, span.end)
    function = file.functions.enclosing(path[-1])
    if function is None or not file.functions.is_async(function):
        return False
    return file.functions.names_await(function)


def _damaged(file: File, span: Span, *, whole: bool) -> bool:
    """Whether an ERROR stands in the statement around `span`, or (`whole`) in its function."""
    path = file.source.path_to(span.start, span.end)
    if path[-1].is_error or any(node.is_error for node in path):
        return True
    function = file.functions.enclosing(path[-1]) if whole else None
    if function is not None:
        return function.has_error
    statement = path[1] if len(path) > 1 else path[0]
    return statement.has_error if len(path) > 1 else False


def _findings(source: Text, answers: list[tuple[Codemod, Answer]]) -> tuple[Finding, ...]:
    answers.sort(key=lambda item: (item[1].anchor, item[1].span.start, item[0].name))
    seen: Counter[tuple[str, str]] = Counter()
    return tuple(_finding(source, codemod, answer, seen) for codemod, answer in answers)


def _finding(
    source: Text, codemod: Codemod, answer: Answer, seen: Counter[tuple[str, str]]
) -> Finding:
    text = source.data[answer.span.start : answer.span.end].decode(errors="replace")
    key = (codemod.name, " ".join(text.split()))
    occurrence = seen[key]
    seen[key] += 1
    at = answer.anchor  # it may stand outside of what is at fault: a finding holds both
    span = Span(min(answer.span.start, at), max(answer.span.end, at + 1))
    status, safety = "fixable", Safety.DISPLAY
    reason: str | None = None
    edits: tuple[Edit, ...] = ()
    if isinstance(answer, Declined):
        status = "display" if answer.shown else f"declined:{answer.code}"
        reason = answer.code
    else:
        edits = answer.edits
        safety = answer.safety.at_most(codemod.safety)
    return Finding(
        codemod=codemod.name,
        path=source.path,
        span=span,
        anchor=at,
        start=source.position(at),
        end=source.position(span.end),
        message=answer.message,
        status=status,
        safety=safety,
        reason=reason,
        why=answer.why if isinstance(answer, Declined) else "",
        recipe=answer.recipe if isinstance(answer, Declined) else "",
        evidence=answer.evidence,
        notes=answer.notes,
        edits=edits,
        fingerprint=fingerprint(codemod.name, source.path, text, occurrence),
    )


def rewrite_bytes(
    path: str,
    data: bytes,
    codemods: Sequence[Codemod],
    context: Context = ALONE,
    accept: Callable[[Finding], bool] = fixable,
) -> Rewritten:
    """Apply every accepted finding of `codemods`, whole rewrites only, to a fixpoint.

    `accept` is asked about fixable findings. What fails our doubts is dropped, not written.
    Raises UnreadableError as `analyse_bytes` does.
    """
    first = analyse_bytes(path, data, codemods, context)
    source: Source | Text | None = None
    grammar = ""
    text = data
    edits: tuple[Edit, ...] = ()
    applied: list[Finding] = []
    dropped: dict[str, tuple[Finding, str]] = {}
    look = first
    # What was accepted stays so where an edit changes how it would be recognised.
    kept_out = {(f.codemod, f.anchor) for f in first.findings if f.status in ACCEPTED}
    for _ in range(MAX_PASSES):
        chosen = _disjoint(
            f
            for f in look.findings
            if f.fixable
            and f.fingerprint not in dropped
            and (not kept_out or (f.codemod, old_offset(edits, f.anchor)) not in kept_out)
            and accept(f)
        )
        if not chosen:
            break
        if source is None:
            source = _read(path, data, context)
            grammar = source.grammar if isinstance(source, Source) else PYTHON
        kept, doubted = _doubted(path, text, grammar, chosen)
        dropped |= {finding.fingerprint: (finding, why) for finding, why in doubted}
        if not kept:
            continue
        kept = _without_clashes(path, text, grammar, kept)
        if not kept:
            dropped[chosen[0].fingerprint] = (chosen[0], "the new text declares a name twice")
            continue
        applied += (placed(finding, edits, source) for finding in kept)
        step = ordered(edit for finding in kept for edit in finding.edits)
        edits = compose(edits, step, len(data))
        text = apply_edits(text, step)
        look = analyse_bytes(path, text, codemods, context)
    else:
        return _nothing(path, data, first, "the rewrites did not settle")

    if not _diff_holds(path, data, edits, text):
        return _nothing(path, data, first, "the printed diff does not give the new text")
    if source is None:
        return Rewritten(path, data, data, (), (), first.findings, (), first.problems)
    cured, told = account(
        first.findings, applied, [placed(finding, edits, source) for finding in look.findings]
    )
    left = list(told)
    refused = _refused(left, dropped)
    if isinstance(source, Source) and source.root.has_error:
        # How a parser gets over a mistake is its own affair, and an edit may change it from afar.
        left = [_beside_damage(finding) if finding in refused else finding for finding in left]
        refused = {}
    else:
        left = [finding for finding in left if finding not in refused]
    out = tuple(refused.items())
    return Rewritten(path, data, text, edits, cured, tuple(left), out, first.problems)


def _refused(
    left: Sequence[Finding], dropped: dict[str, tuple[Finding, str]]
) -> dict[Finding, str]:
    """Those of the first look that `dropped`, found pass by pass, stand for."""
    refused: dict[Finding, str] = {}
    for finding, why in dropped.values():
        twins = [f for f in left if f.fixable and f.codemod == finding.codemod and f not in refused]
        same = [twin for twin in twins if twin.fingerprint == finding.fingerprint]
        refused |= dict.fromkeys((same or twins)[:1], why)
    return refused


def _beside_damage(finding: Finding) -> Finding:
    """`finding`, declined after all: its new text has more syntax errors than the old one had."""
    return finding._replace(
        status=f"declined:{_DAMAGED}",
        safety=Safety.DISPLAY,
        reason=_DAMAGED,
        why="the file has a syntax error, and the new text would be read with one more",
        recipe=_MEND,
        edits=(),
    )


def _disjoint(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, in text order, whose edits touch none of an earlier one's; the rest wait."""
    chosen: list[Finding] = []
    taken: list[Edit] = []
    for finding in findings:
        if not any(_collides(edit, taken) for edit in finding.edits):
            chosen.append(finding)
            for edit in finding.edits:
                insort(taken, edit)
    return chosen


def _collides(edit: Edit, taken: Sequence[Edit]) -> bool:
    """Whether `edit` collides with any of `taken`, which are in order and disjoint."""
    at = bisect(taken, edit)
    return any(collide(edit, other) for other in taken[max(at - 1, 0) : at + 1])


def _doubted(
    path: str, text: bytes, grammar: str, findings: list[Finding]
) -> tuple[list[Finding], list[tuple[Finding, str]]]:
    """`findings` split into those whose new text still parses, and the others with the reason."""
    errors = _errors(path, text, grammar)
    if _parses(path, text, grammar, findings, errors):
        return findings, []
    kept: list[Finding] = []
    refused: list[tuple[Finding, str]] = []
    for finding in findings:
        if _parses(path, text, grammar, [*kept, finding], errors):
            kept.append(finding)
        else:
            refused.append((finding, "the new text does not parse"))
    return kept, refused


def _without_clashes(
    path: str, text: bytes, grammar: str, findings: list[Finding]
) -> list[Finding]:
    """`findings` that together declare no name twice; the others wait for the new text."""
    if grammar == PYTHON:
        return findings  # no rewrite there declares a name
    from unleak_engine.clashes import clashing  # only what changes a file needs it

    def clash(some: list[Finding]) -> frozenset[str]:
        edits = ordered(edit for finding in some for edit in finding.edits)
        return clashing(path, apply_edits(text, edits), grammar, edits)

    if not clash(findings):
        return findings
    known = clashing(path, text, grammar, (e for f in findings for e in f.edits))
    kept: list[Finding] = []
    for finding in findings:
        if not clash([*kept, finding]) - known:
            kept.append(finding)
    return kept


def _read(path: str, data: bytes, context: Context) -> Source | Text:
    """What places are told in: of Python the bytes are enough."""
    if language_of(path) == PYTHON:
        return Text(path, data)
    return parse(path, data, context.max_bytes)


def _errors(path: str, text: bytes, grammar: str) -> int:
    if grammar != PYTHON:
        return parse_as(path, text, grammar).error_count
    from unleak_engine.python.source import damage

    return damage(path, text)


def _parses(path: str, text: bytes, grammar: str, findings: list[Finding], errors: int) -> bool:
    try:
        new = apply_edits(text, [edit for finding in findings for edit in finding.edits])
    except (OverlapError, ValueError):
        return False
    return new != text and _errors(path, new, grammar) <= errors


def _diff_holds(path: str, before: bytes, edits: Sequence[Edit], after: bytes) -> bool:
    if apply_edits(before, edits) != after:
        return False
    if before == after:
        return True
    from unleak_engine import patch  # only what changes a file needs it

    try:
        return patch.apply_diff(before, patch.file_diff(before, edits, path=path)) == after
    except patch.PatchError:
        return False


def _nothing(path: str, data: bytes, first: Analysis, why: str) -> Rewritten:
    """The answer when the whole text must be doubted: nothing changes, every edit is told."""
    dropped = tuple((finding, why) for finding in first.findings if finding.fixable)
    left = tuple(finding for finding in first.findings if not finding.fixable)
    return Rewritten(path, data, data, (), (), left, dropped, first.problems)
