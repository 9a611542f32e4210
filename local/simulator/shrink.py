"""Shrinks a failing history to the faults that matter: fewer and fewer of them happen."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
RUNS_MAX = 120


def shrink(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Find a smallest part of some items with which a history still fails, by delta debugging.

    Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002: leave out
    one of n parts; when none can be left out, make the parts smaller.

    Args:
        items: with all of them it fails.
        fails: whether it fails with some of them; called at most `RUNS_MAX` times.
    """
    kept, parts, runs = list(items), 2, 0
    while len(kept) > 1:
        size = -(-len(kept) // parts)
        for start in range(0, len(kept), size):
            if runs == RUNS_MAX:
                return kept
            rest = kept[:start] + kept[start + size :]
            runs += 1
            if fails(rest):
                kept, parts = rest, max(parts - 1, 2)
                break
        else:
            if parts >= len(kept):
                break
            parts = min(parts * 2, len(kept))
    return kept
