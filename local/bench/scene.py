"""The chain that is measured everywhere: a slot in which `betting_lines` runs, and nothing else.

Each chain is of another day with the same twelve games, so that no chain finds what another one
left; the one workflow is the shipped one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from common.configuration.topology import load_topology
from common.eastern import at
from common.scrapers import REGISTRY
from common.settings import ROOT, Settings

WORKFLOW = "betting_lines"
FIRST_DAY = date(2025, 11, 1)
TEMPLATE_DAY = "2025-11-12"
PREPARED, SLOT = time(14, 45), time(15)
"""When the schedule is fetched, and when the controller's tick comes."""
WARM_UP = 3
"""The first chains of a run, which are not counted."""
SLATE = ROOT / "config" / "slates" / "2025-11.json"
REFRESH = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}


@dataclass(frozen=True)
class Scene:
    """The files of the chains, and their days."""

    slate: Path
    workflows: Path
    days: Sequence[date]

    @property
    def start(self) -> datetime:
        """The midnight before the first day's chain."""
        return at(self.days[0], time())


def make_scene(folder: Path, days: int) -> Scene:
    """Write the files for so many chains.

    Args:
        folder: exists.
        days: number of days, one chain each.
    """
    slate, workflows = folder / "slate.json", folder / "workflows.yaml"
    dates = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    slate.write_text(json.dumps({"slate": 1, "games": _games(dates)}))
    workflows.write_text(yaml.safe_dump(_only_workflow()))
    return Scene(slate, workflows, dates)


def _only_workflow() -> dict[str, Any]:
    """Return the shipped file with one workflow; it names the scrapers that nothing triggers."""
    shipped: dict[str, Any] = yaml.safe_load(Settings().workflows_file.read_text())
    jobs = load_topology(Settings().topology_file).jobs
    kept = shipped["workflows"][WORKFLOW]
    triggered = {name for step in kept["steps"] for name in step["scrapers"]}
    triggered |= {job.message.get("scraper") for job in jobs}
    unused = dict.fromkeys(REGISTRY.keys() - triggered, "no part of the measured chain")
    return {**shipped, "workflows": {WORKFLOW: kept}, "disabled_scrapers": unused}


def _games(dates: Sequence[date]) -> list[dict[str, str]]:
    known = json.loads(SLATE.read_text())["games"]
    games = [game for game in known if game["date"] == TEMPLATE_DAY]
    both = [(day, game) for day in dates for game in games]
    return [
        {**game, "date": f"{day}", "game_id": f"00225{number:05}"}
        for number, (day, game) in enumerate(both, 1)
    ]


def tick_body(slot: datetime) -> dict[str, object]:
    """Return the message of the controller's tick of a slot."""
    return {"schema": "tick", "version": 1, "scheduled_time": slot.isoformat()}
