"""The published dataset: its configurations, its card, its Croissant description, and the rules about them."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks.check import publication_findings
from spanproof.checks.examples import PUBLISHED, published, sound
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.documents import Corpus
from spanproof.formats import class_labels as labels
from spanproof.formats.discovery import read
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.formats.parquet import parquet_bytes, parquet_table
from spanproof.publication import files
from spanproof.publication.configs import Config, configs, ontonotes
from spanproof.publication.folder import Publication
from spanproof.publication.picture import picture
from spanproof.schema.schema import article
from spanproof.testing.strategies import documents
from spanproof.text.segmentation import sentences, tokens
from support.documents import ROOT

DATASET = ROOT / "dataset"
GOLD = read(ROOT / "annotations" / "gold")
CORPORA = st.lists(documents(), min_size=1, max_size=2, unique_by=lambda document: document["id"])
SOME = settings(max_examples=30)


def by_name(corpus: Corpus) -> dict[str, Config]:
    return {config.name: config for config in configs(corpus)}


@pytest.fixture(scope="module")
def ours() -> dict[str, Config]:
    return by_name(GOLD)


@given(st.text(), st.sampled_from(["en", "de", "zh", "xx", "pt-BR"]), st.lists(st.integers(0, 40)))
def test_sentences_hold_every_character_but_white_space(text: str, language: str, borders: list[int]) -> None:
    cut = sentences(text, language, [border for border in borders if border <= len(text)])
    gaps = zip([0, *(end for _, end in cut)], [*(start for start, _ in cut), len(text)], strict=True)
    assert not "".join(text[low:high] for low, high in gaps).strip()
    for start, end in cut:
        assert text[start:end] == text[start:end].strip() != ""
        assert not any(start < border < end for border in borders)


def test_sentences_know_abbreviations_and_quotations() -> None:
    text = "Mr. Lavrov said: “We go. We stay,” and left.\nHeading\nThe U.S. agreed! So be it."
    assert [text[low:high] for low, high in sentences(text)] == [
        "Mr. Lavrov said: “We go. We stay,” and left.",
        "Heading",
        "The U.S. agreed!",
        "So be it.",
    ]


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
        rows = tables[layer].table.to_pylist()
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
    config = by_name(Corpus.of(made))["tokens"]
    names = config.schema.nodes[("tags", "*")].get("enum")
    seen: Counter[tuple[str, str, int, int]] = Counter()
    for row in config.table.to_pylist():
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
            wanted[document["id"], ontonotes(date), date["start"], date["end"]] += 1
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


@given(st.text())
def test_tokens_hold_every_character_but_white_space(text: str) -> None:
    cut = tokens(text)
    assert "".join(text[low:high] for low, high in cut) == "".join(c for c in text if not regex.match(r"\s", c))


def test_durations_shorter_than_a_day_are_times() -> None:
    values = {"PT6H": "TIME", "P3D": "DATE", "2025-02-26": "DATE"}
    assert {value: ontonotes({"type": "DURATION", "value": value}) for value in values} == values
    assert ontonotes({"type": "TIME", "value": "2025-02-26TMO"}) == "TIME"


def test_ids_beyond_the_names_become_digits_and_unknown_names_are_refused() -> None:
    feature = {"_type": "ClassLabel", "names": ["a", "b"]}
    assert labels.decoded(pa.array([1, None, 7, -1]), feature).to_pylist() == ["b", None, "7", "-1"]
    with pytest.raises(ValueError, match="'c' is none of the labels a, b"):
        labels.encoded(pa.array(["a", "c"]), feature, pa.int64())
    assert labels.features_of(pa.schema([])) == {}
    assert labels.features_of(pa.schema([], {b"huggingface": b"no json"})) == {}


def test_a_correction_keeps_ids_and_features(tmp_path: Path) -> None:
    path = tmp_path / "articles.parquet"
    path.write_bytes((DATASET / "data" / "articles" / "test-00000-of-00001.parquet").read_bytes())
    before = pq.read_table(path)
    path.write_bytes(PARQUET.amend(path, {0: lambda document: {**document, "language": "de"}}, article()))
    after = pq.read_table(path)
    assert after.schema.equals(before.schema, check_metadata=True)
    assert after["language"].to_pylist() == ["de", "en", "en", "en", "en"]
    assert after.drop_columns(["language"]).equals(before.drop_columns(["language"]))


def test_every_label_of_the_schema_is_a_class_label(ours: dict[str, Config]) -> None:
    features = datasets.Features.from_arrow_schema(ours["articles"].table.schema)
    for layer, member in (("entities", "label"), ("quotes", "type"), ("dates", "type"), ("zones", "type")):
        assert features[layer].feature[member].names == article().nodes[(layer, "*", member)].get("enum")
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


def test_the_quick_start_of_the_card_prints_what_the_card_says() -> None:
    body = Publication.read(DATASET).body
    code = re.search(r"## Quick start.*?```python\n(.*?)```", body, re.DOTALL)
    printed = re.search(r"prints\n\n```\n(.*?)```", body, re.DOTALL)
    assert code
    assert printed
    ran = subprocess.run([sys.executable, "-c", code[1]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == printed[1]


def test_every_python_block_of_the_card_compiles() -> None:
    for block in re.findall(r"```python\n(.*?)```", Publication.read(DATASET).body, re.DOTALL):
        compile(block, "card", "exec")


def test_every_field_of_every_table_is_described() -> None:
    body = Publication.read(DATASET).body
    for line in re.findall(r"^\| `.*$", body.partition("## Fields")[2].partition("## How")[0], re.MULTILINE):
        assert line.split("|")[3].strip(), line


def test_the_card_is_what_the_hubs_own_reader_takes() -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(DATASET / "README.md")
    assert card.data.license == "other"
    assert (DATASET / str(card.data.to_dict()["license_link"])).is_file()


def test_the_picture_is_well_formed_and_holds_no_foreign_markup() -> None:
    text = 'A <script>alert("&amp;")</script> said 互联网 so. ' * 4
    entity = {"id": "e1", "start": 2, "end": 10, "text": "", "label": 0, "entity_id": None}
    drawn = picture({"id": "<x>", "text": text, "entities": [entity], "quotes": [], "dates": []}, article())
    tree = ElementTree.fromstring(drawn)
    assert not [node for node in tree.iter() if node.tag.endswith("script")]
    words = [node.text for node in tree.iter() if node.tag.endswith("text")]
    assert '<script>alert("&amp;")</script>' in words


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
    labels_ = article().nodes[("entities", "*", "label")].get("enum")
    assert [label.decode() if isinstance(label, bytes) else label for label in named] == labels_


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
        ("croissant.json", "Five articles", "Six articles", ["SP710"]),
        ("picture.svg", "Ana", "Eva", ["SP710"]),
        ("articles/example.txt", "Ana", "Eva", ["SP710"]),
        ("LICENSE.md", "CC BY", "CC-BY", ["SP710"]),
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
    assert codes(changed("data/more/x.parquet", table)) == ["SP703"]
    assert codes(changed("dataset.py", b"")) == ["SP703"]
    assert codes(changed("data/dates/test-00000-of-00001.parquet", None)) == ["SP703", "SP709"]
    spoilt = codes(changed("data/dates/test-00000-of-00001.parquet", b"no Parquet"))
    assert spoilt == ["SP703", *["SP707"] * 3]


def test_a_project_of_another_version_is_found() -> None:
    assert codes(changed("../CITATION.cff", b"title: x\nversion: 1.0.1\n")) == ["SP708"]
    assert codes(changed("../CHANGELOG.md", b"# Changes\n\n## 1.0.0 (unreleased)\n\n## 0.9.0\n")) == []


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
    publication = Publication("dataset", files(Corpus.of(made), "1.0.0", "2025-03-01"))
    assert codes(publication) == []


def test_the_example_is_sound() -> None:
    assert PUBLISHED["quotes"]
