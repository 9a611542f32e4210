"""Reads what a decision depends on: schedule and history, never an error for an empty answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from common.calendar.season import Season
from common.calendar.slots import FORCED_AHEAD_MAX
from common.decisions.history import (
    JUST_DECIDED,
    JUST_DECIDED_AGE_MAX,
    OPEN_STATUSES,
    History,
    Run,
    attempts_from_log,
    begun_of,
    ends_of,
    ours,
    runs_from_rows,
)
from common.decisions.situation import Situation
from common.eastern import eastern_date
from common.messages.models import WorkflowDecision
from common.redaction import redact
from common.runtime import Runtime
from common.state.decided import decisions_of
from common.state.pauses import Pause, read_pauses

if TYPE_CHECKING:  # annotations only
    from concurrent.futures import Future

    from common.cloud.ports import Row, StoredObject


Batches = Callable[[], "Sequence[StoredObject]"]
"""Returns stored batches, perhaps once they are listed."""
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
ENDED_COLUMNS = ("decision_id", "status", "scraper_execution_ids", "execution_time")
RUN_COLUMNS = ("decision_id", "workflow_name", "slot", "target_date", "game_ids", "forced")


def read_situation(
    runtime: Runtime, slot: datetime, now: datetime, near: Batches = tuple
) -> Situation:
    """Gather what the decisions of a slot depend on; what cannot be read is None with its cause.

    Args:
        runtime: ports and settings.
        slot: the slot (aware UTC).
        now: the instant (aware).
        near: returns the batches of other ticks near the slot, whose rows may not be written yet.
            It may wait for them: it is called when the season is read.
    """
    cause = ""
    season = history = None
    pauses: Mapping[str, Pause] = {}
    paused = _reads_at_once(runtime)(read_pauses, runtime.state)
    try:
        season = runtime.patience(lambda _: runtime.season.read(now), _deadline(runtime))
    except Exception as error:  # noqa: BLE001 - every cause becomes an ABORT row (rule R5)
        cause = redact(f"{type(error).__name__}: {error}")
    stored = near()
    try:
        idle = season is not None and is_idle(season, slot, now)
        pauses, _ = paused.result()
        history = History() if idle else read_history(runtime, slot, stored)
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
        pauses=pauses,
    )


def is_idle(season: Season, slot: datetime, now: datetime) -> bool:
    """Whether the schedule can be believed and lists no game near the slot: one read is enough."""
    if season.is_stale(now):
        return False
    day = eastern_date(slot)
    return not any(abs(listed - day) <= IDLE for listed in season.calendar)


def read_history(runtime: Runtime, slot: datetime, stored: Sequence[StoredObject] = ()) -> History:
    """The attempts and runs of the last days, from three partition-bounded reads at once.

    Of a slot that is forced long afterwards also what ran for it since, and of one that was forced
    long before, what ended before these days. A RUN that is stored counts as under way whether its
    row is written or not (FR3, FR4).
    """
    until, read = max(slot, runtime.clock.now()) + AHEAD, _reads_at_once(runtime)
    first = slot - HISTORY_SPAN
    select = partial(read, runtime.warehouse.select, since=first, until=until)
    logged = select("scraper_execution_log", LOG_COLUMNS)
    decided = select("workflow_decisions", RUN_COLUMNS, where={"action": "RUN"})
    ended = select("workflow_executions", ENDED_COLUMNS)
    batches = [(batch, read(decisions_of, runtime.state, batch)) for batch in stored]

    log_rows, decisions = logged.result(), ours(decided.result())
    ended_rows = ended.result()
    ends = ends_of(ended_rows, {row["execution_id"] for row in log_rows})
    early = _ended_before(partial(read, runtime.warehouse.select), first, decisions, ends)
    ends |= {row["decision_id"]: row["status"] for row in early}
    since = runtime.clock.now() - JUST_DECIDED_AGE_MAX
    held = {name: run for each in batches for name, run in _runs_of(*each, since)}
    ends |= dict.fromkeys(_fresh(decisions, ends, held, slot), JUST_DECIDED)
    known = {row["decision_id"] for row in decisions}
    unrecorded = (run for name, run in held.items() if name not in known)
    begun = begun_of([*ended_rows, *early])
    runs = runs_from_rows(decisions, ends, begun)
    return History(attempts_from_log(log_rows), (*runs, *unrecorded))


def _ended_before(
    select: Callable[..., Future[list[Row]]],
    first: datetime,
    decisions: Iterable[Row],
    ends: Mapping[str, str],
) -> list[Row]:
    """Return the ends, before an instant, of slots to come that were forced then.

    Without them such a run would be under way for two days from its slot on. What it collected is
    too old to count, and so are the log rows that it links.
    """
    lacking = [row["decision_id"] for row in decisions if row["forced"]]
    lacking = [name for name in lacking if name not in ends]
    if not lacking:
        return []
    since, where = first - FORCED_AHEAD_MAX, {"decision_id": lacking}
    return select(
        "workflow_executions", ENDED_COLUMNS, since=since, until=first, where=where
    ).result()


def _runs_of(
    batch: StoredObject, content: Future[Sequence[Mapping[str, Any]]], since: datetime
) -> Iterator[tuple[str, Run]]:
    """Yield the RUNs of a stored batch by their decision ids; one stored since is just decided."""
    is_fresh = batch.created is None or batch.created > since
    for entry in content.result():
        message = WorkflowDecision.model_validate(entry["message"])
        if message.action == "RUN":
            yield (
                str(message.decision_id),
                Run(
                    workflow=message.workflow_name,
                    slot=message.slot,
                    target_date=message.target_date,
                    game_ids=tuple(entry["game_ids"]),
                    status=JUST_DECIDED if is_fresh else None,
                ),
            )


def _fresh(
    decisions: Iterable[Row], ends: Mapping[str, str], held: Mapping[str, Run], slot: datetime
) -> Iterator[str]:
    """Those of this slot or a later one that were decided just now: one of the two was forced."""
    for row in decisions:
        name = row["decision_id"]
        is_open = ends.get(name) in OPEN_STATUSES and row["slot"] >= slot
        if is_open and name in held and held[name].status == JUST_DECIDED:
            yield name


def _reads_at_once(runtime: Runtime) -> Callable[..., Future[Any]]:
    """Return what begins a read; all that it begins may together be retried until one deadline."""
    deadline = _deadline(runtime)

    def begin(read: Callable[..., Any], *args: object, **named: object) -> Future[Any]:
        return runtime.threads.submit(runtime.patience, lambda _: read(*args, **named), deadline)

    return begin


def _deadline(runtime: Runtime) -> datetime:
    """Until when a read is retried before its failure counts (rule R5: 30 s)."""
    return runtime.clock.now() + timedelta(seconds=runtime.settings.read_retry_seconds)
