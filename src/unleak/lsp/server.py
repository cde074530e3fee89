"""The server: what the editor tells, and what it is told.

Findings are worked out in one thread beside, a short while after the last key. A result for a text
that is no longer there is dropped.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from unleak.config import ConfigError
from unleak.config_homes import Homes
from unleak.lsp import judging
from unleak.lsp.judging import Cure, Document, Judged
from unleak.lsp.places import Places, encoded
from unleak.run import Wanted, root_of, run
from unleak.workspace.folders import Folders
from unleak_engine.edit import Edit, Safety
from unleak_engine.finding import Finding
from unleak_engine.grammars import language_of

PAUSE = 0.1
"""Seconds without a key before a text is judged."""

FIX_ALL = "source.fixAll.unleak"
CHECK_WORKSPACE = "unleak.checkWorkspace"

_T = TypeVar("_T")


class Server(LanguageServer):
    """One editor's server. `wanted` is what the command line asks for, less the paths."""

    def __init__(self, wanted: Wanted, pause: float = PAUSE) -> None:
        super().__init__("unleak", version("unleak"))
        self.wanted = wanted
        self.pause = pause
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="unleak")
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, tuple[Document, Judged]] = {}
        self._scanned: set[str] = set()
        _add_features(self)

    # Judging.

    async def aside(self, work: Callable[..., _T], *given: Any) -> _T:
        """What `work(wanted, *given)` gives, from the thread beside."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, work, self.wanted, *given)

    def document(self, uri: str) -> Document | None:
        """The open document of that name, if it is a file that may be judged."""
        path = to_fs_path(uri)
        if uri not in self.workspace.text_documents or not path or not uri.startswith("file:"):
            return None
        if language_of(path) is None:
            return None
        data = encoded(self.workspace.get_text_document(uri).source or "")
        return Document(os.path.abspath(path), data)

    def places(self, document: Document) -> Places:
        return Places(document.data, self.workspace.position_encoding or "utf-16")

    def later(self, uri: str, *, pause: float | None = None) -> None:
        """Judge a document when nobody has typed for a while."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self._waiting[uri] = asyncio.ensure_future(
            self._judge(uri, self.pause if pause is None else pause)
        )

    async def _judge(self, uri: str, pause: float) -> None:
        if pause:
            await asyncio.sleep(pause)
        document = self.document(uri)
        if document is None:
            return
        try:
            found = await self.judged(document)
        except Exception as error:  # one document must not cost the session
            self.say(f"unleak failed on {document.path}: {error!r}")
            return
        if self.document(uri) == document:  # else the next key has asked already
            self.publish(uri, document, found)

    async def judged(self, document: Document) -> Judged:
        """The findings of a document as it stands."""
        uri = from_fs_path(document.path) or ""
        known = self._told.get(uri)
        if known is not None and known[0] == document:
            return known[1]
        try:
            if await self.aside(_is_left_out, document.path):
                return Judged((), ())
            found = await self.aside(judging.judged, document)
        except ConfigError as error:
            return Judged((), (), f"{error.file}: {error}")
        if known is None or self.document(uri) == document:
            self._told[uri] = document, found
        return found

    def publish(self, uri: str, document: Document, found: Judged) -> None:
        places = self.places(document)
        diagnostics = [_diagnostic(finding, places) for finding in found.findings]
        top = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        told = [found.trouble] if found.trouble else []
        told += [one.message for one in found.skipped if one.code != "generated"]
        diagnostics += [
            lsp.Diagnostic(top, message, lsp.DiagnosticSeverity.Information, source="unleak")
            for message in told
        ]
        version = None
        if uri in self.workspace.text_documents:
            version = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri, diagnostics, version)
        )

    def forget(self, uri: str, *, silent: bool = False) -> None:
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self._told.pop(uri, None)
        if not silent:
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    def again(self) -> None:
        """Judge all that is open anew: something around it has changed."""
        self._told.clear()
        for uri in list(self.workspace.text_documents):
            self.later(uri)

    def say(self, message: str) -> None:
        kind = lsp.MessageType.Error
        self.window_log_message(lsp.LogMessageParams(kind, message))

    # A whole workspace.

    async def check_workspace(self) -> int:
        """Tell the findings of all files of the workspace; the number of findings."""
        folders = [path for uri in self.workspace.folders if (path := to_fs_path(uri))]
        if not folders and self.workspace.root_path:
            folders = [self.workspace.root_path]
        folders = [path for path in folders if os.path.isdir(path)]
        if not folders:
            return 0
        loop = asyncio.get_running_loop()
        token = "unleak/workspace"
        progress = self.work_done_progress
        shows = False
        window = self.client_capabilities.window
        if window is not None and window.work_done_progress:
            with contextlib.suppress(Exception):
                await progress.create_async(token)
                progress.begin(token, lsp.WorkDoneProgressBegin("unleak: looking for leaks"))
                shows = True
        last = -1

        def tick(done: int, total: int) -> None:
            nonlocal last
            percent = 100 * done // max(total, 1)
            if shows and percent != last:
                last = percent
                report = lsp.WorkDoneProgressReport(
                    message=f"{done} of {total}", percentage=percent
                )
                loop.call_soon_threadsafe(progress.report, token, report)

        try:
            asked = self.wanted._replace(paths=tuple(folders), stdin=None)
            done = await loop.run_in_executor(self._worker, run, asked, tick)
        except ConfigError as error:
            message = lsp.ShowMessageParams(lsp.MessageType.Error, f"unleak: {error.file}: {error}")
            self.window_show_message(message)
            return 0
        finally:
            if shows:
                progress.end(token, lsp.WorkDoneProgressEnd())
        count = 0
        scanned: set[str] = set()
        for result in done.results:
            if not result.left:
                continue
            count += len(result.left)
            uri = from_fs_path(result.file) or ""
            if uri in self.workspace.text_documents:
                continue  # what is typed there counts
            scanned.add(uri)
            document = Document(result.file, result.before)
            self.publish(uri, document, Judged(result.left, result.skipped))
        for uri in self._scanned - scanned - {*self.workspace.text_documents}:
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))
        self._scanned = scanned
        return count

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)


