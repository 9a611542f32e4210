"""A subscription as the broker uses it: validated, with Pub/Sub's defaults filled in."""

import re
from dataclasses import dataclass
from datetime import timedelta

from google.pubsub_v1 import types

from local.broker.filters import Predicate, compile_filter
from local.broker.refusals import InvalidArgumentError, UnimplementedError

# https://cloud.google.com/pubsub/docs/subscription-properties
_ACK_DEADLINE_SECONDS_DEFAULT = 10
_ACK_DEADLINE_SECONDS = range(10, 601)
_RETENTION_DEFAULT = timedelta(days=7)
_RETENTION_MIN, _RETENTION_MAX = timedelta(minutes=10), timedelta(days=31)
_BACKOFF_DEFAULT = (timedelta(seconds=10), timedelta(seconds=600))
_BACKOFF_MAX = timedelta(seconds=600)
# A push subscription without a retry policy still slows down for a failing endpoint:
# https://cloud.google.com/pubsub/docs/push#push_backoff
_PUSH_BACKOFF = (timedelta(seconds=0.1), timedelta(seconds=60))
_ATTEMPTS_DEFAULT = 5
_ATTEMPTS = range(5, 101)
# Far above the number that reaches the longest backoff; more would overflow a timedelta.
_DOUBLINGS_MAX = 30

_NAME = re.compile(
    r"projects/[^/]+/(topics|subscriptions)/(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{2,254}"
)
_UNIMPLEMENTED_FIELDS = (
    "bigquery_config",
    "cloud_storage_config",
    "bigtable_config",
    "enable_message_ordering",
    "enable_exactly_once_delivery",
    "message_transforms",
)


@dataclass(frozen=True, eq=False)
class Subscription:
    """One subscription; one that is deleted and created again is another subscription."""

    resource: types.Subscription
    """The `google.pubsub.v1.Subscription` that clients see, with defaults filled in."""
    matches: Predicate
    minimum_backoff: timedelta
    maximum_backoff: timedelta
    max_attempts: int
    """0 when there is no dead-letter policy."""
    name: str
    topic: str
    endpoint: str
    """Empty for a pull subscription."""
    ack_deadline: int
    retention: timedelta
    dead_letter_topic: str

    def backoff(self, attempt: int) -> timedelta:
        """Return how long to wait after the `attempt`-th failure: doubled each time, limited."""
        doubled: timedelta = self.minimum_backoff * 2 ** min(attempt - 1, _DOUBLINGS_MAX)
        return min(doubled, self.maximum_backoff)


def check_name(name: str, kind: str) -> None:
    """Refuse a resource name that Pub/Sub would refuse.

    Args:
        name: `projects/P/topics/T` or `projects/P/subscriptions/S`.
        kind: `topics` or `subscriptions`.

    Raises:
        InvalidArgumentError: the name is not of that form.
    """
    found = _NAME.fullmatch(name)
    if not found or found.group(1) != kind:
        raise InvalidArgumentError(
            f"Invalid resource name {name!r}: expected projects/PROJECT/{kind}/NAME, the name of "
            "3 to 255 letters, digits and -._~%+, starting with a letter and not with goog"
        )


def read_subscription(request: types.Subscription) -> Subscription:
    """Validate a `google.pubsub.v1.Subscription` and fill in the defaults.

    Raises:
        InvalidArgumentError: a field is out of the range that Pub/Sub allows.
        UnimplementedError: the request uses a feature that this broker lacks.
    """
    check_name(request.name, "subscriptions")
    _refuse_unimplemented(request)
    resource = types.Subscription(request)
    resource.ack_deadline_seconds = request.ack_deadline_seconds or _ACK_DEADLINE_SECONDS_DEFAULT
    resource.message_retention_duration = request.message_retention_duration or _RETENTION_DEFAULT
    resource.state = types.Subscription.State.ACTIVE  # type: ignore[assignment]  # proto-plus enums
    if "dead_letter_policy" in request:
        policy = resource.dead_letter_policy
        policy.max_delivery_attempts = policy.max_delivery_attempts or _ATTEMPTS_DEFAULT
    minimum, maximum = _backoff(request)
    _check_ranges(resource, minimum, maximum)
    return Subscription(
        resource=resource,
        matches=compile_filter(request.filter),
        minimum_backoff=minimum,
        maximum_backoff=maximum,
        max_attempts=resource.dead_letter_policy.max_delivery_attempts,
        name=resource.name,
        topic=resource.topic,
        endpoint=resource.push_config.push_endpoint,
        ack_deadline=resource.ack_deadline_seconds,
        retention=resource.message_retention_duration,
        dead_letter_topic=resource.dead_letter_policy.dead_letter_topic,
    )


def _refuse_unimplemented(request: types.Subscription) -> None:
    asked = [field for field in _UNIMPLEMENTED_FIELDS if field in request]
    if "no_wrapper" in request.push_config:
        asked.append("push_config.no_wrapper")
    if asked:
        raise UnimplementedError(
            f"subscription {request.name}: the local broker lacks {asked[0]}; leave it out"
        )


def _backoff(request: types.Subscription) -> tuple[timedelta, timedelta]:
    if "retry_policy" not in request:
        # A pull subscription without a policy delivers again at once.
        pushes = bool(request.push_config.push_endpoint)
        return _PUSH_BACKOFF if pushes else (timedelta(0), timedelta(0))
    policy = request.retry_policy
    minimum = policy.minimum_backoff if "minimum_backoff" in policy else _BACKOFF_DEFAULT[0]
    maximum = policy.maximum_backoff if "maximum_backoff" in policy else _BACKOFF_DEFAULT[1]
    return minimum, maximum


def _check_ranges(resource: types.Subscription, minimum: timedelta, maximum: timedelta) -> None:
    attempts = resource.dead_letter_policy.max_delivery_attempts
    endpoint = resource.push_config.push_endpoint
    retention = resource.message_retention_duration
    checks = {
        f"ack_deadline_seconds={resource.ack_deadline_seconds}: 10 to 600": (
            resource.ack_deadline_seconds in _ACK_DEADLINE_SECONDS
        ),
        f"message_retention_duration={retention}: 10 minutes to 31 days": (
            _RETENTION_MIN <= retention <= _RETENTION_MAX
        ),
        f"retry_policy: {minimum} to {maximum}: 0 to 600 s, minimum <= maximum": (
            timedelta(0) <= minimum <= maximum <= _BACKOFF_MAX
        ),
        f"dead_letter_policy.max_delivery_attempts={attempts}: 5 to 100": (
            not attempts or attempts in _ATTEMPTS
        ),
        f"push_endpoint={endpoint!r}: an http or https URL": (
            not endpoint or endpoint.startswith(("http://", "https://"))
        ),
    }
    for rule, holds in checks.items():
        if not holds:
            raise InvalidArgumentError(f"subscription {resource.name}: {rule}")
