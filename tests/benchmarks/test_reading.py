"""Formats of annotations read beside the field's own readers, by turns in one process."""

import functools
import gc
import random
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from seqscore.conll import LineSpec, ingest_conll_file

from spanproof.formats.conll import LEAF
from spanproof.formats.leaf import Leaf, LocatedDocument, documents_in, kept
from spanproof.formats.leaves import leaf_named

CEILING = 1.8
"""The aim is 1.3; a loaded machine measures more."""


def taken(read: Callable[[], int]) -> tuple[float, int]:
    gc.collect()
    gc.freeze()  # what other tests have left in the process isn't walked through meanwhile
    start = time.process_time()
    number = read()
    return time.process_time() - start, number


@pytest.mark.slow
def test_conll_is_read_about_as_fast_as_by_seqscore(tmp_path: Path) -> None:
    draw = random.Random(1)
    tags = ["O", "O", "O", "B-PER I-PER", "B-LOC", "B-ORG I-ORG I-ORG"]
    sentences = [" ".join(draw.choices(tags, k=12)).split() for _ in range(2000)]
    file = tmp_path / "a.conll"
    file.write_text("\n\n".join("\n".join(f"word{k} {tag}" for k, tag in enumerate(one)) for one in sentences) + "\n")

    def ours() -> int:
        return sum(len(one.document["spans"]) for one in documents_in(LEAF, file) if isinstance(one, LocatedDocument))

    def theirs() -> int:
        documents = ingest_conll_file(
            str(file), "BIO", "utf-8", LineSpec(0, 1), ignore_document_boundaries=True, allow_comment_lines=False
        )
        return sum(len(sentence.mentions) for document in documents for sentence in document)

    pairs = [(taken(ours), taken(theirs)) for _ in range(5)]
    assert {number for pair in pairs for _, number in pair} == {ours()}
    assert statistics.median(mine / other for (mine, _), (other, _) in pairs) < CEILING


def bioc_annotations(file: Path) -> int:
    from bioc import biocxml

    with file.open(encoding="utf-8") as opened:
        collection = biocxml.load(opened)
    return sum(len(passage.annotations) for document in collection.documents for passage in document.passages)


def pubtator_annotations(file: Path) -> int:
    from bioc import pubtator

    with file.open(encoding="utf-8") as opened:
        return sum(len(document.annotations) for document in pubtator.load(opened))


def conllu_brackets(file: Path) -> int:
    import conllu

    tokens = (token for sentence in conllu.parse(file.read_text("utf-8")) for token in sentence)
    return sum((token["misc"] or {}).get("Entity", "").count("(") for token in tokens)


def cas_annotations(file: Path) -> int:
    import cassis

    with (file.parent / "all.typesystem.xml").open("rb") as opened:
        types = cassis.load_typesystem(opened)
    with file.open("rb") as opened:
        cas = cassis.load_cas_from_xmi(opened, typesystem=types)
    return sum(1 for one in cas.select_all() if one.type.name.endswith("NamedEntity"))


@functools.cache
def vocabulary() -> Any:
    import spacy

    return spacy.blank("en").vocab


def docbin_entities(file: Path) -> int:
    from spacy.tokens import DocBin

    return sum(len(doc.ents) for doc in DocBin().from_disk(file).get_docs(vocabulary()))


PEERS: Mapping[str, tuple[str, Callable[[Path], int]]] = {
    "bioc": ("a.bioc.xml", bioc_annotations),
    "pubtator": ("a.pubtator", pubtator_annotations),
    "conllu": ("a.conllu", conllu_brackets),
    "xmi": ("folder", cas_annotations),
    "docbin": ("a.spacy", docbin_entities),
}


def documents_of(leaf: Leaf, number: int) -> list[dict[str, Any]]:
    """Documents as a format can hold them: sentences with names, none beside another."""
    text = "Ana Silva met Rui Costa in Lisbon on Monday and they left for Porto. " * 20
    starts = [at for at in range(len(text)) if text.startswith(("Ana", "Rui", "Lisbon", "Porto"), at)]
    spans = [
        {"id": f"T{k}", "label": "PER", "start": at, "end": at + len(text[at:].split()[0].rstrip("."))}
        for k, at in enumerate(starts, 1)
    ]
    return [kept({"id": str(k), "text": text, "spans": spans}, leaf).document for k in range(number)]


@pytest.mark.full
@pytest.mark.parametrize("name", PEERS)
def test_a_format_is_read_about_as_fast_as_by_its_own_library(name: str, tmp_path: Path) -> None:
    leaf, (file_name, peer) = leaf_named(name), PEERS[name]
    assert leaf is not None
    leaf.write(documents_of(leaf, 1 if file_name == "folder" else 20), tmp_path / file_name)
    file = next((tmp_path / "folder").glob("*.xmi")) if file_name == "folder" else tmp_path / file_name

    def ours() -> int:
        return sum(len(one.document["spans"]) for one in documents_in(leaf, file) if isinstance(one, LocatedDocument))

    assert ours() == peer(file) > 0
    ratios = []
    for _ in range(5):
        mine, other = taken(ours), taken(lambda: peer(file))
        ratios.append(mine[0] / other[0])
    print(f"{name}: reading costs {statistics.median(ratios):.2f} of its own library")
    assert statistics.median(ratios) < CEILING
