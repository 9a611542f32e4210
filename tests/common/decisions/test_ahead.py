"""Slots to come, decided with the past that is assumed of those before them."""

from datetime import timedelta

import pytest

from common.decisions.ahead import Wish, decided_ahead, next_asked
from common.decisions.situation import Decision
from common.messages.models import GameTarget
from tests.kit.situations import (
    DAY,
    WHOLE_DATE,
    WORKFLOWS,
    collected,
    et,
    game,
    played,
    situation,
)

BOX, DATES_BOX = "nbac_boxscore", "nbac_player_boxscore"
MINE = ("post_game_window_2",)
OURS = "0022500001"
LATE = et("2025-11-12 22:30")


def run_of(*targets: GameTarget, scrapers: tuple[str, ...] = (BOX, DATES_BOX)) -> Decision:
    """Return a RUN of two games, the first of which lacks what its target has."""
    return Decision(
        "RUN", "READY", "", DAY, scrapers=scrapers, targets=targets, game_ids=(OURS, "0022500002")
    )


def lacks(game_id: str, *scrapers: str) -> GameTarget:
    """Return a game that lacks data."""
    return GameTarget(game_id=game_id, away="MIL", home="CHA", scrapers=scrapers)


@pytest.mark.parametrize(
    ("scraper", "game_id", "made", "asked"),
    [
        (BOX, OURS, run_of(lacks(OURS, BOX)), True),
        (BOX, OURS, run_of(lacks(OURS), lacks("0022500002", BOX)), False),
        (DATES_BOX, OURS, run_of(lacks(OURS), lacks("0022500002", BOX)), True),
        (DATES_BOX, "0022500003", run_of(lacks(OURS, BOX)), False),
        (DATES_BOX, None, run_of(lacks(OURS, BOX)), True),
        ("nbac_gamebook_pdf", OURS, run_of(lacks(OURS, BOX)), False),
        (BOX, OURS, run_of(scrapers=(BOX,)), True),
    ],
)
def test_a_run_asks_for_what_its_games_lack(
    scraper: str, game_id: str | None, made: Decision, *, asked: bool
) -> None:
    """A scraper of a game is asked for where the game lacks it, one of a date for its games."""
    assert Wish(scraper, game_id, DAY, MINE).is_asked_by(MINE[0], made) is asked


def test_only_a_run_of_its_workflows_about_its_date_asks_for_a_datum() -> None:
    """Another workflow, another date and a SKIP do not."""
    made = run_of(lacks(OURS, BOX))
    yesterday = DAY - timedelta(days=1)
    assert not Wish(BOX, OURS, DAY, MINE).is_asked_by("betting_lines", made)
    assert not Wish(BOX, OURS, yesterday, MINE).is_asked_by(MINE[0], made)
    skipped = Decision("SKIP", "DONE", "", DAY, scrapers=(BOX,), game_ids=(OURS,))
    assert not Wish(BOX, OURS, DAY, MINE).is_asked_by(MINE[0], skipped)


def test_each_datum_has_its_first_slot_until_an_instant() -> None:
    """A game that ends at 21:30 is asked for at 23:00: at that limit, and not before it."""
    start = situation("2025-11-12 20:00", [game()])
    wish = Wish(BOX, OURS, DAY, ("post_game_window_2", "late_game_catch_up"))
    at_eleven = et("2025-11-12 23:00")
    found = next_asked(WORKFLOWS, start, [wish], at_eleven)
    assert found == {wish: ("post_game_window_2", at_eleven)}
    assert next_asked(WORKFLOWS, start, [wish], at_eleven - timedelta(seconds=1)) == {}


def test_a_date_s_box_score_that_fails_waits_longer_each_time() -> None:
    """Nothing of its game lacks: the runs before, and no attempt, tell how long it waits."""
    one = played()
    held = collected(one, when="2025-11-13 06:00")
    held.pop((WHOLE_DATE, DAY, None))
    start = situation("2025-11-13 06:00", [one], attempts=held)
    slots = [et(f"2025-11-13 {hour:02}:00") for hour in range(7, 24)]
    judged = decided_ahead(WORKFLOWS, start, slots, lambda *_: False)
    asked = [slot for name, slot, made in judged if made.action == "RUN" and "catch" in name]
    assert asked == [et(f"2025-11-13 {hour:02}:00") for hour in (7, 8, 10, 14, 22)]


def test_what_fails_is_asked_for_again_and_what_comes_is_not() -> None:
    """After 23:00 the next window and catch-up ask once more only where the run failed."""
    start = situation("2025-11-12 20:00", [game()])
    slots = [et("2025-11-12 23:00"), et("2025-11-13 06:00"), et("2025-11-13 08:00")]

    def asked(*, comes: bool) -> list[str]:
        wish = Wish("nbac_play_by_play", OURS, DAY, tuple(WORKFLOWS))
        judged = decided_ahead(WORKFLOWS, start, slots, lambda *_: comes)
        return [name for name, _, made in judged if wish.is_asked_by(name, made)]

    assert asked(comes=True) == ["post_game_window_2"]
    assert asked(comes=False) == ["post_game_window_2", "post_game_window_3", "late_game_catch_up"]
