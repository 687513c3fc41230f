"""Label Studio: tasks with their regions, as its JSON export has them and as its import takes them.

Source: Label Studio's documentation of its JSON format, https://labelstud.io/guide/export. Offsets of a region of plain
text are code points. A region is a result with ``start`` and ``end``; other results with its ``id`` say more of it, and
results without a place are of the whole document. What a region can't show stands in its ``meta``, which the server and
a save in the browser leave as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from spanproof.corpus.documents import ReadError
from spanproof.formats.content import content_at
from spanproof.formats.encoding import LineError, decoded, encoded
from spanproof.formats.files import replace_file
from spanproof.formats.leaf import Leaf, LocatedDocument
from spanproof.formats.losses import Document, Feature, Fitting
from spanproof.parsing.json import dump, parse

_CONTROL, _TEXT = "label", "text"
"""The name of the control, and of the text, of regions that are of no layer."""
_NAME = re.compile(r"(?!label$)[A-Za-z_][\w.-]*")
"""The layers that can be the name of a control."""
_LINE_BREAK = re.compile(r"[\n\r]")
_ROLES = ("from", "to")
_LABELS = ("labels", "hypertextlabels")
_SHOWN = re.compile(rb'\s*(?:\[\s*)?\{.*?"(?:annotations|predictions|completions)"\s*:', re.DOTALL)
_DATA = re.compile(rb'"data"\s*:\s*\{')


def _recognises(head: bytes) -> bool:
    """Say whether the head of a file is that of tasks: objects with ``data`` and the results of somebody."""
    plain = head.removeprefix(b"\xef\xbb\xbf")
    return bool(_SHOWN.match(plain) and _DATA.search(plain))


def _read(path: Path) -> Iterator[LocatedDocument | ReadError]:
    content = decoded(content_at(path))
    try:
        tasks = parse(content.encode("utf-8", "surrogatepass"), lone_surrogates=True)
    except ValueError as error:
        raise LineError(str(error)) from None
    for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        data = task.get("data") if isinstance(task, Mapping) else None
        text = _text_of(data) if isinstance(data, Mapping) else None
        if not isinstance(task, Mapping) or not isinstance(data, Mapping) or text is None:
            yield ReadError(str(path), None, f"task {number} has no text; expected a string in its data")
            continue
        reading = _TaskReading(f"{path}", f"task {number}", data[text])
        sets = [(name, k, one) for name in ("annotations", "predictions") for k, one in enumerate(_list(task, name), 1)]
        for name, k, one in sets:
            reading.take(one, f"{name}.{k}" if len(sets) > 1 else "")
        yield from reading.errors
        yield LocatedDocument(reading.document(_id(task, data, number), _others(data, text)))


def _list(owner: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = owner.get(name)
    return value if isinstance(value, list) else []


def _text_of(data: Mapping[str, Any]) -> str | None:
    """Return the member of the data of a task that is the text: the one that is called so, else the longest string."""
    strings = [name for name, value in data.items() if isinstance(value, str) and name != "id"]
    return _TEXT if _TEXT in strings else max(strings, key=lambda name: len(data[name]), default=None)


def _id(task: Mapping[str, Any], data: Mapping[str, Any], number: int) -> str:
    for value in (data.get("id"), task.get("id")):
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return str(number)


def _others(data: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return what the data of a task says of its document, beside the text and the id."""
    own = data.get("metadata")
    others = {name: value for name, value in data.items() if name not in (text, "id", "metadata")}
    return {**others, **(own if isinstance(own, Mapping) else {} if own is None else {"metadata": own})}


