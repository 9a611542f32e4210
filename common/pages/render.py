"""Renders what is looked at as HTML, without a script or a request to another host.

Every text from outside is escaped, and the policy of a page allows its own style sheet alone,
named by its digest: nothing else can be loaded or run, whatever a source has put into a text.
Characters that are not seen, or turn the direction of what follows, are written by their numbers.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from common.eastern import eastern, eastern_date
from common.pages.age import age
from common.pages.axis import WIDTH

TEMPLATES = Path(__file__).parent / "templates"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e007f]"
)
"""Controls but tab and line feed, marks of direction, spaces without width, and tags."""


@cache
def style() -> str:
    """Return the style sheet of every page."""
    return (TEMPLATES / "style.css").read_text()


@cache
def policy() -> str:
    """Return the content security policy of every page."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    ours = f"style-src 'sha256-{digest}'"
    return f"default-src 'none'; {ours}; base-uri 'none'; form-action 'self'"


class Shown(Protocol):
    """What can be shown as a page, or as JSON.

    Attributes:
        template: the file that draws it.
    """

    template: ClassVar[str]

    @property
    def title(self) -> str:
        """Names it, in the window and as its heading."""

    def document(self) -> Mapping[str, Any]:
        """Return the same as JSON holds it."""


def render(page: Shown, *, alone: bool = False) -> str:
    """Return a page's HTML.

    Args:
        page: what it shows.
        alone: whether it is a file of its own, whose links stay within it.
    """
    template = _environment().get_template(page.template)
    ours = Markup(style())  # noqa: S704 - our own file
    return template.render(page=page, alone=alone, style=ours, policy=policy(), width=WIDTH)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a look at each file's time, at each page
        finalize=_seen,
    )
    environment.filters.update(clock=_clock, utc=_utc, days=_days, date=eastern_date, age=age)
    return environment


def _seen(value: object) -> object:
    """Write the unseen characters of a text by their numbers, so that it looks like what it is."""
    if isinstance(value, str) and _UNSEEN.search(value):
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    return value


def _clock(instant: datetime, form: str) -> str:
    return f"{eastern(instant):{form}}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _days(day: date, number: int) -> date:
    return day + timedelta(days=number)
