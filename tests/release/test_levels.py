"""The table of levels: what of a published dataset differs, and by how much its version must rise for that."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import datasets
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.formats.parquet import parquet_bytes
from spanproof.publication.folder import Publication
from spanproof.release.levels import differences, level_of
from support.documents import ROOT

LABELS = ["PER", "ORG"]
ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": "Ana", "spans": [{"start": 0, "label": 0}], "note": "x", "score": 1},
    {"id": "b", "text": "Eva", "spans": [], "note": None, "score": 2},
]
Table = list[dict[str, Any]]


def published(
    rows: Table = ROWS,
    labels: list[str] = LABELS,
    kind: str = "int32",
    name: str = "texts",
    split: str = "test",
    licence: str = "mit",
    words: str = "A card.",
    **members: Any,
) -> Publication:
    """A dataset with one configuration; ``members`` are the features of columns that it has besides."""
    features = datasets.Features({
        "id": datasets.Value("string"), "text": datasets.Value("string"),
        "spans": datasets.List({"start": datasets.Value("int32"), "label": datasets.ClassLabel(names=labels)}),
        "note": datasets.Value("string"), "score": datasets.Value(kind), **members,
    })  # fmt: skip
    table = pa.Table.from_pylist(rows, features.arrow_schema)
    card = (
        f"---\nlicense: {licence}\nconfigs:\n- config_name: {name}\n  data_files:\n  - split: {split}\n"
        f"    path: data/{name}/{split}-*\n---\n{words}\n"
    )
    facts = b'{"remarks": ["texts.note"]}'
    files = {f"data/{name}/{split}-0.parquet": parquet_bytes(table), "README.md": card.encode(), "dataset.json": facts}
    return Publication("dataset", files)


def changed(k: int, **values: Any) -> Table:
    return [{**row, **values} if n == k else row for n, row in enumerate(ROWS)]


flipped = [{**row, "spans": [{**span, "label": 1 - span["label"]} for span in row["spans"]]} for row in ROWS]
CASES: Mapping[str, tuple[str | None, Callable[[], Publication], str]] = {
    "nothing": (None, published, ""),
    "a changed text": ("major", lambda: published(changed(0, text="Ena")), "texts: 1 of 2 rows are changed or gone"),
    "a corrected label": ("major", lambda: published(changed(0, spans=[{"start": 0, "label": 1}])), "1 of 2 rows"),
    "an added annotation": ("major", lambda: published(changed(1, spans=[{"start": 0, "label": 0}])), "1 of 2 rows"),
    "a row that is gone": ("major", lambda: published(ROWS[:1]), "1 of 2 rows"),
    "flipped label ids, the same labels": (
        "major", lambda: published(flipped, LABELS[::-1]), "texts.spans[].label: label id 0 was PER, is ORG"),
    "a label that is gone": ("major", lambda: published(labels=["PER"]), "label id 1 was ORG, is gone"),
    "another type": ("major", lambda: published(kind="int64"), "texts.score was int32, is int64"),
    "a column that is gone": (
        "major", lambda: Publication("dataset", {**published().files, "data/texts/test-0.parquet": parquet_bytes(
            published().table("data/texts/test-0.parquet").drop_columns(["score"]))}), "texts.score is gone"),
    "another split": ("major", lambda: published(split="train"), "texts: split test is gone"),
    "another configuration": ("major", lambda: published(name="words"), "configuration texts is gone"),
    "another licence": ("major", lambda: published(licence="apache-2.0"), "license was mit, is apache-2.0"),
    "a new row": ("minor", lambda: published([*ROWS, {**ROWS[0], "id": "c"}]), "texts: 1 new row;"),
    "a new label behind": ("minor", lambda: published(labels=[*LABELS, "LOC"]), "texts.spans[].label: new label LOC"),
    "a new column": ("minor", lambda: published(
        [{**row, "more": 1} for row in ROWS], more=datasets.Value("int32")), "texts.more is new"),
    "another order": ("minor", lambda: published(ROWS[::-1]), "the same rows in another order"),
    "a shortened description": ("patch", lambda: published(changed(0, note="")), "remarks are worded otherwise"),
    "other words on the card": ("patch", lambda: published(words="A better card."), "descriptions changed: README.md"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_table_of_levels(case: str) -> None:
    level, other, words = CASES[case]
    found = differences(published(), other())
    assert level_of(found) == level
    assert words in "; ".join(difference.what for difference in found)


def test_every_level_of_the_page_is_a_case() -> None:
    page = (ROOT / "tools" / "docs" / "how-to" / "release-a-dataset.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| (MAJOR|MINOR|PATCH) \|", page, re.MULTILINE)
    assert len(rows) >= 12
    assert {level.lower() for _, level in rows} == {level for level, *_ in CASES.values() if level}


@given(st.permutations(ROWS), st.integers(0, 3))
def test_whoever_takes_the_rows_that_he_knew_has_the_old_release(rows: Table, more: int) -> None:
    """What a minor release is: all rows that were there are there, with the same values."""
    added = [{**ROWS[0], "id": f"new {k}"} for k in range(more)]
    level = level_of(differences(published(), published([*added, *rows])))
    assert level == ("minor" if more or rows != ROWS else None)
    assert level_of(differences(published([*added, *rows]), published())) == (
        "major" if more else "minor" if rows != ROWS else None
    )
