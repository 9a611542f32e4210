"""JSON lines for Cloud Logging."""

import ast
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.deliveries import Delivery, about, handling
from common.logs import ALLOWED, Severity, lines_to, log, redact_libraries, silent
from common.redaction import learn
from common.settings import ROOT
from tests.kit.situations import DAY, MANY


def line(capsys: pytest.CaptureFixture[str], message: str, **fields: Any) -> dict[str, Any]:
    """Return the one line that was written."""
    log("WARNING", message, **fields)
    written = capsys.readouterr()
    assert written.out == ""
    (only,) = written.err.splitlines()
    found: dict[str, Any] = json.loads(only)
    return found


def test_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """A line contains severity, message and the given fields; numbers stay numbers."""
    found = line(capsys, "Handled", rows=8, target_date=DAY, outcome=None)
    assert found == {
        "severity": "WARNING",
        "message": "Handled",
        "rows": 8,
        "target_date": "2025-11-12",
    }


DECISION, EXECUTION, TASK = (f"{n}a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f" for n in (1, 2, 3))
SPECIAL = "logging.googleapis.com"


def test_a_line_of_a_run_joins_its_decision(capsys: pytest.CaptureFixture[str]) -> None:
    """Its trace is the decision, its span the task, and it is found by its labels."""
    with handling(Delivery("a-project", "platform", {"function": "scraper_runner"})):
        about(decision_id=DECISION, execution_id=EXECUTION, task_id=TASK, workflow="betting_lines")
        found = line(capsys, "Handled", function="another")
    labels = {
        "workflow": "betting_lines",
        "decision_id": DECISION,
        "execution_id": EXECUTION,
        "task_id": TASK,
    }
    assert found == {
        "severity": "WARNING",
        "message": "Handled",
        "function": "another",
        **labels,
        f"{SPECIAL}/trace": f"projects/a-project/traces/{DECISION.replace('-', '')}",
        f"{SPECIAL}/spanId": "3a1b2c3d0a1b4c3d",
        f"{SPECIAL}/labels": labels,
    }


@pytest.mark.parametrize(
    ("fields", "trace", "span"),
    [
        ({"decision_id": DECISION, "execution_id": EXECUTION}, DECISION, EXECUTION),
        ({"decision_id": DECISION}, DECISION, DECISION),
        ({"task_id": TASK}, TASK, TASK),
    ],
)
def test_a_span_is_the_narrowest_that_a_line_names(
    capsys: pytest.CaptureFixture[str], fields: dict[str, str], trace: str, span: str
) -> None:
    """A task that belongs to no decision is a trace of its own."""
    with handling(Delivery("a-project")):
        found = line(capsys, "Handled", **fields)
    assert found[f"{SPECIAL}/trace"].endswith(f"/{trace.replace('-', '')}")
    assert found[f"{SPECIAL}/spanId"] == span.replace("-", "")[:16]


def test_a_line_of_no_run_has_the_trace_of_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    """A tick's lines join the platform's; there is no span of ours, and no label."""
    with handling(Delivery("a-project", "ab" * 16)):
        found = line(capsys, "Handled")
    assert found == {
        "severity": "WARNING",
        "message": "Handled",
        f"{SPECIAL}/trace": f"projects/a-project/traces/{'ab' * 16}",
    }


def test_a_stack_is_longer_than_other_values(capsys: pytest.CaptureFixture[str]) -> None:
    """Error Reporting needs it whole."""
    assert line(capsys, "Any", stack_trace="x" * 50_000)["stack_trace"] == "x" * 16_000


