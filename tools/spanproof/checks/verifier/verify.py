"""A second opinion on proofs: what a certificate claims of a corpus, re-derived by plain counting.

Nothing of the placer is used in this folder, and nothing but the standard library, so that an error would have to be
made twice. A model says how a text was counted: ``stored = count(true) - count(border) + base + edits before``, where
each character counts one and what the units and widths add. Offsets are code points, half open.
"""

import functools
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from spanproof.checks.verifier.counting import UNITS, surface_of

Span = tuple[int, int, str]
Texts = Mapping[tuple[str, str], tuple[str, Sequence[Span]]]
"""Identifier of a document and name of its text, to the text and its spans: start, end and surface as stored."""

HELD_OUT = 2  # witnesses that must confirm each parameter besides the one that it was fitted to
_ENDS = ("end", "last", "length", "points")
BORDER = re.compile(r"\A|[\n\r\u2028\u2029]\s*|[.!?…。।؟][\"'”’»)\]]*\s*")
"""Where paragraphs, lines and sentences can begin: behind a match."""


class UnusableError(ValueError):
    """A certificate that can't be read as one, or that names what can't be counted here."""


def digest(value: Any) -> str:
    """Return the SHA-256 of a text or of a list of spans, as a certificate states it."""
    plain = value if isinstance(value, str) else json.dumps(value)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Claim:
    """What a proof says of one text: how it was counted, and where which of its spans belong (code points)."""

    text: str
    spans: Sequence[Span]
    placed: Sequence[tuple[int, int, int]]
    model: Mapping[str, Any]

    @functools.cached_property
    def units(self) -> list[int]:
        """Return the number of units before each of the ``len(text) + 1`` boundaries."""
        widths = [1 + self.model["widths"].get(character, 0) for character in self.text]
        for unit in self.model["units"]:
            widths = [width + more - 1 for width, more in zip(widths, UNITS[unit](self.text), strict=True)]
        return [0, *accumulate(widths)]

    def stored(self, start: int, end: int) -> tuple[int, int]:
        """Return the numbers that are stored of a span at a place, if the model is true."""
        at = bisect_right(self.model["borders"], start)
        base = self.model["base"] + sum(size for _, high, size in self.model["edits"] if high <= start)
        base -= self.units[self.model["borders"][at - 1]] if at else 0
        low, high = self.units[start] + base, self.units[end] + base
        return low, {"end": high, "last": high - 1, "length": high - low, "points": end - start}[self.model["end"]]

    def under(self, **changed: Any) -> "Claim":
        """Return the claim under a model in which some members are others."""
        return replace(self, model={**self.model, **changed})

    def starts(self, k: int, start: int, end: int) -> list[int]:
        """Return where the words of a span begin that the model stores as that span is stored."""
        words = self.text[start:end]
        if words not in self._starts:
            by_offsets = self._starts.setdefault(words, {})
            at = self.text.find(words)
            while at >= 0:
                by_offsets.setdefault(self.stored(at, at + len(words)), []).append(at)
                at = self.text.find(words, at + 1)
        known = (surface_of(self.model["surface"]) or str)(words) == self.spans[k][2]
        return self._starts[words].get(self.spans[k][:2], []) if known else []

    @functools.cached_property
    def _starts(self) -> dict[str, dict[tuple[int, int], list[int]]]:
        """Return what :meth:`starts` has looked for: the words, the numbers that are stored, where they begin."""
        return {}

    @property
    def wrong(self) -> set[tuple[int, ...]]:
        """Return the places of spans that are stored otherwise, each kind of span once: those that can bear witness."""
        different = {self.spans[at[0]]: at for at in self.placed}
        return {at for span, at in different.items() if span != (*at[1:], self.text[at[1] : at[2]])}


def restored(claim: Claim) -> Claim:
    """Return the claim with its placed spans as the model stores them: what a corrected corpus was before."""
    spans = list(claim.spans)
    for k, start, end in claim.placed:
        spans[k] = (*claim.stored(start, end), (surface_of(claim.model["surface"]) or str)(claim.text[start:end]))
    return replace(claim, spans=spans)


def verify(certificate: Any, texts: Texts) -> list[str]:
    """Return the claims of a certificate that aren't so; none if it is verified.

    Args:
        certificate: what was read from its JSON.
        texts: of the corpus, as it was when the certificate was written or with its corrections made.

    Raises:
        UnusableError: it is no certificate, holds no proof, or names a unit that can't be counted here.
    """
    try:
        if (certificate["certificate"], certificate["version"]) != ("spanproof", 1):
            raise UnusableError("expected a certificate of spanproof, version 1")
        if not any(text["placed"] for proof in certificate["proofs"] for text in proof["texts"]):
            raise UnusableError("it places no span, so that nothing can be verified; expected proofs of a drift")
        return [problem for proof in certificate["proofs"] for problem in _of_proof(proof, texts)]
    except KeyError as error:
        raise UnusableError(f"expected a certificate of spanproof; it has no {error}") from None
    except (TypeError, IndexError, AttributeError):
        raise UnusableError("expected a certificate of spanproof; a member of it has another type or length") from None


