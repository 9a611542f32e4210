"""What was tried and what succeeded."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.decisions.history import (
    FRESH,
    NEVER,
    UNLOGGED,
    History,
    Run,
    Tries,
    add_try,
    ends_of,
    runs_from_rows,
    tries_from_log,
)
from tests.kit.situations import DAY, MANY, et

SLOT = et("2025-11-12 13:00")


def row(**changes: Any) -> dict[str, Any]:
    """A log row's columns, as the controller reads them."""
    return {
        "scraper_name": "oddsa_events",
        "target_date": DAY,
        "game_id": None,
        "outcome": "SUCCESS",
        "slot": SLOT,
        "triggered_at": SLOT + timedelta(seconds=30),
        "workflow_name": "betting_lines",
        **changes,
    }


def test_d11_attempts_are_counted_by_slot() -> None:
    """Not by the seconds at which the scraper started."""
    tries = tries_from_log([row()])
    assert tries == {("oddsa_events", DAY, None): Tries(SLOT, 1, SLOT)}


def test_t4_a_success_belongs_to_the_date_of_its_data() -> None:
    """Run in the evening of the day before, it counts for its own target date."""
    history = History(tries_from_log([row(target_date=date(2025, 11, 13))]))
    assert history.of("oddsa_events", DAY) == NEVER
    assert history.of("oddsa_events", date(2025, 11, 13)).succeeded == SLOT


@pytest.mark.parametrize("outcome", ["NO_DATA", "NOT_READY", "BLOCKED", "FAILED", "CONTRACT"])
def test_d10_only_success_satisfies(outcome: str) -> None:
    """Every other outcome is an attempt and no more; blocked is not empty (S2)."""
    (tries,) = tries_from_log([row(outcome=outcome)]).values()
    assert tries == Tries(None, 1, SLOT)


def test_d17_a_request_outside_any_workflow_is_not_charged() -> None:
    """It can succeed for all, at the time it started, but is no attempt."""
    lone = row(workflow_name=None, slot=None)
    (tries,) = tries_from_log([lone]).values()
    assert tries == Tries(SLOT + timedelta(seconds=30), 0, None)


def test_a_row_without_a_date_is_no_attempt() -> None:
    """An object that nobody here wrote is logged, but decides nothing."""
    assert tries_from_log([row(target_date=None)]) == {}


def test_games_are_kept_apart() -> None:
    """One game's success is not another's."""
    history = History(tries_from_log([row(game_id="0022500213")]))
    assert history.of("oddsa_events", DAY, "0022500213").succeeded == SLOT
    assert history.of("oddsa_events", DAY, "0022500214") == NEVER
    assert history.of("oddsa_events", DAY) == NEVER


@MANY
@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.booleans()), max_size=8), st.randoms()
)
def test_the_order_of_rows_does_not_matter(
    attempts: list[tuple[int, bool, bool]], shuffled: Any
) -> None:
    """BigQuery returns rows in any order."""
    rows = [
        row(
            slot=SLOT + timedelta(hours=hour),
            outcome="SUCCESS" if good else "FAILED",
            workflow_name="betting_lines" if charged else None,
        )
        for hour, good, charged in attempts
    ]
    gathered = tries_from_log(rows)
    shuffled.shuffle(rows)
    assert tries_from_log(rows) == gathered
    for tries in gathered.values():
        assert tries.tried == sum(charged for _, _, charged in attempts)


def test_add_try_keeps_the_latest() -> None:
    """An earlier attempt that reports late does not move time back."""
    later = add_try(NEVER, SLOT, succeeded=True)
    again = add_try(later, SLOT - timedelta(hours=1), succeeded=True)
    assert again == Tries(SLOT, 2, SLOT)


def test_runs_are_joined_with_their_ends() -> None:
    """A decision without an execution is open, one whose log rows are not all there unlogged."""
    decided = [
        {
            "decision_id": one,
            "workflow_name": "post_game_window_2",
            "slot": SLOT,
            "target_date": DAY,
            "game_ids": ["0022500213"],
        }
        for one in ("a", "b", "c")
    ]
    ended = [
        {"decision_id": "a", "status": "failed", "scraper_execution_ids": ["1"]},
        {"decision_id": "c", "status": "completed", "scraper_execution_ids": ["1", "2"]},
        {"decision_id": "z", "status": "completed", "scraper_execution_ids": []},
    ]
    runs = runs_from_rows(decided, ends_of(ended, {"1", "3"}))
    assert [run.status for run in runs] == ["failed", None, UNLOGGED]
    assert runs[1] == Run("post_game_window_2", SLOT, DAY, ("0022500213",), None)


@pytest.mark.parametrize(
    ("after", "status", "open_"),
    [
        (timedelta(0), None, False),
        (timedelta(hours=1), None, True),
        (timedelta(hours=1), "completed", False),
        (timedelta(hours=1), "failed", False),
        (timedelta(hours=47), None, True),
        (timedelta(hours=48), None, False),
        (timedelta(hours=-1), None, False),
        (timedelta(hours=47), UNLOGGED, True),
        (timedelta(hours=48), UNLOGGED, False),
    ],
)
def test_x5_a_run_is_under_way_for_two_days_at_most(
    after: timedelta, status: str | None, *, open_: bool
) -> None:
    """Until its end and its scrapes are recorded; a lost one holds its workflow up no longer."""
    history = History(runs=(Run("mine", SLOT, DAY, ("0022500213",), status),))
    instant = SLOT + after
    assert (history.in_flight("mine", DAY, instant) is not None) == open_
    assert history.games_in_flight(instant) == (frozenset({"0022500213"}) if open_ else frozenset())
    assert history.in_flight("other", DAY, instant) is None
    assert history.in_flight("mine", DAY + timedelta(days=1), instant) is None


@pytest.mark.parametrize("after", [timedelta(0), timedelta(hours=-7)])
def test_a_run_of_just_now_is_under_way_whatever_its_slot(after: timedelta) -> None:
    """Its own slot was forced beside it, or an earlier one."""
    history = History(runs=(Run("mine", SLOT, DAY, ("0022500213",), FRESH),))
    assert history.in_flight("mine", DAY, SLOT + after) == history.runs[0]
    assert history.games_in_flight(SLOT + after) == {"0022500213"}


def test_the_latest_run_is_the_one_under_way() -> None:
    """Of two open runs the later slot counts."""
    runs = tuple(Run("mine", SLOT + timedelta(minutes=m), DAY) for m in (30, 0, 15))
    found = History(runs=runs).in_flight("mine", DAY, SLOT + timedelta(hours=1))
    assert found == runs[0]


def test_runs_for_a_game() -> None:
    """The slots of one workflow's runs that named it, ended or not."""
    runs = (
        Run("mine", SLOT, DAY, ("1",), "completed"),
        Run("mine", SLOT + timedelta(hours=1), DAY, ("2",)),
        Run("other", SLOT, DAY, ("1",)),
    )
    assert History(runs=runs).runs_for("mine", "1") == (SLOT,)
