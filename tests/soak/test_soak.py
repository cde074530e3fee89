"""A hundred thousand bent texts: see fuzz.py for what must hold for each of them.

UNLEAK_SOAK_COUNT and UNLEAK_SOAK_SEED choose other ones, UNLEAK_SOAK_TREE a folder with more texts
to bend. Failures are kept, cut down, in the folder that is named at the end.
"""

import os
from pathlib import Path

import pytest
from tests.soak import fuzz

# The runner of the tests has a thread; the workers do not care.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def test_no_text_breaks_a_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = int(os.environ.get("UNLEAK_SOAK_COUNT", "100000"))
    seed = int(os.environ.get("UNLEAK_SOAK_SEED", "1"))
    named = os.environ.get("UNLEAK_SOAK_TREE")

    with capsys.disabled():
        total = fuzz.run(count, seed, Path(named) if named else None, tell=print)
    saved = [str(fuzz.save(broken, tmp_path)) for broken in total.broken]

    assert total.inputs == count
    assert total.edited > count / 20
    assert not saved
