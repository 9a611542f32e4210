"""Without a date a command is about today, which lasts until midnight in New York."""

from datetime import UTC
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from local.commands.cli import main
from local.simulator.world import ManualClock
from tests.kit.situations import DAY, et

EVENING = et("2025-11-12 23:30").astimezone(UTC)
"""It is the day after by the machine's clock."""


@pytest.mark.parametrize(
    ("words", "work"),
    [
        (("runs",), "common.look.runs.runs_on"),
        (("scrape", "nbac_player_list"), "local.operate.asking.question_of"),
    ],
)
def test_today_is_the_date_of_the_games(
    words: tuple[str, ...], work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the evening too."""
    asked: list[object] = []
    place = SimpleNamespace(clock=ManualClock(EVENING))
    monkeypatch.setattr("local.operate.reach.reach", lambda _: place)
    monkeypatch.setattr(work, lambda *given: asked.extend(given))
    CliRunner().invoke(main, words)
    assert DAY in asked
