"""The form of config/workflows.yaml: workflow kinds, their fields, and how the file is read.

`common.configuration.checks` refuses files that have this form and still cannot work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from common.calendar.days import Month, Weekday
from common.configuration.fresh_by import FreshBy
from common.configuration.step import Form, Hours, Step
from common.eastern import parse_clock
from common.errors import ConfigError
from common.messages.models import Name

if TYPE_CHECKING:
    from common.configuration.yaml_file import Defect, Document

CLOCK_SCHEMA = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
"""The JSON schema of an Eastern wall time such as `06:00`."""


def _clock(value: object) -> time:
    if isinstance(value, int):  # YAML 1.1 reads an unquoted 20:00 as a number in base 60
        raise ValueError(  # noqa: TRY004 - pydantic turns only a ValueError into a refusal
            f"unquoted, YAML reads {value // 60}:{value % 60:02d} as a number; put it in quotes"
        )
    return value if isinstance(value, time) else parse_clock(str(value))


Clock = Annotated[time, BeforeValidator(_clock), WithJsonSchema(CLOCK_SCHEMA)]
Priority = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW"]


class _Workflow(Form):
    """The fields of every kind."""

    title: str = Field(
        min_length=1,
        max_length=80,
        description="The name that people read.",
        examples=["Late games"],
    )
    priority: Priority = Field(description="Stored with each decision.", examples=["HIGH"])
    enabled: bool = Field(
        default=True, description="False leaves the workflow out.", examples=[False]
    )
    weekdays: tuple[Weekday, ...] = Field(
        default=(),
        description="The Eastern weekdays on which it may run; without, on each.",
        examples=[["monday", "thursday"]],
    )
    months: tuple[Month, ...] = Field(
        default=(),
        description="The months in which it may run; without, in each.",
        examples=[["october", "november"]],
    )
    steps: tuple[Step, ...] = Field(
        min_length=1,
        max_length=16,
        description="What to run, one step after another.",
        examples=[[{"scrapers": ["nbac_schedule_api"]}]],
    )

    @property
    def scrapers(self) -> tuple[str, ...]:
        """Return all scraper names in the order of the steps, without alternatives."""
        return tuple(name for step in self.steps for name in step.scrapers)

    @property
    def every_scraper(self) -> tuple[str, ...]:
        """Return the names of all scrapers that may run, alternatives included."""
        others = (
            name for step in self.steps for held in step.alternatives.values() for name in held
        )
        return tuple(dict.fromkeys((*self.scrapers, *others)))

    def standing_for(self, scraper: str) -> tuple[str, ...]:
        """Return the scrapers whose data counts as a scraper's: itself and its alternatives."""
        held = [step.alternatives[scraper] for step in self.steps if scraper in step.alternatives]
        return (scraper, *chain.from_iterable(held))

    def again_after(self, scraper: str) -> timedelta | None:
        """Return how long after a game's end it is collected once more; None where it is not."""
        for step in self.steps:
            if scraper in step.again_hours:
                return timedelta(hours=step.again_hours[scraper])
        return None

    def fresh_by(self, scraper: str) -> FreshBy | None:
        """Return by when a scraper's data of a game must be there; None where no step says it."""
        found = (step.fresh_by for step in self.steps if scraper in step.scrapers)
        return next(found, None)


class DailyWindow(_Workflow):
    """A workflow that runs once a day, inside a window."""

    kind: Literal["daily_window"]
    start: Clock = Field(description="From this Eastern time.", examples=["06:00"])
    end: Clock = Field(description="Up to this Eastern time.", examples=["10:00"])


class PreGame(_Workflow):
    """A workflow that runs every few hours, from the lead time before a tip-off to the last one."""

    kind: Literal["pre_game"]
    lead_hours: float = Field(
        gt=0, le=24, description="How long before the next tip-off it begins.", examples=[6]
    )
    every_hours: float = Field(
        gt=0, le=24, description="A multiple of the controller's spacing.", examples=[2]
    )
    start: Clock = Field(description="Never before this Eastern time.", examples=["08:00"])
    end: Clock = Field(description="Never after this Eastern time.", examples=["23:00"])
    abort_minutes: int = Field(
        30,
        ge=0,
        description="It is aborted if nothing succeeded this many minutes before the next tip-off.",
        examples=[30],
    )


class PostGame(_Workflow):
    """A workflow that collects the finished games of a day, or of the day before, at a time."""

    kind: Literal["post_game"]
    at: Clock = Field(description="The window's middle, Eastern.", examples=["23:00"])
    tolerance_minutes: int = Field(
        ge=1,
        le=180,
        description="How many minutes before or after `at` a tick may be.",
        examples=[30],
    )
    games_of: Literal["today", "yesterday"] = Field(
        description="Whose games, counted from the date of `at`.", examples=["today"]
    )


