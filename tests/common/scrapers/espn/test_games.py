"""ESPN's games are matched to NBA.com's ids by date and teams."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers.espn.games import (
    TRICODES,
    EspnGame,
    exchanged,
    find,
    nba_ids,
    read_game,
    tricode,
)
from common.scrapers.espn.roster import IDS
from common.scrapers.model import ContractError
from common.scrapers.nba.teams import TEAMS
from common.settings import ROOT
from local.samples import DAY, GAME
from tests.kit.samples import document
from tests.kit.spoilt import Step, spoil

RECORDINGS = ROOT.parent / "shared" / "data" / "samples"
EVENING = date(2024, 1, 15)


def test_tricodes_and_ids_are_of_the_thirty_teams() -> None:
    """Every tricode of ours is one of NBA.com's, and every team has one id of ESPN's."""
    assert set(TRICODES.values()) <= TEAMS.keys()
    assert not TRICODES.keys() & TEAMS.keys()
    assert IDS.keys() == TEAMS.keys()
    assert sorted(IDS.values()) == list(range(1, 31))
    assert (tricode("GS"), tricode("BOS")) == ("GSW", "BOS")


def read_all(board: Any) -> list[EspnGame]:
    """Return the games of a scoreboard."""
    return [read_game(event, "x") for event in board["events"]]


def test_a_game_is_read_with_date_teams_status_and_score() -> None:
    """A game after midnight UTC is of the Eastern date before; one to come has no score."""
    played, to_come = read_all(document("espn_scoreboard"))
    assert (played.day, played.away, played.home, played.score) == (DAY, "MIL", "CHA", (101, 99))
    assert played.completed
    assert (to_come.day, to_come.away, to_come.home, to_come.score) == (DAY, "NYK", "BOS", None)
    assert (to_come.status, to_come.completed) == ("STATUS_SCHEDULED", False)


OTHER_WAY_ROUND = GameRef(game_id=GAME.game_id, away="CHA", home="MIL")


@pytest.mark.parametrize("asked", [GAME, OTHER_WAY_ROUND], ids=["as listed", "exchanged"])
def test_a_game_is_found_by_date_and_both_teams(asked: GameRef) -> None:
    """Either team may be at home, as in a neutral arena; another date is another game."""
    games = read_all(document("espn_scoreboard"))
    found = find(games, DAY, asked)
    assert found is not None
    assert (found.espn_id, found.points) == ("401899001", {"MIL": 101, "CHA": 99})
    assert find(games, date(2025, 11, 13), asked) is None
    assert nba_ids(games, [(DAY, asked)]) == {"401899001": GAME.game_id}


@pytest.mark.parametrize("unplayed", ["STATUS_POSTPONED", "STATUS_SCHEDULED"])
def test_of_a_game_that_is_listed_twice_the_played_one_counts(unplayed: str) -> None:
    """It was postponed and is played on the same date; the order of the two does not matter."""
    played = read_all(document("espn_scoreboard"))[0]
    other = replace(played, espn_id="1", status=unplayed, completed=False, score=None)
    assert find([played, other], DAY, GAME) == find([other, played], DAY, GAME) == played


@pytest.mark.parametrize("status", ["STATUS_IN_PROGRESS", "STATUS_SCHEDULED"])
def test_of_a_game_that_is_listed_twice_the_postponed_one_does_not_count(status: str) -> None:
    """Not even while the other has not ended."""
    to_come = replace(read_all(document("espn_scoreboard"))[0], status=status, completed=False)
    postponed = replace(to_come, espn_id="1", status="STATUS_POSTPONED")
    assert find([postponed, to_come], DAY, GAME) == find([to_come, postponed], DAY, GAME) == to_come


def test_a_game_that_is_listed_the_other_way_round_is_warned_of() -> None:
    """The warning has the game and both ways."""
    game, to_come = read_all(document("espn_scoreboard"))
    assert exchanged(game, GAME, "x") == ()
    (warning,) = exchanged(game, OTHER_WAY_ROUND, "x")
    assert "game 0022509001: ESPN lists it as MIL@CHA, asked was CHA@MIL" in warning
    assert to_come.points is None


def test_games_that_only_one_owner_lists_have_no_match() -> None:
    """The match names the games of both, and no other."""
    games = read_all(document("espn_scoreboard"))
    other = GameRef(game_id="0022509003", away="LAL", home="UTA")
    assert nba_ids(games, [(DAY, GAME), (DAY, other)]) == {"401899001": "0022509001"}


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("status", "type", "completed"), "yes", "completed is 'yes'"),
        (("date",), "tonight", "'tonight', not an instant"),
        (("date",), "2025-11-13T00:00", "without a time zone"),
        (("competitions",), [], "0 competitions"),
        (("competitions", 0, "competitors", 0, "homeAway"), "away", r"\['away', 'away'\]"),
        (("competitions", 0, "competitors", 0, "score"), "9x", "score is '9x', no number"),
        (("competitions", 0, "competitors", 0, "score"), "9²", "score is '9²', no number"),
        (("id",), None, "id is None, not str"),
    ],
)
def test_a_changed_event_breaks_the_contract(
    path: tuple[Step, ...], value: object, text: str
) -> None:
    """The error names the event and the field."""
    event = spoil(document("espn_scoreboard"), ("events", 0, *path), value)["events"][0]
    with pytest.raises(ContractError, match=f"^x.*{text}"):
        read_game(event, "x")


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")
def test_every_game_of_a_real_evening_is_matched() -> None:
    """Eleven games of one evening, as two owners recorded them, agree on teams and scores."""
    games = read_all(load("espn_scoreboard_20240115.json"))
    sets = {each["name"]: each for each in load("nbac_scoreboard_v2.json")["resultSets"]}
    codes = [
        (row["GAME_ID"], row["GAMECODE"].partition("/")[2]) for row in rows(sets["GameHeader"])
    ]
    known = [
        (EVENING, GameRef(game_id=game_id, away=code[:3], home=code[3:])) for game_id, code in codes
    ]
    matched = nba_ids(games, known)
    assert sorted(matched.values()) == sorted(game_id for game_id, _ in codes)
    assert len(matched) == 11
    assert matched["401585183"] == "0022300555"
    points = {
        (row["GAME_ID"], row["TEAM_ABBREVIATION"]): row["PTS"] for row in rows(sets["LineScore"])
    }
    for game in games:
        game_id = matched[game.espn_id]
        assert game.score == (points[game_id, game.away], points[game_id, game.home])


def load(file: str) -> Any:
    """Return a recording."""
    return json.loads(Path(RECORDINGS / file).read_bytes())


def rows(result_set: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a result set by column name."""
    return [dict(zip(result_set["headers"], row, strict=True)) for row in result_set["rowSet"]]


def test_a_game_that_is_played_has_the_score_so_far() -> None:
    """ESPN's word for it is neither before nor after."""
    event = document("espn_scoreboard")["events"][0]
    spoil(event, ("status", "type", "completed"), value=False)
    for state, points in (("pre", None), ("in", {"MIL": 101, "CHA": 99})):
        spoil(event, ("status", "type", "state"), state)
        assert read_game(event, "x").points == points


def test_of_two_listings_the_postponed_one_does_not_count_though_it_says_that_it_is_over() -> None:
    """ESPN calls a postponed game completed."""
    played, _ = read_all(document("espn_scoreboard"))
    put_off = replace(played, espn_id="1", status="STATUS_POSTPONED", completed=True)
    to_come = replace(played, espn_id="2", status="STATUS_SCHEDULED", completed=False)
    for games in ([put_off, to_come], [to_come, put_off]):
        assert find(games, DAY, GAME) == to_come
