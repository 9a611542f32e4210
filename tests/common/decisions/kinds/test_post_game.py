"""A post-game window collects the finished games of its night."""

from datetime import date, timedelta
from typing import Any

import pytest

from common.calendar.slots import parse_cron, slots_on
from common.decisions.history import Run
from common.decisions.kinds.post_game import decide
from tests.kit.situations import (
    BOXES,
    DAY,
    PER_GAME,
    ROUND_THE_CLOCK,
    WHOLE_DATE,
    WORKFLOWS,
    collected,
    et,
    game,
    played,
    situation,
    success,
    workflow,
)

OWNERS = ("nbac_schedule_api", "espn_scoreboard")
"""The scrapers that say which games are final."""
NIGHT: Any = WORKFLOWS["post_game_window_2"]


def window(at: str, of: str = "today", tolerance: int = 30) -> Any:
    """Return a post-game workflow with its window at a time of day."""
    return workflow("post_game", at=at, tolerance_minutes=tolerance, games_of=of)


def targets(flow: Any, now: str, *games: Any, **given: Any) -> list[str]:
    """Return the ids of the games that a window collects."""
    judged = situation(now, games, cron=ROUND_THE_CLOCK, **given)
    return [target.game_id for target in decide(flow, "mine", judged).targets]


def test_t1_outside_it_the_next_window_is_named_across_midnight() -> None:
    """At 23:00 the next check of a 04:00 window is five hours away, not nineteen."""
    judged = situation("2025-11-12 23:00", cron=ROUND_THE_CLOCK)
    made = decide(window("04:00", "yesterday"), "mine", judged)
    assert (made.action, made.reason) == ("SKIP", "Not in time window (04:00 ±30min)")
    assert made.next_check == et("2025-11-13 04:00")
    assert made.next_check - judged.now == timedelta(minutes=300)


def test_t1_a_window_just_after_midnight_is_met_just_before_it() -> None:
    """At 23:45 a window of 00:00 collects the night of the date that it names."""
    judged = situation("2025-11-12 23:45", [played()], cron=parse_cron("45 * * * *"))
    made = decide(window("00:00", "yesterday"), "mine", judged)
    assert (made.action, made.target_date) == ("RUN", DAY)


def test_t1_a_window_that_reaches_over_midnight_keeps_its_night() -> None:
    """At 00:00 a window of 23:45 still collects the day that just ended."""
    judged = situation("2025-11-13 00:00", [played()], cron=ROUND_THE_CLOCK)
    made = decide(window("23:45"), "mine", judged)
    assert (made.action, made.target_date) == ("RUN", DAY)


@pytest.mark.parametrize(
    ("flow", "now"),
    [
        (window("04:00", "yesterday"), "2025-11-13 04:00"),
        (window("02:00", "yesterday"), "2025-11-13 01:57"),
        (window("00:15", "yesterday"), "2025-11-13 00:00"),
        (window("00:15", "yesterday"), "2025-11-12 23:58"),
        (NIGHT, "2025-11-12 23:24"),
    ],
)
def test_t11_t15_late_night_belongs_to_the_game_day_before(flow: Any, now: str) -> None:
    """A window after midnight collects the night before, not the new date."""
    games = [played(1), game(2, "2025-11-13 19:00"), played(3, "2025-11-11 19:00")]
    judged = situation(now, games, cron=ROUND_THE_CLOCK)
    made = decide(flow, "mine", judged)
    assert (made.target_date, made.game_ids) == (DAY, ("0022500001",))


def test_t13_tonights_finished_game_is_collected_tonight() -> None:
    """Tonight's finished game is a target; yesterday's collected game is not."""
    tonight, yesterday = played(1, "2025-11-12 19:30"), played(2, "2025-11-11 19:30")
    found = targets(
        window("23:30"), "2025-11-12 23:30", tonight, yesterday, attempts=collected(yesterday)
    )
    assert found == [tonight.game_id]


