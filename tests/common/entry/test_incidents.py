"""An alert line once an incident, not once a retry, whatever instance fails."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from google.api_core.exceptions import Forbidden, ServiceUnavailable, TooManyRequests

from common.cloud.ports import Storage
from common.entry.incidents import report
from common.entry.respond import Route, respond
from common.errors import ClaimBusyError, ConfigError
from common.messages.envelope import Event
from common.messages.models import Tick
from common.runtime import Runtime
from common.settings import Settings
from local.simulator.ports.memory import MemoryStorage
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

NIGHT = datetime(2025, 12, 23, 18, 0, 7, tzinfo=UTC)
FUNCTION = "a_function"


class DeadStorage:
    """A state store that refuses everything with one error."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        def refuse(*_: object, **__: object) -> None:
            self.asked += 1
            raise self._error

        return refuse


def instance(clock: ManualClock, storage: object) -> Runtime:
    """A fresh process of the function: its own memory, the same bucket."""
    return Runtime(
        Settings(),
        clock=clock,
        storage=cast("Storage", storage),
        publisher=MemoryPublisher(clock),
    )


def push(data: bytes = b"{}", attempt: int = 1) -> bytes:
    """As Pub/Sub pushes it for the `attempt`-th time."""
    message = {"data": base64.b64encode(data).decode(), "messageId": "1"}
    return json.dumps(
        {"message": message, "subscription": "s", "deliveryAttempt": attempt}
    ).encode()


def fail(runtime: Runtime, error: Exception, attempt: int = 1) -> int:
    """Deliver a message to a handler that fails; returns the status."""

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        raise error

    return respond(runtime, {}, push(attempt=attempt), Route(FUNCTION, Tick, handle))[1]


def results(capsys: pytest.CaptureFixture[str]) -> Counter[tuple[str, str]]:
    """How often each severity and `result` was logged since the last look."""
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    return Counter((line["severity"], line["result"]) for line in lines)


@pytest.mark.parametrize("instances", [1, 600], ids=["one instance", "a new one each time"])
def test_a1_600_equal_errors_in_18_hours_are_one_alert(
    capsys: pytest.CaptureFixture[str], instances: int
) -> None:
    """One ERROR line, then one WARNING an hour; restarts do not matter (A2)."""
    clock = ManualClock(NIGHT)
    storage = MemoryStorage(clock)
    held = [instance(clock, storage) for _ in range(instances)]
    for number in range(600):
        clock.move(NIGHT + number * timedelta(hours=18) / 600)
        assert fail(held[number % instances], ConfigError("no key")) == 500
    lines = results(capsys)
    assert lines["ERROR", "incident"] == 1
    assert lines["WARNING", "incident lasts"] == 17
    assert lines["WARNING", "retry"] == 600
    assert lines.total() == 618


def test_a2_the_limit_holds_for_dead_letters_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A flood of poison is one ERROR line; each letter is a WARNING with its error."""
    clock = ManualClock(NIGHT)
    storage = MemoryStorage(clock)
    for _ in range(100):
        runtime = instance(clock, storage)
        route = Route(FUNCTION, Tick, lambda *_: {})
        assert respond(runtime, {}, push(b'{"version": 7}'), route)[1] == 200
    lines = results(capsys)
    assert (lines["ERROR", "incident"], lines["WARNING", "refused"]) == (1, 100)


def test_fp02_the_rate_limits_of_a_burst_alert_late(capsys: pytest.CaptureFixture[str]) -> None:
    """Nine deliveries of a message may meet a rate limit before it is an incident; three an outage.

    A platform without a free instance counts a delivery as well, so that a message of a burst may
    come here for the first time with its fifth.
    """
    clock = ManualClock(NIGHT)
    runtime = instance(clock, MemoryStorage(clock))
    too_fast = TooManyRequests("slow down")
    assert {fail(runtime, too_fast, attempt) for attempt in range(1, 10)} == {503}
    assert results(capsys)["ERROR", "incident"] == 0
    assert fail(runtime, too_fast, 10) == 503
    assert results(capsys)["ERROR", "incident"] == 1
    assert fail(runtime, ServiceUnavailable("down"), 3) == 503
    assert results(capsys)["ERROR", "incident"] == 1


def test_an_incident_has_the_whole_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """Error Reporting groups by it; a key in it is hidden, as everywhere."""
    clock = ManualClock(NIGHT)
    secret = "http://user:the-passw0rd@proxy"
    runtime = instance(clock, MemoryStorage(clock))
    fail(runtime, LookupError(secret))
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    (stack,) = (one["stack_trace"] for one in lines if one["severity"] == "ERROR")
    assert stack.startswith("Traceback (most recent call last):\n")
    assert stack.endswith("LookupError: http://(hidden)@proxy\n")
    assert "respond.py" in stack


@pytest.mark.parametrize(
    ("error", "has_cause"), [(LookupError("foreign"), True), (ConfigError("ours"), False)]
)
def test_r10_of_an_error_of_ours_the_stack_has_no_cause(
    capsys: pytest.CaptureFixture[str], error: Exception, *, has_cause: bool
) -> None:
    """The cause's text may have what ours leaves out; of a foreign error all is needed."""
    clock = ManualClock(NIGHT)
    error.__cause__ = ValueError("the value of an unknown field")
    report(instance(clock, MemoryStorage(clock)), FUNCTION, error)
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert str(error) in line["stack_trace"]
    assert ("the value of an unknown field" in line["stack_trace"]) is has_cause