def _of_proof(proof: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    """Yield what isn't so of one model and the spans that it places."""
    model, claims = proof["model"], []
    if model["end"] not in _ENDS or not {*model["units"]} <= {*UNITS} or not surface_of(model["surface"]):
        raise UnusableError(f"expected units, end and surface of known names, got {model}")
    for stated in proof["texts"]:
        text, spans = texts.get((stated["document"], stated["member"]), ("", ()))
        own = {name: stated[name] for name in ("edits", "borders")}
        claim = Claim(text, spans, [tuple(place) for place in stated["placed"]], {**model, **own})
        inside = all(0 <= k < len(spans) and 0 <= low < high <= len(text) for k, low, high in claim.placed)
        hashed = stated["text_sha256"], stated["spans_sha256"]
        known = [c for c in (claim, restored(claim) if inside else claim) if (digest(text), digest(c.spans)) == hashed]
        if not inside or not known:
            yield f"{stated['document']}: its text or spans aren't those that the certificate speaks of"
            return
        claims.append(known[0])
        yield from (f"{stated['document']}: {problem}" for problem in _of_text(claims[-1]))
    yield from _confirmed(proof, claims)
    refuted = refutations(claims)
    yield from (f"{name}: explains every span as well, elsewhere" for name, at in refuted.items() if not at)
    if proof["refuted"] != refuted:
        yield f"refuted rivals: expected {refuted}, the certificate says {proof['refuted']}"


def _of_text(claim: Claim) -> Iterator[str]:
    """Yield what isn't so of the spans of one text."""
    for at in claim.placed:
        if claim.starts(*at) != [at[1]]:
            yield f"span {at[0]} at {at[1]}:{at[2]}: the model stores {claim.stored(*at[1:])}, or another place so too"
    starts, ends = ({place[side] for place in claim.placed} for side in (1, 2))
    for low, high, _ in claim.model["edits"]:
        if high not in starts or low not in {0, *ends} or low > high:
            yield f"an edit between {low} and {high}: expected the end of a placed span and the start of another"
    for border in claim.model["borders"]:
        if not any(match.end() == border for match in BORDER.finditer(claim.text, max(0, border - 9))):
            yield f"offsets count from {border}: expected the start of a paragraph, line or sentence"


def _confirmed(proof: Mapping[str, Any], claims: Sequence[Claim]) -> Iterator[str]:
    """Yield the parameters that fewer witnesses confirm than a proof needs, and wrong counts."""
    fitted = parameters(proof["model"], claims)
    for name, without in fitted:
        witnesses = sum(claim.starts(*at) != [at[1]] for claim in without for at in claim.wrong)
        if witnesses <= HELD_OUT:
            yield f"{name}: expected more than {HELD_OUT} witnesses, {witnesses} need it"
    total = sum(len(claim.wrong) for claim in claims)
    if (proof["parameters"], proof["witnesses"]) != (len(fitted), total) or total <= HELD_OUT:
        yield f"expected {len(fitted)} parameters and {total} witnesses, more than {HELD_OUT}"


def parameters(model: Mapping[str, Any], claims: Sequence[Claim]) -> list[tuple[str, list[Claim]]]:
    """Return what of a model was fitted to spans: its name, and the claims of the model without it."""
    fitted = []
    for gone in model["widths"]:
        fewer = {character: more for character, more in model["widths"].items() if character != gone}
        fitted.append((f"the width of {gone!r}", [claim.under(widths=fewer) for claim in claims]))
    for name, none in (("base", 0), ("surface", "")):
        if model[name] and not isinstance(model[name], str):
            fitted.append((f"the {name}", [claim.under(**{name: none}) for claim in claims]))
    for claim in claims:
        for k, edit in enumerate(edits := claim.model["edits"]):
            fitted.append((f"the edit {edit}", [claim.under(edits=[*edits[:k], *edits[k + 1 :]])]))
    return fitted


def refutations(claims: Sequence[Claim]) -> dict[str, list[int]]:
    """Return for each rival the first text and span that it can't explain; an empty list if it explains all otherwise.

    The rivals have no parameter: the plain count, and each known unit alone. One that places all spans alike is none.
    """
    refuted: dict[str, list[int]] = {}
    for name in ("", *UNITS):
        alone = {"units": [name] if name else [], "widths": {}, "base": 0, "edits": [], "borders": []}
        rivals = [claim.under(**alone) for claim in claims]
        starts = [(n, at, rival.starts(*at)) for n, rival in enumerate(rivals) for at in rival.placed]
        if any(begins != [at[1]] for _, at, begins in starts):
            refuted[name] = next(([n, at[0]] for n, at, begins in starts if not begins), [])
    return refuted
