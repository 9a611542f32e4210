"""What the objects that tasks write are called."""

from datetime import UTC, date, datetime

import pytest

from common.messages.object_names import game_folder, is_own_name, object_name, stem

DAY = date(2025, 11, 12)
BEGAN = datetime(2025, 11, 12, 18, 30, 45, tzinfo=UTC)
TASK = "0123456789abcdef"


@pytest.mark.parametrize(
    ("game_id", "failed", "task_id", "name"),
    [
        (None, False, "", "oddsa-events/2025-11-12/133045.json"),
        (None, False, TASK, "oddsa-events/2025-11-12/133045-01234567.json"),
        ("0022500213", False, "", "oddsa-events/2025-11-12/0022500213/133045.json"),
        (
            "0022500213",
            True,
            TASK,
            "failed/oddsa-events/2025-11-12/0022500213/133045-01234567.json",
        ),
    ],
)
def test_a_name_tells_scraper_date_game_and_eastern_second(
    game_id: str | None, task_id: str, name: str, *, failed: bool
) -> None:
    """Two tasks of one second differ by eight characters of their ids; a failure has its folder."""
    begins = stem("oddsa_events", DAY, game_id, BEGAN)
    assert object_name(begins, "json", failed=failed, task_id=task_id) == name
    assert is_own_name(name, "oddsa_events", DAY)
    assert not is_own_name(name, "oddsa_events", date(2025, 11, 13))
    assert not is_own_name(f"copies/{name}", "oddsa_events", DAY)
    if game_id and not failed:
        assert name.startswith(game_folder("oddsa_events", DAY, game_id))
