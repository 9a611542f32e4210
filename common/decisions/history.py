"""The past that a decision looks at: scraper attempts and workflow runs, read from table rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Row


IN_FLIGHT_AGE_MAX = timedelta(hours=48)
"""How long after its slot a run without a recorded end still counts as under way.

A run in an outage continues when the outage is over; a second run beside it would collect its games
twice. Cleanup ends a lost run after one day (`common/healing/runs.py`), so this limit only matters
while cleanup is down too. It is shorter than the 72 h of the catch-up, which then collects the
games."""
JUST_DECIDED_AGE_MAX = timedelta(hours=1)
"""How long a just-decided run blocks a forced tick of the same slot (or of a later slot decided
first). Short, so that an operator can force the slot again."""
HELD_UP_MIN = timedelta(hours=1)
"""How long after its slot a success is late: by then another slot has begun."""
AHEAD_MIN = timedelta(hours=1)
"""How long before its slot an attempt does not stand for it: a slot to come was forced."""
UNLOGGED = "unlogged"
"""Status of a run whose execution has ended but links log rows that are not written yet."""
JUST_DECIDED = "fresh"
"""Status of an open run that was decided less than `JUST_DECIDED_AGE_MAX` ago, in this slot or a
later one; the value is stored in the `inputs` of decisions."""

Key = tuple[str, date, str | None]
"""Scraper, target date and game id; the game id is None for a scraper of the whole date."""


class Attempts(NamedTuple):
    """The attempts of one scraper for one date or game.

    Instants are slots in aware UTC; a request without a slot counts at its start time, and one of a
    slot to come that was forced in the hour in which it started.

    Attributes:
        succeeded: the latest success; None while there is none.
        charged: how many attempts workflows made; requests outside any workflow are not charged.
        last: the latest charged attempt.
        late: the hour in which a success came, where that was after its slot's: a run may be held
            up or forced. Whole hours, so that the games of a run have equal attempts.
    """

    succeeded: datetime | None = None
    charged: int = 0
    last: datetime | None = None
    late: datetime | None = None

    @property
    def came(self) -> datetime | None:
        """When the latest success came, to the hour; its slot where it came within an hour."""
        if self.succeeded is None or self.late is None:
            return self.succeeded or self.late
        return max(self.succeeded, self.late)


@dataclass(frozen=True)
class Run:
    """One RUN decision and how its execution stands.

    Attributes:
        workflow: the workflow's name.
        slot: the slot it was decided in, aware UTC; of a slot to come that was forced, the hour in
            which it ran.
        target_date: the Eastern date it collects.
        game_ids: the games it collects; empty for a run of a whole date.
        status: the execution's final status; None until its terminal row exists; UNLOGGED while a
            log row that the execution links is missing, because only the log shows what was
            collected; JUST_DECIDED instead of None or UNLOGGED for a run that blocks a forced tick
            whatever its slot is.
    """

    workflow: str
    slot: datetime
    target_date: date
    game_ids: tuple[str, ...] = ()
    status: str | None = None


NO_ATTEMPTS = Attempts()
OPEN_STATUSES = frozenset({None, UNLOGGED})
"""Statuses of a run that is under way until it reaches `IN_FLIGHT_AGE_MAX`."""


@dataclass(frozen=True)
class History:
    """Everything a decision knows about the past."""

    attempts: Mapping[Key, Attempts] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()

    def of(self, scraper: str, target: date, game_id: str | None = None) -> Attempts:
        """Return the attempts of one scraper for one date or game."""
        return self.attempts.get((scraper, target, game_id), NO_ATTEMPTS)

    def in_flight(self, workflow: str, target: date, instant: datetime) -> Run | None:
        """Return the workflow's latest run for a date that is still under way at an instant."""
        about = (workflow, target)
        mine = [run for run in self._open(instant) if (run.workflow, run.target_date) == about]
        return max(mine, key=lambda run: run.slot, default=None)

    def games_in_flight(self, instant: datetime) -> frozenset[str]:
        """Return the games that any run is collecting at an instant."""
        return frozenset(game for run in self._open(instant) for game in run.game_ids)

    def runs_for(self, workflow: str, game_id: str) -> tuple[datetime, ...]:
        """Return the slots in which a workflow ran for a game, even when no task resulted."""
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
            if run.status == JUST_DECIDED
            or (
                run.status in OPEN_STATUSES
                and timedelta(0) < instant - run.slot < IN_FLIGHT_AGE_MAX
            )
        )


