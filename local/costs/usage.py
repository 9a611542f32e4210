"""The use of Google Cloud on some days, in billed units; `local/costs/metered.py` counts it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Usage:
    """The use of some days.

    Attributes:
        days: number of days.
        amounts: billed amounts by kind, such as `class_a` operations or `state_bytes`.
        functions: for each function its calls, cold starts, and requests to each service.
        objects: objects of the data bucket by scraper, `uploads` for those without one, and their
            simulated bytes as `bytes`.
    """

    days: int = 0
    amounts: Counter[str] = field(default_factory=Counter)
    functions: dict[str, Counter[str]] = field(default_factory=dict)
    objects: dict[str, Counter[str]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Make a sorted JSON document of it."""
        return {
            "days": self.days,
            "amounts": dict(sorted(self.amounts.items())),
            "functions": _sorted(self.functions),
            "objects": _sorted(self.objects),
        }


def _sorted(counters: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: dict(sorted(held.items())) for name, held in sorted(counters.items())}


def read_usage(document: Mapping[str, Any]) -> Usage:
    """Read a usage that `Usage.document` has written."""
    return Usage(
        document["days"],
        Counter(document["amounts"]),
        {name: Counter(held) for name, held in document["functions"].items()},
        {name: Counter(held) for name, held in document["objects"].items()},
    )
