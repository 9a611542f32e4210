"""The memory of a process is that of all its children, too."""

import os
import subprocess
import sys

import pytest

from local.bench.processes.memory import PROC, Peaks, family, memory_of, watched

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


def test_a_peak_stays() -> None:
    """What was freed again counts."""
    peaks = Peaks()
    peaks.note({"pss": 2048})
    peaks.note({"pss": 1024})
    assert peaks.mib == {"pss": 2.0}


def test_a_process_is_watched_at_least_once() -> None:
    """However short the block is."""
    with watched(os.getpid()) as peaks:
        pass
    assert peaks.mib["pss"] > 0
