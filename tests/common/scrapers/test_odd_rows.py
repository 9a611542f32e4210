"""A row of an unseen form is left out of an answer about many things, and named in a warning."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.expectations import hold
from common.scrapers.model import ContractError, MismatchError, MissingGamesError, Parsed, Record
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import need
from tests.kit.samples import GAME, bodies, document, target
from tests.kit.spoilt import Step, spoil

REFEREES: tuple[Step, ...] = ("nba", "Table", "rows")
MOVES: tuple[Step, ...] = ("NBA_Player_Movement", "rows")
BOARD: tuple[Step, ...] = ("scoreboard", "games")
ESPN: tuple[Step, ...] = ("competitions", 0, "competitors", 0)
CASES: list[tuple[str, tuple[Step, ...], tuple[Step, ...], object, str]] = [
    ("bp_events", ("events",), ("scheduled",), "2025-11-14 00:00:00", "asked was datetime.date"),
    ("bp_events", ("events",), ("scheduled",), "7 pm", "event 9000.: scheduled is '7 pm'"),
    ("bp_events", ("events",), ("sport",), "WNBA", "event 9000.: sport is 'WNBA'"),
    ("bp_events", ("events",), ("status",), None, "event 9000.: status is None"),
    ("bp_events", ("events",), ("id",), None, "event of '2025-.*: id is None"),
    ("espn_scoreboard", ("events",), ("date",), "2025-11-14T00:00Z", "date of event 40189900"),
    ("espn_scoreboard", ("events",), (*ESPN, "team"), None, "event 40189900.: team is None"),
    ("espn_scoreboard", ("events",), ("id",), 7, "id is 7"),
    ("nbac_scoreboard", BOARD, ("gameTimeUTC",), "2025-11-14T00:00:00Z", "asked was 2025-11-12"),
    ("nbac_scoreboard", BOARD, ("gameTimeUTC",), "soon", "game 002250900.: gameTimeUTC is 'soon'"),
    ("nbac_scoreboard", BOARD, ("gameTimeUTC",), "2025-11-13T00:00:00", "T00:00:00, asked was"),
    ("nbac_scoreboard", BOARD, ("gameStatus",), "3", "game 002250900.: gameStatus is '3'"),
    ("nbac_scoreboard", BOARD, ("gameId",), 22509001, "gameId is 22509001"),
    ("nbac_referee_assignments", REFEREES, ("official1",), None, "'002250900.': official1 is None"),
    ("nbac_referee_assignments", REFEREES, ("game_id",), 1, "game 1: game_id is 1"),
    ("nbac_player_movement", MOVES, ("TEAM_ID",), 1.5, "TEAM_ID is 1.5, no whole number"),
    ("nbac_player_movement", MOVES, ("TEAM_ID",), "1", "TEAM_ID is '1'"),
    ("nbac_player_movement", MOVES, ("TRANSACTION_DATE",), "now", "TRANSACTION_DATE is 'now'"),
    ("espn_roster", ("team", "athletes"), ("displayName",), None, "CHA: .*displayName is None"),
    ("espn_roster", ("team", "athletes"), ("id",), 8, "CHA: player 8 .*id is 8"),
    ("oddsa_events", (), ("home_team",), None, "event of 2025-.*: home_team is None"),
    ("oddsa_events", (), ("id",), "a:b", "id is 'a:b', no id of the known form"),
]
"""Scraper, the path to its rows, what is spoilt in a row, the odd value, and the warning."""


def rows_of(answer: Any, path: tuple[Step, ...]) -> list[Any]:
    """Return the list at a path."""
    for step in path:
        answer = answer[step]
    assert isinstance(answer, list)
    assert len(answer) > 1
    return answer


def read(name: str, answer: object) -> Parsed:
    """Return what a scraper reads from one changed answer."""
    return get(name).parse([json.dumps(answer).encode()], target(name))


@pytest.mark.parametrize(("name", "path", "field", "value", "text"), CASES)
def test_one_odd_row_is_left_out_and_named(
    name: str, path: tuple[Step, ...], field: tuple[Step, ...], value: object, text: str
) -> None:
    """The others are kept and counted; the warning has row, field and value."""
    right = read(name, document(name))
    answer = document(name)
    spoil(rows_of(answer, path)[0], field, value)
    found = read(name, answer)
    assert (found.records, found.count) == (right.records[1:], right.count - 1)
    (warning,) = set(found.warnings) - set(right.warnings)
    with pytest.raises(ContractError, match=f"^{name}: .*{text}"):
        raise ContractError(warning)
    assert warning.endswith("; the row is left out")


@pytest.mark.parametrize(("name", "path", "field", "value", "text"), CASES)
def test_an_answer_of_odd_rows_breaks_the_contract(
    name: str, path: tuple[Step, ...], field: tuple[Step, ...], value: object, text: str
) -> None:
    """A form that every row has is another form of the answer."""
    answer = document(name)
    for row in rows_of(answer, path):
        spoil(row, field, value)
    with pytest.raises(ContractError, match=f"^{name}: .*{text}.*rows are odd"):
        read(name, answer)


@pytest.mark.parametrize("row", [None, "x", 7, []])
def test_a_row_that_is_no_object_is_odd(row: object) -> None:
    """Whatever stands in the place of an event, the others are read."""
    answer = document("espn_scoreboard")
    answer["events"][1] = row
    found = read("espn_scoreboard", answer)
    assert found.count == 1
    assert f"holds {row!r}, not an object" in found.warnings[0]


def number_of(row: Record) -> int:
    """Return the number in a row."""
    return int(need(row, "n", int, "x"))


@pytest.mark.parametrize(("odd", "rows"), [(0, 0), (0, 3), (1, 2), (2, 4), (2, 5)])
def test_up_to_half_of_the_rows_may_be_odd(odd: int, rows: int) -> None:
    """Each of them has a warning."""
    served = [{"n": None if n < odd else n} for n in range(rows)]
    found, warnings = without_odd(served, number_of, "x")
    assert found == list(range(odd, rows))
    assert len(warnings) == odd


@pytest.mark.parametrize(("odd", "rows"), [(1, 1), (2, 3), (3, 5), (4, 4)])
def test_more_than_half_break_the_contract(odd: int, rows: int) -> None:
    """The error has the first row, and how many there are."""
    served = [{"n": None if n < odd else n} for n in range(rows)]
    with pytest.raises(ContractError, match=f"x: n is None.*{odd} of {rows} rows are odd"):
        without_odd(served, number_of, "x")


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, MismatchError])
def test_a_mistake_of_a_reader_is_no_odd_row(error: type[Exception]) -> None:
    """Only what a reader refuses as a row's form is left out."""

    def read_wrong(row: Record) -> int:
        if row["n"]:
            raise error("a mistake of ours")
        return 0

    with pytest.raises(error, match="a mistake of ours"):
        without_odd([{"n": 0}, {"n": 1}], read_wrong, "x")


