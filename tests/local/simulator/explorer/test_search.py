"""How schedules are drawn and tried, and how one that fails is made small."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count, islice
from random import Random
from types import SimpleNamespace

import pytest
from google.api_core.exceptions import ServiceUnavailable

from local.simulator.explorer import explore
from local.simulator.explorer.explore import (
    SWITCHES_MAX,
    Change,
    Failure,
    at_random,
    every_schedule,
    first_failure,
    lengths_of,
    random_schedules,
    smallest,
    tried,
    try_out,
)
from local.simulator.explorer.scenes import SCENES, Scene
from local.simulator.explorer.schedule import KINDS, Schedule, parse_schedule
from local.simulator.explorer.stage import NOON, slate
from local.simulator.invariants import InvariantError
from local.simulator.world import World

ONE, OTHER = SCENES["two-sweeps"], SCENES["lost-message"]


def _harmful(world: World) -> None:
    """Take out what is needed."""
    raise AssertionError(world)


def _failing(points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a schedule of the one scene fail without the safeguard, if it has all of some points."""

    def tries(
        scene: Scene, schedule: Schedule, change: Change | None = None
    ) -> tuple[list[str], list[int]]:
        has = {str(point) for point in schedule.points} >= set(filter(None, points.split(",")))
        is_damage = has and change is _harmful and scene is ONE
        return ([f"{schedule} broke", "twice"] if is_damage else [], [])

    monkeypatch.setattr(explore, "try_out", tries)


