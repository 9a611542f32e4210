"""What only the in-memory ports do; the tests of each port check their contracts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from common.cloud.ports import StoredObject
from common.errors import BadInputError, ConfigError, ConflictError
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import MemoryPublisher, Published

NOON = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)
SWEEPS = "cleanup_operations"


class HandClock:
    """A clock that moves only when it sleeps."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        """Where it stands."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.time += timedelta(seconds=seconds)


def test_objects_and_messages_carry_the_given_time() -> None:
    """Creation and publish times come from the clock that is passed in."""
    clock = HandClock()
    storage, publisher = MemoryStorage(clock), MemoryPublisher(clock)
    clock.sleep(60)
    assert storage.create("any", "x", b"").created == NOON + timedelta(minutes=1)
    publisher.publish("t", {}, {})
    assert publisher.published[0].publish_time == NOON + timedelta(minutes=1)


def test_a_listener_is_called_once_for_each_write() -> None:
    """It gets each finalized object once it can be read, and nothing of a refused write."""
    seen: list[tuple[StoredObject, bytes]] = []
    storage = MemoryStorage(HandClock())

    def note(made: StoredObject) -> None:
        held = storage.read(made.bucket, made.name)
        assert held is not None
        assert held[1] == made.generation
        seen.append((made, held[0]))

    storage.listeners.append(note)
    first = storage.create("any", "x", b"1")
    with pytest.raises(ConflictError):
        storage.create("any", "x", b"2")
    second = storage.replace("any", "x", b"3", generation=first.generation)
    assert seen == [(first, b"1"), (second, b"3")]


def test_x4_of_many_threads_one_creates() -> None:
    """Of many threads that create an object one succeeds: this is the lock."""
    storage = MemoryStorage(HandClock())

    def attempt(number: int) -> bool:
        try:
            storage.create("any", "claim", str(number).encode())
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(64))) == 1


def test_r6_one_job_key_writes_once() -> None:
    """A repeated job key writes nothing, even with other values in the row."""
    warehouse = MemoryWarehouse()
    row = {"cleanup_time": NOON, "cleanup_id": "c"}
    warehouse.append("cleanup_operations", [row], job_key="k")
    warehouse.append("cleanup_operations", [{**row, "files_checked": 1}], job_key="k")
    assert [held["files_checked"] for held in warehouse.rows["cleanup_operations"]] == [None]


def test_what_is_read_can_be_changed_freely() -> None:
    """Changing a list that was read leaves the table unchanged."""
    warehouse = MemoryWarehouse()
    row = {"cleanup_time": NOON, "cleanup_id": "c", "republished": ["a"]}
    warehouse.append("cleanup_operations", [row], job_key="k")
    for _ in range(2):
        found = warehouse.select(
            "cleanup_operations", ["republished"], since=NOON, until=NOON + timedelta(hours=1)
        )
        assert found == [{"republished": ["a"]}]
        found[0]["republished"].append("b")


def test_published_messages_are_kept_in_order() -> None:
    """Each message is kept as the wire would carry it, and passed to the listeners."""
    seen: list[Published] = []
    publisher = MemoryPublisher(HandClock())
    publisher.listeners.append(seen.append)
    body = {"schema": "tick", "games": ("1", "2")}
    attributes = {"x": "1"}
    ids = [publisher.publish("a", body, attributes), publisher.publish("b", {}, {})]
    attributes["x"] = "changed later"
    assert [message.message_id for message in publisher.published] == ids
    assert [message.topic for message in seen] == ["a", "b"]
    assert seen[0].body == {"schema": "tick", "games": ["1", "2"]}
    assert seen[0].attributes == {"x": "1"}


@pytest.mark.parametrize(
    ("buckets", "known"), [(None, True), ([], False), (["a"], False), (["a", "any"], True)]
)
def test_only_a_bucket_that_exists_is_used(buckets: list[str] | None, *, known: bool) -> None:
    """Any name is one where none is given; a deployment without buckets has none."""
    storage = MemoryStorage(HandClock(), buckets)
    uses: list[Callable[[], object]] = [
        lambda: storage.create("any", "x", b""),
        lambda: storage.read("any", "x"),
        lambda: storage.stat("any", "x"),
        lambda: list(storage.list("any", "")),
        lambda: storage.folders("any"),
    ]
    for use in uses:
        if known:
            use()
        else:
            with pytest.raises(ConfigError, match="bucket 'any' does not exist"):
                use()


def test_a_restored_object_is_the_same_in_a_new_generation() -> None:
    """Bytes and description stay; its time is the present, and it is finalized once more."""
    clock = HandClock()
    storage, seen = MemoryStorage(clock), list[StoredObject]()
    told = {"content_type": "x/y", "metadata": {"k": "v"}, "custom_time": NOON}
    first = storage.create("any", "x", b"1", **told)  # type: ignore[arg-type] # a row of values
    storage.listeners.append(seen.append)
    clock.sleep(60)
    made = storage.restore("any", "x")
    when = NOON + timedelta(minutes=1)
    assert made == replace(first, generation=made.generation, created=when)
    assert made.generation > first.generation
    assert storage.read("any", "x") == (b"1", made.generation)
    assert seen == [made]


def test_an_object_of_the_most_bytes_is_read() -> None:
    """One more is refused, whatever is behind it."""
    storage = MemoryStorage(HandClock())
    storage.create("any", "x", b"123")
    assert storage.read("any", "x", max_bytes=3) == (b"123", 1)
    with pytest.raises(BadInputError, match="more than 2 bytes"):
        storage.read("any", "x", max_bytes=2)


