"""The warehouse port reads a view as the console does."""

from datetime import UTC, datetime

import pytest

from common.pages.health import FRESHNESS, INCIDENTS
from tests.views.conftest import Viewed

pytestmark = pytest.mark.stack
MIDNIGHT = datetime(2025, 11, 13, 5, tzinfo=UTC)


def test_health_reads_its_columns_of_the_views(good: Viewed) -> None:
    """Every workflow has a row of freshness; days on which nothing fails have no open incident."""
    warehouse = good.emulator.warehouse(good.rows, MIDNIGHT)
    fresh = warehouse.view("freshness", FRESHNESS)
    assert "betting_lines" in {row["name"] for row in fresh}
    assert {tuple(row) for row in fresh} == {FRESHNESS}
    incidents = warehouse.view("incidents", INCIDENTS)
    assert [row for row in incidents if row["closed"] is None] == []
