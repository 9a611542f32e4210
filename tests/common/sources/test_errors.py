"""What each failure of a source means: for the row, for the circuit, and for the next route."""

import pytest

from common.messages.labels import Outcome
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


def test_every_failure_has_a_code_of_its_own() -> None:
    """Logs and answers tell them apart, and a class that is added later is judged here."""

    def below(kind: type[SourceError]) -> set[type[SourceError]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    kinds = {kind for kind in below(SourceError) if kind.__module__ == SourceError.__module__}
    assert kinds - {SourceError} == MEANS.keys()
    assert len({kind.code for kind in kinds}) == len(kinds)
