"""What changed between two versions of a corpus.

Documents are paired by their key, registry entries by theirs, annotations by :mod:`spanproof.revisions.pairing`. What
follows from something else is no change: an offset that moved with the text, a reference that follows a renumbering,
another order, a member left out for null.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from spanproof.corpus.documents import Corpus, demand_corpus
from spanproof.corpus.opening import is_hash, opening_of
from spanproof.corpus.pairs import demand_same_schema
from spanproof.corpus.spool import Spool
from spanproof.revisions.differences import Discrepancy, Steps, discrepancies
from spanproof.revisions.kept_documents import KeptDocuments
from spanproof.revisions.semver import Bump
from spanproof.revisions.versions import Versions
from spanproof.schema.layers import Layer, canonical, layers, relation_layers
from spanproof.schema.paths import Document
from spanproof.schema.references import registry_of, registry_target
from spanproof.schema.schema import Schema

Kind = Literal["added", "removed", "edited", "moved", "relabelled", "changed", "renumbered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_Sizes = Mapping[str | None, tuple[int, int]]
_IN_MEMORY = 10_000
"""Changes that are kept in memory."""


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
        changes: in the order of documents, layers and text, whatever the order of documents and annotations was. Many
            are kept in a temporary file.
        counts: how many changes of each kind a layer has; the annotations of an added or removed document count in
            their layers.
        sizes: how many annotations old and new have; new = old - removed + added.
        carried: how many annotations of a layer stand elsewhere only because the text around them changed.
        skipped: registries that only one side has; they are not compared.
        openings: the first words of documents that changed, where their names are hashes.
    """

    changes: Sequence[Change] = field(repr=False)
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
    counted = _ChangeCounts((*layers(schema), *relation_layers(schema)))
    sides = [KeptDocuments.of(corpus) for corpus in (old, new)]
    changes = cast("MutableSequence[Change]", Spool())
    openings: dict[str, str] = {}
    for name in sorted({*sides[0].places, *sides[1].places}):
        one, other = (side.find(name) for side in sides)
        of_document = counted.compare(name, one, other, schema)
        shown = one if other is None else other
        if of_document and shown is not None and is_hash(name):
            openings[name] = opening_of(shown, schema)
        for change in of_document:
            changes.append(change)
    both = sorted(old.registries.keys() & new.registries.keys())
    for name in both:
        counted.sizes[registry_target(name)] = [len(side.registries[name]) for side in (old, new)]
        for change in _entries(name, old.registries[name], new.registries[name]):
            counted.changes[change.layer][change.kind] += 1
            changes.append(change)
    skipped = tuple(sorted(old.registries.keys() ^ new.registries.keys()))
    few = changes if len(changes) > _IN_MEMORY else tuple(changes)
    return Diff(few, *counted.frozen(), skipped, openings)


class _ChangeCounts:
    """Counts of changes and sizes, which grow document by document."""

    def __init__(self, kinds: Sequence[Layer]) -> None:
        self.kinds = tuple(kinds)
        self.changes: defaultdict[str | None, Counter[Kind]] = defaultdict(Counter)
        self.sizes: dict[str | None, list[int]] = {None: [0, 0], **{layer.name: [0, 0] for layer in kinds}}
        self.carried = Counter[str]()

    def compare(self, name: str, one: Document | None, other: Document | None, schema: Schema) -> list[Change]:
        """Return the changes of a document, and count them; None stands for one that isn't there."""
        for side, document in enumerate((one, other)):
            if document is not None:
                self.sizes[None][side] += 1
                for layer in self.kinds:
                    self.sizes[layer.name][side] += len(layer.items(document))
        if one is None or other is None:
            kind: Kind = "added" if one is None else "removed"
            for layer in self.kinds:
                self.changes[layer.name][kind] += len(layer.items(one or other or {}))
            changes = [Change(name, None, kind, None, (), one, other)]
        elif one == other:
            return []
        else:
            changes, following = _changes(name, one, other, schema, self.kinds)
            self.carried.update(following)
        for change in changes:
            self.changes[change.layer][change.kind] += 1
        return changes

    def frozen(self) -> tuple[Mapping[str | None, Mapping[Kind, int]], _Sizes, Mapping[str, int]]:
        """Return how many changes of each kind a layer has, its sizes, and what is carried."""
        kinds = {layer: {kind: self.changes[layer][kind] for kind in KINDS} for layer in self.sizes}
        counts = {layer: MappingProxyType({kind: n for kind, n in of.items() if n}) for layer, of in kinds.items()}
        sizes = {layer: (before, after) for layer, (before, after) in self.sizes.items()}
        return MappingProxyType(counts), MappingProxyType(sizes), MappingProxyType(dict(self.carried))


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
