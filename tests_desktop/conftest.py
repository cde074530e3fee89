"""A real browser, started anew for every test with nothing of anybody's in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
)


def found(name: str) -> str:
    path = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin"]))
    assert path, f"{name} is not here; `make test-desktop` installs it"
    return path


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    options = Options()
    options.binary_location = found("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(service=Service(found("chromedriver")), options=options)
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()
