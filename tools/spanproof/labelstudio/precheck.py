"""The check before a push: what Label Studio would lose or spoil in silence.

A corpus is refused for what no request or database can hold, and for what wouldn't come back as it was sent. What is
wrong with a document otherwise (offsets outside the text, a label that isn't listed, a reference to nothing) is carried
round, hidden from annotators.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from spanproof.corpus.documents import Corpus
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.findings import TaskFindings
from spanproof.labelstudio.from_task import from_task
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.to_task import to_task
from spanproof.schema.paths import Document, Path
from spanproof.schema.schema import Schema

REFUSED = ("SP001", "SP003", "SP004", "SP106", "SP120")
"""The rules for whose findings a corpus is refused.

A document that can't be read or named can't be followed; a text that isn't the one that was annotated must not be
annotated further; a pull takes every surface anew from the text; no request can hold half a surrogate pair.
"""
_UNSENDABLE = re.compile("[\ud800-\udfff\0]")
_LINE_BREAKS = ("\n", "\r")


class Checked(Protocol):
    """What a check returns: a report with findings."""

    @property
    def findings(self) -> Sequence[Finding]:
        """The findings, in order."""


Check = Callable[[Corpus], Checked]
"""Checks a corpus by the rules. The rules stand above this room, so they are passed in: ``spanproof.check``."""


def precheck(corpus: Corpus, check: Check) -> tuple[Finding, ...]:
    """Return why a corpus can't be pushed; nothing where it can.

    Documents are judged by the rules in ``REFUSED``, and by what no request can hold. Where all pass, each is made a
    task, and that is read back: it must come back as it was.

    Args:
        corpus: the corpus to be pushed.
        check: finds what is wrong with the corpus, ``spanproof.check``.

    Raises:
        SchemaError: the schema has spans of no text or of several.
    """
    schema, layout = corpus.schema, Layout.of(corpus.schema)
    findings = [finding for finding in check(corpus).findings if finding.code in REFUSED]
    for document in corpus.documents():
        findings += _unsendable_document(document, layout)
    if findings:
        return tuple(findings)
    tasks = ((document, to_task(document, schema)) for document in corpus.documents())
    return tuple(finding for document, task in tasks for finding in task_findings(task, schema, document))


def _unsendable_document(document: Any, layout: Layout) -> Iterator[Finding]:
    """Yield the strings of a document that no request can hold; half a surrogate pair in its text is a rule's."""
    key = layout.schema.key
    name = document.get(key) if isinstance(document, Mapping) and key else None
    text = document.get(layout.text) if isinstance(document, Mapping) else None
    findings = TaskFindings(name if isinstance(name, str) else None)
    if not isinstance(text, str):
        message = f"is {type(text).__name__}; expected the text, a string"
        findings.add("text-missing", message, path=(layout.text,))
    for path, string in _strings(document):
        if path != (layout.text,) or "\0" in string:
            _add_unsendable(path, string, findings)
    yield from findings.findings


def _add_unsendable(path: Path, string: str, findings: TaskFindings) -> None:
    """Add a finding for a string that UTF-8 or a database can't hold."""
    if match := _UNSENDABLE.search(string):
        code = "nul" if match[0] == "\0" else "lone-surrogate"
        message = f"has U+{ord(match[0]):04X} at {match.start()}; expected a text that UTF-8 and a database can hold"
        findings.add(code, message, path=path)


def _strings(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every string of a JSON value with its path; the name of a member has the path of the member."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield (*path, name), name
            yield from _strings(member, (*path, name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, index))


def task_findings(task: Mapping[str, Any], schema: Schema, document: Document | None = None) -> Iterator[Finding]:
    """Yield what Label Studio would spoil of a task, and what a pull couldn't take back from it.

    Args:
        task: the task, as ``to_task`` makes it, with annotations or predictions.
        schema: the schema of the documents.
        document: the document that the task was made of; it must come back as it is.

    Raises:
        ValueError: the data of the task lack the text or the frame of the document.
        SchemaError: the schema has spans of no text or of several.
    """
    data = task["data"]
    findings = TaskFindings(str(data["id"]) if data.get("id") else None)
    if findings.document is None:
        findings.add("id-missing", "the task has no name; expected what identifies its document", path=("data", "id"))
    for path, string in _strings(task):
        _add_unsendable(path, string, findings)
    for annotation in (*task.get("annotations", ()), *task.get("predictions", ())):
        pulled = from_task(task, schema, annotation)
        findings.findings.extend(finding for finding in pulled.findings if finding.severity == "error")
        _add_spoiled(annotation["result"], data["text"], findings)
        for member in _differing(document or pulled.document, pulled.document):
            message = f"comes back as {pulled.document.get(member)!r:.60}; expected what can be taken back as it is"
            findings.add("not-restored", message, path=(member,))
    yield from findings.findings


def _differing(document: Document, pulled: Document) -> list[str]:
    """Return the members that two documents don't have alike."""
    members = dict.fromkeys((*document, *pulled))
    return [
        name
        for name in members
        if (name in document) != (name in pulled)
        or json.dumps(document.get(name), sort_keys=True) != json.dumps(pulled.get(name), sort_keys=True)
    ]


def _add_spoiled(result: Sequence[Mapping[str, Any]], text: str, findings: TaskFindings) -> None:
    """Add what can be read, but is spoiled when it is shown or saved in the browser."""
    pairs: Counter[tuple[str, str]] = Counter()
    for index, item in enumerate(result):
        path = ("result", index)
        if item.get("type") == "relation":
            ends = str(item.get("from_id")), str(item.get("to_id"))
            about, names = " -> ".join(ends), list(item.get("labels") or ())
            pairs[ends] += 1
            if pairs[ends] == 2:
                message = f"{about} is related before, and a save keeps only the first; expected one with all labels"
                findings.add("relation-second", message, path=path)
            if len(set(names)) < len(names):
                message = f"{about} has labels {names!r:.60}; expected each label once"
                findings.add("relation-labels", message, path=path)
        elif item.get("to_name") != "text":
            findings.add("control-unknown", f"{item.get('to_name')!r:.60} is named; expected text", path=path)
        elif item.get("type") == "labels":
            _add_spoiled_region(item, text, path, findings)


def _add_spoiled_region(item: Mapping[str, Any], text: str, path: Path, findings: TaskFindings) -> None:
    """Add what Label Studio spoils of a region: an id is cut at ``#``, line breaks at the edges aren't highlighted."""
    name, value = item.get("id"), item.get("value") or {}
    if not (isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]+", name)):
        message = f"the id is {name!r:.60}; expected letters, digits, _ and -: ids are cut at #"
        findings.add("region-id", message, path=path)
    start, end = value.get("start"), value.get("end")
    surface = text[start:end] if isinstance(start, int) and isinstance(end, int) and start >= 0 else ""
    if surface.startswith(_LINE_BREAKS) or surface.endswith(_LINE_BREAKS):
        message = f"{start}-{end} has a line break at an edge; expected a region without: it is drawn wrongly"
        findings.add("newline-edge", message, path=path)
