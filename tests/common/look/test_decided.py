"""Which decisions there are about a date, of its slots, and with what configuration."""

import json
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.cloud.ports import Row
from common.look.decided import (
    configured,
    decisions_about,
    decisions_between,
    decisions_on,
    inputs_of,
    rows_since,
    rows_until,
    was_decided,
)
from common.settings import read_settings
from tests.kit.placed import placed, row
from tests.kit.situations import et

SUNDAY = date(2025, 11, 2)
NOW = et("2025-11-05 12:00")
SECOND = timedelta(seconds=1)


def decided(slot: str | None, made: str | None = None, **changes: Any) -> Row:
    """Return a decision of an Eastern slot, made then or later."""
    when = et(made or slot or "2025-11-02 12:00")
    held = row("workflow_decisions", slot=et(slot) if slot else None, decision_time=when)
    return {**held, "workflow_name": "b", "action": "SKIP", "target_date": SUNDAY, **changes}


@pytest.mark.parametrize(
    ("slot", "made", "is_of_it"),
    [
        ("2025-11-02 00:00", None, True),
        ("2025-11-02 23:00", None, True),
        ("2025-11-02 23:00", "2025-11-03 21:00", True),
        ("2025-11-02 23:00", "2025-11-03 23:30", False),
        ("2025-11-03 00:00", None, False),
        ("2025-11-01 23:00", "2025-11-02 00:10", False),
        (None, "2025-11-02 12:00", False),
    ],
)
def test_a_date_has_the_decisions_of_its_slots(
    slot: str | None, made: str, *, is_of_it: bool
) -> None:
    """All 25 hours of it, made until late on the next day; none of another controller's."""
    one = decided(slot, made)
    place, _ = placed(NOW, workflow_decisions=[one])
    assert bool(decisions_on(place, SUNDAY)) is is_of_it
    if slot:
        assert was_decided([one], SUNDAY) is slot.startswith("2025-11-02")


def test_rows_of_another_controller_are_no_slot_that_was_decided_again() -> None:
    """They have no slot, so that nothing was stored for them; ours are found beside them."""
    ours, others = decided("2025-11-02 12:00"), [decided(None), decided(None)]
    place, _ = placed(NOW, workflow_decisions=[*others, ours])
    assert [one["slot"] for one in decisions_on(place, SUNDAY)] == [ours["slot"]]


@pytest.mark.parametrize(
    ("now", "made", "is_about"),
    [
        ("2025-11-05 12:00", "2025-11-02 00:00", True),
        ("2025-11-05 12:00", "2025-11-01 23:59", False),
        ("2025-11-05 12:00", "2025-11-05 12:00", True),  # this very instant
        ("2025-11-02 12:00", "2025-11-09 22:59", True),  # a slot to come, by force
        ("2025-12-05 12:00", "2025-11-09 22:59", True),
        ("2025-12-05 12:00", "2025-11-10 12:00", False),
        ("2025-10-25 13:00", "2025-11-02 12:00", True),
        ("2025-10-25 13:00", "2025-11-02 12:01", False),
    ],
)
def test_what_is_decided_about_a_date_is_read_for_eight_days(
    now: str, made: str, *, is_about: bool
) -> None:
    """With what it was made from, and not what is about another date."""
    rows = [decided(made, inputs="{}"), decided(made, target_date=date(2025, 11, 1))]
    place, _ = placed(et(now), workflow_decisions=rows)
    found = decisions_about(place, SUNDAY, et(now))
    assert [(one["target_date"], one["inputs"]) for one in found] == [(SUNDAY, "{}")] * is_about


@pytest.mark.parametrize(
    ("forced", "since", "until"),
    [
        (False, "2025-11-02 11:00", "2025-11-05 12:00"),
        (True, "2025-10-25 12:00", "2025-11-06 12:00"),
    ],
)
def test_rows_of_a_forced_decision_may_be_of_long_before_its_slot_or_after(
    since: str, until: str, *, forced: bool
) -> None:
    """Of a plain one they are from just before it was made on, however late, and for some days."""
    rows = [
        decided("2025-11-02 11:30", "2025-11-02 13:00", forced=False),
        decided("2025-11-02 11:00", "2025-11-02 12:00", forced=forced),
    ]
    assert (rows_since(rows), rows_until(rows, 3, NOW)) == (et(since), et(until))


