"""What a template shows of one state, and does not of the state beside it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.cloud.ports import Row
from common.ids import decision_id
from common.look.datum import Coming, Covered, DateCoverage, Datum, State
from common.look.run_life import RunLife, Step, Task
from common.look.runs import Run
from common.look.wanted import Wanted
from common.pages.axis import Axis
from common.pages.day import DayPage
from common.pages.decision import DecisionPage
from common.pages.game import GamePage, Story
from common.pages.object import ObjectPage
from common.pages.render import Shown, render
from common.pages.run import RunPage
from common.pages.season import Cell, SeasonDay, SeasonPage
from tests.kit.outline import Outline
from tests.kit.placed import row
from tests.kit.situations import DAY, et, game

NOON, EVENING = et("2025-11-12 12:00"), et("2025-11-12 23:00")
YESTERDAY, SECOND = DAY - timedelta(days=1), timedelta(seconds=1)
GAME = game(1)
FLOWS = cast("Any", {"flow": None})
NEXT = Coming("next", "flow", et("2025-11-13 14:00"))
GONE = Coming("given up", remedy="by hand")
LOG = "scraper_execution_log"


def seen(page: Shown) -> str:
    """Return the text of a page in one line."""
    return " ".join(Outline(render(page)).text.split())


def datum(state: State = "missing", **more: Any) -> Datum:
    """Return a datum of a game."""
    return Datum(
        Wanted("box", ("box",), "after", per_game=True, flows=FLOWS), state, EVENING, **more
    )


def dated(*data: Datum, now: datetime = NOON, **more: Any) -> DayPage:
    """Return the page of a day with one game and its data."""
    coverage = DateCoverage(DAY, (Covered(GAME, data),), (), (), listed=(DAY, DAY))
    empty = DayPage(DAY, now, Axis(DAY), (), (), coverage, (), (), {}, (), (), 0)
    return replace(empty, **more)


@pytest.mark.parametrize(
    ("when", "is_drawn"),
    [
        ("2025-11-12 04:59", False),
        ("2025-11-12 05:00", True),
        ("2025-11-13 06:00", True),
        ("2025-11-13 06:01", False),
    ],
)
def test_now_is_drawn_on_its_own_day_alone(when: str, *, is_drawn: bool) -> None:
    """The line of now stands on the axis, whose both ends count."""
    assert ('class="now"' in render(dated(now=et(when)))) is is_drawn


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (datum("waiting", why="due later"), "waiting due later"),
        (datum("waiting", why="due later", coming=NEXT), "waiting next 11-13 14:00"),
        (datum("missing", why="it failed"), "missing"),
        (datum("missing", why="it failed", coming=GONE), "missing given up"),
        (datum("there", when=EVENING, by="box"), "there 23:00"),
        (datum("there", when=EVENING, by="espn"), "there 23:00 by espn"),
        (
            datum("late", why="it failed", when=EVENING + timedelta(hours=2), by="box"),
            "late 11-13 01:00",
        ),
    ],
)
def test_a_cell_of_a_game_says_what_its_column_does_not(one: Datum, said: str) -> None:
    """The reason of a trouble stands above the table, and the scraper's name at its head."""
    (cell,) = re.findall(rf'<td class="{one.state}">(.*?)</td>', render(dated(one)), re.DOTALL)
    assert " ".join(re.sub("<[^>]*>", " ", cell).split()) == said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([datum(coming=NEXT), datum("late")], "lacks 2: box of 2 games (next 11-13 14:00)"),
        ([datum(), datum(coming=GONE)], "lacks 4: box of 2 games, box of 2 games (given up)"),
    ],
)
def test_a_date_before_is_told_by_what_it_lacks(data: list[Datum], said: str) -> None:
    """Its missing data are counted, and grouped by scraper; what came late is not among them."""
    games = tuple(Covered(each, tuple(data)) for each in (GAME, game(2)))
    text = seen(dated(before=(DateCoverage(YESTERDAY, games, (), ()),)))
    assert f"2025-11-11 {said} Time line" in text


OTHERS = ((NOON, "RUN"), (EVENING, "ABORT"))


def test_what_a_run_s_tasks_came_to_is_told_of_each_scraper() -> None:
    """With the first row of each kind, and what its tasks were about, game or date."""
    run = Run({"decision_id": decision_id("flow", NOON)}, None)
    failed = {"outcome": "FAILED", "scraper_name": "a", "error_class": "X", "target_date": DAY}
    rows: list[Row] = [
        failed | {"game_id": GAME.game_id},
        failed | {"game_id": "7"},
        failed | {"game_id": None, "scraper_name": "b"},
        failed | {"game_id": GAME.game_id, "error_class": "CircuitOpenError"},
    ]
    assert dated(tasks={run.execution_id: rows}).outcomes_of(run) == [
        ("FAILED", rows[0], ["MIL@CHA", "7"]),
        ("FAILED", rows[2], ["2025-11-12"]),
        ("not asked", rows[3], ["MIL@CHA"]),
    ]


