"""The plain form of ours; config/incident-notice.schema.json is its JSON schema."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from common.incidents.incident import Incident
from common.incidents.notice import Change, Notice


class PlainNotice(BaseModel):
    """A notice of incidents.

    Attributes:
        id: is the same when a notice is sent twice.
        code: tells what changed; `INCIDENT_OPENED`, `INCIDENT_CLOSED` or `INCIDENT_DIGEST`.
        change: the last word of the code.
        deployment: project and dataset.
        title: one line for people.
        incidents: the incidents that are new, over, or that last; at least one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["incident-notice"] = Field("incident-notice", alias="schema")
    version: Literal[1] = 1
    id: str
    code: str
    change: Change
    deployment: str
    title: str
    incidents: tuple[Incident, ...] = Field(min_length=1)


def plain(notice: Notice, deployment: str) -> dict[str, Any]:
    """Return the body of a notice."""
    made = PlainNotice(
        id=f"{deployment} {notice.change} {notice.rule} {notice.key} {notice.opened.isoformat()}",
        code=notice.code,
        change=notice.change,
        deployment=deployment,
        title=notice.title,
        incidents=notice.incidents,
    )
    return made.model_dump(mode="json", by_alias=True)