def test_decisions_come_by_slot_and_name() -> None:
    """However long each took; asked for by workflow or action where that is wanted."""
    rows = [
        decided("2025-11-02 13:00", "2025-11-02 13:01", workflow_name="b"),
        decided("2025-11-02 13:00", "2025-11-02 13:02", workflow_name="a", action="RUN"),
        decided("2025-11-02 12:00", "2025-11-02 13:03", workflow_name="c"),
    ]
    place, _ = placed(NOW, workflow_decisions=rows)
    assert [one["workflow_name"] for one in decisions_on(place, SUNDAY)] == ["c", "a", "b"]
    assert [one["workflow_name"] for one in decisions_on(place, SUNDAY, action="RUN")] == ["a"]
    first = et("2025-11-02 13:01")
    between = decisions_between(place, first, first + 60 * SECOND)
    assert [one["workflow_name"] for one in between] == ["b"]
    assert "inputs" not in between[0]


def test_the_configuration_is_the_one_of_the_decisions() -> None:
    """Whatever they left out, all of them together; this checkout's where there are none."""
    place, _ = placed(NOW)
    place.settings = read_settings({})
    assert place.off
    assert configured(place, []) == (place.workflows, tuple(sorted(place.off)))
    rows = [
        decided("2025-11-02 12:00", inputs=json.dumps({"off": [name]}))
        for name in ("nbac_play_by_play", "espn_boxscore", "espn_boxscore")
    ]
    flows, off = configured(place, [*rows, decided("2025-11-02 12:00")])
    assert off == ("espn_boxscore", "nbac_play_by_play")
    assert [*flows] == [*place.configured]
    ran = {name for flow in flows.values() for name in flow.scrapers}
    all_ = {name for flow in place.configured.values() for name in flow.scrapers}
    assert ran == all_ - set(off)
    assert {*place.off} & ran, "what is off here alone was on there"


@pytest.mark.parametrize(
    ("text", "held"), [(None, {}), ("", {}), ("[]", {}), ('{"a": 1}', {"a": 1})]
)
def test_a_decision_without_inputs_has_none(text: str | None, held: dict[str, int]) -> None:
    """Nor has one of which they are no object."""
    assert inputs_of({"inputs": text}) == held


def test_a_silent_date_was_not_decided() -> None:
    """Decisions about it that were made in another date's slots do not count."""
    late: datetime = et("2025-11-03 00:00")
    assert not was_decided([{"slot": late}], SUNDAY)
    assert was_decided([{"slot": late}, {"slot": late - SECOND}], SUNDAY)


def test_each_slot_that_was_decided_again_is_in_the_order_of_storing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not the first of such slots alone, and whatever time each decision has."""
    rows, stored = [], {}
    for hour in ("12", "13"):
        for name, made, kept in (("old", "40", "01"), ("new", "10", "02")):
            one = f"{name} {hour}"
            rows.append(decided(f"2025-11-02 {hour}:00", f"2025-11-02 {hour}:{made}"))
            rows[-1]["decision_id"] = one
            stored[one] = SimpleNamespace(name=one, created=et(f"2025-11-02 {hour}:{kept}"))

    def batches(_state: object, slot: datetime) -> list[SimpleNamespace]:
        return [stored[one["decision_id"]] for one in rows if one["slot"] == slot]

    monkeypatch.setattr("common.look.decided.batches_of", batches)
    monkeypatch.setattr(
        "common.look.decided.decisions_of",
        lambda _, batch: [{"message": {"decision_id": batch.name}}],
    )
    place, _ = placed(NOW, workflow_decisions=rows)
    found = [one["decision_id"] for one in decisions_on(place, SUNDAY)]
    assert found == ["old 12", "new 12", "old 13", "new 13"]
