"""Which notices are due: when an incident opens, when it is over, and once a day of what lasts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.incidents.due import AT_ONCE_MAX, REMEMBERED, UNLISTED, after, due
from common.incidents.incident import Incident
from common.incidents.notice import Notice
from common.incidents.tell import SEEN_BACK
from common.incidents.told import Told

START = datetime(2025, 11, 12, 5, tzinfo=UTC)
"""Midnight in New York."""
Span = tuple[str, int, int | None]
"""A key, and from which minute to which it was bad."""
Told1 = tuple[str, str, datetime]
"""The change, the key, and when its incident opened."""


def minute(number: float) -> datetime:
    """Return an instant by its minutes after the start."""
    return START + timedelta(minutes=number)


def incident(span: Span, now: datetime, level: str = "ERROR") -> Incident:
    """Return an incident as the view shows it at an instant."""
    key, begin, end = span
    closed = minute(end) if end is not None and minute(end) <= now else None
    seen = {"rule": "execution", "key": key, "level": level, "opened": minute(begin)}
    last = closed or max(now, minute(begin))
    return Incident.model_validate(
        {**seen, "last_seen": last, "closed": closed, "recovered": closed and True}
    )


def shown(spans: Sequence[Span], now: datetime) -> list[Incident]:
    """Return what the view shows of some spans at an instant."""
    found = [incident(span, now) for span in spans if minute(span[1]) <= now]
    return [each for each in found if each.closed is None or each.closed >= now - SEEN_BACK]


def look(told: Told, seen: Sequence[Incident], now: datetime) -> tuple[Told, list[Notice]]:
    """Send what is due; returns what is told by then, as another instance reads it, and it."""
    notices = due(told, seen, now)
    for notice in notices:
        told = after(told, notice, now)
    return Told.model_validate_json(told.model_dump_json()), notices


def each_of(notices: Sequence[Notice]) -> Iterator[Told1]:
    """Yield what was told of each incident, digests left out."""
    for notice in notices:
        if notice.change != "DIGEST":
            yield from ((notice.change, each.key, each.opened) for each in notice.incidents)


def spans_of(key: str) -> st.SearchStrategy[list[Span]]:
    """Draw spans of one key, one after the other; the last may last."""
    edges = st.lists(st.integers(0, 3000), min_size=1, max_size=9, unique=True).map(sorted)

    def pairs(at: list[int]) -> list[Span]:
        ends = [*at[1::2], None]
        return [(key, begin, ends[number]) for number, begin in enumerate(at[::2])]

    return edges.map(pairs)


HISTORIES = st.tuples(*map(spans_of, "abcde")).map(lambda parts: [*chain(*parts)])
LOOKS = st.lists(st.integers(0, 3200), min_size=2, max_size=40, unique=True).map(sorted)


@given(HISTORIES, LOOKS)
def test_each_incident_is_told_once_when_it_opens_and_once_when_it_is_over(
    spans: list[Span], looks: list[int]
) -> None:
    """Whatever the history and whenever somebody looks, each time as a fresh instance."""
    first, last = minute(looks[0]), minute(looks[-1])
    told, sent = Told(since=first), list[Told1]()
    for number in looks:
        told, notices = look(told, shown(spans, minute(number)), minute(number))
        sent += each_of(notices)
    for key, begin, end in spans:
        was_open = any(begin <= each and (end is None or each < end) for each in looks)
        is_over = end is not None and first < minute(end) <= last
        counted = Counter(
            what for what, name, opened in sent if (name, opened) == (key, minute(begin))
        )
        assert counted == Counter(OPENED=int(was_open), CLOSED=int(is_over)), (key, begin, end)


@given(HISTORIES, LOOKS)
def test_a_second_look_at_the_same_has_nothing_to_tell(spans: list[Span], looks: list[int]) -> None:
    """An instance that starts anew reads what was told, and sends nothing again."""
    told = Told(since=minute(looks[0]))
    for number in looks:
        now = minute(number)
        told, _ = look(told, shown(spans, now), now)
        assert due(told, shown(spans, now), now) == []


@pytest.mark.parametrize(("end", "told"), [(3, ["CLOSED"]), (0, []), (-1, [])])
def test_what_could_not_be_told_before_it_was_over_is_told_as_over(
    end: int, told: list[str]
) -> None:
    """It began before the first look, whose notice was not sent; what was over then is not told."""
    notices = due(Told(since=minute(0)), shown([("a", -5, end)], minute(4)), minute(4))
    assert [notice.change for notice in notices] == told


@pytest.mark.parametrize("level", ["ERROR", "WARNING"])
def test_what_is_not_listed_any_more_is_over_as_it_was_told(level: str) -> None:
    """Of the same level, and since the same time."""
    told, _ = look(Told(since=minute(0)), [incident(("a", 1, None), minute(2), level)], minute(2))
    (notice,) = due(told, [], minute(9))
    (over,) = notice.incidents
    assert (over.level, over.opened, over.last_seen) == (level, minute(1), minute(2))
    assert (over.closed, over.detail) == (minute(9), UNLISTED)


def test_600_failures_in_18_hours_are_two_messages_and_a_digest() -> None:
    """One when they begin at midnight, one at 09:00, and one when a run is good again."""
    told, sent = Told(since=minute(-60)), list[str]()
    for quarter in range(-4, 80):
        now = minute(15 * quarter)
        told, notices = look(told, shown([("betting_lines", 4, 18 * 60)], now), now)
        sent += [f"{notice.change} {now:%H:%M}" for notice in notices]
    assert sent == ["OPENED 05:15", "DIGEST 14:00", "CLOSED 23:00"]


def test_a_digest_comes_once_a_day_and_only_of_what_was_told_before() -> None:
    """What opens at 08:50 and is told at 09:00 is in no digest of that day."""
    told, sent = Told(since=minute(-60)), list[str]()
    for quarter in range(-4, 4 * 24 * 3):
        now = minute(15 * quarter)
        told, notices = look(told, shown([("a", 530, None)], now), now)
        sent += [f"{notice.change} {now:%d %H:%M}" for notice in notices]
    assert sent == ["OPENED 12 14:00", "DIGEST 13 14:00", "DIGEST 14 14:00"]


def test_the_daily_test_is_in_no_digest() -> None:
    """It is no fault, also where its end was missed."""
    told, _ = look(Told(since=minute(-60)), [incident(("road", 0, None), START, "TEST")], START)
    assert due(told, [incident(("road", 0, None), START, "TEST")], minute(600)) == []


def test_the_first_look_tells_what_is_open_and_nothing_of_before() -> None:
    """A fresh deployment, or a new road, begins with the present."""
    spans: list[Span] = [("a", 0, 10), ("b", 5, None)]
    assert [*each_of(due(Told(since=minute(20)), shown(spans, minute(20)), minute(20)))] == [
        ("OPENED", "b", minute(5))
    ]


def test_what_is_not_listed_any_more_is_over() -> None:
    """Such as the plan that lacked yesterday; nobody knows whether it recovered."""
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    (notice,) = due(told, [], minute(15))
    (over,) = notice.incidents
    assert (notice.change, over.closed, over.recovered) == ("CLOSED", minute(15), None)
    assert (over.name, over.opened, over.detail) == ("execution a", START, UNLISTED)


def test_an_incident_that_is_bad_again_after_it_was_given_up_is_told_again() -> None:
    """A week without a run closes it; the view opens it again with the next failure."""
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    told, _ = look(told, shown([("a", 0, 60)], minute(60)), minute(60))
    told, notices = look(told, shown([("a", 0, None)], minute(90)), minute(90))
    assert [*each_of(notices)] == [("OPENED", "a", START)]


@pytest.mark.parametrize("count", [AT_ONCE_MAX, AT_ONCE_MAX + 1])
def test_many_at_once_are_one_message(count: int) -> None:
    """BigQuery's outage is a fault of every workflow, and one message; so is its end."""
    names = [f"w{number}" for number in range(count)]
    opened = shown([(name, 0, None) for name in names], START)
    told, notices = look(Told(since=START), opened, START)
    assert len(notices) == (1 if count > AT_ONCE_MAX else count)
    closed = shown([(name, 0, 15) for name in names], minute(15))
    told, notices = look(told, closed, minute(15))
    assert len(notices) == (1 if count > AT_ONCE_MAX else count)
    assert sorted(key for _, key, _ in each_of(notices)) == names


