"""Documents checked and corrected one at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from spanproof.checks.fix import corrected_of
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.schema.schema import Schema


def correct(
    document: Any, schema: Schema, registries: Mapping[str, Any], ignore: Sequence[str] = ()
) -> tuple[Any, tuple[Finding, ...]]:
    """The corrected document, and the findings that ended."""
    corrected = corrected_of(document, Corpus.of([], schema, registries), ignore=ignore)
    return corrected.document, corrected.ended