def test_another_error_or_function_is_another_incident(capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of failure is logged."""
    clock = ManualClock(NIGHT)
    runtime = instance(clock, MemoryStorage(clock))
    for function in ("a", "b"):
        for error in (ConfigError("x"), LookupError("y"), LookupError("z")):
            report(runtime, function, error)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [(one["function"], one.get("code"), one["error_class"], one["error"]) for one in lines]
    kinds = [("CONFIG", "ConfigError", "x"), (None, "LookupError", "y")]
    assert told == [(function, *kind) for function in "ab" for kind in kinds]
    assert {(one["severity"], one["result"]) for one in lines} == {("ERROR", "incident")}


def test_an_incident_that_comes_back_is_logged_again(capsys: pytest.CaptureFixture[str]) -> None:
    """After an hour without it, it is a new one."""
    clock = ManualClock(NIGHT)
    runtime = instance(clock, MemoryStorage(clock))
    for hours in (0, 1, 4):
        clock.move(NIGHT + timedelta(hours=hours))
        report(runtime, FUNCTION, LookupError("x"))
    assert results(capsys) == {("ERROR", "incident"): 2, ("WARNING", "incident lasts"): 1}


def test_a_passing_error_is_an_incident_only_when_it_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two failed deliveries are weather; the third is an incident; an unnumbered one is a first."""
    clock = ManualClock(NIGHT)
    runtime = instance(clock, MemoryStorage(clock))
    assert fail(runtime, ServiceUnavailable("later"), 0) == 503  # a number that is ignored
    assert results(capsys) == {("WARNING", "retry"): 1}
    for attempt in (1, 2):
        assert fail(runtime, ServiceUnavailable("later"), attempt) == 503
    assert results(capsys) == {("WARNING", "retry"): 2}
    for attempt, alerts in ((3, 1), (4, 0)):
        assert fail(runtime, ServiceUnavailable("later"), attempt) == 503
        assert results(capsys)["ERROR", "incident"] == alerts


def test_a_busy_claim_is_no_incident(capsys: pytest.CaptureFixture[str]) -> None:
    """Two deliveries met: that is how it is meant to be."""
    clock = ManualClock(NIGHT)
    assert fail(instance(clock, MemoryStorage(clock)), ClaimBusyError("held"), 9) == 503
    assert results(capsys) == {("WARNING", "retry"): 1}


@pytest.mark.parametrize(
    ("error", "status"), [(Forbidden("denied"), 500), (ServiceUnavailable("down"), 503)]
)
def test_d3_an_unreachable_state_store_is_critical_and_never_an_empty_200(
    capsys: pytest.CaptureFixture[str], error: Exception, status: int
) -> None:
    """Access denied or down: never acknowledged, logged at once, once an hour an instance."""
    storage = DeadStorage(error)
    clock = ManualClock(NIGHT)
    runtime = instance(clock, storage)

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        runtime.storage.create(runtime.settings.state_bucket, "claims/x/lease", b"")
        return {}

    for _ in range(3):
        assert respond(runtime, {}, push(), Route(FUNCTION, Tick, handle))[1] == status
    assert results(capsys) == {
        ("WARNING", "retry"): 3,
        ("CRITICAL", "state store unreachable"): 1,
    }
    assert storage.asked == 4


def test_what_an_instance_remembers_is_bounded() -> None:
    """An instance that lives for months does not grow, and the error of this hour stays known."""
    clock = ManualClock(NIGHT)
    runtime = instance(clock, MemoryStorage(clock))
    held: list[int] = []
    for number in range(2500):
        clock.move(NIGHT + number * timedelta(hours=1))
        report(runtime, FUNCTION, LookupError("x"))
        held.append(len(runtime.logged))
    assert max(held) == 1000
    assert held[:1002] == [*range(1, 1001), 1, 2]


def test_what_an_instance_has_logged_it_asks_no_bucket_about() -> None:
    """Every delivery fails while a bug lasts: one look an hour and error is enough."""
    clock = ManualClock(NIGHT)
    storage = DeadStorage(Forbidden("no"))
    runtime = instance(clock, storage)
    for error in (LookupError("x"), KeyError("x"), LookupError("y")):
        report(runtime, FUNCTION, error)
    assert (storage.asked, len(runtime.logged)) == (2, 2)


def test_what_another_instance_has_logged_is_remembered_as_well() -> None:
    """An instance that finds the mark of this hour asks the bucket no second time."""
    clock = ManualClock(NIGHT)
    storage = MemoryStorage(clock)
    first, second = instance(clock, storage), instance(clock, storage)
    for runtime in (first, second):
        report(runtime, FUNCTION, LookupError("x"))
    assert (len(first.logged), first.logged) == (1, second.logged)
