"""The page as text. It loads nothing, works without its script, and is read on paper, too.

Whatever comes from the tree goes through `_say`; the only code that a browser may run or apply is
that of `page.js` and `page.css`, whose hashes the page's policy names.
"""

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import NamedTuple

from unleak import registry
from unleak.report.evidence import node, said
from unleak.report.forms import View
from unleak.report.frame import frame
from unleak.report.html.burn_down import burn_down
from unleak.report.html.change import change
from unleak.report.paths import shown
from unleak.report.summary import Summary, plural, summary
from unleak.report.terminal import PLAIN, visible, visible_lines
from unleak.report.told import ACCEPTED, Lost, Told, found, headline, lost, remarks, stale
from unleak.run import Outcome
from unleak.workspace.folders import Folders, package_of
from unleak.workspace.owners import owners_of
from unleak_engine.grammars import NODE, language_of

NOBODY = "nobody"
OPEN = 30
"""Findings up to which all of them are unfolded from the start."""

_KINDS = ("safe", "unsafe", "display", "declined")
_LOOKS = {"safe": "good", "unsafe": "warn"}


class _Shown(NamedTuple):
    """A finding, and what is known of its file."""

    told: Told
    path: str
    package: str
    owners: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.told.state.partition(":")[0]


def render(outcome: Outcome, view: View) -> Iterator[str]:
    folders, owners = Folders(), owners_of(outcome.root)
    findings = [
        _Shown(
            told,
            shown(told.result.file, view.cwd),
            visible(package_of(folders, outcome.root, told.path)),
            tuple(map(visible, owners.of(told.path))) or (NOBODY,),
        )
        for told in found(outcome)
    ]
    counted = summary(outcome)
    yield from _head(outcome)
    yield f"<main>\n{_numbers(counted)}"
    yield from burn_down(outcome.root)
    open_ones = [one for one in findings if one.told.finding.status not in ACCEPTED]
    yield from _tables(open_ones)
    yield from _findings(findings)
    yield from _problems("Not judged", list(lost(outcome, harmless=True)), outcome, view)
    yield from _problems("Stale in a baseline", list(stale(outcome)), outcome, view)
    yield f"</main>\n<script>{_asset('page.js')}</script>\n</body>\n</html>\n"


def _say(text: str) -> str:
    """Text on one line that is nothing but text, in an attribute as well."""
    return escape(visible(text))


def _asset(name: str) -> str:
    return files("unleak.report.html").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _head(outcome: Outcome) -> Iterator[str]:
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    name = _say(os.path.basename(outcome.root) or outcome.root)
    when = datetime.now().astimezone().isoformat(" ", "minutes")
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}; base-uri \'none\'">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>Stream leaks in {name}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<header><h1>Stream leaks in {name}</h1>"
        f'<p>unleak, <time datetime="{when}">{when[:16]}</time></p></header>\n'
    )


def _numbers(counted: Summary) -> str:
    declined = sum(number for _, number in counted.declined)
    tiles = [
        (counted.findings, "finding" if counted.findings == 1 else "findings", ""),
        (counted.files_with_findings, f"of {plural(counted.files, 'file')}", ""),
        (counted.safe, "safe to fix", "good"),
        (counted.unsafe, "to fix after reading", "warn"),
        (counted.display, "with a recipe", ""),
        (declined, "declined", ""),
    ]
    tiles += [(counted.fixed, "fixed by this run", "good")] if counted.fixed else []
    tiles += [(counted.skipped, "not judged", "bad")] if counted.skipped else []
    items = "".join(
        f'<li class="{look}"><b>{number}</b> {_say(what)}</li>' for number, what, look in tiles
    )
    return f'<ul class="numbers">{items}</ul>\n'


def _tables(findings: list[_Shown]) -> Iterator[str]:
    if not findings:
        return
    yield '<section class="tables" aria-label="Findings by group">\n'
    yield from _table("package", ((one.package, one.kind) for one in findings))
    yield from _table("codemod", ((one.told.finding.codemod, one.kind) for one in findings))
    owned = ((owner, one.kind) for one in findings for owner in one.owners)
    yield from _table("owner", owned)
    yield "</section>\n"


