"""What a codemod for Python is, and what it is given."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from unleak_engine.codemod import FAILURES, Answer, Codemod, Declined, Span
from unleak_engine.edit import Safety, joined, ordered
from unleak_engine.grammars import PYTHON
from unleak_engine.python.source import PythonSource


class PythonMatch(NamedTuple):
    """A node that a codemod's matcher accepts, and the file it stands in."""

    source: PythonSource
    node: cst.CSTNode


PythonFind = Callable[[PythonMatch], Iterable[Answer]]


@dataclass(frozen=True)
class PythonCodemod(Codemod):
    """A codemod whose `matcher` picks the calls that `find` is asked about. Its `node` is the
    range of Python versions it was proven on."""

    matcher: m.Call = field(default_factory=m.Call)


def codemod(
    *,
    safety: Safety,
    python: str,
    needles: Iterable[str],
    hits: str,
    matcher: m.Call,
    references: Iterable[str] = (),
    also: Iterable[Iterable[str]] = (),
) -> Callable[[PythonFind], PythonCodemod]:
    """Declare a module's `find` a codemod. The name is the module's, in kebab-case. Raises
    TypeError for a matcher of anything but calls: `find` would never be asked."""
    if not isinstance(matcher, m.Call):
        raise TypeError(f"the matcher must be a Call of libcst.matchers, not {matcher!r}")

    def declare(find: PythonFind) -> PythonCodemod:
        return PythonCodemod(
            name=find.__module__.rpartition(".")[2].replace("_", "-"),
            safety=safety,
            node=python,
            needles=tuple(needle.encode() for needle in needles),
            hits=re.compile(hits.encode()),
            query="",
            find=find,
            doc=find.__globals__.get("__doc__") or "",
            references=tuple(references),
            also=tuple(tuple(word.encode() for word in group) for group in also),
            language=PYTHON,
            matcher=matcher,
        )

    return declare


def answers(
    source: PythonSource,
    codemods: Sequence[Codemod],
    failed: Callable[[str, int, BaseException], None],
) -> Iterator[tuple[Codemod, Answer]]:
    """What `codemods` say of every call; `failed` is told of those that raise."""
    chosen = [codemod for codemod in codemods if isinstance(codemod, PythonCodemod)]
    for call in m.findall(source.module, m.Call()):
        for one in chosen:
            try:
                if not m.matches(call, one.matcher):
                    continue
                found = [_in_order(answer) for answer in one.find(PythonMatch(source, call))]
            except FAILURES as error:  # one site must not cost the run
                failed(one.name, source.span(call).start, error)
                continue
            yield from ((one, answer) for answer in found)


def _in_order(answer: Answer) -> Answer:
    if isinstance(answer, Declined):
        return answer
    return answer._replace(edits=ordered(joined(answer.edits)))


__all__ = ["Answer", "PythonCodemod", "PythonMatch", "Span", "answers", "codemod"]