@dataclass
class _TaskReading:
    """The spans, relations and members of a document as the results of its task are read.

    Attributes:
        path: the file.
        task: which task it is, in words.
        text: its text.
        spans: the spans, by the set of results and the id of the region; those of further labels last.
        relations: the relations.
        metadata: what results without a place say.
        errors: what can't be placed.
    """

    path: str
    task: str
    text: str
    spans: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    errors: list[ReadError] = field(default_factory=list)

    def take(self, results: Any, place: str) -> None:
        """Read the results of one annotation or prediction.

        Args:
            results: the annotation.
            place: its place among several, ``annotations.2``, which its layers and ids begin with; empty where it is
                the only one.
        """
        every = _list(results, "result") if isinstance(results, Mapping) else []
        regions: dict[str, dict[str, Any]] = {}
        later: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
        prefix = f"{place}." if place else ""
        for k, result in enumerate(every, 1):
            value = result.get("value") if isinstance(result, Mapping) else None
            if isinstance(result, Mapping) and result.get("type") == "relation":
                self._relate(result, prefix)
            elif not isinstance(result, Mapping) or not isinstance(value, Mapping):
                self._lack(f"result {k} has no value", place)
            elif labels := _labels(value):
                self._region(k, result, value, labels, prefix, regions)
            else:
                later.append((result, value))
        for result, value in later:
            self._further(result, value, prefix, regions)

    def _lack(self, problem: str, place: str, expected: str = "a region, a choice or a relation") -> None:
        where = f"{self.task}, {place}" if place else self.task
        self.errors.append(ReadError(self.path, None, f"{where}: {problem}; expected {expected}"))

    def _region(
        self,
        number: int,
        result: Mapping[str, Any],
        value: Mapping[str, Any],
        labels: Sequence[str],
        prefix: str,
        regions: dict[str, dict[str, Any]],
    ) -> None:
        """Add the spans of a region, one a label."""
        start, end = value.get("start"), value.get("end")
        if type(start) is not int or type(end) is not int:
            self._lack(f"result {number} has no start and end in a plain text", prefix.rstrip("."))
            return
        words = value.get("text")
        if words is not None and not isinstance(words, str):
            self._lack(f"result {number} has {dump(words):.40} as its words", prefix.rstrip("."), "a string")
            words = None
        known = str(result.get("id") or f"r{number}")
        meta = result.get("meta") if isinstance(result.get("meta"), Mapping) else {}
        assert isinstance(meta, Mapping)
        layer, others = _layer(result, meta), _attributes(meta)
        for k, label in enumerate(labels):
            span = {"id": f"{prefix}{known}{f'.{k + 1}' * (k > 0)}", "label": label, "start": start, "end": end}
            span |= {} if words is None else {"text": _with_line_breaks(words, self.text[max(start, 0) : max(end, 0)])}
            span |= {"layer": f"{prefix}{layer}"} if layer or prefix else {}
            span |= {"attributes": dict(others)} if others else {}
            self.spans.append(span)
            regions.setdefault(known, span)

    def _further(
        self, result: Mapping[str, Any], value: Mapping[str, Any], prefix: str, regions: dict[str, dict[str, Any]]
    ) -> None:
        """Add what a result without labels says: of a region, of words that no region has, or of the document."""
        name, known = str(result.get("from_name") or "choice"), str(result.get("id") or "")
        answers = {k: v for k, v in value.items() if k not in ("start", "end", "text")} or {_TEXT: value.get(_TEXT)}
        answer = next(iter(answers.values())) if len(answers) == 1 else answers
        answer = answer[0] if isinstance(answer, list) and len(answer) == 1 else answer
        if known in regions:
            regions[known].setdefault("attributes", {})[name] = answer
        elif type(value.get("start")) is int and type(value.get("end")) is int:
            number, words = len(self.spans) + 1, value.get("text")
            place = {**value, "text": words if isinstance(words, str) else None}  # a list is what somebody wrote
            self._region(number, {**result, "id": known or f"r{number}"}, place, [name], prefix, regions)
            self.spans[-1].setdefault("attributes", {})[name] = answer
        else:
            self.metadata[f"{prefix}{name}"] = answer

    def _relate(self, result: Mapping[str, Any], prefix: str) -> None:
        labels = _list(result, "labels")
        names = ("to_id", "from_id") if result.get("direction") == "left" else ("from_id", "to_id")
        ends = [f"{prefix}{result.get(name)}" for name in names]
        arguments = [{"role": role, "target": end} for role, end in zip(_ROLES, ends, strict=True)]
        for label in map(str, labels or [""]):
            name = f"R{len(self.relations) + 1}"
            self.relations.append({"id": name, "label": label, "arguments": arguments})

    def document(self, name: str, metadata: Mapping[str, Any]) -> Document:
        """Return the document."""
        whole = {**metadata, **self.metadata}
        return {"id": name, "text": self.text, "spans": self.spans,
                **({"relations": self.relations} if self.relations else {}),
                **({"metadata": whole} if whole else {})}  # fmt: skip


