"""The names of state objects are those that docs/messages.md lists, and no others."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from common.eastern import eastern
from common.settings import ROOT
from common.state import names

UUID = "4e39d76e-ba2e-5401-af4b-6137cbb12b5f"
SLOT = datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
OBJECTS = {
    "lease": names.lease(names.task_key(UUID)),
    "done": names.done(names.slot_key("master_controller", SLOT, "")),
    "batch": names.batch(names.tick_stamp(SLOT, "")),
    "batch of a forced tick": names.batch(names.tick_stamp(SLOT, "17")),
    "manifest": names.manifest(UUID),
    "tasks": names.tasks(UUID, 1),
    "result": names.result(UUID, 1, UUID),
    "CURSOR": names.CURSOR,
    "attempt": names.attempt(f"objects/{UUID}", "try-1"),
    "attempt, the last": names.attempt(f"steps/{UUID}-1", "quarantined"),
    "attempt, unheard": names.attempt(f"tasks/{UUID}", "unheard"),
    "incident": names.incident(SLOT, "scraper_runner", "ConfigError"),
    "source_alert": names.source_alert("SOURCE_CHANGED", "oddsa_events", SLOT, "start"),
    "turn": names.turn("stats.nba.com", SLOT),
    "source_events": names.source_events("oddsa_events") + "20251112T183000000000.failed.x",
    "ODDS_QUOTA": names.ODDS_QUOTA,
    "PAUSES": names.PAUSES,
    "TOLD": names.TOLD,
    "given_up": names.given_up(names.start_key(UUID)),
    "note": names.note(UUID),
    "version": names.version(UUID),
    "switch": names.switch("nbac_boxscore"),
}
PARTS = {
    "batches": names.batches(SLOT),
    "steps": names.steps(UUID),
    "results": names.results(UUID, 1),
    "attempts": names.attempts(f"objects/{UUID}"),
    "incidents": names.incidents("scraper_runner"),
}
"""What begins the names of several objects; a sweep or a page lists by it."""
KEYS = {
    "start_key": names.start_key(UUID),
    "step_key": names.step_key(UUID, 1),
    "end_key": names.end_key(UUID),
    "task_key": names.task_key(UUID),
    "log_key": names.log_key(UUID),
    "lock_key": names.lock_key(SLOT.date(), 1),
    "lock_key of a forced lock": names.lock_key(SLOT.date(), 2),
    "slot_key": names.slot_key("cleanup_processor", SLOT, ""),
    "slot_key of a forced tick": names.slot_key("master_controller", SLOT, "17"),
}
FORMS = {"tick_stamp", "EVENT_STAMP", "BATCHES", "step_of_result"}
"""What the names of objects are made of."""
PLACEHOLDERS = {
    "<key>": "[a-z_]+/.+",
    "<kind>": "(objects|decisions|tasks|steps)",
    "<hour>": r"\d{4}-\d\d-\d\dT\d\d",
    "<reason code>": "[A-Z_]+",
    "<slot stamp>": r"\d{8}T\d{6}Z",
    "[-<forced by>]": r"(-[^/]+)?",
}
"""The placeholders that are narrower than one segment of a name, or wider."""


def section() -> str:
    """Return the section about state objects."""
    text = (ROOT / "docs" / "messages.md").read_text()
    return text.split("\n## State objects\n")[1].split("\n## ")[0]


def documented() -> list[str]:
    """Return the patterns of the table of state objects."""
    return re.findall(r"^\| `([^`]+)` \|", section(), re.MULTILINE)


def documented_keys() -> list[str]:
    """Return the patterns of claims' keys, which stand before the table."""
    return re.findall(r"`([a-z_]+_[a-z]+/[^`]+)`", section().split("\n| Name |")[0])


def matches(pattern: str, name: str) -> bool:
    """Return whether a name has the form of a documented pattern."""
    found = re.escape(pattern)
    for placeholder, form in PLACEHOLDERS.items():
        found = found.replace(re.escape(placeholder), form)
    found = re.sub(r"<[^>]+>", "[^/]+", found.replace("\\ ", " "))
    return re.fullmatch(found, name) is not None


