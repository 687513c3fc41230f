"""Gold and a prediction of different shapes, as CoNLL and doccano, as spans with labels over the same texts."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from operator import eq

from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_names, document_rows
from spanproof.metrics import plain
from spanproof.metrics.records import records_by_name
from spanproof.metrics.task_layers import layer_of_names
from spanproof.text.tags import Labelled

_SHOWN = 30


def in_one_shape(gold: Corpus, predicted: Corpus, layer: str | None) -> tuple[Corpus, Corpus, Mapping[str, int]]:
    """Return the layers of names of two corpora as corpora of one schema, whose layer is ``spans``.

    Documents belong together that have the same text, or, where gold has a text twice, the same key and text. Blanks
    and line ends that follow a text move no offset, so they may differ. A document that the prediction lacks has no
    list there, so that it is told as unanswered.

    Args:
        gold: a corpus that the check can read.
        predicted: another one.
        layer: the layer of names of gold, where it has several; the prediction has it too, or one alone.

    Returns:
        The two, and the number of the record of each document by its key, none where documents are no parts of any.

    Raises:
        ValueError: a side has no layer of names, or several; or a document of the prediction is none of gold.
    """
    right, guess = _documents(gold, layer), _documents(predicted, layer)
    unique = len({text.rstrip() for text, _ in right.values()}) == len(right)
    known = {text.rstrip() if unique else name: name for name, (text, _) in right.items()}
    answers: dict[str, list[Labelled]] = {}
    for name, (text, spans) in guess.items():
        key = known.get(text.rstrip() if unique else name)
        if key is None or right[key][0].rstrip() != text.rstrip():
            raise ValueError(_other_text(name, text, [of_gold for of_gold, _ in right.values()]))
        if key in answers:
            raise ValueError(f"{name!r} is the second prediction of the text of {key!r}; expected one")
        answers[key] = spans
    texts, names = [text for text, _ in right.values()], [spans for _, spans in right.values()]
    reference, answer = plain.corpora(texts, names, [answers.get(name, []) for name in right])
    documents = zip(right, answer.documents(), strict=True)
    predictions = [document if name in answers else {"text": document["text"]} for name, document in documents]
    records = dict(zip(document_names(reference), records_by_name(gold.load()).values(), strict=False))
    return reference, Corpus.of(predictions, reference.schema), records


def _other_text(name: str, text: str, gold: Sequence[str]) -> str:
    """Say where a text differs from the one of gold that begins most like it, and what helps."""
    begun = [sum(1 for _ in takewhile(bool, map(eq, text, other))) for other in gold]
    at = max(begun, default=0)
    other = gold[begun.index(at)] if gold else ""
    ours, theirs = (repr(whole[at : at + _SHOWN]) for whole in (other, text))
    return (
        f"gold has no document with the text of {name!r}: of the most similar one it differs at {at}, where it has "
        f"{theirs}; expected {ours} (`spanproof rebase` carries annotations over to another text)"
    )


def _documents(corpus: Corpus, layer: str | None) -> Mapping[str, tuple[str, list[Labelled]]]:
    """Return the text and the names of each document, by its key."""
    schema = corpus.schema
    names = [name for name in (layer, None) if name is None or any(name == place[0] for place in schema.nodes if place)]
    node = layer_of_names(schema, names[0])
    columns = document_rows(corpus.load(), list(range(len(corpus))))
    items, member = columns.items(node.place), node.span_of
    assert member is not None
    assert node.label is not None
    texts = columns.items(()).columns[member].to_pylist()
    spans: list[list[Labelled]] = [[] for _ in texts]
    rows = (items.columns[name].to_pylist() for name in ("start", "end", node.label))
    for doc, *span in zip(items.doc.tolist(), *rows, strict=True):
        start, end, label = span
        spans[doc].append((start, end, label or ""))
    return dict(zip(document_names(corpus), zip((text or "" for text in texts), spans, strict=True), strict=True))
