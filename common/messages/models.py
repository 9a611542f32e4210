"""The messages between the functions: bounded, versioned, checked on arrival."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from common.errors import BadInputError
from common.messages.envelope import Event

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
GameId = Annotated[str, Field(pattern=r"^[0-9]{10}$")]
Team = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
EVENT_ID = r"^[0-9a-zA-Z_-]{1,64}$"
EventId = Annotated[str, Field(pattern=EVENT_ID)]
_FIRST, _LAST = date(1946, 11, 1), date(2100, 1, 1)
"""The league's first game, and far ahead: beyond, arithmetic on instants would overflow."""
Day = Annotated[date, Field(ge=_FIRST - timedelta(days=7), lt=_LAST)]
"""Of an instant's work: a tick is also about the nights before it."""
Instant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime(_FIRST.year, _FIRST.month, _FIRST.day, tzinfo=UTC),
        lt=datetime(_LAST.year, _LAST.month, _LAST.day, tzinfo=UTC),
    ),
]
SEASON_TYPES = {"002": "Regular Season", "004": "Playoffs", "005": "PlayIn", "006": "IST"}
"""By the first three digits of a game id."""
MetadataText = Annotated[str, Field(max_length=8192)]
"""GCS allows 8 KiB of custom metadata in all: https://cloud.google.com/storage/quotas#objects"""
REPUBLISHED = "republished"
"""Attribute of an event sent again, so that readers can tell it from the bucket's own."""
Action = Literal["RUN", "SKIP", "ABORT"]
MAX_NAME_BYTES = 1024
MAX_GAMES = 64
"""Four times the largest real slate; a message above it is a mistake."""


def _object_name(name: str) -> str:
    if not 0 < len(name.encode()) <= MAX_NAME_BYTES:
        raise ValueError(f"{len(name)} characters; a name has 1 to {MAX_NAME_BYTES} bytes")
    if any(char in name for char in "\0\r\n") or name in {".", ".."}:
        raise ValueError("no object can have this name")
    return name


def season_type(game_id: str) -> str:
    """The `SeasonType` that stats.nba.com files a game under.

    Raises:
        BadInputError: a kind of game that is not collected.
    """
    known = SEASON_TYPES.get(game_id[:3])
    if known is None:
        raise BadInputError(
            f"game id {game_id!r} starts with {game_id[:3]!r}; collected are {sorted(SEASON_TYPES)}"
        )
    return known


class Message(BaseModel):
    """Base of the messages: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """The JSON-ready body to publish."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Tick(Message):
    """A scheduler tick.

    `scheduled_time` stands for the publish time: that is how an operator or the replay names a
    past slot. `force` decides again for a slot that is decided, or long past, and says so.
    """

    kind: Literal["tick"] = Field("tick", alias="schema")
    version: Literal[1] = 1
    scheduled_time: Instant | None = None
    force: bool = False


class GameTarget(Message):
    """A game to collect, and the per-game scrapers it still lacks."""

    game_id: GameId
    away: Team
    home: Team
    scrapers: tuple[Name, ...] = Field((), max_length=32)


class WorkflowDecision(Message):
    """A decision, as published; the executor acts on RUN."""

    kind: Literal["workflow-decision"] = Field("workflow-decision", alias="schema")
    version: Literal[1] = 1
    decision_id: Uuid
    workflow_name: Name
    action: Action
    slot: Instant
    decision_time: Instant
    target_date: Day
    scrapers: tuple[Name, ...] = Field((), max_length=64)
    targets: tuple[GameTarget, ...] = Field((), max_length=MAX_GAMES)


class ExecutionRef(Message):
    """Which task of which execution a request is."""

    execution_id: Uuid
    decision_id: Uuid
    workflow_name: Name
    step: int = Field(ge=0, lt=16)
    task_id: Uuid
    slot: Instant


class GameRef(Message):
    """The game a per-game request is about."""

    game_id: GameId
    away: Team
    home: Team


class ScraperRequest(Message):
    """One task: one scraper for one date or one game.

    Without `target_date` it is the Eastern date of the event's time; without `execution` it is a
    request of its own, such as the scheduled schedule refresh.
    """

    kind: Literal["scraper-request"] = Field("scraper-request", alias="schema")
    version: Literal[1] = 1
    scraper: Name
    target_date: Day | None = None
    game: GameRef | None = None
    event_ids: tuple[EventId, ...] = Field((), max_length=MAX_GAMES)
    season_type: Literal["Regular Season", "Playoffs", "PlayIn", "IST"] = "Regular Season"
    execution: ExecutionRef | None = None
    scheduled_time: Instant | None = None


class ObjectEvent(Message):
    """A finalized object version, from a GCS notification or an Eventarc storage event.

    A name may hold what GCS allows in one, `..` and control characters too: it is data here, and
    never becomes a path. https://cloud.google.com/storage/docs/objects#naming
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$")
    name: Annotated[str, AfterValidator(_object_name)]
    generation: int = Field(gt=0, lt=2**63)
    size: int = Field(0, ge=0, lt=2**63)
    content_type: str | None = Field(None, alias="contentType", max_length=1024)
    time_created: Instant | None = Field(None, alias="timeCreated")
    metadata: dict[MetadataText, MetadataText] | None = Field(None, max_length=256)


M = TypeVar("M", bound=Message)
_SHOWN = 80


def parse_message(model: type[M], event: Event) -> M:
    """Check an event's data against a message's form.

    Raises:
        BadInputError: names the message, the field and the value.
    """
    data: Mapping[str, Any] = event.data
    if model is ObjectEvent:
        data = _object_fields(event)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadInputError(f"{model.__name__}: {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """The first three faults of a validation error on one line, names and values shortened.

    The value of a field that we do not know is not shown: it may be anything, a key too.
    """
    faults = []
    for fault in error.errors(include_url=False)[:3]:
        where = ".".join(str(part)[:_SHOWN] for part in fault["loc"]) or "body"
        known = fault["type"] != "extra_forbidden"
        value = f" (got {_shortened(fault['input'])})" if known else ""
        faults.append(f"{where}: {fault['msg'][: 2 * _SHOWN]}{value}")
    return "; ".join(faults)


def _shortened(value: object) -> str:
    """A value as a text of bounded length, made in bounded time."""
    if isinstance(value, dict | list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    return repr(value[:_SHOWN] if isinstance(value, str) else str(value)[:_SHOWN])


def _object_fields(event: Event) -> dict[str, Any]:
    """Object fields from the payload, completed from a notification's attributes.

    A notification with payloadFormat NONE carries them in attributes only.
    https://cloud.google.com/storage/docs/pubsub-notifications
    """
    kind = event.attributes.get("eventType", "OBJECT_FINALIZE")
    if kind not in {"OBJECT_FINALIZE", "google.cloud.storage.object.v1.finalized"}:
        raise BadInputError(f"eventType: {kind[:80]!r} is not a finalize event; unsubscribe it")
    fields = dict(event.data)
    for ours, theirs in (
        ("bucket", "bucketId"),
        ("name", "objectId"),
        ("generation", "objectGeneration"),
    ):
        if ours not in fields and theirs in event.attributes:
            fields[ours] = event.attributes[theirs]
    return fields


def event_time(tick: Tick | ScraperRequest, event: Event, now: datetime) -> datetime:
    """When the event happened: its `scheduled_time`, else its publish time, else now."""
    return tick.scheduled_time or event.publish_time or now


def force_id(tick: Tick, event: Event, owner: str) -> str:
    """What a forced tick adds to its ids: its message's id, or the owner's for a direct call."""
    return (event.message_id or owner) if tick.force else ""
