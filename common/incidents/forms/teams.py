"""Teams' Workflows webhook: a message with one adaptive card.

https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
A `RichTextBlock` shows its texts as they are: unlike a `TextBlock` it knows no Markdown, so that
nothing needs to be escaped (https://adaptivecards.io/explorer/RichTextBlock.html).
"""

import json
from typing import Any

from common.incidents.forms.fitting import fitted
from common.incidents.notice import Notice

MESSAGE_BYTES_MAX = 28 * 1024
CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.2"
"""The first one with `RichTextBlock`."""


def teams(notice: Notice, deployment: str) -> dict[str, Any]:
    """Return the body of a notice: a heading, a paragraph for each line, and what sent it."""

    def body(lines: list[str]) -> dict[str, Any]:
        texts = [*map(_text, lines), _text(f"{notice.code} from {deployment}", isSubtle=True)]
        heading = _text(notice.title, weight="Bolder", size="Medium")
        card = {
            "$schema": SCHEMA,
            "type": "AdaptiveCard",
            "version": VERSION,
            "body": [heading, *texts],
        }
        attached = {"contentType": CARD, "contentUrl": None, "content": card}
        return {"type": "message", "attachments": [attached]}

    return fitted(notice.lines, body, lambda made: size(made) <= MESSAGE_BYTES_MAX)


def size(body: dict[str, Any]) -> int:
    """Return the bytes of a body, with every character that is not ASCII at its longest."""
    return len(json.dumps(body))


def _text(text: str, **looks: object) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}