def _is_left_out(wanted: Wanted, path: str) -> bool:
    """Whether the configuration around a file leaves it out. Raises ConfigError."""
    if "node_modules" in path.split(os.sep):
        return True
    folder = os.path.dirname(path)
    return Homes(Folders(), root_of([folder])).of(folder).excludes(path)


def _add_features(server: Server) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def _opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.later(params.text_document.uri, pause=0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def _changed(params: lsp.DidChangeTextDocumentParams) -> None:
        server.later(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def _saved(params: lsp.DidSaveTextDocumentParams) -> None:
        server.again()  # what another file is told of this one may have changed

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def _closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def _watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        server.again()

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, FIX_ALL]),
    )
    async def _actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        document = server.document(params.text_document.uri)
        if document is None:
            return []
        try:
            return await _code_actions(server, document, params)
        except ConfigError:
            return []  # it is told as a diagnostic

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def _hover(params: lsp.HoverParams) -> lsp.Hover | None:
        document = server.document(params.text_document.uri)
        if document is None:
            return None
        found = await server.judged(document)
        places = server.places(document)
        line = params.position.line
        here = [one for one in found.findings if _touches(places, one, line, line)]
        if not here:
            return None
        text = "\n\n---\n\n".join(map(_told, here))
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))

    @server.feature(lsp.SHUTDOWN)
    async def _shut_down(*_: Any) -> None:
        server.close()

    @server.command(CHECK_WORKSPACE)
    async def _check_workspace(*_: Any) -> int:
        return await server.check_workspace()


async def _code_actions(
    server: Server, document: Document, params: lsp.CodeActionParams
) -> list[lsp.CodeAction]:
    uri = params.text_document.uri
    only = params.context.only
    places = server.places(document)
    actions: list[lsp.CodeAction] = []
    if _is_asked(only, FIX_ALL):
        safe = await server.aside(judging.all_safe, document)
        if safe is not None:
            count = len(safe.findings)
            title = f"Fix all that is safe: {count} finding{'s' * (count != 1)}"
            actions.append(_action(server, uri, document, title, FIX_ALL, safe.edits))
    if not _is_asked(only, lsp.CodeActionKind.QuickFix):
        return actions
    first, last = params.range.start.line, params.range.end.line
    found = await server.judged(document)
    here = [one for one in found.findings if _touches(places, one, first, last)]
    if not here:
        return actions
    names = {one.fingerprint for one in here}
    cures = await server.aside(judging.cures, document) if any(o.fixable for o in here) else []
    fixes = [cure for cure in cures if names & {one.fingerprint for one in cure.findings}]
    for cure in sorted(fixes, key=lambda cure: cure.safety.rank):
        action = _action(
            server, uri, document, _title(cure), lsp.CodeActionKind.QuickFix, cure.edits
        )
        action.diagnostics = [_diagnostic(one, places) for one in cure.findings]
        action.is_preferred = cure.safety == Safety.SAFE
        actions.append(action)
    for finding in here:
        edit = await server.aside(judging.acceptance, document, finding)
        if edit is not None:
            title = f"Accept {finding.codemod} in this line"
            kind = lsp.CodeActionKind.QuickFix
            actions.append(_action(server, uri, document, title, kind, (edit,)))
            actions[-1].diagnostics = [_diagnostic(finding, places)]
    return actions


