"""What `common/scrapers` promises by value, as written down."""

import pytest

from tests.kit.declared import assert_declared_as_held
from tests.kit.readings import held, of_scraper


def test_limits_formats_codes_and_defaults_change_only_on_purpose() -> None:
    """Each is a line of `tests/kit/declared.txt`, so that a change of one is seen."""
    assert_declared_as_held("common/scrapers")


@pytest.mark.parametrize("name", held())
def test_what_is_read_and_refused_changes_only_on_purpose(name: str) -> None:
    """The records of a sample, and the words that meet each of its mutants."""
    assert [*of_scraper(name)] == held()[name], "write it anew: python -m tests.kit.readings"
