"""What a date and its games have, and why the rest is late or missing."""

from datetime import date, time, timedelta

import pytest

from common.configuration.fresh_by import parse_fresh_by
from common.configuration.workflows import CatchUp, PostGame
from common.eastern import at
from common.look.coverage import cover, days_back, lacking_before
from common.look.datum import Datum, State
from local.fake_sources.answers import answer
from local.simulator.world import World
from tests.kit.operated import FAILING, day_gone_wrong, gone_wrong, live_on, mend
from tests.kit.world import DAY, slate, tick

FIRST, LAST = "MIL@CHA", "DEN@LAC"
"""The first and the last tip-off of the day: 19:00 and 22:30."""


def datum(world: World, scraper: str, game: str, day: date = DAY) -> Datum:
    """Return one datum of a game."""
    found = {f"{one.game.away}@{one.game.home}": one for one in cover(world.runtime, day).games}
    (wanted,) = (one for one in found[game].data if one.scraper == scraper)
    return wanted


@pytest.mark.parametrize(
    ("scraper", "state"),
    [
        ("oddsa_player_props", "there"),
        ("nbac_player_boxscore", "there"),
        ("nbac_boxscore", "there"),
        ("nbac_play_by_play", "missing"),
        ("nbac_gamebook_pdf", "missing"),
    ],
)
def test_a_game_has_what_answered(scraper: str, state: State) -> None:
    """Of a game that has ended, two scrapers' data are there and two failing ones' are missing."""
    assert datum(gone_wrong(), scraper, FIRST).state == state


def test_a_missing_datum_says_what_its_last_attempt_came_to() -> None:
    """The sentence has scraper, outcome, time and the source's answer."""
    why = datum(gone_wrong(), "nbac_play_by_play", FIRST).why
    assert why.startswith("nbac_play_by_play FAILED at 11-12 23:00: nba_cdn /static/json")
    assert "answered 503" in why


def test_a_game_that_has_not_ended_lacks_nothing_yet() -> None:
    """The last game ends at midnight, so that its data are awaited for the morning's window."""
    found = datum(gone_wrong(), "nbac_boxscore", LAST)
    assert (found.state, found.due) == ("waiting", at(date(2025, 11, 13), time(6)))


def test_what_the_date_itself_lacks_is_named() -> None:
    """A publication that was not found by an hour after its time is missing."""
    states = {one.scraper: one.state for one in cover(gone_wrong().runtime, DAY).data}
    assert states["nbac_injury_report"] == "there"
    assert states["nbac_referee_assignments"] == "missing"


def test_every_failing_scraper_is_among_the_troubles() -> None:
    """The three that fail are, and no other one is."""
    found = cover(gone_wrong().runtime, DAY)
    assert {one.scraper for one, _ in found.troubles()} == set(FAILING.values())


@pytest.mark.parametrize(("limit", "state"), [("final + 9 h", "there"), ("final + 7 h", "late")])
def test_data_that_came_after_their_limit_are_late(
    monkeypatch: pytest.MonkeyPatch, limit: str, state: State
) -> None:
    """A game of the evening before ended at 22:00 and came at 06:00."""
    world = gone_wrong()
    fresh_by = parse_fresh_by(limit)
    monkeypatch.setattr(PostGame, "fresh_by", lambda *_: fresh_by)
    monkeypatch.setattr(CatchUp, "fresh_by", lambda *_: fresh_by)
    found = datum(world, "nbac_boxscore", "TOR@BKN", date(2025, 11, 11))
    assert (found.state, found.by) == (state, "nbac_boxscore")
    assert found.why == ("first asked then" if state == "late" else "")


def test_what_was_never_asked_for_says_what_was_decided() -> None:
    """At 13:30 there is no attempt for the referees of tomorrow, and none was decided."""
    found = {one.scraper: one for one in cover(gone_wrong().runtime, date(2025, 11, 11)).data}
    why = found["nbac_referee_assignments"].why
    assert why.startswith("not asked: no slot of this date was decided, as before the first")


def test_a_decision_is_the_reason_of_what_was_not_asked() -> None:
    """Before the lead time the reason of the last decision explains the lines that are awaited."""
    world = day_gone_wrong(at(DAY, time(8, 30)))
    found = datum(world, "oddsa_game_lines", FIRST)
    assert found.state == "waiting"
    assert found.why.startswith("not asked yet: betting_lines at 11-12 08:00: Too early")


def test_an_alternative_that_stood_in_is_named() -> None:
    """Where NBA.com's box score fails and ESPN's comes, the datum is there, by ESPN."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    mended = world.ask
    world.ask = lambda path, params: (
        mended("/pdfs/", params) if "/liveData/boxscore/" in path else mended(path, params)
    )
    tick(world, "tick-master-controller", at(DAY, time(23)))
    world.settle()
    found = datum(world, "nbac_boxscore", FIRST)
    assert (found.state, found.by) == ("there", "espn_boxscore")


def test_an_upload_of_the_same_name_is_no_datum() -> None:
    """A file that somebody puts into a scraper's folder has outcome UPLOADED (FU7)."""
    world = day_gone_wrong(at(DAY, time(8)))
    bucket = world.runtime.settings.data_bucket
    world.storage.create(bucket, "nbac-injury-report/2025-11-12/080000.json", b"{}")
    world.settle()
    assert {row["outcome"] for row in world.rows["scraper_execution_log"]} >= {"UPLOADED"}
    found = {one.scraper: one.state for one in cover(world.runtime, DAY).data}
    assert found["nbac_injury_report"] == "waiting"


