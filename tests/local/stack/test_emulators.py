"""How the emulators are begun, and what is made in them: as notes, without either."""

from pathlib import Path
from typing import Any

import pytest
from google.cloud.bigquery import SchemaField

from common.cloud.tables import NAMES, table
from local.processes.process import held_port
from local.stack import bigquery, gcs
from tests.local.stack.parts import Parts


class Client:
    """A client of either emulator that notes what it is to make."""

    def __init__(self) -> None:
        self.made: list[Any] = []

    def create_dataset(self, dataset: Any, *, exists_ok: bool) -> None:
        """Note it."""
        self.made.append((dataset.project, dataset.dataset_id, exists_ok))

    def create_table(self, made: Any, *, exists_ok: bool) -> None:
        """Note it."""
        assert exists_ok
        self.made.append(made)

    def create_bucket(self, name: str) -> None:
        """Note it."""
        self.made.append(name)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return the client of an emulator at `http://e` for the project `p`."""
    made = Client()

    def make(project: str, endpoint: str) -> Client:
        assert (project, endpoint) == ("p", "http://e")
        return made

    for module in (gcs, bigquery):
        monkeypatch.setattr(module, "make_client", make)
    return made


def test_all_tables_are_made_as_their_files_describe_them(client: Client) -> None:
    """In the dataset, which is there first; either may be there already."""
    bigquery.create_tables("http://e", "p", "d")
    dataset, *made = client.made
    assert dataset == ("p", "d", True)
    assert [f"{one.project}.{one.dataset_id}.{one.table_id}" for one in made] == [
        f"p.d.{name}" for name in NAMES
    ]
    for one, shape in zip(made, map(table, NAMES), strict=True):
        assert one.schema == [
            SchemaField(field.name, field.type, field.mode, description=field.description)
            for field in shape.fields
        ]
        assert (one.description, one.clustering_fields) == (
            shape.description,
            list(shape.clustering),
        )
        days = shape.partition_expiration_days
        assert one.time_partitioning.field == shape.partition_column
        assert one.time_partitioning.expiration_ms == (days * 86_400_000 if days else None)


def test_all_buckets_are_made(client: Client) -> None:
    """In their order."""
    gcs.create_buckets("http://e", "p", ["b", "a"])
    assert client.made == ["b", "a"]


def test_a_warehouse_of_its_own_has_a_free_port_and_the_wall_clock(
    parts: Parts, tmp_path: Path
) -> None:
    """Or a port that is given; it is waited for, and stops when it is told."""
    log = tmp_path / "bigquery.log"
    with held_port() as free:
        pass
    free_one, given = bigquery.start_bigquery("p", log), bigquery.start_bigquery("p", log, free)
    assert given.endpoint == f"http://127.0.0.1:{free}"
    assert free_one.endpoint != given.endpoint
    assert parts.argv["bqemulator"][-1] == str(free)
    assert not [name for name in parts.env["bqemulator"] if "CLOCK" in name]
    given.stop()
    begun = ["begin bqemulator", "await_ready bqemulator"]
    assert parts.done == [*begun, *begun, "stop bqemulator"]


def test_a_storage_of_its_own_has_the_wall_clock_and_no_events(
    parts: Parts, tmp_path: Path
) -> None:
    """On a free port; it is waited for, and stops when it is told."""
    server = gcs.start_gcs("p", tmp_path / "gcs.log")
    port = server.endpoint.removeprefix("http://127.0.0.1:")
    assert parts.argv["storage server"] == ["-m", "local.stack.storage_server", "--port", port]
    assert parts.logs["storage server"] == tmp_path / "gcs.log"
    server.stop()
    whole = ["begin storage server", "await_ready storage server", "stop storage server"]
    assert parts.done == whole


@pytest.mark.parametrize("given", ["clock", "events"])
def test_a_storage_is_told_of_a_clock_and_of_events_apart(
    parts: Parts, tmp_path: Path, given: str
) -> None:
    """Either may be there without the other."""
    events = gcs.Events("b", "t", "h:1") if given == "events" else None
    clock = tmp_path / "clock.json" if given == "clock" else None
    gcs.begin_gcs("p", tmp_path / "gcs.log", 7, events, clock)
    told = ["--bucket", "b", "--pubsub", "h:1", "--topic", "projects/p/topics/t"]
    wanted = {"clock": ["--clock", str(clock)], "events": told}[given]
    assert parts.argv["storage server"][4:] == wanted
