"""Today is what was planned, decided and run since midnight in New York."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.cloud.ports import Row
from common.look.datum import DateCoverage
from common.look.status import status_of
from common.look.verdict import SLOT_PATIENCE, SWEEP_PATIENCE, alive
from common.look.why import last_decision
from tests.kit.placed import placed, row
from tests.kit.situations import DAY, et
from tests.kit.world import SLOT, new_world, tick

NOW = et("2025-11-12 13:10")
SECOND = timedelta(seconds=1)


def decided(slot: str, made: datetime | None = None, **changes: Any) -> Row:
    """Return a decision of an Eastern slot."""
    held = row("workflow_decisions", slot=et(slot), decision_time=made or et(slot) + SECOND)
    held = {**held, "decision_id": slot, "workflow_name": "betting_lines", "target_date": DAY}
    return {**held, "action": "SKIP", "forced": False, **changes}


def planned(at: str, locked: str) -> Row:
    """Return a row of today's plan."""
    held = row("daily_expected_schedule", date=DAY, workflow_name="betting_lines")
    return {**held, "expected_run_time": et(at), "locked_at": et(locked)}


def swept(at: datetime) -> Row:
    """Return a sweep's row."""
    return row("cleanup_operations", cleanup_time=at, status="OK")


def test_a_workflow_s_day_is_its_plan_its_runs_and_its_last_decision() -> None:
    """Yesterday's are not today's; the decision of the last slot counts, whenever it was made."""
    early, late = (
        decided("2025-11-12 12:00", NOW - SECOND, action="RUN"),
        decided("2025-11-12 13:00", NOW - 2 * SECOND, action="ABORT"),
    )
    plan = [planned("2025-11-12 15:00", "2025-11-12 05:00")]
    plan += [planned("2025-11-12 13:00", "2025-11-12 05:01")]
    yesterday = decided("2025-11-11 23:00", et("2025-11-12 00:20"), action="RUN")
    first = decided("2025-11-12 11:00")
    other = decided("2025-11-11 22:00", workflow_name="referee_discovery")
    soon = decided("2025-11-12 13:10:30", NOW, forced=True)
    plan += [{**planned("2025-11-11 15:00", "2025-11-11 05:00"), "date": DAY - timedelta(days=1)}]
    sweeps = [swept(NOW - 2 * SECOND), swept(NOW - 3 * SECOND)]
    place, _ = placed(
        NOW,
        workflow_decisions=[yesterday, other, first, early, late, soon],
        daily_expected_schedule=plan,
        cleanup_operations=sweeps,
    )
    found = status_of(place)
    flow = next(one for one in found.workflows if one.name == "betting_lines")
    assert flow.planned == (et("2025-11-12 13:00"), et("2025-11-12 15:00"))
    assert [run.decision["decision_id"] for run in flow.runs] == ["2025-11-12 12:00"]
    assert flow.last == {key: late[key] for key in flow.last or ()}
    assert (found.locked, found.decided) == (et("2025-11-12 05:01"), NOW)
    assert found.swept is not None
    assert found.swept["cleanup_time"] == NOW - 2 * SECOND
    assert [one.day for one in found.dates] == [DAY - timedelta(days=1), DAY]
    assert all(not one.runs and one.last is None for one in found.workflows if one is not flow)


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_slot_that_was_forced_the_decision_made_last_counts(*, turned: bool) -> None:
    """Whatever the order of the table's rows; `why` explains the same one."""
    world = new_world()
    tick(world, "tick-master-controller")
    world.settle()
    body = {"schema": "tick", "version": 1, "scheduled_time": SLOT.isoformat(), "force": True}
    for minutes in (70, 80):
        world.clock.move(SLOT + timedelta(minutes=minutes))
        world.publisher.publish("tick-master-controller", body, {})
        world.settle()
    made = [one for one in world.rows["workflow_decisions"] if one["forced"]]
    wanted = [one for one in made if one["workflow_name"] == "betting_lines"][-1]["decision_id"]
    if turned:
        world.rows["workflow_decisions"].reverse()
    flows = {one.name: one.last for one in status_of(world.runtime).workflows}
    explained = last_decision(world.runtime, "betting_lines", world.clock.now())
    assert [one and one["decision_id"] for one in (flows["betting_lines"], explained)] == [
        wanted
    ] * 2


def test_a_slot_to_come_that_was_forced_is_among_today_s_runs() -> None:
    """It is neither the last decision yet, nor when the controller last decided."""
    plain = decided("2025-11-12 12:00")
    ahead = decided("2025-11-12 18:00", et("2025-11-12 18:00"), action="RUN", forced=True)
    after = decided("2025-11-13 06:00", et("2025-11-13 06:00"), action="RUN", forced=True)
    place, _ = placed(NOW, workflow_decisions=[plain, ahead, after])
    found = status_of(place)
    flow = next(one for one in found.workflows if one.name == "betting_lines")
    assert [run.decision["decision_id"] for run in flow.runs] == [ahead["decision_id"]]
    assert flow.last
    assert flow.last["decision_id"] == plain["decision_id"]
    assert found.decided == plain["decision_time"]
    assert [one.day for one in found.dates] == [DAY]