def _is_asked(only: Any, kind: str) -> bool:
    """Whether actions of a kind are wanted: of that one, or of one it belongs to."""
    kind = str(getattr(kind, "value", kind))
    names = [str(getattr(one, "value", one)) for one in only or ()]
    return not names or any(kind == name or kind.startswith(f"{name}.") for name in names)


def _title(cure: Cure) -> str:
    names = ", ".join(dict.fromkeys(one.codemod for one in cure.findings))
    if cure.safety == Safety.SAFE:
        return f"Fix {names}"
    return f"Fix {names} (unsafe: {'; '.join(cure.notes) or 'read what it changes'})"


def _action(
    server: Server,
    uri: str,
    document: Document,
    title: str,
    kind: Any,
    edits: tuple[Edit, ...],
) -> lsp.CodeAction:
    text_edits = server.places(document).text_edits(edits)
    known = server.workspace.get_text_document(uri).version
    change = lsp.TextDocumentEdit(
        lsp.OptionalVersionedTextDocumentIdentifier(uri, known), list(text_edits)
    )
    workspace = server.client_capabilities.workspace
    edit_support = workspace.workspace_edit if workspace is not None else None
    if edit_support is not None and edit_support.document_changes:
        edit = lsp.WorkspaceEdit(document_changes=[change])
    else:
        edit = lsp.WorkspaceEdit(changes={uri: text_edits})
    return lsp.CodeAction(title, kind, edit=edit)


def _diagnostic(finding: Finding, places: Places) -> lsp.Diagnostic:
    cured = finding.fixable and finding.safety == Safety.SAFE
    severity = lsp.DiagnosticSeverity.Warning
    said = finding.message if cured or not finding.why else f"{finding.message}\n{finding.why}"
    return lsp.Diagnostic(
        range=places.range(finding.anchor, max(finding.anchor, finding.span.end)),
        message=said,
        severity=severity,
        code=finding.codemod,
        source="unleak",
        data={"fingerprint": finding.fingerprint, "status": finding.status},
    )


def _touches(places: Places, finding: Finding, first: int, last: int) -> bool:
    start = places.position(finding.anchor).line
    end = places.position(max(finding.anchor, finding.span.end)).line
    return start <= last and end >= first


def _told(finding: Finding) -> str:
    """A finding for a reader: what, why, what speaks for it, and how to do it by hand."""
    from unleak.registry import entry

    parts = [f"**{finding.codemod}**: {finding.message}", entry(finding.codemod).why]
    if finding.why:
        parts.append(f"*{finding.why}*")
    if finding.evidence:
        lines = [
            f"- `{one.text}`: {one.level}; {', '.join(one.reasons)}" for one in finding.evidence
        ]
        parts.append("\n".join(lines))
    if finding.notes:
        parts.append("\n".join(f"- {note}" for note in finding.notes))
    if finding.recipe:
        parts.append(f"By hand:\n\n```js\n{finding.recipe}\n```")
    return "\n\n".join(part for part in parts if part)


def serve(wanted: Wanted) -> None:
    """Serve one editor on stdin and stdout, until it says goodbye."""
    # The server has them for itself and closes them: what anybody else prints, goes to stderr.
    with os.fdopen(os.dup(0), "rb") as heard, os.fdopen(os.dup(1), "wb") as said:
        os.dup2(2, 1)
        server = Server(wanted)
        try:
            server.start_io(heard, said)
        finally:
            server.close()
