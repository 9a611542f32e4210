"""What a decision reads is retried for a while, and an error is never an empty answer (R5)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common import ids
from common.calendar.season import Season, by_date
from common.cloud.ports import StoredObject
from common.decisions.history import JUST_DECIDED, UNLOGGED
from common.errors import PermanentError, TransientError
from common.handlers.situation_reader import HISTORY_SPAN, is_idle, read_history, read_situation
from common.messages.models import WorkflowDecision
from common.settings import ROOT
from common.state import names
from common.state.decided import near_batches
from common.threads import CallThreads
from local.fake_sources.slate import load
from local.operate.pauses import pause
from local.simulator.ports.intercepted import Call, Do
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import World
from tests.kit.at_once import meeting
from tests.kit.breaks import tapped
from tests.kit.situations import game
from tests.kit.tables import holding

SLOT = datetime(2025, 11, 12, 18, tzinfo=UTC)
TABLES = ["scraper_execution_log", "workflow_decisions", "workflow_executions"]
SLATE = load(ROOT / "config" / "slates" / "2025-11.json")


class Selecting:
    """A warehouse that answers each read by a function of its number."""

    def __init__(self, answer: Callable[[int], list[Any]]) -> None:
        self._answer = answer
        self.asked: list[tuple[str, datetime, datetime]] = []

    def select(
        self, table: str, columns: object, *, since: datetime, until: datetime, where: object = None
    ) -> list[Any]:
        """Answer, or raise."""
        self.asked.append((table, since, until))
        return self._answer(len(self.asked))


@pytest.fixture
def world() -> World:
    """Make a world at the slot whose schedule is stored."""
    made = World(SLATE, SLOT - timedelta(minutes=15))
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    made.publisher.publish("scraper-requests", request, {})
    made.settle()
    made.clock.move(SLOT)
    return made


def use(world: World, answer: Callable[[int], list[Any]]) -> Selecting:
    """Give the world another warehouse."""
    made = Selecting(answer)
    world.runtime = world.runtime.but(warehouse=made)
    return made


def test_a_situation_knows_games_and_history(world: World) -> None:
    """The refresh is the only success in the history, and nothing has run."""
    found = read_situation(world.runtime, SLOT, SLOT)
    assert found.calendar is not None
    assert len(found.calendar[SLOT.date()]) == 12
    assert found.history is not None
    assert [key[0] for key in found.history.attempts] == ["nbac_schedule_api"]
    assert (found.cause, found.stale, found.history.runs) == ("", False, ())


def test_d5_a_read_that_fails_for_long_is_none_with_its_cause(world: World) -> None:
    """After 30 s the history is None; the schedule, which is readable, is there."""

    def fail(_: int) -> list[Any]:
        raise TransientError("BigQuery is away")

    asked = use(world, fail).asked
    found = read_situation(world.runtime, SLOT, SLOT)
    assert found.history is None
    assert found.cause == "TransientError: BigQuery is away"
    assert found.calendar is not None
    assert timedelta(seconds=30) <= world.clock.now() - SLOT < timedelta(seconds=36)
    assert len(asked) > 5


def test_a_read_that_fails_for_a_moment_succeeds(world: World) -> None:
    """After two failures the rows are read."""

    def fail_twice(number: int) -> list[Any]:
        if number <= 2:
            raise ConnectionError("reset")
        return []

    use(world, fail_twice)
    assert read_situation(world.runtime, SLOT, SLOT).history is not None


def test_a_read_that_cannot_succeed_is_not_tried_again(world: World) -> None:
    """A permanent error is the cause at once."""

    def refuse(_: int) -> list[Any]:
        raise PermanentError("no such column")

    asked = use(world, refuse).asked
    assert read_situation(world.runtime, SLOT, SLOT).cause == "PermanentError: no such column"
    assert [table for table, *_ in asked] == TABLES
    assert world.clock.now() == SLOT


def test_r10_a_cause_shows_no_key(world: World) -> None:
    """Neither that of the tables nor that of the schedule."""

    def fail(*_: object) -> Any:
        raise PermanentError("GET https://h/?apiKey=abc123 is refused")

    shown = "PermanentError: GET https://h/?apiKey=(hidden) is refused"
    for port in ("warehouse", "storage"):
        with tapped(world, fail, port):
            assert read_situation(world.runtime, SLOT, SLOT).cause == shown, port


def test_what_is_paused_is_part_of_what_must_be_read(world: World) -> None:
    """What cannot be told is no reason to run a workflow that somebody may have stopped."""

    def fail(call: Call, do: Do) -> Any:
        if call.subject == "pauses.json":
            raise TransientError("storage is away")
        return do()

    with tapped(world, fail, "storage"):
        found = read_situation(world.runtime, SLOT, SLOT)
    assert (found.history, found.cause) == (None, "TransientError: storage is away")
    pause(world.runtime, "betting_lines", by="ann", why="")
    assert list(read_situation(world.runtime, SLOT, SLOT).pauses) == ["betting_lines"]


@pytest.mark.parametrize("table", TABLES)
def test_d5_one_read_of_several_that_fails_is_the_cause(world: World, table: str) -> None:
    """The history is None, whatever the others have read."""

    def fail(call: Call, do: Do) -> Any:
        if call.subject == table:
            raise TransientError(f"{table} is away")
        return do()

    with tapped(world, fail, "warehouse"):
        found = read_situation(world.runtime, SLOT, SLOT)
    assert (found.history, found.cause) == (None, f"TransientError: {table} is away")
    assert timedelta(seconds=30) <= world.clock.now() - SLOT < timedelta(seconds=36)


def test_the_history_is_read_at_once(world: World) -> None:
    """Three tables, and the batches of two slots before."""
    for hours in (1, 2):
        name = names.batch(names.tick_stamp(SLOT - timedelta(hours=hours), ""))
        world.storage.create(world.runtime.settings.state_bucket, name, b'{"decisions": []}')
    stored = near_batches(world.runtime.state, SLOT)
    met = meeting(*["select"] * 3, *["read"] * 2)
    with tapped(world, met, "warehouse", "storage"), CallThreads(5) as threads:
        found = read_history(world.runtime.but(threads=threads), SLOT, stored)
    assert len(stored) == 2
    assert [key[0] for key in found.attempts] == ["nbac_schedule_api"]


def test_an_error_of_the_batches_is_no_decision(world: World) -> None:
    """It raises, so that the tick is delivered again: a RUN that is under way must be known."""

    def fail() -> tuple[StoredObject, ...]:
        raise TransientError("no listing")

    with pytest.raises(TransientError, match="no listing"):
        read_situation(world.runtime, SLOT, SLOT, fail)


def test_without_a_schedule_the_calendar_is_none() -> None:
    """The calendar is None with a cause, not a season without games; the past is read (X13)."""
    world = World(SLATE, SLOT)
    asked = use(world, lambda _: []).asked
    found = read_situation(world.runtime, SLOT, SLOT)
    assert [table for table, *_ in asked] == TABLES
    assert found.calendar is None
    assert "python -m local scrape nbac_schedule_api" in found.cause
    assert (found.has_file, found.stale) == (True, False)  # nobody knows


def test_x13_a_schedule_of_three_days_ago_is_stale(world: World) -> None:
    """The schedule's age counts from its object's own time."""
    late = SLOT + timedelta(days=3)
    assert read_situation(world.runtime, late, late).stale
    assert read_situation(world.runtime, SLOT, late).stale
    assert not read_situation(world.runtime, late, SLOT).stale


def test_d14_a_new_schedule_object_is_seen_by_the_same_instance(world: World) -> None:
    """The cached schedule is replaced when a newer object appears."""
    before = read_situation(world.runtime, SLOT, SLOT)
    (held,) = world.storage.list("nba-scraped-data", "nbac-schedule-api/")
    document = world.storage.read(held.bucket, held.name)
    assert document is not None
    moved = document[0].replace(b"0022500213", b"0022500999")
    world.clock.move(SLOT + timedelta(minutes=1))
    world.storage.create(held.bucket, "nbac-schedule-api/2025-11-12/130100.json", moved)
    after = read_situation(world.runtime, SLOT, world.clock.now())
    assert before.calendar is not None
    assert after.calendar is not None
    assert "0022500213" in {game.game_id for game in before.calendar[SLOT.date()]}
    assert "0022500999" in {game.game_id for game in after.calendar[SLOT.date()]}


def test_a_slot_that_is_forced_long_afterwards_is_read_up_to_now(world: World) -> None:
    """Runs for the slot since then are known."""
    asked = use(world, lambda _: []).asked
    late = SLOT + timedelta(days=30)
    world.clock.move(late)
    read_history(world.runtime, SLOT)
    assert {(since, until) for _, since, until in asked} == {
        (SLOT - HISTORY_SPAN, late + timedelta(days=1))
    }


def test_a_slot_that_is_forced_ahead_of_its_time_is_read_up_to_it(world: World) -> None:
    """What was forced for it before is known."""
    asked = use(world, lambda _: []).asked
    read_history(world.runtime, SLOT + timedelta(days=3))
    assert {until for *_, until in asked} == {SLOT + timedelta(days=4)}


def test_a_tick_reads_a_constant_span_however_old_the_tables_are(world: World) -> None:
    """Each of the reads is bounded by the partition column, five days back."""
    asked = use(world, lambda _: []).asked
    read_history(world.runtime, SLOT)
    assert [table for table, *_ in asked] == TABLES
    assert {(since, until) for _, since, until in asked} == {
        (SLOT - HISTORY_SPAN, SLOT + timedelta(days=1))
    }


@pytest.mark.parametrize(
    ("days", "idle"), [(-200, True), (-15, True), (-14, False), (0, False), (14, False), (15, True)]
)
def test_o3_a_slot_is_idle_without_a_game_within_two_weeks(days: int, *, idle: bool) -> None:
    """Games of a season that is over, or that is far off, make no decision look at the past."""
    listed = game(1, game_date=SLOT.date() + timedelta(days=days))
    for now in (SLOT, SLOT + timedelta(days=2)):  # the slot counts, whenever it is decided
        assert is_idle(Season(by_date((listed,)), SLOT, "a.json"), SLOT, now) is idle


def test_o3_an_old_schedule_is_never_idle() -> None:
    """What it does not list may have been added since it was fetched."""
    assert is_idle(Season({}, SLOT, "a.json"), SLOT, SLOT)
    assert not is_idle(Season({}, SLOT - timedelta(days=30), "a.json"), SLOT, SLOT)


def stored_run(slot: datetime) -> tuple[str, dict[str, Any]]:
    """Return the name of a slot's batch, and the batch with one RUN of two games."""
    message = WorkflowDecision(
        decision_id=ids.decision_id("lines", slot),
        workflow_name="lines",
        action="RUN",
        slot=slot,
        decision_time=slot,
        target_date=SLOT.date(),
        scrapers=("oddsa_events",),
        targets=(),
    )
    entry = {"message": message.body(), "game_ids": ["0022500001", "0022500002"]}
    return names.batch(names.tick_stamp(slot, "")), {"decisions": [entry]}


