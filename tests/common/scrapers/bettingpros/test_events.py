"""BettingPros' events are held against the date and their own periods."""

import pytest

from tests.kit.spoilt import Step, read_spoilt, refusal

FIRST: tuple[Step, ...] = ("events", 0)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("_parameters", "date"), "2025-11-11", "'2025-11-11', asked was '2025-11-12'"),
        ((*FIRST, "scheduled"), "2025-11-14 00:00:00", "asked was datetime.date.2025, 11, 12"),
        ((*FIRST, "scheduled"), "7 pm", "'7 pm', not an instant in UTC"),
        ((*FIRST, "sport"), "WNBA", "'WNBA', asked was 'NBA'"),
        ((*FIRST, "id"), 90002, "90002 is there twice"),
        ((*FIRST, "results"), None, "results is None"),
        ((*FIRST, "results", "outcomes", 0, "label"), "half", "no outcome of the event"),
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
