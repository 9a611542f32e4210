"""The result of one finished task, as an execution keeps it."""

from common.messages.labels import Labels


class Result(Labels):
    """One finished task: its object's labels, and where the object and its log row are."""

    log_id: str
    object: str
    generation: int
