"""A day with chaos that is interrupted: nothing of it goes on."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.settings import ROOT
from tests.kit.replays import DAY


@pytest.mark.soak
@pytest.mark.stack
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_day_interrupted_while_an_emulator_hangs_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C ends the suspended process too, and the disturbances until then are written."""
    argv = [sys.executable, "-m", "local", "day", str(DAY), "--out", str(tmp_path), "--chaos", "4"]
    # A background job of a shell ignores Ctrl-C, and its children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL) as day:
        deadline = time.monotonic() + 120
        while not (family := descendants(day.pid)) or "T" not in family.values():
            assert day.poll() is None, "the day ended before anything hung"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        day.send_signal(number)
        assert day.wait(30) == 128 + number
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []
    assert (tmp_path / "chaos.jsonl").read_text().count('"action": "duplicate"') > 0


def descendants(pid: int) -> dict[int, str]:
    """Return the processes below one, with the kernel's letter for their state: T is suspended."""
    found: dict[int, str] = {}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _text(children).split()):
            found[child] = _text(Path(f"/proc/{child}/stat")).rpartition(") ")[2][:1]
            found |= descendants(child)
    return found


def _text(path: Path) -> str:
    """Return a file's text, empty when its process has just ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
