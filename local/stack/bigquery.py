"""BigQuery on this machine: bqemulator (REST on DuckDB) as a child process, and its tables."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common.cloud.tables import NAMES, Table, table
from common.cloud.warehouse import make_client
from common.settings import ROOT, variable
from local.processes.process import HOST, Process, accepts, begin, held_port

if TYPE_CHECKING:
    from google.cloud import bigquery

_DAY_MILLISECONDS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class BigQueryServer:
    """A running emulator; `endpoint` is what `BigQueryWarehouse` takes."""

    endpoint: str
    process: Process

    def stop(self) -> None:
        """Stop the emulator; its tables are lost."""
        self.process.stop()


def start_bigquery(
    project: str,
    log_file: Path,
    port: int | None = None,
    clock_file: Path | None = None,
) -> BigQueryServer:
    """Start the emulator, empty, and wait until it answers; see `begin_bigquery`.

    Args:
        project: as for `begin_bigquery`.
        log_file: as for `begin_bigquery`.
        port: to listen on; None takes a free one.
        clock_file: as for `begin_bigquery`.

    Raises:
        ConfigError: the emulator does not start, such as when it is not installed, or the port is
            in use.
    """
    with held_port(port) as chosen:
        server = begin_bigquery(project, log_file, chosen, clock_file)
        server.process.await_ready()
    return server


def begin_bigquery(
    project: str, log_file: Path, port: int, clock_file: Path | None = None
) -> BigQueryServer:
    """Start the emulator, empty, and do not wait for it.

    Args:
        project: the project of requests that name none.
        log_file: takes the emulator's output.
        port: to listen on, which the caller holds.
        clock_file: of the virtual clock that statements see; None for the wall clock.
    """
    argv = [sys.executable, "-m", "local.stack.bigquery_server", "start", "--project", project]
    argv += ["--grpc-port", "0", "--log-level", "error", "--rest-port", str(port)]
    env = {
        "HOME": str(log_file.parent),  # where DuckDB would look for extensions
        "PYTHONPATH": str(ROOT),
        "BQEMU_ENABLE_FORMAT_EXTENSIONS": "false",  # they would be downloaded
        "BQEMU_QUERY_CACHE_TTL_SECONDS": "0",
        **({variable("clock_file"): str(clock_file)} if clock_file else {}),
    }
    process = begin(argv, env, log_file, lambda: accepts(port), name="bqemulator")
    return BigQueryServer(f"http://{HOST}:{port}", process)


def create_tables(endpoint: str, project: str, dataset: str) -> None:
    """Create the dataset and its five tables from the schema files."""
    from google.cloud import bigquery  # noqa: PLC0415 - heavy

    client = make_client(project, endpoint)
    client.create_dataset(bigquery.Dataset(f"{project}.{dataset}"), exists_ok=True)
    for name in NAMES:
        client.create_table(_described(f"{project}.{dataset}.{name}", table(name)), exists_ok=True)


def _described(path: str, shape: Table) -> "bigquery.Table":
    from google.cloud import bigquery  # noqa: PLC0415 - heavy

    made = bigquery.Table(
        path,
        schema=[
            bigquery.SchemaField(field.name, field.type, field.mode, description=field.description)
            for field in shape.fields
        ],
    )
    days = shape.partition_expiration_days
    made.description = shape.description
    made.clustering_fields = list(shape.clustering)
    made.time_partitioning = bigquery.TimePartitioning(
        field=shape.partition_column, expiration_ms=days * _DAY_MILLISECONDS if days else None
    )
    return made
