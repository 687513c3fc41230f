"""Certificates: proofs written out as JSON, for :mod:`spanproof.checks.verifier` and for whoever wants to recount.

A certificate speaks of a corpus as it was checked. Each of its proofs is one model of how offsets were counted, with
all texts that were counted so.
"""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.checks.causes import diagnosis_of
from spanproof.checks.evidence import Evidence
from spanproof.checks.own_texts import OwnText, own_texts
from spanproof.checks.verifier.claim import Claim, Span
from spanproof.checks.verifier.frames import FRAMES
from spanproof.checks.verifier.statement import Located, certificate, parameters, plainest
from spanproof.checks.verifier.verify import HELD_OUT, Texts, in_need, refused
from spanproof.checks.verifier.writing import SURFACES
from spanproof.checks.view import View
from spanproof.corpus.documents import Corpus
from spanproof.corpus.edits import Edit, apply
from spanproof.text.drift.alterations import CUT_MARKS
from spanproof.text.drift.model import Model
from spanproof.text.segmentation import Extent

_READINGS = 64  # of a model that are compared with those of other texts
_ROUNDS = 8  # of proofs, each of what the last one left


@dataclass(frozen=True)
class Certificate:
    """The proofs of a corpus.

    Attributes:
        value: what is written as JSON.
        proved: how many spans proofs put elsewhere, or give the words of the text.
        stated: how many of them the certificate states. The others have fewer witnesses than the verifier asks for, or
            it finds another place for them; or they count in windows.
    """

    value: Mapping[str, Any]
    proved: int
    stated: int


@dataclass(frozen=True)
class _ProvedText:
    """A text with what is proved of it.

    Attributes:
        document: the identifier of its document.
        own: the text, and its spans as they are stored.
        places: where spans are proved to be that aren't, or have other words.
        models: what proves that.
    """

    document: str
    own: OwnText
    places: dict[int, Extent]
    models: list[Model]


def certificate_of(corpus: Corpus) -> Certificate:
    """Return the proofs of a corpus that the verifier confirms."""
    texts = list(_proved(corpus))
    readings = [(text, claims) for text in texts for claims in _claims(text)]
    proofs = [proof for alike in _together(readings) if (proof := _confirmed(alike))]
    stated = {(document, member, at[0]) for proof in proofs for document, member, claim in proof for at in claim.placed}
    return Certificate(certificate(proofs), sum(len(text.places) for text in texts), len(stated))


def texts_of(corpus: Corpus) -> Texts:
    """Return the texts of a corpus with their spans, as the verifier takes them."""
    numbers = itertools.count(1)
    views = (View(batch, corpus.schema, corpus.registries) for batch in corpus.batches)
    return {(name, own.name): (own.text, own.spans) for view in views for _, name, own in _texts(view, numbers)}


def _texts(view: View, numbers: Iterator[int]) -> Iterator[tuple[int, str, OwnText]]:
    """Yield the texts of a batch: the row of the document, its identifier or else its number, the text."""
    for row, (name, number) in enumerate(zip(view.names, numbers, strict=False)):
        for member in view.schema.texts:
            for own in own_texts(view, row, member, view.surfaces(row, member)):
                yield row, f"#{number}" if name is None else name, own


def _proved(corpus: Corpus) -> Iterator[_ProvedText]:
    """Yield the texts of which something is proved: of what is stored, and then of what proofs make of that."""
    numbers, learned = itertools.count(1), Evidence(corpus).learned
    for batch in corpus.batches:
        view = View(batch, corpus.schema, corpus.registries, learned=learned)
        texts = [(row, _ProvedText(name, own, {}, [])) for row, name, own in _texts(view, numbers)]
        for _ in range(_ROUNDS):
            edits: dict[int, list[Edit]] = defaultdict(list)
            current = _texts(view, itertools.count())
            for (row, text), (_, _, own) in zip(texts, current, strict=True):
                edits[row] += _learnt(view, own, text)
            documents = view.batch.some([row for row in edits if edits[row]])
            if not documents:
                break
            changed = {row: apply(document, edits[row]) for row, document in documents.items()}
            again = view.batch.with_changes(changed, corpus.schema)
            view = View(again, corpus.schema, corpus.registries, learned=learned)
        yield from (text for _, text in texts if text.places)


