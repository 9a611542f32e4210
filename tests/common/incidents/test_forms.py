"""The bodies of a webhook against what the vendors document, for any text from outside."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.incidents.forms import FORMS
from common.incidents.forms.fitting import fitted
from common.incidents.forms.plain import PlainNotice
from common.incidents.forms.slack import (
    BLOCKS_CHARACTERS_MAX,
    BLOCKS_MAX,
    HEADER_CHARACTERS_MAX,
    SECTION_CHARACTERS_MAX,
    escaped,
)
from common.incidents.forms.teams import CARD, MESSAGE_BYTES_MAX, size
from common.incidents.incident import Incident, read_incident
from common.incidents.notice import LISTED_MAX, Notice
from common.settings import ROOT, WebhookForm
from local.commands.develop.schema import notice_text
from tests.kit.state import NOON

DEPLOYMENT = "nba-props-platform.nba_orchestration"
SCHEMA = ROOT / "config" / "incident-notice.schema.json"
HOSTILE = "<!channel> <https://evil.example|click> & *bold* @here :tada: [x](https://evil.example)"
TEXTS = st.text(min_size=1, max_size=700) | st.sampled_from(["&" * 3000, "<" * 3000, "😀" * 3000])


def incident(key: str = "betting_lines", detail: str = "failed") -> Incident:
    """Return an incident as the view's row makes one."""
    return read_incident(
        {
            "rule": "execution",
            "key": key,
            "level": "ERROR",
            "opened": NOON,
            "last_seen": NOON,
            "closed": None,
            "recovered": None,
            "times": 3,
            "detail": detail,
        }
    )


NOTICES = st.builds(
    Notice,
    st.sampled_from(["OPENED", "CLOSED", "DIGEST"]),
    st.lists(st.builds(incident, TEXTS, TEXTS), min_size=1, max_size=14).map(tuple),
)


def slack_texts(body: dict[str, Any]) -> list[str]:
    """Return every text of a body for Slack."""
    return [body["text"], *(block["text"]["text"] for block in body["blocks"])]


def test_every_form_that_can_be_set_is_declared_once() -> None:
    """The setting's values are the forms."""
    assert set(FORMS) == set(get_args(WebhookForm))


@given(NOTICES)
def test_slack_takes_every_body(notice: Notice) -> None:
    """Block Kit: a header of 150 characters, sections of 3,000, 50 blocks, all of plain text."""
    body = FORMS["slack"](notice, DEPLOYMENT)
    header, *sections = body["blocks"]
    assert len(body["blocks"]) <= BLOCKS_MAX
    assert header["type"] == "header"
    assert 1 <= len(header["text"]["text"]) <= HEADER_CHARACTERS_MAX
    assert {section["type"] for section in sections} == {"section"}
    assert all(1 <= len(block["text"]["text"]) <= SECTION_CHARACTERS_MAX for block in sections)
    assert {block["text"]["type"] for block in body["blocks"]} == {"plain_text"}
    assert not set("<>") & set("".join(slack_texts(body)))


@given(NOTICES)
def test_teams_takes_every_body(notice: Notice) -> None:
    """A message with one adaptive card, below 28 KB however its characters are written."""
    body = FORMS["teams"](notice, DEPLOYMENT)
    (attached,) = body["attachments"]
    card = attached["content"]
    assert (body["type"], attached["contentType"]) == ("message", CARD)
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.2")
    assert size(body) <= MESSAGE_BYTES_MAX
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert all(inline["type"] == "TextRun" for block in card["body"] for inline in block["inlines"])


@given(NOTICES)
def test_the_plain_form_is_that_of_its_schema(notice: Notice) -> None:
    """What is posted is read back as the model whose JSON schema is published."""
    body = json.loads(json.dumps(FORMS["plain"](notice, DEPLOYMENT)))
    made = PlainNotice.model_validate(body)
    assert made.incidents == notice.incidents
    assert made.code == f"INCIDENT_{notice.change}"


def test_the_published_schema_is_that_of_the_model() -> None:
    """config/incident-notice.schema.json is what a receiver goes by."""
    written = "python -m local schema --notice > config/incident-notice.schema.json"
    assert SCHEMA.read_text() == notice_text(), f"run: {written}"


def test_a_text_from_outside_calls_nobody_and_links_nowhere() -> None:
    """Slack's control sequences are escaped; Teams' rich text knows no markup."""
    notice = Notice("OPENED", (incident(detail=HOSTILE),))
    texts = "\n".join(slack_texts(FORMS["slack"](notice, DEPLOYMENT)))
    assert "&lt;!channel&gt;" in texts
    card = FORMS["teams"](notice, DEPLOYMENT)["attachments"][0]["content"]
    assert HOSTILE in "\n".join(block["inlines"][0]["text"] for block in card["body"])


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_in_a_text_is_hidden_in_every_form(form: WebhookForm) -> None:
    """An error message may quote a URL with its key."""
    held = "asked https://user:pass-word-1@host/x?apiKey=0123456789abcdef"
    body = json.dumps(FORMS[form](Notice("OPENED", (incident(detail=held),)), DEPLOYMENT))
    assert "pass-word-1" not in body
    assert "0123456789abcdef" not in body


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_many_incidents_are_listed_as_far_as_there_is_room(form: WebhookForm) -> None:
    """The title has their number, the last line says that there are more and where."""
    notice = Notice("DIGEST", tuple(incident(f"w{number}", "x" * 600) for number in range(40)))
    body = json.dumps(FORMS[form](notice, DEPLOYMENT))
    assert "40 incidents" in body
    assert "python -m local incidents" in body
    assert len(notice.lines) == LISTED_MAX + 1


