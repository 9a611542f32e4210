"""What alternatives are asked for, what they made good, and when a scraper is switched to them."""

import json
from collections.abc import Iterator, Sequence

from common.executions.manifest import Manifest, PlannedStep
from common.executions.result import Result
from common.logs import log
from common.state import names
from common.state.store import StateStore


def lacking(step: PlannedStep, results: Sequence[Result]) -> frozenset[str | None]:
    """Return what the scrapers before an alternative failed to bring.

    Args:
        step: the alternative's step.
        results: of all steps before it.

    Returns:
        Ids of games, and None for the whole date. What the alternative itself was already asked
        for is left out: it may also be a scraper of the workflow's own step.
    """
    mine = [result for result in results if result.scraper in (*step.instead_of, *step.scrapers)]
    failed = {result.game_id for result in mine if result.status == "FAILED"}
    brought = {result.game_id for result in mine if result.status != "FAILED"}
    asked = {result.game_id for result in mine if result.scraper in step.scrapers}
    return frozenset(failed - brought - asked)


def not_made_good(manifest: Manifest, results: Sequence[Result]) -> list[Result]:
    """Return the failed tasks whose data no alternative brought."""
    brought = {(r.scraper, r.game_id) for r in results if r.outcome in ("SUCCESS", "NO_DATA")}
    return [
        result
        for result in results
        if result.status == "FAILED"
        and not any((name, result.game_id) in brought for name in _others(manifest, result.scraper))
    ]


def _others(manifest: Manifest, scraper: str) -> Iterator[str]:
    """Yield the scrapers that can stand in for another, or for which it stands in."""
    for step in manifest.steps:
        line = (*step.instead_of, *step.scrapers)
        if step.instead_of and scraper in line:
            yield from line


def note_switch(state: StateStore, step: PlannedStep, results: Sequence[Result]) -> None:
    """Log, once each, that an owner's scraper is replaced by the next one, and that it is back.

    It is replaced when it failed for everything that it was asked for, and back with the first data
    that it brings. One object a scraper remembers which of both was logged last.
    """
    scraper = step.instead_of[0]
    outcomes = {result.outcome for result in results if result.scraper == scraper}
    failed = any(r.status == "FAILED" for r in results if r.scraper == scraper)
    if len(step.instead_of) > 1 or not (failed or "SUCCESS" in outcomes):
        return
    to = "" if "SUCCESS" in outcomes else step.scrapers[0]
    held, stored = state.read_as(names.switch(scraper), json.loads)
    was = held.get("to", "") if isinstance(held, dict) else ""
    if bool(to) == bool(was) or not state.swap(names.switch(scraper), {"to": to}, stored):
        return
    if to:
        log(
            "WARNING",
            f"A scraper brought nothing that it was asked for; {to} is asked until it is back",
            reason_code="SOURCE_SWITCHED",
            scraper=scraper,
            error=next((r.error_message for r in results if r.scraper == scraper), None),
        )
    else:
        log(
            "WARNING",
            f"A scraper brings data again; {was} is not asked any more",
            reason_code="SOURCE_RETURNED",
            scraper=scraper,
        )
