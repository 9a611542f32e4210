"""Reads what a decision depends on: schedule and history, never an error for an empty answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from common.calendar.season import Season
from common.decisions.history import (
    JUST_DECIDED,
    JUST_DECIDED_AGE_MAX,
    OPEN_STATUSES,
    History,
    Run,
    attempts_from_log,
    ends_of,
    ours,
    runs_from_rows,
)
from common.decisions.situation import Situation
from common.eastern import eastern_date
from common.messages.models import WorkflowDecision
from common.redaction import redact
from common.runtime import Runtime
from common.state.decided import batches_of, decisions_of

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Row, StoredObject


T = TypeVar("T")
HISTORY_SPAN = timedelta(days=7)
"""Catch-up's 72 h, the day it counts from, two that an outage may cost, and one for a late evening:
a constant read."""
IDLE = timedelta(days=14)
"""With no game this near on either side, no decision looks at the past (scenario O3)."""
AHEAD = timedelta(days=1)
LOG_COLUMNS = (
    "execution_id",
    "scraper_name",
    "target_date",
    "game_id",
    "outcome",
    "slot",
    "triggered_at",
    "workflow_name",
)
ENDED_COLUMNS = ("decision_id", "status", "scraper_execution_ids")
RUN_COLUMNS = ("decision_id", "workflow_name", "slot", "target_date", "game_ids")


def read_situation(
    runtime: Runtime, slot: datetime, now: datetime, stored: Sequence[StoredObject] = ()
) -> Situation:
    """Gather what the decisions of a slot depend on; what cannot be read is None with its cause.

    Args:
        runtime: ports and settings.
        slot: the slot (aware UTC).
        now: the instant (aware).
        stored: the batches of other ticks near the slot, whose rows may not be written yet.
    """
    cause = ""
    season = history = None
    try:
        season = _patiently(runtime, lambda: runtime.season.read(now))
    except Exception as error:  # noqa: BLE001 - every cause becomes an ABORT row (rule R5)
        cause = redact(f"{type(error).__name__}: {error}")
    try:
        idle = season is not None and is_idle(season, slot, now)
        history = (
            History() if idle else _patiently(runtime, lambda: read_history(runtime, slot, stored))
        )
    except Exception as error:  # noqa: BLE001 - every cause becomes an ABORT row (rule R5)
        cause = redact(f"{type(error).__name__}: {error}")
    return Situation(
        slot=slot,
        now=now,
        cron=runtime.cron("tick-master-controller"),
        calendar=season.calendar if season else None,
        history=history,
        per_game=runtime.per_game,
        cause=cause,
        collect_since=runtime.settings.collect_since,
        stale=season.is_stale(now) if season else False,
        boards=season.boards if season else (),
        has_file=season is None or bool(season.name),
        by_nba_id=runtime.by_nba_id,
    )


def is_idle(season: Season, slot: datetime, now: datetime) -> bool:
    """Whether the schedule can be believed and lists no game near the slot: one read is enough."""
    if season.is_stale(now):
        return False
    day = eastern_date(slot)
    return not any(abs(listed - day) <= IDLE for listed in season.calendar)


def read_history(runtime: Runtime, slot: datetime, stored: Sequence[StoredObject] = ()) -> History:
    """The attempts and runs of the last days, from three partition-bounded reads.

    Of a slot that is forced long afterwards also what ran for it since. A RUN that is stored counts
    as under way whether its row is written or not (FR3, FR4).
    """
    until = max(slot, runtime.clock.now()) + AHEAD
    select = partial(runtime.warehouse.select, since=slot - HISTORY_SPAN, until=until)
    log_rows = select("scraper_execution_log", LOG_COLUMNS)
    decisions = ours(select("workflow_decisions", RUN_COLUMNS, where={"action": "RUN"}))
    ended = select("workflow_executions", ENDED_COLUMNS) if decisions else []
    ends = ends_of(ended, {row["execution_id"] for row in log_rows})
    going = [row for row in decisions if ends.get(row["decision_id"]) in OPEN_STATUSES]
    ends |= dict.fromkeys(_fresh(runtime, going, slot), JUST_DECIDED)
    runs = (*runs_from_rows(decisions, ends), *_unrecorded(runtime, decisions, stored))
    return History(attempts_from_log(log_rows), runs)


def _unrecorded(
    runtime: Runtime, recorded: Sequence[Row], stored: Sequence[StoredObject]
) -> Iterator[Run]:
    """Yield the RUNs of stored batches whose rows are not there, or not visible, yet."""
    known = {row["decision_id"] for row in recorded}
    since = runtime.clock.now() - JUST_DECIDED_AGE_MAX
    for batch in stored:
        is_fresh = batch.created is None or batch.created > since
        for entry in decisions_of(runtime.state, batch):
            message = WorkflowDecision.model_validate(entry["message"])
            if message.action == "RUN" and str(message.decision_id) not in known:
                yield Run(
                    workflow=message.workflow_name,
                    slot=message.slot,
                    target_date=message.target_date,
                    game_ids=tuple(entry["game_ids"]),
                    status=JUST_DECIDED if is_fresh else None,
                )


def _fresh(runtime: Runtime, runs: Iterable[Row], slot: datetime) -> Iterator[str]:
    """Those of this slot or a later one that were decided just now: one of the two was forced."""
    since = runtime.clock.now() - JUST_DECIDED_AGE_MAX
    going = {row["decision_id"]: row["slot"] for row in runs if row["slot"] >= slot}
    for beside in set(going.values()):
        for batch in batches_of(runtime.state, beside):
            if batch.created and batch.created > since:
                decided = decisions_of(runtime.state, batch)
                yield from going.keys() & {entry["message"]["decision_id"] for entry in decided}


def _patiently(runtime: Runtime, read: Callable[[], T]) -> T:
    """Retry a read for the configured time (rule R5: 30 s) before its failure counts."""
    deadline = runtime.clock.now() + timedelta(seconds=runtime.settings.read_retry_seconds)
    found: T = runtime.patience(lambda _: read(), deadline)
    return found
