"""The four box scores of stats.nba.com's third version are read alike."""

import json
from contextlib import nullcontext

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.model import ContractError, MismatchError, NotReadyError
from tests.kit.samples import document, target
from tests.kit.spoilt import Step, refusal, spoil

FORMS = {
    "nbac_team_boxscore": ("nbac_team_boxscore_v3", "boxScoreTraditional"),
    "nbac_boxscore_advanced": ("nbac_boxscore_advanced", "boxScoreAdvanced"),
    "nbac_boxscore_usage": ("nbac_boxscore_usage", "boxScoreUsage"),
    "nbac_boxscore_player_track": ("nbac_boxscore_player_track", "boxScorePlayerTrack"),
}
FIRST: tuple[Step, ...] = ("awayTeam", "players", 0)


def read_v3(name: str, *path: Step, value: object = None) -> list[dict[str, object]]:
    """Return the records of a sample, with one value replaced where a path is given."""
    file, form = FORMS[name]
    changed = document(file)
    if path:
        spoil(changed[form], path, value)
    return get(name).parse([json.dumps(changed).encode()], target(name)).records


@pytest.mark.parametrize("name", FORMS)
def test_each_team_holds_its_players(name: str) -> None:
    """A record is a team as served, with the id of its game."""
    away, home = read_v3(name)
    assert (away["teamTricode"], home["teamTricode"]) == ("MIL", "CHA")
    assert away["gameId"] == home["gameId"] == "0022509001"
    assert len(away["players"]) == 3  # type: ignore[arg-type]  # JSON


@pytest.mark.parametrize("name", FORMS)
def test_it_is_asked_for_the_whole_game(name: str) -> None:
    """The parameters come in the order in which the source's own pages send them."""
    (call,) = get(name).calls(target(name), None)  # type: ignore[arg-type]  # no scraper of a game uses it
    assert call.path.startswith("/stats/boxscore")
    assert call.path.endswith("v3")
    assert list(call.params) == [
        *("GameID", "StartPeriod", "EndPeriod", "StartRange", "EndRange", "RangeType")
    ]


@pytest.mark.parametrize("name", FORMS)
def test_fs07_without_a_player_it_is_not_ready(name: str) -> None:
    """The text names the list that is empty, whatever else is missing."""
    _, form = FORMS[name]
    box = {"gameId": "0022509001", "homeTeam": {"players": []}, "awayTeam": {"players": []}}
    with pytest.raises(NotReadyError, match="players is empty for both teams of game 0022509001"):
        get(name).parse([json.dumps({form: box}).encode()], target(name))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("awayTeam", "players"), [], "minutes add up to 0, the total is 240"),
        ((*FIRST, "statistics", "minutes"), "99:00", "add up to 218, the total is 240"),
        ((*FIRST, "statistics", "minutes"), "PT40M", "minutes is 'PT40M', not like 45:55"),
        ((*FIRST, "personId"), 9000002, "personId 9000002 is there twice"),
        (("awayTeam", "teamTricode"), "NYK", "'NYK', asked was 'MIL'"),
        (("gameId",), "0022509002", "'0022509002', asked was '0022509001'"),
    ],
)
def test_a_mismatch_breaks_the_contract(
    name: str, path: tuple[Step, ...], value: object, text: str
) -> None:
    """The error gives both values."""
    with pytest.raises(refusal(text), match=f"{name}.*{text}"):
        read_v3(name, *path, value=value)


@pytest.mark.parametrize(
    ("name", "field", "text"),
    [
        ("nbac_team_boxscore", "points", "points add up to 47, the total is 101"),
        ("nbac_boxscore_player_track", "touches", "touches add up to 197, the total is 400"),
    ],
)
def test_players_add_up_to_their_team(name: str, field: str, text: str) -> None:
    """Points and touches of the players are the team's."""
    with pytest.raises(MismatchError, match=text):
        read_v3(name, *FIRST, "statistics", field, value=7)


