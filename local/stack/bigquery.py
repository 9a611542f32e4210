"""BigQuery on this machine: bqemulator (REST on DuckDB) as a child process, and its tables."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common.cloud.tables import NAMES, Table, table
from common.cloud.warehouse import make_client
from common.settings import ROOT, variable
from local.processes.process import HOST, Process, accepts, held_port, start

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
    """Start the emulator, empty, on a free port.

    Args:
        project: the project of requests that name none.
        log_file: takes the emulator's output.
        port: to listen on; None takes a free one.
        clock_file: of the virtual clock that statements see; None for the wall clock.

    Raises:
        ConfigError: the emulator does not start, such as when it is not installed, or the port is
            in use.
    """
    argv = [sys.executable, "-m", "local.stack.bigquery_server", "start", "--project", project]
    argv += ["--grpc-port", "0", "--log-level", "error"]
    env = {
        "HOME": str(log_file.parent),  # where DuckDB would look for extensions
        "PYTHONPATH": str(ROOT),
        "BQEMU_ENABLE_FORMAT_EXTENSIONS": "false",  # they would be downloaded
        "BQEMU_QUERY_CACHE_TTL_SECONDS": "0",
        **({variable("clock_file"): str(clock_file)} if clock_file else {}),
    }
    with held_port(port) as chosen:
        argv += ["--rest-port", str(chosen)]
        process = start(argv, env, log_file, lambda: accepts(chosen), name="bqemulator")
    return BigQueryServer(f"http://{HOST}:{chosen}", process)


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
