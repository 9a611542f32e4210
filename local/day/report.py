"""Prints a finished day: plan, decisions, executions, end-to-end query, coverage."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from common.clock import FileClock
from common.eastern import eastern
from common.settings import variable
from local.day.replay import Outcome, Progress, names_of
from local.day.seed_queries import bind, statements
from local.fake_sources.slate import Slate
from local.records.refusals import refusals
from local.records.sql import run_sql
from local.stack.driver import RunningStack

_MARKS = {"RUN": ("●", "bold green"), "SKIP": ("·", "dim"), "ABORT": ("✗", "bold red")}

_NEXT = """
What next:
  open {page}
  python -m local day {day} --out {out} --keep  # the stack stays up: look and query
  python -m local replay {out}  # decide the recorded decisions again
  python -m local --help  # all commands; README.md says where to find what"""

_KEPT = """
The stack stays up; its clock goes on from {now:%Y-%m-%d %H:%M} ET, and CURRENT_DATE with it.
Look at it:
  {console}
  python -m local status
Query it:
  python -m local queries
  python -m local sql 'SELECT action, COUNT(*) FROM `{table}` GROUP BY 1'
  bq --api={bigquery} --oauth_access_token=none --discovery_file="$(gcloud info \\
    --format='value(installation.sdk_root)')/platform/bq/discovery_next/bigquery.json" \\
    --project_id={project} query --nouse_legacy_sql 'SELECT COUNT(*) FROM `{table}`'
Use the client libraries (an upload to gs://{bucket} gets a log row):
  export BIGQUERY_EMULATOR_HOST={bigquery}
  export STORAGE_EMULATOR_HOST={storage}
  export PUBSUB_EMULATOR_HOST={pubsub}
  # Python's BigQuery client logs in all the same, unless it is told not to:
  # bigquery.Client(project, credentials=google.auth.credentials.AnonymousCredentials())
Publish a message:
  CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB={rest} \\
    gcloud --project={project} pubsub topics publish tick-master-controller \\
    --message='{{"schema":"tick","version":1,"force":true}}'
Call a function:
  curl {locker} -H 'Content-Type: application/json' -d '{{"schema":"tick","version":1}}'
Logs: {folder}/logs
Stop it:
  python -m local stop"""


