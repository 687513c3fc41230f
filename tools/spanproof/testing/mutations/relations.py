"""Relations, references under conditions and derived members that are wrong: classes 41 and beyond."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from spanproof.corpus.edits import Edit, apply
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, value_at, values_at
from spanproof.testing.mutations.mutation import Changes, Sound, breaking
from spanproof.text.temporal import relation_of

_STRICT = {"BEFORE": "AFTER", "AFTER": "BEFORE", "INCLUDES": "IS_INCLUDED", "IS_INCLUDED": "INCLUDES"}
"""Relations of time that can't hold of two intervals in either order, and what they say the other way round."""


def _relations(sound: Sound) -> Iterator[tuple[Path, Node, Mapping[str, Any], str, str]]:
    """Yield the relations whose ends are each named by one member: path, node, relation, the two members."""
    for path, node, value in sound.objects:
        if node.relation:
            ends = [[name for name in end if value.get(name) is not None] for end in node.relation.ends]
            if all(len(end) == 1 for end in ends):
                yield path, node, value, ends[0][0], ends[1][0]


def _label(node: Node, value: Mapping[str, Any]) -> str | None:
    return value.get(node.label) if node.label else None


def _is_free(node: Node, label: str | None, *members: str) -> bool:
    """Say whether nothing is asked of the ends of a relation of a label, so that they may be any annotations."""
    assert node.relation
    plain = all(not node.fields[name].refers_to.where and not node.fields[name].acyclic for name in members)
    return plain and not any(node.relation.signatures.get(str(label), ())) and node.temporal is None


def _listed_with(sound: Sound, path: Path, node: Node, item: Mapping[str, Any]) -> Iterator[Changes]:
    """Return one relation more in the list of a relation, under a key of its own."""
    items, key = value_at(sound.document, path[:-1]), sound.schema.key_of(node)
    own = {key: sound.fresh(node.fields[key], item[key], [other[key] for other in items])} if key else {}
    if None not in own.values():
        yield {path[:-1]: [*items, {**copy.deepcopy(dict(item)), **own}]}


@breaking("41", "self-relation", "SP504")
def self_relation(sound: Sound) -> Iterator[Changes]:
    """A relation joins an annotation with itself."""
    for path, node, value, first, second in _relations(sound):
        alike = node.fields[first].refers_to.places == node.fields[second].refers_to.places
        if node.relation and node.relation.irreflexive and alike and _is_free(node, _label(node, value), first, second):
            yield {(*path, second): value[first]}


@breaking("42", "duplicate-relation", "SP505", restores="document")
def duplicate_relation(sound: Sound) -> Iterator[Changes]:
    """A relation stands twice, under two identifiers."""
    for path, node, value, *_ in _relations(sound):
        yield from _listed_with(sound, path, node, value)


@breaking("43", "second-relation", "SP506")
def second_relation(sound: Sound) -> Iterator[Changes]:
    """Two annotations that have one relation have another one too."""
    for path, node, value, first, second in _relations(sound):
        assert node.relation
        if node.relation.unique and node.label and _label(node, value) is not None:
            for label in node.fields[node.label].enum:
                if label not in (None, value[node.label]) and _is_free(node, label, first, second):
                    yield from _listed_with(sound, path, node, {**value, node.label: label})


@breaking("44", "turned-relation", "SP507")
def turned_relation(sound: Sound) -> Iterator[Changes]:
    """The ends of a relation have changed places, so that they have labels that it doesn't join."""
    for path, node, value, first, second in _relations(sound):
        assert node.relation
        allowed = node.relation.signatures.get(str(_label(node, value)))
        ends = node.fields[first].refers_to, node.fields[second].refers_to
        if allowed and all(allowed) and not ({*allowed[0]} & {*allowed[1]}) and ends[0].places == ends[1].places:
            others = {
                (value.get(second), value.get(first)) for other, _, value, *_ in _relations(sound) if other != path
            }
            if not (ends[0].where or ends[1].where or node.temporal or (value[first], value[second]) in others):
                yield {(*path, first): value[second], (*path, second): value[first]}


