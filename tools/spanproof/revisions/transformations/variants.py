"""Documents under transformations that change them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spanproof.revisions.transformations.catalogue import Transformation, rewriting
from spanproof.revisions.transformations.rewriting import Rewriting, carry
from spanproof.schema.paths import Document, Registries
from spanproof.schema.schema import Schema


@dataclass(frozen=True)
class Variant:
    """A document under a transformation that changes it.

    Attributes:
        transformation: the transformation.
        row: the number of the document, from 0.
        rewriting: what the transformation makes of its text.
        document: the document over the new text, gold carried along.
    """

    transformation: Transformation
    row: int
    rewriting: Rewriting
    document: Mapping[str, Any]


def variants(
    documents: Sequence[Document],
    schema: Schema,
    registries: Registries,
    transformations: Sequence[Transformation],
    seed: int = 0,
) -> Iterator[Variant]:
    """Yield every document under every transformation that changes it, gold carried along.

    Args:
        documents: sound documents.
        schema: theirs.
        registries: into which they refer.
        transformations: the transformations.
        seed: of what they choose at random.

    Raises:
        ValueError: a document has no text, is unsound where a transformation needs it sound, or the schema has several
            texts.
    """
    for transformation in transformations:
        for row, document in enumerate(documents):
            rewritten = rewriting(transformation, document, schema, registries, seed)
            if rewritten.changes:
                carried = carry(document, rewritten, schema)
                if schema.key:
                    carried[schema.key] = f"{document.get(schema.key)}+{transformation.name}"
                yield Variant(transformation, row, rewritten, carried)