def _table(group: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    counts = Counter(rows)
    totals = Counter[str]()
    for (name, _), number in counts.items():
        totals[name] += number
    heads = "".join(f"<th>{kind}</th>" for kind in _KINDS)
    yield f'<div class="wide"><table><caption>By {group}</caption>\n'
    yield f"<thead><tr><th>{group}</th><th>all</th>{heads}</tr></thead>\n<tbody>\n"
    for name, total in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        cells = "".join(f"<td>{counts[name, kind] or '–'}</td>" for kind in _KINDS)
        button = f'<button type="button" data-find="{_say(name)}">{_say(name)}</button>'
        yield f"<tr><th>{button}</th><td>{total}</td>{cells}</tr>\n"
    yield "</tbody></table></div>\n"


def _findings(findings: list[_Shown]) -> Iterator[str]:
    yield '<section aria-label="Findings">\n<h2>Findings</h2>\n'
    if not findings:
        yield "<p>Nothing was found.</p>\n</section>\n"
        return
    yield (
        '<form class="find" role="search" hidden>'
        '<label>Search <input type="search" id="find" autocomplete="off" spellcheck="false"'
        ' placeholder="path, codemod, owner, words"></label>'
        '<output id="count" for="find"></output>'
        '<button type="button" id="fold">Fold all</button></form>\n'
    )
    for one in findings:
        yield from _finding(one, unfolded=len(findings) <= OPEN)
    yield "</section>\n"


def _finding(one: _Shown, *, unfolded: bool) -> Iterator[str]:
    finding, result = one.told.finding, one.told.result
    at = f"{one.path}:{finding.start.line}:{finding.start.column}"
    owners = " ".join(one.owners)
    facts = [one.package, owners]
    facts += [node(result.target)] if language_of(one.path) == NODE else []
    words = (at, finding.codemod, headline(finding), one.package, owners, one.told.state)
    yield (
        f'<details class="finding" id="f-{finding.fingerprint[:16]}"'
        f' data-words="{_say(" ".join(words).lower())}"{" open" if unfolded else ""}>\n'
        f"<summary><code>{_say(at)}</code> <b>{_say(finding.codemod)}</b>"
        f' <span class="state {_LOOKS.get(one.kind, "")}">{_say(one.told.state)}</span></summary>\n'
        f"<p>{_words(headline(finding))}</p>\n"
        f'<p class="facts">{" · ".join(map(_say, facts))}</p>\n'
    )
    if finding.edits:
        yield from change(one.path, result.before, finding.edits)
    else:
        line = finding.start.line
        code = frame(result.before, finding.span, finding.anchor, line, PLAIN)
        yield f'<pre class="code">{escape(chr(10).join(code))}</pre>\n'
    yield from (f"<p>{_words(remark)}</p>\n" for remark in remarks(finding))
    if finding.recipe and not finding.edits:
        recipe = escape(visible_lines(finding.recipe.strip("\n")))
        yield f'<p>By hand:</p>\n<pre class="code">{recipe}</pre>\n'
    yield from _why(finding.codemod)
    for grounds in finding.evidence:
        level = _say(grounds.level)
        reasons = "".join(f"<li>{_words(reason)}</li>" for reason in said(grounds))
        yield f'<div class="evidence"><b class="{level}">{level}</b><ul>{reasons}</ul></div>\n'
    yield f'<p class="fingerprint">fingerprint <code>{_say(finding.fingerprint)}</code></p>\n'
    yield "</details>\n"


def _why(codemod: str) -> Iterator[str]:
    try:
        entry = registry.entry(codemod)
    except registry.UnknownNameError:
        return
    yield f'<p class="why"><b>Why it leaks:</b> {_words(entry.why)}</p>\n'


def _words(text: str) -> str:
    """A sentence, in which what stands between backticks is code."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:  # one of them is alone
        return escape(visible(text))
    return "".join(
        f"<code>{escape(part)}</code>" if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _problems(heading: str, problems: list[Lost], outcome: Outcome, view: View) -> Iterator[str]:
    if not problems:
        return
    yield f'<section aria-label="{heading}">\n<h2>{heading}</h2>\n<div class="wide"><table>\n'
    yield "<thead><tr><th>path</th><th>reason</th><th></th></tr></thead>\n<tbody>\n"
    for one in problems:
        path = _say(shown(os.path.join(outcome.root, one.path), view.cwd))
        yield f"<tr><th>{path}</th><td>{_say(one.code)}</td><td>{_words(one.message)}</td></tr>\n"
    yield "</tbody></table></div>\n</section>\n"
