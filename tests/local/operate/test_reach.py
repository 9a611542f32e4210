"""Commands reach the kept stack, or a project with the caller's own settings and credentials."""

import re
import socket
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.api_core import exceptions as api
from google.auth.exceptions import DefaultCredentialsError, RefreshError

from common.errors import BadInputError, ConfigError
from common.settings import settings
from local.operate.reach import reach, told_in_one_line
from local.stack.driver import RunningStack

LOGIN = "no Google Cloud credentials; run: gcloud auth application-default login"
WHERE: dict[str, Any] = {
    "project": "nba-local",
    "dataset": "d",
    "data_bucket": "data",
    "state_bucket": "state",
    "folder": "/stack",
}


def test_without_a_project_it_is_the_kept_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports, clock and names are those that the stack describes, whatever the shell's are."""
    monkeypatch.setenv("NBA_TOPIC_PREFIX", "mine-")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        keep(monkeypatch, address)
        found = reach(None).settings
    assert (found.project, found.dataset) == ("nba-local", "d")
    assert (found.data_bucket, found.state_bucket) == ("data", "state")
    assert (found.pubsub_emulator_host, found.clock_file) == (address, Path("/clock.json"))
    assert found.topic_prefix == ""


def test_a_part_that_has_died_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's clients would try it for a minute, and say nothing that helps."""
    keep(monkeypatch, "127.0.0.1:1")
    with pytest.raises(ConfigError, match=r"pubsub emulator has died; its log is in /stack/logs"):
        reach(None)


def keep(monkeypatch: pytest.MonkeyPatch, pubsub: str) -> None:
    """Let a stack be kept, whose Pub/Sub has an address."""
    environment = {"PUBSUB_EMULATOR_HOST": pubsub, "NBA_CLOCK_FILE": "/clock.json"}
    stack = RunningStack({**WHERE, "environment": environment}, None)
    monkeypatch.setattr("local.stack.driver.kept_stack", lambda: stack)


def test_a_project_has_the_names_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment with other names is reached by the variables of its functions."""
    monkeypatch.setenv("NBA_STATE_BUCKET", "theirs")
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:2")
    settings.cache_clear()
    found = reach("nba-prod").settings
    settings.cache_clear()
    assert (found.project, found.state_bucket) == ("nba-prod", "theirs")
    assert (found.pubsub_emulator_host, found.storage_emulator_host) == ("127.0.0.1:2", None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DefaultCredentialsError("none"), LOGIN),
        (RefreshError("expired"), LOGIN),
        (
            api.Forbidden("no access"),
            "no access; your account lacks a right: docs/operations.md#rights lists them",
        ),
        (
            api.NotFound("no bucket"),
            "no bucket; is the project right, and do the names fit (NBA_DATASET and its like)?",
        ),
        (api.ServiceUnavailable("later"), "later; run it again"),
        (api.RetryError("too long", None), "too long, last exception: None; run it again"),
    ],
)
def test_an_error_of_google_s_becomes_advice(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line has Google's words, and what to do about it."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with pytest.raises(ConfigError) as caught, told_in_one_line():
        raise error
    assert str(caught.value) == said


@pytest.mark.parametrize("kind", [DefaultCredentialsError, RefreshError])
def test_a_file_of_credentials_is_named_with_google_s_words(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands behind them, such as a whole answer, is left out."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "key.json")
    with pytest.raises(ConfigError) as caught, told_in_one_line():
        raise kind("expired", {"error": "invalid_grant"})
    assert str(caught.value) == "GOOGLE_APPLICATION_CREDENTIALS=key.json: expired"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "was not found"),
        ("no JSON", "is not a valid json file"),
        ('{"type": "service_account"}', "Failed to load service account credentials"),
        ('{"type": "unheard_of"}', "does not have a valid type"),
    ],
)
def test_a_file_of_credentials_that_google_refuses_is_named(
    text: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names variable and file, with the library's own words."""
    file = tmp_path / "key.json"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    wanted = re.escape(f"GOOGLE_APPLICATION_CREDENTIALS={file}: ") + f".*{said}"
    with pytest.raises(ConfigError, match=wanted), told_in_one_line():
        google.auth.default()


def test_other_errors_stay_as_they_are() -> None:
    """Our own errors have their advice already, and a bug keeps its trace."""
    for error in (BadInputError("wrong"), KeyError("bug")):
        with pytest.raises(type(error)), told_in_one_line():
            raise error
