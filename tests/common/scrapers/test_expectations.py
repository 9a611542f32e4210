"""Answers are held against what was asked: dates, games, teams, points and units."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.expectations import check_date, eastern_date_of, hold
from common.scrapers.model import (
    ContractError,
    Expectation,
    MismatchError,
    MissingGamesError,
    Parsed,
    Record,
    Target,
)
from local.samples import DAY, GAME
from tests.kit.samples import bodies, document, sample, target

SCORED = GAME.model_copy(update={"away_score": 61, "home_score": 99})
"""The sample's game, with the score to which the points of its game log add up."""
OTHER = GameRef(game_id="0022509002", away="BOS", home="NYK", away_score=88, home_score=93)


def read(name: str, changed: object = None, asked: Target | None = None) -> Parsed:
    """Return what a scraper reads from its sample, or from a changed one, held against a target."""
    asked = asked or target(name)
    body = sample(name) if changed is None else json.dumps(changed).encode()
    parsed = get(name).parse([body], asked)
    hold(get(name).expects, asked, parsed)
    return parsed


def log_of(*games: GameRef) -> Target:
    """Return the target of a date's game log that must contain some games."""
    return replace(target("nbac_player_boxscore"), games=games)


def log_with(**fields: Any) -> dict[str, Any]:
    """Return the sample's game log with fields of its first row changed."""
    changed: dict[str, Any] = document("nbac_player_boxscore")
    (held,) = changed["resultSets"]
    for name, value in fields.items():
        held["rowSet"][0][held["headers"].index(name)] = value
    return changed


def test_fs05_a_log_with_every_game_and_point_is_right() -> None:
    """The games asked for are in the log, and its points add up to the schedule's score."""
    assert read("nbac_player_boxscore", asked=log_of(SCORED)).count == 2
    assert read("nbac_player_boxscore", asked=log_of(GAME)).count == 2


def test_fs05_a_game_that_is_not_in_the_log_is_named() -> None:
    """The error names the games that were asked for and have no row, and no other."""
    with pytest.raises(MissingGamesError, match=r"1 of 2 games.*: 0022509002$"):
        read("nbac_player_boxscore", asked=log_of(SCORED, OTHER))


def test_fs05_an_empty_log_lacks_every_game() -> None:
    """A log without rows is no data for nobody: the finished games are missing."""
    changed = document("nbac_player_boxscore")
    changed["resultSets"][0]["rowSet"] = []
    with pytest.raises(MissingGamesError, match=GAME.game_id):
        read("nbac_player_boxscore", changed, log_of(GAME))
    assert read("nbac_player_boxscore", changed).count == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"PTS": 41}, "MIL has 41 points, in the schedule 61"),
        ({"PTS": None}, "MIL has 0 points, in the schedule 61"),
        ({"TEAM_ABBREVIATION": "CHA"}, "MIL has 0 points"),
        ({"TEAM_ABBREVIATION": "LAL"}, "MIL has 0 points"),
        ({"TEAM_ABBREVIATION": "LAL", "PTS": 0}, "MIL has 0 points"),
    ],
)
def test_fs05_points_that_do_not_add_up_are_a_mismatch(fields: dict[str, Any], said: str) -> None:
    """A log that lacks players, or has one under another team, gives both values."""
    with pytest.raises(MismatchError, match=f"{GAME.game_id}: {said}"):
        read("nbac_player_boxscore", log_with(**fields), log_of(SCORED))


def test_fs05_a_player_of_a_foreign_team_is_a_mismatch() -> None:
    """A row of a team that did not play is named, though the points of the others add up."""
    rows: list[Record] = [
        {"GAME_ID": GAME.game_id, "PLAYER_ID": points, "TEAM_ABBREVIATION": team, "PTS": points}
        for team, points in (("MIL", 61), ("CHA", 99), ("LAL", 0))
    ]
    expected = replace(get("nbac_player_boxscore").expects, day="")
    with pytest.raises(MismatchError, match=r"\['LAL'\] are not its teams MIL and CHA"):
        hold(expected, log_of(SCORED), Parsed(rows, 3))


@pytest.mark.parametrize("name", ["oddsa_events", "nbac_player_list", "nbac_referee_assignments"])
def test_a_record_that_is_there_twice_is_a_mismatch(name: str) -> None:
    """A doubled record would be counted; the error names the fields and their values."""
    parsed = get(name).parse(bodies(name), target(name))
    doubled = [*parsed.records, {**parsed.records[0], "note": "another field"}]
    key = ", ".join(get(name).expects.key or ())
    with pytest.raises(MismatchError, match=f"{name}: 1 of .* more than once; {key}"):
        hold(get(name).expects, target(name), Parsed(doubled, len(doubled)))


