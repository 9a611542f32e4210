"""Which message a fault is of."""

from typing import Any

import pytest

from local.simulator.ports.port_faults import identity


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"decision_id": "d", "slot": "1"}, "d"),
        ({"execution": {"decision_id": "d", "task_id": "t"}}, "t"),
        ({"metadata": {"task_id": "t"}, "execution": {"task_id": "other"}}, "t"),
        ({"slot": "2", "kind": "tick"}, '{"kind": "tick", "slot": "2"}'),
    ],
)
def test_a_message_is_identified_by_its_task_or_decision(body: dict[str, Any], name: str) -> None:
    """Else by all of it; instants beside an id do not count."""
    assert identity(body) == name
