"""The server of the review page answers its own page, and nobody and nothing else."""

import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from unleak.cli import main
from unleak.cli.reviewing import Patch
from unleak.plan import read_plan
from unleak.review_page.coloured import change
from unleak.review_page.server import MOST_BYTES, PageServer
from unleak.reviewing import Review
from unleak_engine.edit import Edit

COPY = """\
const fs = require('node:fs');

exports.copy = async (from, to) => {
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
};
"""
PATCH = "../a.patch"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Page:
    """A page that is served, and somebody who asks."""

    def __init__(self, root: Path) -> None:
        patch = Patch(PATCH)
        self.review = Review(patch.plan, str(root), patch.keep)
        self.server = PageServer(self.review, "a.patch")
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        parts = urlsplit(self.server.url)
        self.host, self.path = parts.netloc, parts.path
        self.origin = f"http://{self.host}"

    def ask(
        self,
        name: str,
        body: object = None,
        *,
        method: str | None = None,
        path: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {} if body is None else {"Content-Type": "application/json", "Origin": self.origin}
        sent |= headers or {}
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(
                method or ("GET" if body is None else "POST"),
                (self.path if path is None else path) + name,
                None if body is None else data,
                sent,
            )
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def end(self) -> None:
        if self.thread.is_alive():
            self.ask("done", {})
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    tree = tmp_path / "tree"
    for name in ("one", "two"):
        (tree / name).mkdir(parents=True)
        (tree / name / "copy.js").write_text(COPY)
        (tree / name / "package.json").write_text(
            json.dumps({"name": f"@acme/{name}", "engines": {"node": ">=20"}})
        )
    (tree / "CODEOWNERS").write_text("/one/ @ann\n")
    monkeypatch.chdir(tree)
    subprocess.run(["git", "init", "-q"], check=True)
    assert main(["diff", "-q", "-o", PATCH]) == 1
    served = Page(tree)
    yield served
    served.end()


def decisions() -> list[str]:
    return [
        ("accepted" if entry.accepted else "rejected") if entry.reviewed else "open"
        for _, entry in read_plan(Path(PATCH).read_bytes()).findings()
    ]


def test_the_page_and_its_parts_are_served_and_nothing_else(page: Page) -> None:
    html = page.ask("")
    assert html.status == 200
    for name in re.findall(rb'(?:href|src)="([^"]+)"', html.body):
        assert page.ask(name.decode()).status == 200
    for name in ("server.py", "../", "page.html", "%2e%2e/server.py", "review/", "x"):
        assert page.ask(name).status == 404
    assert page.ask("", method="POST", headers={"Origin": page.origin}).status == 405
    assert page.ask("decide").status == 405


def test_it_asks_nobody_else_for_anything(page: Page) -> None:
    answer = page.ask("")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    for name in ("", "page.css", "page.js"):
        assert not re.search(rb"https?://|\bstyle=|<script>", page.ask(name).body)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost:80"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("name", ["", "page.js", "review", "decide", "done"])
def test_other_hosts_and_origins_get_nothing(
    page: Page, name: str, headers: dict[str, str]
) -> None:
    body = {"findings": [0], "decision": "reject"} if "." not in name and name else None

    answer = page.ask(name, body, headers=headers)

    assert answer.status == 403
    assert b"@acme" not in answer.body
    assert page.thread.is_alive()
    assert decisions() == ["open", "open"]


@pytest.mark.parametrize("path", ["/", "/x/", "//", "/{}x/", "/{}/../", "/%C3%A9/", "/%ff/"])
def test_a_wrong_token_gets_nothing(page: Page, path: str) -> None:
    token = page.path.strip("/")
    wrong = path.format(token[:-1])

    for name, body in (("", None), ("page.js", None), ("decide", {"findings": [0]}), ("done", {})):
        answer = page.ask(name, body, path=wrong)
        assert answer.status == 403
        assert token.encode() not in answer.body
    assert page.thread.is_alive()


def test_a_request_without_an_origin_decides_nothing(page: Page) -> None:
    connection = http.client.HTTPConnection(page.host, timeout=30)
    connection.request("POST", page.path + "decide", b"{}", {"Content-Type": "application/json"})

    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"findings": [0], "decision": "maybe"}, 400),
        ({"findings": [2], "decision": "accept"}, 400),
        ({"findings": [-1], "decision": "accept"}, 400),
        ({"findings": [True], "decision": "accept"}, 400),
        ({"findings": 0, "decision": "accept"}, 400),
        ([0], 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"x" * (MOST_BYTES + 1), 413),
    ],
)
def test_what_makes_no_sense_is_refused(page: Page, body: object, status: int) -> None:
    before = Path(PATCH).read_bytes()

    assert page.ask("decide", body).status == status

    assert Path(PATCH).read_bytes() == before


