"""The situation a decision is made in, and how its values are written in sentences."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.decisions.situation import Rule, count, hours, wall, with_dependencies
from tests.kit.situations import DAY, MANY, TICKS, et, game, played, situation, workflow

STEPS = [
    {"scrapers": ["events", "other"]},
    {"scrapers": ["props", "lines"], "events_from": "events"},
    {"scrapers": ["late"], "events_from": "props"},
]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (["props"], ("events", "props")),
        (["other"], ("other",)),
        (["lines", "props"], ("events", "props", "lines")),
        (["late"], ("events", "props", "late")),
        ([], ()),
    ],
)
def test_x14_a_scraper_runs_with_what_it_needs(
    wanted: list[str], expected: tuple[str, ...]
) -> None:
    """A scraper is returned with what it needs from earlier steps, in the steps' order."""
    assert with_dependencies(workflow("catch_up", **CATCH_UP, steps=STEPS), wanted) == expected


CATCH_UP: dict[str, Any] = {"after": "07:00", "backoff_hours": [1], "span_hours": 72}


def test_finished_games_need_a_fresh_schedule() -> None:
    """A step for final games adds the schedule, which shows which games are final."""
    flow = workflow("catch_up", **CATCH_UP)
    assert with_dependencies(flow, ["nbac_gamebook_pdf"]) == (
        "nbac_schedule_api",
        "nbac_gamebook_pdf",
    )


@pytest.mark.parametrize(
    ("now", "clock", "expected"),
    [
        ("2025-11-12 15:00", time(20), "2025-11-12 20:00"),
        ("2025-11-12 20:00", time(20), "2025-11-13 20:00"),
        ("2026-03-07 23:00", time(2, 30), "2026-03-08 03:30"),
        ("2025-11-01 23:00", time(1, 30), "2025-11-02 01:30"),
        ("2025-11-02 01:30", time(1, 30), "2025-11-03 01:30"),
    ],
)
def test_t8_the_next_instant_of_a_wall_time(now: str, clock: time, expected: str) -> None:
    """The next instant is today or tomorrow, also over both clock changes."""
    assert situation(now).next_at(clock) == et(expected)


@MANY
@given(st.integers(0, 400 * 24 * 60), st.times())
def test_d16_the_next_instant_is_within_a_day_and_an_hour(minutes: int, clock: time) -> None:
    """The next instant is later than now by at most the longest day."""
    now = et("2025-01-01 00:00") + timedelta(minutes=minutes)
    following = situation(now).next_at(clock.replace(second=0, microsecond=0))
    assert timedelta(0) < following - now <= timedelta(hours=25)


def test_d16_a_moment_that_has_passed_becomes_the_next_slot() -> None:
    """A late tick that is past the moment gets the next slot instead."""
    late = situation("2025-11-12 10:00", now=et("2025-11-12 10:45"))
    assert late.ahead(et("2025-11-12 10:50")) == et("2025-11-12 10:50")
    assert late.ahead(et("2025-11-12 10:45")) == et("2025-11-12 11:00")


def test_the_next_tick_is_after_slot_and_now() -> None:
    """A tick that came before its slot gets the slot after that one."""
    early = situation("2025-11-12 12:56", cron=TICKS)
    assert early.slot == et("2025-11-12 13:00")
    assert early.next_tick() == et("2025-11-12 14:00")


def test_a_game_is_over_by_state_or_by_time() -> None:
    """A game is over by its state, or by time at the slot (T14), at the real instant if late."""
    on_time = situation("2025-11-12 21:00:30")
    late = situation("2025-11-12 21:00", now=et("2025-11-12 21:31"))
    one = game(1, "2025-11-12 18:30")
    edge = game(2, "2025-11-12 18:31")
    assert (on_time.is_over(one), on_time.is_over(edge), late.is_over(edge)) == (True, False, True)
    assert on_time.is_over(played(3, None))
    assert not on_time.is_over(game(4, None))


def test_postponed_games_are_left_out() -> None:
    """The games of a date exclude postponed ones; a date outside the calendar has none."""
    judged = situation("2025-11-12 12:00", [game(1), game(2, postponed=True)])
    assert [one.game_id for one in judged.games_on(DAY)] == ["0022500001"]
    assert judged.games_on(DAY + timedelta(days=1)) == ()


def test_rules_are_recorded_on_request() -> None:
    """Each rule is recorded with condition, result and facts, and does not affect equality."""
    explained = situation("2025-11-12 12:00", rules=[])
    quiet = situation("2025-11-12 12:00")
    assert explained.check("there is a game", [1], games=1)
    assert not explained.check("there is none", [], games=1)
    assert explained.rules == [
        Rule("there is a game", held=True, facts={"games": 1}),
        Rule("there is none", held=False, facts={"games": 1}),
    ]
    assert explained == quiet
    assert "there is" not in repr(explained)


def test_wall_times_and_counts_in_sentences() -> None:
    """Wall times are Eastern, and a noun gets its plural except after 1."""
    assert wall(et("2025-11-12 20:00")) == "20:00"
    assert [count(n, "game") for n in (0, 1, 12)] == ["0 games", "1 game", "12 games"]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (330, "5.5h"),
        (360, "6h"),
        (329.75, "5.5h"),
        (2, "0h"),
        (-2, "0h"),
        (1440, "24h"),
        (75, "1.2h"),
    ],
)
def test_hours_have_one_decimal_at_most(minutes: float, expected: str) -> None:
    """Whole hours have no decimal, and a negative span is 0h."""
    assert hours(timedelta(minutes=minutes)) == expected
