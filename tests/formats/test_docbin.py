"""DocBin: what is read back, what spaCy reads and writes, and what can't be read."""

import itertools
import random
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab
from srsly import msgpack_dumps, msgpack_loads

from spanproof.checks.check import check
from spanproof.cli import main
from spanproof.corpus.documents import ReadError
from spanproof.formats.discovery import read
from spanproof.formats.docbin import LEAF
from spanproof.formats.leaf import documents_in, kept
from support.stand_off import demand_law, stand_off_documents


@given(stand_off_documents())
def test_what_is_written_is_read_back(document: Any) -> None:
    demand_law(LEAF, document, "d.spacy")


WORDS = st.lists(st.sampled_from(["Ana", "\n", " ", "é", "😀", "don't", "__", "O"]), min_size=1, max_size=8)
LABELS = st.sampled_from(["PERSON", "ORG", "a b", "ENT_TYPE"])


@st.composite
def docs(draw: st.DrawFn) -> Doc:
    """A document of spaCy with entities, groups of spans and attributes."""
    words = draw(WORDS)
    doc = Doc(Vocab(), words=words, spaces=[draw(st.booleans()) for _ in words])
    borders = sorted(draw(st.sets(st.integers(0, len(words)), min_size=2 if len(words) > 1 else 0)))
    names = {"kb_id": st.sampled_from(["", "Q1"]), "span_id": st.sampled_from(["", "e1"])}
    doc.ents = [
        Span(doc, first, last, label=draw(LABELS), **draw(st.fixed_dictionaries(names)))
        for first, last in itertools.pairwise(borders)
        if draw(st.booleans())
    ]
    for key in draw(st.sets(st.sampled_from(["sc", "quotes"]))):
        group = []
        for _ in range(draw(st.integers(0, 3))):
            first = draw(st.integers(0, len(words) - 1))
            group.append(Span(doc, first, draw(st.integers(first + 1, len(words))), label=draw(LABELS)))
        doc.spans[key] = group
    doc.cats = draw(st.dictionaries(st.sampled_from(["news", "sport"]), st.floats(0, 1), max_size=2))
    return doc


def said_by_spacy(doc: Doc) -> tuple[Any, ...]:
    groups = [(span, key) for key, group in doc.spans.items() for span in group]
    spans = [
        (span.start_char, span.end_char, span.label_, key, span.kb_id_)
        for span, key in [*((e, None) for e in doc.ents), *groups]
    ]
    return doc.text, spans, dict(doc.cats)


def said_here(document: dict[str, Any]) -> tuple[Any, ...]:
    spans = [
        (span["start"], span["end"], span["label"], span.get("layer"), (span.get("attributes") or {}).get("kb_id", ""))
        for span in document["spans"]
    ]
    return document["text"], spans, (document.get("metadata") or {}).get("cats", {})


def read_file(content: bytes, folder: Path) -> tuple[list[Any], list[str]]:
    path = folder / "d.spacy"
    path.write_bytes(content)
    batch = read(path)
    return list(batch.documents()), [error.problem for error in batch.errors]