def test_a_form_of_another_page_is_not_read(page: Page) -> None:
    headers = {"Content-Type": "text/plain"}

    assert page.ask("done", {}, headers=headers).status == 400
    assert page.thread.is_alive()


def test_what_it_tells_of_the_findings(page: Page) -> None:
    told = page.ask("review", {}).json

    assert told["title"] == "a.patch"
    assert [one["package"] for one in told["findings"]] == ["@acme/one", "@acme/two"]
    assert [one["owners"] for one in told["findings"]] == [["@ann"], ["nobody"]]
    first = told["findings"][0]
    assert (first["path"], first["codemod"]) == ("one/copy.js", "pipe-without-pipeline")
    assert first["evidence"]
    assert told["counts"] == {"accepted": 0, "rejected": 0, "open": 2}
    assert told["problems"] == []
    blocks = page.ask("change", {"finding": 0}).json["blocks"]
    lines = [
        "".join(text for _, text in row["new"]["parts"])
        for block in blocks
        for row in block["rows"]
        if row["new"] and row["changed"]
    ]
    assert any("await pipeline(" in line for line in lines)


def test_a_decision_is_in_the_patch_before_it_is_told(page: Page) -> None:
    answer = page.ask("decide", {"findings": [1], "decision": "reject"})

    assert [state["state"] for state in answer.json["states"]] == ["open", "rejected"]
    assert decisions() == ["open", "rejected"]
    assert page.ask("comment", {"finding": 1, "text": " too\n early "}).status == 200
    entries = [entry for _, entry in read_plan(Path(PATCH).read_bytes()).findings()]
    assert [entry.note for entry in entries] == ["", "too early"]
    assert decisions() == ["open", "rejected"]


def test_a_file_that_has_changed_is_not_decided_on(page: Page) -> None:
    Path("one/copy.js").write_text(COPY + "// more\n")

    answer = page.ask("decide", {"findings": [0, 1], "decision": "accept"})

    assert answer.status == 409
    assert "one/copy.js" in answer.json["error"]
    assert decisions() == ["open", "open"]
    told = page.ask("review", {}).json
    assert [state["state"] for state in told["states"]] == ["changed", "open"]
    assert told["problems"][0]["path"] == "one/copy.js"
    assert page.ask("change", {"finding": 0}).status == 409
    assert page.ask("decide", {"findings": [1], "decision": "accept"}).status == 200


def test_a_patch_that_somebody_else_has_changed_is_not_written_over(page: Page) -> None:
    with open(PATCH, "ab") as file:
        file.write(b"more\n")
    theirs = Path(PATCH).read_bytes()

    answer = page.ask("decide", {"findings": [0], "decision": "accept"})

    assert answer.status == 409
    assert "somebody else" in answer.json["error"]
    assert Path(PATCH).read_bytes() == theirs


def test_done_ends_it(page: Page) -> None:
    assert page.ask("done", {}).status == 200

    page.thread.join(30)

    assert not page.thread.is_alive()


def test_the_command_says_where_and_how_it_ended(page: Page) -> None:
    page.end()
    command = [sys.executable, "-m", "unleak", "review", PATCH, "--web", "--no-browser"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        url = urlsplit(child.stderr.readline().strip())
        connection = http.client.HTTPConnection(url.netloc, timeout=30)
        headers = {"Content-Type": "application/json", "Origin": f"http://{url.netloc}"}
        for action, body in (
            ("decide", {"findings": [0, 1], "decision": "accept"}),
            ("done", {}),
        ):
            connection.request("POST", url.path + action, json.dumps(body), headers)
            assert connection.getresponse().read()
            connection.close()
        rest = child.stderr.read()
    assert child.returncode == 0
    assert "2 findings: 2 accepted" in rest
    assert url.hostname == "127.0.0.1"


@pytest.mark.parametrize(
    "arguments",
    [["--web", "--status"], ["--web", "--accept", "drain-wait-hangs"], ["--port", "1"]],
)
def test_options_that_do_not_go_together(page: Page, arguments: list[str]) -> None:
    assert main(["review", PATCH, *arguments]) == 2


def test_two_columns() -> None:
    old = b"let a = 1;\r\nlet b = '\xe2\x80\xae';\nlast"
    edits = (Edit.replace(0, 10, "const a = [\n1];"), Edit.insert(len(old), "!"))

    (block,) = change("a.js", old, edits)

    sides = [
        ["".join(text for _, text in line.parts) if line else None for line in (row.old, row.new)]
        for row in block.rows
    ]
    assert sides == [
        ["let a = 1;", "const a = ["],
        [None, "1];"],
        ["let b = '\\u202e';", "let b = '\\u202e';"],
        ["last", "last!"],
    ]
    assert [row.changed for row in block.rows] == [True, True, False, True]
    assert block.rows[0].new is not None
    assert block.rows[0].new.parts[0] == ("keyword", "const")