@breaking("45", "orphan", "SP508")
def orphan(sound: Sound) -> Iterator[Changes]:
    """What refers to an annotation to which something must refer is gone."""
    for lists, places, _, items in sound.lists(Node.referred_to_by):
        for item in items:
            key = item[str(lists.key)]
            naming = [path for place in places for path, value in values_at(sound.document, place) if value == key]
            holders = {path[:-1] for path in naming if len(path) > 1 and isinstance(path[-2], int)}
            if len(naming) == len(holders) == 1 and not _is_named(sound, holder := holders.pop()):
                rest = value_at(sound.document, holder[:-1])
                yield {holder[:-1]: [other for k, other in enumerate(rest) if k != holder[-1]]}


def _is_named(sound: Sound, path: Path) -> bool:
    """Say whether an item of a list may be needed: something refers to it, or it holds the only name of another."""
    item = value_at(sound.document, path)
    left = apply(dict(sound.document), [Edit(path, remove=True)])
    needed = [(lists, places) for lists, places, *_ in sound.lists(Node.referred_to_by)]
    names = [value for name, value in item.items() if name == sound.schema.key_of(_node(sound, path))]
    used = [
        v for _, node, value in sound.objects for n, v in value.items() if n in node.fields and node.fields[n].refers_to
    ]
    orphans = 0
    for lists, places in needed:
        named = {value for place in places for _, value in values_at(left, place)}
        orphans += sum(key not in named for _, key in values_at(left, (*lists.place, "*", str(lists.key))))
    return orphans != 1 or any(name in used for name in names)


def _node(sound: Sound, path: Path) -> Node:
    return next(node for other, node, _ in sound.objects if other == path)


@breaking("46", "wrong-target", "SP509")
def wrong_target(sound: Sound) -> Iterator[Changes]:
    """A reference names an annotation that is no such thing as it may name."""
    for path, node, value in sound.objects:
        for name, sub in node.fields.items():
            if value.get(name) is None or len(sub.refers_to.written) != 1 or sub.acyclic or _is_end(node, name):
                continue
            for place in sub.refers_to.places:
                for _, target in values_at(sound.document, place[:-1]):
                    for condition in sub.refers_to.conditions(place):
                        among = condition.expected(value.get(condition.own) if condition.own else None)
                        if among is not None and target.get(condition.member) not in among:
                            yield {(*path, name): target[place[-1]]}


def _is_end(node: Node, name: str) -> bool:
    return node.relation is not None and name in node.relation.members


@breaking("47", "two-ends", "SP515")
def two_ends(sound: Sound) -> Iterator[Changes]:
    """An end of a relation is named by two of its members."""
    for path, node, value, *_ in _relations(sound):
        assert node.relation
        for end in node.relation.ends:
            for name in end:
                for place in node.fields[name].refers_to.places if value.get(name) is None and len(end) > 1 else ():
                    if not node.fields[name].refers_to.where:
                        yield from ({(*path, name): key} for _, key in values_at(sound.document, place))


@breaking("48", "temporal-contradiction", "SP305")
def temporal_contradiction(sound: Sound) -> Iterator[Changes]:
    """A relation of time is said of two annotations in either order."""
    for path, node, value, first, second in _relations(sound):
        assert node.relation
        label = _label(node, value)
        meant = node.temporal.meanings.get(label, relation_of(label)) if node.temporal and label else None
        alike = node.fields[first].refers_to == node.fields[second].refers_to
        if meant in _STRICT and alike and not node.relation.symmetric and value[first] != value[second]:
            yield from _listed_with(sound, path, node, {**value, first: value[second], second: value[first]})


@breaking("49", "derived-differs", "SP210", restores="document")
def derived_differs(sound: Sound) -> Iterator[Changes]:
    """A member isn't what it is derived from: a flag, a joined text, a tag."""
    for path, node, value in sound.objects:
        for name, sub in node.fields.items():
            is_ = value.get(name)
            if sub.derived is None or is_ is None:
                continue
            if isinstance(is_, bool):
                yield {(*path, name): not is_}
            elif isinstance(is_, str) and name not in sound.schema.texts and not sub.allowed:
                yield {(*path, name): f"{is_}x"}
            elif isinstance(is_, list):
                for k, tag in enumerate(is_):
                    if tag != "O" and not (sub.items and sub.items.allowed):
                        yield {(*path, name): [*is_[:k], "O", *is_[k + 1 :]]}
