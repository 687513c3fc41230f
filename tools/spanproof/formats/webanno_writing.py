"""What WebAnno TSV 3 holds of stand-off documents, and its content."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spanproof.formats.cas_writing import NAMED_ENTITY, fit_names
from spanproof.formats.losses import Document, Fitting
from spanproof.formats.markup import fill_ids
from spanproof.formats.tokens import cut_tokens
from spanproof.formats.utf16 import utf16_offsets
from spanproof.formats.values import SURROGATE, fit_characters, fit_edges, fit_places, fit_values
from spanproof.formats.webanno_rows import ANY, BASE, ROLE
from spanproof.formats.webanno_values import escaped_text, escaped_value

_FILE = re.compile(r"[\w,=+@-](?:[\w.,=+@ -]{0,149}[\w,=+@-])?")
_LONGEST = 200
_LABEL = "value"
_ROLES = ("Governor", "Dependent")
_RELATION = "webanno.custom.Relation"


def fit(fitting: Fitting) -> None:
    """Take what a file can't hold; ids become numbers."""
    fit_places(fitting)
    fit_values(fitting)
    fit_characters(fitting, SURROGATE, "UTF-8")
    fit_edges(fitting)
    fit_names(fitting)
    fitting.lose_each(lambda span: None if span["label"] else "it has no label, which is the value of a column")
    for path, value in fitting.attributes():
        if not value:
            fitting.lose(path, "it is empty, and an empty value of a column is none")
        elif str(path[-1]).startswith((ROLE, BASE)):
            fitting.lose(path, "a column that is called so names other annotations")
    for k, relation in list(fitting.relations.items()):
        if not relation["label"]:
            fitting.lose(("relations", k), "it has no label, which is the value of a column")
    text = fitting.document["text"]
    if text and not text.strip():
        fitting.replace(("text",), "", "a text of white space has no token, and the format keeps only tokens")
    fitting.name_as(_FILE, "a file is called after its document")
    short = fitting.document["id"].encode()[:_LONGEST].decode("utf-8", "ignore").rstrip(". ")
    fitting.replace(("id",), short, "the name of a file has a length")
    fitting.spans = dict(sorted(fitting.spans.items(), key=lambda item: (item[1]["start"], _layer(item[1]), item[0])))
    numbers = {k: str(number) for number, k in enumerate(fitting.spans, 1)}
    fitting.rename(numbers, {}, "WebAnno numbers its annotations")
    _fit_relations(fitting)


def _fit_relations(fitting: Fitting) -> None:
    """Make relations go from a governor to a dependent, at whose first token they stand."""
    starts = {span["id"]: span["start"] for span in fitting.spans.values()}
    at = {k: starts[relation["arguments"][1]["target"]] for k, relation in fitting.relations.items()}
    fitting.relations = dict(sorted(fitting.relations.items(), key=lambda item: (at[item[0]], item[0])))
    for k in fitting.relations:
        for n, role in enumerate(_ROLES):
            fitting.replace(("relations", k, "arguments", n, "role"), role, "a relation has a governor and a dependent")
    named: list[dict[str, Any]] = [{"id": name} for name in starts]
    relations = [{"id": None, "label": relation["label"]} for relation in fitting.relations.values()]
    fill_ids([*named, *relations])
    names = {k: str(one["id"]) for k, one in zip(fitting.relations, relations, strict=True)}
    fitting.rename({}, names, "relations have no ids")


def _layer(span: Any) -> str:
    return str(span.get("layer", NAMED_ENTITY))


