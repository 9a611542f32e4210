"""Ids that derive from what they name."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from common.eastern import eastern
from tests.kit.situations import MANY, et

SLOT = et("2025-11-12 13:00")


def test_d1_one_decision_a_workflow_and_slot() -> None:
    """A workflow and a slot give one decision id in every zone, and others give others."""
    one = ids.decision_id("betting_lines", SLOT)
    assert one == ids.decision_id("betting_lines", eastern(SLOT))
    others = {
        ids.decision_id("betting_lines", SLOT + timedelta(hours=1)),
        ids.decision_id("morning_operations", SLOT),
        ids.decision_id("betting_lines", SLOT, "message-1"),
        ids.decision_id("betting_lines", SLOT, "message-2"),
    }
    assert len(others | {one}) == 5


@pytest.mark.parametrize(
    ("made", "pinned"),
    [
        (ids.decision_id("betting_lines", SLOT), "4e39d76e-ba2e-5401-af4b-6137cbb12b5f"),
        (ids.plan_id("2025-11-12", "betting_lines", SLOT), "c8fb1052-8acd-5433-9353-532924c848c2"),
        (ids.execution_id("d"), "ef871ac2-e1c5-591b-b40b-b4bdf29330c0"),
        (ids.task_id("e", 0, "s", "0022500213"), "14ab0468-a42a-5c32-9e56-5151446dfb3a"),
        (ids.request_id("17"), "a89b39c4-09bf-5262-aade-bed99afd722d"),
        (ids.log_id("nba-scraped-data", "a/b.json", 7), "87f0cd36-5ca8-5e3e-97c8-1470fa0800b2"),
        (ids.cleanup_id(SLOT), "6f6a94ee-516d-5b3c-8e58-8a2b65164aeb"),
        (ids.cleanup_id(SLOT, "m-1"), "05a53a8e-f81e-5812-851f-a66e595e770f"),
    ],
)
def test_ids_never_change(made: str, pinned: str) -> None:
    """The ids that are stored in tables are the same in every release."""
    assert made == pinned


@MANY
@given(st.lists(st.text(max_size=3), max_size=3), st.lists(st.text(max_size=3), max_size=3))
def test_parts_are_kept_apart(one: list[str], other: list[str]) -> None:
    """Parts that join to the same text give different ids."""
    one = [part.replace("\x1f", "") for part in one]
    other = [part.replace("\x1f", "") for part in other]
    if len(one) == len(other):
        assert (ids.derive("kind", *one) == ids.derive("kind", *other)) == (one == other)


def test_kinds_are_kept_apart() -> None:
    """A task and a decision with the same parts have different ids."""
    assert ids.derive("task", "x") != ids.derive("decision", "x")


def test_every_id_is_a_uuid() -> None:
    """Every id is a UUID, as messages and tables require."""
    made = [
        ids.decision_id("w", SLOT),
        ids.plan_id("2025-11-12", "w", SLOT),
        ids.execution_id("d"),
        ids.task_id("e", 0, "s", "0022500213"),
        ids.request_id("17"),
        ids.log_id("b", "n", 1),
        ids.cleanup_id(SLOT),
    ]
    assert all(str(UUID(one)) == one for one in made)
    assert len(set(made)) == len(made)


@MANY
@given(st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), min_size=2, max_size=2))  # noqa: DTZ001 - made aware below
def test_stamps_sort_as_instants(pair: list[datetime]) -> None:
    """Stamps sort by time."""
    one, other = (moment.replace(microsecond=0, tzinfo=SLOT.tzinfo) for moment in pair)
    assert (ids.stamp(one) < ids.stamp(other)) == (one < other)
    assert ids.stamp(SLOT) == "20251112T180000Z"


def test_a_trace_is_the_whole_id_and_a_span_its_beginning() -> None:
    """As many digits as W3C's formats have."""
    made = "4e39d76e-ba2e-5401-af4b-6137cbb12b5f"
    assert ids.trace_id(made) == "4e39d76eba2e5401af4b6137cbb12b5f"
    assert ids.span_id(made) == "4e39d76eba2e5401"
