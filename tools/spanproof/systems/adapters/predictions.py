"""``predictions:FILE``: a corpus of predictions, whoever made it, as a system: it predicts what stands there."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from spanproof.conversion.source import side_at
from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.corpus.pairs import document_rows
from spanproof.formats.discovery import read
from spanproof.formats.folders import files
from spanproof.formats.schemas import chosen_schema
from spanproof.schema.node import SchemaError
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema
from spanproof.systems.prediction import PredictionError
from spanproof.systems.system import Annotations, Family, Source, System, per_text

_SHOWN = 30
_LABEL_SETS = {"three": {"PERSON", "ORG", "LOC"}, "conll-4": {"PERSON", "ORG", "LOC", "NORP"}}


def _digest(path: Path) -> str:
    """Return twelve hexadecimal digits of the bytes of a file, or of the files of a folder with their names."""
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    lines = [f"{file.relative_to(path)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n" for file in files(path)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def _documents(path: Path, corpus: Corpus) -> dict[str, Document]:
    """Return the documents by their keys.

    Raises:
        ValueError: one can't be read, is no object, has no key or that of another.
    """
    for error in corpus.errors:
        raise ValueError(f"{error.path}{f':{error.line}' if error.line else ''}: {error.problem}")
    documents, key = list(corpus.documents()), corpus.schema.key or "id"
    for k, document in enumerate(documents):
        if not isinstance(document, Mapping) or not isinstance(document.get(key), str):
            raise ValueError(f"{path}: document {k + 1} has no {key}; expected the key of a text")
    twice = [name for name, n in Counter(document[key] for document in documents).items() if n > 1]
    if twice:
        raise ValueError(f"{path}: {twice[0]!r} is the {key} of several documents")
    if not documents:
        raise ValueError(f"{path} holds no documents")
    return {document[key]: document for document in documents}


def _labels(documents: Mapping[str, Document], schema: Schema) -> dict[str, tuple[str, ...]]:
    """Return the layers in which any document has something, with the labels that stand there."""
    layers: dict[str, tuple[str, ...]] = {}
    for layer in schema.root.fields:
        node = schema.nodes.get((layer, "*"))
        if node is None or not node.span_of:
            continue
        items = [item for document in documents.values() for item in _list(document.get(layer))]
        labels = {item.get(node.label) for item in items if isinstance(item, Mapping)}
        if items:
            layers[layer] = tuple(sorted(label for label in labels if isinstance(label, str)))
    return layers


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _without_nulls(value: Any) -> Any:
    """Return a value without members that are null, which columns have where a file leaves them out."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _unequal(source: Source, text: Any, path: Path) -> str | None:
    """Return where a text differs from the one that is asked about, and what helps; None if it doesn't."""
    if text == source.text:
        return None
    if not isinstance(text, str):
        return f"{source.id!r} has no text in {path}"
    pairs = zip(source.text, text, strict=False)
    start = next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(source.text), len(text)))
    ours, theirs = (whole[start : start + _SHOWN] for whole in (source.text, text))
    return (
        f"the text of {source.id!r} differs in {path}: {theirs!r} is at {start}; expected {ours!r}; "
        "`spanproof rebase` carries annotations over to another text"
    )


def _other_schema(path: Path) -> Schema | None:
    """Return the schema of a file that holds no annotated articles; None where it does, or is like nothing known."""
    try:
        schema = chosen_schema([path])
    except (SchemaError, OSError):
        return None
    return None if schema.json == Schema.article().json else schema


def _names(path: Path, schema: Schema) -> dict[str, list[dict[str, Any]]]:
    """Return the names of a corpus of any format, by the text that they are of, without blanks at its end.

    Raises:
        ValueError: something can't be read, no layer has names or several do, a text stands twice.
    """
    corpus = demand_readable(side_at(path, schema))
    schema = corpus.schema
    nodes = [node for node in schema.spans if node.label and node.place[-1] == "*"]
    nodes = [node for node in nodes if not node.quotation and not node.timex3]
    if len(nodes) != 1:
        raise ValueError(f"{path} has {len(nodes)} lists of spans with labels; expected one, which is taken as names")
    columns, (node,) = document_rows(corpus, list(range(len(corpus)))), nodes
    items = columns.items(node.place)
    texts = [(text or "").rstrip() for text in columns.items(()).columns[str(node.span_of)].to_pylist()]
    if len(set(texts)) < len(texts):
        raise ValueError(f"{path} has a text twice; expected texts by which documents can be told")
    names: dict[str, list[dict[str, Any]]] = {text: [] for text in texts}
    rows = (items.columns[name].to_pylist() for name in ("start", "end", str(node.label)))
    for doc, start, end, label in zip(items.doc.tolist(), *rows, strict=True):
        names[texts[doc]].append({"start": start, "end": end, "label": label})
    return names


def _of_names(path: Path, argument: str, names: Mapping[str, list[dict[str, Any]]]) -> System:
    labels = sorted({str(item["label"]) for items in names.values() for item in items if item["label"]})
    if not labels:
        raise ValueError(f"{path} holds no annotations")

    def annotate(source: Source) -> Annotations:
        known = names.get(source.text.rstrip())
        if known is None:
            of = repr(source.id or source.text[:_SHOWN])
            raise PredictionError(f"{path} has no document with the text of {of}; expected one of each text")
        return {"entities": known}

    return _system(argument, _digest(path), {"entities": tuple(labels)}, annotate)


def make(argument: str) -> System:
    """Return the system that predicts what a file or folder says, in any format that the check reads.

    Annotated articles may have names, quotations and times, found by their keys; other formats names alone, found by
    the text.

    Raises:
        ValueError: it can't be read, or predicts nothing.
    """
    path = Path(argument)
    try:
        return _of_articles(path, argument)
    except ValueError:
        if (other := _other_schema(path)) is None:
            raise
    return _of_names(path, argument, _names(path, other))


def _of_articles(path: Path, argument: str) -> System:
    schema = Schema.article()
    try:
        corpus, version = read(path, schema, {}).load(), _digest(path) if path.exists() else ""
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None
    documents = _documents(path, corpus)
    predicts = _labels(documents, schema)
    if not predicts:
        raise ValueError(f"{path} holds no annotations")

    def annotate(source: Source) -> Annotations:
        document = documents.get(source.id)
        if document is None:
            raise PredictionError(f"{path} holds no prediction of {source.id!r}; expected one of each text")
        problem = _unequal(source, document.get("text"), path)
        if problem:
            raise PredictionError(problem)
        return {layer: _without_nulls(document.get(layer)) or () for layer in predicts}

    return _system(argument, version, predicts, annotate)


def _system(
    argument: str, version: str, predicts: Mapping[str, tuple[str, ...]], annotate: Callable[[Source], Annotations]
) -> System:
    names = set(predicts.get("entities", ()))
    return System(
        name=f"predictions:{argument}",
        version=version,
        licence="as stated by its maker",
        weights="as stated by its maker",
        predicts=predicts,
        limits="These predictions were made elsewhere. It isn't known here how, by what, and which "
        "texts their maker had seen. "
        "They count for the layers and labels that occur in the file, and for texts that are equal, character for "
        "character.",
        open=lambda _: per_text(annotate),
        label_set=next((name for name, labels in _LABEL_SETS.items() if names and names <= labels), "ontonotes-16"),
    )


FAMILY = Family(
    name="predictions",
    argument="FILE",
    about="a corpus of predictions, in any format that check reads, that something else made",
    make=make,
)
