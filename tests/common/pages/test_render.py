"""A text shows as what it is, and a template that names nothing is a mistake."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from jinja2 import UndefinedError

from common.pages.error import ErrorPage
from common.pages.render import render

UNSEEN = (
    *("\x00", "\x08", "\x0b", "\x1b", "\x1f", "\x7f", "\x85", "\x9f", "\xad", "\u061c"),
    *("\u200b", "\u200f", "\u2028", "\u202a", "\u202e", "\u2060", "\u2066", "\u206f", "\ufeff"),
    *("\U000e0000", "\U000e007f"),
)
SEEN = ("\t", "\n", " ", "~", "\xa0", "é", "\u2010", "\u2027", "\u202f", "\u2070", "→", "中")


@pytest.mark.parametrize("char", UNSEEN, ids=ascii)
def test_what_is_not_seen_is_written_by_its_number(char: str) -> None:
    """It could hide what follows, or turn its direction."""
    text = render(ErrorPage(404, f"a{char}b"))
    assert f"a\\u{ord(char):04x}b" in text
    assert char not in text


@pytest.mark.parametrize("char", SEEN, ids=ascii)
def test_what_is_seen_stays(char: str) -> None:
    """A text of any language is left as it is."""
    assert f"a{char}b" in render(ErrorPage(404, f"a{char}b"))


@dataclass(frozen=True)
class Bare:
    """A page of an error without the advice that its template shows."""

    template: ClassVar[str] = "error.html"
    title: str = "x"
    text: str = "x"

    def document(self) -> Mapping[str, Any]:
        """Return nothing."""
        return {}


@dataclass(frozen=True)
class Lacking(ErrorPage):
    """A page whose template asks for what it does not have."""

    template = "season.html"


def test_what_a_page_does_not_have_is_a_mistake() -> None:
    """It is no empty place."""
    with pytest.raises(UndefinedError):
        render(Lacking(404, "x"))
    with pytest.raises(UndefinedError, match="advice"):
        render(Bare())