def test_what_is_told_is_forgotten_when_nobody_reads_it_any_more() -> None:
    """What is remembered does not grow; a closed incident is read for a shorter time."""
    assert REMEMBERED > SEEN_BACK
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    told, _ = look(told, shown([("a", 0, 15)], minute(15)), minute(15))
    later = minute(15) + REMEMBERED + timedelta(minutes=1)
    told, _ = look(told, [incident(("b", 0, None), later)], later)
    assert [*told.known] == ["execution b"]


def test_what_is_over_is_told_before_what_is_new() -> None:
    """One message replaces the other where somebody sees the last ones only."""
    told, _ = look(Told(since=START), shown([("b", 0, None)], START), START)
    notices = due(told, shown([("a", 10, None), ("b", 0, 15)], minute(15)), minute(15))
    assert [(what, key) for what, key, _ in each_of(notices)] == [("CLOSED", "b"), ("OPENED", "a")]


def test_incidents_of_one_key_are_told_in_the_order_of_time() -> None:
    """However the view lists them, and whenever each was last seen to be bad."""
    first = incident(("a", 5, 10), minute(60)).model_copy(update={"last_seen": minute(50)})
    second = incident(("a", 20, 30), minute(60))
    for seen in ([first, second], [second, first]):
        notices = due(Told(since=START), seen, minute(60))
        assert [opened for _, _, opened in each_of(notices)] == [minute(5), minute(20)]


