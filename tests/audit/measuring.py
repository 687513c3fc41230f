"""What a check of a corpus finds, as counts: by rule, layer and cause, with the time and the memory that it took."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.published import PublishedCorpus, opened
from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.corpus.findings import Finding
from spanproof.corpus.identity import identity_of
from spanproof.systems.process import peak_memory

Facts = dict[str, Any]
SAMPLE = 10
"""How many findings of a code are sampled in each corpus."""


def measured(corpus: PublishedCorpus, copies: Path) -> tuple[Facts, Sequence[Mapping[str, Any]]]:
    """Check a corpus; return its facts, and a sample of its findings to be judged by hand.

    The processor time is that of reading and checking. The memory is the most that this process ever had.

    Args:
        corpus: the corpus.
        copies: the folder with the copies.
    """
    begin = time.process_time()
    documents, room = opened(corpus, copies)
    with room:
        report = check(documents)
    seconds = time.process_time() - begin
    return {**facts_of(report), "seconds": round(seconds, 1), "mebibytes": round(peak_memory() / (1 << 20))}, sample_of(
        report
    )


def facts_of(report: Report) -> Facts:
    """Return the counts of a report."""
    groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        cause = finding.cause
        said = f"{cause.name} ({cause.level})" if cause and cause.level != "open" else ""
        groups[finding.code, finding.severity, finding.layer or "", said].append(finding)
    rows = [
        {
            "code": code, "severity": severity, "layer": layer, "cause": cause,
            "findings": len(group), "documents": len({(one.document, one.file) for one in group}),
        }
        for (code, severity, layer, cause), group in sorted(groups.items())
    ]  # fmt: skip
    sizes = ("documents", "spans", "proved", "in_bounds", "unread", "with_errors")
    turned_off = dict(sorted(report.turned_off.items()))
    return {**{name: getattr(report, name) for name in sizes}, "turned_off": turned_off, "findings": rows}


def sample_of(report: Report) -> Sequence[Mapping[str, Any]]:
    """Return findings to be judged: of each code the first in the order of their identities, which is no order."""
    by_code: dict[str, dict[str, Finding]] = defaultdict(dict)
    for finding in report.findings:
        by_code[finding.code].setdefault(identity_of(finding), finding)
    sampled = []
    for code, findings in sorted(by_code.items()):
        for identity in sorted(findings)[:SAMPLE]:
            one = findings[identity]
            excerpt = one.excerpt and one.excerpt.text
            where = f"{one.document} {one.json_path}"
            sampled.append({"code": code, "identity": identity, "where": where, "message": str(one), "text": excerpt})
    return sampled