@pytest.mark.parametrize("seconds", [-90, -2, 0, 5, 90])
@pytest.mark.parametrize("at", ["23:30", "23:29", "00:30", "12:01"])
def test_t14_each_window_has_one_target_date_whatever_the_jitter(at: str, seconds: int) -> None:
    """The same slots fall into a window, for the same date, at any jitter."""
    flow = window(at)
    met = []
    for slot in slots_on(ROUND_THE_CLOCK, DAY) + slots_on(ROUND_THE_CLOCK, date(2025, 11, 13)):
        judged = situation(slot + timedelta(seconds=seconds), cron=ROUND_THE_CLOCK)
        made = decide(flow, "mine", judged)
        if made.reason_code != "OUTSIDE_WINDOW":
            met.append((judged.slot, made.target_date))
    on_the_dot = [
        (slot, day)
        for day in (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1))
        for slot in slots_on(ROUND_THE_CLOCK, DAY) + slots_on(ROUND_THE_CLOCK, date(2025, 11, 13))
        if abs(slot - et(f"{day} {at}")) <= timedelta(minutes=30)
    ]
    assert met == on_the_dot


def test_t14_a_window_that_two_ticks_meet_runs_once() -> None:
    """The second tick in one window leaves what the first has collected or is collecting."""
    one = played(1, "2025-11-12 19:00")
    first = targets(window("23:30"), "2025-11-12 23:00", one)
    assert first == [one.game_id]
    under_way = (Run("mine", et("2025-11-12 23:00"), DAY, (one.game_id,)),)
    assert targets(window("23:30"), "2025-11-13 00:00", one, runs=under_way) == []
    assert targets(window("23:30"), "2025-11-13 00:00", one, attempts=collected(one)) == []


def test_d18_christmas() -> None:
    """On a day with games from noon on, each window collects the games that are over."""
    tips = ("12:00", "14:30", "17:00", "20:00", "22:30")
    games = [game(number, f"2025-12-25 {tip}") for number, tip in enumerate(tips, start=1)]
    for now, number in (("15:00", 1), ("18:00", 2), ("21:00", 3)):
        found = targets(window(now), f"2025-12-25 {now}", *games)
        assert found == [one.game_id for one in games[:number]]


def test_d19_a_final_state_counts_before_the_time_rule() -> None:
    """A game that the schedule calls final is a target, even sooner than 2 h 30 after tip-off."""
    short = played(1, "2025-11-12 21:00")
    assert targets(NIGHT, "2025-11-12 23:00", short) == [short.game_id]


def test_d19_the_time_rule_is_the_fallback() -> None:
    """A game that is not called final counts as over 2 h 30 after its tip-off, not earlier."""
    assert targets(NIGHT, "2025-11-12 23:00", game(1, "2025-11-12 20:30")) == ["0022500001"]
    assert targets(NIGHT, "2025-11-12 23:00", game(1, "2025-11-12 20:31")) == []


def test_d8_all_collected_is_a_skip() -> None:
    """The decision is a SKIP when every finished game is collected."""
    games = [played(1), played(2), game(3, "2025-11-12 22:30")]
    judged = situation("2025-11-12 23:00", games, attempts=collected(*games[:2]))
    made = decide(NIGHT, "mine", judged)
    assert (made.action, made.reason_code) == ("SKIP", "ALL_COLLECTED")
    assert made.reason == "All 2 finished of 3 games are collected"
    assert made.next_check == et("2025-11-13 06:00")


def test_d9_a_game_lacks_single_scrapers() -> None:
    """A target names exactly the scrapers its game lacks; the run names those of all targets."""
    attempts = collected(played())
    del attempts[("nbac_gamebook_pdf", DAY, "0022500001")]
    made = decide(NIGHT, "mine", situation("2025-11-12 23:00", [played()], attempts=attempts))
    assert made.targets[0].scrapers == ("nbac_gamebook_pdf",)
    assert made.scrapers == (*OWNERS, WHOLE_DATE, "nbac_gamebook_pdf")


