"""The sources over HTTP: paced, retried within bounds, limited in size, and judged.

Every way to fail has a class of its own (R7); none of their texts holds the Odds API key.
"""

import logging
import threading
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

from common.clock import Clock
from common.errors import TRANSIENT_STATUSES, OrchestrationError
from common.scrapers.model import Call, SourceName
from common.settings import Settings, variable

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

Outcome = Literal["SUCCESS", "NO_DATA", "NOT_READY", "BLOCKED", "FAILED", "CONTRACT"]

SAMPLE_BYTES = 4096
LONGEST_WAIT = 60.0
"""Seconds; a longer Retry-After would hold the instance, and cleanup comes back anyway."""
HIDDEN = "(hidden)"
SHORTEST_KEY = 16

# stats.nba.com leaves a request without these hanging until it times out, and cdn.nba.com answers
# it with 403: both serve NBA.com's own pages and nothing else. https://github.com/swar/nba_api
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
# These two are file stores: S3 answers 403 AccessDenied, in XML, for a file that is not there when
# listing is not allowed (seen at https://github.com/mxufc29/nbainjuries/issues/4). An edge that
# blocks us answers an HTML page instead, and that stays BLOCKED (S2).
FILE_STORES: frozenset[SourceName] = frozenset({"nba_injury", "nba_gamebook"})


class SourceError(OrchestrationError):
    """A source did not give what was asked for.

    Attributes:
        outcome: what the scrape is called then.
        http_status: of the last answer; None when there was none.
        sample: the first 4 KiB of that answer.
    """

    outcome: ClassVar[Outcome] = "FAILED"

    def __init__(self, text: str, http_status: int | None = None, sample: bytes = b"") -> None:
        super().__init__(text)
        self.http_status = http_status
        self.sample = sample[:SAMPLE_BYTES]


class NotFoundError(SourceError):
    """404: the source has nothing under that name."""

    outcome = "NO_DATA"


class NotPublishedError(SourceError):
    """A file store's 403 for a file that is not there (yet)."""

    outcome = "NOT_READY"


class BlockedError(SourceError):
    """401 or 403: it refuses us; never the same as no data (S2)."""

    outcome = "BLOCKED"


class MovedError(SourceError):
    """A redirect, or 410: the source has changed its address (S8)."""

    outcome = "CONTRACT"


class RefusedError(SourceError):
    """Another 4xx: our request is wrong, and would be wrong again."""


class TooLargeError(SourceError):
    """The answer is over the size limit; the rest was not read."""


class MissingKeyError(SourceError):
    """The Odds API key is not set."""


class UnavailableError(SourceError):
    """429, 5xx, a timeout or a lost connection, after every try."""

    def __init__(
        self,
        text: str,
        http_status: int | None = None,
        sample: bytes = b"",
        wait: float | None = None,
    ) -> None:
        super().__init__(text, http_status, sample)
        self.wait = wait