def test_points_that_are_no_number_break_the_contract() -> None:
    """A text in the place of points is refused by name."""
    with pytest.raises(ContractError, match="PTS is '61'"):
        read("nbac_player_boxscore", log_with(PTS="61"), log_of(SCORED))
    with pytest.raises(ContractError, match=r"PTS is 61.0, not a whole number"):
        read("nbac_player_boxscore", log_with(PTS=61.0), log_of(SCORED))


LOG = replace(get("nbac_player_boxscore").expects, day="")


def points_of(game: GameRef, *points: tuple[str | None, int]) -> list[Record]:
    """Return rows of a log: one player of a game for each team and points."""
    return [
        {"GAME_ID": game.game_id, "PLAYER_ID": n, "TEAM_ABBREVIATION": team, "PTS": number}
        for n, (team, number) in enumerate(points)
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("BOS", 88), ("NYK", 94)], "0022509002: NYK has 94 points, in the schedule 93"),
        ([("BOS", 87), ("NYK", 93)], "0022509002: BOS has 87 points, in the schedule 88"),
        ([("BOS", 89), ("NYK", 93)], "0022509002: BOS has 89 points, in the schedule 88"),
        ([("BOS", 93), ("NYK", 88)], "0022509002: BOS has 93 points, in the schedule 88"),
        ([("BOS", 88), ("NYK", 93), (None, 0)], r"0022509002: \['None'\] are not its teams"),
    ],
)
def test_fs05_the_points_of_every_game_are_compared(
    rows: list[tuple[str | None, int]], said: str
) -> None:
    """Too many are as wrong as too few, in the last game as in the first."""
    right = points_of(SCORED, ("MIL", 61), ("CHA", 99))
    both = [*right, *points_of(OTHER, ("BOS", 88), ("NYK", 93))]
    hold(LOG, log_of(SCORED, OTHER), Parsed(both, 4))
    with pytest.raises(MismatchError, match=said):
        hold(LOG, log_of(SCORED, OTHER), Parsed([*right, *points_of(OTHER, *rows)], 4))


def test_a_score_of_no_points_is_compared_too() -> None:
    """A forfeited game ends 2:0."""
    forfeited = OTHER.model_copy(update={"away_score": 2, "home_score": 0})
    hold(LOG, log_of(forfeited), Parsed(points_of(forfeited, ("BOS", 2)), 1))
    with pytest.raises(MismatchError, match="BOS has 88 points, in the schedule 2"):
        hold(LOG, log_of(forfeited), Parsed(points_of(forfeited, ("BOS", 88)), 1))


def test_an_empty_answer_lacks_its_one_game() -> None:
    """What a scraper of one game asks for must be there as well."""
    with pytest.raises(MissingGamesError, match=f"1 of 1 games .*: {GAME.game_id}$"):
        hold(Expectation(game="g"), target("nbac_boxscore"), Parsed([], 0))


def test_the_first_strange_values_are_shown_in_their_order() -> None:
    """A record without the field is as strange as one with another value."""
    records: list[Record] = [{"g": each} for each in ("e", "d", "c", "b", GAME.game_id)]
    with pytest.raises(ContractError, match=r"g holds \['b', 'c', 'd'\], asked was"):
        hold(Expectation(game="g"), target("nbac_boxscore"), Parsed(records, 5))
    with pytest.raises(ContractError, match=r"g holds \['None'\], asked was"):
        hold(Expectation(game="g"), target("nbac_boxscore"), Parsed([*ENDED, {}], 2))


def test_t11_game_log_of_another_date_breaks_the_contract() -> None:
    """A row of a date that was not asked for is refused."""
    with pytest.raises(ContractError, match=r"GAME_DATE holds.*2025-11-13"):
        read("nbac_player_boxscore", log_with(GAME_DATE="2025-11-13"))


def test_a_box_score_adds_up_to_the_team_and_to_the_schedule() -> None:
    """The players of a box score sum to their team, and the teams to the schedule's score."""
    right = GAME.model_copy(update={"away_score": 101, "home_score": 99})
    assert read("nbac_team_boxscore", asked=target("nbac_team_boxscore", right)).count == 2
    wrong = GAME.model_copy(update={"away_score": 118, "home_score": 99})
    with pytest.raises(MismatchError, match="the score is 101:99, in the schedule 118:99"):
        read("nbac_team_boxscore", asked=target("nbac_team_boxscore", wrong))


