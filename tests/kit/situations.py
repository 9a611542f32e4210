"""Builders of games, histories, situations and workflows, and hypothesis strategies of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import pytest
import yaml
from hypothesis import settings
from hypothesis import strategies as st

from common.calendar.games import FINAL, Game, parse_schedule_body
from common.calendar.season import by_date
from common.calendar.slots import Cron, parse_cron, slot_of, slots_on
from common.configuration.workflows import Workflow, parse_source, read_workflows
from common.decisions.history import Attempts, History, Key, Run
from common.decisions.situation import Situation
from common.eastern import EASTERN, eastern_date
from common.scrapers import REGISTRY
from common.settings import ROOT

SEASON = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"
DAY = date(2025, 11, 12)
TICKS = parse_cron("0 6-23 * * *")
WHOLE_DATE = "nbac_player_boxscore"
"""The scraper of finished games that collects a whole date at once."""
ROUND_THE_CLOCK = parse_cron("0 * * * *")
WORKFLOWS = read_workflows(ROOT / "config" / "workflows.yaml").file.enabled
TRIGGERED = tuple(sorted({name for flow in WORKFLOWS.values() for name in flow.scrapers}))
"""The scrapers that the steps of the shipped workflows name; without their alternatives."""
PER_GAME = frozenset(name for name in TRIGGERED if REGISTRY[name].scope == "game")
BOXES = tuple(sorted(PER_GAME))
# No deadline: the machine that runs the tests is shared, so a slow example is no failure.
FEW = settings(max_examples=12, deadline=None)
"""Settings for properties over whole situations, which are slow to draw."""
MANY = settings(max_examples=40, deadline=None)
"""Settings for properties of small inputs."""


def et(text: str, fold: int = 0) -> datetime:
    """Return the UTC instant of an Eastern wall time such as `2025-11-12 19:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN, fold=fold).astimezone(UTC)


def game(number: int = 1, tip: str | None = "2025-11-12 19:00", **changes: Any) -> Game:
    """Return a scheduled game with a tip-off at an Eastern wall time, or without one."""
    tipoff = et(tip) if tip else None
    made = Game(
        game_id=f"00225{number:05d}",
        game_date=eastern_date(tipoff) if tipoff else DAY,
        away="MIL",
        home="CHA",
        tipoff=tipoff,
        status=1,
        has_score=False,
        postponed=False,
        season="2025-26",
    )
    return replace(made, **changes)


def played(number: int = 1, tip: str | None = "2025-11-12 19:00", **changes: Any) -> Game:
    """Return the same game, final with a score."""
    return game(number, tip, **{"status": FINAL, "has_score": True, **changes})


def success(when: str, **changes: Any) -> Attempts:
    """Return one attempt that succeeded in a slot."""
    return Attempts(**{"succeeded": et(when), "charged": 1, "last": et(when), **changes})


def failure(when: str, charged: int = 1) -> Attempts:
    """Return attempts that all failed, the last one in a slot."""
    return Attempts(None, charged, et(when))


def collected(*games: Game, when: str = "2025-11-12 22:00") -> dict[Key, Attempts]:
    """Return the attempts of one run that collected everything of these games."""
    attempts: dict[Key, Attempts] = {}
    for one in games:
        attempts |= {(name, one.game_date, one.game_id): success(when) for name in BOXES}
        attempts[(WHOLE_DATE, one.game_date, None)] = success(when)
    return attempts


def situation(
    when: str | datetime,
    games: Iterable[Game] | None = (),
    *,
    attempts: Mapping[Key, Attempts] | None = None,
    runs: tuple[Run, ...] = (),
    cron: Cron = TICKS,
    **changes: Any,
) -> Situation:
    """Return the situation of a tick at an instant.

    Args:
        when: Eastern wall time as text, or an aware instant.
        games: the games of the schedule; None if it could not be read.
        attempts: past attempts.
        runs: past runs.
        cron: when the controller ticks.
        changes: fields of the situation with another value.
    """
    instant = et(when) if isinstance(when, str) else when
    made = Situation(
        slot=slot_of(cron, instant),
        now=instant,
        cron=cron,
        calendar=None if games is None else by_date(tuple(games)),
        history=History(attempts or {}, runs),
        per_game=PER_GAME,
    )
    return replace(made, **changes)


def workflow(kind: str, **fields: Any) -> Any:
    """Return a workflow of a kind, parsed from the text of a file."""
    defaults: dict[str, Any] = {
        "title": "Mine",
        "kind": kind,
        "priority": "HIGH",
        "steps": [
            {"scrapers": ["nbac_schedule_api"]},
            {"scrapers": [*BOXES, WHOLE_DATE], "games": "final"},
        ],
    }
    text = yaml.safe_dump({"version": 1, "workflows": {"mine": {**defaults, **fields}}})
    return parse_source(text, "mine.yaml").file.enabled["mine"]


def real_season() -> tuple[Game, ...]:
    """Return the recorded season 2024-25, or skip the test if its file is missing."""
    if not SEASON.exists():
        pytest.skip(f"no recorded season at {SEASON}")
    return parse_schedule_body(SEASON.read_bytes()).games


# --- strategies -----------------------------------------------------------------------------

_MINUTES = st.integers(0, 24 * 60 - 1)


@st.composite
def slates(draw: st.DrawFn, first: date = DAY - timedelta(days=2), days: int = 4) -> list[Game]:
    """Draw up to 12 games on a few dates with any tip-off and state."""
    games = []
    for number in range(draw(st.integers(0, 12))):
        day = first + timedelta(days=draw(st.integers(0, days - 1)))
        minutes = draw(st.none() | _MINUTES)
        tip = None if minutes is None else f"{day} {minutes // 60:02d}:{minutes % 60:02d}"
        status = draw(st.sampled_from((1, 2, 3)))
        postponed = draw(st.sampled_from((False, False, False, True)))
        changes = {"status": status, "has_score": status > 1, "postponed": postponed}
        games.append(game(number, tip, **{"game_date": day, **changes}))
    return games


@st.composite
def histories(draw: st.DrawFn, games: list[Game], before: datetime) -> History:
    """Draw attempts and runs in slots before an instant, for these games and their dates."""
    days = sorted({g.game_date for g in games} | {DAY})
    ids = [(g.game_date, g.game_id) for g in games]
    earlier = [
        slot
        for back in range(3, -1, -1)
        for slot in slots_on(TICKS, eastern_date(before) - timedelta(days=back))
        if slot < before
    ]
    whole = st.tuples(
        st.sampled_from(sorted(set(TRIGGERED) - PER_GAME)), st.sampled_from(days), st.none()
    )
    keys: st.SearchStrategy[Any] = whole
    if ids:
        single = st.tuples(st.sampled_from(BOXES), st.sampled_from(ids))
        keys = whole | single.map(lambda pair: (pair[0], *pair[1]))
    when = st.sampled_from(earlier)
    attempts = st.builds(Attempts, st.none() | when, st.integers(1, 9), when, st.none())
    run = st.builds(
        Run,
        st.sampled_from(sorted(WORKFLOWS)),
        when,
        st.sampled_from(days),
        st.lists(st.sampled_from([one for _, one in ids] or ["0022599999"]), max_size=3).map(tuple),
        st.sampled_from((None, "completed", "failed")),
    )
    return History(
        draw(st.dictionaries(keys, attempts, max_size=20)),
        tuple(draw(st.lists(run, max_size=4))),
    )


_CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from((0, 0, 1, 15, 30, 59)))
_HOURS = st.sampled_from((0.5, 1, 2, 3, 6, 24))


@st.composite
def windows(draw: st.DrawFn) -> Workflow:
    """Draw a workflow of any kind with its times on ticks or between them."""
    first, middle, last = (f"{one:%H:%M}" for one in sorted(draw(st.tuples(*[_CLOCKS] * 3))))
    band = {"start": first, "end": last}
    every = draw(_HOURS)
    lead = {"lead_hours": draw(_HOURS), "every_hours": every}
    around = {"at": middle, "tolerance_minutes": draw(st.integers(1, 180))}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("daily_window", band),
        ("pre_game", {**band, **lead}),
        ("discovery", {**band, "published": middle, "every_hours": every, "attempts": 3}),
        ("post_game", {**around, "games_of": draw(st.sampled_from(("today", "yesterday")))}),
        ("catch_up", {"after": first, "backoff_hours": [1, 3], "span_hours": 72}),
    ]
    kind, fields = draw(st.sampled_from(kinds))
    if kind in {"post_game", "catch_up"}:
        return cast("Workflow", workflow(kind, **fields))
    steps = [{"scrapers": ["nbac_schedule_api", "nbac_player_list"]}]
    return cast("Workflow", workflow(kind, steps=steps, **fields))


@st.composite
def ticks(draw: st.DrawFn) -> tuple[str, Workflow, Situation]:
    """Draw a workflow, shipped or not, and a situation exactly at one of its slots."""
    name = draw(st.sampled_from([*WORKFLOWS, "mine", "mine", "mine"]))
    flow = WORKFLOWS[name] if name in WORKFLOWS else draw(windows())
    day = DAY - timedelta(days=draw(st.integers(0, 1)))
    slot = draw(st.sampled_from(slots_on(TICKS, day)))
    games = draw(slates())
    held = draw(histories(games, slot))
    made = situation(slot, games, stale=draw(st.booleans()))
    return name, flow, replace(made, history=held)
