"""The sources without HTTP between: the deployed pacing, retries and judgement of answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from common.clock import Clock
from common.scrapers.model import Call
from common.settings import Settings
from common.sources.client import AskOptions, Source
from common.sources.errors import SAMPLE_BYTES_MAX
from local.fake_sources.answers import Answer

Ask = Callable[[str, Mapping[str, str]], Answer]
"""Path and query to an answer."""


@dataclass(frozen=True)
class _Reply:
    """What `Source` looks at of an httpx response."""

    status_code: int
    headers: Mapping[str, str]

    @property
    def is_redirect(self) -> bool:
        return self.status_code in range(300, 400) and "location" in self.headers


class DirectSource(Source):
    """Asks a function where `Source` asks a host: an httpx call costs more than all it carries."""

    def __init__(self, settings: Settings, clock: Clock, ask: Ask) -> None:
        super().__init__(settings, clock)
        self._ask = ask

    def _request_once(self, call: Call, options: AskOptions) -> bytes:
        key = self._key(call)
        self._wait_turn(call, options)
        found = self._ask(call.path, {**call.params, "apiKey": key} if key else call.params)
        body = found.body if found.status == HTTPStatus.OK else found.body[:SAMPLE_BYTES_MAX]
        reply = _Reply(found.status, {name.lower(): text for name, text in found.headers.items()})
        absence = self._route(call, options).absence
        return self._judged(call, reply, body, [key] if key else [], absence)
