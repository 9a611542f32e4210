"""The live box score is stored only when the game is over and its points add up."""

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.model import ContractError, NotReadyError
from tests.kit.samples import bodies, target
from tests.kit.spoilt import Step, read_spoilt, refusal

NAME = "nbac_boxscore"
AWAY: tuple[Step, ...] = ("game", "awayTeam")


def test_the_teams_hold_players_and_what_the_game_is() -> None:
    """The record of a team keeps its players, and officials and arena of the game."""
    away, home = get(NAME).parse(bodies(NAME), target(NAME)).records
    assert [len(team["players"]) for team in (away, home)] == [3, 2]
    assert away["players"][2]["notPlayingReason"] == "INACTIVE_INJURY"
    assert away["statistics"]["reboundsPersonal"] == 10
    assert home["game"]["officials"][0]["name"] == "Fay Whistle"
    assert "awayTeam" not in home["game"]


@pytest.mark.parametrize("status", [1, 2])
def test_s1_a_game_that_goes_on_is_not_ready(status: int) -> None:
    """Half a game is never stored as a whole one."""
    with pytest.raises(NotReadyError, match="0022509001 is not final yet"):
        read_spoilt(NAME, ("game", "gameStatus"), status)


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ((*AWAY, "players", 0, "statistics", "points"), 60, "add up to 100, the total is 101"),
        ((*AWAY, "periods", 3, "score"), 26, "the periods add up to 102, the total is 101"),
        ((*AWAY, "statistics", "points"), 99, "the team's points add up to 99, the total is 101"),
        ((*AWAY, "teamTricode"), "NYK", "teamTricode is 'NYK', asked was 'MIL'"),
        (("game", "gameId"), "0022509002", "'0022509002', asked was '0022509001'"),
        ((*AWAY, "players", 1, "personId"), 9000001, "personId 9000001 is there twice"),
        ((*AWAY, "players"), [], "add up to 0, the total is 101"),
        (("game", "gameStatus"), "3", "gameStatus is '3', not int"),
        (("game", "homeTeam"), None, "homeTeam is None, not dict"),
    ],
)
def test_a_mismatch_breaks_the_contract(path: tuple[Step, ...], value: object, text: str) -> None:
    """The error gives both values."""
    with pytest.raises(refusal(text), match=f"{NAME}.*{text}"):
        read_spoilt(NAME, path, value)


def test_teams_in_the_others_place_break_the_contract() -> None:
    """A game whose home and away teams are exchanged is another one."""
    asked = GameRef(game_id="0022509001", away="CHA", home="MIL")
    with pytest.raises(ContractError, match="awayTeam: teamTricode is 'MIL', asked was 'CHA'"):
        get(NAME).parse(bodies(NAME), target(NAME, asked))
