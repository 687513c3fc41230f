"""Articles that are made when they are asked for, so that memory doesn't grow with the corpus."""

from collections.abc import Mapping, Sequence
from typing import Any, overload

from spanproof.corpus.spool import Spool
from spanproof.schema.schema import Schema
from spanproof.viewer.articles import Article, article_of


class KeptArticles(Sequence[Article]):
    """The articles of a corpus, each made of its document when it is asked for; the documents are kept on disk."""

    def __init__(self, schema: Schema) -> None:
        """Begin without articles."""
        self._schema, self._rows = schema, Spool()

    def append(self, row: Mapping[str, Any]) -> Article:
        """Keep a document as it stands in columns; return it as an article."""
        self._rows.append(row)
        return article_of(row, len(self) - 1, self._schema)

    def text(self, number: int, member: str) -> str:
        """Return a text of an article by its number."""
        return self._rows[number].get(member) or ""

    def __len__(self) -> int:
        """Count the articles."""
        return len(self._rows)

    @overload
    def __getitem__(self, number: int) -> Article: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Article]: ...
    def __getitem__(self, number: int | slice) -> Article | Sequence[Article]:
        """Return an article by its number, or some."""
        if isinstance(number, slice):
            return [self[k] for k in range(len(self))[number]]
        return article_of(self._rows[number], number, self._schema)
