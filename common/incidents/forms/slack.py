"""Slack's incoming webhook: a text for the notification, and blocks of Block Kit.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and, for the limits,
https://docs.slack.dev/reference/block-kit/blocks. Texts are `plain_text`, in which Slack shows no
markup; what it takes for control sequences (`<!channel>` calls everybody) is escaped in any text:
https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from typing import Any

from common.incidents.forms.fitting import fitted
from common.incidents.notice import Notice

HEADER_CHARACTERS_MAX = 150
SECTION_CHARACTERS_MAX = 3000
BLOCKS_MAX = 50
BLOCKS_CHARACTERS_MAX = 12_000
"""Not documented: Slack answers `msg_blocks_too_long` from some 13,000 characters on
(github.com/slackapi/bolt-js/issues/2509)."""
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def slack(notice: Notice, deployment: str) -> dict[str, Any]:
    """Return the body of a notice: a heading, a section for each line, and what sent it."""

    def body(lines: list[str]) -> dict[str, Any]:
        sections = [_section(line) for line in (*lines, f"{notice.code} from {deployment}")]
        header = {"type": "header", "text": _text(notice.title, HEADER_CHARACTERS_MAX)}
        return {
            "text": escaped(notice.title, HEADER_CHARACTERS_MAX),
            "blocks": [header, *sections],
        }

    return fitted(notice.lines, body, lambda made: _characters(made) <= BLOCKS_CHARACTERS_MAX)


def escaped(text: str, characters_max: int) -> str:
    """Return a text that Slack shows as it is, cut to a length without cutting an escape."""
    made = ""
    for each in text:
        more = _ESCAPED.get(each, each)
        if len(made) + len(more) > characters_max:
            break
        made += more
    return made


def _section(line: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(line, SECTION_CHARACTERS_MAX)}


def _text(text: str, characters_max: int) -> dict[str, Any]:
    return {"type": "plain_text", "emoji": False, "text": escaped(text, characters_max)}


def _characters(body: dict[str, Any]) -> int:
    return sum(len(block["text"]["text"]) for block in body["blocks"])
