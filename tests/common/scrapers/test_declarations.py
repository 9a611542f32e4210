"""What each scraper asks for."""

import inspect
from datetime import UTC, date, datetime, time

import pytest

import common.scrapers
from common.eastern import EASTERN
from common.errors import BadInputError
from common.messages.models import GameRef
from common.scrapers import REGISTRY, get
from common.scrapers.injury_report import candidates
from common.scrapers.model import Call, Target
from common.scrapers.source import sources

NOW = datetime(2025, 11, 12, 18, 35, tzinfo=UTC)
GAME = GameRef(game_id="0022500213", away="MIL", home="CHA")
NAMES = [
    "nbac_gamebook_pdf",
    "nbac_injury_report",
    "nbac_play_by_play",
    "nbac_player_boxscore",
    "nbac_player_list",
    "nbac_referee_assignments",
    "nbac_schedule_api",
    "nbac_boxscore",
    "oddsa_events",
    "oddsa_game_lines",
    "oddsa_player_props",
]


QUARTERS = [(6, "00"), (5, 45), (5, 30), (5, 15), (5, "00"), (4, 45), (4, 30), (4, 15)]


def calls(name: str, day: date = date(2025, 11, 12), **changes: object) -> list[Call]:
    """Return a scraper's calls for a date."""
    game = GAME if get(name).scope == "game" else None
    target = Target(name, day, "2025-26", game, **changes)  # type: ignore[arg-type]  # test shorthand
    return list(get(name).calls(target, NOW))


def only(name: str, **changes: object) -> Call:
    """Return the scraper's one call."""
    (found,) = calls(name, **changes)  # type: ignore[arg-type]  # test shorthand
    return found


def test_registry_names() -> None:
    """The scrapers that a workflow must trigger have the names of the configuration (S10)."""
    assert {name for name, scraper in REGISTRY.items() if not scraper.off} >= set(NAMES)
    assert all(scraper.name == name for name, scraper in REGISTRY.items())


def test_what_is_said_of_a_game_is_said_by_scrapers_of_a_game() -> None:
    """A scraper of a date, a team or an event leaves such fields as they are."""
    others = [scraper for scraper in REGISTRY.values() if scraper.scope != "game"]
    said = {(one.by_nba_id, one.overdue, one.rewritten) for one in others}
    assert said == {(True, time(12), False)}


def test_registry_cannot_be_changed() -> None:
    """The registry is read only, and the package is documented."""
    with pytest.raises(TypeError):
        REGISTRY["x"] = REGISTRY["oddsa_events"]  # type: ignore[index]  # the point of the test
    assert inspect.getdoc(common.scrapers)


def test_unknown_name_lists_the_known() -> None:
    """The error for an unknown name gives that name and the known ones."""
    with pytest.raises(BadInputError, match=r"'oddsa_event'.*nbac_gamebook_pdf"):
        get("oddsa_event")


def test_folders_and_types() -> None:
    """Object names begin with the scraper's name, dashed; only the gamebook is a PDF."""
    assert get("oddsa_events").folder == "oddsa-events"
    types = {name: scraper.content_type for name, scraper in REGISTRY.items()}
    assert types.pop("nbac_gamebook_pdf") == "application/pdf"
    assert set(types.values()) == {"application/json"}


@pytest.mark.parametrize("name", REGISTRY)
def test_x12_parameters_are_texts(name: str) -> None:
    """Each call for a sample date is all texts, has a label, and asks a source that is declared."""
    for call in calls(name, event_ids=("e1",)):
        assert call.path.startswith("/")
        assert call.label
        assert call.source in sources()
        assert all(isinstance(value, str) for value in call.params.values())


@pytest.mark.parametrize(
    "name", [name for name, scraper in REGISTRY.items() if scraper.scope == "game"]
)
def test_a_scraper_of_a_game_asks_for_none_without_it(name: str) -> None:
    """A request without its game is refused at once, also where a date's answer leads to it."""
    with pytest.raises(BadInputError, match=f"{name} collects one game a task"):
        get(name).calls(Target(name, NOW.date(), "2025-26"), NOW)


