"""Checks row by row the rules that the five tables must never break.

Each new row is checked once, so that a check costs the same at the end of a season as at its
beginning. What holds only at rest (every run ended, every object logged) is checked at rest.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NoReturn

from common import ids
from common.calendar.slots import slots_on
from common.cloud.ports import Row, StoredObject
from common.cloud.tables import NAMES, table
from common.eastern import eastern_date
from common.errors import OrchestrationError
from common.runtime import Runtime
from local.simulator.made_good import left_open

CONTROLLER, CLEANUP = "tick-master-controller", "tick-cleanup-processor"
FAILURES = ("FAILED", "TIMEOUT", "BLOCKED", "CONTRACT", "MISMATCH")
EMPTY = ("NO_DATA", "NOT_READY")
PASSED = ("COMPLETED", "NOTHING_READY")
# The numbers are the documents', not the constants of the code that is checked.
REFUSED = (401, 403, 429)
TICK_DELAY_MAX = timedelta(minutes=60)
RESENDS_MAX = 3
_ROW_CHARACTERS_MAX = 300


def _resends_max(name: str) -> int:
    """How often an item may be resent; an object twice as often, as its logger may be out (C5)."""
    return 2 * RESENDS_MAX if name.startswith("gs://") else RESENDS_MAX


class InvariantError(OrchestrationError):
    """A rule of docs/rules.md is broken; names rule, rows, seed and instant."""

    code = "INVARIANT"


class Invariants:
    """Checks the tables of a world.

    Args:
        runtime: has the configuration.
        rows: the five tables, which only grow.
        seed: the simulation's, for the error.
    """

    def __init__(self, runtime: Runtime, rows: Mapping[str, Sequence[Row]], seed: int) -> None:
        self._runtime = runtime
        self._rows = rows
        self._seed = seed
        self._now: datetime | None = None
        self._seen = dict.fromkeys(NAMES, 0)
        self._ids: dict[str, set[str]] = {name: set() for name in NAMES}
        self._runs: dict[str, Row] = {}
        self._open: dict[str, Row] = {}
        self._unlogged: dict[tuple[str, int], StoredObject] = {}
        self._linked: dict[str, Row] = {}
        self._logged: dict[str, dict[str, Row]] = defaultdict(dict)
        self._planned: dict[date, set[tuple[str, datetime]]] = defaultdict(set)
        self._ran: dict[date, set[tuple[str, datetime]]] = defaultdict(set)
        self._decided: dict[date, set[datetime]] = defaultdict(set)
        self._swept: dict[date, set[datetime]] = defaultdict(set)
        self._resent: Counter[str] = Counter()
        self._held_up: list[date] = []
        self._checks: dict[str, Callable[[Row], None]] = {
            "daily_expected_schedule": self._plan,
            "workflow_decisions": self._decision,
            "cleanup_operations": self._sweep,
            "scraper_execution_log": self._log,
            "workflow_executions": self._execution,
        }

    def finalized(self, stored: StoredObject) -> None:
        """Note an object that must be logged."""
        self._unlogged[f"gs://{stored.bucket}/{stored.name}", stored.generation] = stored

    def after_event(self, now: datetime) -> None:
        """Check the rows that an event has written.

        Raises:
            InvariantError: a rule is broken.
        """
        self._now = now
        for name, rows in self._rows.items():
            start = self._seen[name]
            if start == len(rows):
                continue
            self._seen[name] = len(rows)
            fresh = rows[start:]
            for row in fresh:
                self._once(name, row)
                self._checks[name](row)
            if name == "workflow_decisions":
                self._whole_slots(fresh)

    def at_rest(self) -> None:
        """Check what must hold once nothing is on its way.

        Raises:
            InvariantError: a rule is broken.
        """
        for row in self._open.values():
            self._fail("R6", "a RUN has no terminal row", row)
        for stored in self._unlogged.values():
            self._fail("R6", f"object {stored.name} was finalized and never logged")
        for execution_id, row in self._linked.items():
            logged = self._logged.pop(execution_id, {})
            if logged.keys() != set(row["scraper_execution_ids"]):
                self._fail("R6", f"the log has {sorted(logged)} for the execution", row)
            lost = [*left_open(self._runtime.workflows[row["workflow_name"]], logged.values())]
            if lost and row["status"] == "completed":
                self._fail("X6", "completed, and yet a task failed for good", row, *lost)
        self._linked.clear()
        for day in self._held_up:
            self._every_slot(day)
        self._held_up.clear()

    def day_over(self, day: date, *, as_planned: bool, held_up: bool, ticks_lost: bool) -> None:
        """Check a finished Eastern date.

        Args:
            day: the date.
            as_planned: the runs must be those of the plan.
            held_up: its last ticks may be handled on a later day; they are then checked at rest.
            ticks_lost: some ticks may never be handled.

        Raises:
            InvariantError: a rule is broken.
        """
        planned, ran = self._planned.pop(day, set()), self._ran.pop(day, set())
        if as_planned and planned != ran:
            text = f"{day}: planned only {_shown(planned - ran)}, ran only {_shown(ran - planned)}"
            self._fail("R2", text)
        if not ticks_lost:
            self._held_up.append(day)
        if not held_up:
            self._every_slot(self._held_up.pop())

    def _every_slot(self, day: date) -> None:
        """Check that each tick of a date has written its rows (R5)."""
        decided, swept = self._decided.pop(day, set()), self._swept.pop(day, set())
        for topic, slots in ((CONTROLLER, decided), (CLEANUP, swept)):
            due = set(slots_on(self._runtime.cron(topic), day))
            if slots != due:
                self._fail("R5", f"{day}: {topic} has {len(slots)} of {len(due)} slots")

    @property
    def unfinished(self) -> int:
        """Runs without a terminal row, and objects without a log row."""
        return len(self._open) + len(self._unlogged)

    def _once(self, name: str, row: Row) -> None:
        value = row[table(name).id_column]
        self._hold("R6", value not in self._ids[name], f"{name}: {value} is there twice", row)
        self._ids[name].add(value)

    def _plan(self, row: Row) -> None:
        day, slot = row["date"], row["expected_run_time"]
        run = (row["workflow_name"], slot)
        self._hold("R2", run not in self._planned[day], "a run is planned twice", row)
        self._hold("R2", self._is_slot(CONTROLLER, slot), "planned where no tick is", row)
        self._hold("R4", row["target_date"] is not None, "no target date", row)
        self._planned[day].add(run)

    def _decision(self, row: Row) -> None:
        name, slot, action = row["workflow_name"], row["slot"], row["action"]
        self._hold("R3", self._is_slot(CONTROLLER, slot), "its slot is not one of the cron", row)
        self._hold("R5", name in self._runtime.workflows, "the workflow is not enabled", row)
        self._hold("R5", bool(row["reason"] and row["reason_code"]), "no reason", row)
        self._hold("R4", row["target_date"] is not None, "no target date", row)
        if not row["forced"]:
            derived = ids.decision_id(name, slot)
            self._hold("R3", row["decision_id"] == derived, f"id is not {derived}", row)
            late = row["decision_time"] - slot > TICK_DELAY_MAX
            expired = row["reason_code"] == "SLOT_EXPIRED"
            self._hold("R3", late == expired, "SLOT_EXPIRED is for ticks over 60 min late", row)
        self._hold(
            "R5",
            bool(row["scrapers"]) == (action == "RUN"),
            "a RUN has scrapers, and nothing else has",
            row,
        )
        again = row["next_check"]
        ahead = again is not None and again > row["decision_time"]
        self._hold("D16", ahead or action != "SKIP", "next_check is not in the future", row)
        if action == "RUN":
            self._runs[row["decision_id"]] = self._open[row["decision_id"]] = row
            self._ran[eastern_date(slot)].add((name, slot))

    def _whole_slots(self, fresh: Sequence[Row]) -> None:
        """Check that a slot's rows come together, one for each enabled workflow (R5)."""
        # A slot that is decided once more has the same ids once more (R6).
        names: dict[tuple[datetime, bool], list[str]] = defaultdict(list)
        for row in fresh:
            names[row["slot"], row["forced"]].append(row["workflow_name"])
        for (slot, forced), found in names.items():
            same = sorted(found) == sorted(self._runtime.workflows)
            self._hold("R5", same, f"slot {slot} has rows of {found}", *fresh)
            if not forced:
                self._decided[eastern_date(slot)].add(slot)

    def _sweep(self, row: Row) -> None:
        slot = row["slot"]
        swept = self._swept[eastern_date(slot)]
        self._hold("R6", slot not in swept, "a slot was swept twice", row)
        self._hold("R3", self._is_slot(CLEANUP, slot), "its slot is not one of the cron", row)
        sent = len(row["republished"])
        self._hold("R8", row["republished_count"] == sent, "republished_count", row)
        self._hold("R8", row["status"] != "STORM" or not sent, "a storm republished something", row)
        self._resent.update(row["republished"])
        often = sorted({n for n in row["republished"] if self._resent[n] > _resends_max(n)})
        self._hold("R8", not often, f"sent again too many times: {often}", row)
        swept.add(slot)

    def _log(self, row: Row) -> None:
        bucket, _, name = row["gcs_path"].removeprefix("gs://").partition("/")
        generation = row["object_generation"]
        derived = ids.log_id(bucket, name, generation)
        self._hold("R6", row["execution_id"] == derived, f"id is not {derived}", row)
        stored = self._unlogged.pop((row["gcs_path"], generation), None)
        self._hold("R6", stored is not None, "logs no object, or one that is logged", row)
        failed = row["outcome"] in FAILURES
        self._hold("R7", failed == (row["status"] == "FAILED"), "status does not fit outcome", row)
        self._hold(
            "X16",
            failed == bool(row["error_message"]),
            "a failure needs an error, and only a failure",
            row,
        )
        empty = row["outcome"] in EMPTY
        self._hold(
            "S1", not (empty and row["records_processed"]), "an empty outcome has records", row
        )
        counted = row["records_processed"] is not None or row["outcome"] == "UPLOADED"
        self._hold("S1", counted, "a run has no record count", row)
        refused = row["http_status"] in REFUSED and row["outcome"] != "NOT_READY"
        self._hold("S2", failed or not refused, "a refused request is no success", row)
        if row["decision_id"] is not None:
            self._belongs(row, row["workflow_execution_id"])
            self._logged[row["workflow_execution_id"]][row["execution_id"]] = row

    def _execution(self, row: Row) -> None:
        self._belongs(row, row["execution_id"])
        decision = self._open.pop(row["decision_id"], None)
        if decision is None:
            self._fail("R6", "a RUN has two terminal rows", row)
        asked = row["scrapers_requested"] == decision["scrapers"]
        self._hold("R4", asked, "asked for other scrapers than decided", row, decision)
        links, tasks = row["scraper_execution_ids"], row["scrapers_triggered"]
        self._hold(
            "R6",
            len(set(links)) == tasks,
            "scraper_execution_ids does not fit scrapers_triggered",
            row,
        )
        done = row["scrapers_succeeded"] + row["scrapers_failed"]
        self._hold("R6", done == tasks, "succeeded + failed is not triggered", row)
        passed, whole = row["outcome"] in PASSED, row["error_message"] is None
        fits = (row["status"] == "completed") == passed == whole
        self._hold("X6", fits, "status, outcome and error do not fit", row)
        self._linked[row["execution_id"]] = row

    def _belongs(self, row: Row, execution_id: str) -> None:
        """Check that a row of a run has its decision's date, slot, workflow and execution (R4)."""
        decision = self._runs.get(row["decision_id"])
        if decision is None:
            self._fail("R6", "it has no RUN decision", row)
        for column in ("target_date", "slot", "workflow_name"):
            same = row[column] == decision[column]
            self._hold("R4", same, f"{column} is not the decision's", row, decision)
        derived = ids.execution_id(decision["decision_id"])
        self._hold("R6", execution_id == derived, f"execution is not {derived}", row)

    def _is_slot(self, topic: str, instant: datetime) -> bool:
        return instant in slots_on(self._runtime.cron(topic), eastern_date(instant))

    def _hold(self, rule: str, holds: bool, text: str, *rows: Row) -> None:  # noqa: FBT001 - an assertion
        if not holds:
            self._fail(rule, text, *rows)

    def _fail(self, rule: str, text: str, *rows: Row) -> NoReturn:
        shown = " | ".join(_described(row) for row in rows)
        raise InvariantError(f"{rule} at {self._now} (seed {self._seed}): {text} {shown}".rstrip())


def _described(row: Row) -> str:
    """Describe a row by its values, shortened."""
    return str({name: str(value) for name, value in row.items() if value not in (None, [])})[
        :_ROW_CHARACTERS_MAX
    ]


def _shown(runs: set[tuple[str, datetime]]) -> str:
    return ", ".join(f"{name} {slot:%H:%MZ}" for name, slot in sorted(runs)) or "nothing"
