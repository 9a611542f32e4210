"""What scrapers and sources ask of the world is as it was last looked at."""

import json

import pytest

from tests.kit.asked import FILE, everything

HELD: dict[str, list[str]] = json.loads(FILE.read_text())


@pytest.mark.parametrize("name", HELD)
def test_what_is_asked_of_the_world_changes_only_on_purpose(name: str) -> None:
    """Paths, parameters, headers and declarations are written down in `tests/kit/asked.json`."""
    assert everything()[name] == HELD[name], "write it anew: python -m tests.kit.asked"
