"""SP603: near duplicates."""

import random
from collections.abc import Iterable, Iterator

import pytest

from spanproof.arrays import Words
from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.checks.rules import duplicates
from spanproof.checks.view import View
from spanproof.corpus import spool
from spanproof.corpus.documents import Corpus, batch_of
from spanproof.formats.discovery import read
from spanproof.schema.schema import Schema
from support.documents import ROOT


def test_near_identical_texts_are_found_across_batches_and_different_ones_are_not() -> None:
    texts = [
        read(ROOT / "annotations" / "gold" / f"{name}.json").table["text"][0].as_py()
        for name in ("28c5c7bc61b1027f", "3d6420707d2b56da")
    ]
    edited = texts[0].replace("Moscow", "Ankara", 1).replace("Wednesday", "Thursday", 1)
    documents = [sound(id=str(k), text=text) for k, text in enumerate([*texts, edited])]
    parts = tuple(Corpus.of([document]).batches[0] for document in documents)
    found = [f for f in check(Corpus(Schema.article(), parts)).findings if f.code == "SP603"]
    assert [f.document for f in found] == ["2"]
    assert "with 0" in found[0].message


def test_documents_of_many_batches_are_compared_as_those_of_one() -> None:
    texts = [prose(seed % 7, 120) + " end" * (seed % 3) for seed in range(24)]
    documents = [sound(id=f"{k}", text=text) for k, text in enumerate(texts)]
    parts = tuple(batch_of([document], Schema.article()) for document in documents)
    corpora = Corpus(Schema.article(), parts), Corpus.of(documents)
    found = [[f for f in check(corpus).findings if f.code == "SP603"] for corpus in corpora]
    assert [len(findings) for findings in found] == [17, 17]
    assert [f.message for f in found[0]] == [f.message for f in found[1]]


def prose(seed: int, words: int) -> str:
    draw = random.Random(seed)
    return " ".join("".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 9))) for _ in range(words))


def test_the_sketch_of_a_text_is_the_same_whatever_texts_stand_beside_it() -> None:
    texts = [prose(seed, words) for seed, words in enumerate((900, 10, 700, 0, 40, 120, 500, 1, 800))]
    rows = [sound(id=str(k), text=text) for k, text in enumerate(texts)]
    together, *alone = (
        duplicates._sketches(View(batch_of(some, Schema.article()), Schema.article()))
        for some in (rows, *([row] for row in rows))
    )
    assert together.hashes.tolist() == [one for sketch in alone for one in sketch.hashes.tolist()]
    assert together.sizes.tolist() == [one for sketch in alone for one in sketch.sizes.tolist()]
    assert max(together.sizes) > 10 > min(together.sizes)


@pytest.mark.parametrize("words", [100, 1000])
def test_alike_is_four_fifths_wherever_the_documents_stand(words: int) -> None:
    first, second, third = (prose(seed, words) for seed in range(3))
    texts = [third, first + second, first + third, second, first + second + "!"]
    documents = [sound(id=str(k), text=text) for k, text in enumerate(texts)]
    found = check(Corpus.of(documents)).findings
    assert [(f.code, f.document, f.message.rpartition(" ")[2]) for f in found] == [("SP603", "4", "1")]


def test_pairs_of_documents_are_spread_over_ranges_though_most_begin_with_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = random.Random(3)
    common = " ".join("".join(draw.choices("abcdefghij", k=7)) for _ in range(150))
    own = [" ".join("".join(draw.choices("klmnopqrst", k=7)) for _ in range(150)) for _ in range(300)]
    batch = batch_of([sound(id=f"d{k}", text=f"{common} {text}") for k, text in enumerate(own)], Schema.article())
    collected = [duplicates._sketches(View(batch, Schema.article()))]
    sizes: list[list[int]] = []

    def measured(batches: Iterable[Words], limit: int) -> Iterator[Words]:
        sizes.append([])
        mine = sizes[-1]
        for numbers in spool.ranges(batches, limit):
            mine.append(len(numbers))
            yield numbers

    monkeypatch.setattr(spool, "_KEYS", 100)
    monkeypatch.setattr(duplicates, "ranges", measured)
    assert list(duplicates.near_identical.judge(collected)) == []
    pairs = sizes[0]  # its ranges are asked for first
    assert (len(sizes), len(pairs)) == (2, 64)
    assert sum(pairs) > 500
    assert max(pairs) < sum(pairs) / 8
