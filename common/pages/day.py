"""What a day's page shows, read from the five tables and the schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from common import ids
from common.calendar.games import Game
from common.cloud.ports import Row
from common.eastern import at, eastern, eastern_date
from common.look.coverage import NOT_YET, cover_if_known, lacking_before, was_asked
from common.look.datum import Covered, DateCoverage, Datum
from common.look.decided import decisions_on, rows_since, rows_until
from common.look.runs import Run, runs_of
from common.pages.axis import Axis
from common.pages.documents import iso, of_coverage, of_lacking, of_row, of_run
from common.pages.lanes import Lane, Mark, game_marks, lanes, not_run
from common.runtime import Runtime

TASK_COLUMNS = (
    *("workflow_execution_id", "scraper_name", "outcome", "triggered_at", "target_date"),
    *("game_id", "gcs_path", "error_message", "error_class"),
)
PLAN_COLUMNS = ("workflow_name", "expected_run_time", "reason", "scrapers")
TASK_DAYS_MAX = 3
"""How long after a day's first run its tasks are looked for."""
NO_FAILURE = ("SUCCESS", *NOT_YET)
SWEEP_COLUMNS = ("cleanup_time", "status", "missing_files_found", "republished_count")


@dataclass(frozen=True)
class Failure:
    """One way in which tasks of a day's runs failed.

    Attributes:
        scraper: whose tasks they are.
        outcome: what they came to.
        rows: the log's rows, the oldest first.
    """

    scraper: str
    outcome: str
    rows: tuple[Row, ...]

    @property
    def runs(self) -> int:
        """In how many runs."""
        return len({row["workflow_execution_id"] for row in self.rows})

    @property
    def unasked(self) -> int:
        """How many were not asked, because the source had failed several times in a row."""
        return sum(not was_asked(row) for row in self.rows)

    @property
    def last(self) -> Row:
        """The last that was asked; the last one where none was."""
        return ([row for row in self.rows if was_asked(row)] or self.rows)[-1]


