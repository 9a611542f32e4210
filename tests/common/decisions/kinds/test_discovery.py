"""A discovery asks for a publication until it is found, within its band and budget."""

from datetime import date, timedelta

import pytest

from common.decisions.history import Attempts, Key, Run, attempts_from_log
from common.decisions.kinds.discovery import decide
from common.decisions.situation import Decision
from tests.kit.situations import DAY, et, failure, game, situation, success, workflow

REPORT = "nbac_injury_report"
FLOW = workflow(
    "discovery",
    title="Injury report",
    start="11:00",
    end="20:00",
    published="13:30",
    every_hours=1,
    attempts=8,
    steps=[{"scrapers": [REPORT]}],
)
GAMES = (game(1), game(2, "2025-11-13 19:00"))


def judge(now: str, made: Attempts | None = None, runs: tuple[Run, ...] = ()) -> Decision:
    """Decide at an Eastern time, given the day's own attempts."""
    held: dict[Key, Attempts] = {(REPORT, DAY, None): made} if made else {}
    return decide(FLOW, "mine", situation(now, GAMES, attempts=held, runs=runs))


def test_runs_attempt_k_of_n() -> None:
    """The reason of an attempt contains its number and the budget."""
    made = judge("2025-11-12 13:00", failure("2025-11-12 12:00", charged=2))
    assert made.action == "RUN"
    assert made.reason == "Attempt 3 of 8: injury report for 2025-11-12 not found yet"


@pytest.mark.parametrize("now", ["2025-11-13 06:00", "2025-11-13 11:00", "2025-11-13 19:00"])
def test_t4_found_counts_for_its_own_date_only(now: str) -> None:
    """A report found for one date does not count for the next date."""
    attempts: dict[Key, Attempts] = {(REPORT, DAY, None): success("2025-11-12 19:05")}
    made = decide(FLOW, "mine", situation(now, GAMES, attempts=attempts))
    assert made.reason_code != "FOUND"
    assert made.target_date == date(2025, 11, 13)


@pytest.mark.parametrize("day", ["2025-11-12", "2025-07-09"])
def test_t5_found_stays_found_after_the_utc_day_changes(day: str) -> None:
    """A success at 18:00 Eastern still counts at 21:00, in winter and in summer."""
    attempts: dict[Key, Attempts] = {
        (REPORT, date.fromisoformat(day), None): success(f"{day} 18:00")
    }
    made = decide(
        FLOW, "mine", situation(f"{day} 21:00", [game(1, f"{day} 22:00")], attempts=attempts)
    )
    assert (made.reason_code, made.reason) == ("FOUND", f"Found for {day} at 18:00")


def test_t5_the_budget_does_not_reset_in_the_evening() -> None:
    """A spent budget is a SKIP with a warning, before and after 19:00 Eastern."""
    spent = failure("2025-11-12 18:00", charged=8)
    for now in ("2025-11-12 18:59", "2025-11-12 20:00"):
        made = judge(now, spent)
        assert (made.reason_code, made.alert_level) == ("BUDGET_SPENT", "WARNING")
        assert made.reason == "Budget spent: 8 of 8 attempts for 2025-11-12"


def test_d17_no_attempt_outside_the_publication_band() -> None:
    """No attempt is made before the publication band opens or after it has closed."""
    early = judge("2025-11-12 09:00")
    assert (early.reason_code, early.next_check) == ("TOO_EARLY", et("2025-11-12 11:00"))
    assert judge("2025-11-12 21:00").reason_code == "NOT_FOUND"


def test_d17_requests_outside_the_workflow_are_not_charged() -> None:
    """An operator's failed attempts neither spend the budget nor delay the next attempt."""
    row = {
        "scraper_name": REPORT,
        "target_date": DAY,
        "game_id": None,
        "outcome": "NOT_READY",
        "slot": None,
        "triggered_at": et("2025-11-12 12:55"),
        "workflow_name": None,
    }
    attempts = attempts_from_log([row] * 20)
    made = decide(FLOW, "mine", situation("2025-11-12 13:00", GAMES, attempts=attempts))
    assert made.reason.startswith("Attempt 1 of 8")


