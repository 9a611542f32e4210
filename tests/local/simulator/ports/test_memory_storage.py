"""What the storage in memory holds of an object, and what its listings have."""

from datetime import UTC, datetime, timedelta
from inspect import signature

import pytest

from common.cloud.ports import Publisher, Storage, StoredObject, Warehouse
from common.eastern import EASTERN
from common.errors import ConflictError
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)


@pytest.fixture
def storage() -> MemoryStorage:
    """Return an empty storage at noon."""
    return MemoryStorage(ManualClock(NOON))


@pytest.mark.parametrize(
    ("port", "memory"),
    [(Storage, MemoryStorage), (Warehouse, MemoryWarehouse), (Publisher, MemoryPublisher)],
)
def test_the_defaults_in_memory_are_those_of_the_port(port: type, memory: type) -> None:
    """Each parameter that may be left out has the value that the port documents."""
    methods = [name for name in vars(port) if not name.startswith("_")]
    assert methods

    def defaults(kind: type) -> dict[str, list[object]]:
        found = {name: signature(getattr(kind, name)).parameters for name in methods}
        return {name: [one.default for one in each.values()] for name, each in found.items()}

    assert defaults(memory) == defaults(port)


def test_an_object_has_all_that_was_given(storage: MemoryStorage) -> None:
    """Its times are in UTC; its metadata are its own; what is left out has its default."""
    given = {"k": "v"}
    when = NOON.astimezone(EASTERN)
    made = storage.create("b", "x", b"123", content_type="x/y", metadata=given, custom_time=when)
    given["k"] = "another"
    assert made == StoredObject("b", "x", 1, 3, "x/y", {"k": "v"}, NOON, NOON)
    assert made.custom_time
    assert made.custom_time.tzinfo is UTC
    plain = storage.create("b", "y", b"")
    assert plain == StoredObject("b", "y", 2, 0, "application/json", {}, NOON, None)
    assert storage.replace("b", "y", b"12", generation=2) == StoredObject(
        "b", "y", 3, 2, created=NOON + timedelta(seconds=1)
    )
    assert storage.stat("b", "x") == made


def test_a_refused_write_names_both_generations(storage: MemoryStorage) -> None:
    """The one that is there comes first; nothing is 0."""
    storage.create("b", "w", b"")
    storage.create("b", "x", b"")
    with pytest.raises(ConflictError, match=r"^gs://b/x is at generation 2, not 0$"):
        storage.create("b", "x", b"")
    with pytest.raises(ConflictError, match=r"^gs://b/x is at generation 2, not 1$"):
        storage.replace("b", "x", b"", generation=1)
    with pytest.raises(ConflictError, match=r"^gs://b/y is at generation 0, not 3$"):
        storage.replace("b", "y", b"", generation=3)


def test_a_deleted_object_is_gone(storage: MemoryStorage) -> None:
    """It is read, described and listed no more, and may be created anew."""
    storage.create("b", "x", b"")
    storage.delete("b", "x")
    assert (storage.read("b", "x"), storage.stat("b", "x")) == (None, None)
    assert [*storage.list("b", "")] == []
    assert storage.create("b", "x", b"").generation == 2


def test_only_what_is_named_so_is_deleted_by_age(storage: MemoryStorage) -> None:
    """Of what is old enough, the objects with one of the prefixes."""
    for name in ("a/1", "b/1", "c/1", "ab"):
        storage.create("b", name, b"")
    storage.delete_before("b", NOON + timedelta(hours=1), ("a/", "c/"))
    assert [each.name for each in storage.list("b", "")] == ["ab", "b/1"]


def test_what_is_corrupted_changes_its_bytes_alone(storage: MemoryStorage) -> None:
    """Nobody is told; its description stays as it was."""
    made = storage.create("b", "x", b"1", metadata={"k": "v"})
    told: list[StoredObject] = []
    storage.listeners.append(told.append)
    storage.corrupt("b", "x", b"other")
    assert storage.read("b", "x") == (b"other", made.generation)
    assert storage.stat("b", "x") == made == next(storage.list("b", ""))
    assert told == []


@pytest.mark.parametrize(
    ("prefix", "bounds", "found"),
    [
        ("", {}, "a/1 a/2 a/3 b/1"),
        ("a/", {}, "a/1 a/2 a/3"),
        ("a/", {"start": "a/2"}, "a/2 a/3"),
        ("a/", {"end": "a/3"}, "a/1 a/2"),
        ("a/", {"start": "a/2", "end": "a/3"}, "a/2"),
        ("", {"limit": 2}, "a/1 a/2"),
        ("", {"start": "a/3", "limit": 2}, "a/3 b/1"),
        ("", {"limit": 0}, ""),
        ("c/", {}, ""),
    ],
)
def test_a_listing_has_its_prefix_bounds_and_limit(
    storage: MemoryStorage, prefix: str, bounds: dict[str, object], found: str
) -> None:
    """Of one bucket, in the order of the names."""
    for name in ("b/1", "a/3", "a/1", "a/2"):
        storage.create("b", name, b"")
    storage.create("another", "a/4", b"")
    listed = storage.list("b", prefix, **bounds)  # type: ignore[arg-type] # a row of values
    assert " ".join(each.name for each in listed) == found


def test_folders_are_those_below_a_prefix(storage: MemoryStorage) -> None:
    """Without one they are those at the top."""
    for name in ("a/x/1", "a/y/1", "b/1", "c"):
        storage.create("b", name, b"")
    assert [*storage.folders("b")] == ["a/", "b/"]
    assert [*storage.folders("b", "a/")] == ["x/", "y/"]
    assert [*storage.folders("another", "a/")] == []