@dataclass(frozen=True)
class DayPage:
    """One day.

    Attributes:
        day: the Eastern date.
        now: when it was read, aware, by the clock of what was read.
        axis: its time line's.
        games: the games on the time line.
        lanes: the workflows on the time line.
        coverage: what each game has.
        decisions: all of the day's slots, forced ones too, in order of slot.
        runs: what was run.
        tasks: the log's rows of the runs' tasks, by execution, what failed first.
        missed: planned slots that are over and did not run.
        sweeps: the sweeps that found something, or failed.
        planned: how many slots were planned.
        before: on the page of today the dates before that still lack data, the latest first.
    """

    template: ClassVar[str] = "day.html"
    day: date
    now: datetime
    axis: Axis
    games: Sequence[Mark]
    lanes: Sequence[Lane]
    coverage: DateCoverage
    decisions: Sequence[Row]
    runs: Sequence[Run]
    tasks: Mapping[str, Sequence[Row]]
    missed: Sequence[Row]
    sweeps: Sequence[Row]
    planned: int
    before: Sequence[DateCoverage] = ()

    @property
    def title(self) -> str:
        """The date, with its weekday."""
        return f"{self.day:%A}, {self.day}"

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        decided = ("decision_id", "workflow_name", "slot", "action", "reason_code", "reason")
        return {
            "now": iso(self.now),
            "counts": self.counts,
            **of_coverage(self.coverage),
            "before": [of_lacking(one) for one in self.before],
            "not_run": [of_row(row, *PLAN_COLUMNS) for row in self.missed],
            "decisions": [of_row(row, *decided) for row in self.decisions],
            "runs": [of_run(run) for run in self.runs],
            "tasks": {
                name: [of_row(row, *TASK_COLUMNS) for row in rows]
                for name, rows in self.tasks.items()
            },
            "failures": [
                {
                    "scraper": one.scraper,
                    "outcome": one.outcome,
                    "tasks": len(one.rows),
                    "runs": one.runs,
                    "unasked": one.unasked,
                    "last": of_row(one.last, "triggered_at", "error_message"),
                }
                for one in self.failures
            ],
            "sweeps": [of_row(row, *SWEEP_COLUMNS) for row in self.sweeps],
        }

    @property
    def failures(self) -> list[Failure]:
        """What failed in the runs, by scraper and outcome, the most frequent first."""
        groups: dict[tuple[str, str], list[Row]] = {}
        every = (row for rows in self.tasks.values() for row in rows)
        for row in sorted(every, key=lambda row: row["triggered_at"]):
            if row["outcome"] not in NO_FAILURE:
                groups.setdefault((row["scraper_name"], row["outcome"]), []).append(row)
        return [Failure(*key, tuple(rows)) for key, rows in sorted(groups.items(), key=_most_first)]

    def outcomes_of(self, run: Run) -> list[tuple[str, Row, list[str]]]:
        """Return what a run's tasks came to, the first such task, and what all are about."""
        games = {one.game.game_id: one.game for one in self.coverage.games}
        groups: dict[tuple[str, str], list[Row]] = {}
        for row in self.tasks.get(run.execution_id, ()):
            groups.setdefault((_came_to(row), row["scraper_name"]), []).append(row)
        return [
            (came_to, rows[0], [_about(row, games) for row in rows])
            for (came_to, _), rows in groups.items()
        ]

    @staticmethod
    def data_of(covered: Covered) -> dict[str, Datum]:
        """Return a game's data by scraper."""
        return {one.scraper: one for one in covered.data}

    @property
    def scrapers(self) -> list[str]:
        """The columns of games by data."""
        data = (one for held in self.coverage.games for one in held.data)
        return list(dict.fromkeys(one.scraper for one in data))

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of the heading, as far as known; all but the first three are troubles."""
        before = sum(each.missing for each in self.before)
        partial = sum(run.is_partial for run in self.runs)
        failed = sum(run.ended is not None and run.ended["status"] == "failed" for run in self.runs)
        known = not self.coverage.blind
        return {
            **({"games": len(self.coverage.games)} if known else {}),
            "planned": self.planned,
            "RUN": len(self.runs),
            "ABORT": sum(row["action"] == "ABORT" for row in self.decisions),
            "failed runs": failed - partial,
            "partial runs": partial,
            "planned and not run": len(self.missed),
            **({"data late or missing": len([*self.coverage.troubles()])} if known else {}),
            **({"missing of dates before": before} if self.before else {}),
        }

    @property
    def flows(self) -> dict[str, list[Row]]:
        """The decisions of each workflow, by name."""
        names = sorted({row["workflow_name"] for row in self.decisions})
        return {
            name: [row for row in self.decisions if row["workflow_name"] == name] for name in names
        }

    @property
    def grid(self) -> dict[str, dict[str, Row]]:
        """The last decision of each workflow by Eastern wall time."""
        return {
            name: {f"{eastern(row['slot']):%H:%M}": row for row in rows}
            for name, rows in self.flows.items()
        }

    @property
    def hours(self) -> list[str]:
        """The hours with a decision, in order."""
        return sorted({hour for row in self.grid.values() for hour in row})


def read_day(place: Runtime, day: date) -> DayPage:
    """Read a day; without a schedule, all but its games and their data."""
    now, axis, start = place.clock.now(), Axis(day), at(day, time())
    begin, select = place.threads.submit, place.warehouse.select
    covered = begin(cover_if_known, place, day)
    before = begin(lacking_before, place, day) if day == eastern_date(now) else None
    noon = start + timedelta(hours=12)
    planned = begin(select, "daily_expected_schedule", PLAN_COLUMNS, since=start, until=noon)
    swept = begin(select, "cleanup_operations", SWEEP_COLUMNS, since=start, until=axis.end)
    decisions = decisions_on(place, day)
    asked = [row for row in decisions if row["action"] == "RUN"]
    tasks = begin(_tasks_of, place, asked)
    runs = runs_of(place, asked)
    plan = sorted(planned.result(), key=lambda row: row["expected_run_time"])
    coverage = covered.result()
    return DayPage(
        day=day,
        now=now,
        axis=axis,
        games=game_marks(axis, [covered.game for covered in coverage.games]),
        lanes=lanes(axis, now, plan, decisions, runs),
        coverage=coverage,
        decisions=decisions,
        runs=runs,
        tasks=tasks.result(),
        missed=not_run(now, plan, decisions),
        sweeps=sorted(filter(_is_notable, swept.result()), key=lambda row: row["cleanup_time"]),
        planned=len(plan),
        before=before.result() if before and not coverage.blind else (),
    )


def _tasks_of(place: Runtime, asked: Sequence[Row]) -> dict[str, list[Row]]:
    if not asked:
        return {}
    rows = place.warehouse.select(
        "scraper_execution_log",
        TASK_COLUMNS,
        since=rows_since(asked),
        until=rows_until(asked, TASK_DAYS_MAX, place.clock.now()),
        where={"workflow_execution_id": [ids.execution_id(row["decision_id"]) for row in asked]},
    )
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["outcome"] == "SUCCESS", row["triggered_at"])):
        found.setdefault(row["workflow_execution_id"], []).append(row)
    return found


def _came_to(row: Row) -> str:
    return str(row["outcome"]) if was_asked(row) else "not asked"


def _about(row: Row, games: Mapping[str, Game]) -> str:
    """Name the game or the date that a task was about."""
    game = games.get(row["game_id"])
    return f"{game.away}@{game.home}" if game else f"{row['game_id'] or row['target_date']}"


def _most_first(held: tuple[tuple[str, str], list[Row]]) -> tuple[int, tuple[str, str]]:
    key, rows = held
    return -len(rows), key


def _is_notable(row: Row) -> bool:
    return row["status"] != "OK" or bool(row["missing_files_found"] or row["republished_count"])
