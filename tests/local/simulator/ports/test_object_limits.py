"""Which objects Cloud Storage refuses, and in which words."""

import pytest

from local.simulator.ports.object_limits import refusal_of

LONG = "a\n" + "x" * 200


@pytest.mark.parametrize(
    "name",
    [
        *("a", ".a", "a.", "...", "..a", "./a", "../a", "a/..", "a b", "a\tb"),
        *("x" * 1024, "é" * 512, "🏀" * 256),
        *(".well-known/x", ".well-known/acme-challenge", "a/.well-known/acme-challenge/x"),
    ],
    ids=ascii,
)
def test_what_is_like_a_refused_name_is_a_name(name: str) -> None:
    """Only the whole name, its beginning, a line break and its bytes count."""
    assert refusal_of(name, {}) is None


@pytest.mark.parametrize(
    ("name", "metadata", "text"),
    [
        ("", {}, "object name of 0 bytes"),
        ("é" * 513, {}, "object name of 1026 bytes"),
        ("..", {}, "object name '..'"),
        ("a\rb", {}, r"object name 'a\rb'"),
        (LONG, {}, f"object name {LONG[:80]!r}"),
        ("a", {"é": "x" * 8191}, "metadata of 8193 bytes at 'a'"),
        ("x" * 99, {"a": "x" * 8192}, "metadata of 8193 bytes at '" + "x" * 79),
    ],
    ids=["empty", "long", "dots", "break", "cut", "metadata", "metadata of a long name"],
)
def test_what_is_refused_is_told_in_words(name: str, metadata: dict[str, str], text: str) -> None:
    """Its size, or its name, cut after eighty characters."""
    assert refusal_of(name, metadata) == text
