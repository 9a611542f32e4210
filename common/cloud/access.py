"""How Google's clients are let in: all with the same credentials, or with none at an emulator."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SCOPE = "https://www.googleapis.com/auth/cloud-platform"


@cache
def credentials() -> "Credentials":
    """Return the credentials of the environment, looked up once a process.

    Each client would look them up by itself, and fetch a token of its own: 15 requests to the
    metadata server at a cold start with three clients, of which 5 are left.
    """
    import google.auth  # noqa: PLC0415 - cold start

    found, _ = google.auth.default(scopes=[SCOPE])
    return found


def access(endpoint: str | None) -> dict[str, Any]:
    """Return what a client is built with; `endpoint` is an emulator's URL, None is Google Cloud."""
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - cold start

    if endpoint is None:
        return {"credentials": credentials()}
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call] # the library has no types
    return {"credentials": anonymous, "client_options": {"api_endpoint": endpoint}}
