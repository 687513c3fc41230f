"""Where systems stand against the gold together: what every one of them misses, what most of them add."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Floats
from spanproof.bench.errors.aligned import AlignedSystems
from spanproof.metrics.spans import LabelledSpans

_Key = tuple[int, int, int]


@dataclass(frozen=True)
class DisputedSpan:
    """A span of an article: code points, half open."""

    start: int
    end: int
    surface: str
    label: str


@dataclass(frozen=True)
class Sentence:
    """The sentence, or sentences, that a span is in, without blanks at its edges; it starts at a code point."""

    start: int
    text: str


@dataclass(frozen=True)
class Missed:
    """A span of gold that no system has with its offsets and label.

    Attributes:
        article: the document that it is in.
        mention: the span.
        sentence: what it stands in.
        near: the mean over the systems of how near their answers are: characters that the spans share by characters
            that either has (Jaccard), half of it for another label.
        answers: what each system has instead, the nearest span that shares a character; None where there is none.
    """

    article: str
    mention: DisputedSpan
    sentence: Sentence
    near: float
    answers: Mapping[str, DisputedSpan | None]


@dataclass(frozen=True)
class Added:
    """A span that two systems or more agree on and gold has not.

    Systems that learned from the same data agree in their faults too, so this is a question to gold and no verdict.

    Attributes:
        article: the document that it is in.
        mention: the span.
        sentence: what it stands in.
        systems: the names of the systems.
        gold: the nearest span of gold that shares a character.
    """

    article: str
    mention: DisputedSpan
    sentence: Sentence
    systems: tuple[str, ...]
    gold: DisputedSpan | None


def missed(aligned: AlignedSystems) -> list[Missed]:
    """Return every span of gold that all systems miss, the nearest first; none where there is no system."""
    predicted = {key for system in aligned.systems.values() for key in _keys(system)}
    rows = []
    for key in dict.fromkeys(_keys(aligned.gold)) if aligned.systems else ():
        if key in predicted:
            continue
        answers, near = {}, []
        for name, system in aligned.systems.items():
            other, amount = _nearest(system, key)
            answers[name] = other and _mention(aligned, other)
            near.append(amount)
        article, sentence = _where(aligned, key)
        rows.append(Missed(article, _mention(aligned, key), sentence, round(float(np.mean(near)), 6), answers))
    return sorted(rows, key=lambda row: -row.near)


def added(aligned: AlignedSystems) -> list[Added]:
    """Return every span that two systems or more agree on and gold has not, most systems first."""
    gold = set(_keys(aligned.gold))
    systems_of: dict[_Key, list[str]] = {}
    for name, system in aligned.systems.items():
        for key in set(_keys(system)) - gold:
            systems_of.setdefault(key, []).append(name)
    rows = []
    for key, systems in sorted(systems_of.items()):
        if len(systems) > 1:
            other, _ = _nearest(aligned.gold, key)
            answer = other and _mention(aligned, other)
            article, sentence = _where(aligned, key)
            rows.append(Added(article, _mention(aligned, key), sentence, tuple(systems), answer))
    return sorted(rows, key=lambda row: -len(row.systems))


def _keys(spans: LabelledSpans) -> list[_Key]:
    return list(zip(spans.start.tolist(), spans.end.tolist(), spans.label.tolist(), strict=True))


def _nearest(spans: LabelledSpans, key: _Key) -> tuple[_Key | None, float]:
    """Return the nearest span and how near it is; the first of several; None if none shares a character."""
    start, end, label = key
    shared = np.minimum(spans.end, end) - np.maximum(spans.start, start)
    whole = np.maximum(spans.end, end) - np.minimum(spans.start, start)
    near: Floats = np.where(shared > 0, shared / whole, 0) * np.where(spans.label == label, 1, 0.5)
    if not near.any():
        return None, 0.0
    k = int(near.argmax())
    return (int(spans.start[k]), int(spans.end[k]), int(spans.label[k])), float(near[k])


def _mention(aligned: AlignedSystems, key: _Key) -> DisputedSpan:
    start, end, label = key
    _, offset = aligned.at(start)
    return DisputedSpan(offset, offset + end - start, aligned.continuum.text[start:end], aligned.labels[label])


def _where(aligned: AlignedSystems, key: _Key) -> tuple[str, Sentence]:
    """Return the article that a span is in, and the sentence."""
    bounds, text = aligned.continuum.sentences, aligned.continuum.text
    start, end, _ = key
    low = int(bounds[np.searchsorted(bounds, start, "right") - 1])
    high = int(bounds[np.searchsorted(bounds, end - 1, "right")])
    before, after = text[low:start].lstrip(), text[end:high].rstrip()
    name, offset = aligned.at(start - len(before))
    return name, Sentence(offset, before + text[start:end] + after)
