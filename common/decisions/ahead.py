"""What slots to come would decide, if each run until then came to what the caller assumes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from common.calendar.slots import next_slot
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import NO_ATTEMPTS, Attempts, History, Key, Run, add_attempt
from common.decisions.situation import Decision, Situation

Judged = tuple[str, datetime, Decision]
"""A workflow's name, a slot and what it would decide there."""
ENDED = "ended"
"""The status of a run that is over in an assumed history; decisions only tell it from an open
one."""


@dataclass(frozen=True)
class Wish:
    """A datum that decisions to come may ask for.

    Attributes:
        scraper: as a workflow's step names it.
        game_id: the game; None for a scraper of a whole date.
        day: the Eastern date that it is about.
        workflows: the names of those that collect it.
    """

    scraper: str
    game_id: str | None
    day: date
    workflows: tuple[str, ...]

    def is_asked_by(self, name: str, made: Decision) -> bool:
        """Whether a workflow's decision asks for it."""
        if made.action != "RUN" or name not in self.workflows or made.target_date != self.day:
            return False
        if self.scraper not in made.scrapers:
            return False
        lacking = {target.game_id: target.scrapers for target in made.targets}
        per_game = any(self.scraper in scrapers for scrapers in lacking.values())
        if per_game:
            return self.scraper in lacking.get(self.game_id or "", ())
        return self.game_id is None or self.game_id in made.game_ids


def decided_ahead(
    workflows: Mapping[str, Workflow],
    start: Situation,
    slots: Iterable[datetime],
    comes: Callable[[Workflow, Decision, datetime], bool],
) -> Iterator[Judged]:
    """Yield what each workflow would decide in each slot, with the past of the slots before it.

    Args:
        workflows: the enabled workflows by name.
        start: what is known; its history is where the assumed one begins.
        slots: the slots, in order; each is decided on time.
        comes: whether a run's attempts succeed, by its workflow, decision and slot.
    """
    assert start.history is not None
    attempts, runs = dict(start.history.attempts), start.history.runs
    for slot in slots:
        now = replace(start, slot=slot, now=slot, history=History(attempts, runs))
        for name, flow in workflows.items():
            made = decide(name, flow, now)
            yield name, slot, made
            if made.action == "RUN":
                _count(attempts, made, slot, found=comes(flow, made, slot))
                runs = (*runs, Run(name, slot, made.target_date, made.game_ids, ENDED))


def next_asked(
    workflows: Mapping[str, Workflow],
    start: Situation,
    wishes: Collection[Wish],
    until: datetime,
) -> dict[Wish, tuple[str, datetime]]:
    """Return which workflow asks for each datum next, and in which slot, if every attempt fails.

    A datum that nothing asks for until an instant has no entry.
    """
    found: dict[Wish, tuple[str, datetime]] = {}
    for name, slot, made in decided_ahead(workflows, start, _slots(start, until), lambda *_: False):
        for wish in wishes:
            if wish not in found and wish.is_asked_by(name, made):
                found[wish] = (name, slot)
        if len(found) == len(wishes):
            break
    return found


def _slots(start: Situation, until: datetime) -> Iterator[datetime]:
    slot = start.slot
    while (slot := next_slot(start.cron, slot)) <= until:
        yield slot


def _count(attempts: dict[Key, Attempts], made: Decision, slot: datetime, *, found: bool) -> None:
    """Add the attempts of a run."""
    day, per_game = made.target_date, {name for each in made.targets for name in each.scrapers}
    keys: list[Key] = [(name, day, None) for name in made.scrapers if name not in per_game]
    keys += [(name, day, each.game_id) for each in made.targets for name in each.scrapers]
    for key in keys:
        attempts[key] = add_attempt(attempts.get(key, NO_ATTEMPTS), slot, succeeded=found)
