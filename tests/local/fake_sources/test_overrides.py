"""The settings that switch every source on."""

import pytest

from common.scrapers.source import sources
from common.sources.answers import KEY_CHARACTERS_MIN
from local.fake_sources.overrides import switched_on

SOURCES = sources()
KEYED = {f"{name}_key" for name, source in SOURCES.items() if source.key}


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:1"])
def test_every_source_has_an_address_and_some_have_a_key(url: str | None) -> None:
    """That of one server for all, or each its own; the others have no field for a key."""
    found = switched_on(url, "a key")
    addresses = {f"{name}_url": url or source.base_url for name, source in SOURCES.items()}
    assert found == {**addresses, **dict.fromkeys(KEYED, "a key")}
    assert 0 < len(KEYED) < len(SOURCES)


def test_without_a_key_of_its_own_a_source_gets_one_that_is_not_hidden() -> None:
    """A real one is longer, and would be hidden wherever an answer happens to hold it."""
    keys = {switched_on()[name] for name in KEYED}
    assert keys == {"none"}
    assert all(len(key) < KEY_CHARACTERS_MIN for key in keys)
