"""The webhook of an operator: one POST for a notice, in the form that is set."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from common.errors import ConfigError, OrchestrationError
from common.incidents.forms import FORMS
from common.redaction import learn, redact
from common.settings import Settings, secrets_of_webhook, variable

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

    from common.clock import Clock
    from common.incidents.notice import Notice

POST_SECONDS_MAX = 10.0
TRIES = 3
PAUSE_SECONDS_MAX = 10.0
"""How long a Retry-After is waited for; the next sweep tries again anyway."""
TOO_MANY, THEIR_FAULT = 429, 500


class WebhookError(OrchestrationError):
    """The webhook did not take a notice; the text contains no address.

    Attributes:
        may_pass: whether it may take the notice at the next try.
        wait: the seconds that it asks to wait; None where it does not say.
    """

    code = "WEBHOOK"

    def __init__(self, text: str, *, may_pass: bool, wait: float | None = None) -> None:
        super().__init__(text)
        self.may_pass, self.wait = may_pass, wait


class Webhook:
    """Posts notices to the address of the settings.

    Args:
        settings: hold the address, or the file of the mounted secret with it, and the form.
        clock: waits between two tries.
        transport: stands in for the network in tests.
    """

    def __init__(
        self, settings: Settings, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._settings, self._clock, self._transport = settings, clock, transport

    def send(self, notice: Notice) -> None:
        """Post a notice, at most `TRIES` times.

        Raises:
            ConfigError: the file has no address.
            WebhookError: it was not taken.
        """
        import httpx  # noqa: PLC0415 - 186 modules that an idle sweep never needs
        from tenacity import Retrying, retry_if_exception, stop_after_attempt  # noqa: PLC0415

        body = FORMS[self._settings.webhook_form](notice, deployment_of(self._settings))
        logging.getLogger("httpx").addFilter(_drop)  # it logs every URL
        retrying = Retrying(
            retry=retry_if_exception(_may_pass),
            stop=stop_after_attempt(TRIES),
            wait=_pause,
            sleep=self._clock.sleep,
            reraise=True,
        )
        with httpx.Client(
            transport=self._transport, timeout=POST_SECONDS_MAX, follow_redirects=False
        ) as client:
            retrying(self._post, client, self._url(), body)

    def _post(self, client: httpx.Client, url: str, body: object) -> None:
        import httpx  # noqa: PLC0415 - as above

        try:
            answer = client.post(url, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The cause is dropped, because its request contains the URL.
            text = redact(f"the webhook: {type(error).__name__}: {error}")
            raise WebhookError(text, may_pass=True) from None
        if answer.is_success:
            return
        text = f"the webhook answered {answer.status_code}"
        if answer.status_code == TOO_MANY or answer.status_code >= THEIR_FAULT:
            wait = _seconds(answer.headers.get("Retry-After", ""))
            raise WebhookError(text, may_pass=True, wait=wait)
        advice = f"is {variable('webhook')} right, and the form?"
        raise WebhookError(f"{text}; {advice}", may_pass=False)

    def _url(self) -> str:
        url = webhook_url(self._settings)
        if not url:
            raise ConfigError(f"{variable('webhook_file')}: no address in it")
        learn(secrets_of_webhook(url))
        return url


def webhook_url(settings: Settings) -> str:
    """Return the address; an empty text where none is set or the file has none."""
    if settings.webhook:
        return settings.webhook.get_secret_value()
    try:
        return settings.webhook_file.read_text().strip() if settings.webhook_file else ""
    except OSError:
        return ""


def deployment_of(settings: Settings) -> str:
    """Name a deployment: two in one project have different datasets."""
    return f"{settings.project}.{settings.dataset}"


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, WebhookError) and error.may_pass


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, WebhookError) else None
    return min(2.0 ** (state.attempt_number - 1) if asked is None else asked, PAUSE_SECONDS_MAX)


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None


def _drop(_record: logging.LogRecord) -> bool:
    return False
