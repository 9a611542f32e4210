"""What one message says of its incidents, whatever the form it is sent in."""

from datetime import timedelta
from typing import Any

import pytest

from common.incidents.incident import (
    DETAIL_CHARACTERS_MAX,
    KEY_CHARACTERS_MAX,
    Incident,
    read_incident,
)
from common.incidents.notice import LISTED_MAX, Change, Notice
from tests.kit.incidents import incident_row
from tests.kit.situations import et

OPENED = et("2025-11-02 00:30")
LATER = et("2025-11-02 23:45")


def incident(**changes: Any) -> Incident:
    """Return the incident of a changed row."""
    held = {**incident_row("execution", "lines", OPENED), "times": 1, "detail": "why"}
    return read_incident({**held, **changes})


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "ERROR execution lines: since 2025-11-02 00:30 ET - why"),
        ({"detail": None}, "ERROR execution lines: since 2025-11-02 00:30 ET - no detail"),
        ({"key": None}, "ERROR execution ?: since 2025-11-02 00:30 ET - why"),
        (
            {"closed": LATER, "recovered": True},
            "ERROR execution lines: since 2025-11-02 00:30 ET until 2025-11-02 23:45 ET - why",
        ),
        (
            {"closed": LATER, "recovered": None},
            "ERROR execution lines: since 2025-11-02 00:30 ET until 2025-11-02 23:45 ET - why",
        ),
        (
            {"closed": LATER, "recovered": False},
            (
                "ERROR execution lines: since 2025-11-02 00:30 ET until 2025-11-02 23:45 ET "
                "(nothing good has come; it is not waited for any more) - why"
            ),
        ),
        (
            {"level": "WARNING", "times": 2, "last_seen": LATER},
            (
                "WARNING execution lines: since 2025-11-02 00:30 ET "
                "(2 times, last 2025-11-02 23:45 ET) - why"
            ),
        ),
    ],
)
def test_an_incident_is_one_line(changes: dict[str, Any], line: str) -> None:
    """Its times are Eastern, and an end without anything good is told as one."""
    notice = Notice("OPENED", (incident(**changes),))
    assert notice.lines == [line]


@pytest.mark.parametrize(
    ("change", "level", "title"),
    [
        ("OPENED", "ERROR", "Opened: execution, lines"),
        ("CLOSED", "WARNING", "Over: execution, lines"),
        ("DIGEST", "ERROR", "Still open: execution, lines"),
        ("OPENED", "TEST", "TEST, no fault. Opened: execution, lines"),
    ],
)
def test_a_title_says_what_changed(change: Change, level: str, title: str) -> None:
    """The daily test says that it is none."""
    notice = Notice(change, (incident(level=level),))
    assert (notice.title, notice.code, notice.key) == (title, f"INCIDENT_{change}", "lines")


@pytest.mark.parametrize(
    ("levels", "rules", "level", "title"),
    [
        (["WARNING", "ERROR"], "ab", "ERROR", "Opened: several, 2 incidents"),
        (["TEST", "WARNING"], "aa", "WARNING", "Opened: a, 2 incidents"),
        (["TEST", "TEST"], "aa", "TEST", "TEST, no fault. Opened: a, 2 incidents"),
        (["WARNING", "WARNING"], "aa", "WARNING", "Opened: a, 2 incidents"),
    ],
)
def test_several_are_as_bad_as_the_worst_and_as_old_as_the_first(
    levels: list[str], rules: str, level: str, title: str
) -> None:
    """Their rule is named where it is the same."""
    times = (LATER, OPENED)
    several = [
        incident(level=held, rule=rule, opened=when)
        for held, rule, when in zip(levels, rules, times, strict=True)
    ]
    notice = Notice("OPENED", tuple(several))
    assert (notice.level, notice.title, notice.opened) == (level, title, OPENED)


@pytest.mark.parametrize(("number", "last"), [(0, "ERROR"), (1, "and 1 more: "), (9, "and 9 more")])
def test_more_than_are_listed_are_counted(number: int, last: str) -> None:
    """The line says where all of them are."""
    lines = Notice("OPENED", (incident(),) * (LISTED_MAX + number)).lines
    assert len(lines) == LISTED_MAX + (number > 0)
    assert lines[-1].startswith(last)


def test_texts_from_outside_are_cut() -> None:
    """A key or a detail fits into the line of a log and into every form."""
    made = incident(key="k" * 5000, detail="d" * 5000)
    assert (len(made.key), len(made.detail)) == (KEY_CHARACTERS_MAX, DETAIL_CHARACTERS_MAX)
    assert made.last_seen - made.opened == timedelta()


def test_the_first_ten_are_listed() -> None:
    """In the order in which they come."""
    many = Notice("OPENED", tuple(incident(key=f"k{number}") for number in range(12)))
    listed = [line.split()[2] for line in many.lines[:-1]]
    assert listed == [f"k{number}:" for number in range(10)]
