"""The messages between the functions, which are bounded, versioned and checked on arrival."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from common.calendar.game_ids import is_known
from common.cloud import limits
from common.errors import BadInputError
from common.messages.envelope import Event
from common.redaction import shown

NAME = r"^[a-z][a-z0-9_]{0,63}$"
Name = Annotated[str, Field(pattern=NAME)]
GameId = Annotated[str, Field(pattern=r"^([0-9]{10}|espn-[0-9]{1,12})$")]
"""NBA.com's id, or ESPN's while no season file has the game (`calendar/game_ids.py`)."""
Team = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Uuid = Annotated[str, Field(pattern=UUID)]
EVENT_ID = r"^[0-9a-zA-Z_-]{1,64}$"
EventId = Annotated[str, Field(pattern=EVENT_ID)]
_DAY_MIN, _DAY_END = date(1946, 11, 1), date(2100, 1, 1)
"""The date of the league's first game, and a far one; beyond them sums of times could overflow."""
Day = Annotated[date, Field(ge=_DAY_MIN - timedelta(days=7), lt=_DAY_END)]
"""The date of a task; it may precede the first instant, because a tick covers earlier nights."""
INSTANT_MIN = datetime(_DAY_MIN.year, _DAY_MIN.month, _DAY_MIN.day, tzinfo=UTC)
INSTANT_END = datetime(_DAY_END.year, _DAY_END.month, _DAY_END.day, tzinfo=UTC)
Instant = Annotated[AwareDatetime, Field(ge=INSTANT_MIN, lt=INSTANT_END)]
Points = Annotated[int, Field(ge=0, lt=1000)]
SEASON_TYPES = {"002": "Regular Season", "004": "Playoffs", "005": "PlayIn", "006": "IST"}
"""By the first three digits of a game id."""
MetadataText = Annotated[str, Field(max_length=limits.METADATA_BYTES.most)]
REPUBLISHED = "republished"
"""The attribute of an event that was sent again; the bucket's own events do not have it."""
Action = Literal["RUN", "SKIP", "ABORT"]
OBJECT_NAME_BYTES_MAX = limits.OBJECT_NAME_BYTES.most
GAMES_MAX = 256
"""Far more than a night of ten leagues has (docs/scale.md); a message with more is a mistake."""


def _object_name(name: str) -> str:
    if not 0 < len(name.encode()) <= OBJECT_NAME_BYTES_MAX:
        raise ValueError(f"{len(name)} characters; a name has 1 to {OBJECT_NAME_BYTES_MAX} bytes")
    if any(char in name for char in "\r\n") or name in {".", ".."}:
        raise ValueError("no object can have this name")
    return name


def season_type(game_id: str) -> str:
    """The `SeasonType` that stats.nba.com files a game under.

    Of a game that only ESPN lists it is not known; stats.nba.com is not asked for such games alone.

    Raises:
        BadInputError: a kind of game that is not collected.
    """
    if not is_known(game_id):
        return SEASON_TYPES["002"]
    known = SEASON_TYPES.get(game_id[:3])
    if known is None:
        raise BadInputError(
            f"game id {game_id!r} starts with {game_id[:3]!r}; collected are {sorted(SEASON_TYPES)}"
        )
    return known


class Message(BaseModel):
    """The base of the messages: frozen, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def body(self) -> dict[str, Any]:
        """Return the JSON-ready body to publish."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Tick(Message):
    """A scheduler tick.

    `scheduled_time` replaces the publish time, so that an operator or a replay can name a past
    slot. `force` decides a slot again that is decided or long past, and marks the decisions.
    """

    kind: Literal["tick"] = Field("tick", alias="schema")
    version: Literal[1] = 1
    scheduled_time: Instant | None = None
    force: bool = False


class ControllerTick(Tick):
    """A tick of the controller; a forced one may name the one workflow that is decided again."""

    workflow: Name | None = None

    @model_validator(mode="after")
    def _only_by_force(self) -> "ControllerTick":
        if self.workflow and not self.force:
            raise ValueError('workflow: a plain tick decides all; write "force": true beside it')
        return self


class GameTarget(Message):
    """A game to collect, and the per-game scrapers it still lacks."""

    game_id: GameId
    away: Team
    home: Team
    scrapers: tuple[Name, ...] = Field((), max_length=32)


class WorkflowDecision(Message):
    """A decision as it is published; the executor acts on RUN only."""

    kind: Literal["workflow-decision"] = Field("workflow-decision", alias="schema")
    version: Literal[1] = 1
    decision_id: Uuid
    workflow_name: Name
    action: Action
    slot: Instant
    decision_time: Instant
    target_date: Day
    scrapers: tuple[Name, ...] = Field((), max_length=64)
    targets: tuple[GameTarget, ...] = Field((), max_length=GAMES_MAX)


