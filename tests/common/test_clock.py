"""The clock port."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from common.clock import FileClock, SystemClock, set_clock
from common.eastern import eastern
from tests.kit.situations import et

NOON = et("2025-11-12 12:00")


@time_machine.travel(NOON, tick=False)
def test_the_system_clock_is_aware_utc() -> None:
    """The system clock gives an aware instant in UTC."""
    assert SystemClock().now() == NOON
    assert SystemClock().now().tzinfo is UTC


@pytest.mark.parametrize("clock", [SystemClock(), FileClock(Path("clock.json"))])
def test_a_clock_sleeps_seconds_of_the_wall(
    clock: SystemClock | FileClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual day passes as fast as the real one."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    clock.sleep(1.5)
    assert slept == [1.5]


def test_virtual_time_flows_with_the_wall_clock(tmp_path: Path) -> None:
    """Virtual time passes with the wall clock from the instant that was set."""
    path = tmp_path / "clock.json"
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as wall:
        set_clock(path, eastern(NOON))
        assert FileClock(path).now() == NOON
        assert FileClock(path).now().tzinfo is UTC
        wall.shift(90)
        assert FileClock(path).now() == NOON + timedelta(seconds=90)


def test_virtual_time_does_not_go_back_with_the_wall_clock(tmp_path: Path) -> None:
    """Virtual time stands still while the wall clock is set back."""
    path = tmp_path / "clock.json"
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as wall:
        set_clock(path, NOON)
        wall.shift(-3600)
        assert FileClock(path).now() == NOON


def test_a_reader_never_sees_half_a_clock(tmp_path: Path) -> None:
    """The clock's file is replaced in one step."""
    path = tmp_path / "clock.json"
    set_clock(path, NOON)
    stop = threading.Event()
    broken: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                FileClock(path).now()
            except (ValueError, KeyError, OSError) as error:
                broken.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(200):
        set_clock(path, NOON)
    stop.set()
    reader.join()
    assert broken == []
    assert sorted(json.loads(path.read_text())) == ["virtual", "wall"]
