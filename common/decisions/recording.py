"""What a decision was made from: recorded as it is judged, small enough to keep with its row.

Only what the decision looked at is kept: games by date, and the attempts and runs asked for.
Instants are seconds from the slot, and games are named by their place in the list, so that a slate
of 15 games stays below 4 KB. `situation_from` reads it back, for `python -m local replay`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.calendar.games import Calendar, Game
from common.calendar.slots import Cron
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import NEVER, History, Key, Run, Tries
from common.decisions.situation import Decision, Situation
from common.messages.models import GameTarget

FORM = 1
"""Of the stored mapping; a row of another form cannot be judged again."""
Inputs = Mapping[str, Any]


@dataclass
class _Seen:
    """What a decision has looked at so far."""

    days: dict[date, tuple[Game, ...]] = field(default_factory=dict)
    tries: dict[Key, Tries] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    """By identity: a forced tick may run the same again in one slot, and both count."""

    def add(self, runs: Iterable[Run]) -> None:
        """Note runs, each once."""
        self.runs.update((id(run), run) for run in runs)


class _WatchedCalendar(Mapping[date, tuple[Game, ...]]):
    """A calendar that notes which dates are asked for."""

    def __init__(self, calendar: Calendar, seen: _Seen) -> None:
        self._calendar = calendar
        self._seen = seen

    def __getitem__(self, day: date) -> tuple[Game, ...]:
        found = self._calendar[day]
        self._seen.days[day] = found
        return found

    def __iter__(self) -> Iterator[date]:
        return iter(self._calendar)

    def __len__(self) -> int:
        return len(self._calendar)


@dataclass(frozen=True)
class _WatchedHistory(History):
    """A history that notes which attempts and runs are asked for."""

    seen: _Seen = field(default_factory=_Seen)

    def of(self, scraper: str, target: date, game_id: str | None = None) -> Tries:
        found = super().of(scraper, target, game_id)
        if found is not NEVER:
            self.seen.tries[scraper, target, game_id] = found
        return found

    def in_flight(self, workflow: str, target: date, instant: datetime) -> Run | None:
        found = super().in_flight(workflow, target, instant)
        if found:
            self.seen.add([found])
        return found

    def games_in_flight(self, instant: datetime) -> frozenset[str]:
        self.seen.add(self._open(instant))
        return super().games_in_flight(instant)

    def runs_for(self, workflow: str, game_id: str) -> tuple[datetime, ...]:
        mine = (run for run in self.runs if run.workflow == workflow and game_id in run.game_ids)
        self.seen.add(mine)
        return super().runs_for(workflow, game_id)


def decide_recorded(
    name: str, flow: Workflow, situation: Situation, *, forced: bool = False, config: str = ""
) -> Decision:
    """Decide, and keep with the decision what it was made from.

    Args:
        name: the workflow's name.
        flow: its configuration.
        situation: all that it may depend on.
        forced: the tick was forced.
        config: hash of the configuration, to be kept as well.
    """
    seen = _Seen()
    calendar, history = situation.calendar, situation.history
    watched = replace(
        situation,
        calendar=None if calendar is None else _WatchedCalendar(calendar, seen),
        history=None if history is None else _WatchedHistory(history.tries, history.runs, seen),
    )
    decision = decide(name, flow, watched, forced=forced)
    return replace(decision, inputs=_inputs(seen, situation, decision, config))


def _inputs(seen: _Seen, situation: Situation, decision: Decision, config: str) -> dict[str, Any]:
    slot = situation.slot
    days = {day: [game for game in games if not game.postponed] for day, games in seen.days.items()}
    listed = [game.game_id for games in days.values() for game in games]
    places = {game_id: place for place, game_id in enumerate(listed)}
    known = {
        "form": FORM,
        "config": config,
        "games": {str(day): [_game(game, slot) for game in games] for day, games in days.items()},
        "tries": _grouped(seen.tries, places, slot),
        "runs": [_run(run, places, slot) for run in seen.runs.values()],
        "targets": targets_of(decision.targets),
        "since": str(situation.collect_since) if situation.collect_since else None,
        "stale": situation.stale,
        "cause": situation.cause,
        "unread": [what for what in ("calendar", "history") if getattr(situation, what) is None],
    }
    return {name: value for name, value in known.items() if value}


def targets_of(targets: Sequence[GameTarget]) -> list[list[list[str]]]:
    """Targets by the scrapers they lack: `[[[scraper, ...], [game id, ...]], ...]`."""
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
    tries: Mapping[Key, Tries], places: Mapping[str, int], slot: datetime
) -> list[list[Any]]:
    """Attempts, those of several games in one entry where they are alike."""
    groups: dict[tuple[str, date, Tries], list[int | str | None]] = defaultdict(list)
    for (scraper, day, game_id), tried in tries.items():
        groups[scraper, day, tried].append(places.get(game_id, game_id) if game_id else None)
    return [
        [scraper, str(day), _seconds(t.succeeded, slot), t.tried, _seconds(t.last, slot), games]
        for (scraper, day, t), games in groups.items()
    ]


def _run(run: Run, places: Mapping[str, int], slot: datetime) -> list[Any]:
    games = [places[game_id] for game_id in run.game_ids if game_id in places]
    return [run.workflow, _seconds(run.slot, slot), str(run.target_date), games, run.status]


def situation_from(
    inputs: Inputs, slot: datetime, now: datetime, *, cron: Cron, per_game: frozenset[str]
) -> Situation:
    """The situation that stored inputs tell of.

    Raises:
        ValueError, TypeError, KeyError, IndexError: they are not of the form written here.
    """
    slot = slot.astimezone(UTC)
    unread = inputs.get("unread", [])
    days = {
        date.fromisoformat(day): tuple(_game_from(day, slot, *game) for game in games)
        for day, games in inputs.get("games", {}).items()
    }
    listed = [game.game_id for games in days.values() for game in games]
    tries = dict(_ungrouped(inputs.get("tries", []), listed, slot))
    runs = tuple(_run_from(listed, slot, *run) for run in inputs.get("runs", []))
    since = inputs.get("since")
    return Situation(
        slot=slot,
        now=now.astimezone(UTC),
        cron=cron,
        calendar=None if "calendar" in unread else days,
        history=None if "history" in unread else History(tries, runs),
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
) -> Iterator[tuple[Key, Tries]]:
    for scraper, day, succeeded, tried, last, games in groups:
        found = Tries(_instant(succeeded, slot), tried, _instant(last, slot))
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
