"""A stored scoreboard of ESPN as another owner's listing."""

import json

import pytest

from common.calendar.games import FINAL, SCHEDULED
from common.errors import BadInputError
from common.scrapers.espn.listing import read_listings
from tests.kit.samples import document


def stored(**status: object) -> bytes:
    """Return the sample as the scraper stores it, with its first game's status changed."""
    events = document("espn_scoreboard")["events"]
    events[0]["status"]["type"].update(status)
    return json.dumps({"records": events}).encode()


def test_finished_games_are_final_with_their_score() -> None:
    """A finished game of the sample is listed with its time and its points."""
    first, *_ = read_listings(stored())
    assert (first.status, first.postponed) == (FINAL, False)
    assert first.tipoff.tzinfo is not None
    assert first.score is not None
    assert sum(first.score) > 0


def test_a_game_that_is_called_off_is_postponed() -> None:
    """ESPN ends a postponed game too, without playing it."""
    first, *_ = read_listings(stored(name="STATUS_POSTPONED", completed=True))
    assert first.postponed
    assert first.status != FINAL


def test_a_game_that_has_not_begun_has_no_score() -> None:
    """Its points of 0:0 mean nothing yet."""
    first, *_ = read_listings(stored(name="STATUS_SCHEDULED", state="pre", completed=False))
    assert (first.status, first.score) == (SCHEDULED, None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"records": [{}]}', b'{"records": [7]}'])
def test_what_is_no_scoreboard_is_refused(body: bytes) -> None:
    """The error says so, for the reader of the season to go on without."""
    with pytest.raises(BadInputError, match="no scoreboard of ESPN"):
        read_listings(body)
