"""Letters are held while they are looked at, and gone only once they were sent again."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError, RetryError

from common.errors import BadInputError, ConfigError
from common.runtime import Runtime
from common.settings import Settings
from local.operate import subscription
from local.operate.subscription import DeadLetters

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
TOPOLOGY = Runtime(Settings()).topology
LETTER = (
    b'{"schema": "dead-letter", "function": "schedule_locker", "error_class": "E", "error": "e", '
    b'"failed_at": "2025-11-12T17:00:00+00:00", "message_id": "7", "attributes": {}, '
    b'"original": "{}"}'
)


class RefusedError(GoogleAPICallError):
    """What a call to Pub/Sub is refused with."""


@dataclass
class Google:
    """Google's two clients: gives two letters a pull, and keeps what is done with them.

    Attributes:
        waiting: the letters' leases.
        fails: what raises this error.
        done: the calls, in their order.
        sent: the attributes of what was published.
        message: what each letter is.
    """

    waiting: list[str] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    done: list[tuple[Any, ...]] = field(default_factory=list)
    sent: list[object] = field(default_factory=list)
    message: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            message_id="1", publish_time=NOON, data=LETTER, attributes={}
        )
    )

    def pull(self, request: dict[str, Any], *, timeout: float) -> Any:
        """Give two letters, however many are asked for."""
        self._do("pull", *request.values(), timeout)
        given, self.waiting = self.waiting[:2], self.waiting[2:]
        letters = [SimpleNamespace(ack_id=one, message=self.message) for one in given]
        return SimpleNamespace(received_messages=letters)

    def acknowledge(self, *, subscription: str, ack_ids: list[str]) -> None:
        """Throw letters away."""
        self._do("acknowledge", subscription, *ack_ids)

    def modify_ack_deadline(
        self, *, subscription: str, ack_ids: list[str], ack_deadline_seconds: int
    ) -> None:
        """Hold letters, or give them back."""
        call = "hold" if ack_deadline_seconds else "give back"
        self._do(call, subscription, ack_deadline_seconds, *ack_ids)

    def publish(self, topic: str, body: object, attributes: object) -> None:
        """Publish an original."""
        self._do("publish", topic)
        self.sent.append(attributes)

    def _do(self, *call: Any) -> None:
        self.done.append(call)
        if call[0] in self.fails:
            raise self.fails[call[0]]

    @property
    def letters(self) -> DeadLetters:
        """The letters that it holds."""
        return DeadLetters(cast("Any", self), cast("Any", self), "s", TOPOLOGY)


def test_letters_are_held_from_each_pull_on_and_given_back_at_the_end() -> None:
    """Pulls go on until enough are held, or none come; an error in between changes nothing."""
    google = Google(["a", "b", "c"])
    with suppress(KeyError), google.letters.leased(3) as held:
        assert [*held] == ["a", "b", "c"]
        raise KeyError
    assert google.done == [
        *(("pull", "s", 3, False, 5.0), ("hold", "s", 600, "a", "b")),
        *(("pull", "s", 1, False, 5.0), ("hold", "s", 600, "c")),
        ("give back", "s", 0, "a", "b", "c"),
    ]


def test_a_letter_is_the_message_that_waits() -> None:
    """Id, time, body and attributes are the message's own."""
    attributes = {"CloudPubSubDeadLetterSourceSubscription": "scraped-objects--scraper-logger"}
    message = SimpleNamespace(
        message_id="9", publish_time=NOON, data=b"{}", attributes={**attributes, "a": "b"}
    )
    with Google(["a"], message=message).letters.leased(1) as held:
        letter = held["a"]
    assert (letter.letter_id, letter.failed_at, letter.original) == ("9", NOON, "{}")
    assert (letter.function, letter.attributes) == ("scraper_logger", {"a": "b"})


