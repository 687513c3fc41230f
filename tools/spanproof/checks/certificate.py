"""Certificates: proofs written out as JSON, for :mod:`spanproof.checks.verifier` and for whoever wants to recount.

A certificate speaks of a corpus as it was checked. Each of its proofs is one model of how offsets were counted, with
all texts that were counted so.
"""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.checks.causes import diagnosis_of
from spanproof.checks.own_texts import OwnText, own_texts
from spanproof.checks.verifier.counting import SURFACES, UNITS
from spanproof.checks.verifier.verify import BORDER, Claim, Span, Texts, digest, parameters, refutations, verify
from spanproof.checks.view import View
from spanproof.corpus.documents import Corpus
from spanproof.text.drift.alterations import CUT_MARKS
from spanproof.text.drift.model import Model
from spanproof.text.segmentation import Extent

Located = tuple[str, str, Claim]
"""Identifier of a document, what its text is called (:class:`OwnText`), and what a proof says of that text."""
_SHARED = ("units", "widths", "base", "end", "surface")  # members of a model that all its texts have in common


@dataclass(frozen=True)
class Certificate:
    """The proofs of a corpus.

    Attributes:
        value: what is written as JSON.
        proved: how many spans proofs put elsewhere, or give the words of the text.
        stated: how many of them the certificate states. The others were counted in a unit that the verifier doesn't
            know, or have fewer witnesses than it asks for.
    """

    value: Mapping[str, Any]
    proved: int
    stated: int


def certificate_of(corpus: Corpus) -> Certificate:
    """Return the proofs of a corpus that the verifier confirms."""
    texts: dict[tuple[str, str], tuple[str, list[Span]]] = {}
    located: dict[str, list[Located]] = defaultdict(list)
    proved = 0
    for document, view, own in _texts(corpus):
        text, spans = texts[document, own.name] = own.text, own.spans
        diagnosed = [diagnosis_of(view, *one) for one in own.stored]
        proofs_of = (placed.place if placed.level == "proved" else None for _, placed in filter(None, diagnosed))
        places = [place and (place[0] - own.low, place[1] - own.low) for place in proofs_of]
        proved += sum(
            span != (*place, text[slice(*place)]) for span, place in zip(spans, places, strict=False) if place
        )
        cause = diagnosed[0][0].cause if diagnosed and diagnosed[0] else None
        for model in cause.models if cause else ():
            claim = _claim(model, text, spans, places)
            if claim is not None:
                located[json.dumps([claim.model[name] for name in _SHARED])].append((document, own.name, claim))
    proofs = [proof({name: claims[0][2].model[name] for name in _SHARED}, claims) for claims in located.values()]
    kept = [candidate for candidate in proofs if not verify(certificate([candidate]), texts)]
    stated = sum(
        texts[of_text["document"], of_text["member"]][1][k]
        != (start, end, texts[of_text["document"], of_text["member"]][0][start:end])
        for one in kept
        for of_text in one["texts"]
        for k, start, end in of_text["placed"]
    )
    return Certificate(certificate(kept), proved, stated)


def texts_of(corpus: Corpus) -> Texts:
    """Return the texts of a corpus with their spans, as the verifier takes them."""
    return {(document, own.name): (own.text, own.spans) for document, _, own in _texts(corpus)}


def _texts(corpus: Corpus) -> Iterator[tuple[str, View, OwnText]]:
    """Yield the texts of a corpus in which spans are counted: identifier or number of the document, batch, the text."""
    number = 0
    for batch in corpus.batches:
        view = View(batch, corpus.schema, corpus.registries)
        for row, name in enumerate(view.names):
            number += 1
            for member in corpus.schema.texts:
                for own in own_texts(view, row, member, view.surfaces(row, member)):
                    yield f"#{number}" if name is None else name, view, own


