"""The base of every error of ours, and the one list of what is transient.

A permanent error is dead-lettered at the first try and acknowledged, because trying again cannot
help. Every other error is raised, so that the platform delivers again for hours; the list below
decides whether the answer is 503 or 500, and how early it is an incident (docs/failures.md).
"""

import errno
from http import HTTPStatus
from typing import ClassVar


class OrchestrationError(Exception):
    """The base of every error of ours; its text states what is wrong and what to do next.

    Attributes:
        code: identifies the kind of error in logs and answers. It stays the same when the class
            is renamed or its text is rewritten.
    """

    code: ClassVar[str] = "ORCHESTRATION"


class PermanentError(OrchestrationError):
    """The same input fails at every try."""

    code = "PERMANENT"


class BadInputError(PermanentError):
    """A message, file or argument is malformed; the text names the field and the value."""

    code = "BAD_INPUT"


class ConfigError(OrchestrationError):
    """A configuration file or environment variable is wrong; the text names file, field and value.

    It is not permanent for the message in hand: once a corrected configuration is deployed, the
    next delivery succeeds.
    """

    code = "CONFIG"


class RowError(PermanentError):
    """A row does not fit its table's schema; the text names the table, the field and the value."""

    code = "ROW"


class TransientError(OrchestrationError):
    """The same call may succeed later."""

    code = "TRANSIENT"


class ClaimBusyError(TransientError):
    """Another live delivery holds the claim; the next delivery finds its work done."""

    code = "CLAIM_BUSY"


class ConflictError(OrchestrationError):
    """A generation precondition failed: another delivery wrote the object first."""

    code = "CONFLICT"


# HTTP statuses of failures that may pass, each with the reason why a later try may succeed.
TRANSIENT_STATUSES: dict[int, str] = {
    HTTPStatus.REQUEST_TIMEOUT: "the server stopped waiting; it did not refuse the request",
    HTTPStatus.TOO_MANY_REQUESTS: "a rate limit refills with time",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Google documents 500 as retryable with backoff",
    HTTPStatus.BAD_GATEWAY: "a front end lost its backend for a moment",
    HTTPStatus.SERVICE_UNAVAILABLE: "overload or a restart passes",
    HTTPStatus.GATEWAY_TIMEOUT: "the backend may answer in time next time",
}

# Exceptions without an HTTP status, by the name of the class or of one of its bases. Names are
# compared, not classes, so that a cold start need not import the client libraries.
TRANSIENT_NAMES: dict[str, str] = {
    "ConnectionError": "the peer was unreachable or closed the connection",
    "TimeoutError": "an answer that is late is not a refusal",
    "TransportError": "httpx and google-auth raise it when the network failed below HTTP",
    "RetryError": "google-api-core has used up its own short retries",
    "TransientError": "our own base class of errors that may pass",
}

# Reasons that BigQuery gives with status 403 although they pass, because quotas refill.
# https://cloud.google.com/bigquery/docs/error-messages
TRANSIENT_REASONS: dict[str, str] = {
    "rateLimitExceeded": "a short-term rate, which refills in seconds",
    "quotaExceeded": "a rolling quota, which refills over hours; retried while the message lives",
    "jobRateLimitExceeded": "the rate of new jobs, which refills in seconds",
    "backendError": "BigQuery documents it as retryable",
    "internalError": "BigQuery documents it as retryable",
    "jobBackendError": "BigQuery documents it as retryable",
}

_TRANSIENT_ERRNOS = {errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT}


def is_transient(error: BaseException) -> bool:
    """Return whether a later try of the same call may succeed.

    Args:
        error: what a port or a client library raised.

    Returns:
        True for what the lists above name, False for every other error, ours or foreign.
    """
    if isinstance(error, PermanentError):
        return False
    if any(base.__name__ in TRANSIENT_NAMES for base in type(error).__mro__):
        return True
    if isinstance(error, OSError) and error.errno in _TRANSIENT_ERRNOS:
        return True
    code, details = getattr(error, "code", None), getattr(error, "errors", None)
    if isinstance(code, int) and code in TRANSIENT_STATUSES:
        return True
    return isinstance(details, list | tuple) and any(
        isinstance(detail, dict) and detail.get("reason") in TRANSIENT_REASONS for detail in details
    )
