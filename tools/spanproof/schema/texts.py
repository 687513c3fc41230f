"""Where the texts of spans are: pointers of a schema, the place of its documents, texts that are put together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from spanproof.schema.compiling import resolved
from spanproof.schema.lens import JoinedText
from spanproof.schema.node import Json, Place, SchemaError, pointer

_NUMBER = "#"


def steps(written: str) -> Place:
    """Return the place that an absolute JSON Pointer leads to."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in written.split("/")[1:])


def relative(written: str) -> tuple[int, Place] | None:
    """Return a relative JSON Pointer as the number of levels up and the way from there; None if it is another."""
    levels, _, rest = written.partition("/")
    return (int(levels), steps("/" + rest)) if levels.isdecimal() and rest else None


def bindings(schema: Any, whole: Json, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the place and the ``spanOf`` of every node that has one; dictionaries are lists."""
    if not isinstance(schema, Mapping) or len(place) > 16:
        return
    merged, _ = resolved(schema, whole)
    if "spanOf" in merged:
        yield place, merged["spanOf"]
    for name, sub in merged.get("properties", {}).items():
        yield from bindings(sub, whole, (*place, name))
    for k, sub in enumerate(merged.get("prefixItems", ())):
        yield from bindings(sub, whole, (*place, str(k)))
    for keyword in ("items", "additionalProperties"):
        yield from bindings(merged.get(keyword), whole, (*place, "*"))


def document_place(written: Json) -> Place:
    """Return the place of the documents in a record: what ``documents`` says, or the objects with the texts.

    Where texts stand in objects of several kinds, a document is what encloses them all.

    Raises:
        SchemaError: a text stands outside of the documents, or a span does.
    """
    stated: Place = steps(written["documents"]) if "documents" in written else ()
    root = resolved(written, written)[0]
    if not stated and root.get("type") == "array" and "items" in root and "prefixItems" not in root:
        stated = ("*",)
    holders: dict[Place, None] = {}
    bound = list(bindings(written, written))
    for place, binding in bound:
        text = binding.get("text") if isinstance(binding, Mapping) else None
        up = relative(text) if isinstance(text, str) else None
        if not isinstance(binding, Mapping) and not stated:
            continue
        if up is None:
            holder = stated
        elif up[0] > len(place):
            raise SchemaError(
                f"{pointer(place)}: spanOf names the text {text!r}, {up[0]} levels up; the document is "
                f"{len(place)} levels up"
            )
        else:
            holder = place[: len(place) - up[0]]
        within = _listed(holder)
        if "documents" in written and up is not None and len(within) < len(stated):
            raise SchemaError(
                f"{pointer(place)}: spanOf names the text {text!r}, which is outside of the documents at "
                f"{pointer(stated)}; expected a text within them"
            )
        holders[within if len(within) > len(stated) and "documents" not in written else stated] = None
    documents = stated if "documents" in written or not holders else _listed(tuple(_common([*holders])))
    for place, _ in bound:
        if place[: len(documents)] != documents:
            raise SchemaError(
                f"{pointer(place)}: a span outside of the documents, which are at {pointer(documents)}; expected all "
                "spans within them"
            )
    return documents


def _listed(place: Place) -> Place:
    """Return the place of the item that encloses a place, or that is there; nothing where no list does."""
    return place[: len(place) - place[::-1].index("*")] if "*" in place else ()


def _common(places: Sequence[Place]) -> Iterator[str]:
    """Yield the steps with which all of some places begin."""
    for some in zip(*places, strict=False):
        if len({*some}) > 1:
            return
        yield some[0]


def key_of(written: Json, enclosing: Sequence[Json], documents: Place) -> tuple[tuple[str, ...], str]:
    """Return what the key of a document is composed of (nothing if it is a member), and the member that holds it.

    Args:
        written: the schema of a record.
        enclosing: the schemas from the record's to the document's.
        documents: the place of the documents in a record.
    """
    key = written.get("key")
    own = enclosing[-1].get("properties", {})
    if key is None and documents:
        key = enclosing[-1].get("key")
    if key is None or (isinstance(key, str) and (not documents or key in own)):
        return (), key or ""
    parts = tuple(dict.fromkeys((key, _NUMBER))) if isinstance(key, str) else tuple(key)
    for part in parts:
        if part == _NUMBER and not documents:
            raise SchemaError("key: '#' is the number of a document in a record; here the record is the document")
        if part != _NUMBER and not any(part in outer.get("properties", {}) for outer in enclosing):
            raise SchemaError(f"key names {part!r}, which isn't a member of the document or of what encloses it")
    return parts, next(name for name in ("key", "document key") if name not in own)


class TextSources:
    """The texts of a schema's documents, and those that are put together, by what they are made of."""

    def __init__(self, root: Json, whole: Json, documents: Place) -> None:
        """Take the schema of a document, that of a record, and where in it documents are."""
        self.root, self.whole, self.documents = root, whole, documents
        self.joined: dict[tuple[tuple[Place, ...], str], JoinedText] = {}

    def member(self, binding: Json, place: Place) -> str:
        """Return the member of the canonical document that holds the text of a span.

        Args:
            binding: its ``spanOf``.
            place: its canonical place in the document.
        """
        if ("*", "*") in pairwise(place):
            raise SchemaError(f"{pointer(place)}: spanOf is used in a list of lists; expected spans in one list")
        written = binding.get("text")
        if written is None and "tokens" in binding and self._strings((*self._place(binding["tokens"], place), "*")):
            pieces: tuple[Place, ...] = ((*self._place(binding["tokens"], place), "*"),)
        else:
            named = written if isinstance(written, list) else ["text" if written is None else written]
            further = ("*",) if "item" in binding else ()
            pieces = tuple((*self._place(name, place), *further) for name in named)
        for piece in pieces:
            if not self._strings(piece):
                raise SchemaError(f"{pointer(place)}: spanOf names the text {pointer(piece)}; expected a string there")
        if len(pieces) == 1 and len(pieces[0]) == 1:
            return pieces[0][0]
        separator = binding.get("joinedBy", " ")
        if "item" in binding and (len(pieces) > 1 or len(pieces[0]) != 2):
            raise SchemaError(f"{pointer(place)}: item is the number of a string of a list, which text names")
        if (pieces, separator) not in self.joined:
            taken = {*self.root.get("properties", {}), *(text.member for text in self.joined.values())}
            name = "text" if "text" not in taken else " + ".join(map(pointer, pieces))
            self.joined[pieces, separator] = JoinedText(name, pieces, separator)
        if self.within(binding, place):
            self.joined[pieces, separator] = replace(self.joined[pieces, separator], own=True)
        return self.joined[pieces, separator].member

    def within(self, binding: Json, place: Place) -> int:
        """Return how many steps of the path of a span lead to the object with its own text, or its own tokens.

        Args:
            binding: its ``spanOf``.
            place: its canonical place in the document.

        Returns:
            0 where the text, or the tokens, are those of the document: a relative pointer leads to no item of a list.
        """
        names = [binding.get("tokens"), binding.get("text")]
        up = next((up for name in names if isinstance(name, str) and (up := relative(name)) is not None), None)
        depth = 0 if up is None else max(0, len(place) - up[0])
        return depth if "*" in place[:depth] else 0

    def tokens(self, binding: Json, place: Place) -> tuple[str, Place]:
        """Return the member with the text of spans that count tokens, and the place of the tokens.

        Raises:
            SchemaError: there are no tokens at that place, or they are spans of another text.
        """
        tokens = (*self._place(binding["tokens"], place), "*")
        text = self.member(binding, place)
        if self._strings(tokens):
            return text, tokens
        named = f"{pointer(place)}: spanOf names the tokens {pointer(tokens[:-1])}"
        of = (self._at(tokens) or {}).get("spanOf")
        if of is None:
            raise SchemaError(f"{named}; expected a list of strings or of spans")
        other = self.member(of if isinstance(of, dict) else {"text": of}, tokens)
        if other != text:
            raise SchemaError(f"{named}, which are spans of the text {other!r}; expected tokens of the text {text!r}")
        return text, tokens

    def added(self, canonical: Json) -> Json:
        """Return the schema of canonical documents with the texts that are put together."""
        names = [text.member for text in self.joined.values()]
        if not names:
            return canonical
        properties = {**{name: {"type": "string"} for name in names}, **canonical["properties"]}
        return {**canonical, "properties": properties, "required": [*names, *canonical.get("required", ())]}

    def _place(self, written: Any, place: Place) -> Place:
        """Return the place in the document that a pointer of a binding leads to."""
        name = str(written)
        up = relative(name)
        if up is not None:
            return (*place[: max(0, len(place) - up[0])], *up[1])
        if not name.startswith("/"):
            return (name,)
        absolute = steps(name)
        inside = self.documents and absolute[: len(self.documents)] == self.documents
        return absolute[len(self.documents) :] if inside else absolute

    def _strings(self, place: Place) -> bool:
        """Say whether the schema of a document has strings at a place."""
        kinds = (self._at(place) or {}).get("type")
        return kinds == "string" or (isinstance(kinds, list) and "string" in kinds)

    def _at(self, place: Place) -> Json | None:
        """Return the schema at a place of the document as it is written; None where there is none."""
        schema: Any = self.root
        for step in place:
            schema = resolved(schema, self.whole)[0]
            if step == "*":
                schema = schema.get("items")
            elif "prefixItems" in schema and step.isdecimal():
                schema = dict(enumerate(schema["prefixItems"])).get(int(step))
            else:
                schema = schema.get("properties", {}).get(step)
            if not isinstance(schema, Mapping):
                return None
        return resolved(schema, self.whole)[0]
