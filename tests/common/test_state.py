"""Write-ahead objects: what was decided once stays decided."""

from datetime import UTC, datetime

import pytest

from common.memory import MemoryStorage
from common.runtime import Runtime
from common.settings import Settings
from common.state import read_once, write_once
from local.world import ManualClock


@pytest.fixture
def runtime() -> Runtime:
    """A runtime of storage alone."""
    made = Runtime(Settings())
    clock = ManualClock(datetime(2025, 11, 12, 17, tzinfo=UTC))
    made.__dict__["storage"] = MemoryStorage(clock)
    return made


def test_the_first_content_is_kept(runtime: Runtime) -> None:
    """Whoever comes second gets the first one's, and goes on with it."""
    assert write_once(runtime, "decided/x.json", {"a": 1}) == {"a": 1}
    assert write_once(runtime, "decided/x.json", {"a": 2}) == {"a": 1}
    assert read_once(runtime, "decided/x.json") == {"a": 1}


def test_what_was_not_written_is_none(runtime: Runtime) -> None:
    """None, and not an empty mapping: nothing was decided."""
    assert read_once(runtime, "decided/x.json") is None


def test_metadata_goes_along(runtime: Runtime) -> None:
    """A listing tells it without reading the object."""
    write_once(runtime, "results/t", {}, metadata={"status": "SUCCESS"})
    (found,) = runtime.storage.list(runtime.settings.state_bucket, "results/")
    assert found.metadata == {"status": "SUCCESS"}
