"""The schedule locker writes the day's plan once."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from common.configuration.workflows import read_workflows
from common.eastern import eastern
from common.errors import ConfigError
from common.settings import ROOT
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Crash, Do
from local.simulator.world import World
from tests.kit.breaks import Break, die_after, raising, tapped
from tests.kit.world import DAY, NOON, Answer, Call, forget

TICK = {"schema": "tick", "version": 1, "scheduled_time": "2025-11-12T10:00:00Z"}
REFRESH = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}


def test_the_plan_of_the_day_is_locked(world: World, call: Call) -> None:
    """Each planned run has a row with time, reason, scrapers and games; nothing is published."""
    published = len(world.publisher.published)
    answer = call("schedule_locker", TICK)
    rows = world.rows["daily_expected_schedule"]
    assert (answer.status, answer.body["result"], answer.body["rows"]) == (200, "locked", len(rows))
    first = next(row for row in rows if row["workflow_name"] == "betting_lines")
    assert first["date"] == first["target_date"] == DAY
    assert f"{eastern(first['expected_run_time']):%H:%M}" == "13:00"
    assert first["reason"] == "Pre-game betting lines (12 games today)"
    assert first["scrapers"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    assert len(first["game_ids"]) == 12
    assert first["locked_at"] == world.clock.now()
    assert len(world.publisher.published) == published


def test_a_row_is_of_the_date_on_which_it_runs(world: World, call: Call) -> None:
    """The games that it collects may be of the night before."""
    flows = read_workflows(ROOT / "config" / "workflows.yaml").file.enabled
    with world.with_ports(configured={"post_game_window_3": flows["post_game_window_3"]}):
        assert call("schedule_locker", TICK).status == 200
    (row,) = world.rows["daily_expected_schedule"]
    assert (row["date"], row["target_date"]) == (DAY, DAY - timedelta(days=1))


def test_d15_a_second_lock_of_the_day_is_a_no_op(world: World, call: Call) -> None:
    """A second tick, at any instant of the day, adds no row."""
    call("schedule_locker", TICK)
    locked = list(world.rows["daily_expected_schedule"])
    world.clock.move(datetime(2025, 11, 12, 22, tzinfo=UTC))
    again = call("schedule_locker", {**TICK, "scheduled_time": "2025-11-12T22:00:00Z"})
    assert (again.status, again.body["result"]) == (200, "already locked")
    assert world.rows["daily_expected_schedule"] == locked


def test_a_forced_lock_adds_only_what_is_not_there(world: World, call: Call) -> None:
    """Existing rows stay, and the rows of a workflow enabled since are added."""
    flows = dict(world.runtime.workflows)
    del flows["betting_lines"]
    with world.with_ports(configured=flows):
        call("schedule_locker", TICK)
    held = list(world.rows["daily_expected_schedule"])
    assert held
    forced = call("schedule_locker", {**TICK, "force": True})
    assert (forced.status, forced.body["result"]) == (200, "locked")
    plans = world.rows["daily_expected_schedule"]
    assert plans[: len(held)] == held
    assert {row["workflow_name"] for row in plans[len(held) :]} == {"betting_lines"}


def test_a_forced_lock_is_the_day_s_first_where_there_is_none(world: World, call: Call) -> None:
    """The scheduler's own tick finds the day locked afterwards."""
    assert call("schedule_locker", {**TICK, "force": True}).body["result"] == "locked"
    assert call("schedule_locker", TICK).body["result"] == "already locked"


def test_r6_a_lock_that_died_looks_for_its_rows(world: World, call: Call) -> None:
    """The delivery that takes over leaves out what the first one may have written."""
    looked: list[bool] = []

    def dying(port_call: PortCall, do: Do) -> Any:
        if port_call.name != "append":
            return do()
        looked.append(port_call.named["look_first"])
        return do() if looked[1:] else die_after(do)

    with tapped(world, dying, "warehouse"):
        with pytest.raises(Crash):
            call("schedule_locker", TICK)
        rows = list(world.rows["daily_expected_schedule"])
        assert call("schedule_locker", TICK).status == 200
    assert looked == [False, True]
    assert rows
    assert world.rows["daily_expected_schedule"] == rows


