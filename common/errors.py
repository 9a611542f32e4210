"""Every error of ours, and the one list of what is transient.

A permanent error is dead-lettered at the first try and acknowledged: trying again cannot help.
A transient one is raised, so that the platform retries for hours (see docs/failures.md).
"""

import errno
from http import HTTPStatus
from typing import ClassVar


class OrchestrationError(Exception):
    """Base of every error of ours; its text says what is wrong and what to do next.

    Attributes:
        code: names the kind of error in logs and answers; it never changes, whatever the class or
            its text is called later.
    """

    code: ClassVar[str] = "ORCHESTRATION"


class PermanentError(OrchestrationError):
    """Trying again with the same input cannot help."""

    code = "PERMANENT"


class BadInputError(PermanentError):
    """A message, file or argument is not of the form we publish; names field and value."""

    code = "BAD_INPUT"


class ConfigError(OrchestrationError):
    """A configuration file or an environment variable cannot work; names file, field and value.

    Not permanent for the message in hand: once a fixed configuration is deployed, the platform's
    redelivery succeeds by itself.
    """

    code = "CONFIG"


class RowError(PermanentError):
    """A row does not fit its table's schema; names table, field and value."""

    code = "ROW"


class TransientError(OrchestrationError):
    """The same call may succeed later."""

    code = "TRANSIENT"


class ClaimBusyError(TransientError):
    """Another live delivery holds the claim; the platform's redelivery finds it done."""

    code = "CLAIM_BUSY"


class ConflictError(OrchestrationError):
    """A generation precondition failed: another delivery wrote the object first."""

    code = "CONFLICT"


# Each status says why a later try may succeed.
TRANSIENT_STATUSES: dict[int, str] = {
    HTTPStatus.REQUEST_TIMEOUT: "the server gave up waiting, not judging",
    HTTPStatus.TOO_MANY_REQUESTS: "a rate limit refills with time",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Google documents 500 as retryable with backoff",
    HTTPStatus.BAD_GATEWAY: "a front end lost its backend for a moment",
    HTTPStatus.SERVICE_UNAVAILABLE: "overload or a restart passes",
    HTTPStatus.GATEWAY_TIMEOUT: "the backend may answer in time next time",
}

# Exceptions that carry no HTTP status, by the class name anywhere in their ancestry: matching by
# name keeps client libraries out of a cold start that never needs them.
TRANSIENT_NAMES: dict[str, str] = {
    "ConnectionError": "the peer was not there or went away",
    "TimeoutError": "no answer yet is not a refusal",
    "TransportError": "httpx and google-auth raise it when the network failed below HTTP",
    "RetryError": "google-api-core ran out of its own short retries",
    "TransientError": "ours, by definition",
}

# BigQuery answers these reasons with status 403 although they pass (quota windows refill).
# https://cloud.google.com/bigquery/docs/error-messages
TRANSIENT_REASONS: dict[str, str] = {
    "rateLimitExceeded": "short-term rate, refills in seconds",
    "quotaExceeded": "a rolling quota, refills over hours; retried while the message lives",
    "jobRateLimitExceeded": "job creation rate, refills in seconds",
    "backendError": "BigQuery's own words for try again",
    "internalError": "BigQuery's own words for try again",
    "jobBackendError": "BigQuery's own words for try again",
}

_TRANSIENT_ERRNOS = {errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT}


def is_transient(error: BaseException) -> bool:
    """Say whether a later try of the same call may succeed.

    Args:
        error: what a port or a client library raised.

    Returns:
        True for the named list above, False for everything else, ours and foreign.
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