def _with_line_breaks(words: str, there: str) -> str:
    """Return the words of a region, as the text has them if the page wrote a backslash and an n for its line breaks."""
    return there if words == _LINE_BREAK.sub(r"\\n", there) else words


def _labels(value: Mapping[str, Any]) -> list[str]:
    """Return the labels of a region; none of another result."""
    return [str(label) for name in _LABELS for label in _list(value, name)]


def _layer(result: Mapping[str, Any], meta: Mapping[str, Any]) -> str:
    if isinstance(meta.get("layer"), str):
        return str(meta["layer"])
    name = str(result.get("from_name") or _CONTROL)
    return "" if name == _CONTROL else name


def _attributes(meta: Mapping[str, Any]) -> dict[str, Any]:
    own = meta.get("attributes")
    others = {name: value for name, value in meta.items() if name not in ("attributes", "layer")}
    return {**others, **(own if isinstance(own, Mapping) else {})}


def _write(documents: Sequence[Document], path: Path) -> None:
    tasks = (",\n" * (k > 1) + dump(_task(k, document)) for k, document in enumerate(documents, 1))
    parts = chain(["[\n"], tasks, ["\n]\n"]) if documents else ["[]\n"]
    replace_file(path, (encoded(part, str(path)) for part in parts))


def _task(number: int, document: Document) -> dict[str, Any]:
    metadata = {"metadata": document["metadata"]} if document.get("metadata") else {}
    results = [_result(span) for span in document["spans"]]
    results += [
        {"type": "relation", "from_id": one["arguments"][0]["target"], "to_id": one["arguments"][1]["target"],
         "direction": "right", "labels": [one["label"]] if one["label"] else []}
        for one in document.get("relations", ())
    ]  # fmt: skip
    data = {"id": document["id"], _TEXT: document["text"], **metadata}
    return {"id": number, "data": data, "annotations": [{"result": results}]}


def _result(span: Mapping[str, Any]) -> dict[str, Any]:
    layer = span.get("layer", "")
    name = layer if _NAME.fullmatch(layer) else _CONTROL
    meta = {"layer": layer} if layer and name == _CONTROL else {}
    meta |= {"attributes": span["attributes"]} if span.get("attributes") else {}
    value = {"start": span["start"], "end": span["end"], "text": span["text"], "labels": [span["label"]]}
    region = {"id": span["id"], "from_name": name, "to_name": _TEXT, "type": "labels", "value": value}
    return {**region, **({"meta": meta} if meta else {})}


def _fit(fitting: Fitting) -> None:
    for k, span in list(fitting.spans.items()):
        if not span["label"]:
            fitting.lose(("spans", k), "a region has a label")
        elif span.get("layer") == "":
            fitting.lose(("spans", k, "layer"), "a control has a name")
    for path, value in fitting.attributes():
        if path[0] == "relations":
            fitting.lose(path, "relations of regions have only labels")
        elif value is None:
            fitting.lose(path, "it is null, which is the same as nothing")
    fitting.cut_references()
    for k in fitting.relations:
        for n, role in enumerate(_ROLES):
            place = ("relations", k, "arguments", n, "role")
            fitting.replace(place, role, "a relation goes from one region to another")
    names = {k: f"R{n}" for n, k in enumerate(fitting.relations, 1)}
    fitting.rename(_unlike(fitting), names, "relations have no ids, and regions ids of their own")


def _unlike(fitting: Fitting) -> dict[int, str]:
    """Return ids for the spans, of which no two have the same, nor that of a relation."""
    taken = {f"R{n}" for n in range(1, len(fitting.relations) + 1)}
    names = {}
    for k, span in fitting.spans.items():
        name, number = span["id"], 1
        while name in taken:
            number += 1
            name = f"{span['id']}_{number}"
        taken.add(name)
        names[k] = name
    return names


LEAF = Leaf(
    name="label-studio",
    title="Label Studio tasks",
    suffixes=(".label-studio.json",),
    recognises=_recognises,
    read=_read,
    write=_write,
    keeps=frozenset(Feature) - {Feature.DISCONTINUOUS, Feature.EVENTS},
    unread="annotators, times, that a relation goes both ways",
    fit=_fit,
)
