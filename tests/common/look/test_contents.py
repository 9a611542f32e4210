"""Stored objects of a whole date are told apart by the games they are about."""

import json

from common.look.contents import games_in
from tests.kit.situations import game

ONE = game(1, away="PHI", home="LAC")
OTHER = game(2, away="POR", home="CHA")
OFFER = {"markets": [{"outcomes": [{"name": "Over", "price": 1.9}]}]}


def odds(away: str, home: str, *books: object) -> bytes:
    """Return a stored object of one event of The Odds API."""
    event = {"id": "e", "away_team": away, "home_team": home, "bookmakers": [*books]}
    return json.dumps({"schema": "scraped", "records": [event]}, separators=(",", ":")).encode()


def test_odds_are_about_the_game_of_their_teams() -> None:
    """The Odds API has names of its own for teams, and no id of NBA.com."""
    body = odds("Philadelphia 76ers", "Los Angeles Clippers", OFFER)
    assert games_in(body, [ONE, OTHER]) == {ONE.game_id}
    body = odds("Portland Trail Blazers", "Charlotte Hornets", OFFER)
    assert games_in(body, [ONE, OTHER]) == {OTHER.game_id}


def test_an_event_without_an_offer_has_no_lines() -> None:
    """An event that no bookmaker prices is listed, and is of no use."""
    empty = {"markets": [{"outcomes": []}]}
    for books in ([], [empty]):
        assert games_in(odds("Philadelphia 76ers", "LA Clippers", *books), [ONE]) == set()


def test_other_objects_name_games_by_their_ids() -> None:
    """A game log is about the games whose ids its rows have."""
    body = json.dumps({"records": [{"GAME_ID": OTHER.game_id, "PTS": 7}]}).encode()
    assert games_in(body, [ONE, OTHER]) == {OTHER.game_id}


def test_an_object_that_names_no_game_is_about_the_whole_date() -> None:
    """What cannot be told is not called missing."""
    assert games_in(b"%PDF-1.7", [ONE, OTHER]) == {ONE.game_id, OTHER.game_id}
