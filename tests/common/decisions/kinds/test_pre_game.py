"""A pre-game workflow runs every few hours before tip-offs."""

from datetime import timedelta
from typing import Any

import pytest

from common.calendar.games import Game
from common.calendar.slots import slots_on
from common.decisions.history import Attempts, Key, Run
from common.decisions.kinds.pre_game import decide
from common.decisions.situation import Decision, Situation
from tests.kit.situations import (
    DAY,
    ROUND_THE_CLOCK,
    TICKS,
    WORKFLOWS,
    et,
    failure,
    game,
    situation,
    success,
    workflow,
)

FLOW: Any = WORKFLOWS["betting_lines"]
EVENTS, PROPS, LINES = FLOW.scrapers


def of_the_day(**by_name: Attempts) -> dict[Key, Attempts]:
    """Return the attempts for the day by key."""
    return {(name, DAY, None): attempts for name, attempts in by_name.items()}


def all_ran(when: str) -> dict[Key, Attempts]:
    """Return a success of every scraper in a slot."""
    return of_the_day(**{name: success(when) for name in FLOW.scrapers})


def judge(now: str, *games: Game, **given: Any) -> Decision:
    """Decide the betting lines at an Eastern time."""
    return decide(FLOW, "betting_lines", situation(now, games, **given))


def runs_of_the_day(*games: Game) -> list[str]:
    """Return the Eastern hours in which the workflow runs when every run succeeds."""
    attempts: dict[Key, Attempts] = {}
    ran = []
    for slot in slots_on(TICKS, DAY):
        made = decide(FLOW, "betting_lines", situation(slot, games, attempts=attempts))
        if made.action == "RUN":
            hour = f"{slot - timedelta(hours=5):%H:%M}"
            attempts |= all_ran(f"{DAY} {hour}")
            ran.append(hour)
    return ran


def test_it_begins_with_the_lead_time() -> None:
    """The first run is six hours before the first tip-off, not a slot earlier."""
    early = judge("2025-11-12 12:00", game())
    assert (early.reason_code, early.reason) == (
        "TOO_EARLY",
        "Too early (first game in 7h, lead time 6h)",
    )
    assert early.next_check == et("2025-11-12 13:00")
    assert judge("2025-11-12 13:00", game()).action == "RUN"


def test_d12_both_ends_of_a_long_day_have_their_slots() -> None:
    """With games at 12:00 and 22:00 it runs before each, not in between and not after."""
    ran = runs_of_the_day(game(1, "2025-11-12 12:00"), game(2, "2025-11-12 22:00"))
    assert ran == ["08:00", "10:00", "16:00", "18:00", "20:00"]


def test_d12_nothing_after_the_last_tipoff() -> None:
    """At the last tip-off the decision is a SKIP."""
    made = judge("2025-11-12 19:00", game())
    assert (made.reason_code, made.reason) == ("AFTER_LAST_TIPOFF", "Last game tipped off at 19:00")


def test_d12_only_the_games_ahead_are_meant() -> None:
    """Between two tip-offs the reason and the game ids are those of the later games."""
    made = judge("2025-11-12 19:00", game(1), game(2, "2025-11-12 19:30"), game(3, None))
    assert made.reason == "Ready: 2 of 3 games ahead, 0.5h until next tip-off"
    assert made.game_ids == ("0022500002", "0022500003")


@pytest.mark.parametrize(
    ("ran", "now", "code"),
    [
        ("07:00", "08:00", "RAN_THIS_PERIOD"),
        ("07:00", "09:00:05", "READY"),
        ("09:00", "11:00", "READY"),
        ("09:00", "10:59:20", "READY"),
    ],
)
def test_d11_every_two_hours_is_counted_in_slots(ran: str, now: str, code: str) -> None:
    """The period is counted between slots; seconds do not matter."""
    made = judge(f"2025-11-12 {now}", game(1, "2025-11-12 13:00"), attempts=all_ran(f"{DAY} {ran}"))
    assert made.reason_code == code


def test_d10_a_failed_run_is_tried_again_at_the_next_slot() -> None:
    """A failed run is repeated in the next slot, because only a success counts."""
    attempts = of_the_day(**{name: failure("2025-11-12 14:00") for name in FLOW.scrapers})
    assert judge("2025-11-12 15:00", game(), attempts=attempts).scrapers == FLOW.scrapers


@pytest.mark.parametrize(("missing", "expected"), [(PROPS, (EVENTS, PROPS)), (EVENTS, (EVENTS,))])
def test_d9_what_is_missing_runs_with_what_it_needs(
    missing: str, expected: tuple[str, ...]
) -> None:
    """A failed scraper runs again together with the scraper it depends on (X14)."""
    attempts = all_ran("2025-11-12 14:00") | of_the_day(**{missing: failure("2025-11-12 14:00")})
    made = judge("2025-11-12 15:00", game(), attempts=attempts)
    assert made.scrapers == expected


