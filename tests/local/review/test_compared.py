"""Which facts of a decision are compared, and how what differs is put into lines."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common.decisions.plan import LEAD_IN_DAYS
from common.decisions.situation import Decision, GameTarget
from common.runtime import Runtime
from common.settings import ROOT, Settings
from local.review import diff as compared
from local.review.diff import SPAN_MAX, Change, Diff, diff, lines_of
from local.review.rejudge import VALUE_CHARACTERS_MAX, Changed, Rejudged
from local.review.rejudge import lines_of as rejudged_lines
from tests.kit.situations import DAY, WORKFLOWS, et

SLATE = ROOT / "config" / "slates" / "2025-11.json"
SLOT = et("2025-11-12 13:00")
TARGET = GameTarget(game_id="0022500001", away="MIL", home="CHA", scrapers=("nbac_boxscore",))
SKIP = Decision("SKIP", "TOO_EARLY", "Too early", DAY)
RUN = Decision("RUN", "READY", "Ready", DAY, scrapers=("a", "b"), game_ids=("1", "2"))
LONG = "x" * VALUE_CHARACTERS_MAX


def changes_of(old: Decision, new: Decision, slot: datetime = SLOT) -> tuple[Change, ...]:
    """Compare two files of which each makes one decision of one workflow."""
    made = iter((old, new))

    def decide(*_: object, **__: object) -> Iterator[tuple[str, datetime, Decision]]:
        yield "a_workflow", slot, next(made)

    shipped = Settings().workflows_file
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compared, "nominal_decisions", decide)
        return diff(SLATE, DAY, DAY, shipped, shipped).changes


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "ABORT"},
        {"reason_code": "LATE"},
        {"alert_level": "WARNING"},
        {"target_date": DAY - timedelta(days=1)},
        {"scrapers": ("a",)},
        {"targets": (TARGET,)},
        {"game_ids": ("1",)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_decision_differs_by_any_one_fact(changed: dict[str, Any]) -> None:
    """A fact that alone is another one makes a change with the old decision and the new one."""
    new = replace(SKIP, **changed)
    assert changes_of(SKIP, new) == (Change("a_workflow", SLOT, SKIP, new),)


@pytest.mark.parametrize("changed", [{"reason": "Later"}, {"next_check": SLOT}, {"inputs": {1: 2}}])
def test_words_and_times_of_a_decision_are_not_compared(changed: dict[str, Any]) -> None:
    """Another wording, next check or input is no change."""
    assert changes_of(SKIP, replace(SKIP, **changed)) == ()


def test_changes_are_in_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of one slot are in the order of the workflows' names."""
    slots = {"b": SLOT, "a": SLOT + timedelta(hours=1), "c": SLOT}
    made = iter((SKIP, RUN))

    def decide(*_: object, **__: object) -> Iterator[tuple[str, datetime, Decision]]:
        one = next(made)
        yield from ((name, slot, one) for name, slot in slots.items())

    monkeypatch.setattr(compared, "nominal_decisions", decide)
    shipped = Settings().workflows_file
    found = diff(SLATE, DAY, DAY, shipped, shipped).changes
    assert found == tuple(Change(name, slots[name], SKIP, RUN) for name in "bca")


def test_what_one_file_alone_decides_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """What both decide alike stays as it is, however many decisions either file has besides."""
    made = iter((("same", "gone", "gone too"), ("same", "new")))

    def decide(*_: object, **__: object) -> Iterator[tuple[str, datetime, Decision]]:
        yield from ((name, SLOT, SKIP) for name in next(made))

    monkeypatch.setattr(compared, "nominal_decisions", decide)
    shipped = Settings().workflows_file
    gone = tuple(Change(name, SLOT, SKIP, None) for name in ("gone", "gone too"))
    new = (Change("new", SLOT, None, SKIP),)
    assert diff(SLATE, DAY, DAY, shipped, shipped) == Diff((*gone, *new), 1, 1)


@pytest.mark.parametrize(("slot", "count"), [("11-12 00:00", 1), ("11-11 23:59", 0)])
def test_the_days_that_lead_in_are_not_compared(slot: str, count: int) -> None:
    """A decision counts from the first date's first minute on."""
    assert len(changes_of(SKIP, RUN, et(f"2025-{slot}"))) == count


