"""What Cloud Storage refuses, with the status, reason and text of its answers.

https://cloud.google.com/storage/docs/json_api/v1/status-codes
"""

from http import HTTPStatus


class RefusalError(Exception):
    """A request that is refused.

    Attributes:
        status: of the answer.
        reason: is Cloud Storage's word for it.
    """

    def __init__(self, status: HTTPStatus, reason: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason


def invalid(text: str) -> RefusalError:
    """Refuse what the API does not allow."""
    return RefusalError(HTTPStatus.BAD_REQUEST, "invalid", text)


def invalid_value(name: str, value: object) -> RefusalError:
    """Refuse a parameter's or a field's value."""
    return invalid(f"Invalid value for {name}: {value!r:.80}")


def no_bucket() -> RefusalError:
    """Refuse a request for a bucket that does not exist."""
    text = "The specified bucket does not exist."
    return RefusalError(HTTPStatus.NOT_FOUND, "notFound", text)


def no_object(bucket: str, name: str) -> RefusalError:
    """Refuse a request for an object that does not exist."""
    return RefusalError(HTTPStatus.NOT_FOUND, "notFound", f"No such object: {bucket}/{name}")


def condition_not_met() -> RefusalError:
    """Refuse a request whose precondition does not hold."""
    text = "At least one of the pre-conditions you specified did not hold."
    return RefusalError(HTTPStatus.PRECONDITION_FAILED, "conditionNotMet", text)


def not_served(what: str) -> RefusalError:
    """Refuse what Cloud Storage does and this server does not."""
    text = f"the local Cloud Storage has no {what}; see docs/local-parts.md"
    return RefusalError(HTTPStatus.NOT_IMPLEMENTED, "notImplemented", text)
