"""A corpus as a reader sees it: articles, registries with their mentions, moments with their dates, and links."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema
from spanproof.viewer.articles import Article, Item, Layer, Value, article_of, layers
from spanproof.viewer.timeline import days, words

_NAMES = ("name", "gist", "title", "label")


@dataclass(frozen=True)
class Target:
    """Where a link goes: the article's number or the name of a page, and an anchor there."""

    page: int | str
    anchor: str


@dataclass(frozen=True)
class Mention:
    """A place that speaks of an entry or a moment: the words there, and by which member they do."""

    article: Article
    item: Item | None
    value: Value
    target: Target
    words: str


@dataclass(frozen=True)
class Pair:
    """What a registry says of two renderings."""

    a: Mention
    b: Mention
    kind: str
    note: str


@dataclass(frozen=True)
class Entry:
    """An entry of a registry, or a key that articles use without one (then ``members`` is empty)."""

    anchor: str
    key: str
    name: str
    members: Mapping[str, Any]
    mentions: tuple[Mention, ...]
    pairs: tuple[Pair, ...]

    @property
    def renderings(self) -> int:
        """How many mentions there are."""
        return len(self.mentions)


@dataclass(frozen=True)
class Registry:
    """A registry; ``quoted`` if quotations alone refer to it: its entries are utterances, its mentions renderings."""

    name: str
    quoted: bool
    entries: tuple[Entry, ...]

    @property
    def page(self) -> str:
        """The page that shows it."""
        return "utterances" if self.quoted else "registry"


@dataclass(frozen=True)
class Moment:
    """Some days that dates name: from ``first`` to the day before ``after``, ordinals."""

    anchor: str
    first: int
    after: int
    words: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class Book:
    """Everything that is shown, and where links go."""

    schema: Schema
    layers: tuple[Layer, ...]
    articles: tuple[Article, ...]
    registries: tuple[Registry, ...] = ()
    moments: tuple[Moment, ...] = ()
    unplaced: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)

    def of_page(self, page: str) -> tuple[Registry, ...]:
        """The registries of a page that have entries."""
        return tuple(registry for registry in self.registries if registry.page == page and registry.entries)

    def entry(self, name: str, key: str) -> Target | None:
        """Where an entry of a registry is shown."""
        return self._entries.get((name, key))

    def target(self, article: Article, value: Value) -> Target | None:
        """Where a value's link goes: an entry of a registry, another item, the facts, a moment; None without one."""
        if value.timex is not None:
            found = days(value.text)
            return None if found is None else self._moments.get(found)
        for name in value.node.refers_to.registries:
            found_entry = self.entry(name, value.text)
            if found_entry is not None:
                return found_entry
        item = self.referred(article, value)
        if item is not None:
            return place_of(article, item)
        named = value.text in value.node.refers_to.members
        return Target(article.number, f"f{article.number}") if named else None

    def referred(self, article: Article, value: Value) -> Item | None:
        """The item of the same article that a value names by its key."""
        lists = [place[0] for place in value.node.refers_to.places]
        same = (item for item in article.items if item.list in lists and item.key == value.text)
        return next(same, None) if lists else None

    def linked(self, article: Article) -> Mapping[int, tuple[int, ...]]:
        """Items of one list that name one another (a quote and what it continues), both ways, by their numbers."""
        pairs = [
            (item.number, other.number)
            for item in article.items
            for value in item.values
            if value.node.refers_to and (other := self.referred(article, value)) is not None
        ]
        both = [*pairs, *((b, a) for a, b in pairs)]
        return {number: tuple(b for a, b in both if a == number) for number in {a for a, _ in both}}

    @functools.cached_property
    def _entries(self) -> Mapping[tuple[str, str], Target]:
        return {
            (registry.name, entry.key): Target(registry.page, entry.anchor)
            for registry in self.registries
            for entry in registry.entries
        }

    @functools.cached_property
    def _moments(self) -> Mapping[tuple[int, int], Target]:
        return {(moment.first, moment.after): Target("timeline", moment.anchor) for moment in self.moments}


