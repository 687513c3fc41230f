"""What a corpus without a schema is taken for: the schema is a guess then, and says so wherever it goes."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Guess:
    """What a corpus was taken for by its content.

    Attributes:
        title: what it is, in words.
        by: what shows it, such as how many of its records have this shape, in words.
        unchecked: what a check leaves unchecked, since only a schema could say it, in words.
        still_unchecked: those of them that a schema of this shape leaves unchecked, too.
        not_read: what of the records has lists or objects that are read as no annotations, in words; empty for nothing.
        unread_spans: those of them that are spans for sure.
        possible_key: a member that may identify the records, and its type, where nothing is called as identifiers are.
    """

    title: str
    by: str
    unchecked: tuple[str, ...]
    still_unchecked: tuple[str, ...] = ()
    possible_key: tuple[str, str] | None = None
    not_read: tuple[str, ...] = ()
    unread_spans: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, str]:
        """What the corpus was taken for, and what wasn't checked, in two sentences."""
        return (
            f"no schema; read as {self.title} (recognised by {self.by})",
            f"not checked (needs a schema): {'; '.join(self.unchecked)}",
        )


def said_unchecked(unchecked: Iterable[str]) -> str:
    """Return what a stated schema says that it leaves unchecked, as one sentence."""
    return f"not checked (the schema says so in `unchecked`): {'; '.join(unchecked)}"
