"""By when the data of a step must be there, counted from a game's tip-off or its end."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

Moment = Literal["tip-off", "final"]
_FORM = re.compile(r"(tip-off -|final \+) ([0-9]{1,4}) (min|h)")
_MINUTES = {"min": 1, "h": 60}


@dataclass(frozen=True)
class FreshBy:
    """A time limit of each game.

    Attributes:
        moment: what the limit is counted from, the game's tip-off or its end.
        after: how long after that moment it is; negative for a limit before the tip-off.
    """

    moment: Moment
    after: timedelta


def parse_fresh_by(value: object) -> FreshBy:
    """Read `tip-off - 60 min` or `final + 6 h`.

    Raises:
        ValueError: the value has another form.
    """
    if isinstance(value, FreshBy):
        return value
    found = _FORM.fullmatch(str(value))
    if found is None:
        raise ValueError("is neither `tip-off - N min` nor `final + N h`")
    span = timedelta(minutes=int(found[2]) * _MINUTES[found[3]])
    return FreshBy("tip-off", -span) if found[1] == "tip-off -" else FreshBy("final", span)


FreshByField = Annotated[
    FreshBy,
    BeforeValidator(parse_fresh_by),
    WithJsonSchema({"type": "string", "pattern": f"^{_FORM.pattern}$"}),
]
"""The field of a configuration file, a text there."""
