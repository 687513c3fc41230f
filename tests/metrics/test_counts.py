"""Scores from counts: figures that others published with their scorers, from the counts that they state."""

from collections.abc import Iterator

import pytest

from spanproof.corpus.documents import Corpus
from spanproof.metrics import plain
from spanproof.metrics.score import score
from spanproof.schema.schema import Schema

CHUNKS = {
    "ADJP": (6, 1, 0, 0.00, 0.00, 0.00),
    "ADVP": (8, 11, 5, 45.45, 62.50, 52.63),
    "NP": (262, 317, 206, 64.98, 78.63, 71.16),
    "PP": (90, 107, 89, 83.18, 98.89, 90.36),
    "SBAR": (6, 3, 2, 66.67, 33.33, 44.44),
    "VP": (87, 100, 69, 69.00, 79.31, 73.80),
}
"""Of each kind of chunk: in gold, found, right; precision, recall and FB1 in per cent."""


OFFSET, STRING = {"type": "integer", "minimum": 0}, {"type": "string"}
TIME = {
    "type": "object",
    "spanOf": "text",
    "timex3": {"type": "type", "value": "value"},
    "required": ["start", "end", "type", "value"],
    "properties": {"start": OFFSET, "end": OFFSET, "type": {**STRING, "enum": ["DATE"]}, "value": STRING},
}
DATED = {
    "type": "object",
    "key": "id",
    "required": ["id", "text", "times"],
    "properties": {"id": STRING, "text": STRING, "times": {"type": "array", "items": TIME}},
}


def chunks(found: bool) -> Iterator[tuple[int, int, str]]:
    """The chunks of gold or those that were found, a place each: the right ones are at the same places."""
    at = 0
    for label, (gold, predicted, right, *_) in CHUNKS.items():
        for k in range(gold + predicted - right):
            if k < right or (k < gold) != found:
                yield at, at + 1, label
            at += 2


def test_figures_of_conlleval_on_its_example() -> None:
    """The page of CoNLL-2000 on the output of conlleval; its 961 tokens themselves give the same figures."""
    text = "a " * sum(gold + predicted for gold, predicted, *_ in CHUNKS.values())
    scores = plain.score([text], [list(chunks(False))], [list(chunks(True))], resamples=0)
    published = {None: (459, 539, 371, 68.83, 80.83, 74.35), **CHUNKS}
    for label, (gold, predicted, _, *percent) in published.items():
        found = scores.find("exact", part=label)
        assert found.n == (gold, predicted)
        values = (found.precision, found.recall, found.value)
        assert [round(100 * (value or 0), 2) for value in values] == percent


def test_figures_of_a_scorer_by_the_method_of_tempeval() -> None:
    """EVENTI 2014: 11 expressions, 9 found, of which 8 are the same and one overlaps; all types and values right."""
    text, day = "one two three " * 11, {"type": "DATE", "value": "2025-02-26"}
    gold = [{"start": 14 * k, "end": 14 * k + 7, **day} for k in range(11)]
    predicted = [*gold[:8], {"start": 14 * 8, "end": 14 * 8 + 3, **day}]
    sides = (Corpus.of([{"id": "a", "text": text, "times": of}], Schema.of(DATED)) for of in (gold, predicted))
    scores = score(*sides, "timex3", resamples=0)
    for measure, expected in (("TempEval-3 strict", (8 / 9, 8 / 11, 0.8)), ("TempEval-3 relaxed", (1.0, 9 / 11, 0.9))):
        found = scores.find(measure)
        assert (found.precision, found.recall, found.value) == pytest.approx(expected, abs=1e-6)
    assert scores.find("value accuracy").value == scores.find("type accuracy").value == 1.0
