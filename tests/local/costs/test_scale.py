"""The load of a day at many times the games is counted on the deployed handlers."""

import pytest

from common.errors import BadInputError
from local.costs.scale import count_load, factors, figures, many_games, table


def test_games_are_repeated_under_ids_of_their_own() -> None:
    """Twice the games are as many games, each with its own id, at the same hours."""
    once, twice = many_games(1).slate.games, many_games(2).slate.games
    assert len({game.game_id for game in twice}) == len(twice) == 2 * len(once)
    assert {game.tipoff for game in twice} == {game.tipoff for game in once}


def test_a_days_load_is_what_its_handlers_did() -> None:
    """Every task has its log row and is counted in an hour; what is per game doubles with them."""
    once, twice = count_load(1), count_load(2)
    for load in (once, twice):
        assert load.tasks.total() == load.inserts["scraper_execution_log"] > 0
        assert load.written["data"] >= load.tasks.total() * 0.9
    assert once.inserts["workflow_decisions"] == twice.inserts["workflow_decisions"]
    per_game = twice.tasks.total() - once.tasks.total()
    assert 12 * 3 <= per_game <= 12 * 5
    shown = table({1: once, 2: twice})
    assert f"| scraper tasks a day | {once.tasks.total()} | {twice.tasks.total()} |" in shown
    assert len(shown.splitlines()) == len(figures(twice) | figures(once)) + 2


def test_factors_are_whole_numbers() -> None:
    """What cannot be read is named, with an example."""
    assert factors("1,10") == [1, 10]
    for text in ("", "0", "1,", "1,x", "-1"):
        with pytest.raises(BadInputError, match="such as 1,10"):
            factors(text)
