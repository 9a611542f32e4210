"""The inputs of a decision as its row stores them: written when it is made, read to make it again.

Only what the decision asked for is stored: games by date, attempts and runs. Instants are seconds
from the slot, and a game is named by its place in the list of games, so that a decision about 15
games takes less than 4 KB. `python -m local replay` reads the inputs back.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.calendar.games import Game
from common.calendar.slots import Cron
from common.decisions.history import Attempts, History, Key, Run
from common.decisions.situation import Decision, Situation
from common.messages.models import GameTarget

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
    """

    days: dict[date, tuple[Game, ...]] = field(default_factory=dict)
    attempts: dict[Key, Attempts] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)


def inputs_of(seen: Seen, situation: Situation, decision: Decision, config: str) -> dict[str, Any]:
    """Return the inputs of a decision as its row stores them, without empty values.

    Args:
        seen: what the decision asked for.
        situation: the situation it was made in.
        decision: what was decided.
        config: hash of the configuration file.
    """
    slot = situation.slot
    days = {day: [game for game in games if not game.postponed] for day, games in seen.days.items()}
    listed = [game.game_id for games in days.values() for game in games]
    places = {game_id: place for place, game_id in enumerate(listed)}
    known = {
        "form": FORM,
        "config": config,
        "games": {str(day): [_game(game, slot) for game in games] for day, games in days.items()},
        "tries": _grouped(seen.attempts, places, slot),
        "runs": [_run(run, places, slot) for run in seen.runs.values()],
        "targets": stored_targets(decision.targets),
        "since": str(situation.collect_since) if situation.collect_since else None,
        "stale": situation.stale,
        "cause": situation.cause,
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
        [scraper, str(day), _seconds(m.succeeded, slot), m.charged, _seconds(m.last, slot), games]
        for (scraper, day, m), games in groups.items()
    ]


def _run(run: Run, places: Mapping[str, int], slot: datetime) -> list[Any]:
    games = [places[game_id] for game_id in run.game_ids if game_id in places]
    return [run.workflow, _seconds(run.slot, slot), str(run.target_date), games, run.status]


def situation_from(
    inputs: Inputs, slot: datetime, now: datetime, *, cron: Cron, per_game: frozenset[str]
) -> Situation:
    """Rebuild the situation of a decision from its stored inputs.

    Args:
        inputs: the stored inputs.
        slot: the decision's slot.
        now: the instant the decision was made at.
        cron: when the controller ticks.
        per_game: names of the scrapers that run once per game.

    Raises:
        ValueError, TypeError, KeyError, IndexError: the inputs are not of the form written here.
    """
    slot = slot.astimezone(UTC)
    unread = inputs.get("unread", [])
    days = {
        date.fromisoformat(day): tuple(_game_from(day, slot, *game) for game in games)
        for day, games in inputs.get("games", {}).items()
    }
    listed = [game.game_id for games in days.values() for game in games]
    attempts = dict(_ungrouped(inputs.get("tries", []), listed, slot))
    runs = tuple(_run_from(listed, slot, *run) for run in inputs.get("runs", []))
    since = inputs.get("since")
    return Situation(
        slot=slot,
        now=now.astimezone(UTC),
        cron=cron,
        calendar=None if "calendar" in unread else days,
        history=None if "history" in unread else History(attempts, runs),
        per_game=per_game,
        cause=inputs.get("cause", ""),
        collect_since=date.fromisoformat(since) if since else None,
        stale=inputs.get("stale", False),
    )


def _instant(seconds: float | None, slot: datetime) -> datetime | None:
    return None if seconds is None else slot + timedelta(seconds=seconds)


def _game_from(  # noqa: PLR0917 - the stored list, in its order
    day: str,
    slot: datetime,
    game_id: str,
    away: str,
    home: str,
    tip: float | None,
    status: int,
    score: int,
) -> Game:
    return Game(
        game_id=game_id,
        game_date=date.fromisoformat(day),
        away=away,
        home=home,
        tipoff=_instant(tip, slot),
        status=status,
        has_score=bool(score),
        postponed=False,
        season="",
    )


def _ungrouped(
    groups: Sequence[Sequence[Any]], listed: Sequence[str], slot: datetime
) -> Iterator[tuple[Key, Attempts]]:
    for scraper, day, succeeded, charged, last, games in groups:
        found = Attempts(_instant(succeeded, slot), charged, _instant(last, slot))
        for game in games:
            game_id = listed[game] if isinstance(game, int) else game
            yield (scraper, date.fromisoformat(day), game_id), found


def _run_from(  # noqa: PLR0917 - the stored list, in its order
    listed: Sequence[str],
    slot: datetime,
    workflow: str,
    ran: float,
    day: str,
    games: Sequence[int],
    status: str | None,
) -> Run:
    played = tuple(listed[game] for game in games)
    return Run(workflow, slot + timedelta(seconds=ran), date.fromisoformat(day), played, status)
