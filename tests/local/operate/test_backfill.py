"""A back-fill asks for what is missing and for nothing else."""

from datetime import date, time, timedelta

import pytest

from common.cloud.ports import Row
from common.eastern import at
from common.errors import BadInputError
from common.look.coverage import cover
from common.runtime import Runtime
from local.operate.asking import Question
from local.operate.backfill import DAYS_MAX, Filled, Plan, fill, plan_of
from local.simulator.world import World
from tests.kit.desk import AFTERNOON, Desk, scheduled
from tests.kit.operated import PatientClock, day_gone_wrong, gone_wrong, mend
from tests.kit.situations import played
from tests.kit.world import DAY, slate, tick

LATER = timedelta(minutes=40)
"""By then a source that failed is asked again."""


def patient(world: World) -> Runtime:
    """Return the world as one who waits sees it."""
    return world.runtime.but(clock=PatientClock(world))


def filled(world: World, plan: Plan) -> Filled:
    """Carry out a plan."""
    return fill(patient(world), plan, seconds_max=60, told=lambda *_: None)


def test_a_plan_has_what_is_missing_of_finished_games() -> None:
    """Two scrapers' data of nine games; what shows the present only is left."""
    plan = plan_of(gone_wrong().runtime, DAY, DAY)
    asked = {(gap[0].scraper, gap[0].game.home) for gap in plan.gaps if gap[0].game}
    assert len(asked) == len(plan.gaps) == 18
    assert {scraper for scraper, _ in asked} == {"nbac_play_by_play", "nbac_gamebook_pdf"}
    assert plan.left == ("nbac_referee_assignments shows the present only and cannot be filled in",)


def test_the_digest_follows_what_is_to_be_asked_for() -> None:
    """The same facts give the same digest, in whichever order, other ones another."""
    place = gone_wrong().runtime
    plan = plan_of(place, DAY, DAY)
    assert plan.digest == plan_of(place, DAY, DAY).digest
    assert plan.digest == Plan(plan.gaps[::-1], ()).digest != Plan(plan.gaps[1:], ()).digest


def test_a_second_run_asks_for_nothing() -> None:
    """Once the sources answer, everything is found, and the next plan is empty."""
    world = day_gone_wrong(at(date(2025, 11, 13), time(0, 5)))
    mend(world)
    world.clock.move(world.clock.now() + LATER)
    plan = plan_of(world.runtime, DAY, DAY)
    assert filled(world, plan) == Filled(18, (), ())
    assert plan_of(world.runtime, DAY, DAY).gaps == ()


def test_what_a_source_still_refuses_is_named() -> None:
    """The questions of scrapers without an alternative are lacking; the plan stays the same."""
    world = day_gone_wrong(at(date(2025, 11, 13), time(0, 5)))
    plan = plan_of(world.runtime, DAY, DAY)
    came = filled(world, plan)
    assert (came.found, len(came.lacking)) == (0, 18)
    assert plan_of(world.runtime, DAY, DAY).digest == plan.digest


def test_where_a_scraper_fails_its_alternative_is_asked() -> None:
    """A box score that NBA.com refuses comes from ESPN."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    answers = world.ask
    world.ask = lambda path, params: answers(
        "/pdfs/" if "/liveData/boxscore/" in path else path, params
    )
    world.clock.move(at(date(2025, 11, 13), time(13)))
    tick(world, "tick-master-controller", at(date(2025, 11, 13), time(13)))
    world.tick(
        "scraper-requests", world.clock.now(), scraper="nbac_schedule_api", schema="scraper-request"
    )
    plan = plan_of(world.runtime, DAY, DAY)
    (gap, *_) = (one for one in plan.gaps if one[0].scraper == "nbac_boxscore")
    assert [one.scraper for one in gap] == ["nbac_boxscore", "espn_boxscore"]
    assert filled(world, Plan((gap,), ())).found == 1


def test_a_whole_night_is_one_question() -> None:
    """A game log that is missing for every game of a date is asked for once."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    world.clock.move(at(date(2025, 11, 13), time(13)))
    world.tick(
        "scraper-requests", world.clock.now(), scraper="nbac_schedule_api", schema="scraper-request"
    )
    plan = plan_of(world.runtime, DAY, DAY)
    (gap,) = (one for one in plan.gaps if one[0].scraper == "nbac_player_boxscore")
    assert len(gap[0].games) == 12


