"""The credits of The Odds API: every answer reports them, and they are stored for all instances.

A task that costs more than the last known count is not begun. Tasks that run at the same time read
the same count, so that together they may spend the reserve (`NBA_ODDS_API_RESERVE`), and more.

A call costs one credit a market and region, ten where it asks for a past snapshot; a list of events
costs nothing, a past one a single credit, which is not counted here. So `oddsa_events`,
which runs before the others, always learns how many are left. The plan renews them monthly.
https://the-odds-api.com/liveapi/guides/v4/#usage-quota-costs
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter

from common.scrapers.model import Call
from common.settings import variable
from common.sources.errors import QuotaError
from common.state import names
from common.state.store import StateStore

HISTORICAL = "/v4/historical/"
HISTORICAL_COST_FACTOR = 10
"""How many times a market of a past snapshot costs one of now."""
CREDIT_DIGITS_MAX = 12
"""A longer count is none: the largest plan has 15 million credits a month."""
USAGE_AGE_MAX = timedelta(hours=24)
"""An older count is ignored: the plan may have been renewed or raised since."""


@dataclass(frozen=True)
class Usage:
    """The credits as an answer reported them.

    Attributes:
        remaining: the credits that are left.
        used: the credits spent in this period; None when the answer does not report them.
        last: the credits that this answer cost; None when the answer does not report them.
        seen: the instant of the answer (aware).
    """

    remaining: int
    used: int | None
    last: int | None
    seen: AwareDatetime


_USAGE = TypeAdapter(Usage)


def read_usage(headers: Mapping[str, str], now: datetime) -> Usage | None:
    """Read the credits from an answer's headers (names in lower case); None without them."""
    remaining = _number(headers, "remaining")
    if remaining is None:
        return None
    return Usage(remaining, _number(headers, "used"), _number(headers, "last"), now)


def cost_of(calls: Sequence[Call]) -> int:
    """Add up the credits that calls cost."""
    return sum(
        len(call.params["markets"].split(","))
        * len(call.params["regions"].split(","))
        * (HISTORICAL_COST_FACTOR if call.path.startswith(HISTORICAL) else 1)
        for call in calls
        if call.source == "odds_api" and "markets" in call.params
    )


class Credits:
    """The credits as they are stored for all instances, read once a task, and only if needed."""

    def __init__(self, state: StateStore) -> None:
        self._state = state
        # No cached_property: up to Python 3.11 its lock is one for all instances.
        self._read: tuple[Usage | None, int] | None = None

    def read(self) -> tuple[Usage | None, int]:
        """Return the last count, None where there is none, and its object's generation."""
        if self._read is None:
            self._read = self._state.read_as(names.ODDS_QUOTA, _usage)
        return self._read

    def check(self, calls: Sequence[Call], now: datetime, *, reserve: int) -> None:
        """Refuse a task that costs more than the credits left: half a task would be of no use.

        Args:
            calls: the calls of the task.
            now: the instant (aware).
            reserve: the credits that are never spent.

        Raises:
            QuotaError: the credits do not suffice; the text gives what is left and what is needed.
        """
        needed = cost_of(calls)
        known = self.read()[0] if needed else None
        if known is None or now - known.seen > USAGE_AGE_MAX:
            return
        if known.remaining < needed + reserve:
            raise QuotaError(
                f"The Odds API has {known.remaining} credits left at {known.seen:%Y-%m-%d %H:%M} "
                f"UTC; this needs {needed}, and {reserve} are kept back "
                f"({variable('odds_api_reserve')}); they come back with the plan's next month: "
                "wait for it, or raise the plan"
            )

    def keep(self, usage: Usage) -> None:
        """Store what an answer reported, unless a later count is stored already."""
        known, generation = self.read()
        if known is not None and known.seen >= usage.seen:
            return
        # When another instance has written meanwhile, its count is as good as ours and stays.
        content = {**asdict(usage), "seen": usage.seen.isoformat()}
        self._state.swap(names.ODDS_QUOTA, content, generation)


def _usage(body: bytes) -> Usage:
    return _USAGE.validate_json(body, strict=True)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(f"x-requests-{name}", "").strip()
    return int(text) if text.isdecimal() and len(text) <= CREDIT_DIGITS_MAX else None
