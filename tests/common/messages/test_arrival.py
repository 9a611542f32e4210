"""How a request came: which headers tell a delivery from a direct call."""

import pytest

from common.messages.arrival import is_cloud_event, is_structured, lowered, was_delivered


@pytest.mark.parametrize(
    ("headers", "structured", "event", "delivered"),
    [
        ({}, False, False, False),
        ({"User-Agent": "curl/8"}, False, False, False),
        ({"Content-Type": "application/json"}, False, False, False),
        ({"X-Ce-Id": "1"}, False, False, False),
        ({"User-Agent": "APIs-Google; (+https://x)"}, False, False, True),
        ({"User-Agent": "CloudPubSub-Google"}, False, False, True),
        ({"User-Agent": "not APIs-Google"}, False, False, False),
        ({"X-Goog-Pubsub-Message-Id": "1"}, False, False, True),
        ({"CE-Id": "1"}, False, True, True),
        ({"Content-Type": "Application/CloudEvents+JSON"}, True, True, True),
        ({"Content-Type": "application/cloudevents-batch+json; charset=x"}, True, True, True),
    ],
)
def test_the_headers_say_who_delivers(
    headers: dict[str, str], *, structured: bool, event: bool, delivered: bool
) -> None:
    """In any case of letters; a caller that sends none of them sees an error of ours."""
    held = lowered(headers)
    assert is_structured(held) is structured
    assert is_cloud_event(held) is event
    assert was_delivered(held) is delivered


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Application/JSON", "application/json"),
        (" A/B ;Boundary=Xy", "a/b;Boundary=Xy"),
        ("A/B;", "a/b;"),
        ("", ""),
    ],
)
def test_of_a_media_type_only_the_kind_is_lowered(given: str, kept: str) -> None:
    """Its parameters may be of either case."""
    assert lowered({"CONTENT-TYPE": given, "X": "Y"}) == {"content-type": kept, "x": "Y"}
