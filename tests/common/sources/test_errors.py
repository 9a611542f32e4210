"""What each failure of a source means: for the row, for the circuit, and for the next route."""

import pytest

from common.messages.labels import Outcome
from common.scrapers.model import Target
from common.sources.errors import (
    BlockedError,
    CircuitOpenError,
    MissingKeyError,
    MovedError,
    NoNbaIdError,
    NoRouteError,
    NotFoundError,
    NotPublishedError,
    NoTurnError,
    OverdueError,
    PartlyBlockedError,
    QuotaError,
    RefusedError,
    SourceError,
    TimedOutError,
    TooLargeError,
    UnavailableError,
    Verdict,
)
from common.sources.outcomes import without_answer
from tests.kit.situations import DAY

MEANS: dict[type[SourceError], tuple[Outcome, Verdict, bool]] = {
    NotFoundError: ("NO_DATA", "empty", False),
    NotPublishedError: ("NOT_READY", "empty", False),
    OverdueError: ("FAILED", "empty", False),
    BlockedError: ("BLOCKED", "failed", True),
    PartlyBlockedError: ("FAILED", "failed", True),
    MovedError: ("CONTRACT", "changed", True),
    RefusedError: ("FAILED", "failed", False),
    TooLargeError: ("FAILED", "failed", False),
    UnavailableError: ("FAILED", "failed", True),
    TimedOutError: ("TIMEOUT", "failed", True),
    NoTurnError: ("FAILED", "unasked", False),
    MissingKeyError: ("FAILED", "unasked", False),
    NoRouteError: ("FAILED", "unasked", False),
    NoNbaIdError: ("FAILED", "unasked", False),
    QuotaError: ("FAILED", "unasked", False),
    CircuitOpenError: ("FAILED", "unasked", False),
}
"""Its outcome, its verdict, and whether another route may succeed."""


@pytest.mark.parametrize("kind", MEANS, ids=lambda kind: kind.__name__)
def test_r7_a_failure_says_what_it_means(kind: type[SourceError]) -> None:
    """A source that was not asked shows nothing; what another host may have is asked of it."""
    assert (kind.outcome, kind.verdict, kind.elsewhere) == MEANS[kind]


@pytest.mark.parametrize("kind", MEANS, ids=lambda kind: kind.__name__)
def test_a_scrape_ends_as_its_failure_means(kind: type[SourceError]) -> None:
    """Only a source that has nothing, or nothing yet, makes a success without records of it."""
    outcome, verdict, _ = MEANS[kind]
    found = without_answer(Target("s", DAY, "2025-26"), kind("why", 418, b"body"))
    is_empty = outcome in ("NO_DATA", "NOT_READY")
    assert (found.outcome, found.verdict, found.http_status) == (outcome, verdict, 418)
    assert (found.status, found.reason) == (("SUCCESS", "why") if is_empty else ("FAILED", None))
    assert (found.error_class, found.sample) == (
        (None, None) if is_empty else (kind.__name__, b"body")
    )


def test_every_failure_has_a_code_of_its_own() -> None:
    """Logs and answers tell them apart, and a class that is added later is judged here."""

    def below(kind: type[SourceError]) -> set[type[SourceError]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    kinds = {kind for kind in below(SourceError) if kind.__module__ == SourceError.__module__}
    assert kinds - {SourceError} == MEANS.keys()
    assert len({kind.code for kind in kinds}) == len(kinds)
