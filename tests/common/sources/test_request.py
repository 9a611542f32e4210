"""One request: where it goes, what it carries, and what of it no text may show."""

import pytest

from common.scrapers.model import Call
from common.scrapers.source import source_of
from common.sources.request import build
from common.sources.routes import Route

LOGIN = ("pass/word", "dTpwYXNzL3dvcmQ=")
"""A password, and the login as a header has it."""


@pytest.mark.parametrize(
    ("source", "params", "header"),
    [
        ("odds_api", {"b": "1", "a": "2", "apiKey": "a-key"}, None),
        ("bettingpros", {"b": "1", "a": "2"}, "a-key"),
        ("espn_site", {"b": "1", "a": "2"}, None),
    ],
)
def test_a_key_stands_where_its_source_takes_it(
    source: str, params: dict[str, str], header: str | None
) -> None:
    """Behind the query in its order, or among the headers; a source without one gets none."""
    key = "a-key" if source_of(source).key else ""
    made = build(
        Call(source, "/x", {"b": "1", "a": "2"}, "x"), Route("r", "https://h", "", "404"), key
    )
    assert made.url == "https://h/x"
    assert [*made.params.items()] == [*params.items()]
    assert made.headers.get("x-api-key") == header
    assert {**made.headers, "x-api-key": ""} == {**source_of(source).headers, "x-api-key": ""}
    assert made.secrets == ((key,) if key else ())


def test_r10_the_logins_of_the_way_are_secrets_too() -> None:
    """That of a gateway as well as that of a proxy."""
    call = Call("odds_api", "/x", {}, "x")
    plain, hidden = "https://h", "https://u:pass%2Fword@h"
    for base, proxy, known in ((hidden, None, LOGIN), (plain, hidden, LOGIN), (plain, plain, ())):
        made = build(call, Route("r", base, "", "404", proxy), "a-key")
        assert made.secrets == ("a-key", *known)