def test_a_game_that_the_schedule_does_not_have_as_final_waits() -> None:
    """The line says how to refresh the schedule."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    world.clock.move(at(date(2025, 11, 13), time(13)))
    plan = plan_of(world.runtime, DAY, DAY)
    assert plan.gaps == ()
    assert any("waits until the schedule has it as final" in why for why in plan.left)


def test_what_a_run_is_collecting_is_left_to_it() -> None:
    """While the window's run is under way its games are not asked for a second time."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    tick(world, "tick-master-controller", at(DAY, time(23)))
    while not any(has_failed(row) for row in world.rows["scraper_execution_log"]):
        world.deliver(world.take())
    plan = plan_of(world.runtime, DAY, DAY)
    assert plan.gaps == ()
    assert any("is being collected by a run" in why for why in plan.left)


def test_what_a_run_is_about_to_collect_is_left_to_it() -> None:
    """A RUN whose message nobody has handled yet will ask for its games."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    tick(world, "tick-master-controller", at(DAY, time(23)))
    world.deliver(world.take())
    world.clock.move(at(date(2025, 11, 13), time(13)))
    plan = plan_of(world.runtime, DAY, DAY)
    assert plan.gaps == ()
    assert any("is being collected by a run" in why for why in plan.left)


def has_failed(row: Row) -> bool:
    """Whether a row is of the first data that fail of the day's games."""
    return (row["scraper_name"], row["target_date"]) == ("nbac_play_by_play", DAY)


@pytest.mark.parametrize("days", [1, DAYS_MAX])
def test_as_many_dates_as_are_allowed_are_planned(days: int) -> None:
    """One date, and the whole month that the refusal names."""
    last = DAY + timedelta(days=days - 1)
    assert plan_of(gone_wrong().runtime, DAY, last).gaps


@pytest.mark.parametrize("days", [-1, DAYS_MAX])
def test_dates_are_in_order_and_not_too_many(days: int) -> None:
    """A typing mistake is no year of requests."""
    with pytest.raises(BadInputError, match=f"give 1 to {DAYS_MAX} dates in order"):
        plan_of(gone_wrong().runtime, DAY, DAY + timedelta(days=days))


def test_a_gap_is_asked_of_those_that_know_the_game() -> None:
    """Without NBA.com's id only another owner can be asked, and never for a whole night."""
    ours, theirs = played(), played(game_id="espn-401", home="BOS")
    plan = plan_of(scheduled(ours, theirs, played(2, home="NYK", status=2)), DAY, DAY)
    asked = [[(one.scraper, one.game and one.game.home, one.games) for one in g] for g in plan.gaps]
    assert asked == [
        [("nbac_player_boxscore", None, (ours,))],
        [("nbac_boxscore", "CHA", ()), ("espn_boxscore", "CHA", ())],
        [("nbac_play_by_play", "CHA", ())],
        [("nbac_gamebook_pdf", "CHA", ())],
        [("espn_boxscore", "BOS", ())],
        [("nbac_gamebook_pdf", "BOS", ())],
    ]
    no_id = "is asked for by NBA.com's id, which the schedule does not have"
    wait = "waits until the schedule has it as final; refresh it with:"
    assert [why for why in plan.left if " of " in why] == [
        *(
            f"{name} of MIL@NYK of 2025-11-12 {wait} python -m local scrape nbac_schedule_api"
            for name in AFTER
        ),
        f"nbac_player_boxscore of MIL@BOS of 2025-11-12 {no_id}",
        f"nbac_play_by_play of MIL@BOS of 2025-11-12 {no_id}",
    ]


def test_what_came_late_is_there() -> None:
    """It is not asked for a second time, nor is it told that it cannot be."""
    rows = gone_wrong().rows["scraper_execution_log"]
    row = next(r for r in rows if (r["scraper_name"], r["target_date"]) == ("nbac_boxscore", DAY))
    world = World(slate(), AFTERNOON)
    late = {**row, "triggered_at": AFTERNOON, "logged_at": AFTERNOON, "outcome": "SUCCESS"}
    world.warehouse.adopt("scraper_execution_log", late)
    world.warehouse.adopt(
        "scraper_execution_log",
        {**late, "scraper_name": "nbac_referee_assignments", "task_id": "2", "game_id": None},
    )
    held = scheduled(played(game_id=row["game_id"])).but(warehouse=world.warehouse)
    plan, found = plan_of(held, DAY, DAY), cover(held, DAY)
    assert "nbac_boxscore" not in {gap[0].scraper for gap in plan.gaps}
    assert "nbac_referee_assignments" not in "".join(plan.left)
    states = {one.scraper: one.state for one in (*found.data, *found.games[0].data)}
    assert states["nbac_boxscore"] == states["nbac_referee_assignments"] == "late"