def test_schedule_path() -> None:
    """The schedule is the file that NBA.com's own pages load."""
    assert only("nbac_schedule_api").path == "/static/json/staticData/scheduleLeagueV2.json"


def test_game_log_asks_for_the_target_date() -> None:
    """Both bounds of a game log are the target date, American, with season and type (T11)."""
    params = only("nbac_player_boxscore", season_type="Playoffs").params
    assert (params["DateFrom"], params["DateTo"]) == ("11/12/2025", "11/12/2025")
    assert (params["PlayerOrTeam"], params["Season"]) == ("P", "2025-26")
    assert params["SeasonType"] == "Playoffs"


def test_player_list_asks_for_the_season() -> None:
    """The player list is asked for by season."""
    assert only("nbac_player_list").params["Season"] == "2025-26"


def test_per_game_paths() -> None:
    """The request of a per-game scraper contains the game's id or code."""
    assert only("nbac_team_boxscore").params["GameID"] == "0022500213"
    assert only("nbac_play_by_play").path.endswith("/playbyplay/playbyplay_0022500213.json")
    assert only("nbac_gamebook_pdf").path == "/pdfs/20251112/20251112_MILCHA.pdf"


def test_referees_by_date() -> None:
    """Referees are asked for by ISO date."""
    assert only("nbac_referee_assignments").params == {"date": "2025-11-12"}


@pytest.mark.parametrize("name", ["oddsa_events", "oddsa_game_lines"])
@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2025, 11, 12), "2025-11-12T05:00:00Z", "2025-11-13T04:59:59Z"),
        (date(2025, 11, 2), "2025-11-02T04:00:00Z", "2025-11-03T04:59:59Z"),
        (date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z"),
    ],
)
def test_t8_odds_cover_the_eastern_date(name: str, day: date, start: str, end: str) -> None:
    """The bounds cover the 24, 25 or 23 hours of the Eastern date."""
    params = only(name, day=day).params
    assert (params["commenceTimeFrom"], params["commenceTimeTo"]) == (start, end)


def test_lines_markets() -> None:
    """Game lines ask for three markets of American books."""
    params = only("oddsa_game_lines").params
    assert (params["regions"], params["markets"]) == ("us", "h2h,spreads,totals")


def test_x14_props_go_by_event() -> None:
    """Player props make one call an event, labelled with its id, and none without events."""
    found = calls("oddsa_player_props", event_ids=("e1", "e2"))
    assert [call.path for call in found] == [
        "/v4/sports/basketball_nba/events/e1/odds",
        "/v4/sports/basketball_nba/events/e2/odds",
    ]
    assert [call.label for call in found] == ["e1", "e2"]
    assert found[0].params["markets"].split(",") == [
        "player_points",
        "player_rebounds",
        "player_assists",
        "player_threes",
    ]
    assert calls("oddsa_player_props") == []


def names(day: date, *clock: int) -> list[str]:
    """Return the candidates at an Eastern time, without the part that they share."""
    now = datetime(day.year, day.month, day.day, *clock, tzinfo=EASTERN)
    return [
        name.removeprefix("Injury-Report_").removesuffix(".pdf") for name in candidates(day, now)
    ]


@pytest.mark.parametrize(
    ("clock", "latest"),
    [((13, 29), "12PM"), ((13, 30), "01PM"), ((0, 30), "12AM"), ((23, 59), "11PM")],
)
def test_s8_old_names_hold_the_hour_of_half_past(clock: tuple[int, int], latest: str) -> None:
    """Until 21 December 2025 the 01PM file is the report of 01:30 PM."""
    assert names(date(2025, 12, 21), *clock)[0] == f"2025-12-21_{latest}"


