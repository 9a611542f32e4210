"""Builds what decisions read: games, histories, situations, and strategies for them."""

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
from common.configuration.workflows import Workflow, load_workflows, parse_workflows
from common.decisions.history import History, Key, Run, Tries
from common.decisions.situation import Situation
from common.eastern import EASTERN, eastern_date
from common.scrapers import REGISTRY
from common.settings import ROOT

SEASON = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"
DAY = date(2025, 11, 12)
TICKS = parse_cron("0 6-23 * * *")
WHOLE_DATE = "nbac_player_boxscore"
"""The one scraper of finished games that collects a whole date at once."""
ROUND_THE_CLOCK = parse_cron("0 * * * *")
PER_GAME = frozenset(name for name, scraper in REGISTRY.items() if scraper.scope == "game")
BOXES = tuple(sorted(PER_GAME))
# No deadline: the machine that runs the tests is shared, and a slow example is no fault.
FEW = settings(max_examples=12, deadline=None)
"""For properties over whole situations, which take a while to draw; raise it to search longer."""
MANY = settings(max_examples=40, deadline=None)
"""For properties of small inputs."""
WORKFLOWS = load_workflows(ROOT / "config" / "workflows.yaml")


def et(text: str, fold: int = 0) -> datetime:
    """Convert an Eastern wall time such as `2025-11-12 19:00` to its UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN, fold=fold).astimezone(UTC)


def game(number: int = 1, tip: str | None = "2025-11-12 19:00", **changes: Any) -> Game:
    """Make a scheduled game with an Eastern tip-off; None while it is undecided."""
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
    """Make a final game with a score."""
    return game(number, tip, **{"status": FINAL, "has_score": True, **changes})


def success(when: str, **changes: Any) -> Tries:
    """Make one attempt that succeeded in a slot."""
    return Tries(**{"succeeded": et(when), "tried": 1, "last": et(when), **changes})


def failure(when: str, tried: int = 1) -> Tries:
    """Make attempts that all failed, the last in a slot."""
    return Tries(None, tried, et(when))


def collected(*games: Game, when: str = "2025-11-12 22:00") -> dict[Key, Tries]:
    """Make a history in which one run collected everything of these games."""
    tries: dict[Key, Tries] = {}
    for one in games:
        tries |= {(name, one.game_date, one.game_id): success(when) for name in BOXES}
        tries[(WHOLE_DATE, one.game_date, None)] = success(when)
    return tries


def situation(
    when: str | datetime,
    games: Iterable[Game] | None = (),
    *,
    tries: Mapping[Key, Tries] | None = None,
    runs: tuple[Run, ...] = (),
    cron: Cron = TICKS,
    **changes: Any,
) -> Situation:
    """Make what a tick finds at an instant (Eastern text, or aware); games None: unknown."""
    instant = et(when) if isinstance(when, str) else when
    made = Situation(
        slot=slot_of(cron, instant),
        now=instant,
        cron=cron,
        calendar=None if games is None else by_date(tuple(games)),
        history=History(tries or {}, runs),
        per_game=PER_GAME,
    )
    return replace(made, **changes)


def workflow(kind: str, **fields: Any) -> Any:
    """Make a workflow of a kind, checked as if it stood in a file."""
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
    return parse_workflows(text, "mine.yaml")["mine"]


def real_season() -> tuple[Game, ...]:
    """Read the recorded season 2024-25; skip the test where it is missing."""
    if not SEASON.exists():
        pytest.skip(f"no recorded season at {SEASON}")
    return parse_schedule_body(SEASON.read_bytes()).games


# --- strategies -----------------------------------------------------------------------------

_MINUTES = st.integers(0, 24 * 60 - 1)


@st.composite
def slates(draw: st.DrawFn, first: date = DAY - timedelta(days=2), days: int = 4) -> list[Game]:
    """Draw up to a dozen games on a few dates, in any state."""
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
    """Draw attempts and runs in slots earlier than `before`, for these games and dates."""
    days = sorted({g.game_date for g in games} | {DAY})
    ids = [(g.game_date, g.game_id) for g in games]
    earlier = [
        slot
        for back in range(3, -1, -1)
        for slot in slots_on(TICKS, eastern_date(before) - timedelta(days=back))
        if slot < before
    ]
    whole = st.tuples(
        st.sampled_from(sorted(REGISTRY.keys() - PER_GAME)), st.sampled_from(days), st.none()
    )
    keys: st.SearchStrategy[Any] = whole
    if ids:
        single = st.tuples(st.sampled_from(BOXES), st.sampled_from(ids))
        keys = whole | single.map(lambda pair: (pair[0], *pair[1]))
    when = st.sampled_from(earlier)
    attempts = st.builds(Tries, st.none() | when, st.integers(1, 9), when)
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
    """Draw a workflow of any kind with random times, on ticks or between them."""
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
    """Draw a workflow, shipped or made up, and a situation exactly at one of its slots."""
    name = draw(st.sampled_from([*WORKFLOWS, "mine", "mine", "mine"]))
    flow = WORKFLOWS[name] if name in WORKFLOWS else draw(windows())
    day = DAY - timedelta(days=draw(st.integers(0, 1)))
    slot = draw(st.sampled_from(slots_on(TICKS, day)))
    games = draw(slates())
    held = draw(histories(games, slot))
    made = situation(slot, games, stale=draw(st.booleans()))
    return name, flow, replace(made, history=held)
