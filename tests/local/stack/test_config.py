"""What a stack is started with where nobody says otherwise, and how that is handed on."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

from common.settings import ROOT
from local.stack.config import StackConfig

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)


def test_a_stack_has_the_slate_the_workflows_and_a_folder_of_its_process() -> None:
    """Undisturbed, on free ports, from the season's first day on."""
    assert StackConfig(instant=NOON) == StackConfig(
        instant=NOON,
        folder=ROOT / ".local" / f"run-{os.getpid()}",
        slate=ROOT / "config" / "slates" / "2025-11.json",
        collect_since=None,
        workflows=ROOT / "config" / "workflows.yaml",
        ports={},
        refuse=(),
        chaos=None,
        tell_incidents=False,
    )


def test_all_of_it_reaches_the_process_that_holds_the_stack() -> None:
    """As a line of JSON."""
    config = StackConfig(
        instant=NOON,
        folder=Path("/a"),
        slate=Path("/b"),
        collect_since=date(2025, 11, 1),
        workflows=Path("/c"),
        ports={"pubsub": 1, "source": 2},
        refuse=("odds", "x"),
        chaos=0,
        tell_incidents=True,
    )
    assert "\n" not in config.to_json()
    assert StackConfig.from_json(config.to_json()) == config