@pytest.mark.parametrize(("begin", "told_over"), [(10, False), (15, True), (20, True)])
def test_of_a_key_that_was_over_only_what_came_later_is_told(begin: int, told_over: bool) -> None:  # noqa: FBT001 - a table
    """An incident that overlaps the end that was told is the same one, listed otherwise."""
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    told, _ = look(told, shown([("a", 0, 15)], minute(15)), minute(15))
    assert bool(due(told, shown([("a", begin, 25)], minute(30)), minute(30))) is told_over


def test_what_was_over_at_the_first_look_is_not_told() -> None:
    """Nor what ended in its very instant."""
    assert due(Told(since=minute(15)), shown([("a", 0, 15)], minute(15)), minute(15)) == []


@pytest.mark.parametrize(
    ("now", "open_", "kept"),
    [
        (minute(15) + REMEMBERED, False, True),
        (minute(15) + REMEMBERED + timedelta(seconds=1), False, False),
        (minute(15) + 2 * REMEMBERED, True, True),
    ],
)
def test_what_is_open_is_remembered_and_what_is_over_for_nine_days(
    now: datetime, *, open_: bool, kept: bool
) -> None:
    """Exactly so long, and what lasts for as long as it lasts."""
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    if not open_:
        told, _ = look(told, shown([("a", 0, 15)], minute(15)), minute(15))
    told = after(told, Notice("OPENED", (incident(("b", 0, None), now),)), now)
    assert ("execution a" in told.known) is kept


def test_an_end_is_noted_with_the_beginning_that_was_told() -> None:
    """The view may list it as begun later by then; what was told is what is over."""
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    told = after(told, Notice("CLOSED", (incident(("a", 5, 15), minute(20)),)), minute(20))
    held = told.known["execution a"]
    assert (held.opened, held.closed, held.told) == (START, minute(15), minute(20))
    again = after(told, Notice("CLOSED", (incident(("a", 30, 40), minute(45)),)), minute(45))
    assert again.known["execution a"].opened == minute(30)


