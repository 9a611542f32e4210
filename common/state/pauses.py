"""Which workflows an operator has paused: one object, written by commands and read at each tick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from common.messages.models import Instant, Name
from common.state import names

if TYPE_CHECKING:  # annotations only
    from common.state.store import StateStore

TEXT_CHARACTERS_MAX = 200


class Pause(BaseModel):
    """Who paused a workflow, since when (aware), and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str = Field(min_length=1, max_length=TEXT_CHARACTERS_MAX)
    since: Instant
    why: str = Field("", max_length=TEXT_CHARACTERS_MAX)


class Pauses(BaseModel):
    """The paused workflows by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workflows: Mapping[Name, Pause] = Field(default_factory=dict)


def read_pauses(state: StateStore) -> tuple[Mapping[str, Pause], int]:
    """Return the paused workflows, and the generation of the object (0: there is none).

    An object that cannot be read pauses nothing; a WARNING names it.
    """
    held, generation = state.read_as(names.PAUSES, Pauses.model_validate_json)
    return (held.workflows if held else {}), generation


def write_pauses(state: StateStore, paused: Mapping[str, Pause], generation: int) -> bool:
    """Write the paused workflows unless the object has changed since it was read at `generation`.

    Returns:
        False when somebody else has written it.
    """
    return state.swap(names.PAUSES, Pauses(workflows=paused).model_dump(mode="json"), generation)
