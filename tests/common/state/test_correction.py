"""What a source has changed in the answer for a game since it was stored before."""

import json
from datetime import timedelta
from typing import Any

import pytest

from common.cloud.ports import Storage
from common.state.correction import Correction, earlier_answer
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.state import NOON

FOLDER = "nbac-boxscore/2025-11-12/0022500207/"


@pytest.fixture
def storage() -> Storage:
    """Return a bucket with the answer of noon, and a failure after it."""
    made = MemoryStorage(ManualClock(NOON + timedelta(days=1)))
    put(made, "120000", body(7))
    put(made, "130000", b"{}", outcome="BLOCKED", hours=1)
    return made


def body(rebounds: int, **changes: Any) -> bytes:
    """Return an answer in which a player has some rebounds."""
    players = [{"personId": 1, "rebounds": rebounds}]
    return json.dumps({"record_count": 1, "records": [{"players": players, **changes}]}).encode()


def put(
    storage: Storage, name: str, content: bytes, outcome: str = "SUCCESS", hours: int = 0
) -> None:
    """Store an answer as a task does."""
    storage.create(
        "data",
        f"{FOLDER}{name}.json",
        content,
        metadata={"outcome": outcome, "task_id": "t"},
        custom_time=NOON + timedelta(hours=hours),
    )


def correction_of(storage: Storage, content: bytes) -> Correction | None:
    """Compare an answer with the one that is stored."""
    earlier = earlier_answer(storage, "data", FOLDER)
    return earlier.corrected_by(content) if earlier else None


def test_the_first_answer_corrects_nothing() -> None:
    """Without an earlier answer there is nothing to compare."""
    assert correction_of(MemoryStorage(ManualClock(NOON)), body(7)) is None


def test_an_equal_answer_corrects_nothing(storage: Storage) -> None:
    """The same records are no correction, whatever stands around them."""
    assert correction_of(storage, body(7) + b" ") is None


def test_a_changed_answer_names_each_place_with_both_values(storage: Storage) -> None:
    """The earlier object is named, and the place in the records."""
    found = correction_of(storage, body(8))
    assert found == Correction(f"{FOLDER}120000.json", ("[0].players[0].rebounds: 7 is now 8",))


def test_it_is_compared_with_the_newest_answer(storage: Storage) -> None:
    """After a correction the next answer is held against the corrected one."""
    put(storage, "003000", body(8), hours=12)
    assert correction_of(storage, body(8)) is None


@pytest.mark.parametrize(
    ("records", "changes"),
    [
        ([], ("records: [{'players': [{'personId': 1, 'rebounds' is now []",)),
        (
            [{"players": [], **dict.fromkeys("fedcba", 1)}],
            (
                *(f"[0].{name}: None is now 1" for name in "abcdef"),
                "[0].players: [{'personId': 1, 'rebounds': 7}] is now []",
            ),
        ),
    ],
    ids=["as a whole", "by name"],
)
def test_changes_come_by_name_each_with_the_beginning_of_its_values(
    storage: Storage, records: list[Any], changes: tuple[str, ...]
) -> None:
    """Forty characters of either value; what changes as a whole is the records."""
    found = correction_of(storage, json.dumps({"records": records}).encode())
    assert found == Correction(f"{FOLDER}120000.json", changes)


def test_a_field_that_appears_is_a_change(storage: Storage) -> None:
    """A new field, and a list of another length, are changes as a whole."""
    found = correction_of(storage, body(7, officials=[1]))
    assert found is not None
    assert found.changes == ("[0].officials: None is now [1]",)


@pytest.mark.parametrize(
    ("was", "now"), [({"a": 1}, [1]), ([1], {"a": 1}), ([1], [1, 2]), ({"a": 1}, None)]
)
def test_a_value_of_another_form_is_one_change(storage: Storage, was: Any, now: Any) -> None:
    """An object that becomes a list, or a list of another length, is a change as a whole."""
    put(storage, "140000", body(7, officials=was), hours=2)
    found = correction_of(storage, body(7, officials=now))
    assert found is not None
    assert found.changes == (f"[0].officials: {was!r} is now {now!r}",)


def test_a_list_that_becomes_a_text_of_as_many_characters_is_a_change(storage: Storage) -> None:
    """A text has a length too, and is still no list."""
    put(storage, "140000", body(7, officials=["x"]), hours=2)
    found = correction_of(storage, body(7, officials="x"))
    assert found is not None
    assert found.changes == ("[0].officials: ['x'] is now 'x'",)


def test_an_earlier_answer_that_cannot_be_read_is_left_alone(storage: Storage) -> None:
    """An object that somebody has overwritten hinders no task."""
    for hours, spoilt in enumerate((b"not JSON", b"{}", b"[]", b"7"), 3):
        put(storage, f"1{hours + 2}0000", spoilt, hours=hours)
        assert correction_of(storage, body(8)) is None


def test_a_correction_is_logged_with_its_first_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """The line has the game, both objects and how many places differ."""
    changes = tuple(f"[0].players[{n}].rebounds: 1 is now 2" for n in range(5))
    Correction("old.json", changes).log("nbac_boxscore", "0022500207", "a-task")
    line = json.loads(capsys.readouterr().err)
    assert (line["reason_code"], line["severity"], line["rows"]) == ("CORRECTED", "WARNING", 5)
    assert (line["game_id"], line["object"], line["task_id"]) == (
        *("0022500207", "old.json", "a-task"),
    )
    assert line["error"] == "; ".join(changes[:3])
    assert line["scraper"] == "nbac_boxscore"
