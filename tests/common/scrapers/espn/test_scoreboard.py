"""ESPN's scoreboard is held against the date and its own periods."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from common.scrapers import get
from common.scrapers.model import ContractError, MismatchError
from tests.kit.samples import bodies, document, target
from tests.kit.spoilt import read_spoilt

NAME = "espn_scoreboard"


def test_it_is_asked_by_the_eastern_date() -> None:
    """The date is written without dashes."""
    (call,) = get(NAME).calls(target(NAME), datetime(2025, 11, 13, tzinfo=UTC))
    assert (call.source, call.params) == ("espn_site", {"dates": "20251112"})


def test_games_of_another_date_break_the_contract() -> None:
    """The error gives both dates."""
    asked = replace(target(NAME), target_date=date(2025, 11, 13))
    with pytest.raises(ContractError, match=r"401899001 is .*11, 12\), asked was .*11, 13\)"):
        get(NAME).parse(bodies(NAME), asked)


def test_a_final_score_is_the_sum_of_its_periods() -> None:
    """The error gives the sum and the score."""
    path = ("events", 0, "competitions", 0, "competitors", 1, "score")
    with pytest.raises(MismatchError, match="add up to 101, the total is 102"):
        read_spoilt(NAME, path, "102")


def test_the_periods_of_a_game_that_is_played_are_not_added_up() -> None:
    """The score and its last period are not written at once."""
    board = document(NAME)
    event = board["events"][0]
    event["status"]["type"] |= {"state": "in", "completed": False}
    event["competitions"][0]["competitors"][1]["score"] = "102"
    assert get(NAME).parse([json.dumps(board).encode()], target(NAME)).count == 2


def test_a_date_without_games_has_none() -> None:
    """An empty list is a right answer, however long the rest is."""
    assert read_spoilt(NAME, ("events",), []).count == 0
    assert get(NAME).empty_bytes_max is None
