"""What an answer of a source is: its bytes, or one of the errors in `common/sources/errors.py`."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

from common.errors import TRANSIENT_STATUSES
from common.scrapers.model import Call, SourceName
from common.sources.errors import (
    BlockedError,
    MovedError,
    NotFoundError,
    NotPublishedError,
    QuotaError,
    RefusedError,
    UnavailableError,
)
from common.sources.quota import read_usage

HIDDEN = "(hidden)"
SHORTEST_KEY = 16
# These two are file stores: S3 answers 403 AccessDenied, in XML, for a file that is not there when
# listing is not allowed (seen at https://github.com/mxufc29/nbainjuries/issues/4). An edge that
# blocks us answers an HTML page instead, and that stays BLOCKED (S2).
FILE_STORES: frozenset[SourceName] = frozenset({"nba_injury", "nba_gamebook"})
# https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html
_NO_CREDITS = b"OUT_OF_USAGE_CREDITS"


class Reply(Protocol):
    """What is looked at of an httpx response; header names in lower case."""

    @property
    def status_code(self) -> int:
        """Of HTTP."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the response."""

    @property
    def is_redirect(self) -> bool:
        """Whether it names another place."""


def judge(call: Call, reply: Reply, body: bytes, secrets: Sequence[str], now: datetime) -> bytes:
    """The body of a good answer.

    Args:
        call: what was asked.
        reply: status and headers.
        body: as far as it was read.
        secrets: that were sent; hidden wherever the source repeats them.
        now: aware; a Retry-After may be a date.

    Raises:
        SourceError: the kind tells what the source said.
    """
    status = reply.status_code
    if status == HTTPStatus.OK:
        # A real key has 32 digits; to look for a short made-up one would garble the data.
        return hide([each for each in secrets if len(each) >= SHORTEST_KEY], body)
    body = hide(secrets, body)
    text = f"{name_of(call)} answered {status}"
    if status == HTTPStatus.NOT_FOUND:
        raise NotFoundError(f"{text}: it has nothing there", status, body)
    if status == HTTPStatus.FORBIDDEN and call.source in FILE_STORES and _is_absent(body):
        raise NotPublishedError(f"{text} AccessDenied: the file is not there", status, body)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        if call.source == "odds_api" and _is_spent(reply, body, now):
            raise QuotaError(f"{text}: its credits are used up; {_says(body)}", status, body)
        raise BlockedError(f"{text}: it refuses us; {_says(body)}", status, body)
    if reply.is_redirect or status == HTTPStatus.GONE:
        # Only the host: an address may carry a key or a password.
        goes_to = urlsplit(reply.headers.get("location", "")).hostname or "nowhere"
        raise MovedError(f"{text} to {goes_to}: set its new base URL", status, body)
    if status in TRANSIENT_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = _retry_after(reply.headers, now)
        raise UnavailableError(f"{text}; {_says(body)}", status, body, wait)
    raise RefusedError(f"{text}; {_says(body)}", status, body)


def name_of(call: Call) -> str:
    """A call as errors name it: without its query, which holds the key."""
    return f"{call.source} {call.path}"


def hide(secrets: Iterable[str], body: bytes) -> bytes:
    """The bytes without the secrets, plain or as an address writes them."""
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            body = body.replace(form.encode(), HIDDEN.encode())
    return body


def hide_text(secrets: Iterable[str], text: str) -> str:
    """The text without the secrets."""
    return hide(secrets, text.encode()).decode()


def secrets_of(key: str, base: str) -> tuple[str, ...]:
    """What is secret in a request: the key, and the password in a base URL, plain and as sent."""
    split = urlsplit(base)
    password = unquote(split.password or "")
    login = f"{unquote(split.username or '')}:{password}"
    sent = b64encode(login.encode()).decode() if password else ""
    return tuple(filter(None, (key, sent, password)))


def _is_absent(body: bytes) -> bool:
    return body.lstrip().startswith(b"<?xml") and b"<Code>AccessDenied</Code>" in body


def _is_spent(reply: Reply, body: bytes, now: datetime) -> bool:
    usage = read_usage(reply.headers, now)
    return _NO_CREDITS in body or (usage is not None and usage.remaining <= 0)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, given as a number or an HTTP date."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        return (parsedate_to_datetime(given) - now).total_seconds()
    except (TypeError, ValueError):
        return None


def _says(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    return f"it says {text[:200]!r}" if text else "it says nothing more"
