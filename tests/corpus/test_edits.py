"""Edits of a document: applied to a copy."""

from spanproof.checks.catalogue import found_in_example
from spanproof.checks.examples import broken
from spanproof.corpus.edits import apply
from support.checks import BY_CODE


def test_applying_edits_leaves_the_original_alone() -> None:
    document = broken(BY_CODE["SP203"])[0]
    before = repr(document)
    finding = found_in_example(BY_CODE["SP203"])[0]
    assert len(apply(document, finding.fix)["entities"]) == 1
    assert repr(document) == before
