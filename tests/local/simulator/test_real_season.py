"""The season of 2025-26 as it broke its collectors, replayed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from common.eastern import EASTERN
from local.fake_sources.answers import ACCESS_DENIED, Answer
from local.simulator.chance import Chance
from local.simulator.real_season import LATE_MAX, OPENING, PATH_CLOSED, RealSeason
from local.simulator.run import Outcome, SimulateOptions, run
from local.simulator.summary import summary_of
from tests.kit.situations import SEASON, game

ITS_OWN = RealSeason(OPENING, Chance(0))
YEAR_BEFORE = RealSeason(date(2024, 10, 22), Chance(0))
SCHEDULE = "/static/json/staticData/scheduleLeagueV2.json"
FINE = Answer(200, {}, b"fine")
needs_schedule = pytest.mark.skipif(
    not SEASON.is_file(), reason=f"{SEASON} is missing: a season of NBA.com's schedule"
)


def answered(season: RealSeason, path: str, when: str) -> tuple[Answer, list[str]]:
    """Return the answer at an Eastern time, and the paths that the source itself was asked for."""
    asked: list[str] = []
    now = datetime.fromisoformat(when).replace(tzinfo=EASTERN).astimezone(UTC)
    params = {"k": "v"}

    def ask(asked_path: str, *given: object) -> Answer:
        assert given == (params, now), "the source sees what was asked, and when"
        asked.append(asked_path)
        return FINE

    return season.answer(path, params, now, ask), asked


def test_another_season_has_the_same_breaks_364_days_earlier() -> None:
    """The dates move by whole weeks, so that the opening nights meet; its own stay."""
    assert ITS_OWN.moved(PATH_CLOSED) == PATH_CLOSED
    assert YEAR_BEFORE.moved(PATH_CLOSED) == PATH_CLOSED - timedelta(days=364)


@pytest.mark.parametrize(("when", "status"), [("2026-02-28T23:59", 200), ("2026-03-01T00:00", 403)])
def test_the_files_close_on_their_day(when: str, status: int) -> None:
    """NBA.com's data files are refused from 1 March on; with a Referer not before."""
    found, _ = answered(ITS_OWN, SCHEDULE, when)
    assert found.status == status
    assert (b"Access Denied</html>" in found.body) is (status == 403)
    year_before = (datetime.fromisoformat(when) - timedelta(days=364)).isoformat()
    assert answered(YEAR_BEFORE, SCHEDULE, year_before)[0] == found


def test_other_hosts_stay_open() -> None:
    """What is not on cdn.nba.com is answered as before."""
    assert answered(ITS_OWN, "/pdfs/20260302/20260302_MILCHA.pdf", "2026-03-02T23:00")[0] == FINE


def test_data_is_late_in_january_and_latest_in_the_west() -> None:
    """A game's data comes up to 45 hours late; outside January it comes at once."""
    west = [ITS_OWN.lateness(game(n, "2026-01-15 22:00", home="LAL")) for n in range(40)]
    east = [ITS_OWN.lateness(game(n, "2026-01-15 19:00", home="CHA")) for n in range(40)]
    assert max(east) < max(west) <= LATE_MAX
    assert max(west) > timedelta(hours=40)
    assert timedelta(hours=10) < max(east) <= timedelta(hours=12)
    for day, is_late in (
        ("2025-12-31", 0),
        ("2026-01-01", 1),
        ("2026-01-31", 1),
        ("2026-02-01", 0),
    ):
        one = game(1, f"{day} 22:00", home="LAL")
        assert bool(ITS_OWN.lateness(one)) == bool(is_late), day
        before = replace(one, game_date=one.game_date - timedelta(days=364))
        assert YEAR_BEFORE.lateness(before) == ITS_OWN.lateness(one), day


@pytest.mark.parametrize(("when", "is_last"), [("2026-02-26", False), ("2026-02-27", True)])
def test_the_last_schedule_looks_far_ahead(when: str, *, is_last: bool) -> None:
    """It is the one of two days before the files close, and none is served after it."""
    assert ITS_OWN.reaches(date.fromisoformat(when)) is is_last
    assert YEAR_BEFORE.reaches(date.fromisoformat(when) - timedelta(days=364)) is is_last


@pytest.mark.parametrize(("days", "weeks"), [(0, 0), (3, 0), (4, 1), (-3, 0), (-4, -1), (10, 1)])
def test_a_season_moves_by_the_nearest_number_of_weeks(days: int, weeks: int) -> None:
    """Wherever its opening night is, what happened stays on its day of the week."""
    moved = RealSeason(OPENING + timedelta(days=days), Chance(0)).moved(PATH_CLOSED)
    assert moved == PATH_CLOSED + timedelta(weeks=weeks)


