"""One step of a workflow: the scrapers that run side by side, and what stands in for them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from common.configuration.fresh_by import FreshByField
from common.messages.models import Name

REFRESH = "nbac_schedule_api"
"""The scraper of the season schedule, which `games: final` reads."""
BOARD = "espn_scoreboard"
"""The scraper of another owner's view of a date's games, which `games: final` reads as well."""
STEPS_MAX = 16
"""How many steps an execution may have, those of the alternatives included."""
Hours = Annotated[float, Field(gt=0, le=96)]
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]


class Form(BaseModel):
    """The base of what a configuration file holds: frozen, without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Form):
    """Scrapers that run side by side after the previous step has finished.

    `games: final` keeps only target games that are final in the schedule that an earlier step
    fetched; `events_from` passes on the event ids that an earlier step's scraper found.
    `alternatives` names, for a scraper of the step, those of other owners whose data stands for its
    own: what it failed to bring is asked of them afterwards, in the same execution. `again_hours`
    has a game collected once more, because its source rewrites it that long after the game's end.
    `fresh_by` says by when a game's data must be there; what comes later is late.
    """

    scrapers: tuple[Name, ...] = Field(
        min_length=1, description="Names of scrapers.", examples=[["nbac_schedule_api"]]
    )
    games: Literal["targets", "final"] = Field(
        "targets",
        description="Which target games: all, or those final in the fetched schedule.",
        examples=["final"],
    )
    events_from: Name | None = Field(
        None,
        description="A scraper of an earlier step that finds The Odds API's event ids.",
        examples=["oddsa_events"],
    )
    alternatives: dict[Name, Names] = Field(
        default_factory=dict,
        description="Scrapers asked, in turn, for what a scraper of the step fails to bring.",
        examples=[{"nbac_boxscore": ["espn_boxscore"]}],
    )
    again_hours: dict[Name, Hours] = Field(
        default_factory=dict,
        description="How long after a game's end a scraper of the step collects it once more.",
        examples=[{"nbac_boxscore": 2.5}],
    )
    fresh_by: FreshByField | None = Field(
        None,
        description="By when a game's data must be there, from its tip-off or its end.",
        examples=["tip-off - 60 min"],
    )
