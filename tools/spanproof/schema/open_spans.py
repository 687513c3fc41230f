"""Texts with spans, at whatever depth of a record: the schema is made with the names that records use."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Any

from spanproof.schema.layer_texts import SeveralTextsError, located, text_of
from spanproof.schema.nearly_spans import nearly
from spanproof.schema.node import Json, Place
from spanproof.schema.open_shapes import TOKENS, NamesRead, document_of
from spanproof.schema.open_texts import TEXTS, InnerItem, TextAt, longest_text, text_called
from spanproof.schema.parallel import lists_beside, strings_around
from spanproof.schema.span_items import SpanRead
from spanproof.schema.span_pairs import are_spans_with_words, is_spans

_DEEPEST = 8
_MOST_LAYERS = 12
_SHOWN = 3  # lists that are nearly spans, of those that a message names
_ALIKE = 20  # items of one kind that are looked at in a list
_LACKS = "a list of objects with integers as start and end, or of arrays [start, end, label]"
_ROWS = "whose words are as long as from its start to its end"
_TASKS = ("result", "*", "value")
"""Where the spans of Label Studio's tasks are, among what is said of a whole task (choices, a rating, a note)."""
_REGIONS = ("labels", "hypertextlabels")
_MARKED = (*_REGIONS, "start", "end")
"""The members of which each region of a text has one, and nothing else in a task."""
_ID = re.compile("[^\\W\\d_]{0,8}[-_.:]?[0-9]+")
"""What ids of spans are called: a few letters, if any, and a number."""
_LINE_BREAK = "\\n"
"""What the page of Label Studio stores for a line break in the words of a region: a backslash and an n."""
SHARED_TEXTS = ", which share their text with others, are doubles"
"""How a sentence ends that says that equal texts aren't reported."""


def named_spans(records: Sequence[Any]) -> NamesRead:
    """Return the schema of objects with texts and spans in them, which are objects or arrays.

    Args:
        records: values as files have them.
    """
    objects = [record for record in records if isinstance(record, Mapping)]
    if are_spans_with_words(objects):
        return NamesRead(None, lacking=(f"a member with the text: each record is a span itself, {_ROWS}",), distance=1)
    every = _by_place(objects)
    layers, nearest = _layers(every), list(nearly(every.items()))
    root = text_called(objects) or longest_text(objects)
    if not layers or len(layers) > _MOST_LAYERS:
        comes_near = "; ".join(f"{_shown(one.place)} comes near: {one.instead}" for one in nearest[:_SHOWN])
        lists = f"{_LACKS} ({comes_near})" if comes_near else _LACKS
        lacking = (() if root else ("a member with the text",)) + (lists,)
        return NamesRead(None, lacking=lacking, distance=(not root) + 4)
    texts, doubts, undecided = _texts(layers)
    if undecided and not any(texts.values()):
        return NamesRead(None, lacking=tuple(undecided))
    numbers = Counter({text: sum(len(layers[p]) for p, t in texts.items() if t == text) for text in texts.values()})
    text = next((text for text, _ in numbers.most_common() if text is not None), None)
    if text is None:
        short = f" ({root!r} is too short for most of them)" if root and root.lower() in TEXTS else ""
        of = ", ".join(map(_shown, layers))
        return NamesRead(None, lacking=(f"a member with the text of {of}{short}",), distance=1)
    of_other = [
        place
        for place, other in texts.items()
        if other is None or (other.document, other.tokens) != (text.document, text.tokens)
    ]
    unread = [f"the spans in {_shown(place)}, which belong to another text than the others" for place in of_other]
    unread += [f"the spans in {_shown(one.place)} ({one.instead})" for one in nearest if one.sure]
    others = [f"the member {_shown(one.place)} ({one.instead})" for one in nearest if not one.sure]
    kept = {place: (layers[place], texts[place] or text) for place in texts if place not in of_other}
    unread = [*undecided, *unread]
    return replace(_read(objects, text, kept, [*doubts, *unread, *others]), unread=tuple(unread))