def decision(**columns: Any) -> Row:
    """Return a decision's row."""
    made = {"decision_id": "d", "workflow_name": "flow", "slot": NOON, "decision_time": NOON}
    made |= {"target_date": YESTERDAY, "action": "SKIP", "reason_code": "EARLY", "reason": "Why"}
    return row("workflow_decisions", **made | columns)


def judged(action: str, code: str, *, made: Row, flips: tuple[str, ...] = ()) -> DecisionPage:
    """Return the page of a decision that is now judged so."""
    again = SimpleNamespace(action=action, reason_code=code, next_check=None)
    known = SimpleNamespace(again=again, flips=flips, rules=(), situation=SimpleNamespace())
    known.situation.calendar = {YESTERDAY: (GAME,)}
    return DecisionPage(DAY, made, cast("Any", known), "", None, None, None)


@pytest.mark.parametrize(
    ("action", "code", "said"),
    [
        ("RUN", "READY", "The same facts lead to RUN READY now: the configuration has changed"),
        ("RUN", "READY", "It would not have run if it rains"),
        ("ABORT", "NO_DATA", "It would have run if it rains"),
    ],
)
def test_a_decision_is_held_against_how_it_is_judged_now(action: str, code: str, said: str) -> None:
    """What would have changed it is told of today's decision, not of the recorded one."""
    assert said in seen(judged(action, code, made=decision(), flips=("it rains",)))
    same = seen(judged("SKIP", "EARLY", made=decision()))
    assert "lead to" not in same
    assert "No small change of these facts leads to another action." in same


@pytest.mark.parametrize(("level", "said"), [(None, ""), ("NONE", ""), ("ERROR", " (alert ERROR)")])
def test_a_decision_leads_to_its_games_and_to_those_beside_it(level: str | None, said: str) -> None:
    """Its games are those of the date that it is about; only a real level is an alert."""
    made = decision(game_ids=[GAME.game_id, "0"], alert_level=level)
    others = [decision(slot=at, action=what, decision_id=what) for at, what in OTHERS]
    page = replace(judged("SKIP", "EARLY", made=made), before=others[0], after=others[1])
    outline, text = Outline(render(page)), seen(page)
    assert f"SKIP EARLY: Why{said} " in text
    assert {f"/game/2025-11-11/{GAME.game_id}", "/game/2025-11-11/0"} <= {*outline.links}
    assert "Games MIL@CHA0Before: 12:00 RUN EARLY. After: 23:00 ABORT EARLY." in text


def lived(*tasks: Task, number: int = 1, ended: Row | None = None) -> RunPage:
    """Return the page of a run with one step."""
    steps = (Step(number, ("a", "b"), tasks),)
    return RunPage(EVENING, RunLife(Run(decision(), ended), NOON, steps))


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        (True, "reported, without a row yet"),
        (False, "has not reported"),
        (None, "has not reported"),
    ],
)
def test_a_task_without_a_row_has_reported_or_not(said: str, *, reported: bool | None) -> None:
    """Where the state is gone nobody knows of a report."""
    text = seen(lived(Task("box", "2025-11-12", None, reported)))
    assert f"box2025-11-12 {said}" in text
    assert "Step 1 in place of a and b" in text


@pytest.mark.parametrize(
    ("about", "is_linked"), [("2025-11-12", False), (GAME.game_id, True), ("espn-401", True)]
)
def test_a_task_about_a_game_leads_to_its_page(about: str, *, is_linked: bool) -> None:
    """A game that only ESPN lists has one too; a date's task has no game."""
    made = row(LOG, triggered_at=NOON + SECOND, logged_at=NOON + 9 * SECOND, outcome="SUCCESS")
    made |= {"duration_seconds": 2, "gcs_path": "gs://b/o", "records_processed": 1}
    page = lived(Task("box", about, made, reported=True), number=0)
    assert (f"/game/2025-11-11/{about}" in Outline(render(page)).links) is is_linked
    assert 'aria-label="+1.0 s to +3.0 s"' in render(page)
    left, width = page.span.bar(NOON + SECOND, NOON + 3 * SECOND, 12)
    assert f'x="{left}" y="15" width="{width}"' in render(page)
    assert "Tasks, from the log alone" in seen(page)


