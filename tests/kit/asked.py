"""What scrapers and sources ask of the world, as text: `python -m tests.kit.asked` writes it anew.

A path, a parameter or a header is a contract with somebody else, so a change of one must be seen in
the difference of `tests/kit/asked.json`. A scraper that is added later need not stand there.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from common.eastern import EASTERN
from common.scrapers import REGISTRY
from common.scrapers.model import Call, Scraper
from common.scrapers.nba.teams import TEAMS
from common.scrapers.source import SourceSpec, sources
from tests.kit.samples import target

FILE = Path(__file__).with_name("asked.json")
NOW = datetime(2025, 11, 12, 13, 45, tzinfo=EASTERN)
"""Before the day's injury report is due."""
CALLED = ("calls", "parse", "then", "canary", "score")
"""Fields that hold a function, of which only the requests are shown."""


def of_scraper(scraper: Scraper) -> Iterator[str]:
    """Describe a declaration, and the requests for its sample's night and for all teams."""
    asked = replace(target(scraper.name), teams=tuple(TEAMS), event_ids=("e1", "e2"))
    yield _set(replace(scraper, off=scraper.off and "yes"))
    yield from map(_request, scraper.calls(asked, NOW))
    if scraper.canary:
        yield f"canary {_request(scraper.canary(asked))}"


def of_source(spec: SourceSpec) -> Iterator[str]:
    """Describe the declaration of a source, with its headers."""
    yield _set(replace(spec, headers={}))
    yield from (f"{name}: {value}" for name, value in spec.headers.items())


def everything() -> dict[str, list[str]]:
    """Describe all scrapers and sources by name."""
    described = {name: [*of_scraper(scraper)] for name, scraper in REGISTRY.items()}
    return described | {name: [*of_source(spec)] for name, spec in sorted(sources().items())}


def _set(declared: Any) -> str:
    """Write the fields that are not left at their default."""
    held = {field.name: getattr(declared, field.name) for field in fields(declared)}
    given = (
        f"{field.name}={'a function' if field.name in CALLED else _value(held[field.name])}"
        for field in fields(declared)
        if held[field.name] != field.default and held[field.name] != {}
    )
    return "; ".join(given)


def _value(value: object) -> str:
    return f"({_set(value)})" if hasattr(value, "__dataclass_fields__") else str(value)


def _request(call: Call) -> str:
    query = "&".join(f"{name}={value}" for name, value in call.params.items())
    return f"{call.source} {call.path}?{query} for {call.label}"


if __name__ == "__main__":
    FILE.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n")
