"""What is said of a datum, by the rows that there are about it; nothing is lived for them."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from common import ids
from common.calendar.games import Game
from common.cloud.ports import Row
from common.eastern import at
from common.errors import TransientError
from common.look.coverage import (
    ERROR_CHARACTERS_MAX,
    NOT_ASKED,
    cover,
    cover_if_known,
    days_back,
    lacking_before,
)
from common.look.datum import Coming, Datum
from common.runtime import Runtime
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock, World
from tests.kit.placed import placed, row
from tests.kit.situations import DAY, et, game, workflow
from tests.kit.world import slate

GAME = game(1, "2025-11-12 19:00")
OURS, ITS_STAND_IN = "nbac_boxscore", "espn_boxscore"
DUE = et("2025-11-12 23:00")
"""The first window after the end of the game, at 21:30."""
LATE = et("2025-11-13 06:30")
"""Its limit in the shipped workflows."""
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
BETTING = "betting_lines"


def tried(when: datetime, outcome: str = "FAILED", name: str = OURS, **changes: Any) -> Row:
    """Return a row of an attempt at the game's box score."""
    held = row("scraper_execution_log", triggered_at=when, outcome=outcome, scraper_name=name)
    about = {"game_id": GAME.game_id, "target_date": DAY, "logged_at": when}
    return {**held, **about, "gcs_path": "gs://b/a", **changes}


def found(
    now: datetime,
    *log: Row,
    scraper: str = OURS,
    played: Game = GAME,
    decisions: tuple[Row, ...] = (),
    ended: tuple[Row, ...] = (),
) -> Datum:
    """Return one datum of the game by what there is at an instant."""
    place, _ = placed(
        now,
        {DAY: (played,)},
        scraper_execution_log=log,
        workflow_decisions=decisions,
        workflow_executions=ended,
    )
    seen = cover(place, DAY)
    (one,) = (each for each in (*seen.games[0].data, *seen.data) if each.scraper == scraper)
    return one


@pytest.mark.parametrize(
    ("now", "outcomes", "state"),
    [
        (DUE - SECOND, [], "waiting"),
        (DUE - SECOND, [("FAILED", DUE - HOUR)], "waiting"),
        (DUE, [], "waiting"),
        (DUE, [("FAILED", DUE - SECOND)], "waiting"),
        (DUE, [("FAILED", DUE)], "missing"),
        (DUE, [("NOT_READY", DUE)], "waiting"),
        (DUE, [("NO_DATA", DUE)], "waiting"),
        (DUE, [("FAILED", DUE), ("NO_DATA", DUE + SECOND)], "missing"),
        (LATE, [], "waiting"),
        (LATE + SECOND, [], "missing"),
        (LATE + SECOND, [("NO_DATA", DUE)], "missing"),
        (LATE + HOUR, [("SUCCESS", LATE)], "there"),
        (LATE + HOUR, [("SUCCESS", LATE + SECOND)], "late"),
        (LATE + HOUR, [("SUCCESS", DUE), ("SUCCESS", LATE + SECOND)], "there"),
    ],
)
def test_a_datum_is_missing_once_it_is_due_and_failed_or_is_late(
    now: datetime, outcomes: list[tuple[str, datetime]], state: str
) -> None:
    """A source that has nothing yet has not failed; the first success counts."""
    one = found(now, *(tried(when, outcome) for outcome, when in outcomes))
    assert (one.state, one.due, one.late_after) == (state, DUE, LATE)
    assert [each["triggered_at"] for each in one.tries] == [when for _, when in outcomes]


def with_objects(log: list[Row], body: bytes | None) -> Runtime:
    """Return a deployment with some attempts, and the object of them where it is not gone."""
    place, _ = placed(LATE, {DAY: (GAME,)}, scraper_execution_log=log)
    storage = MemoryStorage(ManualClock(LATE))
    if body is not None:
        storage.create("b", "a", body)
    return place.but(storage=storage)


NOT_MADE = {"error_class": NOT_ASKED}


