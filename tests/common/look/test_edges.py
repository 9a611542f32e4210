"""How far readers look, and in which order: rows at the edges, which no lived day has."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common import ids
from common.cloud.ports import Row
from common.errors import BadInputError
from common.look.asof import as_of, known_of
from common.look.contents import games_in
from common.look.coverage import read_log
from common.look.run_life import life_of
from common.look.runs import Run, find_run, runs_of, runs_on
from common.look.why import find_game, last_decision
from common.state import names
from tests.kit.placed import placed, row
from tests.kit.situations import DAY, et, game

NOW = et("2025-11-12 13:10")
SECOND = timedelta(seconds=1)
GAME = game(1)


def decided(slot: str, **changes: Any) -> Row:
    """Return a RUN of an Eastern slot."""
    when = et(slot)
    held = row("workflow_decisions", slot=when, decision_time=when, action="RUN", inputs="{}")
    name = ids.decision_id("betting_lines", when)
    return {**held, "decision_id": name, "workflow_name": "betting_lines", **changes}


def logged(when: datetime, **changes: Any) -> Row:
    """Return a row of a scrape of the game."""
    held = row("scraper_execution_log", triggered_at=when, logged_at=when, outcome="SUCCESS")
    held |= {"scraper_name": "a", "game_id": GAME.game_id, "target_date": DAY}
    return {**held, "gcs_path": f"gs://b/{when}", "object_generation": 1, **changes}


@pytest.mark.parametrize(
    ("when", "is_known"),
    [
        ("2025-11-04 00:00", True),
        ("2025-11-03 23:59", False),
        ("2026-11-12 23:59", True),
        ("2026-11-13 00:01", False),
    ],
)
def test_a_game_is_known_from_eight_days_before_to_a_year_after(
    when: str, *, is_known: bool
) -> None:
    """Whenever it is asked for."""
    later = et("2027-01-01 12:00")
    place, _ = placed(later, {DAY: (GAME,)}, scraper_execution_log=[logged(et(when))])
    assert bool(as_of(place, GAME.game_id, later).known) is is_known


def test_what_is_known_is_in_the_order_of_being_known() -> None:
    """The one that was logged last is the newest, whenever it was asked for."""
    early = logged(NOW - 3 * SECOND, logged_at=NOW, gcs_path="gs://b/early")
    late = logged(NOW - 2 * SECOND, logged_at=NOW - SECOND, gcs_path="gs://b/late")
    place, _ = placed(NOW, {DAY: (GAME,)}, scraper_execution_log=[early, late])
    found = as_of(place, GAME.game_id, NOW).known
    assert [(one.path, one.newest) for one in found] == [
        ("gs://b/late", False),
        ("gs://b/early", True),
    ]


def test_a_game_that_was_moved_is_known_by_its_new_date() -> None:
    """The schedule lists it on both."""
    moved = game(1, postponed=True)
    lists = {DAY: (moved,), date(2025, 11, 20): (GAME,)}
    rows = [logged(NOW, game_id=None), logged(NOW, game_id=GAME.game_id, gcs_path="gs://b/own")]
    place, _ = placed(NOW, lists, scraper_execution_log=rows)
    assert [one.path for one in as_of(place, GAME.game_id, NOW).known] == ["gs://b/own"]
    place, _ = placed(NOW, {DAY: (moved,)})
    with pytest.raises(BadInputError):
        as_of(place, GAME.game_id, NOW)


@pytest.mark.parametrize(
    ("when", "is_read"),
    [
        ("2025-11-04 00:00", True),
        ("2025-11-03 23:59", False),
        ("2025-11-13 13:09", True),  # by the clock of another machine
    ],
)
def test_a_date_s_log_begins_eight_days_before_it(when: str, *, is_read: bool) -> None:
    """Rows about other dates are left out, and the rest is in the order of time."""
    rows = [logged(et(when)), logged(NOW), logged(NOW, target_date=date(2025, 11, 11))]
    place, _ = placed(NOW, scraper_execution_log=rows)
    found = [one["triggered_at"] for one in read_log(place, DAY, NOW)]
    assert found == sorted([NOW, *([et(when)] if is_read else [])])


@pytest.mark.parametrize(
    ("slot", "day", "is_found"),
    [
        ("2025-11-04 13:10", None, True),
        ("2025-11-04 13:09", None, False),
        ("2025-11-12 13:10", None, True),
        ("2025-11-02 00:00", date(2025, 11, 2), True),
        ("2025-11-03 22:59", date(2025, 11, 2), True),
        ("2025-11-04 00:00", date(2025, 11, 2), False),
        ("2025-11-01 23:59", date(2025, 11, 2), False),
    ],
)
def test_a_run_is_looked_for_through_eight_days_or_by_its_date(
    slot: str, day: date | None, *, is_found: bool
) -> None:
    """By the beginning of either id, and not by another part of it."""
    one = decided(slot)
    place, _ = placed(NOW, workflow_decisions=[one])
    name = one["decision_id"]
    for beginning in (name[:8], ids.execution_id(name)[:8]):
        if is_found:
            assert find_run(place, beginning, day).decision["decision_id"] == name
        else:
            with pytest.raises(BadInputError):
                find_run(place, beginning, day)
    with pytest.raises(BadInputError):
        find_run(place, name[9:], day)


@pytest.mark.parametrize(
    ("ended", "state", "progress"),
    [
        ({"outcome": "PARTIAL"}, "PARTIAL", "2 of 3 tasks, 1 failed"),
        ({"scrapers_failed": 0}, "completed", "2 of 3 tasks"),
        (None, "not started", "its message was not handled yet"),
    ],
)
def test_a_run_comes_to_its_outcome_or_its_status(
    ended: dict[str, Any] | None, state: str, progress: str
) -> None:
    """What it came to is read of each, the first of several as well."""
    runs = [decided("2025-11-12 06:00"), decided("2025-11-12 12:00")]
    counts = {"scrapers_triggered": 3, "scrapers_succeeded": 2, "scrapers_failed": 1}
    made = row("workflow_executions", status="completed", **counts) | (ended or {})
    rows = [
        {**made, "decision_id": one["decision_id"], "execution_time": one["decision_time"]}
        for one in runs
    ]
    place, _ = placed(NOW, workflow_decisions=runs, workflow_executions=rows if ended else [])
    found = runs_on(place, DAY)
    assert [(one.state, one.progress) for one in found] == [(state, progress)] * 2
    assert {one.is_partial for one in found} == {state == "PARTIAL"}
    place, _ = placed(NOW, workflow_decisions=[decided("2025-11-12 06:00", action="SKIP")])
    assert runs_on(place, DAY) == runs_of(place, []) == []


def test_without_its_state_a_run_is_told_by_its_log() -> None:
    """In the order of time; a task is about its game, else about its date."""
    run = decided("2025-11-12 06:00")
    of = {"workflow_execution_id": ids.execution_id(run["decision_id"]), "duration_seconds": 2}
    rows = [
        logged(et("2025-11-12 06:02"), logged_at=et("2025-11-12 06:03"), game_id=None, **of),
        logged(et("2025-11-12 06:01"), logged_at=et("2025-11-12 06:04"), **of),
        logged(et("2025-11-12 05:30"), scraper_name="b", **of),
        logged(et("2025-11-12 06:05"), **{**of, "workflow_execution_id": "another"}),
    ]
    place, _ = placed(NOW, scraper_execution_log=rows)
    life = life_of(place, Run(run, None))
    (step,) = life.steps
    assert (life.started, step.number, step.instead_of) == (None, 0, ())
    assert [(one.scraper, one.about, one.reported) for one in step.tasks] == [
        ("b", GAME.game_id, None),
        ("a", GAME.game_id, None),
        ("a", "2025-11-12", None),
    ]
    assert [one.ended for one in step.tasks] == [
        et(f"2025-11-12 {when}") + 2 * SECOND for when in ("05:30", "06:01", "06:02")
    ]
    assert life_of(placed(NOW)[0], Run(run, None)).steps == ()


@pytest.mark.parametrize(
    ("when", "slot"),
    [
        ("2025-11-12 13:00", "2025-11-12 13:00"),
        ("2025-11-12 12:59", "2025-11-12 12:00"),
        ("2025-11-20 12:00", "2025-11-12 13:00"),
        ("2025-11-20 13:01", None),
        ("2025-11-12 11:59", None),
    ],
)
def test_the_last_decision_is_that_of_the_last_slot(when: str, slot: str | None) -> None:
    """At or before the instant, made eight days before it at most."""
    rows = [decided("2025-11-12 13:00"), decided("2025-11-12 12:00")]
    rows += [decided("2025-11-12 12:30", workflow_name="another")]
    place, _ = placed(NOW, workflow_decisions=rows)
    if slot:
        assert last_decision(place, "betting_lines", et(when))["slot"] == et(slot)
    else:
        with pytest.raises(BadInputError):
            last_decision(place, "betting_lines", et(when))


@pytest.mark.parametrize(
    ("name", "when", "number"),
    [
        ("MIL@CHA", "2025-11-11 12:00", 2),
        ("MIL@CHA", "2025-11-12 00:00", 2),
        ("MIL@CHA", "2025-11-11 23:59", 2),
        ("MIL@CHA", "2025-11-20 12:00", 3),
        ("MIL@CHA", "2025-11-01 12:00", 2),
        ("0022500003", "2025-11-01 12:00", 3),
        ("CHA@MIL", "2025-11-20 12:00", None),
        ("MIL@CHA!", "2025-11-20 12:00", None),
        ("0022500001", "2025-11-20 12:00", None),
    ],
)
def test_a_game_is_the_last_one_of_its_teams(name: str, when: str, number: int | None) -> None:
    """Up to that date, else their next one; a game that was moved away is none."""
    games = {
        date(2025, 11, 2): (game(1, postponed=True, game_date=date(2025, 11, 2)),),
        date(2025, 11, 11): (game(2, game_date=date(2025, 11, 11)),),
        date(2025, 11, 20): (game(3, game_date=date(2025, 11, 20)),),
    }
    place, _ = placed(NOW, games)
    if number:
        assert find_game(place, name, et(when)).game_id == f"002250000{number}"
    else:
        with pytest.raises(BadInputError, match="lists no game"):
            find_game(place, name, et(when))


def test_odds_without_an_offer_name_no_other_game() -> None:
    """Their ids are not NBA.com's; a team is told by its last word, in any case."""
    one, other = game(1, away="MIL", home="CHA"), game(2, away="CHA", home="MIL")
    offer = [{"markets": [{"outcomes": [{"price": 2}]}]}]
    event = {"id": "e", "away_team": "MILWAUKEE BUCKS", "home_team": "Charlotte Hornets"}

    def body(books: list[Any]) -> bytes:
        return json.dumps({"records": [{**event, "bookmakers": books}]}).encode()

    assert games_in(body(offer), [one, other]) == {one.game_id}
    assert games_in(body([]), [one, other]) == set()