def test_a_box_score_that_lacks_a_player_is_a_mismatch() -> None:
    """A player without a row shows in the sum, with or without a score of the schedule."""
    changed = document("nbac_team_boxscore")
    held = next(each for each in changed["resultSets"] if each["name"] == "PlayerStats")
    column = held["headers"].index("PTS")
    held["rowSet"] = sorted(held["rowSet"], key=lambda row: row[column] or 0)[:-1]
    with pytest.raises(MismatchError, match=r"the players' PTS add up to"):
        read("nbac_team_boxscore", changed)


def test_the_last_score_of_play_by_play_is_that_of_the_schedule() -> None:
    """Another final score than the schedule's is a mismatch with both."""
    changed = document("nbac_play_by_play")
    changed["game"]["actions"][-1] |= {"scoreAway": "100", "scoreHome": "99"}
    for away, right in ((100, True), (101, False)):
        game = GAME.model_copy(update={"away_score": away, "home_score": 99})
        asked = target("nbac_play_by_play", game)
        if right:
            assert read("nbac_play_by_play", changed, asked).count == 5
            continue
        with pytest.raises(MismatchError, match="the score is 100:99, in the schedule 101:99"):
            read("nbac_play_by_play", changed, asked)


def test_play_by_play_without_any_score_is_a_mismatch() -> None:
    """Its score is 0:0, which is not the schedule's."""
    changed = document("nbac_play_by_play")
    for action in changed["game"]["actions"]:
        action.pop("scoreAway", None)
    asked = target("nbac_play_by_play", SCORED)
    with pytest.raises(MismatchError, match="the score is 0:0, in the schedule 61:99"):
        read("nbac_play_by_play", changed, asked)


@pytest.mark.parametrize("name", ["nbac_boxscore", "espn_boxscore"])
def test_each_owner_s_box_score_is_held_against_the_schedule(name: str) -> None:
    """Another score than the schedule's is a mismatch with both."""
    parsed = get(name).parse(bodies(name), target(name))
    right = GAME.model_copy(update={"away_score": 101, "home_score": 99})
    hold(get(name).expects, target(name, right), parsed)
    wrong = GAME.model_copy(update={"away_score": 99, "home_score": 101})
    with pytest.raises(MismatchError, match="the score is 101:99, in the schedule 99:101"):
        hold(get(name).expects, target(name, wrong), parsed)


POINTS = Expectation(game="g", score=lambda rows, _: (rows[0]["a"], rows[0]["b"]))
ENDED: list[Record] = [{"g": GAME.game_id, "a": 1, "b": 2}]


@pytest.mark.parametrize("known", [{"away_score": 101}, {"home_score": 99}, {}])
def test_a_score_that_the_schedule_lacks_is_not_compared(known: dict[str, int]) -> None:
    """Without both sides' points there is nothing to hold the answer against."""
    asked = target("nbac_boxscore", GAME.model_copy(update=known))
    hold(POINTS, asked, Parsed(ENDED, 1))


def test_a_scraper_of_no_score_is_held_against_none() -> None:
    """Nor is an answer about a whole date, of which there is no one score."""
    hold(Expectation(game="g"), target("nbac_boxscore", SCORED), Parsed(ENDED, 1))
    hold(POINTS, replace(target("nbac_player_list"), games=(SCORED,)), Parsed(ENDED, 1))


def test_records_of_another_game_break_the_contract() -> None:
    """A scraper of one game refuses a record of a second one, with both ids."""
    strange = [*ENDED, {**ENDED[0], "g": OTHER.game_id}]
    with pytest.raises(ContractError, match=rf"{OTHER.game_id}.*asked was {GAME.game_id}"):
        hold(Expectation(game="g"), target("nbac_boxscore"), Parsed(strange, 2))


def test_an_answer_that_names_another_date_breaks_the_contract() -> None:
    """The error says where the date stands, and has both."""
    asked = target("nbac_injury_report")
    check_date(asked.target_date, asked, "the masthead")
    for other in (date(2025, 11, 11), date(2025, 11, 13)):
        with pytest.raises(
            ContractError, match=f"the masthead is of {other}, asked was 2025-11-12"
        ):
            check_date(other, asked, "the masthead")


EVENT = document("oddsa_events")[0]


def at(event_id: str, starts: str) -> dict[str, Any]:
    """Return an event that starts at an instant."""
    return {**EVENT, "id": event_id, "commence_time": starts}


