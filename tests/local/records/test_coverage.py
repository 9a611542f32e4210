"""What was collected of a game is what log and objects show, however it came."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from common.calendar.games import Game
from local.fake_sources.odds import event_id
from local.records.coverage import Collected, GameCoverage, Wanted, wanted_of
from tests.kit.situations import DAY, PER_GAME, WHOLE_DATE, WORKFLOWS, et, game, workflow

GAME = game(1, "2025-11-12 19:00")
OTHER = game(2, "2025-11-12 19:00")
TIP = et("2025-11-12 19:00")
NIGHT = et("2025-11-12 23:00")
AGAIN = timedelta(hours=20)
ENOUGH = et("2025-11-13 17:30")
"""Twenty hours after a game of two and a half."""
WANTED = Wanted(
    lines=("lines",),
    per_game={"box": ("box", "espn")},
    per_date={"players": ("players", "espn_players")},
    again={},
)


def offers(*games: Game, priced: bool = True) -> bytes:
    """Return an object of lines."""
    outcomes = [{"price": 2}] if priced else []
    books = [{"markets": [{"outcomes": outcomes}]}]
    return json.dumps(
        {"records": [{"id": event_id(each.game_id), "bookmakers": books} for each in games]}
    ).encode()


def offer_of(event: Mapping[str, Any]) -> bytes:
    """Return an object of the game's event with what a source says of it."""
    return json.dumps({"records": [{"id": event_id(GAME.game_id), **event}]}).encode()


def rows_of(*games: Game) -> bytes:
    """Return an object of a whole date."""
    return "".join(f'{{"GAME_ID":"{each.game_id}"}}' for each in games).encode()


