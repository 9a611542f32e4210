"""RUN decisions without a finished execution: which link they stopped at, and how it is healed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from common import ids
from common.cloud.ports import Row, StoredObject, Warehouse
from common.decisions.history import ours
from common.errors import BadInputError, ClaimBusyError
from common.executions.execution import Execution
from common.executions.manifest import Manifest, check_known
from common.healing.attempts import (
    USED_UP,
    Healed,
    Resend,
    heal_each,
    in_time,
    quarantine,
    resend,
)
from common.healing.republish import republish_object
from common.healing.tasks import heal_tasks
from common.messages.models import WorkflowDecision
from common.runtime import Runtime
from common.state import names
from common.state.claims import done_at
from common.state.decided import batches_of, decisions_of, publish_decisions
from common.state.own_objects import secret_of

RUN_AGE_MIN = timedelta(minutes=20)
"""A younger run may be held by a live delivery: a lease lasts 11 minutes."""
RUN_LOST_AFTER = timedelta(hours=24)
"""A run that no resend can bring on is ended after this; Pub/Sub tries for some 16 hours."""
RUNS_SPAN, RUNS_SPAN_DEEP = timedelta(days=2), timedelta(days=8)
"""How far the slots of the runs that a sweep looks at may lie from now: mostly in the past; in the
future when an operator forced tomorrow's slot today."""
LOST = "LOST: nothing came of it for a day; look for its dead letter, then force its slot"
COLUMNS = (
    *("decision_id", "workflow_name", "action", "slot", "decision_time", "target_date"),
    *("scrapers", "forced"),
)


def unfinished_runs(warehouse: Warehouse, now: datetime, *, deep: bool) -> list[Row]:
    """Return the RUNs, in `COLUMNS`, that have no terminal row and are old enough to be healed.

    Args:
        warehouse: holds the tables.
        now: aware.
        deep: look at eight days instead of two: after an outage of the sweeps themselves.
    """
    since, until = now - _span(deep=deep), now + _span(deep=deep)
    decisions = warehouse.select(
        "workflow_decisions", COLUMNS, since=since, until=until, where={"action": "RUN"}
    )
    # A forced decision is as of another instant, and may be older than that.
    runs = [r for r in ours(decisions) if r["forced"] or now - r["decision_time"] > RUN_AGE_MIN]
    if not runs:
        return []
    ended = warehouse.select("workflow_executions", ("decision_id",), since=since, until=until)
    done = {row["decision_id"] for row in ended}
    return [row for row in runs if row["decision_id"] not in done]


def heal_runs(
    runtime: Runtime, now: datetime, unfinished: Iterable[Row], healed: Healed, *, deep: bool
) -> None:
    """Send again what each unfinished RUN waits for.

    Args:
        runtime: ports and settings.
        now: aware.
        unfinished: what `unfinished_runs` has returned.
        healed: filled as it goes.
        deep: as it was there.
    """
    heal_each(
        unfinished,
        lambda row: UnfinishedRun(runtime, row).heal(now, _span(deep=deep), healed),
        in_time(runtime.clock, now),
    )


def _span(*, deep: bool) -> timedelta:
    return RUNS_SPAN_DEEP if deep else RUNS_SPAN


