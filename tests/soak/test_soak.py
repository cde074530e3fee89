"""What takes long: a hundred thousand bent texts, a million bent patches, and runs that are killed.

See fuzz.py, patches.py, kills.py and round_trip.py for what must hold. UNLEAK_SOAK_COUNT,
UNLEAK_SOAK_PATCHES and UNLEAK_SOAK_KILLS choose other numbers, UNLEAK_SOAK_SEED other dice, and
UNLEAK_SOAK_TREE a folder of real code, whose texts are bent too and which is fixed as a whole.
Failures are kept, cut down, in the folder that is named at the end. Some runs take a disk that is
full and a folder that is read-only, which root can mount; UNLEAK_SOAK_NO_MOUNTS=1 leaves them out.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.soak import fuzz, kills, round_trip

# The runner of the tests has a thread; the workers do not care.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")

SEED = int(os.environ.get("UNLEAK_SOAK_SEED", "1"))


def test_no_text_breaks_a_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = int(os.environ.get("UNLEAK_SOAK_COUNT", "100000"))
    named = os.environ.get("UNLEAK_SOAK_TREE")

    with capsys.disabled():
        total = fuzz.run(count, SEED, Path(named) if named else None, tell=print)
    saved = [str(fuzz.save(broken, tmp_path)) for broken in total.broken]

    assert total.inputs == count
    assert total.edited > count / 20
    assert not saved


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="there is no wheel of atheris for this system: requirements/soak.in says for which",
)
def test_no_patch_breaks_a_law(tmp_path: Path) -> None:
    runs = os.environ.get("UNLEAK_SOAK_PATCHES", "1000000")
    command = [sys.executable, "-m", "tests.soak.patches", "--runs", runs, "--seed", str(SEED)]

    done = subprocess.run(
        [*command, "--keep", tmp_path], cwd=fuzz.ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, f"kept in {tmp_path}\n{done.stderr[-4000:]}"
    assert f"Done {runs} runs" in done.stderr
    assert "could be written" in done.stdout


@pytest.mark.parametrize("name", kills.PLACES)
def test_nothing_is_lost(name: str) -> None:
    place = kills.PLACES[name]()
    if place.mounts and os.environ.get("UNLEAK_SOAK_NO_MOUNTS"):
        pytest.skip("UNLEAK_SOAK_NO_MOUNTS is set")
    count = int(os.environ.get("UNLEAK_SOAK_KILLS", "500"))

    told = kills.run(count, SEED, place)

    assert told.total() == count
    assert any("killed" in what for what in told)


@pytest.mark.skipif("UNLEAK_SOAK_TREE" not in os.environ, reason="UNLEAK_SOAK_TREE is not set")
def test_there_and_back() -> None:
    told = round_trip.run(Path(os.environ["UNLEAK_SOAK_TREE"]))

    assert not told.startswith("0 ")
