"""The decision core: what all kinds have in common, and the examples of the seed document."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar.games import Game
from common.calendar.season import by_date
from common.calendar.slots import slot_of
from common.configuration.workflows import Workflow
from common.decisions.decide import decide, needs_games
from common.decisions.situation import GAME_LENGTH, Decision, Situation
from local.fake_sources.slate import load
from tests.kit.situations import (
    FEW,
    PER_GAME,
    ROOT,
    TICKS,
    WORKFLOWS,
    et,
    game,
    histories,
    situation,
    slates,
    ticks,
)

JITTER = st.timedeltas(timedelta(seconds=-90), timedelta(seconds=90))


def at_the_real_slate(name: str, now: str) -> Decision:
    """Decide for the real games of 11-13 November 2025 with an empty history."""
    games = load(ROOT / "config" / "slates" / "2025-11.json").games
    return decide(name, WORKFLOWS[name], situation(now, games))


def test_seed_run() -> None:
    """The seed document's RUN at 13:30:15 is made word for word."""
    made = at_the_real_slate("betting_lines", "2025-11-12 13:30:15")
    assert (made.action, made.reason) == ("RUN", "Ready: 12 games today, 5.5h until first game")
    assert (made.alert_level, made.next_check) == ("NONE", None)
    assert made.scrapers == ("oddsa_events", "oddsa_player_props", "oddsa_game_lines")
    assert WORKFLOWS["betting_lines"].priority == "CRITICAL"


def test_seed_skip() -> None:
    """The seed document's SKIP at 15:00:10 is made word for word and names the window's time."""
    made = at_the_real_slate("post_game_window_1", "2025-11-12 15:00:10")
    assert (made.action, made.reason) == ("SKIP", "Not in time window (20:00 ±30min)")
    assert (made.alert_level, made.next_check) == ("NONE", et("2025-11-12 20:00"))
    assert made.scrapers == ()
    assert WORKFLOWS["post_game_window_1"].priority == "HIGH"


def test_seed_abort() -> None:
    """The seed document's ABORT at 18:55 is made word for word."""
    made = at_the_real_slate("betting_lines", "2025-11-12 18:55:00")
    missed = "Missed window (first game in 5 min, needed 6h lead time)"
    assert (made.action, made.reason) == ("ABORT", missed)
    assert (made.alert_level, made.next_check, made.scrapers) == ("WARNING", None, ())


def essence(name: str, flow: Workflow, judged: Situation) -> tuple[object, ...]:
    """Return the parts of a decision that must not depend on seconds."""
    made = decide(name, flow, judged)
    return made.action, made.reason_code, made.targets, made.target_date, made.scrapers


@FEW
@given(ticks(), JITTER)
def test_t14_jitter_changes_nothing(tick: tuple[str, Workflow, Situation], late: timedelta) -> None:
    """A tick within 90 s of its slot has that slot and decides as at the slot itself (R3)."""
    name, flow, judged = tick
    now = judged.slot + late
    assert slot_of(TICKS, now) == judged.slot
    assert essence(name, flow, replace(judged, now=now)) == essence(name, flow, judged)


@FEW
@given(ticks(), st.timedeltas(timedelta(minutes=-5), timedelta(hours=3)))
def test_d16_next_check_lies_ahead(tick: tuple[str, Workflow, Situation], late: timedelta) -> None:
    """Every SKIP has a next check later than now, however late the tick came."""
    name, flow, judged = tick
    now = judged.slot + late
    made = decide(name, flow, replace(judged, now=now))
    assert (made.next_check is not None) == (made.action == "SKIP")
    assert made.next_check is None or made.next_check > now


@FEW
@given(ticks(), st.timedeltas(timedelta(minutes=-5), timedelta(hours=1)))
def test_every_decision_is_whole(tick: tuple[str, Workflow, Situation], late: timedelta) -> None:
    """Only a RUN names scrapers, in the workflow's order, and no reason has a negative number."""
    name, flow, judged = tick
    made = decide(name, flow, replace(judged, now=judged.slot + late))
    assert made.reason
    assert made.reason_code.replace("_", "").isupper()
    assert bool(made.scrapers) == (made.action == "RUN")
    assert [one for one in flow.scrapers if one in made.scrapers] == list(made.scrapers)
    assert " -" not in made.reason


