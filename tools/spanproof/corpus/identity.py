"""What a finding is, so that it can be known again when all around it has changed."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from spanproof.corpus.findings import Finding
from spanproof.parsing.json import dump
from spanproof.schema.paths import place_of

_NUMBER = re.compile(r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|(\d+)""")
"""A number of a message; one in quotation marks is part of what is quoted."""


def identity_of(finding: Finding) -> str:
    """Return the identity of a finding: 16 hexadecimal digits.

    It stays where text before it is added or goes, other annotations come or go, lines of the file move, and the file
    itself moves. It changes where the finding says something else: another rule, document, layer, identifier, label,
    words, or message, of which numbers that aren't quoted don't count. Findings that are alike in all of that have the
    same identity.
    """
    words = finding.text
    if words is None and finding.excerpt is not None:
        words = finding.excerpt.text[finding.excerpt.start : finding.excerpt.end]
    document = finding.document
    if document is None and finding.file is not None:
        document = PurePath(finding.file).name
    parts = (
        finding.code,
        document,
        "/".join(place_of(finding.path)),
        finding.id,
        finding.label,
        words,
        _NUMBER.sub(lambda match: "#" if match[1] else match[0], finding.message),
    )
    return hashlib.sha256(dump(parts).encode()).hexdigest()[:16]


def numbered(findings: Iterable[Finding]) -> Iterator[tuple[Finding, int]]:
    """Yield findings, each with which one it is, from 1, of those that have the same identity."""
    seen = Counter[str]()
    for finding in findings:
        seen[identity_of(finding)] += 1
        yield finding, seen[identity_of(finding)]
