"""`python -m local check`: everything that is wrong or missing, at once."""

import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from local.commands.options import workflows_option

if TYPE_CHECKING:
    from local.commands.operate.findings import Finding, Level

LEVELS: "tuple[Level, ...]" = ("error", "warning", "note")
"""In the order in which they are printed."""


@click.command()
@workflows_option
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def check(workflows: Path | None, *, as_json: bool) -> None:
    """Name all that is wrong or missing. Exit status 1 for an error.

    Reads the workflow and topology files, the environment as a function would read it, the
    scrapers, their samples, and the published lists. An error stops a function, a warning loses
    data or misleads, a note explains.
    """
    found = findings(os.environ, workflows)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], indent=2))
    else:
        counts = Counter(one.level for one in found)
        summary = ", ".join(f"{level}s: {counts[level]}" for level in LEVELS)
        click.echo("\n".join((*map(str, found), summary)))
    sys.exit(any(one.level == "error" for one in found))


def findings(environment: Mapping[str, str], workflows: Path | None = None) -> "list[Finding]":
    """Return all findings, errors first.

    Args:
        environment: the variables that a function would read.
        workflows: another workflow file than that of the settings.
    """
    from local.commands.operate.findings import (
        of_environment,
        of_topology,
        of_workflows,
        usable_settings,
    )
    from local.commands.operate.scraper_findings import of_scrapers

    settings = usable_settings(environment)
    path = workflows or settings.workflows_file
    in_topology, topology = of_topology(settings.topology_file, settings.lease_seconds)
    in_workflows, reading = of_workflows(path, topology)
    around = of_scrapers(settings, path, reading, topology)
    found = [*in_workflows, *in_topology, *of_environment(environment), *around]
    return sorted(found, key=lambda one: LEVELS.index(one.level))
