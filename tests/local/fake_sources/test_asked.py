"""The forms in which the fake sources answer."""

import json

import pytest

from local.fake_sources.asked import HTML, Answer, as_file, as_json, as_page

JSON = {"Content-Type": "application/json; charset=utf-8"}
TEXT = {"Content-Type": "text/json"}


@pytest.mark.parametrize(
    ("found", "status", "headers", "body"),
    [
        (as_json({"a": 1}), 200, JSON, {"a": 1}),
        (as_json([]), 200, JSON, []),
        (as_json({}, headers={"x-left": "1"}), 200, {**JSON, "x-left": "1"}, {}),
        (as_json({}, headers=TEXT), 200, TEXT, {}),
        (as_file({"a": 1}), 200, JSON, {"a": 1}),
        (as_file(None), 404, JSON, {"message": "Not found"}),
    ],
)
def test_json_is_answered_with_its_type(
    found: Answer, status: int, headers: dict[str, str], body: object
) -> None:
    """Headers that are given are added, or take the type's place; a file may not be there."""
    assert (found.status, found.headers, json.loads(found.body)) == (status, headers, body)


def test_a_page_that_is_not_there_is_a_page_that_says_so() -> None:
    """An empty page is a page, and none is a 404 in HTML."""
    assert as_page(b"") == Answer(200, HTML, b"")
    missing = as_page(None)
    assert (missing.status, missing.headers) == (404, HTML)
    assert b"404 Not Found" in missing.body
