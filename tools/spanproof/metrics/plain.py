"""Our scores in other people's code: of lists of spans, or of the tags of a tokenizer's pieces, over plain texts."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from operator import index
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_names
from spanproof.metrics import score as scoring
from spanproof.metrics.records import TEXTS
from spanproof.schema.schema import Schema
from spanproof.text.tags import Labelled, parts_of_tag, spans_of_tags


def score(
    texts: Sequence[str],
    gold: Sequence[Iterable[Labelled]],
    predicted: Sequence[Iterable[Labelled]],
    *,
    records: Sequence[Hashable] | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> scoring.Scores:
    """Score spans with any labels: those of :func:`spanproof.metrics.score.score`, task ``entities``, strict.

    The labels are those that gold or prediction has, and all of them count.

    Args:
        texts: what was annotated.
        gold: of each text the right spans: start, end (code points, half open), label, or objects with these members.
        predicted: of each text the spans of a system.
        records: what each text is part of, as a dialogue of its turns; None if each is independent of the others.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.

    Raises:
        ValueError: there aren't as many lists as texts, or a span is none of its text; the message says which.
        TypeError: what should be a list of spans, or a span, is none.
    """
    right, guess = corpora(texts, gold, predicted)
    return scoring.score(
        right, guess, "entities", layer="spans", variants=("strict",), resamples=resamples, seed=seed,
        records=records_of_texts(right, records), unit=TEXTS,
    )  # fmt: skip


def records_of_texts(corpus: Corpus, records: Sequence[Hashable] | None) -> dict[str, int]:
    """Return the number of the record of each text by the key of its document; none where nobody said it.

    Args:
        corpus: the texts.
        records: what each is part of.

    Raises:
        ValueError: there aren't as many records as texts.
        TypeError: they are no list.
    """
    if records is None:
        return {}
    if isinstance(records, str | Mapping) or not isinstance(records, Iterable):
        raise TypeError(f"records is {records!r:.80}; expected a list of what each text is part of")
    records = list(records)
    names, numbers = document_names(corpus), {record: k for k, record in enumerate(dict.fromkeys(records))}
    if len(records) != len(names):
        raise ValueError(f"records has {len(records)} entries; expected {len(names)}, one for each text")
    return {name: numbers[record] for name, record in zip(names, records, strict=True)}


def corpora(
    texts: Sequence[str], gold: Sequence[Iterable[Labelled]], predicted: Sequence[Iterable[Labelled]]
) -> tuple[Corpus, Corpus]:
    """Return gold and a prediction of texts as corpora, whose layer is ``spans``.

    Args:
        texts: what was annotated.
        gold: of each text the right spans.
        predicted: of each text the spans of a system.

    Raises:
        ValueError: there aren't as many lists as texts.
        TypeError: what should be a list of spans, or a span, is none.
    """
    lists = {name: [_triples(spans, f"{name}[{k}]") for k, spans in enumerate(side)]
             for name, side in (("gold", gold), ("predicted", predicted))}  # fmt: skip
    for name, spans_of_texts in lists.items():
        if len(spans_of_texts) != len(texts):
            raise ValueError(
                f"{name} has {len(spans_of_texts)} lists of spans; expected {len(texts)}, one for each text"
            )
    right, guess = (Corpus.of(map(_document, texts, spans_of_texts), _SCHEMA) for spans_of_texts in lists.values())
    return right, guess


def spans(tags: Iterable[str], offsets: Iterable[tuple[int, int]]) -> list[Labelled]:
    """Return the spans that BIO tags say, one tag for each piece of a text.

    The convention is that of conlleval, see :func:`spanproof.text.tags.spans_of_tags`: an I- that continues nothing of
    its label begins a span. Tags of BIOES and BILOU are read too. A piece that is empty, as the special ones of
    tokenizers, doesn't count, nor do tags beyond the last piece.

    Args:
        tags: ``O``, ``B-LABEL``, ``I-LABEL``.
        offsets: where each piece starts and ends, in code points: the ``offset_mapping`` of fast tokenizers.

    Returns:
        Start, end and label of each span, in the order of the text.

    Raises:
        ValueError: there are fewer tags than pieces, or a tag is none of these.
    """
    return list(spans_of_tags(_pieces(iter(tags), offsets)))


def _pieces(tags: Iterator[str], offsets: Iterable[tuple[int, int]]) -> Iterator[Labelled]:
    for start, end in offsets:
        tag = next(tags, None)
        if tag is None:
            raise ValueError(f"the piece {start}:{end} has no tag; expected a tag for each piece")
        if tag != "O" and not parts_of_tag(tag)[0]:
            raise ValueError(f"{tag!r} isn't a tag; expected O, B-LABEL or I-LABEL")
        if start < end:
            yield start, end, tag


def triple(item: Any) -> tuple[int, int, Any]:
    """Return start, end and label of a span, be it a triple or an object.

    Args:
        item: the span; the label of an object is its ``label``, or what pipelines of ``transformers`` call so.

    Raises:
        TypeError: it is neither.
    """
    parts = item
    if isinstance(item, Mapping):
        label = next((item[name] for name in ("label", "entity_group", "entity") if name in item), None)
        parts = item.get("start"), item.get("end"), label
    try:
        start, end, label = parts
        return index(start), index(end), label
    except (TypeError, ValueError):
        raise TypeError(
            f"{item!r:.80} isn't a span; expected (start, end, label), or an object with these members"
        ) from None


def _triples(spans: Any, where: str) -> list[Labelled]:
    if isinstance(spans, str | Mapping) or not isinstance(spans, Iterable):
        raise TypeError(f"{where} is {spans!r:.80}; expected a list of spans (start, end, label), empty for none")
    triples = []
    for k, span in enumerate(spans):
        start, end, label = triple(span)
        if not isinstance(label, str):
            raise TypeError(f"{where}[{k}]: the label is {label!r:.80}; expected a string")
        triples.append((start, end, label))
    return triples


def _document(text: str, spans: Iterable[Labelled]) -> dict[str, object]:
    return {
        "text": text,
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in spans],
    }


_SPAN = {
    "type": "object",
    "spanOf": "text",
    "labelledBy": "label",
    "required": ["start", "end", "label"],
    "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}, "label": {"type": "string"}},
}
_SCHEMA = Schema.of(
    {
        "type": "object",
        "required": ["text", "spans"],
        "properties": {"text": {"type": "string"}, "spans": {"type": "array", "items": _SPAN}},
    }
)
"""A text with labelled spans. It lists no labels: gold knows those that it has."""