@pytest.mark.parametrize("name", OBJECTS.values(), ids=OBJECTS)
def test_a_state_object_has_one_documented_name(name: str) -> None:
    """The name of every state object has exactly one of the documented forms."""
    assert len([pattern for pattern in documented() if matches(pattern, name)]) == 1


@pytest.mark.parametrize("pattern", documented())
def test_a_documented_name_is_one_of_a_state_object(pattern: str) -> None:
    """Every documented form is that of an object which the code names."""
    assert any(matches(pattern, name) for name in OBJECTS.values())


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_the_key_of_a_claim_is_documented(key: str) -> None:
    """The key of every claim has exactly one of the documented forms."""
    assert len([pattern for pattern in documented_keys() if matches(pattern, key)]) == 1


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_listing_finds_the_objects_that_it_is_for(part: str) -> None:
    """What a sweep lists by begins the name of a state object."""
    assert any(name.startswith(part) for name in OBJECTS.values())


def test_every_name_of_the_module_is_compared() -> None:
    """A new function or constant of the module must be given its example here."""
    public = {
        name
        for name, value in vars(names).items()
        if not name.startswith("_")
        and (getattr(value, "__module__", None) == names.__name__ or isinstance(value, str))
    }
    examples = {label.split()[0].rstrip(",") for label in (*OBJECTS, *PARTS, *KEYS)}
    assert public == examples | FORMS


def test_only_forced_locks_are_numbered() -> None:
    """The first lock of a date has the name that it always had, so that it stays done."""
    assert names.lock_key(SLOT.date(), 1) == "schedule_locker/2025-11-12"
    assert names.lock_key(SLOT.date(), 2) == "schedule_locker/2025-11-12-2"


def test_one_listing_of_an_execution_tells_results_by_their_step() -> None:
    """The tasks of a step lie beside its results, and are none."""
    assert names.step_of_result(names.result(UUID, 12, UUID)) == 12
    assert names.step_of_result(names.tasks(UUID, 1)) is None
    assert names.step_of_result(names.result(UUID, 1, "a/b")) is None
    assert names.step_of_result(f"executions/{UUID}/steps/1/others/{UUID}") is None


INSTANTS: dict[str, tuple[Callable[[datetime], str], timedelta]] = {
    "incident": (lambda at: names.incident(at, "f", "Error"), timedelta(hours=1)),
    "source_alert": (lambda at: names.source_alert("X", "s", at, "start"), timedelta(days=1)),
    "batch": (lambda at: names.batch(names.tick_stamp(at, "")), timedelta(minutes=1)),
    "slot_key": (lambda at: names.slot_key("f", at, ""), timedelta(minutes=1)),
    "lock_key": (lambda at: names.lock_key(at.date(), 1), timedelta(days=1)),
    "turn": (lambda at: names.turn("host", at), timedelta(milliseconds=200)),
}
"""Names that are made of an instant, each with the time after which it is another one."""


@pytest.mark.parametrize(("name", "step"), INSTANTS.values(), ids=INSTANTS)
def test_another_instant_has_another_name(name: Callable[[datetime], str], step: timedelta) -> None:
    """No two hours, days, slots or turns share an object."""
    assert len({name(SLOT + number * step) for number in range(400)}) == 400


@pytest.mark.parametrize("name", ["incident", "source_alert", "batch", "slot_key"])
def test_an_instant_has_one_name_in_every_time_zone(name: str) -> None:
    """An instant that is given in Eastern time has the name that it has in UTC."""
    named, _ = INSTANTS[name]
    evening = SLOT + timedelta(hours=8)
    assert named(eastern(evening)) == named(evening)


@pytest.mark.parametrize("name", ["incident", "source_alert"])
def test_within_its_span_a_mark_is_the_same(name: str) -> None:
    """All failures of an hour, and all alerts of a day, find the same mark."""
    named, step = INSTANTS[name]
    whole = SLOT.replace(hour=0, minute=0)
    assert named(whole) == named(whole + step - timedelta(microseconds=1))


def test_only_what_somebody_has_decided_or_was_told_outlives_its_age() -> None:
    """A pause of a whole summer is none that 45 days end, and no open incident is told anew."""
    staying = {name for name in OBJECTS.values() if not name.startswith(names.PASSING)}
    assert staying == {names.PAUSES, names.TOLD}