def content_of(document: Document) -> bytes:
    """Return the content of the file of a document that :func:`fit` has fitted."""
    layers: dict[str, list[str]] = {}
    for span in sorted(document["spans"], key=_layer):
        names = layers.setdefault(_layer(span), [])
        names += [name for name in span.get("attributes", {}) if name not in names]
    lines = ["#FORMAT=WebAnno TSV 3.3"]
    lines += [f"#T_SP={'|'.join([layer, _LABEL, *names])}" for layer, names in layers.items()]
    relations = document.get("relations", ())
    members = list(dict.fromkeys(name for relation in relations for name in relation.get("attributes", {})))
    lines += [f"#T_RL={'|'.join([_RELATION, _LABEL, *members, BASE + ANY])}"] if relations else []
    return "".join(f"{line}\n" for line in [*lines, "", *_sentences(document, layers, members)]).encode()


def _sentences(document: Document, layers: dict[str, list[str]], members: Sequence[str]) -> Iterator[str]:
    """Yield the lines of all sentences, which are those of the text with nothing but line feeds between them.

    Args:
        document: the document.
        layers: the attributes of the spans of each layer.
        members: the attributes of the relations.
    """
    text, spans = document["text"], document["spans"]
    tokens = cut_tokens(text, {place for span in spans for place in (span["start"], span["end"])})
    offsets = utf16_offsets(text)
    begin = 0
    parted = list(_parted(text, tokens))
    named = {
        start: f"{number}-{place}" for number, some in enumerate(parted, 1) for place, (start, _) in enumerate(some, 1)
    }
    by_id = {span["id"]: span for span in spans}
    related: dict[int, list[Any]] = {}
    for relation in document.get("relations", ()):
        related.setdefault(by_id[relation["arguments"][1]["target"]]["start"], []).append(relation)
    governors = {name: f"{named[span['start']]}[{name}_" for name, span in by_id.items()}
    for number, sentence in enumerate(parted, 1):
        last = sentence[-1] == tokens[-1]
        stop = len(text) if last else sentence[-1][1]
        yield ""
        yield from (f"#Text={escaped_text(line)}" for line in text[begin:stop].split("\n"))
        for place, (start, end) in enumerate(sentence, 1):
            there = [span for span in spans if span["start"] < end and span["end"] > start]
            columns = [column for layer, names in layers.items() for column in _columns(layer, names, there)]
            if document.get("relations"):
                columns += _relation_columns(members, related.get(start, ()), governors)
            place_there = f"{number}-{place}\t{offsets[start]}-{offsets[end]}\t{escaped_text(text[start:end])}"
            yield "".join(f"{column}\t" for column in [place_there, *columns])
        following = next((start for start, _ in tokens if start >= stop), stop)
        begin = following


def _parted(text: str, tokens: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    sentence: list[tuple[int, int]] = []
    for token, following in itertools.zip_longest(tokens, tokens[1:]):
        sentence.append(token)
        between = text[token[1] : following[0]] if following else ""
        if following is None or (between and not between.strip("\n")):
            yield sentence
            sentence = []


def _columns(layer: str, names: Sequence[str], spans: Sequence[Any]) -> Iterator[str]:
    """Yield the columns of a layer at a token, given the spans there."""
    own = [span for span in spans if _layer(span) == layer]
    for name in (None, *names):
        values = [span["label"] if name is None else span.get("attributes", {}).get(name) for span in own]
        shown = ["*" if value is None else escaped_value(value) for value in values]
        yield "|".join(f"{value}[{span['id']}]" for value, span in zip(shown, own, strict=True)) or "_"


def _relation_columns(members: Sequence[str], relations: Sequence[Any], governors: Mapping[str, str]) -> Iterator[str]:
    """Yield the columns of the relations whose dependents begin at a token.

    Args:
        members: the attributes of relations.
        relations: those there.
        governors: how each annotation is named as a governor, up to the number of the dependent.
    """
    for name in (None, *members):
        values = [one["label"] if name is None else one.get("attributes", {}).get(name) for one in relations]
        yield "|".join("*" if value is None else escaped_value(value) for value in values) or "_"
    pairs = [[argument["target"] for argument in one["arguments"]] for one in relations]
    yield "|".join(f"{governors[governor]}{dependent}]" for governor, dependent in pairs) or "_"
