"""What was known of a game at an instant is the same, whenever it is asked for."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.cloud.ports import Row
from common.errors import BadInputError
from common.look.asof import AsOf, Known, as_of, known_of
from common.runtime import Runtime
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.world import ManualClock
from tests.kit.operated import gone_wrong
from tests.kit.situations import MANY
from tests.kit.world import DAY

GAME, OTHER = "0022500213", "0022500214"
"""MIL@CHA and CHI@DET."""
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
BUCKET = "nba-scraped-data"
LAST = 600
"""The last minute of a history."""


class Scrape(NamedTuple):
    """One scrape of a history, in minutes after noon."""

    scraper: str
    about: str | None
    asked: int
    logged: int
    outcome: str = "SUCCESS"
    names: str = GAME
    again: int | None = None


def place(history: list[Scrape], until: int = LAST) -> tuple[Runtime, list[tuple[Row, Scrape]]]:
    """A deployment with the objects of a history, and the log's rows up to a minute.

    `again` is a second row of one object.
    """
    clock = ManualClock(NOON)
    storage, warehouse = MemoryStorage(clock), MemoryWarehouse()
    world = gone_wrong().runtime
    rows: list[tuple[Row, Scrape]] = []
    for number, one in enumerate(history):
        name = f"{one.scraper}/{number}.json"
        body = json.dumps({"records": [{"gameId": one.names}]}).encode()
        stored = storage.create(BUCKET, name, body)
        for logged in (one.logged, one.again):
            if logged is None or logged > until:
                continue
            asked = min(one.asked, logged)
            row: Row = {
                "execution_id": f"{number}-{logged}",
                "scraper_name": one.scraper,
                "outcome": one.outcome,
                "triggered_at": NOON + timedelta(minutes=asked),
                "logged_at": NOON + timedelta(minutes=logged),
                "target_date": DAY,
                "game_id": one.about,
                "gcs_path": f"gs://{BUCKET}/{name}",
                "object_generation": stored.generation,
            }
            warehouse.append("scraper_execution_log", [row], job_key=f"{number}-{logged}")
            rows.append((row, one))
    found = world.but(storage=storage, warehouse=warehouse, season=world.season)
    return found, rows


MINUTES = st.integers(0, LAST)
SCRAPES = st.builds(
    Scrape,
    scraper=st.sampled_from(["nbac_boxscore", "oddsa_player_props", "nbac_injury_report"]),
    about=st.sampled_from([GAME, OTHER, None]),
    asked=MINUTES,
    logged=MINUTES,
    outcome=st.sampled_from(["SUCCESS", "SUCCESS", "FAILED", "NO_DATA"]),
    names=st.sampled_from([GAME, OTHER]),
    again=st.none() | MINUTES,
)


def generations(found: AsOf) -> set[tuple[str, int]]:
    """What it names."""
    return {(one.path, one.generation) for one in found.known}


@MANY
@given(st.lists(SCRAPES, max_size=8), MINUTES)
def test_it_is_what_was_logged_by_then_and_nothing_else(history: list[Scrape], at: int) -> None:
    """Late, doubled and corrected data as well: a row counts from when it was made."""
    instant = NOON + timedelta(minutes=at)
    runtime, rows = place(history)
    wanted = {
        (row["gcs_path"], row["object_generation"])
        for row, one in rows
        if row["logged_at"] <= instant
        and one.outcome == "SUCCESS"
        and (one.about == GAME or (one.about is None and one.names == GAME))
    }
    found = as_of(runtime, GAME, instant)
    assert generations(found) == wanted
    assert len(found.known) == len(wanted)


@MANY
@given(st.lists(SCRAPES, max_size=8), MINUTES)
def test_what_comes_later_changes_nothing(history: list[Scrape], at: int) -> None:
    """Asked at that instant or after the season, known objects and digest are the same."""
    instant = NOON + timedelta(minutes=at)
    now, before = (as_of(place(history, until)[0], GAME, instant) for until in (LAST, at))
    assert (now.known, now.digest) == (before.known, before.digest)


def test_the_newest_of_each_scraper_is_marked() -> None:
    """A correction is an object of its own, and the one before stays known."""
    history = [
        Scrape("nbac_boxscore", GAME, 0, 1),
        Scrape("nbac_boxscore", GAME, 150, 151),
        Scrape("nbac_injury_report", None, 10, 11),
    ]
    found = as_of(place(history)[0], GAME, NOON + timedelta(hours=9))
    assert [(one.scraper, one.newest) for one in found.known] == [
        ("nbac_boxscore", False),
        ("nbac_injury_report", True),
        ("nbac_boxscore", True),
    ]


def test_the_digest_is_of_generations_in_any_order() -> None:
    """Another generation gives another one; the order of the log does not."""
    known = tuple(
        Known("x", f"gs://b/{name}", number, NOON, NOON, newest=True)
        for number, name in enumerate("abc", 1)
    )
    first = AsOf(GAME, NOON, known)
    assert replace(first, known=known[::-1]).digest == first.digest
    other = (*known[:2], replace(known[2], generation=9))
    assert replace(first, known=other).digest != first.digest
    assert len(first.digest) == 64


def test_the_digest_is_the_same_in_every_version_of_this_project() -> None:
    """It may stand beside a prediction for years: a line for each generation, sorted, SHA-256."""
    known = [
        Known("s", f"gs://b/{name}", number, NOON, NOON, newest=True)
        for name, number in (("b", 1), ("a", 2))
    ]
    lines = b"gs://b/a#2\ngs://b/b#1\n"
    assert AsOf(GAME, NOON, tuple(known)).digest == hashlib.sha256(lines).hexdigest()


def test_two_objects_may_have_one_generation() -> None:
    """GCS numbers each name by itself; a row that is not logged yet is of no object."""
    runtime, rows = place([Scrape("a", GAME, 0, 1), Scrape("b", GAME, 0, 2)])
    both = [{**row, "object_generation": 7} for row, _ in rows]
    assert [one.scraper for one in known_of(both)] == ["a", "b"]
    runtime.warehouse.append(
        "scraper_execution_log", [{**both[0], "logged_at": None}], job_key="not yet"
    )
    assert len(as_of(runtime, GAME, NOON + timedelta(minutes=5)).known) == 2


def test_a_row_of_the_very_instant_counts() -> None:
    """One made a minute later does not."""
    runtime, _ = place([Scrape("nbac_boxscore", GAME, 5, 5), Scrape("nbac_boxscore", GAME, 6, 6)])
    assert len(as_of(runtime, GAME, NOON + timedelta(minutes=5)).known) == 1


def test_an_instant_that_has_not_come_is_refused() -> None:
    """Its digest would be another one when it has: what comes until then is not known."""
    runtime, _ = place([Scrape("nbac_boxscore", GAME, 0, 1)])
    now = runtime.clock.now()
    assert as_of(runtime, GAME, now).known
    later = now + timedelta(seconds=1)
    with pytest.raises(BadInputError) as refused:
        as_of(runtime, GAME, later)
    assert str(refused.value) == (
        f"{later.isoformat()} has not come: what is known then may still change; "
        f"it is {now.isoformat(timespec='seconds')}"
    )


@pytest.mark.parametrize("lost", ["overwritten", "gone"])
def test_an_object_that_is_gone_is_named(lost: str) -> None:
    """Whether it was about the game cannot be known, so there is no digest that could be wrong."""
    runtime, rows = place([Scrape("nbac_injury_report", None, 0, 1)])
    path = rows[0][0]["gcs_path"].removeprefix(f"gs://{BUCKET}/")
    named = (
        rf"^gs://{BUCKET}/{path}#{rows[0][0]['object_generation']} is gone or overwritten: whether "
        f"it was about game {GAME} cannot be known, so there is no digest; restore it$"
    )
    if lost == "gone":
        runtime = runtime.but(storage=MemoryStorage(ManualClock(NOON)), season=runtime.season)
    else:
        generation = rows[0][0]["object_generation"]
        runtime.storage.replace(BUCKET, path, b"{}", generation=generation)
    with pytest.raises(BadInputError, match=named):
        as_of(runtime, GAME, NOON + timedelta(hours=1))


def test_a_game_that_no_schedule_lists_is_refused() -> None:
    """It says where the ids are."""
    with pytest.raises(BadInputError, match="the schedule does not list it; see: games DATE"):
        as_of(gone_wrong().runtime, "0022599999", NOON)


def test_a_real_day_has_lines_before_its_box_score() -> None:
    """Before tip-off the lines and the injuries are known, after midnight the box score too."""
    runtime = gone_wrong().runtime
    before = as_of(runtime, GAME, datetime(2025, 11, 12, 23, tzinfo=UTC))
    after = as_of(runtime, GAME, runtime.clock.now())
    assert generations(before) < generations(after)
    assert {one.scraper for one in before.known} >= {"oddsa_player_props", "nbac_injury_report"}
    assert "nbac_boxscore" not in {one.scraper for one in before.known}
    assert "nbac_boxscore" in {one.scraper for one in after.known}


def test_a_generation_that_was_logged_twice_is_known_from_its_first_row_on() -> None:
    """Whatever order the rows come in."""
    first, again = (logged("o", minute, minute + 1) for minute in (0, 1))
    for rows in ((first, again), (again, first)):
        (one,) = known_of(rows)
        assert (one.triggered_at, one.logged_at) == (NOON, NOON + timedelta(minutes=1))
        assert one.newest


def test_objects_are_in_the_order_of_being_known() -> None:
    """One that was asked for first may be logged last, and is the newest then."""
    found = [*known_of([logged("late", 0, 9), logged("early", 5, 6)])]
    assert [(one.path, one.newest) for one in found] == [
        ("gs://b/early", False),
        ("gs://b/late", True),
    ]


def logged(name: str, asked: int, made: int) -> Row:
    """Return the row of an object, in minutes after noon."""
    times = {"triggered_at": NOON + timedelta(minutes=asked)}
    times |= {"logged_at": NOON + timedelta(minutes=made)}
    about = {"scraper_name": "a", "gcs_path": f"gs://b/{name}", "object_generation": 1}
    return {**about, **times}
