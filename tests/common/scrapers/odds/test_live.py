"""Live answers of The Odds API: what is left out of them, in which order, and what is refused."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import ContractError, Parsed
from tests.kit.samples import document, target

LINES, EVENTS, PROPS = "oddsa_game_lines", "oddsa_events", "oddsa_player_props"
EVENT: dict[str, Any] = document(LINES)[0]
OTHER_DATE = "2025-11-14T00:10:00Z"
LEFT_OUT = f"'{OTHER_DATE}', of 2025-11-13; asked was 2025-11-12; left out"
ODD = "; the row is left out"


def event(number: int, **fields: Any) -> dict[str, Any]:
    """Return an event with an id of its own and some fields changed."""
    return {**copy.deepcopy(EVENT), "id": f"e{number}", **fields}


def read(name: str, *served: object, **asked: Any) -> Parsed:
    """Return what a scraper reads of its answers."""
    bodies = [json.dumps(each).encode() for each in served]
    return get(name).parse(bodies, replace(target(name), event_ids=(), **asked))


def books(*prices: float) -> list[dict[str, Any]]:
    """Return a book with a market of outcomes at some prices."""
    outcomes = [{"name": "Over", "price": price} for price in prices]
    return [{"key": "b", "markets": [{"key": "h2h", "outcomes": outcomes}]}]


def test_events_of_other_dates_are_warned_of_before_odd_ones() -> None:
    """Each in the order in which it was served."""
    served = [event(1), event(2, id="a:b"), event(3, commence_time=OTHER_DATE), event(4)]
    found = read(EVENTS, served)
    assert [each["id"] for each in found.records] == ["e1", "e4"]
    assert found.warnings == (
        f"{EVENTS}: id e3: commence_time is {LEFT_OUT}",
        f"{EVENTS}: event of {EVENT['commence_time']}: id is 'a:b', no id of the known form{ODD}",
    )


def test_odd_offers_are_warned_of_after_other_dates_and_odd_events() -> None:
    """Of all answers first what is about another date, then odd events, then what is odd in one."""
    odd_market = event(1)
    odd_market["bookmakers"].append({"key": None})
    odd_market["bookmakers"][0]["markets"][0]["outcomes"][0]["price"] = None
    odd_market["bookmakers"][0]["markets"].append({"key": None})
    odd_event = event(2, bookmakers=None)
    found = read(LINES, [odd_market, odd_event], [event(3, commence_time=OTHER_DATE)])
    where = f"{LINES}: event e1"
    name = EVENT["bookmakers"][0]["markets"][0]["outcomes"][0]["name"]
    assert found.warnings == (
        f"{LINES}: id e3: commence_time is {LEFT_OUT}",
        f"{LINES}: event e2: bookmakers is None, not list{ODD}",
        f"{where}: bookmakers: key is None, not str{ODD}",
        f"{where}: madeupbook: markets: key is None, not str{ODD}",
        f"{where}: madeupbook: h2h: {name}: price is None, not int or float{ODD}",
    )
    assert (found.count, [each["id"] for each in found.records]) == (1, ["e1"])


def test_of_several_odd_offers_the_first_is_in_the_error() -> None:
    """Where none is left that can be read."""
    served = [event(n, bookmakers=[*books(), {"key": f"b{n}"}]) for n in (1, 2)]
    with pytest.raises(ContractError) as caught:
        read(LINES, served)
    first = f"{LINES}: event e1: b1: markets is None, not list{ODD}"
    assert str(caught.value) == f"{LINES}: no offer can be read; {first}"


@pytest.mark.parametrize(
    ("prices", "shown"),
    [([1.91, -110, -120], "-110"), ([150, 180], "150"), ([0.5, 0.9], "0.5"), ([101, 100], "101")],
)
def test_the_first_price_that_is_none_is_shown(prices: list[float], shown: str) -> None:
    """With the event that it is of."""
    with pytest.raises(ContractError) as caught:
        read(LINES, [event(1, bookmakers=books(*prices))])
    assert f"{LINES}: event e1: price is {shown}, asked were decimal odds" in str(caught.value)


def test_all_events_that_were_asked_for_are_in_the_error() -> None:
    """In the order in which they were."""
    body = json.dumps(event(9)).encode()
    asked = replace(target(PROPS), event_ids=("e2", "e1"))
    with pytest.raises(ContractError, match=f"^{PROPS}: id is e9, asked were e2, e1$"):
        get(PROPS).parse([body], asked)
