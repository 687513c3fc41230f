"""The version of each annotator of a document, as far as it can be compared with those of others."""

from collections.abc import Sequence
from dataclasses import replace

from spanproof.corpus.conforming import fitted
from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding, Severity
from spanproof.labelstudio.settle import settled
from spanproof.labelstudio.versions import Version
from spanproof.revisions.diff import diff
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

LEFT_OUT = "pass-left-out"
"""Told of a version that isn't among the passes: it matters to those alone who ask for them."""
_UNFIT = "version-unfit"
_ALONE = ("part-alone", "relation-unlabelled")
"""A part that no arrow leads to, and an arrow that has no name: all else of the version is read and can be compared."""


def comparable(
    name: str, base: Document, versions: Sequence[Version], chosen: Version | None, schema: Schema
) -> tuple[dict[str, Document], list[Finding]]:
    """Return the document of each person whose version can be read whole, and what can't be read of the others.

    Without it, a version would look as if its annotator hadn't found what can't be read. That is an error where no
    version of the document is chosen yet, else a warning, since the corpus doesn't need it.

    Args:
        name: what identifies the document.
        base: the document in the corpus.
        versions: those to compare, and what was sent, which is nobody's.
        chosen: the version that counts, whose own errors are told when it is taken; None where there is none.
        schema: the schema of the documents.
    """
    had: dict[str, Document] = {}
    findings: list[Finding] = []
    severity: Severity = "error" if chosen is None else "warning"
    for one in versions:
        outcome = settled(base, one, schema)
        about = "what was sent" if one.is_as_sent else f"the version of {one.person}"
        faults = [finding for finding in outcome.findings if finding.severity == "error"]
        if problem := unfit(outcome.document, schema):
            faults.append(Finding(_UNFIT, "error", problem))
        findings += [
            replace(finding, severity=severity, document=name, message=f"{about}: {finding.message}")
            for finding in faults
            if one is not chosen or finding.code == _UNFIT
        ]
        if any(fault.code not in _ALONE for fault in faults) and not one.is_as_sent:
            message = f"{about} is left out of the passes and isn't compared, because not all of it can be read"
            findings.append(Finding(LEFT_OUT, severity, message, name))
        elif not one.is_as_sent:
            had[one.person] = outcome.document
    return had, findings


def unfit(document: Document, schema: Schema) -> str:
    """Return why a document can't be compared with others: a value of it has another type; empty if it can."""
    if not fitted(document, schema.canonical.root)[1]:
        one = Corpus.of([document], schema.canonical)
        try:
            diff(one, one)
        except ValueError as error:
            return str(error)
    return ""
