"""How well spans are found: counts by sentence and label for each measure of spans with labels."""

from collections.abc import Sequence

import numpy as np

from spanproof.arrays import Floats, Ints
from spanproof.corpus.continuum import Continuum
from spanproof.metrics.counts import Counts, micro_macro_and_labels, per_unit_and_kind
from spanproof.metrics.matching import exact_pairs, overlapping_pairs, unpaired
from spanproof.metrics.spans import LabelledSpans, islands

MEASURES = ("exact", "boundary", "overlap", "partial", "type", "token")
UNLABELLED = ("boundary", "partial")
"""Those for which the spans of all labels are those of one."""


def span_counts(measure: str, a: LabelledSpans, b: LabelledSpans, labels: int, continuum: Continuum) -> Floats:
    """Count spans, and credit for those that the two annotators share, by sentence and label.

    * ``exact``: credit 1 for the same start, end and label, one to one; "strict" in SemEval-2013 task 9;
    * ``boundary``: the spans of all labels as those of one; credit 1 for the same start and end; "exact" there;
    * ``overlap``: as exact, and 1/2 for a pair of the other spans that have the same label and share a character, one
      to one and as many as there can be. The half is the partial credit of MUC-5 (Chinchor and Sundheim, MUC-5
      Evaluation Metrics, 1993);
    * ``partial``: overlap, the spans of all labels as those of one; "partial" in SemEval-2013 task 9;
    * ``type``: credit 1 for a pair of spans that have the same label and share a character, one to one and as many as
      there can be; "type" there;
    * ``token``: pairs of a token and a label, instead of spans; a token has the labels of all spans that share a
      character with it; credit 1 for the same pair.

    Each is symmetric: precision and recall change places with the annotators. Source of the names: Segura-Bedmar et
    al., SemEval-2013 task 9, section 4.

    Args:
        measure: one of :data:`MEASURES`.
        a: the spans of gold, or of the first annotator.
        b: those of the prediction, or of the second annotator.
        labels: how many labels there are.
        continuum: what the spans stand on.

    Returns:
        Counts of a, of b, and the credit, shape (sentences, labels, 3); (sentences, 1, 3) for :data:`UNLABELLED`.
    """
    bounds = continuum.sentences
    if measure in UNLABELLED:
        a, b, labels = a.unlabelled, b.unlabelled, 1
    if measure == "type":
        columns = (a.start, a.label), (b.start, b.label), _overlaps(a, b)
        return np.stack([per_unit_and_kind(bounds, *column, labels) for column in columns], -1)
    if measure == "token":
        a, b = (spans.tokens(continuum.tokens, labels) for spans in (a, b))
    first, second = exact_pairs(a, b)
    counts = [per_unit_and_kind(bounds, spans.start, spans.label, labels) for spans in (a, b, a.at(first))]
    if measure in ("overlap", "partial"):
        a, b = a.at(unpaired(len(a), first)), b.at(unpaired(len(b), second))
        counts[2] += 0.5 * per_unit_and_kind(bounds, *_overlaps(a, b), labels)
    return np.stack(counts, -1)


def labelled_span_counts(
    gold: LabelledSpans, predicted: LabelledSpans, labels: Sequence[str], continuum: Continuum, layer: str
) -> list[Counts]:
    """Return all measures of a layer: of all labels together, of their mean, of each label.

    Args:
        gold: its spans.
        predicted: those of the prediction.
        labels: the name of each number.
        continuum: what the spans stand on.
        layer: its name.
    """
    counts = []
    for measure in MEASURES:
        rows = span_counts(measure, gold, predicted, len(labels), continuum)
        of = "tokens" if measure == "token" else "spans"
        counts += micro_macro_and_labels(measure, rows, ("",) if measure in UNLABELLED else labels, of, layer)
    return counts


def _overlaps(a: LabelledSpans, b: LabelledSpans) -> tuple[Ints, Ints]:
    """Return where each partial match counts, and its label.

    It counts where the island of spans of its label begins, so that it doesn't depend on which of equally many pairs
    are chosen, nor on which annotator comes first.
    """
    first, _ = overlapping_pairs(a, b)
    both = LabelledSpans.joined([a, b])
    apart = both.by_label
    island, begin, _ = islands(apart.start, apart.end)
    return (begin[island] - apart.start + both.start)[first], a.label[first]
