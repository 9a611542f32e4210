"""Which games of a day were collected, for the day's report and summary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.calendar.games import Game
from common.cloud.ports import Row
from common.configuration.workflows import Workflow
from common.decisions.situation import GAME_LENGTH
from common.scrapers import REGISTRY
from local.records.coverage import Collected, Read, wanted_of

_BOX_SCORE = "nbac_boxscore"


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


def cover(
    log: Iterable[Row],
    read: Read,
    games: Sequence[Game],
    workflows: Mapping[str, Workflow],
    last_window: datetime,
) -> Coverage:
    """Sort a date's games by what was collected of them.

    Args:
        log: the log of the day.
        read: returns the content of an object that it names.
        games: the date's games without the postponed ones.
        workflows: what was to be collected.
        last_window: when the date's last post-game window opened, aware.
    """
    per_game = frozenset(name for name, scraper in REGISTRY.items() if scraper.scope == "game")
    collected = Collected(wanted_of(workflows, per_game), read)
    collected.add(log)
    covered = {game.game_id: collected.cover(game) for game in games}
    boxes = [game for game, found in covered.items() if _BOX_SCORE not in found.missing]
    unfinished = [game.game_id for game in games if not _over(game, last_window)]
    return Coverage(
        games=tuple(covered),
        lines_before_tipoff=tuple(game for game, found in covered.items() if not found.no_lines),
        box_scores=tuple(boxes),
        due_later=tuple(game for game in unfinished if game not in boxes),
        missing=tuple(game for game in covered if game not in boxes and game not in unfinished),
    )


def _over(game: Game, instant: datetime) -> bool:
    return game.tipoff is not None and game.tipoff + GAME_LENGTH <= instant
