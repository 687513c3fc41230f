"""The task of TIMEX3: extent, type and value, and the scores of TempEval-3."""

from dataclasses import replace

from spanproof.corpus.pairs import Facing, shared
from spanproof.metrics.boundaries import Trim, trimmed
from spanproof.metrics.counts import Tally, accuracy, labelled, prf
from spanproof.metrics.label_sets import numbered, own, targets
from spanproof.metrics.matching import MEASURES, counted, partners, tallied
from spanproof.metrics.spans import Side
from spanproof.schema.node import Node


def temporal(facing: Facing, node: Node, trim: Trim) -> list[Tally]:
    """Scores of a layer with ``timex3``.

    TempEval-3 (UzZaman et al., SemEval-2013 task 1, section 4.1), with S and R what system and reference annotate:

    * strict: P = |S ∩ R| / |S|, R = |S ∩ R| / |R|, the same start and end;
    * relaxed: the same for expressions that share a character, one to one
      (:func:`spanproof.metrics.matching.partners`);
    * type, value: of the relaxed pairs those with the same type, or value, by |S| and |R|. That is F1 of relaxed times
      accuracy, as TempEval-3 defines it. Values are compared as strings, as there.

    Where one expression overlaps several, it is paired with one of the same type, or value, if nothing else decides.
    ``value accuracy`` and ``type accuracy`` are of the relaxed pairs alone.
    """
    ground, text = facing.ground(node)
    pair, timex = facing.spans(node.place), node.get("timex3")
    table = own(node, timex["type"])
    types = [numbered(facing, spans, timex["type"], table) for spans in pair]
    *values, _ = shared(*(spans.items.columns[timex["value"]] for spans in pair))
    gold, predicted = (
        Side(*trimmed(text, spans.start, spans.end, trim), kind) for spans, kind in zip(pair, types, strict=True)
    )
    name, known = node.place[0], targets(table)
    found = []
    for measure in MEASURES:
        counts = counted(measure, gold, predicted, len(known), ground)
        kinds = known if measure != "boundary" else ("",)
        found += labelled(name, measure, counts, kinds, "tokens" if measure == "token" else "spans")
    # A value that is missing is 0 here, and never right.
    by = {
        member: (replace(gold, label=a + 1), replace(predicted, label=b + 1))
        for member, (a, b) in (("type", types), ("value", values))
    }
    paired = {member: partners(*sides) for member, sides in by.items()}
    equal = {
        member: (a.label[first] == b.label[second]) & (a.label[first] > 0)
        for (member, (a, b)), (first, second) in zip(by.items(), paired.values(), strict=True)
    }
    first, second = paired["type"]
    same = (gold.start[first] == predicted.start[second]) & (gold.end[first] == predicted.end[second])
    right = {
        "strict": gold.start[first[same]],
        "relaxed": gold.start[first],
        **{member: gold.start[paired[member][0][which]] for member, which in equal.items()},
    }
    n = (len(gold.start), len(predicted.start))
    for measure, at in right.items():
        counts = tallied(ground.sentences, gold.start, predicted.start, at)
        found.append(Tally(name, None, f"TempEval-3 {measure}", counts, prf, n, "spans"))
    for member in equal:
        counts = tallied(ground.sentences, right["relaxed"], right[member])
        found.append(Tally(name, None, f"{member} accuracy", counts, accuracy, (len(first),) * 2, "matched spans"))
    return found
