"""The language server, driven by a client of its own over pipes, as an editor does."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from unleak.lsp.places import Places, encoded
from unleak_engine.edit import Edit

UNSAFE = """\
import fs from 'node:fs';
import zlib from 'node:zlib';

export function packed(from, to) {
  fs.createReadStream(from).pipe(zlib.createGzip()).pipe(fs.createWriteStream(to));
}
"""
SAFE = """\
import { createWriteStream } from 'node:fs';

export function open(path) {
  const out = createWriteStream(path);
  setInterval(() => {
    console.log(`waiting: ${out.writableLength} of ${out.writableHighWaterMark}`);
  }, 20);
  return out;
}
"""


class Editor:
    """A client, and what it was told."""

    def __init__(self, client: LanguageClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.told: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.news = asyncio.Condition()
        self.progress: list[Any] = []
        self.versions: dict[str, int] = {}

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def _published(params: lsp.PublishDiagnosticsParams) -> None:
            async with self.news:
                self.told[params.uri] = params
                self.news.notify_all()

        @client.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def _created(params: lsp.WorkDoneProgressCreateParams) -> None:
            return None

        @client.feature(lsp.PROGRESS)
        def _progress(params: lsp.ProgressParams) -> None:
            self.progress.append(params.value)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str, language: str = "javascript") -> None:
        self.versions[name] = 1
        item = lsp.TextDocumentItem(self.uri(name), language, 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def change(self, name: str, *changes: lsp.TextDocumentContentChangeEvent) -> None:
        self.versions[name] += 1
        document = lsp.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        params = lsp.DidChangeTextDocumentParams(document, list(changes))
        self.client.text_document_did_change(params)

    def replace(self, name: str, text: str) -> None:
        self.change(name, lsp.TextDocumentContentChangeWholeDocument(text))

    async def diagnostics(self, name: str) -> list[lsp.Diagnostic]:
        """Those of the newest text."""

        def are_there() -> bool:
            told = self.told.get(self.uri(name))
            return told is not None and told.version == self.versions.get(name)

        async with self.news:
            await asyncio.wait_for(self.news.wait_for(are_there), 60)
        return list(self.told[self.uri(name)].diagnostics)

    async def actions(
        self, name: str, line: int, only: list[str] | None = None
    ) -> list[lsp.CodeAction]:
        place = lsp.Position(line, 0)
        context = lsp.CodeActionContext([], only=list(only) if only else None)
        params = lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(self.uri(name)), lsp.Range(place, place), context
        )
        found = await self.client.text_document_code_action_async(params)
        return [one for one in found or [] if isinstance(one, lsp.CodeAction)]


def with_editor(
    folder: Path,
    work: Callable[[Editor], Awaitable[None]],
    *arguments: str,
    encodings: list[str] | None = None,
) -> int:
    """Start a server in `folder`, do the work and say goodbye; the server's exit code."""

    async def session() -> int:
        client = LanguageClient("a-test", "1")
        editor = Editor(client, folder)
        await client.start_io(sys.executable, "-m", "unleak", "lsp", *arguments, cwd=folder)
        await client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(
                    general=lsp.GeneralClientCapabilities(position_encodings=list(encodings or [])),
                    window=lsp.WindowClientCapabilities(work_done_progress=True),
                    workspace=lsp.WorkspaceClientCapabilities(
                        workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True)
                    ),
                ),
                workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), "it")],
            )
        )
        client.initialized(lsp.InitializedParams())
        try:
            await work(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            server: asyncio.subprocess.Process = client._server  # type: ignore[assignment]
            code = await asyncio.wait_for(server.wait(), 60)
            await client.stop()
        return code

    return asyncio.run(session())


def applied(text: str, action: lsp.CodeAction) -> str:
    """`text` with what an action changes in it, places in UTF-16."""
    assert action.edit is not None
    assert action.edit.document_changes is not None
    [change] = action.edit.document_changes
    assert isinstance(change, lsp.TextDocumentEdit)
    data = text.encode("utf-16-le")
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line.encode("utf-16-le")))

    def offset(place: lsp.Position) -> int:
        return lines[place.line] + 2 * place.character

    for edit in sorted(change.edits, key=lambda one: offset(one.range.start), reverse=True):
        assert isinstance(edit, lsp.TextEdit)
        start, end = offset(edit.range.start), offset(edit.range.end)
        data = data[:start] + edit.new_text.encode("utf-16-le") + data[end:]
    return data.decode("utf-16-le")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "package.json").write_text('{"name": "it", "engines": {"node": ">=20"}}')
    (tmp_path / ".git").mkdir()
    return tmp_path.resolve()


# Findings


