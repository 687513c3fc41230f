"""A corpus in somebody's own tests: sound, or an assertion that shows what is wrong with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.formats.schemas import schema_of
from spanproof.schema.schema import Schema


def assert_sound(
    documents: Openable,
    schema: Schema | Mapping[str, Any] | str | Path | None = None,
    *,
    ignore: Sequence[str] = (),
) -> Report:
    """Assert that a check of documents finds no error and no warning.

    Args:
        documents: documents in memory, a path, several paths, or a corpus, which brings its schema along.
        schema: what a document is: a schema, a JSON Schema as a mapping, or the path of one; for documents in memory
            the annotated article by default, for paths what the check would take.
        ignore: codes, prefixes or names of rules that don't matter.

    Returns:
        The report, which says how much was proved.

    Raises:
        AssertionError: it finds some, or there are no documents; the message shows them as the command line does.
        SchemaError: the schema can't be used.
        TypeError: ``documents`` can't be opened as a corpus.
    """
    __tracebackhide__ = True
    if isinstance(documents, Corpus) and schema is not None:
        raise TypeError("a corpus has a schema already; expected it without another")
    compiled = None if schema is None else schema_of(schema)
    report = check(as_corpus(documents, compiled), ignore=ignore)
    if not report.documents and not report.findings:
        raise AssertionError("there is no document, so nothing is proved")
    if report.exit_code:
        raise AssertionError(f"the corpus isn't sound\n{report}")
    return report
