"""Spans as tags of the pieces of a tokenizer, and what a pipeline found as spans; each that no piece fits is a row."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.conversion.convert import converted, rows_of
from spanproof.conversion.ledger import LedgerRow
from spanproof.conversion.spacy_docs import TakenCorpus
from spanproof.corpus.documents import Corpus
from spanproof.formats.losses import Feature, Fitting, without_features
from spanproof.schema.schema import Schema
from spanproof.text.segmentation import Extent, stripped
from spanproof.text.tags import parts_of_tag, spans_of_tags


@dataclass(frozen=True)
class TaggedText:
    """A document as a tokenizer cuts it, a tag for each piece.

    Attributes:
        id: what identifies the document.
        text: its text.
        offsets: where each piece begins and ends (code points), white space at its edges left out.
        tags: ``O``, ``B-LABEL`` or ``I-LABEL``; None for a piece that is none of the text, as ``[CLS]``.
        encoding: what the tokenizer gives, for a model.
    """

    id: str
    text: str
    offsets: tuple[Extent, ...]
    tags: tuple[str | None, ...]
    encoding: Mapping[str, Any]


@dataclass(frozen=True)
class TaggedTexts:
    """The documents of a corpus as tagged pieces, and what of the corpus these don't say."""

    documents: tuple[TaggedText, ...]
    rows: tuple[LedgerRow, ...]


def to_bio(
    corpus: Corpus, tokenizer: Any, *, layers: Collection[str] = (), max_length: int | None = None
) -> TaggedTexts:
    """Return the documents of a corpus with BIO tags for the pieces of a tokenizer.

    A piece has one tag: of two spans that overlap the longer one stays, the other is a row; so is one that begins or
    ends inside of a piece. :func:`spanproof.metrics.plain.spans` is the way back from tags.

    Args:
        corpus: the documents, of any schema with spans of one text.
        tokenizer: a fast tokenizer of ``transformers``, which says where its pieces stand.
        layers: the layers to take; all by default.
        max_length: the most pieces of a text; what lies beyond is a row. All by default.

    Raises:
        ValueError: the tokenizer is a slow one, or a layer isn't there.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ValueError(
            "the tokenizer doesn't say where its pieces stand; expected a fast one (AutoTokenizer gives it)"
        )
    conversion = converted(corpus, layers=layers)
    rows = list(conversion.rows)
    tagged = []
    for record in conversion.documents:
        text = record["text"]
        limits = {"truncation": True, "max_length": max_length} if max_length else {}
        encoding = dict(tokenizer(text, return_offsets_mapping=True, **limits))
        offsets = tuple(stripped(text, *extent) for extent in encoding.pop("offset_mapping"))
        fitting = Fitting.of(record)
        _fit_pieces(fitting, offsets, bool(limits))
        without_features(fitting, (Feature.WHITE_SPACE, Feature.METADATA))
        fitting.cut_references()
        rows += rows_of(record, fitting.losses)
        tags = _tags(fitting.spans.values(), offsets)
        tagged.append(TaggedText(record["id"], text, offsets, tags, encoding))
    return TaggedTexts(tuple(tagged), tuple(rows))


def _fit_pieces(fitting: Fitting, offsets: Sequence[Extent], is_limited: bool) -> None:
    """Take the spans that pieces can't say."""
    starts, ends = {start for start, end in offsets if start < end}, {end for start, end in offsets if start < end}
    last = max(ends, default=0)

    def why(span: Mapping[str, Any]) -> str | None:
        if "fragments" in span:
            return "it has fragments, and tags say none"
        if parts_of_tag(f"B-{span['label']}") != ("B", span["label"]) or span["label"] == "O":
            return f"a tag can't have its label {span['label']!r}"
        if span["start"] in starts and span["end"] in ends and span["start"] < span["end"]:
            return None
        if is_limited and span["end"] > last:
            return f"it ends beyond the pieces that are taken, at {last}"
        return "it begins or ends where no piece of the tokenizer does"

    fitting.lose_each(why)


def _tags(spans: Iterable[Mapping[str, Any]], offsets: Sequence[Extent]) -> tuple[str | None, ...]:
    """Return a tag for each piece; a character that is cut into several pieces has one for each of them."""
    tags: list[str | None] = [None if start == end else "O" for start, end in offsets]
    pieces = [(*extent, k) for k, extent in enumerate(offsets) if tags[k] is not None]
    lows = [low for low, _, _ in pieces]
    for span in spans:
        first = bisect_left(lows, span["start"])
        for _, _, k in pieces[first : bisect_left(lows, span["end"])]:
            tags[k] = f"{'B' if k == pieces[first][2] else 'I'}-{span['label']}"
    return tuple(tags)


def from_pipeline(texts: Sequence[str], answers: Sequence[Sequence[Mapping[str, Any]]]) -> TakenCorpus:
    """Return what a ``token-classification`` pipeline of ``transformers`` found, as a corpus of stand-off documents.

    Groups (``entity_group``) are spans as they are; tags of single pieces (``entity``) are put together as conlleval
    does. White space at the edges of a span isn't part of it. The score of a group is an attribute.

    Args:
        texts: what the pipeline was given.
        answers: what it gave for each of them.

    Raises:
        ValueError: there aren't as many answers as texts.
    """
    if len(texts) != len(answers):
        raise ValueError(f"there are {len(answers)} answers; expected {len(texts)}, one for each text")
    documents, rows = [], []
    for number, (text, answer) in enumerate(zip(texts, answers, strict=True), 1):
        spans: list[dict[str, Any]] = []
        for label, extent, attributes in _found(answer):
            start, end = extent
            if start is None or end is None or not 0 <= start < end <= len(text):
                why = "it has no place in the text; expected an answer of a fast tokenizer"
                rows.append(LedgerRow(str(number), "span", label, why, start=start, end=end))
                continue
            start, end = stripped(text, start, end)
            span = {"id": f"s{len(spans) + 1}", "label": label, "start": start, "end": end}
            spans.append(span | ({"attributes": attributes} if attributes else {}))
        documents.append({"id": str(number), "text": text, "spans": spans})
    return TakenCorpus(Corpus.of(documents, Schema.stand_off()), tuple(rows))


def _found(answer: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[int | None, int | None], dict[str, Any]]]:
    """Yield label, start and end, and attributes of what an answer names; pieces that follow each other together."""
    pieces: list[tuple[int, int, str]] = []
    before = None
    for one in answer:
        if "entity_group" in one or one.get("start") is None:
            score = {"score": float(one["score"])} if "score" in one else {}
            label = str(one.get("entity_group", one.get("entity", "")))
            yield label, (one.get("start"), one.get("end")), score
            continue
        if before is not None and one.get("index") != before + 1:
            pieces.append((pieces[-1][1], pieces[-1][1], "O"))  # pieces without a label aren't listed
        pieces.append((one["start"], one["end"], str(one["entity"])))
        before = one.get("index")
    for start, end, label in spans_of_tags(pieces):
        yield label, (start, end), {}
