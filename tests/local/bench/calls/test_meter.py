"""The meter counts remote calls that follow one another; those at once count as one."""

import http.client
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from common.cloud.ports import Storage, StoredObject, Warehouse
from common.cloud.storage import GoogleStorage
from common.errors import ConflictError
from common.runtime import THREADS_MAX
from local.bench.calls.meter import Meter, MeteredThreads
from local.simulator.world import World
from local.stack.gcs import create_buckets, start_gcs
from tests.kit.state import NOON
from tests.kit.world import new_world, tick

BUCKET = "state"
TABLE = "cleanup_operations"
ROW = {"cleanup_time": NOON, "cleanup_id": "x", "status": "OK"}


@pytest.fixture
def world() -> World:
    """Make a world of real games, just before a slot in which two workflows run."""
    return new_world()


@pytest.fixture
def meter(world: World) -> Meter:
    """Meter that world."""
    return Meter(world)


@pytest.fixture
def storage(world: World, meter: Meter) -> Storage:
    """Return the metered storage in memory."""
    assert meter.path.calls == 0
    return world.runtime.storage


def test_calls_one_after_another_add_up(storage: Storage, meter: Meter) -> None:
    """A write is one call, and so is a read, also of an absent object."""
    storage.create(BUCKET, "a", b"1")
    assert meter.path.calls == 1
    storage.read(BUCKET, "a")
    assert meter.path.calls == 2
    storage.read(BUCKET, "b")
    assert meter.path.kinds == {"storage": 3}


def test_calls_at_once_count_as_one(storage: Storage, meter: Meter) -> None:
    """Calls that are submitted together last as long as one; what follows comes after them."""
    threads = MeteredThreads(meter)
    waited = [threads.submit(storage.stat, BUCKET, f"{number}") for number in range(THREADS_MAX)]
    assert meter.path.calls == 0
    assert [each.result() for each in waited] == [None] * THREADS_MAX
    assert meter.path.calls == 1
    storage.stat(BUCKET, "after")
    assert meter.path.calls == 2


def test_more_calls_than_threads_come_one_after_another(storage: Storage, meter: Meter) -> None:
    """The ninth call of eight threads begins when the first has ended."""
    calls = [f"{number}" for number in range(2 * THREADS_MAX + 1)]
    assert len([*MeteredThreads(meter).map(partial(storage.stat, BUCKET), calls)]) == len(calls)
    assert meter.path.calls == 3


def test_the_longest_of_what_is_waited_for_counts(storage: Storage, meter: Meter) -> None:
    """Work of one call beside work of three, within which two calls meet as well."""

    def three() -> None:
        inner = threads.map(partial(storage.stat, BUCKET), ["a", "b"])
        assert [*inner] == [None, None]
        storage.stat(BUCKET, "c")
        storage.stat(BUCKET, "d")

    threads = MeteredThreads(meter)
    short, long = threads.submit(storage.stat, BUCKET, "x"), threads.submit(three)
    short.result()
    assert meter.path.calls == 1
    long.result()
    assert meter.path.calls == 3


def test_what_is_done_meanwhile_is_not_added(storage: Storage, meter: Meter) -> None:
    """The submitter's own calls run beside the submitted one; the later end counts."""
    waited = MeteredThreads(meter).submit(storage.stat, BUCKET, "x")
    for name in "abc":
        storage.stat(BUCKET, name)
    waited.result()
    assert meter.path.calls == 3


def test_an_error_comes_to_the_one_who_waits(storage: Storage, meter: Meter) -> None:
    """A refused call took its time, too."""
    storage.create(BUCKET, "a", b"1")
    waited = MeteredThreads(meter).submit(storage.create, BUCKET, "a", b"2")
    with pytest.raises(ConflictError):
        waited.result()
    assert meter.path.calls == 2
    assert isinstance(waited.exception(), ConflictError)


def test_who_asks_whether_work_failed_waits_for_it_too(storage: Storage, meter: Meter) -> None:
    """An answer takes as long as an error does."""
    waited = MeteredThreads(meter).submit(storage.stat, BUCKET, "a")
    assert meter.path.calls == 0
    assert waited.exception() is None
    assert meter.path.calls == 1


@pytest.mark.parametrize(
    ("call", "kinds"),
    [
        (lambda held: held.append(TABLE, [ROW], job_key="1"), {"insert": 1}),
        (
            lambda held: held.append(TABLE, [ROW], job_key="1", look_first=True),
            {"query": 1, "insert": 1},
        ),
        (lambda held: held.select(TABLE, ["status"], since=NOON, until=NOON), {"query": 1}),
        (lambda held: held.view("incidents", ["rule"]), {"query": 1}),
    ],
    ids=["append", "append after a look", "select", "view"],
)
def test_a_job_is_one_call_and_the_look_before_it_another(
    world: World, meter: Meter, call: Callable[[Warehouse], object], kinds: dict[str, int]
) -> None:
    """However often a job is looked at; a takeover looks whether its row is there."""
    call(world.runtime.warehouse)
    assert meter.path.kinds == kinds


def test_a_function_begins_where_its_message_was_sent(world: World, meter: Meter) -> None:
    """The executor's way is the controller's up to its RUN; a tick begins anew."""
    tick(world, "tick-master-controller")
    world.settle()
    by_function = {effect.function: effect for effect in meter.effects}
    assert by_function["master_controller"].begun.calls == 0
    executor = by_function["workflow_executor"]
    assert executor.begun.calls >= 3
    assert executor.begun.kinds["push"] == 2
    assert executor.begun.length == executor.begun.calls  # a push is no call, and weighs nothing
    stored = [each.done for each in meter.effects if isinstance(each.done, StoredObject)]
    assert {"executions", "claims"} <= {each.name.split("/")[0] for each in stored}
    assert executor.path.calls > executor.begun.calls
    assert executor.trigger == by_function["master_controller"].trigger


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the HTTP requests that this process makes."""
    asked: list[str] = []
    put = http.client.HTTPConnection.putrequest

    def count_it(
        self: http.client.HTTPConnection, method: str, *args: object, **named: object
    ) -> None:
        asked.append(method)
        put(self, method, *args, **named)  # type: ignore[arg-type] # handed on as they came

    monkeypatch.setattr(http.client.HTTPConnection, "putrequest", count_it)
    return asked


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one fake-gcs-server with one bucket."""
    running = start_gcs("p", tmp_path_factory.mktemp("gcs") / "gcs.log")
    create_buckets(running.endpoint, "p", [BUCKET])
    yield running.endpoint
    running.stop()


CALLS: dict[str, Callable[[Storage], object]] = {
    "create": lambda storage: storage.create(BUCKET, "new", b"{}", metadata={"a": "b"}),
    "read": lambda storage: storage.read(BUCKET, "held"),
    "read of nothing": lambda storage: storage.read(BUCKET, "none"),
    "stat": lambda storage: storage.stat(BUCKET, "held"),
    "list": lambda storage: [*storage.list(BUCKET, "h")],
    "folders": lambda storage: storage.folders(BUCKET),
}


@pytest.mark.stack
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_meter_counts_what_googles_client_requests(
    storage: Storage,
    meter: Meter,
    endpoint: str,
    requests: list[str],
    call: Callable[[Storage], object],
) -> None:
    """Each call of the storage port makes as many HTTP requests as it is counted for."""
    google = GoogleStorage("p", endpoint)
    for each in (google, storage):
        if each.stat(BUCKET, "held") is None:
            each.create(BUCKET, "held", b"{}")
    requests.clear()
    before = meter.path.calls
    call(google)
    call(storage)
    assert len(requests) == meter.path.calls - before > 0
