"""The check before a push: what Label Studio would lose or spoil in silence.

A document is refused only for what the mapping can't carry round: a text or member that no request can hold, a stored
surface that differs from its text (a pull takes all of them anew). What it does carry round is said by ``carried``.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from spanproof.labelstudio.layout import Control, Layout
from spanproof.labelstudio.problem import Problem, strings
from spanproof.labelstudio.regions import META, shown_span
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Document
from spanproof.schema.schema import Schema

_LINE_BREAKS = ("\n", "\r")


def problems(task_or_document: Mapping[str, Any], schema: Schema) -> list[Problem]:
    """Why a task (it has ``data``, no member of the schema) or a document can't be pushed; empty if it can.

    A document is made a task, and that is checked as well.
    """
    if "data" in task_or_document and "data" not in schema.root.fields:
        return list(_of_task(task_or_document, schema))
    found = list(_of_document(task_or_document, schema))
    return found or list(_of_task(to_task(task_or_document, schema), schema))


def carried(document: Document, schema: Schema) -> list[Problem]:
    """What is wrong with a document that can be pushed all the same, and comes back as it was.

    Spans that can't be shown (offsets outside the text, a label that isn't listed) and references that lead to no
    region are hidden from annotators; line breaks at the edges of a span aren't highlighted.
    """
    layout = Layout.of(schema)
    if not isinstance(document.get(layout.text), str):
        return []
    result = to_task(document, schema)["annotations"][0]["result"]
    frames = [frame for one in result if one["type"] == "labels" for frame in one["meta"][META]["frames"]]
    return [*_hidden_spans(document, layout, frames), *_hidden_references(document, layout, frames)]


def _hidden_spans(document: Document, layout: Layout, frames: list[dict[str, Any]]) -> Iterator[Problem]:
    shown = Counter(tuple(frame["place"]) for frame in frames)
    every = Counter(place for place, _ in _all_spans(document, layout.schema))
    right = "offsets within the text, a label that is listed"
    for place, count in every.items():
        if count > shown[place]:
            message = f"{count - shown[place]} of {count} spans can't be shown"
            yield _problem(document, layout, "span-hidden", "/" + "/".join(place), message, right, "info")
    for place, value in _all_spans(document, layout.schema):
        at = shown_span(value, document[layout.text])
        if at and at != (value["start"], value["end"]):
            message = f"{value['start']}-{value['end']} has line breaks at an edge"
            yield _problem(document, layout, "newline-edge", "/" + "/".join(place), message, "a span without", "info")


def _hidden_references(document: Document, layout: Layout, frames: list[dict[str, Any]]) -> Iterator[Problem]:
    for frame in frames:
        place = tuple(frame["place"])
        for link in layout.references(place):
            value = frame["rest"].get(link.member)
            literal = any(c.member == link.member and c.show(value) is not None for c in layout.controls_of(place))
            if value is not None and not literal and link.member not in frame.get("related", ()):
                message = f"{link.member} is {value!r:.60}, which leads to no other region"
                yield _problem(document, layout, "reference-hidden", "/" + "/".join(place), message, "a key", "info")


def _all_spans(document: Document, schema: Schema) -> list[tuple[Place, Any]]:
    """Every span that has offsets, with its place; what has another shape than the schema's is passed over."""
    found: list[tuple[Place, Any]] = []

    def walk(node: Node, value: Any) -> None:
        if isinstance(value, Mapping):
            if node.get("spanOf") and value.get("start") is not None and value.get("end") is not None:
                found.append((node.place, value))
            for name, sub in node.fields.items():
                walk(sub, value.get(name))
        elif isinstance(value, list) and node.items is not None:
            for each in value:
                walk(node.items, each)

    walk(schema.root, document)
    return found


def _problem(
    document: Document, layout: Layout, name: str, place: str, message: str, right: str, severity: Any = "error"
) -> Problem:
    key = document.get(layout.schema.key) if layout.schema.key else None
    return Problem(name, None if key is None else str(key), place, message, right, severity)


def _of_document(document: Document, schema: Schema) -> Iterator[Problem]:
    layout = Layout.of(schema)
    text = document.get(layout.text)
    if not isinstance(text, str):
        message = f"is {type(text).__name__}"
        yield _problem(document, layout, "text-missing", f"$.{layout.text}", message, "the text, a string")
        return
    if schema.key and not (isinstance(document.get(schema.key), str) and document[schema.key]):
        message = f"is {document.get(schema.key)!r}"
        yield _problem(document, layout, "id-missing", f"$.{schema.key}", message, "what identifies the document")
    for at, member in _unsendable(document):
        yield _problem(document, layout, *_why(at, member))
    own = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    for node in schema.having("hashOf"):
        said = document.get(node.place[0])
        if len(node.place) == 1 and node.get("hashOf") == layout.text and said is not None and said != own:
            yield _problem(
                document, layout, "hash-differs", f"$.{node.place[0]}", f"is {said!r:.70}", f"{own}, the text's"
            )
    for place, value in _all_spans(document, schema):
        if isinstance(value.get("text"), str) and shown_span(value, text):
            there = text[value["start"] : value["end"]]
            if value["text"] != there:
                message = f"{value['start']}-{value['end']} has {there!r:.60}, stored is {value['text']!r:.60}"
                where = "/" + "/".join(place)
                yield _problem(document, layout, "surface-differs", where, message, "the slice of the text")


def _unsendable(value: Any) -> Iterator[tuple[str, str]]:
    return ((place, each) for place, each in strings(value) if re.search("[\ud800-\udfff\0]", each))


