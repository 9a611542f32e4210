"""Attempts and runs are read from table rows, and tell what is collected or under way."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.decisions.history import (
    JUST_DECIDED,
    NO_ATTEMPTS,
    UNLOGGED,
    Attempts,
    History,
    Run,
    add_attempt,
    attempts_from_log,
    begun_of,
    ends_of,
    ours,
    runs_from_rows,
)
from tests.kit.situations import DAY, MANY, et

SLOT = et("2025-11-12 13:00")
HOUR = timedelta(hours=1)


def row(**changes: Any) -> dict[str, Any]:
    """Return a log row with the columns that the controller reads."""
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
    """An attempt is dated by its slot, not by the second at which the scraper started."""
    attempts = attempts_from_log([row()])
    assert attempts == {("oddsa_events", DAY, None): Attempts(SLOT, 1, SLOT)}


@pytest.mark.parametrize(
    ("began", "counted"),
    [
        ("2025-11-11 20:10", "2025-11-11 20:00"),
        ("2025-11-12 12:00", "2025-11-12 12:00"),
        ("2025-11-12 12:01", "2025-11-12 13:00"),
        ("2025-11-12 12:59", "2025-11-12 13:00"),
        ("2025-11-12 11:59:59.5", "2025-11-12 11:00"),
    ],
)
def test_what_began_long_before_its_slot_counts_in_its_own_hour(began: str, counted: str) -> None:
    """A slot to come was forced: an attempt an hour before cannot stand for it, nor can a run."""
    rows = [row(triggered_at=et(began)), row(triggered_at=et(began), game_id="1", outcome="FAILED")]
    whole, game = attempts_from_log(rows).values()
    assert (whole, game) == (Attempts(et(counted), 1, et(counted)), Attempts(None, 1, et(counted)))
    decided = {"decision_id": "d", "workflow_name": "b", "slot": SLOT}
    decided |= {"target_date": DAY, "game_ids": []}
    ended = {"decision_id": "d", "execution_time": et(began)}
    (run,) = runs_from_rows([decided], {}, begun_of([ended]))
    assert run.slot == et(counted)
    assert runs_from_rows([decided], {})[0].slot == SLOT


def test_t4_a_success_belongs_to_the_date_of_its_data() -> None:
    """A success in the evening before counts for its own target date only."""
    history = History(attempts_from_log([row(target_date=date(2025, 11, 13))]))
    assert history.of("oddsa_events", DAY) == NO_ATTEMPTS
    assert history.of("oddsa_events", date(2025, 11, 13)).succeeded == SLOT


@pytest.mark.parametrize("outcome", ["NO_DATA", "NOT_READY", "BLOCKED", "FAILED", "CONTRACT"])
def test_d10_only_success_satisfies(outcome: str) -> None:
    """Every outcome but SUCCESS is an attempt without a success, BLOCKED too (S2)."""
    (attempts,) = attempts_from_log([row(outcome=outcome)]).values()
    assert attempts == Attempts(None, 1, SLOT)


def test_d17_a_request_outside_any_workflow_is_not_charged() -> None:
    """A request without a workflow can succeed, at its start time, but is no charged attempt."""
    lone = row(workflow_name=None, slot=None)
    (attempts,) = attempts_from_log([lone]).values()
    assert attempts == Attempts(SLOT + timedelta(seconds=30), 0, None)


def test_a_row_without_a_date_is_no_attempt() -> None:
    """The log row of a foreign object has no target date and is left out."""
    assert attempts_from_log([row(target_date=None)]) == {}


def test_games_are_kept_apart() -> None:
    """One game's success counts neither for another game nor for the whole date."""
    history = History(attempts_from_log([row(game_id="0022500213")]))
    assert history.of("oddsa_events", DAY, "0022500213").succeeded == SLOT
    assert history.of("oddsa_events", DAY, "0022500214") == NO_ATTEMPTS
    assert history.of("oddsa_events", DAY) == NO_ATTEMPTS