def attempts_from_log(rows: Iterable[Row]) -> dict[Key, Attempts]:
    """Group log rows into attempts.

    Args:
        rows: rows of `scraper_execution_log` with scraper_name, target_date, game_id, outcome,
            slot, triggered_at and workflow_name.

    Returns:
        One entry per key. A success of a request outside any workflow (an operator's, a scheduled
        refresh) counts for every workflow; its attempt is charged to none (scenario D17).
    """
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if row["target_date"] is not None:
            found[row["scraper_name"], row["target_date"], row["game_id"]].append(row)
    return {key: _attempts_of(mine) for key, mine in found.items()}


def _attempts_of(rows: Iterable[Row]) -> Attempts:
    """Sum up the log rows of one scraper for one date or game."""
    succeeded = last = late = None
    charged = 0
    for row in rows:
        began = row["triggered_at"]
        when = counted_at(row["slot"], began) if row["slot"] else began
        if row["outcome"] == "SUCCESS":
            succeeded = _later(succeeded, when)
            if began - when >= HELD_UP_MIN:
                late = _later(late, _hour(began))
        if row["workflow_name"] is not None:
            charged, last = charged + 1, _later(last, when)
    return Attempts(succeeded, charged, last, late)


def counted_at(slot: datetime, began: datetime) -> datetime:
    """Return when what began at an instant counts: in its slot, or in its hour long before that.

    It cannot stand for a slot to come: what was asked for then was not there yet, or is old.
    """
    return _hour(began) if slot - began >= AHEAD_MIN else slot


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def add_attempt(
    attempts: Attempts, when: datetime, *, succeeded: bool, charged: bool = True
) -> Attempts:
    """Return the attempts with one more added."""
    return Attempts(
        succeeded=_later(attempts.succeeded, when) if succeeded else attempts.succeeded,
        charged=attempts.charged + (1 if charged else 0),
        last=_later(attempts.last, when) if charged else attempts.last,
        late=attempts.late,
    )


def ours(decisions: Iterable[Row]) -> list[Row]:
    """Keep the decisions of this system; rows of another controller in the table have no slot."""
    return [row for row in decisions if row["slot"] is not None]


def ends_of(executions: Iterable[Row], logged: Container[str]) -> dict[str, str]:
    """Return how runs ended, by decision id: the execution's status, or UNLOGGED.

    Args:
        executions: rows of `workflow_executions`.
        logged: execution ids of the log rows that exist.
    """
    return {
        row["decision_id"]: row["status"]
        if all(link in logged for link in row["scraper_execution_ids"])
        else UNLOGGED
        for row in executions
    }


def begun_of(executions: Iterable[Row]) -> dict[str, datetime]:
    """Return when runs began, by decision id, of rows of `workflow_executions`."""
    return {row["decision_id"]: row["execution_time"] for row in executions}


def runs_from_rows(
    decisions: Iterable[Row],
    ends: Mapping[str, str],
    begun: Mapping[str, datetime] = MappingProxyType({}),
) -> tuple[Run, ...]:
    """Build runs from RUN rows of `workflow_decisions`.

    Args:
        decisions: the rows; only this system's (`ours`).
        ends: how runs ended, by decision id (`ends_of`).
        begun: when runs began, by decision id, as far as that is known.
    """
    return tuple(
        Run(
            workflow=row["workflow_name"],
            slot=counted_at(row["slot"], begun.get(row["decision_id"], row["slot"])),
            target_date=row["target_date"],
            game_ids=tuple(row["game_ids"]),
            status=ends.get(row["decision_id"]),
        )
        for row in decisions
    )


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
