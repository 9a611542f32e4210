"""Reads the stored inputs of a decision back into the situation it was made in.

`common/decisions/inputs.py` describes and writes the form.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.calendar.games import Game
from common.calendar.slots import Cron
from common.cloud.ports import Row
from common.configuration.checks import CONTROLLER_TOPIC
from common.configuration.left_out import without
from common.configuration.workflows import Workflow
from common.decisions.history import Attempts, History, Key, Run
from common.decisions.inputs import Inputs
from common.decisions.situation import Situation
from common.runtime import Runtime
from common.state.pauses import Pause


def situation_of(runtime: Runtime, row: Row, inputs: Mapping[str, Any]) -> Situation:
    """Return the situation that a recorded decision was made in.

    Raises:
        ValueError, TypeError, KeyError, IndexError: the inputs are not of the form written here.
    """
    return situation_from(
        inputs,
        row["slot"],
        row["decision_time"],
        cron=runtime.cron(CONTROLLER_TOPIC),
        per_game=runtime.per_game,
        by_nba_id=runtime.by_nba_id,
        workflow=row["workflow_name"],
    )


def flow_then(flow: Workflow, inputs: Mapping[str, Any]) -> Workflow:
    """Return a workflow without the scrapers that were off when a decision was made."""
    return without(flow, inputs.get("off", ()))


def situation_from(
    inputs: Inputs,
    slot: datetime,
    now: datetime,
    *,
    cron: Cron,
    per_game: frozenset[str],
    by_nba_id: frozenset[str] = frozenset(),
    workflow: str = "",
) -> Situation:
    """Rebuild the situation of a decision from its stored inputs.

    Args:
        inputs: the stored inputs.
        slot: the decision's slot.
        now: the instant the decision was made at.
        cron: when the controller ticks.
        per_game: names of the scrapers that run once per game.
        by_nba_id: names of those that ask for a game by NBA.com's id.
        workflow: the one that was decided.

    Raises:
        ValueError, TypeError, KeyError, IndexError: the inputs are not of the form written here.
    """
    slot = slot.astimezone(UTC)
    unread, since = inputs.get("unread", []), inputs.get("since")
    days = _games_from(inputs, slot)
    listed = [game.game_id for games in days.values() for game in games]
    return Situation(
        slot=slot,
        now=now.astimezone(UTC),
        cron=cron,
        calendar=None if "calendar" in unread else days,
        history=None if "history" in unread else _history_from(inputs, listed, slot),
        per_game=per_game,
        cause=inputs.get("cause", ""),
        collect_since=date.fromisoformat(since) if since else None,
        stale=inputs.get("stale", False),
        boards=tuple(date.fromisoformat(day) for day in inputs.get("boards", ())),
        has_file=not inputs.get("no_file", False),
        by_nba_id=by_nba_id,
        pauses={workflow: Pause.model_validate(inputs["paused"])} if "paused" in inputs else {},
    )


def _games_from(inputs: Inputs, slot: datetime) -> dict[date, tuple[Game, ...]]:
    return {
        date.fromisoformat(day): tuple(_game_from(day, slot, *game) for game in games)
        for day, games in inputs.get("games", {}).items()
    }


def _history_from(inputs: Inputs, listed: Sequence[str], slot: datetime) -> History:
    attempts = dict(_ungrouped(inputs.get("tries", []), listed, slot))
    runs = tuple(_run_from(listed, slot, *run) for run in inputs.get("runs", []))
    return History(attempts, runs)


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
    for scraper, day, succeeded, charged, last, games, *late in groups:
        came = _instant(late[0], slot) if late else None
        found = Attempts(_instant(succeeded, slot), charged, _instant(last, slot), came)
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
