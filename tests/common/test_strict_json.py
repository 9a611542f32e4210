"""JSON as others read it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.strict_json import loads

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.text() | NUMBERS


@given(
    st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
)
def test_what_json_can_hold_is_read(document: object) -> None:
    """As Python's own parser reads it, from text and from bytes."""
    text = json.dumps(document)
    assert loads(text) == loads(text.encode()) == document


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_json_cannot_hold_is_refused(number: str) -> None:
    """Wherever it stands; the text names it."""
    with pytest.raises(ValueError, match=number):
        loads(f'{{"teams": [{{"rating": {number}}}]}}')


def test_an_object_is_made_as_asked() -> None:
    """So that a reader sees a name that is there twice."""
    assert loads('{"a": 1, "a": 2}', list) == [("a", 1), ("a", 2)]
