"""A document as a reader sees it: texts, facts, and items (an entity, a quote with its parts) with their spans."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from spanproof.schema.node import Node
from spanproof.schema.paths import Path, objects, walk
from spanproof.schema.schema import Schema
from spanproof.text.display import opening

_OFFSETS = ("start", "end", "text")
_HEAD = 400
"""Code points of which the first words are taken."""


@dataclass(frozen=True)
class SpanLayer:
    """The spans of one place of the schema.

    Attributes:
        number: its position among the layers.
        name: of the place, ``quotes › source``.
        node: of a span in the schema.
        description: of the spans, or of the list that they stand in.
    """

    number: int
    name: str
    node: Node
    description: str


@dataclass(frozen=True, slots=True)
class Span:
    """A span as it can be shown.

    Attributes:
        number: its position in the document.
        layer: of the span.
        role: which part of its item it is; empty where it is the item itself.
        start: first code point; 0 where its offsets lie outside of the text.
        end: code point after the last; 0 where its offsets lie outside of the text.
        surface: the words there.
        label: its label.
        problem: what is wrong with it, for a reader; None if nothing is.
    """

    number: int
    layer: SpanLayer
    role: str
    start: int
    end: int
    surface: str
    label: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """A member of an item, or a fact of a document.

    Attributes:
        name: of the member.
        text: its value.
        node: of it in the schema.
        timex: the TIMEX3 type, where it is a TIMEX3 value; else None.
        listed: whether it is listed among the values; not where the item's key or label says the same.
    """

    name: str
    text: str
    node: Node
    timex: str | None
    listed: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list of the document, as an entity or a quotation with its parts: its spans belong together.

    Attributes:
        number: its position in the document.
        list: the member that holds the list.
        key: what identifies it.
        label: that of its first span that has one.
        spans: in the order of the schema.
        values: its members that are no offsets.
    """

    number: int
    list: str
    key: str | None
    label: str | None
    spans: tuple[Span, ...]
    values: tuple[Value, ...]

    def value(self, name: str) -> str | None:
        """Return the text of a member; None without one."""
        return next((value.text for value in self.values if value.name == name), None)


