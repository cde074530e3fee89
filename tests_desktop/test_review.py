"""A review in a real browser: what is decided there is in the patch, and is what gets written."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.common.exceptions import (
    NoSuchWindowException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from unleak.cli import main
from unleak.plan import read_plan

COPY = """\
const fs = require('node:fs');

exports.copy{n} = async (from, to) => {{
  await new Promise((resolve, reject) => {{
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
  }});
}};

exports.move{n} = async (from, to) => {{
  await new Promise((resolve, reject) => {{
    fs.createReadStream(from)
      .pipe(fs.createWriteStream(to)).on('close', resolve).on('error', reject);
  }});
}};
"""
DRAIN = """\
const { once } = require('node:events');
const fs = require('node:fs');

exports.copy = async (rows, to) => {
  const out = fs.createWriteStream(to);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
};
"""
TWO_IN_ONE = """\
const fs = require('node:fs');
const http = require('node:http');

http.createServer((req, res) => {
  setTimeout(() => res.end(), 1000);
  fs.createReadStream('a.csv').pipe(res);
});
"""
PATCH = "../a.patch"
SECONDS = 30


class Served:
    """`unleak review --web`, and where it is."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "unleak", "review", PATCH, "--web", "--no-browser"]
        self.child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.child.stderr is not None
        self.url = self.child.stderr.readline().strip()

    def ended(self) -> str:
        """Wait for its end, and return what it said."""
        assert self.child.stderr is not None
        said = self.child.stderr.read()
        assert self.child.wait(SECONDS) in (0, 1)
        return said

    def kill(self) -> None:
        self.child.kill()
        if self.child.stderr is not None and not self.child.stderr.closed:
            self.child.communicate()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    tree = tmp_path / "tree"
    for name in ("one", "two"):
        (tree / name).mkdir(parents=True)
        (tree / name / "package.json").write_text(
            json.dumps({"name": name, "engines": {"node": ">=20"}})
        )
    (tree / "one" / "copy.js").write_text(COPY.format(n=1))
    (tree / "two" / "copy.js").write_text(COPY.format(n=2))
    (tree / "two" / "drain.js").write_text(DRAIN)
    (tree / "CODEOWNERS").write_text("/one/ @ann\n/two/ @bob\n")
    monkeypatch.chdir(tree)
    subprocess.run(["git", "init", "-q"], check=True)
    assert main(["diff", "-q", "--unsafe-fixes", "-o", PATCH]) == 1
    page = Served()
    yield page
    page.kill()


def decisions() -> list[str]:
    """One word for each finding, as the patch has it by now."""
    return [
        ("yes" if entry.accepted else "no") if entry.reviewed else "open"
        for _, entry in read_plan(Path(PATCH).read_bytes()).findings()
    ]


def soon(browser: Chrome, what: Callable[[], bool]) -> None:
    redrawn = [StaleElementReferenceException]  # between finding an element and asking it
    wait = WebDriverWait(browser, SECONDS, poll_frequency=0.05, ignored_exceptions=redrawn)
    wait.until(lambda _: what())


def press(browser: Chrome, keys: str) -> None:
    ready(browser)
    browser.find_element(By.TAG_NAME, "body").send_keys(keys)


def ready(browser: Chrome) -> None:
    """Wait until a decision is heard: the one before is kept, and the next finding shown."""
    busy = "article[aria-busy='true']"
    soon(browser, lambda: not browser.find_elements(By.CSS_SELECTOR, busy))


def listed(browser: Chrome) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, "nav button")


def current(browser: Chrome) -> str:
    found = browser.find_elements(By.CSS_SELECTOR, "nav button[aria-current='true']")
    return found[0].get_attribute("data-finding") or "" if found else ""


def opened(browser: Chrome, served: Served) -> None:
    browser.get(served.url)
    soon(browser, lambda: bool(browser.find_elements(By.CSS_SELECTOR, ".diff .row")))


