"""Rules of a publication (SP7xx): each change of a sound one is found, and nothing else is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.examples import PUBLISHED
from spanproof.checks.judging import publication_findings
from spanproof.checks.published import published
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.formats.parquet import parquet_bytes
from spanproof.parsing.yaml import head_of
from spanproof.parsing.yaml import parse as yaml_of
from spanproof.publication.dataset import Dataset
from spanproof.publication.files import files, sums
from spanproof.publication.folder import CITATION, SUMS, Publication
from support.publication import CORPORA, DATASET, FACTS, SOME

pytestmark = pytest.mark.slow


def codes(publication: Publication) -> list[str]:
    return [finding.code for finding in publication_findings(publication, CATALOGUE)]


def changed(name: str, content: bytes | None, at: Publication | None = None) -> Publication:
    at = at or published()
    kept = {path: held for path, held in at.files.items() if path != name}
    return Publication(at.at, kept if content is None else {**kept, name: content})


def test_the_sound_publication_and_ours_break_no_rule() -> None:
    assert codes(published()) == []
    assert codes(Publication.read(DATASET)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("README.md", "language:\n- en", "language:\n- English", ["SP702"]),
        ("README.md", "license_link: LICENSE.md\n", "", ["SP702"]),
        ("README.md", "- n<1K", "- 1K<n<10K", ["SP702"]),
        ("README.md", "'0': PERSON\n          '1': NORP", "'0': NORP\n          '1': PERSON", ["SP704"]),
        ("README.md", "dtype: int32", "dtype: int64", ["SP704"]),
        ("README.md", "  - name: sha256\n    dtype: string\n", "", ["SP704"]),
        ("README.md", "dataset_info:", "dataset_infos:", ["SP704"] * 6),
        ("README.md", "description: sha256:", "description: sha256:0", ["SP707"]),
        ("README.md", "version: 1.0.0", "version: v1.0", ["SP708"]),
        ("README.md", "configs:", "config:", ["SP701"]),
        ("README.md", "---\n", "--\n", ["SP701"]),
        ("croissant.json", '"contentSize": "', '"contentSize": "1', ["SP707"]),
        ("croissant.json", '"column": "id"', '"column": "ident"', ["SP709"]),
        ("croissant.json", '"contentUrl": "data/articles/test', '"contentUrl": "data/article/test', ["SP709"]),
        ("croissant.json", "{", "", ["SP709"]),
        ("croissant.json", "nobody wrote", "somebody wrote", ["SP710"]),
        ("picture.svg", "Ana", "Eva", ["SP710"]),
        ("articles/example.txt", "Ana", "Eva", ["SP710"]),
        ("dataset.json", "nobody wrote", "somebody wrote", ["SP710"] * 2),
        ("schema.json", "Identifier of the article", "Name of the article", ["SP710"] * 2),
    ],
)
def test_cases(name: str, old: str, new: str, found: list[str]) -> None:
    files_ = published().files
    content = files_[name].replace(old.encode(), new.encode(), 1)
    if (name, found) != ("picture.svg", ["SP710"]):
        assert content != files_[name]
    elif content == files_[name]:
        content += b"\n"
    assert codes(changed(name, content)) == found


def test_a_file_too_many_or_too_few() -> None:
    table = parquet_bytes(pa.table({"a": [1]}))
    assert codes(changed("data/more/x.parquet", table)) == ["SP703", "SP711"]
    assert codes(changed("dataset.py", b"")) == ["SP703", "SP711"]
    assert codes(changed("data/dates/test-00000-of-00001.parquet", None)) == ["SP703", "SP709", "SP711"]
    spoilt = codes(changed("data/dates/test-00000-of-00001.parquet", b"no Parquet"))
    assert spoilt == ["SP703", *["SP707"] * 3]


def test_a_project_of_another_version_is_found() -> None:
    def with_log(log: str) -> Publication:
        contents = {**published().files, "CHANGELOG.md": log.encode()}
        return Publication("dataset", {**contents, SUMS: sums({n: c for n, c in contents.items() if n != SUMS})})

    name = json.loads(published().files["dataset.json"])["name"]
    reference = f"references:\n- {{type: data, title: {name}, version: 1.0.1}}\n"
    dated = f"references:\n- {{type: data, title: {name}, version: 1.0.0, date-released: 2025-03-02}}\n"
    assert codes(changed(CITATION, b"type: dataset\nversion: 1.0.1\n")) == ["SP708"]
    assert codes(changed(CITATION, b"type: software\nversion: 1.0.1\n")) == []
    assert codes(changed(CITATION, f"version: 7.0.0\n{reference}".encode())) == ["SP708"]
    assert codes(changed(CITATION, dated.encode())) == ["SP708"]
    assert codes(changed(CITATION, b"references: [x, {")) == []
    assert codes(with_log("# Changes\n\n## 1.0.0 (2025-03-01)\n\n## 0.9.0\n")) == []
    assert codes(with_log("# Changes\n\n## Unreleased\n\n## [1.0.0] - 2025-03-01\n")) == []
    assert codes(with_log("# Changes\n\n## 1.1.0 (unreleased)\n")) == []
    assert codes(with_log("# Changes\n\n## 0.9.0\n")) == ["SP708"]
    assert codes(with_log("# Changes\n\n## 1.0.0 (2025-03-02)\n")) == ["SP708"]


def test_the_hash_of_every_file_is_compared() -> None:
    """Also of what is published as it stands, which nothing else can be compared with."""
    contents = {**published().files, "waivers.json": b"[]\n"}
    listed = {**contents, SUMS: sums({n: c for n, c in contents.items() if n != SUMS})}
    assert codes(Publication("dataset", listed)) == []
    assert codes(Publication("dataset", {**listed, "waivers.json": b"[ ]\n"})) == ["SP710"]
    assert codes(Publication("dataset", {n: c for n, c in listed.items() if n != SUMS})) == ["SP710"]


def test_rows_that_do_not_follow_from_the_articles_are_found() -> None:
    """Rows, hashes, sizes and counts agree; only the comparison with the articles sees it."""
    assert codes(published([("data/quotes/test-00000-of-00001.parquet", "type", "1")])) == ["SP710"]


def test_a_strangers_dataset_is_checked_too(tmp_path: Path) -> None:
    rows = datasets.Dataset.from_dict({"text": ["a"], "label": [1]}).cast_column(
        "label", datasets.ClassLabel(names=["x", "y"])
    )
    (tmp_path / "data").mkdir()
    pq.write_table(rows.data.table, tmp_path / "data" / "train.parquet")
    (tmp_path / "README.md").write_text(
        "---\nlicense: mit\nconfigs:\n- config_name: default\n  data_files: data/*.parquet\n---\n"
    )
    assert codes(Publication.read(tmp_path)) == ["SP704"]


@SOME
@given(CORPORA)
def test_what_is_built_of_any_sound_corpus_breaks_no_rule(made: list[dict[str, Any]]) -> None:
    publication = Publication("dataset", files(Dataset.of(Corpus.of(made), FACTS)))
    assert codes(publication) == []


def test_the_example_is_sound() -> None:
    assert PUBLISHED["quotes"]


ODD = st.sampled_from(
    [None, True, 0, 1e300, "", "../a", [], {}, [None], [1], ["a"], {"a": 1}, [{"a": 1}], "2025-01-01"]
)


def ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*way, step)
        yield from ways(value[step], (*way, step))


@settings(max_examples=20)
@given(data=st.data(), file=st.sampled_from(["README.md", "croissant.json"]))
def test_whatever_a_card_or_a_description_holds_ends_in_findings(data: st.DataObject, file: str) -> None:
    at = published()
    head, body = head_of(at.files["README.md"].decode())
    held = json.loads(json.dumps(yaml_of(head) if file == "README.md" else json.loads(at.files[file]), default=str))
    *steps, last = data.draw(st.sampled_from(list(ways(held))))
    owner = held
    for step in steps:
        owner = owner[step]
    owner[last] = data.draw(ODD)
    text = f"---\n{json.dumps(held)}\n---\n{body}" if file == "README.md" else json.dumps(held)
    rules = [rule for rule in CATALOGUE if rule.code != "SP710"]
    for finding in publication_findings(changed(file, text.encode()), rules):
        assert finding.message
