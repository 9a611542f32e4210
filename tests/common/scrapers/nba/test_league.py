"""The scrapers of scoreboard, standings, movement and rosters of NBA.com."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from common.errors import BadInputError
from common.scrapers import get
from common.scrapers.model import ContractError, NotReadyError
from common.scrapers.nba.teams import TEAMS
from tests.kit.samples import bodies, document, target
from tests.kit.spoilt import Step, read_spoilt, refusal, spoil

GAME: tuple[Step, ...] = ("scoreboard", "games", 0)
NIGHT = datetime(2025, 11, 13, 4, 0, tzinfo=UTC)
"""23:00 Eastern of the samples' date."""


@pytest.mark.parametrize(
    ("name", "path", "value", "text"),
    [
        ("nbac_scoreboard", ("scoreboard", "gameDate"), "2025-11-20", "asked was '2025-11-12'"),
        ("nbac_scoreboard", ("scoreboard", "gameDate"), "2025-11-10", "asked was '2025-11-12'"),
        ("nbac_scoreboard", (*GAME, "awayTeam", "score"), 100, "add up to 101, the total is 100"),
        ("nbac_scoreboard", (*GAME, "gameId"), "0022509002", "'0022509002' is there twice"),
        ("nbac_standings", ("parameters", "SeasonYear"), "2024-25", "asked was '2025-26'"),
        ("nbac_standings", ("resultSets", 0, "rowSet", 0, 1), "22024", "SeasonID is '22024'"),
        ("nbac_standings", ("resultSets", 0, "rowSet"), [], "number of teams is 0, asked was 30"),
        ("nbac_standings", ("resultSets", 0, "rowSet", 1, 2), 1610612737, "is there twice"),
        ("nbac_player_movement", ("NBA_Player_Movement", "rows"), None, "rows is None"),
    ],
)
def test_a_mismatch_breaks_the_contract(
    name: str, path: tuple[Step, ...], value: object, text: str
) -> None:
    """The error names the scraper and what is wrong."""
    with pytest.raises(refusal(text), match=f"{name}.*{text}"):
        read_spoilt(name, path, value)


def test_last_nights_live_scoreboard_is_not_ready() -> None:
    """The live file holds the night before until about noon."""
    with pytest.raises(NotReadyError, match="gameDate is still 2025-11-11"):
        read_spoilt("nbac_scoreboard", ("scoreboard", "gameDate"), "2025-11-11")


def test_todays_scoreboard_is_the_live_file() -> None:
    """Only another date than today's needs stats.nba.com."""
    scraper, asked = get("nbac_scoreboard"), target("nbac_scoreboard")
    (live,) = scraper.calls(asked, NIGHT)
    assert (live.source, live.params) == ("nba_cdn", {})
    (past,) = scraper.calls(asked, datetime(2025, 11, 13, 6, 0, tzinfo=UTC))
    assert (past.source, past.params["GameDate"]) == ("nba_stats", "2025-11-12")
    (ahead,) = scraper.calls(asked, datetime(2025, 11, 12, 4, 59, tzinfo=UTC))
    assert ahead == past


def test_the_periods_of_a_live_game_are_not_added_up() -> None:
    """The score and its last period are not written at once."""
    board = document("nbac_scoreboard")
    game = board["scoreboard"]["games"][0]
    spoil(game, ("awayTeam", "score"), 100)
    game["gameStatus"] = 2
    scraper = get("nbac_scoreboard")
    found = scraper.parse([json.dumps(board).encode()], target(scraper.name))
    assert (found.count, found.warnings) == (2, ())


def test_standings_are_those_of_the_regular_season_in_the_playoffs_too() -> None:
    """There are no others."""
    asked = replace(target("nbac_standings"), season_type="Playoffs")
    (call,) = get("nbac_standings").calls(asked, NIGHT)
    assert call.params["SeasonType"] == "Regular Season"


def test_standings_of_one_team_less_break_the_contract() -> None:
    """All thirty are in each answer."""
    answer = document("nbac_standings")
    del answer["resultSets"][0]["rowSet"][-1]
    with pytest.raises(ContractError, match="number of teams is 29, asked was 30"):
        get("nbac_standings").parse([json.dumps(answer).encode()], target("nbac_standings"))


@pytest.mark.parametrize("column", ["WINS", "LOSSES"])
def test_a_record_that_is_no_number_breaks_the_contract(column: str) -> None:
    """Of the last team as of the first."""
    answer = document("nbac_standings")
    (held,) = answer["resultSets"]
    held["rowSet"][-1][held["headers"].index(column)] = "1"
    with pytest.raises(ContractError, match=f"^nbac_standings: {column} is '1', not int$"):
        get("nbac_standings").parse([json.dumps(answer).encode()], target("nbac_standings"))


