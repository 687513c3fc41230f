"""Named entity recognition: spans of tagged words, spans as annotations, and the system that a tagger is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.schema.paths import Registries
from spanproof.systems.dates import Reading, annotation
from spanproof.systems.labels import TIMES, label_set_of, labels_of, layers_of, ontonotes_label
from spanproof.systems.system import Annotations, Predict, Source, System, per_text
from spanproof.systems.timex_rules import reading_of
from spanproof.text.segmentation import stripped
from spanproof.text.tags import Labelled
from spanproof.text.timex_calendar import PLACEHOLDERS

VALUES_OF_TIMES = (
    "It gives no entity_id. Times get their values from timex-baseline, which reads the words. Where it can't, the "
    "value is XXXX-XX-XX (XXXX-XX-XXTXX of a TIME, PXD of a DURATION), which says nothing. So the scores of these "
    "values are in-sample too, where those of timex-baseline are."
)
"""What is true of all that :func:`annotations` returns, for the ``limits`` of a system."""
LIMITS = (
    "Its labels become those of OntoNotes: PER is PERSON, MISC and NRP are NORP, a place of no stated kind is "
    f"LOC, DATE_TIME is DATE. Other labels are left out, with a warning. {VALUES_OF_TIMES} No model is downloaded."
)
"""What is true of all models of any library, for the ``limits`` of a system."""

Find = Callable[[Source], Iterable[Labelled]]
"""Finds the labelled spans of a text."""


@dataclass(frozen=True)
class Tagger:
    """A model that names spans of a text, as its library and its files describe it.

    Attributes:
        name: the name of the system, ``flair:MODEL``.
        version: the version of the library with a digest of the model's files.
        licence: the licence of the library, an SPDX name.
        tags: the tags or labels that it may give.
        limits: what it can't do and how it decides.
        requires: the distributions that it runs on (PEP 508).
        open: loads the model.
        weights: the licence of the model.
    """

    name: str
    version: str
    licence: str
    tags: Sequence[str]
    limits: str
    requires: tuple[str, ...]
    open: Callable[[], Find]
    weights: str = "as its card says"

    def system(self) -> System:
        """Return the system of entities and dates that this model is.

        Raises:
            ValueError: none of its tags is one of names, values or times.
        """
        layers = layers_of(labels_of(self.tags))

        def load(_: Registries) -> Predict:
            find = self.open()
            return per_text(lambda source: annotations(source, find(source)))

        return System(
            name=self.name,
            version=self.version,
            licence=self.licence,
            weights=self.weights,
            predicts=layers,
            limits=self.limits,
            open=load,
            requires=self.requires,
            label_set=label_set_of(self.tags),
            in_sample=("dates.value",) if "dates" in layers else (),
        )


def annotations(source: Source, spans: Iterable[Labelled]) -> Annotations:
    """Return labelled spans as annotations of the layers of entities and dates, without white space at their edges.

    Spans of nothing else than white space, and of labels that have no counterpart in OntoNotes, are left out.
    """
    layers: dict[str, list[dict[str, Any]]] = {"entities": [], "dates": []}
    for low, high, given_label in spans:
        label, (start, end) = ontonotes_label(given_label), stripped(source.text, low, high)
        if label is None or start >= end:
            continue
        if label in TIMES:
            reading = reading_of(source.text[start:end], source.dct) or Reading(label, PLACEHOLDERS[label])
            layers["dates"].append(annotation(start, end, reading, source.dct))
        else:
            layers["entities"].append({"start": start, "end": end, "label": label})
    return {layer: items for layer, items in layers.items() if items}
