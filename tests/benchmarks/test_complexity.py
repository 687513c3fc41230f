"""Twice the input takes about twice the work: no part of a check is quadratic, whatever grows."""

import gc
import time
from collections.abc import Callable
from typing import Any

import pytest

from spanproof.checks.check import check
from spanproof.checks.examples import sound
from spanproof.corpus.documents import Corpus
from spanproof.text.drift.units import UNITS
from spanproof.text.drift.writings import WRITINGS
from spanproof.text.letters import Letters

_ALLOWED = 2.8
"""Linear is 2, quadratic is 4; a shared machine adds some."""


def _text(count: int) -> str:
    return " ".join(f"Ana{k} met “Zoë”." for k in range(count))


def _spans(count: int, text: str, label: str = "PERSON") -> list[dict[str, Any]]:
    spans, at = [], 0
    for k in range(count):
        name = f"Ana{k}"
        at = text.index(name, at)
        spans.append({"id": f"e{k}", "start": at, "end": at + len(name), "text": name, "label": label})
        at += len(name)
    return [{**span, "entity_id": span["text"].lower()} for span in spans]


def documents(count: int) -> list[Any]:
    text = _text(20)
    return [sound(id=f"d{k}", text=f"{k * 7919 % 99991:09d} {text}") for k in range(count)]


def one_long_document(count: int) -> list[Any]:
    text = _text(count)
    return [sound(id="long", text=text, entities=_spans(count, text))]


def copies(count: int) -> list[Any]:
    return [sound(id=f"d{k}", text=_text(40) + " again" * (k % 2)) for k in range(count)]


def identifiers_that_repeat(count: int) -> list[Any]:
    return [sound(id=f"d{k % 7}", text=str(k)) for k in range(count)]


def surfaces_with_two_labels(count: int) -> list[Any]:
    text = _text(count)
    labels = ("PERSON", "ORG")
    return [sound(id=label, text=text + label, entities=_spans(count, text, label)) for label in labels]


def unknown_labels(count: int) -> list[Any]:
    text = _text(count)
    return [sound(id="wrong", text=text, entities=_spans(count, text, "NOBODY"))]


def seconds(corpus: Corpus) -> float:
    """Of the processor, the least of three."""
    taken = []
    for _ in range(3):
        gc.collect()
        begun = time.thread_time()
        check(corpus)
        taken.append(time.thread_time() - begun)
    return min(taken)


@pytest.mark.full
@pytest.mark.parametrize(
    ("made", "size"),
    [
        (documents, 3000), (one_long_document, 20_000), (copies, 1500), (identifiers_that_repeat, 3000),
        (surfaces_with_two_labels, 2000), (unknown_labels, 300),
    ],
)  # fmt: skip
def test_twice_the_input_takes_about_twice_the_work(made: Callable[[int], list[Any]], size: int) -> None:
    small, large = (seconds(Corpus.of(made(number))) for number in (size, 2 * size))
    assert large < _ALLOWED * small, f"{small:.3f} s, {large:.3f} s"


_PIECE = (
    "Ana said: “Zoë & <b>Bo</b> met 3 &amp; 4 at 10 %20 \\n [here](x).”\r\n"
    "> Éva wrote naïvely \t of 😀 Kyōto（きょうと）, … ſo\n"
)
_MOMENT = 0.05
"""Seconds that are too short to be compared."""


@pytest.mark.parametrize("counted", [*UNITS, *WRITINGS], ids=lambda one: one.name)
def test_a_text_is_counted_and_written_in_time_that_grows_with_its_length(counted: Any) -> None:
    count = counted.count if hasattr(counted, "count") else counted.render

    def taken(number: int) -> float:
        letters, begun = Letters(_PIECE * number), time.thread_time()
        count(letters)
        return time.thread_time() - begun

    small, large = (min(taken(number) for _ in range(2)) for number in (400, 1600))
    assert large < max(_MOMENT, 2.5 * _ALLOWED * small), f"{small:.3f} s, {large:.3f} s"
