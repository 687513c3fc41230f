"""Tags of the pieces of a tokenizer: those of the spans that pieces fit; the others are named."""

from typing import Any

import pytest
from hypothesis import given
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from conversion.test_spacy_docs import GOLD, corpus, document
from spanproof import read
from spanproof.conversion.token_tags import from_pipeline, to_bio
from spanproof.metrics.plain import spans
from support.stand_off import stand_off_documents


def words(splitter: Any) -> PreTrainedTokenizerFast:
    inner = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    inner.pre_tokenizer = splitter
    return PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]", model_max_length=10**6)


BLANKS = words(pre_tokenizers.WhitespaceSplit())
MARKS = words(pre_tokenizers.BertPreTokenizer())
BYTES = words(pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False))


def test_a_span_inside_of_a_piece_is_a_row_and_not_dropped() -> None:
    source = corpus(document("The U.S.-Russia talks", (4, 8, "GPE"), (9, 15, "GPE"), (16, 21, "X")))
    result = to_bio(source, BLANKS)
    assert result.documents[0].tags == ("O", "O", "B-X")
    assert [row.text for row in result.rows if row.what == "span"] == ["U.S.", "Russia"]
    assert not [row for row in to_bio(source, MARKS).rows if row.what == "span"]


@pytest.mark.parametrize("tokenizer", [BLANKS, MARKS, BYTES], ids=["blanks", "marks", "bytes"])
@given(one=stand_off_documents())
def test_tags_say_the_spans_that_are_not_named(tokenizer: Any, one: dict[str, Any]) -> None:
    result = to_bio(corpus(one), tokenizer)
    (tagged,) = result.documents
    pieces = [(tag, extent) for tag, extent in zip(tagged.tags, tagged.offsets, strict=True) if tag is not None]
    said = spans([tag for tag, _ in pieces], [extent for _, extent in pieces])
    named = {row.id for row in result.rows if row.what == "span"}
    wanted = sorted((span["start"], span["end"], span["label"]) for span in one["spans"] if span["id"] not in named)
    assert said == wanted


def test_the_entities_of_the_articles() -> None:
    result = to_bio(read(GOLD), MARKS, layers=["entities"])
    lost = [row for row in result.rows if row.what == "span"]
    assert sum(str(tag).startswith("B-") for one in result.documents for tag in one.tags) + len(lost) == 351


def test_what_lies_beyond_the_most_pieces_is_named() -> None:
    source = corpus(document("Ana met Bo in Rio", (0, 3, "PER"), (14, 17, "LOC")))
    result = to_bio(source, BLANKS, max_length=3)
    assert result.documents[0].tags == ("B-PER", "O", "O")
    assert ["beyond the pieces" in row.why for row in result.rows if row.what == "span"] == [True]


def test_a_slow_tokenizer_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a fast one"):
        to_bio(corpus(document("")), object())


def test_answers_of_a_pipeline_are_spans() -> None:
    text = "Ana Silva met Bo in Rio"
    groups = [{"entity_group": "PER", "start": 0, "end": 9, "score": 0.5, "word": "Ana Silva"}]
    tags = [
        {"entity": "B-PER", "index": 1, "start": 0, "end": 3, "score": 0.9},
        {"entity": "I-PER", "index": 2, "start": 3, "end": 9, "score": 0.9},
        {"entity": "I-PER", "index": 4, "start": 14, "end": 16, "score": 0.9},
    ]
    lost = [{"entity_group": "PER", "start": None, "end": None}, {"entity_group": "LOC", "start": 20, "end": 99}]
    result = from_pipeline([text, text, text], [groups, tags, lost])
    found = [[(one["label"], one["start"], one["end"]) for one in d["spans"]] for d in result.corpus.documents()]
    assert found == [[("PER", 0, 9)], [("PER", 0, 9), ("PER", 14, 16)], []]
    assert [(row.document, row.name) for row in result.rows] == [("3", "PER"), ("3", "LOC")]
    with pytest.raises(ValueError, match="expected 1, one for each text"):
        from_pipeline([text], [])
