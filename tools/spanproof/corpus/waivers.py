"""Waivers: decisions that a finding is right as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from spanproof.corpus.findings import Finding


@dataclass(frozen=True)
class Waiver:
    """A decision that a finding is right as it is.

    Attributes:
        code: the code of the rule, ``SP601``.
        reason: why the finding is right.
        document: the key of the one document of which the waiver speaks; None for any.
        text: the surface of the one span of which the waiver speaks; None for any.
    """

    code: str
    reason: str
    document: str | None = None
    text: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Say whether this waiver speaks of a finding."""
        return (
            finding.code == self.code
            and self.document in (None, finding.document)
            and self.text in (None, finding.text)
        )


def waivers_of(entries: Any) -> tuple[Waiver, ...]:
    """Return the waivers in the content of a ``waivers.json``.

    Args:
        entries: the parsed JSON: a list of objects with the members of :class:`Waiver`.

    Raises:
        ValueError: it is something else; the message says what was expected.
    """
    expected = 'expected a list of {"code", "reason", and optionally "document", "text"}'
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ValueError(f"{type(entries).__name__}; {expected}")
    known = {field.name for field in fields(Waiver)}
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict) or not {"code", "reason"} <= entry.keys() <= known:
            raise ValueError(f"entry {number} is {entry!r}; {expected}")
        if not all(isinstance(value, str | None) for value in entry.values()):
            raise ValueError(f"entry {number} has a member that isn't a string; {expected}")
    return tuple(Waiver(**entry) for entry in entries)
