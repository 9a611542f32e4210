"""What each player does in a game."""

import pytest

from common.calendar.games import FINAL, LIVE, SCHEDULED
from local.fake_sources.counts import MINUTES, Side, box, quarters
from local.fake_sources.slate import corrected, final_score
from tests.local.fake_sources.test_collected import GAME_ID, SLATE

GAME = SLATE.by_id[GAME_ID]
CORRECTED = [game for game in SLATE.games if corrected(game.game_id)]


@pytest.mark.parametrize("state", [LIVE, FINAL])
def test_players_add_up_to_their_team(state: int) -> None:
    """Points and minutes of the players are the team's, and baskets make the points."""
    for side in box(GAME, state, is_corrected=False):
        assert side.total.points == side.points > 0
        assert side.total.minutes == 5 * MINUTES * (state - 1) // 2
        for _, counts in side.players:
            assert counts.points == 2 * counts.made + counts.threes + counts.free
            assert counts.free <= counts.free_tried


def test_nothing_is_counted_before_the_tip_off() -> None:
    """Before the tip-off every count is zero."""
    assert {sum(side.total) for side in box(GAME, SCHEDULED, is_corrected=False)} == {0}


@pytest.mark.parametrize(("state", "played"), [(SCHEDULED, 0), (LIVE, 2), (FINAL, 4)])
def test_periods_add_up_to_the_score(state: int, played: int) -> None:
    """The periods that are played make the score of that state."""
    for points in range(90, 140):
        periods = quarters(points, state)
        assert (len(periods), sum(periods)) == (played, points * (state - 1) // 2)


def changes(before: Side, after: Side) -> list[tuple[str, int]]:
    """List which counts of a side's players differ, and by how much."""
    return [
        (field, new - old)
        for (_, first), (_, second) in zip(before.players, after.players, strict=True)
        for field, old, new in zip(first._fields, first, second, strict=True)
        if old != new
    ]


def test_a_correction_changes_one_rebound_or_assist() -> None:
    """No point, and no count of the visitors, is changed by a correction."""
    assert CORRECTED
    for game in CORRECTED:
        before, after = (box(game, FINAL, is_corrected=each) for each in (False, True))
        assert changes(before[0], after[0]) == []
        assert changes(before[1], after[1]) in ([("defensive", 1)], [("assists", 1)])
        assert (after[0].points, after[1].points) == final_score(game.game_id)


def test_one_game_in_five_is_corrected() -> None:
    """The share of corrected games in a season is a fifth."""
    season = [f"00225{number:05d}" for number in range(1, 1231)]
    assert 0.17 < sum(map(corrected, season)) / len(season) < 0.23
