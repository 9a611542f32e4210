"""One incident, as the view `incidents` has it (config/views/incidents.sql)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from common.cloud.ports import Row, Warehouse
from common.messages.models import Instant
from common.redaction import shown

Level = Literal["ERROR", "WARNING", "TEST"]
COLUMNS = (
    *("rule", "key", "level", "opened", "last_seen", "closed", "recovered", "times", "detail"),
)
"""Of the view."""
KEY_CHARACTERS_MAX = 200
DETAIL_CHARACTERS_MAX = 600


class Incident(BaseModel):
    """A rule and key that were bad from `opened` on; times are aware.

    Attributes:
        rule: what kind of fault it is, such as `execution`.
        key: of what, such as a workflow.
        level: how bad; TEST is the daily one that is no fault.
        opened: when it began.
        last_seen: the last time that it was seen to be bad.
        closed: when it was over; None while it lasts.
        recovered: whether it is over because something good came; None where that is not known.
        times: how often it was seen to be bad.
        detail: what was said the last time, without secrets.
    """

    model_config = ConfigDict(frozen=True)

    rule: str
    key: str
    level: Level
    opened: Instant
    last_seen: Instant
    closed: Instant | None = None
    recovered: bool | None = None
    times: int = 1
    detail: str = ""

    @property
    def name(self) -> str:
        """Rule and key, of which one incident at a time can be open."""
        return f"{self.rule} {self.key}"


def read_incidents(warehouse: Warehouse) -> list[Incident]:
    """Return the incidents of 90 days."""
    return [read_incident(row) for row in warehouse.view("incidents", COLUMNS)]


def read_incident(row: Row) -> Incident:
    """Make an incident of a row of the view; its texts come from outside and are cut.

    Raises:
        ValidationError: the view has another form.
    """
    texts = {
        "key": shown(row["key"] or "?", KEY_CHARACTERS_MAX),
        "detail": shown(row["detail"] or "no detail", DETAIL_CHARACTERS_MAX),
    }
    return Incident.model_validate({**row, **texts})
