"""Documents converted: each annotation of the source is in the result, or in the ledger."""

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversion.test_standoff import SCHEMAS, without_gaps
from spanproof import read
from spanproof.conversion.convert import Conversion, converted
from spanproof.conversion.destination import Destination, destination_of
from spanproof.conversion.ledger import Ledger, LedgerRow, as_text
from spanproof.corpus.documents import Corpus
from spanproof.formats.leaf import Leaf
from spanproof.formats.leaves import LEAVES
from spanproof.schema.schema import Schema
from spanproof.testing import strategies
from support import examples
from support.documents import ROOT
from support.stand_off import stand_off_documents

FEW = settings(max_examples=examples(15))


GOLD = ROOT / "annotations" / "gold"
STAND_OFF = Schema.stand_off()
ALL_PAIRS = [pair for pair in product(LEAVES, LEAVES) if pair[0] is not pair[1]]
PAIRS = random.Random(16).sample(ALL_PAIRS, min(10, len(ALL_PAIRS)))
leaves = pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.name)


def lost(rows: Sequence[LedgerRow], what: str) -> list[LedgerRow]:
    return [row for row in rows if row.what == what]


def demand_account(source: list[dict[str, Any]], result: Conversion) -> None:
    """Every document, span and relation, and every attribute of those, is carried or named, and no more is named."""
    assert len(result.documents) == len(source) - len(lost(result.rows, "document"))
    for name, what in (("spans", "span"), ("relations", "relation")):
        before = [one for document in source for one in document.get(name) or ()]
        after = [one for document in result.documents for one in document.get(name) or ()]
        assert len(before) == len(after) + len(lost(result.rows, what))
    kept = sum(len(span.get("attributes") or ()) for one in result.documents for span in one["spans"])
    gone = {(row.document, row.id) for row in lost(result.rows, "span")}
    had = sum(
        len([value for value in (span.get("attributes") or {}).values() if value is not None])
        for document in source
        for span in document["spans"]
        if (document["id"], span["id"]) not in gone
    )
    assert kept <= had


def there_and_back(documents: Sequence[dict[str, Any]], leaf: Leaf) -> list[dict[str, Any]]:
    """The documents that a format reads after it has written some."""
    with tempfile.TemporaryDirectory() as folder:
        target = Destination(leaf, None, STAND_OFF)
        path = Path(folder) / "corpus"  # a folder, where a file of the format holds one document
        target.write(documents, path)
        return target.read(path)


@leaves
@FEW
@given(document=stand_off_documents())
def test_what_a_format_holds_and_the_ledger_are_the_source(leaf: Leaf, document: dict[str, Any]) -> None:
    result = converted(Corpus.of([document], STAND_OFF), leaf)
    demand_account([document], result)
    assert there_and_back(result.documents, leaf) == list(result.documents)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].name}-{pair[1].name}")
@FEW
@given(document=stand_off_documents())
def test_from_one_format_to_another(pair: tuple[Leaf, Leaf], document: dict[str, Any]) -> None:
    source = there_and_back(converted(Corpus.of([document], STAND_OFF), pair[0]).documents, pair[0])
    result = converted(Corpus.of(source, STAND_OFF), pair[1])
    demand_account(source, result)
    assert there_and_back(result.documents, pair[1]) == list(result.documents)


@leaves
def test_the_articles_go_to_a_format_and_back_but_for_what_the_ledger_names(leaf: Leaf) -> None:
    there = converted(read(GOLD), leaf)
    source = list(converted(read(GOLD)).documents)
    demand_account(source, there)
    again = there_and_back(there.documents, leaf)
    back = converted(Corpus.of(again, STAND_OFF), schema=Schema.article())
    wanted, restored = (
        Counter(p for one in some for p in places(one)) for some in (read(GOLD).documents(), back.documents)
    )
    named = Counter((row.document, bare(row.text)) for row in (*there.rows, *back.rows) if row.what == "span")
    missing = Counter((key, words) for key, _, words in (wanted - restored).elements())
    assert missing - named == Counter()
    assert restored - wanted == Counter()


