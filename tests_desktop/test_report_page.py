"""A report as a page, in a real browser: on a phone, on a screen, in the dark and on paper."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from unleak.batch.analysing import Options
from unleak.batch.state import Found, State
from unleak.batch.wanted import Wanted
from unleak.cli import main

CURED = """\
const fs = require('node:fs');
exports.copy = async (from, to) => {{
  await new Promise((resolve, reject) => {{
    fs.createReadStream(from{long}).pipe(fs.createWriteStream(to))
      .on('finish', resolve).on('error', reject);
  }});
}};
"""
SHOWN = """\
import fs from 'node:fs';
export const show = (name) => fs.createReadStream(name).pipe(process.stdout);
"""
HOSTILE = "<img src=x onerror=alert(1)>\"'.js"
WIDTHS = (360, 1280)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a report on a tree with long and hostile names."""
    top = tmp_path / "tree"
    for name in ("one", "two"):
        (top / name).mkdir(parents=True)
        manifest = {"name": f"@acme/{name}", "engines": {"node": ">=20"}}
        (top / name / "package.json").write_text(json.dumps(manifest))
    (top / "one" / "copy.js").write_text(CURED.format(long=""))
    (top / "one" / HOSTILE).write_text(CURED.format(long=""))
    (top / "two" / f"{'l' * 200}.js").write_text(CURED.format(long=f" + '{'o' * 3000}'"))
    (top / "two" / "show.mjs").write_text(SHOWN)
    (top / "CODEOWNERS").write_text("/one/ @ann\n/two/ @acme/a-team-with-a-name-of-its-own\n")
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    wanted = Wanted(root="", options=Options(codemods=("pipe-without-pipeline",)))
    with State(str(top)) as state:
        for number in (40, 31, 9, 4):
            begun = state.begin(wanted.as_json(), "base", "tree", {}, [])
            state.count(begun, [Found("pipe-without-pipeline", "one", "@ann", "safe", number)])
    monkeypatch.chdir(top)
    out = tmp_path / "report.html"
    assert main(["check", "-q", "--output-format", "html", "--output-file", str(out)]) == 1
    return out.as_uri()


def opened(browser: Chrome, page: str, width: int, *, dark: bool = False) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get(page)


def listed(browser: Chrome) -> list[str]:
    """The places of the findings that are to be seen."""
    found = browser.find_elements(By.CSS_SELECTOR, ".finding:not([hidden]) summary code")
    return [one.text for one in found]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(browser: Chrome, page: str, width: int) -> None:
    opened(browser, page, width)

    assert len(listed(browser)) == 4
    wide = browser.execute_script(
        "const wide = document.documentElement.clientWidth;"
        "return [...document.querySelectorAll('body *')]"
        "  .filter((one) => one.getBoundingClientRect().right > wide + 1)"
        "  .map((one) => one.outerHTML.slice(0, 80))"
    )
    assert wide == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_search(browser: Chrome, page: str, width: int) -> None:
    opened(browser, page, width)
    field = browser.find_element(By.ID, "find")

    def found(words: str) -> int:
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(Keys.BACKSPACE, words, Keys.ENTER)
        assert browser.find_element(By.ID, "count").text == f"{len(listed(browser))} of 4"
        return len(listed(browser))

    assert [found(words) for words in ("copy.js", "ANN pipe", "ann two", "<img", "")] == [
        *(1, 2, 0, 1, 4)
    ]
    browser.find_element(By.CSS_SELECTOR, "[data-find='@acme/two']").click()
    assert len(listed(browser)) == 2
    assert browser.switch_to.active_element == field
    assert browser.current_url.startswith("file:")  # Enter sends no form


def test_fold_and_unfold(browser: Chrome, page: str) -> None:
    opened(browser, page, 1280)
    button = browser.find_element(By.ID, "fold")

    assert len(browser.find_elements(By.CSS_SELECTOR, ".finding[open]")) == 4
    button.click()
    assert browser.find_elements(By.CSS_SELECTOR, ".finding[open]") == []
    assert button.text == "Unfold all"


def test_a_hostile_name_is_text(browser: Chrome, page: str) -> None:
    opened(browser, page, 1280)

    assert f"one/{HOSTILE}:4:31" in listed(browser)
    assert browser.find_elements(By.TAG_NAME, "img") == []


def test_the_burn_down_has_a_bar_for_each_run(browser: Chrome, page: str) -> None:
    opened(browser, page, 360)
    bars = browser.find_elements(By.CSS_SELECTOR, ".burn rect")

    tall = [bar.rect["height"] for bar in bars]
    assert tall == sorted(tall, reverse=True)
    assert len(set(tall)) == 4
    numbers = browser.find_elements(By.CSS_SELECTOR, ".burn text:not(.day)")
    assert [number.text for number in numbers] == ["40", "31", "9", "4"]
    assert min(number.rect["height"] for number in numbers) > 10  # to be read on a phone


def test_colours_of_the_dark_and_of_paper(browser: Chrome, page: str) -> None:
    def grounds() -> list[int]:
        """How bright the page and its text are, from 0 to 255."""
        colours = browser.execute_script(
            "const style = getComputedStyle(document.body);"
            "return [style.backgroundColor, style.color]"
        )
        return [int(colour.split("(")[1].split(",")[0]) for colour in colours]

    opened(browser, page, 1280)
    ground, text = grounds()
    assert ground > 200 > 60 > text
    opened(browser, page, 1280, dark=True)
    ground, text = grounds()
    assert text > 200 > 60 > ground
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    ground, text = grounds()
    assert ground > 200 > 60 > text


def test_what_is_folded_is_printed(browser: Chrome, page: str) -> None:
    opened(browser, page, 1280)

    def pages() -> int:
        printed: dict[str, Any] = browser.execute_cdp_cmd("Page.printToPDF", {})
        return base64.b64decode(printed["data"]).count(b"/Type /Page\n")

    unfolded = pages()
    browser.find_element(By.ID, "fold").click()
    assert unfolded >= 2
    assert pages() == unfolded
    assert browser.find_elements(By.CSS_SELECTOR, ".finding[open]") == []
