"""Configurations of the dataset: rows are annotations, and come back through ids and Parquet."""

from collections import Counter
from typing import Any

import datasets
import pyarrow as pa
import pytest
from hypothesis import given

from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.formats import class_labels as labels
from spanproof.formats.parquet import parquet_bytes, parquet_table
from spanproof.publication.configs import Config
from spanproof.publication.tokens import ontonotes
from spanproof.schema.schema import Schema
from support.publication import CORPORA, GOLD, SOME, by_name

pytestmark = pytest.mark.slow


@SOME
@given(CORPORA)
def test_the_articles_come_back_through_ids_and_parquet(made: list[dict[str, Any]]) -> None:
    config = by_name(Corpus.of(made))["articles"]
    table = parquet_table(parquet_bytes(config.table))
    back = labels.decoded(table.to_struct_array().combine_chunks(), labels.features_of(table.schema)).to_pylist()
    for document, row in zip(sorted(made, key=lambda d: str(d["id"])), back, strict=True):
        for layer, items in document.items():
            if isinstance(items, list):
                assert [{k: v for k, v in item.items() if v is not None} for item in items] == [
                    {k: v for k, v in item.items() if v is not None} for item in row.get(layer) or ()
                ]


@SOME
@given(CORPORA)
def test_a_flat_row_is_its_annotation_and_its_sentence_holds_it(made: list[dict[str, Any]]) -> None:
    tables = by_name(Corpus.of(made))
    texts = {document["id"]: document["text"] for document in made}
    for layer in ("entities", "quotes", "dates"):
        rows = tables[layer].table.to_pylist() if layer in tables else []
        annotated = {(d["id"], item["id"]): item for d in made for item in d[layer]}
        assert {(row["article_id"], row["id"]) for row in rows} == annotated.keys()
        for row in rows:
            text, sentence, item = texts[row["article_id"]], row["sentence"], annotated[row["article_id"], row["id"]]
            assert text[sentence["start"] : sentence["end"]] == sentence["text"]
            assert (row["start"], row["end"], row["text"]) == (item["start"], item["end"], item["text"])
            for span in filter(None, (row, row.get("source"), row.get("cue"))):
                assert sentence["start"] <= span["start"] <= span["end"] <= sentence["end"]
            label = "label" if layer == "entities" else "type"
            assert row[f"{label}_name"] == item[label]


@SOME
@given(CORPORA)
def test_every_span_is_tagged_or_listed(made: list[dict[str, Any]]) -> None:
    """An independent reading of the tags: runs of B and I give back the spans."""
    config = by_name(Corpus.of(made)).get("tokens")  # none where no text has a sentence
    names = config.schema.nodes[("ner_tags", "*")].enum if config else ()
    layers = config.schema.nodes["misfits", "*", "layer"].enum if config else ()  # the table holds label ids
    seen: Counter[tuple[str, str, int, int]] = Counter()
    for row in config.table.to_pylist() if config else ():
        run: list[Any] | None = None
        for start, end, tag in [*zip(row["starts"], row["ends"], row["ner_tags"], strict=True), (0, 0, 0)]:
            name = names[tag]
            if run and name != f"I-{run[0]}":
                seen[row["article_id"], *run] += 1
                run = None
            if name.startswith("B-"):
                run = [name[2:], start, end]
            elif run:
                run[2] = end
        for misfit in (misfit for misfit in row["misfits"] if layers[misfit["layer"]] != "quotes"):
            seen[row["article_id"], misfit["label"], misfit["start"], misfit["end"]] += 1
    wanted: Counter[tuple[str, str, int, int]] = Counter()
    for document in made:
        for entity in document["entities"]:
            wanted[document["id"], entity["label"], entity["start"], entity["end"]] += 1
        for date in document["dates"]:
            wanted[document["id"], ontonotes(date["type"], date["value"]), date["start"], date["end"]] += 1
    assert seen == wanted


@SOME
@given(CORPORA)
def test_every_quotation_is_tagged_at_one_level_or_listed(made: list[dict[str, Any]]) -> None:
    """An independent reading of the levels over the sentences of a document: runs of B and I give back the spans."""
    config = by_name(Corpus.of(made)).get("tokens")
    layers = config.schema.nodes["misfits", "*", "layer"].enum if config else ()  # the table holds label ids
    columns = [name for name in config.schema.root.fields if name.startswith("quote_tags_")] if config else []
    rows = config.table.to_pylist() if config else []
    seen = Counter(
        (row["article_id"], m["start"], m["end"])
        for row in rows
        for m in row["misfits"]
        if layers[m["layer"]] == "quotes"
    )
    for article, column in {(row["article_id"], column) for row in rows for column in columns}:
        run: list[int] = []
        for row in (row for row in rows if row["article_id"] == article):
            names = config.schema.nodes[column, "*"].enum if config else ()
            for start, end, tag in zip(row["starts"], row["ends"], row[column], strict=True):
                if run and not names[tag].startswith("I-"):
                    seen[article, *run] += 1
                    run = []
                run = [start, end] if names[tag].startswith("B-") else [run[0], end] if run else []
        if run:
            seen[article, *run] += 1
    assert seen == Counter((d["id"], quote["start"], quote["end"]) for d in made for quote in d["quotes"])