@pytest.mark.parametrize("now", ["2025-11-12 18:35", "2025-11-12 18:55", "2025-11-12 18:59:30"])
def test_a_missed_window_aborts(now: str) -> None:
    """With nothing run and a tip-off in under 30 minutes the decision is an ABORT."""
    made = judge(now, game())
    assert (made.action, made.alert_level) == (
        ("ABORT", "WARNING") if now != "2025-11-12 18:59:30" else ("SKIP", "NONE")
    )


def test_a_window_of_which_something_ran_is_not_missed() -> None:
    """If one scraper succeeded earlier, the missing ones run however near the tip-off is."""
    attempts = of_the_day(
        **{EVENTS: success("2025-11-12 17:00"), PROPS: failure("2025-11-12 17:00")}
    )
    made = judge("2025-11-12 18:40", game(), attempts=attempts)
    assert (made.action, made.scrapers) == ("RUN", (EVENTS, PROPS, LINES))


def test_the_next_run_is_when_the_first_scraper_is_due() -> None:
    """A scraper that succeeded an hour before the others is due an hour before them."""
    flow = FLOW.model_copy(update={"every_hours": 3})
    attempts = all_ran("2025-11-12 14:00") | of_the_day(**{LINES: success("2025-11-12 13:00")})
    made = decide(flow, "mine", situation("2025-11-12 14:00", [game()], attempts=attempts))
    assert made.reason == "Ran at 14:00, next run at 16:00"
    assert made.next_check == et("2025-11-12 16:00")
    then = decide(flow, "mine", situation("2025-11-12 16:00", [game()], attempts=attempts))
    assert then.scrapers == (EVENTS, LINES)


def test_d13_a_game_without_a_time_is_left_out() -> None:
    """A game without a time is ignored for the window; a day of such games is a SKIP with INFO."""
    mixed = judge("2025-11-12 13:00", game(1), game(2, None))
    assert mixed.reason == "Ready: 2 games today, 6h until first game"
    undecided = judge("2025-11-12 13:00", game(1, None))
    assert (undecided.action, undecided.alert_level) == ("SKIP", "INFO")
    assert undecided.reason == "Tip-off times of 1 game are to be determined"


def test_outside_its_hours() -> None:
    """The lead time does not open the workflow before its own hours."""
    made = judge("2025-11-12 07:00", game(1, "2025-11-12 12:00"))
    assert (made.reason_code, made.next_check) == ("OUTSIDE_HOURS", et("2025-11-12 08:00"))


def test_a_run_under_way_is_waited_for() -> None:
    """The period counts from a run that is still under way."""
    runs = (Run("betting_lines", et("2025-11-12 14:00"), DAY),)
    made = judge("2025-11-12 15:00", game(), runs=runs)
    assert made.reason == "Under way since 14:00, next run at 16:00"


def test_s5_a_postponed_game_has_no_lines() -> None:
    """A day whose only game is postponed is skipped."""
    assert judge("2025-11-12 13:00", game(postponed=True)).reason_code == "NO_GAMES"


def late(slot: str, seconds: int, tip: str, **given: Any) -> Situation:
    """Return the situation of a tick some seconds after its slot."""
    return situation(slot, [game(1, tip)], now=et(slot) + timedelta(seconds=seconds), **given)


def test_d16_a_lead_time_that_began_since_the_slot_is_not_a_next_check() -> None:
    """If the lead time began between slot and tick, the next check is the next slot."""
    made = decide(FLOW, "mine", late("2025-11-12 13:00", 90, "2025-11-12 19:01"))
    assert (made.reason_code, made.next_check) == ("TOO_EARLY", et("2025-11-12 14:00"))


def test_a_tipoff_within_the_jitter_is_not_negative() -> None:
    """A reason never contains a negative time until the tip-off."""
    moment = ("2025-11-12 19:00", 90, "2025-11-12 19:01")
    assert "in 0 min" in decide(FLOW, "mine", late(*moment)).reason
    ran = decide(FLOW, "mine", late(*moment, attempts=all_ran("2025-11-12 17:00")))
    assert ran.reason == "Ready: 1 game today, 0h until first game"


def test_t8_the_lead_time_is_real_hours_on_the_day_of_the_change() -> None:
    """On the day of the spring change the lead time is counted in real hours."""
    flow = workflow("pre_game", lead_hours=8, every_hours=1, start="00:00", end="23:59")
    games = [game(1, "2026-03-08 10:00")]
    made = decide(flow, "mine", situation("2026-03-08 00:00", games, cron=ROUND_THE_CLOCK))
    assert (made.reason_code, made.next_check) == ("TOO_EARLY", et("2026-03-08 01:00"))
