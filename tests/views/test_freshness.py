"""`freshness`: what last succeeded when, and what is due."""

from copy import deepcopy
from datetime import UTC, datetime, time
from typing import Any

import pytest

from tests.alerts.days import Rows
from tests.kit.situations import WORKFLOWS
from tests.views.conftest import View, Viewed, placed

pytestmark = pytest.mark.stack
NIGHT = datetime(2025, 11, 14, 8, tzinfo=UTC)
"""03:00 ET, four hours after the last tick."""
DIED = datetime(2025, 11, 13, 20, tzinfo=UTC)
DUE = "SELECT kind, name FROM {}.freshness WHERE is_due"


@pytest.fixture(scope="module")
def dead(view: View, good_days: Rows) -> Viewed:
    """The dataset of a controller that is dead since 15:00 ET."""
    rows = deepcopy(good_days)
    decisions = rows["workflow_decisions"]
    rows["workflow_decisions"] = [row for row in decisions if row["decision_time"] < DIED]
    gone = {**decisions[0], "workflow_name": "taken_out", "decision_id": "taken-out"}
    rows["workflow_decisions"].append(gone)
    return view(rows)


@pytest.fixture(scope="module")
def failing(view: View, good_days: Rows) -> Viewed:
    """The dataset of two days without a player list, which was put there by hand once."""
    rows = deepcopy(good_days)
    for row in rows["scraper_execution_log"]:
        if row["scraper_name"] == "nbac_player_list" and row["triggered_at"].day > 11:
            row["outcome"] = "FAILED"
    by_hand = {**rows["scraper_execution_log"][-1], "outcome": "UPLOADED"}
    by_hand |= {"scraper_name": "nbac_player_list", "execution_id": "by-hand"}
    job = {**by_hand, "outcome": "SUCCESS", "scraper_name": "of_a_job", "execution_id": "job"}
    upload = {**by_hand, "scraper_name": "upload", "execution_id": "upload"}
    rows["scraper_execution_log"] += [by_hand, job, upload]
    decisions = rows["workflow_decisions"]
    for action, name in (("RUN", "never"), ("SKIP", "skipped")):
        asked = {"action": action, "scrapers": [name], "decision_id": name}
        decisions.append({**decisions[0], **asked})
    for row in rows["workflow_executions"]:
        if row["workflow_name"] == "morning_operations" and row["execution_time"].day > 11:
            row["status"] = "failed"
    return view(rows)


@pytest.fixture(scope="module")
def forced(view: View, good_days: Rows) -> Viewed:
    """The dataset of an operator who at 02:00 had a workflow's slot of the coming noon decided."""
    rows = deepcopy(good_days)
    noon = {"decision_time": datetime(2025, 11, 14, 17, tzinfo=UTC), "forced": True}
    noon |= {"slot": noon["decision_time"], "decision_id": "by-hand"}
    noon |= {"action": "RUN", "scrapers": ["nbac_player_list"]}
    rows["workflow_decisions"].append({**rows["workflow_decisions"][-1], **noon})
    return view(rows)


def test_at_night_nothing_is_due_that_is_not_to_be_decided(good: Viewed) -> None:
    """At 03:00 the last tick was 23:00, and every workflow was decided then."""
    assert good.ask(NIGHT, DUE) == []
    rows = good.ask(NIGHT, "SELECT * FROM {}.freshness WHERE kind = 'workflow'")
    assert {row["name"] for row in rows} == set(WORKFLOWS)
    assert {240 <= row["minutes_since_decision"] < 245 for row in rows} == {True}


def test_fu10_a_dead_controller_shows_at_night_too(dead: Viewed) -> None:
    """At 03:00 every workflow is due but one that had been taken out of the file before."""
    names = {row["name"] for row in dead.ask(NIGHT, f"{DUE} AND kind = 'workflow'")}
    assert names == set(WORKFLOWS)


@pytest.mark.parametrize(("minute", "due"), [(14, False), (15, True)])
def test_the_first_slot_of_a_day_is_due_a_quarter_of_an_hour_later(
    dead: Viewed, good: Viewed, minute: int, *, due: bool
) -> None:
    """At 06:14 ET the last tick that counts is that of 23:00, from 06:15 on that of 06:00."""
    morning = datetime(2025, 11, 14, 11, minute, tzinfo=UTC)
    about = f"{DUE} AND kind = 'workflow'"
    assert {row["name"] for row in dead.ask(morning, about)} == set(WORKFLOWS)
    assert bool(good.ask(morning, about)) is due


def test_what_was_asked_and_has_not_come_is_due(failing: Viewed) -> None:
    """The scrapers and their workflow are; an upload by hand does not count, a job asks nobody."""
    rows = failing.ask(NIGHT, "SELECT * FROM {}.freshness")
    assert {(row["kind"], row["name"]) for row in rows if row["is_due"]} == {
        *(("scraper", "nbac_player_list"), ("scraper", "never")),
        ("workflow", "morning_operations"),
    }
    held = {row["name"]: row for row in rows}
    assert held["nbac_player_list"]["last_success"].date().isoformat() == "2025-11-11"
    assert held["morning_operations"]["last_success"].date().isoformat() == "2025-11-11"
    assert held["never"]["last_success"] is None
    of_a_job = held["of_a_job"]
    assert (of_a_job["last_asked"], of_a_job["minutes_since_decision"]) == (None, None)
    lines = held["betting_lines"]
    assert lines["last_success"].date() == lines["last_asked"].date() == NIGHT.date()
    assert lines["last_asked"] < lines["last_decision"]
    assert held["never"]["last_decision"] == held["never"]["last_asked"]
    assert not {"skipped", "upload"} & held.keys()


