"""The Croissant description: valid, complete, and what its validator passes over."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from spanproof.publication.configs import Config
from spanproof.publication.folder import Publication
from spanproof.schema.schema import Schema
from support.publication import DATASET, change, codes_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def croissant() -> Any:
    import mlcroissant

    return mlcroissant.Dataset(jsonld=str(DATASET / "croissant.json"))


def test_croissant_is_valid_without_a_warning(croissant: Any) -> None:
    assert not croissant.metadata.issues.errors
    assert not croissant.metadata.issues.warnings
    written = Publication.read(DATASET).croissant
    assert written["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert sum(name.startswith("rai:") for name in written) >= 12


@pytest.mark.parametrize("config", ["articles", "entities", "quotes", "dates", "tokens", "utterances"])
def test_croissant_gives_every_record_as_the_parquet_has_it(
    config: str, croissant: Any, ours: dict[str, Config]
) -> None:
    def leaves(path: str, value: Any) -> dict[str, Any]:
        """By the fields' identifiers; a null struct has no leaves."""
        if isinstance(value, dict):
            return {k: v for name, sub in value.items() for k, v in leaves(f"{path}/{name}", sub).items()}
        return {path: value}

    def present(values: dict[str, Any]) -> dict[str, Any]:
        return {k: plain(v) for k, v in values.items() if v is not None}

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):  # a day, as pandas holds it
            return value.date()
        return value.decode() if isinstance(value, bytes) else value

    rows = ours[config].table.to_pylist()
    records = list(croissant.records(config))
    assert len(records) == len(rows)
    for record, row in zip(records, rows, strict=True):
        for name, value in row.items():
            got = record[f"{config}/{name}"]
            if isinstance(value, list) and value and isinstance(value[0], dict):
                assert len(got) == len(value)
                for item, held in zip(value, got, strict=True):
                    wanted = leaves(f"{config}/{name}", item)
                    assert present(held) == present(wanted)
            elif isinstance(value, dict):
                assert {k: plain(v) for k, v in got.items()} == leaves(f"{config}/{name}", value)
            elif isinstance(value, list):
                assert [plain(item) for item in got] == value
            elif value is None:
                assert got is None or not any(got.values())
            else:
                assert plain(got) == value


def test_croissant_names_the_labels(croissant: Any) -> None:
    name = "articles-entities-label-names"
    named = [row[f"{name}/name"] for row in croissant.records(name)]
    labels_ = list(Schema.article().nodes[("entities", "*", "label")].enum)
    assert [label.decode() if isinstance(label, bytes) else label for label in named] == labels_


def test_t11_the_validator_passes_what_the_specification_forbids(dataset_copy: Path) -> None:
    import mlcroissant

    def cut(text: str) -> str:
        described = json.loads(text)
        for member in ("name", "description", "url", "creator", "license"):
            del described[member]
        described["distribution"][0]["sha256"] = "0" * 64
        return json.dumps(described)

    change(dataset_copy / "croissant.json", cut)
    assert not mlcroissant.Dataset(jsonld=str(dataset_copy / "croissant.json")).metadata.issues.errors
    assert codes_of(dataset_copy) == {"SP707", "SP709"}


def test_t12_croissant_can_not_hold_a_struct_in_a_list_of_structs(dataset_copy: Path) -> None:
    """So its members stand in its place: test_publication.py loads them. A field for the struct loads nothing."""
    import mlcroissant

    def nested(text: str) -> str:
        described = json.loads(text)
        (articles,) = (records for records in described["recordSet"] if records["@id"] == "articles")
        (quotes,) = (field for field in articles["field"] if field["@id"] == "articles/quotes")
        (start,) = (field for field in quotes["subField"] if field["@id"] == "articles/quotes/source/start")
        source = {**start["source"], "transform": {"jsonPath": "source"}}
        quotes["subField"] = [{**start, "source": source, "dataType": "sc:Text"}]
        return json.dumps(described)

    change(dataset_copy / "croissant.json", nested)
    with pytest.raises(Exception, match=r"articles\.parquet"):
        list(mlcroissant.Dataset(jsonld=str(dataset_copy / "croissant.json")).records("articles"))


def test_t13_a_media_type_that_croissant_does_not_know_loads_nothing(dataset_copy: Path) -> None:
    import mlcroissant

    other = "application/vnd.apache.parquet"
    change(dataset_copy / "croissant.json", lambda text: text.replace("application/x-parquet", other))
    with pytest.raises(Exception, match="parquet"):
        list(mlcroissant.Dataset(jsonld=str(dataset_copy / "croissant.json")).records("entities"))
