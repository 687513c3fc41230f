"""What a mutation is, and what it sees of the sound document that it breaks.

A mutation is a function that yields every way in which it can break a document, each a set of changes; one is chosen by
a seeded generator. Mutations find their places by the keywords of the schema, so they break documents of any schema.
"""

import copy
import functools
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, TypeVar

from spanproof.checks.policies import Severities
from spanproof.checks.rules import CATALOGUE
from spanproof.corpus.edits import Edit, apply
from spanproof.schema.keywords import Keyword
from spanproof.schema.node import Node
from spanproof.schema.paths import Path, objects, place_of, value_at
from spanproof.schema.schema import Schema

T = TypeVar("T")
Changes = Mapping[Path, Any]
Restores = Literal["document", "spans", "nothing"]


@dataclass(frozen=True)
class Mutation:
    """One named way in which annotations go wrong.

    ``codes`` are the rules that own it, any of which finds it; ``cause`` is the name of the cause that a finding gives.
    ``restores`` says what the correction brings back, where the spans store their surface and no other place of the
    text has it: the whole document, the spans (each on its words; the text was changed, or context was added), or
    nothing. ``breaks`` takes a sound document, its schema and a generator of choices, and returns the broken copy, or
    None where the mutation doesn't apply (no astral character, no list with a key).
    """

    number: str
    name: str
    what: str
    codes: tuple[str, ...]
    cause: str | None
    restores: Restores
    breaks: Callable[[Mapping[str, Any], Schema, Random], dict[str, Any] | None]


@dataclass(frozen=True)
class SoundSpan:
    """A span of a document; ``surface`` is what it stores."""

    node: Node
    path: Path
    value: Mapping[str, Any]
    text: str

    @property
    def at(self) -> tuple[int, int]:
        """Start and end."""
        return self.value["start"], self.value["end"]

    @property
    def surface(self) -> str | None:
        """What it stores of the text."""
        return self.value.get("text")

    @property
    def direct(self) -> bool:
        """Whether it is the content of a direct quotation."""
        quotation = self.node.quotation
        return quotation is not None and self.value.get(quotation.type) == quotation.direct

    def differs(self, start: int, end: int) -> bool:
        """Whether the surface isn't what stands at these offsets."""
        return not 0 <= start <= end <= len(self.text) or self.text[start:end] != self.surface

    def moved(self, start: int, end: int) -> dict[Path, Any]:
        """To other offsets, with the surface that it stores."""
        return {(*self.path, "start"): start, (*self.path, "end"): end}

    def cut(self, start: int, end: int) -> dict[Path, Any]:
        """To other offsets, with the surface that stands there."""
        stored = {"text": self.text[start:end]} if self.surface is not None else {}
        return self.moved(start, end) | {(*self.path, name): value for name, value in stored.items()}

    def recut(self, start: int, end: int) -> dict[Path, Any]:
        """To other offsets, with the surface and as much context as it stores."""
        before, after = (len(self.value.get(name) or "") for name in ("prefix", "suffix"))
        there = {"prefix": self.text[max(0, start - before) : start], "suffix": self.text[end : end + after]}
        context = {(*self.path, name): value for name, value in there.items() if self.value.get(name)}
        return self.cut(start, end) | context


