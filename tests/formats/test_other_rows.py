"""Files of other things than documents: read as such, or one sentence why nothing of them was checked."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from spanproof import Corpus, Schema, check, read
from spanproof.checks.report import Report
from spanproof.cli import main
from spanproof.formats.other_rows import documents_among
from spanproof.formats.recognition import UnrecognisedError

DATASET = Path(__file__).parents[2] / "dataset"
CONFIGS = ("articles", "entities", "quotes", "dates", "tokens", "utterances", "registry")
LABELLED = Schema.of(
    {
        "type": "object",
        "required": ["id", "text", "names"],
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "names": {
                "type": "array",
                "items": {
                    "type": "object",
                    "spanOf": "text",
                    "labelledBy": "kind",
                    "required": ["start", "end", "kind"],
                    "properties": {
                        "start": {"type": "integer"},
                        "end": {"type": "integer"},
                        "kind": {"enum": ["person", "place"], "type": "string"},
                    },
                },
            },
        },
    }
)
SAVED: dict[str, Callable[[datasets.Dataset, Path], Any]] = {
    "jsonl": lambda rows, path: rows.to_json(path),
    "json": lambda rows, path: rows.to_pandas().to_json(path, orient="records"),
    "csv": lambda rows, path: rows.to_csv(path),
    "parquet": lambda rows, path: rows.to_parquet(path),
    "folder": lambda rows, path: rows.save_to_disk(path),
}


def _table(name: str) -> datasets.Dataset:
    return datasets.Dataset.from_parquet(str(DATASET / f"data/{name}/test-00000-of-00001.parquet"))


def _read(documents: list[Any]) -> Corpus:
    """Return documents of names as a corpus, as a file of them is read."""
    corpus = Corpus.of(documents, LABELLED)
    return replace(corpus, batches=tuple(documents_among(corpus.batches, "", LABELLED)))


def _refused(report: Report) -> str:
    """Return the one sentence of a report that nothing was checked."""
    [finding] = [finding for finding in report.findings if finding.severity == "error"]
    assert (finding.code, report.exit_code, report.documents, report.spans) == ("SP001", 2, 0, 0)
    assert "nothing to prove" in str(report)
    return finding.message


@pytest.mark.parametrize("how", SAVED)
@pytest.mark.parametrize("name", CONFIGS)
def test_what_a_user_saves_of_the_dataset_has_a_true_verdict_or_one_sentence(
    name: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    path = tmp_path / f"rows.{how}"
    SAVED[how](_table(name), path)
    report = check(read(path, Schema.article()))
    if how == "csv":
        rows_of_spans = name == "utterances" or {"start", "end"} <= {*_table(name).column_names}
        expected = "no column is known to have the text" if rows_of_spans else "unknown kind of file"
        assert expected in _refused(report)
    elif name != "articles":
        assert _refused(report).startswith("holds no documents of the schema: they lack ")
    elif how in ("jsonl", "json"):
        assert _refused(report).startswith(
            "holds numbers where the schema has names: dct.source, provenance.translation, zones[].type, "
        )
    else:
        assert (report.documents, report.spans, report.with_errors, report.counts["error"]) == (5, report.proved, 0, 0)


@pytest.mark.parametrize("name", CONFIGS)
def test_what_datasets_loads_is_checked_and_its_rows_without_features_are_not(name: str) -> None:
    rows = _table(name)
    if name == "articles":
        assert "holds numbers" in _refused(check(list(rows)))
        assert check(rows).proved == check(rows).spans > 0
        return
    if name == "tokens":  # whose tags have names in the features; without, their numbers show which begin a span
        assert "by number" not in str(check(rows).guess)
        assert "by number" in str(check(list(rows)).guess)
        return
    for some in (list(rows), rows):
        with pytest.raises(UnrecognisedError, match="expected a schema of your own"):
            check(some)


def test_rows_of_the_challenge_are_documents_with_two_columns_more() -> None:
    rows = _table("challenge")
    for some in (rows, rows.remove_columns(["article_id", "transformation"])):
        own = check(some)
        assert (own.documents, own.counts["error"], own.proved) == (rows.num_rows, 0, own.spans)


@pytest.mark.parametrize("other", ["id", "article_id", "transformation", "one more"])
def test_columns_that_a_schema_does_not_list_are_the_challenge_s_where_they_make_its_key_alone(other: str) -> None:
    documents = list(read(DATASET).documents())
    rows = [
        {**row, "id": f"{row['id']}+upper", "article_id": row["id"], "transformation": "upper"} for row in documents
    ]
    assert check(rows).counts["error"] == 0
    report = check([{**row, other: "other"} for row in rows])
    assert [finding.code for finding in report.findings if finding.severity == "error"].count("SP002") == len(rows)


@pytest.mark.parametrize("name", CONFIGS[1:])
def test_of_a_table_of_the_dataset_the_folder_is_to_be_checked(name: str) -> None:
    assert str(DATASET) in _refused(check(read(DATASET / f"data/{name}/test-00000-of-00001.parquet")))


@pytest.mark.parametrize(
    "name", ["entities", *(pytest.param(name, marks=pytest.mark.full) for name in CONFIGS if name != "entities")]
)
def test_a_table_of_the_dataset_is_proved_with_it(name: str, tmp_path: Path) -> None:
    """What is checked is the dataset: a value that was changed in this table alone is found."""
    folder = tmp_path / "talks"
    shutil.copytree(DATASET, folder)
    file = folder / f"data/{name}/test-00000-of-00001.parquet"
    sound = check(file)
    assert (sound.documents, sound.exit_code, sound.proved) == (5, 0, sound.spans)
    table = pq.read_table(file)
    index = next(k for k, field in enumerate(table.schema) if pa.types.is_string(field.type) and field.name != "uid")
    values = table.column(index).to_pylist()
    changed = pa.array(["another", *values[1:]], table.schema.field(index).type)
    pq.write_table(table.set_column(index, table.schema.field(index), changed), file)
    assert check(str(file)).exit_code == 1
    told = CliRunner().invoke(main, ["check", str(file)])
    assert told.exit_code == 1
    assert (f"checked is the dataset, {folder}" in told.stderr) == (name != "articles")


def test_every_split_of_a_saved_dataset_is_read(tmp_path: Path) -> None:
    rows = _table("articles")
    datasets.DatasetDict({"train": rows.select([0, 1]), "test": rows.select([2, 3, 4])}).save_to_disk(tmp_path / "two")
    assert check(read(tmp_path / "two")).documents == 5
    rows.save_to_disk(tmp_path / "shards", num_shards=3)
    assert check(read(tmp_path / "shards")).documents == 5


@pytest.mark.parametrize("file", ["state.json", "data-00000-of-00001.arrow"])
def test_a_saved_dataset_that_lost_a_file_is_not_clean(file: str, tmp_path: Path) -> None:
    _table("articles").save_to_disk(tmp_path / "saved")
    (tmp_path / "saved" / file).unlink()
    report = check(read(tmp_path / "saved"))
    assert any(finding.severity == "error" for finding in report.findings)


@pytest.mark.parametrize("name", ["../secret.arrow", "/etc/hostname", "", 3, None])
def test_a_saved_dataset_names_files_of_its_own_alone(name: Any, tmp_path: Path) -> None:
    _table("articles").save_to_disk(tmp_path / "saved")
    (tmp_path / "saved/data-00000-of-00001.arrow").rename(tmp_path / "secret.arrow")
    (tmp_path / "saved/state.json").write_text(json.dumps({"_data_files": [{"filename": name}]}))
    report = check(read(tmp_path / "saved", Schema.article()))
    assert (report.documents, report.exit_code) == (0, 2)


KINDS = st.one_of(st.sampled_from(["person", "place", "thing"]), st.integers(-1, 3), st.booleans(), st.none())


@given(st.lists(st.lists(KINDS, max_size=4), min_size=1, max_size=4))
def test_labels_are_without_names_only_where_all_are_numbers(kinds: list[list[Any]]) -> None:
    documents = [
        {"id": str(k), "text": "Ana", "names": [{"start": 0, "end": 3, "kind": kind} for kind in some]}
        for k, some in enumerate(kinds)
    ]
    labels = [kind for some in kinds for kind in some]
    numbers = bool(labels) and all(type(label) is int for label in labels)
    report = check(_read(documents))
    assert (report.exit_code == 2) == numbers
    assert report.documents == (0 if numbers else len(documents))
    if numbers:
        assert "names[].kind" in _refused(report)


def test_a_document_that_lacks_a_layer_is_still_one(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"id": "a", "text": "Ana", "Names": [{"start": 0, "end": 3}]}\n')
    assert check(read(file, LABELLED)).documents == 1


def test_the_command_says_one_sentence(tmp_path: Path) -> None:
    _table("articles").to_json(tmp_path / "articles.jsonl")
    done = subprocess.run(
        [sys.executable, "-m", "spanproof", "check", "articles.jsonl"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.count("error[")) == (2, 1)
    assert done.stdout.splitlines()[-1] == "0 documents, 0 spans: nothing to prove; 1 error"