class Source:
    """The sources' HTTP interface; one a process, used by many threads."""

    def __init__(
        self, settings: Settings, clock: Clock, transport: "httpx.BaseTransport | None" = None
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._lock = threading.Lock()
        self._opened: httpx.Client | None = None
        self._hosts: dict[str, _Host] = {}
        self.clock = clock

    def fetch(self, call: Call) -> bytes:
        """The body that the call's source answers with.

        Waits as the host's least interval asks, and tries again on what may pass, honouring
        Retry-After.

        Raises:
            SourceError: one of its subclasses above.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt  # noqa: PLC0415 - cold start

        tries = Retrying(
            retry=retry_if_exception_type(UnavailableError),
            stop=stop_after_attempt(self._settings.source_tries),
            wait=_pause,
            sleep=self.clock.sleep,
            reraise=True,
        )
        return tries(self._once, call)

    def close(self) -> None:
        """Close the connections; the next fetch opens new ones."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None

    def _once(self, call: Call) -> bytes:
        import httpx  # noqa: PLC0415 - 186 modules that a cold start without a request never needs

        key = self._key(call)
        base = str(getattr(self._settings, f"{call.source}_url"))
        self._host(base).wait_turn(self.clock, self._settings.source_interval_seconds)
        params = {**call.params, "apiKey": key} if key else dict(call.params)
        headers = {} if call.source == "odds_api" else NBA_HEADERS
        try:
            with self._client().stream(
                "GET", base.rstrip("/") + call.path, params=params, headers=headers
            ) as response:
                return self._judged(call, response, self._read(call, response), key)
        except httpx.TimeoutException:
            limit = self._settings.source_timeout_seconds
            raise UnavailableError(f"{_name(call)} did not answer within {limit:g} s") from None
        except httpx.HTTPError as error:
            # The cause is dropped: its request holds the URL, and that the key.
            text = _without(key, str(error))
            raise UnavailableError(f"{_name(call)}: {type(error).__name__}: {text}") from None

    def _read(self, call: Call, response: "httpx.Response") -> bytes:
        """The body up to the size limit; of an error, only as much as a sample shows."""
        most = self._settings.source_max_bytes if response.is_success else SAMPLE_BYTES
        # httpx limits the silence between two pieces; this limits the whole.
        deadline = self.clock.now() + timedelta(seconds=4 * self._settings.source_timeout_seconds)
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > most:
                break
            if self.clock.now() > deadline:
                raise UnavailableError(f"{_name(call)} sends too slowly, {len(body)} bytes so far")
        if len(body) > most and response.is_success:
            raise TooLargeError(
                f"{_name(call)} sends more than {most} bytes; "
                f"raise {variable('source_max_bytes')} if that is right",
                response.status_code,
                bytes(body),
            )
        return bytes(body)

    def _judged(self, call: Call, response: "httpx.Response", body: bytes, key: str) -> bytes:
        status = response.status_code
        if status == HTTPStatus.OK:
            # A real key has 32 digits; to look for a short made-up one would garble the data.
            return _hidden(key, body) if len(key) >= SHORTEST_KEY else body
        body = _hidden(key, body)
        text = f"{_name(call)} answered {status}"
        if status == HTTPStatus.NOT_FOUND:
            raise NotFoundError(f"{text}: it has nothing there", status, body)
        if status == HTTPStatus.FORBIDDEN and call.source in FILE_STORES and _absent(body):
            raise NotPublishedError(f"{text} AccessDenied: the file is not there", status, body)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise BlockedError(f"{text}: it refuses us; {_says(body)}", status, body)
        if response.is_redirect or status == HTTPStatus.GONE:
            goes_to = urlsplit(response.headers.get("location", "")).netloc or "nowhere"
            raise MovedError(f"{text} to {goes_to}: set its new base URL", status, body)
        if status in TRANSIENT_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            wait = _retry_after(response.headers, self.clock)
            raise UnavailableError(f"{text}; {_says(body)}", status, body, wait)
        raise RefusedError(f"{text}; {_says(body)}", status, body)

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

    def _client(self) -> "httpx.Client":
        import httpx  # noqa: PLC0415 - see _once

        with self._lock:
            if self._opened is None:
                # httpx logs every URL at INFO, and the key is part of the URL.
                logging.getLogger("httpx").addFilter(_drop)
                self._opened = httpx.Client(
                    transport=self._transport,
                    timeout=self._settings.source_timeout_seconds,
                    follow_redirects=False,
                )
            return self._opened

    def _host(self, base: str) -> "_Host":
        with self._lock:
            return self._hosts.setdefault(urlsplit(base).netloc, _Host())


class _Host:
    """When a host was last asked; threads queue for their turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: float | None = None

    def wait_turn(self, clock: Clock, interval: float) -> None:
        with self._lock:
            since = clock.now().timestamp() - self._asked if self._asked is not None else interval
            # A virtual clock may have been set back: then there is nothing to wait for.
            if 0 <= since < interval:
                clock.sleep(interval - since)
            self._asked = clock.now().timestamp()


def _pause(state: "RetryCallState") -> float:
    """Seconds before the next try: as the source asks, else 1, 2, 4, 8."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, UnavailableError) else None
    wait = asked if asked is not None else 2.0 ** min(state.attempt_number - 1, 3)
    return min(max(wait, 0.0), LONGEST_WAIT)


def _retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """Seconds that a Retry-After header asks for, given as a number or an HTTP date."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        return (parsedate_to_datetime(given) - clock.now()).total_seconds()
    except (TypeError, ValueError):
        return None


def _absent(body: bytes) -> bool:
    return body.lstrip().startswith(b"<?xml") and b"<Code>AccessDenied</Code>" in body


def _says(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    return f"it says {text[:200]!r}" if text else "it says nothing more"


def _content(file: Path | None) -> str:
    try:
        return file.read_text().strip() if file is not None else ""
    except OSError:
        return ""  # said as a missing key, which names the variable


def _name(call: Call) -> str:
    return f"{call.source} {call.path}"


def _hidden(key: str, body: bytes) -> bytes:
    return body.replace(key.encode(), HIDDEN.encode()) if key else body


def _without(key: str, text: str) -> str:
    return text.replace(key, HIDDEN) if key else text


def _drop(_record: logging.LogRecord) -> bool:
    return False
