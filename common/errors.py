"""The base of every error of ours, and the one list of what is transient.

A permanent error is dead-lettered at the first try and acknowledged, because trying again cannot
help. Every other error is raised, so that the platform delivers again for hours; the list below
decides whether the answer is 503 or 500, and how early it is an incident (docs/failures.md).
"""

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

# Every reason that BigQuery documents or that its client library knows, judged once: these pass.
# A job's reason becomes a status in the library, often another than the documented one.
# https://cloud.google.com/bigquery/docs/error-messages
TRANSIENT_REASONS: dict[str, str] = {
    "backendError": "BigQuery documents it as retryable",
    "badGateway": "a front end lost its backend for a moment; the library retries it too",
    "blocked": "the operation is refused for a time, to prevent an outage",
    "internalError": "BigQuery documents it as retryable",
    "jobBackendError": "the job failed inside BigQuery; another job id may succeed",
    "jobInternalError": "the job failed inside BigQuery; another job id may succeed",
    "jobRateLimitExceeded": "the rate of statements, which refills in seconds",
    "quotaExceeded": "a rolling quota, which refills over hours; retried while the message lives",
    "rateLimitExceeded": "a short-term rate, which refills in seconds",
    "resourcesExceeded": "our statements are small, so that only a full queue of a table is meant",
    "stopped": "somebody cancelled the job, not its rows",
    "tableUnavailable": "BigQuery documents it as retryable",
    "timeout": "our statements are small, so that BigQuery was slow",
}
# And these stay, until somebody changes something.
LASTING_REASONS: dict[str, str] = {
    "accessDenied": "a grant is missing",
    "attributeError": "of notebooks; our statements have none",
    "badRequest": "the request itself is wrong",
    "billingNotEnabled": "the project has no billing",
    "billingTierLimitExceeded": "the statement itself is too expensive",
    "duplicate": "the job exists already: the append looks at it",
    "invalid": "the input or the table's schema is wrong",
    "invalidQuery": "the statement is wrong",
    "invalidUser": "of scheduled queries; we schedule none from here",
    "notFound": "a table, dataset or job does not exist",
    "notImplemented": "BigQuery cannot do it",
    "policyViolation": "an organisation policy forbids it",
    "proxyAuthenticationRequired": "a proxy wants a password",
    "resourceInUse": "of deletions; we delete nothing",
    "responseTooLarge": "the answer itself is too large",
}
# Those of them that only mean "slower": a burst brings them, and it goes by.
RATE_REASONS = frozenset(
    {"jobRateLimitExceeded", "quotaExceeded", "rateLimitExceeded", "resourcesExceeded"}
)


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
    code = getattr(error, "code", None)
    if isinstance(code, int) and code in TRANSIENT_STATUSES:
        return True
    return not TRANSIENT_REASONS.keys().isdisjoint(_reasons(error))


def is_rate_limit(error: BaseException) -> bool:
    """Return whether a service only asks us to be slower.

    Args:
        error: what a port or a client library raised; of the library's RetryError its cause counts.
    """
    cause = getattr(error, "cause", None)
    if isinstance(cause, BaseException):
        error = cause
    code = getattr(error, "code", None)
    return code == HTTPStatus.TOO_MANY_REQUESTS or not RATE_REASONS.isdisjoint(_reasons(error))


def _reasons(error: BaseException) -> list[str]:
    """Return the reasons in an error of Google's libraries; none of an error of another form."""
    details = getattr(error, "errors", None)
    if not isinstance(details, list):
        return []
    return [str(detail.get("reason")) for detail in details if isinstance(detail, dict)]