@pytest.mark.parametrize(
    ("now", "log", "said"),
    [
        (DUE - SECOND, [], "due at 11-12 23:00"),
        (
            DUE - SECOND,
            [tried(DUE - HOUR)],
            f"not yet due at 11-12 23:00, so far: {OURS} FAILED at 11-12 22:00",
        ),
        (DUE, [tried(DUE - HOUR)], f"{OURS} FAILED at 11-12 22:00"),
        (
            LATE,
            [tried(DUE), tried(DUE + SECOND, name=ITS_STAND_IN, error_message="a\n  b")],
            f"{OURS} FAILED at 11-12 23:00; {ITS_STAND_IN} FAILED at 11-12 23:00: a b",
        ),
        (
            LATE,
            [tried(DUE), tried(DUE + HOUR / 2, "NOT_READY")],
            f"{OURS} NOT_READY at 11-12 23:30",
        ),
        (
            LATE,
            [tried(DUE), tried(DUE + HOUR / 2, **NOT_MADE)],
            f"{OURS} FAILED at 11-12 23:00; not asked since, as it failed in a row",
        ),
        (
            LATE,
            [tried(DUE, **NOT_MADE), tried(DUE + HOUR / 2)],
            f"{OURS} FAILED at 11-12 23:30",
        ),
        (
            LATE,
            [tried(DUE, **NOT_MADE), tried(DUE + HOUR / 2, **NOT_MADE)],
            f"{OURS} FAILED at 11-12 23:30",
        ),
        (LATE + HOUR, [tried(LATE + SECOND, "SUCCESS")], "first asked then"),
        (
            LATE + HOUR,
            [
                tried(DUE),
                tried(LATE, "NO_DATA"),
                tried(LATE + SECOND, "SUCCESS"),
                tried(LATE + HOUR),
            ],
            f"before: {OURS} NO_DATA at 11-13 06:30",
        ),
        (LATE + HOUR, [tried(DUE), tried(LATE, "SUCCESS")], ""),
    ],
)
def test_why_a_datum_is_not_there_is_what_its_last_attempts_came_to(
    now: datetime, log: list[Row], said: str
) -> None:
    """Of each scraper that may bring it; a request that was not made hides no answer."""
    assert found(now, *log).why == said


def test_a_long_error_is_cut_and_a_game_without_a_time_says_so() -> None:
    """Such a game is not looked at yet, whatever was tried."""
    one = found(DUE, tried(DUE, error_message="x" * 1000))
    assert one.why.endswith(f": {'x' * ERROR_CHARACTERS_MAX}")
    none = found(DUE, tried(DUE), played=game(1, None))
    assert (none.state, none.due, none.why, none.flows) == (
        "waiting",
        None,
        "its game has no time yet",
        (),
    )
    assert none.coming is None


@pytest.mark.parametrize(
    ("log", "by"),
    [
        ([tried(DUE, "SUCCESS")], OURS),
        ([tried(DUE, "SUCCESS", ITS_STAND_IN)], ITS_STAND_IN),
        ([tried(DUE, "SUCCESS", ITS_STAND_IN), tried(LATE, "SUCCESS")], ITS_STAND_IN),
        ([tried(DUE, "UPLOADED")], ""),
        ([tried(DUE, "SUCCESS", "nbac_play_by_play")], ""),
        ([tried(DUE, "SUCCESS", game_id="0022500002")], ""),
        ([tried(DUE, "SUCCESS", game_id=None)], ""),
        ([tried(DUE, "SUCCESS", target_date=DAY + timedelta(days=1))], ""),
    ],
)
def test_a_datum_is_there_by_its_scraper_or_one_that_stands_in(log: list[Row], by: str) -> None:
    """Of its own game; whoever brought it first."""
    one = found(LATE, *log)
    assert (one.by, one.when) == (by, log[0]["triggered_at"] if by else None)


def test_what_came_without_a_game_is_named_with_its_last_time() -> None:
    """An object of the date that names other games alone."""
    name = "nbac_player_boxscore"
    log = [tried(when, "SUCCESS", name, game_id=None) for when in (DUE, DUE + HOUR / 2)]
    place = with_objects(log, b'{"GAME_ID":"0022500009"}')
    (one,) = (each for each in cover(place, DAY).games[0].data if each.scraper == name)
    assert (one.state, one.why) == ("missing", f"{name} came without it, last at 11-12 23:30")


@pytest.mark.parametrize(
    ("when", "body", "state"),
    [
        (GAME.tipoff, b'{"id":"0022500001"}', "missing"),
        (et("2025-11-12 18:59"), b'{"id":"0022500001"}', "late"),
        (et("2025-11-12 18:59"), b'{"id":"0022500009"}', "missing"),
        (et("2025-11-12 18:59"), None, "late"),
    ],
)
def test_lines_are_those_of_before_the_tip_off(
    when: datetime, body: bytes | None, state: str
) -> None:
    """At the tip-off they are too late; of an object that is gone nobody knows better."""
    lines = tried(when, "SUCCESS", "oddsa_game_lines", game_id=None)
    place = with_objects([lines], body)
    (one,) = (
        each for each in cover(place, DAY).games[0].data if each.scraper == "oddsa_game_lines"
    )
    assert one.state == state


