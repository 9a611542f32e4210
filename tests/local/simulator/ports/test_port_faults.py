"""What goes wrong in a port: which call a fault is of, and what the caller and the port get."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions as google

from common.errors import ConflictError
from local.simulator.chance import Chance
from local.simulator.fault_spec import Faults, Outage, Rate
from local.simulator.ports.intercepted import Call, Crash
from local.simulator.ports.late_warehouse import LateWarehouse
from local.simulator.ports.port_faults import ERRORS, PortFaults, identity, point_of
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
SWEEPS = "cleanup_operations"
ROW = {"cleanup_time": NOON, "cleanup_id": "c"}
WRITE, READ = Call("create", ("state", "claims/x/lease", b"")), Call("read", ("state", "a"))


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock at noon, Eastern time."""
    return ManualClock(NOON)


@pytest.fixture
def late(clock: ManualClock) -> LateWarehouse:
    """Return a warehouse in which rows may be late."""
    return LateWarehouse(clock.now)


def faulty(clock: ManualClock, late: LateWarehouse, **given: Any) -> tuple[PortFaults, Chance]:
    """Begin a delivery with some faults."""
    chance = Chance(0)
    made = PortFaults(Faults(**given), chance, clock, late)
    made.begin("scraper_runner 1 try 1")
    return made, chance


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"decision_id": "d", "slot": "1"}, "d"),
        ({"execution": {"decision_id": "d", "task_id": "t"}}, "t"),
        ({"metadata": {"task_id": "t"}, "execution": {"task_id": "other"}}, "t"),
        ({"slot": "2", "kind": "tick"}, '{"kind": "tick", "slot": "2"}'),
    ],
)
def test_a_message_is_identified_by_its_task_or_decision(body: dict[str, Any], name: str) -> None:
    """Else by all of it; instants beside an id do not count."""
    assert identity(body) == name


def state(method: str, name: str) -> Call:
    """Return a call about an object of the state."""
    return Call(method, ("state", name))


@pytest.mark.parametrize(
    ("call", "point"),
    [
        (Call("publish", ("scraper-requests", {}, {})), "message to scraper-requests"),
        (Call("publish_all", ("scraper-requests", [])), "message to scraper-requests"),
        (Call("append", (SWEEPS, [])), f"rows of {SWEEPS}"),
        (Call("select", (SWEEPS, [])), f"rows of {SWEEPS}"),
        (Call("has_begun", (SWEEPS,)), f"rows of {SWEEPS}"),
        (state("create", "claims/x/lease"), "claim"),
        (state("read", "claims/x/lease"), "read claim"),
        (state("create", "claims/x/done"), "done"),
        (state("create", "claims/x/given-up"), "given up"),
        (state("create", "tasks/x/note.json"), "note"),
        (state("create", "tasks/x/version.json"), "version"),
        (state("replace", "switches/x.json"), "switch"),
        (state("create", "decided/x.json"), "decided batch"),
        (state("create", "executions/x/manifest.json"), "manifest"),
        (state("create", "executions/x/tasks.json"), "tasks"),
        (state("list", "executions/x/"), "list result"),
        (state("replace", "cleanup/cursor.json"), "cursor"),
        (state("create", "cleanup/x/quarantined"), "quarantine"),
        (state("create", "cleanup/x"), "try"),
        (state("create", "alerts/x"), "alert"),
        (state("replace", "incidents/told.json"), "told"),
        (state("stat", "odds/2025-11-12/x.json"), "stat object"),
        (state("create", "odds/2025-11-12/x.json"), "object"),
        (Call("folders", ("data",)), "folders object"),
    ],
)
def test_a_call_is_a_point_of_its_function(call: Call, point: str) -> None:
    """Named as docs/simulator.md does; a read is told apart from a write of the same object."""
    assert point_of(call) == point


@pytest.mark.parametrize(
    ("service", "kind", "error", "is_done"),
    [
        ("storage", "429", google.TooManyRequests, False),
        ("storage", "500", google.InternalServerError, False),
        ("storage", "503", google.ServiceUnavailable, False),
        ("bigquery", "quota", google.Forbidden, False),
        ("pubsub", "timeout", TimeoutError, False),
        ("pubsub", "lost", ConnectionError, True),
        ("storage", "conflict", ConflictError, True),
    ],
)
def test_a_write_fails_as_its_kind_does(
    clock: ManualClock,
    late: LateWarehouse,
    service: str,
    kind: str,
    error: type[Exception],
    *,
    is_done: bool,
) -> None:
    """Two kinds come although the call was carried out, and these happen to writes alone."""
    faults, chance = faulty(clock, late, **{service: (Rate(1, (kind,)),)})
    done: list[int] = []
    with pytest.raises(error) as caught:
        faults.around(service, WRITE, lambda: done.append(1))
    assert bool(done) is is_done
    assert [(one.kind, one.point, one.instant) for one in chance.fired] == [
        (f"{service} {kind}", "scraper_runner claim", NOON)
    ]
    if kind == "quota":
        assert caught.value.errors == [{"reason": "quotaExceeded"}]
    for other in {"storage", "bigquery", "pubsub"} - {service}:
        assert faults.around(other, WRITE, lambda: 5) == 5
    if is_done:
        assert faults.around(service, READ, lambda: 5) == 5
    else:
        with pytest.raises(error):
            faults.around(service, READ, lambda: 5)