def test_an_end_that_nobody_lists_is_never_before_its_beginning() -> None:
    """A sweep's clock may be behind BigQuery's; it was last seen when it was told."""
    told, _ = look(Told(since=START), shown([("a", 0, None)], START), START)
    (notice,) = due(told, [], minute(-1))
    (over,) = notice.incidents
    assert (over.rule, over.key) == ("execution", "a")
    assert (over.closed, over.last_seen) == (START, START)


@pytest.mark.parametrize(
    ("told_at", "now", "is_told"),
    [
        (539, 540, True),  # 09:00 in New York
        (539, 539.9, False),
        (540, 600, False),
        (-60, 1139, True),  # 18:59, midnight by UTC
        (-60, 1140, True),
        (-60, 1439, True),  # 23:59
    ],
)
def test_a_digest_is_due_from_nine_until_midnight_in_new_york(
    told_at: float, now: float, *, is_told: bool
) -> None:
    """Of what was told before nine; once it was sent it is due on the next day only."""
    told, _ = look(Told(since=minute(told_at)), shown([("a", -90, None)], START), minute(told_at))
    told, notices = look(told, shown([("a", -90, None)], START), minute(now))
    assert [notice.change for notice in notices] == ["DIGEST"] * is_told
    assert due(told, shown([("a", -90, None)], START), minute(max(now, 1439))) == [
        Notice("DIGEST", (incident(("a", -90, None), START),))
    ] * (not is_told and told_at < 540)


def test_a_digest_has_what_lasts_alone() -> None:
    """What is over that morning is told as over, beside it."""
    spans: list[Span] = [("a", 0, None), ("b", 0, 530)]
    told, _ = look(Told(since=START), shown(spans, START), START)
    over, digest = due(told, shown(spans, minute(540)), minute(540))
    assert [each.key for each in over.incidents] == ["b"]
    assert (digest.change, [each.key for each in digest.incidents]) == ("DIGEST", ["a"])


A, B, C = ("a", 10, 20), ("a", 30, 40), ("a", 50, None)
NEXT = ("a", 20, 40)
"""Bad again the very minute that it was over."""


@pytest.mark.parametrize(
    ("before", "then", "told"),
    [
        ([], [A, B], [("CLOSED", 10), ("CLOSED", 30)]),
        ([], [A, C], [("CLOSED", 10), ("OPENED", 50)]),
        ([("a", 10, None)], [A, B], [("CLOSED", 10), ("CLOSED", 30)]),
        ([("a", 10, None)], [A, C], [("CLOSED", 10), ("OPENED", 50)]),
        ([("a", 10, None)], [A, B, C], [("CLOSED", 10), ("CLOSED", 30), ("OPENED", 50)]),
        ([("a", 10, None)], [A, NEXT], [("CLOSED", 10), ("CLOSED", 20)]),
        ([("a", 10, None)], [("a", 10, None)], []),
        ([A], [A], []),
        ([A], [A, B, C], [("CLOSED", 30), ("OPENED", 50)]),
        ([A], [A, NEXT], [("CLOSED", 20)]),
        ([A], [("a", 15, 40)], []),
    ],
)
def test_several_incidents_of_a_key_in_one_look(
    before: list[Span], then: list[Span], told: list[tuple[str, int]]
) -> None:
    """Each end is told once, and the beginning of the one that lasts; then there is no more."""
    early, late = minute(25), minute(55)
    known, _ = look(Told(since=minute(0)), [incident(span, early) for span in before], early)
    seen = [incident(span, late) for span in then]
    known, notices = look(known, seen[::-1], late)
    found = [(change, opened) for change, _, opened in each_of(notices)]
    assert found == [(change, minute(begin)) for change, begin in told]
    assert look(known, seen, late)[1] == []
