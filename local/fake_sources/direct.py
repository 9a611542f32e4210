"""Asks the fake sources without HTTP, with the deployed pacing, retries and judgement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common.clock import Clock
from common.scrapers.model import Call
from common.settings import Settings
from common.sources.client import AskOptions, Source
from local.fake_sources.answers import Answer

Ask = Callable[[str, Mapping[str, str]], Answer]
"""Answers a request, given its path and query."""


@dataclass(frozen=True)
class _Reply:
    """The part of an httpx response that `Source` reads."""

    status_code: int
    headers: Mapping[str, str]

    @property
    def is_redirect(self) -> bool:
        return self.status_code in range(300, 400)


class DirectSource(Source):
    """Calls a function where `Source` calls a host: an httpx call would dominate the time."""

    def __init__(self, settings: Settings, clock: Clock, ask: Ask) -> None:
        super().__init__(settings, clock)
        self._ask = ask

    def _request_once(self, call: Call, options: AskOptions) -> bytes:
        key = self._key(call)
        self._wait_turn(call, options)
        found = self._ask(call.path, {**call.params, "apiKey": key} if key else call.params)
        reply = _Reply(found.status, {name.lower(): text for name, text in found.headers.items()})
        absence = self._route(call, options).absence
        return self._judged(call, reply, found.body, [key] if key else [], absence)
