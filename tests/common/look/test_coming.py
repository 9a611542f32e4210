"""What comes next for what a date lacks: as the controller will decide, and does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from common.calendar.game_ids import OTHER_OWNER
from common.eastern import at
from common.look.coverage import cover
from common.look.datum import Coming, DateCoverage, Datum
from common.state.pauses import Pause, write_pauses
from local.fake_sources.answers import Answer, answer
from local.simulator.world import World
from tests.kit.operated import day_gone_wrong, force_at, live_on, refuse
from tests.kit.placed import placed
from tests.kit.situations import played
from tests.kit.world import DAY, slate

TOMORROW = DAY + timedelta(days=1)
EXECUTIONS = "workflow_executions"
SPAN_OVER = at(DAY + timedelta(days=6), time())
"""Later than catch-up's 72 h, and what outages may add."""


@dataclass(frozen=True)
class Awaited:
    """A datum of a date, or of one of its games, that has a next slot."""

    datum: Datum
    game_id: str | None

    def first_asked(self, world: World, since: datetime) -> Coming | None:
        """Return the first run after an instant that asked for it, as log and decisions have it."""
        for made in sorted(world.rows["workflow_decisions"], key=lambda row: row["slot"]):
            is_mine = made["slot"] > since and made["workflow_name"] in self.datum.wanted.flows
            if is_mine and self._is_asked(world, made["decision_id"], made["game_ids"]):
                return Coming("next", made["workflow_name"], made["slot"])
        return None

    def _is_asked(self, world: World, decision: str, games: list[str]) -> bool:
        about = self.game_id if self.datum.wanted.per_game else None
        return (self.game_id is None or self.game_id in games) and any(
            row["decision_id"] == decision
            and row["scraper_name"] == self.datum.scraper
            and row["game_id"] == about
            and row["target_date"] == DAY
            for row in world.rows["scraper_execution_log"]
        )


def awaited(found: DateCoverage) -> Iterator[Awaited]:
    """Yield what has a next slot."""
    data = [(one, each.game.game_id) for each in found.games for one in each.data]
    for one, game_id in (*data, *((one, None) for one in found.data)):
        if one.coming and one.coming.what == "next":
            yield Awaited(one, game_id)


LOOKS = (
    at(DAY, time(5, 30)),
    at(DAY, time(8, 30)),
    at(DAY, time(13, 30)),
    at(DAY, time(23, 50)),
    at(TOMORROW, time(6, 30)),
    at(TOMORROW, time(8, 30)),
    at(TOMORROW, time(13, 30)),
    at(TOMORROW + timedelta(days=1), time(9, 30)),
)


def test_what_is_foreseen_is_what_happens() -> None:
    """The next run of each datum is the one that was foreseen: by that workflow, in that slot.

    Three sources go on failing, so that both what comes and what does not is asked for.
    """
    world = day_gone_wrong(LOOKS[0], since=DAY)
    foreseen: dict[datetime, list[Awaited]] = {}
    for now in LOOKS:
        live_on(world, now)
        foreseen[now] = [*awaited(cover(world.runtime, DAY))]
        assert foreseen[now], now
    slots = (one.datum.coming.slot for each in foreseen.values() for one in each)
    live_on(world, max(slots) + timedelta(minutes=50))
    for now, each in foreseen.items():
        found = [one.first_asked(world, now) for one in each]
        assert found == [one.datum.coming for one in each], now


def coming(world: World, scraper: str, game: str = "") -> Coming | None:
    """Return what comes next for a datum of a game, or of the date."""
    found = cover(world.runtime, DAY)
    held = {f"{one.game.away}@{one.game.home}": one.data for one in found.games}
    return next(one.coming for one in held.get(game, found.data) if one.scraper == scraper)


def test_a_run_that_is_under_way_is_named_until_it_has_reported() -> None:
    """By 11:02 two discoveries of 11:00 have begun; before the next slot both have ended."""
    world, slot = day_gone_wrong(at(DAY, time(10, 59))), at(DAY, time(11))
    late = slot + timedelta(minutes=2)
    world.tick("tick-master-controller", late, scheduled_time=slot.isoformat())
    asked = coming(world, "nbac_referee_assignments")
    assert asked == Coming("under way", "referee_discovery", at(DAY, time(11)))
    live_on(world, at(DAY, time(11, 30)))
    later = coming(world, "nbac_referee_assignments")
    assert later == Coming("next", "referee_discovery", at(DAY, time(12)))


def test_a_run_that_ended_without_a_report_is_not_under_way() -> None:
    """While the logger is down, the rows of the executions tell which runs are over."""
    world = World(slate(), at(DAY, time()), collect_since=DAY)
    refuse(world)
    live_on(world, at(DAY, time(8, 45)))
    world.transport.lose(lambda delivery: delivery.function == "scraper_logger")
    live_on(world, at(DAY, time(12, 30)))
    asked = coming(world, "nbac_referee_assignments")
    assert asked == Coming("next", "referee_discovery", at(DAY, time(13)))