class Watch:
    """Shows a replay's progress: one changing line on a terminal, else a line an hour."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def show(self, progress: Progress) -> None:
        """Show one step."""
        self._rows = progress.rows or self._rows
        line = self._line(progress)
        if self._console.is_terminal:
            self._live.update(line, refresh=True)
        elif progress.rows:
            self._console.print(line)

    def _line(self, progress: Progress) -> Text:
        chain = progress.chain
        rows = "  ".join(f"{_short(name)} {count}" for name, count in self._rows.items())
        return Text.assemble(
            (f"{eastern(progress.tick.instant):%H:%M} ET", "bold"),
            f"  tick {progress.number}/{progress.total}",
            f"  events {chain.handled}",
            (f"  failures {chain.failed}", "red" if chain.failed else "dim"),
            (f"  disturbances {chain.disturbances}" if chain.disturbances else "", "yellow"),
            (f"  rows: {rows}", "cyan"),
        )


def _short(table: str) -> str:
    return {
        "daily_expected_schedule": "plan",
        "workflow_decisions": "decisions",
        "cleanup_operations": "cleanups",
        "scraper_execution_log": "log",
        "workflow_executions": "executions",
    }[table]


def print_report(console: Console, outcome: Outcome, slate: Slate, stack: RunningStack) -> None:
    """Print the whole report."""
    console.print(_plan(outcome))
    console.print(_grid(outcome))
    console.print(_executions(outcome))
    console.print(_end_to_end(stack.where, outcome.day))
    _print_coverage(console, outcome, slate)


def _plan(outcome: Outcome) -> Table:
    table = Table("time ET", "workflow", "why", "scrapers", title=f"Plan of {outcome.day}")
    for row in outcome.tables["daily_expected_schedule"]:
        when = f"{eastern(row['expected_run_time']):%H:%M}"
        table.add_row(when, row["workflow_name"], row["reason"], str(len(row["scrapers"])))
    return table


def _grid(outcome: Outcome) -> Table:
    decisions = outcome.tables["workflow_decisions"]
    hours = sorted({eastern(row["slot"]).hour for row in decisions})
    table = Table("workflow", *(f"{hour:02d}" for hour in hours), padding=(0, 0, 0, 1))
    table.columns[0].no_wrap = True
    table.title = "Decisions (● RUN  · SKIP  ✗ ABORT)"
    for workflow in dict.fromkeys(row["workflow_name"] for row in decisions):
        mine = {eastern(r["slot"]).hour: r for r in decisions if r["workflow_name"] == workflow}
        cells = [Text(*_MARKS[mine[hour]["action"]]) if hour in mine else "" for hour in hours]
        table.add_row(workflow, *cells)
    return table


def _executions(outcome: Outcome) -> Table:
    table = Table("started ET", "workflow", "for", "tasks", "ok", "failed", "status", "seconds")
    table.title = "Executions"
    for row in outcome.tables["workflow_executions"]:
        table.add_row(
            f"{eastern(row['execution_time']):%H:%M:%S}",
            row["workflow_name"],
            str(row["target_date"]),
            str(row["scrapers_triggered"]),
            str(row["scrapers_succeeded"]),
            str(row["scrapers_failed"]),
            Text(row["status"], "green" if row["status"] == "completed" else "red"),
            f"{row['duration_seconds']:.2f}",
        )
    return table


def _end_to_end(where: Mapping[str, Any], day: date) -> Table:
    """Return the answer of the user's end-to-end query for the replayed day."""
    sql = next(s.sql for s in statements() if s.sql.startswith("WITH flow"))
    endpoint = where["environment"]["BIGQUERY_EMULATOR_HOST"]
    columns, rows = run_sql(endpoint, where["project"], bind(sql, day))
    table = Table(*(name.replace("_", " ") for name in columns))  # which breaks between words
    table.columns[0].no_wrap = True
    table.title = "End-to-end flow (the query of docs/03-bigquery-schemas.md)"
    table.caption = "\n".join(f"BigQuery would refuse this text: {why}" for why in refusals(sql))
    for row in rows:
        table.add_row(*(f"{eastern(v):%H:%M:%S}" if hasattr(v, "hour") else str(v) for v in row))
    return table


def _print_coverage(console: Console, outcome: Outcome, slate: Slate) -> None:
    covered, names = outcome.coverage, names_of(slate.on(outcome.day))
    total = len(covered.games)
    console.print(f"Games: {total}")
    console.print(f"  lines before tip-off: {len(covered.lines_before_tipoff)} of {total}")
    console.print(f"  box scores: {len(covered.box_scores)} of {total}")
    if covered.due_later:
        due = ", ".join(names[game] for game in covered.due_later)
        console.print(f"  due at 06:00 (not final by the last window): {due}")
    if covered.missing:
        missing = ", ".join(names[game] for game in covered.missing)
        console.print(f"  [bold red]missing: {missing}[/bold red]")
    console.print(
        f"Events handled: {outcome.events}, failed deliveries: {outcome.failed}, "
        f"dead letters: {outcome.dead_letters}, wall time: {outcome.wall_seconds} s"
    )
    if outcome.disturbances:
        counted = ", ".join(f"{what}: {n}" for what, n in sorted(outcome.disturbances.items()))
        console.print(f"Disturbances: {counted}")


def print_next(console: Console, day: date, out: Path) -> None:
    """Print what to do with a finished day."""
    lines = _NEXT.format(day=day, out=out, page=out / "day.html")
    console.print(lines, markup=False, highlight=False, soft_wrap=True)


def print_kept(console: Console, where: Mapping[str, Any]) -> None:
    """Print how to use and stop a kept stack."""
    environment, project = where["environment"], where["project"]
    lines = _KEPT.format(
        now=eastern(FileClock(Path(environment[variable("clock_file")])).now()),
        table=f"{project}.{where['dataset']}.workflow_decisions",
        bigquery=environment["BIGQUERY_EMULATOR_HOST"],
        storage=environment["STORAGE_EMULATOR_HOST"],
        pubsub=environment["PUBSUB_EMULATOR_HOST"],
        rest=where["pubsub_rest"],
        console=where["functions"]["console"],
        locker=where["functions"]["schedule_locker"],
        project=project,
        bucket=where["data_bucket"],
        folder=where["folder"],
    )
    console.print(lines, markup=False, highlight=False, soft_wrap=True)
