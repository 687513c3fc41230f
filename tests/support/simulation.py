"""How often intervals hold the true value: corpora are drawn from a population in which it is known.

python tests/support/simulation.py    writes tools/docs/reference/intervals.md anew (some twenty minutes)

An article has a recall and a precision of its own: the logit of each is that of the system, and a normal deviate whose
standard deviation is the effect of the article. It has 10 sentences on average, a sentence 2.5 spans of gold. The true
value is the F1 of 40,000 articles.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.metrics.counts import Counts, prf
from spanproof.metrics.intervals import score_intervals
from spanproof.metrics.resampling import Interval, bootstrap, intervals_of
from spanproof.metrics.significance import randomised
from spanproof.table import Table, markdown
from support.documents import ROOT

PAGE = ROOT / "tools" / "docs" / "reference" / "intervals.md"
SENTENCES, SPANS, POPULATION, RESAMPLES = 10, 2.5, 40_000, 1_000
OF_SENTENCES, OF_CORPORA = 500, 2_000  # simulations: of sentences from all articles alike, and of all else
LOGITS = (0.4, 1.6, 3.0)
EFFECTS = (0.0, 0.5, 1.0)
FEW, MANY = (2, 3, 5, 8, 12, 20), (30, 60)
TESTED = (6, 10, 30)


@dataclass(frozen=True)
class Kind:
    """A kind of corpora: the logit of precision and recall, the effect of the article."""

    logit: float
    effect: float

    def articles(self, rng: np.random.Generator, corpora: int, systems: int, articles: int) -> tuple[Floats, Ints]:
        """Return counts, shape (corpora, systems, articles, sentences, 3), and how many sentences an article has.

        Counts are 0 beyond the last sentence. The systems are alike, over the same gold.
        """
        size = 1 + rng.poisson(SENTENCES - 1, (corpora, 1, articles))
        there = np.arange(size.max()) < size[..., None]
        gold = np.repeat(rng.poisson(SPANS, there.shape) * there, systems, 1)
        deviates = (rng.normal(0, self.effect, (corpora, systems, articles, 1)) for _ in range(2))
        recall, precision = (1 / (1 + np.exp(-(self.logit + deviate))) for deviate in deviates)
        right = rng.binomial(gold, np.broadcast_to(recall, gold.shape))
        added = rng.poisson(SPANS * recall * (1 - precision) / precision * there)
        return np.stack([gold, right + added, right], -1).astype(np.float64), size[:, 0]

    @property
    def true_value(self) -> float:
        """F1 of the population."""
        rows, _ = self.articles(np.random.default_rng(99), 1, 1, POPULATION)
        return float(prf(rows.sum((0, 1, 2, 3)))[2])

    def corpora(self, documents: int, number: int, systems: int = 1) -> Iterator[tuple[list[Counts], Ints]]:
        """Yield corpora as the counts of each system by sentence, and the number of the article of each sentence."""
        rows, size = self.articles(np.random.default_rng(documents), number, systems, documents)
        for of_corpus, sizes in zip(rows, size, strict=True):
            there = np.arange(rows.shape[3]) < sizes[:, None]
            yield [_counts(of_system[there]) for of_system in of_corpus], np.repeat(np.arange(documents), sizes)


KINDS = tuple(Kind(logit, effect) for logit in LOGITS for effect in EFFECTS)
Ends = Callable[[Counts, Ints, int, int], Interval]
"""The interval of a score: of counts by sentence, the article of each sentence, how many articles, and a seed."""


def _counts(rows: Floats) -> Counts:
    return Counts("exact", rows, prf, (int(rows[:, 0].sum()), int(rows[:, 1].sum())), "spans")


def as_scores_have(counts: Counts, document: Ints, documents: int, seed: int) -> Interval:
    return score_intervals([counts], document, documents, RESAMPLES, seed)[0].value


def over_documents(counts: Counts, document: Ints, documents: int, seed: int) -> Interval:
    wide = counts.over_documents(document, documents)
    return score_intervals([wide], document, documents, RESAMPLES, seed)[0].value


def over_sentences(counts: Counts, document: Ints, documents: int, seed: int) -> Interval:
    return intervals_of([counts], lambda rows: bootstrap(rows, RESAMPLES, seed))[0][2]


def share_held(kind: Kind, documents: int, number: int, ends: Ends = as_scores_have) -> float:
    """Return how many intervals hold the true value.

    Args:
        kind: of the corpora.
        documents: articles of each.
        number: of corpora.
        ends: what gives the interval.
    """
    true, held = kind.true_value, 0
    for seed, ((counts,), document) in enumerate(kind.corpora(documents, number)):
        interval = ends(counts, document, documents, seed)
        held += interval is not None and interval[0] <= true <= interval[1]
    return held / number


def share_rejected(kind: Kind, documents: int, number: int, *, sentences: bool = False) -> float:
    """Return how often p < .05 where two systems are alike, each with a luck of its own in each article."""
    rejected = 0
    for seed, (counts, document) in enumerate(kind.corpora(documents, number, 2)):
        one, other = (side if sentences else side.over_documents(document, documents) for side in counts)
        rejected += randomised(one, other, RESAMPLES, seed).p < 0.05
    return rejected / number


_PAGE = """\
# How often intervals hold

