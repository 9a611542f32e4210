"""Push: one HTTP POST a delivery, judged by its status."""

from dataclasses import dataclass

import urllib3

from local.broker.messages import Delivery
from local.broker.stats import BODY_SHOWN

# https://cloud.google.com/pubsub/docs/push#receive_push
ACCEPTED = frozenset({102, 200, 201, 202, 204})
_HOSTS = 64


@dataclass(frozen=True)
class Verdict:
    """What an endpoint made of a delivery."""

    accepted: bool
    reason: str
    """The status, or the exception."""
    body: str = ""


class Pusher:
    """Posts to the endpoints over kept connections; thread-safe."""

    def __init__(self, workers: int) -> None:
        self._pool = urllib3.PoolManager(num_pools=_HOSTS, maxsize=workers, retries=False)

    def push(self, delivery: Delivery) -> Verdict:
        """Post one delivery; the ack deadline is the timeout, in real seconds."""
        subscription = delivery.subscription
        try:
            answer = self._pool.request(
                "POST",
                subscription.endpoint,
                body=delivery.envelope(),
                headers={"Content-Type": "application/json", "User-Agent": "CloudPubSub-Google"},
                timeout=float(subscription.ack_deadline),
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as error:
            return Verdict(accepted=False, reason=f"{type(error).__name__}: {error}")
        return Verdict(
            accepted=answer.status in ACCEPTED,
            reason=str(answer.status),
            body=answer.data[: 4 * BODY_SHOWN].decode(errors="replace")[:BODY_SHOWN],
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.clear()
