"""Makes up seasons in NBA.com's form: no real date, id or pairing."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import count
from pathlib import Path

from common.calendar.games import Game
from common.eastern import at
from local.fake_sources.nba.schedule import document
from local.fake_sources.slate import Slate
from local.fake_sources.teams import TEAMS

Tip = str
"""`19:00`, with another kind of game before it where it is not the regular season: `003 20:00`."""


def season_of(days: Mapping[date, Sequence[Tip]]) -> Slate:
    """Make games at Eastern wall times, the teams taking turns; `TBD` has no time yet."""
    numbers, names = count(), sorted(TEAMS)
    games = [
        _game(next(numbers), day, tip, names) for day, tips in sorted(days.items()) for tip in tips
    ]
    ordered = sorted(games, key=lambda game: (game.game_date, game.game_id))
    return Slate(tuple(ordered), "2031-32")


def write_season(path: Path, slate: Slate) -> Path:
    """Write a scheduleLeagueV2 file of the summer after, in which every game is final."""
    path.write_text(json.dumps(document(slate, datetime(2040, 1, 1, tzinfo=UTC))))
    return path


def _game(number: int, day: date, tip: Tip, names: Sequence[str]) -> Game:
    *kind, clock = tip.split(" ")
    away = names[2 * number % len(names)]
    home = names[(2 * number + 1) % len(names)]
    tipoff = None if clock == "TBD" else at(day, time.fromisoformat(clock))
    game_id = f"{kind[0] if kind else '002'}31{number:05d}"
    return Game(game_id, day, away, home, tipoff, 1, False, False, "2031-32")  # noqa: FBT003 - a record
