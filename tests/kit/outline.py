"""Reads a page of HTML: its ids, links, elements and attributes, and its text."""

from html.parser import HTMLParser

VOID = {"meta", "line", "rect", "circle", "br", "input", "wbr"}


class Outline(HTMLParser):
    """A page that was read.

    Attributes:
        ids: of its elements.
        links: where its links lead.
        names: its elements, and its attributes with an @ before them.
        open: the elements that were left open.
        text: what stands in it.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        held = dict(attrs)
        self.names |= {tag, *(f"@{name}" for name in held)}
        self.ids += [held["id"] or ""] if "id" in held else []
        self.links += [held["href"] or ""] if "href" in held else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, which must be the last one opened."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data
