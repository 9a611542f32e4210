"""A daily window runs once a day, inside its window."""

from dataclasses import replace
from datetime import date

import pytest

from common.calendar.slots import slots_on
from common.decisions.history import Attempts, Key, Run
from common.decisions.kinds.daily_window import decide
from common.decisions.situation import Decision
from tests.kit.situations import (
    DAY,
    ROUND_THE_CLOCK,
    et,
    failure,
    game,
    situation,
    success,
    workflow,
)

FLOW = workflow(
    "daily_window", start="06:00", end="10:00", steps=[{"scrapers": ["one", "two", "three"]}]
)
GAMES = (game(),)


def judge(
    now: str, attempts: dict[str, Attempts] | None = None, runs: tuple[Run, ...] = ()
) -> Decision:
    """Decide at an Eastern time on a game day, given the day's attempts and runs."""
    held: dict[Key, Attempts] = {(name, DAY, None): made for name, made in (attempts or {}).items()}
    return decide(FLOW, "mine", situation(now, GAMES, attempts=held, runs=runs))


def done(when: str) -> dict[str, Attempts]:
    """Return a success of all three scrapers in a slot."""
    return {name: success(when) for name in ("one", "two", "three")}


@pytest.mark.parametrize("now", ["2025-11-12 06:00", "2025-11-12 08:00:30", "2025-11-12 10:00"])
def test_runs_inside_its_window(now: str) -> None:
    """A daily window runs inside its window, both ends included."""
    made = judge(now)
    assert (made.action, made.scrapers) == ("RUN", ("one", "two", "three"))
    assert made.reason == "Ready: daily window 06:00-10:00 is open"


def test_t16_absent_before_the_window_is_not_missing() -> None:
    """Before the window opens the decision is a SKIP without an alert."""
    flow = workflow("daily_window", start="13:00", end="19:00")
    made = decide(flow, "mine", situation("2025-11-12 10:20", GAMES))
    assert (made.reason_code, made.alert_level) == ("TOO_EARLY", "NONE")
    assert made.next_check == et("2025-11-12 13:00")


def test_d16_a_late_tick_past_the_opening_is_sent_to_the_next_slot() -> None:
    """If the window opened between slot and tick, the next check is the next slot."""
    flow = workflow("daily_window", start="10:30", end="12:00")
    late = situation("2025-11-12 10:00", GAMES, now=et("2025-11-12 10:45"))
    assert decide(flow, "mine", late).next_check == et("2025-11-12 11:00")


def test_t6_a_missed_window_warns_and_never_runs() -> None:
    """A window that is over and not done is a SKIP with a warning."""
    made = judge("2025-11-12 19:00")
    assert (made.action, made.reason_code, made.alert_level) == ("SKIP", "MISSED_WINDOW", "WARNING")
    assert made.reason == "Window missed (06:00-10:00, not done: one, two, three)"
    assert made.next_check == et("2025-11-13 06:00")


def test_d9_only_the_missing_scraper_runs_again() -> None:
    """Only the scraper that has not succeeded runs again."""
    attempts = done("2025-11-12 06:00") | {"two": failure("2025-11-12 06:00")}
    assert judge("2025-11-12 07:00", attempts).scrapers == ("two",)


def test_d10_a_failure_does_not_count_as_done() -> None:
    """Scrapers that failed run again in the next slot."""
    attempts = {name: failure("2025-11-12 06:00") for name in ("one", "two", "three")}
    assert judge("2025-11-12 07:00", attempts).action == "RUN"


@pytest.mark.parametrize("now", ["2025-11-12 07:00", "2025-11-12 20:30", "2025-11-12 23:00"])
def test_t5_a_success_counts_all_eastern_day(now: str) -> None:
    """A success counts until the Eastern day ends, although the UTC date changes at 19:00."""
    made = judge(now, done("2025-11-12 06:00"))
    assert (made.reason_code, made.next_check) == ("DONE", et("2025-11-13 06:00"))


def test_a_success_before_the_window_does_not_count() -> None:
    """A scheduled refresh before the window does not replace the window's run."""
    attempts = done("2025-11-12 06:00") | {"one": success("2025-11-12 04:45")}
    assert judge("2025-11-12 07:00", attempts).scrapers == ("one",)


def test_a_run_under_way_is_waited_for() -> None:
    """A second run waits while the first is under way, and starts once that has failed."""
    run = Run("mine", et("2025-11-12 06:00"), DAY)
    for instant in ("2025-11-12 07:00", "2025-11-12 09:00"):
        assert judge(instant, runs=(run,)).reason_code == "IN_FLIGHT"
    assert judge("2025-11-12 09:00", runs=(replace(run, status="failed"),)).action == "RUN"


def test_off_on_a_day_without_games() -> None:
    """A day with only postponed games is skipped."""
    games = [game(1, "2025-11-11 19:00"), game(2, postponed=True)]
    made = decide(FLOW, "mine", situation("2025-11-12 07:00", games))
    assert (made.action, made.reason_code) == ("SKIP", "OFF_DAY")


@pytest.mark.parametrize(
    ("day", "start", "end", "expected"),
    [
        ("2026-03-08", "02:00", "02:59", "03:00"),
        ("2025-11-02", "02:00", "02:59", "02:00"),
        ("2025-11-02", "01:00", "01:59", "01:00"),
        ("2025-11-12", "02:00", "02:59", "02:00"),
    ],
)
def test_t8_a_nightly_window_runs_once_on_both_changes(
    day: str, start: str, end: str, expected: str
) -> None:
    """A window runs once on the days of both clock changes, in spring and in autumn."""
    flow = workflow("daily_window", start=start, end=end)
    games = [game(1, f"{day} 19:00")]
    ran = [
        slot
        for slot in slots_on(ROUND_THE_CLOCK, date.fromisoformat(day))
        if decide(flow, "mine", situation(slot, games, cron=ROUND_THE_CLOCK)).action == "RUN"
    ]
    assert ran == [et(f"{day} {expected}")]
