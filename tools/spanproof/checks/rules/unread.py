"""SP005 to SP009: what a schema declares and the check can't see: members, spans, documents, keywords."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from spanproof.arrays import indices
from spanproof.checks.facts import told_path
from spanproof.checks.rule import Hit, rule
from spanproof.checks.unlisted import Beside, beside_layers, misnamed_layers
from spanproof.checks.view import Spans, View
from spanproof.corpus.findings import Finding
from spanproof.corpus.records import is_empty
from spanproof.corpus.shapes import Fault
from spanproof.schema.keywords import Annotation
from spanproof.schema.layers import expected_members
from spanproof.schema.node import Node, Place, pointer
from spanproof.schema.paths import value_at
from spanproof.schema.schema import Schema

_OFFSETS = ("start", "end")


def _schema(**layer: Any) -> Mapping[str, Any]:
    """Return the schema of an example: a text and names, with keywords of the list of names."""
    span = {"start": {"type": ["integer", "null"]}, "end": {"type": ["integer", "null"]}}
    items = {"type": "object", "spanOf": "text", "properties": span}
    return {"type": "object", "properties": {"text": {"type": "string"}, "names": {"items": items, **layer}}}


@dataclass(frozen=True)
class Members:
    """Which members keywords ask for in a batch, and which there are."""

    asked: frozenset[Place]
    there: frozenset[Place]


def _members(view: View) -> Members:
    """Return the members that keywords ask for of some object of a batch, and those that one has."""
    asked, there = set(), set()
    for place in expected_members(view.schema):
        owners = view.columns.items(place[:-1])
        asked |= {place} if len(owners) else set()
        there |= {place} if owners.columns[place[-1]].null_count < len(owners) else set()
    there |= {layer.place for _, _, layer in misnamed_layers(view)}  # reported of each document
    return Members(frozenset(asked), frozenset(there))


@rule(
    "SP005",
    "absent-member",
    collect=_members,
    schema=_schema(type="array"),
    bad=[{"text": "Ana met Rui."}],
    good=[{"text": "Ana met Rui.", "names": [{"start": 0, "end": 3}]}],
)
def absent_member(collected: Sequence[Members]) -> Iterator[Finding]:
    """A layer or member that the schema relies on, such as a label, is missing from every document.

    Most often the documents call it something else, so that none of it was read. Correct the name in the schema or in
    the documents. A document without annotations has an empty list. If no document needs the member, let it be null in
    the schema (`"type": ["array", "null"]`); for a layer, `"policy": {"absent": "allowed"}` does the same.

    Never waive it: nothing of it was checked.
    """
    asked, there = set[Place](), set[Place]()
    for members in collected:
        asked |= members.asked
        there |= members.there
    for place in sorted(asked - there):
        owner = "object" if "*" in place else "document"
        expected = "expected it in at least one (a list may be empty), or a schema that lets it be null"
        yield Finding("", "error", f"no {owner} has {pointer(place)}, which the schema relies on; {expected}")


@rule(
    "SP006",
    "unread-span",
    needs=Node.span_of,
    schema=_schema(type="array"),
    bad=[{"text": "Ana met Rui.", "names": [{"start": 0}]}],
    good=[{"text": "Ana met Rui.", "names": [{"start": 0, "end": 3}]}],
)
def unread_span(view: View) -> Iterator[Hit]:
    """A span has no start, no end or no text to point into, or an annotation has no fragments.

    A span needs its two offsets and its text, even if the schema makes these members optional: without them there is
    nothing to check. If an annotation that has no words may have no fragments, give the list of fragments `"policy":
    {"absent": "allowed"}`.

    Never waive it: the span wasn't read.
    """
    textless: dict[tuple[int, str], int] = {}
    for spans in view.spans.values():
        for k in indices(~spans.known).tolist():
            row = int(spans.items.doc[k])
            if lacking := [name for name in _OFFSETS if _is_unreported(view, spans, k, name)]:
                yield Hit(spans.items, k, f"has no {' and no '.join(lacking)}; expected both offsets of a span")
            if view.documents.columns[spans.member][row].as_py() is None:
                textless[row, spans.member] = textless.get((row, spans.member), 0) + 1
    for (row, member), count in textless.items():
        number = "1 span points" if count == 1 else f"{count} spans point"
        if _is_of_no_strings(view, row, member):
            yield Hit(view.documents, row, f"has no strings, and {number} into it; expected the text", (member,))
        elif _lacks(view.schema.root.fields[member], view.batch.raw.get(row), member):
            yield Hit(view.documents, row, f"is missing or null, and {number} into it; expected the text", (member,))
    for node, annotation in view.schema.having(Node.annotation):
        yield from _without_fragments(view, node, annotation)


def _is_of_no_strings(view: View, row: int, member: str) -> bool:
    """Say whether a text is put together from the strings of lists that are there, and empty: no other rule says so."""
    if not view.batch.within:
        return False
    number, document = view.batch.within[row]
    record = view.batch.records[number]
    texts = [text for text in record.lens.texts if text.member == member]
    written = value_at(record.written, record.places[document])
    return any(all(is_empty(written, place) for place in text.pieces) for text in texts)


def _without_fragments(view: View, node: Node, annotation: Annotation) -> Iterator[Hit]:
    """Yield the annotations that have no fragment, and of which no other rule says so.

    Where the policy of the fragments lets them be absent, one without words may have none.
    """
    owners, member = view.columns.items(node.place), annotation.fragments
    may_be_absent = node.fields[member].policy.may_be_absent
    lengths = pc.list_value_length(owners.columns[member])
    for k in indices(pc.fill_null(lengths, 0).to_numpy() == 0).tolist():
        owner: Any = view.batch.raw.get(int(owners.doc[k]))
        for step in owners.path(k) if owner is not None else ():
            owner = owner[step]
        if may_be_absent and not (annotation.text and owners.value(annotation.text, k)):
            continue
        if lengths[k].is_valid or _lacks(node.fields[member], owner, member):
            yield Hit(owners, k, "has no fragments; expected at least one", (member,))


def _is_unreported(view: View, spans: Spans, k: int, name: str) -> bool:
    """Say whether a span lacks an offset, and no other rule says so."""
    if spans.items.columns[name][k].is_valid:
        return False
    row, path = int(spans.items.doc[k]), spans.items.path(k)
    if view.batch.within and any(path == fault.path[: len(path)] for fault in _faults(view, row) if fault.offset):
        return False
    span: Any = view.batch.raw.get(row)
    for step in path if span is not None else ():
        span = span[step]
    return _lacks(spans.node.fields[name], span, name)


def _faults(view: View, row: int) -> tuple[Fault, ...]:
    record, number = view.batch.within[row]
    return view.batch.records[record].faults(number)


def _lacks(node: Node, owner: Any, name: str) -> bool:
    """Say whether a member is missing or null where the schema allows it: what it doesn't allow, SP002 and SP101 say.

    Args:
        node: the member.
        owner: the object that should have it, as it was read; None where columns hold all of it.
        name: what the member is called.
    """
    return (node.nullable or not node.required) and (owner is None or owner.get(name) is None)


def _sizes(view: View) -> tuple[int, int, Schema]:
    """Return how many documents there are, how much couldn't be read, and the schema."""
    return len(view.documents), len(view.batch.errors), view.schema