def test_letters_that_cannot_be_given_back_wait_again_by_themselves() -> None:
    """What was asked of them is done, and no error."""
    google = Google(["a"], {"give back": RefusedError("no")})
    with google.letters.leased(1) as held:
        assert [*held] == ["a"]
    assert google.done[-1] == ("give back", "s", 0, "a")


@pytest.mark.parametrize("error", [DeadlineExceeded("nothing came"), None])
def test_none_may_wait(error: Exception | None) -> None:
    """Pub/Sub answers with none, or not at all while it waits for some."""
    google = Google(fails={"pull": error} if error else {})
    with google.letters.leased(10) as held:
        assert held == {}
    assert len(google.done) == 1


def test_a_letter_is_gone_once_its_original_was_sent() -> None:
    """In this order; a letter that is dropped is gone at once."""
    google = Google(["a"])
    with google.letters.leased(1) as held:
        letter = held["a"]
    google.done.clear()
    assert google.letters.replay("a", letter) == "tick-schedule-locker"
    assert google.sent == [{"republished": "dlq"}]
    google.letters.drop("b", letter)
    assert google.done == [
        *(("publish", "tick-schedule-locker"), ("acknowledge", "s", "a")),
        ("acknowledge", "s", "b"),
    ]


REPLAY = "letter 1 to topic tick-schedule-locker"


@pytest.mark.parametrize("error", [RefusedError("no"), RetryError("no", None)])
@pytest.mark.parametrize(
    ("call", "what"),
    [("pull", "s"), ("hold", "s"), ("publish", REPLAY), ("acknowledge", REPLAY)],
)
def test_what_pub_sub_refuses_is_an_error_of_ours(call: str, what: str, error: Exception) -> None:
    """It names what was asked for, with the library's words alone, and nothing is lost."""
    google = Google(["a"], {call: error})
    with pytest.raises(ConfigError) as caught, google.letters.leased(1) as held:
        google.letters.replay("a", held["a"])
    assert str(caught.value) == f"{what}: no; nothing is lost, run it again"
    assert google.done[-1][0] in {call, "give back"}
    assert ("acknowledge", "s", "a") not in google.done or call == "acknowledge"


def test_a_letter_that_cannot_be_dropped_is_named() -> None:
    """Pub/Sub refuses, and the letter stays."""
    google = Google(["a"], {"acknowledge": RefusedError("no")})
    with (
        pytest.raises(ConfigError, match=r"^letter 1: no; nothing is lost, run it again$"),
        google.letters.leased(1) as held,
    ):
        google.letters.drop("a", held["a"])


def test_what_cannot_be_sent_again_stays() -> None:
    """Nothing is published or thrown away."""
    google = Google(["a"])
    with google.letters.leased(1) as held:
        letter = held["a"]
    with pytest.raises(BadInputError):
        DeadLetters(
            cast("Any", google),
            cast("Any", google),
            "s",
            TOPOLOGY.model_copy(update={"subscriptions": ()}),
        ).replay("a", letter)
    assert {call[0] for call in google.done} == {"pull", "hold", "give back"}


@pytest.mark.parametrize("host", ["127.0.0.1:1", None])
def test_the_subscription_is_that_of_the_deployment(
    host: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its prefix is that of the topics; only an emulator is asked to answer at once."""
    settings = Settings(project="p", pubsub_emulator_host=host, topic_prefix="t-")
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr(subscription, "DeadLetters", lambda *a, **k: made.append((*a, k)))
    monkeypatch.setattr(subscription, "SubscriberClient", lambda: "Google's")
    monkeypatch.setattr(subscription, "clients", lambda host: ("a publisher", f"of {host}"))
    monkeypatch.setattr(
        subscription, "GooglePublisher", lambda *given, topic_prefix: (*given, topic_prefix)
    )
    subscription.dead_letters(Runtime(settings))
    assert made == [
        (
            f"of {host}" if host else "Google's",
            ("p", host, "t-"),
            "projects/p/subscriptions/t-dead-letters--kept",
            TOPOLOGY,
            {"at_once": bool(host)},
        )
    ]
