"""Judges the answers of sources: each is its body, or an error of `common/sources/errors.py`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, urlsplit

from common.errors import TRANSIENT_STATUSES
from common.redaction import HIDDEN, redact, secrets_of_url
from common.scrapers.model import Call
from common.scrapers.source import source_of
from common.source_settings import Absence
from common.sources.errors import (
    BlockedError,
    MovedError,
    NotFoundError,
    NotPublishedError,
    QuotaError,
    RefusedError,
    SourceError,
    UnavailableError,
)
from common.sources.quota import read_usage

KEY_CHARACTERS_MIN = 16
"""A real key has 32 digits; hiding a short made-up one, such as `k`, would garble the data."""
SHOWN_CHARACTERS_MAX = 200
MOVED_TO = "x-moved-to"
"""The header to which our client moves `Location`, so that httpx does not parse it."""
# https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html
# Older answers have no error_code: their message alone says that the credits are used up (FS18).
_NO_CREDITS = re.compile(
    rb"out[ _]of[ _]usage[ _]credits|usage quota has been reached", re.IGNORECASE
)


class Reply(Protocol):
    """The part of an httpx response that is judged; header names are in lower case."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the response."""

    @property
    def is_redirect(self) -> bool:
        """Whether the status is a redirect, with a location or without."""


def judge(
    call: Call,
    reply: Reply,
    body: bytes,
    *,
    secrets: Sequence[str],
    now: datetime,
    absence: Absence,
) -> bytes:
    """Return the body of a good answer, without the secrets that the source repeats in it.

    Args:
        call: what was asked.
        reply: status and headers.
        body: the body as far as it was read.
        secrets: what the request contained that no text may show.
        now: the instant (aware); a Retry-After may be a date.
        absence: how the host that was asked answers for an absent file.

    Raises:
        SourceError: the status is not 200; the class tells what that means.
    """
    if reply.status_code == HTTPStatus.OK:
        return hide([each for each in secrets if len(each) >= KEY_CHARACTERS_MIN], body)
    shown = hide(secrets, body)
    if absence == "s3" and reply.status_code == HTTPStatus.FORBIDDEN and _is_absent(shown):
        raise _absent(call, shown)
    raise _error_of(call, reply, shown, now)


def _absent(call: Call, body: bytes) -> SourceError:
    """Return what a file store's AccessDenied means: the same as the source's own answer for it."""
    text = f"{name_of(call)} answered 403 AccessDenied: the file is not there"
    own = source_of(call.source).absence == "s3"
    return (NotPublishedError if own else NotFoundError)(text, HTTPStatus.FORBIDDEN, body)


def _error_of(call: Call, reply: Reply, body: bytes, now: datetime) -> SourceError:
    status = reply.status_code
    text = f"{name_of(call)} answered {status}"
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(f"{text}: it has nothing there", status, body)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return _refusal_of(call, reply, body, now)
    if reply.is_redirect or status == HTTPStatus.GONE:
        return MovedError(f"{text} to {_new_host(reply)}: set its new base URL", status, body)
    if status in TRANSIENT_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = _retry_after(reply.headers, now)
        return UnavailableError(f"{text}; {_shown(body)}", status, body, wait)
    return RefusedError(f"{text}; {_shown(body)}", status, body)


def _new_host(reply: Reply) -> str:
    """Name the host that a redirect leads to, if any; the rest may contain a key or a password."""
    location = reply.headers.get(MOVED_TO) or reply.headers.get("location", "")
    try:
        host = urlsplit(location).hostname or "nowhere"
    except ValueError:  # brackets without an IPv6 address, or letters that no host has
        return "an address that is none"
    return host[:SHOWN_CHARACTERS_MAX]


def _refusal_of(call: Call, reply: Reply, body: bytes, now: datetime) -> SourceError:
    status = reply.status_code
    text = f"{name_of(call)} answered {status}"
    if call.source == "odds_api" and _is_spent(reply, body, now):
        return QuotaError(f"{text}: its credits are used up; {_shown(body)}", status, body)
    return BlockedError(f"{text}: it refuses us; {_shown(body)}", status, body)


def name_of(call: Call) -> str:
    """Name a call for errors: without its query, which contains the key."""
    return f"{call.source} {call.path}"


def hide(secrets: Iterable[str], body: bytes) -> bytes:
    """Replace the secrets in a body, both as they are and as a URL encodes them."""
    for secret in secrets:
        for form in (secret, quote(secret, safe="")):
            body = body.replace(form.encode(), HIDDEN.encode())
    return body


def hide_text(secrets: Iterable[str], text: str) -> str:
    """Replace the secrets in a text, and what looks like one."""
    return redact(hide(secrets, text.encode()).decode())


def secrets_of(key: str, base: str) -> tuple[str, ...]:
    """List a request's secrets: the key, and a base URL's password, plain and as it is sent."""
    return tuple(filter(None, (key, *secrets_of_url(base))))


def _is_absent(body: bytes) -> bool:
    """Return whether S3 has answered; an edge that blocks us sends an HTML page instead (S2)."""
    return body.lstrip().startswith(b"<?xml") and b"<Code>AccessDenied</Code>" in body


def _is_spent(reply: Reply, body: bytes, now: datetime) -> bool:
    usage = read_usage(reply.headers, now)
    return bool(_NO_CREDITS.search(body)) or (usage is not None and usage.remaining <= 0)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, as a number or as an HTTP date."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    try:
        return (parsedate_to_datetime(given) - now).total_seconds()
    except (TypeError, ValueError, OverflowError):  # no date, or a year beyond all calendars
        return None


def _shown(body: bytes) -> str:
    text = " ".join(body.decode("utf-8", "replace").split())
    return f"its body is {text[:SHOWN_CHARACTERS_MAX]!r}" if text else "its body is empty"
