"""A corpus as a reader sees it: articles, registries with their mentions, a timeline of its dates, and links."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from spanproof.corpus.documents import Corpus
from spanproof.corpus.plain_rows import plain_rows
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema
from spanproof.text.days import days
from spanproof.viewer.articles import Article, Item, SpanLayer, Target, Value, layers
from spanproof.viewer.kept_articles import KeptArticles
from spanproof.viewer.timeline import words

_NAMES = ("name", "gist", "title", "label")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that speaks of an entry of a registry or of some days.

    Attributes:
        article: the head of the one that it stands in.
        item: the annotation that speaks; None where a fact of the document does.
        value: the member by which it does.
        target: where a link to it goes.
        words: what stands there.
    """

    article: Article
    item: Item | None
    value: Value
    target: Target
    words: str


@dataclass(frozen=True)
class RenderingPair:
    """What a registry says of two renderings of an utterance.

    Attributes:
        a: the one.
        b: the other.
        kind: how they differ, in the registry's word.
        note: what it says of them besides.
    """

    a: Mention
    b: Mention
    kind: str
    note: str


@dataclass(frozen=True)
class Entry:
    """An entry of a registry, or a key that articles use without one.

    Attributes:
        anchor: the id of its element.
        key: what identifies it.
        name: what it is shown as.
        members: what else the registry says of it; empty where it has no such entry.
        mentions: the places that refer to it.
        pairs: what the registry says of its renderings, two by two.
    """

    anchor: str
    key: str
    name: str
    members: Mapping[str, Any]
    mentions: tuple[Mention, ...]
    pairs: tuple[RenderingPair, ...]

    @property
    def renderings(self) -> int:
        """Return how many mentions there are."""
        return len(self.mentions)


@dataclass(frozen=True)
class Registry:
    """A registry with its entries.

    Attributes:
        name: of the registry.
        quoted: quotations alone refer to it, so that its entries are utterances and its mentions renderings of them.
        entries: by name.
    """

    name: str
    quoted: bool
    entries: tuple[Entry, ...]

    @property
    def page(self) -> str:
        """Return the name of the page that shows it."""
        return "utterances" if self.quoted else "registry"


@dataclass(frozen=True)
class TimelineEntry:
    """Some days in a row that expressions of time name.

    Attributes:
        anchor: the id of its element.
        first: the first day, an ordinal of :class:`datetime.date`.
        after: the day after the last.
        words: the days as a reader would say them.
        mentions: the expressions.
    """

    anchor: str
    first: int
    after: int
    words: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class Book:
    """Everything that is shown of a corpus, and where links go.

    Attributes:
        schema: what a document is.
        layers: the kinds of span.
        articles: in the order of the corpus, each made when it is asked for.
        heads: what of each article is known without asking for it: all but facts, items, and more than its first words.
        labels: the labels of spans that there are, each with the number of its layer.
        registries: by name.
        timeline: the days that expressions of time name, in order.
        unplaced: expressions of time whose value names no days, by their value.
    """

    schema: Schema
    layers: tuple[SpanLayer, ...]
    articles: KeptArticles
    heads: tuple[Article, ...]
    labels: Set[tuple[int, str | None]]
    registries: tuple[Registry, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    unplaced: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)

    def of_page(self, page: str) -> tuple[Registry, ...]:
        """Return the registries of a page that have entries."""
        return tuple(registry for registry in self.registries if registry.page == page and registry.entries)

    def entry(self, name: str, key: str) -> Target | None:
        """Return where an entry of a registry is shown; None where it isn't."""
        return self._entries.get((name, key))

    def target(self, article: Article, value: Value) -> Target | None:
        """Return where the link of a value goes; None where it has none.

        That is an entry of a registry, another item, the facts of the document, or some days of the timeline.
        """
        if value.timex is not None:
            span = days(value.text)
            return None if span is None else self._timeline.get(span)
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
        """Return the item of the same article that a value names by its key; None where it names none."""
        lists = [place[0] for place in value.node.refers_to.places]
        same = (item for item in article.items if item.list in lists and item.key == value.text)
        return next(same, None) if lists else None

    def linked(self, article: Article) -> Mapping[int, tuple[int, ...]]:
        """Return which items of one list name one another (a quote and what it continues), both ways, by number."""
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
    def _timeline(self) -> Mapping[tuple[int, int], Target]:
        return {(entry.first, entry.after): Target("timeline", entry.anchor) for entry in self.timeline}


def book_of(corpus: Corpus) -> Book:
    """Return what is shown of a corpus; what doesn't fit the columns of its schema is left out, as null."""
    schema, articles = corpus.schema, KeptArticles(corpus.schema)
    referring = {node.place for node, targets in schema.having(Node.refers_to) if targets.registries}
    heads, labels, mentions = list[Article](), set[tuple[int, str | None]](), list[Mention]()
    for row in (row for batch in corpus.batches for row in plain_rows(batch.columns)):
        article = articles.append(row)
        heads.append(article.head)
        labels.update((span.layer.number, span.label) for span in article.spans)
        mentions += (
            mention
            for mention in _mentions(article, heads[-1])
            if mention.value.timex is not None or mention.value.node.place in referring
        )
    timeline, unplaced = _timeline(mentions)
    registries = tuple(_registries(corpus, mentions))
    return Book(schema, layers(schema), articles, tuple(heads), labels, registries, timeline, unplaced)


def place_of(article: Article, item: Item) -> Target:
    """Return where an item is seen: its first span in the text, else its row beneath."""
    span = next((span for span in item.spans if span.start < span.end), None)
    anchor = f"i{article.number}-{item.number}" if span is None else f"s{article.number}-{span.number}"
    return Target(article.number, anchor)


def _mentions(article: Article, head: Article) -> Iterator[Mention]:
    facts = Target(article.number, f"f{article.number}")
    yield from (Mention(head, None, fact, facts, fact.name) for fact in article.facts)
    for item in article.items:
        target = place_of(article, item)
        surface = item.spans[0].surface if item.spans else ""
        yield from (Mention(head, item, value, target, surface) for value in item.values)


def _timeline(mentions: Iterable[Mention]) -> tuple[tuple[TimelineEntry, ...], Mapping[str, tuple[Mention, ...]]]:
    placed: dict[tuple[int, int], list[Mention]] = {}
    unplaced: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.value.timex is not None:
            span = days(mention.value.text) if mention.value.timex in ("DATE", "TIME") else None
            if span is None:
                unplaced.setdefault(mention.value.text, []).append(mention)
            else:
                placed.setdefault(span, []).append(mention)
    order = sorted(placed, key=lambda span: (span[0], -span[1]))
    timeline = tuple(TimelineEntry(f"t{k}", *span, words(*span), tuple(placed[span])) for k, span in enumerate(order))
    return timeline, {value: tuple(unplaced[value]) for value in sorted(unplaced)}


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
        for mentions_ in used.values()
        for mention in mentions_
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
        RenderingPair(quotes[note["a"]], quotes[note["b"]], str(note.get("kind") or ""), str(note.get("note") or ""))
        for note in (noted if isinstance(noted, list) else ())
        if isinstance(note, Mapping) and all(isinstance(note.get(x), str) and note[x] in quotes for x in "ab")
    )
    shown = {
        k: v for k, v in members.items() if k != named and v not in (None, "", []) and not (k == "renderings" and pairs)
    }
    return Entry(anchor, key, members[named] if named else key, shown, tuple(mentions), pairs)
