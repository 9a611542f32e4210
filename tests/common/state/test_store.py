"""Write-ahead objects: what was decided once stays decided."""

from datetime import UTC, datetime

import pytest

from common.errors import TransientError
from common.runtime import Runtime
from common.settings import Settings
from common.state.store import read_once, write_anew, write_once
from local.simulator.memory import MemoryStorage
from local.simulator.world import ManualClock


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


@pytest.mark.parametrize("before", [True, False])
def test_what_nobody_has_seen_is_written_anew(runtime: Runtime, *, before: bool) -> None:
    """In place of what is there; also where somebody has deleted that."""
    if before:
        write_once(runtime, "decided/x.json", {"a": 1})
    assert write_anew(runtime, "decided/x.json", {"a": 2}) == {"a": 2}
    assert read_once(runtime, "decided/x.json") == {"a": 2}


def test_what_is_written_meanwhile_is_left_to_the_next_delivery(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as our own write whose answer was lost: trying again later finds it."""
    write_once(runtime, "decided/x.json", {"a": 1})
    seen = runtime.storage.stat(runtime.settings.state_bucket, "decided/x.json")
    write_anew(runtime, "decided/x.json", {"a": 2})
    monkeypatch.setattr(runtime.storage, "stat", lambda *_: seen)
    with pytest.raises(TransientError, match=r"decided/x\.json was written meanwhile"):
        write_anew(runtime, "decided/x.json", {"a": 3})
    assert read_once(runtime, "decided/x.json") == {"a": 2}