AFTER = ("nbac_player_boxscore", "nbac_boxscore", "nbac_play_by_play", "nbac_gamebook_pdf")
"""The data of a game that is over."""
ONE = Question("nbac_boxscore", DAY, played())
OTHER = Question("espn_boxscore", DAY, played())


@pytest.mark.parametrize(
    ("outcomes", "came"),
    [
        ({"nbac_boxscore": "SUCCESS"}, Filled(1, (), ())),
        ({"nbac_boxscore": "FAILED", "espn_boxscore": "SUCCESS"}, Filled(1, (), ())),
        ({"nbac_boxscore": "NO_DATA", "espn_boxscore": "SUCCESS"}, Filled(1, (), ())),
        ({"nbac_boxscore": "NOT_READY", "espn_boxscore": "NO_DATA"}, Filled(0, (OTHER,), ())),
        ({"nbac_boxscore": "FAILED"}, Filled(0, (), (OTHER,))),
        ({}, Filled(0, (), (ONE,))),
    ],
)
def test_a_gap_is_filled_by_the_first_that_brings_it(
    outcomes: dict[str, str], came: Filled
) -> None:
    """It is lacking where the last of the line brought nothing, and waits where no row came."""
    desk, told = Desk(2, outcomes), list[tuple[str, str]]()
    found = fill(
        desk.place,
        Plan(((ONE, OTHER),), ()),
        seconds_max=6,
        told=lambda question, row: told.append((question.scraper, row["outcome"])),
    )
    assert (found, told) == (came, [*outcomes.items()])


def test_what_comes_of_each_gap_is_added_up() -> None:
    """What is lacking after a first scraper stays so beside what its alternatives lack."""
    alone, found = Question("nbac_play_by_play", DAY), Question("nbac_gamebook_pdf", DAY)
    outcomes = {"nbac_boxscore": "FAILED", "espn_boxscore": "NO_DATA"}
    outcomes |= {alone.scraper: "FAILED", found.scraper: "SUCCESS"}
    plan = Plan(((alone,), (ONE, OTHER), (found,)), ())
    came = fill(Desk(2, outcomes).place, plan, seconds_max=6, told=lambda *_: None)
    assert came == Filled(1, (alone, OTHER), ())


def test_what_waits_for_a_row_is_added_up() -> None:
    """A first scraper that gives no row waits beside an alternative that gives none."""
    silent = Question("nbac_player_list", DAY)
    desk = Desk(2, {"nbac_boxscore": "FAILED"})
    came = fill(
        desk.place, Plan(((ONE, OTHER), (silent,)), ()), seconds_max=6, told=lambda *_: None
    )
    assert came == Filled(0, (), (silent, OTHER))


def test_each_date_has_its_own_gaps() -> None:
    """A whole night that two dates lack is asked for twice, in their order."""
    before, after = played(1, "2025-11-11 19:00"), played(2)
    plan = plan_of(scheduled(before, after), DAY - timedelta(days=1), DAY)
    nights = [gap[0] for gap in plan.gaps if gap[0].scraper == "nbac_player_boxscore"]
    assert nights == [
        Question("nbac_player_boxscore", before.game_date, games=(before,)),
        Question("nbac_player_boxscore", DAY, games=(after,)),
    ]


@pytest.mark.parametrize(("action", "busy"), [("RUN", True), ("SKIP", False), ("ABORT", False)])
def test_a_run_alone_keeps_a_game_busy(action: str, *, busy: bool) -> None:
    """No other decision collects anything, whatever games its row names."""
    made = next(
        row
        for row in gone_wrong().rows["workflow_decisions"]
        if (row["workflow_name"], row["action"]) == ("post_game_window_2", "RUN")
    )
    world = World(slate(), AFTERNOON)
    world.warehouse.adopt(
        "workflow_decisions", {**made, "action": action, "game_ids": [played().game_id]}
    )
    place = scheduled(played()).but(warehouse=world.warehouse)
    collected = [why for why in plan_of(place, DAY, DAY).left if "is being collected" in why]
    assert collected == [
        f"{name} of MIL@CHA of 2025-11-12 is being collected by a run" for name in AFTER if busy
    ]
