"""A day's page has all that happened, says what did not, and is nothing but text and drawings."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from common.calendar.games import Game
from common.ids import execution_id
from common.pages.day import DayPage, Failure, read_day
from common.pages.lanes import lanes
from common.pages.render import policy, render
from local.simulator.world import World
from tests.kit.operated import forced_ahead, gone_wrong
from tests.kit.outline import Outline
from tests.kit.situations import et
from tests.kit.tables import holding
from tests.kit.world import DAY, slate

HOUR = timedelta(hours=1)


def page() -> DayPage:
    """Read the day on which three sources refused."""
    return read_day(gone_wrong().runtime, DAY)


def test_the_page_shows_every_game_decision_and_run() -> None:
    """Each has its place, and every link of the page leads to one."""
    found = page()
    outline = Outline(render(found, alone=True))
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    wanted = {f"run-{run.execution_id}" for run in found.runs}
    wanted |= {f"game-{held.game.game_id}" for held in found.coverage.games}
    wanted |= {f"decision-{row['decision_id']}" for row in found.decisions}
    assert wanted <= set(outline.ids)
    assert len(found.runs) > 5


def test_a_slot_that_was_forced_again_keeps_both_decisions() -> None:
    """The grid shows the later one; the list of reasons and the time line have both."""
    found = page()
    forced = {**found.decisions[0], "decision_id": "again", "action": "ABORT"}
    twice = replace(found, decisions=(*found.decisions, forced))
    assert twice.counts["ABORT"] == found.counts["ABORT"] + 1
    ids = Outline(render(twice, alone=True)).ids
    assert {"decision-again", f"decision-{found.decisions[0]['decision_id']}"} <= set(ids)


def test_what_is_missing_is_counted_and_has_its_reason() -> None:
    """A stranger reads how much lacks, and what the source answered."""
    found = page()
    text = Outline(render(found, alone=True)).text
    assert found.counts["data late or missing"] == len([*found.coverage.troubles()]) > 10
    assert "answered 503" in text
    assert f"{found.counts['data late or missing']}data late or missing" in text


def test_what_comes_next_stands_with_what_lacks() -> None:
    """Play-by-play is asked for again at 06:00, the referees are given up."""
    found = page()
    text = Outline(render(found)).text
    assert "next asked for at 11-13 06:00 by post_game_window_3" in text
    assert "given up: no workflow asks for it again" in text
    assert "next 11-13 06:00" in text
    assert all(one.coming for one, _ in found.coverage.troubles())


def test_a_date_out_of_the_schedules_reach_says_so() -> None:
    """No games of a date is one thing; a schedule that ends before it is another."""
    found = page()
    empty = replace(found.coverage, games=(), data=())
    later = replace(empty, day=DAY + timedelta(days=30))
    known = "The schedule does not reach this date: it has games from 2025-11-11 to 2025-11-13."
    assert "No games." in render(replace(found, coverage=empty))
    assert known in render(replace(found, coverage=later))
    assert "The schedule is not known." in render(
        replace(found, coverage=replace(empty, listed=None))
    )


def test_failures_are_gathered_by_scraper_above_the_runs() -> None:
    """Three sources failed: how often, in how many runs, and the last answer of each."""
    found = page()
    assert [(one.scraper, one.outcome, len(one.rows), one.runs) for one in found.failures] == [
        ("nbac_gamebook_pdf", "FAILED", 39, 6),
        ("nbac_play_by_play", "FAILED", 39, 6),
        ("nbac_referee_assignments", "FAILED", 6, 6),
    ]
    assert found.counts["failed runs"] == found.counts["partial runs"] == 6
    text = " ".join(Outline(render(found)).text.split())
    last = (
        "39 FAILED nbac_gamebook_pdf, in 6 runs, 29 of them not asked, as it had failed in a row; "
        "last answer at 23:00"
    )
    assert (
        text.index("What failed, by scraper")
        < text.index(last)
        < text.index("What its tasks came to")
    )


def test_an_abort_differs_from_a_run_in_form_too() -> None:
    """Whoever does not tell red from green sees a square among the dots."""
    found = page()
    aborted = {**found.decisions[-1], "action": "ABORT", "decision_id": "aborted"}
    lane = lanes(found.axis, found.now, [], [aborted], [])
    text = render(replace(found, lanes=lane))
    assert re.search(r'class="decision abort"><title>[^<]*</title><rect', text)
    assert 'class="decision abort"><title>' in text


def test_the_time_line_begins_at_the_first_game_where_it_is_cut() -> None:
    """On a phone the hour of the first tip-off, 19:00, is scrolled to; without games, none is."""
    found = page()
    steps = re.findall(r"<i(| class=\"start\")></i>", render(found))
    hours = [hour for _, hour in found.axis.hours()]
    assert [hour for hour, start in zip(hours, steps, strict=True) if start] == ["19"]
    assert 'class="start"' not in render(replace(found, games=(), now=found.axis.begin - HOUR))


def test_the_time_line_of_today_begins_before_now_where_it_is_cut() -> None:
    """At 12:30 the hours from 09:00 on are of use, though the first game is at 19:00."""
    found = replace(page(), now=page().axis.begin + 7.5 * HOUR)
    steps = re.findall(r"<i(| class=\"start\")></i>", render(found))
    hours = [hour for _, hour in found.axis.hours()]
    assert [hour for hour, start in zip(hours, steps, strict=True) if start] == ["09"]


def test_the_menu_marks_today() -> None:
    """The page of today is the current one of the menu; another date's is not."""
    found = page()
    assert 'href="/" aria-current="page"' not in render(found)
    assert 'href="/" aria-current="page"' in render(replace(found, day=DAY + timedelta(days=1)))


