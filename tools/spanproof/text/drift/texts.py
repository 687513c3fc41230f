"""Texts with their spans as columns; one is made an object of its own when somebody asks for it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from spanproof.arrays import Ints
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.span_columns import SpanColumns
from spanproof.text.drift.surfaces import Context


@dataclass(frozen=True, eq=False)
class AnnotatedTexts(Sequence[Annotated]):
    """Texts with their spans.

    Attributes:
        texts: the texts.
        bounds: the first span of each text, and the end.
        spans: the spans of all.
        contexts: the stored words before and after each; none where no span has any.
        layers: returns the layer of each span of a text, given its number.
    """

    texts: Sequence[str]
    bounds: Ints
    spans: SpanColumns
    contexts: Sequence[Context]
    layers: Callable[[int], Sequence[Hashable]]

    @classmethod
    def of(cls, documents: Sequence[Annotated]) -> "AnnotatedTexts":
        """Return texts as columns."""
        if isinstance(documents, cls):
            return documents
        return cls(
            [one.text for one in documents],
            np.cumsum([0, *(len(one.spans) for one in documents)]),
            SpanColumns.of([span for one in documents for span in one.spans]),
            [context for one in documents for context in one.contexts or [("", "")] * len(one.spans)],
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
        return Annotated(self.texts[k], self.spans[low:high], self.contexts[low:high], self.layers(k))