def test_games_come_in_the_order_of_their_tip_offs() -> None:
    """Those without a time last, equal ones by their ids; what is put off stands beside them."""
    games = (
        *(game(5, None), game(4, "2025-11-12 22:00"), game(3, "2025-11-12 19:00")),
        *(game(2, "2025-11-12 19:00"), game(1, "2025-11-12 18:00", postponed=True)),
    )
    far = {date(2025, 10, 21): (game(8),), date(2026, 4, 12): (game(9),)}
    place, _ = placed(DUE, {DAY: games, **far})
    seen = cover(place, DAY)
    assert [each.game.game_id[-1] for each in seen.games] == ["2", "3", "4", "5"]
    assert [each.game_id[-1] for each in seen.postponed] == ["1"]
    assert seen.listed == (date(2025, 10, 21), date(2026, 4, 12))
    assert cover(placed(DUE)[0], DAY).listed is None


def test_without_a_schedule_a_date_is_unknown_and_says_why() -> None:
    """Nothing is known to lack of it; what the dates before it lack cannot be told."""
    place = World(slate(), DUE).runtime
    with pytest.raises(TransientError, match="no readable schedule"):
        cover(place, DAY)
    seen = cover_if_known(place, DAY)
    assert seen.blind.startswith("no readable schedule below gs://")
    assert (seen.day, seen.listed, seen.games, seen.is_lacking) == (DAY, None, (), False)
    with pytest.raises(TransientError, match="no readable schedule"):
        lacking_before(place, DAY)


def decided(slot: str, action: str = "RUN", name: str = "post_game_window_2", **more: Any) -> Row:
    """Return a decision about the date."""
    when = et(slot)
    held = row("workflow_decisions", slot=when, decision_time=when, action=action, inputs="{}")
    held |= {"workflow_name": name, "target_date": DAY, "reason": "Why", "reason_code": "X"}
    held |= {"decision_id": ids.decision_id(name, when), "game_ids": [GAME.game_id]}
    return {**held, "scrapers": [OURS], **more}


@pytest.mark.parametrize(
    ("back", "is_named"), [(0, False), (1, True), (2, True), (3, True), (4, False)]
)
def test_dates_that_catch_up_still_collects_are_looked_at(back: int, *, is_named: bool) -> None:
    """Of those before today, and only where something was decided about them."""
    now = at(DAY + timedelta(days=back), time(12))
    asked = decided("2025-11-12 23:00")
    for rows, named in (([asked], is_named), ([], False)):
        place, _ = placed(now, {DAY: (GAME,)}, workflow_decisions=rows)
        seen = lacking_before(place, DAY + timedelta(days=back))
        assert [each.day for each in seen] == [DAY] * named


@pytest.mark.parametrize(("hours", "days"), [((), 1), ((1,), 1), ((24,), 1), ((25, 1), 2)])
def test_as_many_days_back_as_catch_up_spans(hours: tuple[int, ...], days: int) -> None:
    """A day that it begins counts whole, and yesterday always."""
    own = {"after": "07:00", "backoff_hours": [1]}
    flows = {f"{span}": workflow("catch_up", span_hours=span, **own) for span in hours}
    place, _ = placed(DUE)
    assert days_back(place.but(configured=flows)) == days


def test_the_reason_of_what_was_not_asked_is_the_last_decision_of_its_workflows() -> None:
    """Whichever of them made it; others say nothing about it."""
    rows = (
        decided("2025-11-12 22:00", "SKIP", reason="First", decision_time=LATE),  # made late
        decided("2025-11-12 23:00", "SKIP", "late_game_catch_up", reason="Last"),
        decided("2025-11-13 00:00", "SKIP", BETTING, reason="Other"),
    )
    assert found(LATE + HOUR, decisions=rows).why == (
        "not asked: late_game_catch_up at 11-12 23:00: Last"
    )
    assert found(DUE, decisions=rows[:1]).why == (
        "not asked yet: post_game_window_2 at 11-12 22:00: First"
    )
    other = found(LATE + HOUR, decisions=(decided("2025-11-12 21:00", "SKIP", BETTING),))
    assert other.why.startswith("not asked: ")
    assert other.why.endswith("decided nothing about this date")
    assert all(name in other.why for name in other.flows)
    assert len(other.flows) > 1
    later = decided("2025-11-13 06:00", "SKIP", BETTING)
    assert found(LATE + HOUR, decisions=(later,)).why.startswith("not asked: no slot of this date")


RUN = decided("2025-11-12 23:00")
UNDER_WAY = Coming("under way", "post_game_window_2", DUE)
OF_RUN = {"decision_id": RUN["decision_id"], "execution_time": DUE}


