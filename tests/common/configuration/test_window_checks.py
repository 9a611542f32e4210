"""Workflows that the checks accept do work, for any numbers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from common.calendar.games import Game
from common.calendar.season import by_date
from common.calendar.slots import parse_cron, slots_on
from common.configuration.tick_grid import Ticks
from common.configuration.window_checks import window_defects
from common.decisions.plan import nominal_decisions
from common.decisions.situation import Decision
from common.eastern import at
from tests.kit.situations import DAY, PER_GAME, TICKS, game, workflow

CLOCK = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
ORDERED = st.lists(CLOCK, min_size=3, max_size=3).map(sorted)
SEARCH = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)
JITTER = st.timedeltas(timedelta(seconds=-90), timedelta(seconds=90))
LINES = [{"scrapers": ["oddsa_game_lines"]}]


def usable(kind: str, **fields: Any) -> Any:
    """Return a workflow whose times the checks accept."""
    flow = workflow(kind, **fields)
    assume(not list(window_defects(flow, Ticks(TICKS))))
    return flow


def decisions_of(flow: Any, *games: Game) -> list[Decision]:
    """Return a workflow's decisions of the day in the nominal world."""
    flows: Mapping[str, Any] = {"mine": flow}
    judged = nominal_decisions(flows, by_date(games), DAY, DAY, cron=TICKS, per_game=PER_GAME)
    return [made for _, _, made in judged]


@SEARCH
@given(CLOCK, st.integers(1, 180), JITTER)
def test_t14_no_jitter_moves_a_tick_over_an_edge(
    clock: str, tolerance: int, late: timedelta
) -> None:
    """An accepted window has a tick, and jitter moves no tick in or out of it."""
    flow = usable("post_game", at=clock, tolerance_minutes=tolerance, games_of="today")
    middles = [at(DAY + timedelta(days=days), flow.at) for days in (-1, 0, 1)]
    reach = timedelta(minutes=tolerance)
    slots = slots_on(TICKS, DAY)
    inside = [any(abs(slot - middle) <= reach for middle in middles) for slot in slots]
    really = [any(abs(slot + late - middle) <= reach for middle in middles) for slot in slots]
    assert any(inside)
    assert inside == really


@SEARCH
@given(ORDERED, st.integers(1, 4), st.integers(1, 10))
def test_d17_what_is_published_is_found(clocks: list[str], every: int, attempts: int) -> None:
    """An accepted budget is not spent before the publication."""
    start, published, end = clocks
    times = {"start": start, "end": end, "published": published}
    flow = usable("discovery", **times, every_hours=every, attempts=attempts, steps=LINES)
    codes = [made.reason_code for made in decisions_of(flow, game())]
    assert codes.count("NOT_FOUND_YET") <= attempts
    assert not {"BUDGET_SPENT", "NOT_FOUND"} & set(codes)


@SEARCH
@given(ORDERED, st.sampled_from((1.5, 2, 6)), st.integers(0, 60))
def test_t2_every_tip_off_within_the_hours_has_its_lines(
    clocks: list[str], lead: float, abort: int
) -> None:
    """With an accepted lead time every tip-off within the hours has a run before it."""
    start, tip, end = clocks
    times = {"start": start, "end": end, "lead_hours": lead, "abort_minutes": abort}
    flow = usable("pre_game", **times, every_hours=2, steps=LINES)
    one = game(tip=f"{DAY} {tip}")
    assert one.tipoff is not None
    opens = at(DAY, flow.start) + timedelta(hours=lead)
    assume(one.tipoff >= max(opens, slots_on(TICKS, DAY)[0] + timedelta(hours=lead)))
    assume(one.tipoff - timedelta(minutes=abort) <= slots_on(TICKS, DAY)[-1])
    assert "RUN" in {made.action for made in decisions_of(flow, one)}


@SEARCH
@given(ORDERED)
def test_t2_a_daily_window_runs_once(clocks: list[str]) -> None:
    """An accepted daily window runs once on a day with games."""
    start, _, end = clocks
    flow = usable("daily_window", start=start, end=end, steps=LINES)
    assert [made.action for made in decisions_of(flow, game())].count("RUN") == 1


def test_a_frequency_of_half_hours_is_named_as_it_is_written() -> None:
    """A discovery every 1.5 h is not called one every 2 h."""
    band = {"start": "11:00", "end": "14:00", "published": "11:30"}
    flow = workflow("discovery", **band, every_hours=1.5, attempts=4, steps=LINES)
    assert list(window_defects(flow, Ticks(parse_cron("*/30 * * * *")))) == [
        (("attempts",), "4 do not fit 11:00-14:00 every 1.5 h; write at most 3")
    ]
