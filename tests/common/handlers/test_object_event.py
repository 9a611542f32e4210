"""An object's event that has its name alone is completed from storage."""

from common.handlers.object_event import completed
from common.messages.models import ObjectEvent
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.state import NOON

BUCKET = "data"


def test_an_event_is_completed_by_its_own_version_s_description_alone() -> None:
    """A notification may have no payload, and the version that it is of may be gone since."""
    storage = MemoryStorage(ManualClock(NOON))
    stored = storage.create(BUCKET, "a", b"123", metadata={"task_id": "x"})
    event = ObjectEvent(bucket=BUCKET, name="a", generation=stored.generation)
    found = completed(event, storage)
    assert (found.metadata, found.size, found.time_created) == ({"task_id": "x"}, 3, NOON)
    assert completed(found.model_copy(update={"size": 7}), storage).size == 7
    for other in (stored.generation - 1, stored.generation + 1):
        late = event.model_copy(update={"generation": other})
        assert completed(late, storage) == late
