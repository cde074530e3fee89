"""The answers that all codemods of this group give in the same way."""

from collections.abc import Mapping

from unleak_codemods.streams.reasons import Reason
from unleak_engine.codemod import Declined, File, Grounds, Span


def declined(
    file: File,
    span: Span,
    anchor: int,
    message: str,
    code: str,
    reasons: Mapping[str, Reason],
    *,
    names: Mapping[str, str],
    evidence: tuple[Grounds, ...] = (),
) -> Declined:
    """The site at `span`, left to a hand for the reason `code`; each of `names` is put into the
    recipe where its word stands (RESPONSE)."""
    reason = reasons[code]
    recipe = reason.recipe
    for word, text in names.items():
        recipe = recipe.replace(word, text)
    return Declined(
        span=span,
        anchor=anchor,
        message=message,
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=recipe,
        evidence=evidence,
        shown=reason.shown,
    )


def is_too_old(file: File) -> bool:
    """Whether the code must run on Node below 18, where nothing is edited."""
    floor = file.target.node_floor
    return floor is not None and floor < 18
