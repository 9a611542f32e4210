"""The dead-letter subscription of one project: letters leased, given back, and sent again.

Listing leases letters for a moment and gives them back. A letter is acknowledged only after its
original was published again, so a failure in between loses nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError, RetryError
from google.pubsub_v1.services.subscriber import SubscriberClient

from common.cloud.publisher import GooglePublisher
from common.configuration.topology import Topology
from common.errors import ConfigError
from common.runtime import Runtime
from local.operate.letters import Letter, read_letter, resent
from local.stack.config import KEPT_DEAD_LETTERS
from local.stack.pubsub import clients

LEASE_SECONDS = 600
"""Pub/Sub's longest lease: long enough to publish every letter before it ends."""
PULL_SECONDS_MAX = 5.0


class DeadLetters:
    """The dead letters of one project.

    Args:
        subscriber: Google's client.
        publisher: publishes the originals.
        subscription: the full name of the subscription that holds the letters.
        topology: maps functions to topics.
        at_once: ask for an immediate answer, as emulators give it. Pub/Sub may answer an immediate
            pull with nothing although letters wait, so it is asked to wait for some.
    """

    def __init__(
        self,
        subscriber: SubscriberClient,
        publisher: GooglePublisher,
        subscription: str,
        topology: Topology,
        *,
        at_once: bool = False,
    ) -> None:
        self._subscriber = subscriber
        self._publisher = publisher
        self._subscription = subscription
        self._topology = topology
        self._at_once = at_once

    @contextmanager
    def leased(self, most: int) -> Iterator[dict[str, Letter]]:
        """Hold up to `most` letters, by their lease; those not acknowledged are given back.

        Raises:
            ConfigError: the subscription does not exist or cannot be reached.
        """
        letters: dict[str, Letter] = {}
        try:
            while len(letters) < most and (pulled := self._pull(most - len(letters))):
                letters.update(pulled)
            yield letters
        finally:
            with suppress(ConfigError):  # unreachable: the leases expire by themselves
                self._extend(list(letters), 0)

    def replay(self, lease: str, letter: Letter) -> str:
        """Publish a letter's original again, then acknowledge the letter; return the topic.

        Raises:
            BadInputError: this letter's original cannot be published again; the letter stays.
            ConfigError: Pub/Sub refuses or does not answer; the letter stays, as would the next.
        """
        again = resent(letter, self._topology)
        with _translated(f"letter {letter.letter_id} to topic {again.topic}"):
            self._publisher.publish(again.topic, again.body, again.attributes)
            self._subscriber.acknowledge(subscription=self._subscription, ack_ids=[lease])
        return again.topic

    def drop(self, lease: str, letter: Letter) -> None:
        """Acknowledge a letter without publishing its original: it is gone for good."""
        with _translated(f"letter {letter.letter_id}"):
            self._subscriber.acknowledge(subscription=self._subscription, ack_ids=[lease])

    def _pull(self, most: int) -> dict[str, Letter]:
        request = {
            "subscription": self._subscription,
            "max_messages": most,
            "return_immediately": self._at_once,
        }
        with _translated(self._subscription):
            try:
                answer = self._subscriber.pull(request, timeout=PULL_SECONDS_MAX)
            except DeadlineExceeded:  # nothing came while Pub/Sub waited
                return {}
        found = {one.ack_id: self._read(one.message) for one in answer.received_messages}
        self._extend(list(found), LEASE_SECONDS)
        return found

    def _read(self, message: Any) -> Letter:  # noqa: ANN401 - the library has no types
        attributes = dict(message.attributes)
        at = datetime.fromisoformat(message.publish_time.isoformat())
        return read_letter(message.message_id, at, message.data, attributes, self._topology)

    def _extend(self, leases: list[str], seconds: int) -> None:
        if not leases:
            return
        with _translated(self._subscription):
            self._subscriber.modify_ack_deadline(
                subscription=self._subscription, ack_ids=leases, ack_deadline_seconds=seconds
            )


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turn the library's errors into one of ours, which names what was asked for."""
    try:
        yield
    except (GoogleAPICallError, RetryError) as error:
        raise ConfigError(f"{what}: {error.message}; nothing is lost, run it again") from error


def dead_letters(place: Runtime) -> DeadLetters:
    """Return the dead letters of a Google Cloud project, or of the kept stack.

    Args:
        place: where `local/operate/reach.py` leads.

    Raises:
        ConfigError: there are no credentials for it.
    """
    given = place.settings
    host, prefix = given.pubsub_emulator_host, given.topic_prefix
    return DeadLetters(
        _subscriber(host),
        GooglePublisher(given.project, host, topic_prefix=prefix),
        f"projects/{given.project}/subscriptions/{prefix}{KEPT_DEAD_LETTERS}",
        place.topology,
        at_once=host is not None,
    )


def _subscriber(host: str | None) -> SubscriberClient:
    return clients(host)[1] if host else SubscriberClient()
