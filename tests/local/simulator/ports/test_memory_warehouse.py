"""Which rows the warehouse in memory writes and reads."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import RowError
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
DECISIONS = "workflow_decisions"


def decided(name: str, **more: object) -> dict[str, object]:
    """Return a decision's row."""
    return {"decision_time": NOON, "decision_id": name, **more}


@pytest.fixture
def warehouse() -> MemoryWarehouse:
    """Return a warehouse with four decisions of the same instant."""
    made = MemoryWarehouse()
    rows = [
        decided("a", action="RUN", workflow_name="x"),
        decided("b", action="RUN", workflow_name="y"),
        decided("c", action="SKIP", workflow_name="x"),
        decided("d", workflow_name="y"),
    ]
    made.append(DECISIONS, rows, job_key="1")
    return made


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (None, "abcd"),
        ({}, "abcd"),
        ({"action": "RUN"}, "ab"),
        ({"action": ["RUN", "SKIP"]}, "abc"),
        ({"action": ()}, ""),
        ({"action": "R"}, ""),
        ({"action": "RUN", "workflow_name": "y"}, "b"),
        ({"action": ["RUN", "SKIP"], "workflow_name": ["x", "z"]}, "ac"),
    ],
)
def test_a_read_has_the_rows_that_pass_each_filter(
    warehouse: MemoryWarehouse, where: dict[str, str | list[str]] | None, found: str
) -> None:
    """A filter is one value or several; each must pass."""
    rows = warehouse.select(DECISIONS, ["decision_id"], since=NOON, until=NOON + HOUR, where=where)
    assert "".join(row["decision_id"] for row in rows) == found


@pytest.mark.parametrize(("columns", "where"), [(["no"], {}), (["action"], {"no": "x"})])
def test_a_column_that_is_not_there_is_refused(
    warehouse: MemoryWarehouse, columns: list[str], where: dict[str, str]
) -> None:
    """Whether it is read or filtered by, and also where no row would be found."""
    for since in (NOON, NOON + 99 * HOUR):
        with pytest.raises(RowError, match="no column 'no'"):
            warehouse.select(DECISIONS, columns, since=since, until=since + HOUR, where=where)


def test_one_job_key_is_of_its_table_alone(warehouse: MemoryWarehouse) -> None:
    """Another table may be written with the same key."""
    warehouse.append(DECISIONS, [decided("e")], job_key="1")
    row = {"cleanup_time": NOON, "cleanup_id": "a"}
    warehouse.append("cleanup_operations", [row], job_key="1")
    assert len(warehouse.rows[DECISIONS]) == 4
    assert len(warehouse.rows["cleanup_operations"]) == 1


def test_a_job_that_began_while_another_waited_is_not_done_twice() -> None:
    """Of two appends of a key that both wait for the rate, the first writes."""
    warehouse = MemoryWarehouse()

    class Meanwhile(ManualClock):
        """The other one is done while the statement is counted."""

        def now(self) -> datetime:
            warehouse.clock = None
            warehouse.append(DECISIONS, [decided("first")], job_key="1")
            return super().now()

    warehouse.clock = Meanwhile(NOON)
    warehouse.append(DECISIONS, [decided("second")], job_key="1")
    assert [row["decision_id"] for row in warehouse.rows[DECISIONS]] == ["first"]


def test_an_append_waits_as_its_job_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses are those of its key; without a clock nothing is counted."""
    warehouse, asked = MemoryWarehouse(), list[object]()
    monkeypatch.setattr(warehouse.statements, "wait", lambda *given: asked.append(given))
    warehouse.append(DECISIONS, [decided("a")], job_key="1")
    assert asked == []
    warehouse.clock = ManualClock(NOON)
    warehouse.append(DECISIONS, [decided("b")], job_key="2")
    assert asked == [(DECISIONS, warehouse.clock, "2")]


def test_views_are_what_was_put_into_them(warehouse: MemoryWarehouse) -> None:
    """A read has its columns alone; one that nobody filled is empty."""
    warehouse.views["incidents"] = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert warehouse.view("incidents", ["a"]) == [{"a": 1}, {"a": 3}]
    assert warehouse.view("freshness", ["a"]) == []


def test_what_reads_have_cached_can_be_freed(warehouse: MemoryWarehouse) -> None:
    """A read is the same rows again until then, and equal ones afterwards."""

    def read() -> list[object]:
        return [*warehouse.select(DECISIONS, ["action"], since=NOON, until=NOON + HOUR)]

    first, second = read(), read()
    assert first[0] is second[0]
    warehouse.forget_views()
    third = read()
    assert third == first
    assert third[0] is not first[0]
