"""What is transient."""

import builtins
import errno
from types import SimpleNamespace
from typing import Any

import google.api_core.exceptions
import google.auth.exceptions
import pytest
from pydantic import ValidationError

from common.errors import (
    BadInputError,
    ClaimBusyError,
    ConfigError,
    ConflictError,
    PermanentError,
    RowError,
    TransientError,
    is_transient,
)
from common.messages.models import Tick

API: Any = google.api_core.exceptions
AUTH: Any = google.auth.exceptions


@pytest.mark.parametrize(
    "error",
    [
        TransientError("later"),
        ClaimBusyError("later"),
        API.TooManyRequests("429"),
        API.InternalServerError("500"),
        API.BadGateway("502"),
        API.ServiceUnavailable("503"),
        API.GatewayTimeout("504"),
        API.DeadlineExceeded("504"),
        API.RetryError("gave up", cause=None),
        API.Forbidden("quota", errors=[{"reason": "quotaExceeded"}]),
        API.Forbidden("quota", errors=[{"reason": "other"}, {"reason": "backendError"}]),
        AUTH.TransportError("no network"),
        ConnectionResetError("reset"),
        BrokenPipeError(errno.EPIPE, "pipe"),
        TimeoutError("late"),
        OSError(errno.ETIMEDOUT, "late"),
        builtins.ConnectionError("gone"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_later_try_may_succeed(error: Exception) -> None:
    """Network, overload, quota windows and our own say-so."""
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        PermanentError("no"),
        BadInputError("no"),
        RowError("no"),
        ConfigError("no"),
        ConflictError("412"),
        API.NotFound("404"),
        API.BadRequest("400"),
        API.PreconditionFailed("412"),
        API.Forbidden("denied", errors=[{"reason": "accessDenied"}]),
        API.Forbidden("denied", errors=["text"]),
        AUTH.RefreshError("revoked"),
        FileNotFoundError(errno.ENOENT, "gone"),
        KeyError("bug"),
        ValueError("bug"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_trying_again_cannot_help(error: Exception) -> None:
    """Refusals, preconditions and bugs."""
    assert not is_transient(error)


def test_a_permanent_error_stays_so_under_another_name() -> None:
    """Ours is looked at before the names of the list."""

    class ConnectionError(BadInputError):  # noqa: A001 - the point is the name
        pass

    assert not is_transient(ConnectionError("no"))


def strange(**attributes: Any) -> Exception:
    """A foreign error whose attributes mean something else."""
    error = Exception("foreign")
    error.__dict__.update(attributes)
    return error


@pytest.mark.parametrize(
    "error",
    [strange(code=lambda: 503), strange(code="503"), strange(errors=None), strange(errors=())],
)
def test_foreign_attributes_do_not_confuse(error: Exception) -> None:
    """Code and errors are those of Google's clients, or nothing."""
    assert not is_transient(error)


def invalid() -> ValidationError:
    """Pydantic's error, whose `errors` is a method."""
    with pytest.raises(ValidationError) as caught:
        Tick.model_validate({"force": "maybe"})
    return caught.value


def test_a_validation_error_is_judged_too() -> None:
    """Stored state of another form: the answer is an error, not a crash while judging it."""
    assert not is_transient(invalid())


def test_an_unhashable_code_is_judged_too() -> None:
    """Some clients put an object into `code`."""
    assert not is_transient(strange(code=[503]))


def test_errors_that_cannot_be_walked_are_judged_too() -> None:
    """Some clients count in `errors`."""
    assert not is_transient(strange(errors=SimpleNamespace(count=3)))
