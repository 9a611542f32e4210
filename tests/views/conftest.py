"""Fixtures: the views on an emulated BigQuery whose clock the tests move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest

from common.cloud.ports import Row
from common.cloud.tables import NAMES
from tests.alerts.days import DATASET, Emulator, Rows, lived
from tests.kit.placed import row


@dataclass(frozen=True)
class Viewed:
    """The views of some rows."""

    emulator: Emulator
    rows: Rows

    def ask(self, now: datetime, sql: str) -> list[Row]:
        """Return a query's rows at an instant; `{}` in it stands for the dataset."""
        columns, rows = self.emulator.query(self.rows, sql.format(DATASET), now)
        return [dict(zip(columns, row, strict=True)) for row in rows]


View = Callable[[Rows], Viewed]
"""Takes the rows of the five tables."""


def placed(**rows: list[Row]) -> Rows:
    """Return tables that have just these rows, of which a test gives what it is about."""
    return {name: [dict(row(name, **given)) for given in rows.get(name, [])] for name in NAMES}


@pytest.fixture(scope="session")
def good_days() -> Rows:
    """The tables of 2025-11-11 to 13, on which nothing fails."""
    return lived(days=3)


@pytest.fixture(scope="session")
def view(emulator: Emulator) -> View:
    """The views of rows that a test gives."""
    return lambda rows: Viewed(emulator, rows)


@pytest.fixture(scope="session")
def good(view: View, good_days: Rows) -> Viewed:
    """The days on which nothing fails."""
    return view(good_days)
