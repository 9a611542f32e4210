"""A stored scoreboard of ESPN as another owner's listing."""

import json
from datetime import UTC, datetime

import pytest

from common.calendar.games import FINAL, LIVE, SCHEDULED
from common.calendar.owners import Listing
from common.errors import BadInputError
from common.scrapers import get
from common.scrapers.espn.listing import read_listings
from common.scrapers.model import ContractError
from local.samples import DAY
from tests.kit.samples import document, target


def stored(**status: object) -> bytes:
    """Return the sample as the scraper stores it, with its first game's status changed."""
    events = document("espn_scoreboard")["events"]
    events[0]["status"]["type"].update(status)
    return json.dumps({"records": events}).encode()


def test_finished_games_are_final_with_their_score() -> None:
    """A finished game of the sample is listed with its time and its points."""
    events = document("espn_scoreboard")["events"]
    events[0]["date"] = "2025-11-13T00:40Z"
    first, *_ = read_listings(json.dumps({"records": events}).encode())
    tipoff = datetime(2025, 11, 13, 0, 40, tzinfo=UTC)
    listing = Listing(
        "401899001", DAY, tipoff, "MIL", "CHA", FINAL, postponed=False, score=(101, 99)
    )
    assert first == listing


@pytest.mark.parametrize("word", ["POSTPONED", "CANCELED", "FORFEIT", "ABANDONED"])
def test_a_game_that_is_called_off_is_postponed(word: str) -> None:
    """ESPN ends a game that is not played too, whatever it calls it."""
    first, *_ = read_listings(stored(name=f"STATUS_{word}", completed=True))
    assert first.postponed
    assert first.status != FINAL


def test_a_game_that_has_not_begun_has_no_score() -> None:
    """Its points of 0:0 mean nothing yet."""
    first, *_ = read_listings(stored(name="STATUS_SCHEDULED", state="pre", completed=False))
    assert (first.status, first.score) == (SCHEDULED, None)


def test_a_game_that_is_played_is_live_with_its_score_so_far() -> None:
    """Whatever ESPN calls the part of it."""
    first, *_ = read_listings(stored(name="STATUS_HALFTIME", state="in", completed=False))
    assert (first.status, first.postponed, first.score) == (LIVE, False, (101, 99))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"records": [{}]}', b'{"records": [7]}'])
def test_what_is_no_scoreboard_is_refused(body: bytes) -> None:
    """The error says so, for the reader of the season to go on without."""
    with pytest.raises(BadInputError, match="no scoreboard of ESPN"):
        read_listings(body)


@pytest.mark.parametrize(
    ("season", "kept"), [({"type": 2}, True), ({"type": 5}, True), ({"type": 1}, False), ({}, True)]
)
def test_preseason_games_are_left_out(season: dict[str, int], kept: bool) -> None:  # noqa: FBT001 - a case
    """As the schedule does, games before the season are left out; an unnamed kind is kept."""
    events = document("espn_scoreboard")["events"]
    events[0]["season"] = season
    found = read_listings(json.dumps({"records": events}).encode())
    assert len(found) == len(events) - (not kept)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("abbreviation", "EAST"),
        ("abbreviation", "MIA/ATL"),
        ("id", "all-star"),
        ("id", "401899001x"),
        ("id", "4" * 13),
    ],
)
def test_what_no_message_could_name_is_left_out(field: str, value: str) -> None:
    """Teams other than the thirty, and ids that are no numbers, are not listed."""
    events = document("espn_scoreboard")["events"]
    if field == "id":
        events[0]["id"] = value
    else:
        events[0]["competitions"][0]["competitors"][0]["team"][field] = value
    found = read_listings(json.dumps({"records": events}).encode())
    assert len(found) == len(events) - 1


def test_another_league_is_refused() -> None:
    """A scoreboard of another league breaks the contract, with both names."""
    body = json.dumps({**document("espn_scoreboard"), "leagues": [{"slug": "wnba"}]}).encode()
    with pytest.raises(ContractError, match=r"leagues are \['wnba'\], asked was nba"):
        get("espn_scoreboard").parse([body], target("espn_scoreboard"))
