"""Findings added up: in groups of one kind, each with an example, and by code, layer and severity."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from spanproof.checks.kept import KeptFindings
from spanproof.checks.runs import FindingRun, Found
from spanproof.corpus.findings import Finding, Level, Severity
from spanproof.schema.node import Place
from spanproof.schema.paths import place_of

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The severities, the gravest first."""
DOCUMENT = "document"
"""The name under which findings are counted that are in no layer."""

_Kind = tuple[str, Severity, Place, str | None, tuple[str, Level] | None]


def layer_of(finding: Finding) -> str:
    """Return the layer of a finding, ``entities`` or ``quotes.source``; ``document`` if it is in none."""
    if finding.layer is not None:
        return finding.layer or DOCUMENT
    place = place_of(finding.path)
    within = place[: max((k for k, step in enumerate(place) if step == "*"), default=0)]
    return ".".join(step for step in within if step != "*") or DOCUMENT


@dataclass
class Group:
    """Findings of one kind: of one rule, at one place of the schema, with one label, by one cause.

    Not frozen: it grows while findings stream.

    Attributes:
        first: the first of them, as an example.
        count: how many there are.
        documents: the documents that they are in.
        surfaces: how many are about which words.
        fixable: how many offer a correction of which level.
        refused: how many have a correction that can't be made.
    """

    first: Finding
    count: int = 0
    documents: set[tuple[str | None, str | None, int | None]] = field(default_factory=set)
    surfaces: Counter[str] = field(default_factory=Counter)
    fixable: Counter[Level] = field(default_factory=Counter)
    refused: int = 0

    def add(self, finding: Finding, words: Iterable[str] | None = None) -> None:
        """Count another finding of this kind, or several of one document, about these words."""
        words = [finding.text] if words is None and finding.text is not None else list(words or ())
        number = max(1, len(words))
        self.count += number
        keyed = finding.document is not None
        self.documents.add((finding.file, finding.document, None if keyed else finding.line))
        self.surfaces.update(words)
        if finding.fix:
            self.fixable[finding.level] += number
        self.refused += number * bool(finding.refused)

    @property
    def explained(self) -> bool:
        """Say whether a cause that is more than open explains these findings."""
        return self.first.cause is not None and self.first.cause.level != "open"


def _kind(finding: Finding) -> _Kind:
    cause = (finding.cause.name, finding.cause.level) if finding.cause else None
    return finding.code, finding.severity, place_of(finding.path), finding.label, cause


def _alike(findings: Iterable[Found]) -> Iterator[tuple[Finding, Sequence[str] | None]]:
    """Yield findings, those that are kept as columns once for each label, with the words that these are about."""
    for one in findings:
        if not isinstance(one, FindingRun):
            yield one, None
            continue
        labels = one.labels or ["" for _ in one.words]
        by_label: dict[str, list[int]] = {}
        for k, label in enumerate(labels):
            by_label.setdefault(label, []).append(k)
        for some in by_label.values():
            yield one.finding(some[0]) if some[0] else one.first, [one.words[k] for k in some]


def _found(findings: Iterable[Finding]) -> Iterable[Found]:
    return findings.found() if isinstance(findings, KeptFindings) else findings


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in groups of one kind: those with a cause first, then the gravest, then the largest.

    Args:
        findings: the findings; they may stream.
    """
    groups: dict[_Kind, Group] = {}
    for finding, words in _alike(_found(findings)):
        kind = _kind(finding)
        if kind not in groups:
            groups[kind] = Group(finding)
        groups[kind].add(finding, words)

    def rank(group: Group) -> tuple[bool, int, int, str]:
        return not group.explained, SEVERITIES.index(group.first.severity), -group.count, group.first.code

    return sorted(groups.values(), key=rank)


def by_layer(findings: Iterable[Finding]) -> Mapping[str, int]:
    """Count the findings in each layer; those in none are of the ``document``."""
    return dict(sorted(Counter(map(layer_of, findings)).items()))


def statistics(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str, Group]]:
    """Yield an example, the layer and the numbers of the findings of each code in each layer, the gravest first."""
    groups: dict[tuple[int, str, str], Group] = {}
    for finding, words in _alike(_found(findings)):
        key = SEVERITIES.index(finding.severity), finding.code, layer_of(finding)
        if key not in groups:
            groups[key] = Group(finding)
        groups[key].add(finding, words)
    for (_, _, layer), group in sorted(groups.items(), key=lambda item: item[0]):
        yield group.first, layer, group
