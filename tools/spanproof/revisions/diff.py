"""What changed between two versions of a corpus.

Documents are paired by their key, registry entries by theirs, annotations by :mod:`spanproof.revisions.pairing`. What
follows from something else is no change: an offset that moved with the text, a reference that follows a renumbering,
another order, a member left out for null.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, get_args

from spanproof.corpus.documents import Corpus, demand_corpus, demand_readable
from spanproof.corpus.opening import is_hash, opening_of
from spanproof.corpus.pairs import demand_same_schema, document_names
from spanproof.revisions.differences import Discrepancy, Steps, discrepancies
from spanproof.revisions.semver import Bump
from spanproof.revisions.versions import Versions
from spanproof.schema.layers import Layer, canonical, layers, relation_layers
from spanproof.schema.node import Node
from spanproof.schema.paths import Document
from spanproof.schema.references import registry_of, registry_target
from spanproof.schema.schema import Schema

Kind = Literal["added", "removed", "edited", "moved", "relabelled", "changed", "renumbered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_WORDS = {"string": str, "integer": int}


@dataclass(frozen=True)
class Change:
    """One change: of a document, of an annotation of a layer, of an entry of a registry.

    Attributes:
        document: the key of the document; None for an entry of a registry.
        layer: the layer of the annotation; None for what is the document's own, ``registry:NAME`` for a registry.
        kind: what happened.
        id: the key of the annotation or entry, the new one where it was renumbered.
        path: leads on from the annotation or entry, or from the document, to what changed.
        old: its value before, None where there was none: the whole object of what was removed, offsets and surface of
            a span that moved, the edits of a text.
        new: its value now, in the same way.
        start: where the annotation stands in the new text, or stood in the old one: its first code point.
        end: the code point after its last.
        text: the words there.
    """

    document: str | None
    layer: str | None
    kind: Kind
    id: str | None
    path: Steps
    old: Any
    new: Any
    start: int | None = None
    end: int | None = None
    text: str | None = None


@dataclass(frozen=True)
class Diff:
    """What changed between two versions of a corpus.

    Attributes:
        changes: in the order of documents, layers and text, whatever the order of documents and annotations was.
        counts: how many changes of each kind a layer has; the annotations of an added or removed document count in
            their layers.
        sizes: how many annotations old and new have; new = old - removed + added.
        carried: how many annotations of a layer stand elsewhere only because the text around them changed.
        skipped: registries that only one side has; they are not compared.
        openings: the first words of documents that changed, where their names are hashes.
    """

    changes: tuple[Change, ...] = field(repr=False)
    counts: Mapping[str | None, Mapping[Kind, int]]
    sizes: Mapping[str | None, tuple[int, int]]
    carried: Mapping[str, int]
    skipped: tuple[str, ...]
    openings: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def bump(self) -> Bump | None:
        """Return what a release with these changes is, by :data:`spanproof.revisions.semver.RULE`.

        None where no record differs: a diff sees records alone, so it can't tell whether words about them differ, which
        would ask for a patch, or the ids of labels in the tables, which would ask for more. A release compares these.
        """
        if not self.changes:
            return None
        added = (c.kind == "added" and (c.layer is None or registry_of(c.layer)) for c in self.changes)
        return "minor" if all(added) else "major"


def diff(old: Corpus, new: Corpus) -> Diff:
    """Return what changed between two versions of a corpus.

    Args:
        old: the version before.
        new: the version now, of the same schema.

    Raises:
        ValueError: their schemas differ, something could not be read, a document has no key of its own or not the shape
            that the schema gives it; the message names it.
    """
    demand_corpus(old)
    demand_corpus(new)
    schema = new.schema
    demand_same_schema(old, new)
    kinds = (*layers(schema), *relation_layers(schema))
    sides = [_documents(corpus.load()) for corpus in (old, new)]
    changes: list[Change] = []
    carried: Counter[str] = Counter()
    for name in sorted({*sides[0], *sides[1]}):
        one, other = (side.get(name) for side in sides)
        if one is None or other is None:
            changes.append(Change(name, None, "added" if one is None else "removed", None, (), one, other))
        elif one != other:
            of_document, following = _changes(name, one, other, schema, kinds)
            changes += of_document
            carried.update(following)
    both = sorted(old.registries.keys() & new.registries.keys())
    for name in both:
        changes += _entries(name, old.registries[name], new.registries[name])
    sizes: dict[str | None, tuple[int, int]] = {None: (len(sides[0]), len(sides[1]))}
    for layer in kinds:
        before, after = (sum(len(layer.items(document)) for document in side.values()) for side in sides)
        sizes[layer.name] = before, after
    sizes |= {registry_target(name): (len(old.registries[name]), len(new.registries[name])) for name in both}
    counts = MappingProxyType(_counts(changes, kinds, sizes))
    skipped = tuple(sorted(old.registries.keys() ^ new.registries.keys()))
    every = sides[0] | sides[1]
    known = {
        change.document: opening_of(every[change.document], schema)
        for change in changes
        if change.document and is_hash(change.document)
    }
    return Diff(tuple(changes), counts, MappingProxyType(sizes), MappingProxyType(dict(carried)), skipped, known)


def _documents(corpus: Corpus) -> dict[str, Document]:
    """Return documents by their key; those of a schema without one by the hash of their texts."""
    demand_readable(corpus)
    schema = corpus.schema
    documents: list[Any] = []
    for batch in corpus.batches:
        for row, document in enumerate(batch.documents()):
            documents.append(_whole(document or {}, schema.root, "$") if row in batch.raw else document)
    if schema.key:
        return dict(zip(document_names(corpus), documents, strict=True))
    times: Counter[str] = Counter()
    named: dict[str, Document] = {}
    for document in sorted(documents, key=lambda document: canonical(document, schema.root, schema)):
        texts = [document.get(member) for member in schema.texts]
        digest = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:12]
        times[digest] += 1
        named[f"{digest}-{times[digest]}"] = document
    return named


def _whole(value: Any, node: Node, where: str) -> Any:
    """Return a document that columns can't hold, its listed members all there.

    Raises:
        ValueError: it has not the shape that the schema gives it.
    """
    if value is None:
        return None
    if node.kind == "object" and isinstance(value, Mapping):
        listed = {name: _whole(value.get(name), sub, f"{where}.{name}") for name, sub in node.fields.items()}
        return {**listed, **{name: sub for name, sub in value.items() if name not in listed}}
    if node.items is not None and isinstance(value, list):
        return [_whole(item, node.items, f"{where}[{k}]") for k, item in enumerate(value)]
    plain = node.kind not in ("object", "array") and not isinstance(value, Mapping | list)
    if plain and isinstance(value, _WORDS.get(node.kind, object)):
        return value
    raise ValueError(
        f"{where} is {json.dumps(value)[:60]}, expected a value of type {node.kind}; run spanproof check for details"
    )


def _changes(
    name: str, old: Document, new: Document, schema: Schema, kinds: tuple[Layer, ...]
) -> tuple[list[Change], list[str]]:
    """Return the changes of one document, and the layers of its annotations that follow its text.

    The versions are compared in an order of their own, whichever is the old one: so the way back is the mirror image.
    """
    first, second = (canonical(document, schema.root, schema) for document in (old, new))
    if first == second:
        return [], []
    back = first > second
    versions = Versions(new, old, schema, kinds) if back else Versions(old, new, schema, kinds)
    changes = [_change(name, discrepancy, back) for discrepancy in discrepancies(versions)]
    order: dict[str | None, int] = {None: -1, **{layer.name: k for k, layer in enumerate(kinds)}}
    changes.sort(key=lambda c: (order[c.layer], c.start or 0, c.end or 0, c.kind, str(c.path), c.id or "", repr(c)))
    return changes, list(versions.layers_of_carried())


def _change(document: str, discrepancy: Discrepancy, back: bool) -> Change:
    """Return a discrepancy as a change from old to new; ``back`` where side 0 is the new version."""
    values, ids, stands = discrepancy.values, discrepancy.ids, discrepancy.stands
    if back:
        values, ids, stands = values[::-1], ids[::-1], stands[::-1]
    key = ids[0] if ids[1] is None else ids[1]
    alone: Kind = "added" if values[0] is None else "removed"
    kind: Kind = alone if discrepancy.kind == "alone" else discrepancy.kind
    stand = stands[1] or stands[0] or (None, None, None)
    name = None if key is None else str(key)
    return Change(document, discrepancy.layer, kind, name, discrepancy.path, *values, *stand)


def _entries(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a registry, a change for each member of an entry that differs."""
    layer = registry_target(name)
    for key in sorted({*old, *new}):
        if key not in old or key not in new:
            yield Change(None, layer, "removed" if key in old else "added", key, (), old.get(key), new.get(key))
        elif isinstance(old[key], Mapping) and isinstance(new[key], Mapping):
            for member in sorted({*old[key], *new[key]}):
                values = old[key].get(member), new[key].get(member)
                if values[0] != values[1]:
                    yield Change(None, layer, "changed", key, (member,), *values)
        elif old[key] != new[key]:
            yield Change(None, layer, "changed", key, (), old[key], new[key])


def _counts(
    changes: list[Change], kinds: tuple[Layer, ...], sizes: Mapping[str | None, Any]
) -> dict[str | None, Mapping[Kind, int]]:
    counts: dict[str | None, Counter[Kind]] = {layer: Counter() for layer in sizes}
    for change in changes:
        counts[change.layer][change.kind] += 1
        if change.layer is None and change.kind in ("added", "removed"):
            for layer in kinds:
                counts[layer.name][change.kind] += len(layer.items(change.old or change.new))
    return {layer: MappingProxyType({kind: n[kind] for kind in KINDS if n[kind]}) for layer, n in counts.items()}