@dataclass(frozen=True)
class Sound:
    """A sound document and what a mutation looks for in it."""

    document: Mapping[str, Any]
    schema: Schema

    @functools.cached_property
    def objects(self) -> list[tuple[Path, Node, Any]]:
        """Every object, outer ones first."""
        return list(objects(self.document, self.schema.root))

    @functools.cached_property
    def spans(self) -> list[SoundSpan]:
        """Every span, outer ones first."""
        return [
            SoundSpan(node, path, value, self.document[node.span_of])
            for path, node, value in self.objects
            if node.span_of
        ]

    @property
    def stored(self) -> list[SoundSpan]:
        """The spans that store their surface; all, if the schema has no place for one."""
        able = any("text" in node.fields for node in self.schema.spans)
        return [span for span in self.spans if span.surface is not None or not able]

    @property
    def proved(self) -> Iterator[tuple[str, list[SoundSpan]]]:
        """The texts all of whose spans store their surface, so that offsets can be told to be off."""
        for member in self.schema.texts:
            spans = [span for span in self.spans if span.node.span_of == member]
            if spans and all(span.surface is not None for span in spans):
                yield member, spans

    def lists(self, keyword: Keyword[T | None]) -> Iterator[tuple[Node, T, Path, list[Mapping[str, Any]]]]:
        """Yield the lists that carry a keyword: node, what the keyword says, path, items."""
        carrying = [(sub, value) for sub, value in self.schema.having(keyword) if sub.items is not None]
        for path, node, value in self.objects:
            for sub, keyword_value in carrying:
                if sub.place[:-1] == node.place and value.get(sub.place[-1]):
                    yield sub, keyword_value, (*path, sub.place[-1]), value[sub.place[-1]]

    def fresh(self, node: Node, taken: Any, used: Collection[Any]) -> Any:
        """Return a value beside those in use, like one that is taken, as its schema allows; None if there is none."""
        if node.enum:
            return next((value for value in node.enum if value is not None and value not in used), None)
        if node.kind == "integer":
            low = node.minimum or 0
            return next(value for value in range(low, low + len(used) + 1) if value not in used)
        if node.kind != "string":
            return None
        tried = (*(f"{taken}-{n}" for n in range(2, 9)), *(taken[:-1] + c for c in "0123456789abcdefxyzABC"), taken * 2)
        fits = re.compile(node.pattern).search
        return next((value for value in tried if value not in used and fits(value)), None)

    def copied(self, span: SoundSpan, **members: Any) -> Iterator[Changes]:
        """Return a second item beside a list's item, with an identifier of its own; a fragment is no item."""
        if not span.path or not isinstance(span.path[-1], int) or self.schema.nodes[span.node.place[:-2]].annotation:
            return
        if self.schema.nodes[span.node.place[:-1]].referred_to_by:
            return  # nothing refers to it, which would be another fault
        items = list(value_at(self.document, span.path[:-1]))
        key = self.schema.key_of(span.node)
        if key:
            members[key] = self.fresh(span.node.fields[key], span.value[key], [item[key] for item in items])
        if key is None or members[key] is not None:
            yield {span.path[:-1]: [*items, {**copy.deepcopy(dict(span.value)), **members}]}

    def rewritten(self, member: str, text: str) -> Changes:
        """Another text, with its hash."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        hashes = (
            (*path, name)
            for path, node, value in self.objects
            for name, sub in node.fields.items()
            if sub.hash_of == member and value.get(name) is not None
        )
        return {(member,): text} | dict.fromkeys(hashes, digest)


def breaking(
    number: str, name: str, *codes: str, cause: str | None = None, restores: Restores = "nothing"
) -> Callable[[Callable[[Sound], Iterator[Changes]]], Mutation]:
    """Make a mutation of a function that yields the ways to break a document; its docstring is what is wrong."""

    def mutation_of(ways: Callable[[Sound], Iterator[Changes]]) -> Mutation:
        def breaks(document: Mapping[str, Any], schema: Schema, random: Random) -> dict[str, Any] | None:
            changes = [way for way in ways(Sound(document, schema)) if _is_wrong(way, schema, codes)]
            if not changes:
                return None
            edits = [Edit(path, value) for path, value in random.choice(changes).items()]
            broken: dict[str, Any] = apply(dict(document), edits)
            return broken

        return Mutation(number, name, (ways.__doc__ or "").strip().rstrip("."), codes, cause, restores, breaks)

    return mutation_of


def _is_wrong(changes: Changes, schema: Schema, codes: Collection[str]) -> bool:
    """Say whether a layer leaves one of the rules on that own a mutation; what all of them pass over is no fault."""
    severities, place = Severities.of(schema, CATALOGUE), place_of(next(iter(changes)))
    return any(severities.setting(rule, place) != "off" for rule in CATALOGUE if rule.code in codes)