def _read(
    objects: Sequence[Json], main: TextAt, layers: Mapping[Place, tuple[Sequence[InnerItem], TextAt]], unsure: list[str]
) -> NamesRead:
    whole: dict[str, Any] = {}
    for text in dict.fromkeys([main, *(text for _, text in layers.values())]):
        for steps in filter(None, (text.steps, text.second)):
            kind = {"type": "array", "items": {"type": "string"}} if text.tokens else {"type": "string"}
            _put(whole, (*text.document, *steps), kind)
    words = []
    for place in sorted(layers, key=len):
        items, text = layers[place]
        name = _shown(place)
        read = SpanRead(name.strip("'"), located(text, items))
        span, described = read.schema(text.binding)
        if place[-3:] == _TASKS:
            span = _among_others(span, items)
            unsure.append(f"what {name} without offsets say of a whole text (choices, ratings, notes)")
        if any(item.columns for item in items):
            columns = {name: {"type": "array", "items": column} for name, column in span["properties"].items()}
            _put(whole, place[:-1], {**span, "properties": columns})
        elif any(item.keyed for item in items):
            _put(whole, place[:-1], {"type": "object", "key": _free_name(items), "additionalProperties": span})
        else:
            _put(whole, place, span)
        if place[-1] == "*" and (policy := _policy(place, read)):
            _put(whole, place[:-1], {"policy": policy})
        unsure += [*read.unsure, *lists_beside(place, items, whole)]
        if place[-3:] != _TASKS:
            known = {*layers, *(text.document[:k] for k in range(len(text.document) + 1))}
            unsure += [one for one in strings_around(items, known) if one not in unsure]
        words.append(f"{name} with {described}, of {text.shown}")
        unsure += _without_list(objects, place, text)
    title = "Label Studio tasks" if any(place[-3:] == _TASKS for place in layers) else ""
    json = _with_documents(objects, whole, main)
    if "key" in json and (shared := _sharing_texts(objects, main)):
        json = {**json, "sameText": "allowed"}
        unsure.append(f"whether {shared:,} of {len(objects):,} records{SHARED_TEXTS}")
    return NamesRead(json, "; ".join(words), unsure=tuple(unsure), title=title)


def _sharing_texts(objects: Sequence[Json], text: TextAt) -> int:
    """Count the records that have the text of another one, such as the questions about a paragraph; 0 if few have."""
    texts = Counter(value for one in objects if isinstance(value := one.get(text.steps[0]), str) and not text.document)
    shared = sum(number for number in texts.values() if number > 1)
    return shared if shared * 2 > len(objects) > 2 else 0


def _without_list(objects: Sequence[Json], place: Place, text: TextAt) -> Iterator[str]:
    """Yield that some records lack a list of spans that is a member of most."""
    without = sum(not isinstance(one.get(place[0]), list | Mapping) for one in objects)
    if len(place) == 2 and not text.document and without:
        yield f"the spans of {without:,} of {len(objects):,} records, which have no list {_shown(place)}"


def _texts(layers: Mapping[Place, Sequence[InnerItem]]) -> tuple[dict[Place, TextAt | None], list[str], list[str]]:
    """Return the text of each layer, what is to be said of some, and of those of which it can't be told."""
    texts: dict[Place, TextAt | None] = {}
    doubts, undecided = [], []
    for place, items in layers.items():
        try:
            texts[place], doubt = text_of(place, items, layers)
            doubts += [doubt] if doubt else []
        except SeveralTextsError as error:
            undecided.append(str(error))
    return texts, doubts, undecided


def _among_others(span: Json, items: Sequence[InnerItem]) -> Json:
    """Return the schema of a span that stands among objects that are none."""
    labels = [name for name in _REGIONS if any(name in one.value for one in items)]
    properties = {name: {"type": "array", "items": {"type": "string"}} for name in labels} | span["properties"]
    breaks = {"lineBreaks": _LINE_BREAK} if "surface" in span["spanOf"] else {}
    binding = {**span["spanOf"], "having": labels or [span["spanOf"]["start"]], **breaks}
    return {**span, "spanOf": binding, "properties": properties}


def _policy(place: Place, read: SpanRead) -> Json:
    """Return what is known of a list of spans: that they are tokens, or that equal ones may have other labels."""
    policy: dict[str, Any] = {"role": "tokens"} if place[-2] in TOKENS else {}
    if (label := read.unread_label) is not None:
        read.unsure.append(f"which spans of {read.layer!r} occur twice, as their labels ({label!r}) aren't strings")
        policy["severity"] = {"SP203": "off"}
    return policy


