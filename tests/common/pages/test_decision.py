"""A decision is found by the date of its slot, and stands between those beside it."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.errors import BadInputError
from common.pages.decision import DecisionPage, read_decision
from common.pages.object import read_object
from common.pages.render import render
from tests.kit.outline import Outline
from tests.kit.situations import et
from tests.kit.tables import holding
from tests.kit.world import DAY

PLACE = holding(
    workflow_decisions=[
        {"at": et(at), "decision_id": name, "workflow_name": flow, "action": "SKIP", "slot": et(at)}
        for name, flow, at in (
            ("a", "f", "2025-11-12 06:00"),
            ("b", "other", "2025-11-12 07:00"),
            ("c", "f", "2025-11-12 23:00"),
            ("d", "f", "2025-11-13 06:00"),
            ("e", "f", "2025-11-14 00:00"),
        )
    ]
)


def named(page: DecisionPage) -> tuple[str | None, ...]:
    """Return the ids of the decisions before and after."""
    return tuple(row["decision_id"] if row else None for row in (page.before, page.after))


@pytest.mark.parametrize(
    ("name", "beside"),
    [("a", (None, "c")), ("b", (None, None)), ("c", ("a", "d")), ("d", ("c", None))],
)
def test_it_stands_between_those_of_its_workflow(name: str, beside: tuple[str | None, ...]) -> None:
    """Those of the date, and of the next one."""
    found = read_decision(PLACE, DAY, name)
    assert named(found) == beside
    assert (found.made, found.run, found.has_changed) == (None, None, False)


def test_what_cannot_be_judged_again_says_why() -> None:
    """It has a page all the same; an unknown decision has none."""
    assert read_decision(PLACE, DAY, "a").unexplained
    for name in ("z", "e"):
        said = f"^no decision '{name}' on 2025-11-12; its date is that of its slot$"
        with pytest.raises(BadInputError, match=said):
            read_decision(PLACE, DAY, name)


@pytest.mark.parametrize(
    ("action", "code", "changed"),
    [("SKIP", "TOO_EARLY", False), ("SKIP", "NO_GAMES", True), ("RUN", "TOO_EARLY", True)],
)
def test_another_action_or_another_reason_is_a_change(
    action: str, code: str, *, changed: bool
) -> None:
    """Of a decision that is judged again by today's code."""
    again = SimpleNamespace(again=SimpleNamespace(action=action, reason_code=code))
    row = {"action": "SKIP", "reason_code": "TOO_EARLY"}
    page = replace(read_decision(PLACE, DAY, "a"), row=row, made=cast("Any", again))
    assert page.has_changed is changed


def test_an_object_s_rows_are_of_its_date_and_the_night_after() -> None:
    """A scrape that began before midnight may be logged after it."""
    log = [
        {"at": et(at), "gcs_path": path}
        for at, path in (
            ("2025-11-12 00:00", "gs://b/o"),
            ("2025-11-13 23:59", "gs://b/o"),
            ("2025-11-14 00:00", "gs://b/o"),
            ("2025-11-12 13:00", "gs://b/other"),
        )
    ]
    place = holding(scraper_execution_log=log)
    assert len(read_object(place, DAY, "gs://b/o").rows) == 2
    with pytest.raises(BadInputError, match="no row of 2025-11-12 is about the object 'gs://no'"):
        read_object(place, DAY, "gs://no")


@pytest.mark.parametrize(
    ("when", "said"), [(None, ""), (et("2025-11-12 13:00"), "Next check: 2025-11-12 13:00")]
)
def test_a_decision_tells_when_it_is_looked_at_again(when: datetime | None, said: str) -> None:
    """In Eastern time, where it has said so."""
    again = SimpleNamespace(action="SKIP", reason_code=None, next_check=when)
    made = SimpleNamespace(
        again=again, rules=(), flips=(), situation=SimpleNamespace(calendar=None)
    )
    page = replace(read_decision(PLACE, DAY, "a"), made=cast("Any", made))
    assert page.teams == {}, "without a schedule it knew of no game"
    text = Outline(render(page)).text
    assert said in text
    assert ("Next check" in text) is bool(said)
