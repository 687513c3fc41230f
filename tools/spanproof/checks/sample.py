"""A sample of the texts in which spans disagree, of a corpus or of a part of it.

It holds the texts whose contents have the smallest hashes, up to a number and a size. So the sample of a corpus is that
of the samples of its parts, however it is divided: they are added in any order, one of them also twice.
"""

import hashlib
import itertools
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spanproof.checks.wrong_texts import WrongTexts
from spanproof.schema.node import Place
from spanproof.text.drift.shared import Annotated

_TEXTS, _POINTS = 200, 1_000_000
"""How many texts a sample has at most, and code points in all."""
_LONGEST = _POINTS // 10
"""Code points of the longest text that a sample may have. A longer one has spans enough to tell its cause alone."""


class SampledText(NamedTuple):
    """A text in which spans disagree, by values that don't depend on the batch that it was in.

    Attributes:
        annotated: the text with its spans.
        places: where in a document the layer of each span is.
        wrong: whether each disagrees.
    """

    annotated: Annotated
    places: tuple[Place, ...]
    wrong: tuple[bool, ...]

    def of_layers(self, places: Collection[Hashable]) -> Annotated:
        """Return the text with the spans of some layers alone."""
        text, spans, contexts, layers = self.annotated
        kept = [place in places for place in self.places]
        some = (tuple(itertools.compress(spans, kept)), tuple(itertools.compress(contexts, kept)))
        return Annotated(text, *some, tuple(itertools.compress(layers, kept)))

    def is_wrong_outside(self, places: Collection[Hashable]) -> bool:
        """Say whether spans of other layers than some disagree."""
        return any(bad and place not in places for bad, place in zip(self.wrong, self.places, strict=True))

    @property
    def key(self) -> bytes:
        """Return what identifies the text with its spans, in the order of samples; first what is told of the text."""
        return _hashed(self.annotated.text) + _hashed(repr(self))


def _hashed(content: str) -> bytes:
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def texts_for_samples(texts: WrongTexts, asked: Sequence[Annotated]) -> Iterator[SampledText]:
    """Yield those texts that their sample may have, as it has them, and the next one.

    Args:
        texts: the texts in which spans disagree.
        asked: the same, as what explains them takes them.
    """
    hashes = {number: _hashed(text) for number, text in enumerate(texts.texts) if len(text) <= _LONGEST}
    last = max(sorted(hashes.values())[: _TEXTS + 1], default=b"")
    every = [spans.node.place for spans in texts.layers]
    for number in (number for number, content in hashes.items() if content <= last):
        of = slice(*texts.bounds[number : number + 2].tolist())
        text, spans, contexts, own = asked[number]
        named = {layer: k for k, layer in enumerate(dict.fromkeys(own))}
        annotated = Annotated(text, tuple(spans), tuple(contexts), tuple(named[layer] for layer in own))
        places = tuple(every[layer] for layer in texts.layer[of].tolist())
        yield SampledText(annotated, places, tuple(texts.wrong[of].tolist()))


@dataclass(frozen=True)
class TextSample:
    """A sample of texts.

    Attributes:
        texts: the texts by their keys, in the order of these.
        below: all others have this key or a greater one; None where there are no others.
    """

    texts: Mapping[bytes, SampledText] = field(default_factory=dict)
    below: bytes | None = None

    @classmethod
    def of(cls, texts: Iterable[SampledText]) -> "TextSample":
        """Return the sample of texts; those that are too long for one are passed over."""
        return _cut({one.key: one for one in texts if len(one.annotated.text) <= _LONGEST}, None)

    def plus(self, other: "TextSample") -> "TextSample":
        """Return the sample of the texts of both."""
        bounds = [one.below for one in (self, other) if one.below is not None]
        return _cut({**self.texts, **other.texts}, min(bounds, default=None))


def _cut(texts: Mapping[bytes, SampledText], below: bytes | None) -> TextSample:
    """Return the sample of texts that are all that have a key below one."""
    kept: dict[bytes, SampledText] = {}
    size = 0
    for key, one in sorted(texts.items(), key=lambda item: item[0]):
        size += len(one.annotated.text)
        if (below is not None and key >= below) or len(kept) == _TEXTS or size > _POINTS:
            return TextSample(kept, key if below is None else min(key, below))
        kept[key] = one
    return TextSample(kept, below)
