"""Whole schedule documents: the recorded season, both stored forms, and malformed ones."""

import copy
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from common.calendar.games import (
    parse_schedule,
    parse_schedule_body,
    schedule_records,
)
from common.errors import BadInputError
from tests.kit.counted import calls
from tests.kit.served_schedule import document, game, real_season, scored


def test_real_season_counts() -> None:
    """The recorded season has 1230 regular, 84 playoff and 6 play-in games and 1 Cup final."""
    schedule = parse_schedule(real_season())
    kinds = Counter(found.game_id[:3] for found in schedule.games)
    assert kinds == {"002": 1230, "004": 84, "005": 6, "006": 1}
    assert schedule.warnings == ()
    assert schedule.season == "2024-25"
    assert all(found.is_final for found in schedule.games)


def test_real_season_codes_are_the_served_ones() -> None:
    """`Game.code` equals NBA.com's own name of the game."""
    days = real_season()["leagueSchedule"]["gameDates"]
    served = {game["gameCode"] for day in days for game in day["games"]}
    codes = {found.code for found in parse_schedule(real_season()).games}
    assert len(codes) == 1321
    assert codes <= served


def test_real_season_overseas_tipoff() -> None:
    """The Paris game of 23 January 2025 tipped off at 19:00 UTC."""
    games = {found.game_id: found for found in parse_schedule(real_season()).games}
    assert games["0022400621"].tipoff == datetime(2025, 1, 23, 19, 0, tzinfo=UTC)


def test_real_season_is_read_fast() -> None:
    """A game costs some 105 function calls (a season 20 ms), twice as many at most."""
    season = real_season()
    games = len(parse_schedule(season).games)
    assert games > 1300
    assert calls(lambda: parse_schedule(season)) < 210 * games


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gameStatus", 7),
        ("gameStatus", None),
        ("gameDateTimeUTC", "soon"),
        ("gameDateTimeEst", None),
        ("homeTeam", None),
        ("awayTeam", "MIL"),
    ],
)
def test_malformed_game_is_named(field: str, value: object) -> None:
    """The error for an invalid field names the game's id and the field."""
    with pytest.raises(BadInputError, match=rf"0022500213: {field}"):
        parse_schedule(document(game(**{field: value})))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"leagueSchedule": []},
        {"leagueSchedule": {"gameDates": [{"games": None}]}},
    ],
)
def test_malformed_document_is_refused(broken: dict[str, Any]) -> None:
    """A document of another form is refused as bad input."""
    with pytest.raises(BadInputError, match="scheduleLeagueV2"):
        parse_schedule(broken)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("today", "gameDates holds 'today'"),
        ({"gameDate": "x", "games": ["y"]}, "day 'x' holds 'y'"),
    ],
)
def test_what_is_no_object_is_refused(day: object, said: str) -> None:
    """The error shows the value that stands in the place of a day or a game."""
    with pytest.raises(BadInputError, match=said):
        parse_schedule({"leagueSchedule": {"gameDates": [day]}})


@pytest.mark.parametrize("game_id", [None, 22500213, "22500213", "00225002131", "00225002xx"])
def test_malformed_id_is_refused(game_id: object) -> None:
    """An id that is not a text of ten digits is refused."""
    with pytest.raises(BadInputError, match="gameId"):
        parse_schedule(document(game(gameId=game_id)))


def test_a_long_value_is_named_by_its_beginning() -> None:
    """A refusal is a line for people, whatever a source has sent."""
    with pytest.raises(BadInputError) as refused:
        parse_schedule(document(game(gameStatus="x" * 1000)))
    assert len(str(refused.value)) < 200


def test_malformed_listing_date_is_refused() -> None:
    """A listing date of another form is refused."""
    with pytest.raises(BadInputError, match="gameDate"):
        parse_schedule(document(game(), day="2025-11-12"))


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[]", b'{"schema": "scraped"}'),
        b'{"leagueSchedule": {"seasonYear": NaN, "gameDates": []}}',
    ],
)
def test_malformed_body_is_refused(body: bytes) -> None:
    """Bytes of neither form are refused as bad input."""
    with pytest.raises(BadInputError):
        parse_schedule_body(body)


def test_body_of_both_forms_reads_the_same() -> None:
    """The scraper's envelope and an uploaded file give the same games."""
    served = document(game(), scored(gameId="0022500214"))
    kept = {"schema": "scraped", "version": 1, "records": schedule_records(served)}
    raw = parse_schedule_body(json.dumps(served).encode())
    assert raw == parse_schedule_body(json.dumps(kept).encode())
    assert len(raw.games) == 2


def test_input_is_left_as_it_was() -> None:
    """Parsing does not change the document."""
    served = document(game(), scored())
    before = copy.deepcopy(served)
    parse_schedule(served)
    schedule_records(served)
    assert served == before
