"""How a body is made to fit a vendor's limit: with as many of its lines as it has room for."""

from collections.abc import Callable, Sequence
from typing import Any

Body = dict[str, Any]


def fitted(
    lines: Sequence[str], make: Callable[[list[str]], Body], fits: Callable[[Body], bool]
) -> Body:
    """Return the body of the most lines that fits, but of one line at least.

    Args:
        lines: of the notice.
        make: the body of some lines.
        fits: whether the vendor takes a body.
    """
    for count in range(len(lines), 1, -1):
        left = [] if count == len(lines) else ["and more: python -m local incidents"]
        body = make([*lines[:count], *left])
        if fits(body):
            return body
    return make([*lines[:1]])
