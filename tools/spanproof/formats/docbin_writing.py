"""What a DocBin of spaCy holds of stand-off documents, and its content as spaCy writes it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spanproof.formats.losses import Document, Fitting, Loss
from spanproof.formats.values import SURROGATE, fit_characters, fit_places

EXTENSION, ID, KNOWLEDGE = "._.", "id", "kb_id"
"""What marks ``Span._`` and ``Doc._`` in ``user_data``; where the id of a document stands there; the attribute that is
``Span.kb_id_``."""
_GROUP = "sc"
"""The group in which spaCy looks for spans by default."""
_TOKEN = re.compile(r"\w+|[^\w\s]|\s")


def fit(fitting: Fitting) -> None:
    """Take what a DocBin can't hold; entities that overlap become spans of a group."""
    fit_places(fitting)
    fit_characters(fitting, SURROGATE, "UTF-8")
    fitting.lose_each(lambda span: None if span["label"] else "it has no label, and every span of spaCy has one")
    places = Counter((span["start"], span["end"]) for span in fitting.spans.values())
    _group_overlapping(fitting)
    for k, span in fitting.spans.items():
        for name, value in list(span.get("attributes", {}).items()):
            path = ("spans", k, "attributes", name)
            if name == KNOWLEDGE and not (isinstance(value, str) and value):
                fitting.lose(path, "it isn't a string, or is empty")
            elif name != KNOWLEDGE and places[span["start"], span["end"]] > 1:
                fitting.lose(path, "spaCy says attributes of a place, and another span is there")
            elif not _packable(value):
                fitting.lose(path, "it can't be packed as msgpack")
    for name, value in list(fitting.document.get("metadata", {}).items()):
        if not _packable(value):
            fitting.lose(("metadata", name), "it can't be packed as msgpack")
    layers: dict[str | None, int] = {None: 0}
    for span in fitting.spans.values():
        layers.setdefault(span.get("layer"), len(layers))
    fitting.spans = dict(sorted(fitting.spans.items(), key=lambda item: _place_in_file(item[1], layers)))


def _place_in_file(span: Mapping[str, Any], layers: Mapping[str | None, int]) -> tuple[int, int]:
    layer = span.get("layer")
    return layers[layer], span["start"] if layer is None else 0


def _group_overlapping(fitting: Fitting) -> None:
    """Make spans of a group of the entities that overlap an earlier one; the longer of two is earlier."""
    entities = [item for item in fitting.spans.items() if "layer" not in item[1]]
    reach = 0
    for k, span in sorted(entities, key=lambda item: (item[1]["start"], -item[1]["end"], item[0])):
        if span["start"] < reach:
            span["layer"] = _GROUP
            reason = f"becomes {_GROUP!r}: it overlaps another entity, and doc.ents don't"
            fitting.losses.append(Loss(("spans", k, "layer"), reason))
        reach = max(reach, span["end"])


def _packable(value: Any) -> bool:
    from srsly import msgpack

    try:
        return bool(msgpack.loads(msgpack.dumps(value, use_bin_type=True), raw=False, use_list=True) == value)
    except (OverflowError, ValueError, TypeError):
        return False


def packed(documents: Sequence[Document]) -> bytes:
    """Return the content of a file of documents that :func:`fit` has fitted."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocabulary = Vocab()
    attributes = ["ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID"]
    docs = (_doc(document, vocabulary) for document in documents)
    content: bytes = DocBin(attributes, store_user_data=True, docs=docs).to_bytes()
    return content


def _doc(document: Document, vocabulary: Any) -> Any:
    from spacy.tokens import Doc

    text, spans = document["text"], document["spans"]
    tokens = list(_tokens(text, {span["start"] for span in spans}, {span["end"] for span in spans}))
    words = [text[start:end] for start, end in tokens]
    blanks = [text[end : end + 1] == " " and (k + 1 == len(tokens) or tokens[k + 1][0] > end)
              for k, (_, end) in enumerate(tokens)]  # fmt: skip
    doc = Doc(vocabulary, words=words, spaces=blanks)
    fill(doc, document)
    return doc


def fill(doc: Any, document: Document) -> None:
    """Give a ``Doc`` the spans of a document that :func:`fit` has fitted; each begins and ends where its tokens do."""
    from spacy.tokens import Span

    firsts = {token.idx: token.i for token in doc}
    lasts = {token.idx + len(token): token.i + 1 for token in doc}
    entities: list[Any] = []
    groups: dict[str, list[Any]] = {}
    user_data: dict[Any, Any] = {ID: document["id"]}
    for span in document["spans"]:
        knowledge = span.get("attributes", {}).get(KNOWLEDGE, "")
        borders = firsts[span["start"]], lasts[span["end"]]
        one = Span(doc, *borders, label=span["label"], kb_id=knowledge, span_id=span["id"])
        (groups.setdefault(span["layer"], []) if "layer" in span else entities).append(one)
        for name, value in span.get("attributes", {}).items():
            if name != KNOWLEDGE:
                user_data[EXTENSION, name, span["start"], span["end"]] = value
    doc.ents = entities
    for key, group in groups.items():
        doc.spans[key] = group
    user_data |= {(EXTENSION, name, None, None): value for name, value in document.get("metadata", {}).items()}
    doc.user_data.update(user_data)


def _tokens(text: str, starts: set[int], ends: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the extents of tokens, of which each span begins and ends one; a blank after a token is its own part."""
    after = 0
    for word in _TOKEN.finditer(text):
        begin = word.start()
        if word[0] == " " and begin and after != begin and begin not in starts and word.end() not in ends:
            after = word.end()
            continue
        for place in range(begin + 1, word.end()):
            if place in starts or place in ends:
                yield begin, place
                begin = place
        yield begin, word.end()
