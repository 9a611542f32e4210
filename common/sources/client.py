"""The HTTP client of the sources: paced, retried within bounds and limited in size."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from common.scrapers.model import Call
from common.settings import Settings, variable
from common.sources.answers import Reply, hide_text, judge, name_of, secrets_of
from common.sources.errors import (
    SAMPLE_BYTES_MAX,
    MissingKeyError,
    TimedOutError,
    TooLargeError,
    UnavailableError,
)
from common.sources.pacing import LocalTurns, Turns
from common.sources.quota import Usage, read_usage

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

    from common.clock import Clock

RETRY_WAIT_SECONDS_MAX = 60.0
"""A longer Retry-After would occupy the instance; the next slot or catch-up asks again anyway."""
REQUEST_SECONDS_MIN = 0.1
"""What a request gets when its deadline passed while it waited for its turn."""
BODY_TIMEOUTS_MAX = 4
"""How many timeouts a whole body may take: httpx limits only the pause between two chunks."""
NO_DEADLINE = datetime.max.replace(tzinfo=UTC)

# Without these stats.nba.com lets a request hang until it times out, and cdn.nba.com answers 403:
# both serve only NBA.com's own pages. https://github.com/swar/nba_api
NBA_HEADERS = {
    "User-Agent": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36"
    ),
    "Referer": "https://www.nba.com/",
    "Origin": "https://www.nba.com",
    "Accept": "application/json, application/pdf, */*",
    "Accept-Language": "en-US,en;q=0.9",
}


@dataclass(frozen=True)
class AskOptions:
    """How a call is made.

    Attributes:
        base_url: replaces the source's own base URL; None keeps it.
        route: whether that is the source's own URL or its fallback.
        deadline: the instant (aware) after which nothing is asked or waited for.
        turns: paces requests together with other instances; None paces those of this process alone.
    """

    base_url: str | None = None
    route: Literal["primary", "fallback"] = "primary"
    deadline: datetime = NO_DEADLINE
    turns: Turns | None = None


DEFAULT_OPTIONS = AskOptions()
"""Asks the source's own URL, without a deadline."""


