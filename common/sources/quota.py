"""The Odds API's credits: told by every answer, kept for all instances.

A task that the last known count cannot pay for is not begun. Tasks that run at the same time read
the same count, so together they may use up the reserve (`NBA_ODDS_API_RESERVE`), and more.

A call costs one credit a market and region, a list of events nothing; so `oddsa_events`, which goes
before the others, always sees how many are left. They come back monthly.
https://the-odds-api.com/liveapi/guides/v4/#usage-quota-costs
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter

from common.cloud.ports import StoredObject
from common.errors import ConflictError
from common.runtime import Runtime
from common.scrapers.model import Call
from common.settings import variable
from common.sources.errors import QuotaError
from common.state.reading import read_as

NAME = "quota/odds_api.json"
BELIEVED_FOR = timedelta(hours=24)
"""A plan may have been renewed or raised since: what is older is asked anew."""


@dataclass(frozen=True)
class Usage:
    """What an answer told of the credits; `last` is what that answer cost."""

    remaining: int
    used: int | None
    last: int | None
    seen: AwareDatetime


_USAGE = TypeAdapter(Usage)


def read_usage(headers: Mapping[str, str], now: datetime) -> Usage | None:
    """The credits in an answer's headers (names in lower case); None where it does not tell."""
    remaining = _number(headers, "remaining")
    if remaining is None:
        return None
    return Usage(remaining, _number(headers, "used"), _number(headers, "last"), now)


def cost_of(calls: Sequence[Call]) -> int:
    """Credits that calls cost together."""
    return sum(
        len(call.params["markets"].split(",")) * len(call.params["regions"].split(","))
        for call in calls
        if call.source == "odds_api" and "markets" in call.params
    )


def check_quota(runtime: Runtime, calls: Sequence[Call], now: datetime) -> None:
    """Refuse a task that the credits do not suffice for: half of it would be of no use.

    Raises:
        QuotaError: says what is left and what is needed.
    """
    needed = cost_of(calls)
    known = _read(runtime)[0] if needed else None
    if known is None or now - known.seen > BELIEVED_FOR:
        return
    reserve = runtime.settings.odds_api_reserve
    if known.remaining < needed + reserve:
        raise QuotaError(
            f"The Odds API has {known.remaining} credits left at {known.seen:%Y-%m-%d %H:%M} UTC; "
            f"this needs {needed}, and {reserve} are kept back ({variable('odds_api_reserve')}); "
            "they come back with the plan's next month: wait for it, or raise the plan"
        )


def keep_usage(runtime: Runtime, usage: Usage) -> None:
    """Keep what an answer told, unless another instance knows later."""
    known, stored = _read(runtime)
    if known is not None and known.seen >= usage.seen:
        return
    body = json.dumps({**asdict(usage), "seen": usage.seen.isoformat()}).encode()
    bucket = runtime.settings.state_bucket
    with suppress(ConflictError):  # who came first knows as well as we do
        if stored:
            runtime.storage.replace(bucket, NAME, body, generation=stored.generation)
        else:
            runtime.storage.create(bucket, NAME, body)


def _read(runtime: Runtime) -> tuple[Usage | None, StoredObject | None]:
    return read_as(runtime, runtime.settings.state_bucket, NAME, _usage)


def _usage(body: bytes) -> Usage:
    return _USAGE.validate_json(body, strict=True)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(f"x-requests-{name}", "").strip()
    return int(text) if text.isdecimal() else None
