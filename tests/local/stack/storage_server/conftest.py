"""The local Cloud Storage with one bucket, in this process."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.simulator.world import ManualClock
from local.stack.storage_server.api import Api
from local.stack.storage_server.objects import Objects

BEGUN = datetime(2025, 11, 12, 18, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock at 2025-11-12 18:00 UTC."""
    return ManualClock(BEGUN)


@pytest.fixture
def finalized() -> list[tuple[Any, Any]]:
    """List what was written, each with what was there before."""
    return []


@pytest.fixture
def objects(clock: ManualClock, finalized: list[tuple[Any, Any]]) -> Objects:
    """Return the objects of a bucket `nba`, which has none."""
    made = Objects(clock, lambda *pair: finalized.append(pair))
    made.create_bucket("nba")
    return made


@pytest.fixture
def api(objects: Objects) -> Api:
    """Return the requests' side of them."""
    return Api(objects)
