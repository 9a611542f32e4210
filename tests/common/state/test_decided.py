"""A slot's batches: which of them a decision looks at, and how a decision is published."""

from datetime import timedelta

from common.state import names
from common.state.decided import batches_of, decisions_of, near_batches, publish_decisions
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock
from tests.kit.state import NOON, new_state

HOUR = timedelta(hours=1)


def test_fr3_the_batches_of_two_hours_before_a_slot_are_looked_at() -> None:
    """Neighbouring slots are decided at once when one is late: their RUNs are under way."""
    state = new_state()
    for hours in range(-3, 3):
        state.mark(names.batch(names.tick_stamp(NOON + hours * HOUR, "")))
    state.mark(names.batch(names.tick_stamp(NOON - HOUR, "17")))
    near = [stored.name for stored in near_batches(state, NOON)]
    assert near == [
        f"decided/20251112T{stamp}.json"
        for stamp in ("150000Z", "160000Z-17", "160000Z", "170000Z", "180000Z", "190000Z")
    ]


def test_a_slot_has_a_batch_for_each_of_its_ticks() -> None:
    """The plain tick's and the forced ones' are a slot's own, and no other slot's."""
    state = new_state()
    for slot, forced_by in ((NOON, ""), (NOON, "17"), (NOON + HOUR, ""), (NOON - HOUR, "")):
        state.mark(names.batch(names.tick_stamp(slot, forced_by)))
    own = [stored.name for stored in batches_of(state, NOON)]
    assert own == ["decided/20251112T170000Z-17.json", "decided/20251112T170000Z.json"]


def test_the_decisions_of_a_batch_that_is_gone_or_spoilt_are_none() -> None:
    """As if it had never been stored."""
    state = new_state()
    name = names.batch(names.tick_stamp(NOON, ""))
    state.write_once(name, {"decisions": [{"a": 1}, {"b": 2}]})
    (batch,) = batches_of(state, NOON)
    assert [*decisions_of(state, batch)] == [{"a": 1}, {"b": 2}]
    state.storage.replace(state.bucket, name, b"[]", generation=batch.generation)
    assert [*decisions_of(state, batch)] == []
    assert [*decisions_of(new_state(), batch)] == []


def test_decisions_are_published_with_what_the_filter_looks_at() -> None:
    """The attributes repeat action and workflow, and the messages are the stored ones."""
    publisher = MemoryPublisher(ManualClock(NOON))
    skip, run = (
        {"action": action, "workflow_name": "betting_lines", "slot": action}
        for action in ("SKIP", "RUN")
    )
    publish_decisions(publisher, [{"message": skip, "reason": "why"}, {"message": run}])
    assert {sent.topic for sent in publisher.published} == {"workflow-decisions"}
    assert [sent.body for sent in publisher.published] == [run, skip]
    assert publisher.published[0].attributes == {"action": "RUN", "workflow_name": "betting_lines"}


def test_decisions_are_published_in_the_file_s_order_runs_first() -> None:
    """Whatever the names are: of several workflows the first in the file asks first."""
    publisher = MemoryPublisher(ManualClock(NOON))
    decided = [("z", "SKIP"), ("y", "RUN"), ("x", "ABORT"), ("w", "RUN"), ("v", "SKIP")]
    messages = [{"workflow_name": name, "action": action} for name, action in decided]
    publish_decisions(publisher, [{"message": message} for message in messages])
    assert [sent.body["workflow_name"] for sent in publisher.published] == ["y", "w", "z", "x", "v"]
