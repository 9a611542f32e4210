"""The order in which a replay sets the clock, publishes the ticks, and waits for the chain."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.configuration.topology import load_topology
from common.configuration.workflows import read_workflows
from common.eastern import eastern
from common.errors import BadInputError, OrchestrationError
from common.settings import Settings
from local.day import replay as replayed
from local.day.coverage import Coverage
from local.day.replay import (
    RETRIES_MAX,
    Outcome,
    Progress,
    last_window,
    load_slate,
    names_of,
    replay,
    write_disturbances,
    write_outcome,
)
from local.fake_sources.slate import Slate
from local.scheduler import ticks_of
from local.stack.chaos import plan
from local.stack.driver import RunningStack
from local.stack.state import ChainState
from tests.kit.situations import DAY, et, game

TOPOLOGY = load_topology(Settings().topology_file)
TICKS = ticks_of(TOPOLOGY, DAY)
IDLE = ChainState(idle=True, next_due=None, handled=3, failed=1)
MIDNIGHT = et("2025-11-13 00:00")
SLATE = Slate((game(1), game(2, away="BOS", home="MEM"), game(3, "2025-11-13 19:00")), "2025-26")
TABLES: Any = {"scraper_execution_log": [], "cleanup_operations": [{"cleanup_id": "c"}]}
ROWS = {"workflow_decisions": 9}
HELD = Coverage(("a", "b"), ("a",), ("b",), (), ("a",))


class FakeStack:
    """A stack that notes what is done to it, and whose chain is in the given states, in order."""

    def __init__(self, states: Sequence[ChainState] = (), chaos: int | None = None) -> None:
        self.where = {"chaos": chaos, "project": "a-project", "folder": "/a-folder"}
        self.environment = {"PUBSUB_EMULATOR_HOST": "pubsub", "STORAGE_EMULATOR_HOST": "storage"}
        self.did: list[tuple[str, Any]] = []
        self._states = [*states]

    def set_clock(self, instant: datetime) -> None:
        """Note the instant."""
        self.did.append(("clock", instant))

    def arm(self, disturbance: object) -> None:
        """Note the disturbance."""
        self.did.append(("arm", disturbance))

    def wait_idle(self, seconds: float) -> ChainState:
        """Return the next state; at the end the chain stays idle."""
        self.did.append(("wait", seconds))
        return self._states.pop(0) if self._states else IDLE

    def dead_letters(self) -> int:
        """Return a number of their own."""
        return 6

    def disturbances(self) -> Iterator[dict[str, str]]:
        """Yield what chaos did."""
        yield from ({"action": action} for action in ("kill", "suspend", "kill"))

    def of(self, *kinds: str) -> list[tuple[str, Any]]:
        """Return what was done of some kinds, in order."""
        return [did for did in self.did if did[0] in kinds]


def live(
    monkeypatch: pytest.MonkeyPatch, stack: FakeStack, ticks: slice = slice(None)
) -> tuple[Outcome, list[Progress]]:
    """Replay some ticks of the day on the stack, in 12.34 seconds."""
    told: list[Progress] = []
    instants = iter((100.0, 112.34))

    def publisher(project: str, host: str) -> object:
        assert (project, host) == ("a-project", "pubsub")
        return SimpleNamespace(publish=lambda *given: stack.did.append(("publish", given)))

    def of_the_stack(answer: object) -> Callable[[object], object]:
        return lambda where: answer if where is stack.where else None

    monkeypatch.setattr(replayed, "GooglePublisher", publisher)
    monkeypatch.setattr(replayed, "ticks_of", lambda *_: TICKS[ticks])
    monkeypatch.setattr(replayed, "count_rows", of_the_stack(ROWS))
    monkeypatch.setattr(replayed, "read_tables", of_the_stack(TABLES))
    monkeypatch.setattr(replayed, "time", SimpleNamespace(monotonic=lambda: next(instants)))
    outcome = replay(cast("RunningStack", stack), SLATE, DAY, told.append)
    return outcome, told


def test_every_tick_is_published_at_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is set once for each instant, before the ticks of that instant are published."""
    stack = FakeStack()
    live(monkeypatch, stack)
    expected: list[tuple[str, Any]] = []
    for number, tick in enumerate(TICKS):
        if not number or tick.instant != TICKS[number - 1].instant:
            expected.append(("clock", tick.instant))
        expected.append(("publish", (tick.topic, tick.body(TOPOLOGY), {})))
    assert [did for did in stack.did if did[0] != "wait"] == expected


