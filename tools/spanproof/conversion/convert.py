"""Documents of any schema to those that a format or another schema can hold; each thing that is lost is a row."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any, cast

from spanproof.conversion.documents import document_of
from spanproof.conversion.kinds import Kind
from spanproof.conversion.ledger import LedgerRow, What, row_of
from spanproof.conversion.standoff import StandOff, named_standoff_of
from spanproof.corpus.documents import Corpus
from spanproof.formats.leaf import Leaf, kept
from spanproof.formats.losses import Fitting, Loss
from spanproof.schema.schema import Schema

Document = Mapping[str, Any]
_WHAT: Mapping[str, What] = {"spans": "span", "relations": "relation"}
_OUTSIDE = "its offsets lie outside of the text; run `spanproof check` for details"


@dataclass(frozen=True)
class Conversion:
    """The documents of a corpus in another form.

    Attributes:
        documents: those that the target can hold: stand-off documents, or documents of the target's schema.
        rows: what of the source isn't in them.
        number: how many documents the source has.
        spans: how many spans the source has, as stand-off documents.
        left: how many spans of each layer were left, since others were asked for.
        unsound: how many spans that are carried store other words than the text has there.
    """

    documents: Sequence[dict[str, Any]]
    rows: Sequence[LedgerRow]
    number: int
    spans: int
    left: Mapping[str, int]
    unsound: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known beside the rows, a sentence each."""
        left = ", ".join(f"{layer} {count:,}" for layer, count in self.left.items())
        notes = [f"spans of other layers than those that were asked for: {left}"] if left else []
        if self.unsound:
            notes.append(f"spans whose stored words are not those of the text: {self.unsound:,}; run spanproof check")
        return tuple(notes)


def converted(
    corpus: Corpus,
    leaf: Leaf | None = None,
    schema: Schema | None = None,
    layers: Collection[str] = (),
    kept_in: Callable[[], MutableSequence[Any]] = list,
) -> Conversion:
    """Return the documents of a corpus as a format, or a schema, can hold them.

    Args:
        corpus: the documents, of any schema with spans of one text.
        leaf: the format; None for stand-off documents, which hold everything.
        schema: what the documents are to be; None for stand-off documents.
        layers: the layers to take, with what stands within their annotations; labels where there are no layers; all
            by default.
        kept_in: makes what the documents, and the rows, are added to one by one: a list, or what is kept on disk. The
            corpus is read once.

    Raises:
        ValueError: a schema has spans of several texts, or a layer isn't there.
    """
    every, rows = kept_in(), list[LedgerRow]()
    left: Counter[str] = Counter()
    documents = kept_in()
    taken: set[str] = set()
    seen: set[str] = set()
    number = spans = unsound = 0
    restores = schema is not None and schema.json == corpus.schema.json
    for one in _records(corpus, rows, restores):
        number += 1
        if one is None:
            _move(rows, every)
            continue
        record = one.record
        spans += len(record["spans"])
        seen |= {_layer(span) for span in record["spans"]}
        chosen = _of_layers(record, layers, left)
        sound = _sound(chosen, rows)
        unsound += sum(_differs(span, sound["text"]) for span in sound["spans"])
        sound = _named(sound, leaf, taken, rows)
        if leaf is not None:
            fit = kept(sound, leaf)
            rows += (row for row in rows_of(sound, fit.losses) if row.what != "id" or row.id not in one.made_up)
            documents.append(fit.document)
        elif schema is not None:
            restored = document_of(sound, schema)
            rows += restored.losses
            documents.append(restored.document)
        else:
            documents.append(sound)
        _move(rows, every)
    if absent := [layer for layer in layers if not any(_is_of(layer, name) for name in seen)]:
        raise ValueError(f"there is no layer {', '.join(absent)}; expected one of {', '.join(sorted(seen)) or 'none'}")
    return Conversion(documents, every, number, spans, dict(left), unsound)


def _move(rows: list[LedgerRow], every: MutableSequence[LedgerRow]) -> None:
    """Move the rows of one document to those of all."""
    for row in rows:
        every.append(row)
    rows.clear()


def is_stand_off(schema: Schema) -> bool:
    """Say whether documents of a schema are stand-off documents as they are."""
    return schema.json == Schema.stand_off().json


def rows_of(record: Document, losses: Iterable[Loss]) -> Iterator[LedgerRow]:
    """Yield the rows of what a format can't hold.

    Args:
        record: the stand-off document.
        losses: what of it is lost, by its path there.
    """
    for loss in losses:
        member, *steps = loss.path
        if member in _WHAT:
            yield _row(record, record[str(member)][cast("int", steps[0])], str(member), steps[1:], loss.reason)
        elif member == "id":
            yield LedgerRow(record["id"], "id", record["id"], loss.reason, record["id"])
        elif member == "text":  # without what it becomes, which is as long as it is
            yield LedgerRow(record["id"], "text", "text", loss.reason.rpartition("': ")[2])
        else:
            names = [str(step) for step in loss.path if step != "metadata"]
            value = (record.get("metadata") or {}).get(names[0]) if names else None
            yield LedgerRow(record["id"], "metadata", ".".join(names), loss.reason, value=value)