def test_a_run_that_was_forced_the_day_before_is_over() -> None:
    """Its execution's row is from before the date, and no report of it has come."""
    morning = at(DAY - timedelta(days=1), time(4, 40))
    world = World(slate(), morning, collect_since=DAY)
    refuse(world)
    live_on(world, morning + timedelta(minutes=10))  # the schedule is there
    world.transport.lose(lambda delivery: delivery.function == "scraper_logger")
    force_at(world, at(DAY, time(12)))
    live_on(world, morning + timedelta(minutes=15))
    assert "referee_discovery" in {row["workflow_name"] for row in world.rows[EXECUTIONS]}
    world.clock.move(at(DAY, time(10, 30)))
    asked = coming(world, "nbac_referee_assignments")
    assert asked == Coming("next", "referee_discovery", at(DAY, time(11)))


def test_what_is_there_or_has_no_time_has_nothing_to_come() -> None:
    """Lines that came are not asked for any more; a game without a tip-off awaits its time."""
    world = day_gone_wrong(at(DAY, time(23, 50)))
    assert coming(world, "oddsa_game_lines", "MIL@CHA") is None


def test_lines_are_given_up_at_the_tip_off() -> None:
    """While the book fails, later games are asked for again, one that has begun is not."""
    world = World(slate(), at(DAY, time()), collect_since=DAY)
    world.ask = lambda path, params: (
        Answer(503, {}, b"down")
        if "/odds" in path
        else answer(path, params, world.slate, world.clock.now())
    )
    live_on(world, at(DAY, time(19, 30)))
    gone = "its source shows the present only, so that nothing can bring it back"
    assert coming(world, "oddsa_game_lines", "MIL@CHA") == Coming("given up", remedy=gone)
    later = coming(world, "oddsa_game_lines", "DEN@LAC")
    assert later == Coming("next", "betting_lines", at(DAY, time(20)))


def test_paused_workflows_are_named_while_nothing_else_asks() -> None:
    """Who resumes one of two reads that the other one is left."""
    world = day_gone_wrong(at(TOMORROW, time(8, 30)), since=DAY)
    pause = Pause(by="ana", since=world.clock.now(), why="season test")
    flows = ("post_game_window_3", "late_game_catch_up")
    write_pauses(world.runtime.state, dict.fromkeys(flows, pause), 0)
    live_on(world, at(TOMORROW, time(9, 30)))
    held = coming(world, "nbac_play_by_play", "MIL@CHA")
    assert held == Coming("paused", " and ".join(flows))
    assert held.words == f"not asked for while {flows[0]} and {flows[1]} are paused"
    one = Coming("paused", flows[1])
    assert one.words == "not asked for while late_game_catch_up is paused"


def test_what_is_given_up_is_not_asked_for_again() -> None:
    """After catch-up's 72 h nothing asks, in two more days, for what was given up."""
    world = day_gone_wrong(at(DAY + timedelta(days=4), time(6, 30)), since=DAY)
    lost = coming(world, "nbac_play_by_play", "MIL@CHA")
    by_hand = "by hand: python -m local backfill --from 2025-11-12 --to 2025-11-12"
    assert lost == Coming("given up", remedy=by_hand)
    assert lost.words == f"given up: no workflow asks for it again; {by_hand}"
    tried = len(world.rows["scraper_execution_log"])
    live_on(world, SPAN_OVER)
    later = world.rows["scraper_execution_log"][tried:]
    assert not [row for row in later if row["game_id"] and row["target_date"] == DAY]


def test_a_date_before_the_system_has_nothing_to_come() -> None:
    """Catch-up does not collect what lies before it began, and the page says so."""
    world = day_gone_wrong(at(TOMORROW, time(8, 30)), since=TOMORROW)
    lost = coming(world, "nbac_play_by_play", "MIL@CHA")
    assert lost
    assert lost.what == "given up"
    earlier = world.runtime.settings.model_copy(update={"collect_since": DAY})
    world.runtime = world.deployed(earlier)
    live_on(world, at(TOMORROW, time(9, 30)))
    found = coming(world, "nbac_play_by_play", "MIL@CHA")
    assert found
    assert found.what == "next", "the last decision's configuration counts"


def test_of_a_game_with_another_owner_s_id_what_knows_it_is_asked_for() -> None:
    """Play by play is asked for by NBA.com's id alone, which nobody has before a schedule comes."""
    other = played(game_id=f"{OTHER_OWNER}401810001")
    place, _ = placed(at(TOMORROW, time(5, 30)), {DAY: (other,)})
    (found,) = cover(place, DAY).games
    told = {one.scraper: one.coming.what for one in found.data if one.coming}
    assert (told["nbac_boxscore"], told["nbac_play_by_play"]) == ("next", "given up")