def test_each_instant_is_waited_for_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ticks of one instant are published together; rows are counted at full hours alone."""
    instants = sorted({tick.instant for tick in TICKS})
    states = [replace(IDLE, handled=number) for number, _ in enumerate(instants)]
    stack = FakeStack(states)
    _, told = live(monkeypatch, stack)
    last = {tick.instant: number for number, tick in enumerate(TICKS, 1)}
    assert told == [
        Progress(
            TICKS[last[instant] - 1],
            last[instant],
            len(TICKS),
            state,
            ROWS if eastern(instant).minute == 0 else {},
        )
        for instant, state in zip(instants, states, strict=True)
    ]
    assert stack.of("wait") == [("wait", 60)] * (len(instants) + 1)


def test_the_outcome_is_what_the_stack_holds_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables, the chain's own counts, and what was collected of the date's games are told."""
    covered: list[Any] = []
    monkeypatch.setattr(replayed, "cover", lambda *given: covered.append(given) or HELD)
    outcome, _ = live(monkeypatch, FakeStack(), slice(1))
    assert outcome == Outcome(DAY, TABLES, HELD, 3, 1, 6, 12.3, {"kill": 2, "suspend": 1})
    ((log, _, games, flows, window),) = covered
    assert log is TABLES["scraper_execution_log"]
    assert games == SLATE.games[:2]
    assert flows == read_workflows(Settings().workflows_file).file.enabled
    assert window == last_window(DAY)


def test_an_object_of_the_log_is_read_from_its_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object is found by its path on the stack's storage, and one that is not there is empty."""

    def storage(project: str, host: str) -> object:
        assert (project, host) == ("a-project", "storage")
        held = {("a-bucket", "a/b.json"): (b"content", 7)}
        return SimpleNamespace(read=lambda *given: held.get(given))

    covered: list[Any] = []
    monkeypatch.setattr(replayed, "cover", lambda *given: covered.append(given) or HELD)
    monkeypatch.setattr(replayed, "GoogleStorage", storage)
    live(monkeypatch, FakeStack(), slice(1))
    read = covered[0][1]
    assert read("gs://a-bucket/a/b.json") == b"content"
    assert read("gs://a-bucket/b.json") == b""


def test_chaos_is_armed_at_its_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each disturbance of the seed's plan is armed once, before its tick is published."""
    stack = FakeStack(chaos=4)
    live(monkeypatch, stack)
    assert [what for _, what in stack.of("arm")] == plan(4, TICKS)
    for number, (kind, what) in enumerate(stack.did):
        if kind == "arm":
            later = (did for did in stack.did[number:] if did[0] not in {"arm", "clock"})
            assert next(later)[1][1] == TICKS[what.tick].body(TOPOLOGY)


def due(instant: datetime) -> ChainState:
    """Return an idle chain with a message that waits for its next try."""
    return replace(IDLE, next_due=instant)


@pytest.mark.parametrize(
    ("chaos", "at", "is_waited_for"),
    [
        (None, MIDNIGHT - timedelta(seconds=1), True),
        (None, MIDNIGHT, False),
        (4, MIDNIGHT, True),
        (4, MIDNIGHT + timedelta(days=2), True),
    ],
)
def test_a_retry_is_waited_for_until_the_next_tick(
    monkeypatch: pytest.MonkeyPatch, chaos: int | None, at: datetime, *, is_waited_for: bool
) -> None:
    """After the last tick a day ends at midnight, and one with chaos when no retry is left."""
    stack = FakeStack([due(at)], chaos)
    monkeypatch.setattr(replayed, "plan", lambda *_: [])
    live(monkeypatch, stack, slice(-1, None))
    assert (("clock", at) in stack.did) == is_waited_for


