"""Fixtures: the views on an emulated BigQuery whose clock the tests move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from common.cloud.ports import Row
from tests.alerts.days import Emulator, Rows, emulated, lived


@dataclass(frozen=True)
class Viewed:
    """A dataset with the five tables and the views."""

    emulator: Emulator
    dataset: str

    def ask(self, now: datetime, sql: str) -> list[Row]:
        """Return a query's rows at an instant; `{}` in it stands for the dataset."""
        columns, rows = self.emulator.query(sql.format(self.dataset), now)
        return [dict(zip(columns, row, strict=True)) for row in rows]


View = Callable[[str, Rows], Viewed]
"""Makes a dataset of a name with some rows."""


@pytest.fixture(scope="session")
def good_days() -> Rows:
    """The tables of 2025-11-11 to 13, on which nothing fails."""
    return lived(days=3)


@pytest.fixture(scope="session")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """Start an emulator, and make datasets with views on it."""
    with emulated(tmp_path_factory.mktemp("views")) as emulator:

        def make(dataset: str, rows: Rows) -> Viewed:
            emulator.load(dataset, rows, views=True)
            return Viewed(emulator, dataset)

        yield make


@pytest.fixture(scope="session")
def good(view: View, good_days: Rows) -> Viewed:
    """The dataset of the days on which nothing fails."""
    return view("good", good_days)
