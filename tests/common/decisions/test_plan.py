"""The locked plan equals the controller's runs in the nominal world (rule R2)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar.games import FINAL, LIVE, SCHEDULED, Game
from common.calendar.season import by_date
from common.calendar.slots import slots_on
from common.cloud.ports import Row
from common.configuration.workflows import Discovery, Workflow
from common.decisions.decide import decide
from common.decisions.history import History, Run, attempts_from_log
from common.decisions.plan import PlannedRun, nominal_decisions, plan_day
from common.decisions.situation import GAME_LENGTH, Decision
from common.eastern import at, eastern_date
from local.fake_sources.slate import load
from tests.kit.situations import (
    BOXES,
    DAY,
    FEW,
    PER_GAME,
    ROOT,
    TICKS,
    WORKFLOWS,
    et,
    game,
    played,
    real_season,
    situation,
    slates,
    workflow,
)

LATE = timedelta(seconds=13)
"""How long after its slot the tests' controller decides a tick."""
Ran = tuple[str, datetime, tuple[str, ...], tuple[str, ...], date]


def plan(
    games: Iterable[Game], day: date, workflows: Mapping[str, Workflow] = WORKFLOWS
) -> list[PlannedRun]:
    """Plan a day with the default ticks."""
    return plan_day(workflows, by_date(tuple(games)), day, cron=TICKS, per_game=PER_GAME)


def essence(name: str, slot: datetime, made: Decision) -> Ran:
    """Return the parts of a run that a plan row contains."""
    return name, slot, made.scrapers, made.game_ids, made.target_date


def controller(games: tuple[Game, ...], first: date, last: date) -> Iterator[Ran]:
    """Yield the runs of a controller, tick by tick, while every scrape succeeds.

    Unlike the plan it starts days earlier, decides seconds after the slot, sees the games' states
    change, and reads its history from log rows.
    """
    log: list[Row] = []
    runs: list[Run] = []
    day = first
    while day <= last:
        near = [one for one in games if -8 < (one.game_date - day).days < 2]
        for slot in slots_on(TICKS, day):
            seen = [_as_of(one, slot + LATE) for one in near]
            for name, flow in WORKFLOWS.items():
                judged = situation(slot + LATE, seen)
                made = decide(
                    name,
                    flow,
                    replace(judged, history=History(attempts_from_log(log), tuple(runs))),
                )
                if made.action == "RUN":
                    yield essence(name, slot, made)
                    log += _logged(name, flow, slot, made)
                    runs.append(Run(name, slot, made.target_date, made.game_ids, "completed"))
        day += timedelta(days=1)


def _as_of(one: Game, now: datetime) -> Game:
    if one.tipoff is None or one.postponed:
        return replace(one, status=SCHEDULED, has_score=False)
    status = SCHEDULED if now < one.tipoff else LIVE if now < one.tipoff + GAME_LENGTH else FINAL
    return replace(one, status=status, has_score=status == FINAL)


def _logged(name: str, flow: Workflow, slot: datetime, made: Decision) -> Iterator[Row]:
    """Yield the log rows of a run, one per task, which succeeds once the data is published."""
    found = not isinstance(flow, Discovery) or slot >= at(made.target_date, flow.published)
    for scraper in made.scrapers:
        of = [t.game_id for t in made.targets if scraper in t.scrapers]
        for game_id in of if scraper in PER_GAME else [None]:
            yield {
                "scraper_name": scraper,
                "target_date": made.target_date,
                "game_id": game_id,
                "outcome": "SUCCESS" if found else "NOT_READY",
                "slot": slot,
                "triggered_at": slot + LATE,
                "workflow_name": name,
            }


def same(games: tuple[Game, ...], day: date, days: int = 1) -> int:
    """Assert that the plans of some days equal the controller's runs, and return their number."""
    last = day + timedelta(days=days - 1)
    ran = list(controller(games, day - timedelta(days=3), last))
    number = 0
    for offset in range(days):
        one = day + timedelta(days=offset)
        planned = [essence(p.workflow, p.slot, p.decision) for p in plan(games, one)]
        assert planned == [run for run in ran if eastern_date(run[1]) == one], one
        number += len(planned)
    return number


@cache
def season() -> tuple[Game, ...]:
    """Return the recorded season, read once."""
    return real_season()


def slate() -> tuple[Game, ...]:
    """Return the real games of 11-13 November 2025."""
    return load(ROOT / "config" / "slates" / "2025-11.json").games


def test_r2_the_shipped_slates() -> None:
    """Plan and controller agree on each date of the shipped slates and on the date after."""
    assert same(slate(), date(2025, 11, 11), days=4)


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 11, 3),  # autumn change
        date(2024, 12, 25),  # Christmas
        date(2025, 1, 23),  # Paris, 14:00 ET
        date(2025, 2, 14),  # All-Star break
        date(2025, 3, 9),  # spring change
        date(2025, 4, 13),  # every team plays
    ],
    ids=str,
)
def test_r2_the_recorded_season(day: date) -> None:
    """Plan and controller agree on unusual days of the season."""
    number = same(season(), day)
    assert number or day == date(2025, 2, 14)


@FEW
@given(slates())
def test_r2_any_slate(games: list[Game]) -> None:
    """Plan and controller agree on any slate."""
    same(tuple(games), DAY)


