"""What is measured of simulated days, by a processor's clock that steps."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from local.bench import seasons

FIRST = date(2025, 11, 1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """Have each look at the processor's time be half a second later."""
    looks = (number / 2 for number in count(9))
    monkeypatch.setattr(seasons.time, "process_time", lambda: next(looks))
    yield 0.5
    monkeypatch.undo()


def test_a_floor_is_the_time_between_two_looks(clock: float) -> None:
    """And no instant of the processor's clock."""
    assert seasons.floor() == clock


def test_days_are_measured_without_the_floor_after_each(
    clock: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four days with a floor each between the first look and the last."""
    asked: list[Any] = []

    def run(options: Any, report: Callable[[object], None]) -> None:
        asked.append(options)
        for _ in range(4):
            report(None)

    monkeypatch.setattr(seasons, "run", run)
    last = FIRST + timedelta(days=3)
    found = seasons.measure_season(Path("s"), FIRST, last)
    # Ten looks are nine steps, four of which are the floors.
    assert found == {"days": 4, "seconds": 2.5, "days_a_second": 1.6, "floor_ms": 500}
    (options,) = asked
    assert (options.schedule, options.first, options.last) == (Path("s"), FIRST, last)


@pytest.mark.usefixtures("clock")
def test_one_floor_that_took_long_is_not_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The middle of them counts, and all of them are taken from the days' seconds."""
    floors = iter([0.01, 0.023456, 0.09, 0.01])
    monkeypatch.setattr(seasons, "floor", lambda: next(floors))
    monkeypatch.setattr(seasons, "run", lambda _, report: [report(None) for _ in range(4)])
    found = seasons.measure_season(Path("s"), FIRST, FIRST)
    assert found == {"days": 4, "seconds": 0.37, "days_a_second": 10.91, "floor_ms": 16.73}
