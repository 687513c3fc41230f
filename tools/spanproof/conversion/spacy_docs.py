"""Documents as ``Doc`` objects of a pipeline of spaCy, and back; each span that no token fits is a row."""

import tempfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spanproof.conversion.convert import converted, rows_of
from spanproof.conversion.ledger import LedgerRow
from spanproof.corpus.documents import Corpus, ReadError
from spanproof.formats import docbin
from spanproof.formats.docbin_writing import fill
from spanproof.formats.leaf import documents_in, kept
from spanproof.formats.losses import Fitting
from spanproof.schema.schema import Schema

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


@dataclass(frozen=True)
class SpacyDocs:
    """Documents of spaCy, and what of the corpus they don't hold."""

    docs: tuple["Doc", ...]
    rows: tuple[LedgerRow, ...]


@dataclass(frozen=True)
class TakenCorpus:
    """A corpus of stand-off documents, and what of its source it doesn't hold."""

    corpus: Corpus
    rows: tuple[LedgerRow, ...]


def to_spacy(corpus: Corpus, nlp: "Language", *, layers: Collection[str] = (), entities: str = "") -> SpacyDocs:
    """Return the documents of a corpus as a pipeline tokenises them.

    Spans of the layer ``entities`` are ``doc.ents``, those of others groups of ``doc.spans``, called as the layer. What
    ``char_span`` would give None for, as "Silva" where "Rio-Silva" is one token, is a row.

    Args:
        corpus: the documents, of any schema with spans of one text.
        nlp: the pipeline; its tokenizer alone runs.
        layers: the layers to take; all by default.
        entities: the layer of ``doc.ents``; by default the only one of ``layers``, or none.

    Returns:
        The documents, in the order of the corpus, and a row for each thing that they don't hold.

    Raises:
        ValueError: a layer isn't there, or the tokenizer changes a text.
    """
    if not entities and len(layers) == 1:
        (entities,) = layers
    conversion = converted(corpus, layers=layers)
    rows = list(conversion.rows)
    docs = []
    for record in conversion.documents:
        doc = nlp.make_doc(record["text"])
        if doc.text != record["text"]:
            raise ValueError(
                f"{record['id']}: the tokenizer changes the text; expected one whose tokens make up the text"
            )
        fitting = Fitting.of(record)
        for k, span in list(fitting.spans.items()):
            if "fragments" not in span and (why := _misfit(doc, span["start"], span["end"])):
                fitting.lose(("spans", k), why)
            elif span.get("layer") == entities:
                del span["layer"]
        fitting.cut_references()
        rows += rows_of(record, fitting.losses)
        whole = fitting.result()
        fit = kept(whole, docbin.LEAF)
        rows += rows_of(whole, fit.losses)
        fill(doc, fit.document)
        docs.append(doc)
    return SpacyDocs(tuple(docs), tuple(rows))


def _misfit(doc: "Doc", start: int, end: int) -> str:
    """Say why a span is none of a document; empty where it is one."""
    if start == end:
        return "it is empty, and spans of spaCy have tokens"
    if doc.char_span(start, end) is not None:
        return ""
    places = [(token.idx, token.idx + len(token), token.text) for token in doc]
    cut = [words for low, high, words in places if low < start < high or low < end < high]
    if cut:
        return f"it begins or ends inside of the token {' and '.join(map(repr, cut))}"
    return "it begins or ends at white space that is in no token"


def from_spacy(docs: Iterable["Doc"]) -> TakenCorpus:
    """Return documents of spaCy as a corpus of stand-off documents.

    Entities have no layer, spans of a group have its key as theirs. Tags, lemmas and heads of tokens aren't taken. A
    document has the id that ``doc.user_data["id"]`` says, or its number.

    Args:
        docs: the documents, of any pipeline.

    Raises:
        ValueError: something in ``doc.user_data`` can't be packed.
    """
    from spacy.tokens import DocBin

    attributes = ["ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID"]
    try:
        content = DocBin(attributes, store_user_data=True, docs=docs).to_bytes()
    except (TypeError, OverflowError) as error:
        raise ValueError(f"doc.user_data holds what can't be packed: {error}; expected values of JSON") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "doc.spacy"
        path.write_bytes(content)
        read = list(documents_in(docbin.LEAF, path))
    documents: list[dict[str, Any]] = []
    rows = []
    for one in read:
        if isinstance(one, ReadError):
            name = documents[-1]["id"] if documents else ""
            rows.append(LedgerRow(name, "attribute", "doc", one.problem))
        else:
            documents.append(one.document)
    return TakenCorpus(Corpus.of(documents, Schema.stand_off()), tuple(rows))
