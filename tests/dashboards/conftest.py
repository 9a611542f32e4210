"""Fixtures: one emulated BigQuery for the panels, under the names that the seed uses."""

from collections.abc import Iterator

import pytest

from local.stack.bigquery import BigQueryServer, start_bigquery
from tests.alerts.days import DATASET, PROJECT, lived, load


@pytest.fixture(scope="session")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigQueryServer]:
    """An emulated BigQuery with the days of 2025-11-11 and 12."""
    running = start_bigquery(PROJECT, tmp_path_factory.mktemp("panels") / "bigquery.log")
    load(running, DATASET, lived())
    yield running
    running.stop()
