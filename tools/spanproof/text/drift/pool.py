"""What many documents tell together that none of them can prove alone.

With one span a document every document has a dozen explanations, but only one of them is that of all documents. A model
of the whole corpus is proved if it places all spans of nine in ten of the documents that have no model of their own, of
five at least, and no other places all spans of half as many elsewhere. One that counts from a frame is a rival, too,
with any shift: where all lines begin alike, it doesn't tell which line is meant.
"""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from spanproof.arrays import Bools, Floats
from spanproof.text.drift.deletions import WORD
from spanproof.text.drift.document import Document
from spanproof.text.drift.equals import told_as_equals
from spanproof.text.drift.evaluation import fits
from spanproof.text.drift.explain import explained
from spanproof.text.drift.hypotheses import Hypothesis
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.naming import name_of, readings_of
from spanproof.text.drift.parts import explained_by_part
from spanproof.text.drift.proof import MANY, SLACK, margin
from spanproof.text.drift.shared import Annotated as Annotated
from spanproof.text.drift.sharing import Sharing
from spanproof.text.drift.silent import explained_by_others
from spanproof.text.drift.slipped import FEWEST, unless_slipped
from spanproof.text.drift.together import Together

_DOCUMENTS, _SHARE, _RIVAL = 5, 0.9, 0.5
_COST = 10.0  # of the models that are tried


class _Key(NamedTuple):
    units: tuple[tuple[str, ...], ...]
    end: str
    base: int
    frame: str


_Places = tuple[tuple[int, int], ...]


class _Alone(NamedTuple):
    """What a document that proves nothing alone may be.

    Attributes:
        places: by simple model that places all its spans, the model and the places.
        bits: of the chance that each span, and all behind it, stand where another model puts them.
    """

    places: Mapping[_Key, tuple[Hypothesis, _Places]]
    bits: Floats


def explain_all(documents: Sequence[Annotated], kind: str = "documents") -> list[Explanation]:
    """Return why spans of documents disagree with their surfaces, by what each tells alone or by what all tell.

    Args:
        documents: those in which spans disagree.
        kind: what they are called in statements.
    """
    together = Together(documents) if len(documents) >= MANY else None
    unsure: Bools = np.ones(len(documents), np.bool_)
    slipped = unsure
    if together:
        unsure, slipped = ~together.telling, together.may_have_slipped(FEWEST)
    explain = functools.partial(_explained_together, kind, together)
    explanations = told_as_equals(explained_by_others(documents, explain, np.flatnonzero(unsure).tolist()))
    for k in np.flatnonzero(slipped).tolist():
        explanations[k] = unless_slipped(documents[k], explanations[k])
    return explanations


def _explained_together(kind: str, together: Together | None, documents: Sequence[Annotated]) -> list[Explanation]:
    """Return the same where all spans tell something."""
    sharing = Sharing(documents, kind, together)
    explanations: dict[int, Explanation] = {}
    alone: dict[int, _Alone] = {}

    def search(k: int, judged: int) -> None:
        if by_part := explained_by_part(documents[k]):
            explanations[k] = by_part
            return
        document = Document(*documents[k])
        explanations[k] = explained(document, judged)
        if not explanations[k].models and not document.trimmed.any():
            alone[k] = _Alone(_simple(document), _bits(document))

    # What is tried on all documents need only be likely. What one alone tells must hold among as many as are judged.
    for k in sharing.unexplained():
        search(k, 1)
        sharing.learn(k, explanations[k])
    sure = {k: one for k, one in explanations.items() if one.saved >= margin(len(documents))}
    partly = [k for k in sharing.order if k not in sure or not _proves_all(sure[k])]
    shared = sharing.explanations(partly)
    shared = {k: one for k, one in shared.items() if k not in sure or _extends(one, sure[k])}
    for k in sharing.order:
        if k in shared:
            alone.pop(k, None)
        elif k not in sure:
            search(k, len(documents))
    explanations.update(shared)
    return _agreed(documents, _borne_out([explanations[k] for k in range(len(documents))]), alone, kind)