class Discovery(_Workflow):
    """A workflow that asks for a publication until it is found, within a budget of attempts.

    The plan assumes that the data is published at `published`.
    """

    kind: Literal["discovery"]
    start: Clock = Field(description="The publication band begins, Eastern.", examples=["11:00"])
    end: Clock = Field(description="The publication band ends, Eastern.", examples=["20:00"])
    published: Clock = Field(description="When the data is usually published.", examples=["13:30"])
    every_hours: float = Field(
        gt=0, le=24, description="A multiple of the controller's spacing.", examples=[1]
    )
    attempts: int = Field(ge=1, le=48, description="How many attempts a date has.", examples=[8])


class CatchUp(_Workflow):
    """A workflow that collects finished games without data, from the next day on, with backoff."""

    kind: Literal["catch_up"]
    after: Clock = Field(description="From this time of the next day.", examples=["07:00"])
    backoff_hours: tuple[Hours, ...] = Field(
        min_length=1,
        description="Waits after the first attempt, the second and so on; the last one repeats.",
        examples=[[1, 2, 4, 8]],
    )
    # At most 96 h, well within the history that is read (common/handlers/situation_reader.py):
    # with a longer span, games whose success is no longer read would be collected again.
    span_hours: Hours = Field(
        description="How long after a game's end it is collected.", examples=[72]
    )


Workflow = Annotated[
    DailyWindow | PreGame | PostGame | Discovery | CatchUp, Field(discriminator="kind")
]
_KINDS: Mapping[str, type[_Workflow]] = {
    "daily_window": DailyWindow,
    "pre_game": PreGame,
    "post_game": PostGame,
    "discovery": Discovery,
    "catch_up": CatchUp,
}
Reason = Annotated[str, Field(min_length=1, max_length=200)]


class WorkflowFile(Form):
    """The whole file."""

    version: Literal[1] = Field(description="The version of this form.", examples=[1])
    workflows: dict[Name, Workflow] = Field(
        min_length=1,
        description="The workflows by the name in their rows.",
        examples=[{"late_game_catch_up": {"kind": "catch_up"}}],
    )
    disabled_scrapers: dict[Name, Reason] = Field(
        default_factory=dict,
        description="Scrapers that nothing triggers, each with the reason.",
        examples=[{"nbac_player_list": "the roster comes from elsewhere"}],
    )

    @property
    def enabled(self) -> dict[str, Workflow]:
        """Return the enabled workflows by name, in the file's order."""
        return {name: flow for name, flow in self.workflows.items() if flow.enabled}


@dataclass(frozen=True)
class WorkflowSource:
    """A workflow file with the lines of its fields, for errors."""

    document: "Document"
    file: WorkflowFile


@lru_cache(maxsize=4)
def read_workflows(path: Path) -> WorkflowSource:
    """Read a workflow file and check its form.

    Raises:
        ConfigError: the file is missing, is not YAML or has another form; the message names file,
            line, field and value.
    """
    return parse_source(text_of(path), str(path))


def parse_source(text: str, where: str) -> WorkflowSource:
    """Check the form of a workflow file's text; `where` names it in errors."""
    from common.configuration.yaml_file import parse_yaml  # noqa: PLC0415 - YAML only when a file is read

    document = parse_yaml(text, where)
    try:
        return WorkflowSource(document, WorkflowFile.model_validate(document.data))
    except ValidationError as error:
        raise document.refuse(*form_defects(error)[0]) from error


def form_defects(error: ValidationError) -> "list[Defect]":
    """Return every place where a file has another form, with advice; the worst is the first."""
    from common.configuration.advice import advice, worst_first  # noqa: PLC0415 - as YAML

    return [
        ((*detail["loc"], "kind"), f"names no kind of workflow; write one of {', '.join(_KINDS)}")
        if detail["type"].startswith("union_tag")
        else (_path(detail), advice(detail, _fields(detail)))
        for detail in worst_first(error.errors())
    ]


def config_hash(path: Path) -> str:
    """Return the first 12 hex digits of the file's SHA-256, which identify the configuration."""
    return sha256(path.read_bytes()).hexdigest()[:12]


def _path(detail: ErrorDetails) -> tuple[str | int, ...]:
    """Return the place of an error in the file, without the kind that pydantic puts into it."""
    where = detail["loc"]
    return (*where[:2], *where[3:]) if where[:1] == ("workflows",) else where


def _fields(detail: ErrorDetails) -> Mapping[str, FieldInfo]:
    """Return the fields of the model with the error."""
    match detail["loc"]:
        case ("workflows", _, _, "steps", _, *_):
            return Step.model_fields
        case ("workflows", _, kind, *_) if kind in _KINDS:
            return _KINDS[str(kind)].model_fields
    return WorkflowFile.model_fields


def text_of(path: Path) -> str:
    """Return the text of a workflow file.

    Raises:
        ConfigError: the file cannot be read, or is not UTF-8; the message names it.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; set NBA_WORKFLOWS_FILE") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text ({error.reason}); save it as such") from error
