"""The webhook is posted to within bounds, and its address is in no text."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from common.errors import ConfigError
from common.incidents.incident import Incident
from common.incidents.notice import Notice
from common.incidents.webhook import (
    POST_SECONDS_MAX,
    TRIES,
    Webhook,
    WebhookError,
    deployment_of,
    webhook_url,
)
from common.logs import log
from common.redaction import redact
from common.runtime import Runtime
from common.settings import Settings, read_settings, setting_defects
from local.simulator.world import ManualClock
from tests.kit.receiver import PATH, Receiver, receiving
from tests.kit.state import NOON

SECRET = PATH.rpartition("/")[2]
INCIDENT = Incident(rule="execution", key="lines", level="ERROR", opened=NOON, last_seen=NOON)
NOTICE = Notice("OPENED", (INCIDENT,))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook that listens."""
    with receiving() as listening:
        yield listening


def post(settings: Settings, clock: ManualClock | None = None) -> None:
    """Post a notice as a sweep does."""
    Webhook(settings, clock or ManualClock(NOON)).send(NOTICE)


def of(receiver: Receiver, **more: str) -> Settings:
    """Return the settings of a deployment with this webhook."""
    return read_settings({"NBA_WEBHOOK": receiver.url, **more})


@pytest.mark.parametrize(
    ("form", "field"), [("slack", "blocks"), ("teams", "attachments"), ("plain", "code")]
)
def test_a_notice_is_posted_in_the_form_that_is_set(
    receiver: Receiver, form: str, field: str
) -> None:
    """One POST, whose body is that of the vendor."""
    post(of(receiver, NBA_WEBHOOK_FORM=form))
    (body,) = receiver.posted
    assert field in body


def test_a_failure_that_may_pass_is_tried_again(receiver: Receiver) -> None:
    """After a rate limit as long as it asks for, after an error of theirs a little later."""
    receiver.answers = [(429, {"Retry-After": "7"}), (503, {})]
    clock = ManualClock(NOON)
    post(of(receiver), clock)
    assert len(receiver.posted) == TRIES
    assert (clock.now() - NOON).total_seconds() == 7 + 2


def test_what_need_not_be_waited_for_is_tried_again_at_once(receiver: Receiver) -> None:
    """A Retry-After of no seconds is one."""
    receiver.answers = [(429, {"Retry-After": "0"})] * 2
    clock = ManualClock(NOON)
    post(of(receiver), clock)
    assert (len(receiver.posted), clock.now()) == (TRIES, NOON)


def test_a_long_wait_is_left_to_the_next_sweep(receiver: Receiver) -> None:
    """No Retry-After holds a sweep for minutes."""
    receiver.answers = [(429, {"Retry-After": "3600"})] * TRIES
    clock = ManualClock(NOON)
    with pytest.raises(WebhookError, match="answered 429"):
        post(of(receiver), clock)
    assert (clock.now() - NOON).total_seconds() == 20