def test_fs09_events_of_other_dates_are_left_out_and_named() -> None:
    """Only events of the Eastern date count; a warning has the id and the time of each other."""
    listed = [
        at("e1", "2025-11-13T00:10:00Z"),
        at("e2", "2025-11-12T01:10:00Z"),
        at("e3", "2025-12-25T17:10:00Z"),
        at("e4", "2025-11-12T05:00:00Z"),
        at("e5", "2025-11-13T05:00:00Z"),
    ]
    found = read("oddsa_events", listed)
    assert (found.count, [each["id"] for each in found.records]) == (2, ["e1", "e4"])
    assert [each.split(":")[1] for each in found.warnings] == [" id e2", " id e3", " id e5"]
    assert "2025-12-25T17:10:00Z" in found.warnings[1]


@pytest.mark.parametrize(
    "starts", ["soon", "", "2025-11-13T00:10:00", "11/13/2025", "0001-01-01T00:00:00Z"]
)
@pytest.mark.parametrize("name", ["oddsa_events", "oddsa_game_lines"])
def test_fs09_a_time_that_is_none_breaks_the_contract(name: str, starts: str) -> None:
    """The error names event, field and value; a time without an offset is none either."""
    event = document("oddsa_game_lines")[0] | {"id": "e9", "commence_time": starts}
    with pytest.raises(ContractError, match=f"{name}: id e9: commence_time is {starts!r}"):
        read(name, [event])


def test_fs09_props_of_another_event_break_the_contract() -> None:
    """An answer about an event that was not asked for is refused with both ids."""
    event = document("oddsa_player_props") | {"id": "e7"}
    asked = replace(target("oddsa_player_props"), event_ids=("e8",))
    for served in (event, [event | {"id": "e8"}, event]):
        with pytest.raises(ContractError, match="id is e7, asked were e8"):
            read("oddsa_player_props", served, asked)


def test_an_offset_counts() -> None:
    """The Eastern date of an instant does not depend on how its offset is written."""
    assert eastern_date_of("2025-11-13T01:10:00+02:00") == date(2025, 11, 12)


BOOK: dict[str, Any] = {"key": "b", "title": "B"}


@pytest.mark.parametrize(
    "books",
    [[], [{**BOOK, "markets": []}], [{**BOOK, "markets": [{"key": "h2h", "outcomes": []}]}]],
)
@pytest.mark.parametrize("name", ["oddsa_game_lines", "oddsa_player_props"])
def test_fs14_books_without_an_offer_do_not_count(name: str, books: list[Any]) -> None:
    """An event has an offer only if a book has a market with an outcome; the event is kept."""
    event = document("oddsa_game_lines")[0] | {"bookmakers": books}
    found = read(name, [event])
    assert (found.count, found.records) == (0, [event])


@pytest.mark.parametrize(
    "prices", [[1.91, -110], [-110, -110], [150, 180], [100, 250], [0.9], [0.999, 100], [True]]
)
def test_american_odds_break_the_contract(prices: list[float]) -> None:
    """Decimal odds are asked for: negative ones, or none below 100, are American."""
    outcomes = [{"name": "Over", "price": price} for price in prices]
    books = [{**BOOK, "markets": [{"key": "h2h", "outcomes": outcomes}]}]
    event = document("oddsa_game_lines")[0] | {"bookmakers": books}
    with pytest.raises(ContractError, match="price is"):
        read("oddsa_game_lines", [event])


def test_long_decimal_odds_are_right() -> None:
    """An outsider's decimal odds may exceed 100 beside the favourite's."""
    outcomes = [{"name": "A", "price": 1}, {"name": "B", "price": 301.0}]
    books = [{**BOOK, "markets": [{"key": "h2h", "outcomes": outcomes}]}]
    assert read("oddsa_game_lines", document("oddsa_game_lines")[0] | {"bookmakers": books}).count


def test_referees_of_other_dates_are_left_out_and_named() -> None:
    """Rows of another date are named in warnings, and a date of another form is refused."""
    changed = document("nbac_referee_assignments")
    row = changed["nba"]["Table"]["rows"][0]
    before = read("nbac_referee_assignments", changed)
    row["game_date"] = "11/14/2025"
    found = read("nbac_referee_assignments", changed)
    assert (found.count, len(found.warnings)) == (before.count - 1, len(before.warnings) + 1)
    assert row["game_id"] in found.warnings[0]
    row["game_date"] = DAY.isoformat()
    with pytest.raises(ContractError, match=f"game_date is '{DAY}'"):
        read("nbac_referee_assignments", changed)
