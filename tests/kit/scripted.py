"""A source whose answers are given, on a clock that passes by sleeping."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from common.scrapers.model import Call
from common.settings import Settings
from common.sources.client import Source
from local.fake_sources.overrides import switched_on

KEY = "0123456789abcdef0123456789abcdef"
DENIED = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'
"""How a file store says that a file is not there."""
Handler = Callable[[httpx.Request], httpx.Response]


class FakeClock:
    """A clock whose time passes only by sleeping."""

    def __init__(self) -> None:
        self.instant = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        """Return the instant that sleeping has reached."""
        return self.instant

    def sleep(self, seconds: float) -> None:
        """Move on at once, and record the seconds."""
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


class Script:
    """A handler that gives its answers in turn, repeats the last one, and records the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Return the next answer."""
        self.requests.append(request)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return found


def source(handler: Handler, clock: FakeClock | None = None, **changes: Any) -> Source:
    """Return a source without an interval between requests."""
    settings = Settings(**{"source_interval_seconds": 0, **switched_on(key=KEY), **changes})
    return Source(settings, clock or FakeClock(), httpx.MockTransport(handler))


def call(name: str = "nba_cdn") -> Call:
    """Return a call of a source."""
    return Call(name, "/path", {"a": "1"}, "label")
