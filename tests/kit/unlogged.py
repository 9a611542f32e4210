"""A bucket whose objects have rows in the log, or lack them, and sweeps that look for those."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from common.cloud.ports import StoredObject
from common.healing.attempts import Healed
from common.healing.objects import ObjectSweep, heal_objects
from common.runtime import Runtime
from common.settings import Settings
from local.simulator.ports.memory import MemoryStorage
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

NOW = datetime(2025, 11, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Log:
    """A warehouse whose log has these rows, each with its instant."""

    def __init__(self) -> None:
        self.rows: list[tuple[datetime, dict[str, Any]]] = []

    def select(self, *args: object, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Return the rows of a span."""
        return [row for when, row in self.rows if since <= when < until]


def runtime_with(settings: Settings) -> Runtime:
    """Make a runtime with storage, an empty log and a topic at noon Eastern."""
    clock = ManualClock(NOW)
    return Runtime(
        settings,
        clock=clock,
        storage=MemoryStorage(clock),
        warehouse=Log(),
        publisher=MemoryPublisher(clock),
    )


def write(runtime: Runtime, name: str, ago: timedelta = HOUR, **more: Any) -> StoredObject:
    """Write an object of the data bucket some time before now."""
    clock: Any = runtime.clock
    clock.error = -ago
    stored = runtime.storage.create(runtime.settings.data_bucket, name, b"", **more)
    clock.error = timedelta(0)
    return stored


def log(runtime: Runtime, stored: StoredObject, when: datetime | None = None) -> None:
    """Log an object, at its own time or at another instant."""
    held: Any = runtime.warehouse
    path = f"gs://{stored.bucket}/{stored.name}"
    row = {"gcs_path": path, "object_generation": stored.generation, "logged_at": stored.created}
    held.rows.append((when or stored.created, row))


@dataclass
class Swept(ObjectSweep):
    """What a sweep found, and what it resent."""

    healed: Healed = field(default_factory=Healed)

    @property
    def republished(self) -> list[str]:
        """The objects whose events were resent."""
        return self.healed.republished


def sweep(runtime: Runtime, now: datetime = NOW, *, deep: bool = False) -> Swept:
    """Sweep, and return what was found and resent."""
    swept = Swept()
    heal_objects(runtime, now, swept, swept.healed, deep=deep)
    return swept


def resent(found: Swept) -> list[str]:
    """List what was resent, without its bucket."""
    return [path.split("/", 3)[3] for path in found.republished]