@st.composite
def collections(draw: st.DrawFn) -> tuple[str, Situation]:
    """Draw a situation in which a window or the catch-up collects at least one game."""
    name, slot = draw(
        st.sampled_from(
            [
                ("post_game_window_2", et("2025-11-12 23:00")),
                ("post_game_window_3", et("2025-11-13 06:00")),
                ("late_game_catch_up", et("2025-11-13 08:00")),
            ]
        )
    )
    games = draw(slates())
    history = draw(histories(games, slot))
    uncollected = game(99, "2025-11-12 12:00")
    return name, situation(slot, [*games, uncollected], history=history)


def _is_lacking(judged: Situation, flow: Workflow, scraper: str, one: Game) -> bool:
    """Return whether no success came, or the only one before the source rewrote its answer."""
    came = judged.attempts(flow, scraper, one.game_date, one.game_id).came
    again = flow.again_after(scraper)
    if came is None or again is None or one.tipoff is None:
        return came is None
    rewritten = one.tipoff + GAME_LENGTH + again
    return came < rewritten and judged.slot >= rewritten


@FEW
@given(collections())
def test_x11_targets_are_finished_and_uncollected(drawn: tuple[str, Situation]) -> None:
    """Only games that are over become targets, each with exactly the scrapers that it lacks."""
    name, judged = drawn
    flow = WORKFLOWS[name]
    assert judged.history is not None
    assert judged.calendar is not None
    games = {g.game_id: g for night in judged.calendar.values() for g in night}
    made = decide(name, flow, judged)
    assert made.targets
    for target in made.targets:
        one = games[target.game_id]
        assert judged.is_over(one)
        assert not one.postponed
        assert one.game_date == made.target_date
        lacking = [
            scraper
            for scraper in flow.scrapers
            if scraper in PER_GAME and _is_lacking(judged, flow, scraper, one)
        ]
        assert list(target.scrapers) == lacking


@pytest.mark.parametrize("name", WORKFLOWS)
def test_d7_without_a_schedule_each_workflow_still_decides(name: str) -> None:
    """Without a schedule the daily window runs, because it fetches one; the others abort."""
    judged = situation("2025-11-12 07:00", None, cause="NotFound: 404")
    made = decide(name, WORKFLOWS[name], judged)
    if needs_games(WORKFLOWS[name]):
        assert (made.action, made.reason_code) == ("ABORT", "SCHEDULE_UNAVAILABLE")
        assert (made.alert_level, made.reason) == (
            "ERROR",
            "Could not read the schedule: NotFound: 404",
        )
    else:
        assert made.action == "RUN"
        assert {"nbac_schedule_api", "nbac_player_list"} <= set(made.scrapers)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_d5_without_a_history_nothing_runs(name: str) -> None:
    """Every workflow aborts with the cause when the history cannot be read."""
    judged = situation("2025-11-12 13:00", [game()], history=None, cause="TimeoutError: 30 s")
    made = decide(name, WORKFLOWS[name], judged)
    assert (made.action, made.reason_code) == ("ABORT", "HISTORY_UNAVAILABLE")
    assert made.reason == "Could not read the history: TimeoutError: 30 s"


def test_a_long_cause_is_shortened() -> None:
    """A reason is cut to 500 characters, however long the cause is."""
    judged = situation("2025-11-12 13:00", [game()], history=None, cause="x" * 5000)
    assert len(decide("betting_lines", WORKFLOWS["betting_lines"], judged).reason) == 500


@pytest.mark.parametrize("name", [name for name in WORKFLOWS if name != "morning_operations"])
def test_x13_a_day_without_games(name: str) -> None:
    """A fresh schedule without games is a SKIP without an alert; a stale one is an ABORT."""
    fresh = decide(name, WORKFLOWS[name], situation("2025-11-12 13:00"))
    assert (fresh.action, fresh.alert_level) == ("SKIP", "NONE")
    stale = decide(name, WORKFLOWS[name], situation("2025-11-12 13:00", stale=True))
    assert (stale.action, stale.reason_code, stale.alert_level) == (
        "ABORT",
        "SCHEDULE_STALE",
        "ERROR",
    )


def test_x13_a_stale_schedule_that_lists_games_is_trusted() -> None:
    """A stale schedule is trusted for the games it lists."""
    flow = WORKFLOWS["betting_lines"]
    made = decide("betting_lines", flow, situation("2025-11-12 13:00", [game()], stale=True))
    assert (made.action, made.reason_code) == ("RUN", "READY")