@pytest.mark.parametrize(
    ("clock", "tried"),
    [
        ((0, 45), ["12AM"]),
        ((8, 29), ["07AM", "06AM", "05AM", "04AM", "03AM", "02AM", "01AM", "12AM"]),
        ((8, 30), ["08_30AM", "08AM", "07AM", "06AM", "05AM", "04AM", "03AM", "02AM"]),
        ((9, 0), ["09_00AM", "08_45AM", "08_30AM", "08AM", "07AM", "06AM", "05AM", "04AM"]),
        ((9, 35), ["09_30AM", "09_15AM", "09_00AM", "08_45AM", "08_30AM", "08AM", "07AM", "06AM"]),
        ((18, 10), [*(f"0{h}_{m}PM" for h, m in QUARTERS), "05PM", "04PM", "03PM", "02PM"]),
    ],
)
def test_fs02_both_forms_are_tried_on_the_day_of_the_change(
    clock: tuple[int, int], tried: list[str]
) -> None:
    """On 22 December 2025 hourly names exist to 08:30, names with minutes from then on."""
    assert names(date(2025, 12, 22), *clock) == [f"2025-12-22_{name}" for name in tried]


def test_fs02_the_other_form_is_tried_once_a_report_is_due() -> None:
    """From 14:00 ET on, names in the other form are tried after the expected ones."""
    before, due = names(date(2025, 11, 12), 13, 59), names(date(2025, 11, 12), 14, 0)
    assert len(before) == 8
    assert due[:8] == before
    assert due[8:] == [
        f"2025-11-12_{name}" for name in ("02_00PM", "01_45PM", "01_30PM", "01_15PM")
    ]
    assert names(date(2025, 12, 24), 14, 0)[8:] == [
        f"2025-12-24_{name}" for name in ("01PM", "12PM", "11AM", "10AM")
    ]


def test_fs02_on_the_next_day_the_evening_report_is_found() -> None:
    """The day's last names have minutes."""
    later = datetime(2025, 12, 23, 9, tzinfo=EASTERN)
    assert candidates(date(2025, 12, 22), later)[0] == "Injury-Report_2025-12-22_11_45PM.pdf"


@pytest.mark.parametrize(
    ("clock", "latest"),
    [((13, 29), "01_15PM"), ((13, 30), "01_30PM"), ((0, 0), "12_00AM"), ((23, 59), "11_45PM")],
)
def test_s8_new_names_hold_the_minutes(clock: tuple[int, int], latest: str) -> None:
    """From 23 December 2025 on there is a name every quarter of an hour, and no other."""
    assert len(names(date(2025, 12, 23), 0, 45)) == 4
    assert names(date(2025, 12, 23), *clock)[0] == f"2025-12-23_{latest}"


def test_s8_candidates_go_backwards_and_are_bounded() -> None:
    """At most eight names are tried, the latest first, and none of the day before."""
    assert names(date(2025, 11, 12), 13, 35) == [
        f"2025-11-12_{hour}"
        for hour in ["01PM", "12PM", "11AM", "10AM", "09AM", "08AM", "07AM", "06AM"]
    ]
    assert names(date(2025, 11, 12), 1, 35) == ["2025-11-12_01AM", "2025-11-12_12AM"]
    assert names(date(2025, 11, 12), 0, 10) == []


def test_t11_yesterdays_report_is_the_days_last() -> None:
    """After midnight the names for the day before are those of its last reports."""
    morning_after = datetime(2025, 11, 13, 14, 0, tzinfo=UTC)
    assert candidates(date(2025, 11, 12), morning_after)[0] == "Injury-Report_2025-11-12_11PM.pdf"


@pytest.mark.parametrize("day", [date(2025, 11, 2), date(2026, 3, 8)])
def test_t8_candidates_on_clock_changes(day: date) -> None:
    """At noon the latest name is that of the last half hour or quarter, as on any day."""
    latest = "11AM" if day.year == 2025 else "12_00PM"
    assert names(day, 12, 0)[0] == f"{day}_{latest}"
