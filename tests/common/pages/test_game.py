"""A datum's story has the decisions that asked for it, or for what stands in for it."""

from dataclasses import replace

import pytest

from common.cloud.ports import Row
from common.errors import BadInputError
from common.pages.game import QUIET_SHOWN_MAX, read_game
from tests.kit.desk import scheduled
from tests.kit.situations import et, played
from tests.kit.tables import holding
from tests.kit.world import DAY

GAME = played()


def decided(number: int, *scrapers: str, games: tuple[str, ...] = (GAME.game_id,)) -> Row:
    """Return the row of a decision about the date: those of later slots were made earlier."""
    when, made = et(f"2025-11-12 23:{number:02d}"), et(f"2025-11-13 00:{59 - number:02d}")
    named = {"decision_id": f"{number}", "workflow_name": "post_game_window_2", "action": "RUN"}
    about = {"target_date": DAY, "scrapers": scrapers, "game_ids": games}
    return {"at": when, "decision_time": made, **named, **about}


def test_who_stands_in_was_asked_for_it_too() -> None:
    """Another game's decision did not ask for it; of those the last ones are told."""
    others = [decided(10 + n, "nbac_boxscore", games=("0",)) for n in range(QUIET_SHOWN_MAX + 1)]
    made = [decided(0, "espn_boxscore"), decided(1, "nbac_boxscore"), decided(2, "x"), *others]
    held = holding(workflow_decisions=made)
    page = read_game(scheduled(GAME).but(warehouse=held.warehouse), DAY, GAME.game_id)
    (story,) = (one for one in page.stories if one.datum.scraper == "nbac_boxscore")
    assert [row["decision_id"] for row in story.asked] == ["0", "1"]
    assert [row["decision_id"] for row in story.silent] == [f"{11 + n}" for n in range(12)]
    assert [row["decision_id"] for row in story.told][:3] == ["0", "1", "11"]
    assert page.decided == {row["decision_id"]: DAY for row in made}


def test_the_date_itself_has_an_address_of_its_own() -> None:
    """Which is not that of the day's page, whose runs are others."""
    page = read_game(scheduled(GAME), DAY, GAME.game_id)
    assert (page.path, page.title) == (f"/game/2025-11-12/{GAME.game_id}", "MIL@CHA, 2025-11-12")
    of_date = replace(page, game=None)
    assert (of_date.path, of_date.title) == (
        "/date/2025-11-12",
        "Data of the whole date, 2025-11-12",
    )


def test_a_game_of_another_date_has_no_page() -> None:
    """The error names the game and the date, so that the address can be corrected."""
    with pytest.raises(BadInputError, match=r"^the schedule lists no game '7' on 2025-11-12$"):
        read_game(scheduled(GAME), DAY, "7")


def test_a_story_is_told_in_the_order_of_slots() -> None:
    """Whether a decision asked for the datum or not."""
    held = holding(workflow_decisions=[decided(n, *["nbac_boxscore"][n % 2 :]) for n in range(4)])
    page = read_game(scheduled(GAME).but(warehouse=held.warehouse), DAY, GAME.game_id)
    (story,) = (one for one in page.stories if one.datum.scraper == "nbac_boxscore")
    assert [row["decision_id"] for row in story.told] == ["0", "1", "2", "3"]
    assert [row["decision_id"] for row in story.asked] == ["0", "2"]
