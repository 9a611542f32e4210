"""Objects that somebody may have spoilt."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from common.errors import BadInputError
from common.runtime import Runtime
from common.settings import Settings
from common.state.reading import read_as
from local.simulator.memory import MemoryStorage
from local.simulator.world import ManualClock


@pytest.fixture
def runtime() -> Runtime:
    """A runtime of storage alone, with one object in a bucket."""
    made = Runtime(Settings())
    storage = MemoryStorage(ManualClock(datetime(2025, 11, 12, 17, tzinfo=UTC)))
    made.__dict__["storage"] = storage
    storage.create("b", "n", b"12")
    return made


def refuse(error: Exception) -> Callable[[bytes], int]:
    """A reader that finds the bytes wrong."""

    def take(body: bytes) -> int:
        raise error

    return take


def test_what_can_be_read_comes_with_its_object(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typed by the reader, and not worth a line."""
    assert read_as(runtime, "b", "n", int) == (12, runtime.storage.stat("b", "n"))
    assert capsys.readouterr().err == ""


def test_no_object_is_nothing_at_all(runtime: Runtime, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even a line: most objects are missing before they are first written."""
    assert read_as(runtime, "b", "other", int) == (None, None)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", [ValueError("no number"), BadInputError("no number")])
def test_what_cannot_be_read_is_nothing_and_told(
    runtime: Runtime, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """One warning names it; the object itself comes along, to be replaced at its generation."""
    assert read_as(runtime, "b", "n", refuse(error)) == (None, runtime.storage.stat("b", "n"))
    (line,) = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    told = (line["severity"], line["bucket"], line["object"], line["error"])
    assert told == ("WARNING", "b", "n", "no number")


def test_a_reader_s_bug_is_no_spoilt_object(runtime: Runtime) -> None:
    """It raises, and is mended: nothing that was known may be forgotten over it."""
    with pytest.raises(LookupError):
        read_as(runtime, "b", "n", refuse(LookupError("a bug")))