def test_findings_come_and_go_as_one_types(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("it.mjs", UNSAFE)
        [found] = await editor.diagnostics("it.mjs")
        assert (found.code, found.source) == ("pipe-without-pipeline", "unleak")
        assert found.range.start.line == 4
        editor.replace("it.mjs", "export {};\n")
        assert await editor.diagnostics("it.mjs") == []
        editor.replace("it.mjs", "\n\n" + UNSAFE)
        [found] = await editor.diagnostics("it.mjs")
        assert found.range.start.line == 6

    assert with_editor(folder, work) == 0


def test_what_is_not_ours_is_left_alone(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("node_modules/a/it.mjs", UNSAFE)
        assert await editor.diagnostics("node_modules/a/it.mjs") == []
        editor.open("out/it.mjs", UNSAFE)
        assert await editor.diagnostics("out/it.mjs") == []
        # Neither of these is answered, and neither hurts.
        item = lsp.TextDocumentItem("untitled:Untitled-1", "javascript", 1, UNSAFE)
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        editor.open("it.md", UNSAFE, "markdown")
        assert await editor.actions("it.md", 4) == []
        assert await editor.actions("never-opened.mjs", 4) == []
        editor.open("it.mjs", UNSAFE)
        assert len(await editor.diagnostics("it.mjs")) == 1
        assert "it.md" not in str(editor.told)

    (folder / "unleak.toml").write_text('exclude = ["out"]\n')

    assert with_editor(folder, work) == 0


def test_a_configuration_that_is_wrong_is_told_and_mended(folder: Path) -> None:
    (folder / "unleak.toml").write_text("exclude = 3\n")

    async def work(editor: Editor) -> None:
        editor.open("it.mjs", UNSAFE)
        [told] = await editor.diagnostics("it.mjs")
        assert "unleak.toml" in told.message
        assert await editor.actions("it.mjs", 4) == []
        (folder / "unleak.toml").write_text("")
        document = lsp.TextDocumentIdentifier(editor.uri("it.mjs"))
        del editor.told[editor.uri("it.mjs")]
        editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(document))
        [found] = await editor.diagnostics("it.mjs")
        assert found.code == "pipe-without-pipeline"

    assert with_editor(folder, work) == 0


def test_torn_text_is_told_and_nothing_is_offered(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("it.mjs", UNSAFE.replace("{", "{{{(", 1))
        told = [one.message for one in await editor.diagnostics("it.mjs")]
        assert any("syntax error" in message for message in told)
        assert [one for one in await editor.actions("it.mjs", 4) if "Fix" in one.title] == []

    assert with_editor(folder, work) == 0


def test_closing_takes_the_findings_away(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("it.mjs", UNSAFE)
        assert await editor.diagnostics("it.mjs")
        document = lsp.TextDocumentIdentifier(editor.uri("it.mjs"))
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
        del editor.versions["it.mjs"]
        assert await editor.diagnostics("it.mjs") == []

    assert with_editor(folder, work) == 0


# Cures


def test_an_unsafe_quick_fix_says_what_to_look_at(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        text = "// \U0001f9ea " + "\r\n// é\r\n" + UNSAFE.replace("\n", "\r\n")
        text = text.replace("createReadStream(from)", "createReadStream(from + '\U0001f600')")
        editor.open("it.mjs", text)
        [found] = await editor.diagnostics("it.mjs")
        fix, accept = await editor.actions("it.mjs", found.range.start.line)
        assert "(unsafe: " in fix.title
        assert not fix.is_preferred
        new = applied(text, fix)
        assert "pipeline(\r\n" in new or "pipeline(fs" in new
        editor.replace("it.mjs", new)
        assert await editor.diagnostics("it.mjs") == []
        new = applied(text, accept)
        assert "  // unleak-disable-next-line pipe-without-pipeline -- accepted" in new
        assert new.count("\r\n") == new.count("\n")
        editor.replace("it.mjs", new)
        assert await editor.diagnostics("it.mjs") == []

    assert with_editor(folder, work) == 0


def test_a_safe_quick_fix_is_preferred_and_part_of_fix_all(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("it.mjs", SAFE)
        found = await editor.diagnostics("it.mjs")
        line = found[0].range.start.line
        all_, *rest = await editor.actions("it.mjs", line)
        assert all_.kind == "source.fixAll.unleak"
        [fix] = [one for one in rest if one.is_preferred]
        assert [one.code for one in fix.diagnostics or []] == [found[0].code]
        assert applied(SAFE, fix) == applied(SAFE, all_) != SAFE
        [only] = await editor.actions("it.mjs", 0, ["source.fixAll"])
        assert applied(SAFE, only) == applied(SAFE, all_)
        assert [one.kind for one in await editor.actions("it.mjs", line, ["refactor"])] == []

    assert with_editor(folder, work) == 0


def test_no_comment_is_offered_where_it_would_be_text(folder: Path) -> None:
    text = UNSAFE.replace(
        "  fs.createReadStream(from)", "  return `\n  ${fs.createReadStream(from)"
    ).replace("(to));", "(to))}`;")

    async def work(editor: Editor) -> None:
        editor.open("it.mjs", text)
        for found in await editor.diagnostics("it.mjs"):
            actions = await editor.actions("it.mjs", found.range.start.line)
            assert [one.title for one in actions if "Accept" in one.title] == []

    assert with_editor(folder, work) == 0


def test_hovering_tells_why(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("it.mjs", UNSAFE)
        await editor.diagnostics("it.mjs")
        document = lsp.TextDocumentIdentifier(editor.uri("it.mjs"))
        place = lsp.HoverParams(document, lsp.Position(4, 8))
        told = await editor.client.text_document_hover_async(place)
        assert told is not None
        assert isinstance(told.contents, lsp.MarkupContent)
        assert "**pipe-without-pipeline**" in told.contents.value
        assert "fs.createReadStream(from)" in told.contents.value
        nowhere = lsp.HoverParams(document, lsp.Position(0, 0))
        assert await editor.client.text_document_hover_async(nowhere) is None

    assert with_editor(folder, work) == 0


# The workspace


def test_the_whole_workspace_is_checked_with_progress(folder: Path) -> None:
    (folder / "one.mjs").write_text(UNSAFE)
    (folder / "two.mjs").write_text(UNSAFE)

    async def work(editor: Editor) -> None:
        editor.open("two.mjs", "export {};\n")
        assert await editor.diagnostics("two.mjs") == []
        params = lsp.ExecuteCommandParams("unleak.checkWorkspace")
        assert await editor.client.workspace_execute_command_async(params) == 2
        assert len(editor.told[editor.uri("one.mjs")].diagnostics) == 1
        assert await editor.diagnostics("two.mjs") == []  # what is typed there counts
        kinds = [one["kind"] for one in editor.progress]
        assert (kinds[0], kinds[-1]) == ("begin", "end")
        (folder / "one.mjs").write_text("export {};\n")
        assert await editor.client.workspace_execute_command_async(params) == 1
        assert list(editor.told[editor.uri("one.mjs")].diagnostics) == []

    assert with_editor(folder, work) == 0


def test_the_server_has_options_of_the_command_line(folder: Path) -> None:
    async def work(editor: Editor) -> None:
        editor.open("it.mjs", UNSAFE)
        assert await editor.diagnostics("it.mjs") == []

    assert with_editor(folder, work, "--ignore", "pipe-without-pipeline") == 0


# Any text


def test_a_thousand_random_edits_end_where_a_fresh_start_does(folder: Path) -> None:
    chance = random.Random(7)
    pieces = [
        "fs.createReadStream(a).pipe(b);\n",
        "\r\n",
        "\U0001f600",
        "é",
        "{",
        "}",
        "`",
        "/*",
        "// x\n",
        "\r",
        UNSAFE,
        "await once(x, 'drain');\n",
        "\t",
        "\ud83d",
    ]
    utf16 = "surrogatepass"

    async def work(editor: Editor) -> None:
        text = UNSAFE
        editor.open("it.mjs", text)
        for step in range(1000):
            units = text.encode("utf-16-le", utf16)
            start = chance.randint(0, len(units) // 2)
            end = min(len(units) // 2, start + chance.choice([0, 0, 1, 3, 40]))
            piece = chance.choice(pieces)
            if step % 97 == 96:
                start, end, piece = 0, len(units) // 2, ""
            if step % 97 == 0:
                piece = UNSAFE
            new = units[: 2 * start] + piece.encode("utf-16-le", utf16) + units[2 * end :]
            # An editor never stops within a character.
            clean = new.decode("utf-16-le", "replace")
            if step % 2 or clean.encode("utf-16-le", utf16) != new:
                text = clean
                editor.replace("it.mjs", text)
                continue
            range_ = lsp.Range(_place(units, start), _place(units, end))
            editor.change("it.mjs", lsp.TextDocumentContentChangePartial(range_, piece))
            text = clean
            if step % 50 == 0:
                await _agrees(editor, text)
        await _agrees(editor, text)

    async def _agrees(editor: Editor, text: str) -> None:
        got = await editor.diagnostics("it.mjs")
        editor.open("fresh.mjs", text)
        assert _comparable(await editor.diagnostics("fresh.mjs")) == _comparable(got)
        document = lsp.TextDocumentIdentifier(editor.uri("fresh.mjs"))
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))

    assert with_editor(folder, work) == 0


def _comparable(found: list[lsp.Diagnostic]) -> list[tuple[Any, ...]]:
    return [(one.code, one.message, str(one.range)) for one in found]


def _place(units: bytes, offset: int) -> lsp.Position:
    before = units[: 2 * offset].decode("utf-16-le", "surrogatepass")
    cut = before.replace("\r\n", "\n").replace("\r", "\n")
    last = cut.rpartition("\n")[2]
    return lsp.Position(cut.count("\n"), len(last.encode("utf-16-le", "surrogatepass")) // 2)


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", (1, 7)), ("utf-16", (1, 4)), ("utf-32", (1, 3))]
)
def test_places_are_counted_as_the_editor_does(encoding: str, expected: tuple[int, int]) -> None:
    data = encoded("a\r\né\U0001f600b\rc\nd")
    places = Places(data, encoding)

    place = places.position(data.index(b"b") + 1)

    assert (place.line, place.character) == expected
    assert places.position(data.index(b"c")) == lsp.Position(2, 0)
    assert places.position(len(data)) == lsp.Position(3, 1)
    [edit] = places.text_edits([Edit.insert(0, "x")])
    assert edit == lsp.TextEdit(places.range(0, 0), "x")


def test_half_a_character_is_judged_all_the_same() -> None:
    assert encoded("a\ud83db") == b"a?b"
