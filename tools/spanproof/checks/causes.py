"""Why the spans of a document disagree with their surfaces, and the correction of each of its texts."""

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

import numpy as np

from spanproof.arrays import Bools, Ints, indices
from spanproof.checks.asked_texts import asked_texts
from spanproof.checks.layers_apart import explained_by_layers, explained_by_sample
from spanproof.checks.other_strings import texts_to_explain
from spanproof.checks.rows_of_texts import explained_by_record
from spanproof.checks.view import Spans, View
from spanproof.checks.wrong_texts import SOUND, WrongTexts, are_few, moved_spans
from spanproof.corpus.findings import Cause
from spanproof.corpus.moved import MovedSpans, Moves
from spanproof.corpus.written_paths import renames
from spanproof.schema.node import Place
from spanproof.text.drift.learned import LearnedOfLayers, proves_all, with_more
from spanproof.text.drift.model import Explanation, Level, Placement
from spanproof.text.drift.shared import Annotated

_TOGETHER, _SPARSE = 2_000, 500
"""Spans that are told together, and how many code points of a text there may be for each that its correction moves."""
WITHHELD = Cause(
    "first-occurrence",
    "spans are stored twice at the first (or last) occurrence of their words, where a search may have put them and "
    "others, so no such occurrence is proved",
    0,
    0,
    "open",
)
"""Why a span is open that the model of its document has a place for."""


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What the surfaces of one text tell of its offsets.

    Attributes:
        number: which of the texts of the batch it is of.
        cause: why spans disagree; None where nothing is known. Other texts of the document that have the same are
            counted with it.
        alone: how many spans disagree, if they are so few that each may do so for a reason of its own; else 0.
        moves: the correction of all spans of the text whose place is proved.
    """

    number: int
    cause: Cause | None
    alone: int
    moves: Moves


@dataclass(frozen=True, eq=False)
class Diagnoses:
    """The diagnoses of the texts of a batch, and what each tells of its spans, as columns.

    Attributes:
        texts: the texts.
        of: the diagnosis of each.
        placed: where spans belong, in code points of their text, shape (spans, 2); only where that is proved.
        proved: whether it is.
        listed: where the spans of a text belong, for texts some of whose spans aren't proved.
    """

    texts: WrongTexts
    of: Sequence[Diagnosis]
    placed: Ints
    proved: Bools
    listed: Mapping[int, Sequence[Placement]]

    @functools.cached_property
    def text(self) -> Ints:
        """Return the number of each span's text."""
        return np.repeat(np.arange(len(self.of)), np.diff(self.texts.bounds))

    @functools.cached_property
    def sizes(self) -> Ints:
        """Return how many spans of each text its correction moves."""
        return np.diff(self.of[0].moves.spans.bounds)

    @functools.cached_property
    def index(self) -> Mapping[Place, Ints]:
        """Return for all spans of the batch, by place, which of these they are; -1 for none."""
        every = {}
        for number, spans in enumerate(self.texts.layers):
            of = indices(self.texts.layer == number)
            index = every[spans.node.place] = np.full(len(spans.items), -1)
            index[self.texts.k[of]] = of
        return every

    def at(self, n: int) -> tuple[Diagnosis, Placement]:
        """Return the diagnosis of the text of a span, and where the span belongs in the text of its document."""
        text = int(self.text[n])
        low = int(self.texts.low[text])
        if text in self.listed:
            return self.of[text], _moved(self.listed[text][n - int(self.texts.bounds[text])], low)
        start, end = self.placed[n].tolist()
        return self.of[text], Placement("proved", (start + low, end + low))


def diagnosis_of(view: View, spans: Spans, k: int) -> tuple[Diagnosis, Placement] | None:
    """Return why spans of the text that a span is counted in disagree with their surfaces, and where it belongs.

    Args:
        view: the batch.
        spans: the spans at one place.
        k: which of them.

    Returns:
        Both; None where all spans of the text agree, or it isn't known which text that is.
    """
    known = diagnosed(view, spans.member)
    n = int(known.index[spans.node.place][k])
    return known.at(n) if n >= 0 else None


