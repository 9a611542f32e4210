"""Reading NBA.com's schedule."""

import copy
import json
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.calendar.games import (
    Schedule,
    parse_schedule,
    parse_schedule_body,
    schedule_records,
)
from common.errors import BadInputError
from common.settings import ROOT

SHARED = ROOT.parent / "shared" / "data"


def real_season() -> dict[str, Any]:
    """The recorded season 2024-25."""
    path = SHARED / "schedule-2024-25.json"
    if not path.exists():
        pytest.skip(f"no recorded season at {path}")
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def game(**changes: Any) -> dict[str, Any]:
    """One scheduled game as served."""
    return {
        "gameId": "0022500213",
        "gameStatus": 1,
        "gameStatusText": "7:00 pm ET",
        "gameDateTimeEst": "2025-11-12T19:00:00Z",
        "gameDateTimeUTC": "2025-11-13T00:00:00Z",
        "postponedStatus": "N",
        "awayTeam": {"teamTricode": "MIL", "score": 0},
        "homeTeam": {"teamTricode": "CHA", "score": 0},
        **changes,
    }


def scored(**changes: Any) -> dict[str, Any]:
    """The same game, played."""
    sides = {
        "awayTeam": {"teamTricode": "MIL", "score": 100},
        "homeTeam": {"teamTricode": "CHA", "score": 111},
    }
    return game(**{"gameStatus": 3, "gameStatusText": "Final", **sides, **changes})


def document(*games: dict[str, Any], day: str = "11/12/2025 00:00:00") -> dict[str, Any]:
    """A schedule of one date."""
    days = [{"gameDate": day, "games": list(games)}]
    return {"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}}


def only(schedule: Schedule) -> Any:
    """The schedule's one game."""
    (found,) = schedule.games
    return found


def test_reads_one_game() -> None:
    """Every field of a scheduled game comes from the served one."""
    found = only(parse_schedule(document(game())))
    assert (found.game_id, found.game_date, found.away, found.home, found.status) == (
        "0022500213",
        date(2025, 11, 12),
        "MIL",
        "CHA",
        1,
    )
    assert found.tipoff == datetime(2025, 11, 13, 0, 0, tzinfo=UTC)
    assert found.code == "20251112/MILCHA"
    assert found.season == "2025-26"
    assert not found.is_final
    assert not found.has_score
    assert not found.postponed


def test_real_season_counts() -> None:
    """The recorded season: 1230 regular, 84 playoff, 6 play-in, 1 Cup final, all final."""
    schedule = parse_schedule(real_season())
    kinds = Counter(found.game_id[:3] for found in schedule.games)
    assert kinds == {"002": 1230, "004": 84, "005": 6, "006": 1}
    assert schedule.warnings == ()
    assert schedule.season == "2024-25"
    assert all(found.is_final for found in schedule.games)


def test_real_season_codes_are_the_served_ones() -> None:
    """`Game.code` is what NBA.com itself calls the game."""
    days = real_season()["leagueSchedule"]["gameDates"]
    served = {game["gameCode"] for day in days for game in day["games"]}
    assert {found.code for found in parse_schedule(real_season()).games} <= served


def test_real_season_overseas_tipoff() -> None:
    """The Paris game of 23 January 2025 tipped off at 19:00 UTC."""
    games = {found.game_id: found for found in parse_schedule(real_season()).games}
    assert games["0022400621"].tipoff == datetime(2025, 1, 23, 19, 0, tzinfo=UTC)


def test_real_season_is_read_fast() -> None:
    """A season of 1,400 games parses in about 20 ms (best of five on a busy machine)."""
    season = real_season()
    took = []
    for _ in range(5):
        started = time.process_time()
        parse_schedule(season)
        took.append(time.process_time() - started)
    assert min(took) < 0.04


def test_t10_noon_game_comes_from_the_utc_field() -> None:
    """The false Z of the Eastern field is not believed."""
    noon = game(
        gameDateTimeUTC="2025-12-25T17:00:00Z",
        gameDateTimeEst="2025-12-25T12:00:00Z",
        gameStatusText="12:00 pm ET",
    )
    schedule = parse_schedule(document(noon, day="12/25/2025 00:00:00"))
    assert only(schedule).tipoff == datetime(2025, 12, 25, 17, 0, tzinfo=UTC)
    assert schedule.warnings == ()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"gameDateTimeUTC": "2025-11-13T05:00:00Z"}, "gameDateTimeEst"),
        ({"gameStatusText": "8:00 pm ET"}, "gameStatusText"),
        (
            {
                "gameDateTimeEst": "2025-11-13T19:00:00Z",
                "gameDateTimeUTC": "2025-11-14T00:00:00Z",
            },
            "listed under 2025-11-12",
        ),
    ],
)
def test_t10_contradiction_is_a_warning(changes: dict[str, Any], named: str) -> None:
    """A tip-off that another field contradicts is kept, and said."""
    schedule = parse_schedule(document(game(**changes)))
    assert len(schedule.games) == 1
    (warning,) = schedule.warnings
    assert "0022500213" in warning
    assert named in warning


