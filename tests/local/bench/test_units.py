"""One call of each kind, as the floor of a chain counts it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.settings import variable
from local.bench import units as benched
from local.bench.units import Units

NOON, DAY = datetime(2025, 11, 12, 17, tzinfo=UTC), timedelta(days=1)
ROW = {"execution_id": "x", "triggered_at": NOON, "status": "SUCCESS"}
FIRST, SECOND = f"{0:032}", f"{1:032}"


class Emulators:
    """Clients that note their calls; the n-th call of all takes n seconds."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.seconds = 0.0

    def note(self, *call: object) -> None:
        """Note a call, and let it take its time."""
        self.asked.append(call)
        self.seconds += len(self.asked)

    def client(self, kind: str, *made_with: object) -> "Emulators":
        """Return themselves to who has their address."""
        self.asked.append((kind, *made_with))
        return self

    def create(self, bucket: str, name: str, body: bytes) -> None:
        """Note it."""
        self.note("create", bucket, name, body)

    def append(self, table: str, rows: Sequence[Mapping[str, Any]], job_key: str) -> None:
        """Note it."""
        (row,) = rows
        assert {**row, "execution_id": "x"} == ROW
        self.note("append", table, row["execution_id"].replace("-", ""), job_key.replace("-", ""))

    def select(self, table: str, columns: object, since: datetime, until: datetime) -> None:
        """Note it."""
        self.note("select", table, columns, since, until)

    def publish(self, topic: str, body: Mapping[str, Any], attributes: object) -> None:
        """Note it."""
        self.note("publish", topic, body, attributes)

    def ask(self, path: str, params: Mapping[str, str]) -> None:
        """Note it."""
        self.note("ask", path, params)


@pytest.fixture
def emulators(monkeypatch: pytest.MonkeyPatch) -> Emulators:
    """Make emulators, and a clock that only their calls move."""
    made = Emulators()
    for name in ("GoogleStorage", "BigQueryWarehouse", "GooglePublisher"):
        monkeypatch.setattr(benched, name, lambda *given, name=name: made.client(name, *given))
    monkeypatch.setattr(benched, "over_http", lambda host: made.client("http", host).ask)
    monkeypatch.setattr(benched, "time", SimpleNamespace(perf_counter=lambda: made.seconds))
    return made


@pytest.fixture
def units(emulators: Emulators) -> Units:
    """Make clients of them."""
    stack: Any = SimpleNamespace(
        where={"project": "p", "state_bucket": "state", "dataset": "d"},
        environment={
            variable("storage_emulator_host"): "s:1",
            variable("bigquery_emulator_host"): "b:1",
            variable("pubsub_emulator_host"): "p:1",
            variable("odds_api_url"): "http://o:1",
        },
    )
    made = Units(stack, ROW)
    assert emulators.asked == [
        ("GoogleStorage", "p", "s:1"),
        ("BigQueryWarehouse", "p", "d", "b:1"),
        ("GooglePublisher", "p", "p:1"),
        ("http", "o:1"),
    ]
    emulators.asked.clear()
    return made


def test_each_call_is_another_one_of_its_kind(emulators: Emulators, units: Units) -> None:
    """No object, row or job is written twice, and the row that is looked for is in the span."""
    units.measure()
    units.measure()
    select = ("select", "scraper_execution_log", ["status"], NOON - DAY, NOON + DAY)
    ask = ("ask", "/v4/sports/basketball_nba/odds", {"regions": "us", "markets": "h2h"})
    assert emulators.asked == [
        call
        for number, name in enumerate((FIRST, SECOND))
        for call in (
            ("create", "state", f"bench/{number}", b"{}"),
            ("append", "scraper_execution_log", name, f"b{name}"),
            select,
            ("publish", "dead-letters", {"number": number}, {}),
            ask,
        )
    ]


def test_medians_are_of_all_calls_but_the_first(units: Units) -> None:
    """Calls measured anew count alone; the first of them does not, either."""
    for _ in range(4):  # the calls of a kind take 1, 6, 11 and 16 seconds, and so on
        units.measure()
    assert units.medians() == {
        kind: 11 + number
        for number, kind in enumerate(("storage", "insert", "query", "publish", "source"))
    }
    anew = units.measured_anew(3)  # 21, 26 and 31
    assert (anew["storage"], anew["source"]) == (28.5, 32.5)
    assert units.measured_anew()["storage"] == 58.5  # nine: from 41 to 76
