"""Formats: what is read back, what can't be read, and that nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.groups import statistics
from spanproof.corpus.documents import Corpus, ReadError
from spanproof.formats.article import FORMAT as ARTICLE
from spanproof.formats.article import layout, line_of, stand_off
from spanproof.formats.discovery import beside, read
from spanproof.formats.files import replace_file
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.formats.parquet import FORMAT as PARQUET
from spanproof.parsing.json import dump, parse
from spanproof.schema.schema import Schema
from support.documents import LETTER, LETTERS, ROOT

ANA = {"id": "e1", "start": 0, "end": 9, "text": "Ana Silva", "label": "PERSON", "entity_id": None}
DOCUMENT = sound(entities=[ANA])


def lean(value: Any) -> Any:
    """A document without its null members, which columns can't tell from missing ones."""
    if isinstance(value, dict):
        return {name: lean(member) for name, member in value.items() if member is not None}
    return [lean(item) for item in value] if isinstance(value, list) else value


def test_the_gold_reads_as_its_texts() -> None:
    corpus = read(ROOT / "annotations" / "gold")
    assert not corpus.errors
    assert set(corpus.registries) == {"entities", "utterances"}
    for document in corpus.documents():
        assert document["text"].encode() == (ROOT / "dataset" / "articles" / f"{document['id']}.txt").read_bytes()
        for layer in ("zones", "entities", "quotes", "dates"):
            for span in document[layer]:
                assert document["text"][span["start"] : span["end"]] == span["text"]


def test_the_gold_is_laid_out_one_annotation_a_line_and_sorted() -> None:
    for path in sorted((ROOT / "annotations" / "gold").glob("*.json")):
        content = path.read_text("utf-8")
        assert layout(json.loads(content)) == content
        lines = content.split("\n")
        document = json.loads(content)
        assert "text" not in document
        for layer in ("entities", "quotes"):
            starts = [(item["start"], -item["end"]) for item in document[layer]]
            assert starts == sorted(starts)
            for k, item in enumerate(document[layer]):
                number = line_of(lines, (layer, k))
                assert number is not None
                assert json.loads(lines[number - 1].rstrip(",")) == item


@pytest.mark.parametrize("form", [JSONL, PARQUET])
def test_the_gold_survives_every_format(form: Any, tmp_path: Path) -> None:
    documents = list(read(ROOT / "annotations" / "gold").documents())
    path = tmp_path / f"gold{form.suffixes[0]}"
    form.write(path, documents, Schema.article())
    assert [lean(d) for d in read(path).documents()] == [lean(d) for d in documents]
    registries = read(ROOT / "annotations" / "gold").registries
    assert check(read(path, registries=registries), ignore=["SP6"]).exit_code == 0


