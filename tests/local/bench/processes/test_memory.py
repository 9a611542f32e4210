"""The memory of a process is that of all its children, too."""

import os
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path

import pytest

from local.bench.processes import memory
from local.bench.processes.memory import PROC, Peaks, family, memory_of, pss_of, watched

pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason=f"{PROC} is not here")


def test_children_and_their_children_belong_to_the_family() -> None:
    """A function's worker is the child of a child."""
    inner = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    child = subprocess.Popen([sys.executable, "-c", inner], stdin=subprocess.PIPE)
    try:
        while len(found := family(child.pid)) < 2:
            assert child.poll() is None
        assert found[0] == child.pid
        assert set(found) <= set(family(os.getpid()))
    finally:
        child.communicate(b"\n")


def test_shared_pages_count_once() -> None:
    """The proportional sum is never above the resident one."""
    now = memory_of(os.getpid())
    assert 0 < now["pss"] <= now["rss"]


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a system of some processes, by their parents; the name of each holds a bracket."""
    for pid, parent in ((1, 0), (7, 1), (8, 7), (9, 8), (10, 7), (11, 1)):
        folder = tmp_path / f"{pid}"
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} (a) b) S {parent} 7 7")
        sizes = f"Rss: {100 * pid} kB\nPss_Anon: 1 kB\nPss: {pid} kB\n"
        (folder / "smaps_rollup").write_text(f"a-b ---p 0 [rollup]\n{sizes}")
    (tmp_path / "12").mkdir()
    (tmp_path / "version").write_text("")
    monkeypatch.setattr(memory, "PROC", tmp_path)
    return tmp_path


def test_the_memory_of_a_family_is_the_sum_of_its_members(processes: Path) -> None:
    """One that ends meanwhile is left out, and so is whoever is not of it."""
    assert sorted(family(7)) == [7, 8, 9, 10]
    assert family(7)[0] == 7
    assert memory_of(7) == {"rss": 3400, "pss": 34}
    assert pss_of(9) == 9
    (processes / "10" / "smaps_rollup").unlink()
    assert memory_of(7) == {"rss": 2400, "pss": 24}


def test_a_process_is_watched_until_the_block_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at again and again, and by nobody afterwards."""
    looks, enough, before = count(1), threading.Event(), threading.enumerate()

    def look(pid: int) -> dict[str, int]:
        number = next(looks)
        if number > 3:
            enough.set()
        return {"pss": pid * 1024 * min(number, 3)}

    monkeypatch.setattr(memory, "memory_of", look)
    monkeypatch.setattr(memory, "PAUSE_SECONDS", 0)
    with watched(2) as peaks:
        assert enough.wait(5)
    assert peaks.mib == {"pss": 6.0}
    assert threading.enumerate() == before


def test_a_peak_stays() -> None:
    """What was freed again counts; whatever is noted first is the largest so far."""
    peaks = Peaks()
    peaks.note({"pss": 307})
    assert peaks.mib == {"pss": 0.3}
    peaks.note({"pss": 2048})
    peaks.note({"pss": 1024, "rss": 1300})
    assert peaks.mib == {"pss": 2.0, "rss": 1.3}


def test_a_process_is_watched_at_least_once() -> None:
    """However short the block is."""
    with watched(os.getpid()) as peaks:
        pass
    assert peaks.mib["pss"] > 0
