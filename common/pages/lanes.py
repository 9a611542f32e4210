"""The lanes of a day's time line: the games, and what each workflow planned, decided and ran."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.calendar.games import Game
from common.cloud.ports import Row
from common.decisions.situation import GAME_LENGTH
from common.eastern import eastern
from common.look.runs import Run
from common.pages.axis import Axis

GAP = 4
"""Units between two games in one row."""


@dataclass(frozen=True)
class Mark:
    """Something on the time line.

    Attributes:
        kind: its class in the style sheet.
        x: left edge.
        width: of a bar; 0 for a point in time.
        text: says in words what it is.
        label: stands beside it.
        leads: what tells more of it: `game`, `decision` or `run`.
        name: the id of that one.
        row: from the top, where several share a lane.
    """

    kind: str
    x: float
    width: float
    text: str
    label: str = ""
    leads: str = ""
    name: str = ""
    row: int = 0


@dataclass(frozen=True)
class Lane:
    """One workflow's marks, in the order in which they are drawn."""

    name: str
    marks: tuple[Mark, ...]


def game_marks(axis: Axis, games: Iterable[Game]) -> list[Mark]:
    """Place the games from tip-off to their expected end, each in the first row that is free."""
    ends: list[float] = []
    marks = []
    for game in games:
        if game.tipoff is None:
            continue
        x, width = axis.bar(game.tipoff, game.tipoff + GAME_LENGTH)
        row = next((n for n, end in enumerate(ends) if end + GAP <= x), len(ends))
        ends[row : row + 1] = [x + width]
        name = f"{game.away}@{game.home}"
        text = f"{name}, tip-off {eastern(game.tipoff):%H:%M} ET" + (", final" * game.is_final)
        kind = "game final" if game.is_final else "game"
        marks.append(Mark(kind, x, width, text, name, "game", game.game_id, row))
    return marks


def lanes(
    axis: Axis, now: datetime, plan: Sequence[Row], decisions: Sequence[Row], runs: Sequence[Run]
) -> list[Lane]:
    """Draw each workflow's day: outlines of the plan, ticks of decisions, bars of executions."""
    names = dict.fromkeys(row["workflow_name"] for row in (*decisions, *plan))
    return [
        Lane(
            name,
            (
                *_planned(axis, now, _of(plan, name), _of(decisions, name)),
                *(_decided(axis, row) for row in _of(decisions, name)),
                *_ran(axis, now, [run for run in runs if run.decision["workflow_name"] == name]),
            ),
        )
        for name in sorted(names)
    ]


def not_run(now: datetime, plan: Iterable[Row], decisions: Iterable[Row]) -> list[Row]:
    """Return the planned slots that are over and have no RUN of their workflow."""
    ran = {(row["workflow_name"], row["slot"]) for row in decisions if row["action"] == "RUN"}
    return [
        row
        for row in plan
        if row["expected_run_time"] < now
        and (row["workflow_name"], row["expected_run_time"]) not in ran
    ]


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if row["workflow_name"] == name]


def _planned(
    axis: Axis, now: datetime, plan: Sequence[Row], decisions: Sequence[Row]
) -> Iterator[Mark]:
    lacking = [id(row) for row in not_run(now, plan, decisions)]
    for row in plan:
        missed = id(row) in lacking
        when = row["expected_run_time"]
        text = f"planned for {eastern(when):%H:%M} ET" + (", did not run" * missed)
        yield Mark("plan missed" if missed else "plan", axis.x(when), 0, text)


def _decided(axis: Axis, row: Row) -> Mark:
    text = f"{eastern(row['slot']):%H:%M} ET {row['action']}: {row['reason']}"
    return Mark(
        f"decision {row['action'].lower()}",
        axis.x(row["slot"]),
        0,
        text,
        leads="decision",
        name=row["decision_id"],
    )


def _ran(axis: Axis, now: datetime, runs: Sequence[Run]) -> Iterator[Mark]:
    for run in runs:
        since = run.began or min(run.decision["decision_time"], now)
        until = (run.ended["finished_at"] or since) if run.ended else now
        x, width = axis.bar(since, until, least=8)
        text = f"{eastern(since):%H:%M:%S} ET {run.state}: {run.progress}"
        ended = "partial" if run.is_partial else run.ended and run.ended["status"]
        state = ended or "open"
        yield Mark(f"run {state}", x, width, text, leads="run", name=run.execution_id)
