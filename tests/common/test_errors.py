"""The codes of our errors, and which errors are transient."""

import builtins
import errno
import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import google.api_core.exceptions
import google.auth.exceptions
import pytest
from google.cloud.bigquery import retry
from google.cloud.bigquery.job import base as job_base
from pydantic import ValidationError

import common
import local
from common.errors import (
    LASTING_REASONS,
    RATE_REASONS,
    TRANSIENT_REASONS,
    BadInputError,
    ClaimBusyError,
    ConfigError,
    ConflictError,
    OrchestrationError,
    PermanentError,
    RowError,
    TransientError,
    is_rate_limit,
    is_transient,
)
from common.messages.models import Tick
from common.settings import ROOT

API: Any = google.api_core.exceptions
AUTH: Any = google.auth.exceptions


def classes_below(base: type[OrchestrationError]) -> Iterator[type[OrchestrationError]]:
    """Yield a class and all that derive from it, tests' own classes excepted."""
    if base.__module__.split(".")[0] in ("common", "local"):
        yield base
    for derived in base.__subclasses__():
        yield from classes_below(derived)


@pytest.fixture(scope="module")
def ours() -> list[type[OrchestrationError]]:
    """Return every error class of ours, once all modules are imported."""
    for package in (common, local):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return list(classes_below(OrchestrationError))


def test_every_error_has_a_code_of_its_own(ours: list[type[OrchestrationError]]) -> None:
    """Each class declares a code in its own body, and no two classes share one."""
    assert len(ours) > 25
    assert [each.__name__ for each in ours if "code" not in vars(each)] == []
    codes = [each.code for each in ours]
    assert [code for code in codes if not re.fullmatch("[A-Z_]+", code)] == []
    assert sorted(codes) == sorted(set(codes))


def test_the_errors_of_the_functions_are_documented(ours: list[type[OrchestrationError]]) -> None:
    """docs/failures.md lists the classes of `common/` with their codes, and no others."""
    text = (ROOT / "docs" / "failures.md").read_text()
    rows = re.findall(r"^\| `(\w+Error)` \| `([A-Z_]+)` \| .+ \|$", text, re.MULTILINE)
    deployed = [each for each in ours if each.__module__.startswith("common.")]
    assert sorted(rows) == sorted((each.__name__, each.code) for each in deployed)


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
    """Failures of the network, overload, used quotas and our own transient errors are transient."""
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
    """Refusals, failed preconditions and bugs are not transient."""
    assert not is_transient(error)


def test_fp03_every_reason_that_the_library_knows_is_judged_once() -> None:
    """Each reason of the client library passes or stays, with why, and none does both."""
    known = {*job_base._ERROR_REASON_TO_EXCEPTION, *retry._RETRYABLE_REASONS}
    known |= set(retry.job_retry_reasons)
    assert len(known) > 20
    assert known - TRANSIENT_REASONS.keys() - LASTING_REASONS.keys() == set()
    assert TRANSIENT_REASONS.keys() & LASTING_REASONS.keys() == set()
    assert TRANSIENT_REASONS.keys() > RATE_REASONS
    assert all([*TRANSIENT_REASONS.values(), *LASTING_REASONS.values()])


@pytest.mark.parametrize("reason", sorted(TRANSIENT_REASONS))
def test_fp03_a_passing_reason_of_a_failed_job_is_transient(reason: str) -> None:
    """It passes with whatever status the library gives it, and as the cause of its own retries."""
    error = job_base._error_result_to_exception({"reason": reason, "message": "no"})
    assert is_transient(error)
    assert is_transient(API.BadRequest("no", errors=[{"reason": reason}]))
    assert is_rate_limit(error) == (reason in RATE_REASONS)


@pytest.mark.parametrize("reason", sorted(LASTING_REASONS))
def test_fp03_a_lasting_reason_is_not_transient(reason: str) -> None:
    """It stays, although it has a reason."""
    assert not is_transient(API.BadRequest("no", errors=[{"reason": reason}]))


def test_fp02_a_rate_limit_is_known_by_status_reason_or_cause() -> None:
    """Storage and Pub/Sub answer 429, and the library's own retries end in RetryError."""
    assert is_rate_limit(API.TooManyRequests("slow down"))
    assert is_rate_limit(API.RetryError("gave up", cause=API.ResourceExhausted("slow down")))
    assert not is_rate_limit(API.RetryError("gave up", cause=API.ServiceUnavailable("down")))
    assert not is_rate_limit(API.ServiceUnavailable("down"))
    assert is_rate_limit(strange(cause="a text", code=429))


def test_a_permanent_error_stays_so_under_another_name() -> None:
    """A permanent error is not transient, even when its class has a name of the list."""

    class ConnectionError(BadInputError):  # noqa: A001 - the point is the name
        pass

    assert not is_transient(ConnectionError("no"))


def strange(**attributes: Any) -> Exception:
    """Return a foreign error whose attributes mean something else."""
    error = Exception("foreign")
    error.__dict__.update(attributes)
    return error


@pytest.mark.parametrize(
    "error",
    [strange(code=lambda: 503), strange(code="503"), strange(errors=None), strange(errors=())],
)
def test_foreign_attributes_do_not_confuse(error: Exception) -> None:
    """A `code` or `errors` of another type than Google's clients use is ignored."""
    assert not is_transient(error)


def invalid() -> ValidationError:
    """Return pydantic's error, whose `errors` is a method."""
    with pytest.raises(ValidationError) as caught:
        Tick.model_validate({"force": "maybe"})
    return caught.value


def test_a_validation_error_is_judged_too() -> None:
    """A validation error, whose `errors` is a method, is not transient."""
    assert not is_transient(invalid())


def test_an_error_with_an_unhashable_code_is_judged_too() -> None:
    """A `code` that is an object, as some clients have it, is ignored."""
    assert not is_transient(strange(code=[503]))


def test_an_error_whose_errors_are_no_list_is_judged_too() -> None:
    """An `errors` that is an object, as some clients have it, is ignored."""
    assert not is_transient(strange(errors=SimpleNamespace(count=3)))


@pytest.mark.parametrize(
    ("error", "is_permanent", "passes"),
    [
        (BadInputError, True, False),
        (RowError, True, False),
        (ConfigError, False, False),
        (ConflictError, False, False),
        (ClaimBusyError, False, True),
        (TransientError, False, True),
    ],
)
def test_what_is_permanent_is_dead_lettered_at_the_first_try(
    error: type[OrchestrationError], *, is_permanent: bool, passes: bool
) -> None:
    """A wrong configuration is not: once it is mended, the same message succeeds."""
    assert issubclass(error, PermanentError) is is_permanent
    assert is_transient(error("text")) is passes