def test_x13_a_stale_schedule_does_not_stop_what_refreshes_it() -> None:
    """The daily window runs although the schedule is stale and empty, because it fetches one."""
    flow = WORKFLOWS["morning_operations"]
    made = decide("morning_operations", flow, situation("2025-11-12 07:00", stale=True))
    assert "nbac_schedule_api" in made.scrapers


@pytest.mark.parametrize(
    ("only", "code", "reason"),
    [
        ({"weekdays": ("monday", "wednesday")}, "READY", "Ready"),
        ({"weekdays": ("monday", "thursday")}, "OTHER_DAY", "Only on monday, thursday"),
        ({"months": ("november",)}, "READY", "Ready"),
        ({"months": ("october", "december")}, "OTHER_DAY", "Only in october, december"),
        ({"weekdays": ("wednesday",), "months": ("may",)}, "OTHER_DAY", "Only in may"),
    ],
)
def test_fu9_a_workflow_may_run_on_some_days_alone(
    only: dict[str, tuple[str, ...]], code: str, reason: str
) -> None:
    """On a date that is none of its weekdays and months each slot is a SKIP that names them."""
    flow = WORKFLOWS["betting_lines"].model_copy(update=only)
    late = situation("2025-11-12 23:00", [game(tip="2025-11-13 01:00")])
    early = situation("2025-11-12 14:00", [game(tip="2025-11-12 19:30")])
    made = decide("betting_lines", flow, early)
    assert (made.reason_code, made.reason.startswith(reason)) == (code, True)
    assert (decide("betting_lines", flow, late).reason_code == "OTHER_DAY") == (code == "OTHER_DAY")
    assert made.target_date == date(2025, 11, 12)


def test_fu9_on_another_day_nothing_need_be_read() -> None:
    """Neither a broken schedule nor a force makes a workflow run, or abort, on another day."""
    flow = WORKFLOWS["betting_lines"].model_copy(update={"weekdays": ("sunday",)})
    judged = replace(situation("2025-11-12 14:00"), calendar=None, cause="down")
    for forced in (False, True):
        assert decide("betting_lines", flow, judged, forced=forced).reason_code == "OTHER_DAY"


@pytest.mark.parametrize(
    ("late", "code"), [(60, "READY"), (61, "SLOT_EXPIRED"), (24 * 60, "SLOT_EXPIRED")]
)
def test_r3_a_tick_more_than_an_hour_late_expires(late: int, code: str) -> None:
    """A tick 60 minutes late is decided; a later one is a SKIP with a warning."""
    slot = et("2025-11-12 14:00")
    judged = situation(slot, [game(tip="2025-11-12 19:30")], now=slot + timedelta(minutes=late))
    made = decide("betting_lines", WORKFLOWS["betting_lines"], judged)
    assert made.reason_code == code
    if code == "SLOT_EXPIRED":
        assert (made.action, made.alert_level) == ("SKIP", "WARNING")
        assert made.reason == f"Slot expired (tick came {late} min late, limit 60 min)"


def test_d2_a_forced_tick_is_not_expired() -> None:
    """A forced tick is decided however late it is."""
    slot = et("2025-11-12 14:00")
    judged = situation(slot, [game(tip="2025-11-12 22:00")], now=slot + timedelta(hours=3))
    made = decide("betting_lines", WORKFLOWS["betting_lines"], judged, forced=True)
    assert made.action == "RUN"


@FEW
@given(ticks())
def test_r1_decisions_are_pure(tick: tuple[str, Workflow, Situation]) -> None:
    """Equal situations give equal decisions, and deciding does not change them."""
    name, flow, judged = tick
    again = replace(judged)
    assert decide(name, flow, judged) == decide(name, flow, again)
    assert judged == again


def test_d14_the_calendar_that_is_passed_in_counts() -> None:
    """A game added to the calendar between two decisions changes the second."""
    before = situation("2025-11-12 14:00")
    after = replace(before, calendar=by_date((game(),)))
    flow = WORKFLOWS["betting_lines"]
    assert decide("betting_lines", flow, before).action == "SKIP"
    assert decide("betting_lines", flow, after).action == "RUN"