@pytest.mark.parametrize("span", [timedelta(0), SPAN_MAX])
def test_the_nominal_world_is_that_of_the_deployment(
    span: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both files are decided from the days that lead in to the last date, as the functions would.

    One day and as many as are allowed are compared.
    """
    asked: list[tuple[Any, ...]] = []

    def decide(flows: Any, _: object, *dates: date, **named: Any) -> Iterator[Any]:
        asked.append((flows, dates, named))
        return iter(())

    monkeypatch.setattr(compared, "nominal_decisions", decide)
    place = Runtime(Settings())
    shipped, first = place.settings.workflows_file, DAY - span
    found = diff(SLATE, first, DAY, shipped, shipped)
    assert (found.changes, found.days) == ((), span.days + 1)
    named = {"cron": place.cron("tick-master-controller"), "per_game": place.per_game}
    dates = (first - timedelta(days=LEAD_IN_DAYS), DAY)
    assert asked == [(WORKFLOWS, dates, named)] * 2


def on(days: Sequence[int], old: Decision | None, new: Decision | None) -> list[Change]:
    """Return the same change at 13:00 of some days of November."""
    return [Change("a_workflow", et(f"2025-11-{day} 13:00"), old, new) for day in days]


def told(*changes: list[Change]) -> list[str]:
    """Return the lines of changes, without the workflow's and the summary."""
    held = tuple(change for each in changes for change in each)
    return [line.strip() for line in lines_of(Diff(held, 0, 30)) if line.startswith("    ")]


LATE = replace(SKIP, reason_code="LATE")
SHORT = replace(RUN, scrapers=("a",))
LINE = "~ 13:00  SKIP TOO_EARLY → SKIP LATE"
RUNS = replace(RUN, targets=(TARGET,))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (on([12], SKIP, RUN), "+ 13:00  SKIP TOO_EARLY → RUN READY, 0 → 2 games  (2025-11-12)"),
        (on([12], RUN, SKIP), "- 13:00  RUN READY → SKIP TOO_EARLY, 2 → 0 games  (2025-11-12)"),
        (on([12], None, RUN), "+ 13:00  not decided → RUN READY, 0 → 2 games  (2025-11-12)"),
        (on([12], RUN, None), "- 13:00  RUN READY → not decided, 2 → 0 games  (2025-11-12)"),
        (on([12], None, SKIP), "~        decided from now on  (2025-11-12)"),
        (on([12], SKIP, None), "~        no longer decided  (2025-11-12)"),
        (on([12], RUN, SHORT), "~ 13:00  RUN READY [a, b] → [a]  (2025-11-12)"),
        (on([12], RUN, RUNS), "~ 13:00  RUN READY, 0 → 1 tasks  (2025-11-12)"),
        (on([12, 13], SKIP, LATE)[1:], f"{LINE}  (2025-11-13)"),
        (
            on([12, 13, 14], SKIP, LATE),
            f"{LINE}  (2025-11-12, 2025-11-13, 2025-11-14)",
        ),
        (
            on([12, 13, 14, 16], SKIP, LATE),
            f"{LINE}  (4 days: 2025-11-12, 2025-11-13, 2025-11-14 … 2025-11-16)",
        ),
        (
            on([12, 12, 13, 14, 16, 16], SKIP, None),
            "~        no longer decided  (4 days: 2025-11-12, 2025-11-13, 2025-11-14 … 2025-11-16)",
        ),
    ],
)
def test_a_change_has_its_line(changes: list[Change], line: str) -> None:
    """A line has the sign, both sides, what is targeted before and after, and its days."""
    assert told(changes) == [line]


def test_lines_stand_below_their_workflow_and_are_counted() -> None:
    """Workflows are in the order of their names; the last line counts each kind of change."""
    changes = (
        *(replace(one, workflow="b") for one in on([12, 13], RUN, SKIP)),
        *(replace(one, workflow="a") for one in on([12], SKIP, RUN)),
        *(replace(one, workflow="a") for one in on([12, 13, 14], SKIP, LATE)),
    )
    assert [*lines_of(Diff(changes, 7, 30))] == [
        "  a",
        "    + 13:00  SKIP TOO_EARLY → RUN READY, 0 → 2 games  (2025-11-12)",
        f"    {LINE}  (2025-11-12, 2025-11-13, 2025-11-14)",
        "",
        "  b",
        "    - 13:00  RUN READY → SKIP TOO_EARLY, 4 → 0 games  (2025-11-12, 2025-11-13)",
        "",
        "1 runs to add, 2 to remove, 3 decisions to change; 7 stay as they are (30 days).",
    ]


def test_lines_of_one_hour_are_in_the_order_of_their_first_days() -> None:
    """A change that began earlier comes first, even where it also ends later."""
    early, late = on([12, 15], SKIP, LATE), on([13, 14], LATE, SKIP)
    expected = ["SKIP TOO_EARLY → SKIP LATE", "SKIP LATE → SKIP TOO_EARLY"]
    assert [line[9:].split("  ")[0] for line in told(late, early)] == expected


def test_what_was_judged_again_is_counted() -> None:
    """The last line has what was judged, what was made otherwise, and what could not be judged."""
    (line,) = rejudged_lines(Rejudged((), 5, 3, 2))
    other = "2 were made under another configuration"
    assert line == f"5 decisions judged again, 0 differ; {other}; 3 have no inputs"


@pytest.mark.parametrize(("was", "shown"), [(LONG, LONG), (f"{LONG}y", f"{LONG}…")])
def test_a_recorded_value_is_cut_where_it_is_too_long(was: str, shown: str) -> None:
    """A value of the longest allowed length is shown whole."""
    changed = Changed("a_workflow", SLOT, {"reason_code": (was, "READY")})
    found = Rejudged((changed,), 1, 0, 0)
    assert next(rejudged_lines(found)) == (
        f"~ 2025-11-12 13:00  a_workflow: reason_code: {shown} → READY"
    )
