"""What some days used of Google Cloud, in billed units; `local/costs/metered.py` counts it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Usage:
    """What some days used.

    Attributes:
        days: how many.
        amounts: by what is billed, such as `class_a`; bytes are bytes.
        functions: by function: its calls, cold starts, and what it asked of each service.
        objects: objects of the data bucket by scraper, `uploads` for those without one, and their
            simulated bytes as `bytes`.
    """

    days: int = 0
    amounts: Counter[str] = field(default_factory=Counter)
    functions: dict[str, Counter[str]] = field(default_factory=dict)
    objects: dict[str, Counter[str]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As JSON holds it, sorted."""
        return {
            "days": self.days,
            "amounts": dict(sorted(self.amounts.items())),
            "functions": _sorted(self.functions),
            "objects": _sorted(self.objects),
        }


def _sorted(counters: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: dict(sorted(held.items())) for name, held in sorted(counters.items())}


def read_usage(document: Mapping[str, Any]) -> Usage:
    """The usage that `Usage.document` wrote."""
    return Usage(
        document["days"],
        Counter(document["amounts"]),
        {name: Counter(held) for name, held in document["functions"].items()},
        {name: Counter(held) for name, held in document["objects"].items()},
    )