@pytest.mark.parametrize("name", ["api_key", "token", "apikey", "url", "headers", "params", "body"])
def test_o4_fields_off_the_list_are_dropped(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A field that is not on the list is not written."""
    assert "secret" not in json.dumps(line(capsys, "Any", **{name: "secret"}))
    assert name not in ALLOWED


def test_a_long_value_is_shortened(capsys: pytest.CaptureFixture[str]) -> None:
    """A long value is cut to 1,000 characters."""
    assert line(capsys, "Any", error="x" * 5000)["error"] == "x" * 1000


@MANY
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_one_line(message: str, value: str) -> None:
    """Any text is written as one line of JSON."""
    with pytest.MonkeyPatch.context() as patch:
        written: list[str] = []
        patch.setattr("common.logs.sys.stderr.write", written.append, raising=False)
        log("INFO", message, error=value)
    (only,) = written
    assert only.count("\n") == 1
    assert json.loads(only) == {"severity": "INFO", "message": message, "error": value}


def test_an_exception_is_shown_as_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception is written as its text."""
    assert line(capsys, "Any", error=ValueError("field x"))["error"] == "field x"


def fields_of(path: Path) -> Iterator[str]:
    """Yield the names that a module gives to lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"log", "alert_once"}:
            yield from (given.arg for given in node.keywords if given.arg)


def test_o4_every_field_that_our_code_gives_is_on_the_list() -> None:
    """Else it would be dropped without a word."""
    used = {name for path in (ROOT / "common").rglob("*.py") for name in fields_of(path)}
    assert used >= {"host", "reason_code", "error"}
    assert used - ALLOWED == set()


@pytest.mark.parametrize("severity", get_args(Severity))
def test_cloud_logging_knows_every_severity(
    severity: Severity, capsys: pytest.CaptureFixture[str]
) -> None:
    """https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity."""
    log(severity, "Any")
    assert json.loads(capsys.readouterr().err) == {"severity": severity, "message": "Any"}
    assert severity in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, 0), (1.5, 1.5), (False, False), ("", ""), (["a"], "['a']"), ("x" * 1001, "x" * 1000)],
)
def test_numbers_and_truths_stay_and_all_else_is_text(
    value: object, shown: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """A value that is false is shown all the same; only None is not."""
    assert line(capsys, "Any", rows=value)["rows"] == shown


def test_o4_a_secret_is_hidden_in_the_message_and_in_every_field(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever somebody has written into a sentence or passed on with an error."""
    learn(["pass-word"])
    found = line(capsys, "of pass-word", error=ValueError("pass-word"), object="https://u:p@h")
    assert found["message"] == "of (hidden)"
    assert (found["error"], found["object"]) == ("(hidden)", "https://(hidden)@h")


def test_a_silent_block_is_silent_and_nothing_else_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where it ends with an error, and inside another one."""
    with suppress(LookupError), silent():
        with silent():
            log("ERROR", "Inside")
        log("ERROR", "Still inside")
        raise LookupError
    assert capsys.readouterr().err == ""
    log("ERROR", "Outside")
    assert "Outside" in capsys.readouterr().err


def test_a_line_is_out_before_its_call_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance may be gone the moment after."""
    done: list[str] = []
    stream = SimpleNamespace(write=done.append, flush=lambda: done.append("flushed"))
    monkeypatch.setattr("sys.stderr", stream)
    log("INFO", "Any")
    assert done == ['{"severity": "INFO", "message": "Any"}\n', "flushed"]


def test_lines_may_go_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """A command shows people what an instance would log."""
    taken: list[dict[str, object]] = []
    with lines_to(taken.append):
        log("WARNING", "Inside", object="a/b")
    assert taken == [{"severity": "WARNING", "message": "Inside", "object": "a/b"}]
    assert capsys.readouterr().err == ""


@pytest.fixture
def libraries() -> Iterator[logging.Logger]:
    """A library's logger, of which secrets are taken."""
    factory = logging.getLogRecordFactory()
    redact_libraries()
    yield logging.getLogger("a_library")
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize(
    ("message", "args", "shown"),
    [
        (
            "GET %s failed %d times",
            ("https://u:p@h/x", 3),
            "GET https://(hidden)@h/x failed 3 times",
        ),
        ("100 % of ?key=abc", (), "100 % of ?key=(hidden)"),
        ("%d of ?key=abc", ("many",), "%d of ?key=(hidden)"),
        ("%(a)s of ?key=abc", ({"b": 1},), "%(a)s of ?key=(hidden)"),
        ("%q of ?key=abc", (1,), "%q of ?key=(hidden)"),
    ],
)
def test_o4_what_libraries_log_has_no_secret(
    libraries: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    message: str,
    args: tuple[object, ...],
    shown: str,
) -> None:
    """A library's own mistake in its message raises nothing here."""
    libraries.warning(message, *args)
    (record,) = caplog.records
    assert record.getMessage().startswith(shown)
    assert (record.args, record.levelname, record.name) == (None, "WARNING", "a_library")


def test_o4_what_flask_logs_of_an_exception_has_no_secret(
    libraries: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    """Its traceback shows the text of the error."""
    try:
        int("https://u:p@h")
    except ValueError:
        libraries.exception("Failed")
    assert "with base 10: 'https://(hidden)@h'" in caplog.text
    assert "Traceback (most recent call last):\n" in caplog.text
    assert "u:p" not in caplog.text


def test_without_a_project_a_line_has_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    """Cloud Logging would not find it under half a name."""
    with handling(Delivery("", "platform")):
        found = line(capsys, "Handled", decision_id=DECISION)
    assert f"{SPECIAL}/trace" not in found
    assert found[f"{SPECIAL}/spanId"] == DECISION.replace("-", "")[:16]
