"""Labels of names, values and times: those of OntoNotes, and which of them the labels of other models become."""

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence

import regex

from spanproof.systems.system import PartialAnswer
from spanproof.text.tags import parts_of_tag

NAMES = ("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE")
"""The labels of names in OntoNotes 5 (LDC2013T19), in its order."""

VALUES = ("MONEY", "QUANTITY", "PERCENT", "ORDINAL", "CARDINAL")
"""The labels of values in OntoNotes 5 that aren't about time."""

TIMES = ("DATE", "TIME", "DURATION", "SET")
"""The types of TIMEX3, two of which OntoNotes has as labels."""

_BECOMES: Mapping[str, str] = {
    **{label: label for label in (*NAMES, *VALUES, *TIMES)},
    **dict.fromkeys(("PER", "PERS"), "PERSON"),
    **dict.fromkeys(("ORGANIZATION", "ORGANISATION"), "ORG"),
    **dict.fromkeys(("MISC", "MISCELLANEOUS", "NRP"), "NORP"),
    "LOCATION": "LOC",
    "FACILITY": "FAC",
    "PERCENTAGE": "PERCENT",
    "DATE_TIME": "DATE",
}


def ontonotes_label(label: str) -> str | None:
    """Return the OntoNotes label for that of a model, ``PER`` or ``work of art``; None if there is no counterpart."""
    return _BECOMES.get(regex.sub(r"[\s_-]+", "_", label.strip()).upper())


def labels_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the OntoNotes labels of a model's tags (``B-PER``, ``O``), each once, in the order of OntoNotes."""
    known = {ontonotes_label(parts_of_tag(tag)[1]) for tag in tags}
    return tuple(label for label in dict.fromkeys(_BECOMES.values()) if label in known)


def layers_of(labels: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the layers of the article to which labels belong, each with its labels: names and values, and times.

    Raises:
        ValueError: there are no labels.
    """
    if not labels:
        raise ValueError("none of its labels is one of names, values or times")
    entities = tuple(label for label in labels if label not in TIMES)
    layers = {"entities": entities, "dates": TIMES if len(entities) < len(labels) else ()}
    return {layer: own for layer, own in layers.items() if own}


def label_set_of(tags: Collection[str]) -> str:
    """Return the finest label set of :mod:`spanproof.metrics.label_sets` that a model with these tags tells apart."""
    labels = set(labels_of(tags))
    for label_set, needed in (("ontonotes-16", NAMES), ("ace-5", ("PERSON", "ORG", "GPE", "LOC", "FAC"))):
        if labels.issuperset(needed):
            return label_set
    # MISC of CoNLL-2003 is more than NORP (NRP in other sets), so that NORP alone isn't enough for conll-4.
    has_misc = any(parts_of_tag(tag)[1].upper().startswith("MISC") for tag in tags)
    return "conll-4" if has_misc and labels.issuperset(("PERSON", "ORG", "LOC")) else "three"


def warn_of_unknown(tags: Iterable[str], name: str) -> None:
    """Warn once, as :class:`~spanproof.systems.system.PartialAnswer`, which labels of a model are left out.

    What isn't a label (``O``, ``<unk>``) isn't named.
    """
    labels = {parts_of_tag(tag)[1] for tag in tags} - {"O"}
    unknown = sorted(label for label in labels if ontonotes_label(label) is None and not label.startswith("<"))
    if unknown:
        warnings.warn(f"{name}: {', '.join(unknown)}: no labels of ours, left out", PartialAnswer, stacklevel=2)
