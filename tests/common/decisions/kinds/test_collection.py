"""What every kind that collects finished games asks for of a game."""

import pytest

from common.decisions.kinds.post_game import decide
from tests.kit.situations import BOXES, played, situation, workflow

FIRST, *OTHERS = BOXES
FLOW = workflow(
    "post_game",
    at="23:00",
    tolerance_minutes=30,
    games_of="today",
    steps=[{"scrapers": [*BOXES], "games": "final"}],
)


@pytest.mark.parametrize(
    ("game_id", "by_nba_id", "asked"),
    [
        ("0022500001", BOXES, BOXES),
        ("0022500001", (), BOXES),
        ("espn-401", BOXES, ()),
        ("espn-401", OTHERS, (FIRST,)),
        ("espn-401", (), BOXES),
    ],
)
def test_a_game_is_asked_for_by_who_knows_its_id(
    game_id: str, by_nba_id: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    """One that only ESPN lists has no id of NBA.com's; who goes by teams and date can bring it."""
    one = played(1, game_id=game_id)
    judged = situation("2025-11-12 23:00", [one], by_nba_id=frozenset(by_nba_id))
    targets = decide(FLOW, "mine", judged).targets
    assert [target.scrapers for target in targets] == ([asked] if asked else [])