def test_the_rosters_of_several_teams_are_read_together() -> None:
    """The players in the order of the pages, and each who is left out warned of."""
    pages = []
    for team in ("CHA", "MIL"):
        about = {"TEAM_ABBREVIATION": team, "TEAM_ID": TEAMS[team].team_id}
        player = {"PLAYER": team, "PLAYER_ID": 7, "TeamID": TEAMS[team].team_id}
        held = {"info": about, "roster": [player, {**player, "PLAYER_ID": None}]}
        data = json.dumps({"props": {"pageProps": {"team": held}}})
        pages.append(f'<script id="__NEXT_DATA__" type="x">{data}</script>'.encode())
    asked = replace(target("nbac_roster"), teams=("MIL", "CHA"))
    found = get("nbac_roster").parse(pages, asked)
    assert [row["TEAM_ABBREVIATION"] for row in found.records] == ["CHA", "MIL"]
    assert (found.count, found.warnings) == (
        2,
        tuple(
            f"nbac_roster: '{team}': PLAYER_ID is None, not int; the row is left out"
            for team in ("CHA", "MIL")
        ),
    )


def test_every_player_who_is_left_out_is_warned_of() -> None:
    """Not the first one alone."""
    (page,) = bodies("nbac_roster")
    (begin, rows, end) = page.partition(b'"roster": [')
    both = b'{"PLAYER": "A", "TeamID": 1}, {"PLAYER": "B", "TeamID": 2}, '
    found = get("nbac_roster").parse([begin + rows + both + end], target("nbac_roster"))
    assert [text.split(" is ")[0] for text in found.warnings] == [
        "nbac_roster: TeamID of A",
        "nbac_roster: TeamID of B",
    ]


def test_ids_of_movements_are_whole_numbers() -> None:
    """The source writes ids with a decimal point; a traded pick has the player 0."""
    rows = get("nbac_player_movement").parse(
        bodies("nbac_player_movement"), target("nbac_player_movement")
    )
    assert [(row["TEAM_ID"], row["PLAYER_ID"]) for row in rows.records] == [
        (1610612766, 9000011),
        (1610612766, 0),
    ]
    assert all(isinstance(row["TEAM_ID"], int) for row in rows.records)


@pytest.mark.parametrize("name", ["nbac_roster", "espn_roster"])
def test_rosters_are_asked_for_all_teams_or_some(name: str) -> None:
    """A task makes one call a team, labelled with its tricode."""
    everyone = replace(target(name), teams=())
    assert [call.label for call in get(name).calls(everyone, NIGHT)] == list(TEAMS)
    assert [call.label for call in get(name).calls(target(name), NIGHT)] == ["CHA"]
    with pytest.raises(BadInputError, match=r"unknown teams \['XYZ'\]"):
        get(name).calls(replace(everyone, teams=("CHA", "XYZ")), NIGHT)


@pytest.mark.parametrize("name", ["nbac_roster", "espn_roster"])
def test_a_roster_of_another_team_breaks_the_contract(name: str) -> None:
    """The error names both teams; a team that is there twice is refused as well."""
    with pytest.raises(ContractError, match=r"\['CHA'\], asked was \('MIL',\)"):
        get(name).parse(bodies(name), replace(target(name), teams=("MIL",)))
    with pytest.raises(ContractError, match="team 'CHA' is there twice"):
        get(name).parse(bodies(name) * 2, replace(target(name), teams=()))


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (b"__NEXT_DATA__", b"__OTHER__", "without __NEXT_DATA__"),
        (b'"TeamID": 1610612766', b'"TeamID": 1610612749', "TeamID of Carl Example is 1610612749"),
        (b'"PLAYER_ID": 9000012', b'"PLAYER_ID": 9000011', "9000011 is there twice"),
        (b'"roster": [', b'"roster": [], "old": [', "roster of CHA is empty"),
    ],
)
def test_a_changed_roster_page_breaks_the_contract(old: bytes, new: bytes, text: str) -> None:
    """Players who are all listed under a team that is not theirs are refused."""
    (page,) = bodies("nbac_roster")
    assert old in page
    with pytest.raises(refusal(text), match=f"nbac_roster.*{text}"):
        get("nbac_roster").parse([page.replace(old, new)], target("nbac_roster"))
