"""Which objects are tasks' own: those of the names and with the secret that were noted before."""

from typing import Any

import pytest

from common.errors import ConflictError
from common.messages.models import ObjectEvent
from common.state.own_objects import SECRET, create_noted, find_noted, note, own_labels, secret_of
from common.state.store import StateStore
from local.simulator.ports.inline import InlineExecutor
from local.simulator.ports.intercepted import Call, Do, intercepted
from tests.kit.state import NOON, new_state

TASK, BUCKET = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f", "data"
PLAIN, TAGGED = (
    "oddsa-events/2025-11-12/130000.json",
    "oddsa-events/2025-11-12/130000-0a1b2c3d.json",
)
LABELS = {
    "task_id": TASK,
    "scraper": "oddsa_events",
    "status": "SUCCESS",
    "outcome": "SUCCESS",
    "records": "1",
    "started_at": NOON.isoformat(),
    "duration_seconds": "1",
    "target_date": "2025-11-12",
}


@pytest.fixture
def state() -> StateStore:
    """Return a state bucket, beside which the data bucket lies."""
    return new_state()


def event(name: str, generation: int, **metadata: str) -> ObjectEvent:
    """Return the finalize event of an object with a task's labels."""
    held: dict[str, Any] = {"bucket": BUCKET, "name": name, "generation": generation}
    return ObjectEvent(**held, metadata={**LABELS, **metadata})


@pytest.mark.parametrize("name", [PLAIN, TAGGED])
def test_the_noted_object_is_the_task_s(state: StateStore, name: str) -> None:
    """The labels of an object of a noted name with the secret are believed, again and again."""
    held = note(state, TASK, [PLAIN, TAGGED])
    for _ in range(2):
        labels = own_labels(state, InlineExecutor(), event(name, 7, **{SECRET: held.secret}))
        assert labels is not None
        assert labels.task_id == TASK


@pytest.mark.parametrize("secret", ["", "owner-9"])
def test_fr1_a_forger_does_not_know_the_secret(state: StateStore, secret: str) -> None:
    """An object with the task's labels under its very name is nobody's without the secret."""
    note(state, TASK, [PLAIN])
    assert own_labels(state, InlineExecutor(), event(PLAIN, 7, **{SECRET: secret})) is None


def test_fr1_a_copy_elsewhere_is_nobodys(state: StateStore) -> None:
    """A copy has the secret, and another name."""
    held = note(state, TASK, [PLAIN])
    copy = "oddsa-events/2025-11-12/140000.json"
    assert own_labels(state, InlineExecutor(), event(copy, 8, **{SECRET: held.secret})) is None


def test_fr1_labels_without_a_note_are_decoration(state: StateStore) -> None:
    """An object that names a task which noted nothing is nobody's."""
    assert own_labels(state, InlineExecutor(), event(PLAIN, 7)) is None


def test_fp07_a_later_version_is_no_new_run(state: StateStore) -> None:
    """A restored or rewritten object is another version: only the first one that came counts."""
    held = note(state, TASK, [PLAIN])
    first, later = (event(PLAIN, number, **{SECRET: held.secret}) for number in (7, 8))
    assert own_labels(state, InlineExecutor(), first) is not None
    assert own_labels(state, InlineExecutor(), later) is None
    assert own_labels(state, InlineExecutor(), first) is not None


def test_fr8_the_first_note_stands(state: StateStore) -> None:
    """A later delivery goes by the names and the secret that an earlier one noted."""
    first = note(state, TASK, [PLAIN])
    assert note(state, TASK, [f"failed/{PLAIN}"]) == first


def test_fr8_of_two_uploads_one_lands(state: StateStore) -> None:
    """An upload that lands late finds its name taken by the same task."""
    held = note(state, TASK, [PLAIN, TAGGED])
    made = [
        create_noted(state.storage, BUCKET, held, body, metadata={SECRET: held.secret})
        for body in (b"one", b"late")
    ]
    assert made[0] == made[1] == find_noted(state, state.storage, BUCKET, TASK)
    assert [stored.name for stored in state.storage.list(BUCKET, "")] == [PLAIN]


def test_a_name_that_a_stranger_has_taken_gets_a_tag(state: StateStore) -> None:
    """The second noted name is used; without one left the conflict is raised."""
    state.storage.create(BUCKET, PLAIN, b"mine", metadata={SECRET: "guessed"})
    held = note(state, TASK, [PLAIN, TAGGED])
    assert find_noted(state, state.storage, BUCKET, TASK) is None
    described = {"metadata": {SECRET: held.secret}}
    made = create_noted(state.storage, BUCKET, held, b"ours", **described)
    assert made.name == TAGGED
    assert find_noted(state, state.storage, BUCKET, TASK) == made
    alone = note(state, TASK.replace("0", "1"), [PLAIN])
    with pytest.raises(ConflictError, match="others hold these names"):
        create_noted(state.storage, BUCKET, alone, b"ours", metadata={SECRET: alone.secret})
    state.storage.create(BUCKET, "c.json", b"mine")
    both = note(state, TASK.replace("0", "2"), [PLAIN, "c.json"])
    with pytest.raises(ConflictError) as refused:
        create_noted(state.storage, BUCKET, both, b"ours")
    why = "others hold these names; publish again"
    assert str(refused.value) == f"objects {PLAIN}, c.json: {why}"


@pytest.mark.parametrize(
    ("there", "name"), [("gone", TAGGED), ("a stranger's", TAGGED), ("ours", PLAIN)]
)
def test_a_name_is_a_task_s_where_its_object_is_there_and_has_the_secret(
    state: StateStore, there: str, name: str
) -> None:
    """An object that was deleted right after the conflict leaves the next name to the task."""
    held = note(state, TASK, [PLAIN, TAGGED])
    described = {"metadata": {SECRET: held.secret}}
    first = {"metadata": {SECRET: "guessed"}} if there == "a stranger's" else described
    state.storage.create(BUCKET, PLAIN, b"first", **first)

    def deleted(call: Call, do: Do) -> Any:
        return None if (call.name, there) == ("stat", "gone") else do()

    made = create_noted(intercepted(state.storage, deleted), BUCKET, held, b"late", **described)
    assert made.name == name


def test_a_task_that_noted_nothing_has_no_object(state: StateStore) -> None:
    """Nothing is found for one that never came so far, or whose object is not there yet."""
    assert find_noted(state, state.storage, BUCKET, TASK) is None
    assert secret_of(state, TASK) == {}
    held = note(state, TASK, [PLAIN])
    assert find_noted(state, state.storage, BUCKET, TASK) is None
    assert secret_of(state, TASK) == {SECRET: held.secret}
