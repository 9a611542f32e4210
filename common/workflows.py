"""Workflow configuration: what config/workflows.yaml may say, checked when it is read."""

from collections.abc import Mapping
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from common.eastern import parse_clock
from common.errors import ConfigError
from common.messages import Name


def _clock(value: object) -> time:
    return value if isinstance(value, time) else parse_clock(str(value))


Clock = Annotated[time, BeforeValidator(_clock)]
Priority = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Model):
    """Scrapers that run side by side, after the step before has finished.

    `games: final` keeps only the target games that are final in the schedule which the step before
    fetched; `events_from` hands the event ids found by an earlier step's scraper on.
    """

    scrapers: tuple[Name, ...] = Field(min_length=1)
    games: Literal["targets", "final"] = "targets"
    events_from: Name | None = None


class _Workflow(_Model):
    """What every kind has."""

    title: str
    priority: Priority
    enabled: bool = True
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def scrapers(self) -> tuple[str, ...]:
        """All scraper names in the order of the steps."""
        return tuple(name for step in self.steps for name in step.scrapers)


class DailyWindow(_Workflow):
    """Once a day, inside a window."""

    kind: Literal["daily_window"]
    start: Clock
    end: Clock


class PreGame(_Workflow):
    """Every few hours from the lead time before a tip-off to the last tip-off."""

    kind: Literal["pre_game"]
    lead_hours: float = Field(gt=0, le=24)
    every_hours: float = Field(gt=0, le=24)
    start: Clock
    end: Clock
    abort_minutes: int = Field(30, ge=0)


class PostGame(_Workflow):
    """At a time of day, for the finished games of that day or the one before."""

    kind: Literal["post_game"]
    at: Clock
    tolerance_minutes: int = Field(ge=1, le=180)
    games_of: Literal["today", "yesterday"]


class Discovery(_Workflow):
    """Tries until something is published, inside its publication band, within a budget.

    `published` is when the nominal world has it: the plan shows attempts up to then.
    """

    kind: Literal["discovery"]
    start: Clock
    end: Clock
    published: Clock
    every_hours: float = Field(gt=0, le=24)
    attempts: int = Field(ge=1, le=48)


class CatchUp(_Workflow):
    """Finished games without data, from `after` on the next day, with backoff, for `span_hours`."""

    kind: Literal["catch_up"]
    after: Clock
    backoff_hours: tuple[float, ...] = Field(min_length=1)
    span_hours: float = Field(gt=0, le=168)


Workflow = Annotated[
    DailyWindow | PreGame | PostGame | Discovery | CatchUp, Field(discriminator="kind")
]


class WorkflowFile(_Model):
    """The whole file."""

    version: Literal[1]
    workflows: dict[Name, Workflow] = Field(min_length=1)


@lru_cache(maxsize=4)
def load_workflows(path: Path) -> Mapping[str, Workflow]:
    """The enabled workflows by name, in the file's order.

    Raises:
        ConfigError: the file is missing, is not YAML or does not fit; names file, field, value.
    """
    return parse_workflows(_read(path), str(path))


def parse_workflows(text: str, where: str) -> dict[str, Workflow]:
    """Check the text of a workflow file; `where` names it in errors."""
    try:
        document: Any = yaml.safe_load(text)
        parsed = WorkflowFile.model_validate(document)
    except yaml.YAMLError as error:
        raise ConfigError(f"{where}: not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"]) or "file"
        raise ConfigError(
            f"{where}: {field}: {fault['msg']} (got {str(fault['input'])[:80]!r})"
        ) from error
    enabled = {name: flow for name, flow in parsed.workflows.items() if flow.enabled}
    for name, flow in enabled.items():
        _check_steps(flow, f"{where}: workflows.{name}")
    return enabled


def _check_steps(flow: Workflow, where: str) -> None:
    """Refuse what could never run: a step that waits for what no earlier step fetches."""
    earlier: set[str] = set()
    for number, step in enumerate(flow.steps):
        if step.events_from and step.events_from not in earlier:
            raise ConfigError(
                f"{where}.steps.{number}.events_from: {step.events_from!r} is in no earlier step; "
                "put it into one"
            )
        if step.games == "final" and "nbac_schedule_api" not in earlier:
            raise ConfigError(
                f"{where}.steps.{number}.games: 'final' reads the schedule that an earlier step "
                "fetched; put nbac_schedule_api into one"
            )
        earlier.update(step.scrapers)


def check_scrapers(workflows: Mapping[str, Workflow], known: Mapping[str, object]) -> None:
    """Refuse a scraper that is not in the registry.

    Raises:
        ConfigError: names workflow and scraper.
    """
    for name, flow in workflows.items():
        for scraper in flow.scrapers:
            if scraper not in known:
                raise ConfigError(
                    f"workflows.{name}.steps: unknown scraper {scraper!r}; known are "
                    f"{', '.join(sorted(known))}"
                )


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; set NBA_WORKFLOWS_FILE") from error