def test_by_keyboard_and_by_mouse_then_applied(browser: Chrome, served: Served) -> None:
    opened(browser, served)
    assert len(listed(browser)) == 5
    assert "await pipeline(" in browser.find_element(By.CSS_SELECTOR, ".diff").text

    press(browser, "y")
    soon(browser, lambda: decisions() == ["yes", "open", "open", "open", "open"])
    soon(browser, lambda: current(browser) == "1")
    press(browser, "n")
    soon(browser, lambda: decisions() == ["yes", "no", "open", "open", "open"])
    soon(browser, lambda: current(browser) == "2")
    press(browser, "j")
    soon(browser, lambda: current(browser) == "3")
    press(browser, "k")
    soon(browser, lambda: current(browser) == "2")
    press(browser, "d")  # this one, and all later ones of its file
    soon(browser, lambda: decisions() == ["yes", "no", "no", "no", "open"])

    listed(browser)[3].click()
    soon(browser, lambda: current(browser) == "3")
    ready(browser)
    browser.find_element(By.CSS_SELECTOR, "[data-decision='accept']").click()
    soon(browser, lambda: decisions() == ["yes", "no", "no", "yes", "open"])
    soon(browser, lambda: current(browser) == "4")
    ready(browser)
    browser.find_element(By.CSS_SELECTOR, "[data-decision='accept']").click()
    soon(browser, lambda: decisions() == ["yes", "no", "no", "yes", "yes"])
    assert "5 of 5 decided" in browser.find_element(By.ID, "progress").text
    assert browser.get_log("browser") == []  # nothing was refused by the page's own policy

    browser.find_element(By.ID, "done").click()
    assert "5 findings: 3 accepted, 2 rejected" in served.ended()

    assert main(["apply", "-q", PATCH]) == 0
    text = {name: Path(name).read_text() for name in ("one/copy.js", "two/copy.js", "two/drain.js")}
    assert [text[name].count("await pipeline(") for name in text] == [1, 1, 0]
    assert text["one/copy.js"].index("await pipeline(") < text["one/copy.js"].index("new Promise")
    assert text["two/copy.js"].index("await pipeline(") > text["two/copy.js"].index("new Promise")
    assert "drained" in text["two/drain.js"]


def test_filters(browser: Chrome, served: Served) -> None:
    opened(browser, served)

    def chosen(name: str, value: str, count: int) -> None:
        Select(browser.find_element(By.ID, name)).select_by_value(value)
        soon(browser, lambda: len(listed(browser)) == count)

    chosen("codemod", "drain-wait-hangs", 1)
    chosen("codemod", "", 5)
    chosen("package", "two", 3)
    chosen("package", "", 5)
    chosen("owner", "@ann", 2)
    chosen("owner", "@bob", 3)
    chosen("codemod", "pipe-without-pipeline", 2)
    soon(browser, lambda: current(browser) == "2")
    browser.find_element(By.ID, "reject-shown").click()
    soon(browser, lambda: decisions() == ["open", "open", "no", "no", "open"])
    chosen("owner", "", 4)
    chosen("codemod", "", 5)
    chosen("state", "rejected", 2)
    chosen("state", "open", 3)
    chosen("safety", "safe", 3)
    browser.find_element(By.ID, "path").send_keys("drain")
    soon(browser, lambda: len(listed(browser)) == 1)
    browser.find_element(By.ID, "path").send_keys("y")  # a letter, while something is typed
    soon(browser, lambda: not listed(browser))
    assert decisions() == ["open", "open", "no", "no", "open"]


def test_a_reload_and_another_day_go_on_where_it_was(browser: Chrome, served: Served) -> None:
    opened(browser, served)
    press(browser, "y")
    soon(browser, lambda: decisions()[0] == "yes")
    press(browser, "c")
    area = browser.switch_to.active_element
    area.send_keys("not before the release", Keys.TAB)
    soon(browser, lambda: "not before the release" in Path(PATCH).read_text())

    browser.refresh()
    soon(browser, lambda: current(browser) == "1")
    assert "1 of 5 decided" in browser.find_element(By.ID, "progress").text
    comment = browser.find_element(By.ID, "comment").get_attribute("value")
    assert comment == "not before the release"
    browser.find_element(By.ID, "done").click()
    assert "1 accepted, 0 rejected, 4 open" in served.ended()

    again = Served()
    try:
        opened(browser, again)
        assert current(browser) == "1"
        press(browser, "A")
        soon(browser, lambda: decisions() == ["yes", "yes", "yes", "yes", "open"])
    finally:
        again.kill()


