"""Which texts of an answer are hidden; what it is judged to be is held by the client's tests."""

import pytest

from common.sources.answers import HIDDEN, hide


@pytest.mark.parametrize("shown", ["pass/word+more", "pass%2Fword%2Bmore"])
def test_ft9_a_secret_is_hidden_as_it_is_and_as_a_url_has_it(shown: str) -> None:
    """A slash is `%2F` in the login of a URL, and an error may show either form."""
    secret = "pass/word+more"
    assert hide([secret], f"no host {shown}".encode()) == f"no host {HIDDEN}".encode()


def test_every_secret_is_hidden_everywhere() -> None:
    """Of two secrets each is replaced wherever it stands; other bytes stay."""
    assert hide(["one", "two"], b"one two \xff one") == b"(hidden) (hidden) \xff (hidden)"
