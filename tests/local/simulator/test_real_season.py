"""The season of 2025-26 as it broke its collectors, replayed."""

from datetime import UTC, date, datetime, timedelta

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

    def ask(asked_path: str, *_: object) -> Answer:
        asked.append(asked_path)
        return FINE

    now = datetime.fromisoformat(when).replace(tzinfo=EASTERN).astimezone(UTC)
    return season.answer(path, {}, now, ask), asked


def test_another_season_has_the_same_breaks_364_days_earlier() -> None:
    """The dates move by whole weeks, so that the opening nights meet; its own stay."""
    assert ITS_OWN.moved(PATH_CLOSED) == PATH_CLOSED
    assert YEAR_BEFORE.moved(PATH_CLOSED) == PATH_CLOSED - timedelta(days=364)


@pytest.mark.parametrize(("when", "status"), [("2026-02-28T23:59", 200), ("2026-03-01T00:00", 403)])
def test_the_files_close_on_their_day(when: str, status: int) -> None:
    """NBA.com's data files are refused from 1 March on; with a Referer not before."""
    found, _ = answered(ITS_OWN, SCHEDULE, when)
    assert found.status == status


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
        found = ITS_OWN.lateness(game(1, f"{day} 22:00", home="LAL"))
        assert bool(found) == bool(is_late), day


@pytest.mark.parametrize(("when", "is_last"), [("2026-02-26", False), ("2026-02-27", True)])
def test_the_last_schedule_looks_far_ahead(when: str, *, is_last: bool) -> None:
    """It is the one of two days before the files close, and none is served after it."""
    assert ITS_OWN.reaches(date.fromisoformat(when)) is is_last


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
            date(2025, 2, 28),
            date(2025, 3, 4),
            faults="real-2025-26",
            alternatives=alternatives,
        )
    )


@needs_schedule
def test_no_game_is_lost_when_an_owner_closes() -> None:
    """Every game has lines before its tip-off and a box score, and each switch is told once."""
    found = summary_of(days(alternatives=True))
    assert found["games"] == 41
    assert found["games_with_lines_before_tipoff"] == found["games_with_box_score"] == 41
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
