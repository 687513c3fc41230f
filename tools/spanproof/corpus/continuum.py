"""The texts of a corpus laid end to end, so that a span of any document is a pair of positions.

The term is Krippendorff's (Content Analysis, 2nd edition, 2004, section 11.6): what annotators cut into units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal

import numpy as np
import regex

from spanproof.arrays import Ints, integers
from spanproof.corpus.columns import Items

Units = Literal["sentences", "documents"]
"""What is drawn, with replacement, for an interval."""

_TOKEN = regex.compile(r"\w+|[^\w\s]")
_SENTENCE = regex.compile(r"\n+|[.!?…][\"'”’»)\]]*\s+(?=[\"'“‘«(\[]*\p{Lu})")


@dataclass(frozen=True)
class Continuum:
    """Texts end to end; positions are code points.

    Attributes:
        documents: where each text begins, and where the last one ends, shape (documents + 1,).
        sentences: where each sentence begins, and where the last one ends, shape (sentences + 1,).
        tokens: where tokens start and end, in order and without overlap, shape (tokens,) both.
        text: the characters.
    """

    documents: Ints
    sentences: Ints
    tokens: tuple[Ints, Ints]
    text: str = field(default="", repr=False)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Continuum":
        """Cut texts up; a token is a run of letters and digits, or any other single character but a blank."""
        begins = list(accumulate(map(len, texts), initial=0))
        placed = list(zip(begins, texts, strict=False))
        # An array for each text: a list of all tokens would take many times their memory.
        tokens = [
            np.array([match.span() for match in _TOKEN.finditer(text)], np.int64).reshape(-1, 2) + low
            for low, text in placed
        ]
        starts = [low + start for low, text in placed for start in sentences(text)]
        first, last = np.concatenate([np.zeros((0, 2), np.int64), *tokens]).T
        return cls(np.array(begins), np.array([*starts, begins[-1]]), (first, last), "".join(texts))

    @property
    def undivided(self) -> "Continuum":
        """The same, with each text as one sentence: counts have a row a document then."""
        return replace(self, sentences=self.documents)

    @property
    def document_of_sentence(self) -> Ints:
        """The number of the document of each sentence, ascending, shape (sentences,)."""
        return self.document(self.sentences[:-1])

    def document(self, at: Ints) -> Ints:
        """Return the number of the document that each position is in."""
        return np.searchsorted(self.documents, at, "right") - 1


@dataclass(frozen=True)
class PlacedSpans:
    """The spans at one place of a corpus: positions of the continuum, half open, and the objects themselves."""

    start: Ints
    end: Ints
    items: Items

    def __len__(self) -> int:
        return len(self.start)


def sentences(text: str) -> list[int]:
    """Return where sentences begin, roughly: after a line end, and after .!?… where a blank and a capital follow.

    They are units for resampling and nothing else: a cut after "Mr." does an interval no harm.
    """
    starts = (0, *(match.end() for match in _SENTENCE.finditer(text)))
    return [start for start in dict.fromkeys(starts) if start < len(text)]


def placed(items: Items, continuum: Continuum, names: Sequence[str], *, empty: bool = False) -> PlacedSpans:
    """Place spans on the continuum.

    Args:
        items: the objects that are spans; their offsets are code points of their own text.
        continuum: of the texts, in the order of the documents.
        names: what the documents are called, for the message.
        empty: whether spans may be empty, which stand for what was predicted and stands nowhere.

    Raises:
        ValueError: the offsets of an object are no span of its text; the message names document and object.
    """
    (start, has_start), (end, has_end) = (integers(items.columns[name]) for name in ("start", "end"))
    length = np.diff(continuum.documents)[items.doc]
    wrong = np.flatnonzero(~(has_start & has_end & (start >= 0) & (start < end + empty) & (end <= length)))
    if wrong.size:
        k = int(wrong[0])
        path = "/".join(map(str, items.path(k)))
        raise ValueError(
            f"{names[items.doc[k]]} /{path}: {start[k]} to {end[k]} isn't a span of its text; "
            "expected corpora that pass spanproof check"
        )
    begin = continuum.documents[items.doc]
    return PlacedSpans(begin + start, begin + end, items)