@pytest.mark.parametrize("seconds", [1, 0])
def test_a_retry_before_the_next_tick_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """The clock is set to it once: by itself, or with the tick that comes at the same instant."""
    number = next(n for n, tick in enumerate(TICKS) if tick.instant > TICKS[0].instant)
    at = TICKS[number].instant - timedelta(seconds=seconds)
    stack = FakeStack([due(at)])
    live(monkeypatch, stack, slice(number - 1, number + 1))
    assert stack.did.count(("clock", at)) == 1


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([replace(IDLE, idle=False)], "the chain is not idle after 60 s; see the logs below /a-"),
        ([due(TICKS[0].instant)] * RETRIES_MAX, f"more than {RETRIES_MAX} retries after one tick"),
    ],
)
def test_a_chain_that_does_not_rest_ends_the_day(
    monkeypatch: pytest.MonkeyPatch, states: list[ChainState], said: str
) -> None:
    """A chain still at work, or one that tries for ever, is an error that names the logs."""
    with pytest.raises(OrchestrationError, match=said):
        live(monkeypatch, FakeStack(states))


def test_as_many_retries_as_are_allowed_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that rests at the last allowed look is a backlog and no error."""
    states = [due(TICKS[0].instant)] * (RETRIES_MAX - 1)
    assert live(monkeypatch, FakeStack(states), slice(2))[0].day == DAY


def test_the_last_window_is_that_of_the_shipped_workflows() -> None:
    """The date's last post-game window of its own games opens at 23:00 ET."""
    assert last_window(DAY) == et("2025-11-12 23:00")


def test_games_are_named_by_their_sides() -> None:
    """A game's name has the visitors first."""
    assert names_of(SLATE.games[:2]) == {"0022500001": "MIL@CHA", "0022500002": "BOS@MEM"}


@pytest.mark.parametrize("day", [date(2025, 11, 11), date(2025, 11, 13)])
def test_the_first_and_the_last_date_of_a_slate_can_be_replayed(day: date) -> None:
    """A slate's own dates are taken, and those around it are refused with both."""
    path = Settings().topology_file.with_name("slates") / "2025-11.json"
    assert load_slate(path, day).on(day)
    beyond = day + timedelta(days=1 if day.day == 13 else -1)
    with pytest.raises(BadInputError, match="has 2025-11-11 to 2025-11-13"):
        load_slate(path, beyond)


def test_a_finished_day_is_written(tmp_path: Path) -> None:
    """The folder has the tables, and a summary with every count."""
    outcome = Outcome(DAY, TABLES, HELD, 41, 5, 2, 12.5, {"kill": 1})
    write_outcome(outcome, tmp_path)
    summary = {
        "date": "2025-11-12",
        "games": 2,
        "rows": {"scraper_execution_log": 0, "cleanup_operations": 1},
        "events": 41,
        "failed_deliveries": 5,
        "dead_letters": 2,
        "wall_seconds": 12.5,
        "disturbances": {"kill": 1},
        "coverage": {
            "games": ["a", "b"],
            "lines_before_tipoff": ["a"],
            "box_scores": ["b"],
            "due_later": [],
            "missing": ["a"],
        },
    }
    assert (tmp_path / "summary.json").read_text() == json.dumps(summary, indent=2) + "\n"
    assert (tmp_path / "cleanup_operations.jsonl").read_text() == '{"cleanup_id": "c"}\n'


def test_what_chaos_did_is_written_anew(tmp_path: Path) -> None:
    """A folder is made where there is none, and an earlier file of the same name is replaced."""
    folder = tmp_path / "made" / "here"
    for _ in range(2):
        write_disturbances(cast("RunningStack", FakeStack()), folder)
    actions = ("kill", "suspend", "kill")
    told = "".join(json.dumps({"action": action}) + "\n" for action in actions)
    assert (folder / "chaos.jsonl").read_text() == told


def test_a_slate_without_games_can_replay_no_day(tmp_path: Path) -> None:
    """The error has the day and the file, and says what to give instead."""
    path = tmp_path / "slate.json"
    path.write_text('{"leagueSchedule": {"seasonYear": "2025-26", "gameDates": []}}')
    with pytest.raises(BadInputError) as raised:
        load_slate(path, DAY)
    told = f"2025-11-12: no games known ({path} has none); pass --schedule FILE"
    assert str(raised.value) == told
