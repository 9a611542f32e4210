"""The injury reports by their names, of the hours at first and of the quarters later."""

from dataclasses import replace
from datetime import date, time

import pytest

from common.eastern import at
from local.fake_sources.answers import answer
from local.fake_sources.slate import Slate
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import GAME_ID, SLATE

GAME = SLATE.by_id[GAME_ID]
DAYS = (date(2025, 12, 21), date(2025, 12, 24))
"""One before the league began to publish each quarter of an hour, and one after it."""


def on_both_days() -> Slate:
    """Make a slate of one game on each of the days."""
    games = (
        replace(GAME, game_id=f"002250040{number}", game_date=day, tipoff=at(day, time(19)))
        for number, day in enumerate(DAYS)
    )
    return Slate(tuple(games), "2025-26")


@pytest.mark.parametrize(
    ("name", "clock", "status"),
    [
        ("2025-12-21_01PM", "13:30", 200),
        ("2025-12-21_01_30PM", "23:59", 403),
        ("2025-12-21_01_45PM", "23:59", 403),
        ("2025-12-24_01_30PM", "13:29", 403),
        ("2025-12-24_01_30PM", "13:30", 200),
        ("2025-12-24_01_45PM", "13:44", 403),
        ("2025-12-24_01_45PM", "13:45", 200),
        ("2025-12-24_02_00PM", "13:59", 403),
        ("2025-12-24_02_00PM", "14:00", 200),
        ("2025-12-24_01_15PM", "23:59", 403),
        ("2025-12-24_01PM", "23:59", 403),
        ("2025-12-24_02PM", "23:59", 403),
    ],
)
def test_a_report_has_one_name_and_is_there_from_its_instant_on(
    name: str, clock: str, status: int
) -> None:
    """By the hour it is of its half; a name of the other form has none, whatever the time is."""
    path = f"/referee/injury/Injury-Report_{name}.pdf"
    assert answer(path, {}, on_both_days(), et(f"{name[:10]} {clock}")).status == status
