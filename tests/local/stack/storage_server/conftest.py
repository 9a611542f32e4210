"""The local Cloud Storage with one bucket, in this process."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stack.storage_server.api import Api
from local.stack.storage_server.objects import Objects

BEGUN = datetime(2025, 11, 12, 18, tzinfo=UTC)


class StillClock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.instant = BEGUN

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.instant += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    """Return a clock at 2025-11-12 18:00 UTC."""
    return StillClock()


@pytest.fixture
def finalized() -> list[tuple[Any, Any]]:
    """List what was written, each with what was there before."""
    return []


@pytest.fixture
def objects(clock: StillClock, finalized: list[tuple[Any, Any]]) -> Objects:
    """Return the objects of a bucket `nba`, which has none."""
    made = Objects(clock, lambda *pair: finalized.append(pair))
    made.create_bucket("nba")
    return made


@pytest.fixture
def api(objects: Objects) -> Api:
    """Return the requests' side of them."""
    return Api(objects)