@pytest.mark.parametrize(
    ("headers", "day", "status"),
    [
        ({"Referer": "x"}, "2026-02-28", 200),
        ({}, "2026-01-31", 200),
        ({}, "2026-02-01", 403),
    ],
)
def test_without_a_referer_the_files_close_a_month_earlier(
    headers: dict[str, str], day: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is what our collector of cdn.nba.com sends."""
    declared = {"nba_cdn": SimpleNamespace(headers=headers)}
    monkeypatch.setattr("local.simulator.real_season.source_of", declared.__getitem__)
    assert answered(ITS_OWN, SCHEDULE, f"{day}T12:00")[0].status == status


def test_reports_with_minutes_are_asked_for_as_they_are_in_their_own_season() -> None:
    """Nothing is renamed where the names had minutes."""
    for clock in ("05_30PM", "05_45PM", "05PM"):
        path = f"/referee/injury/Injury-Report_2025-12-24_{clock}.pdf"
        assert answered(ITS_OWN, path, "2025-12-24T18:00") == (FINE, [path])


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Injury-Report_2024-12-24_05_30PM.pdf", ["Injury-Report_2024-12-24_05PM.pdf"]),
        ("Injury-Report_2024-12-24_05_45PM.pdf", []),
        ("Injury-Report_2024-12-24_05PM.pdf", []),
        ("Injury-Report_2024-12-23_05PM.pdf", ["Injury-Report_2024-12-23_05PM.pdf"]),
    ],
)
def test_the_names_of_reports_get_minutes(name: str, asked: list[str]) -> None:
    """In a season of hourly names they have minutes after the moved date, and no other form."""
    found, paths = answered(YEAR_BEFORE, f"/referee/injury/{name}", "2024-12-24T18:00")
    assert [path.rsplit("/", 1)[1] for path in paths] == asked
    assert found == FINE or found.body == ACCESS_DENIED


def test_the_host_of_reports_throttles_and_is_a_day_behind() -> None:
    """On the 10th it answers as for a missing file, on the 12th with the report of the 11th."""
    path = "/referee/injury/Injury-Report_2025-11-{}_01PM.pdf"
    for hour, is_throttled in (
        ("13:59", False),
        ("14:00", True),
        ("16:59", True),
        ("17:00", False),
    ):
        found = answered(ITS_OWN, path.format(10), f"2025-11-10T{hour}")[0]
        assert (found.body == ACCESS_DENIED) is is_throttled, hour
    for hour, day in (("00:00", 11), ("14:59", 11), ("15:00", 12)):
        assert answered(ITS_OWN, path.format(12), f"2025-11-12T{hour}")[1] == [path.format(day)]
    assert answered(ITS_OWN, path.format(10), "2025-11-12T14:00")[1] == [path.format(10)]


def days(*, alternatives: bool) -> Outcome:
    """Live through the days about the one on which the files close, in the season of 2024-25."""
    return run(
        SimulateOptions(
            SEASON,
            date(2025, 3, 1),
            date(2025, 3, 3),
            faults="real-2025-26",
            alternatives=alternatives,
        )
    )


@needs_schedule
def test_no_game_is_lost_when_an_owner_closes() -> None:
    """Every game has lines before its tip-off and a box score, and each switch is told once."""
    found = summary_of(days(alternatives=True))
    assert found["games"] == 22
    assert found["games_with_lines_before_tipoff"] == found["games_with_box_score"] == 22
    assert found["missed_windows"] == found["duplicate_collections"] == 0
    switches = [line.split(" ", 1)[1] for line in found["lists"]["switches"]]
    assert sorted(switches) == [
        "nbac_boxscore: espn_boxscore",
        "nbac_schedule_api: espn_scoreboard",
    ]


@needs_schedule
def test_without_another_owner_the_same_days_lose_their_box_scores() -> None:
    """Of one owner alone, no day has a box score from the one on which it closes."""
    found = days(alternatives=False)
    lost = {one.game.game_date for one in found.games if "nbac_boxscore" in one.missing}
    assert lost
    assert min(lost) == YEAR_BEFORE.moved(PATH_CLOSED)
    assert {one.game.game_date for one in found.games if one.game.game_date >= min(lost)} == lost
    assert found.switches == ()
