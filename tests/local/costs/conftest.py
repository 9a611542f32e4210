"""Fixtures: the price list, and a month of round numbers."""

from collections import Counter

import pytest

from local.costs.cost import Counts
from local.costs.prices import Prices, load_prices
from local.costs.usage import Usage
from local.costs.watching import Watching


@pytest.fixture
def prices() -> Prices:
    """The price list of this checkout."""
    return load_prices()


@pytest.fixture
def counts() -> Counts:
    """A month of round numbers."""
    usage = Usage(
        days=30,
        amounts=Counter(
            message_bytes=2**30, class_a=7000, class_b=1000, query_tables=300, state_bytes=2**20
        ),
        functions={"scraper_runner": Counter(calls=100, cold=10, storage=200, requests=50)},
        objects={
            "nbac_play_by_play": Counter(objects=2, bytes=10),
            "oddsa_events": Counter(objects=1, bytes=500),
        },
    )
    return Counts(4, Watching(10, 3, {"overview": 5, "plan": 2}), {"month": usage})
