"""`python -m local scrapers`: every scraper, what triggers it, and what it still needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from local.commands.console import make_console
from local.commands.options import workflows_option

if TYPE_CHECKING:
    from common.configuration.topology import Topology
    from common.configuration.workflows import Workflow
    from common.scrapers.model import Scraper
    from common.settings import Settings

PIPED_COLUMNS = 160


@dataclass(frozen=True)
class Listed:
    """One line of the list.

    Attributes:
        name: the scraper's name.
        sources: the sources that its first calls ask, on the day itself and later.
        scope: what one task collects.
        due: the Eastern time from which every game day has data; empty where none is set.
        triggers: the workflows and jobs that name it.
        state: `ready`, which settings are missing, or why it is off.
    """

    name: str
    sources: tuple[str, ...]
    scope: str
    due: str
    triggers: tuple[str, ...]
    state: str


@click.command()
@workflows_option
def scrapers(workflows: Path | None) -> None:
    """List the scrapers, what triggers them and what is missing.

    The settings are those of the environment, as a function would read them.
    """
    from rich.table import Table

    from common.configuration.checks import load_checked
    from common.configuration.topology import load_topology
    from common.settings import ROOT, settings

    topology = load_topology(ROOT / "config" / "topology.yaml")
    table = Table("scraper", "sources", "scope", "due ET", "triggered by", "state")
    flows = load_checked(workflows or ROOT / "config" / "workflows.yaml", topology)
    for one in listing(settings(), flows, topology):
        table.add_row(
            one.name, "\n".join(one.sources), one.scope, one.due, "\n".join(one.triggers), one.state
        )
    make_console(PIPED_COLUMNS).print(table)


def listing(
    settings: "Settings", workflows: "Mapping[str, Workflow]", topology: "Topology"
) -> Iterator[Listed]:
    """Yield a line for each scraper, in the order of the names."""
    from common.scrapers import REGISTRY

    for name, scraper in REGISTRY.items():
        flows = [flow for flow, held in workflows.items() if name in held.every_scraper]
        jobs = [job.name for job in topology.jobs if job.message.get("scraper") == name]
        sources = sources_of(scraper)
        off = scraper.off if not (flows or jobs) else ""
        yield Listed(
            name=name,
            sources=sources,
            scope=scraper.scope,
            due=f"{scraper.due:%H:%M}" if scraper.due else "",
            triggers=(*flows, *jobs),
            state=f"off: {off}" if off else _missing(sources, settings) or "ready",
        )


def sources_of(scraper: "Scraper") -> tuple[str, ...]:
    """Return the sources that a scraper's first calls ask, on the day itself and later."""
    from common.eastern import at
    from local.samples import DAY, target_of

    noon, target = at(DAY, time(12)), target_of(scraper)
    found = [
        call.source
        for now in (noon, noon + timedelta(days=2))
        for call in scraper.calls(target, now)
    ]
    return tuple(dict.fromkeys(found))


def _missing(sources: tuple[str, ...], settings: "Settings") -> str:
    """Name the settings without which sources cannot be asked; empty where none is missing."""
    from common.errors import OrchestrationError
    from common.scrapers.source import source_of
    from common.settings import variable
    from common.sources.keys import key_of
    from common.sources.routes import routes_of

    missing = []
    for name in sources:
        spec = source_of(name)
        try:
            routes_of(spec, settings)
            key_of(spec, settings)
        except OrchestrationError:
            missing.append(f"set {variable(f'{name}_{spec.needs}')}")
    return ", ".join(missing)