def test_what_is_as_old_as_the_age_stays() -> None:
    """Only what was written before it is deleted, or loses its bytes."""
    clock = HandClock()
    storage = MemoryStorage(clock)
    for name in ("a/old", "a/as old", "a/young"):
        storage.create("any", name, b"1")
        clock.sleep(60)
    age = NOON + timedelta(minutes=1)
    storage.empty_before("any", age)
    assert storage.read("any", "a/as old") == (b"1", 2)
    with pytest.raises(RuntimeError, match="bytes were dropped"):
        storage.read("any", "a/old")
    storage.delete_before("any", age, ("b/",))
    storage.delete_before("any", age, ("b/", "a/"))
    assert [held.name for held in storage.list("any", "")] == ["a/as old", "a/young"]


def sweep(number: int, hours: float = 0) -> dict[str, object]:
    """Return the row of a sweep."""
    return {"cleanup_time": NOON + timedelta(hours=hours), "cleanup_id": f"{number}"}


def ids(warehouse: MemoryWarehouse, hours: float = 24) -> list[object]:
    """Read the ids of the sweeps from noon on."""
    span = {"since": NOON, "until": NOON + timedelta(hours=hours)}
    return [row["cleanup_id"] for row in warehouse.select(SWEEPS, ["cleanup_id"], **span)]


def test_a_row_of_another_system_is_read_after_those_that_are_there() -> None:
    """It is no row of ours, so that no rule is asked of it."""
    warehouse = MemoryWarehouse()
    warehouse.append(SWEEPS, [sweep(1)], job_key="k")
    for number in (2, 3):
        warehouse.adopt(SWEEPS, sweep(number))
    warehouse.append(SWEEPS, [sweep(4)], job_key="l")
    assert ids(warehouse) == ["1", "2", "3", "4"]
    assert [row["cleanup_id"] for row in warehouse.rows[SWEEPS]] == ["1", "4"]


def test_a_read_has_its_first_instant_and_not_its_last() -> None:
    """On whichever day the rows lie."""
    warehouse = MemoryWarehouse()
    rows = [sweep(0, -0.1), sweep(1), sweep(2, 24), sweep(3, 47.9), sweep(4, 48)]
    warehouse.append(SWEEPS, rows, job_key="k")
    assert ids(warehouse, 48) == ["1", "2", "3"]


def test_a_job_is_begun_once_its_rows_are_there() -> None:
    """Of its own table; rows that are there already are left out where that is asked for."""
    warehouse = MemoryWarehouse()
    assert not warehouse.has_begun(SWEEPS, job_key="k")
    warehouse.append(SWEEPS, [sweep(1)], job_key="k")
    assert warehouse.has_begun(SWEEPS, job_key="k")
    assert not warehouse.has_begun("workflow_decisions", job_key="k")
    warehouse.append(SWEEPS, [sweep(1), sweep(2)], job_key="l", look_first=True)
    warehouse.append(SWEEPS, [sweep(1)], job_key="m", look_first=True)
    assert ids(warehouse) == ["1", "2"]
    assert not warehouse.has_begun(SWEEPS, job_key="m")


def test_messages_of_one_call_are_published_together() -> None:
    """Each is told to every listener, in order, once all are kept; one refused refuses all."""
    clock, seen = HandClock(), list[str]()
    publisher = MemoryPublisher(clock)
    publisher.publish("t", {"n": 0}, {})
    for name in "ab":
        publisher.listeners.append(
            lambda message, name=name: seen.append(
                f"{name}{message.message_id} of {len(publisher.published)}"
            )
        )
    clock.sleep(60)
    assert publisher.publish_all("t", [({"n": 1}, {}), ({"n": 2}, {"k": "v"})]) == ["2", "3"]
    assert seen == ["a2 of 3", "b2 of 3", "a3 of 3", "b3 of 3"]
    assert [each.publish_time - NOON for each in publisher.published] == [
        timedelta(minutes=minutes) for minutes in (0, 1, 1)
    ]
    with pytest.raises(BadInputError):
        publisher.publish_all("t", [({}, {}), ({}, {"k": "v" * 1025})])
    assert len(publisher.published) == 3


def test_a_plan_is_read_by_its_dates() -> None:
    """A span of instants reads each Eastern date that it touches."""
    warehouse, name = MemoryWarehouse(), "daily_expected_schedule"
    days = [date(2025, 11, day) for day in (11, 12, 13, 14)]
    rows = [{"plan_id": f"{day}", "date": day} for day in days]
    warehouse.append(name, rows, job_key="k")
    found = warehouse.select(name, ["date"], since=NOON, until=NOON + timedelta(days=1))
    assert [row["date"] for row in found] == days[1:3]


def test_an_object_is_as_old_as_its_last_write() -> None:
    """One that was replaced is no longer before those that were created after it."""
    clock = HandClock()
    storage = MemoryStorage(clock)
    first = storage.create("any", "x", b"1")
    clock.sleep(60)
    storage.create("any", "y", b"2")
    clock.sleep(60)
    storage.replace("any", "x", b"3", generation=first.generation)
    storage.empty_before("any", NOON + timedelta(seconds=90))
    held = storage.read("any", "x")
    assert held is not None
    assert held[0] == b"3"
    with pytest.raises(RuntimeError, match="too old"):
        storage.read("any", "y")
