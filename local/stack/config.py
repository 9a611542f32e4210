"""The configuration of a stack, and the names by which others reach its parts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from common.settings import ROOT, Settings

DEFAULT_SLATE = ROOT / "config" / "slates" / "2025-11.json"
SERVERS = ("pubsub", "storage", "source", "bigquery")
"""The servers whose ports can be fixed; the functions always listen on free ports."""
KEPT_DEAD_LETTERS = "dead-letters--kept"
"""A pull subscription that holds dead letters until the operator reads them, as in Terraform."""


def run_folder() -> Path:
    """Return the folder of a stack that this process starts."""
    return ROOT / ".local" / f"run-{os.getpid()}"


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """What a stack is started with.

    Attributes:
        instant: where the virtual clock begins, aware.
        folder: holds the clock file and the logs; it is removed with the stack.
        slate: the games that the sources serve: a slate file of ours or a scheduleLeagueV2 file.
        collect_since: games before this date are not caught up.
        workflows: the workflow file.
        ports: fixed ports by name of a server; other servers listen on free ports.
        refuse: parts of paths of requests that the sources refuse with 503.
        chaos: the seed of the disturbances; None starts an undisturbed stack.
        tell_incidents: whether the sweeps tell of incidents. Only a stack that is up has the view
            from its first sweep on, and only there does it cost nobody's time: a second each.
    """

    instant: datetime
    folder: Path = field(default_factory=run_folder)
    slate: Path = DEFAULT_SLATE
    collect_since: date | None = None
    workflows: Path = Settings().workflows_file
    ports: Mapping[str, int] = field(default_factory=dict)
    refuse: tuple[str, ...] = ()
    chaos: int | None = None
    tell_incidents: bool = False

    def to_json(self) -> str:
        """Return the configuration as the keeper process takes it."""
        return TypeAdapter(StackConfig).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "StackConfig":
        """Read what `to_json` returned."""
        return TypeAdapter(StackConfig).validate_json(text)
