"""Two systems on the same task and gold: by how much they differ, and how often chance does as much."""

from dataclasses import dataclass

from spanproof.corpus.continuum import UNITS, Units
from spanproof.metrics.counts import Counts, accuracy
from spanproof.metrics.resampling import RandomisationTest, randomised
from spanproof.metrics.score import Scores


@dataclass(frozen=True)
class ComparedScore:
    """Two systems on one score, named by its signature."""

    signature: str
    difference: RandomisationTest


def compare(a: Scores, b: Scores, *, units: Units = "sentences", n: int = 10_000, seed: int = 0) -> list[ComparedScore]:
    """Test two systems on each score that both have and that adds up over units (clusters across articles don't).

    Accuracies are left out: they are over the things that a system found, so exchanging answers exchanges these too.
    Two systems with one wrong value each, of 38 and of 47, would get p = 0.004 for what one found more.

    Args:
        a: the scores of the first system.
        b: those of the second.
        units: what is exchanged between the systems.
        n: how many exchanges are drawn, see :func:`spanproof.metrics.resampling.randomised`.
        seed: of the draws.

    Raises:
        ValueError: the scores are not of one gold, task and options, or the units are unknown.
    """
    if units not in UNITS:
        raise ValueError(f"{units!r} are no units; right is one of {', '.join(UNITS)}")
    known = {score.signature: counts for score, counts in zip(b.scores, b.counts, strict=True)}
    options = {str(score.signature).split("|task:")[1] for score in (*a.scores, *b.scores)}
    data = {score.signature.split("|data:")[1] for score in (*a.scores, *b.scores)}
    if a.task != b.task or len(data) > 1 or not known.keys() & {score.signature for score in a.scores}:
        raise ValueError(f"the scores are of different gold or options: {'; '.join(sorted(options))}")
    compared = []
    for score, counts in zip(a.scores, a.counts, strict=True):
        other = known.get(score.signature)
        if other is None or not _comparable(counts, other, units):
            continue
        if units == "documents":
            counts, other = (side.over_documents(a.document, a.documents) for side in (counts, other))
        compared.append(ComparedScore(score.signature, randomised(counts, other, n, seed)))
    return compared


def _comparable(counts: Counts, other: Counts, units: Units) -> bool:
    """Whether the rows of two systems can be exchanged: they add up, are of the same things, and fine enough."""
    return (
        counts.additive
        and counts.statistic is not accuracy
        and counts.rows.shape == other.rows.shape
        and units in ("documents", counts.units)
    )