class ExecutionRef(Message):
    """The execution, and the task in it, that a request belongs to."""

    execution_id: Uuid
    decision_id: Uuid
    workflow_name: Name
    step: int = Field(ge=0, lt=16)
    task_id: Uuid
    slot: Instant


class GameRef(Message):
    """A game that a request asks for, with its final score where the schedule has one."""

    game_id: GameId
    away: Team
    home: Team
    away_score: Points | None = None
    home_score: Points | None = None


class ScraperRequest(Message):
    """The request of one task: one scraper for one date or one game.

    A request for a whole date may name the finished games that the answer must contain. Without
    `target_date` the task is for the Eastern date of the event's time. A request without
    `execution` belongs to no decision, such as the scheduled refresh of the schedule.
    """

    kind: Literal["scraper-request"] = Field("scraper-request", alias="schema")
    version: Literal[1] = 1
    scraper: Name
    target_date: Day | None = None
    game: GameRef | None = None
    games: tuple[GameRef, ...] = Field((), max_length=GAMES_MAX)
    event_ids: tuple[EventId, ...] = Field((), max_length=GAMES_MAX)
    season_type: Literal["Regular Season", "Playoffs", "PlayIn", "IST"] = "Regular Season"
    execution: ExecutionRef | None = None
    scheduled_time: Instant | None = None


class ObjectEvent(Message):
    """A finalized version of an object, from a GCS notification or an Eventarc storage event.

    Its name may contain all that GCS allows, even `..` and control characters: it is data here,
    and never becomes a path. https://cloud.google.com/storage/docs/objects#naming
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$")
    name: Annotated[str, AfterValidator(_object_name)]
    generation: int = Field(gt=0, lt=2**63)
    size: int = Field(0, ge=0, lt=2**63)
    content_type: MetadataText | None = Field(None, alias="contentType")
    time_created: Instant | None = Field(None, alias="timeCreated")
    metadata: dict[MetadataText, MetadataText] | None = Field(
        None, max_length=limits.METADATA_BYTES.most
    )


FORCE_ID_CHARACTERS_MAX = 128
_FORCE_ID = re.compile(rf"[0-9A-Za-z_.-]{{1,{FORCE_ID_CHARACTERS_MAX}}}")
"""Pub/Sub's own ids are digits; this one becomes part of object names (FR12)."""
M = TypeVar("M", bound=Message)
_SHOWN_CHARACTERS_MAX = 80
_SHOWN_DEFECTS_MAX = 3


def parse_message(model: type[M], event: Event) -> M:
    """Read an event's data as a message.

    Raises:
        BadInputError: the data do not fit; the text names the message, the field and the value.
    """
    data: Mapping[str, Any] = event.data
    if model is ObjectEvent:
        data = _object_fields(event)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadInputError(f"{model.__name__}: {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """Describe the first three defects of a validation error on one line, shortened.

    The value of an unknown field is not shown, because it may be a secret.
    """
    faults = []
    for fault in error.errors(include_url=False)[:_SHOWN_DEFECTS_MAX]:
        where = ".".join(shown(part, _SHOWN_CHARACTERS_MAX) for part in fault["loc"]) or "body"
        known = fault["type"] != "extra_forbidden"
        value = f" (got {_shortened(fault['input'])})" if known else ""
        faults.append(f"{where}: {shown(fault['msg'], 2 * _SHOWN_CHARACTERS_MAX)}{value}")
    return "; ".join(faults)


def _shortened(value: object) -> str:
    """Write a value as a text of bounded length, in bounded time."""
    if isinstance(value, dict | list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    return repr(shown(value, _SHOWN_CHARACTERS_MAX))


def _object_fields(event: Event) -> dict[str, Any]:
    """Return the fields of an object from the payload, completed from a notification's attributes.

    A notification with payloadFormat NONE has them in its attributes only.
    https://cloud.google.com/storage/docs/pubsub-notifications
    """
    kind = event.attributes.get("eventType", "OBJECT_FINALIZE")
    if kind not in {"OBJECT_FINALIZE", "google.cloud.storage.object.v1.finalized"}:
        raise BadInputError(
            f"eventType: {_shortened(kind)} is not a finalize event; unsubscribe it"
        )
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
    """Return when the event happened: its `scheduled_time`, else its publish time, else now."""
    return tick.scheduled_time or event.publish_time or now


def force_id(tick: Tick, event: Event, owner: str) -> str:
    """Return what a forced tick adds to its ids: its message's id, or the owner of a direct call.

    A tick that is not forced adds nothing.

    Raises:
        BadInputError: a direct caller gave an id that cannot stand in the name of an object.
    """
    if not tick.force:
        return ""
    if event.message_id and not _FORCE_ID.fullmatch(event.message_id):
        got = _shortened(event.message_id)
        raise BadInputError(
            f"message_id: {got}, {len(event.message_id)} characters; a forced tick needs an id "
            f"of 1 to {FORCE_ID_CHARACTERS_MAX} letters, digits, '-', '_' and '.'"
        )
    return event.message_id or owner
