"""Every way in which a source can fail (R7), one class each; no text contains a key."""

from typing import ClassVar, Literal

from common.errors import OrchestrationError
from common.messages.labels import Outcome

Verdict = Literal["ok", "empty", "failed", "changed", "unasked"]
"""What an attempt shows of its source; only `failed` counts for the circuit."""

SAMPLE_BYTES_MAX = 4096
"""How much of an answer is kept with a failure."""


class SourceError(OrchestrationError):
    """A source did not give what it was asked for.

    Attributes:
        outcome: the outcome of a scrape that ends with this error.
        verdict: what the attempt shows of the source.
        elsewhere: whether the same request by another route may succeed.
        http_status: the status of the last answer; None when there was no answer.
        sample: the first 4 KiB of that answer.
    """

    code = "SOURCE"
    outcome: ClassVar[Outcome] = "FAILED"
    verdict: ClassVar[Verdict] = "failed"
    elsewhere: ClassVar[bool] = False

    def __init__(self, text: str, http_status: int | None = None, sample: bytes = b"") -> None:
        super().__init__(text)
        self.http_status = http_status
        self.sample = sample[:SAMPLE_BYTES_MAX]


class NotFoundError(SourceError):
    """The source has nothing under that address (404)."""

    code = "SOURCE_NOT_FOUND"
    outcome = "NO_DATA"
    verdict = "empty"


class NotPublishedError(SourceError):
    """A file store has no such file, or not yet; it answers 403 then."""

    code = "SOURCE_NOT_PUBLISHED"
    outcome = "NOT_READY"
    verdict = "empty"


class OverdueError(SourceError):
    """The source answers, but has nothing of a finished game long after it was due (FS07)."""

    code = "SOURCE_OVERDUE"
    verdict = "empty"


class BlockedError(SourceError):
    """The source refuses us (401 or 403), which never counts as no data (S2)."""

    code = "SOURCE_BLOCKED"
    outcome = "BLOCKED"
    elsewhere = True


class PartlyBlockedError(SourceError):
    """The source refused us after some answers, as cdn.nba.com does with fast requests (S6)."""

    code = "SOURCE_PARTLY_BLOCKED"
    elsewhere = True


class MovedError(SourceError):
    """The source has changed its address: it answers with a redirect or 410 (S8)."""

    code = "SOURCE_MOVED"
    outcome = "CONTRACT"
    verdict = "changed"
    elsewhere = True


class RefusedError(SourceError):
    """The source finds our request wrong (another 4xx), and would find it wrong again."""

    code = "SOURCE_REFUSED"


class TooLargeError(SourceError):
    """The answer exceeds the size limit; the rest of it was not read."""

    code = "SOURCE_TOO_LARGE"


class UnavailableError(SourceError):
    """The source is overloaded or down: 429, 5xx or a lost connection at every try.

    Attributes:
        wait: the seconds that its Retry-After asks for; None without one.
    """

    code = "SOURCE_UNAVAILABLE"
    elsewhere = True

    def __init__(
        self,
        text: str,
        http_status: int | None = None,
        sample: bytes = b"",
        wait: float | None = None,
    ) -> None:
        super().__init__(text, http_status, sample)
        self.wait = wait


class TimedOutError(UnavailableError):
    """The source did not answer in time, or the task's own time is up (X9)."""

    code = "SOURCE_TIMEOUT"
    outcome = "TIMEOUT"


class NoTurnError(SourceError):
    """So many tasks ask the source's host that no turn was left in the task's time."""

    code = "SOURCE_NO_TURN"
    verdict = "unasked"


class MissingKeyError(SourceError):
    """The source needs a key that is not set."""

    code = "SOURCE_KEY_MISSING"
    verdict = "unasked"


class NoRouteError(SourceError):
    """The source does not answer clouds, and the operator has set no other way to it."""

    code = "SOURCE_NO_ROUTE"
    verdict = "unasked"


class NoNbaIdError(SourceError):
    """The source goes by NBA.com's game ids, and no season file has the game's."""

    code = "SOURCE_NO_NBA_ID"
    verdict = "unasked"


class QuotaError(SourceError):
    """The credits left at The Odds API do not suffice for the task."""

    code = "SOURCE_QUOTA"
    verdict = "unasked"


class CircuitOpenError(SourceError):
    """The source failed too often in a row and is not asked for a while (X7)."""

    code = "SOURCE_CIRCUIT_OPEN"
    verdict = "unasked"
