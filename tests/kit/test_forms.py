"""The comparison of forms notices what it is for."""

import pytest

from tests.kit.forms import differences

RECORDED = {"games": [{"id": 1, "score": 2.0, "label": None}, {"id": 2, "score": 1.5}]}


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ({"games": [{"id": 7, "score": 0.5, "label": None}]}, []),
        ({"games": [{"id": 7, "score": 0.5}]}, [".games[].label is missing"]),
        (
            {"games": [{"id": 7, "score": 1, "label": None}]},
            [".games[].score is whole number, recorded is fraction"],
        ),
        (
            {"games": [{"id": 7, "score": 0.5, "label": None, "new": 1}]},
            [".games[].new is invented"],
        ),
        (
            {"games": [{"id": 7, "score": 0.5, "label": None}, {"id": 8}]},
            [".games[].score is missing from some objects"],
        ),
    ],
)
def test_differences_are_named(made: object, found: list[str]) -> None:
    """Missing, invented and strange values are each named with their path."""
    assert differences(made, RECORDED, {}, {}) == found


def test_an_exception_excuses_what_is_below_it() -> None:
    """A path that is left out or added with a reason is no difference."""
    made = {"games": [{"id": 7, "extra": {"x": 1}}]}
    left_out = {".games[].score": "why", ".games[].label": "why"}
    assert differences(made, RECORDED, left_out, {".games[].extra": "why"}) == []


def test_an_idle_exception_is_named() -> None:
    """An exception that excuses nothing must go."""
    made = {"games": [{"id": 7, "score": 0.5, "label": None}]}
    idle = {".games[].id": "it is there", ".games[].none": "nobody has it"}
    assert differences(made, RECORDED, idle, {".games[].more": "not made"}) == [
        ".games[].id needs no exception",
        ".games[].none needs no exception",
        ".games[].more needs no exception",
    ]


def test_result_sets_are_compared_by_column() -> None:
    """A column of other values is named as a field of its rows."""

    def document(*row: object) -> dict[str, object]:
        return {"resultSets": [{"name": "S", "headers": ["A", "B"], "rowSet": [list(row)]}]}

    assert differences(document(1, None), document(1, "x"), {}, {}) == [
        ".resultSets.S[].B is null, recorded is text"
    ]
