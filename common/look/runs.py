"""The runs of a date: what each came to, and how far the open ones are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common import ids
from common.calendar.slots import FORCED_AHEAD_MAX
from common.cloud.ports import Row
from common.eastern import at, eastern_date
from common.errors import BadInputError
from common.executions.execution import Execution
from common.look.decided import decisions_between, decisions_on, rows_since
from common.runtime import Runtime

TABLE = "workflow_executions"
COLUMNS = (
    *("execution_id", "decision_id", "execution_time", "finished_at", "status", "outcome"),
    *("scrapers_triggered", "scrapers_succeeded", "scrapers_failed", "error_message"),
)
RECENT = timedelta(days=8)
"""How far back a run is looked for by its id alone."""
ID_CHARACTERS = 8
"""How much of an id is shown, and suffices to name it."""


@dataclass(frozen=True)
class Run:
    """One RUN decision and what came of it.

    Attributes:
        decision: its row.
        ended: the execution's row; None while there is none.
        going: the execution without a row, as its state has it; None where it was never started.
    """

    decision: Row
    ended: Row | None
    going: Execution | None = None

    @property
    def execution_id(self) -> str:
        """The execution's id, which the decision's gives."""
        return ids.execution_id(self.decision["decision_id"])

    @property
    def state(self) -> str:
        """One word: how it ended, `under way` or `not started`."""
        if self.ended:
            return str(self.ended["outcome"] or self.ended["status"])
        return "under way" if self.going else "not started"

    @property
    def began(self) -> datetime | None:
        """When its execution started, aware; None where it never did."""
        if self.ended:
            return self.ended["execution_time"]  # type: ignore[no-any-return]
        return self.going.manifest.started if self.going else None

    @property
    def is_partial(self) -> bool:
        """Whether some of its tasks came and others failed."""
        return self.state == "PARTIAL"

    @property
    def progress(self) -> str:
        """What its tasks came to, or how many have reported."""
        if self.ended:
            row = self.ended
            failed = f", {row['scrapers_failed']} failed" if row["scrapers_failed"] else ""
            return f"{row['scrapers_succeeded']} of {row['scrapers_triggered']} tasks{failed}"
        if self.going is None:
            return "its message was not handled yet"
        step = self.going.step_reached() or 0
        tasks = self.going.tasks_of(step)
        asked = len(tasks.requests) if tasks else 0
        reported = asked - len(self.going.silent(step))
        return f"step {step + 1}, {reported} of {asked} tasks reported"


def runs_on(place: Runtime, day: date) -> list[Run]:
    """Return the runs that were decided in the slots of an Eastern date, in order of time."""
    return runs_of(place, decisions_on(place, day, action="RUN"))


def runs_of(place: Runtime, decisions: Sequence[Row]) -> list[Run]:
    """Return what came of RUN decisions; an execution may run long after its slot."""
    if not decisions:
        return []
    rows = place.warehouse.select(
        TABLE,
        COLUMNS,
        since=rows_since(decisions),
        until=place.clock.now() + timedelta(days=1),
        where={"decision_id": [row["decision_id"] for row in decisions]},
    )
    ended = {row["decision_id"]: row for row in rows}
    found = [Run(row, ended.get(row["decision_id"])) for row in decisions]
    return [*place.threads.map(lambda run: _looked_at(place, run), found)]


def _looked_at(place: Runtime, run: Run) -> Run:
    if run.ended:
        return run
    return Run(run.decision, None, Execution.open(place, run.execution_id, tolerant=True))


def find_run(place: Runtime, beginning: str, day: date | None = None) -> Run:
    """Return the one run whose execution's or decision's id begins so.

    Args:
        place: where to look.
        beginning: of the id.
        day: the Eastern date of its slot; None looks through the last eight days, and through
            the slots to come that were forced.

    Raises:
        BadInputError: there is none, or several.
    """
    now = place.clock.now()
    since = at(day, time()) if day else now - RECENT
    until = since + timedelta(days=2) if day else now + FORCED_AHEAD_MAX
    made = decisions_between(place, since, until, action="RUN")
    named = [row for row in made if _is_named(row, beginning)]
    if len(named) != 1:
        raise BadInputError(_which(beginning, named, day, now))
    return runs_of(place, named)[0]


def _is_named(row: Row, beginning: str) -> bool:
    decision = row["decision_id"]
    return any(one.startswith(beginning) for one in (decision, ids.execution_id(decision)))


def _which(beginning: str, named: Sequence[Row], day: date | None, now: datetime) -> str:
    if named:
        return f"run {beginning!r}: {len(named)} begin so; give more of the id"
    where = f"on {day}" if day else f"from {eastern_date(now - RECENT)} to now; give its --date"
    return f"no run {beginning!r} {where}; see: python -m local runs"
