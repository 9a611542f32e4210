"""ESPN's box score: the scoreboard leads to the page, and the page is held against both."""

import json
from collections.abc import Sequence

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.expectations import hold
from common.scrapers.model import Call, ContractError, MismatchError, NotReadyError
from local.samples import GAME
from tests.kit.samples import bodies, document, target
from tests.kit.spoilt import refusal

NAME = "espn_boxscore"


def further(board: bytes, asked: GameRef = GAME) -> Sequence[str]:
    """Return the paths that a scoreboard leads to."""
    then = get(NAME).then
    assert then is not None
    return [call.path for call in then([board], target(NAME, asked))]


def test_the_scoreboard_leads_to_the_page_of_the_game() -> None:
    """The page is asked for by ESPN's id of the game of that date with these teams."""
    then = get(NAME).then
    assert then is not None
    path = "/nba/boxscore/_/gameId/401899001"
    assert [*then(bodies(NAME)[:1], target(NAME))] == [Call("espn_www", path, {}, "401899001")]


def test_a_game_that_espn_does_not_list_breaks_the_contract() -> None:
    """The error gives the games that are listed, and the one that was asked for."""
    other = GameRef(game_id="0022509003", away="LAL", home="UTA")
    empty = json.dumps({**document("espn_scoreboard"), "events": []}).encode()
    for board, listed in ((bodies(NAME)[0], "MIL@CHA, NYK@BOS"), (empty, "no game")):
        with pytest.raises(ContractError) as caught:
            further(board, other)
        assert str(caught.value) == (
            f"{NAME}: ESPN lists {listed} on 2025-11-12, asked was LAL@UTA (0022509003)"
        )


def test_a_game_that_is_not_over_is_not_ready() -> None:
    """The page of a game to come is not asked for."""
    with pytest.raises(NotReadyError, match="0022509002 is not over; ESPN has STATUS_SCHEDULED"):
        further(bodies(NAME)[0], GameRef(game_id="0022509002", away="NYK", home="BOS"))


def test_the_page_of_a_game_that_is_played_is_not_asked_for() -> None:
    """It has a score already, and would be stored as a whole game's."""
    board = document("espn_scoreboard")
    board["events"][0]["status"]["type"] |= {"state": "in", "completed": False}
    with pytest.raises(NotReadyError, match="0022509001 is not over"):
        further(json.dumps(board).encode())


def test_a_group_of_an_unknown_word_has_no_starters() -> None:
    """Nor does it need a label for points where nobody of it has played."""
    board, page = bodies(NAME)
    absent = b'{"athlt": {"id": "8010", "dspNm": "Olaf Sample"}, "stats": []}'
    group = b'{"type": "injured", "lbls": ["MIN"], "athlts": [%b]}, {"type": "totals"' % absent
    changed = page.replace(b'{"type": "totals"', group, 1)
    away, _ = get(NAME).parse([board, changed], target(NAME)).records
    assert [each["starter"] for each in away["players"]] == [True, False, False, False]


def test_statistics_are_read_by_their_labels() -> None:
    """A player has each statistic under its label, and one who did not play has the reason."""
    away, home = get(NAME).parse(bodies(NAME), target(NAME)).records
    first, _, absent = away["players"]
    assert (first["name"], first["starter"], first["PTS"], first["3PT"]) == (
        "Adam Example",
        True,
        "61",
        "2-5",
    )
    assert (absent["didNotPlay"], "PTS" in absent) == ("DNP-COACH'S DECISION", False)
    assert (home["teamTricode"], home["score"], home["gameId"]) == ("CHA", 99, GAME.game_id)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (b"['__espnfitt__']", b"['__other__']", "without __espnfitt__"),
        (b'"gid": "401899001"', b'"gid": "401899002"', "gid is '401899002', asked was '401899001'"),
        (b'"abbrev": "CHA"', b'"abbrev": "NY"', r"\['MIL', 'NYK'\], asked was \['CHA', 'MIL'\]"),
        (b'"+2", "61"]', b'"+2", "60"]', "MIL: the players' points add up to 100, the total is 10"),
        (b'"+2", "61"]', b'"61"]', "7 statistics for the 8 labels"),
        (b'"score": "101"', b'"score": "102"', "linescores of MIL add up to 101, the total is 102"),
        (b'"score": "101"', '"score": "10²"'.encode(), "score of MIL: '10²' is no number"),
        (b'"id": "8002"', b'"id": "8001"', "player '8001' is there twice"),
        (b'"PTS"]', b'"POINTS"]', "without PTS"),
    ],
)
def test_a_changed_page_breaks_the_contract(old: bytes, new: bytes, text: str) -> None:
    """The error names what the page holds, and what was asked for."""
    board, page = bodies(NAME)
    assert old in page
    with pytest.raises(refusal(text), match=f"{NAME}.*{text}"):
        get(NAME).parse([board, page.replace(old, new)], target(NAME))


def test_of_a_page_without_data_the_beginning_is_shown() -> None:
    """And how long it is."""
    board, page = bodies(NAME)
    other = b"<html><title>No such game</title> It is not there: " + page.replace(b"espnfitt", b"x")
    with pytest.raises(ContractError) as caught:
        get(NAME).parse([board, other], target(NAME))
    shown = f"{NAME}: {len(other)} bytes without __espnfitt__; starts {other[:40]!r}"
    assert str(caught.value) == shown


def test_a_page_and_a_scoreboard_that_differ_are_a_mismatch() -> None:
    """One of them lags behind, so it is asked for again; both scores are in the error."""
    changed = document("espn_scoreboard")
    away = changed["events"][0]["competitions"][0]["competitors"][1]
    away["score"] = "102"
    away["linescores"][3]["value"] = 26.0
    _, page = bodies(NAME)
    with pytest.raises(MismatchError, match=r"'MIL': 101.* the scoreboard's {'MIL': 102"):
        get(NAME).parse([json.dumps(changed).encode(), page], target(NAME))


def test_a_game_listed_the_other_way_round_is_read_by_team() -> None:
    """In a neutral arena owners may differ about who is at home; the warning has both ways."""
    turned = GAME.model_copy(update={"away": "CHA", "home": "MIL"})
    scored = turned.model_copy(update={"away_score": 99, "home_score": 101})
    assert further(bodies(NAME)[0], scored) == ["/nba/boxscore/_/gameId/401899001"]
    found = get(NAME).parse(bodies(NAME), target(NAME, scored))
    hold(get(NAME).expects, target(NAME, scored), found)
    (warning,) = found.warnings
    assert "game 0022509001: ESPN lists it as MIL@CHA, asked was CHA@MIL" in warning
    assert {row["teamTricode"]: row["score"] for row in found.records} == {"MIL": 101, "CHA": 99}


def test_a_page_of_a_running_game_is_not_ready() -> None:
    """The page may lag behind the scoreboard."""
    board, page = bodies(NAME)
    with pytest.raises(NotReadyError, match="0022509001 is 'in', not over"):
        get(NAME).parse([board, page.replace(b'"state": "post"', b'"state": "in"')], target(NAME))
