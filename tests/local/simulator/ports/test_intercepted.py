"""The proxy in front of a port."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

CLOCK = ManualClock(datetime(2025, 11, 12, 17, tzinfo=UTC))
ROW = {"cleanup_time": CLOCK.now(), "cleanup_id": "c"}


def test_a_call_is_described_and_carried_out() -> None:
    """The function sees method, arguments and subject, and the caller gets the port's answer."""
    seen: list[Call] = []

    def note(call: Call, do: Do) -> Any:
        seen.append(call)
        return do()

    held = MemoryStorage(CLOCK)
    storage = intercepted(held, note)
    made = storage.create("state", "a/b", b"1", metadata={"x": "1"})
    assert made == held.stat("state", "a/b")
    assert made.metadata == {"x": "1"}
    assert storage.read("state", "a/b") == held.read("state", "a/b") == (b"1", made.generation)
    assert seen == [
        Call("create", ("state", "a/b", b"1"), {"metadata": {"x": "1"}}),
        Call("read", ("state", "a/b")),
    ]
    assert [(call.subject, call.writes) for call in seen] == [("a/b", True), ("a/b", False)]


@pytest.mark.parametrize(
    ("call", "subject", "writes"),
    [
        (Call("folders", ("data",)), "", False),
        (Call("folders", ("data", "a/")), "a/", False),
        (Call("list", ("data", "a/")), "a/", False),
        (Call("read", ("data", "a")), "a", False),
        (Call("stat", ("data", "a")), "a", False),
        (Call("create", ("data", "a", b"")), "a", True),
        (Call("replace", ("data", "a", b"")), "a", True),
        (Call("append", ("workflow_decisions", [])), "workflow_decisions", True),
        (Call("select", ("workflow_decisions", [])), "workflow_decisions", False),
        (Call("has_begun", ("workflow_decisions",)), "workflow_decisions", False),
        (Call("view", ("freshness", [])), "freshness", False),
        (Call("publish", ("dead-letters", {}, {})), "dead-letters", True),
        (Call("publish_all", ("dead-letters", [])), "dead-letters", True),
    ],
)
def test_a_call_has_a_subject(call: Call, subject: str, *, writes: bool) -> None:
    """The subject is an object's name or prefix, or else a table or topic."""
    assert (call.subject, call.writes) == (subject, writes)


def test_a_call_that_is_not_carried_out_changes_nothing() -> None:
    """The function may raise or answer in place of the port."""

    def refuse(call: Call, do: Do) -> Any:
        if call.writes:
            raise ConnectionError("no")
        return "in place"

    warehouse = MemoryWarehouse()
    with pytest.raises(ConnectionError):
        intercepted(warehouse, refuse).append("cleanup_operations", [ROW], job_key="1")
    assert warehouse.rows["cleanup_operations"] == []
    publisher = MemoryPublisher(CLOCK)
    with pytest.raises(ConnectionError):
        intercepted(publisher, refuse).publish("a", {}, {})
    assert publisher.published == []
    storage: Any = intercepted(MemoryStorage(CLOCK), refuse)
    assert storage.stat("a", "b") == "in place"