def places(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The annotations of an article: their layer and words, which stay where a format puts the text together anew."""
    layers = ("zones", "entities", "quotes", "dates", "damage")
    return [
        (document["id"], layer, bare(document["text"][span["start"] : span["end"]]))
        for layer in layers
        for span in document.get(layer) or ()
    ]


def bare(words: str) -> str:
    """Words without white space."""
    return "".join(words.split())


@pytest.mark.parametrize("name", SCHEMAS)
@FEW
@given(data=st.data())
def test_records_of_any_schema_go_through_stand_off_documents_without_a_loss(name: str, data: st.DataObject) -> None:
    schema = SCHEMAS[name]
    document = data.draw(strategies.documents(schema))
    there = converted(Corpus.of([document], schema))
    back = converted(Corpus.of(there.documents, STAND_OFF), schema=schema)
    assert ([*there.rows], [*back.rows]) == ([], [])
    if schema.key:
        assert [*map(without_gaps, back.documents)] == [without_gaps(document)]


def spans(*some: tuple[int, int], text: str = "Ana met Bo.") -> dict[str, Any]:
    each = [{"id": f"s{k}", "label": "PER", "start": start, "end": end} for k, (start, end) in enumerate(some)]
    return {"id": "d", "text": text, "spans": each}


@pytest.mark.parametrize("extent", [(5, 2), (-3, 2), (0, 99), (99, 100)])
def test_a_span_that_is_not_in_its_text_is_named_and_not_carried(extent: tuple[int, int]) -> None:
    for leaf in (None, *LEAVES):
        result = converted(Corpus.of([spans((0, 3), extent)], STAND_OFF), leaf)
        assert [(row.id, row.start, row.end) for row in lost(result.rows, "span")] == [("s1", *extent)]


def test_words_that_are_not_in_the_text_are_said() -> None:
    document = spans((0, 3))
    document["spans"][0]["text"] = "Bo"
    assert converted(Corpus.of([document], STAND_OFF)).notes
    assert not converted(Corpus.of([spans((0, 3))], STAND_OFF)).notes


@pytest.mark.parametrize("document", [None, 3, [], {}, {"text": 3}, {"id": "x", "text": "", "spans": [{}]}])
def test_what_is_no_document_is_a_row(document: Any) -> None:
    for schema in (STAND_OFF, Schema.article()):
        result = converted(Corpus.of([document], schema))
        if result.documents:
            continue
        assert [row.what for row in result.rows] == ["document"]


def test_two_documents_of_one_id_stay_two() -> None:
    for leaf in (None, *LEAVES):
        result = converted(Corpus.of([spans((0, 3)), spans((0, 3)), {**spans((0, 3)), "id": "d_2"}], STAND_OFF), leaf)
        assert len({document["id"] for document in result.documents}) == 3
        assert lost(result.rows, "id")


def test_layers_are_chosen_with_their_parts() -> None:
    result = converted(read(GOLD), layers=["quotes"])
    layers = {span["layer"] for document in result.documents for span in document["spans"]}
    assert layers == {"quotes", "quotes.source", "quotes.cue"}
    assert not result.rows
    assert "entities 351" in " ".join(result.notes)
    assert all(document["relations"] for document in result.documents)
    with pytest.raises(ValueError, match="no layer names; expected one of"):
        converted(read(GOLD), layers=["names"])


def test_a_target_is_named_by_its_ending_or_its_name() -> None:
    assert destination_of(Path("a.jsonl"), None, None).format is not None
    for leaf in LEAVES:
        assert destination_of(Path("a.x"), leaf.name, None).leaf is leaf
    for path, name in ((Path("a.x"), None), (Path("a.jsonl"), "nothing"), (Path(), None)):
        with pytest.raises(ValueError, match="expected one of brat"):
            destination_of(path, name, None)
    with pytest.raises(ValueError, match="has no schema"):
        destination_of(Path("a"), "brat", Schema.article())


def test_what_does_not_read_back_the_same_is_not_written(tmp_path: Path) -> None:
    document = {**spans((0, 3)), "metadata": {"a": {"b": [1, "x", None]}}}
    target = destination_of(tmp_path / "a.parquet", None, None)
    with pytest.raises(ValueError, match=r"write them as JSONL|read back"):
        target.write([document], tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_stand_off_documents_are_columns_where_their_values_are(tmp_path: Path) -> None:
    """Members that the first document lacks are kept; values of two types under one name are refused."""
    plain, file = spans((0, 3)), tmp_path / "a.parquet"
    told = {**spans((0, 3)), "id": "told", "metadata": {"date": "2020"}}
    told["spans"][0]["attributes"] = {"negated": True, "notes": ["one"]}
    target = destination_of(file, None, None)
    for documents in ([plain], [plain, told]):
        target.write(documents, file)
        again = [_without_nulls(document) for document in target.read(file)]
        assert again == documents
    other = {**spans((0, 3)), "id": "other", "metadata": {"date": 2020}}
    with pytest.raises(ValueError, match="write them as JSONL"):
        target.write([told, other], file)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def test_where_no_span_was_read_nothing_is_said_to_be_kept() -> None:
    empty, full = (as_text(Ledger("a", "b", 1, spans, (), ())) for spans in (0, 1))
    assert "no span was read" in empty
    assert "nothing lost" not in empty
    assert "1 span: nothing lost" in full


@pytest.mark.parametrize("value", [{"a: b": ["x", 1]}, ["c: d"], {"n": {"m": "o"}}, 1.5, True])
def test_why_a_value_becomes_another_is_said_without_the_value(value: Any) -> None:
    document: dict[str, Any] = {"id": "d", "text": "Ana", "spans": [{"id": "s", "start": 0, "end": 3, "label": "X"}]}
    document["spans"][0]["attributes"] = {"a": value}
    bioc = next(leaf for leaf in LEAVES if leaf.name == "bioc")
    rows = converted(Corpus.of([document], STAND_OFF), bioc).rows
    assert "becomes another: the format has no values but strings" in as_text(Ledger("a", "b", 1, 1, rows))