def test_d9_a_scraper_of_the_whole_date_is_not_forgotten() -> None:
    """If only the whole-date scraper failed for the last game, the next run is for it alone."""
    early, late = played(1), played(2)
    attempts = collected(early, when="2025-11-12 20:00") | collected(late, when="2025-11-12 23:00")
    assert targets(window("23:30"), "2025-11-12 23:30", early, late, attempts=attempts) == []
    attempts[(WHOLE_DATE, DAY, None)] = success("2025-11-12 20:00")
    judged = situation("2025-11-12 23:00", [early, late], attempts=attempts)
    made = decide(NIGHT, "mine", judged)
    assert made.scrapers == (*OWNERS, WHOLE_DATE)
    assert [(target.game_id, target.scrapers) for target in made.targets] == [(late.game_id, ())]


def test_d9_a_scraper_of_the_whole_date_counts_from_the_first_run_that_had_the_game() -> None:
    """A whole-date success after the first run for a game covers that game."""
    attempts = collected(played(), when="2025-11-12 22:30")
    attempts[("nbac_gamebook_pdf", DAY, "0022500001")] = success("2025-11-12 22:50")
    attempts[(WHOLE_DATE, DAY, None)] = success("2025-11-12 22:40")
    assert targets(NIGHT, "2025-11-12 23:00", played(), attempts=attempts) == []


def test_d9_a_scraper_of_the_whole_date_that_never_succeeded_is_missing() -> None:
    """If only the whole-date scraper has never succeeded, the run is for it alone."""
    attempts = collected(played())
    del attempts[(WHOLE_DATE, DAY, None)]
    made = decide(NIGHT, "mine", situation("2025-11-12 23:00", [played()], attempts=attempts))
    assert made.scrapers == (*OWNERS, WHOLE_DATE)


def test_d9_a_window_for_whole_dates_alone_is_done_with_one_success() -> None:
    """Without per-game scrapers, one success for the date collects all its games."""
    steps = [{"scrapers": ["nbac_schedule_api"]}, {"scrapers": [WHOLE_DATE], "games": "final"}]
    window_for = {"at": "23:00", "tolerance_minutes": 30, "games_of": "today", "steps": steps}
    flow = workflow("post_game", **window_for)
    assert targets(flow, "2025-11-12 23:00", played()) == ["0022500001"]
    attempts = {(WHOLE_DATE, DAY, None): success("2025-11-12 22:00")}
    assert targets(flow, "2025-11-12 23:00", played(), attempts=attempts) == []


def test_x10_nine_games_are_nine_targets() -> None:
    """Each of nine finished games is a target with all per-game scrapers."""
    games = [played(number) for number in range(9)]
    made = decide(NIGHT, "mine", situation("2025-11-12 23:00", games))
    assert len(made.targets) == 9
    assert made.reason == "Ready: 9 of 9 games final and not collected"
    assert {target.scrapers for target in made.targets} == {
        tuple(n for n in NIGHT.scrapers if n in PER_GAME)
    }


def test_x11_two_of_nine_are_two_targets() -> None:
    """Games that are collected already are no targets."""
    games = [played(number) for number in range(9)]
    found = targets(NIGHT, "2025-11-12 23:00", *games, attempts=collected(*games[2:]))
    assert found == ["0022500000", "0022500001"]


def test_s5_a_postponed_game_is_never_collected() -> None:
    """A postponed game does not count as a game of the night."""
    made = decide(NIGHT, "mine", situation("2025-11-12 23:00", [played(postponed=True)]))
    assert (made.reason_code, made.reason) == ("NO_GAMES", "No games on 2025-11-12")


def test_d13_a_game_without_a_time_is_collected_once_final() -> None:
    """A game without a tip-off time is a target only once the schedule calls it final."""
    assert targets(NIGHT, "2025-11-12 23:00", game(1, None)) == []
    assert targets(NIGHT, "2025-11-12 23:00", played(1, None)) == ["0022500001"]


def test_nothing_final_yet() -> None:
    """A window in which no game is over yet is a SKIP with that reason."""
    early: Any = WORKFLOWS["post_game_window_1"]
    made = decide(early, "mine", situation("2025-11-12 20:00", [game()]))
    assert made.reason == "None of 1 game of 2025-11-12 is final yet"


