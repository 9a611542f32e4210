"""Fixtures: one emulated BigQuery for all alert queries, with two days on which nothing fails."""

from collections.abc import Iterator

import pytest

from local.stack.bigquery import BigQueryServer, start_bigquery
from tests.alerts.days import PROJECT, Rows, lived, load


@pytest.fixture(scope="session")
def healthy() -> Rows:
    """The tables of 2025-11-11 and 12."""
    return lived()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, healthy: Rows) -> Iterator[BigQueryServer]:
    """An emulated BigQuery with the dataset `healthy`."""
    running = start_bigquery(PROJECT, tmp_path_factory.mktemp("alerts") / "bigquery.log")
    load(running, "healthy", healthy)
    yield running
    running.stop()
