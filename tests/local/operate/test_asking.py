"""Single scrapes are checked before they are published, and followed to their rows."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from common.calendar.games import Game
from common.cloud.ports import Row
from common.eastern import at
from common.errors import BadInputError
from common.messages.models import GAMES_MAX, GameRef, ScraperRequest
from common.runtime import Runtime
from local.operate.asking import OPEN_MAX, Question, ask, question_of
from local.simulator.world import ManualClock, World
from tests.kit.desk import AFTERNOON, Desk, scheduled
from tests.kit.operated import PatientClock, day_gone_wrong, gone_wrong
from tests.kit.situations import game, played
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


def test_a_request_says_outside_which_scraper_it_is_for() -> None:
    """Each message has its scraper as an attribute, as those of the functions have."""
    world = day_gone_wrong(at(DAY, time(5)))
    names = ("nbac_schedule_api", "nbac_player_boxscore")
    before = len(world.publisher.published)
    questions = [question_of(world.runtime, one, DAY, None) for one in names]
    ask(patient(world), questions, seconds_max=60, told=lambda *_: None)
    sent = world.publisher.published[before:]
    assert [one.attributes for one in sent[:2]] == [{"scraper": one} for one in names]


PLAYOFF = played(game_id="0042500101", score=(99, 110))
UNKNOWN = played(game_id="espn-401", home="BOS", score=(99, 110))
RUNNING = played(3, status=2, score=(50, 60))


def ref(game: Game, *score: int) -> GameRef:
    """Return a game as a request names it."""
    sides = dict(zip(("away_score", "home_score"), score, strict=True)) if score else {}
    return GameRef(game_id=game.game_id, away=game.away, home=game.home, **sides)


@pytest.mark.parametrize(
    ("question", "game", "games", "kind"),
    [
        (Question("nbac_boxscore", DAY, PLAYOFF), ref(PLAYOFF, 99, 110), (), "Playoffs"),
        (
            Question("nbac_player_boxscore", DAY, games=(UNKNOWN, PLAYOFF)),
            None,
            (ref(UNKNOWN, 99, 110), ref(PLAYOFF, 99, 110)),
            "Playoffs",
        ),
        (Question("nbac_player_boxscore", DAY), None, (), "Regular Season"),
        (Question("espn_boxscore", DAY, UNKNOWN), ref(UNKNOWN, 99, 110), (), "Regular Season"),
        (Question("nbac_boxscore", DAY, RUNNING), ref(RUNNING), (), "Regular Season"),
    ],
)
def test_a_request_has_its_games_type_of_season_and_final_score(
    question: Question, game: GameRef | None, games: tuple[GameRef, ...], kind: Any
) -> None:
    """Both follow from the games that are asked for; points that may still change are none."""
    assert question.request() == ScraperRequest(
        scraper=question.scraper, target_date=DAY, game=game, games=games, season_type=kind
    )


def test_a_request_names_no_more_games_than_a_message_may() -> None:
    """The first ones are named."""
    many = tuple(played(number) for number in range(GAMES_MAX + 1))
    named = Question("nbac_player_boxscore", DAY, games=many).request().games
    assert [one.game_id for one in named] == [one.game_id for one in many[:-1]]


def test_a_question_is_said_in_words() -> None:
    """It has the scraper, and the game with its date or the date alone."""
    asked = (Question("nbac_boxscore", DAY, PLAYOFF), Question("nbac_player_list", DAY))
    assert [one.said for one in asked] == [
        "nbac_boxscore of MIL@CHA of 2025-11-12",
        "nbac_player_list of 2025-11-12",
    ]


def test_only_what_the_schedule_has_as_played_is_asked_for() -> None:
    """Of a whole night the finished games with an id of NBA.com's; a postponed game is none."""
    moved = game(4, postponed=True)
    place = scheduled(PLAYOFF, UNKNOWN, RUNNING, moved)
    assert question_of(place, "nbac_player_boxscore", DAY, None).games == (PLAYOFF,)
    for name in (UNKNOWN.game_id, f"{UNKNOWN.away}@{UNKNOWN.home}"):
        assert question_of(place, "espn_boxscore", DAY, name).game == UNKNOWN
    with pytest.raises(BadInputError, match=f"no game '{moved.game_id}'"):
        question_of(place, "espn_boxscore", DAY, moved.game_id)


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


def test_a_date_that_no_message_can_have_is_refused() -> None:
    """The last one that it can is taken."""
    place, last = gone_wrong().runtime, date(2099, 12, 31)
    assert question_of(place, "nbac_player_list", last, None).request().target_date == last
    with pytest.raises(BadInputError, match="--date 2100-01-01: give one before 2100-01-01"):
        question_of(place, "nbac_player_list", date(2100, 1, 1), None)


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


def asked(desk: Desk, number: int) -> tuple[int, int]:
    """Ask as often, waiting 10 s for each row; return how many came, and how many are left."""
    told: list[Question] = []
    questions = [Question("nbac_player_list", DAY)] * number
    left = ask(desk.place, questions, seconds_max=10, told=lambda one, _: told.append(one))
    return len(told), len(left)


@pytest.mark.parametrize("ahead", [-50, 0, 3600])
@pytest.mark.parametrize(("every", "came"), [(8, 3), (10, 3), (14, 0)])
def test_the_wait_is_for_the_next_row(every: float, came: int, ahead: float) -> None:
    """Rows that come one by one are all awaited, by whichever clock they were written."""
    desk = Desk(every, {"nbac_player_list": "SUCCESS"}, timedelta(seconds=ahead))
    assert asked(desk, 3) == (came, 3 - came)


def test_no_more_than_the_most_is_open_at_once() -> None:
    """Each row makes room for one more request; what was never sent is left as well."""
    many = OPEN_MAX + 5
    answering, silent = Desk(2, {"nbac_player_list": "SUCCESS"}), Desk(2, {})
    assert (asked(answering, many), answering.most) == ((many, 0), OPEN_MAX)
    assert (asked(silent, many), silent.most) == ((0, many), OPEN_MAX)


class Noting(ManualClock):
    """A clock that notes how long somebody slept, each time."""

    def __init__(self) -> None:
        super().__init__(AFTERNOON)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Move on, and note it."""
        self.slept.append(seconds)
        super().sleep(seconds)


@pytest.mark.parametrize(
    ("every", "slept"),
    [
        (99, [0.25, 0.5, 1, 2, 2, 2, 2, 0.25]),
        (3, [0.25, 0.5, 1, 2, 0.25, 0.5, 1, 2]),
    ],
)
def test_looks_for_rows_become_rarer_until_one_comes(every: float, slept: list[float]) -> None:
    """They begin anew after each row, and the last wait ends when the time is over."""
    desk = Desk(every, {"nbac_player_list": "SUCCESS"})
    desk.clock = clock = Noting()
    asked(desk, 2)
    assert clock.slept == slept
