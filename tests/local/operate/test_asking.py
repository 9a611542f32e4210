"""Single scrapes are checked before they are published, and followed to their rows."""

from datetime import date, time, timedelta

import pytest

from common.cloud.ports import Row
from common.eastern import at
from common.errors import BadInputError
from common.runtime import Runtime
from local.operate.asking import OPEN_MAX, Question, ask, question_of
from local.simulator.world import World
from tests.kit.operated import PatientClock, day_gone_wrong, gone_wrong
from tests.kit.world import DAY


def patient(world: World) -> Runtime:
    """Return the world as one who waits sees it."""
    return world.runtime.but(clock=PatientClock(world))


def test_a_game_is_known_by_its_teams_and_asked_with_its_score() -> None:
    """The request has what the runner holds the answer against."""
    question = question_of(gone_wrong().runtime, "nbac_boxscore", DAY, "MIL@CHA")
    request = question.request()
    assert request.game
    assert (request.game.game_id, request.target_date) == ("0022500213", DAY)
    assert request.game.home_score is not None
    assert question.said == "nbac_boxscore of MIL@CHA of 2025-11-12"


def test_a_whole_night_is_asked_for_with_its_finished_games() -> None:
    """An answer that lacks one of them is no success; other scrapers of a date name no game."""
    place = gone_wrong().runtime
    night = question_of(place, "nbac_player_boxscore", DAY, None)
    assert [game.game_id for game in night.games] == [f"00225002{n}" for n in range(13, 22)]
    assert len(night.request().games) == len(night.games)
    assert question_of(place, "nbac_schedule_api", DAY, None).games == ()


def test_the_heading_of_a_playoff_game_is_its_own() -> None:
    """The type of season follows from the game's id."""
    (game, *_) = question_of(gone_wrong().runtime, "nbac_player_boxscore", DAY, None).games
    assert Question("nbac_boxscore", DAY, game).request().season_type == "Regular Season"


@pytest.mark.parametrize(
    ("scraper", "game", "said"),
    [
        ("unheard_of", None, "no scraper 'unheard_of'; known are bp_events, "),
        ("nbac_boxscore", None, "nbac_boxscore collects a game; name one with --game"),
        ("nbac_player_list", "MIL@CHA", "nbac_player_list collects a date; leave --game out"),
        ("nbac_boxscore", "MIL@CHI", "no game 'MIL@CHI' on 2025-11-12; the schedule lists MIL@CHA"),
        ("oddsa_player_props", None, "oddsa_player_props needs event ids"),
    ],
)
def test_what_a_function_would_refuse_is_not_published(
    scraper: str, game: str | None, said: str
) -> None:
    """The error names what is known."""
    with pytest.raises(BadInputError, match=said):
        question_of(gone_wrong().runtime, scraper, DAY, game)


def test_a_date_without_games_lists_none() -> None:
    """The refusal says so."""
    with pytest.raises(BadInputError, match="on 2025-11-20; the schedule lists none"):
        question_of(gone_wrong().runtime, "nbac_boxscore", date(2025, 11, 20), "MIL@CHA")


def test_each_question_gets_the_row_of_its_own_task() -> None:
    """More questions than may be open at once are all answered."""
    world = day_gone_wrong(at(DAY, time(5)))
    days = [DAY - timedelta(days=number % 2) for number in range(OPEN_MAX + 3)]
    told: list[tuple[Question, Row]] = []
    questions = [Question("nbac_player_list", day) for day in days]
    left = ask(patient(world), questions, seconds_max=60, told=lambda *one: told.append(one))
    assert left == []
    assert len(told) == len(questions)
    assert all(f"/{one.day}/" in row["gcs_path"] for one, row in told)


def test_what_has_no_row_in_time_is_returned() -> None:
    """Where nothing is handled, the wait ends, and the questions are named."""
    world = day_gone_wrong(at(DAY, time(5)))
    (question,) = [Question("nbac_player_list", DAY)]

    def told(*_: object) -> None:
        raise AssertionError

    assert ask(world.runtime, [question], seconds_max=10, told=told) == [question]