def test_ft4_a_forced_lock_that_another_delivery_finished_is_delivered_again(
    world: World, call: Call
) -> None:
    """Of two forced locks at once the second adds what the first one's schedule did not have."""
    flows = dict(world.runtime.workflows)
    fewer = {name: flow for name, flow in flows.items() if name != "betting_lines"}
    forced = {**TICK, "force": True}
    with world.with_ports(configured=fewer):
        call("schedule_locker", TICK)
    others: list[Answer] = []

    def overtaken(port_call: PortCall, do: Do) -> Any:
        if port_call.name == "create" and not others:  # the claim, right before it is taken
            others.append(Answer(0, {}))
            with world.with_ports(storage=untouched, configured=fewer):
                others[0] = call("schedule_locker", forced)
        return do()

    untouched = world.runtime.storage
    with tapped(world, overtaken, "storage"):
        assert call("schedule_locker", forced).status == 503
    assert [(other.status, other.body["result"]) for other in others] == [(200, "locked")]
    assert call("schedule_locker", forced).body["result"] == "locked"
    planned = {row["workflow_name"] for row in world.rows["daily_expected_schedule"]}
    assert "betting_lines" in planned


def test_a_day_that_needs_nothing_has_no_rows(world: World, call: Call) -> None:
    """A date without games, after a date without games, is locked with no row."""
    world.clock.move(datetime(2025, 11, 20, 9, 45, tzinfo=UTC))
    call("scraper_runner", REFRESH)
    world.clock.move(datetime(2025, 11, 20, 10, tzinfo=UTC))
    answer = call("schedule_locker", {**TICK, "scheduled_time": "2025-11-20T10:00:00Z"})
    assert (answer.status, answer.body["rows"]) == (200, 0)
    assert world.rows["daily_expected_schedule"] == []


@pytest.mark.parametrize("old", [True, False])
def test_without_a_schedule_the_platform_tries_again(
    world: World, call: Call, *, old: bool
) -> None:
    """The answer is 503 until the refresh has stored a schedule, also beside a month-old one."""
    if not old:
        forget(world, "nba-scraped-data", "nbac-schedule-api/")
    world.clock.move(NOON + timedelta(days=30))
    later = {**TICK, "scheduled_time": world.clock.now().isoformat()}
    assert call("schedule_locker", later).status == 503
    assert call("scraper_runner", REFRESH).status == 200
    assert call("schedule_locker", later).status == 200


def test_an_old_schedule_that_lists_games_of_the_date_is_believed(world: World, call: Call) -> None:
    """A tick that comes a month late locks the plan of its own date."""
    world.clock.move(NOON + timedelta(days=30))
    answer = call("schedule_locker", TICK)
    assert (answer.status, answer.body["result"]) == (200, "locked")
    assert world.rows["daily_expected_schedule"]


def test_a_broken_configuration_is_no_fault_of_the_message(world: World, call: Call) -> None:
    """The answer is 500 without a dead letter, and the redelivery succeeds after the fix."""
    refusing = Break(1, raising(ConfigError("workflows.yaml:3: no such scraper")))
    with tapped(world, refusing.around):
        assert call("schedule_locker", TICK).status == 500
    assert not [m for m in world.publisher.published if m.topic == "dead-letters"]
    assert call("schedule_locker", TICK).status == 200


@pytest.mark.parametrize("day", [date(2025, 11, 11), date(2025, 11, 13)])
def test_every_date_is_locked_for_itself(world: World, call: Call, day: date) -> None:
    """The claim on one date does not block another date."""
    call("schedule_locker", TICK)
    world.clock.move(datetime.combine(day, time(10), UTC))
    answer = call("schedule_locker", {**TICK, "scheduled_time": f"{day}T10:00:00Z"})
    assert answer.body["result"] == "locked"
    assert {row["date"] for row in world.rows["daily_expected_schedule"]} == {DAY, day}