def test_a_slot_that_was_forced_says_nothing_of_the_ticks(forced: Viewed) -> None:
    """Every workflow is still shown with its last tick's decision, that of 23:00."""
    rows = forced.ask(NIGHT, "SELECT * FROM {}.freshness WHERE kind = 'workflow'")
    assert {row["name"] for row in rows} == set(WORKFLOWS)
    assert {240 <= row["minutes_since_decision"] < 245 for row in rows} == {True}


def test_a_slot_to_come_that_was_forced_does_not_hide_what_has_not_come(forced: Viewed) -> None:
    """Its scrapers were not asked at noon yet: they are told by what was asked before."""
    rows = forced.ask(NIGHT, "SELECT * FROM {}.freshness WHERE kind = 'scraper'")
    assert "nbac_player_list" in {row["name"] for row in rows}
    assert all(row["last_asked"] < NIGHT for row in rows if row["last_asked"])


NOW = datetime(2025, 11, 14, 17, 30, 10, tzinfo=UTC)


def at(clock: str) -> datetime:
    """Return an instant of that day."""
    return datetime.combine(NOW.date(), time.fromisoformat(clock), UTC)


def decided(name: str, clock: str, action: str = "RUN", **more: Any) -> dict[str, Any]:
    """Return the row of a decision, which was made some seconds after its slot."""
    made = {"workflow_name": name, "decision_time": at(clock), "slot": at(f"{clock[:2]}:00:00")}
    return {**made, "action": action, "scrapers": [f"of-{name}"], **more}


def ended(name: str, clock: str, status: str = "completed") -> dict[str, Any]:
    """Return the row of an execution that had begun at 12:00."""
    times = {"execution_time": at("12:00:00"), "finished_at": at(clock)}
    return {"workflow_name": name, "status": status, **times}


def scraped(name: str, clock: str, outcome: str = "SUCCESS") -> dict[str, Any]:
    """Return the row of a scrape."""
    return {"scraper_name": f"of-{name}", "triggered_at": at(clock), "outcome": outcome}


PLACED = placed(
    workflow_decisions=[
        *(decided("came", clock) for clock in ("13:00:10", "14:00:10")),
        decided("came", "17:20:00", forced=True, slot=at("17:00:00")),
        decided("not-yet", "16:30:10"),
        decided("not-in-an-hour", "16:29:10"),
        decided("before", "16:00:10"),
        decided("at-once", "16:00:10"),
        decided("by-hand", "16:00:10", forced=True),
        *(
            decided(name, "17:00:10", "SKIP")
            for name in ("came", "not-yet", "not-in-an-hour", "before", "at-once", "never-asked")
        ),
    ],
    workflow_executions=[
        *(ended("came", clock) for clock in ("14:20:10", "13:20:10")),
        ended("came", "15:10:00", "failed"),
        ended("before", "15:59:10"),
        ended("at-once", "16:00:10"),
    ],
    scraper_execution_log=[
        *(scraped("came", clock) for clock in ("14:05:10", "13:05:10")),
        scraped("came", "16:00:00", "FAILED"),
        scraped("before", "15:59:10"),
        scraped("at-once", "16:00:10"),
    ],
)
SHOWN: dict[tuple[str, str], tuple[Any, ...]] = {
    ("workflow", "came"): ("14:20:10", 190, "14:00:10", "17:00:10", 30, False),
    ("workflow", "not-yet"): (None, None, "16:30:10", "17:00:10", 30, False),
    ("workflow", "not-in-an-hour"): (None, None, "16:29:10", "17:00:10", 30, True),
    ("workflow", "before"): ("15:59:10", 91, "16:00:10", "17:00:10", 30, True),
    ("workflow", "at-once"): ("16:00:10", 90, "16:00:10", "17:00:10", 30, False),
    ("workflow", "never-asked"): (None, None, None, "17:00:10", 30, False),
    ("scraper", "of-came"): ("14:05:10", 205, "14:00:10", "14:00:10", 210, False),
    ("scraper", "of-not-yet"): (None, None, "16:30:10", "16:30:10", 60, False),
    ("scraper", "of-not-in-an-hour"): (None, None, "16:29:10", "16:29:10", 61, True),
    ("scraper", "of-before"): ("15:59:10", 91, "16:00:10", "16:00:10", 90, True),
    ("scraper", "of-at-once"): ("16:00:10", 90, "16:00:10", "16:00:10", 90, False),
}
"""Last success and its age, last asked, last decision and its age, and whether it is due."""


def test_each_row_tells_the_last_of_each_kind_and_how_long_ago_it_was(view: View) -> None:
    """What failed, was forced or is older counts for nothing; an hour is not too long yet."""
    columns = (
        *("last_success", "minutes_since_success", "last_asked"),
        *("last_decision", "minutes_since_decision", "is_due"),
    )
    rows = view(PLACED).ask(NOW, "SELECT * FROM {}.freshness")
    found = {(row["kind"], row["name"]): tuple(row[name] for name in columns) for row in rows}
    assert found == {
        about: tuple(at(one) if isinstance(one, str) else one for one in held)
        for about, held in SHOWN.items()
    }
