"""A source's health: its events as names of objects, its circuit, and its alerts."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.eastern import EASTERN
from common.settings import Settings
from common.sources.errors import Verdict
from common.sources.health import (
    Code,
    SourceEvent,
    alert_once,
    circuit_of,
    has_changed,
    note,
    recent,
    slot_text,
)
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.situations import MANY
from tests.kit.state import new_state

NOW = datetime(2025, 11, 12, 18, 30, 5, 123_456, tzinfo=UTC)
TASK = "0a1b2c3d-0000-4000-8000-000000000000"


def event(minutes: float = 0, says: str = "failed", about: str = "0022500213") -> SourceEvent:
    """Return an event some minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    return SourceEvent(at, says, "primary", slot_text(NOW), about)  # type: ignore[arg-type] # a verdict


@MANY
@given(
    st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=3), NOW.replace(tzinfo=None)),
    st.sampled_from(("ok", "empty", "failed", "changed")),
    st.sampled_from(("primary", "route-1")),
    st.none() | st.just(NOW.replace(second=0, microsecond=0)),
)
def test_an_event_is_read_as_it_was_kept(
    at: datetime, says: str, route: str, slot: datetime | None
) -> None:
    """An event is read back unchanged, to the microsecond."""
    held = new_state(now=NOW)
    given_event = SourceEvent(at.replace(tzinfo=UTC), says, route, slot_text(slot), "2025-11-12")  # type: ignore[arg-type] # a verdict
    note(held, "oddsa_events", given_event, TASK)
    assert recent(held, "oddsa_events", NOW) == (given_event,)


def test_a_slot_is_written_in_utc() -> None:
    """Whatever zone it comes in, so that one slot has one name; without one a dash stands."""
    slots = (NOW, NOW.astimezone(EASTERN), None)
    assert [slot_text(slot) for slot in slots] == ["20251112T1830", "20251112T1830", "-"]


def test_events_come_in_order_and_by_scraper() -> None:
    """A scraper's events are read oldest first, without those of other scrapers."""
    held = new_state(now=NOW)
    for minutes in (1, 30, 5):
        note(held, "oddsa_events", event(minutes), TASK)
    note(held, "oddsa_events_more", event(2), TASK)
    assert recent(held, "oddsa_events", NOW) == (event(30), event(5), event(1))


def test_what_is_older_than_three_days_is_not_read() -> None:
    """Events older than three days are not read."""
    held = new_state(now=NOW)
    note(held, "oddsa_events", event(3 * 24 * 60 + 1), TASK)
    assert recent(held, "oddsa_events", NOW) == ()


def test_a_foreign_object_is_passed_over() -> None:
    """An object with a name of another form is ignored."""
    held = new_state(now=NOW)
    for name in ("20251112T183000000000.odd", "20251112T183000000000.a.b.c.d.e", "z"):
        held.storage.create(held.bucket, f"sources/oddsa_events/{name}", b"")
    assert recent(held, "oddsa_events", NOW) == ()


def test_the_same_event_twice_is_one() -> None:
    """An event that the client library writes twice counts once."""
    held = new_state(now=NOW)
    for _ in range(2):
        note(held, "oddsa_events", event(), TASK)
    assert len(recent(held, "oddsa_events", NOW)) == 1


FIVE: list[Verdict] = ["failed"] * 5
SETTINGS = Settings(circuit_failures=5, circuit_seconds=900)


def events(*verdicts: Verdict, route: str = "primary") -> list[SourceEvent]:
    """Return one event a minute, the last one now."""
    return [
        SourceEvent(NOW - timedelta(minutes=len(verdicts) - number), each, route, "-", "x")
        for number, each in enumerate(verdicts, 1)
    ]


@pytest.mark.parametrize("failures", range(8))
def test_x7_five_failures_in_a_row_open_it(failures: int) -> None:
    """Five failures in a row open the circuit for 15 minutes after the last one."""
    circuit = circuit_of(events(*FIVE[:1] * failures), "primary", SETTINGS)
    assert circuit.is_open(NOW) == (failures >= 5)
    assert circuit.failures == failures
    assert not circuit.is_open(NOW + timedelta(seconds=900))


@pytest.mark.parametrize("between", ["ok", "empty", "changed"])
def test_x7_anything_else_closes_it(between: Verdict) -> None:
    """A verdict other than failed closes the circuit."""
    mixed = events("failed", "failed", "failed", "failed", "failed", between, "failed")
    assert circuit_of(mixed, "primary", SETTINGS).failures == 1


def test_x7_the_first_failure_afterwards_opens_it_anew() -> None:
    """After the pause the first failure opens the circuit again."""
    old = [
        SourceEvent(event.at - timedelta(hours=1), event.verdict, event.route, "-", "x")
        for event in events(*FIVE)
    ]
    assert not circuit_of(old, "primary", SETTINGS).is_open(NOW)
    assert circuit_of([*old, *events("failed")], "primary", SETTINGS).is_open(NOW)


