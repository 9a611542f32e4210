"""How a world comes to rest after a schedule, and what is told of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.cloud.ports import StoredObject
from common.errors import ConfigError
from local.simulator.explorer.judge import problems, watched
from local.simulator.explorer.stage import NOON, world_at
from local.simulator.invariants import Invariants
from local.simulator.transport import Delivery
from local.simulator.world import World

ALL = ("betting_lines", "injury_discovery", "morning_operations", "post_game_window_1")
SLOT = datetime(2025, 11, 12, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Noted(Invariants):
    """Finds nothing wrong, and notes when it is asked.

    Attributes:
        asked: the instants.
        rested: whether it was asked at rest.
        busy: for how many questions a run is unfinished.
        finds: what it raises at rest.
    """

    def __init__(self, world: World, *, busy: int = 0, finds: str = "") -> None:
        super().__init__(world.runtime, world.rows, 0)
        self.asked: list[datetime] = []
        self.rested, self.busy, self.finds = False, busy, finds

    @property
    def unfinished(self) -> frozenset[str]:  # type: ignore[override]
        """A run, as long as it is busy."""
        self.busy -= 1
        return frozenset({"one"} if self.busy >= 0 else ())

    @unfinished.setter
    def unfinished(self, _: object) -> None:
        """Nothing is kept."""

    def after_event(self, now: datetime) -> None:
        """Note an instant."""
        self.asked.append(now)

    def at_rest(self) -> None:
        """Note it, or find something."""
        self.rested = True
        if self.finds:
            raise ConfigError(self.finds)


@pytest.fixture
def world() -> World:
    """A world a quarter of an hour before its first slot."""
    made = world_at(NOON, ALL)
    made.clock.set(NOON)
    return made


def _sweeps(world: World) -> list[str]:
    ticks = [m for m in world.publisher.published if m.topic == "tick-cleanup-processor"]
    return [f"{one.publish_time:%d %H:%M}" for one in ticks]


@pytest.mark.parametrize(
    ("minute", "busy", "sweeps"),
    [
        (45, 0, ["12 18:00", "12 18:15"]),
        (44, 0, ["12 17:45", "12 18:00"]),
        (59, 0, ["12 18:00", "12 18:15"]),
        (45, 3, ["12 18:00", "12 18:15", "12 18:30", "12 18:45", "12 19:00"]),
    ],
)
def test_sweeps_follow_each_quarter_until_all_is_done(
    minute: int, busy: int, sweeps: list[str], world: World
) -> None:
    """There are two at least, each at the next quarter, and more while a run is unfinished."""
    world.clock.set(NOON.replace(minute=minute))
    noted = Noted(world, busy=busy)
    assert problems(world, noted, []) == []
    assert _sweeps(world) == sweeps
    assert noted.rested


@pytest.mark.parametrize(
    ("minutes", "last"), [(30, "12 18:15"), (31, "12 18:30"), (55, "12 18:45")]
)
def test_sweeps_go_on_while_a_delivery_waits(minutes: int, last: str, world: World) -> None:
    """Until what is due later has come, though no run is unfinished."""
    due = NOON + timedelta(minutes=minutes)
    body = {"schema": "tick", "version": 1, "scheduled_time": NOON.isoformat(), "force": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.transport, "arrivals", lambda _: (due,))
        world.publisher.publish("tick-schedule-locker", body, {})
    assert problems(world, Noted(world), []) == []
    assert _sweeps(world)[-1] == last


def test_sweeps_of_a_day_and_some_hours_follow_at_most(world: World) -> None:
    """What never ends is judged as it is then, after all that still waits has come."""
    noted, seen = Noted(world, busy=1000), list[str]()
    due = NOON + timedelta(days=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.transport, "arrivals", lambda _: (due,))
        world.publisher.publish("tick-schedule-locker", {}, {})
    world.around = lambda one, _: (seen.append(one.function), 200)[1]
    problems(world, noted, [])
    assert (len(_sweeps(world)), _sweeps(world)[-1]) == (110, "13 21:15")
    assert noted.rested
    assert seen == ["cleanup_processor"] * 110 + ["schedule_locker"], "what is due later comes"
    assert noted.asked[-1] == due


def test_what_is_late_lands_when_all_due_by_then_is_done(world: World) -> None:
    """One that is refused keeps none behind; what waits five minutes comes before, more after."""
    seen: list[str] = []

    def refused() -> None:
        seen.append("refused")
        raise ValueError("as at its time")

    body = {"schema": "tick", "version": 1, "scheduled_time": NOON.isoformat(), "force": False}
    for minutes in (5, 6):
        due = NOON + timedelta(minutes=minutes)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world.transport, "arrivals", lambda _, due=due: (due,))
            world.publisher.publish("tick-schedule-locker", body, {})
    world.around = lambda one, do: (seen.append(one.function), do())[1]
    problems(world, Noted(world), [refused, lambda: seen.append("landed")])
    assert seen[:4] == ["schedule_locker", "refused", "landed", "schedule_locker"]


def test_each_answer_is_followed_by_a_judgement(world: World) -> None:
    """The tables are judged after each delivery, after what is late, each sweep, and the end."""
    noted = Noted(world)
    problems(world, noted, [])
    sweeps = [NOON + timedelta(minutes=15), NOON + timedelta(minutes=30)]
    assert noted.asked == [NOON, sweeps[0], sweeps[0], sweeps[1], sweeps[1], sweeps[1]]


def test_what_is_not_acknowledged_comes_again(world: World) -> None:
    """What is judged in between changes no answer."""
    answers, seen = iter((503, 0)), list[str]()

    def answer(one: Delivery, _: object) -> int:
        seen.append(f"{one.function} {one.attempt}")
        return next(answers, 200)

    world.around = answer
    world.publisher.publish("tick-schedule-locker", {}, {})
    problems(world, Noted(world), [])
    assert seen[:3] == [f"schedule_locker {attempt}" for attempt in (1, 2, 3)]
    assert "schedule_locker 4" not in seen


@pytest.mark.parametrize(
    ("status", "told"), [(500, ["f answered 500: " + "x" * 200]), (503, []), (400, []), (200, [])]
)
def test_only_an_unexpected_error_is_told(status: int, told: list[str], world: World) -> None:
    """An answer of 500 is wrong, cut after 200 characters; what is tried again is not."""
    world.answers.append(("f", status, "x" * 201))
    assert problems(world, Noted(world), []) == told


def test_each_dead_letter_is_told(world: World) -> None:
    """Of several each has its line, after the answers and before what is there twice."""
    world.answers.append(("f", 500, "boom"))
    log = world.rows["scraper_execution_log"]
    log[:] = [_row("betting_lines", "oddsa_events", hours) for hours in (0, 1)]
    for number in (1, 2):
        world.publisher.publish("dead-letters", {"number": number}, {})
    assert problems(world, Noted(world), []) == [
        "f answered 500: boom",
        "dead letter: {'number': 1}",
        "dead letter: {'number': 2}",
        f"collected twice: oddsa_events 2025-11-12  by betting_lines in {SLOT + HOUR}",
    ]


def test_a_long_dead_letter_is_cut(world: World) -> None:
    """It is told up to three hundred characters; what other topics have is not told."""
    world.publisher.publish("dead-letters", {"text": "x" * 400}, {})
    world.publisher.publish("another-topic", {"text": "y"}, {})
    assert problems(world, Noted(world), []) == ["dead letter: {'text': '" + "x" * 277]


def test_what_the_tables_break_is_told_alone(world: World) -> None:
    """A rule that is broken is the whole answer."""
    world.answers.append(("f", 500, "boom"))
    assert problems(world, Noted(world, finds="rule R6"), []) == ["rule R6"]


def test_the_invariants_hear_of_every_scraped_object(world: World) -> None:
    """What was there before is heard of as what comes later; objects of state are not."""
    heard: list[str] = []
    made: list[tuple[object, ...]] = []

    class Hearing(Invariants):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            made.append(given)

        def finalized(self, stored: StoredObject) -> None:
            heard.append(stored.name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local.simulator.explorer.judge.Invariants", Hearing)
        watched(world)
    assert made == [(world.runtime, world.rows, 0)]
    held = [*heard]
    assert [name.split("/")[0] for name in held] == ["nbac-schedule-api"]
    settings = world.runtime.settings
    world.storage.create(settings.data_bucket, "new/a.json", b"{}", metadata={})
    world.storage.create(settings.state_bucket, "new/b.json", b"{}", metadata={})
    assert heard == [*held, "new/a.json"]


BETWEEN = [
    ("betting_lines", "oddsa_events", 2.0),
    ("injury_discovery", "nbac_injury_report", 24.0),
    ("morning_operations", "nbac_player_list", 20.0),
    ("post_game_window_1", "nbac_play_by_play", 2.0),
    ("post_game_window_1", "nbac_boxscore", 2.5),
    ("post_game_window_1", "nbac_schedule_api", 0.0),
]
"""A workflow, a scraper of it, and how many hours two of its successes are apart at least."""


def _row(flow: str, scraper: str, hours: float, **changed: object) -> dict[str, object]:
    return {
        "workflow_name": flow,
        "scraper_name": scraper,
        "outcome": "SUCCESS",
        "target_date": SLOT.date(),
        "game_id": None,
        "slot": SLOT + timedelta(hours=hours),
        **changed,
    }


@pytest.mark.parametrize(("flow", "scraper", "hours"), BETWEEN)
def test_what_is_collected_before_it_is_due_is_told(
    flow: str, scraper: str, hours: float, world: World
) -> None:
    """Two successes a period apart are fine, in whatever order their rows came; nearer ones not."""
    log = world.rows["scraper_execution_log"]
    log[:] = [_row(flow, scraper, hours), _row(flow, scraper, 0)]
    assert problems(world, Noted(world), []) == []
    if hours:
        log[0]["slot"] -= timedelta(minutes=1)
        at = log[0]["slot"]
        told = f"collected twice: {scraper} 2025-11-12  by {flow} in {at}"
        assert problems(world, Noted(world), []) == [told]


def test_of_each_datum_the_first_that_came_too_early_is_told(world: World) -> None:
    """Of several, in time and too early, whichever row is first; a game is named."""
    log = world.rows["scraper_execution_log"]
    log[:] = [_row("betting_lines", "oddsa_events", hours) for hours in (6, 5, 3, 0)]
    log += [_row("post_game_window_1", "nbac_boxscore", hours, game_id="g") for hours in (0, 1)]
    six, one = SLOT + 6 * HOUR, SLOT + HOUR
    assert problems(world, Noted(world), []) == [
        f"collected twice: oddsa_events 2025-11-12  by betting_lines in {six}",
        f"collected twice: nbac_boxscore 2025-11-12 g by post_game_window_1 in {one}",
    ]
    log[:4] = [_row("betting_lines", "oddsa_events", hours) for hours in (4, 3, 2, 0)]
    assert problems(world, Noted(world), [])[0].endswith(f"betting_lines in {SLOT + 3 * HOUR}")


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "NO_DATA"},
        {"outcome": "FAILED"},
        {"workflow_name": None},
        {"workflow_name": "injury_discovery"},
        {"scraper_name": "oddsa_game_lines"},
        {"target_date": SLOT.date() + timedelta(days=1)},
        {"game_id": "1"},
    ],
)
def test_what_is_of_something_else_is_not_twice(changed: dict[str, object], world: World) -> None:
    """Another outcome, workflow, scraper, date or game, or a request by hand, is no second time."""
    log = world.rows["scraper_execution_log"]
    log[:] = [_row("betting_lines", "oddsa_events", 0)]
    log.append(_row("betting_lines", "oddsa_events", 1, **changed))
    assert problems(world, Noted(world), []) == []
