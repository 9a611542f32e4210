"""When a source has changed, and how often that is said."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.runtime import Runtime
from common.settings import Settings
from common.sources.alerts import alert_once, has_changed
from common.sources.errors import Verdict
from common.sources.health import SourceEvent
from local.simulator.memory import MemoryStorage
from local.simulator.world import ManualClock

NOW = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)


def empty(slot: int, about: str = "2025-11-12", says: Verdict = "empty") -> SourceEvent:
    """An event of a slot, by its number."""
    return SourceEvent(NOW + timedelta(hours=slot), says, "primary", f"slot{slot}", about)


@pytest.mark.parametrize(
    ("slots", "expected"), [((1, 2), "no"), ((1, 1, 1), "no"), ((1, 2, 3), "yes")]
)
def test_s8_three_slots_without_anything_are_a_change(
    slots: tuple[int, ...], expected: str
) -> None:
    """Slots count, not tries."""
    found = has_changed([empty(slot) for slot in slots], per_game=False)
    assert found == (expected == "yes")


def test_s8_one_late_game_is_no_change() -> None:
    """Several games without anything in three slots are."""
    late = [empty(slot, "game 1") for slot in (1, 2, 3)]
    assert not has_changed(late, per_game=True)
    assert has_changed([*late, empty(3, "game 2")], per_game=True)


def test_s8_data_ends_the_incident() -> None:
    """What was before the last data no longer counts."""
    assert not has_changed([empty(1), empty(2), empty(3, says="ok"), empty(4)], per_game=False)


def test_s8_a_request_of_its_own_says_nothing() -> None:
    """An operator may ask before anything can be there."""
    own = [SourceEvent(NOW, "empty", "primary", "-", str(number)) for number in range(5)]
    assert not has_changed(own, per_game=False)


def test_s8_one_other_form_is_a_change() -> None:
    """A form that was never seen does not pass by itself."""
    assert has_changed([empty(1, says="changed")], per_game=True)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_incident_is_told_once_a_day_by_all_instances(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The next day it is told again; after data a new one is told at once."""
    storage = MemoryStorage(ManualClock(NOW))

    def tell(now: datetime, *events: SourceEvent) -> None:
        instance = Runtime(Settings())
        instance.__dict__["storage"] = storage
        alert_once(instance, "SOURCE_CHANGED", "oddsa_events", events, now, outcome="CONTRACT")

    for minutes in (0, 1, 60):
        tell(NOW + timedelta(minutes=minutes))
    (only,) = lines(capsys)
    assert (only["severity"], only["reason_code"]) == ("ERROR", "SOURCE_CHANGED")
    assert (only["scraper"], only["outcome"]) == ("oddsa_events", "CONTRACT")
    tell(NOW + timedelta(days=1))
    tell(NOW + timedelta(hours=2), empty(1, says="ok"))
    assert len(lines(capsys)) == 2
