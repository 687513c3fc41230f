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
    names = config.schema.nodes[("tags", "*")].enum if config else ()
    seen: Counter[tuple[str, str, int, int]] = Counter()
    for row in config.table.to_pylist() if config else ():
        run: list[Any] | None = None
        for start, end, tag in [*zip(row["starts"], row["ends"], row["tags"], strict=True), (0, 0, 0)]:
            name = names[tag]
            if run and name != f"I-{run[0]}":
                seen[row["article_id"], *run] += 1
                run = None
            if name.startswith("B-"):
                run = [name[2:], start, end]
            elif run:
                run[2] = end
        for misfit in row["misfits"]:
            seen[row["article_id"], misfit["label"], misfit["start"], misfit["end"]] += 1
    wanted: Counter[tuple[str, str, int, int]] = Counter()
    for document in made:
        for entity in document["entities"]:
            wanted[document["id"], entity["label"], entity["start"], entity["end"]] += 1
        for date in document["dates"]:
            wanted[document["id"], ontonotes(date["type"], date["value"]), date["start"], date["end"]] += 1
    assert seen == wanted


def test_a_span_within_a_word_is_listed_and_not_dropped() -> None:
    entity = {"id": "e1", "start": 2, "end": 4, "text": "US", "label": "GPE", "entity_id": None}
    year = {"start": 8, "end": 12, "text": "2025"}
    date = {"id": "d1", **year, "type": "DATE", "value": "2025", "mod": None, "anchor": None}
    number = {**entity, "id": "e2", **year, "label": "CARDINAL"}
    made = sound(text="A US-led2025 talk US", entities=[{**entity, "end": 3, "text": "U"}, number], dates=[date])
    (row,) = by_name(Corpus.of([made]))["tokens"].table.to_pylist()
    assert [(m["id"], m["start"], m["end"]) for m in row["misfits"]] == [("e1", 2, 3), ("e2", 8, 12), ("d1", 8, 12)]
    assert set(row["tags"]) == {0}


def test_durations_shorter_than_a_day_are_times() -> None:
    values = {"PT6H": "TIME", "P3D": "DATE", "2025-02-26": "DATE"}
    assert {value: ontonotes("DURATION", value) for value in values} == values
    assert ontonotes("TIME", "2025-02-26TMO") == "TIME"


def test_every_label_of_the_schema_is_a_class_label(ours: dict[str, Config]) -> None:
    features = datasets.Features.from_arrow_schema(ours["articles"].table.schema)
    for layer, member in (("entities", "label"), ("quotes", "type"), ("dates", "type"), ("zones", "type")):
        assert features[layer].feature[member].names == list(Schema.article().nodes[(layer, "*", member)].enum)
    assert len(datasets.Features.from_arrow_schema(ours["tokens"].table.schema)["tags"].feature.names) == 37


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
