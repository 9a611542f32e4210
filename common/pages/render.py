"""Renders a day as one self-contained HTML file without a script or a request to any host.

Every text from outside is escaped.
"""

from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from common.eastern import eastern
from common.pages.axis import WIDTH
from common.pages.day import DayPage

TEMPLATES = Path(__file__).parent / "templates"


def render_day(page: DayPage) -> str:
    """Return the page's HTML.

    Its style sheet is named by its digest in the page's own content security policy, so that
    nothing else can be loaded or run, whatever a source has put into a text.
    """
    style = (TEMPLATES / "style.css").read_text()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    template = _environment().get_template("day.html")
    ours = Markup(style)  # noqa: S704 - our own file
    return template.render(page=page, style=ours, policy=policy, width=WIDTH)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=_clock, utc=_utc)
    return environment


def _clock(instant: datetime, form: str = "%H:%M") -> str:
    return f"{eastern(instant):{form}}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
