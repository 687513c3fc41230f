"""Where systems stand against the gold together: what every one of them misses, what most of them add."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spanproof.bench.errors.aligned import Lineup
from spanproof.metrics.spans import Floats, Side

_Key = tuple[int, int, int]


@dataclass(frozen=True)
class Mention:
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

    ``answers`` has what each system has instead, the nearest span that shares a character; ``near`` is the mean over
    the systems of how near that is: shared characters by characters of either, half of it for another label.
    """

    article: str
    mention: Mention
    sentence: Sentence
    near: float
    answers: Mapping[str, Mention | None]


@dataclass(frozen=True)
class Added:
    """A span that ``systems`` agree on and gold has not; ``gold`` is the nearest one of gold that shares a character.

    Systems that learned from the same data agree in their faults too, so this is a question to gold and no verdict.
    """

    article: str
    mention: Mention
    sentence: Sentence
    systems: tuple[str, ...]
    gold: Mention | None


def missed(found: Lineup) -> list[Missed]:
    """Every span of gold that all systems miss, the nearest first; none where there is no system."""
    had = {key for side in found.systems.values() for key in _keys(side)}
    rows = []
    for key in dict.fromkeys(_keys(found.gold)) if found.systems else ():
        if key in had:
            continue
        answers, near = {}, []
        for name, side in found.systems.items():
            other, amount = _nearest(side, key)
            answers[name] = other and _mention(found, other)
            near.append(amount)
        article, sentence = _where(found, key)
        rows.append(Missed(article, _mention(found, key), sentence, round(float(np.mean(near)), 6), answers))
    return sorted(rows, key=lambda row: -row.near)


def added(found: Lineup) -> list[Added]:
    """Every span that two systems or more agree on and gold has not, most systems first."""
    gold = set(_keys(found.gold))
    by: dict[_Key, list[str]] = {}
    for name, side in found.systems.items():
        for key in set(_keys(side)) - gold:
            by.setdefault(key, []).append(name)
    rows = []
    for key, systems in sorted(by.items()):
        if len(systems) > 1:
            other, _ = _nearest(found.gold, key)
            answer = other and _mention(found, other)
            article, sentence = _where(found, key)
            rows.append(Added(article, _mention(found, key), sentence, tuple(systems), answer))
    return sorted(rows, key=lambda row: -len(row.systems))


def _keys(side: Side) -> list[_Key]:
    return list(zip(side.start.tolist(), side.end.tolist(), side.label.tolist(), strict=True))


def _nearest(side: Side, key: _Key) -> tuple[_Key | None, float]:
    """The span of a side that is nearest, and how near; the first of several; None if none shares a character."""
    start, end, label = key
    shared = np.minimum(side.end, end) - np.maximum(side.start, start)
    whole = np.maximum(side.end, end) - np.minimum(side.start, start)
    near: Floats = np.where(shared > 0, shared / whole, 0) * np.where(side.label == label, 1, 0.5)
    if not near.any():
        return None, 0.0
    k = int(near.argmax())
    return (int(side.start[k]), int(side.end[k]), int(side.label[k])), float(near[k])


def _mention(found: Lineup, key: _Key) -> Mention:
    start, end, label = key
    _, offset = found.at(start)
    return Mention(offset, offset + end - start, found.text[start:end], found.labels[label])


def _where(found: Lineup, key: _Key) -> tuple[str, Sentence]:
    """The article that a span is in, and the sentence."""
    bounds, text = found.ground.sentences, found.text
    start, end, _ = key
    low = int(bounds[np.searchsorted(bounds, start, "right") - 1])
    high = int(bounds[np.searchsorted(bounds, end - 1, "right")])
    before, after = text[low:start].lstrip(), text[end:high].rstrip()
    name, offset = found.at(start - len(before))
    return name, Sentence(offset, before + text[start:end] + after)
