"""The HTTP client of the sources: paced, retried within bounds and limited in size."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from common.scrapers.model import Call
from common.scrapers.source import source_of
from common.settings import Settings, variable
from common.source_settings import Absence
from common.sources.answers import MOVED_TO, Reply, hide_text, judge, name_of
from common.sources.errors import (
    SAMPLE_BYTES_MAX,
    TimedOutError,
    TooLargeError,
    UnavailableError,
)
from common.sources.keys import key_of
from common.sources.pacing import LocalTurns, Turns
from common.sources.quota import Usage, read_usage
from common.sources.request import build
from common.sources.routes import Route, routes_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

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


@dataclass(frozen=True)
class AskOptions:
    """How a call is made.

    Attributes:
        route: the way to the source; None takes its first one.
        deadline: the instant (aware) after which nothing is asked or waited for.
        turns: paces requests together with other instances; None paces those of this process alone.
        threads: make the calls of a task at once, each at its turn; None makes one after another.
    """

    route: Route | None = None
    deadline: datetime = NO_DEADLINE
    turns: Turns | None = None
    threads: Executor | None = None


DEFAULT_OPTIONS = AskOptions()
"""Asks by the source's first route, without a deadline."""


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
        self._opened: dict[str | None, httpx.Client] = {}
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
        return urlsplit(self._route(call, options).base_url).hostname or ""

    def close(self) -> None:
        """Close the connections; the next fetch opens new ones."""
        with self._lock:
            for client in self._opened.values():
                client.close()
            self._opened.clear()

    def _request_once(self, call: Call, options: AskOptions) -> bytes:
        """Make one request, and judge its answer."""
        import httpx  # noqa: PLC0415 - 186 modules that a cold start without a request never needs

        route = self._route(call, options)
        request = build(call, route, self._key(call))
        self._wait_turn(call, options)
        timeout = min(self._settings.source_timeout_seconds, self._seconds_left(options))
        try:
            with self._client(route.proxy).stream(
                "GET",
                request.url,
                params=request.params,
                headers=request.headers,
                timeout=timeout,
            ) as response:
                body = self._read(call, response, options)
                return self._judged(call, response, body, request.secrets, route.absence)
        except httpx.TimeoutException:
            raise TimedOutError(f"{name_of(call)} did not answer within {timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The cause is dropped, because its request contains the URL, and that contains the key.
            text = hide_text(request.secrets, str(error))
            raise UnavailableError(f"{name_of(call)}: {type(error).__name__}: {text}") from None

    def _wait_turn(self, call: Call, options: AskOptions) -> None:
        interval = interval_of(call.source, self._settings)
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

    def _judged(
        self, call: Call, reply: Reply, body: bytes, secrets: Sequence[str], absence: Absence
    ) -> bytes:
        now = self.clock.now()
        if call.source == "odds_api":
            self.usage = read_usage(reply.headers, now) or self.usage
        return judge(call, reply, body, secrets=secrets, now=now, absence=absence)

    def _key(self, call: Call) -> str:
        return key_of(source_of(call.source), self._settings)

    def _route(self, call: Call, options: AskOptions) -> Route:
        return options.route or routes_of(source_of(call.source), self._settings)[0]

    def _client(self, proxy: str | None) -> httpx.Client:
        import httpx  # noqa: PLC0415 - see _request_once

        with self._lock:
            if proxy not in self._opened:
                # httpx logs every URL at INFO, and the URL contains the key.
                logging.getLogger("httpx").addFilter(_drop)
                self._opened[proxy] = httpx.Client(
                    transport=self._transport,
                    proxy=proxy,
                    timeout=self._settings.source_timeout_seconds,
                    event_hooks={"response": [_set_location_aside]},
                )
            return self._opened[proxy]

    def _local_turns(self, host: str, interval: float) -> LocalTurns:
        with self._lock:
            return self._turns.setdefault(host, LocalTurns(self.clock, interval))


def _pause(state: RetryCallState) -> float:
    """Return the seconds before the next try: what Retry-After asks for, else 1, 2, 4, 8."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, UnavailableError) else None
    wait = asked if asked is not None else 2.0 ** min(state.attempt_number - 1, 3)
    return min(max(wait, 0.0), RETRY_WAIT_SECONDS_MAX)


def interval_of(source: str, settings: Settings) -> float:
    """Return the seconds between two requests to a host: as set for all, else the source's own."""
    given = settings.source_interval_seconds
    return source_of(source).interval_seconds if given is None else given


def _set_location_aside(response: httpx.Response) -> None:
    """Keep httpx from making a request of a redirect: it raises IDNAError for some addresses."""
    if "location" in response.headers:
        response.headers[MOVED_TO] = response.headers.pop("location")


def _drop(_record: logging.LogRecord) -> bool:
    return False
