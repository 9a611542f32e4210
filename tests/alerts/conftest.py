"""Fixtures: one emulated BigQuery for the watchdog's query, and two days on which nothing fails."""

from collections.abc import Iterator

import pytest

from tests.alerts.days import Emulator, Rows, emulated, lived


@pytest.fixture(scope="session")
def healthy() -> Rows:
    """The tables of 2025-11-11 and 12."""
    return lived()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulated BigQuery."""
    with emulated(tmp_path_factory.mktemp("alerts")) as running:
        yield running
