"""A simulation counts what Google's implementations would request and be billed."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from common.cloud.ports import Storage, StoredObject
from common.cloud.tables import NAMES
from common.errors import ConflictError
from local.costs.metered import (
    INSTANCE_BUSY,
    INSTANCE_IDLE_MAX,
    INSTANCES_MAX,
    LISTING_PAGE_OBJECTS,
    Meter,
    count,
    measure,
)
from local.costs.usage import Usage, read_usage
from local.fake_sources.season import load_season
from local.simulator.fault_spec import Faults
from local.simulator.ports.intercepted import intercepted
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import MemoryPublisher, Published
from local.simulator.run import live_day
from local.simulator.simulation import Simulation
from local.simulator.transport import Delivery
from local.simulator.world import ManualClock
from tests.kit.seasons import season_of, write_season

DAY = date(2031, 11, 12)
NOW = datetime(2031, 11, 12, 18, tzinfo=UTC)


@pytest.fixture
def meter() -> Meter:
    """Make a meter within a delivery to a function."""
    made = Meter("data")
    made.call("f", NOW)
    return made


@pytest.fixture
def storage(meter: Meter) -> Storage:
    """Make a metered storage in memory."""
    return intercepted(MemoryStorage(ManualClock(NOW)), meter.storage)


def bills(meter: Meter) -> dict[str, int]:
    """Return the amounts billed so far, without zeros."""
    return {name: number for name, number in meter.usage.amounts.items() if number}


def test_a_write_is_class_a_and_the_data_buckets_notification_class_b(
    storage: Storage, meter: Meter
) -> None:
    """The state bucket has no notifications."""
    storage.create("data", "a.json", b"12345", metadata={"scraper": "oddsa_events"})
    storage.create("data", "b.json", b"1")
    made = storage.create("state", "c.json", b"123")
    storage.replace("state", "c.json", b"1234", generation=made.generation)
    assert bills(meter) == {"class_a": 4, "class_b": 2, "state_bytes": 7}
    assert meter.usage.document()["objects"] == {
        "oddsa_events": {"bytes": 5, "objects": 1},
        "uploads": {"bytes": 1, "objects": 1},
    }


def test_a_read_is_one_class_b_and_so_is_a_description(storage: Storage, meter: Meter) -> None:
    """`GoogleStorage.read` makes one request."""
    storage.create("state", "c.json", b"")
    before = bills(meter)
    storage.read("state", "c.json")
    storage.stat("state", "c.json")
    assert bills(meter) == {**before, "class_b": 2}


def test_what_is_refused_is_asked_but_not_billed(storage: Storage, meter: Meter) -> None:
    """404 and 412 are free, but the function waits for them."""
    storage.create("state", "c.json", b"")
    before, asked = bills(meter), meter.usage.functions["f"]["storage"]
    storage.read("state", "missing")
    storage.stat("state", "missing")
    with pytest.raises(ConflictError):
        storage.create("state", "c.json", b"")
    assert bills(meter) == before
    assert meter.usage.functions["f"]["storage"] == asked + 3


@pytest.mark.parametrize(
    ("objects", "pages"), [(0, 1), (1, 1), (LISTING_PAGE_OBJECTS, 1), (LISTING_PAGE_OBJECTS + 1, 2)]
)
def test_a_listing_is_a_class_a_operation_a_page(meter: Meter, objects: int, pages: int) -> None:
    """An empty listing is asked for as well; each page is a request that the function waits for."""
    held = MemoryStorage(ManualClock(NOW))
    for number in range(objects):
        held.create("state", f"x/{number}", b"")
    storage = intercepted(held, meter.storage)
    assert len(list(storage.list("state", "x/"))) == objects
    assert bills(meter) == {"class_a": pages}
    assert meter.usage.functions["f"] == {"calls": 1, "cold": 1, "storage": pages}


def test_folders_are_listed_as_objects_are(storage: Storage, meter: Meter) -> None:
    """One page of them is one operation, and who asks gets the list."""
    storage.create("state", "a/1", b"")
    before, asked = bills(meter), meter.usage.functions["f"]["storage"]
    assert storage.folders("state") == ["a/"]
    assert bills(meter) == {**before, "class_a": before["class_a"] + 1}
    assert meter.usage.functions["f"]["storage"] == asked + 1


def test_every_statement_is_a_query_over_one_table(meter: Meter) -> None:
    """A takeover looks before it writes, which is one more query."""
    warehouse = intercepted(MemoryWarehouse(), meter.warehouse)
    row = {"cleanup_time": NOW, "cleanup_id": "x"}
    warehouse.append("cleanup_operations", [row, row], job_key="1")
    warehouse.append("cleanup_operations", [row], job_key="2", look_first=True)
    warehouse.select("cleanup_operations", ["cleanup_id"], since=NOW, until=NOW)
    size = len(f'{{"cleanup_time": "{NOW}", "cleanup_id": "x"}}')
    assert bills(meter) == {"query_tables": 4, "rows": 3, "row_bytes": 3 * size}
    assert meter.usage.functions["f"] == {"calls": 1, "cold": 1, "inserts": 2, "selects": 2}


def test_a_call_of_the_publisher_is_waited_for_once(meter: Meter) -> None:
    """Many messages at once are one call; they are billed as they are published."""
    publisher = intercepted(MemoryPublisher(ManualClock(NOW)), meter.publisher)
    assert publisher.publish("t", {}, {}) == "1"
    assert publisher.publish_all("t", [({}, {})] * 3) == ["2", "3", "4"]
    assert meter.usage.functions["f"] == {"calls": 1, "cold": 1, "publishes": 2}
    assert bills(meter) == {}


def test_a_small_message_is_billed_as_a_thousand_bytes(meter: Meter) -> None:
    """Larger messages are billed by body, attributes, id and time."""
    small = Published("1", "t", b"{}", {}, NOW)
    large = Published("12", "t", b"x" * 2000, {"key": "value"}, NOW)
    meter.message(small, 3)
    assert bills(meter) == {"message_requests": 3, "message_bytes": 3000}
    meter.message(large)
    assert bills(meter)["message_bytes"] == 3000 + 2000 + 8 + 2 + 20


def test_an_instance_is_kept_while_it_is_not_idle_for_long() -> None:
    """A call takes an idle instance, or starts one up to the maximum."""
    meter = Meter("data")

    def cold(function: str, now: datetime) -> bool:
        before = meter.usage.functions.get(function, {}).get("cold", 0)
        meter.call(function, now)
        return meter.usage.functions[function]["cold"] > before

    assert [cold("f", NOW) for _ in range(INSTANCES_MAX + 1)] == [True] * INSTANCES_MAX + [False]
    assert not cold("f", NOW + 3 * INSTANCE_BUSY)
    assert cold("g", NOW + 3 * INSTANCE_BUSY)
    assert cold("f", NOW + 4 * INSTANCE_BUSY + INSTANCE_IDLE_MAX)


def test_an_instance_serves_again_as_its_call_ends_and_is_gone_after_its_idle_time() -> None:
    """Each at that very instant already."""
    meter = Meter("data")
    free = NOW + INSTANCE_BUSY

    def starts() -> int:
        return meter.usage.functions["f"]["cold"]

    for _ in range(2):
        meter.call("f", NOW)
    meter.call("f", free)
    assert starts() == 2
    meter.call("f", free + INSTANCE_IDLE_MAX - INSTANCE_BUSY / 2)
    assert starts() == 2
    meter.call("f", free + INSTANCE_IDLE_MAX)
    assert starts() == 3


def test_a_call_that_finds_all_instances_busy_gets_the_one_that_is_free_first() -> None:
    """It is free again as late as if it had been called now, so that all are kept as long."""
    meter, apart = Meter("data"), INSTANCE_BUSY / 20
    for number in range(INSTANCES_MAX):
        meter.call("f", NOW + number * apart)
    meter.call("f", NOW + INSTANCES_MAX * apart)
    for _ in range(INSTANCES_MAX):
        meter.call("f", NOW + INSTANCE_BUSY + INSTANCE_IDLE_MAX)
    assert meter.usage.functions["f"] == {"calls": 2 * INSTANCES_MAX + 1, "cold": INSTANCES_MAX}


def test_what_no_function_asks_for_counts_for_none() -> None:
    """Whoever sets a world up writes objects, too; what is billed is billed."""
    meter = Meter("data")
    intercepted(MemoryStorage(ManualClock(NOW)), meter.storage).create("state", "c", b"")
    assert (meter.usage.functions, bills(meter)) == ({}, {"class_a": 1})
    delivery = Delivery(NOW, 1, "f", Published("1", "t", b"{}", {}, NOW))
    assert meter.delivery(delivery, NOW, lambda: 200) == 200
    meter.asked("storage")
    assert meter.usage.functions == {"f": {"calls": 1, "cold": 1}}


@pytest.mark.parametrize(("attempt", "pushed"), [(1, 0), (2, 1), (3, 1)])
def test_a_push_is_billed_from_the_second_attempt_on(attempt: int, pushed: int) -> None:
    """The first push of a message is billed as it is published; each attempt is a call."""
    meter = Meter("data")
    delivery = Delivery(NOW, 1, "f", Published("1", "t", b"{}", {}, NOW), attempt)
    meter.delivery(delivery, NOW, lambda: 200)
    assert meter.usage.functions["f"]["calls"] == 1
    assert bills(meter).get("message_requests", 0) == pushed


def test_a_simulated_day_is_counted_as_its_world_saw_it(tmp_path: Path) -> None:
    """Calls, rows, objects and messages agree with the simulation."""
    file = write_season(tmp_path / "season.json", season_of({DAY: ["19:00", "20:30"]}))
    simulation = Simulation(load_season(file), DAY, Faults(), seed=0)
    world, requests, ask = simulation.world, list[str](), simulation.world.ask
    world.ask = lambda path, params: requests.append(path) or ask(path, params)
    usage = measure(simulation)
    published: list[Published] = []
    world.publisher.listeners.append(published.append)
    live_day(simulation, DAY)
    asked = usage.functions
    assert sum(held["calls"] for held in asked.values()) == simulation.events
    assert asked["cleanup_processor"]["calls"] == 96
    assert asked["scraper_runner"]["requests"] == len(requests) > 0
    assert asked["master_controller"]["publishes"] > 0
    assert usage.amounts["rows"] == sum(map(len, world.rows.values()))
    inserts = sum(held["inserts"] for held in asked.values())
    selects = sum(held["selects"] for held in asked.values())
    looks = 96 * (len(NAMES) - 1)  # a sweep's look at the incidents reads each of the five tables
    assert usage.amounts["query_tables"] == inserts + selects + looks
    stored: list[StoredObject] = list(world.storage.list(world.runtime.settings.data_bucket, ""))
    assert sum(held["objects"] for held in usage.objects.values()) == len(stored)
    assert sum(held["bytes"] for held in usage.objects.values()) == sum(s.size for s in stored)
    topics = [each.topic for each in world.runtime.topology.subscriptions]
    sent = sum(1 + topics.count(message.topic) for message in published)
    assert usage.amounts["message_requests"] == sent + simulation.refused


def test_counting_is_deterministic_and_survives_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same days give the same counts, also after a round trip through JSON."""
    file = write_season(tmp_path / "season.json", season_of({DAY: ["19:00"]}))
    one, two = (count(file, DAY - timedelta(days=1), 1) for _ in range(2))
    assert one == two
    assert read_usage(one.document()) == one
    assert one.days == 1
    assert capsys.readouterr().err == ""  # a month would write some hundred thousand lines


def test_a_usage_is_written_in_the_order_of_its_names() -> None:
    """Two of the same days are the same text, whichever function came first."""
    held = {name: Counter(y=1, x=2) for name in "gf"}
    document = Usage(7, Counter(b=1, a=2), held, held).document()
    both = '{"f": {"x": 2, "y": 1}, "g": {"x": 2, "y": 1}}'
    parts = f'"days": 7, "amounts": {{"a": 2, "b": 1}}, "functions": {both}, "objects": {both}'
    assert json.dumps(document) == f"{{{parts}}}"


@pytest.mark.parametrize("days", [1, 3])
def test_as_many_days_are_lived_as_are_counted(
    days: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first date and those after it are lived once, in order, each on the same simulation."""
    lived: list[tuple[object, date]] = []
    monkeypatch.setattr("local.costs.metered.live_day", lambda *asked: lived.append(asked))
    file = write_season(tmp_path / "season.json", season_of({DAY: ["19:00"]}))
    assert count(file, DAY, days).days == days
    assert [day for _, day in lived] == [DAY + timedelta(days=number) for number in range(days)]
    assert len({id(simulation) for simulation, _ in lived}) == 1