@SOME
@given(CORPORA)
def test_annotations_join_to_the_sentences_of_tokens_and_are_unique_in_the_corpus(made: list[dict[str, Any]]) -> None:
    tables = by_name(Corpus.of(made))
    rows = tables["tokens"].table.to_pylist() if "tokens" in tables else []
    sentences = {(row["article_id"], row["sentence_index"]): row for row in rows}
    for layer in ("entities", "quotes", "dates"):
        annotations = tables[layer].table.to_pylist() if layer in tables else []
        assert len({row["uid"] for row in annotations}) == len(annotations)
        for row in annotations:
            first = sentences[row["article_id"], row["sentence_index"]]
            last = sentences[row["article_id"], row["last_sentence_index"]]
            assert (first["start"], last["end"]) == (row["sentence"]["start"], row["sentence"]["end"])


def test_uids_of_keys_with_slashes_differ() -> None:
    entity = {"start": 0, "end": 1, "text": "A", "label": "GPE", "entity_id": None}
    some = [
        {**sound(text="A", entities=[{**entity, "id": inner}]), "id": key}
        for key, inner in (("a", "b/c"), ("a/b", "c"), ("a~1b", "c"))
    ]
    rows = by_name(Corpus.of(some))["entities"].table.to_pylist()
    assert len({row["uid"] for row in rows}) == 3


def test_dates_have_their_days(ours: dict[str, Config]) -> None:
    rows = ours["dates"].table.to_pylist()
    assert all(row["value_begin"] <= row["value_end"] for row in rows if row["value_begin"])
    assert {row["value"] for row in rows if row["value_begin"] is None} == {
        row["value"] for row in rows if row["type_name"] == "DURATION" or row["value"].endswith("_REF")
    }


def test_the_registry_joins_to_entities_and_pairs_to_renderings(ours: dict[str, Config]) -> None:
    registry = {row["entity_id"]: row for row in ours["registry"].table.to_pylist()}
    assert registry.keys() == GOLD.registries["entities"].keys()
    named = [row for row in ours["entities"].table.to_pylist() if row["entity_id"] is not None]
    assert all(row["text"] in registry[row["entity_id"]]["aliases"] for row in named)
    for utterance in ours["utterances"].table.to_pylist():
        sides = {(row["article_id"], row["quote_id"]) for row in utterance["renderings"]}
        assert all(tuple(pair[side].values())[:2] in sides for pair in utterance["pairs"] or () for side in "ab")
    features = datasets.Features.from_arrow_schema(ours["utterances"].table.schema)
    assert features["pairs"].feature["kind"].names == ["verbatim", "trimmed", "reworded", "translated-differently"]


def test_pairs_align_the_sentences_of_two_articles(ours: dict[str, Config]) -> None:
    quotes = {
        (row["article_id"], row["id"]): (row["sentence_index"], row["last_sentence_index"])
        for row in ours["quotes"].table.to_pylist()
    }
    tokens = {(row["article_id"], row["sentence_index"]) for row in ours["tokens"].table.to_pylist()}
    pairs = [pair for row in ours["utterances"].table.to_pylist() for pair in row["pairs"] or ()]
    assert any(pair["a"]["article_id"] != pair["b"]["article_id"] for pair in pairs)
    for side in (pair[side] for pair in pairs for side in "ab"):
        first, last = side["sentence_index"], side["last_sentence_index"]
        assert (first, last) == quotes[side["article_id"], side["quote_id"]]
        assert {(side["article_id"], k) for k in range(first, last + 1)} <= tokens


def test_a_span_within_a_word_is_listed_and_not_dropped() -> None:
    entity = {"id": "e1", "start": 2, "end": 4, "text": "US", "label": "GPE", "entity_id": None}
    year = {"start": 8, "end": 12, "text": "2025"}
    date = {"id": "d1", **year, "type": "DATE", "value": "2025", "mod": None, "anchor": None}
    number = {**entity, "id": "e2", **year, "label": "CARDINAL"}
    made = sound(text="A US-led2025 talk US", entities=[{**entity, "end": 3, "text": "U"}, number], dates=[date])
    (row,) = by_name(Corpus.of([made]))["tokens"].table.to_pylist()
    assert [(m["id"], m["start"], m["end"]) for m in row["misfits"]] == [("e1", 2, 3), ("e2", 8, 12), ("d1", 8, 12)]
    assert set(row["ner_tags"]) == {0}


def test_durations_shorter_than_a_day_are_times() -> None:
    values = {"PT6H": "TIME", "P3D": "DATE", "2025-02-26": "DATE"}
    assert {value: ontonotes("DURATION", value) for value in values} == values
    assert ontonotes("TIME", "2025-02-26TMO") == "TIME"


def test_every_label_of_the_schema_is_a_class_label(ours: dict[str, Config]) -> None:
    features = datasets.Features.from_arrow_schema(ours["articles"].table.schema)
    for layer, member in (("entities", "label"), ("quotes", "type"), ("dates", "type"), ("zones", "type")):
        assert features[layer].feature[member].names == list(Schema.article().nodes[(layer, "*", member)].enum)
    assert len(datasets.Features.from_arrow_schema(ours["tokens"].table.schema)["ner_tags"].feature.names) == 37


def test_offsets_are_int32_and_an_absent_source_is_a_null_struct(ours: dict[str, Config]) -> None:
    quotes = ours["quotes"].table
    assert quotes.schema.field("start").type == quotes.schema.field("source").type.field("start").type == pa.int32()
    assert quotes["source"].null_count > 0
    for config in ours.values():
        for column in config.table.schema:
            if pa.types.is_list(column.type):
                assert config.table[column.name].null_count == 0


def test_every_utterance_of_the_registry_has_its_renderings(ours: dict[str, Config]) -> None:
    rows = ours["utterances"].table.to_pylist()
    assert {row["utterance"] for row in rows} == GOLD.registries["utterances"].keys()
    quotes = sum(len(document["quotes"]) for document in GOLD.documents())
    assert sum(len(row["renderings"]) for row in rows) == quotes
