"""The gold that systems are scored against: what no task scores in it is named."""

from pathlib import Path

from spanproof.bench.times import with_times
from spanproof.cli.options import corpus_schema, read_corpus, refuse, say
from spanproof.conversion.source import side_at
from spanproof.corpus.documents import Corpus, demand_readable
from spanproof.metrics.task_layers import unscored_layers


def bench_gold(corpus: Path | None, schema_file: Path | None) -> Corpus:
    """Read the gold of a benchmark, with the times of stand-off documents as a layer."""
    schema = corpus_schema(schema_file, [corpus] if corpus else [])
    try:
        gold = demand_readable(side_at(corpus, schema)) if corpus else read_corpus(None, schema)
    except ValueError as error:
        refuse(str(error))
    say_matched_by_order(gold)
    return with_times(say_unscored(gold))


def say_matched_by_order(corpus: Corpus) -> None:
    """Say that documents are compared in their order, if nothing identifies them."""
    if not corpus.schema.key:
        say(
            "no member identifies the documents, so the first of one corpus is compared with the first of the other, "
            "and so on (a schema with `key` says which belong together)"
        )


def say_unscored(gold: Corpus) -> Corpus:
    """Return the gold, and say which of its lists relate annotations and are scored by no task."""
    if layers := unscored_layers(gold):
        say(f"not scored, since no measure knows relations with roles: {', '.join(layers)} of the gold")
    return gold
