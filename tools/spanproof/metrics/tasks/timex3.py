"""The task of TIMEX3: extent, type and value, and the scores of TempEval-3."""

from dataclasses import replace

from spanproof.arrays import Ints
from spanproof.corpus.pairs import PairedCorpora, numbered
from spanproof.metrics.boundaries import Trim, trimmed
from spanproof.metrics.counts import Counts, accuracy, columns_per_unit, prf
from spanproof.metrics.label_sets import label_numbers, own_labels, targets
from spanproof.metrics.matching import partners
from spanproof.metrics.measures import labelled_span_counts
from spanproof.metrics.spans import LabelledSpans
from spanproof.schema.keywords import Timex3
from spanproof.schema.node import Node


def timex3_task(pair: PairedCorpora, node: Node, timex3: Timex3, trim: Trim) -> list[Counts]:
    """Count the scores of a layer with ``timex3``: spans labelled by type, and those of TempEval-3.

    ``type accuracy`` and ``value accuracy`` are of the pairs of expressions that share a character alone.

    Args:
        pair: gold and prediction.
        node: the layer.
        trim: what the convention takes from the edges of expressions.

    Raises:
        ValueError: a type that the schema doesn't list, or none.
    """
    continuum, both, member = pair.continuum(node), pair.spans(node.place), timex3.type
    table = own_labels(node, member, pair)
    assert member is not None  # the table is of its values
    types = [label_numbers(pair, spans, member, table) for spans in both]
    values, _ = numbered(*(spans.items.columns[timex3.value].to_pylist() for spans in both))
    gold, predicted = (
        LabelledSpans(*trimmed(continuum.text, spans.start, spans.end, trim), kind)
        for spans, kind in zip(both, types, strict=True)
    )
    counts = labelled_span_counts(gold, predicted, targets(table), continuum, node.place[0])
    # A type or value that is missing is 0 here, and never right.
    labels = {member: (a + 1, b + 1) for member, (a, b) in (("type", types), ("value", values))}
    return [*counts, *_tempeval(gold, predicted, labels, continuum.sentences, node.place[0])]


def _tempeval(
    gold: LabelledSpans, predicted: LabelledSpans, labels: dict[str, tuple[Ints, Ints]], bounds: Ints, layer: str
) -> list[Counts]:
    """Return the scores of TempEval-3 (UzZaman et al., SemEval-2013 task 1, section 4.1).

    With S and R what system and reference annotate:

    * strict: P = |S ∩ R| / |S|, R = |S ∩ R| / |R|, the same start and end;
    * relaxed: the same for expressions that share a character, one to one
      (:func:`spanproof.metrics.matching.partners`);
    * type, value: of the relaxed pairs those with the same type, or value, by |S| and |R|. That is F1 of relaxed times
      accuracy, as TempEval-3 defines it. Values are compared as strings, as there.

    Where one expression overlaps several, it is paired with one of the same type, or value, if nothing else decides.
    """
    right: dict[str, Ints] = {}
    for member, (a, b) in labels.items():
        first, second = partners(replace(gold, label=a), replace(predicted, label=b))
        if member == "type":
            same = (gold.start[first] == predicted.start[second]) & (gold.end[first] == predicted.end[second])
            right |= {"strict": gold.start[first[same]], "relaxed": gold.start[first]}
        right[member] = gold.start[first[(a[first] == b[second]) & (a[first] > 0)]]
    n = (len(gold), len(predicted))
    counts = []
    for measure, at in right.items():
        rows = columns_per_unit(bounds, gold.start, predicted.start, at)
        counts.append(Counts(f"TempEval-3 {measure}", rows, prf, n, "spans", layer=layer))
    n = (len(right["relaxed"]),) * 2
    for member in labels:
        rows = columns_per_unit(bounds, right["relaxed"], right[member])
        counts.append(Counts(f"{member} accuracy", rows, accuracy, n, "matched spans", layer=layer))
    return counts
