"""Samples with one thing spoilt, to see what a scraper makes of it."""

import json
from typing import Any

from common.scrapers import get
from common.scrapers.model import ContractError, MismatchError, Parsed
from tests.kit.samples import bodies, target

Step = str | int


def spoil(document: Any, path: tuple[Step, ...], value: object) -> Any:
    """Set a value deep in a JSON document; the path must lead to something that is there."""
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    assert holder[path[-1]] != value
    holder[path[-1]] = value
    return document


def read_spoilt(name: str, path: tuple[Step, ...], value: object) -> Parsed:
    """Return what a scraper reads from its JSON sample with one value replaced."""
    (body,) = bodies(name)
    changed = json.dumps(spoil(json.loads(body), path, value)).encode()
    return get(name).parse([changed], target(name))


def refusal(text: str) -> type[ContractError] | type[MismatchError]:
    """Return the class of an error with a text: sums that differ are a mismatch."""
    return MismatchError if "add up" in text else ContractError
