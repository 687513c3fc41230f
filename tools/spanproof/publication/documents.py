"""The documents of a corpus as they are published: in the order of their keys, with what rows of others say of them."""

import bisect
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.corpus.documents import Corpus, batch_of
from spanproof.corpus.opening import opening_of
from spanproof.publication.names import config_name, plural, singular, unused
from spanproof.schema.layers import Layer, layers
from spanproof.schema.node import Json, Node
from spanproof.schema.paths import Document, objects
from spanproof.schema.schema import Schema
from spanproof.text.segmentation import Extent, sentences


class UnpublishableError(ValueError):
    """A corpus that can't be published though its check is clean: what has no place in columns, what is expected."""


@dataclass(frozen=True)
class Documents:
    """Documents under a schema, called ``noun``, in the order of their keys (or as they came, where they have none).

    ``unlisted`` are members that documents have and the schema doesn't list: they have no column and aren't published.
    """

    schema: Schema
    noun: str
    rows: tuple[Document, ...]
    unlisted: tuple[str, ...] = ()

    @classmethod
    def of(cls, corpus: Corpus, noun: str) -> "Documents":
        """Return the documents of a corpus.

        Raises:
            UnpublishableError: the schema has no members, or a document holds a value that has no place in a column.
        """
        schema = corpus.schema.canonical
        if not schema.root.fields:
            raise UnpublishableError("the schema lists no members of a document; expected `properties`")
        unlisted: dict[str, None] = {}
        rows = [_listed(document, schema.root, unlisted) for document in corpus.documents()]
        if schema.key is not None:
            rows.sort(key=lambda row: str(row.get(schema.key)))
        if raw := batch_of(rows, schema).raw:
            first = next(iter(raw.values()))
            name = first.get(schema.key) if schema.key and isinstance(first, Mapping) else min(raw) + 1
            raise UnpublishableError(
                f"document {name}: a value has no place in the columns of the schema; expected the types that it "
                "lists, whole numbers of 32 bits, and text without lone surrogates"
            )
        return cls(schema, noun, tuple(rows), tuple(sorted(unlisted)))

    @property
    def reference(self) -> str:
        """The column by which other rows name a document: ``article_id``, or ``article`` where it has no key."""
        return f"{self.noun}_{self.schema.key}" if self.schema.key else self.noun

    @property
    def reference_schema(self) -> Json:
        """That column as JSON Schema."""
        if self.schema.key:
            return {
                "type": self.schema.root.fields[self.schema.key].kind,
                "description": f"Identifier of the {self.noun}.",
            }
        name = config_name(plural(self.noun))
        return {"type": "integer", "description": f"Row of the {self.noun} in the configuration `{name}`, from 0."}

    def named(self, k: int) -> Any:
        """Return what rows name a document by: its key, or its row from 0."""
        return self.rows[k].get(self.schema.key) if self.schema.key else k

    def uid(self, k: int, identifier: Any) -> str:
        """Return what identifies an annotation in the whole corpus: the document's name, a slash, its own identifier.

        A slash in the name is written ``~1`` and a tilde ``~0``, as in JSON Pointer, so that two never have one.
        """
        return f"{str(self.named(k)).replace('~', '~0').replace('/', '~1')}/{identifier}"

    def text(self, k: int, member: str) -> str | None:
        """Return a text of a document; None where it has none."""
        text = self.rows[k].get(member)
        return text if isinstance(text, str) else None

    def opening(self, k: int) -> str:
        """Return the first words of a document, without zones that carry no annotations; empty where it has none."""
        return opening_of(self.rows[k], self.schema)

    @property
    def texts(self) -> tuple[str, ...]:
        """The members that hold the texts of spans."""
        return self.schema.texts

    @functools.cached_property
    def zones(self) -> Layer | None:
        """The first layer of zones, or whose spans bar others: parts of a text that aren't the document's own prose."""
        lists = ((layer, self.schema.nodes.get(layer.node.place[:-1])) for layer in self.layers)
        marked = (layer for layer, node in lists if node and (node.bars or node.policy.role == "zones"))
        return next(marked, None)

    @property
    def zone(self) -> str:
        """What a span of that layer is called."""
        return singular(self.zones.name) if self.zones else "zone"

    @functools.cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of the schema."""
        return layers(self.schema)

    @functools.cached_property
    def _sentences(self) -> dict[tuple[int, str], list[Extent]]:
        return {}

    def sentences(self, k: int, member: str) -> list[Extent]:
        """Return the sentences of a text as offsets in code points; a zone is none of the prose round it."""
        if (k, member) not in self._sentences:
            document, zones = self.rows[k], self.zones
            language = document.get("language")
            inside = zones is not None and zones.node.span_of == member
            borders = (
                zone[edge] for zone in (zones.items(document) if zones and inside else ()) for edge in ("start", "end")
            )
            text = self.text(k, member) or ""
            self._sentences[k, member] = sentences(text, language if isinstance(language, str) else "und", borders)
        return self._sentences[k, member]

    def sentence_indices(self, k: int, member: str, start: int, end: int) -> tuple[int, int]:
        """Return the numbers (from 0) of the first and the last sentence in which an extent lies.

        An extent between sentences is of the one after it; one after all sentences is of the last.
        """
        sentences = self.sentences(k, member)
        first = bisect.bisect_right([high for _, high in sentences], start)
        last = bisect.bisect_left([low for low, _ in sentences], end) - 1
        first = max(0, min(first, len(sentences) - 1))
        return first, max(first, last)


def spans_below(item: Any, node: Node) -> Iterator[tuple[Node, Json]]:
    """Yield every span that an annotation is or holds (its parts, its fragments), each with its node."""
    for _, below, value in objects(item, node, ()):
        if below.span_of and isinstance(value.get("start"), int) and isinstance(value.get("end"), int):
            yield below, value


def named_layers(schema: Schema) -> Mapping[str, Layer]:
    """Return the layers of a schema by the names of their configurations, in its order."""
    named: dict[str, Layer] = {}
    for layer in layers(schema):
        named[unused(config_name(layer.name), named)] = layer
    return named


def _listed(value: Any, node: Node, unlisted: dict[str, None]) -> Any:
    """Return a value with the members alone that its node lists; the others are noted by their pointers."""
    if node.kind == "object" and isinstance(value, Mapping):
        for name in value.keys() - node.fields.keys():
            unlisted[f"{node.name.rstrip('/')}/{name}"] = None
        return {name: _listed(value[name], sub, unlisted) for name, sub in node.fields.items() if name in value}
    if node.items is not None and isinstance(value, list):
        return [_listed(item, node.items, unlisted) for item in value]
    return value
