"""NBA.com's standings."""

import json
from dataclasses import replace

import pytest

from local.fake_sources.answers import answer
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import OVER, SLATE


@pytest.mark.parametrize(("kind", "wins"), [("002", 1), ("004", 0), ("005", 0)])
def test_only_games_of_the_regular_season_count(kind: str, wins: int) -> None:
    """A playoff's or play-in's winner stands no higher for it."""
    game = min(SLATE.games, key=lambda one: one.game_date)
    one = replace(game, game_id=kind + game.game_id[3:])
    found = answer("/stats/leaguestandingsv3", {}, Slate((one,), SLATE.season), OVER)
    (table,) = json.loads(found.body)["resultSets"]
    place = table["headers"].index("WINS")
    assert sum(row[place] for row in table["rowSet"]) == wins
