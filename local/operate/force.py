"""Has a slot decided again, and finds what was decided."""

from datetime import datetime, timedelta

from common import ids
from common.calendar.slots import slot_of
from common.cloud.ports import Row
from common.configuration.workflows import PostGame
from common.eastern import at, eastern, eastern_date
from common.errors import BadInputError
from common.handlers.master_controller import TICKS, check_ahead
from common.look.decided import decisions_between
from common.messages.models import ControllerTick
from common.runtime import Runtime
from local.operate.asking import looks


def slot_for(place: Runtime, workflow: str) -> datetime:
    """Return the last slot that a workflow is about: of a window its own, of others the latest."""
    now, flow = place.clock.now(), place.configured[workflow]
    if not isinstance(flow, PostGame):
        return slot_of(place.cron(TICKS), now)
    day = eastern_date(now)
    opened = at(day, flow.at)
    return opened if opened <= now else at(day - timedelta(days=1), flow.at)


def force_slot(
    place: Runtime, slot: datetime, *, seconds_max: float, workflow: str | None = None
) -> list[Row]:
    """Publish a forced tick for a slot, and return its decisions once their rows are there.

    Args:
        place: where to.
        slot: when the controller ticks, aware.
        seconds_max: how long to wait for the rows; none are returned after it.
        workflow: the only one to decide; None decides all.

    Raises:
        BadInputError: the controller has no tick then, or it is too far ahead.
    """
    check_ahead(slot, place.clock.now())
    found = slot_of(place.cron(TICKS), slot)
    if found != slot:
        raise BadInputError(
            f"the controller has no tick at {eastern(slot):%Y-%m-%d %H:%M} ET; the one before is "
            f"{eastern(found):%Y-%m-%dT%H:%M}"
        )
    tick = ControllerTick(scheduled_time=slot, force=True, workflow=workflow)
    message = place.publisher.publish(TICKS, tick.body(), {})
    asked = [workflow] if workflow else [*place.configured]
    wanted = [ids.decision_id(name, found, message) for name in asked]
    # The time of a forced decision is its slot's.
    until = slot + timedelta(minutes=1)
    waited, made, pauses = 0.0, list[Row](), looks()
    while not made and waited <= seconds_max:
        place.clock.sleep(pause := next(pauses))
        waited += pause
        made = decisions_between(place, slot, until, decision_id=wanted)
    return made
