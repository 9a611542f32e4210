"""What a schedule says about its games is known, or warned of: letters, texts, other leagues."""

from datetime import date
from typing import Any

import pytest

from common.calendar.game_ids import COLLECTED, LEFT_OUT, season_of_game
from common.calendar.games import parse_schedule, schedule_records, season_of
from common.messages.models import SEASON_TYPES
from tests.kit.served_schedule import document, game, scored


@pytest.mark.parametrize("letter", ["N", "A", None, ""])
def test_fs01_known_letters_are_as_scheduled(letter: str | None) -> None:
    """`N`, `A`, null and an empty letter mean that the game is played, without a warning."""
    found = parse_schedule(document(game(postponedStatus=letter)))
    assert [one.postponed for one in found.games] == [False]
    assert found.warnings == ()


def test_fs01_a_final_game_of_letter_a_is_final() -> None:
    """A played game with the letter `A` counts as final, and has its score."""
    (found,) = parse_schedule(document(scored(postponedStatus="A"))).games
    assert (found.is_final, found.score) == (True, (100, 111))


@pytest.mark.parametrize("letter", ["Z", "n", 1, ["Y"], {"a": 1}])
def test_fs01_an_unknown_letter_is_warned_of(letter: object) -> None:
    """A letter that nobody knows postpones nothing; the warning names game, field and value."""
    found = parse_schedule(document(game(postponedStatus=letter)))
    assert [one.postponed for one in found.games] == [False]
    (warning,) = found.warnings
    assert "0022500213: postponedStatus" in warning
    assert repr(letter) in warning


@pytest.mark.parametrize(
    "text",
    ["Postponed", "POSTPONED", "PPD", "ppd.", "Cancelled", "Canceled", "Game Postponed - Weather"],
)
def test_fs11_a_text_that_calls_the_game_off_postpones_it(text: str) -> None:
    """A game whose text calls it off is not played, in any writing, and needs no warning."""
    found = parse_schedule(document(game(gameStatusText=text)))
    assert [one.postponed for one in found.games] == [True]
    assert found.warnings == ()


@pytest.mark.parametrize(
    "text", ["Under review", "Moved to Boston", "25:99 xm ET", "Final score pending"]
)
def test_fs11_an_unknown_text_is_warned_of(text: str) -> None:
    """A text that nobody knows keeps the game; the warning names game, field and value."""
    found = parse_schedule(document(game(gameStatusText=text)))
    assert [one.postponed for one in found.games] == [False]
    assert any(f"0022500213: gameStatusText is {text!r}" in each for each in found.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "Final",
        "Final/OT",
        "Final/OT3",
        "Halftime",
        "Half",
        "Q4 :12.3",
        "End of 1st Qtr",
        "OT2 4:59",
        "Pregame",
        "pre-game",
        "Delayed",
    ],
)
def test_fs11_the_texts_of_a_played_game_are_known(text: str) -> None:
    """The texts that a game goes through are no warnings."""
    assert parse_schedule(document(scored(gameStatusText=text))).warnings == ()


FOREIGN: list[tuple[dict[str, Any], str]] = [
    ({"gameId": "2022500041"}, "20"),
    ({"gameId": "1022600001", "gameStatus": 9, "homeTeam": None}, "10"),
    ({"leagueId": "20"}, "20"),
    ({"leagueId": 10}, "10"),
]


@pytest.mark.parametrize(("changes", "league"), FOREIGN)
def test_fs10_a_game_of_another_league_is_left_out(changes: dict[str, Any], league: str) -> None:
    """A foreign game is neither read nor stored; the warning names its id and its league."""
    foreign = game(**changes)
    served = document(game(gameId="0022500214"), foreign)
    found = parse_schedule(served)
    assert [one.game_id for one in found.games] == ["0022500214"]
    assert [one["gameId"] for one in schedule_records(served)] == ["0022500214"]
    (warning,) = found.warnings
    assert foreign["gameId"] in warning
    assert f"leagueId is {league}" in warning


def test_fs10_a_document_of_another_league_has_no_game_of_ours() -> None:
    """Games count as those of the league that the whole document names."""
    served = document(game(), game(gameId="0022500214"))
    served["leagueSchedule"]["leagueId"] = "20"
    found = parse_schedule(served)
    assert (found.games, len(found.warnings), schedule_records(served)) == ((), 2, [])


def test_fs10_the_league_of_a_game_comes_before_that_of_its_document() -> None:
    """The warning names the nearest one that is not the NBA."""
    served = document(game(leagueId="20"))
    served["leagueSchedule"]["leagueId"] = "10"
    (warning,) = parse_schedule(served).warnings
    assert "leagueId is 20" in warning


def test_other_kinds_of_games_are_read_where_they_are_asked_for() -> None:
    """As preseason games are, which nothing collects."""
    served = document(game(gameId="0012500001"), game())
    assert [one.game_id for one in parse_schedule(served, kinds={"001"}).games] == ["0012500001"]


def test_fs10_an_unknown_kind_of_game_is_left_out() -> None:
    """A kind of game that no season type is known for is warned of, not asked for."""
    found = parse_schedule(document(game(gameId="0092500001")))
    assert found.games == ()
    assert "0092500001" in found.warnings[0]


def test_fs10_every_collected_kind_has_its_season_type() -> None:
    """What the schedule lets through can be asked for at stats.nba.com."""
    assert set(SEASON_TYPES) == COLLECTED
    assert not COLLECTED & LEFT_OUT


@pytest.mark.parametrize("game_id", ["0051900001", "0041900161"])
def test_fs06_the_season_is_that_of_the_game(game_id: str) -> None:
    """The games of August 2020 belong to the season that began in 2019."""
    assert season_of_game(game_id) == "2019-20"


@pytest.mark.parametrize(
    ("day", "season"),
    [
        (date(2020, 8, 15), "2019-20"),
        (date(2020, 10, 11), "2019-20"),
        (date(2020, 12, 22), "2020-21"),
        (date(2021, 7, 20), "2020-21"),
        (date(2025, 8, 1), "2025-26"),
    ],
)
def test_fs06_a_date_belongs_to_the_season_that_was_played(day: date, season: str) -> None:
    """The season of 2019-20 ended in October, all others before August."""
    assert season_of(day) == season