@pytest.mark.parametrize(
    ("hours", "minutes", "row", "status"),
    [
        (0, 59, {}, JUST_DECIDED),
        (0, 60, {}, None),
        (1, 10, {}, JUST_DECIDED),
        (-1, 10, {}, None),
        (-1, 10, None, JUST_DECIDED),
        (-1, 60, None, None),
        (0, 10, {"status": "completed"}, "completed"),
        (0, 10, {"status": "failed", "scraper_execution_ids": ["unlogged"]}, JUST_DECIDED),
        (0, 60, {"status": "failed", "scraper_execution_ids": ["unlogged"]}, UNLOGGED),
    ],
)
def test_fr4_a_stored_run_is_known_whether_it_has_rows_or_not(
    hours: int, minutes: int, row: dict[str, Any] | None, status: str | None
) -> None:
    """Just decided is one of this slot or a later one for an hour, and one without a row of any."""
    slot = SLOT + timedelta(hours=hours)
    known = {"at": SLOT, "decision_id": ids.decision_id("lines", slot), "workflow_name": "lines"}
    decided = {**known, "action": "RUN", "slot": slot, "game_ids": ["0022500001", "0022500002"]}
    other = {**known, "decision_id": "of another controller", "action": "RUN", "slot": None}
    place = holding(
        SLOT,
        workflow_decisions=[other] if row is None else [other, decided],
        workflow_executions=[{**known, **row}] if row else [],
    )
    place = place.but(storage=MemoryStorage(place.clock))
    place.state.write_once(*stored_run(slot))
    place.clock.sleep(60 * minutes)
    (run,) = read_history(place, SLOT, near_batches(place.state, SLOT)).runs
    assert (run.workflow, run.slot, run.status) == ("lines", slot, status)
    assert (run.target_date, run.game_ids) == (SLOT.date(), ("0022500001", "0022500002"))
