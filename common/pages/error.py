"""The page that stands where none could be made: what is wrong, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

ADVICE = {
    400: "Correct the address, or start at today.",
    404: "Start at today, or choose a date above.",
    500: "This is a mistake of the console: its log has the error. Today may still work.",
    503: "Something that the console reads does not answer. Load the page again in a minute.",
}


@dataclass(frozen=True)
class ErrorPage:
    """Why there is no page.

    Attributes:
        status: of HTTP.
        text: what is wrong.
    """

    template: ClassVar[str] = "error.html"
    CHARACTERS_MAX: ClassVar[int] = 300
    status: int
    text: str

    @property
    def title(self) -> str:
        """The status in words."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"

    @property
    def advice(self) -> str:
        """What to do."""
        return ADVICE[self.status]

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        return {"status": self.status, "error": self.text, "advice": self.advice}
