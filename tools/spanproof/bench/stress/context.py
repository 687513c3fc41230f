"""A document as transformations see it: its text, its spans, which edits fit between them."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spanproof.bench.stress.rewriting import Piece, Rewriting, offsets
from spanproof.revisions.rewrite import text_member
from spanproof.schema.keywords import Timex3
from spanproof.schema.node import Node
from spanproof.schema.paths import Document, Registries, objects
from spanproof.schema.schema import Schema
from spanproof.text.segmentation import Extent


@dataclass(frozen=True)
class Given:
    """A sound document, its schema, and the registries into which it refers."""

    document: Document
    schema: Schema
    registries: Registries

    @functools.cached_property
    def text(self) -> str:
        """The text that spans are of.

        Raises:
            ValueError: there is none, or more than one.
        """
        text = self.document.get(text_member(self.schema))
        if not isinstance(text, str):
            raise ValueError(f"{text_member(self.schema)} is {type(text).__name__}; right is the text, a string")
        return text

    @functools.cached_property
    def spans(self) -> tuple[tuple[Node, Mapping[str, Any]], ...]:
        """Every span with its node, parts of annotations too.

        Raises:
            ValueError: offsets are no integers.
        """
        found = [each for each in objects(self.document, self.schema.root, ()) if each[1].span_of]
        for path, _, span in found:
            offsets(span, path)
        return tuple((node, span) for _, node, span in found)

    @functools.cached_property
    def extents(self) -> tuple[Extent, ...]:
        """Where spans are, each extent once."""
        return tuple(sorted({(span["start"], span["end"]) for _, span in self.spans}))

    def names(self) -> Iterator[tuple[Node, str, Mapping[str, Any]]]:
        """The spans that name what a registry describes: node, the member that refers there, span."""
        for node, span in self.spans:
            if node.label and not node.quotation and not node.timex3:
                for member, sub in node.fields.items():
                    if sub.refers_to.registries and span.get(member):
                        yield node, member, span

    def dates(self) -> Iterator[tuple[Node, Timex3, Mapping[str, Any]]]:
        """The expressions of time: node, the members with type and value, span."""
        return ((node, node.timex3, span) for node, span in self.spans if node.timex3 and node.timex3.type)

    def entry(self, node: Node, member: str, span: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the registry has of a named thing."""
        names = node.fields[member].refers_to.registries
        found = (self.registries.get(name, {}).get(span[member]) for name in names)
        return next((entry for entry in found if isinstance(entry, Mapping)), {})

    def edited(self, edits: Iterable[Piece]) -> Rewriting:
        """The text with those of the edits made that cut no span and no edit before them."""
        made, at = list[Piece](), 0
        for edit in sorted(set(edits), key=lambda edit: (edit.start, edit.end)):
            if edit.start >= at and not any(_cuts(edit, extent) for extent in self._near(edit)):
                made.append(edit)
                at = edit.end
        return Rewriting.of(self.text, made)

    def _near(self, edit: Piece) -> Iterable[Extent]:
        """The spans that an edit can cut: of one character or none it cuts none."""
        return self.extents if edit.end - edit.start > 1 else ()


def _cuts(edit: Piece, extent: Extent) -> bool:
    start, end = extent
    apart = edit.end <= start or end <= edit.start
    return not apart and not start <= edit.start <= edit.end <= end
