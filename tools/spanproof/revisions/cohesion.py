"""What holds annotations together when their spans move: parts, order, overlap, references.

Each span finds its way alone; here the annotations that would come apart, collide or lead nowhere are refused.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.revisions.align.follow import Fate, Offsets, Reason
from spanproof.schema.node import Node, Place
from spanproof.schema.paths import Path, holder_of, inside, place_of, values_at, walk
from spanproof.schema.schema import Schema

Groups = Mapping[Path, Sequence[Path]]
"""The paths of the spans of each annotation, by the path of the annotation."""
Old = Mapping[Path, Offsets]
Fates = dict[Path, Fate]

_STRETCH, _SLACK = 1.5, 100
"""An annotation of several spans may get half as long again and 100 characters longer; beyond that it came apart."""


@dataclass(frozen=True)
class Cut:
    """A reference that becomes null, since the annotation that it named is refused.

    Attributes:
        path: where it stood in the old document.
        value: the key that it named.
    """

    path: Path
    value: Any


def settle(document: Any, schema: Schema, groups: Groups, old: Old, fates: Fates) -> tuple[set[Path], tuple[Cut, ...]]:
    """Refuse annotations that can't follow although each of their spans could, and tell what goes with them.

    An annotation is refused if a part of it is, if its parts came to stand in another order or far from each other, if
    it would overlap another one as its list forbids or stand just where another one of its list does, or if it must
    refer to one that is refused.

    Args:
        document: the old document.
        schema: what it is.
        groups: the spans of each annotation.
        old: start and end in the old text of each span that is sound.
        fates: what becomes of each span; those of refused annotations are replaced in it.

    Returns:
        The paths of the annotations to take out of the document, and the references that become null without them.
    """
    _keep_together(groups, old, fates)
    _keep_apart(schema, groups, old, fates)
    _keep_distinct(groups, old, fates)
    return _cascade(document, schema, groups, fates)


def _keep_together(groups: Groups, old: Old, fates: Fates) -> None:
    """Refuse annotations of which a part is refused, or of which parts stand in another order or far apart."""
    for paths in groups.values():
        if any(fates[path].status == "refused" for path in paths):
            _refuse(paths, fates, "part")
        elif any(fates[path].status == "moved" for path in paths):
            before = [old[path] for path in paths]
            after = [span for path in paths if (span := fates[path].new)]
            order = sorted(range(len(paths)), key=before.__getitem__)
            far = _extent(after) > _STRETCH * _extent(before) + _SLACK
            if far or order != sorted(range(len(paths)), key=after.__getitem__):
                _refuse(paths, fates, "apart")


def _extent(spans: Sequence[Offsets]) -> int:
    return max(end for _, end in spans) - min(start for start, _ in spans)


def _refuse(paths: Sequence[Path], fates: Fates, reason: Reason) -> None:
    for path in paths:
        if fates[path].status != "refused":
            fates[path] = Fate("refused", reason=reason)


def _keep_apart(schema: Schema, groups: Groups, old: Old, fates: Fates) -> None:
    """Refuse annotations that break the overlap policy of their list now and didn't before."""
    lists: dict[Path, list[tuple[Offsets, Path]]] = defaultdict(list)
    for path, fate in fates.items():
        if fate.new and isinstance(path[-1], int):
            lists[path[:-1]].append((fate.new, path))
    for above, items in lists.items():
        policy = schema.nodes[place_of(above)].overlap
        if policy in ("forbid", "nest") and any(fates[path].status in ("edited", "moved") for _, path in items):
            around: list[tuple[Offsets, Path]] = []
            for new, path in sorted(items, key=lambda item: (item[0][0], -item[0][1])):
                around = [item for item in around if item[0][1] > new[0]]
                for other, rival in around:
                    # What broke the policy in the old text already is for the check to tell, no reason to lose it.
                    if _clash(policy, other, new) and not _clash(policy, *sorted((old[rival], old[path]))):
                        for clashing in (rival, path):
                            _refuse(groups[holder_of(clashing, schema)], fates, "overlap")
                around.append((new, path))


def _keep_distinct(groups: Groups, old: Old, fates: Fates) -> None:
    """Refuse annotations that lost words and so came to stand just where another one of their list does."""
    at: dict[tuple[Path, tuple[Offsets, ...]], list[Path]] = defaultdict(list)
    for holder, paths in groups.items():
        new = [fates[path].new for path in paths]
        if isinstance(holder[-1], int) and None not in new:
            at[holder[:-1], tuple(sorted(filter(None, new)))].append(holder)
    for holders in at.values():
        before = {holder: sorted(old[path] for path in groups[holder]) for holder in holders}
        for holder in holders:
            alone = any(before[holder] != before[other] for other in holders)
            if alone and any(fates[path].status == "edited" for path in groups[holder]):
                _refuse(groups[holder], fates, "same")


def _clash(policy: str, first: Offsets, second: Offsets) -> bool:
    """Whether two spans, the second not before the first, break an overlap policy."""
    return second[0] < first[1] and (policy == "forbid" or (first[0] < second[0] and first[1] < second[1]))


def _cascade(document: Any, schema: Schema, groups: Groups, fates: Fates) -> tuple[set[Path], tuple[Cut, ...]]:
    """Return the annotations to take out, and the references that are left without what they named.

    With an annotation goes what stands inside it, and what must refer to it; with that, what must refer to that: so
    until nothing more goes. A reference that named nothing before either isn't touched; one that could have named an
    annotation that goes is loose even where another list has its key, since nobody knows which of the two it meant.
    """
    gone = {holder for holder, paths in groups.items() if any(fates[path].status == "refused" for path in paths)}
    references = [*_references(document, schema)] if gone else []
    targets = {place for _, node, _ in references for place in _pointers(node)}
    every = {target: _values(document, target, set()) for target in targets}
    while True:
        for holder, paths in groups.items():
            if holder not in gone and inside(holder, gone):
                _refuse(paths, fates, "part")
                gone.add(holder)
        left = {target: _values(document, target, gone) for target in targets}
        loose = [
            (path, node, value)
            for path, node, value in references
            if not inside(path, gone)
            and any(value in every[target] - left[target] for target in _pointers(node))
            and not node.refers_to.registries
        ]
        bound = {holder_of(path, schema) for path, node, _ in loose if _needed(path, node, schema)}
        if not bound:
            return gone, tuple(Cut(path, value) for path, _, value in loose)
        for holder in bound:
            _refuse(groups.get(holder, ()), fates, "reference")
        gone |= bound


def _references(document: Any, schema: Schema) -> Iterator[tuple[Path, Node, Any]]:
    for path, node, value in walk(document, schema.root):
        if node.refers_to and isinstance(value, str):
            yield path, node, value


def _needed(path: Path, node: Node, schema: Schema) -> bool:
    """Return whether a reference can't be left out: it is required, or what names an end of a relation."""
    relation = schema.nodes[place_of(path[:-1])].relation
    return (node.required and not node.nullable) or (
        relation is not None and any(path[-1] in end for end in relation.ends)
    )


def _pointers(node: Node) -> tuple[Place, ...]:
    """Return the places of the document that a reference leads to, members of it too."""
    return (*node.refers_to.places, *((member,) for member in node.refers_to.members))


def _values(document: Any, target: Place, gone: set[Path]) -> set[Any]:
    """Return the values at a place that aren't inside what is gone; of a member of the document, its name."""
    if len(target) == 1:
        return set(target)
    at_target = values_at(document, target)
    return {value for path, value in at_target if isinstance(value, str) and not inside(path, gone)}