def _learnt(view: View, own: OwnText, text: _ProvedText) -> Sequence[Edit]:
    """Note what is proved of a text as it is now; return its correction."""
    diagnosed = [diagnosis_of(view, *one) for one in own.stored]
    if not diagnosed or not diagnosed[0] or not diagnosed[0][0].cause:
        return ()
    places = dict[int, Extent]()
    for k, (span, (_, placed)) in enumerate(zip(own.spans, filter(None, diagnosed), strict=True)):
        if placed.level == "proved" and placed.place:
            start, end = (side - own.low for side in placed.place)
            if span != (start, end, own.text[start:end]):
                places[k] = start, end
    text.places.update(places)
    text.models.extend(model for model in diagnosed[0][0].cause.models if places and model not in text.models)
    return diagnosed[0][0].moves if places else ()


def _claims(text: _ProvedText) -> Iterator[Mapping[str, Claim]]:
    """Yield what models say of a text, each in all ways in which it can be read; a span of two is the first's."""
    left = dict(text.places)
    for model in text.models:
        claims: dict[str, Claim] = {}
        for read in itertools.islice(_read(model, text.own.text, text.own.spans), _READINGS):
            placed = [(k, *place) for k, place in left.items()]
            claim = _sure(Claim(text.own.text, text.own.spans, placed, read, model.edits))
            if claim.placed:
                claims[json.dumps(read)] = claim
        if claims:
            yield claims
            for k, *_ in max((claim.placed for claim in claims.values()), key=len):
                del left[k]


def _read(model: Model, text: str, spans: Sequence[Span]) -> Iterator[Mapping[str, Any]]:
    """Yield a model as the verifier takes it, in each of the ways in which it can be read; none of what it can't."""
    if model.frame not in FRAMES:
        return
    for *units, surface in itertools.product(*model.units, _surfaces(model, text, spans)):
        yield {
            "units": [[name] for name in units],
            "widths": dict(model.widths),
            "base": model.base,
            "frame": model.frame,
            "end": model.end,
            "surface": surface,
        }


def _surfaces(model: Model, text: str, spans: Sequence[Span]) -> list[Mapping[str, Any]]:
    """Return how the verifier may call the way in which surfaces are written.

    How surfaces were altered whose offsets are right is read off those that differ, as most of them do.
    """
    if not model.writings:
        return [{}]
    if known := [name for name in model.writings if name in SURFACES]:
        return [{"names": [name]} for name in known]
    differing = ((text[start:end], surface) for start, end, surface in spans if 0 <= start < end <= len(text))
    forms = Counter(form for words, surface in differing if words != surface for form in _forms(words, surface))
    return [dict(forms.most_common(1)[0][0])] if forms else []


def _forms(words: str, surface: str) -> Iterator[tuple[tuple[str, int | str], ...]]:
    """Yield how one surface may be words that were cut, or that have something before and behind them."""
    at = surface.find(words)
    if at >= 0:
        yield ("before", surface[:at]), ("behind", surface[at + len(words) :])
    for mark in CUT_MARKS:
        stem = surface.removesuffix(mark)
        if stem and surface.endswith(mark) and words.startswith(stem):
            yield ("cut", len(stem)), ("mark", mark)


def _sure(claim: Claim) -> Claim:
    """Return a claim of those spans alone that have one place by it, with the edits that are seen then."""
    while True:
        evidence = {*claim.evidence}
        sure = replace(claim, placed=[at for at in claim.placed if at in evidence], edits=claim.edited())
        if sure.edits == claim.edits:
            return sure
        claim = sure


def _together(readings: Sequence[tuple[_ProvedText, Mapping[str, Claim]]]) -> Iterator[list[Located]]:
    """Yield the texts that can be read alike, as many as can be."""
    left = list(readings)
    while left:
        key = Counter(key for _, claims in left for key in claims).most_common(1)[0][0]
        yield [(text.document, text.own.name, claims[key]) for text, claims in left if key in claims]
        left = [(text, claims) for text, claims in left if key not in claims]


def _confirmed(proof: Sequence[Located]) -> Sequence[Located]:
    """Return a proof without what too few spans bear witness to; nothing where the verifier refuses it all the same."""
    claims = [claim for *_, claim in proof]
    while weak := _weak(claims):
        claims = [_sure(claim) for claim in weak]
    model = plainest(claims)
    named = zip(proof, claims, strict=True)
    kept = [(document, member, replace(claim, model=model)) for (document, member, _), claim in named if claim.placed]
    return () if not kept or any(refused(kept)) else kept


def _weak(claims: Sequence[Claim]) -> Sequence[Claim]:
    """Return claims without the first parameter that too few spans need, and without these; none if all are needed."""
    for _, without in parameters(claims):
        need = in_need(claims, without)
        if len(need) <= HELD_OUT:
            gone = {(number, claims[number].spans[k]) for number, k in need}
            return [
                replace(claim, placed=[at for at in claim.placed if (number, claim.spans[at[0]]) not in gone])
                for number, claim in enumerate(without)
            ]
    return ()