def test_an_article_file_keeps_its_text_apart(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_bytes(DOCUMENT["text"].encode())
    path = tmp_path / "a.json"
    path.write_text(layout(stand_off(DOCUMENT, "texts/a.txt", Schema.article())), "utf-8")
    assert lean(next(iter(read(path).documents()))) == lean(DOCUMENT)
    ARTICLE.write(path, [{**DOCUMENT, "entities": []}], Schema.article())
    assert lean(next(iter(read(path).documents()))) == lean({**DOCUMENT, "entities": []})
    with pytest.raises(ValueError, match="not that of"):
        ARTICLE.write(path, [sound(text="other")], Schema.article())


@given(
    st.lists(st.sampled_from([DOCUMENT, sound(text="Zoë 😀\u2028x"), sound(id="b", text="")]), max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_jsonl_in_any_layout_reads_the_same(documents: list[Any], crlf: bool, bom: bool) -> None:
    import tempfile

    end = "\r\n" if crlf else "\n"
    content = ("\ufeff" if bom else "") + end.join(json.dumps(d, ensure_ascii=crlf) for d in documents)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(content.encode())
        corpus = read(path)
        assert [lean(d) for d in corpus.documents()] == [lean(d) for d in documents]
        assert [line for batch in corpus.batches for _, line in batch.origin] == list(range(1, len(documents) + 1))
        assert bool(corpus.errors) == (not documents)


def test_lines_that_are_no_json_are_errors_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps(DOCUMENT).encode()
    lines = [
        good,
        b"{",
        b"",
        b'{"id": "\xff"}',
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b"3",
        good.replace(b"example", b"b"),
    ]
    path.write_bytes(b"\n".join(lines))
    corpus = read(path)
    assert len(corpus) == 3
    errors = sorted(corpus.errors, key=lambda error: error.line or 0)
    assert [(error.line, error.problem.split(":")[0]) for error in errors] == [
        (2, "not JSON"), (4, "not UTF-8"), (5, "not JSON"), (6, "not usable JSON"), (7, "not usable JSON"),
    ]  # fmt: skip
    report = check([path])
    assert report.exit_code == 2
    assert [(f.code, f.line) for f in report.findings if f.code != "SP001"] == [("SP002", 8), ("SP003", 8)]


def test_blocks_are_cut_at_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spanproof.formats.blocks.BLOCK", 700)
    documents = [sound(id=str(k), text="x" * (k % 9) * 100) for k in range(40)]
    path = tmp_path / "a.jsonl"
    JSONL.write(path, documents, Schema.article())
    corpus = read(path)
    assert len(list(corpus.batches)) > 3
    assert [d["id"] for d in corpus.documents()] == [d["id"] for d in documents]
    assert [line for batch in corpus.batches for _, line in batch.origin] == list(range(1, 41))


def problems(path: Path) -> list[str]:
    return [error.problem for error in read(path, Schema.article()).errors]


def test_paths_that_hold_no_corpus_are_named(tmp_path: Path) -> None:
    assert "no such file" in problems(tmp_path / "none.jsonl")[0]
    assert "holds no corpus" in problems(tmp_path)[0]
    (tmp_path / "a.docx").write_bytes(b"")
    assert "the file is empty" in problems(tmp_path / "a.docx")[0]
    (tmp_path / "a.docx").write_bytes(b"Ana")
    assert "unknown kind of file" in problems(tmp_path / "a.docx")[0]
    (tmp_path / "a.jsonl").write_bytes(b"\n\n")
    assert "no document" in problems(tmp_path / "a.jsonl")[0]
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    assert "not readable as Parquet" in problems(tmp_path / "a.parquet")[0]
    PARQUET.write(tmp_path / "b.parquet", [], Schema.article())
    assert "no document" in problems(tmp_path / "b.parquet")[0]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not JSON: .* line 1|not JSON"),
        (b"\xff", "not UTF-8"),
        (b'{"text_file": "none.txt"}', "none.txt can't be read|none.txt"),
        (b'{"text_file": "latin.txt"}', "not UTF-8"),
        (b'{\n"id": "a",\n"b": }', "line 3"),
    ],
)
def test_an_article_file_that_cannot_be_read(content: bytes, problem: str, tmp_path: Path) -> None:
    import re

    (tmp_path / "latin.txt").write_bytes("Zoë".encode("latin-1"))
    (tmp_path / "a.json").write_bytes(content)
    (found,) = problems(tmp_path / "a.json")
    assert re.search(problem, found)


def test_an_article_file_of_another_shape_is_a_document_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"text_file": 3, "id": "a"}')
    corpus = read(tmp_path / "a.json", Schema.article())
    assert not corpus.errors
    assert list(corpus.documents()) == [{"text_file": 3, "id": "a"}]
    (tmp_path / "a.json").write_bytes(b"[1]")
    assert list(read(tmp_path / "a.json", Schema.article()).documents()) == [1]


def test_a_json_file_that_holds_a_list_is_a_list_of_documents(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"id": "a"}, {"id": "b"}]')
    assert [document["id"] for document in read(tmp_path / "a.json", Schema.article()).documents()] == ["a", "b"]
    (tmp_path / "a.json").write_text("[]")
    assert problems(tmp_path / "a.json") == ["the file holds no document"]


def test_registries_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    JSONL.write(tmp_path / "a.jsonl", [DOCUMENT], Schema.article())
    (tmp_path / "entities.json").write_text("[]")
    assert beside(tmp_path / "a.jsonl", Schema.article()) == (
        {}, (ReadError(str(tmp_path / "entities.json"), None, "a registry is an object of keys and entries"),),
    )  # fmt: skip
    assert read(tmp_path / "a.jsonl").errors
    assert check([tmp_path / "a.jsonl"]).exit_code == 2


ARROW = {
    "large": lambda t: t.cast(
        pa.schema([f.with_type(pa.large_string()) if f.type == pa.string() else f for f in t.schema])
    ),
    "dictionary": lambda t: t.set_column(3, "language", t["language"].dictionary_encode()),
    "order": lambda t: t.select(t.column_names[::-1]),
    "missing": lambda t: t.drop_columns(["zones"]),
    "slice": lambda t: t.slice(1, 2),
}