def test_a_text_from_outside_is_text() -> None:
    """Markup in a team's name, as a source might send it, is shown and not obeyed."""
    found = page()
    first, *others = found.coverage.games
    named = replace(first.game, away="<script>alert(1)</script>")
    games = (replace(first, game=named), *others)
    text = render(replace(found, coverage=replace(found.coverage, games=games)), alone=True)
    assert "script" not in Outline(text).names
    assert "<script>alert(1)</script>" in Outline(text).text


def test_the_page_loads_and_runs_nothing() -> None:
    """Its policy allows its own style alone; there is no script, style attribute or host."""
    text = render(page(), alone=True)
    outline = Outline(text)
    assert outline.names.isdisjoint({"script", "img", "link", "iframe", "form", "@style", "@src"})
    assert not any(name.startswith("@on") for name in outline.names)
    assert "http" not in text.replace("http-equiv", "")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy() == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'"
    )
    assert policy().replace("'", "&#39;") in text


def test_a_day_without_games_or_decisions_has_a_page() -> None:
    """It says so, in place of empty tables."""
    found = page()
    none: tuple[Game, ...] = ()
    coverage = replace(found.coverage, games=(), data=(), postponed=none)
    bare = replace(found, coverage=coverage, games=(), lanes=(), decisions=(), runs=())
    text = Outline(render(bare, alone=True)).text
    assert "No games." in text
    assert "Nothing ran." in text


def test_without_a_schedule_the_page_has_all_but_games_and_their_data() -> None:
    """It says why, and how to come by one; a number that is not known is not zero."""
    found = read_day(World(slate(), et("2025-11-12 13:10")).runtime, DAY)
    text = Outline(render(found, alone=False)).text
    assert "Not known: no readable schedule below gs://" in text
    assert "python -m local scrape nbac_schedule_api" in text
    assert "No games." not in text
    assert not {"games", "data late or missing", "missing of dates before"} & {*found.counts}
    assert found.document()["blind"] == found.coverage.blind


def test_a_failure_is_told_by_its_last_answer() -> None:
    """The last one that was asked; where none was, the last one."""
    asked, unasked = {"error_class": "SourceError"}, {"error_class": "CircuitOpenError"}
    rows = [{**asked, "n": 1}, {**asked, "n": 2}, {**unasked, "n": 3}]
    runs = [{**row, "workflow_execution_id": "one"} for row in rows]
    found = Failure("a", "FAILED", tuple(runs))
    assert (found.last["n"], found.unasked, found.runs) == (2, 1, 1)
    assert Failure("a", "BLOCKED", tuple(runs[2:])).last["n"] == 3