class Source:
    """The HTTP client of all sources: one a process, used by many threads.

    Attributes:
        clock: gives the time, and waits.
        usage: the credits that The Odds API last reported; None before it has.
    """

    def __init__(
        self, settings: Settings, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._turns: dict[str, LocalTurns] = {}
        self.clock = clock
        self.usage: Usage | None = None

    def fetch(self, call: Call, options: AskOptions = DEFAULT_OPTIONS) -> bytes:
        """Return the body that the call's source answers with.

        It waits for the host's turn, and tries again after a failure that may pass, honouring
        Retry-After.

        Raises:
            SourceError: the source gave no good answer; see `common/sources/errors.py`.
        """
        from tenacity import Retrying, retry_if_exception_type  # noqa: PLC0415 - cold start

        retrying = Retrying(
            retry=retry_if_exception_type(UnavailableError),
            stop=lambda state: self._is_last(state, options),
            wait=_pause,
            sleep=self.clock.sleep,
            reraise=True,
        )
        return retrying(self._request_once, call, options)

    def _is_last(self, state: RetryCallState, options: AskOptions) -> bool:
        next_try = self.clock.now() + timedelta(seconds=_pause(state))
        return state.attempt_number >= self._settings.source_tries or next_try >= options.deadline

    def host(self, call: Call, options: AskOptions) -> str:
        """Return the host that a call asks; the rest of its URL may contain a password."""
        return urlsplit(self._base_url(call, options)).hostname or ""

    def close(self) -> None:
        """Close the connections; the next fetch opens new ones."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None

    def _request_once(self, call: Call, options: AskOptions) -> bytes:
        """Make one request, and judge its answer."""
        import httpx  # noqa: PLC0415 - 186 modules that a cold start without a request never needs

        key = self._key(call)
        self._wait_turn(call, options)
        params = {**call.params, "apiKey": key} if key else dict(call.params)
        headers = {} if call.source == "odds_api" else NBA_HEADERS
        timeout = min(self._settings.source_timeout_seconds, self._seconds_left(options))
        base_url = self._base_url(call, options)
        url, secrets = base_url.rstrip("/") + call.path, secrets_of(key, base_url)
        try:
            with self._client().stream(
                "GET", url, params=params, headers=headers, timeout=timeout
            ) as response:
                return self._judged(call, response, self._read(call, response, options), secrets)
        except httpx.TimeoutException:
            raise TimedOutError(f"{name_of(call)} did not answer within {timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The cause is dropped, because its request contains the URL, and that contains the key.
            text = hide_text(secrets, str(error))
            raise UnavailableError(f"{name_of(call)}: {type(error).__name__}: {text}") from None

    def _wait_turn(self, call: Call, options: AskOptions) -> None:
        interval = self._settings.source_interval_seconds
        if interval > 0:
            host = self.host(call, options)
            (options.turns or self._local_turns(host, interval)).wait(host, options.deadline)

    def _seconds_left(self, options: AskOptions) -> float:
        seconds = (options.deadline - self.clock.now()).total_seconds()
        return max(seconds, REQUEST_SECONDS_MIN)

    def _read(self, call: Call, response: httpx.Response, options: AskOptions) -> bytes:
        """Read the body up to the size limit; of an error, only as much as a sample keeps."""
        bytes_max = self._settings.source_max_bytes if response.is_success else SAMPLE_BYTES_MAX
        limit = timedelta(seconds=BODY_TIMEOUTS_MAX * self._settings.source_timeout_seconds)
        deadline = min(self.clock.now() + limit, options.deadline)
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > bytes_max:
                break
            if self.clock.now() > deadline:
                raise TimedOutError(f"{name_of(call)} sends too slowly, {len(body)} bytes so far")
        if len(body) > bytes_max and response.is_success:
            raise TooLargeError(
                f"{name_of(call)} sends more than {bytes_max} bytes; "
                f"raise {variable('source_max_bytes')} if that is right",
                response.status_code,
                bytes(body),
            )
        return bytes(body)

    def _judged(self, call: Call, reply: Reply, body: bytes, secrets: Sequence[str]) -> bytes:
        now = self.clock.now()
        if call.source == "odds_api":
            self.usage = read_usage(reply.headers, now) or self.usage
        return judge(call, reply, body, secrets, now)

    def _key(self, call: Call) -> str:
        if call.source != "odds_api":
            return ""
        given, file = self._settings.odds_api_key, self._settings.odds_api_key_file
        key = given.get_secret_value() if given else _content(file)
        if not key:
            raise MissingKeyError(
                f"The Odds API needs a key: set {variable('odds_api_key')}, or "
                f"{variable('odds_api_key_file')} to a file that holds it"
            )
        return key

    def _base_url(self, call: Call, options: AskOptions) -> str:
        return options.base_url or str(getattr(self._settings, f"{call.source}_url"))

    def _client(self) -> httpx.Client:
        import httpx  # noqa: PLC0415 - see _request_once

        with self._lock:
            if self._opened is None:
                # httpx logs every URL at INFO, and the URL contains the key.
                logging.getLogger("httpx").addFilter(_drop)
                self._opened = httpx.Client(
                    transport=self._transport,
                    timeout=self._settings.source_timeout_seconds,
                    follow_redirects=False,
                )
            return self._opened

    def _local_turns(self, host: str, interval: float) -> LocalTurns:
        with self._lock:
            return self._turns.setdefault(host, LocalTurns(self.clock, interval))


def _pause(state: RetryCallState) -> float:
    """Return the seconds before the next try: what Retry-After asks for, else 1, 2, 4, 8."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, UnavailableError) else None
    wait = asked if asked is not None else 2.0 ** min(state.attempt_number - 1, 3)
    return min(max(wait, 0.0), RETRY_WAIT_SECONDS_MAX)


def _content(file: Path | None) -> str:
    try:
        return file.read_text().strip() if file is not None else ""
    except OSError:
        return ""  # `_key` raises MissingKeyError, which names the variable


def _drop(_record: logging.LogRecord) -> bool:
    return False