@pytest.mark.parametrize(("day", "expected"), [("2026-03-08", "03:00"), ("2025-11-02", "02:00")])
def test_t8_a_two_o_clock_window_is_met_once_on_both_changes(day: str, expected: str) -> None:
    """One slot falls into a 02:00 window on the days of both clock changes."""
    met = [
        slot
        for slot in slots_on(ROUND_THE_CLOCK, date.fromisoformat(day))
        if decide(window("02:00"), "mine", situation(slot, cron=ROUND_THE_CLOCK)).reason_code
        != "OUTSIDE_WINDOW"
    ]
    assert met == [et(f"{day} {expected}")]


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("2026-03-07 23:00", "2026-03-08 20:00"),
        ("2025-11-01 23:00", "2025-11-02 20:00"),
    ],
)
def test_t8_next_check_keeps_its_wall_time_over_a_change(now: str, following: str) -> None:
    """The next check keeps its wall time over a clock change."""
    made = decide(window("20:00"), "mine", situation(now))
    assert made.next_check == et(following)


def test_a_single_success_is_not_all() -> None:
    """A game with one success of several scrapers is still a target."""
    attempts = {(BOXES[0], DAY, "0022500001"): success("2025-11-12 22:00")}
    assert targets(NIGHT, "2025-11-12 23:00", played(), attempts=attempts) == ["0022500001"]


def test_a_run_under_way_is_not_called_collected() -> None:
    """A game that a run is collecting makes the decision IN_FLIGHT, not ALL_COLLECTED."""
    one = played(1, "2025-11-12 18:00")
    runs = (Run("post_game_window_1", et("2025-11-12 22:00"), DAY, (one.game_id,)),)
    made = decide(NIGHT, "mine", situation("2025-11-12 23:00", [one], runs=runs))
    assert made.reason_code == "IN_FLIGHT"


def test_a_run_under_way_for_one_game_of_two_is_not_called_collected_either() -> None:
    """One collected game and one under way make the decision IN_FLIGHT."""
    one, other = played(1, "2025-11-12 18:00"), played(2, "2025-11-12 18:30")
    runs = (Run("post_game_window_1", et("2025-11-12 22:00"), DAY, (one.game_id,)),)
    judged = situation("2025-11-12 23:00", [one, other], runs=runs, attempts=collected(other))
    assert decide(NIGHT, "mine", judged).reason_code == "IN_FLIGHT"


def lacking(now: str, *, when: str, by: str = "nbac_boxscore", tip: str = "19:00") -> list[str]:
    """Return what the morning's window lacks of a game whose box score was collected once."""
    one = played(tip=f"2025-11-12 {tip}")
    attempts = collected(one, when=when)
    attempts[by, DAY, one.game_id] = attempts.pop(("nbac_boxscore", DAY, one.game_id))
    judged = situation(now, [one], attempts=attempts)
    made = decide(WORKFLOWS["post_game_window_3"], "mine", judged)
    return [name for target in made.targets for name in target.scrapers]


def test_a_box_score_is_collected_again_when_its_source_has_rewritten_it() -> None:
    """What was collected less than 2.5 hours after the game's end is collected once more."""
    assert lacking("2025-11-13 06:00", when="2025-11-12 22:00") == ["nbac_boxscore"]


@pytest.mark.parametrize(
    ("when", "tip"), [("2025-11-13 00:00", "19:00"), ("2025-11-12 20:00", "14:00")]
)
def test_a_box_score_that_was_collected_late_enough_is_left_alone(when: str, tip: str) -> None:
    """A success 2.5 hours after the game's end or later is the last one."""
    assert lacking("2025-11-13 06:00", when=when, tip=tip) == []


def test_a_game_is_collected_by_either_owner() -> None:
    """A box score that an alternative brought is not lacking."""
    assert lacking("2025-11-13 06:00", when="2025-11-13 00:00", by="espn_boxscore") == []


def test_a_second_look_waits_until_the_source_has_rewritten() -> None:
    """Before 2.5 hours have passed a collected game is not lacking."""
    one = played(tip="2025-11-12 19:00")
    judged = situation("2025-11-12 23:00", [one], attempts=collected(one))
    made = decide(NIGHT, "mine", judged)
    assert (made.reason_code, made.targets) == ("ALL_COLLECTED", ())