def test_the_last_failure_is_the_last_by_time() -> None:
    """Whichever run it was in."""
    early, late = et("2025-11-12 13:00"), et("2025-11-12 14:00")
    failed = {"outcome": "FAILED", "scraper_name": "s", "error_class": "SourceError"}
    tasks = {
        name: [{**failed, "workflow_execution_id": name, "triggered_at": at}]
        for name, at in (("second", late), ("first", early))
    }
    (found,) = replace(page(), tasks=tasks).failures
    assert found.last["triggered_at"] == late


def test_what_belongs_to_a_day() -> None:
    """Its date's plan, its sweeps and decisions up to the next morning, its runs' tasks."""
    on = {name: et(f"2025-11-{name}") for name in ("12 00:00", "12 11:59", "12 12:00", "12 23:00")}
    on |= {name: et(f"2025-11-{name}") for name in ("13 05:59", "13 06:00", "14 23:59", "15 00:00")}
    swept = [{"at": at, "status": "OK", "republished_count": 1} for at in on.values()]
    made = [{"at": on["12 23:00"], "action": "RUN", "decision_id": "d", "workflow_name": "f"}]
    run = {"workflow_execution_id": execution_id("d"), "outcome": "FAILED", "scraper_name": "s"}
    log = [{"at": at, **run} for at in on.values()]
    planned = [{"at": at, "workflow_name": "f", "reason": ""} for at in reversed(on.values())]
    place = holding(
        daily_expected_schedule=planned,
        cleanup_operations=swept,
        workflow_decisions=made,
        scraper_execution_log=log,
    )
    found = read_day(place, DAY)
    assert [row["expected_run_time"] for row in found.missed] == [*on.values()][:3]
    assert [row["cleanup_time"] for row in found.sweeps] == [*on.values()][:5]
    assert [row["triggered_at"] for row in found.tasks[execution_id("d")]] == [*on.values()][3:]


@pytest.mark.parametrize(
    ("now", "told"),
    [("2025-11-11 23:59", False), ("2025-11-12 00:00", True), ("2025-11-13 00:00", False)],
)
def test_today_alone_tells_what_the_dates_before_lack(
    now: str, *, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today is the Eastern date."""
    monkeypatch.setattr("common.pages.day.lacking_before", lambda *_: ("some",))
    assert bool(read_day(holding(et(now)), DAY).before) is told


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"status": "OK"}, False),
        ({"status": "OK", "missing_files_found": 0, "republished_count": 0}, False),
        ({"status": "OK", "missing_files_found": 1}, True),
        ({"status": "OK", "republished_count": 1}, True),
        ({"status": "PARTIAL"}, True),
        ({"status": "ERROR"}, True),
    ],
)
def test_a_sweep_that_did_something_is_shown(row: Mapping[str, Any], *, shown: bool) -> None:
    """Or that could not."""
    place = holding(cleanup_operations=[{"at": et("2025-11-12 13:00"), **row}])
    assert bool(read_day(place, DAY).sweeps) is shown


def test_hours_are_in_order_whichever_workflow_has_them() -> None:
    """The one that is decided first by name need not be by hour."""
    made = [
        {"at": et(f"2025-11-12 {hour}:00"), "action": "SKIP", "decision_id": hour, **flow}
        for hour, flow in (("13", {"workflow_name": "a"}), ("06", {"workflow_name": "b"}))
    ]
    assert read_day(holding(workflow_decisions=made), DAY).hours == ["06:00", "13:00"]


@pytest.mark.parametrize(("tasks", "more"), [(6, False), (7, True)])
def test_of_many_tasks_six_are_named(tasks: int, *, more: bool) -> None:
    """A mark says that there are others."""
    held = page()
    run = held.runs[-1]
    row = held.tasks[run.execution_id][0]
    few = replace(held, runs=[run], tasks={run.execution_id: [row] * tasks})
    assert (" …</li>" in render(few) or " …<br>" in render(few)) is more


def test_a_slot_to_come_that_was_forced_has_its_runs_with_their_tasks() -> None:
    """They are of the evening before, and none is under way."""
    place, day = forced_ahead().runtime, DAY + timedelta(days=1)
    found = read_day(place, day)
    assert [run.state for run in found.runs] == ["PARTIAL", "COMPLETED", "PARTIAL"]
    assert {run.execution_id for run in found.runs} == {*found.tasks}