def _agreed(
    documents: Sequence[Annotated], explanations: list[Explanation], alone: Mapping[int, _Alone], kind: str
) -> list[Explanation]:
    """Return explanations of documents, with the model in which those agree that prove nothing alone.

    Args:
        documents: the documents.
        explanations: what each tells.
        alone: what those may be that prove nothing, by their numbers.
        kind: what documents are called in statements.
    """
    votes = Counter(key for one in alone.values() for key in one.places)
    best = _best(votes)
    known = {k: one.places for k, one in alone.items()}
    size = len(alone)
    if best is None or votes[best] < max(_DOCUMENTS, _SHARE * size) or not _unrivalled(best, votes, known):
        return explanations
    share = f"{votes[best]} of {size} {kind} agree"
    agreeing = float(np.log2((size + 1) / (size - votes[best] + 0.5)))
    for k, one in alone.items():
        sure = one.bits + agreeing >= SLACK
        if best in one.places and sure.any():
            explanations[k] = _pooled(documents[k], explanations[k], *one.places[best], best.base, share, sure)
    return explanations


def _bits(document: Document) -> Floats:
    """Return the bits of the chance that each span, and all behind it, stand where another model puts them."""
    words = max(1.0, len(document.letters.text) / WORD)
    bits = np.maximum(np.log2(words / np.maximum(document.written[0].counts, 1)), 0.0)
    suffix: Floats = np.cumsum(bits[::-1])[::-1]
    return suffix[document.asked]


def _proves_all(explanation: Explanation) -> bool:
    every = explanation.places is not None or all(placed.level == "proved" for placed in explanation.placements)
    return bool(explanation.models) and every


def _extends(explanation: Explanation, alone: Explanation) -> bool:
    """Say whether an explanation puts every span there where a document proves by itself that it belongs."""
    pairs = zip(explanation.placements, alone.placements, strict=True)
    return all(placed.place == known.place for placed, known in pairs if known.level == "proved")


def _best(votes: Counter[_Key]) -> _Key | None:
    """Return the model of whole texts that explains the most documents."""
    whole = [key for key in votes if key.frame == "text"]
    return min(whole, key=lambda key: (-votes[key], abs(key.base), key), default=None)


def _borne_out(explanations: Sequence[Explanation]) -> list[Explanation]:
    """Return explanations without the likely causes that have one witness in all documents."""
    witnesses = Counter[str]()
    for explanation in explanations:
        witnesses[explanation.name] += explanation.witnesses
    return [
        explanation if explanation.models or witnesses[explanation.name] > 1 else replace(explanation, name="")
        for explanation in explanations
    ]


def _unrivalled(
    best: _Key, votes: Counter[_Key], known: Mapping[int, Mapping[_Key, tuple[Hypothesis, _Places]]]
) -> bool:
    """Say whether every other model that explains many documents puts their spans where the best one does."""
    rivals = [key for key, number in votes.items() if key != best and number > _RIVAL * votes[best]]
    return all(
        places[key][1] == places[best][1]
        for key in rivals
        for places in known.values()
        if key in places and best in places
    )


def _simple(document: Document) -> Mapping[_Key, tuple[Hypothesis, _Places]]:
    """Return the simple models that place all spans of a document, and the places.

    Those of the whole text put each at one place; those of a frame have none here where they don't.
    """
    if not document.sample.all() or document.written[0].counts.min(initial=1) == 0:
        return {}
    hypotheses = document.hypotheses.about(document.written[:1])
    size = len(document.spans)
    places: dict[_Key, tuple[Hypothesis, _Places]] = {}
    for hypothesis in (candidate for depth in (0, 1) for candidate in hypotheses.of_cost(depth, _COST)):
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
            key = _Key(units, hypothesis.end, base, hypothesis.frame)
            places[key] = hypothesis, tuple(distinct[k] for k in document.asked if distinct)
    return places


def _pooled(
    document: Annotated,
    alone: Explanation,
    hypothesis: Hypothesis,
    places: _Places,
    base: int,
    proof: str,
    sure: Bools,
) -> Explanation:
    """Return the explanation of a document by the model of all documents, with a shift of all offsets.

    A span that agrees as it is may have been corrected since, so that it isn't moved.
    """
    units = tuple(tuple(unit.name for unit in alike) for alike in hypothesis.units)
    judged = zip(document.spans, places, sure.tolist(), alone.placements, strict=True)
    model = Model(units=units, base=base, end=hypothesis.end)
    return replace(
        alone,
        models=(model,),
        name=name_of(hypothesis, model),
        readings=readings_of(hypothesis, model),
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
