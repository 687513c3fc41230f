"""Scores from counts: figures that others published with their scorers, from the counts that they state."""

import re
from collections.abc import Iterator
from typing import Any

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


SAMPLE = """\
54:61 149:161= +700:707 +1125:1136
131:138 315:323 571:575= 629:639
35:42 563:569 1529:1536 1823:1832 1944:1951 2096:2100= 2180:2189 2461:2472 +2874:2876
101:108 436:446= 490:498= 553:561= 608:616= 667:675= 719:727= 772:782= 829:839= 884:933/892 -935:938 939:947= 995:1004=\
 1059:1067= 1120:1128= 1179:1189= 1237:1271/1245"""
"""Where the expressions of time of the sample of TempEval-3's toolkit are, a document a line: = where its system gives
the value of gold, / where another end, - for what it lacks, + for what it has besides."""


def test_figures_of_the_toolkit_of_tempeval_3() -> None:
    """What TE3-evaluation.py says of the sample that it comes with, at debug level 0.5."""
    gold, system = list[dict[str, Any]](), list[dict[str, Any]]()
    for k, line in enumerate(SAMPLE.splitlines()):
        times: tuple[list[Any], list[Any]] = ([], [])
        for written in line.split():
            start, end, other = map(int, (*re.findall(r"\d+", written), re.findall(r"\d+", written)[-1])[:3])
            for side, n, absent in zip(times, (0, 1), "+-", strict=True):
                if not written.startswith(absent):
                    value = "2025" if n == 0 or "=" in written else "2026"
                    side.append({"start": start, "end": other if n else end, "type": "DATE", "value": value})
        for side, of in zip((gold, system), times, strict=True):
            side.append({"id": str(k), "text": "x" * 3000, "times": of})
    scores = score(*(Corpus.of(side, Schema.of(DATED)) for side in (gold, system)), "timex3", resamples=0)
    expected = {
        "strict": (0.848484848485, 0.903225806452, 0.875),
        "relaxed": (0.909090909091, 0.967741935484, 0.9375),
        "value": (0.484848484848, 0.516129032258, 0.5),
        "type": (0.909090909091, 0.967741935484, 0.9375),
    }
    for measure, figures in expected.items():
        one = scores.find(f"TempEval-3 {measure}")
        assert one.n == (31, 33)
        assert (one.precision, one.recall, one.value) == pytest.approx(figures, abs=1e-6)
    assert scores.find("value accuracy").value == pytest.approx(0.533333333333, abs=1e-6)
