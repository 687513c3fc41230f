"""``wink``: numbers and expressions of time that wink-nlp finds."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from spanproof.systems.node import Script, placed, start, understood
from spanproof.systems.system import Annotations, Predict, Source, System
from spanproof.text.offsets import Map
from spanproof.text.timex_calendar import UNREAD

_LABELS = ("MONEY", "PERCENT", "ORDINAL", "CARDINAL")
_KINDS = ("DATE", "TIME", "DURATION")


def annotated(text: str, units: Map, said: Any) -> tuple[str, dict[str, Any]] | None:
    """What the script says of a span, with its layer; None for what is of no layer: an emoji, an address.

    Raises:
        ValueError: see :func:`spanproof.systems.node.placed`.
    """
    low, high = placed(text, units, said["start"], said["text"])
    kind = said["kind"]
    if kind in _KINDS:
        return "dates", {"start": low, "end": high, "type": kind, "value": UNREAD[kind]}
    return ("entities", {"start": low, "end": high, "label": kind}) if kind in _LABELS else None


def answers(script: Script) -> Predict:
    """What the script, ``wink.mjs``, says of texts, as annotations."""

    def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
        for source in sources:
            found = understood("wink", source, script.ask(source), partial(annotated, source.text))
            yield {layer: [each[1] for each in found if each and each[0] == layer] for layer in SYSTEM.predicts}

    return predict


SYSTEM = System(
    name="wink",
    version="2.4.0",
    licence="MIT",
    weights="MIT",
    predicts={"entities": _LABELS, "dates": _KINDS},
    limits="English. Numbers, money, per cent and time alone: it has no names. Its model is wink-eng-lite-web-model "
    "1.8.1. It gives expressions of time no values: the value is XXXX-XX-XX (XXXX-XX-XXTXX of a TIME, PXD of a "
    "DURATION), so that the extent counts and the value doesn't. No sets.",
    open=lambda _: answers(start("wink.mjs")),
    node=("wink-nlp@2.4.0", "wink-eng-lite-web-model@1.8.1"),
    programs=("node",),
)