def test_s7_a_route_has_a_circuit_of_its_own() -> None:
    """The circuits of a source's own URL and of its route are independent."""
    both = [*events(*FIVE), *events("ok", route="route-1")]
    assert circuit_of(both, "primary", SETTINGS).is_open(NOW)
    assert circuit_of(both, "route-1", SETTINGS).until is None


def empty(slot: int, about: str = "2025-11-12", verdict: Verdict = "empty") -> SourceEvent:
    """Return an event of a slot, given by its number."""
    return SourceEvent(NOW + timedelta(hours=slot), verdict, "primary", f"slot{slot}", about)


@pytest.mark.parametrize(
    ("slots", "expected"), [((1, 2), "no"), ((1, 1, 1), "no"), ((1, 2, 3), "yes")]
)
def test_s8_three_slots_without_anything_are_a_change(
    slots: tuple[int, ...], expected: str
) -> None:
    """Three slots without data show a changed source; three tries in fewer slots do not."""
    found = has_changed([empty(slot) for slot in slots], per_game=False)
    assert found == (expected == "yes")


def test_s8_one_late_game_is_no_change() -> None:
    """Three slots without data show a changed source only for more than one game."""
    late = [empty(slot, "game 1") for slot in (1, 2, 3)]
    assert not has_changed(late, per_game=True)
    assert has_changed([*late, empty(3, "game 2")], per_game=True)
    failed = empty(3, "game 2", "failed")  # whether it would have been empty is not known
    assert not has_changed([*late, failed], per_game=True)


def test_s8_data_ends_the_incident() -> None:
    """Events before the last data do not count."""
    assert not has_changed([empty(1), empty(2), empty(3, verdict="ok"), empty(4)], per_game=False)


def test_s8_a_request_of_its_own_shows_nothing() -> None:
    """Empty answers to requests without a decision do not count."""
    own = [SourceEvent(NOW, "empty", "primary", "-", str(number)) for number in range(5)]
    assert not has_changed(own, per_game=False)
    assert not has_changed([empty(1), empty(2), *own], per_game=False)


def test_s8_one_other_form_is_a_change() -> None:
    """One answer of another form shows a changed source."""
    assert has_changed([empty(1, verdict="changed")], per_game=True)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the logged lines."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_incident_is_logged_once_a_day_by_all_instances(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An incident is logged once a day, and a new one after data is logged at once."""
    storage = MemoryStorage(ManualClock(NOW))

    def alert(now: datetime, *events: SourceEvent) -> None:
        alert_once(
            new_state(storage), "SOURCE_CHANGED", "oddsa_events", events, now, outcome="CONTRACT"
        )

    for minutes in (0, 1, 60):
        alert(NOW + timedelta(minutes=minutes))
    (only,) = lines(capsys)
    assert (only["severity"], only["reason_code"]) == ("ERROR", "SOURCE_CHANGED")
    assert (only["scraper"], only["outcome"]) == ("oddsa_events", "CONTRACT")
    alert(NOW + timedelta(days=1))
    alert(NOW + timedelta(hours=2), empty(1, verdict="ok"))
    assert len(lines(capsys)) == 2


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("SOURCE_CHANGED", "ERROR"),
        ("CIRCUIT_OPEN", "ERROR"),
        ("QUOTA_SPENT", "ERROR"),
        ("ANSWER_MISMATCH", "WARNING"),
    ],
)
def test_what_is_asked_for_again_by_itself_wakes_nobody(
    capsys: pytest.CaptureFixture[str], code: Code, severity: str
) -> None:
    """Each of the other incidents lasts until somebody mends it."""
    alert_once(new_state(), code, "oddsa_events", (), NOW)
    (only,) = lines(capsys)
    assert (only["severity"], only["reason_code"]) == (severity, code)


def test_each_incident_of_a_day_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """The data that ended the one before tells them apart, whatever the route of the others."""
    state = new_state()
    for events in (
        (),
        (empty(3, verdict="ok"),),
        (replace(empty(3, verdict="ok"), at=NOW + timedelta(hours=3, seconds=1)),),
        (empty(3, verdict="ok"), empty(2, verdict="ok")),
        (empty(3, verdict="ok"), empty(2, verdict="ok"), empty(1)),
        (
            empty(3, verdict="ok"),
            empty(2, verdict="ok"),
            replace(empty(1, verdict="ok"), route="route-1"),
        ),
    ):
        alert_once(state, "CIRCUIT_OPEN", "oddsa_events", events, NOW)
    assert len(lines(capsys)) == 4
