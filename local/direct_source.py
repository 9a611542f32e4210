"""The sources without HTTP between: the deployed pacing, retries and judgement of answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from common.clock import Clock
from common.fetch import SAMPLE_BYTES, Source
from common.scrapers.model import Call
from common.settings import Settings
from local.source.answers import Answer

if TYPE_CHECKING:
    import httpx

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

    def _once(self, call: Call) -> bytes:
        key = self._key(call)
        base = str(getattr(self._settings, f"{call.source}_url"))
        self._host(base).wait_turn(self.clock, self._settings.source_interval_seconds)
        found = self._ask(call.path, {**call.params, "apiKey": key} if key else call.params)
        body = found.body if found.status == HTTPStatus.OK else found.body[:SAMPLE_BYTES]
        reply = _Reply(found.status, {name.lower(): text for name, text in found.headers.items()})
        return self._judged(call, cast("httpx.Response", reply), body, key)
