"""The result sets of stats.nba.com: the columns that must be there, and the final score."""

import json
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import ContractError
from local.samples import GAME
from tests.kit.samples import document, target

TEAMS = "nbac_team_boxscore"
LOG, LIST = "nbac_player_boxscore", "nbac_player_list"
NEEDED = {
    (LIST, "PlayerIndex"): (
        "PERSON_ID",
        "PLAYER_LAST_NAME",
        "PLAYER_FIRST_NAME",
        "TEAM_ABBREVIATION",
    ),
    (LOG, "LeagueGameLog"): (
        "PLAYER_ID",
        "PLAYER_NAME",
        "TEAM_ABBREVIATION",
        "GAME_ID",
        "GAME_DATE",
        "PTS",
    ),
    (TEAMS, "TeamStats"): ("GAME_ID", "TEAM_ID", "PTS"),
    (TEAMS, "PlayerStats"): ("GAME_ID", "TEAM_ID", "PLAYER_ID", "PTS"),
}
"""The columns that a scraper needs of each of its sets."""


def set_of(answer: Any, called: str) -> dict[str, Any]:
    """Return a result set by its name."""
    (held,) = (each for each in answer["resultSets"] if each["name"] == called)
    return held  # type: ignore[no-any-return]  # JSON


def refusal(name: str, changed: Any) -> str:
    """Return by which words a changed answer is refused."""
    with pytest.raises(ContractError) as caught:
        get(name).parse([json.dumps(changed).encode()], target(name))
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "called", "column"),
    [(*held, column) for held, columns in NEEDED.items() for column in columns],
)
def test_each_column_that_is_needed_is_missed_by_name(name: str, called: str, column: str) -> None:
    """An answer without it has another form, whatever its rows are."""
    changed = document(name)
    held = set_of(changed, called)
    held["headers"][held["headers"].index(column)] = "OTHER"
    assert refusal(name, changed) == f"{name}.{called}: headers lack ['{column}']"


@pytest.mark.parametrize(
    ("name", "called", "column", "value", "said"),
    [
        (LOG, "LeagueGameLog", "PLAYER_ID", "7", "PLAYER_ID is '7', not int"),
        (LOG, "LeagueGameLog", "GAME_ID", 7, "GAME_ID is 7, not str"),
        (TEAMS, "TeamStats", "PTS", "7", "PTS is '7', not int or NoneType"),
        (TEAMS, "PlayerStats", "PTS", "7", "PTS is '7', not int or NoneType"),
        (
            TEAMS,
            "PlayerStats",
            "GAME_ID",
            "0",
            f"GAME_ID of another game than the asked {GAME.game_id}",
        ),
    ],
)
def test_a_value_of_another_form_breaks_the_contract(
    name: str, called: str, column: str, value: object, said: str
) -> None:
    """In the last row as in the first."""
    changed = document(name)
    held = set_of(changed, called)
    held["rowSet"][-1][held["headers"].index(column)] = value
    assert refusal(name, changed) == f"{name}: {said}"


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("form", [TEAMS, "nbac_team_boxscore_v3"])
def test_a_box_score_s_points_are_read_by_team(form: str, turn: int) -> None:
    """In the second and in the third version, whoever of the teams comes first."""
    body = json.dumps(document(form)).encode()
    records = get(TEAMS).parse([body], target(TEAMS)).records
    score = get(TEAMS).expects.score
    assert score is not None
    assert score(records[::turn], GAME) == (101, 99)
    assert (score(records[:1], GAME), score(records[1:], GAME)) == ((101, 0), (0, 99))