def test_a_file_that_changes_meanwhile_cannot_be_decided_on(
    browser: Chrome, served: Served
) -> None:
    opened(browser, served)
    Path("one/copy.js").write_text("mine\n")

    press(browser, "y")

    soon(browser, lambda: "one/copy.js" in browser.find_element(By.ID, "said").text)
    assert decisions() == ["open"] * 5
    assert len(browser.find_elements(By.CSS_SELECTOR, "nav .changed")) == 2


def test_a_wrong_token_or_another_page_gets_nothing(browser: Chrome, served: Served) -> None:
    parts = urlsplit(served.url)
    browser.get(f"{parts.scheme}://{parts.netloc}/{'x' * 43}/")
    assert "not known here" in browser.page_source
    assert "copy.js" not in browser.page_source
    browser.get("data:text/html,<p>another page")

    ask = """
      const done = arguments[arguments.length - 1];
      fetch(arguments[0] + 'decide', {
        method: 'POST',
        mode: arguments[1],
        headers: { 'Content-Type': arguments[2] },
        body: JSON.stringify({ findings: [0], decision: 'reject' }),
      }).then(async (answer) => done(await answer.text()), () => done('refused'));
    """
    for mode, kind in (("cors", "application/json"), ("no-cors", "text/plain")):
        told = browser.execute_async_script(ask, served.url, mode, kind)
        assert told in ("refused", "")
    assert decisions() == ["open"] * 5
    assert served.child.poll() is None


def test_a_narrow_window_has_nothing_beside_it(browser: Chrome, served: Served) -> None:
    opened(browser, served)
    browser.set_window_size(500, 800)

    wide = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )

    assert wide <= 0
    press(browser, "y")
    soon(browser, lambda: decisions()[0] == "yes")


def test_the_end_is_said_when_it_is_gone(browser: Chrome, served: Served) -> None:
    opened(browser, served)
    browser.find_element(By.ID, "done").click()
    served.ended()
    # Where it may, it has closed itself.
    with contextlib.suppress(NoSuchWindowException, WebDriverException):
        assert "The decisions are in the patch" in browser.page_source


def test_a_key_that_comes_too_soon_takes_no_decision_back(browser: Chrome, served: Served) -> None:
    opened(browser, served)
    typed = """
      for (const [key, repeat] of arguments[0])
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, repeat, bubbles: true }));
    """

    # Both before the server can have answered the first.
    browser.execute_script(typed, [["y", False], ["n", False]])
    soon(browser, lambda: current(browser) == "1")
    assert decisions() == ["yes", "open", "open", "open", "open"]

    ready(browser)
    browser.execute_script(typed, [["n", True]])  # held down since the one before
    browser.execute_script(typed, [["j", True]])
    soon(browser, lambda: current(browser) == "2")
    assert decisions() == ["yes", "open", "open", "open", "open"]


def test_a_filter_stays_when_its_field_is_left(browser: Chrome, served: Served) -> None:
    opened(browser, served)
    field = browser.find_element(By.ID, "path")
    press(browser, "/")
    browser.switch_to.active_element.send_keys("drain")
    soon(browser, lambda: len(listed(browser)) == 1)

    browser.switch_to.active_element.send_keys(Keys.ESCAPE)

    soon(browser, lambda: browser.switch_to.active_element != field)
    assert field.get_property("value") == "drain"
    press(browser, "A")
    soon(browser, lambda: decisions() == ["open", "open", "open", "open", "yes"])


def test_all_of_a_codemod_leaves_what_others_have_a_part_in(
    browser: Chrome, served: Served
) -> None:
    served.kill()
    for name in ("one", "two"):
        Path(name, "copy.js").write_text(TWO_IN_ONE)
    assert main(["diff", "-q", "--unsafe-fixes", "-o", PATCH]) == 1
    again = Served()
    try:
        opened(browser, again)
        assert decisions() == ["open", "open", "open", "open", "open"]  # two pairs, and one
        Select(browser.find_element(By.ID, "codemod")).select_by_value("pipe-without-pipeline")
        soon(browser, lambda: len(listed(browser)) == 2)
        press(browser, "A")
        soon(browser, lambda: decisions() == ["yes", "yes", "open", "open", "open"])
    finally:
        again.kill()
