"""The answers of the storage server, apart from what is in them."""

import json
from http import HTTPStatus

from local.stack.storage_server.http import Request, refused, shown
from local.stack.storage_server.refusals import RefusalError

JSON = {"content-type": "application/json; charset=UTF-8"}


def test_a_document_says_that_it_is_one() -> None:
    """Clients read an answer as JSON by its type."""
    answer = shown({"a": ["é"]})
    assert (answer.status, answer.headers) == (200, JSON)
    assert json.loads(answer.body) == {"a": ["é"]}


def test_a_refusal_is_a_document_too() -> None:
    """It has its status twice, and its reason and text as Cloud Storage has them."""
    answer = refused(RefusalError(HTTPStatus.CONFLICT, "conflict", "is there"))
    assert (answer.status, answer.headers) == (409, JSON)
    detail = {"message": "is there", "domain": "global", "reason": "conflict"}
    assert json.loads(answer.body) == {
        "error": {"code": 409, "message": "is there", "errors": [detail]}
    }


def test_a_request_may_be_without_query_headers_and_body() -> None:
    """What it does not have is empty."""
    bare = Request("GET", "/")
    assert (bare.query, bare.headers, bare.body) == ({}, {}, b"")
