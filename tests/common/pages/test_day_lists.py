"""How a day's page lists what it has: games, tasks, decisions and runs."""

import re
from dataclasses import replace
from typing import Any, cast

import pytest

from common.cloud.ports import Row
from common.ids import decision_id
from common.look.datum import Covered, DateCoverage, Datum
from common.look.runs import Run
from common.look.wanted import Wanted
from common.pages.axis import Axis
from common.pages.day import DayPage
from common.pages.render import render
from tests.kit.outline import Outline
from tests.kit.placed import row
from tests.kit.situations import DAY, et, game

NOON = et("2025-11-12 12:00")
EMPTY = DayPage(
    day=DAY,
    now=NOON,
    axis=Axis(DAY),
    games=(),
    lanes=(),
    coverage=DateCoverage(DAY, (), (), (), listed=(DAY, DAY)),
    decisions=(),
    runs=(),
    tasks={},
    missed=(),
    sweeps=(),
    planned=0,
)


def seen(page: DayPage) -> str:
    """Return the text of a page in one line."""
    return " ".join(Outline(render(page)).text.split())


def made(**columns: Any) -> Row:
    """Return the row of a RUN."""
    about = {"decision_id": decision_id("flow", NOON), "workflow_name": "flow", "slot": NOON}
    return row("workflow_decisions", **{**about, "action": "RUN", "reason": "Why", **columns})


@pytest.mark.parametrize(
    ("status", "outcome", "state"),
    [
        (None, "not started", "waiting"),
        ("failed", "PARTIAL", "late"),
        ("failed", "FAILED", "missing"),
        ("completed", "COMPLETED", "there"),
        ("completed", "NOTHING_READY", "there"),
    ],
)
def test_a_run_is_as_bad_as_what_came_of_it(status: str | None, outcome: str, state: str) -> None:
    """One that came in part has failed as well; its tasks are open only where it has failed."""
    ended = row("workflow_executions", status=status, outcome=outcome) if status else None
    run = Run(made(), ended)
    task = {"outcome": "FAILED", "scraper_name": "a", "error_class": "X", "game_id": "7"}
    task |= {"triggered_at": NOON, "error_message": None, "workflow_execution_id": "e"}
    text = render(replace(EMPTY, runs=[run], tasks={run.execution_id: [task]}))
    assert f'<td class="{state}">{outcome}</td>' in text
    assert ("<details open><summary>by scraper" in text) is (status == "failed")


@pytest.mark.parametrize(("tasks", "named"), [(1, "g1"), (6, "g1, g2, g3, g4, g5, g6")])
def test_the_first_six_tasks_are_named(tasks: int, named: str) -> None:
    """A seventh is told by a mark, and counted."""
    for more, mark in ((0, ""), (1, " …")) if tasks > 1 else ((0, ""),):
        run = Run(made(), None)
        rows = [
            {"outcome": "SUCCESS", "scraper_name": "a", "error_class": None, "game_id": f"g{n}"}
            | {"triggered_at": NOON, "error_message": None}
            for n in range(1, tasks + more + 1)
        ]
        text = seen(replace(EMPTY, runs=[run], tasks={run.execution_id: rows}))
        assert f"{tasks + more} SUCCESS a of {named}{mark} " in f"{text} ".replace(
            "Self-", " Self-"
        )
        assert "g7" not in text


def test_games_that_lack_the_same_are_named_one_by_one() -> None:
    """Behind the scraper whose data they lack."""
    wanted = Wanted("box", ("box",), "after", per_game=True, flows=cast("Any", {}))
    lacking = Datum(wanted, "missing", NOON, why="it failed")
    games = (game(1), game(2, away="BOS", home="LAL"))
    coverage = DateCoverage(DAY, tuple(Covered(each, (lacking,)) for each in games), games, ())
    text = seen(replace(EMPTY, coverage=coverage))
    assert "missing box of MIL@CHA, BOS@LAL:it failed" in text
    assert "Postponed: MIL@CHA, BOS@LAL." in text


def test_columns_stand_in_the_order_of_the_workflows() -> None:
    """Not by their names; a scraper that one game alone has is the last."""
    names = (("z", "a"), ("z", "a", "m"))
    data = [
        tuple(
            Datum(Wanted(name, (name,), "after", per_game=True, flows={}), "there", NOON)
            for name in each
        )
        for each in names
    ]
    games = tuple(Covered(game(n), each) for n, each in enumerate(data, 1))
    page = replace(EMPTY, coverage=DateCoverage(DAY, games, (), ()))
    assert page.scrapers == ["z", "a", "m"]
    assert re.findall(r'<th scope="col">(\w)</th>', render(page)) == ["z", "a", "m"]


@pytest.mark.parametrize(("games", "said"), [([], "Why"), (["7", "8"], "Why (2 games)")])
def test_a_decision_tells_how_many_games_it_is_about(games: list[str], said: str) -> None:
    """One about none tells no number; the executions of the next date are a link away."""
    page = replace(EMPTY, decisions=(made(game_ids=games),))
    assert re.search(rf"RUN : {re.escape(said)}\s*</li>", re.sub("</?a[^>]*>", "", render(page)))
    assert "/day/2025-11-13#runs" in Outline(render(page)).links
