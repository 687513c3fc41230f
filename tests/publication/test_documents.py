"""Corpora that pass the check and can't be published, or not all of them: an error says what, never a traceback."""

from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.publication.dataset import Dataset
from spanproof.publication.documents import UnpublishableError
from spanproof.publication.files import files
from spanproof.publication.names import config_name, file_stem, singular, unused
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS

pytestmark = pytest.mark.slow


def schema(**properties: Any) -> Schema:
    return Schema.of({"type": "object", "properties": properties})


def test_numbers_beyond_32_bits_have_no_column() -> None:
    corpus = Corpus.of([{"n": 2**40}], schema(n={"type": "integer"}))
    with pytest.raises(UnpublishableError, match="document 1: a value has no place in the columns"):
        Dataset.of(corpus)


def test_a_schema_without_members_is_refused() -> None:
    with pytest.raises(UnpublishableError, match="expected `properties`"):
        Dataset.of(Corpus.of([{}], Schema.of({"type": "object"})))


@pytest.mark.parametrize("name", ["schema", "dataset", "croissant", "waivers"])
def test_a_registry_named_as_another_file_is_refused(name: str) -> None:
    spans = {"type": "array", "items": {"type": "string", "refersTo": [f"registry:{name}"]}}
    corpus = Corpus.of([{"refers": ["a"]}], schema(refers=spans), {name: {"a": {}}})
    with pytest.raises(UnpublishableError, match=f"{name}.json is another file of a dataset"):
        files(Dataset.of(corpus))


def test_members_that_the_schema_does_not_list_are_named() -> None:
    corpus = Corpus.of([{"n": 1, "more": 2}], schema(n={"type": "integer"}))
    assert [finding.code for finding in check(corpus).findings] == ["SP007"]
    assert Dataset.of(corpus).documents.unlisted == ("/more",)


def test_no_documents_have_a_card_that_says_so() -> None:
    made = files(Dataset.of(Corpus.of([], Schema.of(LETTERS))))
    assert "There are no documents." in made["README.md"].decode()
    assert "picture.svg" not in made


def test_a_layer_that_a_document_lacks_is_not_an_empty_one() -> None:
    """Absence says nothing: a document without the layer hasn't been annotated with none."""
    optional = {**LETTERS["properties"]["mentions"], "type": ["array", "null"]}
    letters = Schema.of(
        {
            **LETTERS,
            "required": ["name", "body", "persons"],
            "properties": {**LETTERS["properties"], "mentions": optional},
        }
    )
    corpus = Corpus.of(
        [LETTER, {**LETTER, "name": "second", "mentions": None}, {**LETTER, "name": "third", "mentions": []}], letters
    )
    dataset = Dataset.of(corpus)
    assert [row["mentions"] and len(row["mentions"]) for row in dataset.configs[0].table.to_pylist()] == [1, None, []]
    card = files(dataset)["README.md"].decode()
    opening = "`Dear Zoë, my 👩\u200d👧 and I gave it all up. Ana`"
    for name, mentions in (("first", "1"), ("second", "–"), ("third", "0")):
        assert f"| `{name}` | {opening} | 42 | 2 | {mentions} |" in card


def test_names_of_what_is_derived() -> None:
    assert {layer: singular(layer) for layer in ("entities", "quotes", "damage", "glass", "is", "ties")} == {
        "entities": "entity", "quotes": "quote", "damage": "damage", "glass": "glass", "is": "is", "ties": "tie",
    }  # fmt: skip
    assert [config_name(layer) for layer in ("a/b", "..", "é x", "")] == ["a_b", "layer", "é_x", "layer"]
    assert file_stem("report-17") == "report-17"
    for key in ("../x", ".hidden", "", "a" * 200, "a/b"):
        assert len(file_stem(key)) == 16
    assert unused("sentence", {"sentence", "sentence_"}) == "sentence__"
