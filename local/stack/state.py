"""The state of the chain as the keeper reports it to the driver."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True)
class ChainState:
    """The chain at the end of a wait: idle, or still at work when the time ran out."""

    idle: bool
    next_due: datetime | None
    """When the next backed-off message becomes deliverable, on the virtual clock."""
    handled: int
    """Acknowledged deliveries since the start of the stack."""
    failed: int
    """Refused deliveries since the start of the stack."""
    disturbances: int = 0
    """Disturbances by chaos since the start of the stack."""

    def to_reply(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        reply: dict[str, Any] = TypeAdapter(ChainState).dump_python(self, mode="json")
        return reply

    @classmethod
    def from_reply(cls, reply: dict[str, Any]) -> "ChainState":
        """Read what `to_reply` returned."""
        return TypeAdapter(ChainState).validate_python(reply)
