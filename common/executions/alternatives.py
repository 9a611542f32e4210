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
        Ids of games, and None for the whole date.
    """
    before = [result for result in results if result.scraper in step.instead_of]
    failed = {result.game_id for result in before if result.status == "FAILED"}
    return frozenset(failed - {r.game_id for r in before if r.status != "FAILED"})


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
        for first, others in step.alternatives.items():
            if scraper == first or scraper in others:
                yield from (first, *others)


def note_switches(state: StateStore, step: PlannedStep, results: Sequence[Result]) -> None:
    """Log, once each, that alternatives of a step's scrapers are needed, and that they are not.

    A scraper is replaced when it failed for everything that it was asked for, and back with the
    first data that it brings. One object a scraper remembers which of both was logged last.
    """
    for scraper, others in step.alternatives.items():
        mine = [result for result in results if result.scraper == scraper]
        is_back = any(result.outcome == "SUCCESS" for result in mine)
        if is_back or any(result.status == "FAILED" for result in mine):
            _note(state, scraper, "" if is_back else others[0], mine)


def _note(state: StateStore, scraper: str, to: str, results: Sequence[Result]) -> None:
    name = names.switch(scraper)
    held, stored = state.read_as(name, json.loads)
    was = held.get("to", "") if isinstance(held, dict) else ""
    if bool(to) == bool(was) or not state.swap(name, {"to": to}, stored):
        return
    log(
        "WARNING",
        f"A scraper brought nothing that it was asked for; {to} stands in until it is back"
        if to
        else f"A scraper brings data again; {was} does not stand in for it any more",
        reason_code="SOURCE_SWITCHED" if to else "SOURCE_RETURNED",
        scraper=scraper,
        error=next((each.error_message for each in results if each.error_message), None),
    )