def test_s1_a_game_that_goes_on_is_not_ready() -> None:
    """A team that has not played its minutes yet is not stored as a whole game."""
    box = document("nbac_team_boxscore_v3")
    for side in ("awayTeam", "homeTeam"):
        team = box["boxScoreTraditional"][side]
        team["statistics"]["minutes"] = "120:00"
        for player in team["players"][:2]:
            player["statistics"]["minutes"] = "60:00"
    with pytest.raises(NotReadyError, match="120 of 240 minutes are played"):
        get("nbac_team_boxscore").parse([json.dumps(box).encode()], target("nbac_team_boxscore"))


def test_a_finished_game_may_lack_what_rounding_took() -> None:
    """Minutes are rounded to a second: a team of a finished game may have 239:59."""
    box = document("nbac_team_boxscore_v3")
    for side in ("awayTeam", "homeTeam"):
        box["boxScoreTraditional"][side]["statistics"]["minutes"] = "239:59"
    body = json.dumps(box).encode()
    assert get("nbac_team_boxscore").parse([body], target("nbac_team_boxscore")).count == 2


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("side", ["awayTeam", "homeTeam"])
def test_s1_a_finished_game_without_a_figure_is_not_ready(name: str, side: str) -> None:
    """Only the minutes are there in the minutes after a final; one figure is enough."""
    file, form = FORMS[name]
    box = document(file)
    for player in box[form][side]["players"]:
        figures = player["statistics"]
        figures |= {field: 0.0 for field in figures if field != "minutes"}
    body = json.dumps(box).encode()
    with pytest.raises(NotReadyError, match=rf"{form}.{side}: every figure is 0"):
        get(name).parse([body], target(name))


@pytest.mark.parametrize("name", ["nbac_boxscore_advanced", "nbac_boxscore_usage"])
def test_one_figure_of_a_team_is_enough(name: str) -> None:
    """A player who did not play has only zeros."""
    file, form = FORMS[name]
    box = document(file)
    for player in box[form]["awayTeam"]["players"][1:]:
        figures = player["statistics"]
        figures |= {field: 0.0 for field in figures if field != "minutes"}
    assert get(name).parse([json.dumps(box).encode()], target(name)).count == 2


def test_another_game_breaks_the_contract() -> None:
    """The answer must be about the game that was asked for."""
    other = GameRef(game_id="0022509999", away="NYK", home="PHI")
    body = json.dumps(document("nbac_team_boxscore_v3")).encode()
    with pytest.raises(ContractError, match="0022509999"):
        get("nbac_team_boxscore").parse([body], target("nbac_team_boxscore", other))


@pytest.mark.parametrize(
    ("minutes", "error"),
    [
        ("239:00", None),
        ("238:59", NotReadyError),
        ("240:59", None),
        ("241:00", None),
        ("241:01", MismatchError),
        ("242:00", MismatchError),
    ],
)
def test_minutes_may_be_apart_by_what_rounding_takes(
    minutes: str, error: type[Exception] | None
) -> None:
    """The sample's players have played 240; so has a team whose game is over, but for a minute."""
    path = ("awayTeam", "statistics", "minutes")
    with nullcontext() if error is None else pytest.raises(error):
        read_v3("nbac_boxscore_usage", *path, value=minutes)


@pytest.mark.parametrize("text", ["45", "45:", ":30", "45:3x", "x:30", "45:30:10", "PT45M30.00S"])
def test_minutes_of_another_form_break_the_contract(text: str) -> None:
    """The live files write them in one, for instance."""
    with pytest.raises(ContractError, match=f"minutes is '{text}', not like 45:55"):
        read_v3("nbac_boxscore_usage", *FIRST, "statistics", "minutes", value=text)


def test_fs07_a_figure_that_nobody_has_yet_is_not_ready() -> None:
    """The cameras' figures come later than the others."""
    file, form = FORMS["nbac_boxscore_player_track"]
    changed = document(file)
    for player in changed[form]["homeTeam"]["players"]:
        player["statistics"]["passes"] = 0
    with pytest.raises(NotReadyError, match="passes is 0 for every player"):
        get("nbac_boxscore_player_track").parse(
            [json.dumps(changed).encode()], target("nbac_boxscore_player_track")
        )
