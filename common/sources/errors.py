"""Every way in which a source can fail us, told apart (R7); no text holds the Odds API key."""

from typing import ClassVar, Literal

from common.errors import OrchestrationError
from common.messages.labels import Outcome

Verdict = Literal["ok", "empty", "failed", "changed", "unasked"]
"""What an attempt shows of the source: only `failed` counts for its circuit."""

SAMPLE_BYTES_MAX = 4096


class SourceError(OrchestrationError):
    """A source did not give what was asked for.

    Attributes:
        outcome: what the scrape is called then.
        verdict: what it shows of the source.
        elsewhere: whether the same request to the fallback may succeed.
        http_status: of the last answer; None when there was none.
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
    """404: the source has nothing under that name."""

    code = "SOURCE_NOT_FOUND"
    outcome = "NO_DATA"
    verdict = "empty"


class NotPublishedError(SourceError):
    """A file store's 403 for a file that is not there (yet)."""

    code = "SOURCE_NOT_PUBLISHED"
    outcome = "NOT_READY"
    verdict = "empty"


class BlockedError(SourceError):
    """401 or 403: it refuses us; never the same as no data (S2)."""

    code = "SOURCE_BLOCKED"
    outcome = "BLOCKED"
    elsewhere = True


class PartlyBlockedError(SourceError):
    """It refused us after some answers, as cdn.nba.com does with quick ones (S6)."""

    code = "SOURCE_PARTLY_BLOCKED"
    elsewhere = True


class MovedError(SourceError):
    """A redirect, or 410: the source has changed its address (S8)."""

    code = "SOURCE_MOVED"
    outcome = "CONTRACT"
    verdict = "changed"
    elsewhere = True


class RefusedError(SourceError):
    """Another 4xx: our request is wrong, and would be wrong again."""

    code = "SOURCE_REFUSED"


class TooLargeError(SourceError):
    """The answer is over the size limit; the rest was not read."""

    code = "SOURCE_TOO_LARGE"


class UnavailableError(SourceError):
    """429, 5xx or a lost connection, after every try."""

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
    """It did not answer in time, or our own time for the task is up (X9)."""

    code = "SOURCE_TIMEOUT"
    outcome = "TIMEOUT"


class NoTurnError(SourceError):
    """So many of us ask its host that no turn was left in our time."""

    code = "SOURCE_NO_TURN"
    verdict = "unasked"


class MissingKeyError(SourceError):
    """The Odds API key is not set."""

    code = "SOURCE_KEY_MISSING"
    verdict = "unasked"


class QuotaError(SourceError):
    """The Odds API's credits do not suffice."""

    code = "SOURCE_QUOTA"
    verdict = "unasked"


class CircuitOpenError(SourceError):
    """It failed too often in a row, and is left alone for a while (X7)."""

    code = "SOURCE_CIRCUIT_OPEN"
    verdict = "unasked"