def scrape(scraper: str, when: datetime, of: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return a row of the log, whose object is named after its scraper."""
    row = {"scraper_name": scraper, "triggered_at": when, "outcome": "SUCCESS", "game_id": of}
    return {**row, "target_date": DAY, "gcs_path": scraper, **changes}


LINES = scrape("lines", TIP - timedelta(minutes=1))
BOX = scrape("box", NIGHT, GAME.game_id)
PLAYERS = scrape("players", NIGHT + timedelta(minutes=5))
OBJECTS = {"lines": offers(GAME, OTHER), "players": rows_of(GAME, OTHER)}
OBJECTS["espn_players"] = OBJECTS["players"]


def covered(
    *log: Mapping[str, Any], wanted: Wanted = WANTED, of: Game = GAME, **objects: bytes
) -> GameCoverage:
    """Return what a log has of a game."""
    collected = Collected(wanted, {**OBJECTS, **objects}.__getitem__)
    collected.add(log)
    return collected.cover(of)


def test_a_game_is_complete_with_its_last_datum() -> None:
    """Nothing is missing, and nothing came twice."""
    found = covered(LINES, BOX, PLAYERS)
    assert (found.no_lines, found.missing, found.twice) == ((), (), ())
    assert found.complete == NIGHT + timedelta(minutes=5)


@pytest.mark.parametrize(
    "row",
    [
        scrape("espn", NIGHT, GAME.game_id),
        scrape("box", NIGHT, "espn-4" + GAME.game_id[2:]),
        scrape("espn", NIGHT, "espn-4" + GAME.game_id[2:]),
    ],
)
def test_an_alternative_counts_as_what_it_stands_for(row: Mapping[str, Any]) -> None:
    """So does another owner's id of the game."""
    assert covered(row, PLAYERS).missing == ()
    assert covered(BOX, scrape("espn_players", NIGHT)).missing == ()


@pytest.mark.parametrize(
    "row",
    [
        {**BOX, "outcome": "FAILED"},
        {**BOX, "outcome": "NO_DATA"},
        {**BOX, "game_id": OTHER.game_id},
        {**BOX, "scraper_name": "another"},
    ],
)
def test_what_brought_nothing_of_the_game_leaves_it_missing(row: Mapping[str, Any]) -> None:
    """Without one of its data a game is not complete."""
    found = covered(LINES, row, PLAYERS)
    assert (found.missing, found.complete) == (("box",), None)


@pytest.mark.parametrize(
    ("changes", "body"),
    [({}, rows_of(OTHER)), ({}, b""), ({"target_date": DAY - timedelta(days=1)}, rows_of(GAME))],
)
def test_an_object_of_another_game_or_date_has_nothing_of_it(
    changes: Mapping[str, Any], body: bytes
) -> None:
    """What is asked of an object of a whole date is whether the game is in it."""
    assert covered(BOX, {**PLAYERS, **changes}, players=body).missing == ("players",)


@pytest.mark.parametrize(
    ("changes", "body", "of"),
    [
        ({"triggered_at": TIP}, offers(GAME), GAME),
        ({}, offers(OTHER), GAME),
        ({}, offers(GAME, priced=False), GAME),
        ({}, b"", GAME),
        ({}, b"{}", GAME),
        ({}, offer_of({}), GAME),
        ({}, offer_of({"bookmakers": [{}]}), GAME),
        ({}, offer_of({"bookmakers": [{"markets": [{}]}]}), GAME),
        ({}, offers(GAME), replace(GAME, tipoff=None)),
    ],
)
def test_lines_are_an_offer_before_the_tip_off(
    changes: Mapping[str, Any], body: bytes, of: Game
) -> None:
    """One at the tip-off comes too late, and an event without a price is no offer."""
    assert covered(LINES, of=GAME).no_lines == ()
    assert covered({**LINES, **changes}, of=of, lines=body).no_lines == ("lines",)


@pytest.mark.parametrize(
    ("again", "successes", "twice"),
    [
        ({}, 1, False),
        ({}, 2, True),
        ({"box": AGAIN}, 2, False),
        ({"box": AGAIN}, 3, True),
        ({"players": AGAIN}, 2, True),
    ],
)
def test_what_succeeded_more_often_than_it_was_to_is_told(
    again: Mapping[str, timedelta], successes: int, *, twice: bool
) -> None:
    """Once, or once more where a workflow collects it again."""
    found = covered(*[BOX] * successes, PLAYERS, wanted=replace(WANTED, again=again))
    assert found.twice == (("box",) if twice else ())


@pytest.mark.parametrize(
    ("times", "complete"),
    [
        ([NIGHT], None),
        ([NIGHT, ENOUGH - timedelta(seconds=1)], None),
        ([NIGHT, ENOUGH], ENOUGH),
        ([ENOUGH + timedelta(hours=2), ENOUGH + timedelta(hours=1)], ENOUGH + timedelta(hours=1)),
    ],
)
def test_what_is_collected_again_is_complete_with_that(
    times: list[datetime], complete: datetime | None
) -> None:
    """The first success counts that is late enough, exactly so as well."""
    log = [{**BOX, "triggered_at": when} for when in times]
    again = replace(WANTED, again={"box": AGAIN})
    assert covered(*log, PLAYERS, wanted=again).complete == complete


@pytest.mark.parametrize("book", [0, 1])
def test_any_price_is_an_offer(book: int) -> None:
    """Whichever of the bookmakers and markets has it."""
    books: list[Any] = [{"markets": []}, {"markets": [{"outcomes": []}]}]
    books[book] = {"markets": [{"outcomes": []}, {"outcomes": [{"price": 2}]}]}
    assert covered(LINES, lines=offer_of({"bookmakers": books})).no_lines == ()


def test_a_game_without_a_time_is_complete_with_its_first_data() -> None:
    """Nobody knows by when it would have to be collected again."""
    again = replace(WANTED, again={"box": AGAIN})
    found = covered(BOX, PLAYERS, wanted=again, of=replace(GAME, tipoff=None))
    assert found.complete == NIGHT + timedelta(minutes=5)


def test_a_game_of_which_nothing_is_wanted_lacks_nothing() -> None:
    """And is never said to have been completed."""
    found = covered(LINES, BOX, wanted=Wanted((), {}, {}, {}))
    assert found == GameCoverage(GAME, (), (), (), None)


def test_the_shipped_workflows_want_lines_and_results() -> None:
    """Events only lead to lines, and reports of a date are about no game."""
    wanted = wanted_of(WORKFLOWS, PER_GAME)
    assert wanted.lines == ("oddsa_player_props", "oddsa_game_lines")
    assert set(wanted.per_game) == PER_GAME
    assert wanted.per_game["nbac_boxscore"] == ("nbac_boxscore", "espn_boxscore")
    assert set(wanted.per_date) == {WHOLE_DATE}
    assert wanted.again == {"nbac_boxscore": timedelta(hours=2.5)}


def test_lines_that_two_workflows_want_are_wanted_once() -> None:
    """A scraper that is named by a second workflow is no second datum."""
    lines = WORKFLOWS["betting_lines"]
    assert wanted_of({"a": lines, "b": lines}, PER_GAME) == wanted_of({"a": lines}, PER_GAME)


def test_what_has_a_whole_date_is_collected_again_too() -> None:
    """And what no workflow wants of a date is not read."""
    steps = [{"scrapers": [WHOLE_DATE], "games": "final", "again_hours": {WHOLE_DATE: 20}}]
    flow = workflow("catch_up", after="07:00", backoff_hours=[1], span_hours=72, steps=steps)
    assert wanted_of({"w": flow}, PER_GAME).again == {WHOLE_DATE: AGAIN}
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return OBJECTS[path]

    Collected(WANTED, read).add([scrape("schedule", NIGHT), PLAYERS])
    assert asked == ["players"]


def test_catch_up_alone_wants_them_too() -> None:
    """Whichever workflow collects what is over."""
    alone = {"late_game_catch_up": WORKFLOWS["late_game_catch_up"]}
    assert set(wanted_of(alone, PER_GAME).per_game) == PER_GAME
    assert wanted_of(alone, PER_GAME).lines == ()
