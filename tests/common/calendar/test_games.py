"""A served game is read into a `Game`, and fields that contradict each other are reported."""

import json
from codecs import BOM_UTF8
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from common.calendar.games import (
    Schedule,
    parse_schedule,
    parse_schedule_body,
)
from common.errors import BadInputError
from tests.kit.served_schedule import document, game, scored


def only(schedule: Schedule) -> Any:
    """Return the schedule's only game."""
    (found,) = schedule.games
    return found


def test_reads_one_game() -> None:
    """Every field of a scheduled game is read from the served one."""
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


def test_t10_noon_game_comes_from_the_utc_field() -> None:
    """The tip-off is read from the UTC field; the wrong Z of the Eastern field is ignored."""
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
    """A tip-off that another field contradicts is kept with a warning."""
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
    """Fields that agree give no warning, nor does the text of a live game, which is no time."""
    served = game(gameDateTimeEst=eastern, gameDateTimeUTC=utc, gameStatusText=text)
    assert parse_schedule(document(served)).warnings == ()


def test_tbd_has_no_tipoff() -> None:
    """A game served with the text TBD has no tip-off, although its time is midnight."""
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
    """A time without Z reads like one with it, because the field's name gives the zone."""
    bare = game(gameDateTimeUTC="2025-11-13T00:00:00", gameDateTimeEst="2025-11-12T19:00:00")
    assert parse_schedule(document(bare)) == parse_schedule(document(game()))


def test_s5_final_takes_a_state_a_score_and_a_date() -> None:
    """A game without the final state, without a score, or postponed is not final."""
    final = only(parse_schedule(document(scored())))
    for lack in ({"status": 2}, {"has_score": False}, {"postponed": True}):
        assert final.is_final
        assert not replace(final, **lack).is_final


@pytest.mark.parametrize("game_id", ["0012500001", "0032500001"])
def test_preseason_and_all_star_are_left_out(game_id: str) -> None:
    """Preseason and All-Star games are left out, even if their fields are invalid."""
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
    """A game marked as postponed, or final without a score, was not played."""
    found = only(parse_schedule(document(game(**changes))))
    assert found.postponed
    assert not found.is_final


def test_fs01_a_final_game_with_a_score_was_played_whatever_its_letter_is() -> None:
    """The letter is not to be trusted: text and score win, and the letter is a warning."""
    found = parse_schedule(document(scored(postponedStatus="Y")))
    assert (only(found).postponed, only(found).is_final) == (False, True)
    assert found.warnings == (
        "game 0022500213 is final, but called off by its letter; it was played",
    )


@pytest.mark.parametrize("time", ["", None, "later"])
def test_a_game_that_is_called_off_may_have_no_time(time: object) -> None:
    """It does not refuse the season; a game that is to be played does."""
    fields = {"gameDateTimeUTC": time, "gameDateTimeEst": time}
    found = parse_schedule(document(game(gameStatusText="PPD", **fields)))
    assert (only(found).postponed, only(found).tipoff) == (True, None)
    assert "it is called off and keeps no time" in found.warnings[0]
    with pytest.raises(BadInputError, match="0022500213: gameDateTimeUTC"):
        parse_schedule(document(game(**fields)))


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "1900-01-01T00:00:00Z"])
def test_a_time_of_another_day_is_to_be_determined(time: str) -> None:
    """Such as the zero of the source's own clock."""
    found = parse_schedule(document(game(gameDateTimeUTC=time, gameDateTimeEst=time)))
    assert only(found).tipoff is None
    assert "listed under 2025-11-12, but gameDateTimeUTC is" in found.warnings[0]


@pytest.mark.parametrize("day", ["11/12/99999999999999999999", "11/99999999999999999999/2025"])
def test_a_date_beyond_the_calendar_is_refused_by_name(day: str) -> None:
    """It is our error, not the interpreter's."""
    with pytest.raises(BadInputError, match="0022500213: gameDate is"):
        parse_schedule(document(game(), day=day))


def test_s5_a_game_that_is_listed_on_its_first_date_again_is_there_once() -> None:
    """Listed on two dates and the first again, it is postponed once."""
    days = [document(game(gameStatusText="TBD"), day=f"11/{day}/2025") for day in (12, 20, 12)]
    listed = [day for each in days for day in each["leagueSchedule"]["gameDates"]]
    found = parse_schedule({"leagueSchedule": {"seasonYear": "2025-26", "gameDates": listed}})
    assert [(one.game_date.day, one.postponed) for one in found.games] == [(12, True), (20, False)]


def test_s5_same_id_on_two_dates() -> None:
    """A game listed on two dates is postponed on the earlier one, in any order of listing."""
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


@pytest.mark.parametrize("listed", [(game(), scored()), (scored(), game())])
def test_a_game_that_is_listed_twice_on_its_date_is_one_game(
    listed: tuple[dict[str, Any], ...],
) -> None:
    """It was not moved, so it is not postponed; a final listing counts, in any order."""
    found = parse_schedule(document(*listed))
    (one,) = found.games
    assert (one.is_final, one.postponed) == (True, False)
    assert found.warnings == ("game 0022500213 is listed twice on 2025-11-12; one is left out",)


