"""A schedule: who begins, before which calls somebody else goes on, and what goes wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from common.errors import BadInputError

Kind = Literal["crash", "gone", "error", "lost", "late", "lease"]
"""What may happen at a call: the process dies before it (`crash`) or after it (`gone`), it is
refused (`error`), it is done and its answer is lost (`lost`), it is done minutes later although it
seemed to fail (`late`), or the lease runs out before it under its live owner (`lease`)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
_POINT = re.compile(r"([A-C])(\d+)(?:!([a-z]+))?")


@dataclass(frozen=True)
class Point:
    """A call of a worker, numbered from 1, and what goes wrong there; nothing is a switch."""

    worker: str
    call: int
    kind: Kind | None = None

    def __str__(self) -> str:
        return f"{self.worker}{self.call}" + (f"!{self.kind}" if self.kind else "")


@dataclass(frozen=True)
class Schedule:
    """One way in which workers take turns.

    Attributes:
        order: the workers; the first one begins, and at a switch the next one that lives goes on.
        points: the switches and the faults.
    """

    order: str
    points: tuple[Point, ...] = ()

    def __str__(self) -> str:
        return ":".join((self.order, ",".join(map(str, self.points))))

    def at(self, worker: str, call: int) -> list[Point]:
        """Return what happens before or at a call."""
        return [one for one in self.points if (one.worker, one.call) == (worker, call)]


def parse_schedule(text: str) -> Schedule:
    """Read a schedule as it is printed, such as `AB:A3,B2,A5!crash`.

    Raises:
        BadInputError: the text has another form.
    """
    order, colon, rest = text.partition(":")
    found = [(part, _POINT.fullmatch(part)) for part in filter(None, rest.split(","))]
    for part, match in found:
        if match is None or match[3] not in (None, *KINDS):
            raise BadInputError(f"schedule {text!r}: {part!r} is no point; write A3 or A3!crash")
    if not colon or not re.fullmatch("[A-C]+", order):
        raise BadInputError(f"schedule {text!r}: write the order first, as in AB:A3")
    kinds: dict[str | None, Kind | None] = {None: None, **{kind: kind for kind in KINDS}}
    points = (Point(m[1], int(m[2]), kinds[m[3]]) for _, m in found if m)
    return Schedule(order, tuple(points))


def systematic(lengths: Sequence[int]) -> Iterator[Schedule]:
    """Yield the schedules of two workers with no, one and two switches, in both orders.

    Args:
        lengths: how many calls each worker makes when nobody meets it.
    """
    for order, (one, other) in (("AB", lengths), ("BA", lengths[::-1])):
        first, second = order[0], order[1]
        yield Schedule(order)
        for call in range(2, one + 1):
            yield Schedule(order, (Point(first, call),))
            for back in range(2, other + 1):
                yield Schedule(order, (Point(first, call), Point(second, back)))


def with_faults(lengths: Sequence[int]) -> Iterator[Schedule]:
    """Yield the schedules in which one thing goes wrong at one call, and the others come after."""
    names = "ABC"[: len(lengths)]
    for number, worker in enumerate(names):
        order = worker + names.replace(worker, "")
        for call in range(1, lengths[number] + 1):
            for kind in KINDS:
                fault = Point(worker, call, kind)
                yield Schedule(order, (fault,))
                if kind in ("late", "lease"):  # and then somebody else goes on
                    yield Schedule(order, (fault, Point(worker, call + 1)))
