"""Finds the failed tasks of an execution whose data no alternative brought."""

from collections.abc import Iterable, Iterator

from common.cloud.ports import Row
from common.configuration.workflows import Workflow


def left_open(flow: Workflow, logged: Iterable[Row]) -> Iterator[Row]:
    """Yield the failed rows of an execution for which none that stands in for them succeeded.

    Args:
        flow: the workflow, which names the alternatives.
        logged: the log rows of one of its executions.
    """
    rows = list(logged)
    brought = {(r["scraper_name"], r["game_id"]) for r in rows if r["status"] == "SUCCESS"}
    lines = [flow.standing_for(name) for name in flow.scrapers]
    for row in rows:
        others = {name for line in lines if row["scraper_name"] in line for name in line}
        if row["status"] == "FAILED" and not any((o, row["game_id"]) in brought for o in others):
            yield row