@given(st.lists(docs(), max_size=3))
def test_what_spacy_writes_is_read_with_the_same_spans(some: list[Doc]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.spacy"
        DocBin(docs=some, store_user_data=True).to_disk(path)
        documents, problems = [], []
        for one in documents_in(LEAF, path):
            problems.append(one) if isinstance(one, ReadError) else documents.append(one.document)
    assert (list(map(said_here, documents)), problems) == (list(map(said_by_spacy, some)), [])


@given(stand_off_documents(), stand_off_documents())
def test_what_is_written_is_read_by_spacy_with_the_same_spans(first: Any, second: Any) -> None:
    documents = [kept(document, LEAF).document for document in (first, second)]
    with tempfile.TemporaryDirectory() as folder:
        LEAF.write(documents, Path(folder) / "d.spacy")
        some = list(DocBin().from_disk(Path(folder) / "d.spacy").get_docs(Vocab()))
    for doc, document in zip(some, documents, strict=True):
        assert said_by_spacy(doc)[:2] == said_here(document)[:2]


def test_attributes_are_those_of_the_place(tmp_path: Path) -> None:
    Span.set_extension("sure", default=None, force=True)
    Doc.set_extension("source", default=None, force=True)
    doc = Doc(Vocab(), words=["Ana", "met", "Bo"])
    doc.ents = [Span(doc, 0, 1, label="PERSON"), Span(doc, 2, 3, label="PERSON")]
    doc.ents[0]._.sure = [1, True]
    doc[1:2]._.sure = False
    doc._.source = "desk"
    (document,), problems = read_file(DocBin(docs=[doc], store_user_data=True).to_bytes(), tmp_path)
    assert [span.get("attributes") for span in document["spans"]] == [{"sure": [1, True]}, None]
    assert (document["id"], document["metadata"]) == ("d", {"source": "desk"})
    assert problems == ["document 1: 'sure' of the characters 4 to 7, where no span is, isn't read"]


def test_ids_that_several_entities_have_are_attributes(tmp_path: Path) -> None:
    doc = Doc(Vocab(), words=["Ana", "and", "Ana"])
    doc.ents = [Span(doc, k, k + 1, label="PERSON", span_id="ana") for k in (0, 2)]
    (document,), _ = read_file(DocBin(docs=[doc]).to_bytes(), tmp_path)
    assert [span["id"] for span in document["spans"]] == ["ents-1", "ents-2"]
    assert [span["attributes"] for span in document["spans"]] == [{"id": "ana"}] * 2
    assert check(tmp_path / "d.spacy").exit_code == 0


def content_of(doc: Doc) -> dict[str, Any]:
    content: dict[str, Any] = msgpack_loads(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    return content


def sample() -> Doc:
    doc = Doc(Vocab(), words=["Ana", "met", "Bo"], spaces=[True, True, False])
    doc.ents = [Span(doc, 0, 1, label="PERSON")]
    doc.spans["sc"] = [Span(doc, 0, 3, label="MEETING")]
    return doc


def broken(**changes: Any) -> bytes:
    return zlib.compress(msgpack_dumps({**content_of(sample()), **changes}))


WHOLE = DocBin(docs=[sample()]).to_bytes()
ROW = struct.pack(">QQQllll", 0, 0, 0, 0, 9, 0, 99)
SHIFTED = msgpack_dumps({msgpack_dumps({"name": "sc", "attrs": {}, "spans": [ROW]}): ["sc"]})


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is cut off"),
        (WHOLE[:-9], "it is cut off"),
        (WHOLE[:60] + WHOLE[:300] + WHOLE[60:], "it isn't packed with zlib"),
        (zlib.compress(b"\xa7version" + b"\0" * (1 << 27)), "it holds more than 100 times its size"),
        (zlib.compress(b"\xa7version" + b"\x91" * 5000), "isn't a DocBin"),
        (broken(tokens=b"12345678" * 13), "don't make up its 1 tokens"),
        (broken(tokens=b"123"), "isn't a DocBin"),
        (broken(attrs=[]), "isn't a DocBin"),
        (broken(attrs=None), "a value is of another kind than expected"),
        (broken(strings=[]), "document 1 can't be read: it has no"),
        (broken(strings=[1]), "isn't a DocBin"),
        (broken(lengths=struct.pack("<i", -3)), "don't make up its"),
        (broken(span_groups=[SHIFTED]), "span 1 of 'sc' goes from 0 to 99, its tokens 0 to 9 from None to None"),
        (broken(span_groups=[b"\xc1"]), "document 1 can't be read"),
        (broken(user_data=[msgpack_dumps({("x", 1): 2})]), "('x', 1) in user_data isn't read"),
        (broken(flags=[1]), "can't be read"),
    ],
    ids=map(str, range(16)),
)
def test_what_cannot_be_read_is_named(content: bytes, problem: str, tmp_path: Path) -> None:
    _, problems = read_file(content, tmp_path)
    assert problem in "".join(problems)
    assert check(tmp_path / "d.spacy").exit_code == 2


@given(st.integers(0, 1 << 32))
def test_no_broken_file_ends_in_a_traceback(seed: int) -> None:
    chance = random.Random(seed)
    unpacked = bytearray(zlib.decompress(WHOLE))
    for _ in range(chance.randint(1, 4)):
        unpacked[chance.randrange(len(unpacked))] = chance.randrange(256)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.spacy"
        path.write_bytes(zlib.compress(bytes(unpacked)))
        assert list(documents_in(LEAF, path))


def test_a_file_without_spans_is_no_sound_corpus(tmp_path: Path) -> None:
    for some in ([], [Doc(Vocab(), words=["Ana"])]):
        DocBin(docs=some).to_disk(tmp_path / "d.spacy")
        assert CliRunner().invoke(main, ["check", str(tmp_path / "d.spacy")]).exit_code == 2