def _with_documents(objects: Sequence[Json], whole: Json, text: TextAt) -> Json:
    first = dict.fromkeys((*text.document, *steps)[0] for steps in (text.steps, text.second) if steps)
    document = document_of(objects, whole["properties"], [*first])
    if not text.document:
        return document
    key = document.get("key")
    return {**document, "documents": "/" + "/".join(text.document), **({"key": [key, "#"]} if key else {})}


def _put(schema: dict[str, Any], place: Place, part: Json) -> None:
    """Put a part into a schema at a place, with the objects and lists that lead there."""
    for step in place:
        schema.setdefault("type", "array" if step == "*" else "object")
        schema = (
            schema.setdefault("items", {}) if step == "*" else schema.setdefault("properties", {}).setdefault(step, {})
        )
    schema.update(part)


def _by_place(objects: Sequence[Json]) -> dict[Place, list[InnerItem]]:
    """Return the objects and arrays in records, by their place."""
    by_place: dict[Place, list[InnerItem]] = {}
    for one in objects:
        for place, item in _items(one, (), ()):
            by_place.setdefault(place, []).append(item)
    for place in (place for place in by_place if place[-3:] == _TASKS):
        by_place[place] = [*filter(_may_be_region, by_place[place])]
    return by_place


def _layers(by_place: Mapping[Place, list[InnerItem]]) -> dict[Place, list[InnerItem]]:
    """Return the places at which most of what stands there has offsets, each with all of it."""
    return {place: items for place, items in by_place.items() if place and is_spans([one.value for one in items])}


def _may_be_region(item: InnerItem) -> bool:
    """Say whether what stands where Label Studio has the regions of a text is one, a broken one too."""
    return isinstance(item.value, Mapping) and any(name in item.value for name in _MARKED)


def _items(value: Any, place: Place, around: tuple[tuple[Place, Json], ...]) -> Iterator[tuple[Place, InnerItem]]:
    """Yield the objects in a value, and the arrays in its lists, each with its place."""
    if len(place) > _DEEPEST:
        return
    if isinstance(value, Mapping):
        if place and (rows := _rows(value)):
            yield from (((*place, "*"), InnerItem(row, around, columns=True)) for row in _unlike(rows))
            return
        if place and _is_dictionary(value):
            yield from (((*place, "*"), InnerItem(item, around, keyed=True)) for item in _unlike([*value.values()]))
            return
        yield place, InnerItem(value, around)
        around = (*around, (place, value))
        for name, member in value.items():
            if isinstance(member, Mapping | list):
                yield from _items(member, (*place, str(name)), around)
    elif isinstance(value, list):
        for item in _unlike(value):
            if isinstance(item, list):
                yield (*place, "*"), InnerItem(item, around)
            elif isinstance(item, Mapping):
                yield from _items(item, (*place, "*"), around)


def _rows(value: Json) -> list[Json]:
    """Return the rows of an object of lists that are spans; none of any other object."""
    columns = [column for column in value.values() if isinstance(column, list) and not any(map(_is_holder, column))]
    if not columns or len(columns) < len(value):
        return []
    longest = max(map(len, columns))
    rows: list[Json] = [{name: column[k] for name, column in value.items() if k < len(column)} for k in range(longest)]
    return rows if is_spans(rows) else []


def _is_dictionary(value: Json) -> bool:
    """Say whether an object holds spans by their ids: each is an object, and has a name such as ``T1`` or ``12``."""
    items = [item for item in value.values() if isinstance(item, Mapping)]
    return len(items) == len(value) and all(map(_ID.fullmatch, value)) and is_spans(items)


def _free_name(items: Sequence[InnerItem]) -> str:
    """Return the name of the member that is to hold the ids of objects: one that they don't have."""
    taken = {name for item in items for name in item.value}
    return next(name for name in chain(("id", "key"), map(str, count())) if name not in taken)


def _is_holder(value: Any) -> bool:
    return isinstance(value, Mapping | list)


def _unlike(items: Sequence[Any]) -> Iterator[Any]:
    """Yield the first items of each kind: with the same members, of the same types."""
    numbers: Counter[tuple[Any, ...]] = Counter()
    for item in items:
        parts = item.items() if isinstance(item, Mapping) else enumerate(item) if isinstance(item, list) else ()
        kind = tuple((name, type(part)) for name, part in parts)
        numbers[kind] += 1
        if numbers[kind] <= _ALIKE:
            yield item


def _shown(place: Place) -> str:
    return repr("/".join(place[:-1] if place[-1] == "*" else place))
