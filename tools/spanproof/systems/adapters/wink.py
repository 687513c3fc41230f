"""``wink``: numbers and expressions of time that wink-nlp finds."""

from functools import partial
from pathlib import Path
from typing import Any

from spanproof.systems.node import Script, code_points, parsed, start
from spanproof.systems.system import Annotations, Predict, Source, System, per_text
from spanproof.text.offsets import Map
from spanproof.text.timex_calendar import PLACEHOLDERS

_LABELS = ("MONEY", "PERCENT", "ORDINAL", "CARDINAL")
_KINDS = ("DATE", "TIME", "DURATION")


def annotation(text: str, units: Map, answer: Any) -> tuple[str, dict[str, Any]] | None:
    """Return a span in the script's answer as an annotation with its layer; None for what no layer has, as an emoji.

    Args:
        text: the text that the script was asked of.
        units: the UTF-16 map of the text.
        answer: the span as the script gives it.

    Raises:
        ValueError: see :func:`spanproof.systems.node.code_points`.
    """
    low, high = code_points(text, units, answer["start"], answer["text"])
    kind = answer["kind"]
    if kind in _KINDS:
        return "dates", {"start": low, "end": high, "type": kind, "value": PLACEHOLDERS[kind]}
    return ("entities", {"start": low, "end": high, "label": kind}) if kind in _LABELS else None


def predict_with(script: Script) -> Predict:
    """Return what predicts with the running script ``wink.mjs``."""

    def annotate(source: Source) -> Annotations:
        spans = parsed("wink", source, script.ask(source), partial(annotation, source.text))
        return {layer: [span[1] for span in spans if span and span[0] == layer] for layer in SYSTEM.predicts}

    return per_text(annotate)


SYSTEM = System(
    name="wink",
    version="2.4.0",
    licence="MIT",
    weights="MIT",
    predicts={"entities": _LABELS, "dates": _KINDS},
    limits="English. It finds numbers, money, per cent and times, but no names. Its model is wink-eng-lite-web-model "
    "1.8.1. It gives no values to times. So their value is XXXX-XX-XX (XXXX-XX-XXTXX of a TIME, PXD of a DURATION), "
    "which says nothing. It finds no sets.",
    open=lambda _: predict_with(start(Path(__file__).with_suffix(".mjs"))),
    node=("wink-nlp@2.4.0", "wink-eng-lite-web-model@1.8.1"),
    programs=("node",),
)
