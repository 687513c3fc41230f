"""What a certificate states of a proof: all that follows from its model, its places and the texts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from spanproof.checks.verifier.claim import ENDS, Claim, digest
from spanproof.checks.verifier.frames import FRAMES
from spanproof.checks.verifier.units import UNITS
from spanproof.checks.verifier.writing import SURFACES

Located = tuple[str, str, Claim]
"""Identifier of a document, name of its text, and what a proof says of that text."""
Proof = Sequence[Located]
"""The texts that were counted in one way, which is the model of all their claims."""


def certificate(proofs: Sequence[Proof]) -> dict[str, Any]:
    """Return proofs as a certificate, ready for ``json.dumps``."""
    placed = sum(len(claim.placed) for proof in proofs for *_, claim in proof)
    return {"certificate": "spanproof", "version": 1, "placed": placed, "proofs": [*map(_stated, proofs)]}


def _stated(proof: Proof) -> dict[str, Any]:
    """Return a proof as a certificate states it.

    Returns:
        The model, how many parameters it has that were fitted to spans, how many different wrong spans bear witness,
        which simpler models are refuted and by which text and span, and for each text its places and hashes.
    """
    claims = [claim for *_, claim in proof]
    return {
        "model": plainest(claims),
        "parameters": len(list(parameters(claims))),
        "witnesses": sum(len(claim.wrong) for claim in claims),
        "refuted": refutations(claims),
        "texts": [
            {
                "document": document,
                "member": member,
                "text_sha256": digest(claim.text),
                "spans_sha256": digest(claim.spans),
                "edits": claim.edited(),
                "placed": [list(place) for place in claim.placed],
            }
            for document, member, claim in proof
        ],
    }


def plainest(claims: Sequence[Claim]) -> dict[str, Any]:
    """Return the model of claims in the plainest words: the first that say the same of these texts and places.

    A unit, and a way of writing, has all names that say so.
    """
    model = claims[0].model
    units = [
        [name for name in UNITS if all(UNITS[name](claim.text) == UNITS[names[0]](claim.text) for claim in claims)]
        for names in model["units"]
    ]
    frame = next(name for name in FRAMES if all(_begins(claim, name) == _begins(claim) for claim in claims))
    words = [(claim.text[start:end], claim.spans[k][2]) for claim in claims for k, start, end in claim.evidence]
    surface = model["surface"]
    if all(word == stored for word, stored in words):
        surface = {}
    elif "names" in surface:
        surface = {"names": [name for name, of in SURFACES.items() if all(of(word) == is_ for word, is_ in words)]}
    return {
        "units": units,
        "widths": dict(model["widths"]),
        "base": model["base"],
        "frame": frame,
        "end": _end(claims),
        "surface": surface,
    }


def _begins(claim: Claim, frame: str = "") -> set[int]:
    return {at for at in FRAMES[frame or claim.model["frame"]](claim.text) if 0 < at < len(claim.text)}


def _end(claims: Sequence[Claim]) -> str:
    """Return the first name of what the second number is that stores the evidence as the model does."""
    for name in ENDS:
        others = zip(claims, (claim.under(end=name) for claim in claims), strict=True)
        if all(one.stored(*at[1:]) == other.stored(*at[1:]) for one, other in others for at in one.evidence):
            return name
    raise AssertionError("the end of the model stores them so")


def parameters(claims: Sequence[Claim]) -> Iterator[tuple[str, Sequence[Claim]]]:
    """Yield what of a model was fitted to spans: its name, and the claims of the model without it.

    Without an edit, what stands behind it up to the next one is counted as what stands before.
    """
    model = claims[0].model
    for gone in model["widths"]:
        fewer = {character: more for character, more in model["widths"].items() if character != gone}
        yield f"the width of {gone!r}", [claim.under(widths=fewer) for claim in claims]
    if base := model["base"]:
        yield "the base", [replace(claim.under(base=0), edits=_merged(base, claim.edits)) for claim in claims]
    if model["surface"].keys() - {"names"}:
        yield "how surfaces were altered", [claim.under(surface={}) for claim in claims]
    for n, claim in enumerate(claims):
        for k, edit in enumerate(claim.edits):
            others = [*claim.edits[:k], *_merged(edit[2], claim.edits[k + 1 :])]
            yield f"the edit {[*edit]}", [*claims[:n], replace(claim, edits=others), *claims[n + 1 :]]


def _merged(size: int, edits: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """Return edits of which the first is also that of a number before it."""
    return [[*edits[0][:2], edits[0][2] + size], *edits[1:]] if edits else ()


def refutations(claims: Sequence[Claim]) -> dict[str, list[int]]:
    """Return for each rival the first text and span that it can't explain; an empty list if it explains all otherwise.

    The rivals have no parameter: the plain count, each known unit alone, and each frame alone. One that places all
    spans alike is none, nor is one that says more than the model: of surfaces alone, where the count is plain.
    """
    model = claims[0].model
    counted = model["units"] or model["widths"] or model["base"] or any(claim.edits for claim in claims)
    if not counted and model["frame"] == "text":
        return {}
    alone: Mapping[str, Any] = {"units": [], "widths": {}, "base": 0, "frame": "text"}
    rivals = {"": alone} | {name: {**alone, "units": [[name]]} for name in UNITS}
    rivals |= {name: {**alone, "frame": name} for name in FRAMES if name != "text"}
    refuted = {}
    for name, rival in rivals.items():
        at = _first_without_place((claim, replace(claim.under(**rival), edits=())) for claim in claims)
        if at is not None:
            refuted[name] = at
    return refuted


def _first_without_place(rivals: Iterable[tuple[Claim, Claim]]) -> list[int] | None:
    """Return the first text and span that has no place by a rival; none if all have one, None if that is the same."""
    alike = True
    for number, (claim, rival) in enumerate(rivals):
        for k, places in claim.fitting.items():
            there = rival.places(k)
            if not there:
                return [number, k]
            alike &= there == places
    return None if alike else []
