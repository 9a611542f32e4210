"""The final score of stats.nba.com's box scores, in each form that was ever served."""

import json

import pytest

from common.scrapers import get
from local.samples import GAME
from tests.kit.samples import document, target

TEAMS = "nbac_team_boxscore"


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("form", [TEAMS, "nbac_team_boxscore_v3"])
def test_a_box_score_s_points_are_read_by_team(form: str, turn: int) -> None:
    """In the second and in the third version, whoever of the teams comes first."""
    body = json.dumps(document(form)).encode()
    records = get(TEAMS).parse([body], target(TEAMS)).records
    score = get(TEAMS).expects.score
    assert score is not None
    assert score(records[::turn], GAME) == (101, 99)
