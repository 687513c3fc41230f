"""Waivers: decisions that a finding is right as it is."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of
from spanproof.parsing.json import dump


@dataclass(frozen=True)
class Waiver:
    """A decision that a finding is right as it is.

    Attributes:
        code: the code of the rule, ``SP601``.
        reason: why the finding is right.
        document: the key of the one document of which the waiver speaks; None for any.
        text: the surface of the one span of which the waiver speaks; None for any.
        identity: that of the one finding of which the waiver speaks; None for any.
    """

    code: str
    reason: str
    document: str | None = None
    text: str | None = None
    identity: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Say whether this waiver speaks of a finding."""
        return (
            finding.code == self.code
            and self.document in (None, finding.document)
            and self.text in (None, finding.text)
            and self.identity in (None, identity_of(finding))
        )


class Waived:
    """Waivers by what they speak of, so that thousands of them can be asked about each finding."""

    def __init__(self, waivers: Iterable[Waiver]) -> None:
        """Take the waivers in."""
        self._of_identity: dict[str, dict[str, list[Waiver]]] = defaultdict(lambda: defaultdict(list))
        self._of_code: dict[str, list[Waiver]] = defaultdict(list)
        self._documents: dict[str, set[str | None]] = defaultdict(set)
        for waiver in waivers:
            self._documents[waiver.code].add(waiver.document)
            of_identity = self._of_identity[waiver.code]  # one of another code speaks of nothing with this identity
            (self._of_code[waiver.code] if waiver.identity is None else of_identity[waiver.identity]).append(waiver)

    def may_cover(self, code: str, document: str | None) -> bool:
        """Say whether a waiver may speak of findings of a code in a document."""
        documents = self._documents.get(code, ())
        return document in documents or None in documents

    def covering(self, finding: Finding) -> list[Waiver]:
        """Return the waivers that speak of a finding."""
        if not self.may_cover(finding.code, finding.document):
            return []
        near, of_identity = list(self._of_code.get(finding.code, ())), self._of_identity[finding.code]
        if of_identity:
            near += of_identity.get(identity_of(finding), ())
        return [waiver for waiver in near if waiver.covers(finding)]


_EXPECTED = 'expected a list of {"code", "reason", and optionally "document", "text", "identity"}'


def waivers_of(entries: Any) -> tuple[Waiver, ...]:
    """Return the waivers in the content of a ``waivers.json``.

    Args:
        entries: the parsed JSON: a list of objects with the members of :class:`Waiver`.

    Raises:
        ValueError: it is something else; the message says what was expected.
    """
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ValueError(f"holds {_cut(entries)}; {_EXPECTED}")
    return tuple(_waiver(number, entry) for number, entry in enumerate(entries, 1))


def _waiver(number: int, entry: Any) -> Waiver:
    where = f"entry {number}"
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where} is {_cut(entry)}; {_EXPECTED}")
    known = [field.name for field in fields(Waiver)]
    for name, value in entry.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {dump(near[0])}?" if near else ""
            raise ValueError(f"{where} has {dump(name)}{hint}; {_EXPECTED}")
        if not isinstance(value, str) and (value is not None or name in ("code", "reason")):
            raise ValueError(f"{where}: {dump(name)} is {_cut(value)}; expected a string")
    for name in ("code", "reason"):
        if name not in entry:
            raise ValueError(f"{where} has no {dump(name)}; {_EXPECTED}")
    return Waiver(**entry)


def _cut(value: Any) -> str:
    written = dump(value)
    return written if len(written) <= 60 else f"{written[:57]}..."
