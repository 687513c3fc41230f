"""What a schema says of members that follow from the rest of a document (``derived``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Derived:
    """What a member follows from; one of four is set.

    Attributes:
        covers: a flag: whether the span covers one of this list of the document.
        within: a flag: whether the span lies within one of this list.
        joins: a string: the strings at this place within its object, joined by ``joined_by``.
        tags: a list of strings, a tag for each token: the labelled spans of this list of the document.
        joined_by: what stands between two strings that are joined.
        tokens: the list of the document with the tokens that are tagged.
    """

    covers: str | None = None
    within: str | None = None
    joins: tuple[str, ...] = ()
    tags: str | None = None
    joined_by: str = " "
    tokens: str | None = None

    @classmethod
    def of(cls, keyword: Mapping[str, Any]) -> "Derived":
        """Return what a schema says of a derived member."""
        lists = {name: keyword[name][1:] for name in ("covers", "within", "tags", "tokens") if name in keyword}
        return cls(
            joins=tuple(keyword["joins"].split("/")) if "joins" in keyword else (),
            joined_by=keyword.get("joinedBy", " "),
            **lists,
        )

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists of the document that it names."""
        return tuple(name for name in (self.covers, self.within, self.tags, self.tokens) if name)
