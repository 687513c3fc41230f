"""What a person changed, settled: sound edits are taken, broken ones held back alone, with a row that says why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spanproof.corpus.documents import Corpus, batch_of
from spanproof.corpus.findings import Finding
from spanproof.labelstudio.arcs import key_targets
from spanproof.labelstudio.edits import AnnotationEdit, EditTrial, Judge, edits, fault, grafted, without
from spanproof.labelstudio.holders import named, slug
from spanproof.labelstudio.layout import Layout
from spanproof.labelstudio.precheck import Check
from spanproof.labelstudio.regions import id_of
from spanproof.labelstudio.versions import Version
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, objects
from spanproof.schema.schema import Schema

_ABSENCE = ("SP005", "SP007", "SP008")
"""Rules about what a whole corpus lacks: of one document they say nothing."""
_WORDS = 60


def judge_of(corpus: Corpus, check: Check) -> Judge:
    """Return what finds the errors of one document of a corpus, beside the corpus's registries and waivers.

    Args:
        corpus: the corpus.
        check: finds what is wrong with a corpus, ``spanproof.check``.
    """
    return lambda document: _errors([document], corpus, check)


def faulty(pairs: Mapping[str, tuple[Document, Document]], corpus: Corpus, check: Check) -> set[str]:
    """Return the names of the documents that changed and may have an error by that; the others have none.

    They are checked together. An error of which nobody can say whose it is counts for all.

    Args:
        pairs: each document as it is in the corpus and as it is now, by its name.
        corpus: the corpus.
        check: finds what is wrong with a corpus.
    """
    errors = _errors([now for _, now in pairs.values()], corpus, check)
    known = _errors([base for base, _ in pairs.values()], corpus, check) if errors else []
    brought = Counter((one.document, fault(one)) for one in errors)
    brought -= Counter((one.document, fault(one)) for one in known)
    names = {document for document, _ in brought}
    return {name for name in pairs if name in names or not names <= pairs.keys()}


def _errors(documents: Sequence[Document], corpus: Corpus, check: Check) -> list[Finding]:
    """Return the errors of some documents of a corpus, beside the corpus's registries and waivers."""
    schema = corpus.schema.canonical
    some = replace(corpus, schema=schema, batches=(batch_of(documents, schema),), publications=(), partial=True)
    return [one for one in check(some).findings if one.severity == "error" and one.code not in _ABSENCE]


@dataclass(frozen=True)
class Settled:
    """A version of a document as it is taken.

    Attributes:
        document: the document, with the edits that are taken.
        findings: a row for each fault, with the words that it is about.
    """

    document: dict[str, Any]
    findings: tuple[Finding, ...]


def settled(base: Document, version: Version, schema: Schema, judge: Judge | None = None) -> Settled:
    """Take from a version of a document what is sound.

    What can't be read, and what may have been lost by that, stays as it is in the corpus.

    Args:
        base: the document in the corpus.
        version: the version.
        schema: the schema of the documents.
        judge: finds the errors of a document; None where edits that break a rule are taken too.
    """
    changed = grafted(base, version.pulled.document, schema)
    every = tuple(edits(base, changed, schema))
    text = str(base[Layout.of(schema).text])
    documents = changed, base
    reported = [one for one in version.pulled.findings if judge is None or one.code != "value-missing"]
    findings = [_row(finding, version, text) for finding in reported]
    held_back = _unreadable(every, version, schema)
    for edit in held_back:
        if edit.loses:
            reason = "this change may come from what can't be read"
            findings.append(_about(edit, Finding("held-back", "error", reason), _said(edit, documents, schema, text)))
    if judge is not None and len(held_back) < len(every):
        trial = EditTrial(base, changed, every, schema, judge)
        wanted = [edit for edit in every if not any(edit is other for other in held_back)]
        taken = trial.sound(wanted)
        for edit in wanted:
            if not any(edit is other for other in taken):
                held_back.append(edit)
                findings += _reasons(edit, trial.errors([*taken, edit]), _said(edit, documents, schema, text))
    return Settled(without(changed, held_back, schema), tuple(findings))


