"""What alternatives are asked for, what they made good, and when a scraper is switched to them."""

from collections.abc import Iterator, Sequence

from common.executions.manifest import Manifest, PlannedStep
from common.executions.result import Result
from common.logs import log
from common.messages.models import Message
from common.state import names
from common.state.store import StateStore

FAILURES_MIN = 3
"""After how many failed tasks in a row a scraper counts as replaced."""


class Switch(Message):
    """What is remembered of a scraper: who is asked instead, and its failures in a row.

    `last` is the execution whose failures were counted last: a redelivery counts none twice.
    """

    to: str = ""
    failures: int = 0
    last: str = ""


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

    A scraper is replaced after `FAILURES_MIN` tasks in a row that brought nothing, so that one game
    that is late makes no switch, and back with its first data. One object a scraper remembers.
    """
    for scraper, others in step.alternatives.items():
        mine = [result for result in results if result.scraper == scraper]
        if any(result.outcome == "SUCCESS" for result in mine):
            _note_data(state, scraper)
        elif failed := [result for result in mine if result.status == "FAILED"]:
            _note_failures(state, scraper, others[0], failed)


def _note_data(state: StateStore, scraper: str) -> None:
    name = names.switch(scraper)
    held, generation = state.read_as(name, Switch.model_validate_json)
    if (
        held is None
        or not (held.to or held.failures)
        or not state.swap(name, Switch().model_dump(), generation)
    ):
        return
    if held.to:
        log(
            "WARNING",
            f"A scraper brings data again; {held.to} is not asked in its place any more",
            reason_code="SOURCE_RETURNED",
            scraper=scraper,
        )


def _note_failures(state: StateStore, scraper: str, to: str, failed: Sequence[Result]) -> None:
    name = names.switch(scraper)
    held, generation = state.read_as(name, Switch.model_validate_json)
    was, execution_id = held or Switch(), failed[0].execution_id or ""
    failures = was.failures + len(failed)
    now = Switch(to=to if failures >= FAILURES_MIN else "", failures=failures, last=execution_id)
    if (
        was.to
        or (execution_id and was.last == execution_id)
        or not state.swap(name, now.model_dump(), generation)
    ):
        return
    if now.to:
        log(
            "WARNING",
            f"A scraper brings nothing that it is asked for; {to} is asked until it is back",
            reason_code="SOURCE_SWITCHED",
            scraper=scraper,
            error=failed[0].error_message,
        )