def book_of(corpus: Corpus) -> Book:
    """Reads a whole corpus. What doesn't fit the schema's columns is left out, as null."""
    rows = (row for batch in corpus.batches for row in batch.columns.to_pylist())
    articles = tuple(article_of(row, number, corpus.schema) for number, row in enumerate(rows))
    mentions = tuple(_mentions(articles))
    moments, unplaced = _moments(mentions)
    registries = tuple(_registries(corpus, mentions))
    return Book(corpus.schema, layers(corpus.schema), articles, registries, moments, unplaced)


def place_of(article: Article, item: Item) -> Target:
    """Where an item is seen: its first span in the text, else its row beneath."""
    span = next((span for span in item.spans if span.start < span.end), None)
    anchor = f"i{article.number}-{item.number}" if span is None else f"s{article.number}-{span.number}"
    return Target(article.number, anchor)


def _mentions(articles: Iterable[Article]) -> Iterator[Mention]:
    for article in articles:
        facts = Target(article.number, f"f{article.number}")
        yield from (Mention(article, None, fact, facts, fact.name) for fact in article.facts)
        for item in article.items:
            target = place_of(article, item)
            surface = item.spans[0].surface if item.spans else ""
            yield from (Mention(article, item, value, target, surface) for value in item.values)


def _moments(mentions: Iterable[Mention]) -> tuple[tuple[Moment, ...], Mapping[str, tuple[Mention, ...]]]:
    placed: dict[tuple[int, int], list[Mention]] = {}
    unplaced: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.value.timex is not None:
            found = days(mention.value.text) if mention.value.timex in ("DATE", "TIME") else None
            if found is None:
                unplaced.setdefault(mention.value.text, []).append(mention)
            else:
                placed.setdefault(found, []).append(mention)
    order = sorted(placed, key=lambda span: (span[0], -span[1]))
    moments = tuple(Moment(f"t{k}", *span, words(*span), tuple(placed[span])) for k, span in enumerate(order))
    return moments, {value: tuple(unplaced[value]) for value in sorted(unplaced)}


def _registries(corpus: Corpus, mentions: Iterable[Mention]) -> Iterator[Registry]:
    referring: dict[str, list[Node]] = {}
    for node, targets in corpus.schema.having(Node.refers_to):
        for name in targets.registries:
            referring.setdefault(name, []).append(node)
    places = {name: {node.place for node in nodes} for name, nodes in referring.items()}
    used: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        for name in referring:
            if mention.value.node.place in places[name]:
                used.setdefault((name, mention.value.text), []).append(mention)
    quotes = {
        f"{mention.article.key}/{mention.item.key}": mention
        for found in used.values()
        for mention in found
        if mention.item is not None and _quoting(corpus.schema, mention.value.node)
    }
    for number, (name, nodes) in enumerate(sorted(referring.items())):
        entries = dict.fromkeys(sorted({*corpus.registries.get(name, ()), *(k for r, k in used if r == name)}))
        shown = (
            _entry(f"r{number}-{k}", key, corpus.registries.get(name, {}).get(key), used.get((name, key), ()), quotes)
            for k, key in enumerate(entries)
        )
        quoted = all(_quoting(corpus.schema, node) for node in nodes)
        yield Registry(name, quoted, tuple(sorted(shown, key=lambda entry: entry.name.casefold())))


def _quoting(schema: Schema, node: Node) -> bool:
    return schema.nodes[node.place[:-1]].quotation is not None


def _entry(anchor: str, key: str, body: Any, mentions: Iterable[Mention], quotes: Mapping[str, Mention]) -> Entry:
    members = body if isinstance(body, Mapping) else {} if body is None else {"entry": body}
    named = next((name for name in _NAMES if isinstance(members.get(name), str) and members[name]), None)
    noted = members.get("renderings")
    pairs = tuple(
        Pair(quotes[note["a"]], quotes[note["b"]], str(note.get("kind") or ""), str(note.get("note") or ""))
        for note in (noted if isinstance(noted, list) else ())
        if isinstance(note, Mapping) and all(isinstance(note.get(x), str) and note[x] in quotes for x in "ab")
    )
    shown = {
        k: v for k, v in members.items() if k != named and v not in (None, "", []) and not (k == "renderings" and pairs)
    }
    return Entry(anchor, key, members[named] if named else key, shown, tuple(mentions), pairs)
