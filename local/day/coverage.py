"""Which games of a day were collected, read from the five tables alone."""

from dataclasses import dataclass
from datetime import date, datetime

from common.calendar.games import Game
from common.decisions.situation import GAME_LENGTH
from local.records.tables import Tables

_LINES = ("oddsa_player_props", "oddsa_game_lines")
_BOX_SCORE = "nbac_team_boxscore"


@dataclass(frozen=True)
class Coverage:
    """The game ids of a date, by what was collected of them."""

    games: tuple[str, ...]
    lines_before_tipoff: tuple[str, ...]
    box_scores: tuple[str, ...]
    due_later: tuple[str, ...]
    """Not final by the date's last window; the next morning's window collects them."""
    missing: tuple[str, ...]
    """Final by the date's last window, but without a box score."""


def cover(tables: Tables, games: tuple[Game, ...], *, day: date, last_window: datetime) -> Coverage:
    """Sort a date's games by what was collected of them.

    Args:
        tables: the rows, as `read_tables` returns them.
        games: the date's games without the postponed ones.
        day: the Eastern date.
        last_window: when the date's last post-game window opened, aware.
    """
    boxes = {
        row["game_id"]
        for row in tables["scraper_execution_log"]
        if row["scraper_name"] == _BOX_SCORE
        and row["outcome"] == "SUCCESS"
        and row["target_date"] == day
    }
    unfinished = [game.game_id for game in games if not _over(game, last_window)]
    return Coverage(
        games=tuple(game.game_id for game in games),
        lines_before_tipoff=tuple(g.game_id for g in games if _has_lines(tables, g, day)),
        box_scores=tuple(game.game_id for game in games if game.game_id in boxes),
        due_later=tuple(game for game in unfinished if game not in boxes),
        missing=tuple(
            g.game_id for g in games if g.game_id not in boxes and g.game_id not in unfinished
        ),
    )


def _over(game: Game, instant: datetime) -> bool:
    return game.tipoff is not None and game.tipoff + GAME_LENGTH <= instant


def _has_lines(tables: Tables, game: Game, day: date) -> bool:
    """Return whether every kind of line was collected for the game before its tip-off."""
    if game.tipoff is None:
        return False
    asked = {
        row["decision_id"]
        for row in tables["workflow_decisions"]
        if row["action"] == "RUN" and game.game_id in row["game_ids"]
    }
    found = {
        row["scraper_name"]
        for row in tables["scraper_execution_log"]
        if row["decision_id"] in asked
        and row["outcome"] == "SUCCESS"
        and row["target_date"] == day
        and row["triggered_at"] < game.tipoff
    }
    return found.issuperset(_LINES)