def _unreadable(every: Sequence[AnnotationEdit], version: Version, schema: Schema) -> list[AnnotationEdit]:
    """Return the edits that what can't be read is about, or may have brought about."""
    held_back: list[AnnotationEdit] = []
    objects = version.pulled.objects
    tops = {slug(node.place[0]) for node in schema.nodes.values() if node.place}
    for finding in version.pulled.findings:
        if finding.severity != "error":
            continue
        for region in _regions(finding, version.annotation.result):
            top = region.partition("-")[0] if region else None
            for edit in every:
                is_own = region is not None and region in objects and edit.new is objects[region]
                is_lost = edit.loses and (top is None or (top in tops and slug(edit.place[0]) == top))
                if (is_own or (region not in objects and is_lost)) and not any(edit is other for other in held_back):
                    held_back.append(edit)
    return held_back


def _regions(finding: Finding, result: Any) -> list[str | None]:
    """Return the ids of the regions that a finding is about; None for one that nobody can name."""
    if finding.id is not None:
        return [finding.id]
    if len(finding.path) == 2 and finding.path[0] == "result" and isinstance(finding.path[1], int):
        item = result[finding.path[1]]
        ends = [id_of(item, "from_id"), id_of(item, "to_id")]
        return [*ends] if any(ends) else [id_of(item, "id")]
    return [None]


def _row(finding: Finding, version: Version, text: str) -> Finding:
    """Return a finding about an annotation with the words of its region."""
    spans = [
        value
        for item in version.annotation.result
        if isinstance(item, Mapping) and finding.id is not None and item.get("id") == finding.id
        if isinstance(value := item.get("value"), Mapping)
    ]
    words = _words(next(iter(spans), {}), text)
    return replace(finding, message=f"{words}: {finding.message}" if words else finding.message, path=())


def _reasons(edit: AnnotationEdit, errors: Sequence[Finding], words: str) -> Iterator[Finding]:
    """Yield why an edit isn't taken."""
    for error in errors or [Finding("held-back", "error", "it needs another change that is held back")]:
        yield _about(edit, error, words)


def _about(edit: AnnotationEdit, error: Finding, words: str) -> Finding:
    """Return a finding about an edit: what was done to which words, and why that is not taken."""
    done = "was added" if edit.old is None else "was removed" if edit.new is None else "was changed"
    member = next((step for step in reversed(error.path) if isinstance(step, str)), "")
    is_named = error.message.startswith("is ") and member and member not in edit.place
    reason = f"{member} {error.message}" if is_named else error.message
    shown = " ".join(filter(None, [named(edit.place), words, done]))
    return Finding(error.code, "error", f"{shown} and is held back: {reason}")


def _said(edit: AnnotationEdit, documents: Sequence[Document], schema: Schema, text: str) -> str:
    """Return the words that an edit is about: its own, or those of the annotations to which it refers, as a relation.

    Args:
        edit: the edit.
        documents: the versions of the document; what it refers to is looked for in the first, then in the others.
        schema: the schema of the document.
        text: the text of the document.
    """
    about = edit.old if edit.new is None else edit.new
    if (own := _words(about, text)) or not isinstance(about, Mapping):
        return own
    node = schema.nodes[edit.place]
    members = node.relation.members if node.relation is not None else tuple(node.fields)
    targets = [(about.get(member), target) for member in members for target in key_targets(schema, node.fields[member])]
    ends = [
        next(filter(None, (_words(item, text) for item in _called(key, target, documents, schema))), "")
        for key, target in targets
        if key is not None
    ]
    return f"of {' and '.join(filter(None, ends))}" if any(ends) else ""


def _called(key: Any, target: Node, documents: Sequence[Document], schema: Schema) -> Iterator[Any]:
    """Yield the annotations of a kind that have a key, in some versions of a document."""
    member = schema.key_of(target)
    for document in documents:
        for _, node, item in objects(document, schema.root):
            if node.place == target.place and member is not None and item.get(member) == key:
                yield item


def _words(value: Any, text: str) -> str:
    """Return the words of the first span in an annotation, quoted; empty where it has none."""
    if isinstance(value, Mapping):
        start, end = value.get("start"), value.get("end")
        if type(start) is int and type(end) is int and 0 <= start < end <= len(text):
            words = " ".join(text[start:end].split())
            return f"“{words if len(words) <= _WORDS else words[: _WORDS - 1] + '…'}” {start}-{end}"
        return next(filter(None, (_words(member, text) for member in value.values())), "")
    if isinstance(value, list):
        return next(filter(None, (_words(item, text) for item in value)), "")
    return ""
