"""The words that are stored with regions, against the text at their offsets."""

import re
from collections.abc import Iterable, Sequence

from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.regions import Region
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.span_columns import Span

_BLANKS = re.compile(r"(?:\s|\\[nrt])+")
"""What a browser may store otherwise than the text has it: blanks, and line breaks, which some versions escape."""
_SHOWN = 40


def compare_words(text: str, regions: Iterable[Region], findings: TaskFindings) -> None:
    """Add an error for each region with which other words are stored than the text has at its offsets.

    Blanks are no difference, and a region without words says nothing of its offsets. Why they differ is told where the
    regions of the task show it together.

    Args:
        text: the text that the regions point into.
        regions: the regions of an annotation.
        findings: takes the errors.
    """
    stored = [(region, region.words) for region in regions if region.words is not None]
    wrong = [(region, words) for region, words in stored if _plain(words) != _plain(text[region.start : region.end])]
    if not wrong:
        return
    cause = _cause(text, [(region.start, region.end, words) for region, words in stored])
    for region, words in wrong:
        there = f"{_cut(text[region.start : region.end])!r} at {region.start}-{region.end}"
        message = f"{region.label.value} is stored with the words {_cut(words)!r}, and the text has {there}"
        findings.add("text-differs", f"{message}; {cause or 'expected the same words'}", region=region.id)


def _plain(words: str) -> str:
    return _BLANKS.sub("", words)


def _cut(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _cause(text: str, spans: Sequence[Span]) -> str:
    """Return why stored words disagree with offsets, and whether that is proved; empty where nothing is known."""
    (explanation,) = explain_all([Annotated(text, spans)])
    if not explanation.name:
        return ""
    level = "cause" if explanation.models else "likely cause"
    return f"{level}: {explanation.statement}"
