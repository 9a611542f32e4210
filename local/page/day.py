"""What a day's page shows, read from the five tables and the schedule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.cloud.ports import Row
from common.eastern import at, eastern, eastern_date
from common.runtime import Runtime
from local.look.coverage import Covered, DateCoverage, Datum, cover
from local.look.decided import decisions_between
from local.look.runs import Run, runs_of
from local.page.axis import Axis
from local.page.lanes import Lane, Mark, game_marks, lanes, not_run

PLAN_COLUMNS = ("workflow_name", "expected_run_time", "reason", "scrapers")
SWEEP_COLUMNS = ("cleanup_time", "status", "missing_files_found", "republished_count")


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
        scrapers: the columns of games by data.
        grid: the decision of each workflow by hour of the Eastern clock.
        runs: what was run.
        missed: planned slots that are over and did not run.
        sweeps: the sweeps that found something, or failed.
        counts: numbers of the heading.
    """

    day: date
    now: datetime
    axis: Axis
    games: Sequence[Mark]
    lanes: Sequence[Lane]
    coverage: DateCoverage
    scrapers: Sequence[str]
    grid: Mapping[str, Mapping[str, Row]]
    runs: Sequence[Run]
    missed: Sequence[Row]
    sweeps: Sequence[Row]
    counts: Mapping[str, int]

    @staticmethod
    def data_of(covered: Covered) -> dict[str, Datum]:
        """Return a game's data by scraper."""
        return {one.scraper: one for one in covered.data}

    @property
    def hours(self) -> list[str]:
        """The hours with a decision, in order."""
        return sorted({hour for row in self.grid.values() for hour in row})


def read_day(place: Runtime, day: date) -> DayPage:
    """Read a day.

    Raises:
        TransientError: no schedule can be read.
    """
    now, axis = place.clock.now(), Axis(day)
    start = at(day, time())
    coverage = cover(place, day)
    plan = place.warehouse.select(
        "daily_expected_schedule", PLAN_COLUMNS, since=start, until=start + timedelta(hours=12)
    )
    plan = sorted(plan, key=lambda row: row["expected_run_time"])
    made = decisions_between(place, start, start + timedelta(days=2))
    decisions = [row for row in made if eastern_date(row["slot"]) == day]
    runs = runs_of(place, [row for row in decisions if row["action"] == "RUN"])
    sweeps = place.warehouse.select(
        "cleanup_operations", SWEEP_COLUMNS, since=start, until=axis.end
    )
    missed = not_run(now, plan, decisions)
    games = [covered.game for covered in coverage.games]
    return DayPage(
        day=day,
        now=now,
        axis=axis,
        games=game_marks(axis, games),
        lanes=lanes(axis, now, plan, decisions, runs),
        coverage=coverage,
        scrapers=_columns(coverage),
        grid=_grid(decisions),
        runs=runs,
        missed=missed,
        sweeps=[row for row in sweeps if _is_notable(row)],
        counts={
            "games": len(games),
            "planned": len(plan),
            "RUN": len(runs),
            "ABORT": sum(row["action"] == "ABORT" for row in decisions),
            "runs that failed": sum(run.ended["status"] == "failed" for run in runs if run.ended),
            "planned and not run": len(missed),
            "data late or missing": len([*coverage.troubles()]),
        },
    )


def _columns(coverage: DateCoverage) -> list[str]:
    return list(dict.fromkeys(one.scraper for held in coverage.games for one in held.data))


def _grid(decisions: Sequence[Row]) -> dict[str, dict[str, Row]]:
    grid: dict[str, dict[str, Row]] = {}
    for row in sorted(decisions, key=lambda row: (row["workflow_name"], row["slot"])):
        grid.setdefault(row["workflow_name"], {})[f"{eastern(row['slot']):%H:%M}"] = row
    return grid


def _is_notable(row: Row) -> bool:
    return row["status"] != "OK" or bool(row["missing_files_found"] or row["republished_count"])
