"""A fixture: two days on which nothing fails."""

import pytest

from tests.alerts.days import Rows, lived


@pytest.fixture(scope="session")
def healthy() -> Rows:
    """The tables of 2025-11-11 and 12."""
    return lived()
