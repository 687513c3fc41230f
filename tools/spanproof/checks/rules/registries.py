"""SP51x: names against their registry: recurrences that nobody annotated, spellings that the registry lacks."""

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from spanproof.arrays import indices
from spanproof.checks.annotations import annotations
from spanproof.checks.examples import ANA, LISBON
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import View
from spanproof.corpus.registries import aliases_of
from spanproof.schema.node import Node

_REGISTRY = {
    "entities": {
        "ana-silva": {"name": "Ana Silva", "type": "PERSON", "aliases": ["Ana Silva"]},
        "lisbon": {"name": "Lisbon", "type": "GPE", "aliases": ["Lisbon"]},
    }
}


def _named(view: View) -> Iterator[tuple[Node, str, Mapping[str, Any]]]:
    """Yield the lists that must cover every name of a registry that is there: list, member that refers, registry."""
    for lists, exhaustive in view.schema.having(Node.exhaustive):
        if exhaustive.registry in view.registries:
            yield lists, exhaustive.member, view.registries[exhaustive.registry]


@rule(
    "SP510",
    "unannotated-name",
    "warning",
    needs=Node.exhaustive,
    bad=[{"entities": [ANA]}],
    good=[{"entities": [ANA, LISBON]}],
    registries=_REGISTRY,
)
def unannotated_name(view: View) -> Iterator[Hit]:
    """A name in the registry occurs in the text, and no annotation covers it.

    Every alias is looked for as whole words, outside the zones where no annotations are allowed.

    Waive it where the words mean something else in this place: "Lisbon" for the treaty, not for the city.
    """
    for lists, _, registry in _named(view):
        assert lists.items is not None
        spans = annotations(view)[lists.items.place].spans
        names = sorted(
            {alias for entry in registry.values() for alias in aliases_of(entry) or ()},
            key=lambda name: (-len(name), name),
        )
        if not names:
            continue
        pattern = regex.compile(r"(?<!\w)(?:" + "|".join(map(regex.escape, names)) + r")(?!\w)")
        member = spans.member
        for row in range(len(view.documents)):
            first, last = spans.items.doc.searchsorted([row, row + 1]).tolist()
            covered = [(int(spans.start[k]), int(spans.end[k])) for k in range(first, last)]
            covered += _barred(view, row, lists.place[0])
            for match in pattern.finditer(view.string(row, member)):
                start, end = match.span()
                if not any(low < end and start < high for low, high in covered):
                    message = f"{match.group()!r} at {start}:{end} is a name in the registry, but isn't annotated"
                    yield Hit(view.documents, row, message, (member,), span=(start, end), layer=lists.place)


def _barred(view: View, row: int, layer: str) -> list[tuple[int, int]]:
    """Return start and end of the zones of a document that carry no span of a layer."""
    barred = []
    for lists, bars in view.schema.having(Node.bars):
        if layer in bars.layers and lists.items is not None:
            zones = view.spans[lists.items.place]
            first, last = zones.items.doc.searchsorted([row, row + 1]).tolist()
            kinds = zones.items.columns[bars.member]
            barred += [
                (int(zones.start[k]), int(zones.end[k])) for k in range(first, last) if kinds[k].as_py() in bars.values
            ]
    return barred


@rule(
    "SP511",
    "unlisted-alias",
    "warning",
    needs=Node.exhaustive,
    bad=[{"text": "Ana said so.", "entities": [{**ANA, "end": 3, "text": "Ana"}]}],
    good=[{"text": "Ana Silva said so.", "entities": [ANA]}],
    registries=_REGISTRY,
)
def unlisted_alias(view: View) -> Iterator[Hit]:
    """The surface isn't among the aliases of its entity in the registry.

    Either it is another entity, or the registry lacks the spelling, although it should list every form that occurs in
    the texts.

    Waive it where the spelling is a slip of the source that should not be looked for elsewhere.
    """
    for lists, member, registry in _named(view):
        assert lists.items is not None
        units = annotations(view)[lists.items.place]
        if units.text is None:
            continue
        known = {key: set(aliases) for key, entry in registry.items() if (aliases := aliases_of(entry))}
        keys, surfaces = (units.items.columns[name].to_pylist() for name in (member, units.text))
        for k in indices(units.sound).tolist():
            if keys[k] in known and surfaces[k] not in known[keys[k]]:
                yield Hit(units.items, k, f"{surfaces[k]!r} is not among the aliases of {keys[k]!r} in the registry")
