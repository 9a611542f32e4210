"""An answer is about what was asked, and its parts make up its totals."""

import pytest

from common.scrapers.agreement import adds_up, distinct, final_score, same
from common.scrapers.model import ContractError, MismatchError
from local.samples import GAME


@pytest.mark.parametrize(("served", "asked"), [("7", 7), (7, "7"), (None, ""), ("a", "A")])
def test_what_is_served_is_exactly_what_was_asked_for(served: object, asked: object) -> None:
    """A number in the place of a text is another form."""
    same("id", asked, asked, "x")
    with pytest.raises(ContractError, match=rf"^x: id is {served!r}, asked was {asked!r}$"):
        same("id", served, asked, "x")


def test_no_more_of_a_value_is_shown_than_fits_a_line() -> None:
    """Of a long text 80 characters stand in an error, its quote among them."""
    with pytest.raises(ContractError, match=f"^x: id is '{'s' * 79}, asked was '{'a' * 79}$"):
        same("id", "s" * 200, "a" * 200, "x")
    with pytest.raises(ContractError, match=f"^x: id '{'s' * 79} is there twice$"):
        distinct("id", ["s" * 200] * 2, "x")


@pytest.mark.parametrize(
    ("values", "total", "within", "fits"),
    [
        ([30, 31], 61, 0, True),
        ([30, 30], 61, 0, False),
        ([31, 31], 61, 0, False),
        ([60.0], 61, 1, True),
        ([62.0], 61, 1, True),
        ([59.9], 61, 1, False),
        ([62.1], 61, 1, False),
        ([], 0, 0, True),
    ],
)
def test_parts_may_miss_their_total_by_what_rounding_explains(
    values: list[float], total: float, within: float, *, fits: bool
) -> None:
    """Upwards as well as downwards, and by nothing where nothing is rounded."""
    if fits:
        adds_up("the parts", values, total, "x", within)
        return
    with pytest.raises(MismatchError, match=rf"the parts add up to .*, the total is {total}"):
        adds_up("the parts", values, total, "x", within)


@pytest.mark.parametrize("values", [[1, 2, 1], [1, 1, 2], [2, 1, 1]])
def test_a_value_that_is_there_twice_is_named(values: list[int]) -> None:
    """Wherever its second place is."""
    distinct("id", [1, 2, "1"], "x")
    with pytest.raises(ContractError, match=r"^x: id 1 is there twice$"):
        distinct("id", values, "x")


def test_a_final_score_is_read_by_team() -> None:
    """Hosts may come first; a team that is not there has no points."""
    away, home = ({"teamTricode": GAME.away, "score": 2}, {"teamTricode": GAME.home, "score": 1})
    assert final_score([away, home], GAME) == final_score([home, away], GAME) == (2, 1)
    assert final_score([{"teamTricode": "LAL", "score": 9}, home], GAME) == (0, 1)
    assert final_score([away], GAME) == (2, 0)
