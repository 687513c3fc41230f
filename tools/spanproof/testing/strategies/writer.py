"""One document in the making: values, spans and keys as a schema wants them."""

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from hypothesis import strategies as st

from spanproof.schema.keywords import Annotation, Timex3
from spanproof.schema.layers import expected_members
from spanproof.schema.node import Node, Place
from spanproof.schema.schema import Schema
from spanproof.testing.strategies.ground import Ground, Pair, apart
from spanproof.testing.strategies.values import days, leaf, relations_of_time, timex_values
from spanproof.text import timex

T = TypeVar("T")
LATER = object()  # a reference that is resolved once all of its targets are there
GONE = object()  # a member left out


@dataclass(frozen=True)
class Writer:
    """One document in the making: its texts, the tokens that are barred for a layer, what must be said alike."""

    draw: st.DrawFn
    schema: Schema
    grounds: dict[str, Ground]
    barred: dict[Place, list[Pair]] = field(default_factory=dict)
    alike: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    used: dict[Place, set[Any]] = field(default_factory=dict)

    def value(self, node: Node) -> Any:
        """Draw a value for a node; None where it needs a span and the text has no room for one."""
        if self.is_text(node):
            return self.grounds[node.place[0]].text
        if member := node.hash_of:
            return hashlib.sha256(self.grounds[member].text.encode()).hexdigest()
        if node.refers_to.local:
            return LATER
        if node.kind == "object":
            return self.object(node)
        if node.items is not None:
            return self.array(node, node.items)
        return self.draw(leaf(node))

    def is_text(self, node: Node) -> bool:
        """Whether a node is a text that something points into."""
        return len(node.place) == 1 and node.place[0] in self.grounds

    def is_asked_for(self, node: Node) -> bool:
        """Whether the keywords ask for a member that its schema may let lack: a text, an offset, a list, a label."""
        owner = self.schema.nodes[node.place[:-1]]
        offset = owner.span_of is not None and node.place[-1] in ("start", "end")
        return self.is_text(node) or offset or node.place in self._expected

    @functools.cached_property
    def _expected(self) -> frozenset[Place]:
        return expected_members(self.schema)

    def member(self, node: Node, make: Callable[[], Any]) -> Any:
        """Draw a value, or null, or nothing, as the schema lets a member be."""
        free = (node.nullable or not node.required) and not self.is_asked_for(node)
        drawn = GONE if free and self.draw(st.integers(0, 3)) == 0 else make()
        if free and (drawn is None or drawn is GONE):
            return None if node.nullable and self.draw(st.booleans()) else GONE
        return drawn

    def object(
        self, node: Node, span: Pair | None = None, beside: Sequence[Pair] = (), pieces: Sequence[Pair] = ()
    ) -> dict[str, Any] | None:
        """Draw an object, on a span if it is one, on several if it is an annotation of fragments; None if it can't be.

        Args:
            node: its node.
            span: where it shall be.
            beside: spans with which it shares no character, if its span is to be drawn.
            pieces: where its fragments shall be, in the order of the text.
        """
        makers: dict[str, Callable[[], Any]] = {}
        if member := node.span_of:
            span = span or self.one(member, beside)
            if span is None:
                return None
            makers |= self.span_members(self.grounds[member], *span)
        if node.annotation:
            pieces = pieces or sorted(filter(None, [self.one(self.fragment(node)[1], beside)]))
            if not pieces:
                return None
            makers |= self.fragments(node, node.annotation, pieces)
            member, span = self.fragment(node)[1], (pieces[0][0], pieces[-1][1])
        makers |= self.labels(node, member, span)
        quotation = node.quotation
        result: dict[str, Any] = {}
        parts = quotation.parts if quotation else ()
        taken = [*pieces] if pieces else [span] if span else []
        # Zones come before the layers that they bar.
        for name in sorted(node.fields, key=lambda name: node.fields[name].bars is None):
            sub = node.fields[name]
            if name in parts:
                makers[name] = partial(self.part, sub, taken)
            result[name] = self.member(sub, makers.get(name, partial(self.value, sub)))
            if result[name] is None and not sub.nullable:
                return None
        return {name: result[name] for name in node.fields if result[name] is not GONE}

    def labels(self, node: Node, member: str | None, span: Pair | None) -> dict[str, Callable[[], Any]]:
        """Return what makes the values and labels that must fit something else: of a TIMEX3, a quotation, a relation.

        Args:
            node: the node of the object.
            member: the text that it points into.
            span: where it begins and ends there.
        """
        makers: dict[str, Callable[[], Any]] = self.timex(node, node.timex3) if node.timex3 else {}
        if node.temporal and node.label:
            makers[node.label] = partial(self.draw, st.sampled_from(relations_of_time(node)))
        quotation = node.quotation
        if quotation and member and span:
            but = () if self.grounds[member].quoted(*span) else (quotation.direct,)
            makers[quotation.type] = lambda: self.draw(leaf(node.fields[quotation.type], but))
        return makers

    def part(self, node: Node, taken: list[Pair]) -> Any:
        """Draw a part of a quotation beside the spans that are taken: a span, an annotation, or a list of one span."""
        drawn = self.object(node.items or node, None, taken)
        if drawn is None:
            return None if node.items is None or node.min_items else []
        annotation = (node.items or node).annotation
        taken += [(span["start"], span["end"]) for span in (drawn[annotation.fragments] if annotation else [drawn])]
        return drawn if node.items is None else [drawn]

    def fragment(self, node: Node) -> tuple[Node, str]:
        """Return the node of a fragment of an annotation, and the text that it is a span of."""
        assert node.annotation
        items = node.fields[node.annotation.fragments].items
        assert items
        assert items.span_of
        return items, items.span_of

    def fragments(self, node: Node, annotation: Annotation, pieces: Sequence[Pair]) -> dict[str, Callable[[], Any]]:
        """Return what makes the members of an annotation that speak of its text."""
        items, member = self.fragment(node)
        words = [self.grounds[member].text[start:end] for start, end in pieces]
        makers: dict[str, Callable[[], Any]] = {
            annotation.fragments: lambda: [self.object(items, piece) for piece in pieces]
        }
        if annotation.text:
            joined = annotation.joined_by.join(words)
            makers[annotation.text] = lambda: words if node.fields[str(annotation.text)].items else joined
        return makers

    def span_members(self, ground: Ground, start: int, end: int) -> dict[str, Callable[[], Any]]:
        """Return what makes the members of a span that speak of its text."""
        text = ground.text
        return {
            "start": lambda: start,
            "end": lambda: end,
            "text": lambda: text[start:end],
            "prefix": lambda: text[max(0, start - self.draw(st.integers(0, 8))) : start],
            "suffix": lambda: text[end : end + self.draw(st.integers(0, 8))],
        }

    def timex(self, node: Node, timex3: Timex3) -> dict[str, Callable[[], Any]]:
        """Return what makes a type and a value that fits it."""
        value = node.fields[timex3.value]
        if timex3.type is None:
            return {timex3.value: lambda: self.draw(days())}
        kinds = [kind for kind in node.fields[timex3.type].enum or timex.TYPES if kind in timex.TYPES]
        kind = self.draw(st.sampled_from(kinds))
        listed = [choice for choice in value.enum if choice is not None and timex.problem(choice, kind) is None]
        return {
            timex3.type: lambda: kind,
            timex3.value: lambda: self.draw(st.sampled_from(listed) if listed else timex_values(kind)),
        }

    def one(self, member: str, beside: Sequence[Pair]) -> Pair | None:
        """One span that shares no character with others."""
        ground = self.grounds[member]
        open_ = [k for k, at in enumerate(ground.tokens) if apart(at, beside)]
        if not open_:
            return None
        first = self.draw(st.sampled_from(open_))
        run = next(k for k in range(first, len(ground.tokens) + 1) if k == len(ground.tokens) or k not in open_)
        return ground.span(first, self.draw(st.integers(first + 1, min(run, first + 4))))

    def spans(self, node: Node, items: Node, member: str) -> list[Pair]:
        """Spans for a list, by its overlap policy, each once; in any order unless the list is ordered."""
        ground, barred = self.grounds[member], self.barred.get(items.place, [])
        least = node.min_items
        most = max(5, least) if node.max_items is None else node.max_items
        count = len(ground.tokens)
        if node.in_order or node.overlap in ("forbid", "nest"):
            pairs = self.disjoint(0, count, least, most)
            if node.bars:  # short, so that room is left for what they bar
                pairs = [(first, min(last, first + 3)) for first, last in pairs[:3]]
            if items.quotation and self.draw(st.booleans()):
                pairs = [ground.within_marks(*pair) for pair in pairs]
            if node.overlap == "nest" and not node.in_order:
                inner = [pair for first, last in pairs for pair in self.disjoint(first, last, 0, 1)]
                pairs = [*pairs, *inner][:most]
        else:
            known = [(first, last) for first in range(count) for last in range(first + 1, min(first + 6, count) + 1)]
            pairs = self.some(known, least, most)
        spans = list(dict.fromkeys(ground.span(*pair) for pair in pairs))
        spans = [span for span in spans if apart(span, barred)]
        return spans if node.in_order else self.draw(st.permutations(spans))

    def groups(self, node: Node, items: Node) -> list[list[Pair]]:
        """Draw the fragments of the annotations of a list, none of which share a character, whatever its policy."""
        most = 5 if node.max_items is None else node.max_items
        ground = self.grounds[self.fragment(items)[1]]
        pairs = self.disjoint(0, len(ground.tokens), node.min_items, 2 * most)
        count = self.draw(st.integers(min(node.min_items, len(pairs)), min(most, len(pairs))))
        groups: list[list[Pair]] = [[] for _ in range(count)]
        for k, pair in enumerate(pairs if count else ()):
            span = ground.span(*pair)
            if apart(span, self.barred.get(items.place, [])):
                groups[k if k < count else self.draw(st.integers(0, count - 1))].append(span)
        return [group for group in groups if group]

    def disjoint(self, low: int, high: int, least: int, most: int) -> list[Pair]:
        """Draw runs of tokens, no token in two of them."""
        most = min(most, (high - low + 1) // 2)
        count = self.draw(st.integers(min(least, most), most))
        cuts = sorted(self.some(range(low, high + 1), 2 * count, 2 * count))
        return list(zip(cuts[::2], cuts[1::2], strict=True))

    def some(self, known: Sequence[T], least: int, most: int) -> list[T]:
        """Draw some of these, each once."""
        count = self.draw(st.integers(min(least, len(known)), min(most, len(known))))
        return self.draw(st.lists(st.sampled_from(known), min_size=count, max_size=count, unique=True)) if count else []

    def array(self, node: Node, items: Node) -> list[Any] | None:
        """Draw a list of what could be made; None if that is too little."""
        least = node.min_items
        if items.span_of:
            drawn = [self.object(items, span) for span in self.spans(node, items, items.span_of)]
        elif items.annotation:
            drawn = [self.object(items, pieces=pieces) for pieces in self.groups(node, items)]
        else:
            most = 3 if node.max_items is None else node.max_items
            count = self.draw(st.integers(least, min(most, max(least, 3))))
            drawn = [self.value(items) for _ in range(count)]
        listed: list[Any] = [item for item in drawn if item is not None]
        if items.annotation:  # of the same fragments one is enough: two would be duplicates
            listed = list({repr(item.get(items.annotation.fragments)): item for item in listed}.values())
        if key := node.key:
            keys = self.keys(items.fields[key], len(listed))
            listed = [{**item, key: own} for item, own in zip(listed, keys, strict=False)]
        for member in node.consistent.members:
            for item in listed:
                self.say_alike(item, node, member)
        if bars := node.bars:
            closed = [(item["start"], item["end"]) for item in listed if item.get(bars.member) in bars.values]
            for place in ((layer, "*") for layer in bars.layers):
                if place in self.schema.nodes and self.schema.nodes[place].span_of == items.span_of:
                    self.barred.setdefault(place, []).extend(closed)
        return listed if len(listed) >= least else None

    def say_alike(self, item: dict[str, Any], node: Node, member: str) -> None:
        """Give one surface one value of a member in the whole document."""
        annotation = node.items.annotation if node.items else None
        surface = item.get(str(annotation.text) if annotation else "text")
        if isinstance(surface, str) and item.get(member) is not None:
            item[member] = self.alike.setdefault((node.name, member, surface), item[member])

    def keys(self, node: Node, count: int) -> Iterator[Any]:
        """Draw keys that no item of this place has yet."""
        used = self.used.setdefault(node.place, set())
        if node.kind == "string" and not node.json.keys() & {"pattern", "enum", "const", "maxLength"}:
            letter = self.draw(st.sampled_from("xé한😀"))
            fresh: list[Any] = [f"{letter}{len(used) + k:0{node.min_length or 1}}" for k in range(count)]
        elif node.enum:
            fresh = [value for value in self.draw(st.permutations(node.enum)) if value not in used][:count]
        else:
            unused = leaf(node).filter(lambda key: key not in used)
            fresh = self.draw(st.lists(unused, min_size=count, max_size=count, unique=True))
        used |= set(fresh)
        return iter(fresh)
