"""The rules that what a system predicts has to pass, before it is saved, scored or shown to anybody."""

from collections.abc import Iterator, Sequence

from spanproof.checks.check import findings_of
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

CODES = ("SP002", "SP101", "SP102", "SP103", "SP104", "SP105", "SP106", "SP201", "SP202")
"""The shape of the schema, offsets, surfaces, labels and keys: without these a prediction can't be read as spans.

What other rules say (white space at an edge, an overlap, a value that isn't TIMEX3) is how good it is: that is scored.
"""


def faults(documents: Sequence[Document], schema: Schema) -> Iterator[Finding]:
    """Yield what those rules find in documents; the ``row`` of a finding is the number of its document, from 0."""
    rules = [rule for rule in CATALOGUE if rule.code in CODES]
    return findings_of(Corpus.of(documents, schema), rules=rules)