@pytest.mark.parametrize("name", ["0022500001", "espn-1", "espn-123456789012"])
def test_games_are_named_by_either_owner_s_id(name: str) -> None:
    """Of ten digits, or ESPN's of up to twelve."""
    games = [game(1, game_id=name), game(2)]
    assert games_in(f'{{"id":"{name}"}}'.encode(), games) == {name}


@pytest.mark.parametrize(("ahead", "is_read"), [(23, True), (25, False)])
def test_rows_of_a_clock_ahead_are_read_up_to_a_day_from_now(ahead: int, *, is_read: bool) -> None:
    """Both those of a run's end and those of its tasks."""
    made, when = decided("2025-11-12 12:00"), NOW + timedelta(hours=ahead)
    name = {"decision_id": made["decision_id"]}
    ended = row("workflow_executions", status="completed", execution_time=when, **name)
    task = {"workflow_execution_id": ids.execution_id(made["decision_id"])}
    place, _ = placed(
        NOW,
        workflow_decisions=[made],
        workflow_executions=[ended],
        scraper_execution_log=[logged(when, **task)],
    )
    assert [bool(run.ended) for run in runs_on(place, DAY)] == [is_read]
    assert bool(life_of(place, Run(made, None)).steps) is is_read


def test_an_id_that_begins_several_runs_is_refused_with_their_number() -> None:
    """More of it names one of them."""
    rows = [decided(f"2025-11-12 {hour}:00") for hour in ("06", "12")]
    place, _ = placed(NOW, workflow_decisions=rows)
    with pytest.raises(BadInputError, match=r"^run '': 2 begin so; give more of the id$"):
        find_run(place, "")


def test_what_became_known_at_once_is_in_the_order_of_paths_and_generations() -> None:
    """So that two readers name the same one the newest."""
    rows = [
        logged(NOW, gcs_path=path, object_generation=number)
        for path, number in (("gs://b/b", 1), ("gs://b/a", 3), ("gs://b/a", 2))
    ]
    found = [(one.path, one.generation, one.newest) for one in known_of(rows)]
    assert found == [("gs://b/a", 2, False), ("gs://b/a", 3, False), ("gs://b/b", 1, True)]


def test_a_run_whose_state_cannot_be_read_is_one_without_state() -> None:
    """An operator may have spoilt it; the page is shown all the same."""
    made = decided("2025-11-12 12:00")
    task = {"workflow_execution_id": ids.execution_id(made["decision_id"])}
    place, _ = placed(NOW, workflow_decisions=[made], scraper_execution_log=[logged(NOW, **task)])
    name = names.manifest(task["workflow_execution_id"])
    place.storage.create(place.settings.state_bucket, name, b"spoilt")
    (run,) = runs_on(place, DAY)
    assert run.state == "not started"
    assert [step.number for step in life_of(place, run).steps] == [0]