def test_each_error_says_what_it_stands_for() -> None:
    """No two kinds are told in the same words."""
    assert {kind: str(make()) for kind, make in ERRORS.items()} == {
        "429": "429 slow down",
        "500": "500 an error of theirs",
        "503": "503 overloaded",
        "quota": "403 too much",
        "timeout": "no answer",
        "lost": "the connection broke before the answer came",
        "conflict": "it exists already: an earlier try of this call wrote it",
    }


def test_a_slow_call_is_carried_out_after_a_while(clock: ManualClock, late: LateWarehouse) -> None:
    """Three quarters of a minute, which a claim outlives."""
    faults, _ = faulty(clock, late, storage=(Rate(1, ("slow",)),))
    assert faults.around("storage", READ, clock.now) == NOON + timedelta(seconds=45)


def visible(late: LateWarehouse, columns: tuple[str, ...] = ("status",)) -> list[dict[str, Any]]:
    """Read the sweeps of the day."""
    return [*map(dict, late.select(SWEEPS, columns, since=NOON - HOUR, until=NOON + 24 * HOUR))]


def test_rows_of_a_late_write_are_visible_after_five_minutes(
    clock: ManualClock, late: LateWarehouse
) -> None:
    """All of that write and no others; a read has the columns that it asked for."""
    late.append(SWEEPS, [{**ROW, "status": "BEFORE"}], job_key="0")
    faults, _ = faulty(clock, late, bigquery=(Rate(1, ("late",)),))
    rows = [{**ROW, "cleanup_id": name, "status": name} for name in ("x", "y")]
    call = Call("append", (SWEEPS, rows), {"job_key": "1"})
    faults.around("bigquery", call, lambda: late.append(SWEEPS, rows, job_key="1"))
    late.append(SWEEPS, [{**ROW, "cleanup_id": "z", "status": "AFTER"}], job_key="2")
    assert visible(late) == [{"status": "BEFORE"}, {"status": "AFTER"}]
    clock.sleep(299)
    assert visible(late) == [{"status": "BEFORE"}, {"status": "AFTER"}]
    clock.sleep(1)
    assert [row["status"] for row in visible(late)] == ["BEFORE", "x", "y", "AFTER"]
    assert visible(late, ("cleanup_id",))[0] == {"cleanup_id": "c"}


@pytest.mark.parametrize(("hours", "is_down"), [(-1, False), (0, True), (1, False)])
def test_a_service_that_is_down_carries_nothing_out(
    clock: ManualClock, late: LateWarehouse, hours: int, *, is_down: bool
) -> None:
    """From the outage's start to before its end, and the other services not at all."""
    outages = tuple(Outage(name, NOON, NOON + HOUR) for name in ("bigquery", "pubsub"))
    faults, _ = faulty(clock, late, outages=outages)
    clock.set(NOON + hours * HOUR)
    assert faults.around("storage", WRITE, lambda: 5) == 5
    if is_down:
        with pytest.raises(google.ServiceUnavailable, match="pubsub is down"):
            faults.around("pubsub", READ, lambda: 5)
    else:
        assert faults.around("pubsub", READ, lambda: 5) == 5


def test_a_process_that_died_does_nothing_more(clock: ManualClock, late: LateWarehouse) -> None:
    """It dies before or after a write, never at a read; the next delivery's process lives."""
    faults, chance = faulty(clock, late, crash=1)
    done: list[str] = []
    assert faults.around("storage", READ, lambda: 5) == 5
    with pytest.raises(Crash):
        faults.around("storage", WRITE, lambda: done.append("write"))
    with pytest.raises(Crash):
        faults.around("storage", READ, lambda: done.append("read"))
    assert done == []
    faults.begin("scraper_runner 1 try 2")
    assert faults.around("storage", READ, lambda: 5) == 5
    assert [(one.kind, one.point) for one in chance.fired] == [
        ("crash", "scraper_runner before claim")
    ]


def test_calls_of_one_delivery_are_told_apart(clock: ManualClock, late: LateWarehouse) -> None:
    """By what they write and by their number, and likewise in every history."""
    faults, chance = faulty(clock, late, pubsub=(Rate(1, ("slow",)),))
    message = ({"task_id": "t"}, {})
    for call in (
        Call("publish", ("a", *message)),
        Call("publish", ("a", *message)),
        Call("publish_all", ("a", [message, ({"decision_id": "d"}, {})])),
        Call("append", (SWEEPS, [ROW, {**ROW, "cleanup_id": "d"}])),
        Call("append", (SWEEPS, [])),
        Call("has_begun", (SWEEPS,)),
        Call("read", ("state", "a")),
        Call("create", ("state", "x" * 300)),
    ):
        faults.around("pubsub", call, lambda: None)
    begun = "scraper_runner 1 try 1"
    assert [one.about for one in chance.fired] == [
        f"{begun} publish a t #1",
        f"{begun} publish a t #2",
        f"{begun} publish_all a t d #1",
        f"{begun} append {SWEEPS} c #1",
        f"{begun} append {SWEEPS}  #1",
        f"{begun} has_begun {SWEEPS}  #1",
        f"{begun} read state a #1",
        f"{begun} create state {'x' * 187} #1",
    ]
    faults.begin(begun)
    faults.around("pubsub", Call("publish", ("a", *message)), lambda: None)
    assert chance.fired[-1].about == f"{begun} publish a t #1"
