"""A second opinion on proofs: what a certificate claims of a corpus, re-derived by plain counting.

Nothing of the placer is used in this folder, and nothing but the standard library (with regex for grapheme clusters),
so that an error would have to be made twice. A model says how a text was counted: ``stored = count(true) - count(where
its frame begins) + base + edits before``. All else that a certificate states follows from the model, the places and the
corpus: it is worked out again here, and must be the same.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spanproof.checks.verifier.claim import ENDS, Claim, Span, digest
from spanproof.checks.verifier.frames import FRAMES
from spanproof.checks.verifier.statement import Located, Proof, certificate, parameters, refutations
from spanproof.checks.verifier.units import UNITS
from spanproof.checks.verifier.writing import surface_of

Texts = Mapping[tuple[str, str], tuple[str, Sequence[Span]]]
"""Identifier of a document and name of its text, to the text and its spans."""

HELD_OUT = 2  # witnesses that must confirm each parameter besides the one that it was fitted to

_SHOWN = 200  # characters of what differs


class UnusableError(ValueError):
    """A certificate that can't be read as one, or that names what can't be counted here."""


def verify(stated: Any, texts: Texts) -> list[str]:
    """Return the claims of a certificate that aren't so; none if it is verified.

    Args:
        stated: what was read from its JSON.
        texts: of the corpus, as it was when the certificate was written or with its corrections made.

    Raises:
        UnusableError: it is no certificate, holds no proof, or names a unit that can't be counted here.
    """
    try:
        if (stated["certificate"], stated["version"]) != ("spanproof", 1):
            raise UnusableError("expected a certificate of spanproof, version 1")
        if not any(text["placed"] for proof in stated["proofs"] for text in proof["texts"]):
            raise UnusableError(
                "the certificate holds no proofs, so nothing can be verified; no drift was proved when it was written"
            )
        if lacking := [*_lacking(stated, texts)]:
            return lacking
        claimed = [[_claimed(one, proof["model"], texts) for one in proof["texts"]] for proof in stated["proofs"]]
        before = _before(claim for proof in claimed for *_, claim in proof)
        hashes = [[(one["text_sha256"], one["spans_sha256"]) for one in proof["texts"]] for proof in stated["proofs"]]
        both = (zip(*of_proof, strict=True) for of_proof in zip(claimed, hashes, strict=True))
        proofs = [[_as_stated(*one, before) for one in of_proof] for of_proof in both]
        problems = [*_doubled(proofs), *(problem for proof in proofs for problem in refused(proof))]
        return problems or [*_differences("the certificate", certificate(proofs), stated)]
    except UnusableError:
        raise
    except KeyError as error:
        raise UnusableError(f"expected a certificate of spanproof; it has no {error}") from None
    except (TypeError, IndexError, AttributeError, ValueError):
        raise UnusableError("expected a certificate of spanproof; a member of it has another type or length") from None


def _lacking(stated: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    """Yield the texts of a certificate that the corpus hasn't."""
    named = dict.fromkeys((one["document"], one["member"]) for proof in stated["proofs"] for one in proof["texts"])
    documents = {document for document, _ in texts}
    for document, member in named:
        if document not in documents:
            yield f"{document}: the corpus has no such document"
        elif (document, member) not in texts:
            yield f"{document}: the document has no text {member!r}"


def _claimed(stated: Mapping[str, Any], model: Mapping[str, Any], texts: Texts) -> Located:
    """Return what a certificate claims of one text, with its spans as they are; no places that it can't have."""
    known = [surface_of(model["surface"]), *(UNITS.get(name) for names in model["units"] for name in names[:1])]
    numbers = (model["base"], *model["widths"].values(), *(number for place in stated["placed"] for number in place))
    if None in known or model["end"] not in ENDS or model["frame"] not in FRAMES:
        raise UnusableError(f"expected units, frame, end and surface of known names, got {json.dumps(model)}")
    if {*map(type, numbers)} != {int}:
        raise UnusableError("expected integers as base, widths and places")
    text, spans = texts.get((stated["document"], stated["member"]), ("", ()))
    placed = [tuple(place) for place in stated["placed"]]
    if all(0 <= k < len(spans) and 0 <= low < high <= len(text) for k, low, high in placed):
        return stated["document"], stated["member"], Claim(text, spans, placed, model, stated["edits"])
    return stated["document"], stated["member"], Claim("", (), (), model)