def test_sums_that_differ_are_no_odd_row() -> None:
    """A final score that its periods miss is asked for again, with the whole answer."""
    answer = document("nbac_scoreboard")
    spoil(answer["scoreboard"]["games"][0], ("awayTeam", "score"), 100)
    with pytest.raises(MismatchError, match="add up to 101, the total is 100"):
        read("nbac_scoreboard", answer)


@pytest.mark.parametrize(
    ("name", "path", "field"),
    [
        ("nbac_referee_assignments", REFEREES, "official1"),
        ("nbac_scoreboard", BOARD, "gameStatus"),
        ("espn_scoreboard", ("events",), "status"),
    ],
)
def test_fs05_a_game_that_was_asked_for_is_missed_by_name(
    name: str, path: tuple[Step, ...], field: str
) -> None:
    """A game whose row is left out is not in the answer."""
    asked = replace(target(name), games=(GAME,))
    right = get(name).parse(bodies(name), asked)
    hold(get(name).expects, asked, right)
    answer = document(name)
    spoil(rows_of(answer, path)[0], (field,), None)
    with pytest.raises(MissingGamesError, match=f"1 of 1 games .*: {GAME.game_id}"):
        hold(get(name).expects, asked, get(name).parse([json.dumps(answer).encode()], asked))


def test_a_player_of_another_team_is_left_out_of_a_roster() -> None:
    """The warning has both teams."""
    (page,) = bodies("nbac_roster")
    right = get("nbac_roster").parse([page], target("nbac_roster"))
    other = page.replace(b'"TeamID": 1610612766', b'"TeamID": 1610612749', 1)
    found = get("nbac_roster").parse([other], target("nbac_roster"))
    assert (found.records, found.count) == (right.records[1:], right.count - 1)
    assert "TeamID of Carl Example is 1610612749, asked was 1610612766" in found.warnings[0]


