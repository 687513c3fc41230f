"""The rules that what a system predicts has to pass, before it is saved, scored or shown to anybody."""

from collections.abc import Iterator

from spanproof.checks.judging import findings_of
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding

CODES = ("SP002", "SP006", "SP101", "SP102", "SP103", "SP104", "SP105", "SP106", "SP201", "SP202")
"""The shape of the schema, offsets, surfaces, labels and keys: without these a prediction can't be read as spans.

What other rules say (white space at an edge, an overlap, a value that isn't TIMEX3) is how good it is: that is scored.
"""
OFFSETS = ("SP101", "SP102", "SP103", "SP104", "SP105", "SP106")
"""Those of offsets and surfaces alone: without these, spans of two corpora can't be compared."""


def faults(predictions: Corpus) -> Iterator[Finding]:
    """Yield what those rules find in documents that a system predicted."""
    return findings_of(predictions, rules=[rule for rule in CATALOGUE if rule.code in CODES])
