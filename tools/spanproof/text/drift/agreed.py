"""The model in which documents agree that prove nothing alone.

With one span a document every document has a dozen explanations, but only one of them is that of all documents. A model
of the whole corpus is proved if it places all spans of nine in ten of the documents that have no model of their own, of
five at least, and no other places all spans of half as many elsewhere. One that counts from a frame is a rival, too,
with any shift: where all lines begin alike, it doesn't tell which line is meant.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats
from spanproof.text.drift.deletions import WORD
from spanproof.text.drift.document import Document
from spanproof.text.drift.evaluation import fits
from spanproof.text.drift.hypotheses import BEHIND_SURFACE, END, UNIT, Hypothesis
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.naming import name_of, readings_of
from spanproof.text.drift.proof import SLACK
from spanproof.text.drift.shared import Annotated

_DOCUMENTS, _SHARE, _RIVAL = 5, 0.9, 0.5
_COST = 10.0  # of the models that are tried


class ModelKey(NamedTuple):
    """What tells a simple model from others: one name of each unit, what ends are, the shift, what it counts from."""

    units: tuple[tuple[str, ...], ...]
    end: str
    base: int
    frame: str


SOUND = ModelKey((), "end", 0, "text")
"""The model by which offsets are right."""
_Places = tuple[tuple[int, int], ...]
PlacesOf = Mapping[ModelKey, tuple[Hypothesis, _Places]]


class Alone(NamedTuple):
    """What a document that proves nothing alone may be.

    Attributes:
        places: by simple model that places all its spans, the model and the places.
        bits: of the chance that each span, and all behind it, stand where another model puts them.
    """

    places: PlacesOf
    bits: Floats


def agreement(alone: Sequence[PlacesOf]) -> ModelKey | None:
    """Return the model in which documents agree that prove nothing alone, given what each of them may be."""
    votes = Counter(key for one in alone for key in one)
    best = _best(votes)
    if best is None or votes[best] < max(_DOCUMENTS, _SHARE * len(alone)) or not _unrivalled(best, votes, alone):
        return None
    return best


def agreed(
    documents: Sequence[Annotated],
    explanations: list[Explanation],
    alone: Mapping[int, Alone],
    kind: str,
    known: Sequence[PlacesOf] | None = None,
) -> list[Explanation]:
    """Return explanations of documents, with the model in which those agree that prove nothing alone.

    Args:
        documents: the documents.
        explanations: what each tells.
        alone: what those may be that prove nothing, by their numbers.
        kind: what documents are called in statements.
        known: the same of all documents that are compared; by default of these.
    """
    known = [one.places for one in alone.values()] if known is None else known
    best, size = agreement(known), len(known)
    if best is None:
        return explanations
    votes, equals = sum(best in one for one in known), _equals(best, known)
    share = f"{votes} of {size} {kind} agree"
    agreeing = float(np.log2((size + 1) / (size - votes + 0.5)))
    for k, one in alone.items():
        sure = one.bits + agreeing >= SLACK
        if best in one.places and sure.any():
            hypotheses = [(key, one.places[key][0]) for key in equals]
            places = one.places[best][1]
            explanations[k] = _pooled(documents[k], explanations[k], hypotheses, places, share, sure)
    return explanations


def alone_of(document: Document) -> Alone:
    """Return what a document that proves nothing alone may be."""
    return Alone(_simple(document), _bits(document))


def _bits(document: Document) -> Floats:
    """Return the bits of the chance that each span, and all behind it, stand where another model puts them."""
    words = max(1.0, len(document.letters.text) / WORD)
    bits = np.maximum(np.log2(words / np.maximum(document.written[0].counts, 1)), 0.0)
    suffix: Floats = np.cumsum(bits[::-1])[::-1]
    return suffix[document.asked]


def _best(votes: Counter[ModelKey]) -> ModelKey | None:
    """Return the model of whole texts that explains the most documents."""
    whole = [key for key in votes if key.frame == "text"]
    return min(whole, key=lambda key: (-votes[key], abs(key.base), key), default=None)


def _unrivalled(best: ModelKey, votes: Counter[ModelKey], known: Sequence[PlacesOf]) -> bool:
    """Say whether every other model that explains many documents puts their spans where the best one does."""
    rivals = [key for key, number in votes.items() if key != best and number > _RIVAL * votes[best]]
    return all(
        places[key][1] == places[best][1] for key in rivals for places in known if key in places and best in places
    )


def _equals(best: ModelKey, known: Sequence[PlacesOf]) -> list[ModelKey]:
    """Return the models of whole texts that explain the same documents as the best one, which is the first of them.

    As that has no rival, they put all spans where it does.
    """
    explained = [one for one in known if best in one]
    whole = [key for key in explained[0] if key.frame == "text" and all(key in one for one in explained)]
    same = [key for key in whole if sum(key in one for one in known) == len(explained)]
    if best.end != BEHIND_SURFACE:  # that ends lie behind surfaces is true of counted ones, too, where no place is wide
        same = [key for key in same if key.end != BEHIND_SURFACE]
    return sorted(same, key=lambda key: (key != best, abs(key.base), key))


def _simple(document: Document) -> PlacesOf:
    """Return the simple models that place all spans of a document, and the places.

    Those of the whole text put each at one place; those of a frame have none here where they don't.
    """
    if not document.sample.all() or document.written[0].counts.min(initial=1) == 0:
        return {}
    hypotheses = document.hypotheses.about(document.written[:1])
    size = len(document.spans)
    places: dict[ModelKey, tuple[Hypothesis, _Places]] = {}
    for hypothesis in (*hypotheses.of_cost(0, _COST), *hypotheses.of_cost(1, _COST), *_behind_surfaces(document)):
        whole = hypothesis.frame == "text"
        span, shift, at = fits(hypothesis, document.stored, document.hypotheses.bases(hypothesis.frame))
        for base in np.unique(shift).tolist():
            of = shift == base
            if (base and hypothesis.units) or len(set(span[of].tolist())) != size or (whole and of.sum() != size):
                continue
            units = tuple(tuple(unit.name for unit in alike[:1]) for alike in hypothesis.units)
            order = at[of][np.argsort(span[of])]
            there = hypothesis.candidates
            ends = zip(there.start[order].tolist(), there.end[order].tolist(), strict=True)
            distinct = tuple(ends) if of.sum() == size else ()
            key = ModelKey(units, hypothesis.end, base, hypothesis.frame)
            places[key] = hypothesis, tuple(distinct[k] for k in document.asked if distinct)
    return places


def _behind_surfaces(document: Document) -> Iterator[Hypothesis]:
    """Yield the known units that may count the starts alone, where each end lies behind its surface."""
    hypotheses = document.hypotheses
    outline = Hypothesis(END + UNIT, hypotheses.plain, document.written[0], end=BEHIND_SURFACE)
    for k in range(len(hypotheses.counted)) if document.behind else ():
        yield hypotheses.summed(outline, (k,))


def _pooled(
    document: Annotated,
    alone: Explanation,
    equals: Sequence[tuple[ModelKey, Hypothesis]],
    places: _Places,
    proof: str,
    sure: Bools,
) -> Explanation:
    """Return the explanation of a document by the model of all documents, and by those that are equal to it.

    A span that agrees as it is may have been corrected since, so that it isn't moved.
    """
    models = [
        (one, Model(units=tuple(tuple(unit.name for unit in alike) for alike in one.units), base=key.base, end=one.end))
        for key, one in equals
    ]
    judged = zip(document.spans, places, sure.tolist(), alone.placements, strict=True)
    return replace(
        alone,
        models=(models[0][1],),
        name=name_of(*models[0]),
        readings=tuple(dict.fromkeys(reading for one in models for reading in readings_of(*one))),
        share=proof,
        witnesses=len(set(places)),
        foreign=False,
        placements=tuple(
            Placement("proved", place)
            if some and (place == (start, end) or start < 0 or document.text[start:end] != surface)
            else unproved
            for (start, end, surface), place, some, unproved in judged
        ),
    )
