"""What only the in-memory ports do; the tests of each port check their contracts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from common.cloud.ports import StoredObject
from common.errors import ConflictError
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import MemoryPublisher, Published

NOON = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)


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
    ids = [publisher.publish("a", body, {"x": "1"}), publisher.publish("b", {}, {})]
    assert [message.message_id for message in publisher.published] == ids
    assert [message.topic for message in seen] == ["a", "b"]
    assert seen[0].body == {"schema": "tick", "games": ["1", "2"]}
    assert seen[0].attributes == {"x": "1"}