A 95 % interval should contain the true value in 95 % of cases. Does it? To find out, we made corpora whose true F1 is
known, computed the interval of F1 for each, and counted how many contained the true F1. The number
should be near .95. If it is lower, the intervals are too narrow; if it is higher, they are wider than they need be.

A simulated document has {sentences} sentences on average, and each sentence has {spans} gold spans on average. The
column *effect* says how much documents differ in difficulty: it is the standard deviation of the logit of precision and
recall over documents. With 0 all documents are alike. For example, let the effect be 1, and let a document of medium
difficulty have an F1 of .83. Then most documents have an F1 between .65 and .92. (Hard documents lose more than easy
ones gain, so the F1 of all documents together, which the table has, is .77.) The heads of the other columns (2, 3, 5
and so on) are the number of documents in a corpus.
`python tests/support/simulation.py` writes this page, and the tests repeat a sample of it.

## Documents are drawn, and then sentences within each (used below 30 documents)

Each number comes from {of_corpora:,} corpora, so it can be off by .01 by chance.

{two_stage}

## Only documents are drawn (used from 30 documents on)

Some measures can't be counted sentence by sentence, so their intervals always use documents only. With 2 or 3 documents
these intervals are far too narrow, with 5 they are too narrow. With more they are slightly too narrow if the documents
differ much in difficulty.

Each number comes from {of_corpora:,} corpora, so it can be off by .01 by chance.

{documents}

## Why not only sentences?

If documents differ, and sentences are drawn without regard to the document that they are in, intervals are far too
narrow. Each number comes from {of_sentences} corpora, so it can be off by .02 by chance.

{sentences_alone}

## How often is p below .05 if two systems are equally good?

It should happen in 5 % of cases (.050). The test exchanges the answers of the two systems at random, for a whole
document at once. With fewer than six documents p can't be below .05, so none is shown. The last two columns show what
would happen if answers were exchanged sentence by sentence.

{rejected}
"""


def _of_kind(kind: Kind, shares: list[float]) -> tuple[str, ...]:
    return f"{kind.true_value:.2f}", f"{kind.effect:g}", *(f"{share:.3f}".lstrip("0") for share in shares)


def _table(numbers: tuple[int, ...], share: Callable[[Kind, int], float]) -> str:
    rows = []
    for kind in KINDS:
        rows.append(_of_kind(kind, [share(kind, number) for number in numbers]))
        print(*rows[-1], flush=True)
    return markdown(Table(("F1", "effect", *map(str, numbers)), tuple(rows), left=0))


def page() -> str:
    def rejected(kind: Kind, number: int) -> float:
        return share_rejected(kind, abs(number), OF_CORPORA, sentences=number < 0)

    return _PAGE.format(
        of_sentences=OF_SENTENCES,
        of_corpora=OF_CORPORA,
        sentences=SENTENCES,
        spans=SPANS,
        two_stage=_table(FEW, lambda kind, number: share_held(kind, number, OF_CORPORA)),
        documents=_table((*FEW, *MANY), lambda kind, number: share_held(kind, number, OF_CORPORA, over_documents)),
        sentences_alone=_table((5, 40), lambda kind, number: share_held(kind, number, OF_SENTENCES, over_sentences)),
        rejected=_table((*TESTED, -5, -40), rejected).replace("| -5 | -40 |", "| 5, sentences | 40, sentences |"),
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
