"""What is late of some games of a date and not of the others."""

import json
from datetime import timedelta

import pytest

from local.fake_sources.season import SMALL_PDF, SeasonFile, Sources
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import DAY, GAME_ID, OVER, SLATE
from tests.local.fake_sources.test_season import LATE, LOG, OF_THE_LEAGUE

MORNING = et("2025-11-13 02:00")
"""When all games of the date are over, the first one since half past nine in the evening."""
IDS = {game.game_id for game in SLATE.on(DAY)}


def sources(late: str) -> Sources:
    """Make the sources of the slate, where one game is three hours late."""
    return Sources(SeasonFile(SLATE, ()), lambda game_id: LATE if game_id == late else timedelta(0))


@pytest.mark.parametrize(
    ("late", "missing"), [(GAME_ID, set()), ("0022500224", {"0022500224"}), ("", set())]
)
def test_the_log_of_a_date_lacks_the_games_that_are_late(late: str, missing: set[str]) -> None:
    """Each game is late for itself: those that are not stand in the log."""
    found = json.loads(sources(late).answer(LOG, OF_THE_LEAGUE[LOG], MORNING).body)
    (log,) = found["resultSets"]
    place = log["headers"].index("GAME_ID")
    assert {row[place] for row in log["rowSet"]} == IDS - missing


@pytest.mark.parametrize("late", [GAME_ID, "0022500224"])
@pytest.mark.parametrize("path", [each for each in OF_THE_LEAGUE if each != LOG])
def test_the_data_of_one_game_is_late_for_itself(path: str, late: str) -> None:
    """Another game's lateness changes no answer about this one."""
    params = OF_THE_LEAGUE[path]
    answers = [sources(which).answer(path, params, OVER) for which in (late, "")]
    assert (answers[0] == answers[1]) is (late != GAME_ID)


@pytest.mark.parametrize(
    ("late", "after", "found"),
    [
        ("", timedelta(seconds=-1), False),
        ("", timedelta(0), True),
        (GAME_ID, LATE - timedelta(seconds=1), False),
        (GAME_ID, LATE, True),
        ("0022500224", timedelta(0), True),
    ],
)
def test_a_book_is_there_when_its_game_s_data_are(
    late: str, after: timedelta, *, found: bool
) -> None:
    """It is small and stands for any; before, and of a game that nobody knows, there is a page."""
    served = sources(late).answer("/pdfs/20251112/20251112_MILCHA.pdf", {}, OVER + after)
    assert (served.body == SMALL_PDF) is found
    unknown = sources(late).answer("/pdfs/20251112/20251112_CHAMIL.pdf", {}, OVER + after)
    kinds = {answer.headers["Content-Type"]: answer.status for answer in (served, unknown)}
    assert kinds == {"text/html": 404, **({"application/pdf": 200} if found else {})}
