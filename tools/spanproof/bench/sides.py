"""Gold and predictions as they are scored: regions of Label Studio with labels, expressions of time as a layer."""

from pathlib import Path

from spanproof.bench.times import has_times, with_times
from spanproof.conversion.source import side_at
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import Openable, as_corpus
from spanproof.formats.schemas import chosen_schema
from spanproof.schema.schema import Schema


def as_side(openable: Openable, gold: Corpus | None = None) -> Corpus:
    """Return gold, or a prediction beside it, as it is scored; what isn't opened yet is opened.

    Args:
        openable: a corpus, a path, several paths, or documents.
        gold: the reference, for a prediction; None where this is it.

    Raises:
        ValueError: a task of Label Studio has several sets of results.
        TypeError: it is nothing that can be opened.
        SchemaError: nothing known is like it.
    """
    schema = None if gold is None else Schema.stand_off() if has_times(gold) else gold.schema
    if isinstance(openable, str | Path):
        return with_times(side_at(Path(openable), schema or chosen_schema([Path(openable)])), gold)
    return with_times(as_corpus(openable, schema), gold)