@pytest.mark.parametrize(
    ("eastern", "utc", "text"),
    [
        ("2025-11-12T00:05:00Z", "2025-11-12T05:05:00Z", "12:05 am ET"),
        ("2025-11-12T11:30:00Z", "2025-11-12T16:30:00Z", "11:30 am ET"),
        ("2025-11-12T12:00:00Z", "2025-11-12T17:00:00Z", "12:00 pm ET"),
        ("2025-11-12T13:00:00Z", "2025-11-12T18:00:00Z", "1:00 pm ET"),
        ("2025-11-12T19:00:00Z", "2025-11-13T00:00:00Z", "Q3 7:00 "),
    ],
)
def test_t10_fields_that_agree_are_no_warning(eastern: str, utc: str, text: str) -> None:
    """Morning, noon and evening as NBA.com writes them; a live game's text is no clock at all."""
    served = game(gameDateTimeEst=eastern, gameDateTimeUTC=utc, gameStatusText=text)
    assert parse_schedule(document(served)).warnings == ()


def test_tbd_has_no_tipoff() -> None:
    """A game whose time is to be determined is served as midnight; that is not its tip-off."""
    unknown = game(
        gameStatusText="TBD",
        gameDateTimeEst="2025-11-12T00:00:00Z",
        gameDateTimeUTC="2025-11-12T05:00:00Z",
        awayTeam={"teamTricode": None, "score": None},
        homeTeam={"teamTricode": "", "score": None},
    )
    found = only(parse_schedule(document(unknown)))
    assert found.tipoff is None
    assert (found.away, found.home) == ("TBD", "TBD")


def test_t10_a_time_without_its_suffix_reads_the_same() -> None:
    """The field's name says which zone it is in."""
    bare = game(gameDateTimeUTC="2025-11-13T00:00:00", gameDateTimeEst="2025-11-12T19:00:00")
    assert parse_schedule(document(bare)) == parse_schedule(document(game()))


def test_s5_final_takes_a_state_a_score_and_a_date() -> None:
    """A game that lacks one of the three is not final."""
    final = only(parse_schedule(document(scored())))
    for lack in ({"status": 2}, {"has_score": False}, {"postponed": True}):
        assert final.is_final
        assert not replace(final, **lack).is_final


@pytest.mark.parametrize("game_id", ["0012500001", "0032500001"])
def test_preseason_and_all_star_are_left_out(game_id: str) -> None:
    """Games that are not collected do not appear, whatever else they hold."""
    assert parse_schedule(document(game(gameId=game_id, gameStatus=99))).games == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"postponedStatus": "Y"},
        {"gameStatusText": "PPD"},
        {"gameStatus": 3, "gameStatusText": "Final"},
        {"gameStatus": 3, "homeTeam": {"teamTricode": "CHA", "score": None}},
    ],
)
def test_s5_postponed(changes: dict[str, Any]) -> None:
    """A mark, or Final without a score, means the game was not played."""
    found = only(parse_schedule(document(game(**changes))))
    assert found.postponed
    assert not found.is_final