def test_today_lasts_until_midnight_in_new_york() -> None:
    """It is tomorrow by the clock of UTC, and today's decisions are still those of today."""
    made = [decided(f"{slot}:00", action="RUN") for slot in ("2025-11-11 23", "2025-11-12 22")]
    place, _ = placed(et("2025-11-12 23:30").astimezone(UTC), workflow_decisions=made)
    found = status_of(place)
    flow = next(one for one in found.workflows if one.name == "betting_lines")
    assert (found.day, [one.day for one in found.dates]) == (DAY, [DAY - timedelta(days=1), DAY])
    assert [run.decision["decision_id"] for run in flow.runs] == ["2025-11-12 22:00"]


def test_yesterday_is_looked_at_where_anything_was_decided_then() -> None:
    """A first deployment has none."""
    place, _ = placed(NOW, workflow_decisions=[decided("2025-11-12 12:00")])
    found = status_of(place)
    assert [one.day for one in found.dates] == [DAY]
    assert (found.locked, found.swept) == (None, None)
    assert [one.name for one in found.workflows] == [*place.configured]


@pytest.mark.parametrize(
    ("rows", "now", "last", "is_late"),
    [
        (["2025-11-12 12:00"], et("2025-11-12 13:00") + SLOT_PATIENCE, "2025-11-12 12:00", False),
        (
            ["2025-11-12 12:00"],
            et("2025-11-12 13:00") + SLOT_PATIENCE + SECOND,
            "2025-11-12 12:00",
            True,
        ),
        (["2025-11-11 00:00"], et("2025-11-12 01:00"), "2025-11-11 00:00", True),
        (
            ["2025-11-11 23:00", "2025-11-11 22:00"],
            et("2025-11-12 06:15"),
            "2025-11-11 23:00",
            False,
        ),
        (["2025-11-11 00:00"], et("2025-11-12 23:30"), "2025-11-11 00:00", True),
        ([], et("2025-11-12 05:00"), None, True),
    ],
)
def test_the_controller_is_late_a_quarter_of_an_hour_after_its_next_slot(
    rows: list[str], now: datetime, last: str | None, *, is_late: bool
) -> None:
    """Not before; it is asked for since yesterday's midnight."""
    place, _ = placed(now, workflow_decisions=[decided(slot) for slot in rows])
    controller, _cleanup = alive(place)
    assert controller.last == (et(last) + SECOND if last else None)
    assert controller.is_late is is_late


def test_a_forced_decision_says_nothing_of_the_ticks() -> None:
    """Nor is its time told."""
    rows = [decided("2025-11-12 11:00"), decided("2025-11-12 13:00", forced=True)]
    place, _ = placed(NOW, workflow_decisions=rows)
    controller, _ = alive(place)
    assert (controller.last, controller.is_late) == (et("2025-11-12 11:00") + SECOND, True)


@pytest.mark.parametrize(("late", "is_late"), [(timedelta(), False), (SECOND, True)])
def test_the_cleanup_is_late_after_its_patience(late: timedelta, *, is_late: bool) -> None:
    """Exactly so long after its last row, whatever the order of the rows."""
    last = NOW - SWEEP_PATIENCE - late
    place, _ = placed(NOW, cleanup_operations=[swept(last), swept(last - SECOND)])
    _, cleanup = alive(place)
    assert (cleanup.last, cleanup.is_late) == (last, is_late)


def test_a_date_that_cannot_be_read_is_not_left_out_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever of the two it is, the status says why; the other one is told."""
    place, _ = placed(NOW, workflow_decisions=[decided("2025-11-11 23:00")])
    yesterday = DAY - timedelta(days=1)
    for lost in (yesterday, DAY):
        monkeypatch.setattr(
            "common.look.status.cover_if_known",
            lambda _, day, lost=lost: DateCoverage(day, (), (), (), blind="away" * (day == lost)),
        )
        found = status_of(place)
        assert found.blind == "away"
        assert [one.day for one in found.dates] == [day for day in (yesterday, DAY) if day != lost]


@pytest.mark.parametrize("now", [NOW, et("2025-11-12 23:59:30")])
def test_rows_of_the_coming_minute_count(now: datetime) -> None:
    """The clock that wrote them may be ahead of ours; what is later by it does not count."""
    for ahead, told in ((59 * SECOND, now + 59 * SECOND), (60 * SECOND, None)):
        rows = [decided("2025-11-12 13:00", now + ahead)]
        place, _ = placed(now, workflow_decisions=rows, cleanup_operations=[swept(now + ahead)])
        found = status_of(place)
        assert (found.decided, found.swept and found.swept["cleanup_time"]) == (told, told)
        assert [one.last for one in alive(place)] == [told, told]


@pytest.mark.parametrize(
    ("when", "is_told"), [("2025-11-11 00:00", True), ("2025-11-10 23:59:59", False)]
)
def test_the_last_sweep_and_decision_are_those_since_yesterday(when: str, *, is_told: bool) -> None:
    """What was written before is too old to say that anything lives."""
    rows = [decided("2025-11-10 23:00", et(when))]
    place, _ = placed(NOW, workflow_decisions=rows, cleanup_operations=[swept(et(when))])
    found = status_of(place)
    assert (bool(found.decided), bool(found.swept)) == (is_told, is_told)
    assert [bool(one.last) for one in alive(place)] == [is_told, is_told]
