"""The schedule as served, with the letters that real seasons have."""

from collections import Counter
from dataclasses import replace

from common.calendar.games import parse_schedule
from local.fake_sources.nba.schedule import document, letter
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import BEFORE, GAME_ID, SLATE


def games(number: int) -> Slate:
    """Make a slate of copies of one game under other ids."""
    game = SLATE.by_id[GAME_ID]
    ids = (f"00225{each:05d}" for each in range(1, number + 1))
    return Slate(tuple(replace(game, game_id=game_id) for game_id in ids), "2025-26")


def test_all_three_letters_of_a_game_as_scheduled_are_served() -> None:
    """N is the most frequent, A and null occur as well, and a game keeps its letter."""
    letters = Counter(letter(game) for game in games(400).games)
    assert set(letters) == {"N", "A", None}
    assert letters.most_common(1)[0][0] == "N"


def test_no_letter_is_a_warning() -> None:
    """The deployed reader takes every such game as scheduled, without a warning."""
    schedule = parse_schedule(document(games(400), BEFORE))
    assert schedule.warnings == ()
    assert not any(game.postponed for game in schedule.games)


def test_a_postponed_game_has_its_letter() -> None:
    """A game that is not played on its date has the letter Y."""
    assert letter(replace(SLATE.by_id[GAME_ID], postponed=True)) == "Y"
