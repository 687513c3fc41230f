"""The configuration ``challenge``: every document under every transformation that keeps its annotations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spanproof.publication.documents import Documents, UnpublishableError
from spanproof.publication.names import unused
from spanproof.publication.rows import plain, row
from spanproof.revisions.transformations.catalogue import TRANSFORMATIONS
from spanproof.revisions.transformations.variants import variants
from spanproof.schema.node import Json
from spanproof.schema.paths import Registries

NAME = "challenge"


@dataclass(frozen=True)
class ChallengeRows:
    """The documents of a corpus with their texts rewritten, gold carried along exactly.

    A row is a document, with the transformation and the document that it was made of beside its members.
    """

    documents: Documents
    registries: Registries

    @property
    def schema(self) -> Json:
        """What a row is, as JSON Schema."""
        added = row("challenge", self.documents, {"transformation": self._transformation})
        names = added["properties"][self._transformation]
        stated = "; ".join(f"{one.name}: {one.description}" for one in TRANSFORMATIONS)
        names |= {"enum": [one.name for one in TRANSFORMATIONS], "description": f"{names['description']} {stated}."}
        whole = plain(self.documents.schema.root)
        members = {**added["properties"], **whole["properties"]}
        for name in self.documents.texts:
            members[name] |= {"description": "The text as the transformation rewrote it."}
        if key := self.documents.schema.key:
            joined = f"{self.documents.reference}, a plus sign, and {self._transformation}"
            members[key] |= {"description": f"Identifier of the row: {joined}."}
        return {**whole, "required": [*added["required"], *whole["required"]], "properties": members}

    def __iter__(self) -> Iterator[Json]:
        documents = self.documents
        try:
            for one in variants(documents.rows, documents.schema, self.registries, TRANSFORMATIONS):
                added: dict[str, Any] = {
                    self._transformation: one.transformation.name,
                    documents.reference: documents.named(one.row),
                }
                yield {**added, **one.document}
        except ValueError as error:
            raise UnpublishableError(f"configuration {NAME}: {error}") from error

    @property
    def _transformation(self) -> str:
        return unused("transformation", self.documents.schema.root.fields)
