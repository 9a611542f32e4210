"""Play-by-play: its last score, and a file without a play."""

import json
from contextlib import nullcontext
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import ContractError, NotReadyError
from local.samples import GAME
from tests.kit.samples import target

PLAYS = "nbac_play_by_play"


def final(actions: list[dict[str, Any]]) -> tuple[int, int]:
    """Return the points of visitors and hosts that actions end with."""
    score = get(PLAYS).expects.score
    assert score is not None
    return score(actions, GAME)


@pytest.mark.parametrize(
    "last",
    [
        {"scoreAway": "101"},
        {"scoreAway": "101", "scoreHome": ""},
        {"scoreAway": "a", "scoreHome": "99"},
    ],
)
def test_a_last_score_that_is_none_breaks_the_contract(last: dict[str, str]) -> None:
    """The error shows the action."""
    right = {"scoreAway": "101", "scoreHome": "99"}
    assert final([right, {"actionType": "game"}]) == (101, 99)
    with pytest.raises(ContractError, match=r"nbac_play_by_play: the last score is \{'scoreAway'"):
        final([right, last])


def test_an_action_with_an_empty_score_is_not_the_last_one() -> None:
    """Timeouts and the like have none, whatever stands after the last points."""
    right = {"scoreAway": "101", "scoreHome": "99"}
    assert final([right, {"scoreAway": "", "scoreHome": ""}]) == (101, 99)
    assert final([{"scoreAway": ""}]) == final([]) == (0, 0)


@pytest.mark.parametrize(
    ("size", "error", "said"),
    [
        (1024, NotReadyError, f"game {GAME.game_id} has 0 actions and no end yet"),
        (1025, ContractError, "1025 bytes without an action"),
    ],
)
def test_s1_a_file_without_actions_may_be_as_long_as_an_empty_answer(
    size: int, error: type[Exception], said: str
) -> None:
    """A longer one contains actions that are not recognized."""
    empty = json.dumps({"game": {"gameId": GAME.game_id, "actions": []}}).encode()
    with pytest.raises(error, match=f"^{PLAYS}: {said}$"):
        get(PLAYS).parse([empty.ljust(size)], target(PLAYS))


@pytest.mark.parametrize(
    ("kinds", "is_over"),
    [
        (["game"], True),
        (["game", "stoppage"], True),
        (["period", "game", "stoppage"], True),
        (["period", "game", "period"], False),
        (["stoppage"], False),
    ],
)
def test_s1_a_game_is_over_once_its_end_follows_the_last_period(
    kinds: list[str], *, is_over: bool
) -> None:
    """Corrections may come after the end, which counts without any period too."""
    actions = [{"actionNumber": n, "actionType": kind} for n, kind in enumerate(kinds)]
    body = json.dumps({"game": {"gameId": GAME.game_id, "actions": actions}}).encode()
    with nullcontext() if is_over else pytest.raises(NotReadyError, match="no end yet"):
        assert get(PLAYS).parse([body], target(PLAYS)).records == actions