@MANY
@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.booleans()), min_size=1, max_size=8),
    st.randoms(),
)
def test_the_order_of_rows_does_not_matter(
    drawn: list[tuple[int, bool, bool]], shuffled: Any
) -> None:
    """BigQuery returns rows in any order; the attempts are the same in each."""
    rows = [
        row(
            slot=SLOT + timedelta(hours=hour),
            outcome="SUCCESS" if good else "FAILED",
            workflow_name="betting_lines" if charged else None,
        )
        for hour, good, charged in drawn
    ]
    gathered = attempts_from_log(rows)
    shuffled.shuffle(rows)
    assert attempts_from_log(rows) == gathered
    for attempts in gathered.values():
        assert attempts.charged == sum(charged for _, _, charged in drawn)


def test_add_attempt_keeps_the_latest() -> None:
    """An earlier attempt that is reported late does not replace the later instants."""
    later = add_attempt(NO_ATTEMPTS, SLOT, succeeded=True)
    again = add_attempt(later, SLOT - timedelta(hours=1), succeeded=True)
    assert again == Attempts(SLOT, 2, SLOT)


def test_add_attempt_changes_what_it_is_about_alone() -> None:
    """A failure keeps the success, one that is not charged the count; how late one came stays."""
    held = Attempts(SLOT, 3, SLOT, SLOT + HOUR)
    later = SLOT + 2 * HOUR
    assert add_attempt(held, later, succeeded=False) == Attempts(SLOT, 4, later, SLOT + HOUR)
    free = add_attempt(held, later, succeeded=True, charged=False)
    assert free == Attempts(later, 3, SLOT, SLOT + HOUR)


def test_rows_of_another_controller_are_not_ours() -> None:
    """They have no slot."""
    mine, other = {"slot": SLOT, "id": 1}, {"slot": None, "id": 2}
    assert ours([other, mine, other]) == [mine]


def test_runs_are_joined_with_their_ends() -> None:
    """A run has its execution's status, None without one, UNLOGGED while a log row is missing."""
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
    """An open or unlogged run counts as under way for 48 h, one that has ended does not."""
    history = History(runs=(Run("mine", SLOT, DAY, ("0022500213",), status),))
    instant = SLOT + after
    assert (history.in_flight("mine", DAY, instant) is not None) == open_
    assert history.games_in_flight(instant) == (frozenset({"0022500213"}) if open_ else frozenset())
    assert history.in_flight("other", DAY, instant) is None
    assert history.in_flight("mine", DAY + timedelta(days=1), instant) is None


@pytest.mark.parametrize("after", [timedelta(0), timedelta(hours=-7)])
def test_a_run_of_just_now_is_under_way_whatever_its_slot(after: timedelta) -> None:
    """A just-decided run is under way in a forced tick of its own slot or of an earlier one."""
    history = History(runs=(Run("mine", SLOT, DAY, ("0022500213",), JUST_DECIDED),))
    assert history.in_flight("mine", DAY, SLOT + after) == history.runs[0]
    assert history.games_in_flight(SLOT + after) == {"0022500213"}


def test_the_latest_run_is_the_one_under_way() -> None:
    """Of several open runs the one with the latest slot is returned."""
    runs = tuple(Run("mine", SLOT + timedelta(minutes=m), DAY) for m in (30, 0, 15))
    found = History(runs=runs).in_flight("mine", DAY, SLOT + timedelta(hours=1))
    assert found == runs[0]


def test_runs_for_a_game() -> None:
    """The slots of one workflow's runs for a game are returned, also of runs that have ended."""
    runs = (
        Run("mine", SLOT, DAY, ("1",), "completed"),
        Run("mine", SLOT + timedelta(hours=1), DAY, ("2",)),
        Run("other", SLOT, DAY, ("1",)),
    )
    assert History(runs=runs).runs_for("mine", "1") == (SLOT,)


def test_a_success_on_time_counts_after_a_late_one() -> None:
    """When the latest success came is the later of the last slot's and of the last late hour."""
    rows = [
        row(slot=et("2025-11-12 23:00"), triggered_at=et("2025-11-13 00:00")),
        row(slot=et("2025-11-13 06:00"), triggered_at=et("2025-11-13 06:00")),
    ]
    for order in (rows, rows[::-1]):
        (made,) = attempts_from_log(order).values()
        assert made.late == et("2025-11-13 00:00")
        assert made.came == made.succeeded == et("2025-11-13 06:00")
    (held_up,) = attempts_from_log(rows[:1]).values()
    assert (held_up.succeeded, held_up.came) == (et("2025-11-12 23:00"), et("2025-11-13 00:00"))
