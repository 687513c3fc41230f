"""Records in the shape that a schema says, of canonical documents: their texts, tokens, and what encloses them."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from spanproof.corpus.counting import JoinedTokens
from spanproof.corpus.numbering import renumbered
from spanproof.corpus.records import WrittenRecord, created
from spanproof.corpus.shapes import ShapeError
from spanproof.schema.binding import enclosing
from spanproof.schema.compiling import compiled
from spanproof.schema.lens import JoinedText, Lens
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import values_at
from spanproof.schema.schema import Schema
from spanproof.testing.strategies.ground import Ground
from spanproof.testing.strategies.references import resolves
from spanproof.testing.strategies.writer import Writer

Prose = Callable[[], str]


def with_tokens(text: str, tokens: list[str], at: list[tuple[int, int]]) -> tuple[Ground, list[str]]:
    """Return the ground of a text whose spans begin and end with some tokens, and the tokens."""
    able = set(Ground.of(text).tokens)
    starts, ends = {start for start, _ in able}, {end for _, end in able}
    return Ground(text, tuple(pair for pair in at if pair[0] in starts and pair[1] in ends)), tokens


def grounds(lens: Lens, schema: Schema, prose: Prose) -> tuple[dict[str, Ground], dict[str, Any]]:
    """Return the grounds of texts that are put together or counted in tokens, and the members that they follow from.

    Args:
        lens: the shape of the documents.
        schema: what a canonical document is.
        prose: draws a text.
    """
    known: dict[str, Ground] = {}
    members: dict[str, Any] = {}
    for text in lens.texts:
        if text.own:
            drawn = Ground.of(prose())
            if text.pieces[0][-1] == "*":
                drawn, _ = _of_tokens(drawn, text.separator)
            known[text.member] = drawn
        elif not any("*" in piece for piece in text.pieces):
            pieces = [prose() for _ in text.pieces]
            for piece, words in zip(text.pieces, pieces, strict=True):
                members = with_members(members, _nested(piece, words))
            known[text.member] = Ground.of(text.separator.join(pieces))
        elif _surfaces(text, schema):
            drawn = Ground.of(prose())
            whole = drawn.text[drawn.tokens[0][0] : drawn.tokens[-1][1]] if drawn.tokens else "Ana"
            known[text.member] = Ground.of(whole)
        elif _is_list_of_strings(text.pieces[0], schema):
            known[text.member], members[text.pieces[0][0]] = _of_tokens(Ground.of(prose()), text.separator)
    counted = [(counting.text, counting.tokens) for counting in lens.counted if counting.tokens]
    for member, tokens_at in (*counted, *((tagged.text, tagged.tokens) for tagged in lens.tagged)):
        if member not in known and _is_list_of_strings(tokens_at, schema):
            drawn = Ground.of(prose())
            known[member], members[tokens_at[0]] = drawn, [drawn.text[start:end] for start, end in drawn.tokens]
    return known, members


def _of_tokens(drawn: Ground, separator: str) -> tuple[Ground, list[str]]:
    """Return the ground of the text that the tokens of another make, joined by a separator, and the tokens."""
    tokens = [drawn.text[start:end] for start, end in drawn.tokens]
    return with_tokens(separator.join(tokens), tokens, [*JoinedTokens(tokens, len(separator))])


def _nested(place: Place, value: Any) -> Any:
    """Return a value in the objects that lead to a place."""
    return {place[0]: _nested(place[1:], value)} if place else value


def with_members(value: Any, others: Any) -> Any:
    """Return an object with further members, in the objects in it too; what is no object is replaced."""
    if not isinstance(value, Mapping) or not isinstance(others, Mapping):
        return others
    return {**value, **{name: with_members(value.get(name), member) for name, member in others.items()}}


def _is_list_of_strings(place: Place, schema: Schema) -> bool:
    return len(place) == 2 and place[1] == "*" and place in schema.nodes and schema.nodes[place].kind == "string"


def record(draw: st.DrawFn, document: Mapping[str, Any], schema: Schema, lens: Lens) -> Any:
    """Return a record that holds a document; rejected where its shape can't say the document.

    Args:
        draw: draws what encloses it.
        document: the canonical document.
        schema: the schema of the record.
        lens: its shape.
    """
    try:
        document = renumbered(_tiled(dict(document), lens, schema), lens)
        written = created([document], lens)
    except ShapeError:
        reject()
    written = _enclosed(draw, written, schema, lens)
    again = WrittenRecord.of(written, lens)
    same = [{k: v for k, v in one.items() if k != lens.key_member} for one in (document, *again.documents)]
    faults = again.faults(0) if again.places else ("nothing",)
    if faults or same[0] != same[1] or not schema.written_judge.accepts(written):
        reject()
    return written


def _tiled(document: dict[str, Any], lens: Lens, schema: Schema) -> dict[str, Any]:
    """Return a document with its text in one place, where it is put together of surfaces or of those of its objects."""
    for text in (text for text in lens.texts if text.own):
        of_tokens, whole = text.pieces[0][-1] == "*", document[text.member]
        own = (whole.split(text.separator) if whole else []) if of_tokens else whole
        document = _alone(document, text.pieces[0][: -1 if of_tokens else None], own)
        if not resolves(document, schema):  # what was left out may have been referred to
            reject()
    for text in (text for text in lens.texts if not text.own):
        span = _surfaces(text, schema)
        if span is None or not (layer := document.get(span.place[0])):
            continue
        whole = document[text.member]
        fragment = {"start": 0, "end": len(whole), "text": whole}
        document[span.place[0]] = [{**layer[0], span.place[2]: [fragment]}]
    return document


def _alone(value: Any, place: Place, own: Any) -> Any:
    """Return a value with something at a place, which is in the first item of each list on the way, and in no other.

    Rejected where there is no item for it.
    """
    if not place:
        return own
    if place[0] != "*":
        return {**value, place[0]: _alone(value.get(place[0]), place[1:], own)} if isinstance(value, dict) else reject()
    if not value:
        return [] if not own and isinstance(value, list) else reject()
    return [_alone(value[0], place[1:], own)]


def _surfaces(text: JoinedText, schema: Schema) -> Node | None:
    """Return the spans whose surfaces a text is put together of: fragments of the items of a list."""
    first = text.pieces[0]
    if len(first) != 4 or first[1::2] != ("*", "*"):
        return None
    below = (node for node in schema.spans if len(node.place) == 4 and node.place[0] == first[0])
    return next(below, None)


def _enclosed(draw: st.DrawFn, written: Any, schema: Schema, lens: Lens) -> Any:
    """Return a record with the members of the objects that enclose its documents."""
    outer = enclosing(schema.written, lens.documents)[:-1]
    for k, part in enumerate(outer):
        step = lens.documents[k]
        if step == "*" or "properties" not in part:
            continue
        others = {name: sub for name, sub in part["properties"].items() if name != step}
        required = [name for name in part.get("required", ()) if name != step]
        plain = {"type": "object", "properties": others, "required": required}
        drawn = Writer(draw, schema.canonical, {}).object(compiled(plain, schema.written, (), True))
        for path, value in list(values_at(written, lens.documents[:k])):
            assert isinstance(value, dict), path
            value.update(drawn or {})
    return written
