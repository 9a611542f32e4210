"""The recorded decisions: which there are about a date, and what the deployment then ran with."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from common.calendar.slots import FORCED_AHEAD_MAX
from common.cloud.ports import Row
from common.configuration.left_out import without
from common.configuration.workflows import Workflow
from common.eastern import at, eastern_date
from common.runtime import Runtime
from common.state.decided import batches_of, decisions_of

TABLE = "workflow_decisions"
COLUMNS = (
    *("decision_id", "workflow_name", "slot", "decision_time", "target_date", "action"),
    *("reason", "reason_code", "alert_level", "scrapers", "game_ids", "forced"),
)
WITH_INPUTS = (*COLUMNS, "inputs")
"""For those who judge again; what a decision was made from is most of its bytes."""
ABOUT_DAYS_MAX = 8
"""How long after a date decisions are made about it: catch-up's 72 h, and what outages add."""
ASKED_BEFORE_MAX = FORCED_AHEAD_MAX
"""How long before a date its data may have been asked for: by a slot to come that was forced."""
ROWS_LEAD_MAX = timedelta(hours=1)
"""How much earlier than its decision a row's time may be, by the clock of another machine."""


def decisions_about(place: Runtime, day: date, now: datetime) -> list[Row]:
    """Return the decisions about a date with their inputs, in order of their slots."""
    start = at(day, time())
    ahead = now + FORCED_AHEAD_MAX
    until = min(ahead, start + timedelta(days=ABOUT_DAYS_MAX)) + timedelta(minutes=1)
    rows = decisions_between(place, start, until, WITH_INPUTS)
    return [row for row in rows if row["target_date"] == day]


def decisions_between(
    place: Runtime,
    since: datetime,
    until: datetime,
    columns: Sequence[str] = COLUMNS,
    **where: str | Sequence[str],
) -> list[Row]:
    """Return our own decisions made in [since, until), in order of their slots.

    Those of one slot and workflow, which was then forced, are in the order of being stored.
    """
    rows = place.warehouse.select(TABLE, columns, since=since, until=until, where=where)
    ours = [row for row in rows if row["slot"] is not None]
    stored = _stored(place, ours)

    def order(row: Row) -> tuple[datetime, str, datetime]:
        when = stored.get(row["decision_id"]) or row["decision_time"]
        return row["slot"], row["workflow_name"], when

    return sorted(ours, key=order)


def _stored(place: Runtime, decisions: Sequence[Row]) -> dict[str, datetime | None]:
    """Return when the decisions were stored of slots that a workflow has decided again.

    The table does not tell: the time of a forced decision is its slot's.
    """
    times = Counter((row["slot"], row["workflow_name"]) for row in decisions)
    slots = sorted({slot for (slot, _), number in times.items() if number > 1})
    batches = [batch for slot in slots for batch in batches_of(place.state, slot)]
    held = place.threads.map(lambda batch: decisions_of(place.state, batch), batches)
    return {
        entry["message"]["decision_id"]: batch.created
        for batch, entries in zip(batches, held, strict=True)
        for entry in entries
    }


def decisions_on(place: Runtime, day: date, **where: str | Sequence[str]) -> list[Row]:
    """Return our own decisions of an Eastern date's slots, made until the end of the next one."""
    start = at(day, time())
    made = decisions_between(place, start, start + timedelta(days=2), **where)
    return [row for row in made if eastern_date(row["slot"]) == day]


def rows_since(decisions: Iterable[Row]) -> datetime:
    """Return the earliest instant at which rows of what decisions led to can have been written.

    The time of a forced decision is its slot's, which may have been to come.
    """
    return min(map(_rows_since, decisions))


def _rows_since(row: Row) -> datetime:
    made: datetime = row["decision_time"]
    return made - ROWS_LEAD_MAX - (FORCED_AHEAD_MAX if row["forced"] else timedelta())


def rows_until(decisions: Sequence[Row], days: int, now: datetime) -> datetime:
    """Return the latest such instant, for runs that take some days after the first decision.

    A forced decision's slot may be long past: rows of it are written until now.
    """
    if any(row["forced"] for row in decisions):
        return now + timedelta(days=1)
    first: datetime = min(row["decision_time"] for row in decisions)
    return first + timedelta(days=days)


def last_of(decisions: Iterable[Row], workflow: str, when: datetime) -> Row | None:
    """Return a workflow's last decision in a slot at or before an instant, of those in order."""
    mine = [row for row in decisions if row["workflow_name"] == workflow and row["slot"] <= when]
    return mine[-1] if mine else None


def was_decided(decisions: Sequence[Row], day: date) -> bool:
    """Whether any slot of an Eastern date was decided: the system was there, and up."""
    return any(eastern_date(row["slot"]) == day for row in decisions)


def configured(
    place: Runtime, decisions: Sequence[Row]
) -> tuple[dict[str, Workflow], tuple[str, ...]]:
    """Return the workflows as the deployment ran them, and the scrapers that it left out.

    Which sources are off is a setting of the deployment, which the caller need not have; each
    decision records it.
    """
    if not decisions:
        return place.workflows, tuple(sorted(place.off))
    off = {name for row in decisions for name in inputs_of(row).get("off", ())}
    flows = {name: without(flow, off) for name, flow in place.configured.items()}
    return flows, tuple(sorted(off))


def inputs_of(row: Row) -> Mapping[str, Any]:
    """Return what a decision was made from; nothing where the row has none."""
    held = json.loads(row["inputs"] or "{}")
    return held if isinstance(held, dict) else {}
