"""Which notices are due: a pure function of the incidents, of what was told, and of the instant."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from common.eastern import at, eastern_date
from common.incidents.incident import Incident
from common.incidents.notice import Change, Notice
from common.incidents.told import Known, Told

DIGEST_TIME = time(9)
"""When the day's digest is due, in Eastern time."""
AT_ONCE_MAX = 3
"""How many incidents of one change have messages of their own; more are told in one."""
REMEMBERED = timedelta(days=9)
"""How long a closed incident is remembered; longer than `tell.SEEN_BACK`, or it is told again."""
UNLISTED = "it is not listed any more"


def due(told: Told, seen: Sequence[Incident], now: datetime) -> list[Notice]:
    """Return the notices that a road lacks: what is over, what is new, and once a day what lasts.

    Each incident is told once when it opens and once when it is over. One that came and went
    between two looks is told once, as over.

    Args:
        told: what was told by the road.
        seen: the incidents that are open or were closed lately.
        now: aware.
    """
    changes = [*_changes(told, seen, now)]
    notices = [
        notice
        for change in ("CLOSED", "OPENED")
        for notice in _messages(change, [each for what, each in changes if what == change])
    ]
    lasting = _lasting(told, seen, now)
    return [*notices, Notice("DIGEST", tuple(lasting))] if lasting else notices


def after(told: Told, notice: Notice, now: datetime) -> Told:
    """Return what was told by a road once a notice has been sent."""
    if notice.change == "DIGEST":
        return told.model_copy(update={"digest": eastern_date(now)})
    fresh = {each.name: _known(told.known.get(each.name), each, now) for each in notice.incidents}
    kept = {name: held for name, held in told.known.items() if not _is_old(held, now)}
    return told.model_copy(update={"known": {**kept, **fresh}})


def _known(before: Known | None, incident: Incident, now: datetime) -> Known:
    is_end = before is not None and before.closed is None and incident.closed is not None
    opened = before.opened if before is not None and is_end else incident.opened
    return Known(level=incident.level, opened=opened, told=now, closed=incident.closed)


def _is_old(held: Known, now: datetime) -> bool:
    return held.closed is not None and now - held.closed > REMEMBERED


def _changes(
    told: Told, seen: Sequence[Incident], now: datetime
) -> Iterator[tuple[Change, Incident]]:
    by_name: Mapping[str, list[Incident]] = defaultdict(list)
    for incident in sorted(seen, key=lambda each: each.opened):
        by_name[incident.name].append(incident)
    for name in dict.fromkeys([*told.known, *by_name]):
        yield from _changes_of(name, told, by_name.get(name, []), now)


def _changes_of(
    name: str, told: Told, group: Sequence[Incident], now: datetime
) -> Iterator[tuple[Change, Incident]]:
    """Yield what is new of one rule and key, whose incidents come in the order of time."""
    held = told.known.get(name)
    is_open = held is not None and held.closed is None
    # Whatever was over by then is told, or was before the first look.
    until = told.since if held is None else held.closed or held.opened
    for incident in group:
        if incident.closed is None:
            if not is_open:
                yield "OPENED", incident
            return
        if incident.closed > until and (is_open or held is None or incident.opened >= until):
            yield "CLOSED", incident
            is_open, until = False, incident.closed
    if held is not None and is_open:
        yield "CLOSED", _unlisted(name, held, now)


def _unlisted(name: str, held: Known, now: datetime) -> Incident:
    """An incident that was told and that the view lists no more, such as a plan's of yesterday."""
    rule, _, key = name.partition(" ")
    return Incident(
        rule=rule,
        key=key,
        level=held.level,
        opened=held.opened,
        last_seen=held.told,
        closed=max(now, held.opened),
        detail=UNLISTED,
    )


def _messages(change: Change, incidents: Sequence[Incident]) -> Iterator[Notice]:
    """Yield a message for each incident, or one for all where there are many."""
    if len(incidents) > AT_ONCE_MAX:
        yield Notice(change, tuple(incidents))
    else:
        yield from (Notice(change, (incident,)) for incident in incidents)


def _lasting(told: Told, seen: Sequence[Incident], now: datetime) -> list[Incident]:
    """What was told before the day's digest is due, and lasts; nothing once it was sent."""
    today = eastern_date(now)
    instant = at(today, DIGEST_TIME)
    if now < instant or told.digest == today:
        return []
    lasting = {name for name, held in told.known.items() if _lasts(held, instant)}
    return [each for each in seen if each.closed is None and each.name in lasting]


def _lasts(held: Known, instant: datetime) -> bool:
    return held.closed is None and held.told < instant and held.level != "TEST"
