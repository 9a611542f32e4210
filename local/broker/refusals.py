"""The errors of refused requests, with the status that Pub/Sub gives over gRPC and REST."""

from http import HTTPStatus

from common.errors import PermanentError


class RefusalError(PermanentError):
    """The broker refuses a request; the text is returned to the client."""

    code = "REFUSED"
    """Each refusal has the name of a `grpc.StatusCode`."""
    status: HTTPStatus


class InvalidArgumentError(RefusalError):
    """Pub/Sub would refuse the request as well."""

    code = "INVALID_ARGUMENT"
    status = HTTPStatus.BAD_REQUEST


class NotFoundError(RefusalError):
    """The topic or subscription does not exist."""

    code = "NOT_FOUND"
    status = HTTPStatus.NOT_FOUND


class AlreadyExistsError(RefusalError):
    """A topic or subscription of that name exists already."""

    code = "ALREADY_EXISTS"
    status = HTTPStatus.CONFLICT


class UnimplementedError(RefusalError):
    """The request is a feature of Pub/Sub that this broker lacks."""

    code = "UNIMPLEMENTED"
    # Pub/Sub answers 501, but gcloud repeats every 5xx for half a minute before it shows the text.
    status = HTTPStatus.BAD_REQUEST
