"""A day's games are sorted by what the log has of them, and by whether they were over in time."""

import json
from datetime import timedelta
from typing import Any

import pytest

from common.calendar.games import Game
from local.day.coverage import Coverage, cover
from local.fake_sources.odds import event_id
from tests.kit.situations import WORKFLOWS, et, game

WINDOW = et("2025-11-12 23:00")
"""When the last window opens: a game of two and a half hours from 20:30 is just over."""
OVER, PAST, UNTIMED = game(1, "2025-11-12 20:30"), game(2, "2025-11-12 20:31"), game(3, None)
GAMES = (OVER, PAST, UNTIMED)
LINES = ("oddsa_game_lines", "oddsa_player_props")


def box(about: Game, **changes: Any) -> dict[str, Any]:
    """Return a row of a game's box score."""
    row = {"scraper_name": "nbac_boxscore", "outcome": "SUCCESS", "game_id": about.game_id}
    when = {"triggered_at": WINDOW, "target_date": about.game_date}
    return {**row, **when, "gcs_path": "gs://box", **changes}


def lines(scraper: str, *games: Game) -> dict[str, Any]:
    """Return a row of lines from an hour before a tip-off; the object has a price for each game."""
    books = [{"markets": [{"outcomes": [{"price": 2}]}]}]
    held = [{"id": event_id(each.game_id), "bookmakers": books} for each in games]
    when = {"triggered_at": WINDOW - timedelta(hours=4), "target_date": OVER.game_date}
    path = json.dumps({"records": held})
    return {"scraper_name": scraper, "outcome": "SUCCESS", "game_id": None, "gcs_path": path} | when


def covered(*log: dict[str, Any], games: tuple[Game, ...] = GAMES) -> Coverage:
    """Return the coverage of a log whose objects contain what their paths say."""
    return cover(log, str.encode, games, WORKFLOWS, WINDOW)


@pytest.mark.parametrize(
    ("boxes", "due_later", "missing"),
    [
        ((), (PAST, UNTIMED), (OVER,)),
        ((OVER,), (PAST, UNTIMED), ()),
        ((PAST,), (UNTIMED,), (OVER,)),
        ((UNTIMED,), (PAST,), (OVER,)),
        (GAMES, (), ()),
    ],
)
def test_a_game_without_a_box_score_is_missing_once_it_is_over(
    boxes: tuple[Game, ...], due_later: tuple[Game, ...], missing: tuple[Game, ...]
) -> None:
    """A game that ends after the last window opened, or has no tip-off, is due the next morning."""
    found = covered(*map(box, boxes))
    assert found.games == ids(GAMES)
    assert (found.box_scores, found.due_later, found.missing) == (
        ids(boxes),
        ids(due_later),
        ids(missing),
    )


def test_a_failed_box_score_is_none() -> None:
    """A game whose box score was refused stays missing."""
    found = covered(box(OVER, outcome="FAILED"), games=(OVER,))
    assert (found.box_scores, found.missing) == ((), ids((OVER,)))


def test_a_game_has_lines_when_every_scraper_of_lines_has_some() -> None:
    """A game of which one scraper alone has an offer has no lines."""
    assert covered(lines(LINES[0], OVER, PAST)).lines_before_tipoff == ()
    found = covered(lines(LINES[0], OVER, PAST), *(lines(name, OVER) for name in LINES[1:]))
    assert found.lines_before_tipoff == ids((OVER,))


def ids(games: tuple[Game, ...]) -> tuple[str, ...]:
    """Return the games' ids."""
    return tuple(each.game_id for each in games)