def test_s5_same_id_on_two_dates() -> None:
    """The later date is the live one, in whichever order the two are listed."""
    early = {"gameDate": "11/12/2025 00:00:00", "games": [game()]}
    late = {
        "gameDate": "11/20/2025 00:00:00",
        "games": [
            game(
                gameDateTimeEst="2025-11-20T19:00:00Z",
                gameDateTimeUTC="2025-11-21T00:00:00Z",
            )
        ],
    }
    for days in ([early, late], [late, early]):
        found = parse_schedule({"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}})
        assert [(each.game_date.day, each.postponed) for each in found.games] == [
            (12, True),
            (20, False),
        ]


def test_s5_a_moved_game_was_not_played_on_its_first_date() -> None:
    """Even where its first listing carries the final score."""
    days = [
        {"gameDate": "11/12/2025 00:00:00", "games": [scored()]},
        {"gameDate": "11/20/2025 00:00:00", "games": [game(gameStatusText="TBD")]},
    ]
    found = parse_schedule({"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}})
    assert [(one.postponed, one.is_final) for one in found.games] == [(True, False), (False, False)]


@pytest.mark.parametrize(
    ("scores", "known"), [((0, 0), False), ((None, 9), False), ((9, None), False), ((0, 9), True)]
)
def test_s5_a_score_is_two_numbers_not_both_zero(scores: tuple[Any, Any], *, known: bool) -> None:
    """Half a score is none."""
    away, home = ({"teamTricode": "MIL", "score": score} for score in scores)
    found = only(parse_schedule(document(scored(awayTeam=away, homeTeam=home))))
    assert (found.has_score, found.is_final, found.postponed) == (known, known, not known)


@pytest.mark.parametrize(
    ("game_id", "season"),
    [("0022500213", "2025-26"), ("0020800001", "2008-09"), ("0029900001", "2099-00")],
)
def test_a_document_without_a_season_has_that_of_its_games(game_id: str, season: str) -> None:
    """Their ids tell it; without games there is none."""
    served = document(game(gameId=game_id))
    del served["leagueSchedule"]["seasonYear"]
    found = parse_schedule(served)
    assert (found.season, only(found).season) == (season, season)
    served["leagueSchedule"]["gameDates"] = []
    assert parse_schedule(served).season == ""
    served["leagueSchedule"]["seasonYear"] = "1999-00"
    assert parse_schedule(served).season == "1999-00"


def test_games_come_in_order_of_date_and_id() -> None:
    """However they are listed."""
    late = {"gameDate": "11/13/2025 00:00:00", "games": [game(gameStatusText="TBD")]}
    served = document(game(gameId="0022500215"), game(gameId="0022500214"))
    served["leagueSchedule"]["gameDates"].insert(0, late)
    found = parse_schedule(served).games
    assert [one.game_id[-3:] for one in found] == ["214", "215", "213"]


def test_final_game() -> None:
    """Final with a score is final."""
    assert only(parse_schedule(document(scored()))).is_final


def test_live_game_is_not_final() -> None:
    """A score alone does not end a game."""
    assert not only(parse_schedule(document(scored(gameStatus=2)))).is_final


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gameStatus", 7),
        ("gameStatus", None),
        ("gameDateTimeUTC", "soon"),
        ("gameDateTimeEst", None),
        ("homeTeam", None),
        ("awayTeam", "MIL"),
    ],
)
def test_malformed_game_is_named(field: str, value: object) -> None:
    """An error names the game's id and the field."""
    with pytest.raises(BadInputError, match=rf"0022500213: {field}"):
        parse_schedule(document(game(**{field: value})))


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"leagueSchedule": []},
        {"leagueSchedule": {"gameDates": [{"games": None}]}},
    ],
)
def test_malformed_document_is_refused(broken: dict[str, Any]) -> None:
    """A document of another form is our own error."""
    with pytest.raises(BadInputError, match="scheduleLeagueV2"):
        parse_schedule(broken)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("today", "gameDates holds 'today'"),
        ({"gameDate": "x", "games": ["y"]}, "day 'x' holds 'y'"),
    ],
)
def test_what_is_no_object_is_refused(day: object, said: str) -> None:
    """The error shows what stands in the place of a day or of a game."""
    with pytest.raises(BadInputError, match=said):
        parse_schedule({"leagueSchedule": {"gameDates": [day]}})


@pytest.mark.parametrize("game_id", [None, 22500213, "22500213", "00225002131", "00225002xx"])
def test_malformed_id_is_refused(game_id: object) -> None:
    """Ids are ten digits of text."""
    with pytest.raises(BadInputError, match="gameId"):
        parse_schedule(document(game(gameId=game_id)))


def test_malformed_listing_date_is_refused() -> None:
    """A date that is not month/day/year names the game it hides."""
    with pytest.raises(BadInputError, match="gameDate"):
        parse_schedule(document(game(), day="2025-11-12"))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"schema": "scraped"}'])
def test_malformed_body_is_refused(body: bytes) -> None:
    """Bytes that are neither form raise our own error."""
    with pytest.raises(BadInputError):
        parse_schedule_body(body)


def test_body_of_both_forms_reads_the_same() -> None:
    """The stored envelope and the file put there by hand give the same games."""
    served = document(game(), scored(gameId="0022500214"))
    kept = {"schema": "scraped", "version": 1, "records": schedule_records(served)}
    raw = parse_schedule_body(json.dumps(served).encode())
    assert raw == parse_schedule_body(json.dumps(kept).encode())
    assert len(raw.games) == 2


def test_input_is_left_as_it_was() -> None:
    """Parsing changes nothing in the document."""
    served = document(game(), scored())
    before = copy.deepcopy(served)
    parse_schedule(served)
    schedule_records(served)
    assert served == before