def test_what_comes_days_later_is_found_all_the_same() -> None:
    """The log is asked for the date that rows are about, however late they were written."""
    world = day_gone_wrong(at(DAY, time(23, 30)))
    mend(world)
    world.clock.move(at(date(2025, 11, 25), time(12)))
    body = {"schema": "scraper-request", "version": 1, "scraper": "nbac_gamebook_pdf"}
    game = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}
    world.publisher.publish(
        "scraper-requests", {**body, "target_date": "2025-11-12", "game": game}, {}
    )
    world.settle()
    assert datum(world, "nbac_gamebook_pdf", FIRST).state == "late"


def test_lines_that_came_after_the_tip_off_are_none() -> None:
    """Books offer odds during a game: those of 20:00 are of use for 22:30, and not for 19:00."""
    world = day_gone_wrong(at(DAY, time(8)))
    world.ask = lambda path, params: answer(path, params, world.slate, at(DAY, time(18)))
    world.clock.move(at(DAY, time(20)))
    body = {"schema": "scraper-request", "version": 1, "scraper": "oddsa_game_lines"}
    world.publisher.publish("scraper-requests", {**body, "target_date": f"{DAY}"}, {})
    world.settle()
    states = {game: datum(world, "oddsa_game_lines", game).state for game in (FIRST, LAST)}
    assert states == {FIRST: "missing", LAST: "there"}


def test_yesterday_and_the_dates_before_it_that_lack_data_are_named() -> None:
    """The latest is the first; a date about which nothing was decided is left out."""
    place = gone_wrong().runtime
    found = lacking_before(place, DAY + timedelta(days=1))
    assert [one.day for one in found] == [DAY, DAY - timedelta(days=1)]
    assert days_back(place) == 3
    for days, named in ((3, True), (4, False)):
        before = [one.day for one in lacking_before(place, DAY + timedelta(days=days))]
        assert (DAY in before) is named


def test_a_date_without_games_lacks_nothing() -> None:
    """On a day off nothing is due: no report, no list of players, no schedule of that date."""
    day_off = DAY + timedelta(days=2)
    world = day_gone_wrong(at(day_off, time(22)), day=day_off)
    found = cover(world.runtime, day_off)
    assert {row["reason_code"] for row in found.decisions} >= {"OFF_DAY", "NO_GAMES"}
    assert [*found.troubles()] == []
    assert all(one.state == "there" for one in found.data)
    before = [one.day for one in lacking_before(world.runtime, day_off + timedelta(days=1))]
    assert day_off not in before


def test_a_date_that_the_schedule_does_not_reach_is_not_one_without_games() -> None:
    """The slate has games from the 11th to the 13th; nothing is known of the 14th."""
    place = gone_wrong().runtime
    first, last = date(2025, 11, 11), date(2025, 11, 13)
    assert cover(place, DAY).listed == (first, last)
    reached = {day: cover(place, day).is_listed for day in (first, DAY, last)}
    assert all(reached.values())
    assert not cover(place, last + timedelta(days=1)).is_listed
    assert not cover(place, first - timedelta(days=1)).is_listed


def test_a_request_that_was_not_made_does_not_hide_the_last_answer() -> None:
    """Of a night one game was asked for and the source left alone: each game has what is known."""
    found = datum(gone_wrong(), "nbac_play_by_play", "ORL@NYK", date(2025, 11, 12))
    assert "was not asked" in found.why
    again = datum(gone_wrong(), "nbac_play_by_play", "MEM@NYK", date(2025, 11, 11))
    assert "answered 503" in again.why
    assert again.why.endswith("; not asked since, as it failed in a row")


def test_the_date_before_the_first_one_lacks_what_comes_after_its_games_alone() -> None:
    """On a good first day nothing is said of yesterday's lines; of box scores that fail it is."""
    day, before = DAY + timedelta(days=1), DAY
    world = World(slate(), at(day, time()), collect_since=before)
    live_on(world, at(day, time(12)))
    found = cover(world.runtime, before)
    assert found.missing
    assert not found.is_lacking
    assert lacking_before(world.runtime, day) == ()
    failing = day_gone_wrong(at(day, time(12)), day=day)
    assert [one.day for one in lacking_before(failing.runtime, day)] == [before]


def test_what_came_late_is_not_missing() -> None:
    """The schedule of the first date came with the next one's refresh: a trouble, no gap."""
    found = cover(gone_wrong().runtime, date(2025, 11, 11))
    late = [one.scraper for one, _ in found.troubles() if one.state == "late"]
    assert late == ["nbac_schedule_api"]
    assert found.missing == len([*found.troubles()]) - 1
