"""Which failures of an execution nothing stands in for."""

import pytest

from local.simulator.made_good import left_open
from tests.kit.situations import WORKFLOWS

FLOW = WORKFLOWS["post_game_window_1"]


@pytest.mark.parametrize(
    ("logged", "still_open"),
    [
        ("", ""),
        ("nbac_boxscore 1 SUCCESS", ""),
        ("nbac_boxscore 1 NO_DATA", ""),
        ("nbac_boxscore 1 FAILED", "nbac_boxscore 1"),
        ("nbac_boxscore 1 FAILED, nbac_boxscore 1 SUCCESS", ""),
        ("nbac_boxscore 1 FAILED, espn_boxscore 1 SUCCESS", ""),
        ("espn_boxscore 1 SUCCESS, nbac_boxscore 1 FAILED", ""),
        ("espn_boxscore 1 FAILED, nbac_boxscore 1 SUCCESS", ""),
        ("nbac_boxscore 1 FAILED, espn_boxscore 1 NO_DATA", "nbac_boxscore 1"),
        ("nbac_boxscore 1 FAILED, espn_boxscore 2 SUCCESS", "nbac_boxscore 1"),
        ("nbac_boxscore 1 FAILED, nbac_player_boxscore 1 SUCCESS", "nbac_boxscore 1"),
        (
            "nbac_boxscore 1 FAILED, espn_boxscore 1 FAILED",
            "nbac_boxscore 1, espn_boxscore 1",
        ),
        (
            "nbac_play_by_play 2 FAILED, nbac_boxscore 1 FAILED, nbac_boxscore 2 FAILED",
            "nbac_play_by_play 2, nbac_boxscore 1, nbac_boxscore 2",
        ),
        (
            "nbac_boxscore 1 FAILED, espn_boxscore 1 SUCCESS, nbac_play_by_play 1 FAILED",
            "nbac_play_by_play 1",
        ),
    ],
)
def test_each_failure_that_nothing_made_good_is_told(logged: str, still_open: str) -> None:
    """A success of the same game makes it good, of the scraper or of one that stands in for it."""
    rows = [
        dict(zip(("scraper_name", "game_id", "status"), line.split(), strict=True))
        for line in logged.split(", ")
        if line
    ]
    found = [f"{row['scraper_name']} {row['game_id']}" for row in left_open(FLOW, iter(rows))]
    assert ", ".join(found) == still_open
