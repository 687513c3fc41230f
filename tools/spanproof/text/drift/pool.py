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

from spanproof.arrays import Bools
from spanproof.text.drift.document import Document
from spanproof.text.drift.equals import told_as_equals
from spanproof.text.drift.evaluation import fits
from spanproof.text.drift.explain import explained
from spanproof.text.drift.hypotheses import Hypothesis
from spanproof.text.drift.model import Explanation, Model, Placement
from spanproof.text.drift.naming import name_of, readings_of
from spanproof.text.drift.parts import explained_by_part
from spanproof.text.drift.proof import MANY
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
    known: dict[int, Mapping[_Key, tuple[Hypothesis, _Places]]] = {}

    def search(k: int) -> None:
        if by_part := explained_by_part(documents[k]):
            explanations[k] = by_part
            return
        document = Document(*documents[k])
        explanations[k] = explained(document)
        if not explanations[k].models and not document.trimmed.any():
            known[k] = _simple(document)

    for k in sharing.unexplained():
        search(k)
        sharing.learn(k, explanations[k])
    partly = [k for k in sharing.order if k not in explanations or not _proves_all(explanations[k])]
    shared = sharing.explanations(partly)
    shared = {k: one for k, one in shared.items() if k not in explanations or _extends(one, explanations[k])}
    explanations.update(shared)
    for k in sharing.order:
        if k in shared:
            known.pop(k, None)
        elif k not in explanations:
            search(k)
    alone = _borne_out([explanations[k] for k in range(len(documents))])
    open_ = list(known)
    if len(open_) < _DOCUMENTS:
        return alone
    votes = Counter(key for places in known.values() for key in places)
    best = _best(votes)
    if best is None or votes[best] < max(_DOCUMENTS, _SHARE * len(open_)) or not _unrivalled(best, votes, known):
        return alone
    for k in open_:
        if best in known[k]:
            share = f"{votes[best]} of {len(open_)} {kind} agree"
            alone[k] = _pooled(documents[k], alone[k], *known[k][best], best.base, share)
    return alone


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
    document: Annotated, alone: Explanation, hypothesis: Hypothesis, places: _Places, base: int, proof: str
) -> Explanation:
    """Return the explanation of a document by the model of all documents, with a shift of all offsets.

    A span that agrees as it is may have been corrected since, so that it isn't moved.
    """
    units = tuple(tuple(unit.name for unit in alike) for alike in hypothesis.units)
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
            Placement()
            if place != (start, end) and start >= 0 and document.text[start:end] == surface
            else Placement("proved", place)
            for (start, end, surface), place in zip(document.spans, places, strict=True)
        ),
    )
