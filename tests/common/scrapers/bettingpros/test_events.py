"""BettingPros' events are held against the date and their own periods."""

import json
import time
from collections.abc import Iterator

import pytest

from common.scrapers import get
from tests.kit.samples import document, target
from tests.kit.spoilt import Step, read_spoilt, refusal

FIRST: tuple[Step, ...] = ("events", 0)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("_parameters", "date"), "2025-11-11", "'2025-11-11', asked was '2025-11-12'"),
        ((*FIRST, "id"), 90002, "90002 is there twice"),
        (
            (*FIRST, "results", "outcomes", 0, "scores", 0, "score"),
            98,
            "the periods of CHA add up to 99, the total is 98",
        ),
    ],
)
def test_a_mismatch_breaks_the_contract(path: tuple[Step, ...], value: object, text: str) -> None:
    """The error gives both values."""
    with pytest.raises(refusal(text), match=f"bp_events.*{text}"):
        read_spoilt("bp_events", path, value)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("results",), None, "results is None"),
        (("results", "outcomes", 0, "label"), "half", "no outcome of the event"),
    ],
)
def test_a_closed_event_without_its_result_is_left_out(
    path: tuple[Step, ...], value: object, text: str
) -> None:
    """The warning names the event."""
    found = read_spoilt("bp_events", (*FIRST, *path), value)
    assert (found.count, [each["id"] for each in found.records]) == (1, [90002])
    assert "bp_events: event 90001: " in found.warnings[0]
    assert text in found.warnings[0]


@pytest.fixture
def _in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine be in another zone than the functions are."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_new_york")
def test_an_event_s_time_is_utc_wherever_it_is_read() -> None:
    """Read in the machine's own zone, midnight would be of the next Eastern date."""
    found = read_spoilt("bp_events", (*FIRST, "scheduled"), "2025-11-13 00:30:00")
    assert (found.count, found.warnings) == (2, ())


def test_only_the_event_s_own_outcome_is_the_result() -> None:
    """One of another label may come before it, such as that of overtime alone."""
    answer = document("bp_events")
    outcomes = answer["events"][0]["results"]["outcomes"]
    wrong = [{**each, "score": 1} for each in outcomes[0]["scores"]]
    outcomes.insert(0, {**outcomes[0], "label": "final", "scores": wrong})
    found = get("bp_events").parse([json.dumps(answer).encode()], target("bp_events"))
    assert (found.count, found.warnings) == (2, ())
