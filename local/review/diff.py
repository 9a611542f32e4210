"""Compares the decisions of two workflow files, before the new one is deployed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from common.calendar.games import Calendar
from common.calendar.season import by_date
from common.configuration.checks import CONTROLLER_TOPIC, load_checked
from common.configuration.workflows import Workflow, read_workflows
from common.decisions.plan import LEAD_IN_DAYS, nominal_decisions
from common.decisions.situation import Decision, wall
from common.eastern import eastern_date
from common.errors import BadInputError
from common.runtime import Runtime
from common.settings import Settings
from local.fake_sources.slate import load

Sign = Literal["+", "-", "~"]
Decisions = dict[tuple[str, datetime], Decision]
SPAN_MAX = timedelta(days=400)
NO_TIME = "     "
DAYS_SHOWN_MAX = 3
Report = Callable[[Path, date], None]


@dataclass(frozen=True)
class Change:
    """One decision that differs; a side is None where its file lacks the workflow."""

    workflow: str
    slot: datetime
    old: Decision | None
    new: Decision | None

    @property
    def sign(self) -> Sign:
        """Return `+` for an added run, `-` for a removed run, `~` for any other change."""
        ran, runs = _is_run(self.old), _is_run(self.new)
        return "~" if ran == runs else "+" if runs else "-"


@dataclass(frozen=True)
class Diff:
    """All changes in order of time, and how many decisions stay as they are."""

    changes: tuple[Change, ...]
    unchanged: int
    days: int


def diff(  # noqa: PLR0917 - the command's arguments, in their order
    schedule: Path, first: date, last: date, old: Path, new: Path, report: Report = lambda *_: None
) -> Diff:
    """Compare the decisions of two workflow files on the dates from `first` to `last`.

    Both files decide in the nominal world of the plan: sources publish at the configured times,
    games last 2 h 30, every scrape succeeds. The old file needs the right form only, so that a
    file that is refused today can be compared with its repair.

    Args:
        schedule: a scheduleLeagueV2 file or a slate of ours.
        first: the first Eastern date.
        last: the last one.
        old: a workflow file.
        new: another one.
        report: called at each decision, with its file and date.

    Raises:
        BadInputError: the dates are in the wrong order, too many, or without games.
        ConfigError: a file cannot be read, or the new file cannot work.
    """
    if not timedelta(0) <= last - first <= SPAN_MAX:
        raise BadInputError(f"--from {first} --to {last}: give 1 to {SPAN_MAX.days} days, in order")
    runtime = Runtime(Settings())
    files = read_workflows(old).file.enabled, load_checked(new, runtime.topology)
    calendar = _calendar(schedule, first, last)
    before, after = (
        _decisions(runtime, flows, calendar, (first, last), partial(report, path))
        for flows, path in zip(files, (old, new), strict=True)
    )
    changes = tuple(_changes(before, after))
    keys = before.keys() | after.keys()
    return Diff(changes, len(keys) - len(changes), (last - first).days + 1)


def _calendar(schedule: Path, first: date, last: date) -> Calendar:
    calendar = by_date(load(schedule).games)
    if not any(first <= day <= last for day in calendar):
        held = f"{min(calendar)} to {max(calendar)}" if calendar else "none"
        raise BadInputError(f"no games from {first} to {last} ({schedule} contains {held})")
    return calendar


def _decisions(
    runtime: Runtime,
    flows: Mapping[str, Workflow],
    calendar: Calendar,
    dates: tuple[date, date],
    report: Callable[[date], None],
) -> Decisions:
    first, last = dates
    decided = nominal_decisions(
        flows,
        calendar,
        first - timedelta(days=LEAD_IN_DAYS),
        last,
        cron=runtime.cron(CONTROLLER_TOPIC),
        per_game=runtime.per_game,
    )
    found: Decisions = {}
    for name, slot, made in decided:
        report(day := eastern_date(slot))
        if day >= first:
            found[name, slot] = made
    return found


def _changes(before: Decisions, after: Decisions) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[1], key[0])):
        old, new = before.get(key), after.get(key)
        if _essence(old) != _essence(new):
            yield Change(*key, old, new)


def _essence(made: Decision | None) -> object:
    """Return what is compared of a decision; not its reason, which contains times of day."""
    if made is None:
        return None
    return (
        made.action,
        made.reason_code,
        made.alert_level,
        made.target_date,
        made.scrapers,
        made.targets,
        made.game_ids,
    )


def _is_run(made: Decision | None) -> bool:
    return made is not None and made.action == "RUN"


# --- as text --------------------------------------------------------------------------------


def lines_of(found: Diff) -> Iterator[str]:
    """Yield the changes by workflow; equal changes on several days share a line."""
    groups: dict[str, dict[tuple[str, Sign, str], list[Change]]] = defaultdict(dict)
    for change in found.changes:
        key = _clock(change), change.sign, _described(change)
        groups[change.workflow].setdefault(key, []).append(change)
    for workflow in sorted(groups):
        yield f"  {workflow}"
        for (clock, sign, text), changes in sorted(groups[workflow].items(), key=_order):
            yield f"    {sign} {clock}  {text}{_games(changes)}  ({_days(changes)})"
        yield ""
    yield _summary(found)


def _order(item: tuple[tuple[str, Sign, str], list[Change]]) -> tuple[str, datetime]:
    (clock, _, _), changes = item
    return clock, changes[0].slot


def _clock(change: Change) -> str:
    """Return the slot's wall time; blank for skips of a workflow that is added or removed."""
    return NO_TIME if _is_minor(change) else wall(change.slot)


def _is_minor(change: Change) -> bool:
    return change.sign == "~" and None in (change.old, change.new)


def _described(change: Change) -> str:
    """Return `old → new`, with the scrapers where only they change."""
    if _is_minor(change):
        return "decided from now on" if change.old is None else "no longer decided"
    old, new = _named(change.old), _named(change.new)
    if old == new and change.old and change.new and change.old.scrapers != change.new.scrapers:
        return f"{old} [{', '.join(change.old.scrapers)}] → [{', '.join(change.new.scrapers)}]"
    return old if old == new else f"{old} → {new}"


def _named(made: Decision | None) -> str:
    return f"{made.action} {made.reason_code}" if made else "not decided"


def _games(changes: list[Change]) -> str:
    """Return how many games are targeted before and after; of as many games, how many tasks."""
    old, new = [c.old for c in changes if c.old], [c.new for c in changes if c.new]
    games, others = (sum(len(made.game_ids) for made in side) for side in (old, new))
    if games != others:
        return f", {games} → {others} games"
    tasks, more = (_tasks(side) for side in (old, new))
    return "" if tasks == more else f", {tasks} → {more} tasks"


def _tasks(decisions: list[Decision]) -> int:
    """Count the scrapers that the targeted games lack, over all of them."""
    return sum(len(target.scrapers) for made in decisions for target in made.targets)


def _days(changes: list[Change]) -> str:
    days = list(dict.fromkeys(eastern_date(change.slot) for change in changes))
    shown = ", ".join(map(str, days[:DAYS_SHOWN_MAX]))
    return shown if len(days) <= DAYS_SHOWN_MAX else f"{len(days)} days: {shown} … {days[-1]}"


def _summary(found: Diff) -> str:
    if not found.changes:
        return f"No changes: {found.unchanged} decisions of {found.days} days stay as they are."
    signs = [change.sign for change in found.changes]
    return (
        f"{signs.count('+')} runs to add, {signs.count('-')} to remove, {signs.count('~')} "
        f"decisions to change; {found.unchanged} stay as they are ({found.days} days)."
    )
