"""Our scores in other people's code: of lists of spans, or of BIO tags of a tokenizer, over plain texts."""

from collections.abc import Iterable, Sequence
from operator import index

from spanproof.corpus.documents import Corpus
from spanproof.metrics import score as scoring
from spanproof.schema.schema import Schema

Span = tuple[int, int, str]
"""Start, end, label: code points of a text, half open."""


def score(
    texts: Sequence[str],
    gold: Sequence[Iterable[Span]],
    predicted: Sequence[Iterable[Span]],
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> scoring.Scores:
    """Scores spans with any labels: those of :func:`spanproof.metrics.score.score`, task ``entities``, strict.

    The labels are those that either side has, and all of them count.

    Args:
        texts: what was annotated.
        gold: of each text the right spans.
        predicted: of each text the spans of a system.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.

    Raises:
        ValueError: there aren't as many lists as texts, or a span is none of its text; the message says which.
    """
    sides = [[list(spans) for spans in side] for side in (gold, predicted)]
    for name, side in zip(("gold", "predicted"), sides, strict=True):
        if len(side) != len(texts):
            raise ValueError(f"{name} has {len(side)} lists of spans; right are {len(texts)}, one for each text")
    schema = _schema({label for side in sides for spans in side for *_, label in spans})
    right, said = (Corpus.of(map(_document, texts, side), schema) for side in sides)
    return scoring.score(right, said, "entities", layer="spans", variants=("strict",), resamples=resamples, seed=seed)


def spans(tags: Iterable[str], offsets: Iterable[tuple[int, int]]) -> list[Span]:
    """The spans that BIO tags (IOB2) say, one tag for each piece of a text.

    An I- without a B- or I- of its label before it is no span, as in the strict mode of seqeval. A piece that is empty,
    as the special ones of tokenizers, doesn't count, nor do tags beyond the last piece.

    Args:
        tags: ``O``, ``B-LABEL``, ``I-LABEL``.
        offsets: where each piece starts and ends, in code points: the ``offset_mapping`` of fast tokenizers.

    Raises:
        ValueError: there are fewer tags than pieces, or a tag is none of these.
    """
    found: list[Span] = []
    given, inside = iter(tags), None
    for start, end in offsets:
        tag = next(given, None)
        if tag is None:
            raise ValueError(f"the piece {start}:{end} has no tag; right is a tag for each piece")
        kind, _, label = tag.partition("-")
        if tag != "O" and (kind not in ("B", "I") or not label):
            raise ValueError(f"{tag!r} is no tag; right is O, B-LABEL or I-LABEL")
        if start == end:
            continue
        if kind == "B":
            found.append((start, end, label))
            inside = label
        elif kind == "I" and label == inside:
            found[-1] = (found[-1][0], end, label)
        else:
            inside = None
    return found


def _document(text: str, spans: Iterable[Span]) -> dict[str, object]:
    return {
        "text": text,
        "spans": [{"start": index(start), "end": index(end), "label": label} for start, end, label in spans],
    }


def _schema(labels: set[str]) -> Schema:
    """A text with labelled spans.

    The empty label, which no span has, keeps the labels the layer's own: with some of OntoNotes alone, its dates would
    be left out by default; and there may be one label only, or none.
    """
    span = {
        "type": "object",
        "spanOf": "text",
        "labelledBy": "label",
        "required": ["start", "end", "label"],
        "properties": {
            "start": {"type": "integer"},
            "end": {"type": "integer"},
            "label": {"type": "string", "enum": sorted({*labels, ""})},
        },
    }
    spans = {"type": "array", "items": span}
    return Schema.of(
        {
            "type": "object",
            "required": ["text", "spans"],
            "properties": {"text": {"type": "string"}, "spans": spans},
        }
    )