def inline(text: str, **looks: object) -> dict[str, Any]:
    """Return a text of a card."""
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}


def plain_text(kind: str, text: str) -> dict[str, Any]:
    """Return a block for Slack."""
    return {"type": kind, "text": {"type": "plain_text", "emoji": False, "text": text}}


TITLE = "Opened: execution, betting_lines"
LINE = (
    "ERROR execution betting_lines: since 2025-11-12 12:00 ET "
    "(3 times, last 2025-11-12 12:00 ET) - failed"
)
SENT_BY = f"INCIDENT_OPENED from {DEPLOYMENT}"
BODIES: dict[WebhookForm, dict[str, Any]] = {
    "slack": {
        "text": TITLE,
        "blocks": [
            plain_text("header", TITLE),
            plain_text("section", LINE),
            plain_text("section", SENT_BY),
        ],
    },
    "teams": {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.2",
                    "body": [
                        inline(TITLE, weight="Bolder", size="Medium"),
                        inline(LINE),
                        inline(SENT_BY, isSubtle=True),
                    ],
                },
            }
        ],
    },
    "plain": {
        "schema": "incident-notice",
        "version": 1,
        "id": f"{DEPLOYMENT} OPENED execution betting_lines 2025-11-12T17:00:00+00:00",
        "code": "INCIDENT_OPENED",
        "change": "OPENED",
        "deployment": DEPLOYMENT,
        "title": TITLE,
        "incidents": [
            {
                "rule": "execution",
                "key": "betting_lines",
                "level": "ERROR",
                "opened": "2025-11-12T17:00:00Z",
                "last_seen": "2025-11-12T17:00:00Z",
                "closed": None,
                "recovered": None,
                "times": 3,
                "detail": "failed",
            }
        ],
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_a_body_is_what_it_was(form: WebhookForm) -> None:
    """Whoever changes a form on purpose changes it here too."""
    assert FORMS[form](Notice("OPENED", (incident(),)), DEPLOYMENT) == BODIES[form]


@pytest.mark.parametrize(
    ("lines", "room", "made"),
    [
        (["a", "b", "c"], 3, ["a", "b", "c"]),
        (["a", "b", "c", "d"], 3, ["a", "b", "MORE"]),
        (["a", "b", "c"], 2, ["a"]),
        (["a", "b"], 2, ["a", "b"]),
        (["a", "b"], 1, ["a"]),
        (["a"], 0, ["a"]),
    ],
)
def test_a_body_has_the_most_lines_that_fit(lines: list[str], room: int, made: list[str]) -> None:
    """One line says that there are more; the first is sent whatever its length."""
    body = fitted(lines, lambda each: {"lines": each}, lambda body: len(body["lines"]) <= room)
    more = "and more: python -m local incidents"
    assert body == {"lines": [more if line == "MORE" else line for line in made]}


@pytest.mark.parametrize(
    ("text", "characters", "made"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc"),
        ("a&b<c>", 99, "a&amp;b&lt;c&gt;"),
        ("ab&", 7, "ab&amp;"),
        ("ab&c", 6, "ab"),
    ],
)
def test_a_text_for_slack_is_cut_between_its_characters(
    text: str, characters: int, made: str
) -> None:
    """An escape that is cut would be shown as it stands."""
    assert escaped(text, characters) == made


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_each_incident_stands_in_a_block_of_its_own(form: WebhookForm) -> None:
    """In the order of the notice, between its title and what sent it."""
    notice = Notice("OPENED", (incident("b"), incident("a")))
    body = FORMS[form](notice, DEPLOYMENT)
    if form == "slack":
        texts = [block["text"]["text"] for block in body["blocks"]]
    else:
        card = body["attachments"][0]["content"]
        texts = [block["inlines"][0]["text"] for block in card["body"]]
    assert texts == [notice.title, *notice.lines, SENT_BY]


@pytest.mark.parametrize(("form", "limit"), [("slack", BLOCKS_CHARACTERS_MAX), ("teams", None)])
def test_a_body_of_just_the_limit_is_sent_whole(form: WebhookForm, limit: int | None) -> None:
    """One character more, and its last lines are left out."""

    def characters(body: dict[str, Any]) -> int:
        return sum(len(each["text"]["text"]) for each in body["blocks"]) if limit else size(body)

    def made(more: int) -> dict[str, Any]:
        # Eight details are made as long as it takes; a secret or a space would be changed.
        lengths = [more // 8 + (number < more % 8) for number in range(8)]
        told = [incident("k").model_copy(update={"detail": "x" * each}) for each in lengths]
        return FORMS[form](Notice("OPENED", tuple(told)), DEPLOYMENT)

    free = (limit or MESSAGE_BYTES_MAX) - characters(made(0))
    assert characters(made(free)) == (limit or MESSAGE_BYTES_MAX)
    assert "and more:" not in json.dumps(made(free))
    assert "and more:" in json.dumps(made(free + 1))


def test_a_card_is_measured_with_its_characters_at_their_longest() -> None:
    """Whoever posts it may write every one that is not ASCII as an escape."""
    assert size({"a": "é"}) == len('{"a": "\\u00e9"}')


def test_a_notification_s_own_text_is_escaped_too() -> None:
    """The key of an incident stands in the title, which Slack shows outside of the blocks."""
    body = FORMS["slack"](Notice("OPENED", (incident(key="<!channel>"),)), DEPLOYMENT)
    title = "Opened: execution, &lt;!channel&gt;"
    assert (body["text"], body["blocks"][0]["text"]["text"]) == (title, title)