def listed(*games: tuple[int, dict[str, Any]]) -> Schedule:
    """Read a schedule with games listed on dates of November 2025, in this order."""
    days = [{"gameDate": f"11/{day}/2025 00:00:00", "games": [each]} for day, each in games]
    return parse_schedule({"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}})


LATER = game(gameStatusText="TBD")


@pytest.mark.parametrize(
    "days", [[(12, scored()), (20, LATER)], [(20, LATER), (12, scored())]], ids=["first", "last"]
)
def test_s5_a_final_game_that_is_listed_again_was_played(days: list[tuple[int, Any]]) -> None:
    """The final listing counts, in any order; the later one is left out with both dates."""
    found = listed(*days)
    assert (only(found).game_date.day, only(found).is_final) == (12, True)
    (warning,) = (each for each in found.warnings if "left out" in each)
    assert "0022500213 is final on 2025-11-12 and listed again on 2025-11-20" in warning


@pytest.mark.parametrize("days", list(permutations([12, 15, 20])), ids=str)
def test_s5_a_moved_game_that_is_final_and_listed_again_was_moved_once(
    days: tuple[int, ...],
) -> None:
    """Dates before the final one count as moved, and those after it do not count."""
    found = listed(*((day, scored() if day == 15 else LATER) for day in days))
    assert [(one.game_date.day, one.postponed, one.is_final) for one in found.games] == [
        (12, True, False),
        (15, False, True),
    ]
    (warning,) = (each for each in found.warnings if "left out" in each)
    assert "final on 2025-11-15 and listed again on 2025-11-20" in warning


def test_s5_a_game_that_is_final_on_two_dates_was_played_on_the_later_one() -> None:
    """A copy of the score at the first date is no second game."""
    found = listed((12, scored()), (20, scored(gameStatusText="Final")))
    assert [(one.game_date.day, one.is_final) for one in found.games] == [(12, False), (20, True)]


@pytest.mark.parametrize(
    "letter", [{"postponedStatus": "Y", "gameStatusText": "PPD"}, {"awayTeam": {"score": None}}]
)
def test_s5_a_moved_game_was_not_played_on_its_first_date(letter: dict[str, Any]) -> None:
    """A first listing that is called off, or has no score, does not win over the later one."""
    found = listed((12, scored(**letter)), (20, LATER))
    assert [(one.game_date.day, one.postponed) for one in found.games] == [(12, True), (20, False)]


@pytest.mark.parametrize(
    ("scores", "known"), [((0, 0), False), ((None, 9), False), ((9, None), False), ((0, 9), True)]
)
def test_s5_a_score_is_two_numbers_not_both_zero(scores: tuple[Any, Any], *, known: bool) -> None:
    """A game has a score only if both numbers exist and are not both zero."""
    away, home = ({"teamTricode": "MIL", "score": score} for score in scores)
    found = only(parse_schedule(document(scored(awayTeam=away, homeTeam=home))))
    assert (found.has_score, found.is_final, found.postponed) == (known, known, not known)


@pytest.mark.parametrize(
    ("game_id", "season"),
    [("0022500213", "2025-26"), ("0020800001", "2008-09"), ("0029900001", "2099-00")],
)
def test_a_document_without_a_season_has_that_of_its_games(game_id: str, season: str) -> None:
    """A document without `seasonYear` gets the season of its games' ids, or none without games."""
    served = document(game(gameId=game_id))
    del served["leagueSchedule"]["seasonYear"]
    found = parse_schedule(served)
    assert (found.season, only(found).season) == (season, season)
    served["leagueSchedule"]["gameDates"] = []
    assert parse_schedule(served).season == ""
    served["leagueSchedule"]["seasonYear"] = "1999-00"
    assert parse_schedule(served).season == "1999-00"


def test_games_come_in_order_of_date_and_id() -> None:
    """Games are sorted by date and id, in any order of listing."""
    late = {"gameDate": "11/13/2025 00:00:00", "games": [game(gameStatusText="TBD")]}
    served = document(game(gameId="0022500215"), game(gameId="0022500214"))
    served["leagueSchedule"]["gameDates"].insert(0, late)
    found = parse_schedule(served).games
    assert [one.game_id[-3:] for one in found] == ["214", "215", "213"]


def test_final_game() -> None:
    """A game with the final state and a score is final."""
    assert only(parse_schedule(document(scored()))).is_final


def test_live_game_is_not_final() -> None:
    """A live game with a score is not final."""
    assert not only(parse_schedule(document(scored(gameStatus=2)))).is_final


@pytest.mark.parametrize("league", ["00", "0", 0, None])
def test_the_league_of_nba_com_s_own_games_is_written_in_several_ways(league: object) -> None:
    """A game of another league is left out with a warning."""
    found = parse_schedule(document(game(leagueId=league)))
    assert (len(found.games), found.warnings) == (1, ())
    other = parse_schedule(document(game(leagueId="10")))
    assert (other.games, len(other.warnings)) == ((), 1)


@pytest.mark.parametrize("text", ["Final", "FINAL", "final/OT", " Final "])
def test_fs01_a_final_text_is_one_in_any_case(text: str) -> None:
    """A game whose letter calls it off was played where its text says so."""
    called_off = scored(gameStatusText=text, postponedStatus="Y")
    assert only(parse_schedule(document(called_off))).is_final


def test_a_schedule_may_begin_with_a_mark_of_its_encoding() -> None:
    """As editors and browsers write one."""
    body = json.dumps(document(game())).encode()
    assert parse_schedule_body(BOM_UTF8 + body) == parse_schedule_body(body)


def test_points_are_numbers_that_count() -> None:
    """True is none, though it equals one."""
    away, home = (
        {"teamTricode": name, "score": score} for name, score in (("MIL", True), ("CHA", 9))
    )
    assert only(parse_schedule(document(scored(awayTeam=away, homeTeam=home)))).score is None
