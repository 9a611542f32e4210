"""Pushes a delivery: one HTTP POST, accepted or not by the answer's status."""

from dataclasses import dataclass

import urllib3

from local.broker.messages import Delivery
from local.broker.stats import BODY_CHARACTERS_MAX

# https://cloud.google.com/pubsub/docs/push#receive_push
ACCEPTED_STATUSES = frozenset({102, 200, 201, 202, 204})
_POOLED_HOSTS_MAX = 64


@dataclass(frozen=True)
class PushResult:
    """The endpoint's answer to one push."""

    accepted: bool
    reason: str
    """The HTTP status, or the exception."""
    body: str = ""


class Pusher:
    """Posts to the endpoints over reused connections; thread-safe."""

    def __init__(self, workers: int) -> None:
        self._pool = urllib3.PoolManager(
            num_pools=_POOLED_HOSTS_MAX, maxsize=workers, retries=False
        )

    def push(self, delivery: Delivery) -> PushResult:
        """Post one delivery; the ack deadline is the timeout, in real seconds."""
        subscription = delivery.subscription
        try:
            answer = self._pool.request(
                "POST",
                subscription.endpoint,
                body=delivery.envelope(),
                headers={"Content-Type": "application/json", "User-Agent": "CloudPubSub-Google"},
                timeout=float(subscription.ack_deadline),
            )
        except urllib3.exceptions.HTTPError as error:
            return PushResult(accepted=False, reason=f"{type(error).__name__}: {error}")
        return PushResult(
            accepted=answer.status in ACCEPTED_STATUSES,
            reason=str(answer.status),
            body=answer.data[: 4 * BODY_CHARACTERS_MAX].decode(errors="replace")[
                :BODY_CHARACTERS_MAX
            ],
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.clear()
