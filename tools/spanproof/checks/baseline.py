"""A baseline: the findings that are known already, so that a check fails for new ones alone."""

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of
from spanproof.parsing.json import dump, parse

VERSION = 1
_EXPECTED = "expected what --write-baseline wrote"


@dataclass(frozen=True)
class Baseline:
    """Findings that are known.

    Attributes:
        counts: how many of each identity.
        codes: the code of each identity.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    def of_rules(self, codes: Container[str]) -> "Baseline":
        """Return what is known of rules with some codes."""
        return Baseline({one: n for one, n in self.counts.items() if self.codes[one] in codes}, self.codes)


NOTHING = Baseline()
"""The baseline in which nothing is known."""


def baseline_bytes(findings: Iterable[Finding]) -> bytes:
    """Return the content of a baseline in which some findings are known: one identity a line, in a steady order.

    Args:
        findings: the findings; none of them is one of something that couldn't be read.
    """
    counts = Counter[str]()
    members: dict[str, Mapping[str, Any]] = {}
    for finding in findings:
        identity = identity_of(finding)
        counts[identity] += 1
        members.setdefault(identity, {"code": finding.code, "document": finding.document, "text": finding.text})
    entries = [{"identity": identity, **members[identity], "count": counts[identity]} for identity in counts]
    entries.sort(key=lambda entry: (entry["code"], entry["document"] or "", entry["identity"]))
    lines = ",\n".join(map(dump, entries))
    return f'{{"version": {VERSION}, "findings": [\n{lines}\n]}}\n'.encode()


def baseline_in(content: bytes) -> Baseline:
    """Return the baseline in the content of a file.

    Raises:
        ValueError: it holds something else; the message says what.
    """
    value = parse(content)
    if not isinstance(value, Mapping) or not isinstance(value.get("findings"), list):
        raise ValueError(f'has no list "findings"; {_EXPECTED}')
    if value.get("version") != VERSION:
        raise ValueError(f"is of version {json.dumps(value.get('version'))}; expected {VERSION}: write it again")
    counts, codes = Counter[str](), {}
    for number, entry in enumerate(value["findings"], 1):
        members = entry if isinstance(entry, Mapping) else {}
        identity, code, count = (members.get(name) for name in ("identity", "code", "count"))
        if not isinstance(identity, str) or not isinstance(code, str) or type(count) is not int or count < 1:
            raise ValueError(f"finding {number} has no identity, code and count; {_EXPECTED}")
        counts[identity] += count
        codes[identity] = code
    return Baseline(counts, codes)
