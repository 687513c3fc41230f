"""How long it takes to score a million spans with a thousand resamples, beside nervaluate and seqeval.

python tests/benchmarks/scoring.py [--spans N] [--small N] [--resamples N] [--rounds N]

Theirs is the time of one pass over fewer spans (``--small``), scaled by the number of spans, which is generous to
them: what they do grows no slower. They have no intervals: a resample is another pass, which is not run but reckoned.
All three have to find the same F1 on the small set. Times are medians of the rounds, in which the jobs take turns.
"""

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spanproof.corpus.continuum import Continuum
from spanproof.metrics.counts import Counts, micro_macro_and_labels
from spanproof.metrics.label_sets import ONTONOTES
from spanproof.metrics.measures import span_counts
from spanproof.metrics.resampling import intervals
from spanproof.metrics.spans import LabelledSpans

SENTENCE, TOKEN, SENTENCES, SPANS = 120, 6, 20, 3
"""Code points a sentence and a token, sentences a document, spans a sentence."""


@dataclass(frozen=True)
class Data:
    """Gold and a prediction of as many spans, flat and at token borders; a prediction is right about 2 times in 3."""

    gold: LabelledSpans
    predicted: LabelledSpans
    continuum: Continuum


def data(spans: int, seed: int = 0) -> Data:
    """Synthetic documents of 20 sentences with 3 spans each."""
    rng = np.random.default_rng(seed)
    documents = max(1, spans // (SENTENCES * SPANS))
    n = documents * SENTENCES * SPANS
    room = SENTENCE // TOKEN // SPANS
    base = np.arange(n) // SPANS * SENTENCE + np.arange(n) % SPANS * room * TOKEN
    start = rng.integers(0, 3, n)
    size = rng.integers(1, 4, n)
    label = rng.integers(0, len(ONTONOTES), n)
    gold = LabelledSpans(base + start * TOKEN, base + (start + size) * TOKEN, label)
    moved = rng.random(n) < 0.2
    other = np.where(moved, rng.integers(0, 3, n), start)
    guess = np.where(rng.random(n) < 0.15, rng.integers(0, len(ONTONOTES), n), label)
    predicted = LabelledSpans(base + other * TOKEN, base + (other + size) * TOKEN, guess)
    length = documents * SENTENCES * SENTENCE
    tokens = np.arange(0, length, TOKEN)
    continuum = Continuum(
        np.arange(0, length + 1, SENTENCES * SENTENCE), np.arange(0, length + 1, SENTENCE), (tokens, tokens + TOKEN)
    )
    return Data(gold, predicted, continuum)


def exact(each: Data) -> list[Counts]:
    """Exact F1: micro, macro and of each label, as the others give them."""
    rows = span_counts("exact", each.gold, each.predicted, len(ONTONOTES), each.continuum)
    return micro_macro_and_labels("exact", rows, ONTONOTES, "spans", "entities")


def resampled(each: Data, counts: list[Counts], resamples: int, units: str) -> None:
    """The intervals of them all."""
    if units == "documents":
        documents = len(each.continuum.documents) - 1
        document = np.repeat(np.arange(documents), SENTENCES)
        counts = [each.over_documents(document, documents) for each in counts]
    intervals(counts, resamples)


def as_dicts(each: Data) -> list[list[list[dict[str, Any]]]]:
    """Documents of dicts, for nervaluate: its end is inclusive."""
    found = []
    for side in (each.gold, each.predicted):
        lists: list[list[dict[str, Any]]] = [[] for _ in each.continuum.documents[1:]]
        which = (side.start // (SENTENCES * SENTENCE)).tolist()
        columns = side.start.tolist(), side.end.tolist(), side.label.tolist()
        for document, start, end, label in zip(which, *columns, strict=True):
            lists[document].append({"label": ONTONOTES[label], "start": start, "end": end - 1})
        found.append(lists)
    return found


def as_tags(each: Data) -> list[list[list[str]]]:
    """Sentences of IOB2 tags, for seqeval."""
    found = []
    for side in (each.gold, each.predicted):
        flat = ["O"] * len(each.continuum.tokens[0])
        columns = (side.start // TOKEN).tolist(), (side.end // TOKEN).tolist(), side.label.tolist()
        for first, last, label in zip(*columns, strict=True):
            flat[first:last] = [f"B-{ONTONOTES[label]}", *[f"I-{ONTONOTES[label]}"] * (last - first - 1)]
        step = SENTENCE // TOKEN
        found.append([flat[k : k + step] for k in range(0, len(flat), step)])
    return found


def nervaluate(lists: list[Any]) -> float:
    """Its strict F1."""
    from nervaluate import Evaluator

    f1: float = Evaluator(*lists, tags=list(ONTONOTES), loader="dict").evaluate()["overall"]["strict"].f1
    return f1


def seqeval(tags: list[Any], *, strict: bool) -> float:
    """Its micro F1, strict or as it is by default."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(f1_score(*tags, **({"mode": "strict", "scheme": IOB2} if strict else {})))


def timed(job: Callable[[], Any]) -> float:
    """Seconds of the processor."""
    begin = time.process_time()
    job()
    return time.process_time() - begin


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=12_000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    large, small = data(options.spans), data(options.small)
    lists, tags, counts = as_dicts(small), as_tags(small), exact(large)
    ours = exact(small)[0].values[2]
    theirs = [nervaluate(lists), seqeval(tags, strict=True), seqeval(tags, strict=False)]
    if not np.allclose(theirs, ours):
        raise SystemExit(f"the scores differ: {ours}, {theirs}")
    n, m = len(large.predicted.start), len(small.predicted.start)
    jobs: dict[str, tuple[float, Callable[[], Any]]] = {
        f"spanproof, exact, {n:,} spans": (1, lambda: exact(large)),
        f"spanproof, {options.resamples:,} resamples of documents": (
            1, lambda: resampled(large, counts, options.resamples, "documents"),
        ),
        f"spanproof, {options.resamples:,} resamples of sentences": (
            1, lambda: resampled(large, counts, options.resamples, "sentences"),
        ),
        f"nervaluate, one pass, {m:,} spans scaled": (n / m, lambda: nervaluate(lists)),
        f"seqeval strict, one pass, {m:,} spans scaled": (n / m, lambda: seqeval(tags, strict=True)),
        f"seqeval default, one pass, {m:,} spans scaled": (n / m, lambda: seqeval(tags, strict=False)),
    }  # fmt: skip
    runs: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(options.rounds):
        for name, (scale, job) in jobs.items():
            runs[name].append(scale * timed(job))
    seconds = {name: statistics.median(times) for name, times in runs.items()}
    pass_, by_documents, by_sentences, *others = seconds.values()
    print(f"F1 of all on {m:,} spans: {ours:.6f}; {len(large.continuum.documents) - 1:,} documents of 20 sentences\n")
    for name, each in seconds.items():
        print(f"{each:12.2f} s   {each / pass_:8.1f} x   {name}")
    print(f"\nwith {options.resamples:,} resamples (theirs reckoned: as many passes)")
    for name, each in zip(list(seconds)[3:], others, strict=True):
        total = each * (options.resamples + 1)
        print(f"{total:12.0f} s   {total / (pass_ + by_documents):8.0f} x   {name.split(',')[0]}, by documents")
    print(f"{pass_ + by_documents:12.2f} s   {1:8} x   spanproof, by documents")
    print(f"{pass_ + by_sentences:12.2f} s   {'':10}   spanproof, by sentences")


if __name__ == "__main__":
    main()
