"""The limits of Google's services that touch us, each with its number, its source and what we do.

docs/limits.md is the same list for people, with the reasons that pass by themselves; a test
compares the two. The ports in memory and the local broker refuse what the services refuse, by these
numbers. They were read in copies of Google's pages of 2025 and 2026; nothing was asked live.
"""

from dataclasses import dataclass

_BIGQUERY = "https://cloud.google.com/bigquery/quotas"
_INSERT = "https://cloud.google.com/bigquery/docs/data-manipulation-language#insert_dml_concurrency"
_PUBSUB = "https://cloud.google.com/pubsub/quotas#resource_limits"
_STORAGE = "https://cloud.google.com/storage/quotas#objects"
_NAMES = "https://cloud.google.com/storage/docs/objects#naming"


@dataclass(frozen=True, slots=True)
class Limit:
    """One documented limit.

    Attributes:
        most: the largest number that is allowed.
        unit: what is counted, and of what.
        link: where Google documents it.
        then: what we do so as not to exceed it, or what happens when it is.
    """

    most: int
    unit: str
    link: str
    then: str


DML_STATEMENTS = Limit(
    25,
    "DML statements a table in 10 seconds",
    f"{_BIGQUERY}#data-manipulation-language-statements",
    "an append waits up to 2 minutes for the rate to refill, then its message is delivered again",
)
DML_WINDOW_SECONDS = 10
INSERTS_AT_ONCE = Limit(
    1500,
    "INSERT statements a table in 24 hours, which all run at once",
    _INSERT,
    "later ones run 10 at a time and wait in a queue; an append waits for its job",
)
INSERTS_RUNNING = Limit(
    10,
    "INSERT statements a table that run together after those 1,500",
    _INSERT,
    "a function has no more than 10 instances with one request each",
)
INSERTS_QUEUED = Limit(
    100,
    "INSERT statements a table that wait in its queue",
    _INSERT,
    "as above: no more than 10 wait; a full queue is `resourcesExceeded`, which passes",
)
QUERY_PARAMETERS = Limit(
    10_000,
    "parameters a query",
    f"{_BIGQUERY}#query_jobs",
    "rows beyond it go into further jobs",
)
JOB_ID_CHARACTERS = Limit(
    1024,
    "characters of a job id, of which letters, digits, `_` and `-` are allowed",
    "https://cloud.google.com/bigquery/docs/running-jobs#generate-jobid",
    "the readable part of an id is cut at 200, a digest keeps it distinct",
)
MESSAGE_BYTES = Limit(
    10_000_000,
    "bytes of a publish request",
    _PUBSUB,
    "a larger message of ours is refused before it is sent; one that arrives is read up to 1 MiB",
)
MESSAGES = Limit(
    1000,
    "messages a publish request",
    _PUBSUB,
    "what goes to one topic at once is divided into such requests",
)
ATTRIBUTES = Limit(100, "attributes a message", _PUBSUB, "more are refused before they are sent")
ATTRIBUTE_KEY_BYTES = Limit(
    256, "bytes of an attribute's key, which does not begin with `goog`", _PUBSUB, "the same"
)
ATTRIBUTE_VALUE_BYTES = Limit(1024, "bytes of an attribute's value", _PUBSUB, "the same")
DELIVERY_ATTEMPTS = Limit(
    100,
    "deliveries of a message before it is a dead letter",
    "https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic",
    "it is set to 100; with backoff up to 10 minutes that is some 16 hours",
)
ACK_SECONDS = Limit(
    600,
    "seconds until an unanswered push is delivered again",
    "https://cloud.google.com/pubsub/docs/push",
    "a function ends after 540 seconds",
)
OBJECT_NAME_BYTES = Limit(
    1024,
    "bytes of an object's name, without line breaks, not `.`, `..` or below "
    "`.well-known/acme-challenge/`",
    _NAMES,
    "our names derive from ids and dates; an event with another name is refused",
)
METADATA_BYTES = Limit(
    8192,
    "bytes of an object's custom metadata, keys and values together",
    _STORAGE,
    "a label's text is cut at 1,000 characters",
)
WRITES = Limit(
    1,
    "write a second to one object name",
    _STORAGE,
    "no object has many writers; the client waits and writes again",
)
LISTING_PAGE_OBJECTS = Limit(
    1000,
    "objects a page of a listing",
    "https://cloud.google.com/storage/docs/json_api/v1/objects/list",
    "further pages are asked for; each is one operation that costs",
)

BIGQUERY = (
    *(DML_STATEMENTS, INSERTS_AT_ONCE, INSERTS_RUNNING, INSERTS_QUEUED),
    *(QUERY_PARAMETERS, JOB_ID_CHARACTERS),
)
PUBSUB = (
    *(MESSAGE_BYTES, MESSAGES, ATTRIBUTES, ATTRIBUTE_KEY_BYTES, ATTRIBUTE_VALUE_BYTES),
    *(DELIVERY_ATTEMPTS, ACK_SECONDS),
)
STORAGE = (OBJECT_NAME_BYTES, METADATA_BYTES, WRITES, LISTING_PAGE_OBJECTS)