def told(one: Datum, *asked: Row, silent: tuple[Row, ...] = ()) -> GamePage:
    """Return the page of a game with one datum."""
    return GamePage(DAY, NOON, GAME, (Story(one, asked, silent),), {"d": DAY})


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (datum(late_after=EVENING), "Due 2025-11-12 23:00. Asked for by flow."),
        (
            datum(late_after=EVENING + SECOND * 60),
            "Due 2025-11-12 23:00, late after 11-12 23:01. Asked for by flow.",
        ),
        (datum(why="w"), "Due 2025-11-12 23:00. Asked for by flow."),
        (datum(why="w", flows=("flow",)), "Due 2025-11-12 23:00. Why: w. Asked for by flow."),
        (
            datum("there", when=EVENING, by="espn"),
            "Due 2025-11-12 23:00. It came 2025-11-12 23:00:00 by espn. Asked for by flow.",
        ),
    ],
)
def test_a_datum_of_a_game_is_told_in_sentences(one: Datum, said: str) -> None:
    """A limit that is the due time is not told twice, nor a reason without a decision."""
    assert said in seen(told(one))


def test_an_attempt_that_came_before_the_game_had_it_says_so() -> None:
    """The one that brought it does not, nor a later one; without a decision there is no run."""
    rows = [
        row(LOG, scraper_name="box", outcome="SUCCESS", triggered_at=NOON + n * SECOND)
        | {"gcs_path": "gs://b/o", "decision_id": name, "workflow_name": "flow"}
        for n, name in enumerate(("d", "d", None))
    ]
    text = seen(told(datum("there", when=NOON + SECOND, by="box", tries=tuple(rows))))
    assert text.count("SUCCESS, without this game") == 1
    assert text.index("without this game") < text.index("11-12 12:00:01box")
    assert text.count("no run: by the scheduler or by hand") == 1


@pytest.mark.parametrize(
    ("one", "is_open"),
    [(datum(), True), (datum(tries=(row(LOG, outcome="FAILED", triggered_at=NOON),)), False)],
)
def test_decisions_are_open_where_nothing_was_tried(one: Datum, *, is_open: bool) -> None:
    """They are the only reason then; which of them asked for the datum is said."""
    one = replace(one, tries=tuple({**each, "gcs_path": ""} for each in one.tries))
    page = told(one, decision(), silent=(decision(slot=EVENING),))
    assert ("<details open><summary>Decisions of flow" in render(page)) is is_open
    assert "11-12 12:00 flow asked for it: SKIP EARLY: Why" in seen(page)
    assert "11-12 23:00 flow: SKIP EARLY: Why" in seen(page)


@pytest.mark.parametrize(
    ("columns", "links"),
    [
        ({}, []),
        ({"slot": NOON, "decision_id": "d"}, ["/run/2025-11-12/e", "/decision/2025-11-12/d"]),
        ({"game_id": "7"}, ["/game/2025-11-11/7"]),
    ],
)
def test_a_row_leads_back_by_the_dates_of_its_slot_and_its_game(
    columns: Mapping[str, Any], links: list[str]
) -> None:
    """Its scrape may have been on the day after."""
    about = {"triggered_at": EVENING, "target_date": YESTERDAY, "workflow_execution_id": "e"}
    page = ObjectPage(DAY + timedelta(days=1), "gs://b/o", (row(LOG, **about, **columns),))
    found = [link for link in Outline(render(page)).links if link[1:4] in ("run", "dec", "gam")]
    assert found == links
    assert ("No run asked for it" in seen(page)) is ("slot" not in columns)


def test_a_season_s_cell_opens_its_decision_or_those_of_the_day() -> None:
    """A workflow without a cell has none; a changed configuration is named by eight digits."""
    one, many = (Cell(1, 1, 0, 0, 0, 0, only=only) for only in ("d", ""))
    days = [
        SeasonDay(DAY, {"a": one, "b": many}, "0123456789", changed=True),
        SeasonDay(YESTERDAY, {"b": one}, "9876543210", changed=False),
    ]
    page = SeasonPage("2025-26", ("a", "b"), tuple(days))
    links = [link for link in Outline(render(page)).links if "season" in link or "dec" in link]
    assert links[-4:] == [
        *("/season/2025.json", "/season/2024", "/decision/2025-11-12/d"),
        "/decision/2025-11-11/d",
    ]
    assert "/day/2025-11-12#grid-b" in Outline(render(page)).links
    assert re.findall(r"(changed )?([0-9]{8})\b", seen(page)) == [
        *(("changed ", "01234567"), ("", "98765432"))
    ]