@pytest.mark.parametrize(
    ("run", "log", "ended", "is_awaited"),
    [
        ({}, [], [], True),
        ({}, [tried(DUE, decision_id="another")], [], True),
        ({}, [tried(DUE, decision_id=RUN["decision_id"])], [], False),
        ({"game_ids": ["0022500002"]}, [], [], False),
        ({"scrapers": ["nbac_play_by_play"]}, [], [], False),
        ({"workflow_name": BETTING}, [], [], False),
        ({"action": "SKIP"}, [], [], False),
        ({}, [], [OF_RUN], False),
        ({}, [], [{**OF_RUN, "execution_time": DUE - HOUR}], False),
        ({}, [], [{**OF_RUN, "execution_time": LATE + 23 * HOUR}], False),
        ({}, [], [{**OF_RUN, "decision_id": "another"}], True),
    ],
)
def test_a_run_that_has_not_reported_is_under_way(
    run: dict[str, Any], log: list[Row], ended: list[Row], *, is_awaited: bool
) -> None:
    """Of the datum's workflow, scraper and game, while its execution has no row."""
    rows = tuple(row("workflow_executions", **each) for each in ended)
    one = found(LATE, *log, decisions=({**RUN, **run},), ended=rows)
    assert (one.coming == UNDER_WAY) is is_awaited


def paused(*names: str) -> tuple[Row, ...]:
    """Return decisions of workflows that they are paused."""
    return tuple(
        decided("2025-11-12 22:00", "SKIP", name, reason_code="PAUSED", scrapers=[])
        for name in names
    )


@pytest.mark.parametrize(
    ("names", "coming"),
    [
        ((), "post_game_window_3"),
        (("post_game_window_3",), "late_game_catch_up"),
        (("post_game_window_2", "late_game_catch_up", "post_game_window_3"), "paused"),
    ],
)
def test_what_is_paused_is_not_asked_for_next(names: tuple[str, ...], coming: str) -> None:
    """Another workflow may; where none does, those that are paused are named."""
    one = found(DUE + HOUR, decisions=paused(*names)).coming
    assert one is not None
    assert coming in (one.workflow, one.what)


@pytest.mark.parametrize(
    ("scraper", "days", "remedy"),
    [
        (OURS, 30, "by hand: python -m local backfill --from 2025-11-12 --to 2025-11-12"),
        ("oddsa_game_lines", 0, "its source shows the present only"),
        ("nbac_injury_report", 0, "by hand: python -m local scrape nbac_injury_report"),
        ("nbac_injury_report", 1, "its source shows the present only"),
    ],
)
def test_what_is_given_up_has_a_remedy_or_none(scraper: str, days: int, remedy: str) -> None:
    """By hand what can be asked for a past date, and today's publications."""
    one = found(et("2025-11-12 23:30") + timedelta(days=days), scraper=scraper).coming
    assert one is not None
    assert (one.what, one.remedy[: len(remedy)]) == ("given up", remedy)


def test_the_last_decision_tells_whether_a_workflow_is_paused() -> None:
    """A workflow that was paused and has decided again since asks next."""
    resumed = decided("2025-11-12 23:00", "SKIP", "post_game_window_3")
    one = found(DUE + HOUR, decisions=(*paused("post_game_window_3"), resumed)).coming
    assert one == Coming("next", "post_game_window_3", et("2025-11-13 06:00"))


def test_of_two_runs_that_ask_for_it_the_first_is_named() -> None:
    """The slot that began earlier is told, whichever of them ends first."""
    later = decided("2025-11-12 23:30", name="late_game_catch_up")
    assert found(LATE, decisions=(later, RUN)).coming == UNDER_WAY


@pytest.mark.parametrize(
    ("since", "coming"),
    [
        ("2025-11-12", Coming("next", "late_game_catch_up", et("2025-11-13 08:00"))),
        ("2025-11-13", Coming("given up", remedy="by hand: python -m local backfill --from")),
    ],
)
def test_catch_up_collects_since_the_date_of_the_last_decision(since: str, coming: Coming) -> None:
    """A decision before it may have been made with another configuration."""
    rows = [
        decided(f"2025-11-13 0{hour}:00", "SKIP", inputs=f'{{"since": "{held}"}}')
        for hour, held in (("6", "2025-11-20"), ("7", since))
    ]
    one = found(et("2025-11-13 07:30"), decisions=tuple(rows)).coming
    assert one is not None
    assert replace(one, remedy=one.remedy[: len(coming.remedy)]) == coming


def test_lines_of_a_game_without_a_time_are_waited_for() -> None:
    """Whether they came before its tip-off nobody can tell."""
    came = tried(DUE, "SUCCESS", "oddsa_game_lines", game_id=None)
    for played, state in ((game(1, None), "waiting"), (game(1, "2025-11-13 01:00"), "there")):
        assert found(LATE, came, scraper="oddsa_game_lines", played=played).state == state


def test_on_a_date_without_games_what_came_is_told_alone() -> None:
    """Nothing is due then, so that nothing lacks."""
    log = [
        tried(DUE, outcome, name, game_id=None)
        for outcome, name in (("SUCCESS", "nbac_injury_report"), ("FAILED", "nbac_player_list"))
    ]
    place, _ = placed(LATE, {}, scraper_execution_log=log)
    assert [each.scraper for each in cover(place, DAY).data] == ["nbac_injury_report"]
