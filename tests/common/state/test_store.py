"""Write-ahead objects: what was decided once stays decided."""

import json
from collections.abc import Callable

import pytest

from common.errors import BadInputError, TransientError
from common.state.store import StateStore, read_object
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.state import LEASE, NOON, new_state


@pytest.fixture
def state() -> StateStore:
    """An empty state bucket."""
    return new_state()


def test_the_first_content_is_kept(state: StateStore) -> None:
    """A second writer gets the first one's, and goes on with it."""
    assert state.write_once("decided/x.json", {"a": 1}) == {"a": 1}
    assert state.write_once("decided/x.json", {"a": 2}) == {"a": 1}
    assert state.read_once("decided/x.json") == {"a": 1}


def test_what_was_not_written_is_none(state: StateStore) -> None:
    """None, and not an empty mapping: nothing was decided."""
    assert state.read_once("decided/x.json") is None


def test_metadata_goes_along(state: StateStore) -> None:
    """A listing tells it without reading the object."""
    state.write_once("results/t", {}, metadata={"status": "SUCCESS"})
    (found,) = state.storage.list(state.bucket, "results/")
    assert found.metadata == {"status": "SUCCESS"}


@pytest.mark.parametrize("before", [True, False])
def test_what_no_reader_has_seen_is_written_anew(state: StateStore, *, before: bool) -> None:
    """In place of what is there; also where an operator has deleted that."""
    if before:
        state.write_once("decided/x.json", {"a": 1})
    held = state.stat("decided/x.json")
    assert state.write_anew("decided/x.json", {"a": 2}, held) == {"a": 2}
    assert state.read_once("decided/x.json") == {"a": 2}


def test_what_is_written_meanwhile_is_left_to_the_next_delivery(state: StateStore) -> None:
    """Such as our own write whose answer was lost: trying again later finds it."""
    state.write_once("decided/x.json", {"a": 1})
    seen = state.stat("decided/x.json")
    state.write_anew("decided/x.json", {"a": 2}, seen)
    with pytest.raises(TransientError, match=r"decided/x\.json was written meanwhile"):
        state.write_anew("decided/x.json", {"a": 3}, seen)
    assert state.read_once("decided/x.json") == {"a": 2}


@pytest.mark.parametrize("held", [None, b"{}"])
def test_a_swap_writes_only_what_is_as_it_was_seen(state: StateStore, held: bytes | None) -> None:
    """The second of two writers that saw the same object changes nothing and learns so."""
    seen = 0
    if held is not None:
        seen = state.storage.create(state.bucket, "cleanup/cursor.json", held).generation
    assert state.swap("cleanup/cursor.json", {"next": "a"}, seen)
    assert not state.swap("cleanup/cursor.json", {"next": "b"}, seen)
    assert state.read_once("cleanup/cursor.json") == {"next": "a"}


def test_a_mark_is_made_once(state: StateStore) -> None:
    """True for the first instance alone; the instant it marks is kept with it."""
    assert state.mark("alerts/x", NOON)
    assert not state.mark("alerts/x", NOON + LEASE)
    (found,) = state.list("alerts/")
    assert found.custom_time == NOON


@pytest.fixture
def storage() -> MemoryStorage:
    """A bucket with one object."""
    made = MemoryStorage(ManualClock(NOON))
    made.create("b", "n", b"12")
    return made


def refuse(error: Exception) -> Callable[[bytes], int]:
    """A reader that finds the bytes wrong."""

    def take(body: bytes) -> int:
        raise error

    return take


def test_what_can_be_read_comes_with_its_generation(
    storage: MemoryStorage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typed by the reader, and not worth a line."""
    assert read_object(storage, "b", "n", int) == (12, 1)
    assert capsys.readouterr().err == ""


def test_no_object_is_nothing_at_all(
    storage: MemoryStorage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even a line: most objects are missing before they are first written."""
    assert read_object(storage, "b", "other", int) == (None, 0)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [ValueError("no number"), BadInputError("no number")])
def test_what_cannot_be_read_is_absent_and_logged(
    storage: MemoryStorage, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """One warning names it; it can be replaced at the generation that comes along."""
    assert read_object(storage, "b", "n", refuse(error)) == (None, 1)
    (line,) = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    shown = (line["severity"], line["bucket"], line["object"], line["error"])
    assert shown == ("WARNING", "b", "n", "no number")


def test_a_reader_s_bug_is_no_spoilt_object(storage: MemoryStorage) -> None:
    """It raises, and is mended: nothing that was known may be forgotten over it."""
    with pytest.raises(LookupError):
        read_object(storage, "b", "n", refuse(LookupError("a bug")))
