"""The inputs of a decision as its row stores them.

Only what the decision asked for is stored: games by date, attempts and runs. Instants are seconds
from the slot, and a game is named by its place in the list of games, so that a decision about 15
games takes less than 4 KB. `common/review/stored_inputs.py` reads the
inputs back, for `python -m local replay`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from common.calendar.games import Game
from common.decisions.history import Attempts, Key, Run
from common.decisions.situation import Decision, Situation
from common.messages.models import GameTarget
from common.state.pauses import Pause

FORM = 1
"""Version of the stored mapping; inputs of another version cannot be read back."""
Inputs = Mapping[str, Any]


@dataclass
class Seen:
    """What a decision has asked for so far.

    Attributes:
        days: games by the Eastern date that was asked for.
        attempts: attempts by key; keys without an attempt are left out.
        runs: runs by their identity, because a forced tick can leave two equal runs in one slot,
            and both count.
        pause: who paused the workflow; None where nobody did.
    """

    days: dict[date, tuple[Game, ...]] = field(default_factory=dict)
    attempts: dict[Key, Attempts] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    pause: Pause | None = None


def inputs_of(
    seen: Seen, situation: Situation, decision: Decision, config: str, off: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the inputs of a decision as its row stores them, without empty values.

    Args:
        seen: what the decision asked for.
        situation: the situation it was made in.
        decision: what was decided.
        config: hash of the configuration file.
        off: the scrapers that were left out of the workflow.
    """
    slot = situation.slot
    days = {day: [game for game in games if not game.postponed] for day, games in seen.days.items()}
    listed = [game.game_id for games in days.values() for game in games]
    places = {game_id: place for place, game_id in enumerate(listed)}
    known = {
        "form": FORM,
        "config": config,
        "off": list(off),
        "games": {str(day): [_game(game, slot) for game in games] for day, games in days.items()},
        "tries": _grouped(seen.attempts, places, slot),
        "runs": [_run(run, places, slot) for run in seen.runs.values()],
        "targets": stored_targets(decision.targets),
        "since": str(situation.collect_since) if situation.collect_since else None,
        "stale": situation.stale,
        "boards": [str(day) for day in situation.boards],
        "no_file": not situation.has_file,
        "cause": situation.cause,
        "paused": seen.pause.model_dump(mode="json") if seen.pause else None,
        "unread": [what for what in ("calendar", "history") if getattr(situation, what) is None],
    }
    return {name: value for name, value in known.items() if value}


def stored_targets(targets: Sequence[GameTarget]) -> list[list[list[str]]]:
    """Group targets by the scrapers they lack: `[[[scraper, ...], [game id, ...]], ...]`."""
    lacking: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for target in targets:
        lacking[target.scrapers].append(target.game_id)
    return [[list(scrapers), games] for scrapers, games in lacking.items()]


def _seconds(instant: datetime | None, slot: datetime) -> float | None:
    if instant is None:
        return None
    span = (instant - slot).total_seconds()
    return int(span) if span.is_integer() else span


def _game(game: Game, slot: datetime) -> list[Any]:
    state = [game.status, int(game.has_score)]
    return [game.game_id, game.away, game.home, _seconds(game.tipoff, slot), *state]


def _grouped(
    attempts: Mapping[Key, Attempts], places: Mapping[str, int], slot: datetime
) -> list[list[Any]]:
    """Return the attempts, one entry for all games whose attempts are equal."""
    groups: dict[tuple[str, date, Attempts], list[int | str | None]] = defaultdict(list)
    for (scraper, day, game_id), made in attempts.items():
        groups[scraper, day, made].append(places.get(game_id, game_id) if game_id else None)
    return [
        [
            *(scraper, str(day), _seconds(m.succeeded, slot), m.charged, _seconds(m.last, slot)),
            games,
            *([_seconds(m.late, slot)] if m.late else []),
        ]
        for (scraper, day, m), games in groups.items()
    ]


def _run(run: Run, places: Mapping[str, int], slot: datetime) -> list[Any]:
    games = [places[game_id] for game_id in run.game_ids if game_id in places]
    return [run.workflow, _seconds(run.slot, slot), str(run.target_date), games, run.status]