def _claim(model: Model, text: str, spans: Sequence[Span], proved: Sequence[Extent | None]) -> Claim | None:
    """Return what a model says of a text; None where the verifier has no name for it, or it places no span for sure."""
    units = [next((name for name in alike if name in UNITS), None) for alike in model.units]
    surface = _surface(model, text, spans)
    if None in units or surface is None:
        return None
    places = [(k, *(place or span[:2])) for k, (span, place) in enumerate(zip(spans, proved, strict=True))]
    inside = [at for at in places if 0 <= at[1] < at[2] <= len(text)]
    counted = {"units": units, "widths": dict(model.widths), "base": model.base, "end": model.end, "surface": surface}
    claim = Claim(text, spans, inside, {**counted, "edits": [list(edit) for edit in model.edits], "borders": []})
    if model.frame != "text":
        claim = claim.under(borders=_borders(claim))
    sure = [at for at in inside if claim.starts(*at) == [at[1]]]
    return Claim(text, spans, sure, {**claim.model, "edits": _edits(model, sure)}) if sure else None


def _surface(model: Model, text: str, spans: Sequence[Span]) -> Any:
    """Return how the verifier calls the way in which surfaces are written; None where it has no name for it.

    How surfaces were altered whose offsets are right is read off those that differ, as most of them do.
    """
    if not model.writings:
        return ""
    if known := next((name for name in model.writings if name in SURFACES), None):
        return known
    differing = ((text[start:end], surface) for start, end, surface in spans if 0 <= start < end <= len(text))
    forms = Counter(form for words, surface in differing if words != surface for form in _forms(words, surface))
    return list(forms.most_common(1)[0][0]) if forms else None


def _forms(words: str, surface: str) -> Iterator[tuple[str, int | str, str]]:
    """Yield how one surface may be words that were cut, or that have something before and behind them."""
    at = surface.find(words)
    if at >= 0:
        yield "around", surface[:at], surface[at + len(words) :]
    for mark in CUT_MARKS:
        stem = surface.removesuffix(mark)
        if stem and surface.endswith(mark) and words.startswith(stem):
            yield "cut", len(stem), mark


def _edits(model: Model, placed: Sequence[tuple[int, int, int]]) -> list[list[int]]:
    """Return the edits of a model between the placed spans, which are all that the verifier knows of."""
    sizes: dict[tuple[int, int], int] = defaultdict(int)
    for low, high, size in model.edits:
        behind = [start for _, start, _ in placed if start >= high]
        if behind:
            sizes[max((end for _, _, end in placed if end <= low), default=0), min(behind)] += size
    return [[low, high, size] for (low, high), size in sizes.items() if size]


def _borders(claim: Claim) -> list[int]:
    """Return the boundaries from which the placed spans count, for each the last that can be one and fits."""
    possible = sorted({match.end() for match in BORDER.finditer(claim.text)})
    borders = set()
    for k, start, _ in claim.placed:
        base = claim.units[start] + claim.model["base"] - claim.spans[k][0]
        before = possible[: bisect_right(possible, start)]
        borders.update([border for border in before if claim.units[border] == base][-1:])
    return sorted(borders)


def certificate(proofs: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return proofs as a certificate, ready for ``json.dumps``."""
    return {"certificate": "spanproof", "version": 1, "proofs": list(proofs)}


def proof(model: Mapping[str, Any], texts: Sequence[Located]) -> dict[str, Any]:
    """Return one model and the spans that it places as a certificate states them.

    Args:
        model: ``units`` (names), ``widths`` (character to how many units more than one it counts), ``base``, ``end``
            and ``surface`` (the name of a writing, empty where surfaces are slices; a list of how they were altered).
        texts: the texts that were counted so; the models of their claims have ``edits`` and ``borders`` besides.

    Returns:
        The model, how many parameters it has that were fitted to spans, how many different wrong spans bear witness,
        which simpler models are refuted and by which text and span, and for each text its places and hashes.
    """
    claims = [claim for _, _, claim in texts]
    return {
        "model": dict(model),
        "parameters": len(parameters(model, claims)),
        "witnesses": sum(len(claim.wrong) for claim in claims),
        "refuted": refutations(claims),
        "texts": [
            {
                "document": document,
                "member": member,
                "text_sha256": digest(claim.text),
                "spans_sha256": digest(claim.spans),
                "edits": [list(edit) for edit in claim.model["edits"]],
                "borders": list(claim.model["borders"]),
                "placed": [list(place) for place in claim.placed],
            }
            for document, member, claim in texts
        ],
    }
