"""Texts with their spans as columns; one is made an object of its own when somebody asks for it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.surfaces import Context


@dataclass(frozen=True, eq=False)
class AnnotatedTexts(Sequence[Annotated]):
    """Texts with their spans.

    Attributes:
        texts: the texts.
        bounds: the first span of each text, and the end.
        start: the start of each span as stored.
        end: its end, so.
        surfaces: its surface.
        contexts: the stored words before and after it; none where no span has any.
        layers: returns the layer of each span of a text, given its number.
    """

    texts: Sequence[str]
    bounds: Ints
    start: Ints
    end: Ints
    surfaces: Sequence[str]
    contexts: Sequence[Context]
    layers: Callable[[int], Sequence[Hashable]]

    @classmethod
    def of(cls, documents: Sequence[Annotated]) -> "AnnotatedTexts":
        """Return texts as columns."""
        if isinstance(documents, cls):
            return documents
        spans = [span for one in documents for span in one.spans]
        starts, ends, surfaces = zip(*spans, strict=True) if spans else ((), (), ())
        return cls(
            [one.text for one in documents],
            np.cumsum([0, *(len(one.spans) for one in documents)]),
            np.array(starts, np.int64),
            np.array(ends, np.int64),
            surfaces,
            [context for one in documents for context in one.contexts],
            lambda k: documents[k].layers,
        )

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.texts)

    @overload
    def __getitem__(self, k: int) -> Annotated: ...

    @overload
    def __getitem__(self, k: slice) -> list[Annotated]: ...

    def __getitem__(self, k: int | slice) -> Annotated | list[Annotated]:
        """Return a text with its spans, or some."""
        if isinstance(k, slice):
            return [self[n] for n in range(len(self))[k]]
        low, high = self.bounds[k], self.bounds[k + 1]
        spans = zip(self.start[low:high].tolist(), self.end[low:high].tolist(), self.surfaces[low:high], strict=True)
        contexts = self.contexts[low:high] if self.contexts else [("", "")] * int(high - low)
        return Annotated(self.texts[k], [*spans], contexts, self.layers(k))
