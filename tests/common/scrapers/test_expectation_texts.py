"""What is said of an answer that does not fit the question, where several things do not."""

from dataclasses import replace

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.expectations import hold
from common.scrapers.model import Expectation, MismatchError, Parsed, Record
from tests.kit.samples import target

GAME = GameRef(game_id="0022509001", away="MIL", home="CHA", away_score=0, home_score=0)


@pytest.mark.parametrize(
    ("key", "named"),
    [(("id",), "id: ('b',)"), ((), "the record: {'id': 'b'}"), (("id", "x"), "id, x: ('b', None)")],
)
def test_the_first_record_that_is_there_twice_is_shown(key: tuple[str, ...], named: str) -> None:
    """With how many of how many different ones are there more than once."""
    records: list[Record] = [{"id": each} for each in "abccbbd"]
    with pytest.raises(MismatchError) as caught:
        hold(Expectation(key=key), target("oddsa_events"), Parsed(records, 7))
    assert str(caught.value) == f"oddsa_events: 2 of 4 are there more than once; {named}"


def test_the_first_three_teams_that_do_not_play_are_shown() -> None:
    """In the order of the alphabet."""
    records: list[Record] = [
        {"GAME_ID": GAME.game_id, "PLAYER_ID": number, "TEAM_ABBREVIATION": team, "PTS": 0}
        for number, team in enumerate(("UTA", "MIL", "LAL", "BOS", "CHA", "NYK"))
    ]
    expected = replace(get("nbac_player_boxscore").expects, day="")
    asked = replace(target("nbac_player_boxscore"), games=(GAME,))
    with pytest.raises(MismatchError) as caught:
        hold(expected, asked, Parsed(records, 6))
    assert str(caught.value) == (
        f"nbac_player_boxscore: game {GAME.game_id}: ['BOS', 'LAL', 'NYK'] are not its teams "
        "MIL and CHA"
    )
