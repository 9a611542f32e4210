"""How a push is carried, and what is told of its answer."""

from types import SimpleNamespace
from typing import Any

import pytest
from google.pubsub_v1 import types

from local.broker.broker import Broker
from local.broker.messages import Delivery, Message
from local.broker.push import Pusher, PushResult
from local.broker.subscriptions import read_subscription


class Pool:
    """Connections that are noted, and an answer of theirs."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.asked: list[Any] = []
        self.answer = SimpleNamespace(status=200, data=b"")
        self.closed = 0

    def __call__(self, **options: Any) -> "Pool":
        """Open them."""
        self.options = options
        return self

    def request(self, *args: Any, **options: Any) -> Any:
        """Answer a request."""
        self.asked.append((args, options))
        return self.answer

    def clear(self) -> None:
        """Close them."""
        self.closed += 1


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Note connections in the place of opening them."""
    made = Pool()
    monkeypatch.setattr("urllib3.PoolManager", made)
    return made


@pytest.fixture
def delivery(clock: Any) -> Delivery:
    """Return a delivery to an endpoint."""
    push = {"push_endpoint": "http://x/"}
    asked = types.Subscription(
        name="projects/p/subscriptions/s-1", topic="projects/p/topics/t-1", push_config=push
    )
    return Delivery(Message("1", b"x", {}, clock.now()), read_subscription(asked))


def test_each_worker_has_a_connection_to_each_endpoint(pool: Pool, delivery: Delivery) -> None:
    """Nothing is tried again or redirected behind the broker's back."""
    Pusher(7).push(delivery)
    assert pool.options == {"num_pools": 64, "maxsize": 7, "retries": False}
    (((verb, url), options),) = pool.asked
    assert (verb, url, options["body"]) == ("POST", "http://x/", delivery.envelope())


@pytest.mark.parametrize(
    ("status", "data", "body"),
    [
        (204, b"", ""),
        (500, b"x" * 201, "x" * 200),
        (500, ("é" * 201).encode(), "é" * 200),
        (500, ("😀" * 201).encode(), "😀" * 200),
        (500, b"a\xff", "a\ufffd"),
    ],
)
def test_an_answer_is_told_by_its_status_and_its_first_characters(
    pool: Pool, delivery: Delivery, status: int, data: bytes, body: str
) -> None:
    """Whatever bytes they are."""
    pool.answer = SimpleNamespace(status=status, data=data)
    result = Pusher(1).push(delivery)
    assert result == PushResult(accepted=status == 204, reason=str(status), body=body)


def test_a_broker_that_stops_closes_its_connections(pool: Pool, clock: Any) -> None:
    """Also one that was never started."""
    broker = Broker(clock, workers=3)
    assert pool.options["maxsize"] == 3
    broker.stop()
    assert pool.closed == 1
