"""A dataset before it is files: documents, configurations, registries, facts."""

import functools
from dataclasses import dataclass

from spanproof.corpus.documents import Corpus
from spanproof.publication import content
from spanproof.publication.configs import Config, configs
from spanproof.publication.documents import Documents
from spanproof.publication.facts import Facts
from spanproof.schema.paths import Registries

_DESCRIBED = ("name", "description", "creator", "released", "version")


@dataclass(frozen=True)
class Dataset:
    """What is published of a corpus; the first of the configurations is the default one, that of the documents."""

    documents: Documents
    configs: tuple[Config, ...]
    registries: Registries
    facts: Facts

    @classmethod
    def of(cls, corpus: Corpus, facts: Facts | None = None) -> "Dataset":
        """Return the dataset of a corpus that passes the check; without facts it states what follows from the corpus.

        Raises:
            UnpublishableError: the schema or a document has no place in columns.
            FactsError: the facts name a configuration or a field that there isn't.
        """
        facts = facts or Facts()
        documents = Documents.of(corpus, facts.document)
        return cls(documents, configs(documents, corpus.registries, facts), corpus.registries, facts)

    @functools.cached_property
    def languages(self) -> list[str]:
        """The languages of the texts, codes of ISO 639: as stated, or as the documents say; none where nothing says."""
        return list(self.facts.get("languages") or content.languages(self.documents))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What a Croissant description must state and the facts don't."""
        stated = {
            **self.facts.stated,
            "url": self.facts.url,
            "license.url": (self.facts.get("license") or {}).get("url"),
        }
        return tuple(name for name in (*_DESCRIBED, "url", "license.url") if not stated.get(name))

    @property
    def described(self) -> bool:
        """Whether the dataset has a Croissant description: only where all is stated that one must have."""
        return not self.lacking
