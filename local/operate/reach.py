"""One way to the kept stack and to a Google Cloud project: the ports and settings of either."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from common.errors import ConfigError
from common.runtime import Runtime
from common.settings import read_settings, settings
from local.stack import driver

NO_STACK = (
    "no stack is up; start one with: python -m local up; "
    "or name a Google Cloud project with --project"
)
CREDENTIALS_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
"""The variable by which Google's libraries take a file in place of the caller's own login."""
NO_CREDENTIALS = "no Google Cloud credentials; run: gcloud auth application-default login"


def reach(project: str | None) -> Runtime:
    """Return clock, ports and settings of a Google Cloud project, or of the kept stack.

    A project is reached with the caller's own credentials (Application Default Credentials), and
    with the settings of the caller's environment, such as `NBA_DATA_BUCKET`: the names of buckets,
    dataset and topics are those of the deployment's functions. An emulator's host there
    (`PUBSUB_EMULATOR_HOST` and its like) takes the place of the service.

    Raises:
        ConfigError: no project is named and no stack is kept, or a part of it has died.
    """
    if project is not None:
        return Runtime(settings().model_copy(update={"project": project}))
    stack = driver.kept_stack()
    if stack is None:
        raise ConfigError(NO_STACK)
    stack.require_emulators()
    return reach_stack(stack)


def reach_stack(stack: driver.RunningStack) -> Runtime:
    """Return clock, ports and settings of a stack that is up."""
    names = ("project", "dataset", "data_bucket", "state_bucket")
    held = {name: stack.where[name] for name in names}
    return Runtime(read_settings(stack.environment).model_copy(update=held))


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Turn an error of Google's libraries into one of ours, which says what to do.

    Raises:
        ConfigError: such an error; every other one is raised as it is.
    """
    try:
        yield
    except Exception as error:
        if type(error).__module__.split(".")[0] != "google":
            raise
        raise ConfigError(_advice(error)) from error


def _advice(error: Exception) -> str:
    from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound  # noqa: PLC0415
    from google.auth.exceptions import DefaultCredentialsError, RefreshError  # noqa: PLC0415

    said = error.message if isinstance(error, GoogleAPICallError) else error
    match error:
        case DefaultCredentialsError() | RefreshError():
            file = os.environ.get(CREDENTIALS_FILE)
            return f"{CREDENTIALS_FILE}={file}: {error.args[0]}" if file else NO_CREDENTIALS
        case Forbidden():
            return f"{said}; your account lacks a right: docs/operations.md#rights lists them"
        case NotFound():
            return f"{said}; is the project right, and do the names fit (NBA_DATASET and its like)?"
    return f"{said}; run it again"
