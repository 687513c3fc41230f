"""The context of a transformation: a document, its text, its spans, which edits fit between them."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.revisions.rewrite import text_member
from spanproof.revisions.transformations.rewriting import Piece, Rewriting, offsets
from spanproof.schema.keywords import Timex3
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, Registries, spans_in
from spanproof.schema.schema import Schema
from spanproof.text.segmentation import Extent


@dataclass(frozen=True)
class Context:
    """A sound document, its schema, and the registries into which it refers.

    Attributes:
        document: the document.
        schema: its schema.
        registries: the registries by name.
    """

    document: Document
    schema: Schema
    registries: Registries

    @functools.cached_property
    def text(self) -> str:
        """The text of the document.

        Raises:
            ValueError: there is none, or more than one.
        """
        text = self.document.get(text_member(self.schema))
        if not isinstance(text, str):
            raise ValueError(f"{text_member(self.schema)} is {type(text).__name__}; expected the text, a string")
        return text

    @functools.cached_property
    def spans(self) -> tuple[tuple[Node, Mapping[str, Any]], ...]:
        """Every span with its node, parts of annotations too.

        Raises:
            ValueError: offsets are no integers.
        """
        spans = list(spans_in(self.document, self.schema))
        for path, _, span in spans:
            offsets(span, path)
        return tuple((node, span) for _, node, span in spans)

    @functools.cached_property
    def extents(self) -> tuple[Extent, ...]:
        """Where spans are, each extent once."""
        return tuple(sorted({(span["start"], span["end"]) for _, span in self.spans}))

    def names(self) -> Iterator[tuple[Node, str, Mapping[str, Any]]]:
        """Yield the spans that name an entry of a registry: the node, the member that refers there, the span."""
        for node, span in self.spans:
            if node.label and not node.quotation and not node.timex3:
                for member, sub in node.fields.items():
                    if sub.refers_to.registries and span.get(member):
                        yield node, member, span

    def dates(self) -> Iterator[tuple[Node, Timex3, Mapping[str, Any]]]:
        """Yield the expressions of time: node, the members with type and value, span."""
        return ((node, node.timex3, span) for node, span in self.spans if node.timex3 and node.timex3.type)

    def entry(self, node: Node, member: str, span: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the entry of a registry that a span names; an empty one if there is none.

        Args:
            node: the node of the span.
            member: its member that refers to a registry.
            span: the span.
        """
        names = node.fields[member].refers_to.registries
        entries = (self.registries.get(name, {}).get(span[member]) for name in names)
        return next((entry for entry in entries if isinstance(entry, Mapping)), {})

    def edited(self, edits: Iterable[Piece]) -> Rewriting:
        """Return the text with those of the edits made that cut no span and no edit before them."""
        fitting, end = list[Piece](), 0
        for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
            if edit.start >= end and not any(_cuts(edit, extent) for extent in self._at_risk(edit)):
                fitting.append(edit)
                end = edit.end
        return Rewriting.of(self.text, fitting)

    def _at_risk(self, edit: Piece) -> Iterable[Extent]:
        """Return the spans that an edit can cut: an edit of one character or none cuts none."""
        return self.extents if edit.end - edit.start > 1 else ()


def _cuts(edit: Piece, extent: Extent) -> bool:
    start, end = extent
    apart = edit.end <= start or end <= edit.start
    return not apart and not start <= edit.start <= edit.end <= end
