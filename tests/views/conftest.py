"""Fixtures: the views on an emulated BigQuery whose clock the tests move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from common.clock import set_clock
from common.cloud.ports import Row
from common.configuration.workflows import read_workflows
from common.settings import Settings
from local.records.sql import run_sql
from local.stack.bigquery import BigQueryServer, start_bigquery
from local.stack.views import create_views
from tests.alerts.days import PROJECT, Rows, lived, load

WORKFLOWS = read_workflows(Settings().workflows_file).file.enabled


@dataclass(frozen=True)
class Viewed:
    """A dataset with the five tables and the views."""

    server: BigQueryServer
    clock: Path
    dataset: str

    def ask(self, now: datetime, sql: str) -> list[Row]:
        """Return a query's rows at an instant; `{}` in it stands for the dataset."""
        set_clock(self.clock, now)
        columns, rows = run_sql(self.server.endpoint, PROJECT, sql.format(self.dataset))
        return [dict(zip(columns, row, strict=True)) for row in rows]


View = Callable[[str, dict[str, list[dict[str, Any]]]], Viewed]
"""Makes a dataset of a name with some rows."""


@pytest.fixture(scope="session")
def good_days() -> Rows:
    """The tables of 2025-11-11 to 13, on which nothing fails."""
    return lived(days=3)


@pytest.fixture(scope="session")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """Start an emulator, and make datasets with views on it."""
    clock = tmp_path_factory.mktemp("views") / "clock.json"
    set_clock(clock, datetime(2025, 11, 12, tzinfo=UTC))
    running = start_bigquery(PROJECT, clock.with_name("bigquery.log"), clock_file=clock)

    def make(dataset: str, rows: dict[str, list[dict[str, Any]]]) -> Viewed:
        load(running, dataset, rows)
        create_views(running.endpoint, PROJECT, dataset, WORKFLOWS)
        return Viewed(running, clock, dataset)

    yield make
    running.stop()


@pytest.fixture(scope="session")
def good(view: View, good_days: Rows) -> Viewed:
    """The dataset of the days on which nothing fails."""
    return view("good", good_days)
