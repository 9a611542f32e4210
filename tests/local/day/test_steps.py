"""The order in which a replay sets the clock, publishes the ticks, and waits for the chain."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.configuration.topology import load_topology
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

TICKS = ticks_of(load_topology(Settings().topology_file), DAY)
IDLE = ChainState(idle=True, next_due=None, handled=3, failed=1)
MIDNIGHT = et("2025-11-13 00:00")
SLATE = Slate((game(1), game(2, away="BOS", home="MEM"), game(3, "2025-11-13 19:00")), "2025-26")


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

    def wait_idle(self, _: float) -> ChainState:
        """Return the next state; at the end the chain stays idle."""
        self.did.append(("wait", None))
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
    """Replay some ticks of the day on the stack, whose tables stay empty."""
    told: list[Progress] = []

    def publisher(project: str, host: str) -> object:
        assert (project, host) == ("a-project", "pubsub")
        return SimpleNamespace(
            publish=lambda topic, body, _: stack.did.append((topic, body["scheduled_time"]))
        )

    monkeypatch.setattr(replayed, "GooglePublisher", publisher)
    monkeypatch.setattr(replayed, "ticks_of", lambda *_: TICKS[ticks])
    monkeypatch.setattr(replayed, "count_rows", lambda _: {"workflow_decisions": 9})
    monkeypatch.setattr(replayed, "read_tables", lambda _: {"scraper_execution_log": []})
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
        expected.append((tick.topic, tick.instant.isoformat()))
    assert [did for did in stack.did if did[0] != "wait"] == expected


def test_each_instant_is_waited_for_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ticks of one instant are published together; rows are counted at full hours alone."""
    stack = FakeStack()
    _, told = live(monkeypatch, stack)
    instants = sorted({tick.instant for tick in TICKS})
    assert [one.tick.instant for one in told] == instants
    assert len(stack.of("wait")) == len(instants) + 1
    assert {one.total for one in told} == {len(TICKS)}
    assert told[-1].number == len(TICKS)
    assert all(TICKS[one.number - 1] == one.tick for one in told)
    assert all(bool(one.rows) == (eastern(one.tick.instant).minute == 0) for one in told)


def test_the_outcome_has_the_chains_own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handled and failed deliveries, dead letters and disturbances are told apart."""
    outcome, _ = live(monkeypatch, FakeStack(), slice(1))
    assert (outcome.day, outcome.events, outcome.failed, outcome.dead_letters) == (DAY, 3, 1, 6)
    assert outcome.disturbances == {"kill": 2, "suspend": 1}
    assert outcome.coverage.games == (SLATE.games[0].game_id, SLATE.games[1].game_id)


def test_chaos_is_armed_at_its_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each disturbance of the seed's plan is armed once, before its tick is published."""
    stack = FakeStack(chaos=4)
    live(monkeypatch, stack)
    assert [what for _, what in stack.of("arm")] == plan(4, TICKS)
    for number, (kind, what) in enumerate(stack.did):
        if kind == "arm":
            later = (did for did in stack.did[number:] if did[0] not in {"arm", "clock"})
            assert next(later)[1] == TICKS[what.tick].instant.isoformat()


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
    """The folder has the tables, a summary with every count, and what chaos did."""
    held = Coverage(("a", "b"), ("a",), ("b",), (), ("a",))
    tables: Any = {"cleanup_operations": [{"cleanup_id": "c"}], "workflow_executions": []}
    write_outcome(Outcome(DAY, tables, held, 41, 5, 2, 12.5, {"kill": 1}), tmp_path)
    write_disturbances(cast("RunningStack", FakeStack()), tmp_path / "made")
    assert json.loads((tmp_path / "summary.json").read_text()) == {
        "date": "2025-11-12",
        "games": 2,
        "rows": {"cleanup_operations": 1, "workflow_executions": 0},
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
    assert (tmp_path / "cleanup_operations.jsonl").read_text() == '{"cleanup_id": "c"}\n'
    told = (tmp_path / "made" / "chaos.jsonl").read_text().splitlines()
    assert [json.loads(line)["action"] for line in told] == ["kill", "suspend", "kill"]