@pytest.mark.parametrize(
    ("needed", "small"),
    [
        ("", "BA:"),
        ("A1", "BA:A1"),
        ("A2!lost", "BA:A2!lost"),
        ("B3", "BA:B3"),
        ("A1,B3", "BA:A1,B3"),
        ("A1,A2!lost,B3", "BA:A1,A2!lost,B3"),
    ],
)
def test_a_failure_is_reduced_to_the_points_that_it_needs(
    needed: str, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order and the scene stay, what is wrong is what the small one breaks."""
    _failing(needed, monkeypatch)
    found = smallest(Failure(ONE.name, parse_schedule("BA:A1,A2!lost,B3"), ("old",)), _harmful)
    assert (found.scene, str(found.schedule)) == (ONE.name, small)
    is_whole = small == "BA:A1,A2!lost,B3"
    assert found.wrong == (("old",) if is_whole else (f"{small} broke", "twice"))


def test_the_first_failure_is_made_small_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the safeguard the second schedule fails; with it, or of another scene, none does."""
    _failing("A2", monkeypatch)
    schedules = [parse_schedule(text) for text in ("AB:", "AB:A2,B2", "AB:A2", "BA:")]
    failure, number = first_failure(ONE, schedules, _harmful)
    assert failure == Failure(ONE.name, parse_schedule("AB:A2"), ("AB:A2 broke", "twice"))
    assert number == 2
    assert first_failure(ONE, schedules) == (None, 4)
    assert first_failure(OTHER, schedules, _harmful) == (None, 4)
    assert first_failure(ONE, []) == (None, 0)


def test_each_schedule_has_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds is None, in its place, and what fails has all that is wrong."""
    _failing("A2", monkeypatch)
    schedules = [parse_schedule(text) for text in ("AB:A2", "AB:", "BA:A2")]
    first, none, last = tried(ONE, schedules, _harmful)
    assert none is None
    assert (first, last) == tuple(
        Failure(ONE.name, one, (f"{one} broke", "twice")) for one in (schedules[0], schedules[2])
    )


def _lengths(lengths: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "lengths_of", lambda _: [*lengths])


def test_random_schedules_draw_from_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both orders, up to six points in order, each kind and call, and two calls more than usual."""
    _lengths([3, 1], monkeypatch)
    drawn = [*islice(random_schedules(ONE, Random(9106)), 1500)]
    assert {one.order for one in drawn} == {"AB", "BA"}
    assert {len(one.points) for one in drawn} == set(range(7))
    most = max(sum(point.kind is None for point in one.points) for one in drawn)
    assert most == SWITCHES_MAX
    points = [point for one in drawn for point in one.points]
    assert {point.kind for point in points} == {None, *KINDS}
    calls = {f"{point.worker}{point.call}" for point in points}
    assert calls == {"A1", "A2", "A3", "A4", "A5", "B1", "B2", "B3"}
    assert all([*one.points] == sorted(set(one.points), key=str) for one in drawn)
    switches = sum(point.kind is None for point in points)
    assert 0.5 < switches / len(points) < 0.75


def test_scenes_take_turns_in_random_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each scene draws a new schedule when it is its turn, from the same draw."""
    _lengths([9, 9, 9], monkeypatch)
    drawn = [*islice(at_random([ONE, OTHER], Random(3)), 6)]
    assert [name for name, _ in drawn] == [ONE.name, OTHER.name] * 3
    again = [*islice(at_random([ONE, OTHER], Random(3)), 6)]
    assert again == drawn
    assert drawn[0][1] != drawn[2][1] != drawn[4][1]
    assert {letter for _, schedule in drawn for letter in schedule.order} == {*"ABC"}


def test_every_schedule_is_of_switches_and_then_of_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one call each there are two plain orders, and eight faults of each worker."""
    _lengths([1, 1], monkeypatch)
    made = [str(one) for one in every_schedule(ONE)]
    assert made[:3] == ["AB:", "BA:", "AB:A1!crash"]
    assert len(made) == 2 + 2 * 8


def test_the_lengths_are_those_of_workers_that_do_not_meet() -> None:
    """The first of two deliveries does the work; the second one sees that it is done."""
    first, second = lengths_of(SCENES["scraper_logger-twice"])
    assert first > second > 0
    assert lengths_of(SCENES["forger-beside-the-task"])[1] == 1, "what somebody else writes"
    assert lengths_of(SCENES["rewrite-beside-the-tracker"])[1] == 0, "what Cloud Storage does"


@pytest.mark.parametrize("breaks", [True, False])
def test_a_schedule_is_judged_while_rows_are_written_and_at_rest(
    breaks: bool,  # noqa: FBT001 - of a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What breaks after rows counts alone; else the world at rest has its own ports again."""
    changed: list[World] = []
    is_own: list[bool] = []

    def after_event(_: object) -> None:
        if breaks:
            raise InvariantError("rule R6")

    def at_rest(world: World, *_: object) -> list[str]:
        is_own.append(world is changed[0] and world.runtime.storage is world.storage)
        return ["at rest"]

    monkeypatch.setattr(explore, "watched", lambda _: SimpleNamespace(after_event=after_event))
    monkeypatch.setattr(explore, "problems", at_rest)
    found, _ = try_out(SCENES["scraper_logger-twice"], Schedule("AB"), changed.append)
    assert found == (["rule R6"] if breaks else ["at rest"])
    assert (len(changed), is_own) == (1, [] if breaks else [True])


def _ports(world: World) -> None:
    """Read an object, write a row and publish a message, as the functions would."""
    runtime, at = world.runtime, world.clock.now()
    runtime.storage.stat("nba-state", "x")
    row = {"cleanup_time": at, "cleanup_id": f"{at}"}
    with suppress(ServiceUnavailable):
        runtime.warehouse.append("cleanup_operations", [row], job_key=f"{at}")
    runtime.publisher.publish("dead-letters", {}, {})


def _scene() -> tuple[World, Scene]:
    """Make a scene in which two workers use each port once."""
    world = World(slate(), NOON)
    works = {name: partial(_ports, world) for name in "AB"}
    return world, Scene("of all ports", lambda: (world, {**works}))


def test_all_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row that breaks a rule, in order; the world does not come to rest then."""
    rows = count(1)

    def after_event(_: object) -> None:
        raise InvariantError(f"rule R{next(rows)}")

    monkeypatch.setattr(explore, "watched", lambda _: SimpleNamespace(after_event=after_event))
    monkeypatch.setattr(explore, "problems", lambda *_: pytest.fail("it came to rest"))
    assert try_out(_scene()[1], Schedule("AB"))[0] == ["rule R1", "rule R2"]


@pytest.mark.parametrize(
    ("schedule", "minutes", "late"),
    [("AB:", 0, 0), ("AB:A2!lease", 11, 0), ("AB:A2!late", 0, 1), ("BA:B2!late,A2!late", 0, 2)],
)
def test_the_calls_of_each_port_are_points_of_a_schedule(
    schedule: str, minutes: int, late: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row alone is judged at once; a lease's end moves the clock, and what is late waits."""
    judged: list[object] = []
    rested: list[tuple[bool, int]] = []
    world, scene = _scene()

    def at_rest(_: World, held: object, landing: Sequence[object]) -> list[str]:
        rested.append((held is watching, len(landing)))
        return []

    watching = SimpleNamespace(after_event=judged.append)
    monkeypatch.setattr(explore, "watched", lambda _: watching)
    monkeypatch.setattr(explore, "problems", at_rest)
    assert try_out(scene, parse_schedule(schedule)) == ([], [3, 3])
    assert len(judged) == 2
    assert rested == [(True, late)]
    assert (world.clock.now() - NOON) // timedelta(minutes=1) == minutes
    published = [message.topic for message in world.publisher.published]
    assert published == ["dead-letters"] * 2


def test_an_explorer_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """What the functions log while a scene is prepared and lived is not shown."""
    try_out(ONE, Schedule("AB"))
    lengths_of(OTHER)
    assert capsys.readouterr() == ("", "")
