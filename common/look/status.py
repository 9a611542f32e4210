"""Today at a glance: what was planned, decided and run, what is under way, late or dead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.cloud.ports import Row
from common.eastern import at, eastern_date
from common.look.coverage import cover_if_known
from common.look.datum import DateCoverage
from common.look.decided import decisions_between, last_of, was_decided
from common.look.runs import Run, runs_of
from common.runtime import Runtime
from common.state.pauses import Pause, read_pauses

PLAN_COLUMNS = ("workflow_name", "expected_run_time", "locked_at")
SWEEP_COLUMNS = ("cleanup_time", "status", "error_message", "missing_files_found")


@dataclass(frozen=True)
class WorkflowToday:
    """A workflow's day: the hours it was planned for, its runs, and its last decision."""

    name: str
    planned: tuple[datetime, ...]
    runs: tuple[Run, ...]
    last: Row | None


@dataclass(frozen=True)
class Status:
    """What an operator wants to know first.

    Attributes:
        now: the instant (aware), by the clock of what is looked at.
        day: its Eastern date.
        locked: when today's plan was locked; None where there is none.
        workflows: each workflow's day.
        decided: when the controller last decided, since yesterday; None where it has not.
        swept: the last sweep's row since yesterday; None where there is none.
        pauses: the paused workflows, by name.
        dates: what today has of its data, and yesterday where anything was decided then.
        blind: why that is not known, in words; empty where it is.
    """

    now: datetime
    day: date
    locked: datetime | None
    workflows: tuple[WorkflowToday, ...]
    decided: datetime | None
    swept: Row | None
    pauses: Mapping[str, Pause]
    dates: tuple[DateCoverage, ...]
    blind: str = ""


def status_of(place: Runtime) -> Status:
    """Read today's plan, decisions and runs, and what yesterday and today lack."""
    now = place.clock.now()
    day = eastern_date(now)
    yesterday, soon = day - timedelta(days=1), now + timedelta(minutes=1)
    since = at(yesterday, time())
    begin, select = place.threads.submit, place.warehouse.select
    planned = begin(
        select, "daily_expected_schedule", PLAN_COLUMNS, since=at(day, time()), until=soon
    )
    swept = begin(select, "cleanup_operations", SWEEP_COLUMNS, since=since, until=soon)
    tomorrow = at(day + timedelta(days=1), time())
    decided = decisions_between(place, since, max(soon, tomorrow))  # a slot to come, by force
    made = [row for row in decided if eastern_date(row["slot"]) == day]
    was_up = was_decided(decided, yesterday)
    plan, sweeps = planned.result(), swept.result()
    runs = runs_of(place, [row for row in made if row["action"] == "RUN"])
    dates = [cover_if_known(place, each) for each in ([yesterday] if was_up else []) + [day]]
    return Status(
        now=now,
        day=day,
        locked=max((row["locked_at"] for row in plan), default=None),
        workflows=tuple(
            WorkflowToday(name, _planned(plan, name), _of(runs, name), last_of(made, name, now))
            for name in place.configured
        ),
        decided=max(
            (when for row in decided if (when := row["decision_time"]) < soon), default=None
        ),
        swept=max(sweeps, key=lambda row: row["cleanup_time"], default=None),
        pauses=read_pauses(place.state)[0],
        dates=tuple(each for each in dates if not each.blind),
        blind=next((each.blind for each in dates if each.blind), ""),
    )


def _planned(plan: Sequence[Row], name: str) -> tuple[datetime, ...]:
    times = (row["expected_run_time"] for row in plan if row["workflow_name"] == name)
    return tuple(sorted(times))


def _of(runs: Sequence[Run], name: str) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.decision["workflow_name"] == name)