def _before(claims: Iterable[Claim]) -> Mapping[int, Sequence[Span]]:
    """Return the spans of texts as they were before all corrections, by the identity of the list of those now."""
    before: dict[int, list[Span]] = {}
    for claim in claims:
        spans = before.setdefault(id(claim.spans), list(claim.spans))
        for k, span in claim.restored():
            spans[k] = span
    return before


def _as_stated(located: Located, hashes: tuple[str, str], before: Mapping[int, Sequence[Span]]) -> Located:
    """Return a claim with those spans of which it was made: as they are, or before corrections; nothing if neither."""
    document, member, claim = located
    for spans in (claim.spans, before[id(claim.spans)]):
        if (digest(claim.text), digest(spans)) == hashes:
            return document, member, replace(claim, spans=spans)
    return document, member, Claim("", (), (), claim.model)


def _doubled(proofs: Sequence[Proof]) -> Iterator[str]:
    """Yield the spans that are placed more than once."""
    counts = Counter(
        (document, member, at[0]) for proof in proofs for document, member, one in proof for at in one.placed
    )
    for (document, member, k), number in counts.items():
        if number > 1:
            yield f"{document}: span {k} of {member} is placed {number} times; expected once"


def refused(proof: Proof) -> Iterator[str]:
    """Yield what isn't so of one model and the spans that it places."""
    others = [document for document, _, claim in proof if not claim.placed]
    yield from (f"{name}: its text or spans have changed since the certificate was written" for name in others)
    if others:
        return
    for document, _, claim in proof:
        for k, *place in claim.placed:
            if claim.places(k) != [tuple(place)]:
                there = ", ".join(f"{low}:{high}" for low, high in claim.places(k)) or "none"
                claimed = f"{place[0]}:{place[1]}"
                yield f"{document}: span {k} is placed at {claimed} there; the places of its model are: {there}"
    claims = [claim for *_, claim in proof]
    fitted = [(name, in_need(claims, without)) for name, without in parameters(claims)]
    for name, witnesses in fitted:
        if len(witnesses) <= HELD_OUT:
            yield f"{name}: {len(witnesses)} spans need it; expected more than {HELD_OUT}"
    total = sum(len(claim.wrong) for claim in claims)
    if total < HELD_OUT + len(fitted):
        least = HELD_OUT + len(fitted)
        yield f"{total} spans confirm a model with {len(fitted)} parameters; expected at least {least}"
    for name, at in refutations(claims).items():
        if not at:
            yield f"{name or 'the plain count'}: explains every span as well, elsewhere"


def in_need(claims: Sequence[Claim], without: Sequence[Claim]) -> list[tuple[int, int]]:
    """Return the text and number of each span that a model doesn't place any more if it lacks a parameter."""
    both = zip(claims, without, strict=True)
    return [
        (number, at[0])
        for number, (claim, fewer) in enumerate(both)
        if fewer is not claim
        for at in claim.different
        if fewer.places(at[0]) != [at[1:]]
    ]


def _differences(where: str, expected: Any, stated: Any) -> Iterator[str]:
    """Yield where a certificate states something else than what follows from its models and places."""
    if isinstance(expected, dict) and isinstance(stated, dict) and expected.keys() == stated.keys():
        for name, value in expected.items():
            yield from _differences(f"{where}.{name}" if name else where, value, stated[name])
    elif isinstance(expected, list) and isinstance(stated, list) and len(expected) == len(stated):
        for k, (one, other) in enumerate(zip(expected, stated, strict=True)):
            yield from _differences(f"{where}[{k}]", one, other)
    elif (should := json.dumps(expected)) != (is_ := json.dumps(stated)):
        yield f"{where}: expected {should[:_SHOWN]}, got {is_[:_SHOWN]}"