def _row(record: Document, owner: Document, member: str, steps: list[Any], reason: str) -> LedgerRow:
    """Return the row of a span, of a relation, or of something of one."""
    if not steps:
        return row_of(record, owner, _WHAT[member], reason)
    if steps[0] == "attributes":
        name = ".".join(map(str, steps[1:])) or "attributes"
        value = (owner.get("attributes") or {}).get(steps[1]) if len(steps) > 1 else None
        return row_of(record, owner, "attribute", reason, name, value)
    kinds: Mapping[str, What] = {"id": "id", "layer": "layer"}
    what = kinds.get(steps[0], "surface" if steps[-1] == "text" else "attribute")
    name = str(owner.get("layer") if what == "layer" else owner["label"])
    return row_of(record, owner, what, reason, name, owner.get(steps[0]))


def _records(corpus: Corpus, rows: list[LedgerRow], restores: bool) -> Iterator[StandOff | None]:
    """Yield documents as stand-off documents; what can't be one is None, with a row.

    Args:
        corpus: the documents.
        rows: takes what is lost.
        restores: whether what can't be an annotation is put back to its place in what the documents become.
    """
    already, decider = is_stand_off(corpus.schema), Schema.stand_off().judge.decider
    for number, document in enumerate(corpus.documents(), 1):
        if already and not decider.is_valid(document):
            key = document.get("id") if isinstance(document, Mapping) else None
            why = "it isn't a valid stand-off document; run `spanproof check` to see why"
            rows.append(LedgerRow(str(key or number), "document", str(key or number), why))
            yield None
            continue
        try:
            one = StandOff(document) if already else named_standoff_of(document, corpus.schema, str(number))
        except ValueError as error:
            if isinstance(document, Mapping) and len(corpus.schema.texts) != 1:
                raise
            rows.append(LedgerRow(str(number), "document", str(number), str(error)))
            yield None
            continue
        if not restores:
            rows += (_unread_row(one.record["id"], kind, value) for kind, value in one.unread)
        yield one


def _unread_row(document: str, kind: Kind, value: Any) -> LedgerRow:
    """Return the row of what stands where a span should, and can't be one."""
    return LedgerRow(
        document, "span", kind.name, "it has no whole numbers as offsets; run `spanproof check`", value=value
    )


def _layer(span: Document) -> str:
    """Return the layer of a span; its label where the format has no layers."""
    return str(span.get("layer") or span["label"])


def _is_of(layer: str, name: str) -> bool:
    return name == layer or name.startswith(f"{layer}.")


def _of_layers(record: dict[str, Any], layers: Collection[str], left: Counter[str]) -> dict[str, Any]:
    """Return a document with the spans of some layers, and the relations between them."""
    if not layers:
        return record
    spans = []
    for span in record["spans"]:
        name = _layer(span)
        if any(_is_of(layer, name) for layer in layers):
            spans.append(span)
        else:
            left[name] += 1
    ids = {span["id"] for span in spans}
    relations = list(record.get("relations") or ())
    while True:
        ids |= {one["id"] for one in relations}
        some = [one for one in relations if all(argument["target"] in ids for argument in one["arguments"])]
        if len(some) == len(relations):
            return {**record, "spans": spans, "relations": some}
        ids -= {one["id"] for one in relations}
        relations = some


def _sound(record: dict[str, Any], rows: list[LedgerRow]) -> dict[str, Any]:
    """Return a document without the spans that aren't in its text."""
    length = len(record["text"])
    outside = [
        k
        for k, span in enumerate(record["spans"])
        if not all(0 <= part["start"] <= part["end"] <= length for part in (span, *(span.get("fragments") or ())))
    ]
    if not outside:
        return record
    fitting = Fitting.of(record)
    for k in outside:
        fitting.lose(("spans", k), _OUTSIDE)
    fitting.cut_references()
    rows += rows_of(record, fitting.losses)
    return fitting.result()


def _differs(span: Document, text: str) -> bool:
    """Say whether a span stores other words than the text has there."""
    parts: Sequence[Any] = span.get("fragments") or [span]
    return any(part.get("text") not in (None, text[part["start"] : part["end"]]) for part in parts)


def _named(record: dict[str, Any], leaf: Leaf | None, taken: set[str], rows: list[LedgerRow]) -> dict[str, Any]:
    """Return a document with an id that no other of the target has."""

    def target(name: str) -> str:
        blank = {"id": name, "text": record["text"], "spans": []}
        return str((kept(blank, leaf).document if leaf else blank)["id"])

    name, number = record["id"], 1
    while (there := target(name)) in taken:
        number += 1
        name = f"{record['id']}_{number}"
    taken.add(there)
    if name != record["id"]:
        rows.append(LedgerRow(record["id"], "id", record["id"], f"becomes {name}: another document has this id"))
    return {**record, "id": name}
