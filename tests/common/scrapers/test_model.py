"""What a declaration says of a task: what it must contain, when it is due, and when overdue."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from common.errors import BadInputError
from common.messages.models import GameRef
from common.scrapers.model import (
    MismatchError,
    MissingGamesError,
    Parsed,
    Scraper,
    Target,
    game_of,
)

DAY = date(2025, 11, 12)
GAME = GameRef(game_id="0022500213", away="MIL", home="CHA")
OTHER = GameRef(game_id="0022500214", away="BOS", home="NYK")
OF_DATE = Target("made_up", DAY, "2025-26", games=(GAME, OTHER))
OF_GAME = replace(OF_DATE, game=GAME, games=())
INSTANT = timedelta(microseconds=1)


def scraper(**fields: Any) -> Scraper:
    """Return a declaration with some fields."""
    held = {"name": "made_up", "scope": "date", **fields}
    return Scraper(calls=lambda *_: [], parse=lambda *_: Parsed([], 0), **held)


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        (OF_DATE, (GAME, OTHER)),
        (OF_GAME, (GAME,)),
        (replace(OF_GAME, games=(OTHER,)), (GAME,)),
        (replace(OF_DATE, games=()), ()),
    ],
)
def test_an_answer_must_contain_the_one_game_or_those_of_the_date(
    target: Target, asked: tuple[GameRef, ...]
) -> None:
    """A task of one game asks for no other."""
    assert target.asked == asked


@pytest.mark.parametrize(
    ("day", "due", "instant"),
    [
        (DAY, time(14), datetime(2025, 11, 12, 19, tzinfo=UTC)),
        (date(2025, 6, 12), time(14), datetime(2025, 6, 12, 18, tzinfo=UTC)),
        (DAY, time(), datetime(2025, 11, 12, 5, tzinfo=UTC)),
    ],
)
def test_data_is_due_from_an_eastern_time_of_its_date_on(
    day: date, due: time, instant: datetime
) -> None:
    """In winter and in summer, at that very instant already; without a time never."""
    target, declared = replace(OF_DATE, target_date=day), scraper(due=due)
    due_at = [declared.is_due(target, instant + late) for late in (-INSTANT, 0 * INSTANT)]
    assert due_at == [False, True]
    assert not scraper().is_due(target, instant + timedelta(days=9))


@pytest.mark.parametrize(
    ("fields", "instant"),
    [
        ({}, datetime(2025, 11, 13, 17, tzinfo=UTC)),
        ({"overdue": time(6, 30)}, datetime(2025, 11, 13, 11, 30, tzinfo=UTC)),
    ],
)
def test_a_finished_game_s_data_is_overdue_on_the_next_day(
    fields: dict[str, time], instant: datetime
) -> None:
    """From noon Eastern on, where nothing else is declared: every window has asked by then."""
    declared = scraper(scope="game", **fields)
    assert declared.overdue_at(OF_GAME) == instant
    late = [declared.is_overdue(OF_GAME, instant + late) for late in (-INSTANT, 0 * INSTANT)]
    assert late == [False, True]


def test_an_answer_about_a_date_is_never_overdue() -> None:
    """Without a game nothing says that there must have been any data."""
    assert not scraper().is_overdue(OF_DATE, datetime(2025, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize("scope", ["date", "game", "team", "event"])
def test_only_a_scraper_of_events_needs_their_ids(scope: str) -> None:
    """The step before it has to find them."""
    assert scraper(scope=scope).needs_events == (scope == "event")


def test_a_name_without_underscores_is_its_folder() -> None:
    """Each of them becomes a hyphen."""
    assert scraper(name="made_up_by_me").folder == "made-up-by-me"


def test_the_task_s_game_is_needed_by_scrapers_of_one() -> None:
    """Without it the request is wrong, not the answer; the text says what to add."""
    assert game_of(OF_GAME) == GAME
    with pytest.raises(BadInputError, match=r"made_up collects one game a task.*add game_id"):
        game_of(OF_DATE)


def test_missing_games_are_a_mismatch() -> None:
    """What handles an answer that does not fit handles one that lacks games."""
    assert issubclass(MissingGamesError, MismatchError)
