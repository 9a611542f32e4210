"""ESPN's games are matched to NBA.com's ids by date and teams."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers.espn.games import TRICODES, find, nba_ids, read_games, tricode
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


def test_a_game_is_read_with_date_teams_status_and_score() -> None:
    """A game after midnight UTC is of the Eastern date before; one to come has no score."""
    played, to_come = read_games(document("espn_scoreboard"), "x")
    assert (played.day, played.away, played.home, played.score) == (DAY, "MIL", "CHA", (101, 99))
    assert played.completed
    assert (to_come.day, to_come.away, to_come.home, to_come.score) == (DAY, "NYK", "BOS", None)
    assert (to_come.status, to_come.completed) == ("STATUS_SCHEDULED", False)


def test_a_game_is_found_by_date_and_both_teams() -> None:
    """Another date, and home and away exchanged, are other games."""
    games = read_games(document("espn_scoreboard"), "x")
    found = find(games, DAY, GAME)
    assert found is not None
    assert found.espn_id == "401899001"
    assert find(games, date(2025, 11, 13), GAME) is None
    assert find(games, DAY, GameRef(game_id=GAME.game_id, away="CHA", home="MIL")) is None


def test_games_that_only_one_owner_lists_have_no_match() -> None:
    """The match names the games of both, and no other."""
    games = read_games(document("espn_scoreboard"), "x")
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
        (("id",), "401899002", "event '401899002' is there twice"),
    ],
)
def test_a_changed_event_breaks_the_contract(
    path: tuple[Step, ...], value: object, text: str
) -> None:
    """The error names the event and the field."""
    changed = spoil(document("espn_scoreboard"), ("events", 0, *path), value)
    with pytest.raises(ContractError, match=f"^x.*{text}"):
        read_games(changed, "x")


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")
def test_every_game_of_a_real_evening_is_matched() -> None:
    """Eleven games of one evening, as two owners recorded them, agree on teams and scores."""
    games = read_games(load("espn_scoreboard_20240115.json"), "x")
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