@pytest.mark.parametrize("status", [429, 500, 599])
def test_an_answer_that_may_pass_is_tried_three_times(receiver: Receiver, status: int) -> None:
    """Without a time that it asks for, one and two seconds later."""
    receiver.answers = [(status, {"Retry-After": odd}) for odd in ("soon", "²", "")]
    clock = ManualClock(NOON)
    with pytest.raises(WebhookError, match=f"^the webhook answered {status}$"):
        post(of(receiver), clock)
    assert (len(receiver.posted), (clock.now() - NOON).total_seconds()) == (3, 1 + 2)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_every_kind_of_success_is_one(receiver: Receiver, status: int) -> None:
    """Teams answers that it has accepted a message."""
    receiver.answers = [(status, {})]
    post(of(receiver))
    assert len(receiver.posted) == 1


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectTimeout,
        httpx.RemoteProtocolError,
        httpx.DecodingError,
        httpx.TooManyRedirects,
        httpx.InvalidURL,
    ],
)
def test_whatever_keeps_a_notice_from_being_posted_is_ours(failure: type[Exception]) -> None:
    """It may pass, each try has ten seconds for each of its parts, and no text has the address."""
    asked: list[httpx.Request] = []

    def fails(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise failure(f"no answer from {request.url}")

    settings = read_settings({"NBA_WEBHOOK": f"https://webhook.example{PATH}"})
    webhook = Webhook(settings, ManualClock(NOON), httpx.MockTransport(fails))
    with pytest.raises(WebhookError, match=f"the webhook: {failure.__name__}: ") as raised:
        webhook.send(NOTICE)
    assert raised.value.may_pass
    assert SECRET not in str(raised.value)
    assert len(asked) == TRIES
    assert all({*one.extensions["timeout"].values()} == {POST_SECONDS_MAX} for one in asked)


def test_an_address_that_is_away_is_tried_again() -> None:
    """It may be back in a second."""
    clock = ManualClock(NOON)
    with pytest.raises(WebhookError, match="the webhook: ConnectError"):
        post(read_settings({"NBA_WEBHOOK": "http://127.0.0.1:9/x"}), clock)
    assert (clock.now() - NOON).total_seconds() == 1 + 2


@pytest.mark.parametrize("status", [301, 400, 404, 410, 428])
def test_a_refusal_is_not_tried_again(receiver: Receiver, status: int) -> None:
    """The address is wrong, or the form is; a redirect is not followed."""
    receiver.answers = [(status, {"Location": receiver.url})]
    with pytest.raises(WebhookError, match=f"answered {status}; is NBA_WEBHOOK right"):
        post(of(receiver))
    assert len(receiver.posted) == 1


def test_an_address_nobody_listens_on_is_an_error_without_it() -> None:
    """The text names neither path nor query."""
    settings = read_settings({"NBA_WEBHOOK": f"http://127.0.0.1:9{PATH}?sig=abcdef"})
    with pytest.raises(WebhookError) as raised:
        post(settings)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


def test_the_address_may_be_in_a_mounted_secret(receiver: Receiver, tmp_path: Path) -> None:
    """It is read at each notice, so that a rotated one needs no deployment."""
    file = tmp_path / "webhook"
    file.write_text(f"{receiver.url}\n")
    settings = read_settings({"NBA_WEBHOOK_FILE": str(file)})
    post(settings)
    assert len(receiver.posted) == 1
    file.write_text("")
    with pytest.raises(ConfigError, match="NBA_WEBHOOK_FILE"):
        post(settings)


def test_an_address_that_is_set_comes_before_that_of_a_file(tmp_path: Path) -> None:
    """Where both are there."""
    (tmp_path / "webhook").write_text("https://file.example/x")
    both = {"NBA_WEBHOOK": "https://set.example/x", "NBA_WEBHOOK_FILE": f"{tmp_path}/webhook"}
    assert webhook_url(read_settings(both)) == "https://set.example/x"


@pytest.mark.parametrize("text", [None, " \n", "http://[::1"])
def test_a_file_without_an_address_is_an_error_of_ours(tmp_path: Path, text: str | None) -> None:
    """It may be a folder, empty, or hold what is no address."""
    file = tmp_path
    if text is not None:
        file = tmp_path / "webhook"
        file.write_text(text)
    with pytest.raises((ConfigError, WebhookError)):
        post(read_settings({"NBA_WEBHOOK_FILE": str(file)}))


def test_an_address_from_a_file_is_hidden_once_it_is_read(
    receiver: Receiver, tmp_path: Path
) -> None:
    """No setting has named it before."""
    file = tmp_path / "webhook"
    file.write_text(receiver.url)
    assert SECRET in redact(receiver.url)
    post(read_settings({"NBA_WEBHOOK_FILE": str(file)}))
    assert SECRET not in redact(receiver.url)


def test_two_deployments_of_a_project_have_two_names(receiver: Receiver) -> None:
    """Project and dataset, so that one channel may serve both."""
    settings = of(receiver, NBA_PROJECT="p", NBA_DATASET="d")
    post(settings)
    assert deployment_of(settings) == receiver.posted[0]["deployment"] == "p.d"


def test_no_text_shows_the_address(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a log line, whether it was set or read from a file, and not the refused setting."""
    Runtime(of(receiver))
    log("INFO", f"posting to {receiver.url}", item=receiver.url)
    assert SECRET not in capsys.readouterr().err
    assert SECRET not in redact(receiver.url)
    wrong = dict(setting_defects({"NBA_WEBHOOK": f"ftp://host{PATH}"}))
    assert SECRET not in json.dumps(wrong)
    assert "https://host/path" in wrong["NBA_WEBHOOK"]


def test_the_library_s_own_lines_do_not_show_the_address(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """At INFO it writes each URL that it asks for."""
    with caplog.at_level(logging.INFO, "httpx"):
        post(of(receiver))
    assert SECRET not in caplog.text


def test_usual_words_of_an_address_are_not_hidden_elsewhere(receiver: Receiver) -> None:
    """`services` and the host's name stand in many texts."""
    Runtime(
        read_settings({"NBA_WEBHOOK": "https://hooks.slack.com/services/T0/B0/abcdefghijklmnop"})
    )
    assert redact("the services of hooks.slack.com") == "the services of hooks.slack.com"
    assert "abcdefghijklmnop" not in redact("x abcdefghijklmnop y")