@rule("SP007", "nothing-to-check", collect=_sizes)
def nothing_to_check(collected: Sequence[tuple[int, int, Schema]]) -> Iterator[Finding]:
    """The corpus has no documents, or the schema declares no spans.

    Nothing was checked, so this doesn't mean that the corpus has no faults. Name a corpus that has documents; say in
    the schema which objects are spans (`spanOf`).

    Never waive it: nothing was checked.
    """
    if not any(documents or errors for documents, errors, _ in collected):
        yield Finding("", "error", "the corpus has no documents; expected at least one")
    elif not collected[0][2].spans:
        yield Finding(
            "", "error", "the schema declares no span; expected spanOf on the objects that are spans of a text"
        )


@dataclass(frozen=True)
class UnlistedSpans:
    """Unlisted members of a batch that hold spans where a layer is lacking, and those that stand beside the layer.

    ``unread`` says of which spans a corpus without a schema has more than could be read.
    """

    findings: tuple[tuple[Beside, Finding], ...]
    together: frozenset[Beside]
    unread: tuple[str, ...]


def _unlisted_spans(view: View) -> UnlistedSpans:
    findings = []
    for row, path, layer in misnamed_layers(view):
        file, line = view.batch.origin[row]
        written = told_path(view.batch, row, path)
        # A layer that may be lacking may be rightly so: the member then is another one, which nobody read.
        listed = path[-1] in view.schema.nodes[layer.place[:-1]].json.get("properties", {})
        may_lack = f", or a schema that {'gives the member one type' if listed else 'lists the member'}"
        problem = "has several types in the schema, so that it wasn't read" if listed else "isn't listed in the schema"
        expected = f"expected {layer.place[-1]!r}, which is missing"
        message = f"looks like spans but {problem}; {expected}"
        if layer.nullable or layer.policy.may_be_absent:
            message += may_lack
        finding = Finding("", "error", message, view.names[row], path, file=file, line=line, written=written)
        findings.append(((layer.place[:-1], str(path[-1]), layer.place[-1]), finding))
    guess = view.schema.guess
    return UnlistedSpans(tuple(findings), frozenset(beside_layers(view)), guess.unread_spans if guess else ())


@rule(
    "SP008",
    "unlisted-layer",
    needs=Node.span_of,
    collect=_unlisted_spans,
    schema=_schema(type=["array", "null"]),
    bad=[{"text": "Ana met Rui.", "people": [{"start": 0, "end": 3}]}],
    good=[{"text": "Ana met Rui.", "names": [{"start": 0, "end": 3}]}],
)
def unlisted_layer(collected: Sequence[UnlistedSpans]) -> Iterator[Finding]:
    """A member that the schema doesn't list looks like spans, and a layer that it lists is missing.

    The document calls the layer something else, or writes it in another way, so that these spans weren't read. Write
    them as the schema says, or list the member in the schema. If some document has both the layer and the member, the
    member must be something else, and isn't reported.

    Without a schema: some lists are spans for sure and couldn't be read, because their offsets are strings, or because
    nothing tells which text they belong to. A schema can say that, or leave them out.

    Never waive it: the spans weren't read.
    """
    for unread in collected[0].unread if collected else ():
        yield Finding(
            "", "error", f"not read: {unread}; a schema (`spanproof init`) says what they are, or leaves them out"
        )
    together = frozenset[Beside]().union(*(batch.together for batch in collected))
    for batch in collected:
        yield from (finding for beside, finding in batch.findings if beside not in together)


@rule("SP009", "unknown-keyword", "info", collect=lambda view: view.schema.unknown)
def unknown_keyword(collected: Sequence[tuple[tuple[str, str], ...]]) -> Iterator[Finding]:
    """The schema has a keyword that neither JSON Schema nor the stand-off vocabulary knows.

    Nothing reads it, so nothing that it may demand was checked. If the keyword looks like a misspelt keyword of the
    vocabulary, the schema is refused instead.

    Waive it where other programs read the keyword.
    """
    for where, keyword in dict.fromkeys(pair for unknown in collected[:1] for pair in unknown):
        yield Finding(
            "", "info", f"the schema has {keyword!r} at {where}, which nothing reads; expected a known keyword"
        )
