"""The labels of a scraped object, which are its GCS metadata; the log row is written from them."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.errors import BadInputError
from common.messages.models import Day, GameId, Instant, Name, Uuid, describe
from common.messages.object_names import is_own_name
from common.redaction import shown

TEXT_CHARACTERS_MAX = 1000
"""GCS allows 8 KiB of metadata an object: https://cloud.google.com/storage/quotas#objects"""
NAME_SHOWN_CHARACTERS_MAX = 200
Outcome = Literal[
    "SUCCESS", "NO_DATA", "NOT_READY", "BLOCKED", "FAILED", "TIMEOUT", "CONTRACT", "MISMATCH"
]


class Labels(BaseModel):
    """One run of a scraper, as the metadata of its object describe it; times are aware."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_id: Uuid
    scraper: Name
    status: Literal["SUCCESS", "FAILED"]
    outcome: Outcome
    records: int = Field(ge=0, lt=2**63)
    started_at: Instant
    duration_seconds: float = Field(ge=0, allow_inf_nan=False)
    target_date: Day
    game_id: GameId | None = None
    execution_id: Uuid | None = None
    decision_id: Uuid | None = None
    workflow_name: Name | None = None
    step: int | None = Field(None, ge=0, lt=16)
    slot: Instant | None = None
    error_class: str | None = Field(None, max_length=TEXT_CHARACTERS_MAX)
    error_message: str | None = Field(None, max_length=TEXT_CHARACTERS_MAX)
    http_status: int | None = Field(None, ge=0, le=999)

    def metadata(self) -> dict[str, str]:
        """Return the labels as GCS metadata: texts only, without the absent ones."""
        held = self.model_dump(mode="json", exclude_none=True)
        return {name: str(value) for name, value in held.items()}


def read_labels(metadata: Mapping[str, str] | None, name: str) -> Labels | None:
    """Read the labels of an object; None for a foreign object, or for a copy of one of ours.

    Args:
        metadata: the metadata of the object.
        name: the name of the object.

    Raises:
        BadInputError: the metadata contain a task id, but are not labels of ours.
    """
    if not metadata or "task_id" not in metadata:
        return None
    try:
        labels = Labels.model_validate(metadata)
    except ValidationError as error:
        raise BadInputError(
            f"metadata of {shown(name, NAME_SHOWN_CHARACTERS_MAX)!r}: {describe(error)}"
        ) from error
    return labels if is_own_name(name, labels.scraper, labels.target_date) else None