def test_s3_not_published_yet_is_no_alarm_and_late_is() -> None:
    """An attempt inside the band has no alert; a report not found by its end is a warning."""
    assert judge("2025-11-12 13:00", failure("2025-11-12 12:00")).alert_level == "NONE"
    late = judge("2025-11-12 21:00", failure("2025-11-12 20:00", charged=5))
    assert (late.reason_code, late.alert_level) == ("NOT_FOUND", "WARNING")
    assert late.reason == "Not found for 2025-11-12 by 20:00 (5 of 8 attempts)"


def test_d11_every_hour_is_counted_in_slots() -> None:
    """The period is counted in slots: the next slot is due, a later attempt in between is not."""
    assert judge("2025-11-12 13:00:05", failure("2025-11-12 12:00")).action == "RUN"
    soon = judge("2025-11-12 13:00:05", failure("2025-11-12 12:30"))
    assert (soon.reason_code, soon.next_check) == ("TOO_SOON", et("2025-11-12 14:00"))


def test_fr5_a_run_under_way_is_waited_for() -> None:
    """While a run is under way no attempt is made, however long ago it was decided."""
    flow = FLOW.model_copy(update={"every_hours": 2})
    runs = (Run("mine", et("2025-11-12 12:00"), DAY),)
    made = decide(flow, "mine", situation("2025-11-12 13:00", GAMES, runs=runs))
    assert (made.reason_code, made.reason) == ("IN_FLIGHT", "The run before is still under way")
    assert made.next_check == et("2025-11-12 14:00")
    later = decide(flow, "mine", situation("2025-11-12 18:00", GAMES, runs=runs))
    assert later.reason_code == "IN_FLIGHT"


def test_d16_a_late_tick_past_the_opening_is_sent_to_the_next_slot() -> None:
    """If the band opened between slot and tick, the next check is the next slot."""
    flow = FLOW.model_copy(update={"start": (et("2025-11-12 10:30") - timedelta(hours=5)).time()})
    late = situation("2025-11-12 10:00", GAMES, now=et("2025-11-12 10:45"))
    made = decide(flow, "mine", late)
    assert (made.reason_code, made.next_check) == ("TOO_EARLY", et("2025-11-12 11:00"))


PAIR = FLOW.model_copy(
    update={
        "every_hours": 3,
        "steps": (FLOW.steps[0].model_copy(update={"scrapers": (REPORT, "nbac_player_list")}),),
    }
)
"""A discovery of two publications."""


def judge_pair(now: str, first: Attempts, second: Attempts) -> Decision:
    """Decide for two scrapers, given the attempts of each."""
    held: dict[Key, Attempts] = {
        (REPORT, DAY, None): first,
        ("nbac_player_list", DAY, None): second,
    }
    return decide(PAIR, "mine", situation(now, GAMES, attempts=held))


def test_two_things_are_found_when_the_later_is() -> None:
    """A discovery of two is found when both are, at the time of the later one."""
    first, second = success("2025-11-12 12:00"), success("2025-11-12 15:00")
    assert judge_pair("2025-11-12 18:00", first, Attempts()).scrapers == ("nbac_player_list",)
    assert judge_pair("2025-11-12 18:00", first, second).reason == "Found for 2025-11-12 at 15:00"


@pytest.mark.parametrize("swapped", [False, True])
def test_two_things_share_a_budget_and_a_pace(*, swapped: bool) -> None:
    """The larger number of attempts counts for the budget, the latest attempt for the period."""
    few, many = failure("2025-11-12 14:00", 2), failure("2025-11-12 12:00", 8)
    pair = (few, many) if swapped else (many, few)
    assert judge_pair("2025-11-12 18:00", *pair).reason_code == "BUDGET_SPENT"
    late, never = failure("2025-11-12 14:00", 2), Attempts()
    early = failure("2025-11-12 12:00", 2)
    for other in (early, never):
        pair = (late, other) if swapped else (other, late)
        made = judge_pair("2025-11-12 15:00", *pair)
        assert made.reason == "Too soon (tried at 14:00, every 3h)"
        assert made.next_check == et("2025-11-12 17:00")


def test_no_games_no_attempt() -> None:
    """A day without games is skipped."""
    made = decide(FLOW, "mine", situation("2025-11-12 13:00", [game(postponed=True)]))
    assert made.reason_code == "NO_GAMES"
