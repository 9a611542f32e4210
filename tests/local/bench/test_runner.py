"""The chains of the bench on a stack: what is asked of it, and what is made of their seconds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import OrchestrationError
from common.settings import variable
from local.bench import stack as benched
from local.bench.stack import IDLE_SECONDS_MAX, Known, Runner, in_ms, many, mean_ms, one_by_one
from local.simulator.ports.memory_publisher import Published
from local.stack.state import ChainState

DAY = date(2025, 11, 12)
THREE = datetime(2025, 11, 12, 20, tzinfo=UTC)
"""15:00 ET."""
RUN = Published(
    "1", "workflow-decisions", b'{"decision_id": "d", "x": 1}', {"action": "RUN"}, THREE
)
REFUSED = THREE + timedelta(minutes=1)


class Stack:
    """A stack that notes what is asked of it, and that is idle when it is asked again."""

    def __init__(self) -> None:
        self.where = {"project": "p"}
        self.environment = {variable("pubsub_emulator_host"): "h:1"}
        self.done: list[Any] = []
        self.states = [
            ChainState(idle=False, next_due=None, handled=0, failed=0),
            ChainState(idle=True, next_due=REFUSED, handled=0, failed=1),
        ]
        self.rows = [7, 9]

    def set_clock(self, instant: datetime) -> None:
        """Note it."""
        self.done.append(instant)

    def wait_idle(self, seconds: float) -> ChainState:
        """Return the next state; idle with nothing to come at the end."""
        assert seconds == IDLE_SECONDS_MAX
        self.done.append("wait")
        idle = ChainState(idle=True, next_due=None, handled=1, failed=0)
        return self.states.pop(0) if self.states else idle


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Make a stack, whose messages and counted rows are noted as well."""
    made = Stack()

    class Publisher:
        def __init__(self, project: str, host: str) -> None:
            made.done.append((project, host))

        def publish(self, topic: str, body: Mapping[str, Any], attributes: object) -> None:
            made.done.append((topic, body, attributes))

        def publish_all(self, topic: str, messages: Sequence[Any]) -> None:
            made.done.append((topic, messages))

    def count_rows(_: object) -> dict[str, int]:
        return {"workflow_executions": made.rows.pop(0)}

    monkeypatch.setattr(benched, "GooglePublisher", Publisher)
    monkeypatch.setattr(benched, "count_rows", count_rows)
    return made


@pytest.fixture
def runner(stack: Any) -> Runner:
    """Make a runner on it."""
    return Runner(stack)


def test_a_chain_begins_at_its_slot_with_a_fresh_schedule(stack: Stack, runner: Runner) -> None:
    """What was refused is waited for, at the instant at which it comes again."""
    runner.prepare(DAY)
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    assert stack.done == [
        ("p", "h:1"),
        THREE - timedelta(minutes=15),
        ("scraper-requests", request, {}),
        "wait",
        "wait",
        REFUSED,
        "wait",
        THREE,
    ]
    stack.done.clear()
    assert runner.chain(DAY) > 0
    (topic, body, attributes), waited = stack.done
    assert (topic, attributes, waited) == ("tick-master-controller", {}, "wait")
    assert datetime.fromisoformat(body["scheduled_time"]) == THREE


def test_a_burst_is_of_as_many_runs_of_their_own(stack: Stack, runner: Runner) -> None:
    """Each has another id and all else of the decision."""
    assert runner.burst(RUN, 2) > 0
    topic, messages = stack.done[1]
    assert topic == "workflow-decisions"
    assert [(body["x"], attributes) for body, attributes in messages] == [
        (1, {"action": "RUN"})
    ] * 2
    assert len({body["decision_id"] for body, _ in messages} - {"d"}) == 2


@pytest.mark.parametrize("ended", [8, 10])
def test_a_burst_of_which_another_number_ended_is_no_figure(
    stack: Stack, runner: Runner, ended: int
) -> None:
    """Counted from the rows that were there before."""
    stack.rows = [7, ended]
    with pytest.raises(OrchestrationError, match="of 2 chains at once not all ended"):
        runner.burst(RUN, 2)


KNOWN = Known(RUN, {}, 4, {"query": 3}, 0.812345)


def test_figures_are_so_many_times_their_floors() -> None:
    """In milliseconds and seconds, from the middle of all chains; the last 20th has its own."""
    chains = [1.0, 1.51234, 9.01234]  # too few to have a last 20th: it is beyond the longest
    assert one_by_one(chains, [0.1, 0.3, 0.20127], KNOWN) == {
        "ms": 1512.3,
        "p95_ms": 15012.3,
        "calls": {"query": 3},
        "floor_ms": 812.3,
        "times_floor": 1.86,
        "plain_ms": 201.3,
        "times_plain": 7.5,
    }
    seconds = 12.2654
    runner: Any = SimpleNamespace(
        burst=lambda decision, number: seconds * (decision is RUN) + number
    )
    assert many(8, runner, KNOWN, 0.25468) == {
        "seconds": 20.3,
        "inserts": 32,
        "floor_seconds": 8.1,
        "times_floor": 2.49,
    }
    used = [
        {"a": {"seconds": 0.1}, "b": {"seconds": 1}},
        {"a": {"seconds": 0.2}, "b": {"seconds": 2}},
    ]
    assert mean_ms(used) == {"a": 150, "b": 1500}
    assert mean_ms([]) == {}
    assert in_ms({"query": 0.0123456}) == {"query": 12.35}