@pytest.mark.parametrize("form", ARROW)
def test_parquet_of_other_types_is_conformed(form: str, tmp_path: Path) -> None:
    table = Corpus.of([DOCUMENT, sound(id="b"), sound(id="c", text="")]).table
    pq.write_table(ARROW[form](table), tmp_path / "a.parquet")
    corpus = read(tmp_path / "a.parquet")
    assert corpus.table.schema == Schema.article().arrow
    assert not any(batch.raw for batch in corpus.batches)
    wanted = list(Corpus.of([DOCUMENT, sound(id="b"), sound(id="c", text="")]).documents())
    wanted = wanted[1:3] if form == "slice" else wanted
    drop = {"zones"} if form == "missing" else set()
    assert [lean({k: v for k, v in d.items() if k not in drop}) for d in corpus.documents()] == [
        lean({k: v for k, v in d.items() if k not in drop}) for d in wanted
    ]


def test_parquet_with_wide_offsets_and_large_lists_is_conformed(tmp_path: Path) -> None:
    rows = [
        {"name": "a", "body": "Ana", "persons": [{"n": "1", "start": 0, "end": 3, "role": "sender"}], "mentions": []}
    ] * 2
    table = pa.Table.from_pylist(rows)
    wide = table.schema.field("persons").type.value_type
    assert wide.field("start").type == pa.int64()
    table = table.set_column(2, "persons", table["persons"].cast(pa.large_list(wide)))
    pq.write_table(table, tmp_path / "a.parquet")
    from conftest import LETTERS

    corpus = read(tmp_path / "a.parquet", Schema.of(LETTERS))
    assert not any(batch.raw for batch in corpus.batches)
    assert [lean(d) for d in corpus.documents()] == rows


def test_parquet_that_does_not_fit_is_kept_raw(tmp_path: Path, letters: Schema) -> None:
    for change in ({"extra": 1}, {"year": "1925"}, {"weight": "heavy"}):
        pq.write_table(pa.Table.from_pylist([{**LETTER, **change}]), tmp_path / "a.parquet")
        corpus = read(tmp_path / "a.parquet", letters)
        (document,) = corpus.documents()
        assert document.items() >= change.items()
        assert [f.code for f in check(read(tmp_path / "a.parquet", letters)).findings] == ["SP002"]
    with pytest.raises(ValueError, match="document 1 doesn't fit"):
        PARQUET.write(tmp_path / "b.parquet", [{**LETTER, "extra": 1}], letters)
    assert not (tmp_path / "b.parquet").exists()


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: st.lists(s) | st.dictionaries(st.text(), s),
        max_leaves=12,
    )
)
def test_any_json_is_a_document_and_comes_back(value: Any) -> None:
    corpus = Corpus.of([value, DOCUMENT])
    first, second = corpus.documents()
    assert lean(first) == lean(value if value is not None else {})
    assert lean(second) == lean(DOCUMENT)
    assert corpus.table.num_rows == 2


@given(st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.lists(st.text()))
def test_dump_and_parse_are_inverse(value: Any) -> None:
    assert parse(dump(value)) == value
    assert "\n" not in dump(value)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "a.txt"
    replace_file(path, b"one")
    path.chmod(0o640)

    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            replace_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640


def test_parquet_with_strings_for_offsets_is_kept_raw(tmp_path: Path) -> None:
    persons = [{**person, "start": str(person["start"])} for person in LETTER["persons"]]
    pq.write_table(pa.Table.from_pylist([{**LETTER, "persons": persons}]), tmp_path / "a.parquet")
    report = check(read(tmp_path / "a.parquet", LETTERS))
    assert [f.code for f in report.findings] == ["SP101", "SP101"]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("wrapped", [False, True])
def test_the_records_of_a_list_without_keys_are_told_apart(tmp_path: Path, indent: int | None, wrapped: bool) -> None:
    spans = [{"start": 1, "end": 4, "text": "Ana"}, {"start": 8, "end": 10, "text": "Bo"}]
    records = [{"text": f"Ana saw Bo in {place}.", "spans": spans} for place in ("Rome", "Oslo", "Riga")]
    file = tmp_path / "list.json"
    file.write_text(json.dumps([{"data": one} for one in records] if wrapped else records, indent=indent))
    report = check(file)
    member = ".data" if wrapped else ""
    assert [finding.json_path for finding in report.findings] == [f"$[{k}]{member}.spans[0]" for k in range(3)]
    assert [len(group.documents) for *_, group in statistics(report.findings)] == [3]