@dataclass(frozen=True)
class Article:
    """A document as a reader sees it.

    Attributes:
        number: its position in the corpus.
        key: what identifies it, or its number in words.
        language: of its texts (BCP 47), if it says so.
        texts: by the member that holds them.
        facts: its members that are neither texts nor lists with spans, nor the hash of a text.
        items: those of all lists with spans.
        title: the first words of the first text, but for zones that carry no annotations; empty where there are none.
    """

    number: int
    key: str
    language: str | None
    texts: Mapping[str, str]
    facts: tuple[Value, ...]
    items: tuple[Item, ...]
    title: str = ""

    @property
    def spans(self) -> Iterator[Span]:
        """Yield every span."""
        return (span for item in self.items for span in item.spans)

    @property
    def in_lists(self) -> Mapping[str, list[Item]]:
        """Return the items by the list that they stand in."""
        lists: dict[str, list[Item]] = {}
        for item in self.items:
            lists.setdefault(item.list, []).append(item)
        return lists

    @property
    def head(self) -> "Article":
        """Return the article without facts and items, and of its first text the first words."""
        member, text = next(iter(self.texts.items()), ("", ""))
        return replace(self, texts={member: text[:_HEAD]}, facts=(), items=())

    @property
    def opening(self) -> str:
        """Return the first words of the text, 110 characters at most."""
        text = " ".join(next(iter(self.texts.values()), "")[:_HEAD].split())
        return text if len(text) <= 110 else text[:110].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link goes.

    Attributes:
        page: the number of an article, or the name of another page.
        anchor: the id of an element there.
    """

    page: int | str
    anchor: str


def layers(schema: Schema) -> tuple[SpanLayer, ...]:
    """Return the layers of a schema, outer ones first."""
    return tuple(
        SpanLayer(
            number,
            " › ".join(step for step in node.place if step != "*"),
            node,
            node.description or schema.nodes[node.place[:-1]].description or "",
        )
        for number, node in enumerate(schema.spans)
    )


def article_of(document: Mapping[str, Any], number: int, schema: Schema) -> Article:
    """Return a document as a reader sees it.

    Args:
        document: as it stands in columns: null where a member is missing or of another type.
        number: its position in the corpus.
        schema: what it is.
    """
    known = {layer.node.place: layer for layer in layers(schema)}
    texts = {member: document.get(member) or "" for member in schema.texts}
    facts: list[Value] = []
    items: list[Item] = []
    counted = 0
    for name, node in schema.root.fields.items():
        value = document.get(name)
        if value is None or name in texts:
            continue
        inner = node.items or node
        if not any(sub.span_of for sub in inner.walk()):
            facts += _values(node, value, (name,), schema)
            continue
        for item in value if node.items else [value]:
            if item is None:
                continue
            spans = tuple(_spans(inner, item, texts, known, counted))
            counted += len(spans)
            values = tuple(_values(inner, item, (), schema))
            key = next((v.text for v in values if v.name == schema.key_of(inner)), None)
            label = next((span.label for span in spans if span.label is not None), None)
            items.append(Item(len(items), name, key, label, spans, values))
    named = document.get(schema.key) if schema.key else None
    key = f"document {number + 1}" if named in (None, "") else str(named)
    language = document.get("language")
    shown = tuple(fact for fact in facts if fact.name != schema.key and not fact.node.hash_of)
    title = _title(next(iter(texts.values()), ""), items, schema)
    return Article(number, key, language if isinstance(language, str) else None, texts, shown, tuple(items), title)


def _title(text: str, items: list[Item], schema: Schema) -> str:
    """Return the first words of a text, without zones that carry no annotations."""
    barring = ((item, schema.root.fields[item.list].bars) for item in items)
    barred = (item.spans for item, bars in barring if bars and item.label in bars.values)
    return opening(text, ((span.start, span.end) for spans in barred for span in spans))


def _shown(path: Path) -> str:
    """Return a path as a reader reads it: names, and numbers from one."""
    return " ".join(str(step + 1) if isinstance(step, int) else step for step in path)


def _spans(
    node: Node, value: Any, texts: Mapping[str, str], known: Mapping[tuple[str, ...], SpanLayer], counted: int
) -> Iterator[Span]:
    united: dict[Path, Any] = {}
    for path, sub, inner in objects(value, node):
        if sub.annotation and sub.label:
            united[path] = inner.get(sub.label)
        if sub.span_of is None:
            continue
        text, start, end = texts[sub.span_of], inner.get("start"), inner.get("end")
        problem = None
        if start is None or end is None or not 0 <= start <= end <= len(text):
            problem = f"its offsets {start} to {end} lie outside of the text, which has {len(text)} characters"
            start = end = 0
        elif inner.get("text") not in (None, text[start:end]):
            problem = f"its stored text differs: {inner['text']}"
        # The label of an annotation is that of each of its fragments.
        label = inner.get(sub.label) if sub.label else united.get(path[:-2])
        shown = None if label is None else str(label)
        yield Span(counted, known[sub.place], _shown(path), start, end, text[start:end], shown, problem)
        counted += 1


def _values(node: Node, value: Any, path: Path, schema: Schema) -> Iterator[Value]:
    types: dict[Path, str] = {}
    for at, sub, inner in walk(value, node, path):
        if timex3 := sub.timex3:
            types[*at, timex3.value] = inner.get(timex3.type) or "" if timex3.type else "DATE"
        if sub.kind in ("object", "array"):
            continue
        owner = schema.nodes[sub.place[:-1]]
        if owner.span_of and sub.place[-1] in _OFFSETS:
            continue
        listed = len(at) > 1 or sub.place[-1] not in (owner.label, schema.key_of(owner))
        text = inner if isinstance(inner, str) else json.dumps(inner)
        yield Value(_shown(at), text, sub, types.get(at), listed)
