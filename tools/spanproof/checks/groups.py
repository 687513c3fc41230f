"""Findings added up: in groups of one kind, each with an example, and by code, layer and severity."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

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

    def add(self, alike: "_Alike") -> None:
        """Count other findings of this kind."""
        finding, number = alike.first, alike.number
        self.count += number
        self.documents.update(alike.documents)
        self.surfaces.update(alike.words)
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


class _Alike(NamedTuple):
    """Findings of one kind: the first, how many, what words they are about, and the documents that they are in."""

    first: Finding
    number: int
    words: Sequence[str]
    documents: Sequence[tuple[str | None, str | None, int | None]]


def _alike(findings: Iterable[Found]) -> Iterator[_Alike]:
    """Yield findings, those that are kept as columns once for each label and cause."""
    for one in findings:
        if isinstance(one, FindingRun):
            yield from _alike_in(one)
        else:
            words = [] if one.text is None else [one.text]
            yield _Alike(one, 1, words, [(one.file, *_identity(one.document, one.line, one.listed))])


def _alike_in(run: FindingRun) -> Iterator[_Alike]:
    labels = run.spans.labels
    kinds: dict[tuple[str, Level, Any], tuple[list[int], list[int]]] = {}
    for k, cause in enumerate(run.causes):
        name, level = (cause.name, cause.level) if cause else ("", "open")
        for n in range(run.bounds[k], run.bounds[k + 1]):
            of, numbers = kinds.setdefault((name, level, labels and labels[n]), ([], []))
            numbers.append(n)
            if not of or of[-1] != k:
                of.append(k)
    for of, numbers in kinds.values():
        documents = [
            (run.file, *_identity(run.names[k], run.lines[k], run.rows[k] if run.listed else None)) for k in of
        ]
        yield _Alike(run.example(numbers[0]), len(numbers), [run.spans.words[n] for n in numbers], documents)


def _identity(name: str | None, line: int | None, listed: int | None) -> tuple[str | None, int | None]:
    """Return what tells a document of a file from others: its name, or else its line, or its place in a list."""
    return name, (listed if line is None else line) if name is None else None


def as_kept(findings: Iterable[Finding]) -> Iterable[Found]:
    """Return findings as they are kept, many as columns."""
    return findings.found() if isinstance(findings, KeptFindings) else findings


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in groups of one kind: those with a cause first, then the gravest, then the largest.

    Args:
        findings: the findings; they may stream.
    """
    groups: dict[_Kind, Group] = {}
    for alike in _alike(as_kept(findings)):
        kind = _kind(alike.first)
        if kind not in groups:
            groups[kind] = Group(alike.first)
        groups[kind].add(alike)

    def rank(group: Group) -> tuple[bool, int, int, str]:
        return not group.explained, SEVERITIES.index(group.first.severity), -group.count, group.first.code

    return sorted(groups.values(), key=rank)


def by_layer(findings: Iterable[Finding]) -> Mapping[str, int]:
    """Count the findings in each layer; those in none are of the ``document``."""
    return dict(sorted(Counter(map(layer_of, findings)).items()))


def statistics(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str, Group]]:
    """Yield an example, the layer and the numbers of the findings of each code in each layer, the gravest first."""
    groups: dict[tuple[int, str, str], Group] = {}
    for alike in _alike(as_kept(findings)):
        finding = alike.first
        key = SEVERITIES.index(finding.severity), finding.code, layer_of(finding)
        if key not in groups:
            groups[key] = Group(finding)
        groups[key].add(alike)
    for (_, _, layer), group in sorted(groups.items(), key=lambda item: item[0]):
        yield group.first, layer, group
