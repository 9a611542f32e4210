"""What the broker refuses, each with the status that Pub/Sub gives it over gRPC and REST."""

from http import HTTPStatus

from common.errors import PermanentError


class RefusalError(PermanentError):
    """A request that the broker does not do; the text goes to the client."""

    code = "REFUSED"
    """Each refusal has the name of a `grpc.StatusCode`."""
    status: HTTPStatus


class InvalidArgumentError(RefusalError):
    """The request is not one that Pub/Sub takes."""

    code = "INVALID_ARGUMENT"
    status = HTTPStatus.BAD_REQUEST


class NotFoundError(RefusalError):
    """A topic or a subscription does not exist."""

    code = "NOT_FOUND"
    status = HTTPStatus.NOT_FOUND


class AlreadyExistsError(RefusalError):
    """A topic or a subscription of that name exists."""

    code = "ALREADY_EXISTS"
    status = HTTPStatus.CONFLICT


class UnimplementedError(RefusalError):
    """Pub/Sub does it, this broker does not."""

    code = "UNIMPLEMENTED"
    # 501 would be the mapping, but gcloud repeats every 5xx for half a minute before it shows it.
    status = HTTPStatus.BAD_REQUEST
