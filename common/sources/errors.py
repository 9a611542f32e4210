"""Every way in which a source can fail us, told apart (R7); no text holds the Odds API key."""

from typing import ClassVar, Literal

from common.errors import OrchestrationError
from common.messages.labels import Outcome

Verdict = Literal["ok", "empty", "failed", "changed", "unasked"]
"""What an attempt says of the source: only `failed` counts for its circuit."""

SAMPLE_BYTES = 4096


class SourceError(OrchestrationError):
    """A source did not give what was asked for.

    Attributes:
        outcome: what the scrape is called then.
        says: what it says of the source.
        elsewhere: the same request to the fallback may succeed.
        http_status: of the last answer; None when there was none.
        sample: the first 4 KiB of that answer.
    """

    outcome: ClassVar[Outcome] = "FAILED"
    says: ClassVar[Verdict] = "failed"
    elsewhere: ClassVar[bool] = False

    def __init__(self, text: str, http_status: int | None = None, sample: bytes = b"") -> None:
        super().__init__(text)
        self.http_status = http_status
        self.sample = sample[:SAMPLE_BYTES]


class NotFoundError(SourceError):
    """404: the source has nothing under that name."""

    outcome = "NO_DATA"
    says = "empty"


class NotPublishedError(SourceError):
    """A file store's 403 for a file that is not there (yet)."""

    outcome = "NOT_READY"
    says = "empty"


class BlockedError(SourceError):
    """401 or 403: it refuses us; never the same as no data (S2)."""

    outcome = "BLOCKED"
    elsewhere = True


class PartlyBlockedError(SourceError):
    """It refused us after some answers, as cdn.nba.com does with quick ones (S6)."""

    elsewhere = True


class MovedError(SourceError):
    """A redirect, or 410: the source has changed its address (S8)."""

    outcome = "CONTRACT"
    says = "changed"
    elsewhere = True


class RefusedError(SourceError):
    """Another 4xx: our request is wrong, and would be wrong again."""


class TooLargeError(SourceError):
    """The answer is over the size limit; the rest was not read."""


class UnavailableError(SourceError):
    """429, 5xx or a lost connection, after every try."""

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

    outcome = "TIMEOUT"


class NoTurnError(SourceError):
    """So many of us ask its host that no turn was left in our time."""

    says = "unasked"


class MissingKeyError(SourceError):
    """The Odds API key is not set."""

    says = "unasked"


class QuotaError(SourceError):
    """The Odds API's credits do not suffice."""

    says = "unasked"


class CircuitOpenError(SourceError):
    """It failed too often in a row, and is left alone for a while (X7)."""

    says = "unasked"
