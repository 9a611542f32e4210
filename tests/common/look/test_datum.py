"""What is told of a date as a whole follows from its data."""

from datetime import date, timedelta
from typing import Any

import pytest

from common.cloud.ports import Row
from common.look.datum import Coming, Covered, DateCoverage, Datum, State
from common.look.wanted import Moment, Wanted
from tests.kit.situations import DAY, et, game

GAMES = (game(1), game(2))
DECIDED: Row = {"slot": et("2025-11-12 12:00")}
NEXT = Coming("next", "late_game_catch_up", et("2025-11-13 14:00"))


def datum(state: State, moment: Moment = "after", scraper: str = "box", **more: Any) -> Datum:
    """Return a datum in a state."""
    return Datum(Wanted(scraper, (scraper,), moment, per_game=True, flows={}), state, None, **more)


def dated(*of_games: Datum, data: tuple[Datum, ...] = (), **more: Any) -> DateCoverage:
    """Return a date whose games have each these data."""
    games = tuple(Covered(each, of_games) for each in GAMES)
    return DateCoverage(DAY, games, (), data, **more)


@pytest.mark.parametrize(
    ("first", "last", "is_listed"),
    [
        (DAY, DAY, True),
        (date(2025, 10, 1), DAY, True),
        (date(2025, 10, 1), DAY - timedelta(days=1), False),
        (DAY + timedelta(days=1), date(2026, 6, 1), False),
    ],
)
def test_a_date_is_listed_from_the_first_to_the_last_game(
    first: date, last: date, *, is_listed: bool
) -> None:
    """Both of these days included; without a game none is."""
    assert dated(listed=(first, last)).is_listed is is_listed
    assert not dated().is_listed


@pytest.mark.parametrize(
    ("state", "moment", "decided", "is_lacking"),
    [
        ("missing", "after", False, True),
        ("missing", "after", True, True),
        ("missing", "before", False, False),
        ("missing", "before", True, True),
        ("missing", "date", False, False),
        ("late", "after", True, False),
        ("waiting", "after", True, False),
        ("there", "after", True, False),
    ],
)
def test_a_date_lacks_what_the_system_was_to_collect(
    state: State, moment: Moment, *, decided: bool, is_lacking: bool
) -> None:
    """Where none of its slots was decided, that is what later ones collect."""
    decisions = (DECIDED,) if decided else ()
    assert dated(datum(state, moment), decisions=decisions).is_lacking is is_lacking


def test_troubles_are_the_date_s_and_then_its_games() -> None:
    """Late ones too; the count is of the missing ones."""
    found = dated(datum("late"), datum("there"), data=(datum("late"), datum("missing", "date")))
    told = [(one.state, held and held.game_id) for one, held in found.troubles()]
    ids = [each.game_id for each in GAMES]
    assert told == [("late", None), ("missing", None), ("late", ids[0]), ("late", ids[1])]
    assert found.missing == 1
    assert dated(datum("missing"), datum("late")).missing == len(GAMES)


def test_a_cause_is_one_scraper_s_with_what_comes_next() -> None:
    """The games that it is about, and the reason of the first of them."""
    first, second = datum("missing", why="a", coming=NEXT), datum("missing", why="b")
    games = (Covered(GAMES[0], (first,)), Covered(GAMES[1], (second, datum("late"))))
    found = DateCoverage(DAY, games, (), (datum("missing", "date", why="c", coming=NEXT),))
    told = [(one.state, one.why, one.coming, len(one.games)) for one in found.causes()]
    assert told == [("missing", "c", NEXT, 1), ("missing", "b", None, 1), ("late", "", None, 1)]


@pytest.mark.parametrize(
    ("coming", "words"),
    [
        (
            Coming("under way", "betting_lines", et("2025-11-12 13:00")),
            "the run of betting_lines of 11-12 13:00 is asking for it",
        ),
        (NEXT, "next asked for at 11-13 14:00 by late_game_catch_up"),
        (Coming("paused", "a and b"), "not asked for while a and b are paused"),
        (Coming("given up", remedy="why"), "given up: no workflow asks for it again; why"),
    ],
)
def test_what_comes_next_is_one_sentence(coming: Coming, words: str) -> None:
    """Its times are Eastern."""
    assert coming.words == words
