"""What was tried and what succeeded: per scraper, per game and per target date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # annotations only: a cold start loads no port for them
    from common.cloud.ports import Row


IN_FLIGHT_FOR = timedelta(hours=48)
"""A RUN counts as under way for this long while its terminal row, or a log row that this links, is
not there: once what is out is back it goes on, and a second run beside it would collect a game
twice. Cleanup ends a lost one after a day (`common/healing/runs.py`), so that this limit is for
when cleanup is out as well; it is well within catch-up's 72 h."""
UNLOGGED = "unlogged"
FRESH_FOR = timedelta(hours=1)
"""Beside a slot's run another one may be forced, or one of a later slot before it: both count as
under way for this long, and no longer, so that a slot can be forced again."""
FRESH = "fresh"

Key = tuple[str, date, str | None]
"""Scraper, target date, game id (None for a scraper of the whole date)."""


class Tries(NamedTuple):
    """The attempts of one key; instants are slots (or start times where a request had none)."""

    succeeded: datetime | None = None
    tried: int = 0
    last: datetime | None = None


@dataclass(frozen=True)
class Run:
    """One RUN decision; `status` is None until its execution has a terminal row.

    It is UNLOGGED while the log lacks a row that the execution links: what it collected is not to
    be asked for again, and only the log tells what that is. It is FRESH, in place of both, when it
    was decided just now: then its slot is not asked.
    """

    workflow: str
    slot: datetime
    target_date: date
    game_ids: tuple[str, ...] = ()
    status: str | None = None


NEVER = Tries()
OPEN = frozenset({None, UNLOGGED})


@dataclass(frozen=True)
class History:
    """All that a decision knows of the past."""

    tries: Mapping[Key, Tries] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()

    def of(self, scraper: str, target: date, game_id: str | None = None) -> Tries:
        """The attempts of one scraper for one date or game."""
        return self.tries.get((scraper, target, game_id), NEVER)

    def in_flight(self, workflow: str, target: date, instant: datetime) -> Run | None:
        """The workflow's latest run for a date that is still under way."""
        about = (workflow, target)
        mine = [run for run in self._open(instant) if (run.workflow, run.target_date) == about]
        return max(mine, key=lambda run: run.slot, default=None)

    def games_in_flight(self, instant: datetime) -> frozenset[str]:
        """Games that some run is collecting."""
        return frozenset(game for run in self._open(instant) for game in run.game_ids)

    def runs_for(self, workflow: str, game_id: str) -> tuple[datetime, ...]:
        """The slots in which a workflow ran for a game, whether or not a task came of it."""
        return tuple(self._slots.get((workflow, game_id), ()))

    @cached_property
    def _slots(self) -> Mapping[tuple[str, str], list[datetime]]:
        found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for run in self.runs:
            for game_id in run.game_ids:
                found[run.workflow, game_id].append(run.slot)
        return found

    def _open(self, instant: datetime) -> Iterable[Run]:
        return (
            run
            for run in self.runs
            if run.status == FRESH
            or (run.status in OPEN and timedelta(0) < instant - run.slot < IN_FLIGHT_FOR)
        )


def tries_from_log(rows: Iterable[Row]) -> dict[Key, Tries]:
    """Gather log rows into attempts.

    Args:
        rows: of `scraper_execution_log`: scraper_name, target_date, game_id, outcome, slot,
            triggered_at, workflow_name.

    Returns:
        One entry a key. A request outside any workflow (an operator's, a scheduled refresh) can
        succeed for all, but is not charged as an attempt (scenario D17).
    """
    succeeded: dict[Key, datetime] = {}
    tried: dict[Key, list[datetime]] = defaultdict(list)
    for row in rows:
        if row["target_date"] is None:
            continue
        key = (row["scraper_name"], row["target_date"], row["game_id"])
        when, charged = row["slot"] or row["triggered_at"], tried[key]
        if row["outcome"] == "SUCCESS":
            succeeded[key] = _later(succeeded.get(key), when)
        if row["workflow_name"] is not None:
            charged.append(when)
    return {
        key: Tries(succeeded.get(key), len(times), max(times, default=None))
        for key, times in tried.items()
    }


def add_try(tries: Tries, when: datetime, *, succeeded: bool, charged: bool = True) -> Tries:
    """The attempts with one more."""
    return Tries(
        succeeded=_later(tries.succeeded, when) if succeeded else tries.succeeded,
        tried=tries.tried + (1 if charged else 0),
        last=_later(tries.last, when) if charged else tries.last,
    )


def ours(decisions: Iterable[Row]) -> list[Row]:
    """The decisions of this system: an adopted table holds another controller's, without a slot."""
    return [row for row in decisions if row["slot"] is not None]


def ends_of(executions: Iterable[Row], logged: Container[str]) -> dict[str, str]:
    """How runs ended, by decision: the execution's status, or UNLOGGED.

    Args:
        executions: rows of `workflow_executions`.
        logged: ids of the log rows there are.
    """
    return {
        row["decision_id"]: row["status"]
        if all(link in logged for link in row["scraper_execution_ids"])
        else UNLOGGED
        for row in executions
    }


def runs_from_rows(decisions: Iterable[Row], ends: Mapping[str, str]) -> tuple[Run, ...]:
    """RUN rows of `workflow_decisions`, all of them `ours`, with how they ended."""
    return tuple(
        Run(
            workflow=row["workflow_name"],
            slot=row["slot"],
            target_date=row["target_date"],
            game_ids=tuple(row["game_ids"]),
            status=ends.get(row["decision_id"]),
        )
        for row in decisions
    )


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