def test_the_plan_of_the_seeds_day() -> None:
    """The plan of 12 November 2025 has the seed document's workflows, hours and sentences."""
    planned = plan(slate(), DAY)
    hours: dict[str, list[int]] = {}
    for run in planned:
        hours.setdefault(run.workflow, []).append(
            (run.slot - et("2025-11-12 00:00")).seconds // 3600
        )
    assert hours == {
        "morning_operations": [6],
        "post_game_window_3": [6],
        "referee_discovery": [9, 10],
        "injury_discovery": [11, 12, 13, 14],
        "betting_lines": [13, 15, 17, 19, 21],
        "post_game_window_2": [23],
    }
    reasons = {run.workflow: run.reason for run in planned}
    assert reasons["betting_lines"] == "Pre-game betting lines (12 games today)"
    assert reasons["post_game_window_3"] == (
        "Post-game collection, morning after (6 games of 2025-11-11)"
    )
    assert reasons["morning_operations"] == "Morning operations"


def test_a_day_with_games_has_5_to_20_rows() -> None:
    """Every tenth date of the recorded season has 5 to 20 planned runs, as the seed asks."""
    days = by_date(season())
    counts = {day: len(plan(season(), day)) for day in sorted(days)[::10]}
    assert counts
    assert {day: rows for day, rows in counts.items() if not 5 <= rows <= 20} == {}


def test_a_day_on_which_nothing_is_needed_has_no_rows() -> None:
    """A plan is empty unless games are played on the day or are left over from the night."""
    late = [game(1, "2025-11-10 22:30")]
    assert plan(late, date(2025, 11, 9)) == []
    assert [run.workflow for run in plan(late, date(2025, 11, 11))] == ["post_game_window_3"]
    assert plan(late, DAY) == []
    assert plan([], DAY) == []
    assert plan([game(postponed=True)], DAY) == []


def test_x10_every_game_is_collected_once_and_looked_at_again() -> None:
    """Over the plans of four days each scraper has each game once, the box score twice.

    It has it once where the window comes 2.5 hours after the game's end.
    """
    games = slate()
    days = [date(2025, 11, 11) + timedelta(days=offset) for offset in range(4)]
    collected = Counter(
        (scraper, target.game_id)
        for day in days
        for run in plan(games, day)
        for target in run.decision.targets
        for scraper in target.scrapers
    )
    assert games
    for scraper in BOXES:
        counts = {collected[scraper, one.game_id] for one in games}
        assert counts == ({1, 2} if scraper == "nbac_boxscore" else {1}), scraper


def test_d15_recorded_states_do_not_change_a_plan() -> None:
    """A plan made after the games equals the one made before them."""
    before = [game(number, f"2025-11-12 {19 + number}:00") for number in range(3)]
    after = [played(number, f"2025-11-12 {19 + number}:00") for number in range(3)]
    planned = plan(before, DAY)
    assert planned
    assert plan(after, DAY) == planned


def test_collect_since_holds_for_the_plan() -> None:
    """The planned catch-up ignores games before `collect_since`."""
    flows = {"late_game_catch_up": WORKFLOWS["late_game_catch_up"]}
    games = by_date((game(1, "2025-11-12 09:00"),))
    planned = [
        plan_day(flows, games, date(2025, 11, 13), cron=TICKS, per_game=PER_GAME, collect_since=s)
        for s in (None, date(2025, 11, 13))
    ]
    assert [len(runs) for runs in planned] == [1, 0]


def test_a_report_is_found_in_the_slot_of_its_publication() -> None:
    """A report published at 13:00 is found by the 13:00 tick, which is the last attempt."""
    times = {"start": "11:00", "end": "20:00", "published": "13:00"}
    steps = [{"scrapers": ["nbac_injury_report"]}]
    flow = workflow("discovery", **times, every_hours=1, attempts=8, steps=steps)
    planned = plan([game()], DAY, {"mine": flow})
    assert [run.slot for run in planned] == [et(f"{DAY} {hour}:00") for hour in (11, 12, 13)]


def test_a_plan_says_how_many_games_it_is_about() -> None:
    """A planned reason counts games without postponed ones; a catch-up's names the night."""
    planned = plan([game(1), game(2, postponed=True), game(3, "2025-11-11 21:00")], DAY)
    reasons = {run.workflow: run.reason for run in planned}
    assert reasons["betting_lines"] == "Pre-game betting lines (1 game today)"
    assert reasons["injury_discovery"] == "Injury report (1 game today)"
    alone = {"late_game_catch_up": WORKFLOWS["late_game_catch_up"]}
    (caught,) = plan([game(1, "2025-11-11 22:00")], DAY, alone)
    assert caught.reason == "Late games (1 game of 2025-11-11)"


def test_the_nominal_world_covers_the_first_to_the_last_date() -> None:
    """Every workflow is decided in each slot of both dates, and in no other slot."""
    last = DAY + timedelta(days=1)
    judged = nominal_decisions(WORKFLOWS, {}, DAY, last, cron=TICKS, per_game=PER_GAME)
    slots = slots_on(TICKS, DAY) + slots_on(TICKS, last)
    assert [(name, slot) for name, slot, _ in judged] == [
        (name, slot) for slot in slots for name in WORKFLOWS
    ]


@given(st.dates(date(2024, 10, 20), date(2025, 6, 25)))
@FEW
def test_planned_runs_are_in_order_and_on_their_day(day: date) -> None:
    """Planned runs are in order of time, one per workflow and slot, and all on the day."""
    keys = [(run.slot, run.workflow) for run in plan(season(), day)]
    assert len(set(keys)) == len(keys)
    assert [slot for slot, _ in keys] == sorted(slot for slot, _ in keys)
    assert {eastern_date(slot) for slot, _ in keys} <= {day}
