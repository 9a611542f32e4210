"""How long a port took stands in the delivery's line."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from common.cloud.timed import timed
from common.deliveries import Delivery, handling, spent_ms


class Port:
    """A port that answers, refuses and lists."""

    bucket = "nba-scraped-data"

    def read(self, name: str, *, most: int) -> tuple[str, int]:
        """Return what it was asked for."""
        return name, most

    def refuse(self) -> None:
        """Fail."""
        raise LookupError("no such object")

    def list(self) -> Iterator[int]:
        """Yield two items."""
        yield from (1, 2)


@pytest.fixture
def port() -> Iterator[Port]:
    """A port by whose clock each look takes half a second more, inside a delivery."""
    ticks = count()
    with handling(Delivery()):
        yield timed(Port(), "storage", lambda: next(ticks) / 2)


def test_an_answer_is_passed_on_and_timed(port: Port) -> None:
    """Positional and named arguments as well."""
    assert port.read("a", most=3) == ("a", 3)
    assert spent_ms() == {"storage_ms": 500}


def test_an_attribute_is_the_port_s_own(port: Port) -> None:
    """Such as the clock of a source, which is asked for the time of an answer."""
    assert port.bucket == "nba-scraped-data"
    assert spent_ms() == {}


def test_a_listing_goes_on_behind_an_item_that_is_none_or_nothing() -> None:
    """Only its end ends it."""

    class Odd(Port):
        def list(self) -> Iterator[Any]:
            yield from (0, None, "", 2)

    assert [*timed(Odd(), "storage").list()] == [0, None, "", 2]


def test_a_refusal_is_passed_on_and_timed(port: Port) -> None:
    """A call that fails after a minute is what a reader of the line looks for."""
    with pytest.raises(LookupError, match="no such object"):
        port.refuse()
    assert spent_ms() == {"storage_ms": 500}


def test_a_listing_is_timed_as_it_is_read(port: Port) -> None:
    """Its pages are asked for late: the call, two items and the end."""
    items = port.list()
    assert spent_ms() == {"storage_ms": 500}
    assert [*items] == [1, 2]
    assert spent_ms() == {"storage_ms": 2000}
