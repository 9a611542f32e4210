"""BettingPros' events of a date."""

from dataclasses import replace

import pytest

from local.fake_sources.bettingpros.events import events
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import BEFORE, DAY, GAME_ID, SLATE


@pytest.mark.parametrize(("home", "country"), [("CHA", "USA"), ("TOR", "CAN")])
def test_a_venue_has_the_country_as_three_letters(home: str, country: str) -> None:
    """Toronto's is the one that is not in the United States."""
    slate = Slate((replace(SLATE.by_id[GAME_ID], home=home),), "2025-26")
    (event,) = events(slate, DAY, BEFORE)["events"]
    assert event["venue"]["country"] == country