class UnfinishedRun:
    """A RUN without a terminal row, and how far it came.

    Args:
        runtime: ports and settings.
        row: of `workflow_decisions`, in `COLUMNS`.
    """

    def __init__(self, runtime: Runtime, row: Row) -> None:
        self._runtime = runtime
        self._row = row
        self._execution_id = ids.execution_id(row["decision_id"])
        self._execution = Execution.open(runtime, self._execution_id, tolerant=True)
        self._step = self._execution.step_reached() if self._execution else None

    def heal(self, now: datetime, span: timedelta, healed: Healed) -> None:
        """Send again what the run waits for; end it when nothing of it can come."""
        age = now - (self._execution.manifest.started if self._execution else self._decided_at())
        # A slot forced long before its time may have ended outside the span that was read.
        if not RUN_AGE_MIN < age <= span:
            return
        if self._step is None and (refused := self._refusal()):
            self._end(now, refused, healed)
            return
        is_hopeless = self._resend(now, healed)
        if is_hopeless and age > RUN_LOST_AFTER:
            self._end(now, LOST, healed)

    def _refusal(self) -> str:
        """Why the executor refuses the run since another configuration was deployed, or nothing.

        It would do so each time: ended at once, the next tick decides by what is configured now.
        """
        try:
            row = self._row
            check_known(self._runtime.workflows, row["workflow_name"], row["scrapers"])
        except BadInputError as error:
            return f"REFUSED: {error}; the next tick decides anew"
        return ""

    def _resend(self, now: datetime, healed: Healed) -> bool:
        """Send again what the run waits for; True when no resend can bring it on any more."""
        if self._execution is None or self._step is None:
            return self._resend_decision(healed) in USED_UP
        if silent := self._execution.silent(self._step):
            return heal_tasks(self._runtime, self._execution, silent, now, healed)
        return self._resend_result(self._execution, self._step, healed) in USED_UP

    def _resend_decision(self, healed: Healed) -> Resend:
        """Publish the decision again, as stored in its slot's batch."""
        state, decision_id = self._runtime.state, self._row["decision_id"]
        item = f"decisions/{decision_id}"
        entry, _ = self._stored_decision()
        if entry:
            send = partial(publish_decisions, self._runtime.publisher, [entry])
            resent = resend(state, item, send)
        else:
            resent = quarantine(state, item)
        return healed.note(f"decision {decision_id}", resent)

    def _resend_result(self, execution: Execution, step: int, healed: Healed) -> Resend:
        """Send a result's event again: the tracker that receives it completes the step."""
        result = execution.results(step)[0]
        stored = StoredObject(
            self._runtime.settings.data_bucket,
            result.object,
            result.generation,
            metadata=result.metadata() | secret_of(self._runtime.state, result.task_id),
        )
        send = partial(republish_object, self._runtime.publisher, stored)
        resent = resend(self._runtime.state, f"steps/{self._execution_id}-{step}", send)
        return healed.note(f"step {step} of execution {self._execution_id}", resent)

    def _end(self, now: datetime, why: str, healed: Healed) -> None:
        """End the run with a failed row, whatever it waits for.

        No delivery goes on with it afterwards: the row is written under the claim of its next
        effect. A live delivery that holds the claim is left alone; the next sweep sees its effect.
        """
        execution = self._execution or self._unstarted(now)
        with suppress(ClaimBusyError):
            if execution.give_up(self._claim_of_the_end(now), why, self._has_moved):
                healed.quarantined.append(f"decision {self._row['decision_id']}")

    def _claim_of_the_end(self, now: datetime) -> str:
        """The claim of the run's next effect, or one of its own.

        The second is for a run whose next effect is marked done although its state shows nothing
        of it: an operator has deleted that.
        """
        execution_id, step = self._execution_id, self._step
        key = names.start_key(execution_id) if step is None else names.step_key(execution_id, step)
        done = done_at(self._runtime.state, key)
        usable = done is None or now - done < RUN_AGE_MIN
        return key if usable else names.end_key(execution_id)

    def _has_moved(self) -> bool:
        """Whether the run has reached another step since this sweep read it."""
        execution = Execution.open(self._runtime, self._execution_id, tolerant=True)
        return (execution.step_reached() if execution else None) != self._step

    def _unstarted(self, now: datetime) -> Execution:
        """An execution that never began, for its row.

        Where the slot's batch is gone, the decision's row has all but its games.
        """
        entry, _ = self._stored_decision()
        fields = WorkflowDecision.model_fields.keys() & self._row.keys()
        message = entry["message"] if entry else {name: self._row[name] for name in fields}
        manifest = Manifest(
            execution_id=self._execution_id,
            decision=WorkflowDecision.model_validate(message),
            steps=(),
            per_game=(),
            per_event=(),
            started=now,
        )
        return Execution(self._runtime, manifest, tolerant=True)

    def _decided_at(self) -> datetime:
        """When the decision was made; a forced one is as of an instant that may be days ago."""
        when: datetime = self._row["decision_time"]
        _, written = self._stored_decision() if self._row["forced"] else (None, None)
        return written or when

    def _stored_decision(self) -> tuple[Mapping[str, Any] | None, datetime | None]:
        """The decision as its slot's batch holds it, and when that was written; None when gone."""
        state = self._runtime.state
        for batch in batches_of(state, self._row["slot"]):
            for entry in decisions_of(state, batch):
                if entry["message"]["decision_id"] == self._row["decision_id"]:
                    return entry, batch.created
        return None, None