def test_a_listed_player_without_an_id_is_left_out() -> None:
    """The warning names the player."""
    answer = document("nbac_player_list")
    (held,) = answer["resultSets"]
    held["rowSet"][0][held["headers"].index("PERSON_ID")] = None
    found = read("nbac_player_list", answer)
    assert found.count == len(held["rowSet"]) - 1
    assert "PERSON_ID is None" in found.warnings[0]


def test_a_box_score_is_read_beside_an_odd_event() -> None:
    """ESPN's scoreboard leads to a game's page whatever another event of the date is."""
    answer = spoil(document("espn_scoreboard"), ("events", 1, "status"), None)
    board = json.dumps(answer).encode()
    found = get("espn_boxscore").parse([board, bodies("espn_boxscore")[1]], target("espn_boxscore"))
    assert (found.count, found.warnings) == (2, ())


def test_the_odd_event_of_an_asked_game_is_in_the_error() -> None:
    """A box score is not read of a game whose event is left out."""
    answer = spoil(document("espn_scoreboard"), ("events", 0, "status"), None)
    then = get("espn_boxscore").then
    assert then is not None
    with pytest.raises(ContractError, match=r"MIL@CHA \(0022509001\); .*401899001: status is None"):
        then([json.dumps(answer).encode()], target("espn_boxscore"))


LINES = "oddsa_game_lines"
BOOK = document(LINES)[0]["bookmakers"][0]


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("markets", 0, "outcomes", 0, "price"), None, "madeupbook: h2h: Char.*: price is None"),
        (("markets", 0, "outcomes", 0, "price"), "2.1", "madeupbook: h2h: Char.*: price is '2.1'"),
        (("markets", 0, "outcomes", 0, "name"), None, "madeupbook: h2h: outcomes: name is None"),
        (("markets", 0, "key"), None, "madeupbook: markets: key is None"),
        (("markets", 0, "outcomes"), None, "madeupbook: h2h: outcomes is None"),
        (("markets", 0, "outcomes", 0), 7, "madeupbook: h2h: holds 7, not an object"),
    ],
)
@pytest.mark.parametrize("name", [LINES, "oddsa_player_props"])
def test_an_odd_offer_is_left_out_of_its_event(
    name: str, path: tuple[Step, ...], value: object, text: str
) -> None:
    """Only the outcome, or the market, that cannot be read is missing; the event is counted."""
    event = {**document(name)[0]} if name == LINES else document(name)
    event["bookmakers"] = [copy.deepcopy(BOOK)]
    spoil(event["bookmakers"][0], path, value)
    found = read(name, event)
    assert found.count == 1
    (warning,) = found.warnings
    with pytest.raises(ContractError, match=f"{name}: event a+1: {text}"):
        raise ContractError(warning)
    (kept,) = found.records[0]["bookmakers"]
    assert len(json.dumps(kept)) < len(json.dumps(BOOK))
    assert kept["markets"][-1] == BOOK["markets"][-1]


def test_an_event_of_odd_books_is_left_out() -> None:
    """The other events of the date are kept, with their offers."""
    first = document(LINES)[0]
    second = {**first, "id": "c" * 32, "bookmakers": [{**BOOK, "markets": None}]}
    found = read(LINES, [first, second])
    assert (found.count, found.records) == (1, [first])
    assert f"event {'c' * 32}: madeupbook: markets is None" in found.warnings[0]


def test_an_answer_without_an_offer_that_can_be_read_breaks_the_contract() -> None:
    """It is not taken for one without offers, which is no data."""
    without, odd = document(LINES)[1], document(LINES)[0]
    odd["bookmakers"][0]["markets"] = None
    with pytest.raises(ContractError, match=r"no offer can be read; .*markets is None"):
        read(LINES, [odd, without])


def test_an_asked_game_that_is_not_listed_by_espn_is_missed_by_name() -> None:
    """The teams of the date decide, in either order."""
    name = "espn_scoreboard"
    other = GameRef(game_id="0022509003", away="LAL", home="UTA")
    turned = GameRef(game_id=GAME.game_id, away=GAME.home, home=GAME.away)
    assert get(name).parse(bodies(name), replace(target(name), games=(turned,))).count == 2
    with pytest.raises(MissingGamesError, match=r"1 of 2 games .*: 0022509003$"):
        get(name).parse(bodies(name), replace(target(name), games=(GAME, other)))
