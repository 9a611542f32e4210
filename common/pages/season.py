"""The page of a season: what each workflow planned, ran and could not, day by day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Literal

from common.cloud.ports import Row
from common.eastern import at, eastern_date
from common.runtime import Runtime

PLAN_COLUMNS = ("workflow_name", "expected_run_time", "config_hash")
DECISION_COLUMNS = ("workflow_name", "slot", "action", "decision_id")
ACTIONS = ("RUN", "ABORT")
"""SKIP is most of all decisions, and is what a plan without a run would be."""
FIRST_MONTH = 7
HASH_CHARACTERS = 8
State = Literal["there", "late", "missing", "waiting"]


@dataclass(frozen=True)
class Cell:
    """A workflow's day.

    Attributes:
        planned: slots of the plan.
        ran: RUN decisions.
        missed: planned slots that are over and had no RUN.
        aborted: ABORT decisions.
        failed: runs of which nothing came.
        partial: runs of which some tasks came.
        only: the id of the day's one RUN or ABORT; empty where there are several, or none.
    """

    planned: int
    ran: int
    missed: int
    aborted: int
    failed: int
    partial: int
    only: str

    @property
    def state(self) -> State:
        """How bad it is, in the words of data: `late` is a run that came in part."""
        if self.missed or self.aborted or self.failed:
            return "missing"
        if self.partial:
            return "late"
        return "there" if self.ran else "waiting"

    @property
    def text(self) -> str:
        """How many ran, of how many that were planned, then what went wrong."""
        troubles = (
            ("not run", self.missed),
            ("ABORT", self.aborted),
            ("failed", self.failed),
            ("partial", self.partial),
        )
        said = "".join(f", {number} {what}" for what, number in troubles if number)
        more = self.ran > self.planned
        ran = f"{self.ran} ({self.planned} planned)" if more else f"{self.ran} of {self.planned}"
        return f"{ran}{said}"


@dataclass(frozen=True)
class SeasonDay:
    """One day of the grid.

    Attributes:
        day: the Eastern date.
        cells: the workflows that planned or decided something, by name.
        config: the hash of the configuration that the day was planned with.
        changed: whether it differs from that of the day before.
    """

    day: date
    cells: Mapping[str, Cell]
    config: str
    changed: bool


@dataclass(frozen=True)
class SeasonPage:
    """A season, its latest day first.

    Attributes:
        season: its name, such as `2025-26`.
        workflows: the columns.
        days: the days with a plan, a RUN or an ABORT.
    """

    template: ClassVar[str] = "season.html"
    season: str
    workflows: tuple[str, ...]
    days: tuple[SeasonDay, ...]

    @property
    def title(self) -> str:
        """Its name."""
        return f"Season {self.season}"

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        return {
            "season": self.season,
            "days": [
                {
                    "date": f"{one.day}",
                    "config": one.config,
                    "changed": one.changed,
                    "workflows": {
                        name: {**vars(cell), "state": cell.state}
                        for name, cell in one.cells.items()
                    },
                }
                for one in self.days
            ],
        }


def read_season(place: Runtime, year: int) -> SeasonPage:
    """Read a season's grid: the plan, and the decisions that ran or could not.

    Args:
        place: where to look.
        year: in which it begins.
    """
    now = place.clock.now()
    since, end = (at(date(each, FIRST_MONTH, 1), time()) for each in (year, year + 1))
    until = max(since, min(now, end) + timedelta(days=1))
    begin, select = place.threads.submit, place.warehouse.select
    planned = begin(select, "daily_expected_schedule", PLAN_COLUMNS, since=since, until=until)
    ended = begin(
        select,
        "workflow_executions",
        ("decision_id", "outcome"),
        since=since,
        until=until,
        where={"status": "failed"},
    )
    made = select(
        "workflow_decisions",
        DECISION_COLUMNS,
        since=since,
        until=until,
        where={"action": ACTIONS},
    )
    # The rows of the first night after it are read for what was decided late on its last day.
    ours = [row for row in made if row["slot"] is not None and since <= row["slot"] < end]
    plan = [row for row in planned.result() if row["expected_run_time"] < end]
    partial = {row["decision_id"]: row["outcome"] == "PARTIAL" for row in ended.result()}
    return _page(f"{year}-{(year + 1) % 100:02d}", now, plan, ours, partial)


def _page(
    season: str,
    now: datetime,
    plan: Sequence[Row],
    made: Sequence[Row],
    partial: Mapping[str, bool],
) -> SeasonPage:
    cells = _cells(now, plan, made, partial)
    configs = {eastern_date(row["expected_run_time"]): row["config_hash"] or "" for row in plan}
    days: list[SeasonDay] = []
    for day in sorted({day for day, _ in cells}):
        config = configs.get(day, days[-1].config if days else "")
        changed = bool(days) and config != days[-1].config
        mine = {name: cell for (when, name), cell in cells.items() if when == day}
        days.append(SeasonDay(day, mine, config, changed))
    names = sorted({name for _, name in cells})
    return SeasonPage(season, tuple(names), tuple(reversed(days)))


def _cells(
    now: datetime, plan: Sequence[Row], made: Sequence[Row], partial: Mapping[str, bool]
) -> dict[tuple[date, str], Cell]:
    """Count by day and workflow; `partial` has the failed runs, and whether some tasks came."""
    counts: dict[tuple[date, str], Counter[str]] = {}
    ids: dict[tuple[date, str], list[str]] = {}
    ran = {(row["workflow_name"], row["slot"]) for row in made if row["action"] == "RUN"}
    for row in plan:
        name, when = row["workflow_name"], row["expected_run_time"]
        counted = counts.setdefault((eastern_date(when), name), Counter())
        counted["planned"] += 1
        counted["missed"] += when < now and (name, when) not in ran
    for row in made:
        key = eastern_date(row["slot"]), row["workflow_name"]
        counted = counts.setdefault(key, Counter())
        counted[row["action"]] += 1
        if row["decision_id"] in partial:
            counted["partial" if partial[row["decision_id"]] else "failed"] += 1
        ids.setdefault(key, []).append(row["decision_id"])
    return {key: _cell(counted, ids.get(key, [])) for key, counted in counts.items()}


def _cell(counted: Counter[str], ids: Sequence[str]) -> Cell:
    return Cell(
        planned=counted["planned"],
        ran=counted["RUN"],
        missed=counted["missed"],
        aborted=counted["ABORT"],
        failed=counted["failed"],
        partial=counted["partial"],
        only=ids[0] if len(ids) == 1 else "",
    )
