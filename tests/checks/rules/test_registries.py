"""Rules of registries (SP51x): names that occur and are not annotated."""

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.schema.node import SchemaError
from support.checks import ANA, bare


def test_rules_on_surfaces_are_silent_where_none_is_stored() -> None:
    document = {"text": "Ana met Ana", "names": [{"start": 0, "end": 3, "of": "a"}, {"start": 8, "end": 11, "of": "b"}]}
    with pytest.raises(SchemaError, match="without a surface; expected a member text"):
        bare(consistent=["of"])
    exhaustive = bare(exhaustive={"registry": "names", "member": "of"})
    registries = {"names": {"a": {"aliases": ["Ana"]}, "b": {"aliases": []}}}
    assert check(Corpus.of([document], exhaustive, registries)).findings == ()
    assert [f.code for f in check(Corpus.of([{**document, "names": []}], exhaustive, registries)).findings] == [
        "SP510",
        "SP510",
    ]


def test_a_document_is_searched_for_names_by_its_own_zones_and_spans() -> None:
    registries = {"entities": {"ana": {"name": "Ana Silva", "type": "PERSON", "aliases": ["Ana Silva"]}}}
    zone = {"id": "z1", "type": "credit", "start": 0, "end": 14, "text": "Ana Silva said"}
    bare = {"text": "Ana Silva said."}
    documents = [sound(id="a", **bare), sound(id="b", zones=[zone], **bare), sound(id="c", entities=[ANA], **bare)]
    for order in (documents, documents[::-1], [documents[1], documents[0], documents[2]]):
        found = check(Corpus.of(order, None, registries)).findings
        assert [(f.code, f.document) for f in found if f.code == "SP510"] == [("SP510", "a")]