def _why(place: str, value: str) -> tuple[str, str, str, str]:
    at = re.search("[\ud800-\udfff\0]", value)
    character = ord(at[0]) if at else 0
    name = "lone-surrogate" if character else "nul"
    return (
        name,
        place,
        f"has U+{character:04X} at {at.start() if at else 0}",
        "a text that UTF-8 and a database can hold",
    )


def _of_task(task: Mapping[str, Any], schema: Schema) -> Iterator[Problem]:
    layout, data = Layout.of(schema), task["data"]
    name = str(data.get("id")) if data.get("id") else None
    text = data.get("text")
    for missing in (each for each in ("id", "text", "sha256") if not isinstance(data.get(each), str)):
        yield Problem(f"{missing}-missing", name, f"data.{missing}", f"is {data.get(missing)!r:.40}", "a string")
    for place, value in _unsendable(dict(task)):
        code, at, message, right = _why(place, value)
        yield Problem(code, name, at, message, right)
    if not isinstance(text, str):
        return
    own = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if data.get("sha256") != own:
        yield Problem("hash-differs", name, "data.sha256", f"is {data.get('sha256')!r:.70}", f"{own}, the text's")
    for kind in ("annotations", "predictions"):
        for k, one in enumerate(task.get(kind) or ()):
            for code, place, message, right in _of_result(one.get("result") or (), layout, text):
                yield Problem(code, name, f"{kind}[{k}].{place}", message, right)


Fault = tuple[str, str, str, str]


def _of_result(result: Any, layout: Layout, text: str) -> Iterator[Fault]:
    """The faults of a result: name, place, what is, what would be right."""
    controls = {control.name: control for control in layout.controls}
    labels = {label.value: label for label in layout.labels}
    shown: dict[str, str] = {}
    for k, one in enumerate(result):
        if one.get("type") == "labels":
            yield from _of_region(one, f"result[{k}]", shown, labels.keys(), text)
    pairs: Counter[tuple[str, str]] = Counter()
    for k, one in enumerate(result):
        place = f"result[{k}]"
        if one.get("type") == "relation":
            yield from _of_relation(one, place, shown, pairs, layout, labels)
        elif one.get("type") != "labels":
            yield from _of_attribute(one, place, shown, controls)


def _of_region(one: Mapping[str, Any], place: str, shown: dict[str, str], known: Any, text: str) -> Iterator[Fault]:
    name, value = one.get("id"), one.get("value") or {}
    if not (isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]+", name)):
        yield "region-id", place, f"the id is {name!r:.60}", "letters, digits, _ and -: ids are cut at #"
    if name in shown:
        yield (
            "region-twice",
            place,
            f"{name!r:.60} is the id of another region, whose offsets it would take",
            "an id a region",
        )
    listed = value.get("labels") or []
    if one.get("from_name") != "span" or one.get("to_name") != "text":
        yield "control-unknown", place, f"{one.get('from_name')} of {one.get('to_name')}", "span of text"
    if len(listed) != 1:
        yield "label-count", place, f"labels are {listed!r:.60}", "one label"
    for label in listed:
        if label not in known:
            yield "label-unknown", place, f"label {label!r:.60}", "a label of the config"
    shown[str(name)] = str(listed[0]) if listed else ""
    start, end = value.get("start"), value.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        yield "offsets-outside", place, f"{start!r}-{end!r} of {len(text)} characters", "0 <= start < end <= length"
    elif text[start] in _LINE_BREAKS or text[end - 1] in _LINE_BREAKS:
        yield (
            "newline-edge",
            place,
            f"{start}-{end} has a line break at an edge",
            "a region without: it is drawn wrongly",
        )


def _of_relation(
    one: Mapping[str, Any],
    place: str,
    shown: Mapping[str, str],
    pairs: Counter[tuple[str, str]],
    layout: Layout,
    labels: Any,
) -> Iterator[Fault]:
    ends = str(one.get("from_id")), str(one.get("to_id"))
    about = f"{ends[0]} -> {ends[1]}"
    for end in ends:
        if end not in shown:
            yield "relation-dangling", place, f"{about}: {end} isn't there, and the task wouldn't open", "two regions"
    pairs[ends] += 1
    if pairs[ends] == 2:
        yield (
            "relation-second",
            place,
            f"{about} is related before, and a save keeps the first alone",
            "one with all labels",
        )
    names = list(one.get("labels") or ())
    if not names or len(set(names)) < len(names):
        yield "relation-labels", place, f"{about} has labels {names!r:.60}", "each label once"
    if all(end in shown and shown[end] in labels for end in ends):
        for name in names:
            if layout.link(name, *(labels[shown[end]].place for end in ends)) is None:
                between = " -> ".join(shown[end] for end in ends)
                yield "relation-unknown", place, f"{name!r:.60} between {between}", "a relation of the config"


def _of_attribute(
    one: Mapping[str, Any], place: str, shown: Mapping[str, str], controls: Mapping[str, Control]
) -> Iterator[Fault]:
    region, control = str(one.get("id")), controls.get(str(one.get("from_name")))
    if control is None or control.kind != one.get("type"):
        yield "control-unknown", place, f"{one.get('from_name')} as {one.get('type')}", "a control of the config"
    elif region not in shown:
        yield "attribute-alone", place, f"{control.name} of {region}, which has no label: a save deletes it", "a region"
    elif shown[region] not in control.labels:
        message = f"{control.name} isn't shown on {shown[region]}: a save deletes it"
        yield "attribute-hidden", place, message, f"one of {', '.join(control.labels)}"
    elif control.kind == "choices":
        for choice in (one.get("value") or {}).get("choices") or ():
            if choice not in control.choices:
                yield "choice-unknown", place, f"{control.name} is {choice!r:.60}", ", ".join(control.choices)