def moved_together(view: View, spans: Spans, wrong: Ints) -> Iterator[tuple[Ints, Ints, Sequence[Diagnosis]]]:
    """Yield wrong spans in parts: those that proved models of their documents move, and those that are told one by one.

    Args:
        view: the batch.
        spans: the spans at one place, which store a surface.
        wrong: which of them are wrong.

    Yields:
        Spans in a row, the first of each document and the end, and what is known of each document; nothing is known of
        those that are told one by one.
    """
    known = diagnosed(view, spans.member)
    lens = view.schema.lens if view.batch.within else None
    if (lens and not renames(lens)) or not known.of:
        yield wrong, wrong, ()
        return
    index = known.index[spans.node.place][wrong]
    by = np.where((index >= 0) & known.proved[index], known.text[index], -1)
    first = np.flatnonzero(np.diff(by, prepend=-2))
    of, bounds = by[first], np.append(first, len(wrong))
    together = (of >= 0) & (spans.length[wrong[first]] <= _SPARSE * known.sizes[of])
    edges = np.flatnonzero(np.diff(2 * (first // _TOGETHER) + together, prepend=-1))
    for low, high in itertools.pairwise([*edges.tolist(), len(first)]):
        diagnoses = [known.of[k] for k in of[low:high].tolist()] if together[low] else ()
        yield wrong[bounds[low] : bounds[high]], bounds[low : high + 1] - bounds[low], diagnoses


def moved_by_proof(view: View, spans: Spans) -> Bools:
    """Say of each span at one place whether it is proved to belong elsewhere."""
    known = diagnosed(view, spans.member)
    index = known.index[spans.node.place]
    stored = np.stack([known.texts.start, known.texts.end], axis=1)
    return (index >= 0) & (known.proved & (known.placed != stored).any(axis=1))[index] if len(stored) else index >= 0


def proved_places(view: View, spans: Spans, some: Ints) -> Ints:
    """Return where spans at one place are proved to belong, in code points of their documents, shape (spans, 2)."""
    known = diagnosed(view, spans.member)
    index = known.index[spans.node.place][some]
    return known.placed[index] + known.texts.low[known.text[index]][:, None]


def diagnosed(view: View, member: str) -> Diagnoses:
    """Return the diagnoses of the texts of a batch in which spans disagree; they are judged together."""
    return view.once(("diagnoses", member), lambda: _diagnosed(view, member))


def _diagnosed(view: View, member: str) -> Diagnoses:
    texts = texts_to_explain(view, member)
    asked = asked_texts(texts)
    explanations = _explanations(view, member, texts, asked)
    size = len(texts.wrong)
    placed, proved = np.zeros((size, 2), np.int64), np.zeros(size, np.bool_)
    listed: dict[int, Sequence[Placement]] = {}
    agree = np.add.reduceat(texts.wrong, texts.bounds[:-1], dtype=np.int64) if size else np.zeros(0, np.int64)
    of, agreeing = agree.tolist(), agree.tolist()
    places = {number: one.places for number, one in enumerate(explanations) if one.models and one.places}
    if places:
        proved[np.repeat(np.isin(np.arange(len(of)), list(places)), np.diff(texts.bounds))] = True
        for side, name in enumerate(("start", "stop")):
            placed[proved, side] = np.concatenate([getattr(one, name) for one in places.values()])
    for number in (number for number in range(len(of)) if number not in places):
        annotated, explanation = asked[number], explanations[number]
        low, high = texts.bounds[number : number + 2].tolist()
        wrong = texts.wrong[low:high].tolist()
        listed[number] = placements = _unoccupied(annotated, wrong, explanation.placements)
        sure: Level = "proved" if explanation.models else "likely"
        agreeing[number] = sum(one.level == sure for one in itertools.compress(explanation.placements, wrong))
        for n, one in enumerate(placements, low):
            if one.level == "proved" and one.place:
                placed[n], proved[n] = one.place, True
    moved = moved_spans(texts, placed, proved)
    return Diagnoses(texts, list(_of_all(texts, explanations, agreeing, of, moved)), placed, proved, listed)


def _explanations(view: View, member: str, texts: WrongTexts, asked: Sequence[Annotated]) -> Sequence[Explanation]:
    """Return why spans of texts disagree with their surfaces: by those of the batch, and what is left by the corpus."""
    by_record = functools.partial(explained_by_record, view, member, texts, asked)
    alone = explained_by_layers(texts, asked, view.searched)
    view.searched = max(view.searched, len(asked))
    known = by_record(alone) if view.batch.within and asked else alone
    left = [number for number, one in enumerate(known) if not proves_all(one)]
    learned: LearnedOfLayers | None = view.learned(member) if left else None
    if learned is None:
        return known
    more = explained_by_sample(texts, asked, alone, left, learned)
    if view.batch.within and any(one is not before for one, before in zip(more, alone, strict=True)):
        more = by_record(more)
    return [with_more(one, other) for one, other in zip(known, more, strict=True)]


def _of_all(
    texts: WrongTexts, explanations: Sequence[Explanation], agree: Sequence[int], of: Sequence[int], moved: MovedSpans
) -> Iterator[Diagnosis]:
    """Yield the diagnoses of all texts, those of one document each with all that it explains in them."""
    sizes = np.diff(texts.bounds).tolist()
    few = [enough and are_few(*one) for enough, *one in zip(texts.sound >= SOUND, of, sizes, strict=True)]
    numbered = enumerate(zip(explanations, agree, of, few, strict=True))
    one_by_one = (_diagnosis(number, *one, moved) for number, one in numbered)
    if (np.diff(texts.row) != 0).all():
        yield from one_by_one
        return
    of_row = groupby(zip(texts.row.tolist(), one_by_one, strict=True), key=itemgetter(0))
    for _, of_texts in of_row:
        yield from _of_document([diagnosis for _, diagnosis in of_texts])


def _diagnosis(number: int, explanation: Explanation, agree: int, of: int, few: bool, moved: MovedSpans) -> Diagnosis:
    cause = _cause(explanation, agree, of)
    return Diagnosis(number, cause, of if few and cause is None else 0, Moves(moved, number))


def _of_document(diagnoses: Sequence[Diagnosis]) -> Iterator[Diagnosis]:
    """Yield the diagnoses of the texts of one document, each cause with all that it explains in them."""
    if len(diagnoses) == 1:
        yield from diagnoses
        return
    alike: dict[Hashable, list[Cause]] = defaultdict(list)
    for cause in filter(None, (diagnosis.cause for diagnosis in diagnoses)):
        alike[_kind(cause)].append(cause)
    joined = {kind: _together(causes) for kind, causes in alike.items()}
    for one in diagnoses:
        yield replace(one, cause=one.cause and joined[_kind(one.cause)])


def _kind(cause: Cause) -> Hashable:
    return cause.name, cause.level, cause.models or cause.statement


def _together(causes: Sequence[Cause]) -> Cause:
    """Return one cause of several texts as one, in the words of the text in which it explains the most spans."""
    agree, of = (sum(numbers) for numbers in zip(*((cause.agree, cause.of) for cause in causes), strict=True))
    spans = Counter[tuple[str, tuple[str, ...]]]()
    for cause in causes:
        spans[cause.statement, cause.readings] += cause.of
    statement, readings = spans.most_common(1)[0][0]
    return replace(causes[0], statement=statement, readings=readings, agree=agree, of=of)


def _unoccupied(annotated: Annotated, wrong: Sequence[bool], placements: Sequence[Placement]) -> list[Placement]:
    """Return placements of spans, but open where another one of their layer stands already that nothing moves.

    One of the two is wrong, and what is known of the text doesn't tell which: a double would stand in its place.
    """
    layers = annotated.layers or [()] * len(placements)
    stay = {
        (layer, span[:2])
        for layer, span, bad, placed in zip(layers, annotated.spans, wrong, placements, strict=True)
        if not bad and placed.level != "proved"
    }
    return [
        placed._replace(level="open", place=None, candidates=(placed.place,))
        if placed.level == "proved" and placed.place and (layer, placed.place) in stay
        else placed
        for layer, placed in zip(layers, placements, strict=True)
    ]


def _moved(placed: Placement, low: int) -> Placement:
    """Return a placement in a string of a joined text as one in the joined text, where the string begins at ``low``."""
    place = placed.place and (placed.place[0] + low, placed.place[1] + low)
    return placed._replace(place=place, candidates=tuple((start + low, end + low) for start, end in placed.candidates))


def _cause(explanation: Explanation, agree: int, of: int) -> Cause | None:
    if explanation.models:
        known = explanation.models, explanation.readings
        return Cause(explanation.name, explanation.statement, agree, of, "proved", *known)
    if explanation.name:
        return Cause(explanation.name, explanation.statement, agree, of, "likely")
    if explanation.foreign:
        few = "each known cause explains fewer than half of the spans; the annotations may belong to another text"
        few += ", or to another version of it"
        best = f": {explanation.statement}" if explanation.readings else ""
        return Cause("another-text", few + best, 0, of, "open")
    return None
