"""What a check consists of, beside libraries that do a part of it: by turns, in one process, on the same articles.

``python tests/benchmarks/peers.py [DOCUMENTS] [ROUNDS]`` prints how long each library takes of the processor, and how
many times as long as our own code that answers the same question. A library that isn't installed is named.
"""

import importlib
import json
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scoring

import corpus as articles
from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.revisions.rebase import rebase
from spanproof.text.offsets import utf16

Job = Callable[[], object]


@dataclass(frozen=True)
class Pair:
    """A question, our answer to it, and what answers it elsewhere."""

    question: str
    ours: Job
    library: str
    theirs: Job


def spans_of(documents: list[Any]) -> list[tuple[str, list[Any]]]:
    """The text of each document and its spans."""
    return [(each["text"], [*each["zones"], *each["entities"], *each["dates"]]) for each in documents]


def offsets(documents: list[Any], corpus: Corpus) -> Iterator[Pair]:
    """Whether spans lie in their text and hold their words: beside the loop that people write, and spaCy."""
    spacy = importlib.import_module("spacy")
    pipeline, pairs = spacy.blank("en"), spans_of(documents)

    def loop() -> int:
        return sum(text[each["start"] : each["end"]] != each["text"] for text, spans in pairs for each in spans)

    def char_span() -> int:
        wrong = 0
        for text, spans in pairs:
            doc = pipeline.make_doc(text)
            found = (doc.char_span(each["start"], each["end"], alignment_mode="expand") for each in spans)
            wrong += sum(span is None for span in found)
        return wrong

    def all_rules() -> object:
        return check(corpus)

    yield Pair("all rules, from memory", all_rules, "a loop over bounds and words", loop)
    yield Pair("all rules, from memory", all_rules, "spaCy char_span", char_span)


def structure(documents: list[Any], corpus: Corpus) -> Iterator[Pair]:
    """Whether documents have the shape that the schema says."""
    rust, schema = importlib.import_module("jsonschema_rs"), corpus.schema
    compiled = rust.validator_for(schema.json)

    def all_rules() -> object:
        return check(corpus)

    few = documents[:20]
    share = len(few) / len(documents)
    some = Corpus.of(few, schema)
    rust_alone = lambda: [*map(compiled.is_valid, documents)]  # noqa: E731
    yield Pair("all rules, from memory", all_rules, "jsonschema-rs, structure", rust_alone)
    yield Pair(f"all rules, {share:.0%} of them", lambda: check(some), "jsonschema, structure",
               lambda: [*map(schema.validator.is_valid, few)])  # fmt: skip


def units(documents: list[Any], _: Corpus) -> Iterator[Pair]:
    """Which UTF-16 offset is which code point."""
    converter = importlib.import_module("cassis.cas").Utf16CodepointOffsetConverter()
    texts = [each["text"] for each in documents]
    theirs = lambda: [converter.create_offset_mapping(text) for text in texts]  # noqa: E731
    yield Pair("a map of UTF-16 offsets", lambda: [utf16(text) for text in texts], "dkpro-cassis", theirs)


def edits(documents: list[Any], corpus: Corpus) -> Iterator[Pair]:
    """Where spans stand in an edited text."""
    textspan, some = importlib.import_module("textspan"), documents[:20]
    edited = [each["text"].replace(". ", ". Later, ") for each in some]

    def ours() -> object:
        return [rebase(each, text, corpus.schema) for each, text in zip(some, edited, strict=True)]

    def theirs() -> object:
        places = ([(each["start"], each["end"]) for each in spans] for _, spans in spans_of(some))
        return [textspan.align_spans(spans, each["text"], text)
                for spans, each, text in zip(places, some, edited, strict=True)]  # fmt: skip

    yield Pair("rebase, which proves each span", ours, "pytextspan, which proves none", theirs)


def scores(_: list[Any], __: Corpus) -> Iterator[Pair]:
    """F1 of the same spans: one pass, without intervals."""
    small = scoring.data(12_000)
    lists, tags = scoring.as_dicts(small), scoring.as_tags(small)
    ours = lambda: scoring.exact(small)  # noqa: E731
    yield Pair("F1, 12,000 spans", ours, "nervaluate", lambda: scoring.nervaluate(lists))
    yield Pair("F1, 12,000 spans", ours, "seqeval, strict", lambda: scoring.seqeval(tags, strict=True))
    yield Pair("F1, 12,000 spans", ours, "seqscore", lambda: seqscore_f1(tags))


def seqscore_f1(tags: list[Any]) -> object:
    """Its F1, from sentences of tags as it decodes them."""
    bio = importlib.import_module("seqscore.encoding").get_encoding("BIO")
    sequence = importlib.import_module("seqscore.model").AnnotatedSequence.from_tokens_and_labels
    gold, predicted = ([[sequence(["w"] * len(row), row, bio)] for row in side] for side in tags)
    return importlib.import_module("seqscore.scoring").compute_scores(predicted, gold)


QUESTIONS = (offsets, structure, units, edits, scores)


def taken(job: Job) -> float:
    """What a job takes of the processor, in seconds."""
    begun = time.process_time()
    job()
    return time.process_time() - begun


def measured(documents: int, rounds: int) -> Iterator[tuple[Pair, float, float] | str]:
    """Yield each pair with the seconds of the library and how many times as long as ours it takes; medians of rounds.

    A library that isn't installed gives a line that says so.
    """
    with tempfile.TemporaryDirectory() as folder:
        _, jsonl = articles.write(Path(folder), documents)
        rows = [json.loads(line) for line in jsonl.read_text("utf-8").splitlines()]
        corpus = Corpus.of(rows, read(jsonl).schema)
        for question in QUESTIONS:
            try:
                pairs = [*question(rows, corpus)]
            except ModuleNotFoundError as error:
                yield f"{question.__name__}: {error.name} isn't installed"
                continue
            for pair in pairs:
                pair.ours(), pair.theirs()
                both = [(taken(pair.ours), taken(pair.theirs)) for _ in range(rounds)]
                yield pair, statistics.median(b for _, b in both), statistics.median(b / a for a, b in both)


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    documents, rounds = (int(given) for given in (*sys.argv[1:], *("1000", "5")[len(sys.argv) - 1 :]))
    print(f"{documents:,} articles of some 60 spans; processor time, medians of {rounds} rounds")
    print(f"{'ours':34} {'beside':32} {'seconds':>8} {'times ours':>11}")
    for row in measured(documents, rounds):
        if isinstance(row, str):
            print(row)
        else:
            pair, seconds, times = row
            print(f"{pair.question:34} {pair.library:32} {seconds:8.3f} {times:11.2f}")


if __name__ == "__main__":
    main()
