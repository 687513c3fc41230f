"""Gold and a prediction of different shapes, as CoNLL and doccano, as spans with labels over the same texts."""

from collections.abc import Mapping

from spanproof.corpus.documents import Corpus
from spanproof.corpus.pairs import document_names, document_rows
from spanproof.metrics import plain
from spanproof.metrics.task_layers import layer_of_names
from spanproof.text.tags import Labelled


def in_one_shape(gold: Corpus, predicted: Corpus, layer: str | None) -> tuple[Corpus, Corpus]:
    """Return the layers of names of two corpora as corpora of one schema, whose layer is ``spans``.

    Documents belong together that have the same text, or, where gold has a text twice, the same key and text.
    A document that the prediction lacks has no list there, so that it is told as unanswered.

    Args:
        gold: a corpus that the check can read.
        predicted: another one.
        layer: the layer of names of gold, where it has several; the prediction has it too, or one alone.

    Raises:
        ValueError: a side has no layer of names, or several; or a document of the prediction is none of gold.
    """
    right, guess = _documents(gold, layer), _documents(predicted, layer)
    unique = len({text for text, _ in right.values()}) == len(right)
    known = {text if unique else name: name for name, (text, _) in right.items()}
    answers: dict[str, list[Labelled]] = {}
    for name, (text, spans) in guess.items():
        key = known.get(text if unique else name)
        if key is None or key in answers or right[key][0] != text:
            raise ValueError(
                f"gold has no document with the text of {name}, or it is predicted twice; expected the same texts"
            )
        answers[key] = spans
    texts, names = [text for text, _ in right.values()], [spans for _, spans in right.values()]
    reference, answer = plain.corpora(texts, names, [answers.get(name, []) for name in right])
    documents = zip(right, answer.documents(), strict=True)
    predictions = [document if name in answers else {"text": document["text"]} for name, document in documents]
    return reference, Corpus.of(predictions, reference.schema)


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
