"""Documents that have the same text, such as the questions about one paragraph: their spans tell of it together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spanproof.arrays import Bools
from spanproof.text.drift.model import Explanation, Placement, Places, ProvedPlacements
from spanproof.text.drift.shared import Annotated
from spanproof.text.drift.texts import AnnotatedTexts


class SameTexts:
    """Documents, those that have the same text put together.

    Attributes:
        documents: one for each different text, with the spans of all that have it.
        together: whether some of them have the same.
    """

    def __init__(self, documents: Sequence[Annotated]) -> None:
        """Take the documents."""
        texts = documents.texts if isinstance(documents, AnnotatedTexts) else [one.text for one in documents]
        numbers: dict[str, list[int]] = {}
        for k, text in enumerate(texts):
            numbers.setdefault(text, []).append(k)
        self._given, self._numbers = documents, list(numbers.values())
        self.together = len(numbers) < len(documents)
        self.documents = [self._put_together(of) for of in self._numbers] if self.together else documents

    def _put_together(self, numbers: Sequence[int]) -> Annotated:
        if len(numbers) == 1:
            return self._given[numbers[0]]
        some = [self._given[k] for k in numbers]
        return Annotated(
            some[0].text,
            [span for one in some for span in one.spans],
            [context for one in some for context in one.contexts or [("", "")] * len(one.spans)],
            [(k, layer) for k, one in enumerate(some) for layer in one.layers or [None] * len(one.spans)],
        )

    def first(self, of_documents: Bools) -> Bools:
        """Return for each text what is so of the first document that has it."""
        return of_documents[[numbers[0] for numbers in self._numbers]] if self.together else of_documents

    def divided(self, explanations: list[Explanation]) -> list[Explanation]:
        """Return the explanation of each document, given that of each text."""
        if not self.together:
            return explanations
        divided: dict[int, Explanation] = {}
        for numbers, explanation in zip(self._numbers, explanations, strict=True):
            bounds = np.cumsum([0, *(len(self._given[k].spans) for k in numbers)]).tolist()
            for k, low, high in zip(numbers, bounds, bounds[1:], strict=False):
                divided[k] = explanation if len(numbers) == 1 else _of_some(explanation, self._given[k], low, high)
        return [divided[k] for k in range(len(self._given))]


def _of_some(explanation: Explanation, document: Annotated, low: int, high: int) -> Explanation:
    """Return the explanation of a document, given that of all spans of its text and which of these it has."""
    different, placements = len(set(document.spans)), explanation.placements[low:high]
    if there := explanation.places:
        own: Sequence[Placement] = ProvedPlacements(Places(there.start[low:high], there.stop[low:high]), different)
        return replace(explanation, placements=own, witnesses=min(explanation.witnesses, different))
    return replace(explanation, placements=placements, witnesses=min(explanation.witnesses, different))
