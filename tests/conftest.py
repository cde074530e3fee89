"""Switches and places that tests share."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent


# Journals of runs outside of git lie with the user's state, and not with that of who runs tests.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="unleak-tests-state-")
# The same holds for what is remembered of runs within one.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="unleak-tests-cache-")

# How fast examples are made is the machine's affair, and no test passes or fails by time.
settings.register_profile("unleak", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unleak")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected diffs and findings; read every change before committing it",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))
