"""Processor time and memory of a stack are told apart by part."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.bench.figures import measured_section
from local.bench.page import BASE, load
from local.bench.processes import parts
from local.bench.processes.memory import PROC
from local.bench.processes.parts import OTHERS, Use, parts_of, taken

linux = pytest.mark.skipif(not PROC.is_dir(), reason=f"{PROC} is not here")


@linux
@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("local.fake_sources", "sources"),
        ("local.stack.storage_server", "storage server"),
        ("local.stack.bigquery_server", "BigQuery emulator"),
        ("local.processes.fork_server", "functions"),
    ],
)
def test_a_child_counts_for_the_part_that_its_command_names(word: str, part: str) -> None:
    """And for no other; what has no name of its own is the keeper with the broker."""
    argv = [sys.executable, "-S", "-c", "print(flush=True); input()", word]
    child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        child.stdout.readline()  # before, its command line may not be there yet
        found = parts_of(child.pid)
        assert list(found) == [part]
        assert found[part].mib > 0
        assert {OTHERS, part} <= set(parts_of(os.getpid()))
    finally:
        child.communicate(b"\n")


def test_the_time_of_a_process_is_its_user_and_system_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are found behind its name, which may hold brackets and blanks."""
    (tmp_path / "7").mkdir()
    numbers = " ".join(f"{2**number}" for number in range(1, 30))
    (tmp_path / "7" / "stat").write_text(f"7 (a) b (c)) S {numbers}")
    monkeypatch.setattr(parts, "PROC", tmp_path)
    monkeypatch.setattr(parts, "pss_of", lambda _: 2048)
    ticks = os.sysconf("SC_CLK_TCK")
    assert Use(1, 3).and_of(7) == Use(1 + (2**11 + 2**12) / ticks, 5)


def test_processes_of_one_part_count_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has ended meanwhile counts for none."""
    ticks = os.sysconf("SC_CLK_TCK")
    for pid, words in ((7, "up"), (8, "local.fake_sources"), (9, "local.fake_sources 2"), (10, "")):
        (tmp_path / f"{pid}").mkdir()
        stat = " ".join(["0"] * 10 + [f"{ticks}", f"{pid * ticks}"])
        (tmp_path / f"{pid}" / "stat").write_text(f"{pid} (python) S {stat}")
        if words:
            (tmp_path / f"{pid}" / "cmdline").write_bytes(words.replace(" ", "\0").encode())
    monkeypatch.setattr(parts, "PROC", tmp_path)
    monkeypatch.setattr(parts, "family", lambda pid: [pid, 8, 9, 10])
    monkeypatch.setattr(parts, "pss_of", lambda pid: 1024 * pid)
    assert parts_of(7) == {OTHERS: Use(8, 7), "sources": Use(9 + 10, 8 + 9)}


def test_what_was_taken_before_does_not_count() -> None:
    """A part that started meanwhile counts as a whole."""
    before = {"functions": Use(seconds=3.0, mib=100.06)}
    after = {"functions": Use(seconds=4.567, mib=120.06), "sources": Use(seconds=0.5, mib=20.0)}
    assert taken(before, after) == {
        "functions": {"seconds": 1.57, "mib_before": 100.1, "mib_after": 120.1},
        "sources": {"seconds": 0.5, "mib_before": 0.0, "mib_after": 20.0},
    }


def test_the_page_tells_what_takes_the_largest_burst() -> None:
    """The largest part first, the sum last, and what so many processors cannot go below."""
    base = load(BASE)["measured"]
    measured = {
        **base,
        "calls_after_ms": {kind: 2 * ms for kind, ms in base["calls_ms"].items()},
        "parts": taken({}, {"sources": Use(1.0, 20.0), "functions": Use(9.0, 80.0)}),
    }
    lines = [*measured_section(measured, base)]
    assert "## What takes the 200 chains at once" in lines
    assert f"cannot take less than {10 / base['machine']['cpus']:.0f} s" in "\n".join(lines)
    rows = [line for line in lines if line.startswith(("| functions |", "| sources |", "| all |"))]
    assert rows == [
        "| functions | 9 | 90 % | 0 | 80 |",
        "| sources | 1 | 10 % | 0 | 20 |",
        "| all | 10 | 100 % | 0 | 100 |",
    ]


def test_the_page_tells_what_takes_one_chain() -> None:
    """The largest part first, and what so many processors cannot go below, in floors too."""
    base = load(BASE)["measured"]
    measured = {**base, "chain_cpu_ms": {"sources": 100, "functions": 300}}
    text = " ".join(measured_section(measured, base))
    least = 400 / base["machine"]["cpus"]
    assert "take 400 ms of processor time" in text
    assert "functions 300, sources 100." in text
    assert f"{least:.0f} ms, {least / base['chain']['floor_ms']:.2f} times the floor" in text
