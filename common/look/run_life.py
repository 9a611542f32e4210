"""The life of one run: decision, execution, steps, tasks, objects and rows, with their times."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.cloud.ports import Row
from common.executions.execution import Execution
from common.executions.result import Result
from common.look.decided import rows_since
from common.look.runs import Run
from common.messages.models import ScraperRequest
from common.runtime import Runtime

LOG = "scraper_execution_log"
LOG_COLUMNS = (
    *("execution_id", "task_id", "scraper_name", "target_date", "game_id", "outcome"),
    *("triggered_at", "duration_seconds", "records_processed", "gcs_path", "error_message"),
    "logged_at",
)


@dataclass(frozen=True)
class Task:
    """One task of a run.

    Attributes:
        scraper: its scraper.
        about: the game's id, or the date.
        row: its log row; None where there is none (yet).
        reported: whether the execution has its result; None where its state is gone.
    """

    scraper: str
    about: str
    row: Row | None
    reported: bool | None

    @property
    def ended(self) -> datetime | None:
        """When the scrape was over, aware."""
        if self.row is None:
            return None
        began: datetime = self.row["triggered_at"]
        return began + timedelta(seconds=self.row["duration_seconds"])


@dataclass(frozen=True)
class Step:
    """A step that was asked for.

    Attributes:
        number: from 1; 0 for all tasks of a run whose state is gone.
        instead_of: the scrapers in whose place it asks an alternative.
        tasks: its tasks.
    """

    number: int
    instead_of: tuple[str, ...]
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class RunLife:
    """A run with its steps.

    Attributes:
        run: decision and row.
        started: when its execution started, aware; None where it never did.
        steps: what was asked for, in order.
    """

    run: Run
    started: datetime | None
    steps: tuple[Step, ...]

    @property
    def decided(self) -> datetime | None:
        """When it was decided, aware; None of a forced decision, whose time is its slot's."""
        made = self.run.decision
        return None if made["forced"] else made["decision_time"]


def passed(before: datetime, instant: datetime) -> timedelta:
    """Return the time from one instant to a later one; zero where clocks of two machines differ."""
    return max(instant - before, timedelta())


def life_of(place: Runtime, run: Run) -> RunLife:
    """Read what a run did from its state and the log; without the state, from the log alone."""
    execution = Execution.open(place, run.execution_id, tolerant=True)
    rows = _logged(place, run)
    if execution is None:
        tasks = tuple(_of_row(row) for row in rows)
        started = run.ended["execution_time"] if run.ended else None
        return RunLife(run, started, (Step(0, (), tasks),) if tasks else ())
    by_task = {row["task_id"]: row for row in rows}
    steps = tuple(_steps(execution, by_task))
    return RunLife(run, execution.manifest.started, steps)


def _logged(place: Runtime, run: Run) -> list[Row]:
    rows = place.warehouse.select(
        LOG,
        LOG_COLUMNS,
        since=rows_since([run.decision]),
        until=place.clock.now() + timedelta(days=1),
        where={"workflow_execution_id": run.execution_id},
    )
    return sorted(rows, key=lambda row: row["triggered_at"])


def _of_row(row: Row) -> Task:
    return Task(row["scraper_name"], row["game_id"] or f"{row['target_date']}", row, None)


def _steps(execution: Execution, rows: Mapping[str, Row]) -> Iterator[Step]:
    for number, planned in enumerate(execution.manifest.steps):
        asked = execution.tasks_of(number)
        if asked and asked.requests:
            tasks = _tasks(asked.requests, execution.results(number), rows)
            yield Step(number + 1, planned.instead_of, tuple(tasks))


def _tasks(
    requests: Sequence[ScraperRequest], results: Sequence[Result], rows: Mapping[str, Row]
) -> Iterator[Task]:
    reported = {f"{result.task_id}" for result in results}
    for request in requests:
        task = f"{request.execution.task_id}" if request.execution else ""
        about = request.game.game_id if request.game else f"{request.target_date}"
        yield Task(request.scraper, about, rows.get(task), task in reported)
